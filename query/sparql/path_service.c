/* SPDX-License-Identifier: Apache-2.0 */
#include "path_service.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "print.h"
#include "propter/vocab.h"

enum { DEPTH = 8, DEPTH_MOST = 64, LIMIT = 10, LIMIT_MOST = 1000 };
#define NOWHERE UINT32_MAX

typedef struct {
  uint32_t from, to;
  double belief;
  const PropterTerm *row;
  PropterStr key; /* the row as text: what decides between equals */
} Edge;

/* A path: its last edge and what stood before it. */
typedef struct {
  uint32_t parent, edge, hops;
  double score;
} Partial;

/* Where paths begin or end: a term, or the variable whose value each call brings. */
typedef struct {
  bool from, variable;
  PropterTerm term; /* of a variable: its name */
} End;

struct PathSearch {
  Exec *run;
  PropterArena arena, scratch; /* the second: of one call */
  uint64_t depth, limit;
  /* Names of variables: of an edge's start, end and belief, and of what is made; empty: not asked for. */
  PropterStr start, end, belief, number, hop, score;
  PROPTER_VEC(End) ends;
  PROPTER_VEC(PropterTerm) sources, targets;
  PropterStr *names;
  size_t columns;
  PROPTER_VEC(Edge) edges;
  PropterMap nodes; /* text of a term → number */
  uint32_t *first;  /* by node: its first edge; one more than nodes */
  uint32_t *left;   /* by node: hops to the nearest target, NOWHERE; 0 for all without targets */
  PROPTER_VEC(Partial) partials;
  PROPTER_VEC(uint32_t) heap;
  PROPTER_VEC(PropterTerm) rows;
  size_t row_count;
};
typedef struct PathSearch Search;

static PropterStatus full(PropterError *err) { return propter_fail(err, PROPTER_LIMIT, "the paths take more memory than the query may use"); }

/* --- The block ------------------------------------------------------------------------------------------------------------ */

static PropterStatus wrong(PropterStr word, const char *wanted, PropterError *err) {
  return propter_fail(err, PROPTER_INVALID, "SERVICE propter:path: <%.*s> wants %s", (int)word.len, word.data, wanted);
}

static PropterStatus set_count(const AstTriple *t, uint64_t most, uint64_t *to, PropterError *err) {
  int64_t n = 0;
  if (t->o.kind != AST_LITERAL || !propter_str_to_int64(t->o.term.value, &n) || n < 1 || (uint64_t)n > most) {
    char wanted[48];
    (void)snprintf(wanted, sizeof wanted, "a number from 1 to %llu", (unsigned long long)most);
    return wrong(t->p.term.value, wanted, err);
  }
  return *to = (uint64_t)n, PROPTER_OK;
}

/* Does a triple say where paths begin (*from) or end? */
static bool is_end(const AstTriple *t, bool *from) {
  PropterStr word = t->path || t->p.kind != AST_IRI ? PROPTER_STR("") : t->p.term.value;
  *from = propter_str_equal(word, propter_vocab_iri(VOCAB_propter_pathFrom));
  return *from || propter_str_equal(word, propter_vocab_iri(VOCAB_propter_pathTo));
}

size_t path_service_ends(const AstPattern *block, AstTerm *terms) {
  size_t count = 0;
  for (size_t i = 0; i < block->count; i++)
    for (size_t k = 0; block->items[i]->kind == PAT_TRIPLES && k < block->items[i]->triple_count; k++) {
      bool from;
      const AstTriple *t = &block->items[i]->triples[k];
      if (!is_end(t, &from) || t->o.kind != AST_VAR) continue;
      if (terms) terms[count] = t->o;
      count++;
    }
  return count;
}

