/* SPDX-License-Identifier: Apache-2.0 */
/* Random queries over random graphs against the definitions of SPARQL 1.1 §18.5, written as plainly as they stand: no index, no plan. Each query is asked as
 * written, with its patterns in another order, and with little memory. */
#include <stdio.h>
#include <string.h>

#include "propter/rng.h"
#include "world.h"

Suite *suite_agree(void);

enum { VARIABLES = 4, NODES = 6, PREDICATES = 3, TRIPLES_MOST = 40, GRAPHS_TRIED = 60, QUERIES_EACH = 40, ROWS_MOST = 4000, LITTLE = 2 << 20 };

/* A term: 0 … NODES - 1 are nodes, then predicates; a position of a pattern: a term, or -1 - variable. */
typedef struct {
  int at[3];
} Triple;

typedef enum { BASIC, JOIN, LEFT, UNION_OF, MINUS, KINDS } Kind;
typedef struct Pattern Pattern;
struct Pattern {
  Kind kind;
  Triple triples[3];
  unsigned count;
  Pattern *a, *b;
};

/* A multiset of solutions; -1: unbound. */
typedef struct {
  int (*rows)[VARIABLES];
  size_t count;
} Rows;

static PropterRng rng;
static Triple graph[TRIPLES_MOST];
static unsigned graph_count;
static Pattern pool[64];
static unsigned pool_count, refusals;
static bool too_many;

static unsigned roll(unsigned n) { return (unsigned)(propter_rng_next(&rng) % n); }

/* --- The definitions ------------------------------------------------------------------------------------------------------ */

static void add(Rows *r, const int row[VARIABLES]) {
  if (r->count == ROWS_MOST) {
    too_many = true;
    return;
  }
  if (!r->rows) r->rows = malloc(ROWS_MOST * sizeof *r->rows);
  ck_assert_ptr_nonnull(r->rows);
  memcpy(r->rows[r->count++], row, sizeof *r->rows);
}

static void match(const Pattern *p, unsigned n, const int row[VARIABLES], Rows *out) {
  if (n == p->count) {
    add(out, row);
    return;
  }
  for (unsigned i = 0; i < graph_count; i++) {
    int longer[VARIABLES];
    bool fits = true;
    memcpy(longer, row, sizeof longer);
    for (int k = 0; k < 3 && fits; k++) {
      int want = p->triples[n].at[k], have = graph[i].at[k];
      if (want >= 0) fits = want == have;
      else if (longer[-1 - want] < 0) longer[-1 - want] = have;
      else fits = longer[-1 - want] == have;
    }
    if (fits) match(p, n + 1, longer, out);
  }
}

static bool compatible(const int *a, const int *b, bool *shares) {
  *shares = false;
  for (int v = 0; v < VARIABLES; v++) {
    if (a[v] < 0 || b[v] < 0) continue;
    *shares = true;
    if (a[v] != b[v]) return false;
  }
  return true;
}

static Rows evaluate(const Pattern *p) {
  Rows out = {0};
  const int none[VARIABLES] = {-1, -1, -1, -1};
  if (p->kind == BASIC) return match(p, 0, none, &out), out;
  Rows a = evaluate(p->a), b = evaluate(p->b);
  for (size_t i = 0; i < a.count; i++) {
    bool found = false, removed = false, shares;
    for (size_t k = 0; k < b.count && p->kind != UNION_OF; k++) {
      int both[VARIABLES];
      if (!compatible(a.rows[i], b.rows[k], &shares)) continue;
      found = true, removed = removed || shares;
      for (int v = 0; v < VARIABLES; v++) both[v] = a.rows[i][v] >= 0 ? a.rows[i][v] : b.rows[k][v];
      if (p->kind != MINUS) add(&out, both);
    }
    if (p->kind == UNION_OF || (p->kind == LEFT && !found) || (p->kind == MINUS && !removed)) add(&out, a.rows[i]);
  }
  for (size_t k = 0; k < b.count && p->kind == UNION_OF; k++) add(&out, b.rows[k]);
  free(a.rows), free(b.rows);
  return out;
}

/* --- Making and printing -------------------------------------------------------------------------------------------------- */

static Pattern *make(unsigned depth) {
  Pattern *p = &pool[pool_count++];
  *p = (Pattern){.kind = depth == 0 || roll(3) == 0 ? BASIC : (Kind)(1 + roll(KINDS - 1)), .count = 1 + roll(3)};
  for (unsigned i = 0; i < p->count; i++)
    for (int k = 0; k < 3; k++) {
      bool variable = roll(k == 1 ? 6 : 4) > (k == 1 ? 4u : 0u);
      p->triples[i].at[k] = variable ? -1 - (int)roll(VARIABLES) : k == 1 ? NODES + (int)roll(PREDICATES) : (int)roll(NODES);
    }
  if (p->kind != BASIC) p->a = make(depth - 1), p->b = make(depth - 1);
  return p;
}

static void put_term(PropterBuf *out, int term) {
  if (term < 0) propter_buf_printf(out, " ?v%d", -1 - term);
  else propter_buf_printf(out, " :%c%d", term < NODES ? 'n' : 'p', term < NODES ? term : term - NODES);
}

