/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/wordnet.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "propter/io.h"
#include "propter/mem.h"

enum { WORD = 128 };
typedef enum { INDEX, DATA, EXCEPTIONS, FILES } File;

struct PropterWordnet {
  PropterStr files[PROPTER_WORDNET_POS_COUNT][FILES];
};

static const char *const names[PROPTER_WORDNET_POS_COUNT][FILES] = {{"index.noun", "data.noun", "noun.exc"},
                                                                    {"index.verb", "data.verb", "verb.exc"},
                                                                    {"index.adj", "data.adj", "adj.exc"},
                                                                    {"index.adv", "data.adv", "adv.exc"}};

static const char *const classes[] = {
    "adj.all",         "adj.pert",      "adv.all",          "noun.Tops",        "noun.act",       "noun.animal",     "noun.artifact",     "noun.attribute",
    "noun.body",       "noun.cognition", "noun.communication", "noun.event",    "noun.feeling",   "noun.food",       "noun.group",        "noun.location",
    "noun.motive",     "noun.object",   "noun.person",      "noun.phenomenon",  "noun.plant",     "noun.possession", "noun.process",      "noun.quantity",
    "noun.relation",   "noun.shape",    "noun.state",       "noun.substance",   "noun.time",      "verb.body",       "verb.change",       "verb.cognition",
    "verb.communication", "verb.competition", "verb.consumption", "verb.contact", "verb.creation", "verb.emotion",   "verb.motion",       "verb.perception",
    "verb.possession", "verb.social",   "verb.stative",     "verb.weather",     "adj.ppl"};

/* Endings that forms lose, and what stands there instead: morphy(7WN). */
static const struct {
  PropterWordnetPos pos;
  const char *ending, *instead;
} detachments[] = {
    {PROPTER_WORDNET_NOUN, "s", ""}, {PROPTER_WORDNET_NOUN, "ses", "s"}, {PROPTER_WORDNET_NOUN, "xes", "x"},
    {PROPTER_WORDNET_NOUN, "zes", "z"}, {PROPTER_WORDNET_NOUN, "ches", "ch"}, {PROPTER_WORDNET_NOUN, "shes", "sh"},
    {PROPTER_WORDNET_NOUN, "men", "man"}, {PROPTER_WORDNET_NOUN, "ies", "y"},
    {PROPTER_WORDNET_VERB, "s", ""}, {PROPTER_WORDNET_VERB, "ies", "y"}, {PROPTER_WORDNET_VERB, "es", "e"},
    {PROPTER_WORDNET_VERB, "es", ""}, {PROPTER_WORDNET_VERB, "ed", "e"}, {PROPTER_WORDNET_VERB, "ed", ""},
    {PROPTER_WORDNET_VERB, "ing", "e"}, {PROPTER_WORDNET_VERB, "ing", ""},
    {PROPTER_WORDNET_ADJ, "er", ""}, {PROPTER_WORDNET_ADJ, "est", ""}, {PROPTER_WORDNET_ADJ, "er", "e"},
    {PROPTER_WORDNET_ADJ, "est", "e"}};

/* --- files --------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus map_file(const char *path, PropterStr *out, PropterError *err) {
  struct stat st;
  int fd = propter_io_open(path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return propter_fail(err, PROPTER_NOT_FOUND, "%s: cannot be opened; Debian's package wordnet-base has it", path);
  void *map = fstat(fd, &st) == 0 && st.st_size > 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
  (void)propter_io_close(fd);
  if (map == MAP_FAILED) return propter_fail(err, PROPTER_SYNTAX, "%s: expected a file of WordNet, found nothing to read", path);
  *out = (PropterStr){map, (size_t)st.st_size};
  return PROPTER_OK;
}

PropterStatus propter_wordnet_open(const char *folder, PropterWordnet **out, PropterError *err) {
  PropterWordnet *w = *out = propter_calloc(1, sizeof *w);
  PropterStatus status = w ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for WordNet");
  for (int pos = 0; pos < PROPTER_WORDNET_POS_COUNT && status == PROPTER_OK; pos++)
    for (int file = 0; file < FILES && status == PROPTER_OK; file++) {
      char path[4096];
      int n = snprintf(path, sizeof path, "%s/%s", folder ? folder : PROPTER_WORDNET_FOLDER, names[pos][file]);
      status = n > 0 && (size_t)n < sizeof path ? map_file(path, &w->files[pos][file], err) : propter_fail(err, PROPTER_INVALID, "%s: too long a path", folder);
      /* Index and data begin with the lines of the licence, each with two blanks before it. */
      if (status == PROPTER_OK && file != EXCEPTIONS && !propter_str_starts(w->files[pos][file], PROPTER_STR("  ")))
        status = propter_fail(err, PROPTER_SYNTAX, "%s: expected a file of WordNet, which begins with its licence", path);
    }
  if (status != PROPTER_OK) propter_wordnet_close(w), *out = NULL;
  return status;
}

