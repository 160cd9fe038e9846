/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <utf8proc.h>

#include "question.h"

static const struct {
  WordKind kind;
  PropterStr word;
} words[] = {
#define WORD(kind, text) {WORD_##kind, {text, sizeof text - 1}},
#define ROLE(role, text)
#include "words.def"
#undef WORD
#undef ROLE
};

static const struct {
  WordRole role;
  PropterStr words;
} roles[] = {
#define WORD(kind, text)
#define ROLE(role, text) {ROLE_##role, {text, sizeof text - 1}},
#include "words.def"
#undef WORD
#undef ROLE
};

static const struct {
  DateKind kind;
  PropterStr word;
  int a, b;
} dates[] = {
#define DATE(kind, text, a, b) {DATE_##kind, {text, sizeof text - 1}, a, b},
#include "dates.def"
#undef DATE
};

static const struct {
  PropterStr word, full;
  bool numbered;
} shorts[] = {
#define SHORT(text, long) {{text, sizeof text - 1}, {long, sizeof long - 1}, false},
#define NUMBERED(text, long) {{text, sizeof text - 1}, {long, sizeof long - 1}, true},
#define SIGN(code, long)
#include "short.def"
#undef SHORT
#undef NUMBERED
#undef SIGN
};

static const struct {
  utf8proc_int32_t code;
  PropterStr word;
} signs[] = {
#define SHORT(text, long)
#define NUMBERED(text, long)
#define SIGN(code, long) {code, {long, sizeof long - 1}},
#include "short.def"
#undef SHORT
#undef NUMBERED
#undef SIGN
};

enum { WORD_ROWS = sizeof words / sizeof *words, ROLE_ROWS = sizeof roles / sizeof *roles, DATE_ROWS = sizeof dates / sizeof *dates };

/* --- the tables by word: every word of every name is looked up in all of them ------------------------------------------------ */

/* What the tables say of a text. */
typedef struct {
  PropterStr text;
  WordKind kind;
  bool dated; /* stands in a row of dates */
  uint64_t roles[(ROLE_COUNT + 63) / 64];
} Known;

enum { PLACES = 1 << 14 };
_Static_assert(3 * WORD_ROWS < PLACES, "most places are free: the other tables hold fewer words");
static Known known[PLACES]; /* open addressing by hash; a text without bytes: free */
static struct {
  uint16_t first[256], next[WORD_ROWS + 1]; /* rows of words by their first byte, in order; counted from 1, 0: none */
} alike;

/* Its place, or the free one where it would stand. */
static Known *place_of(PropterStr text) {
  size_t at = (size_t)propter_hash64(text) % PLACES;
  while (known[at].text.len && !propter_str_equal(known[at].text, text)) at = (at + 1) % PLACES;
  return &known[at];
}

static Known *placed(PropterStr text) {
  Known *k = place_of(text);
  k->text = text;
  return k;
}

/* The word that begins at *at of a row's text, and the place of the next. */
static PropterStr row_word(PropterStr row, size_t *at) {
  size_t from = *at, end = from;
  while (end < row.len && row.data[end] != ' ') end++;
  *at = end < row.len ? end + 1 : end;
  return (PropterStr){row.data + from, end - from};
}

/* Backwards, so that of rows with one text the first one stays. */
static void place_all(void) {
  for (size_t i = WORD_ROWS; i-- > 0;) {
    uint16_t *first = &alike.first[(unsigned char)words[i].word.data[0]];
    placed(words[i].word)->kind = words[i].kind;
    alike.next[i + 1] = *first, *first = (uint16_t)(i + 1);
  }
  for (size_t i = 0; i < ROLE_ROWS; i++)
    for (size_t at = 0; at < roles[i].words.len;) placed(row_word(roles[i].words, &at))->roles[roles[i].role / 64] |= UINT64_C(1) << roles[i].role % 64;
  for (size_t i = 0; i < DATE_ROWS; i++)
    for (size_t at = 0; at < dates[i].word.len;) placed(row_word(dates[i].word, &at))->dated = true;
}

static void ready(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  (void)pthread_once(&once, place_all);
}

static const Known *lookup(PropterStr text) {
  ready();
  return place_of(text);
}

