/* SPDX-License-Identifier: Apache-2.0 */
/* One execution of a query: memory within its cap, deadline, terms that only this query knows, the dataset. */
#ifndef SPARQL_EXEC_H
#define SPARQL_EXEC_H

#include <stdatomic.h>

#include "ast.h"
#include "form.h"
#include "propter/hash.h"
#include "propter/rng.h"
#include "value.h"

typedef struct Op Op;

/* A compiled regular expression (pattern.c). */
enum { PATTERNS = 8 };
typedef struct {
  struct PropterRegex *regex;
  char *text;
  size_t len;
  unsigned flags;
} KeptPattern;

/* The graphs a pattern looks into. ONE: `graph`. UNION: all graphs but the hidden ones, each triple once. SET: the graphs of `set`, each triple
 * once. NAMED: each named graph on its own, bound to `slot` (restricted to `set` if `restricted`). */
typedef enum { GRAPHS_ONE, GRAPHS_UNION, GRAPHS_SET, GRAPHS_NAMED } GraphsKind;
typedef struct {
  GraphsKind kind;
  PropterId graph;
  uint32_t slot;
  bool restricted;
  const PropterId *set; /* sorted */
  size_t set_count;
} Graphs;

/* A sampled number of rows per value (estimate.c). */
enum { FANOUTS = 64 };
typedef struct {
  PropterId predicate;
  unsigned column;
  double rows;
} Fanout;

/* A triple that quads are counted for more often than it is one (exact.c). */
typedef struct {
  PropterQuad triple;
  uint64_t more;
} Excess;

enum { BATCH = 1024 };
#define NO_SLOT UINT32_MAX /* an enumerator holds no more than an int */

typedef struct Exec Exec;
struct Exec {
  PropterSnapshot *snapshot;
  const PropterQuery *query;
  PropterQueryOptions options;
  PropterArena arena; /* plan and expressions */
  uint64_t used, peak;
  bool over; /* an allocation failed because of the cap */
  uint64_t spilled; /* bytes written to disk */
  uint64_t deadline; /* nanoseconds of the monotonic clock, 0: none */
  unsigned ticks;
  const atomic_bool *stop; /* whoever has started this run beside its own ends it; or NULL */
  /* Terms the graph does not know; ids with the tag LOCAL. */
  PropterArena local_text;
  PROPTER_VEC(PropterTerm) locals;
  PropterMap local_ids;
  uint64_t blanks; /* blank nodes made */
  PropterRng rng;
  Moment now;
  /* Decoded values of ids, direct-mapped. */
  PropterArena cache_text;
  Value *cache;
  unsigned cache_bits; /* it has 2^cache_bits places */
  size_t cache_misses;
  uint64_t decoded; /* terms, one by one */
  unsigned evaluating;
  /* Dataset. */
  Graphs default_graph;
  bool exact_known, exact;
  PROPTER_VEC(Excess) excess;
  bool named_restricted;
  const PropterId *named;
  size_t named_count;
  /* Slots: the columns of batches. */
  PROPTER_VEC(uint32_t) slot_names; /* index into query->names, or NO_SLOT */
  PROPTER_VEC(Op *) ops;
  bool timing;
  const uint64_t *given; /* while planning: slots an outer row binds */
  const uint32_t *fixed; /* by name: slots that have a value before the query starts (prepared.h); NULL: none */
  PropterId *fixed_row;  /* their values, by slot */
  Fanout fanouts[FANOUTS];
  size_t fanout_count;
  const PropterStatistics *statistics; /* where the graph has them, or an expensive query had them gathered */
  bool statistics_known;
  const struct Alg *pattern; /* while planning: the query's own, below its modifiers */
  bool weighing; /* while planning: this plan may be thrown away for another one */
  bool any_order; /* while planning: a single scan whose order nobody uses */
  bool limited;  /* while planning: only the first rows are asked for */
  KeptPattern patterns[PATTERNS];
  unsigned next_pattern;
  struct PropterMatcher *matcher;
};

/* --- Memory, time --------------------------------------------------------------------------------------------------- */