void propter_wordnet_close(PropterWordnet *w) {
  for (int pos = 0; pos < PROPTER_WORDNET_POS_COUNT && w; pos++)
    for (int file = 0; file < FILES; file++)
      if (w->files[pos][file].data) (void)munmap((void *)(uintptr_t)w->files[pos][file].data, w->files[pos][file].len);
  propter_free(w);
}

/* --- lines and their fields ---------------------------------------------------------------------------------------------------------- */

static PropterStr line_at(PropterStr file, size_t at) {
  const char *from = file.data + at, *end = memchr(from, '\n', file.len - at);
  return (PropterStr){from, end ? (size_t)(end - from) : file.len - at};
}

/* The next field of a line, which begins behind it then; empty: there is none. */
static PropterStr next(PropterStr *line) {
  while (line->len && *line->data == ' ') line->data++, line->len--;
  const char *end = line->len ? memchr(line->data, ' ', line->len) : NULL;
  PropterStr field = {line->data, end ? (size_t)(end - line->data) : line->len};
  line->data += field.len, line->len -= field.len;
  return field;
}

/* False: no number. */
static bool number(PropterStr field, unsigned base, uint32_t *out) {
  *out = 0;
  for (size_t i = 0; i < field.len; i++) {
    char c = field.data[i];
    unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : base;
    if (digit >= base || field.len > 9) return false;
    *out = *out * base + digit;
  }
  return field.len > 0;
}

/* The line of a sorted file whose first field this is; empty: none. */
static PropterStr find(PropterStr file, PropterStr key) {
  size_t low = 0, high = file.len; /* of bytes; the line looked for begins in between */
  while (low < high) {
    size_t at = low + (high - low) / 2;
    while (at > low && file.data[at - 1] != '\n') at--;
    PropterStr line = line_at(file, at), rest = line;
    /* Lines of the licence come before all words. */
    int order = propter_str_starts(line, PROPTER_STR("  ")) ? 1 : propter_str_compare(key, next(&rest));
    if (order == 0) return line;
    if (order < 0) high = at;
    else low = at + line.len + 1;
  }
  return PROPTER_STR("");
}

/* --- words ----------------------------------------------------------------------------------------------------------------------------- */

static size_t add_base(const PropterWordnet *w, PropterStr word, PropterWordnetPos pos, PropterStr *out, size_t count, size_t room) {
  PropterStr line = find(w->files[pos][INDEX], word), base = next(&line);
  for (size_t i = 0; i < count; i++)
    if (propter_str_equal(out[i], base)) return count;
  if (base.len && count < room) out[count++] = base;
  return count;
}

size_t propter_wordnet_bases(const PropterWordnet *w, PropterStr form, PropterWordnetPos pos, PropterStr *out, size_t room) {
  char folded[WORD], cut[WORD + 8];
  if (form.len >= sizeof folded) return 0;
  for (size_t i = 0; i < form.len; i++) {
    char c = form.data[i];
    folded[i] = c == ' ' ? '_' : c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
  }
  form.data = folded;
  size_t count = add_base(w, form, pos, out, 0, room);
  PropterStr line = find(w->files[pos][EXCEPTIONS], form);
  (void)next(&line);
  for (PropterStr base = next(&line); base.len; base = next(&line)) count = add_base(w, base, pos, out, count, room);
  for (size_t i = 0; i < sizeof detachments / sizeof *detachments && !count; i++) {
    PropterStr ending = propter_str(detachments[i].ending);
    if (detachments[i].pos != pos || form.len <= ending.len || !propter_str_ends(form, ending)) continue;
    int n = snprintf(cut, sizeof cut, "%.*s%s", (int)(form.len - ending.len), folded, detachments[i].instead);
    count = add_base(w, (PropterStr){cut, (size_t)n}, pos, out, count, room);
  }
  return count;
}