/* One triple of the block; *taken: it says something about the search. */
static PropterStatus set_option(Search *s, const AstTriple *t, bool *taken, PropterError *err) {
  const struct {
    PropterVocab word;
    PropterStr *to;
  } names[] = {{VOCAB_propter_hopStart, &s->start},    {VOCAB_propter_hopEnd, &s->end},    {VOCAB_propter_hopBelief, &s->belief},
               {VOCAB_propter_pathNumber, &s->number}, {VOCAB_propter_hopNumber, &s->hop}, {VOCAB_propter_pathBelief, &s->score}};
  PropterStr word = t->path || t->p.kind != AST_IRI ? PROPTER_STR("") : t->p.term.value;
  *taken = true;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (!propter_str_equal(word, propter_vocab_iri(names[i].word))) continue;
    if (t->o.kind != AST_VAR) return wrong(word, "a variable", err);
    return *names[i].to = s->run->query->names[t->o.var].text, PROPTER_OK;
  }
  if (propter_str_equal(word, propter_vocab_iri(VOCAB_propter_pathDepth))) return set_count(t, DEPTH_MOST, &s->depth, err);
  if (propter_str_equal(word, propter_vocab_iri(VOCAB_propter_pathLimit))) return set_count(t, LIMIT_MOST, &s->limit, err);
  End end = {.variable = t->o.kind == AST_VAR, .term = t->o.term};
  if (!is_end(t, &end.from)) return *taken = false, PROPTER_OK;
  if (t->o.kind != AST_IRI && t->o.kind != AST_LITERAL && t->o.kind != AST_VAR) return wrong(word, "an IRI, a literal or a variable", err);
  if (end.variable) end.term = propter_literal(s->run->query->names[t->o.var].text);
  return propter_vec_push(&s->ends, end) ? PROPTER_OK : full(err);
}

/* Words of the search that do not exist: misspelt ones would be looked for in the graph, and there would be no rows. */
static PropterStatus check_word(const AstTriple *t, PropterError *err) {
  PropterStr space = propter_vocab_prefix(PROPTER_STR("propter")), word = t->path || t->p.kind != AST_IRI ? PROPTER_STR("") : t->p.term.value;
  if (word.len <= space.len + 4 || memcmp(word.data, space.data, space.len) != 0) return PROPTER_OK;
  const char *local = word.data + space.len;
  if (memcmp(local, "path", 4) != 0 && memcmp(local, "hop", 3) != 0) return PROPTER_OK;
  return wrong(word, "to be one of pathFrom, pathTo, pathDepth, pathLimit, pathNumber, pathBelief, hopStart, hopEnd, hopBelief and hopNumber", err);
}

/* What is left of the block is the pattern of the edges. */
static PropterStatus read_block(Search *s, const AstPattern *block, AstPattern *edges, PropterError *err) {
  *edges = *block;
  edges->items = propter_arena_alloc(&s->arena, block->count * sizeof *edges->items + 1);
  if (!edges->items) return full(err);
  for (size_t i = 0; i < block->count; i++) {
    AstPattern *item = propter_arena_alloc(&s->arena, sizeof *item);
    AstTriple *triples = propter_arena_alloc(&s->arena, block->items[i]->triple_count * sizeof *triples + 1);
    if (!item || !triples) return full(err);
    edges->items[i] = item, *item = *block->items[i];
    if (item->kind != PAT_TRIPLES) continue;
    item->triples = triples, item->triple_count = 0;
    for (size_t k = 0; k < block->items[i]->triple_count; k++) {
      bool taken;
      PROPTER_TRY(set_option(s, &block->items[i]->triples[k], &taken, err));
      if (taken) continue;
      PROPTER_TRY(check_word(&block->items[i]->triples[k], err));
      triples[item->triple_count++] = block->items[i]->triples[k];
    }
  }
  if (s->start.len && s->end.len) return PROPTER_OK;
  return propter_fail(err, PROPTER_INVALID, "SERVICE propter:path: propter:hopStart and propter:hopEnd name the variables of a hop, at least one is missing");
}

/* --- Edges ---------------------------------------------------------------------------------------------------------------- */

static PropterStatus keep(Search *s, PropterStr *text, PropterError *err) {
  *text = propter_arena_copy(&s->arena, *text);
  return text->data ? PROPTER_OK : full(err);
}

static PropterStatus node_of(Search *s, const PropterTerm *term, uint32_t *node, PropterError *err) {
  PropterBuf text = {0};
  propter_term_write(term, &text);
  PropterStatus status = propter_buf_status(&text, err);
  uint64_t *at = status == PROPTER_OK ? propter_map_put(&s->nodes, propter_buf_str(&text), s->nodes.count, NULL) : NULL;
  propter_buf_clear(&text);
  if (status != PROPTER_OK) return status;
  if (!at) return full(err);
  return *node = (uint32_t)*at, PROPTER_OK;
}

