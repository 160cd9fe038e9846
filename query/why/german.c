/* SPDX-License-Identifier: Apache-2.0 */
/* German questions, put into English word by word before they are read: the reader takes words in any order, so that theirs need not change. */
#include "lexicon.h"

typedef enum { ROW_ASKS, ROW_DE, ROW_TOO, ROW_MONTH } RowKind;

#define STR(s) {s, sizeof s - 1}
#define ROW(kind, german, english) {kind, STR(german), STR(english)},
static const struct {
  RowKind kind;
  PropterStr german, english;
} rows[] = {
#define ASKS(german, english) ROW(ROW_ASKS, german, english)
#define DE(german, english) ROW(ROW_DE, german, english)
#define TOO(german, english) ROW(ROW_TOO, german, english)
#define MONTH(german, english) ROW(ROW_MONTH, german, english)
#include "german.def"
};

static const struct {
  PropterStr verb, particle, english;
} pairs[] = {
#define PAIR(verb, particle, english) {STR(verb), STR(particle), STR(english)},
#include "german.def"
};

static const struct {
  PropterStr tail, english;
} tails[] = {
#define TAIL(tail, english) {STR(tail), STR(english)},
#include "german.def"
};

enum { ROWS = sizeof rows / sizeof *rows, PAIRS = sizeof pairs / sizeof *pairs, TAILS = sizeof tails / sizeof *tails, NONE = -1 };

/* A run of letters or of digits of the text. */
typedef struct {
  size_t begin, end;
  PropterStr plain; /* small letters, umlauts as two */
  bool number, kept; /* a name of the graph */
  bool gone;         /* said by another token */
  PropterStr as;     /* what is put for it; data NULL: itself */
  size_t span;       /* how many tokens that is put for */
} Token;

typedef struct {
  const PropterLexicon *lexicon;
  PropterStr text;
  PropterArena *arena;
  Token *token;
  size_t count;
} German;

static bool of_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80); }
static bool digit(char c) { return c >= '0' && c <= '9'; }