/* lemma pos synset_cnt p_cnt symbol… sense_cnt tagsense_cnt offset… */
size_t propter_wordnet_senses(const PropterWordnet *w, PropterStr form, PropterWordnetPos pos, PropterSynset *out, size_t room) {
  PropterStr bases[8];
  size_t count = 0, n = propter_wordnet_bases(w, form, pos, bases, sizeof bases / sizeof *bases);
  for (size_t i = 0; i < n; i++) {
    PropterStr line = find(w->files[pos][INDEX], bases[i]);
    uint32_t senses, symbols, offset;
    (void)next(&line), (void)next(&line);
    if (!number(next(&line), 10, &senses) || !number(next(&line), 10, &symbols)) continue;
    for (uint32_t k = 0; k < symbols + 2; k++) (void)next(&line);
    for (; senses && count < room && number(next(&line), 10, &offset); senses--) out[count++] = (PropterSynset){pos, offset};
  }
  return count;
}

/* --- senses ------------------------------------------------------------------------------------------------------------------------------ */

/* offset lex_filenum ss_type w_cnt word lex_id … p_cnt symbol offset pos source/target … | gloss. The rest behind its third field; empty: damaged. */
static PropterStr record(const PropterWordnet *w, PropterSynset s, uint32_t *class_) {
  const PropterStr none = {NULL, 0};
  if (s.pos >= PROPTER_WORDNET_POS_COUNT || s.offset >= w->files[s.pos][DATA].len) return none;
  PropterStr line = line_at(w->files[s.pos][DATA], s.offset);
  uint32_t offset;
  bool there = number(next(&line), 10, &offset) && offset == s.offset && number(next(&line), 10, class_) && *class_ < sizeof classes / sizeof *classes;
  (void)next(&line);
  return there ? line : none;
}

const char *propter_wordnet_class(const PropterWordnet *w, PropterSynset s) {
  uint32_t class_;
  return record(w, s, &class_).len ? classes[class_] : NULL;
}

size_t propter_wordnet_words(const PropterWordnet *w, PropterSynset s, PropterStr *out, size_t room) {
  uint32_t class_, words;
  PropterStr line = record(w, s, &class_);
  size_t count = 0;
  if (!number(next(&line), 16, &words)) return 0;
  for (; words && count < room; words--) {
    PropterStr word = next(&line);
    (void)next(&line);
    /* "galore(ip)": where an adjective may stand. */
    const char *mark = memchr(word.data, '(', word.len);
    if (mark && mark > word.data) word.len = (size_t)(mark - word.data);
    if (word.len) out[count++] = word;
  }
  return count;
}

static bool among(PropterStr symbol, const char *symbols) {
  PropterStr all = propter_str(symbols);
  for (PropterStr one = next(&all); one.len; one = next(&all))
    if (propter_str_equal(one, symbol)) return true;
  return false;
}

static bool pos_of(PropterStr letter, PropterWordnetPos *out) {
  static const char letters[] = "nvar"; /* in the order of the parts of speech; "s" is an adjective, too */
  const char *at = letter.len == 1 ? memchr(letters, *letter.data == 's' ? 'a' : *letter.data, sizeof letters - 1) : NULL;
  *out = at ? (PropterWordnetPos)(at - letters) : PROPTER_WORDNET_NOUN;
  return at != NULL;
}

size_t propter_wordnet_pointers(const PropterWordnet *w, PropterSynset s, const char *symbols, PropterSynset *out, size_t room) {
  uint32_t class_, words, pointers;
  PropterStr line = record(w, s, &class_);
  size_t count = 0;
  if (!number(next(&line), 16, &words)) return 0;
  for (; words && line.len; words--) (void)next(&line), (void)next(&line);
  if (!number(next(&line), 10, &pointers)) return 0;
  for (; pointers && count < room && line.len; pointers--) {
    PropterStr symbol = next(&line);
    PropterSynset to;
    bool there = number(next(&line), 10, &to.offset);
    there = pos_of(next(&line), &to.pos) && there;
    (void)next(&line);
    if (there && among(symbol, symbols)) out[count++] = to;
  }
  return count;
}

size_t propter_wordnet_hypernyms(const PropterWordnet *w, PropterSynset s, PropterSynset *out, size_t room) {
  size_t count = propter_wordnet_pointers(w, s, "@ @i", out, room);
  for (size_t i = 0; i < count; i++) {
    PropterSynset up[16];
    size_t n = propter_wordnet_pointers(w, out[i], "@ @i", up, sizeof up / sizeof *up);
    for (size_t k = 0; k < n && count < room; k++) {
      size_t j = 0;
      while (j < count && (out[j].offset != up[k].offset || out[j].pos != up[k].pos)) j++;
      if (j == count) out[count++] = up[k];
    }
  }
  return count;
}