/* Rows of words that begin with the byte the text begins with, after `row`; the first is after 0, and 0 is after the last. */
static size_t next_alike(PropterStr text, size_t row) {
  ready();
  return row ? alike.next[row] : text.len ? alike.first[(unsigned char)text.data[0]] : 0;
}

/* The long form of a common short one, or of one with a number right behind it; itself otherwise. */
static PropterStr in_full(PropterStr folded, bool numbered) {
  for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++)
    if (shorts[i].numbered == numbered && propter_str_equal(shorts[i].word, folded)) return shorts[i].full;
  return folded;
}

/* Most rows differ in the first byte. */
static bool same_first(PropterStr row, PropterStr text) { return text.len && row.data[0] == text.data[0]; }

WordKind why_word_kind(PropterStr folded) { return lookup(folded)->kind; }

/* Is the word the row's verb with "ed" or "ing" behind it: "keeping", "identified", "plotted"? */
static bool inflects(PropterStr row, PropterStr word) {
  const size_t tail = propter_str_ends(word, PROPTER_STR("ing")) ? 3 : propter_str_ends(word, PROPTER_STR("ed")) ? 2 : 0, n = word.len - tail;
  if (!tail || row.len < 3 || n + 1 < row.len || n > row.len + 1 || memcmp(row.data, word.data, row.len - 1) != 0) return false;
  const char last = row.data[row.len - 1], end = word.data[n - 1];
  if (n + 1 == row.len) return last == 'e';
  return n == row.len ? end == last || (last == 'y' && end == 'i' && tail == 2) : end == last && word.data[n - 2] == last;
}

/* The kind of a verb that asks or says nothing, in a form that has no row of its own. */
static WordKind inflected_kind(PropterStr folded) {
  WordKind found = WORD_NONE;
  for (size_t i = 0; (i = next_alike(folded, i));) {
    const WordKind kind = words[i - 1].kind;
    if ((kind != WORD_FILLER && kind != WORD_ASK && kind != WORD_SPEAKER) || !inflects(words[i - 1].word, folded)) continue;
    if (found != WORD_NONE && found != kind) return WORD_NONE;
    found = kind;
  }
  return found;
}

/* What stands behind the stem of an adjective to compare with it: "thinner" and "busier", but not "larger" of the row "larger". */
static bool compares(PropterStr row, PropterStr word) {
  if (!propter_str_ends(word, PROPTER_STR("er")) || row.len < 3 || word.len < row.len + 1) return false;
  const char last = row.data[row.len - 1];
  const PropterStr stem = {word.data, word.len - 2};
  if (last == 'e') return stem.len + 1 == row.len && propter_str_starts(row, stem);
  if (last == 'y') return stem.len == row.len && stem.data[stem.len - 1] == 'i' && memcmp(stem.data, row.data, row.len - 1) == 0;
  return propter_str_starts(stem, row) && (stem.len == row.len || (stem.len == row.len + 1 && stem.data[row.len] == last));
}

/* The adjective of size that the word is the comparative of; empty: of none. */
static PropterStr compared_size(PropterStr folded) {
  for (size_t i = 0; (i = next_alike(folded, i));)
    if (words[i - 1].kind == WORD_SIZE && compares(words[i - 1].word, folded)) return words[i - 1].word;
  return (PropterStr){"", 0};
}

bool why_date_word(PropterStr folded, DateKind kind, int *a, int *b) {
  for (size_t i = 0; i < DATE_ROWS; i++)
    if (dates[i].kind == kind && propter_str_equal(dates[i].word, folded)) {
      if (a) *a = dates[i].a;
      if (b) *b = dates[i].b;
      return true;
    }
  return false;
}

bool why_date_month_near(PropterStr folded, int *month, const char **name) {
  unsigned slips = why_word_slips(folded);
  if (folded.len < 5) return false;
  int found = 0;
  for (size_t i = 0; i < DATE_ROWS; i++)
    if (dates[i].kind == DATE_MONTH && dates[i].word.len >= 5 && why_word_distance(folded, dates[i].word, slips) <= slips) {
      if (found && found != dates[i].a) return false;
      found = dates[i].a;
      *name = dates[i].word.data;
    }
  *month = found;
  return found != 0;
}

