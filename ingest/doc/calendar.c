/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar.h"

#include <pthread.h>
#include <string.h>

enum { DATES = 1, SLOTS = 1024, WORDS = 700, WORD_MAX = 24, ORDINALS = 8, LABELS = 16, PHRASES = 24, BEGINNING_BITS = 15 };

/* What a word means. */
typedef struct {
  unsigned char word, month, weekday, number, feast;
  bool known, plural, cut, doubtful, capital;
} Meaning;

/* A word shorter than WORD_MAX, filled with zeros. */
typedef struct {
  uint64_t low, middle, high;
} Key;

struct Calendar {
  struct {
    Key key; /* low 0: free */
    Meaning meaning;
  } slots[SLOTS];
  size_t count;
  uint32_t beginnings[(1u << BEGINNING_BITS) / 32]; /* of the words that may make a date: bits by their first three bytes */
  Key ordinals[ORDINALS];                           /* "th" behind a number */
  size_t ordinal_count;
  struct {
    char word[WORD_MAX];
    bool title;
  } labels[LABELS]; /* "date" before a document's own, "subject" before its title */
  size_t label_count;
  struct {
    char text[WORD_MAX]; /* small letters */
    size_t len;
    unsigned char feast;
  } phrases[PHRASES]; /* names of days of several words */
  size_t phrase_count;
  bool stops;
};

extern const char calendar_text[];

