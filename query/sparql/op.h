/* SPDX-License-Identifier: Apache-2.0 */
/* Operators of a plan. A batch has a column for each slot (NULL: unbound in all its rows). An operator hands out its batch until the next
 * call; whoever receives it may change it in place. Started with an outer row, an operator gives only rows that agree with that row and takes its
 * values for bound; such values need not appear in the batch. */
#ifndef SPARQL_OP_H
#define SPARQL_OP_H

#include "algebra.h"

typedef struct {
  size_t count;
  PropterId **col;
} Batch;

typedef struct {
  const char *name;
  PropterStatus (*start)(Op *op, PropterError *err);               /* op->outer is set; also called again, at any moment */
  PropterStatus (*next)(Op *op, Batch **out, PropterError *err);   /* NULL at the end; never an empty batch */
  void (*stop)(Op *op);                                            /* frees what start and next took; may be NULL */
} OpKind;

struct Op {
  const OpKind *kind;
  Exec *run;
  Op *left, *right;
  Batch batch;
  uint32_t *owned; /* slots whose columns belong to this operator */
  size_t owned_count;
  PropterId *memory;
  const PropterId *outer;
  const Alg *alg;
  Expr *expr;            /* its condition or value; NULL: none */
  const uint64_t *slots; /* what its rows may bind */
  uint64_t *reads;       /* slots it needs of its inputs (and of itself) besides what is wanted of it; NULL: none */
  bool closed;           /* nothing wanted of it comes from its inputs but `reads` */
  bool right_closed;     /* the same of the right input alone */
  bool streams;          /* each of its rows comes from one of its left input's rows, in their order */
  uint32_t sorted;       /* rows come in ascending order of this slot; NO_SLOT: not known */
  double estimate;
  double cost;           /* estimated, of this and its inputs, in rows of a scan; 0: about as many as they give (plan_cost) */
  uint64_t rows, starts, nanoseconds;
  uint64_t spilled, files; /* bytes written to disk, files made for them */
  unsigned threads;        /* that read its input, where it was more than one */
};

/* Makes an operator of `size` bytes (an Op first) that owns a column for each slot of `slots` (NULL: none). */
PropterStatus op_make(Exec *run, const OpKind *kind, size_t size, const uint64_t *slots, const Alg *alg, void *out, PropterError *err);
/* The set op->reads, made if need be; NULL: no memory. */
uint64_t *op_reads(Op *op, PropterError *err);
/* Before the first start of a plan's root: only columns of `wanted` (NULL: none) are made, by it and below it. */
PropterStatus op_want(Op *root, const uint64_t *wanted, PropterError *err);
PropterStatus op_start(Op *op, const PropterId *outer, PropterError *err);
PropterStatus op_next(Op *op, Batch **out, PropterError *err);
void op_stop(Op *op); /* of this operator alone */
/* The inputs of a union; NULL for every other operator. */
Op **op_children(Op *op, size_t *count);
/* An outer row that says nothing but which graph a pattern is matched in, and what has a value before the query starts. */
PropterStatus op_graph_row(Op *op, PropterId **row, PropterError *err);

/* Value of a slot in a row of a batch, or what the outer row says. */
static inline PropterId op_get(const Op *op, const Batch *batch, uint32_t slot, size_t row) {
  PropterId id = batch->col[slot] ? batch->col[slot][row] : PROPTER_NO_ID;
  return id || !op->outer ? id : op->outer[slot];
}

/* --- Rows kept ---------------------------------------------------------------------------------------------------------- */

/* Rows of some slots, row after row. */
typedef struct {
  uint32_t *slots;
  size_t width;
  PropterId *rows;
  size_t count, cap; /* in rows */
} Table;

PropterStatus table_init(Exec *run, Table *table, const uint64_t *slots, PropterError *err);
PropterStatus table_add(Op *op, Table *table, const Batch *batch, PropterError *err);
PropterStatus table_push(Exec *run, Table *table, const PropterId *row, PropterError *err);
void table_clear(Exec *run, Table *table);
static inline PropterId *table_row(const Table *table, size_t row) { return table->rows + row * table->width; }

/* Rows of a table by the hash of some of their columns: chains of rows, plus 1. A head's upper half has a bit for each hash of its chain, so that most lookups
 * that find nothing do not touch a row (Leis et al., Morsel-driven parallelism, SIGMOD 2014). */
typedef struct {
  uint64_t *heads;
  uint32_t *next;
  size_t mask, next_cap;
} Index;