void why_word_roles(Word *w) { memcpy(w->roles, lookup(w->text)->roles, sizeof w->roles); }

/* How many words from i on are those of the row; 0: not all. */
static size_t row_length(PropterStr row, const Words *found, size_t i) {
  size_t n = 0;
  if (!same_first(row, found->word[i].text)) return 0;
  for (size_t at = 0; at < row.len; n++) {
    PropterStr word = row_word(row, &at);
    if (i + n >= found->count || found->word[i + n].used != USED_NOT || !propter_str_equal(found->word[i + n].text, word)) return 0;
  }
  return n;
}

size_t why_date_phrase(const Words *found, size_t i, DateKind kind, int *a, int *b) {
  size_t most = 0;
  for (size_t k = 0; k < DATE_ROWS; k++) {
    size_t n = dates[k].kind == kind ? row_length(dates[k].word, found, i) : 0;
    if (n <= most) continue;
    most = n;
    if (a) *a = dates[k].a;
    if (b) *b = dates[k].b;
  }
  return most;
}

bool why_of_dates(PropterStr folded) { return lookup(folded)->dated; }

/* Several words that mean something else together than apart ("what's up" asks for no rise): the first gets the row's kind, the others say nothing. */
static void phrases(Words *found) {
  for (size_t i = 0; i < found->count; i++) {
    size_t most = 1;
    for (size_t k = 0; (k = next_alike(found->word[i].text, k));) {
      size_t n = row_length(words[k - 1].word, found, i);
      if (n > most) most = n, found->word[i].kind = words[k - 1].kind;
    }
    for (size_t k = 1; k < most; k++) found->word[i + k].kind = WORD_FILLER;
    for (size_t k = 0; most > 1 && k < most; k++) found->word[i + k].known = true, found->word[i + k].phrase = true;
    i += most - 1;
  }
}

/* "Whyyy", "soooo", "whyy": letters that are drawn out, where the plain word is one of the tables. */
static PropterStatus shorten(Word *w, PropterArena *arena, PropterError *err) {
  size_t n = 0, run = 0, most = 0;
  if (w->number || w->kind != WORD_NONE || why_of_dates(w->text)) return PROPTER_OK;
  char *plain = propter_arena_alloc(arena, w->text.len + 1);
  if (!plain) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < w->text.len; i++) {
    run = i && w->text.data[i] == w->text.data[i - 1] ? run + 1 : 1;
    if (run > most) most = run;
    if (run == 1) plain[n++] = w->text.data[i];
  }
  plain[n] = 0;
  Word asks = {.text = {plain, n}};
  why_word_roles(&asks);
  const bool drawn = most > 2 || (most == 2 && why_has(&asks, ROLE_QUESTIONS)); /* "bee" is no "be" */
  if (!drawn || why_word_kind((PropterStr){plain, n}) == WORD_NONE) return PROPTER_OK;
  w->text = w->stem = (PropterStr){plain, n}, w->kind = why_word_kind(w->text);
  return PROPTER_OK;
}

/* --- folding and splitting -------------------------------------------------------------------------------------------------- */

static bool letter(utf8proc_int32_t c) {
  utf8proc_category_t k = utf8proc_category(c);
  return (k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO) || k == UTF8PROC_CATEGORY_NL;
}

static char mark_of(utf8proc_int32_t c) {
  if (c == 0x2019 || c == 0x2018 || c == 0x02BC) return '\'';
  if (c == 0x2212 || utf8proc_category(c) == UTF8PROC_CATEGORY_PD) return '-';
  return c < 0x80 ? (char)c : '?';
}

bool why_ends_clause(const Word *w, WordEnd end) {
  static const char *const marks[] = {[ENDS_SENTENCE] = ".?!;", [ENDS_CLAUSE] = ".?!;,:-", [ENDS_BRACKET] = ".?!;,:-("};
  return w->mark && w->space && (end == ENDS_ANY ? w->mark != '\'' : strchr(marks[end], w->mark) != NULL);
}