/* Counted against the query's cap; NULL: exec_fail_memory says why. */
void *exec_alloc(Exec *run, size_t size) PROPTER_MUST_USE;
void exec_free(Exec *run, void *ptr, size_t size);
PropterStatus exec_fail_memory(const Exec *run, PropterError *err);
/* For arrays that grow: room for `need` items of `size` bytes. */
PropterStatus exec_grow(Exec *run, void *items, size_t *cap, size_t need, size_t size, PropterError *err);
/* Memory of the plan: lives as long as the run. */
void *exec_plan_alloc(Exec *run, size_t size) PROPTER_MUST_USE;
/* Nanoseconds of the monotonic clock. */
uint64_t exec_now(void);
/* Milliseconds until the deadline, at least 1; 0: there is none. */
uint32_t exec_left(const Exec *run);
/* TIMEOUT, CANCELLED. */
PropterStatus exec_check(Exec *run, PropterError *err);
/* The same once in 4,096 calls. */
static inline PropterStatus exec_tick(Exec *run, PropterError *err) { return (++run->ticks & 4095) == 0 ? exec_check(run, err) : PROPTER_OK; }
/* What SILENT does not hide. */
static inline bool exec_grave(PropterStatus status) {
  return status == PROPTER_NO_MEMORY || status == PROPTER_CANCELLED || status == PROPTER_TIMEOUT || status == PROPTER_LIMIT;
}

/* --- Terms ------------------------------------------------------------------------------------------------------------ */

/* Id of a term: the graph's, or one of this run. */
PropterStatus exec_intern(Exec *run, const PropterTerm *term, PropterId *id, PropterError *err);
PropterStatus exec_intern_value(Exec *run, Value *value, PropterArena *scratch, PropterId *id, PropterError *err);
PropterTermKind exec_kind(const Exec *run, PropterId id);
/* Term of an id, borrowed from the run or copied into `arena`. */
PropterStatus exec_term(Exec *run, PropterId id, PropterArena *arena, PropterTerm *term, PropterError *err);
PropterStatus exec_blank(Exec *run, PropterId *id, PropterError *err);
/* Value of an id; its texts live until exec_release with no evaluation going on. */
PropterStatus exec_value(Exec *run, PropterId id, Value *value, PropterError *err);
void exec_release(Exec *run);
/* Values of up to BATCH ids, decoded together; their texts are in `arena`. */
PropterStatus exec_values(Exec *run, const PropterId *ids, size_t count, PropterArena *arena, Value *values, PropterError *err);
/* Terms of any number of ids; PROPTER_NO_ID: of kind NONE. Looks at the deadline in between. Texts are in `arena` or the run's; `scratch` has room for as
 * many ids. NO_MEMORY: also, the arena is full. */
PropterStatus exec_terms(Exec *run, const PropterId *ids, size_t count, PropterId *scratch, PropterArena *arena, PropterTerm *terms, PropterError *err);

static inline bool exec_local(PropterId id) { return id >> 56 == 255; }

/* --- Dataset ---------------------------------------------------------------------------------------------------------- */

bool exec_graph_visible(const Exec *run, const Graphs *graphs, PropterId g);
/* Sorted ids of IRIs, in the plan's memory. */
PropterStatus exec_graph_set(Exec *run, const PropterStr *iris, size_t count, const PropterId **set, PropterError *err);
/* All graphs GRAPH ?g ranges over, ascending, in the plan's memory. */
PropterStatus exec_named_graphs(Exec *run, const PropterId **set, size_t *count, PropterError *err);

/* *exact: exec_count gives the number of triples of the union default graph that match (0: any); only then may it be used. */
PropterStatus exec_exact(Exec *run, bool *exact, PropterError *err);
PropterStatus exec_count(Exec *run, PropterQuad triple, uint64_t *count, PropterError *err);

/* --- Life ------------------------------------------------------------------------------------------------------------- */

PropterStatus exec_open(Exec *run, const PropterQuery *query, PropterSnapshot *snapshot, const PropterQueryOptions *options, PropterError *err);
/* The dataset of a run that outlives this one, instead of its own. */
void exec_use_dataset(Exec *run, const Exec *other);
void exec_close(Exec *run);
uint32_t exec_slot(Exec *run, uint32_t name, PropterError *err); /* a new slot; NO_SLOT: no memory */

#endif