static inline uint64_t index_hash(uint64_t hash, PropterId id) {
  hash = (hash ^ id) * 0x9E3779B97F4A7C15U;
  return hash ^ hash >> 32;
}
/* The first row, plus 1, that may have this hash; 0: none. The index has rows. */
static inline uint32_t index_head(const Index *index, uint64_t hash) {
  uint64_t head = index->heads[hash & index->mask];
  return head >> 32 >> (hash >> 59) & 1 ? (uint32_t)head : 0;
}
/* `columns`: positions in the table's rows. */
PropterStatus index_build(Exec *run, Index *index, const Table *table, const uint32_t *columns, size_t count, PropterError *err);
void index_clear(Exec *run, Index *index);

/* A set of rows of `width` ids (set it before the first use). */
typedef struct {
  Table table;
  Index index;
  uint32_t *columns;
} RowSet;
PropterStatus rowset_init(Exec *run, RowSet *set, size_t width, PropterError *err);
/* *fresh: it was not there; *at: its number in the order of first appearance. */
PropterStatus rowset_add(Exec *run, RowSet *set, const PropterId *row, bool *fresh, size_t *at, PropterError *err);
bool rowset_has(const RowSet *set, const PropterId *row);
/* Empties it but keeps its memory. */
void rowset_reset(RowSet *set);
void rowset_clear(Exec *run, RowSet *set);

/* --- Makers, one file each ------------------------------------------------------------------------------------------------ */

PropterStatus op_unit(Exec *run, const Alg *alg, Op **out, PropterError *err); /* UNIT, NONE, VALUES */
/* `sorted`: a slot the rows should be sorted by, or NO_SLOT. */
PropterStatus op_scan(Exec *run, const Alg *alg, uint32_t sorted, Op **out, PropterError *err);
/* The slot a scan will be sorted by, whatever is asked of it, since few of its rows are within the ranges of that slot; NO_SLOT: none. */
uint32_t scan_ranges_slot(const Exec *run, const Alg *alg);
bool scan_is(const Op *op);
/* The value in the middle of those of the column its rows are sorted by, first and last taken as ends of an even distribution; 0: it has none. */
PropterStatus scan_middle(Op *scan, PropterId *middle, PropterError *err);
/* From now on only rows whose value there is at least `from` and, unless 0, below `below`; a new start if `from` changes. */
void scan_range(Op *scan, PropterId from, PropterId below);
/* An index join: sorts each batch of its left input and looks its rows up going forward. */
PropterStatus op_probe(Exec *run, Op *left, const Alg *alg, bool optional, Op **out, PropterError *err);
/* A merge join with a pattern, by the variable that the left input is sorted by. */
PropterStatus op_merge(Exec *run, Op *left, const Alg *alg, bool optional, Op **out, PropterError *err);
/* Can the pattern be read in the order of the left input? */
bool merge_fits(const Op *left, const Alg *alg);
typedef enum { JOIN_INNER, JOIN_LEFT, JOIN_MINUS, JOIN_SEMI, JOIN_ANTI } JoinMode;
/* `keys`: slots certain on both sides; `expr` may be NULL. For MINUS the graph of the pattern does not count as shared. */
PropterStatus op_hash_join(Exec *run, JoinMode mode, Op *left, Op *right, const uint64_t *keys, Expr *expr, const Alg *alg, Op **out, PropterError *err);
/* Starts `right`, made from `alg`, once for each row of `left`. */
PropterStatus op_bind_join(Exec *run, JoinMode mode, Op *left, Op *right, const Alg *alg, Expr *expr, Op **out, PropterError *err);
PropterStatus op_filter(Exec *run, Op *child, Expr *expr, Op **out, PropterError *err);
PropterStatus op_extend(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err);
PropterStatus op_unify(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err);
PropterStatus op_union(Exec *run, Op **children, size_t count, const Alg *alg, Op **out, PropterError *err);
PropterStatus op_project(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err);
PropterStatus op_distinct(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err);
PropterStatus op_slice(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err);
/* Runs `child` without the outer row (but the graph it names) and keeps the rows that agree with it. */
PropterStatus op_apart(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err);
PropterStatus op_graph(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err);
PropterStatus op_group(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err);
/* `limit`: at most so many rows are asked for, or UINT64_MAX. */
PropterStatus op_order(Exec *run, Op *child, const Alg *alg, uint64_t limit, Op **out, PropterError *err);
/* Joins patterns that each have a known predicate and two different variables, in the union of all graphs. `order`: all their slots as they are to be bound. */
PropterStatus op_leapfrog(Exec *run, const Alg *const *scans, size_t count, const uint32_t *order, size_t order_count, Op **out, PropterError *err);
/* For a GROUP or DISTINCT over one triple pattern that a sorted permutation answers; *out NULL: it does not. */
PropterStatus op_runs(Exec *run, const Alg *alg, Op **out, PropterError *err);
/* The same rows in the same order, those of a long scan in two halves at once where a second thread may be had; *out is `child` where that does not pay. */
PropterStatus op_halves(Exec *run, Op *child, Op **out, PropterError *err);
PropterStatus op_path(Exec *run, const Alg *alg, Op **out, PropterError *err);
PropterStatus op_service(Exec *run, const Alg *alg, Op **out, PropterError *err);