/* Belief of an edge: 1 without a variable or a value for it, 0 (no edge) for what is no number above 0. */
static double belief_of(const PropterTerm *term) {
  double b = 0;
  if (!term || term->kind == PROPTER_TERM_NONE) return 1;
  return propter_str_to_double(term->value, &b) && b > 0 ? (b < 1 ? b : 1) : 0;
}

static PropterStatus add_edge(Search *s, const PropterTerm *row, const PropterTerm *from, const PropterTerm *to, double belief, PropterError *err) {
  PropterTerm *copy = propter_arena_alloc(&s->arena, s->columns * sizeof *copy);
  PropterBuf text = {0};
  Edge e = {.belief = belief, .row = copy};
  if (!copy) return full(err);
  for (size_t i = 0; i < s->columns; i++) {
    copy[i] = row[i];
    PROPTER_TRY(keep(s, &copy[i].value, err));
    PROPTER_TRY(keep(s, &copy[i].datatype, err));
    PROPTER_TRY(keep(s, &copy[i].language, err));
    if (row[i].kind != PROPTER_TERM_NONE) propter_term_write(&row[i], &text);
    propter_buf_add(&text, PROPTER_STR("\t"));
  }
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) e.key = propter_buf_str(&text), status = keep(s, &e.key, err);
  propter_buf_clear(&text);
  if (status == PROPTER_OK) status = node_of(s, from, &e.from, err);
  if (status == PROPTER_OK) status = node_of(s, to, &e.to, err);
  if (status != PROPTER_OK) return status;
  return s->edges.count < NOWHERE - 1 && propter_vec_push(&s->edges, e) ? PROPTER_OK : full(err);
}

static size_t column_of(const Search *s, PropterStr name) {
  size_t i = 0;
  while (i < s->columns && !propter_str_equal(s->names[i], name)) i++;
  return i;
}

static PropterStatus read_edges(Search *s, PropterResults *rows, PropterError *err) {
  s->columns = propter_results_columns(rows);
  s->names = propter_arena_alloc(&s->arena, (s->columns + 3) * sizeof *s->names);
  if (!s->names) return full(err);
  for (size_t i = 0; i < s->columns; i++) {
    s->names[i] = propter_results_name(rows, i);
    PROPTER_TRY(keep(s, &s->names[i], err));
  }
  size_t start = column_of(s, s->start), end = column_of(s, s->end), belief = column_of(s, s->belief);
  const PropterStr asked[] = {s->start, s->end, s->belief};
  for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
    if (asked[i].len && column_of(s, asked[i]) == s->columns)
      return propter_fail(err, PROPTER_INVALID, "SERVICE propter:path: the pattern of a hop has no variable ?%.*s", (int)asked[i].len, asked[i].data);
  for (const PropterTerm *row;;) {
    PROPTER_TRY(propter_results_next(rows, &row, err));
    if (!row) return PROPTER_OK;
    double b = belief_of(belief < s->columns ? &row[belief] : NULL);
    if (row[start].kind == PROPTER_TERM_NONE || row[end].kind == PROPTER_TERM_NONE || b <= 0) continue;
    PROPTER_TRY(add_edge(s, row, &row[start], &row[end], b, err));
  }
}

/* Runs the pattern of the edges as a query of its own over the same dataset. */
static PropterStatus find_edges(Search *s, const AstPattern *edges, PropterError *err) {
  PropterBuf text = {0};
  PropterQuery *query = NULL;
  PropterResults *rows = NULL;
  propter_buf_add(&text, PROPTER_STR("SELECT * WHERE "));
  print_pattern(s->run->query, edges, &text);
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) status = propter_query_parse(propter_buf_str(&text), s->run->query->base, &query, err);
  if (status == PROPTER_OK) status = answer_within(s->run, query, &rows, err);
  if (status == PROPTER_OK) status = read_edges(s, rows, err);
  propter_results_close(rows);
  propter_query_free(query);
  propter_buf_clear(&text);
  return status;
}

static int compare_edges(const void *a, const void *b) {
  const Edge *x = a, *y = b;
  if (x->from != y->from) return x->from < y->from ? -1 : 1;
  if (x->belief != y->belief) return x->belief > y->belief ? -1 : 1;
  return propter_str_compare(x->key, y->key);
}