static void put(PropterBuf *out, const Pattern *p, bool turned) {
  static const char *const words[KINDS] = {"", "", "OPTIONAL", "UNION", "MINUS"};
  propter_buf_add(out, PROPTER_STR("{"));
  for (unsigned i = 0; p->kind == BASIC && i < p->count; i++) {
    for (int k = 0; k < 3; k++) put_term(out, p->triples[turned ? p->count - 1 - i : i].at[k]);
    propter_buf_add(out, PROPTER_STR(" ."));
  }
  if (p->kind != BASIC) {
    bool swap = turned && (p->kind == JOIN || p->kind == UNION_OF);
    put(out, swap ? p->b : p->a, turned);
    propter_buf_printf(out, " %s ", words[p->kind]);
    put(out, swap ? p->a : p->b, turned);
  }
  propter_buf_add(out, PROPTER_STR("}"));
}

static PropterGraph *make_graph(void) {
  PropterBuf text = {0};
  graph_count = 0;
  for (unsigned n = 10 + roll(TRIPLES_MOST - 10); n > 0; n--) {
    Triple t = {{(int)roll(NODES), NODES + (int)roll(PREDICATES), (int)roll(NODES)}};
    bool known = false;
    /* A triple may stand in several graphs: the default graph is their union. */
    propter_buf_printf(&text, "n%d p%d n%d%s.", t.at[0], t.at[1] - NODES, t.at[2], roll(3) == 0 ? " g" : "");
    for (unsigned i = 0; i < graph_count; i++) known = known || memcmp(&graph[i], &t, sizeof t) == 0;
    if (!known) graph[graph_count++] = t;
  }
  PropterGraph *g = world_open(text.data);
  propter_buf_clear(&text);
  return g;
}

static int compare_lines(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Lines sorted, so that multisets compare as texts. */
static void sort_lines(const char *text, PropterBuf *out) {
  static char *lines[ROWS_MOST + 1];
  char *copy = strdup(text);
  size_t count = 0;
  for (char *line = copy, *end; *line && count < ROWS_MOST; line = end + 1) {
    lines[count++] = line;
    end = strchr(line, '\n');
    if (!end) break;
    *end = 0;
  }
  qsort(lines, count, sizeof *lines, compare_lines);
  for (size_t i = 0; i < count; i++) propter_buf_printf(out, "%s\n", lines[i]);
  free(copy);
}

static void expected(const Pattern *p, PropterBuf *out) {
  PropterBuf text = {0};
  Rows rows = evaluate(p);
  for (size_t i = 0; i < rows.count; i++) {
    for (int v = 0; v < VARIABLES; v++) {
      int t = rows.rows[i][v];
      if (t < 0) propter_buf_printf(&text, "%s-", v ? " " : "");
      else propter_buf_printf(&text, "%s%c%d", v ? " " : "", t < NODES ? 'n' : 'p', t < NODES ? t : t - NODES);
    }
    propter_buf_add(&text, PROPTER_STR("\n"));
  }
  sort_lines(text.len ? text.data : "", out);
  propter_buf_clear(&text);
  free(rows.rows);
}

static void compare(PropterGraph *g, const Pattern *p, const PropterBuf *wanted, bool turned, uint64_t memory) {
  PropterQueryOptions options = world_options();
  PropterBuf query = {0}, found = {0};
  options.memory = memory;
  options.default_is_union = true;
  propter_buf_add(&query, PROPTER_STR("SELECT ?v0 ?v1 ?v2 ?v3 "));
  put(&query, p, turned);
  sort_lines(world_ask(g, query.data, &options), &found);
  const char *w = wanted->len ? wanted->data : "", *f = found.len ? found.data : "";
  /* A plan of many operators may not fit at all; that is an error, never a short answer. */
  bool refused = memory == LITTLE && strncmp(f, "LIMIT ", 6) == 0;
  refusals += refused;
  ck_assert_msg(refused || strcmp(w, f) == 0, "graph %u: %s\nwanted:\n%.600s\nfound:\n%.600s", graph_count, query.data, w, f);
  propter_buf_clear(&query);
  propter_buf_clear(&found);
}

START_TEST(answers_are_those_of_the_definitions) {
  unsigned with_rows = 0, asked = 0;
  propter_rng_seed(&rng, (uint64_t)_i + 1);
  for (unsigned n = 0; n < GRAPHS_TRIED; n++) {
    PropterGraph *g = make_graph();
    for (unsigned q = 0; q < QUERIES_EACH; q++) {
      PropterBuf wanted = {0};
      pool_count = 0, too_many = false;
      const Pattern *p = make(3);
      expected(p, &wanted);
      if (!too_many) {
        compare(g, p, &wanted, false, (uint64_t)1 << 30);
        compare(g, p, &wanted, true, (uint64_t)1 << 30);
        if (q % 4 == 0) compare(g, p, &wanted, false, LITTLE);
        with_rows += wanted.len > 0, asked++;
      }
      propter_buf_clear(&wanted);
    }
    propter_graph_close(g);
  }
  ck_assert_uint_gt(asked, GRAPHS_TRIED * QUERIES_EACH / 2);
  ck_assert_uint_gt(with_rows, asked / 3);
  ck_assert_uint_lt(refusals, asked / 8); /* every fourth was asked so */
}
END_TEST

Suite *suite_agree(void) {
  Suite *s = suite_create("agree");
  TCase *t = tcase_create("agree");
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, answers_are_those_of_the_definitions, 0, 1);
  suite_add_tcase(s, t);
  return s;
}
