/* SPDX-License-Identifier: Apache-2.0 */
/* Rich Text Format 1.9.1: control words, groups and destinations. Bytes beyond ASCII follow the document's code page. */
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "doc.h"
#include "propter/hash.h"

enum { GROUPS = 512, WORD = 40 };

typedef enum { SHOWN, SKIPPED, STYLES, TITLE, CREATED } Destination;

typedef struct {
  Destination destination;
  unsigned fallback; /* characters to skip behind \u */
  bool hidden;
} Group;

typedef struct {
  DocBuilder *b;
  PropterStr s;
  size_t at;
  Group groups[GROUPS];
  size_t depth;
  iconv_t page;
  PropterMap styles; /* number to role * 16 + level */
  PropterBuf value;  /* name of a style, title */
  long style;
  DocRole role;
  unsigned level, skip;
  bool cell, star;
  unsigned char lead; /* first byte of a character of two */
  size_t lead_at;
  uint32_t high; /* first half of a surrogate pair */
  int year, month, day;
} Rtf;

static PropterStatus begin(Rtf *r, PropterError *err) {
  static const PropterBlockKind kinds[] = {
      [DOC_HEADING] = PROPTER_BLOCK_HEADING, [DOC_TITLE] = PROPTER_BLOCK_HEADING,     [DOC_ITEM] = PROPTER_BLOCK_LIST_ITEM, [DOC_QUOTE] = PROPTER_BLOCK_QUOTE,
      [DOC_CODE] = PROPTER_BLOCK_CODE,       [DOC_FRAME] = PROPTER_BLOCK_BOILERPLATE, [DOC_SKIP] = PROPTER_BLOCK_PARAGRAPH};
  PropterBlockKind kind = r->cell ? PROPTER_BLOCK_TABLE_CELL : r->role >= DOC_HEADING && r->role <= DOC_TITLE ? kinds[r->role] : PROPTER_BLOCK_PARAGRAPH;
  return doc_block(r->b, kind, kind == PROPTER_BLOCK_HEADING ? r->level : 0, err);
}

static PropterStatus put(Rtf *r, PropterStr text, size_t byte, size_t bytes, PropterError *err) {
  Group *g = &r->groups[r->depth];
  if (r->skip) {
    r->skip--;
    return PROPTER_OK;
  }
  if (g->destination == STYLES || g->destination == TITLE) {
    propter_buf_add(&r->value, text);
    return propter_buf_status(&r->value, err);
  }
  return g->destination == SHOWN && !g->hidden ? doc_text(r->b, text, byte, bytes, err) : PROPTER_OK;
}

static PropterStatus put_character(Rtf *r, uint32_t c, size_t byte, size_t bytes, PropterError *err) {
  PropterBuf text = {0};
  propter_buf_add_utf8(&text, c);
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) status = put(r, propter_buf_str(&text), byte, bytes, err);
  propter_buf_clear(&text);
  return status;
}

/* A byte in the code page; the first of two waits for the second. */
static PropterStatus put_byte(Rtf *r, unsigned char byte, size_t at, size_t bytes, PropterError *err) {
  char in[2] = {(char)r->lead, (char)byte}, out[4], *from = r->lead ? in : in + 1, *to = out;
  size_t left = r->lead ? 2 : 1, room = sizeof out, start = r->lead ? r->lead_at : at;
  if (r->page == (iconv_t)-1) return put_character(r, byte, at, bytes, err);
  bool done = iconv(r->page, &from, &left, &to, &room) != (size_t)-1 && room == 0;
  if (!done && !r->lead && left == 1 && byte >= 0x80) {
    r->lead = byte, r->lead_at = at;
    return PROPTER_OK;
  }
  r->lead = 0;
  uint32_t c = done ? (uint32_t)(unsigned char)out[0] | (uint32_t)(unsigned char)out[1] << 8 | (uint32_t)(unsigned char)out[2] << 16 : 0xFFFD;
  return put_character(r, c, start, at + bytes - start, err);
}

static PropterStatus unicode(Rtf *r, long value, size_t at, PropterError *err) {
  uint32_t c = (uint32_t)(value < 0 ? value + 65536 : value) & 0xFFFF;
  PropterStatus status = PROPTER_OK;
  if (c >= 0xD800 && c < 0xDC00)
    r->high = c;
  else if (c >= 0xDC00 && c < 0xE000 && r->high)
    status = put_character(r, 0x10000 + ((r->high - 0xD800) << 10) + (c - 0xDC00), at, r->at - at, err), r->high = 0;
  else
    status = put_character(r, c, at, r->at - at, err);
  r->skip = r->groups[r->depth].fallback;
  return status;
}

static void code_page(Rtf *r, long number) {
  char name[24];
  if (r->page != (iconv_t)-1) (void)iconv_close(r->page);
  (void)snprintf(name, sizeof name, number == 10000 ? "MACINTOSH" : number == 65001 ? "UTF-8" : "CP%ld", number);
  r->page = iconv_open("UTF-32LE", name);
}