static PropterStatus finish(Word *w, PropterBuf *folded, bool numbered, struct sb_stemmer *stemmer, PropterArena *arena, PropterError *err) {
  PROPTER_TRY(propter_buf_status(folded, err));
  w->text = propter_arena_copy(arena, in_full(propter_buf_str(folded), numbered));
  if (!w->text.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  w->stem = w->text;
  w->value = 0;
  if (w->number) {
    w->digits = (int)w->text.len;
    for (size_t i = 0; i < w->text.len && i < 9; i++) w->value = w->value * 10 + (w->text.data[i] - '0');
  } else {
    const sb_symbol *s = sb_stemmer_stem(stemmer, (const sb_symbol *)w->text.data, (int)w->text.len);
    if (s) w->stem = propter_arena_copy(arena, (PropterStr){(const char *)s, (size_t)sb_stemmer_length(stemmer)});
    if (!w->stem.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  }
  w->kind = w->number ? WORD_NONE : why_word_kind(w->text);
  PROPTER_TRY(shorten(w, arena, err));
  why_word_roles(w);
  const PropterStr size = w->kind == WORD_NONE && !w->number && !why_of_dates(w->text) ? compared_size(w->text) : (PropterStr){"", 0};
  if (size.len) {
    Word plain = {.text = size};
    why_word_roles(&plain);
    w->kind = why_has(&plain, ROLE_SMALL) ? WORD_DOWN : WORD_UP;
  }
  if (w->kind == WORD_NONE && !w->number && !why_of_dates(w->text)) w->kind = inflected_kind(w->text), w->inflected = w->kind != WORD_NONE;
  w->known = w->number || w->kind != WORD_NONE || why_of_dates(w->text);
  return PROPTER_OK;
}

/* The word that a sign stands for; empty: none. */
static PropterStr sign_word(utf8proc_int32_t code) {
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    if (signs[i].code == code) return signs[i].word;
  return (PropterStr){"", 0};
}

PropterStatus why_words_split(PropterStr text, struct sb_stemmer *stemmer, size_t max, PropterArena *arena, Words *out, PropterError *err) {
  *out = (Words){0};
  out->word = propter_arena_alloc(arena, (max + 1) * sizeof *out->word);
  if (!out->word) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  PropterBuf folded = {.max = PROPTER_QUESTION_BYTES * 8};
  PropterStatus status = PROPTER_OK;
  Word *open = NULL;
  bool space = true;
  char mark = 0;
  for (size_t at = 0; at < text.len && status == PROPTER_OK;) {
    utf8proc_int32_t c;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text.data + at, (utf8proc_ssize_t)(text.len - at), &c);
    if (n <= 0) n = 1, c = ' ';
    utf8proc_int32_t parts[32];
    int boundclass = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(c, parts, 32, UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_DECOMPOSE, &boundclass);
    if (count < 0 || count > 32) count = 0;
    if (count == 0 && open) { /* a mark over the letter before it */
      at += (size_t)n;
      continue;
    }
    for (utf8proc_ssize_t k = 0; k < count && status == PROPTER_OK; k++) {
      bool digit = parts[k] >= '0' && parts[k] <= '9';
      if (!digit && !letter(parts[k])) {
        if (open) status = finish(open, &folded, false, stemmer, arena, err), open = NULL, space = false, mark = 0;
        if (parts[k] == ' ' || (parts[k] >= '\t' && parts[k] <= '\r')) space = true;
        else mark = mark_of(parts[k]);
        const bool arrow = parts[k] == '>' && at && strchr("-=", text.data[at - 1]); /* "->" */
        const PropterStr meant = arrow ? (PropterStr){"", 0} : sign_word(parts[k]);
        if (!meant.len || (parts[k] < 0x80 && !space) || status != PROPTER_OK) continue;
        if (out->count == max) {
          out->too_many = true;
          goto done;
        }
        propter_buf_reset(&folded);
        propter_buf_add(&folded, meant);
        out->word[out->count] = (Word){.begin = at, .end = at + (size_t)n, .space = true};
        status = finish(&out->word[out->count++], &folded, false, stemmer, arena, err), mark = 0;
        continue;
      }
      if (open && open->number != digit) status = finish(open, &folded, digit, stemmer, arena, err), open = NULL, space = false, mark = 0;
      if (status != PROPTER_OK) break;
      if (!open) {
        if (out->count == max) {
          out->too_many = true;
          goto done;
        }
        open = &out->word[out->count++];
        const bool inside = out->count > 1 && !(mark && strchr(".?!:", mark));
        *open = (Word){.begin = at, .space = space, .mark = mark, .number = digit, .proper = inside && c >= 'A' && c <= 'Z'};
        propter_buf_reset(&folded);
      }
      propter_buf_add_utf8(&folded, (uint32_t)parts[k]);
      open->end = at + (size_t)n;
    }
    at += (size_t)n;
  }
  if (open && status == PROPTER_OK) status = finish(open, &folded, false, stemmer, arena, err);
  phrases(out);
  /* "didn't" denies, "gov't" does not */
  for (size_t i = 1; i < out->count; i++) {
    const PropterStr before = out->word[i - 1].text;
    Word *w = &out->word[i];
    if (why_has(w, ROLE_DENIES) && before.data[before.len - 1] != 'n') w->kind = WORD_STOP;
    if (w->mark == '\'' && !w->space && why_has(w, ROLE_SHORTENED)) w->kind = WORD_FILLER, w->known = true;
  }
done:
  propter_buf_clear(&folded);
  return status;
}

/* --- spelling ----------------------------------------------------------------------------------------------------------------- */

enum { LONGEST = 48 };

static size_t characters(PropterStr s, utf8proc_int32_t out[LONGEST]) {
  size_t n = 0;
  for (size_t at = 0; at < s.len;) {
    utf8proc_int32_t c;
    utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)s.data + at, (utf8proc_ssize_t)(s.len - at), &c);
    if (len <= 0) len = 1, c = 0xFFFD;
    if (n == LONGEST) return LONGEST + 1;
    out[n++] = c;
    at += (size_t)len;
  }
  return n;
}