static const struct {
  const char *text;
  int kind;
} calendar[] = {
#define ROW(name, text, kind) {text, kind},
    CALENDAR(ROW)
#undef ROW
};
static const char *const months[] = {"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"};
static const char *const weekdays[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
static const struct {
  const char *name;
  signed char month, day; /* month 0: days from Easter Sunday */
} feasts[] = {{"new-years-day", 1, 1},   {"shrove-monday", 0, -48},  {"good-friday", 0, -2},     {"easter-sunday", 0, 0},  {"easter-monday", 0, 1},
              {"ascension-day", 0, 39}, {"whit-sunday", 0, 49},     {"whit-monday", 0, 50},     {"corpus-christi", 0, 60}, {"christmas-eve", 12, 24},
              {"christmas-day", 12, 25}, {"boxing-day", 12, 26},     {"new-years-eve", 12, 31}};
enum { FEASTS = sizeof feasts / sizeof *feasts };
static const char *const numbers[] = {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"};

static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool ascii(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
/* Of any script: all but the signs of Latin-1 and of general punctuation. */
static bool begins(char c) { return ascii(c) || ((unsigned char)c > 0xC2 && (unsigned char)c != 0xE2); }
static bool letter(char c) { return begins(c) || ((unsigned char)c & 0xC0) == 0x80; }

/* The letter at i in lower case, if it is ASCII or of Latin-1 (U+00C0 to U+00DE). */
static char lower(PropterStr s, size_t i) {
  unsigned char c = (unsigned char)s.data[i];
  if (c >= 'A' && c <= 'Z') return (char)(c | 0x20);
  return (char)(c >= 0x80 && c <= 0x9E && c != 0x97 && i && (unsigned char)s.data[i - 1] == 0xC3 ? c | 0x20 : c);
}

/* Where the word at i ends, and its key; a word too long for a key has one of its beginning that no word has. */
static size_t word_at(PropterStr s, size_t i, Key *key) {
  char text[WORD_MAX] = {0};
  size_t n = 0;
  for (; i < s.len && letter(s.data[i]); i++)
    if (n < WORD_MAX) text[n++] = lower(s, i);
  memcpy(key, text, sizeof *key);
  return i;
}
_Static_assert(sizeof(Key) == WORD_MAX, "a key is the word itself");

static bool same(Key a, Key b) { return a.low == b.low && a.middle == b.middle && a.high == b.high; }

static size_t slot_of(const Calendar *c, Key key) {
  size_t i = ((key.low ^ key.middle * 3 ^ key.high * 5) * UINT64_C(0x9E3779B97F4A7C15)) >> 54;
  while (c->slots[i].key.low && !same(c->slots[i].key, key)) i = (i + 1) % SLOTS;
  return i;
}
_Static_assert(SLOTS == 1 << (64 - 54), "ten bits of the hash");

/* Of letters of ASCII each beginning has a bit of its own. */
static unsigned beginning_of(PropterStr s, size_t i) {
  unsigned n = 0;
  for (size_t k = 0; k < 3; k++) n = n << 5 | ((i + k < s.len && letter(s.data[i + k]) ? (unsigned char)lower(s, i + k) : 0u) & 31);
  return n;
}

static size_t index_of(PropterStr word, const char *const *list, size_t count) {
  size_t i = 0;
  while (i < count && !propter_str_equal(word, propter_str(list[i]))) i++;
  return i;
}

/* What the word of a rule file stands for; false: there is no such. */
static bool name(PropterStr word, Meaning *out, bool *dates) {
  size_t i;
  *out = (Meaning){.word = OTHER, .known = true};
  for (int s = 0; s < 2 && word.len > (size_t)s; s++) {
    PropterStr one = {word.data, word.len - (size_t)s};
    if (s && word.data[one.len] != 's') continue;
    for (i = 0; i < OTHER; i++)
      if (propter_str_equal(one, propter_str(calendar[i].text))) return out->word = (unsigned char)i, out->plural = s, *dates = calendar[i].kind == DATES, true;
  }
  *dates = true;
  if ((i = index_of(word, months, 12)) < 12) return out->month = (unsigned char)(i + 1), true;
  if ((i = index_of(word, weekdays, 7)) < 7) return out->weekday = (unsigned char)(i + 1), true;
  for (i = 0; i < FEASTS; i++)
    if (propter_str_equal(word, propter_str(feasts[i].name))) return out->feast = (unsigned char)(i + 1), true;
  *dates = false;
  if ((i = index_of(word, numbers, 12)) < 12) return out->number = (unsigned char)(i + 1), true;
  out->known = false;
  return propter_str_equal(word, PROPTER_STR("none"));
}

static PropterStr take_word(PropterStr *rest) {
  PropterStr s = propter_str_trim(*rest);
  size_t n = 0;
  while (n < s.len && s.data[n] != ' ' && s.data[n] != '\t') n++;
  *rest = propter_str_trim((PropterStr){s.data + n, s.len - n});
  return (PropterStr){s.data, n};
}

/* "Jan.", "may?": marks stand behind the word. */
static const char *add_word(Calendar *c, PropterStr word, Meaning m, bool dates) {
  Key key;
  for (char last; word.len > 1 && ((last = word.data[word.len - 1]) == '.' || last == '?'); word.len--) *(last == '.' ? &m.cut : &m.doubtful) = true;
  if (!word.len || word.len >= WORD_MAX || word_at(word, 0, &key) < word.len) return "a word of letters, at most 23 bytes, perhaps . or ? behind it";
  m.capital = word.data[0] >= 'A' && word.data[0] <= 'Z';
  size_t slot = slot_of(c, key);
  if (!c->slots[slot].key.low && c->count++ >= WORDS) return "fewer words of the calendar";
  c->slots[slot].key = key, c->slots[slot].meaning = m;
  unsigned beginning = beginning_of(word, 0);
  if (dates) c->beginnings[beginning / 32] |= 1u << beginning % 32;
  return NULL;
}

/* "Good_Friday": a name of several words. */
static const char *add_phrase(Calendar *c, PropterStr words, Meaning m) {
  if (!m.feast || c->phrase_count == PHRASES || words.len >= WORD_MAX) return "at most twenty-four names of feasts in several words, of at most 23 bytes";
  for (size_t i = 0; i < words.len; i++) c->phrases[c->phrase_count].text[i] = (char)(words.data[i] == '_' ? ' ' : lower(words, i));
  c->phrases[c->phrase_count].len = words.len;
  c->phrases[c->phrase_count++].feast = m.feast;
  const unsigned beginning = beginning_of(words, 0);
  c->beginnings[beginning / 32] |= 1u << beginning % 32;
  return NULL;
}

void calendar_feast(unsigned char feast, int *month, int *day) { *month = feasts[feast - 1].month, *day = feasts[feast - 1].day; }

/* The end of the name of several words that stands at i, and what it means; else i. */
static size_t phrase_at(const Calendar *c, PropterStr s, size_t i, unsigned char *feast) {
  for (size_t k = 0; k < c->phrase_count; k++) {
    const PropterStr name = {c->phrases[k].text, c->phrases[k].len};
    const size_t end = i + name.len;
    if (end > s.len || (end < s.len && letter(s.data[end])) || !propter_str_equal_caseless((PropterStr){s.data + i, name.len}, name)) continue;
    return *feast = c->phrases[k].feast, end;
  }
  return i;
}

static const char *add_label(Calendar *c, PropterStr word, bool title) {
  if (c->label_count == LABELS || word.len >= WORD_MAX) return "at most sixteen labels of dates and titles, of at most 23 bytes";
  c->labels[c->label_count].title = title;
  memcpy(c->labels[c->label_count++].word, word.data, word.len);
  return NULL;
}

static bool labels(const Calendar *c, PropterStr word, bool title) {
  for (size_t i = 0; i < c->label_count; i++)
    if (c->labels[i].title == title && propter_str_equal_caseless(word, propter_str(c->labels[i].word))) return true;
  return false;
}

bool calendar_labels(const Calendar *c, PropterStr word) { return labels(c, word, false); }
bool calendar_titles(const Calendar *c, PropterStr word) { return labels(c, word, true); }

const char *calendar_add(Calendar *c, PropterStr line, PropterStr *bad) {
  PropterStr english = take_word(&line);
  Meaning m;
  bool dates = false;
  *bad = english;
  if (!line.len) return "a word of the calendar (or none) and words for it";
  if (propter_str_equal(english, PROPTER_STR(".")) && propter_str_equal(line, english)) return c->stops = true, NULL;
  bool ordinal = propter_str_equal(english, PROPTER_STR("ordinal")), title = propter_str_equal(english, PROPTER_STR("title")),
       label = title || propter_str_equal(english, PROPTER_STR("label"));
  if (!ordinal && !label && !name(english, &m, &dates)) return "a word of the calendar, as january, monday, quarter, last or two";
  while (line.len) {
    *bad = take_word(&line);
    const char *expected = NULL;
    if (label) expected = add_label(c, *bad, title);
    else if (!ordinal) expected = memchr(bad->data, '_', bad->len) ? add_phrase(c, *bad, m) : add_word(c, *bad, m, dates);
    else if (c->ordinal_count == ORDINALS || bad->len >= WORD_MAX || word_at(*bad, 0, &c->ordinals[c->ordinal_count++]) < bad->len)
      expected = "at most eight endings of ordinals";
    if (expected) return expected;
  }
  return NULL;
}

bool calendar_stops(const Calendar *c) { return c->stops; }

Calendar *calendar_new(void) { return propter_calloc(1, sizeof(Calendar)); }

void calendar_free(Calendar *c) { propter_free(c); }

static Calendar first;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_first(void) {
  PropterStr rest = propter_str(calendar_text), bad;
  while (rest.len) {
    const char *end = memchr(rest.data, '\n', rest.len);
    size_t n = end ? (size_t)(end - rest.data) : rest.len;
    (void)calendar_add(&first, (PropterStr){rest.data, n}, &bad);
    rest = (PropterStr){rest.data + n + (end != NULL), rest.len - n - (end != NULL)};
  }
}

const Calendar *calendar_default(void) {
  (void)pthread_once(&once, read_first);
  return &first;
}

bool when_possible(PropterStr s, const Calendar *c) {
  for (size_t i = 0; i < s.len; i++) {
    if (digit(s.data[i])) return true;
    if (!begins(s.data[i])) continue;
    unsigned beginning = beginning_of(s, i);
    if (c->beginnings[beginning / 32] >> beginning % 32 & 1) return true;
    while (i + 1 < s.len && letter(s.data[i + 1])) i++;
  }
  return false;
}

/* --- tokens -------------------------------------------------------------------------------------------------------------------------- */

/* "3.6.2024" at i: a day, a month and a year as if written in words; returns where it ends, or 0. */
static size_t figures(PropterStr s, size_t i, WhenText *out, bool *fits) {
  int value[3] = {0};
  unsigned char digits[3] = {0};
  size_t at[4] = {i};
  for (int k = 0; k < 3; k++) {
    while (i < s.len && digit(s.data[i]) && digits[k] < 5) value[k] = value[k] * 10 + (s.data[i++] - '0'), digits[k]++;
    if (!digits[k] || digits[k] > (k < 2 ? 2 : 4) || (k < 2 && (i >= s.len || s.data[i++] != '.'))) return 0;
    at[k + 1] = i;
  }
  if (digits[2] != 4 || (i < s.len && (digit(s.data[i]) || letter(s.data[i]))) || value[0] < 1 || value[0] > 31 || value[1] < 1 || value[1] > 12) return 0;
  for (int k = 0; k < 3; k++) {
    WhenToken t = {.start = (uint32_t)at[k], .end = (uint32_t)at[k + 1], .kind = k == 1 ? T_WORD : T_NUMBER, .word = OTHER, .capital = k == 1};
    if (k == 1) t.month = (unsigned char)value[k];
    else t.number = value[k], t.digits = digits[k];
    *fits = *fits && propter_vec_push(&out->tokens, t);
  }
  return i;
}

/* The meaning of one letter. */
static Word single(const Calendar *c, PropterStr s, size_t i) {
  Key key;
  if (i >= s.len || !ascii(s.data[i]) || (i + 1 < s.len && (letter(s.data[i + 1]) || digit(s.data[i + 1])))) return OTHER;
  (void)word_at(s, i, &key);
  const Meaning *m = &c->slots[slot_of(c, key)].meaning;
  return m->known ? (Word)m->word : OTHER;
}

/* A number at i, with what belongs to it. */
static size_t number(const Calendar *c, PropterStr s, size_t i, WhenToken *t) {
  Key key;
  t->kind = T_NUMBER;
  for (; i < s.len && digit(s.data[i]); i++) {
    if (t->digits < 6) t->number = t->number * 10 + (s.data[i] - '0');
    if (t->digits < UINT8_MAX) t->digits++;
  }
  if (i < s.len && begins(s.data[i])) {
    size_t end = word_at(s, i, &key);
    for (size_t k = 0; k < c->ordinal_count && !t->ordinal; k++)
      if (same(c->ordinals[k], key)) t->ordinal = true, i = end;
  }
  /* 45,000 and 3.5 and $2011 are amounts. */
  if (i + 1 < s.len && (s.data[i] == ',' || s.data[i] == '.') && digit(s.data[i + 1])) t->kind = T_OTHER;
  if (t->start > 1 && (s.data[t->start - 1] == ',' || s.data[t->start - 1] == '.') && digit(s.data[t->start - 2])) t->kind = T_OTHER;
  if (t->start > 0 && s.data[t->start - 1] == '$') t->kind = T_OTHER;
  /* "1H 2023" as "H1 2023". */
  Word part = t->digits == 1 && i < s.len && s.data[i] >= 'A' && s.data[i] <= 'Z' ? single(c, s, i) : OTHER;
  if (part == Q || part == H) t->kind = T_WORD, t->word = (unsigned char)part, t->capital = true, i++;
  if (c->stops && t->digits <= 2 && i + 1 < s.len && s.data[i] == '.' && (s.data[i + 1] == ' ' || s.data[i + 1] == ',')) t->ordinal = true, i++;
  if (t->kind == T_NUMBER && i < s.len && (s.data[i] == '%' || (s.data[i] != 'Q' && ascii(s.data[i])))) t->kind = T_OTHER;
  return i;
}

/* A word at i with what it means; false: it says nothing here ("zum"). */
static bool word(const Calendar *c, PropterStr s, size_t *i, WhenToken *t) {
  Key key;
  t->kind = T_WORD;
  t->capital = s.data[*i] >= 'A' && s.data[*i] <= 'Z';
  const size_t named = t->capital ? phrase_at(c, s, *i, &t->feast) : *i;
  if (named > *i) return *i = named, true;
  *i = word_at(s, *i, &key);
  size_t slot = slot_of(c, key);
  if (!c->slots[slot].key.low) return true;
  const Meaning *m = &c->slots[slot].meaning;
  if (!m->known) return false;
  if (m->capital && !t->capital) return true;
  t->word = m->word, t->month = m->month, t->weekday = m->weekday, t->feast = m->feast, t->plural = m->plural, t->cut = m->cut, t->doubtful = m->doubtful;
  if (m->number) t->kind = T_NUMBER, t->number = m->number, t->spelled = true;
  /* "Q3" */
  if ((t->word == Q || t->word == H) && t->capital && *i - t->start == 1 && *i < s.len && digit(s.data[*i]) && (*i + 1 == s.len || !digit(s.data[*i + 1])))
    t->number = s.data[(*i)++] - '0';
  /* "FY2023", "FY23" */
  for (; t->word == FY && *i < s.len && digit(s.data[*i]) && t->digits < 4; t->digits++) t->number = t->number * 10 + (s.data[(*i)++] - '0');
  return true;
}

bool when_cut(PropterStr s, const Calendar *c, WhenText *out) {
  bool fits = s.len < UINT32_MAX;
  out->text = s;
  out->tokens.count = 0;
  for (size_t i = 0; i < s.len && fits;) {
    WhenToken t = {.kind = T_OTHER, .word = OTHER, .start = (uint32_t)i};
    unsigned char byte = (unsigned char)s.data[i];
    size_t end = c->stops && digit(s.data[i]) ? figures(s, i, out, &fits) : 0;
    if (end) {
      i = end;
      continue;
    }
    if (byte == ' ' || byte == '\n' || byte == '\t') {
      i++;
      continue;
    }
    if (digit(s.data[i])) {
      i = number(c, s, i, &t);
    } else if (begins(s.data[i])) {
      if (!word(c, s, &i, &t)) continue;
    } else if (byte == 0xE2 && i + 2 < s.len && (unsigned char)s.data[i + 1] == 0x80 &&
               ((unsigned char)s.data[i + 2] == 0x93 || (unsigned char)s.data[i + 2] == 0x94 || (unsigned char)s.data[i + 2] == 0x91)) {
      t.kind = T_DASH, i += 3;
    } else {
      t.kind = byte == '-' ? T_DASH : byte == ',' ? T_COMMA : T_OTHER;
      i++;
    }
    t.end = (uint32_t)i;
    fits = propter_vec_push(&out->tokens, t);
  }
  return fits;
}