/* Destinations of no text that are not marked as such by an asterisk. */
static bool dropped(const char *word) {
  static const char *const words[] = {"fonttbl", "colortbl", "info",    "pict",     "object",  "fldinst",    "header",     "headerl",   "headerr",
                                      "headerf", "footer",   "footerl", "footerr",  "footerf", "footnote",   "annotation", "listtext",  "pntext",
                                      "filetbl", "xe",       "tc",      "bkmkstart", "bkmkend", "themedata", "datastore",  "nonshppict", "private1"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(word, words[i]) == 0) return true;
  return false;
}

static bool destination(Rtf *r, const char *word) {
  Group *g = &r->groups[r->depth];
  if (g->destination == SKIPPED && strcmp(word, "title") == 0)
    g->destination = TITLE;
  else if (g->destination == SKIPPED && strcmp(word, "creatim") == 0)
    g->destination = CREATED;
  else if (strcmp(word, "stylesheet") == 0)
    g->destination = STYLES;
  else if (dropped(word) || (r->star && strcmp(word, "shppict") != 0))
    g->destination = SKIPPED;
  else
    return false;
  propter_buf_reset(&r->value);
  return true;
}

static PropterStatus paragraph_style(Rtf *r, long number, PropterError *err) {
  char key[24];
  (void)snprintf(key, sizeof key, "%ld", number);
  r->style = number;
  const uint64_t *known = r->groups[r->depth].destination == SHOWN ? propter_map_get(&r->styles, propter_str(key)) : NULL;
  if (!known) return PROPTER_OK;
  r->role = (DocRole)(*known / 16), r->level = (unsigned)(*known % 16);
  return begin(r, err);
}

/* A group of the style sheet ends: its text is "heading 1;". */
static PropterStatus keep_style(Rtf *r, PropterError *err) {
  char key[24];
  PropterStr name = propter_str_trim(propter_buf_str(&r->value));
  if (name.len && name.data[name.len - 1] == ';') name.len--;
  unsigned level = 1;
  DocRole role = doc_style(name, &level);
  (void)snprintf(key, sizeof key, "%ld", r->style);
  propter_buf_reset(&r->value);
  if (role == DOC_INLINE || propter_map_put(&r->styles, propter_str(key), role * 16 + level, NULL)) return PROPTER_OK;
  return propter_fail(err, PROPTER_NO_MEMORY, "no memory for styles");
}

static PropterStatus word(Rtf *r, const char *w, bool given, long value, size_t at, PropterError *err) {
  Group *g = &r->groups[r->depth];
  static const struct {
    const char *word;
    uint32_t character;
  } characters[] = {{"tab", ' '},       {"emdash", 0x2014},    {"endash", 0x2013},    {"lquote", 0x2018}, {"rquote", 0x2019},
                    {"ldblquote", 0x201C}, {"rdblquote", 0x201D}, {"bullet", 0x2022}, {"emspace", ' '}, {"enspace", ' '}};
  if (destination(r, w)) return PROPTER_OK;
  if (strcmp(w, "u") == 0 && given) return unicode(r, value, at, err);
  if (strcmp(w, "uc") == 0) g->fallback = given && value >= 0 && value < 16 ? (unsigned)value : 1;
  if (strcmp(w, "ansicpg") == 0 && given) code_page(r, value);
  if (strcmp(w, "mac") == 0) code_page(r, 10000);
  if (strcmp(w, "bin") == 0 && value > 0) r->at += (size_t)value < r->s.len - r->at ? (size_t)value : r->s.len - r->at;
  if (strcmp(w, "v") == 0 || strcmp(w, "deleted") == 0) g->hidden = !given || value != 0;
  if (strcmp(w, "plain") == 0) g->hidden = false;
  if (strcmp(w, "yr") == 0) r->year = (int)value;
  if (strcmp(w, "mo") == 0) r->month = (int)value;
  if (strcmp(w, "dy") == 0) r->day = (int)value;
  if (strcmp(w, "s") == 0) return paragraph_style(r, value, err);
  if (g->destination != SHOWN) return PROPTER_OK;
  if (strcmp(w, "line") == 0) return put_character(r, r->role == DOC_CODE ? '\n' : ' ', at, r->at - at, err);
  for (size_t i = 0; i < sizeof characters / sizeof *characters; i++)
    if (strcmp(w, characters[i].word) == 0) return put_character(r, characters[i].character, at, r->at - at, err);
  if (strcmp(w, "pard") == 0) r->role = DOC_BLOCK, r->level = 0, r->cell = false;
  if (strcmp(w, "intbl") == 0) r->cell = true;
  if (strcmp(w, "ls") == 0 && r->role == DOC_BLOCK) r->role = DOC_ITEM;
  if (strcmp(w, "outlinelevel") == 0 && given && value >= 0 && value < 6) r->role = DOC_HEADING, r->level = (unsigned)value + 1;
  static const char *const breaks[] = {"par", "pard", "intbl", "ls", "outlinelevel", "cell", "row", "sect", "page"};
  for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++)
    if (strcmp(w, breaks[i]) == 0) return begin(r, err);
  return PROPTER_OK;
}