/* Nodes are numbered by their text, so that nothing depends on the order in which edges were found. */
static int compare_nodes(const void *a, const void *b) { return propter_str_compare(((const PropterMapEntry *)a)->key, ((const PropterMapEntry *)b)->key); }

static PropterStatus order_edges(Search *s, PropterError *err) {
  size_t nodes = s->nodes.count;
  PropterMapEntry *sorted = propter_arena_alloc(&s->arena, nodes * sizeof *sorted + 1);
  uint32_t *rank = propter_arena_alloc(&s->arena, nodes * sizeof *rank + 1);
  s->first = propter_arena_alloc(&s->arena, (nodes + 1) * sizeof *s->first);
  if (!sorted || !rank || !s->first) return full(err);
  if (nodes) memcpy(sorted, s->nodes.entries, nodes * sizeof *sorted), qsort(sorted, nodes, sizeof *sorted, compare_nodes);
  for (size_t i = 0; i < nodes; i++) rank[sorted[i].value] = (uint32_t)i;
  for (size_t i = 0; i < nodes; i++) s->nodes.entries[i].value = rank[s->nodes.entries[i].value];
  for (size_t i = 0; i < s->edges.count; i++) {
    Edge *e = &s->edges.items[i];
    e->from = rank[e->from], e->to = rank[e->to];
  }
  if (s->edges.count) qsort(s->edges.items, s->edges.count, sizeof *s->edges.items, compare_edges);
  for (size_t i = 0; i < s->edges.count; i++) s->first[s->edges.items[i].from + 1]++;
  for (size_t i = 0; i < nodes; i++) s->first[i + 1] += s->first[i];
  return PROPTER_OK;
}

/* NOWHERE: no hop begins or ends there. */
static PropterStatus find_node(const Search *s, const PropterTerm *term, uint32_t *node, PropterError *err) {
  PropterBuf text = {0};
  propter_term_write(term, &text);
  PropterStatus status = propter_buf_status(&text, err);
  const uint64_t *at = status == PROPTER_OK ? propter_map_get(&s->nodes, propter_buf_str(&text)) : NULL;
  propter_buf_clear(&text);
  *node = at ? (uint32_t)*at : NOWHERE;
  return status;
}

/* Hops that are left to the nearest target, by relaxing every edge as often as the depth allows. */
static PropterStatus measure(Search *s, PropterError *err) {
  size_t nodes = s->nodes.count;
  s->left = propter_arena_alloc(&s->scratch, nodes * sizeof *s->left + 1);
  if (!s->left) return full(err);
  memset(s->left, 0, nodes * sizeof *s->left);
  for (size_t i = 0; s->targets.count && i < nodes; i++) s->left[i] = NOWHERE;
  for (size_t i = 0; i < s->targets.count; i++) {
    uint32_t node;
    PROPTER_TRY(find_node(s, &s->targets.items[i], &node, err));
    if (node != NOWHERE) s->left[node] = 0;
  }
  bool changed = s->targets.count > 0;
  for (uint64_t round = 0; changed && round < s->depth; round++) {
    changed = false;
    for (size_t i = 0; i < s->edges.count; i++) {
      const Edge *e = &s->edges.items[i];
      PROPTER_TRY(exec_tick(s->run, err));
      if (s->left[e->to] == NOWHERE || s->left[e->from] <= s->left[e->to] + 1) continue;
      s->left[e->from] = s->left[e->to] + 1;
      changed = true;
    }
  }
  return PROPTER_OK;
}

/* --- Search --------------------------------------------------------------------------------------------------------------- */

/* The edges of a path from its first to its last hop. */
static void trace(const Search *s, uint32_t at, uint32_t edges[DEPTH_MOST]) {
  for (uint32_t i = s->partials.items[at].hops; i-- > 0; at = s->partials.items[at].parent) edges[i] = s->partials.items[at].edge;
}

/* The higher product comes first, then fewer hops, then the earlier edges. */
static bool before(const Search *s, uint32_t a, uint32_t b) {
  const Partial *x = &s->partials.items[a], *y = &s->partials.items[b];
  uint32_t p[DEPTH_MOST], q[DEPTH_MOST];
  if (x->score != y->score) return x->score > y->score;
  if (x->hops != y->hops) return x->hops < y->hops;
  trace(s, a, p), trace(s, b, q);
  for (uint32_t i = 0; i < x->hops; i++)
    if (p[i] != q[i]) return p[i] < q[i];
  return false;
}

