/* SPDX-License-Identifier: Apache-2.0 */
/* An expression becomes a nondeterministic automaton (Thompson 1968) that matches at least what it matches: what looks around is passed over, but for a word's
 * edge, the text's beginning and one byte before the place; an upper bound of a repetition is none. The subset construction makes it deterministic, breadth
 * first; where the states are used up, what follows is taken as a match. */
#include "regex_sieve.h"

#include <stdlib.h>
#include <string.h>

#include "propter/mem.h"
#include "propter/regex.h"

/* Symbols: letters by themselves, other bytes by kind. */
enum { LOWER, UPPER = 26, DIGIT = 52, BLANK, COMMA, SLASH, HYPHEN, APOSTROPHE, STOP, COLON, OPEN, OTHER, BEYOND_ASCII, END, SYMBOLS };
/* What stands before a place. */
enum { AT_BEGIN, AT_WORD, AT_BLANK, AT_HYPHEN, AT_APOSTROPHE, AT_OTHER, AT_BEYOND_ASCII, BEFORES, INSIDE };
enum { DEAD, MATCH, STATES = 256, NODES = 1 << 15, FARTHEST = 16, DEEPEST = 200, MANY = 1 << 16 };

struct Sieve {
  unsigned char start[BEFORES][256]; /* by byte; DEAD for bytes in the middle of a character */
  bool end[BEFORES];                 /* at the text's end */
  bool front;                        /* only at the text's beginning */
  unsigned char next[][SYMBOLS];
};

#define ALL (~UINT64_C(0))
#define BIT(n) (UINT64_C(1) << (n))
#define WORDS (BIT(DIGIT + 1) - 1) /* letters, figures and _ */

static unsigned symbol_of(unsigned char c) {
  if (c >= 'a' && c <= 'z') return LOWER + (unsigned)(c - 'a');
  if (c >= 'A' && c <= 'Z') return UPPER + (unsigned)(c - 'A');
  if ((c >= '0' && c <= '9') || c == '_') return DIGIT;
  if (c >= 0x80) return BEYOND_ASCII;
  switch (c) {
  case ' ': return BLANK;
  case ',': return COMMA;
  case '/': return SLASH;
  case '-': return HYPHEN;
  case '\'': return APOSTROPHE;
  case '.': return STOP;
  case ':': case ';': return COLON;
  case '(': case '"': return OPEN;
  default: return OTHER;
  }
}

static unsigned before_of(unsigned symbol) {
  switch (symbol) {
  case BLANK: return AT_BLANK;
  case HYPHEN: return AT_HYPHEN;
  case APOSTROPHE: return AT_APOSTROPHE;
  case BEYOND_ASCII: return AT_BEYOND_ASCII;
  default: return symbol <= DIGIT ? AT_WORD : AT_OTHER;
  }
}

void sieve_bytes(SieveBytes *out) {
  for (unsigned c = 0; c < 256; c++) {
    out->symbols[c] = (unsigned char)symbol_of((unsigned char)c);
    out->befores[c] = (unsigned char)before_of(out->symbols[c]);
  }
}

/* --- the automaton of the expression ------------------------------------------------------------------------------------------- */

/* BEFORE: passes at the beginning of a match if `set` has what stands before it. EDGE: of a word. */
typedef enum { ACCEPT, TAKE, SPLIT, BEFORE, EDGE } Kind;
typedef struct {
  Kind kind;
  uint32_t to, other;
  uint64_t set; /* TAKE: symbols */
} Node;

typedef struct {
  PROPTER_VEC(Node) nodes;
  bool unclear, no_memory;
  size_t steps;
} Builder;

/* A set of characters: bytes of ASCII, and whether any beyond. */
typedef struct {
  bool has[128], beyond;
} Chars;

static uint32_t unclear(Builder *b) {
  b->unclear = true;
  return 0;
}