unsigned why_word_slips(PropterStr folded) {
  size_t n = propter_utf8_length(folded);
  return n <= 3 ? 0 : n <= 7 ? 1 : 2;
}

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

unsigned why_word_distance(PropterStr a, PropterStr b, unsigned bound) {
  utf8proc_int32_t x[LONGEST], y[LONGEST];
  if (a.len > b.len + 8 || b.len > a.len + 8) return bound + 1;
  size_t n = characters(a, x), m = characters(b, y);
  if (n > LONGEST || m > LONGEST || n > m + bound || m > n + bound) return bound + 1;
  unsigned before[LONGEST + 1], last[LONGEST + 1], now[LONGEST + 1];
  memset(before, 0, sizeof before);
  for (size_t j = 0; j <= m; j++) last[j] = (unsigned)j;
  for (size_t i = 1; i <= n; i++) {
    now[0] = (unsigned)i;
    for (size_t j = 1; j <= m; j++) {
      now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (x[i - 1] != y[j - 1]));
      if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1]) now[j] = least(now[j], before[j - 2] + 1);
    }
    memcpy(before, last, sizeof last);
    memcpy(last, now, sizeof now);
  }
  return last[m] <= bound ? last[m] : bound + 1;
}

/* Two letters swapped, one missing, or one doubled: a letter put for another makes other words too often ("shipped" is not "slipped"). */
static bool one_slip(PropterStr a, PropterStr b) {
  if (!a.len || !b.len || a.data[0] != b.data[0] || a.data[a.len - 1] != b.data[b.len - 1] || why_word_distance(a, b, 1) != 1) return false;
  size_t i = 0, differ = 0;
  for (size_t k = 0; a.len == b.len && k < a.len; k++) differ += a.data[k] != b.data[k];
  while (i < b.len && a.data[i] == b.data[i]) i++;
  return a.len < b.len || differ == 2 || (a.len > b.len && a.data[i] == a.data[i - 1]);
}

bool why_word_near(PropterStr folded, PropterStr *meant) {
  *meant = (PropterStr){"", 0};
  for (size_t i = 0; i < WORD_ROWS + DATE_ROWS; i++) {
    const PropterStr row = i < WORD_ROWS ? words[i].word : dates[i - WORD_ROWS].word;
    if (!one_slip(folded, row) || propter_str_equal(*meant, row)) continue;
    if (meant->len && (why_word_kind(*meant) != why_word_kind(row) || why_of_dates(*meant) || why_of_dates(row))) return false;
    *meant = row;
  }
  return meant->len > 0;
}