static PropterStatus heap_push(Search *s, uint32_t item, PropterError *err) {
  if (!propter_vec_push(&s->heap, item)) return full(err);
  uint32_t *h = s->heap.items;
  size_t at = s->heap.count - 1;
  for (; at > 0 && before(s, item, h[(at - 1) / 2]); at = (at - 1) / 2) h[at] = h[(at - 1) / 2];
  h[at] = item;
  return PROPTER_OK;
}

static uint32_t heap_pop(Search *s) {
  uint32_t *h = s->heap.items, top = h[0], last = h[--s->heap.count];
  size_t at = 0, count = s->heap.count;
  for (size_t child; (child = 2 * at + 1) < count; at = child) {
    if (child + 1 < count && before(s, h[child + 1], h[child])) child++;
    if (!before(s, h[child], last)) break;
    h[at] = h[child];
  }
  if (count) h[at] = last;
  return top;
}

/* Does a path touch a node? */
static bool visits(const Search *s, uint32_t at, uint32_t node) {
  for (uint32_t i = s->partials.items[at].hops; i-- > 0; at = s->partials.items[at].parent) {
    const Edge *e = &s->edges.items[s->partials.items[at].edge];
    if (e->from == node || e->to == node) return true;
  }
  return false;
}

/* The paths that are longer by one edge than `parent`, or (NOWHERE) those of one edge, from a node. */
static PropterStatus follow(Search *s, uint32_t parent, uint32_t node, PropterError *err) {
  uint32_t hops = parent == NOWHERE ? 0 : s->partials.items[parent].hops;
  double score = parent == NOWHERE ? 1 : s->partials.items[parent].score;
  for (uint32_t i = s->first[node]; i < s->first[node + 1]; i++) {
    const Edge *e = &s->edges.items[i];
    Partial p = {parent, i, hops + 1, score * e->belief};
    PROPTER_TRY(exec_tick(s->run, err));
    if (e->to == node || s->left[e->to] == NOWHERE || p.hops + s->left[e->to] > s->depth) continue;
    if (parent != NOWHERE && visits(s, parent, e->to)) continue;
    if ((s->partials.count + 1) * (sizeof p + sizeof(uint32_t)) > s->arena.limit || s->partials.count >= NOWHERE - 1) return full(err);
    if (!propter_vec_push(&s->partials, p)) return full(err);
    PROPTER_TRY(heap_push(s, (uint32_t)s->partials.count - 1, err));
  }
  return PROPTER_OK;
}

static PropterStatus add_number(Search *s, PropterStr name, PropterStr text, PropterStr type, PropterError *err) {
  PropterTerm term = propter_typed(text, type);
  if (!name.len) return PROPTER_OK;
  term.value = propter_arena_copy(&s->scratch, text);
  if (!term.value.data) return full(err);
  return propter_vec_push(&s->rows, term) ? PROPTER_OK : full(err);
}

/* One row for each hop. */
static PropterStatus give(Search *s, uint32_t at, uint64_t number, PropterError *err) {
  uint32_t edges[DEPTH_MOST];
  char text[64];
  trace(s, at, edges);
  for (uint32_t i = 0; i < s->partials.items[at].hops; i++) {
    for (size_t c = 0; c < s->columns; c++)
      if (!propter_vec_push(&s->rows, s->edges.items[edges[i]].row[c])) return full(err);
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    PROPTER_TRY(add_number(s, s->number, propter_str(text), propter_vocab_iri(VOCAB_xsd_integer), err));
    (void)snprintf(text, sizeof text, "%u", i + 1);
    PROPTER_TRY(add_number(s, s->hop, propter_str(text), propter_vocab_iri(VOCAB_xsd_integer), err));
    (void)snprintf(text, sizeof text, "%.12f", s->partials.items[at].score);
    PropterStr shown = propter_str(text);
    while (shown.len > 3 && shown.data[shown.len - 1] == '0' && shown.data[shown.len - 2] != '.') shown.len--;
    PROPTER_TRY(add_number(s, s->score, shown, propter_vocab_iri(VOCAB_xsd_decimal), err));
    s->row_count++;
  }
  return PROPTER_OK;
}