static uint32_t node(Builder *b, Node n) {
  if (b->nodes.count >= NODES) return unclear(b);
  if (!propter_vec_push(&b->nodes, n)) b->no_memory = true;
  return b->no_memory ? 0 : (uint32_t)b->nodes.count - 1;
}

static bool word_byte(int c) { return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool blank_byte(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Adds what an escape stands for. False: no set, or not understood. */
static bool add_escape(Chars *set, char c) {
  switch (c) {
  case 'w': case 'W': case 'd': case 'D': case 's': case 'S':
    for (int i = 0; i < 128; i++) {
      bool in = c == 'w' || c == 'W' ? word_byte(i) : c == 'd' || c == 'D' ? i >= '0' && i <= '9' : blank_byte(i);
      set->has[i] |= in != (c < 'a');
    }
    set->beyond = true; /* by Unicode they may have some */
    return true;
  case 'n': set->has['\n'] = true; return true;
  case 't': set->has['\t'] = true; return true;
  case 'r': set->has['\r'] = true; return true;
  default:
    if ((unsigned char)c >= 0x80 || word_byte(c)) return false;
    return set->has[(int)c] = true;
  }
}

static void ignore_case(Chars *set) {
  for (int c = 'a'; c <= 'z'; c++) set->has[c] = set->has[c - 'a' + 'A'] = set->has[c] || set->has[c - 'a' + 'A'];
  set->beyond |= set->has['k'] || set->has['s']; /* the signs of Kelvin and the long s */
}

/* A class in brackets. */
static bool read_class(PropterStr s, bool caseless, Chars *set) {
  size_t i = 1, end = s.len - 1;
  bool negated = i < end && s.data[i] == '^';
  i += negated;
  for (bool first = true; i < end; first = false) {
    unsigned char c = (unsigned char)s.data[i];
    if (c == '\\') {
      if (i + 1 >= end || !add_escape(set, s.data[i + 1])) return false;
      i += 2;
      if (i < end && s.data[i] == '-' && i + 1 < end) return false;
      continue;
    }
    if (c == '[' || (c == ']' && !first)) return false;
    bool range = i + 2 < end && s.data[i + 1] == '-';
    unsigned char last = range ? (unsigned char)s.data[i + 2] : c;
    if (last == '\\' || last < c) return false;
    for (unsigned k = c; k <= last && k < 128; k++) set->has[k] = true;
    set->beyond |= last >= 0x80;
    i += range ? 3 : 1;
  }
  if (caseless) ignore_case(set);
  for (int c = 0; c < 128 && negated; c++) set->has[c] = !set->has[c];
  set->beyond |= negated;
  return true;
}

static uint64_t symbols_of(const Chars *set) {
  uint64_t symbols = set->beyond ? BIT(BEYOND_ASCII) : 0;
  for (unsigned c = 0; c < 128; c++)
    if (set->has[c]) symbols |= BIT(symbol_of((unsigned char)c));
  return symbols;
}

/* One character; beyond ASCII it has more bytes. */
static uint32_t take(Builder *b, const Chars *set, uint32_t next) {
  if (set->beyond) {
    uint32_t more = node(b, (Node){.kind = SPLIT, .other = next}), again = node(b, (Node){.kind = TAKE, .set = BIT(BEYOND_ASCII), .to = more});
    if (b->unclear || b->no_memory) return 0;
    b->nodes.items[more].to = again;
    next = more;
  }
  return node(b, (Node){.kind = TAKE, .set = symbols_of(set), .to = next});
}

/* What may stand before a place of which a lookbehind says that one of `set` stands there, or none. */
static uint64_t befores(const Chars *set, bool negative) {
  uint64_t all = BIT(AT_BEYOND_ASCII) | (negative ? BIT(AT_BEGIN) : 0);
  for (unsigned c = 0; c < 128; c++)
    if (set->has[c] != negative) all |= BIT(before_of(symbol_of((unsigned char)c)));
  return all;
}

/* One character that an item of an expression stands for; false: it is more. */
static bool read_chars(PropterStr s, bool caseless, Chars *set) {
  if (s.data[0] == '[') return read_class(s, caseless, set);
  if (s.data[0] == '\\') {
    if (!add_escape(set, s.data[1])) return false;
  } else if (s.data[0] == '.') {
    for (int c = 0; c < 128; c++) set->has[c] = c != '\n';
    set->beyond = true;
  } else if (s.len != 1 || strchr("()^$|*+?", s.data[0]) || (unsigned char)s.data[0] >= 0x80) {
    return false;
  } else {
    set->has[(int)s.data[0]] = true;
  }
  if (caseless) ignore_case(set);
  return true;
}

static uint32_t alternatives(Builder *b, PropterStr s, bool caseless, unsigned depth, uint32_t next);

static uint32_t behind(Builder *b, PropterStr inside, bool negative, uint32_t next) {
  Chars set = {.beyond = false};
  if (!inside.len || propter_regex_item_end(inside, 0) != inside.len || !read_chars(inside, false, &set)) return next;
  return node(b, (Node){.kind = BEFORE, .set = befores(&set, negative), .to = next});
}

static uint32_t group(Builder *b, PropterStr s, bool caseless, unsigned depth, uint32_t next) {
  PropterStr inside = {s.data + 1, s.len - 2};
  if (!inside.len || inside.data[0] == '*') return unclear(b);
  if (inside.data[0] != '?') return alternatives(b, inside, caseless, depth, next);
  static const char *const openings[] = {"?:", "?>", "?i:", "?=", "?!", "?<=", "?<!"};
  for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
    PropterStr opening = propter_str(openings[i]);
    if (!propter_str_starts(inside, opening)) continue;
    PropterStr rest = {inside.data + opening.len, inside.len - opening.len};
    if (i < 3) return alternatives(b, rest, caseless || i == 2, depth, next);
    if (i == 3) return next ? next : alternatives(b, rest, caseless, depth, 0); /* at the end what follows is as good as what matches */
    return i == 4 ? next : behind(b, rest, i == 6, next);
  }
  const char *close = inside.len > 3 && inside.data[1] == '<' ? memchr(inside.data, '>', inside.len) : NULL;
  if (!close) return unclear(b);
  return alternatives(b, (PropterStr){close + 1, (size_t)(inside.data + inside.len - close) - 1}, caseless, depth, next);
}

/* What matches one item of an expression and then goes on at `next`. */
static uint32_t item(Builder *b, PropterStr s, bool caseless, unsigned depth, uint32_t next) {
  Chars set = {.beyond = false};
  unsigned char c = (unsigned char)s.data[0];
  if (c == '(') return group(b, s, caseless, depth + 1, next);
  if (c == '^') return node(b, (Node){.kind = BEFORE, .set = BIT(AT_BEGIN), .to = next});
  /* Also before a line's end that ends the text. */
  if (c == '$') return node(b, (Node){.kind = TAKE, .set = BIT(END) | BIT(symbol_of('\n')), .to = 0});
  if (c == '\\' && s.data[1] == 'b') return node(b, (Node){.kind = EDGE, .to = next});
  if (c == '\\' && (s.data[1] == 'K' || s.data[1] == 'B')) return next;
  if (c >= 0x80) {
    set.beyond = true;
    return take(b, &set, next);
  }
  if (!read_chars(s, caseless, &set)) return unclear(b);
  return take(b, &set, next);
}

typedef struct {
  size_t least;
  bool more, endless; /* more than the least may follow: one, or any number */
} Times;

/* Reads "?", "*", "+", "{2,5}" at *at, with the mark behind it that says how eagerly. */
static bool read_times(PropterStr s, size_t *at, Times *out) {
  size_t i = *at;
  *out = (Times){1, false, false};
  if (i >= s.len || !strchr("?*+{", s.data[i])) return true;
  if (s.data[i] != '{') {
    out->least = s.data[i] == '+';
    out->more = true, out->endless = s.data[i] != '?';
    i++;
  } else {
    if (i + 1 == s.len || s.data[i + 1] < '0' || s.data[i + 1] > '9') return false; /* no repetition, at least not in all versions */
    size_t comma = SIZE_MAX, most = 0;
    out->least = 0;
    for (i++; i < s.len && s.data[i] != '}'; i++) {
      if (s.data[i] == ',' && comma == SIZE_MAX) {
        comma = i;
      } else {
        if (s.data[i] < '0' || s.data[i] > '9') return false;
        size_t *n = comma == SIZE_MAX ? &out->least : &most;
        *n = *n * 10 + (size_t)(s.data[i] - '0');
        if (*n > MANY) return false;
      }
    }
    if (i >= s.len) return false;
    out->more = comma != SIZE_MAX && (comma + 1 == i || most > out->least);
    out->endless = out->more && (comma + 1 == i || most > out->least + 1);
    i++;
  }
  if (i < s.len && (s.data[i] == '?' || s.data[i] == '+')) i++;
  *at = i;
  return true;
}

/* Length of the character that begins at i, if it is no item of several. */
static size_t item_end(PropterStr s, size_t i) {
  size_t end = propter_regex_item_end(s, i);
  while (end && (unsigned char)s.data[i] >= 0x80 && end < s.len && ((unsigned char)s.data[end] & 0xC0) == 0x80) end++;
  return end;
}

static uint32_t sequence(Builder *b, PropterStr s, size_t i, bool caseless, unsigned depth, uint32_t next) {
  if (i == s.len || b->unclear || b->no_memory) return next;
  size_t end = item_end(s, i), after = end;
  Times times;
  if (!end || depth > DEEPEST || ++b->steps > MANY || !read_times(s, &after, &times)) return unclear(b);
  PropterStr one = {s.data + i, end - i};
  uint32_t to = sequence(b, s, after, caseless, depth, next);
  if (times.more) {
    uint32_t split = node(b, (Node){.kind = SPLIT, .other = to}), entry = item(b, one, caseless, depth, times.endless ? split : to);
    if (b->unclear || b->no_memory) return 0;
    b->nodes.items[split].to = entry;
    to = split;
  }
  for (size_t k = 0; k < times.least && !b->unclear && !b->no_memory; k++) to = item(b, one, caseless, depth, to);
  return to;
}

static uint32_t alternatives(Builder *b, PropterStr s, bool caseless, unsigned depth, uint32_t next) {
  uint32_t all = UINT32_MAX;
  if (depth > DEEPEST) return unclear(b);
  for (size_t i = 0, from = 0; !b->unclear && !b->no_memory;) {
    if (i < s.len && s.data[i] != '|') {
      if (!(i = item_end(s, i))) return unclear(b);
      continue;
    }
    uint32_t one = sequence(b, (PropterStr){s.data + from, i - from}, 0, caseless, depth, next);
    all = all == UINT32_MAX ? one : node(b, (Node){.kind = SPLIT, .to = one, .other = all});
    if (i == s.len) return all;
    from = ++i;
  }
  return 0;
}

/* --- made deterministic ----------------------------------------------------------------------------------------------------------- */

typedef struct {
  uint32_t node;
  uint64_t symbols; /* with which it is visited; of what takes a byte, those that lead on from it */
} Item;

typedef struct {
  const Node *nodes;
  uint64_t *seen;                              /* by node: symbols with which it was reached */
  PROPTER_VEC(Item) visits, items, from;       /* to come; what was reached last; what is gone on from */
  PROPTER_VEC(uint32_t) sets;                  /* of all states */
  size_t first[STATES + 1], count;             /* where those of a state stand in `sets` */
  unsigned char (*next)[SYMBOLS];
  bool matches, empty;                         /* what was reached last is a match; the expression may match without a byte */
  bool no_memory;
} Maker;

static void visit(Maker *m, uint32_t node, uint64_t symbols) {
  if (!(symbols & ~m->seen[node])) return;
  m->seen[node] |= symbols;
  if (!propter_vec_push(&m->visits, ((Item){node, symbols}))) m->no_memory = true;
}

/* Symbols that may follow at a word's edge. */
static uint64_t edge(unsigned before) {
  if (before == INSIDE || before == AT_BEYOND_ASCII) return ALL;
  return before == AT_WORD ? ALL & ~WORDS : WORDS | BIT(BEYOND_ASCII);
}

/* Follows what takes no byte from all visits to come. */
static void spread(Maker *m, unsigned before) {
  m->items.count = 0;
  m->matches = false;
  for (size_t i = 0; i < m->visits.count && !m->no_memory; i++) {
    Item v = m->visits.items[i];
    const Node *n = &m->nodes[v.node];
    switch (n->kind) {
    case ACCEPT:
      m->matches = true;
      break;
    case TAKE:
      if (!propter_vec_push(&m->items, ((Item){v.node, n->set & v.symbols}))) m->no_memory = true;
      break;
    case SPLIT:
      visit(m, n->to, v.symbols), visit(m, n->other, v.symbols);
      break;
    case BEFORE:
      if (before == INSIDE || n->set & BIT(before)) visit(m, n->to, v.symbols);
      break;
    case EDGE:
      visit(m, n->to, v.symbols & edge(before));
      break;
    }
  }
  for (size_t i = 0; i < m->visits.count; i++) m->seen[m->visits.items[i].node] = 0;
  m->visits.count = 0;
}

static int by_node(const void *a, const void *b) {
  const Item *x = a, *y = b;
  return x->node < y->node ? -1 : x->node > y->node;
}

/* The state of what was reached last. */
static unsigned char state(Maker *m) {
  if (m->matches || m->no_memory) return MATCH;
  if (!m->items.count) return DEAD;
  qsort(m->items.items, m->items.count, sizeof *m->items.items, by_node);
  for (size_t s = 2; s < m->count; s++) {
    size_t n = m->first[s + 1] - m->first[s], i = 0;
    const uint32_t *set = m->sets.items + m->first[s];
    while (n == m->items.count && i < n && set[i] == m->items.items[i].node) i++;
    if (n == m->items.count && i == n) return (unsigned char)s;
  }
  if (m->count == STATES) return MATCH;
  for (size_t i = 0; i < m->items.count && !m->no_memory; i++) m->no_memory = !propter_vec_push(&m->sets, m->items.items[i].node);
  m->first[m->count + 1] = m->sets.count;
  return (unsigned char)m->count++;
}

/* Where each symbol leads from the items m->from. */
static void fill_row(Maker *m, unsigned char row[SYMBOLS]) {
  const Item *from = m->from.items;
  const size_t count = m->from.count;
  uint64_t left = 0;
  for (size_t i = 0; i < count; i++) left |= from[i].symbols;
  while (left && !m->no_memory) {
    uint64_t alike = ALL;
    int symbol = __builtin_ctzll(left);
    for (size_t i = 0; i < count; i++) {
      bool leads = from[i].symbols >> symbol & 1;
      alike &= leads ? from[i].symbols : ~from[i].symbols;
      if (leads) visit(m, m->nodes[from[i].node].to, ALL);
    }
    spread(m, INSIDE);
    unsigned char to = state(m);
    for (int s = symbol; s < SYMBOLS; s++)
      if (alike >> s & 1) row[s] = to;
    left &= ~alike;
  }
}

static void make(Maker *m, uint32_t root, Sieve *out) {
  m->count = 2, m->first[2] = 0;
  memset(m->next[MATCH], MATCH, SYMBOLS);
  out->front = true;
  for (unsigned before = 0; before < BEFORES && !m->no_memory; before++) {
    unsigned char row[SYMBOLS] = {DEAD};
    visit(m, root, ALL);
    spread(m, before);
    if ((m->empty = m->matches)) return;
    m->from.count = 0;
    for (size_t i = 0; i < m->items.count && !m->no_memory; i++) m->no_memory = !propter_vec_push(&m->from, m->items.items[i]);
    fill_row(m, row);
    for (unsigned c = 0; c < 256; c++) out->start[before][c] = (c & 0xC0) == 0x80 ? DEAD : row[symbol_of((unsigned char)c)];
    out->end[before] = row[END] != DEAD;
    for (unsigned symbol = 0; symbol < SYMBOLS && before != AT_BEGIN; symbol++) out->front &= row[symbol] == DEAD;
  }
  for (size_t s = 2; s < m->count && !m->no_memory; s++) {
    m->from.count = 0;
    for (size_t i = m->first[s]; i < m->first[s + 1] && !m->no_memory; i++) {
      uint32_t node = m->sets.items[i];
      m->no_memory = !propter_vec_push(&m->from, ((Item){node, m->nodes[node].set}));
    }
    fill_row(m, m->next[s]);
  }
}

PropterStatus sieve_new(PropterStr pattern, bool caseless, Sieve **out, PropterError *err) {
  Builder b = {.unclear = false};
  Maker m = {.no_memory = false};
  Sieve *sieve = NULL;
  *out = NULL;
  (void)node(&b, (Node){.kind = ACCEPT});
  uint32_t root = b.no_memory ? 0 : alternatives(&b, pattern, caseless, 0, 0);
  if (!b.no_memory && !b.unclear && root) {
    m.nodes = b.nodes.items;
    m.seen = propter_calloc(b.nodes.count, sizeof *m.seen);
    sieve = propter_calloc(1, sizeof *sieve + STATES * sizeof *sieve->next);
    m.no_memory = !m.seen || !sieve;
    if (!m.no_memory) m.next = sieve->next, make(&m, root, sieve);
  }
  if (sieve && !m.no_memory && !m.empty) {
    Sieve *small = propter_realloc(sieve, sizeof *sieve + m.count * sizeof *sieve->next);
    if (small) *out = sieve = small;
    else m.no_memory = true;
  }
  if (sieve != *out) propter_free(sieve);
  propter_free(m.seen);
  propter_vec_clear(&m.visits);
  propter_vec_clear(&m.items);
  propter_vec_clear(&m.from);
  propter_vec_clear(&m.sets);
  propter_vec_clear(&b.nodes);
  return b.no_memory || m.no_memory ? propter_fail(err, PROPTER_NO_MEMORY, "no memory for a regular expression") : PROPTER_OK;
}

/* Does a match go on at `at`, in this state? */
static bool goes_on(const Sieve *sieve, const SieveBytes *bytes, PropterStr text, size_t at, unsigned state) {
  const unsigned char *s = (const unsigned char *)text.data;
  size_t last = text.len - at < FARTHEST ? text.len : at + FARTHEST;
  for (; state > MATCH && at < last; at++) state = sieve->next[state][bytes->symbols[s[at]]];
  return state != DEAD && (state == MATCH || last < text.len || sieve->next[state][END] != DEAD);
}

size_t sieve_next(const Sieve *sieve, const SieveBytes *bytes, PropterStr text, size_t from, bool here) {
  const unsigned char *s = (const unsigned char *)text.data;
  size_t last = sieve->front ? 1 : here ? from + 1 : text.len;
  unsigned before = from ? bytes->befores[s[from - 1]] : AT_BEGIN;
  for (size_t i = from; i < text.len && i < last; i++) {
    /* Two bytes without a branch: whether the first leads on can seldom be foreseen. */
    unsigned second = i + 1 < text.len ? bytes->symbols[s[i + 1]] : END, state = sieve->next[sieve->start[before][s[i]]][second];
    before = bytes->befores[s[i]];
    if (state != DEAD && (second == END || goes_on(sieve, bytes, text, i + 2, state))) return i;
  }
  bool past = (sieve->front || here) && from < text.len;
  return !past && sieve->end[before] ? text.len : SIZE_MAX;
}