static PropterStatus control(Rtf *r, PropterError *err) {
  size_t at = r->at++;
  if (r->at >= r->s.len) return PROPTER_OK;
  char c = r->s.data[r->at];
  if (c == '\'' && r->at + 2 < r->s.len) {
    char hex[3] = {r->s.data[r->at + 1], r->s.data[r->at + 2], 0};
    r->at += 3;
    return put_byte(r, (unsigned char)strtoul(hex, NULL, 16), at, 4, err);
  }
  if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
    r->at++;
    if (c == '*') r->star = true;
    if (c == '~') return put_character(r, ' ', at, 2, err);
    if (c == '_') return put_character(r, '-', at, 2, err);
    if (c == '\n') return word(r, "par", false, 0, at, err);
    return c == '{' || c == '}' || c == '\\' ? put(r, (PropterStr){&r->s.data[at + 1], 1}, at, 2, err) : PROPTER_OK;
  }
  char name[WORD];
  size_t n = 0;
  for (; r->at < r->s.len && (r->s.data[r->at] | 32) >= 'a' && (r->s.data[r->at] | 32) <= 'z'; r->at++)
    if (n + 1 < sizeof name) name[n++] = r->s.data[r->at];
  name[n] = '\0';
  bool minus = r->at < r->s.len && r->s.data[r->at] == '-', given = false;
  long value = 0;
  if (minus) r->at++;
  for (; r->at < r->s.len && r->s.data[r->at] >= '0' && r->s.data[r->at] <= '9'; r->at++, given = true)
    if (value < 100000000) value = value * 10 + (r->s.data[r->at] - '0');
  if (r->at < r->s.len && r->s.data[r->at] == ' ') r->at++;
  PropterStatus status = word(r, name, given, minus ? -value : value, at, err);
  r->star = false;
  return status;
}

static PropterStatus close(Rtf *r, PropterError *err) {
  Group was = r->groups[r->depth];
  if (!r->depth) return PROPTER_OK;
  r->depth--, r->skip = 0;
  if (was.destination == STYLES && r->depth && r->groups[r->depth].destination == STYLES) return keep_style(r, err);
  if (was.destination == TITLE) return doc_set_title(r->b, propter_buf_str(&r->value), err);
  if (was.destination == CREATED && r->b->published == PROPTER_NO_DAY && r->year >= 1900 && r->month >= 1 && r->month <= 12 && r->day >= 1 && r->day <= 31)
    r->b->published = propter_day(r->year, r->month, r->day);
  return PROPTER_OK;
}

static PropterStatus step(Rtf *r, PropterError *err) {
  char c = r->s.data[r->at];
  if (c == '\\') return control(r, err);
  if (c == '{') {
    if (r->depth + 1 >= GROUPS) return propter_fail(err, PROPTER_LIMIT, "groups are nested deeper than %d", GROUPS - 1);
    r->groups[r->depth + 1] = r->groups[r->depth];
    r->depth++, r->at++, r->star = false;
    return PROPTER_OK;
  }
  if (c == '}') {
    r->at++;
    return close(r, err);
  }
  /* A control may have ended inside a character. */
  if (c == '\n' || c == '\r' || ((unsigned char)c & 0xC0) == 0x80) {
    r->at++;
    return PROPTER_OK;
  }
  size_t at = r->at, n = 1;
  if (r->lead) {
    r->at++;
    return put_byte(r, (unsigned char)c, at, 1, err);
  }
  while (!r->skip && at + n < r->s.len && !strchr("\\{}\r\n", r->s.data[at + n])) n++;
  while (at + n < r->s.len && ((unsigned char)r->s.data[at + n] & 0xC0) == 0x80) n++;
  r->at = at + n;
  return put(r, (PropterStr){r->s.data + at, n}, at, n, err);
}

static PropterStatus read(DocBuilder *b, PropterStr bytes, PropterError *err) {
  PropterStr input;
  PROPTER_TRY(doc_part(b, PROPTER_STR(""), bytes, PROPTER_STR("windows-1252"), &input, err));
  Rtf *r = propter_calloc(1, sizeof *r);
  if (!r) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a document");
  r->b = b, r->s = input, r->page = (iconv_t)-1, r->value.max = 1 << 20;
  r->groups[0].fallback = 1;
  r->role = DOC_BLOCK;
  code_page(r, 1252);
  PropterStatus status = PROPTER_OK;
  while (r->at < input.len && status == PROPTER_OK) status = step(r, err);
  if (status == PROPTER_OK && r->depth) status = propter_fail(err, PROPTER_SYNTAX, "expected the end of a group, found the end of the file");
  if (r->page != (iconv_t)-1) (void)iconv_close(r->page);
  propter_map_clear(&r->styles);
  propter_buf_clear(&r->value);
  propter_free(r);
  return status;
}

static bool sniff(PropterStr bytes) { return propter_str_starts(bytes, PROPTER_STR("{\\rtf")); }

const DocReader doc_reader_rtf = {"rtf", " .rtf ", sniff, read};