/* What a triple pattern wants and gives: subject, predicate, object, graph. */
typedef struct {
  uint32_t slot[4];   /* NO_SLOT: constant */
  PropterId value[4]; /* constants; 0: none */
  bool repeats;       /* a variable stands twice */
} Shape;
Shape shape_of(const Alg *scan);
void shape_reads(const Shape *shape, uint64_t *set);

/* Quads of a snapshot that a pattern matches, given values of its positions (match.c; also for paths and DESCRIBE). */
typedef struct {
  PropterScan *scan;
  PropterOrder order;
  unsigned bound;         /* columns of the order that are given */
  PropterQuad want, last; /* 0: any */
  bool once;              /* each triple once, whatever its graphs */
  bool exact;             /* the scan's prefix asks for all of `want` */
  bool have_last, empty;
  const Shape *repeats;   /* a pattern with a variable twice, to be set after opening; or NULL */
  const Graphs *graphs;
  PropterQuad *rows;      /* BATCH of them, in the run's memory */
} Matcher;
PropterStatus matcher_open(Exec *run, Matcher *m, const Graphs *graphs, PropterQuad want, PropterError *err);
/* The same in the order whose first free column is `first` (0 subject, 1 predicate, 2 object), if the bound positions allow it. */
PropterStatus matcher_open_sorted(Exec *run, Matcher *m, const Graphs *graphs, PropterQuad want, unsigned first, PropterError *err);
/* No quad matches for what is known of the pattern. */
bool matcher_cannot(const Exec *run, const Graphs *graphs, const PropterQuad *want);
/* Is a row of its scan one of its quads? Rows must come in the order of the scan. */
bool matcher_wants(const Exec *run, Matcher *m, const PropterQuad *quad);
/* Up to `cap` (at most BATCH) quads; 0 at the end. */
PropterStatus matcher_next(Exec *run, Matcher *m, size_t cap, size_t *count, PropterError *err);
/* The next quads, up to BATCH, by columns: position k goes to to[k], which has room for BATCH (NULL: not wanted). */
PropterStatus matcher_columns(Exec *run, Matcher *m, PropterId *const to[4], size_t *count, PropterError *err);
void matcher_free(Exec *run, Matcher *m);
/* How many rows a pattern with these constants has at most (graphs of several kinds are not told apart). */
PropterStatus matcher_estimate(Exec *run, const Graphs *graphs, PropterQuad want, double *rows, PropterError *err);

/* A quad's columns in the sequence of an order. */
extern const unsigned char order_columns[PROPTER_ORDER_COUNT][4];
static inline PropterId quad_at(const PropterQuad *q, unsigned position) { return position == 0 ? q->s : position == 1 ? q->p : position == 2 ? q->o : q->g; }
static inline PropterId order_at(const PropterQuad *q, PropterOrder order, unsigned column) { return quad_at(q, order_columns[order][column]); }
/* -1, 0, 1 by the first `columns` columns. */
int order_compare(PropterOrder order, const PropterQuad *a, const PropterQuad *b, unsigned columns);

/* A place in a permutation that moves forward, with a window of rows read ahead. */
typedef struct {
  PropterScan *scan;
  PropterOrder order;
  PropterQuad *window; /* BATCH of them, in the run's memory */
  size_t at, count, fetch;
  bool ended;
} Cursor;
/* Quads with these first `bound` columns. */
PropterStatus cursor_open(Exec *run, Cursor *c, PropterOrder order, PropterQuad prefix, unsigned bound, PropterError *err);
/* To the first row not before `target`, never back: a galloping search in the window, then a seek. */
PropterStatus cursor_seek(Exec *run, Cursor *c, const PropterQuad *target, PropterError *err);
/* The row it is at, or NULL behind the last. */
PropterStatus cursor_row(Exec *run, Cursor *c, const PropterQuad **row, PropterError *err);
void cursor_close(Exec *run, Cursor *c);

/* --- Plans ---------------------------------------------------------------------------------------------------------------- */

/* Operators for the tree of a query's SELECT or of a pattern, the rows of its pattern in halves where it is long (plan.c). */
PropterStatus plan_select(Exec *run, Alg *alg, Op **out, PropterError *err);
/* Operators for any tree. */
PropterStatus plan_alg(Exec *run, Alg *alg, Op **out, PropterError *err);

#endif