/* Room for it is twice the bytes at most. */
static PropterStr plain_of(PropterStr word, PropterArena *arena) {
  static const struct {
    unsigned char code;
    char as[3];
  } umlauts[] = {{0xA4, "ae"}, {0x84, "ae"}, {0xB6, "oe"}, {0x96, "oe"}, {0xBC, "ue"}, {0x9C, "ue"}, {0x9F, "ss"}};
  char *out = propter_arena_alloc(arena, 2 * word.len + 1);
  size_t n = 0;
  for (size_t i = 0; out && i < word.len; i++) {
    const char c = word.data[i];
    size_t k = sizeof umlauts / sizeof *umlauts;
    if ((unsigned char)c == 0xC3 && i + 1 < word.len)
      for (k = 0; k < sizeof umlauts / sizeof *umlauts && umlauts[k].code != (unsigned char)word.data[i + 1];) k++;
    if (k < sizeof umlauts / sizeof *umlauts) out[n++] = umlauts[k].as[0], out[n++] = umlauts[k].as[1], i++;
    else out[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
  }
  if (out) out[n] = 0;
  return (PropterStr){out, n};
}

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a question"); }

static PropterStatus tokens_of(PropterStr text, PropterArena *arena, Token **out, size_t *count, PropterError *err) {
  Token *token = propter_arena_alloc(arena, (text.len + 1) * sizeof *token);
  *count = 0;
  if (!token) return no_memory(err);
  for (size_t i = 0; i < text.len;) {
    const size_t begin = i;
    const bool number = digit(text.data[i]);
    while (i < text.len && (number ? digit(text.data[i]) : of_word(text.data[i]))) i++;
    if (i == begin) {
      i++;
      continue;
    }
    token[*count] = (Token){.begin = begin, .end = i, .plain = plain_of((PropterStr){text.data + begin, i - begin}, arena), .number = number};
    if (!token[(*count)++].plain.data) return no_memory(err);
  }
  return *out = token, PROPTER_OK;
}

/* Are the tokens from i on those of the row, with nothing but blanks between them (a comma may stand before "dass")? How many; 0: no. */
static size_t row_at(const German *g, size_t i, PropterStr row) {
  size_t n = 0;
  for (size_t at = 0; at < row.len; n++) {
    size_t end = at;
    while (end < row.len && row.data[end] != ' ') end++;
    const PropterStr word = {row.data + at, end - at};
    if (i + n >= g->count || g->token[i + n].kept || g->token[i + n].gone || !propter_str_equal(g->token[i + n].plain, word)) return 0;
    for (size_t k = n ? g->token[i + n - 1].end : 0; n && k < g->token[i + n].begin; k++)
      if (g->text.data[k] != ' ' && g->text.data[k] != ',') return 0;
    at = end < row.len ? end + 1 : end;
  }
  return n;
}

/* The longest row from i on, and its tokens; NONE: none. */
static int longest(const German *g, size_t i, size_t *span) {
  int found = NONE;
  *span = 0;
  const PropterStr first = g->token[i].plain;
  for (int k = 0; k < ROWS; k++) {
    if (rows[k].german.len < first.len || memcmp(rows[k].german.data, first.data, first.len) != 0) continue; /* most rows */
    const size_t n = row_at(g, i, rows[k].german);
    if (n > *span) *span = n, found = k;
  }
  return found;
}

/* Marks the names of the graph that stand in the question as they are. */
static PropterStatus keep_names(German *g, const PropterLexicon *l, PropterError *err) {
  for (size_t n = 0; l && n < l->names.count; n++) {
    Token *name;
    size_t count;
    PropterArena scratch = {0};
    PropterStatus status = tokens_of(l->names.items[n].text, &scratch, &name, &count, err);
    for (size_t i = 0; status == PROPTER_OK && count && i + count <= g->count; i++) {
      size_t k = 0;
      while (k < count && propter_str_equal(name[k].plain, g->token[i + k].plain)) k++;
      for (size_t j = 0; k == count && j < k; j++) g->token[i + j].kept = true;
    }
    propter_arena_clear(&scratch);
    PROPTER_TRY(status);
  }
  return PROPTER_OK;
}

/* Is the question German: does a word ask, or tell two others? `asks_in_english`: some English word does. */
static bool is_german(const German *g, bool *asks_in_english) {
  int told = 0, last = NONE;
  bool sure = false;
  *asks_in_english = false;
  for (size_t i = 0, span; i < g->count; i += span ? span : 1) {
    const int k = longest(g, i, &span);
    Word w = {.text = g->token[i].plain};
    why_word_roles(&w);
    *asks_in_english |= why_has(&w, ROLE_QUESTIONS) || propter_str_equal(w.text, PROPTER_STR("did"));
    if (k == NONE) continue;
    sure |= rows[k].kind == ROW_ASKS;
    told += (rows[k].kind == ROW_DE || rows[k].kind == ROW_MONTH) && k != last, last = k;
  }
  return sure || told >= 2;
}

/* "Ging … zurück": the verb says it all. */
static void put_pairs(German *g) {
  for (size_t i = 0; i < g->count; i++)
    for (size_t p = 0; p < PAIRS && !g->token[i].as.data; p++) {
      const size_t n = row_at(g, i, pairs[p].verb);
      size_t k = i + n;
      while (n && k < g->count && !row_at(g, k, pairs[p].particle) && !memchr(g->text.data + g->token[k - 1].end, ',', g->token[k].begin - g->token[k - 1].end))
        k++;
      if (!n || k == g->count || !row_at(g, k, pairs[p].particle)) continue;
      g->token[i].as = pairs[p].english, g->token[i].span = n;
      g->token[k].as = (PropterStr){"", 0}, g->token[k].span = 1, g->token[k].gone = true;
    }
}

/* The name of the graph, a metric's or a part's, that is one word and the same, but for what joins it to the next: "Umsatz", "Kunde(n)"; NULL: none. */
static PropterStatus name_of(const PropterLexicon *l, PropterStr head, PropterArena *arena, const Name **out, PropterError *err) {
  static const char *const joints[] = {"", "s", "n", "en", "es", "e"};
  *out = NULL;
  for (size_t n = 0; n < l->names.count && !*out; n++) {
    if (l->names.items[n].count != 1) continue;
    const PropterStr name = plain_of(l->names.items[n].text, arena);
    if (!name.data) return no_memory(err);
    if (!propter_str_starts(head, name)) continue;
    for (size_t k = 0; k < sizeof joints / sizeof *joints; k++)
      if (propter_str_equal((PropterStr){head.data + name.len, head.len - name.len}, propter_str(joints[k]))) *out = &l->names.items[n];
  }
  return *out || !l->members ? PROPTER_OK : name_of(l->members, head, arena, out, err);
}

/* The month, as English calls it; empty: it is none. */
static PropterStr month_of(PropterStr plain) {
  for (size_t k = 0; k < ROWS; k++)
    if (propter_str_equal(rows[k].german, plain) && why_date_word(rows[k].english, DATE_MONTH, NULL, NULL)) return rows[k].english;
  return why_date_word(plain, DATE_MONTH, NULL, NULL) ? plain : (PropterStr){"", 0};
}

/* The word is put into English as what is before `name` (ends in 0) and it. */
static PropterStatus put_before(const German *g, Token *t, const char *before, PropterStr name, PropterError *err) {
  t->as = propter_arena_printf(g->arena, "%s %.*s", before, (int)name.len, name.data), t->span = 1;
  return t->as.data ? PROPTER_OK : no_memory(err);
}

/* "Märzhälfte", "Umsatzrückgang". */
static PropterStatus put_compound(const German *g, Token *t, PropterError *err) {
  static const PropterStr half = {"haelfte", 7};
  const PropterStr month = propter_str_ends(t->plain, half) ? month_of((PropterStr){t->plain.data, t->plain.len - half.len}) : (PropterStr){"", 0};
  if (month.len) return put_before(g, t, "half of", month, err);
  for (size_t k = 0; k < TAILS; k++) {
    const Name *name;
    if (!propter_str_ends(t->plain, tails[k].tail)) continue;
    PROPTER_TRY(name_of(g->lexicon, (PropterStr){t->plain.data, t->plain.len - tails[k].tail.len}, g->arena, &name, err));
    if (name) return put_before(g, t, tails[k].english.data, name->text, err);
  }
  return PROPTER_OK;
}

/* "1. Quartal" is the first, "1. Juli" and "vom 1. bis" a day. */
static PropterStatus put_ordinal(const German *g, size_t i, PropterError *err) {
  Token *t = &g->token[i], *next = i + 1 < g->count ? t + 1 : NULL;
  int unit;
  if (!next || t->end - t->begin > 2 || g->text.data[t->end] != '.' || (g->text.data[t->end + 1] != ' ' && g->text.data[t->end + 1] != '-')) return PROPTER_OK;
  if (next->begin > t->end + 3) return PROPTER_OK;
  const bool units = next->as.data && why_date_word(next->as, DATE_UNIT, &unit, NULL);
  const bool runs_on = next->as.data && (why_date_word(next->as, DATE_TO, NULL, NULL) || why_date_word(next->as, DATE_AND, NULL, NULL));
  const bool day = next->number || runs_on || month_of(next->plain).len;
  if (!units && !day) return PROPTER_OK;
  t->as = propter_arena_printf(g->arena, units ? "%.*sth" : "%.*s", (int)t->plain.len, t->plain.data), t->span = 1, t->end++;
  return t->as.data ? PROPTER_OK : no_memory(err);
}

static PropterStatus translate(German *g, bool german, bool mixed, PropterError *err) {
  if (german) put_pairs(g);
  for (size_t i = 0, span; i < g->count; i += span ? span : 1) {
    Token *t = &g->token[i];
    const int k = longest(g, i, &span);
    if (t->as.data) span = t->span;
    if (t->as.data || t->kept) continue;
    const bool put = k != NONE && (rows[k].kind == ROW_MONTH || (german && !(mixed && rows[k].kind == ROW_TOO)));
    if (put) t->as = rows[k].english, t->span = span;
    if (!put) span = 1;
    if (!put && german && !t->number) PROPTER_TRY(put_compound(g, t, err));
  }
  for (size_t i = g->count; i-- > 0;)
    if (g->token[i].number && !g->token[i].kept) PROPTER_TRY(put_ordinal(g, i, err));
  return PROPTER_OK;
}

/* The English text, and for each of its bytes where in the question it begins and ends. */
static PropterStatus spell_out(const German *g, PropterStr *english, size_t **begin, size_t **end, PropterError *err) {
  size_t room = g->text.len, n = 0, at = 0;
  for (size_t i = 0; i < g->count; i++) room += g->token[i].as.len;
  char *out = propter_arena_alloc(g->arena, room + 1);
  *begin = propter_arena_alloc(g->arena, (room + 1) * sizeof **begin), *end = propter_arena_alloc(g->arena, (room + 1) * sizeof **end);
  if (!out || !*begin || !*end) return no_memory(err);
  for (size_t i = 0; i <= g->count;) {
    const size_t next = i < g->count ? g->token[i].begin : g->text.len;
    for (; at < next; at++) (*begin)[n] = at, (*end)[n] = at + 1, out[n++] = g->text.data[at];
    if (i == g->count) break;
    const Token *t = &g->token[i], *last = t->as.data ? &g->token[i + t->span - 1] : t;
    const PropterStr as = t->as.data ? t->as : (PropterStr){g->text.data + t->begin, t->end - t->begin};
    for (size_t k = 0; k < as.len; k++, n++) {
      out[n] = as.data[k];
      (*begin)[n] = t->as.data ? t->begin : t->begin + k, (*end)[n] = t->as.data ? last->end : t->begin + k + 1;
    }
    at = last->end, i += t->as.data ? t->span : 1;
  }
  out[n] = 0;
  return *english = (PropterStr){out, n}, PROPTER_OK;
}

PropterStatus why_german(const PropterLexicon *l, PropterStr text, size_t max, PropterArena *arena, Words *words, PropterQuestion *q, bool *read,
                         PropterError *err) {
  German g = {.lexicon = l, .text = text, .arena = arena};
  bool mixed, put = false;
  *read = false;
  PROPTER_TRY(tokens_of(text, arena, &g.token, &g.count, err));
  for (size_t i = 0, span; i < g.count && !put; i++) {
    const int k = longest(&g, i, &span);
    put = k != NONE && rows[k].kind != ROW_TOO;
  }
  if (!put) return PROPTER_OK; /* most questions */
  put = false;
  PROPTER_TRY(keep_names(&g, l, err));
  PROPTER_TRY(keep_names(&g, l->members, err));
  PROPTER_TRY(keep_names(&g, l->causes, err));
  const bool german = is_german(&g, &mixed);
  for (size_t i = 0, span; i < g.count && !german; i++) {
    const int k = longest(&g, i, &span);
    put |= k != NONE && rows[k].kind == ROW_MONTH;
  }
  if (!german && !put) return PROPTER_OK;
  PROPTER_TRY(translate(&g, german, mixed, err));
  PropterStr english;
  size_t *begin, *end;
  PROPTER_TRY(spell_out(&g, &english, &begin, &end, err));
  PROPTER_TRY(why_words_split(english, l->stemmer, max, arena, words, err));
  for (size_t i = 0; i < words->count; i++) words->word[i].end = end[words->word[i].end - 1], words->word[i].begin = begin[words->word[i].begin];
  *read = true;
  return german ? why_question_note(q, arena, err, "the question was put into English word by word: %.*s", (int)english.len, english.data) : PROPTER_OK;
}