static PropterStatus search(Search *s, PropterError *err) {
  uint64_t number = 0;
  for (size_t i = 0; i < s->sources.count; i++) {
    uint32_t node, earlier = NOWHERE;
    PROPTER_TRY(find_node(s, &s->sources.items[i], &node, err));
    for (size_t k = 0; k < i && earlier != node; k++) PROPTER_TRY(find_node(s, &s->sources.items[k], &earlier, err));
    if (node != NOWHERE && node != earlier) PROPTER_TRY(follow(s, NOWHERE, node, err));
  }
  for (uint32_t node = 0; s->sources.count == 0 && node < s->nodes.count; node++) PROPTER_TRY(follow(s, NOWHERE, node, err));
  while (s->heap.count && number < s->limit) {
    uint32_t at = heap_pop(s), node = s->edges.items[s->partials.items[at].edge].to;
    if (s->left[node] == 0) PROPTER_TRY(give(s, at, ++number, err));
    if (s->partials.items[at].hops < s->depth) PROPTER_TRY(follow(s, at, node, err));
  }
  return PROPTER_OK;
}

/* The ends of this call. */
static PropterStatus set_ends(Search *s, const PropterTerm *values, PropterError *err) {
  s->sources.count = s->targets.count = 0;
  for (size_t i = 0; i < s->ends.count; i++) {
    const End *e = &s->ends.items[i];
    const PropterTerm *term = e->variable ? values++ : &e->term;
    if (term->kind == PROPTER_TERM_NONE)
      return propter_fail(err, PROPTER_INVALID, "SERVICE propter:path: ?%.*s has no value where the paths %s", (int)e->term.value.len, e->term.value.data,
                          e->from ? "begin" : "end");
    if (!(e->from ? propter_vec_push(&s->sources, *term) : propter_vec_push(&s->targets, *term))) return full(err);
  }
  return PROPTER_OK;
}

static PropterStatus answer(Search *s, PropterResults **out, PropterError *err) {
  size_t width = s->columns;
  const PropterStr made[] = {s->number, s->hop, s->score};
  for (size_t i = 0; i < 3; i++)
    if (made[i].len) s->names[width++] = made[i];
  return propter_results_make(s->names, width, s->rows.items, s->row_count, out, err);
}

/* What all calls share: the block is read and its edges are found. */
static PropterStatus prepare(Exec *run, const AstPattern *pattern, Search *s, PropterError *err) {
  AstPattern edges;
  s->run = run, s->depth = DEPTH, s->limit = LIMIT;
  s->arena.limit = s->scratch.limit = run->options.memory > run->used ? run->options.memory - run->used : 1;
  s->start = s->end = s->belief = s->number = s->hop = s->score = PROPTER_STR("");
  PROPTER_TRY(read_block(s, pattern, &edges, err));
  PROPTER_TRY(find_edges(s, &edges, err));
  return order_edges(s, err);
}

PropterStatus path_service(Exec *run, const AstPattern *pattern, const PropterTerm *ends, PathSearch **kept, PropterResults **out, PropterError *err) {
  if (!*kept) {
    Search *s = propter_calloc(1, sizeof *s);
    if (!s) return full(err);
    PropterStatus status = prepare(run, pattern, s, err);
    if (status != PROPTER_OK) return path_service_drop(s), status;
    *kept = s;
  }
  Search *s = *kept;
  s->partials.count = s->heap.count = s->rows.count = s->row_count = 0;
  propter_arena_clear(&s->scratch);
  PROPTER_TRY(set_ends(s, ends, err));
  PROPTER_TRY(measure(s, err));
  PROPTER_TRY(search(s, err));
  return answer(s, out, err);
}

void path_service_drop(PathSearch *s) {
  if (!s) return;
  propter_vec_clear(&s->ends), propter_vec_clear(&s->sources), propter_vec_clear(&s->targets);
  propter_vec_clear(&s->edges), propter_vec_clear(&s->partials), propter_vec_clear(&s->heap), propter_vec_clear(&s->rows);
  propter_map_clear(&s->nodes);
  propter_arena_clear(&s->arena);
  propter_arena_clear(&s->scratch);
  propter_free(s);
}
