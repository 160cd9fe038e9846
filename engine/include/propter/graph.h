/* SPDX-License-Identifier: Apache-2.0 */
/* The quad store: one LMDB environment per graph directory, 64-bit term ids, five permutations, snapshots for readers, one durable writer. */
#ifndef PROPTER_GRAPH_H
#define PROPTER_GRAPH_H

#include <stdatomic.h>

#include "propter/limits.h"
#include "propter/log.h"
#include "propter/mem.h"

/* --- Terms ------------------------------------------------------------------------------------------------------------- */

/* High 8 bits a type tag (see graph/id.h), low 56 a payload. An id never changes. Small literals are inlined so that unsigned
 * order is value order inside a tag; everything else is a number of the append-only dictionary. */
typedef uint64_t PropterId;
#define PROPTER_NO_ID ((PropterId)0)            /* absent, or a wildcard */
#define PROPTER_DEFAULT_GRAPH ((PropterId)1)    /* the graph of triples that have none */

typedef enum { PROPTER_TERM_NONE, PROPTER_TERM_BLANK, PROPTER_TERM_IRI, PROPTER_TERM_LITERAL } PropterTermKind;

/* RDF 1.1 term. `value`: IRI, blank node label or lexical form. `datatype`: full IRI; empty means xsd:string (or rdf:langString when
 * `language` is not empty). Text is UTF-8. Views are borrowed from whoever made the term. */
typedef struct {
  PropterTermKind kind;
  PropterStr value;
  PropterStr datatype;
  PropterStr language;
} PropterTerm;

/* True for an absolute IRI with the characters of RFC 3987 (scheme, ':', the rest; a fragment is allowed) whose authority, if it has one, is
 * one: brackets around an IP address only, digits as port. On false, *why (if not NULL) says what is wrong: static text. The UTF-8 itself is taken
 * to be valid. */
PROPTER_API bool propter_iri_valid(PropterStr iri, const char **why);
/* True for a well-formed language tag: letters, then subtags of letters and digits, each 1 to 8 long (BCP 47). */
PROPTER_API bool propter_language_valid(PropterStr tag);
static inline PropterTerm propter_iri(PropterStr iri) { return (PropterTerm){PROPTER_TERM_IRI, iri, {"", 0}, {"", 0}}; }
static inline PropterTerm propter_literal(PropterStr text) { return (PropterTerm){PROPTER_TERM_LITERAL, text, {"", 0}, {"", 0}}; }
static inline PropterTerm propter_typed(PropterStr text, PropterStr datatype) { return (PropterTerm){PROPTER_TERM_LITERAL, text, datatype, {"", 0}}; }

typedef struct {
  PropterId s, p, o, g;
} PropterQuad;

/* Kind of an id, without looking anything up. */
PROPTER_API PropterTermKind propter_id_kind(PropterId id);
/* Value of an id that inlines a number (any integer type, decimal, double); false for every other. */
PROPTER_API bool propter_id_number(PropterId id, double *value);
/* Value of an inlined xsd:boolean. */
PROPTER_API bool propter_id_boolean(PropterId id, bool *value);
/* Days since 1970-01-01 of an inlined xsd:date or xsd:dateTime. */
PROPTER_API bool propter_id_day(PropterId id, int32_t *day);
/* Writes a term in N-Triples syntax (escaped). */
PROPTER_API void propter_term_write(const PropterTerm *term, PropterBuf *out);

/* --- Graph directory ------------------------------------------------------------------------------------------------------ */

typedef struct PropterGraph PropterGraph;

enum {
  PROPTER_GRAPH_CREATE = 1,   /* make the directory and an empty graph if there is none */
  PROPTER_GRAPH_READ_ONLY = 2 /* no writer will be opened */
};

/* Opens `dir`. One environment per process and file: a second open of the same directory shares it (counted). A file that is not
 * as its last writer left it (a writer died, something else changed it, a copy) is verified first; graph/README.md says when. NOT_FOUND: no graph there
 * (without CREATE); DAMAGED: verify failed; INVALID: made by another format version; IO. `limits` NULL: defaults. Free with propter_graph_close. */
PROPTER_API PropterStatus propter_graph_open(const char *dir, unsigned flags, const PropterLimits *limits, PropterGraph **out, PropterError *err);
PROPTER_API void propter_graph_close(PropterGraph *graph);

/* Walks the whole file in a child process: page structure, free list, checksum of every block, order and equality of all permutations, dictionary
 * in both directions. Writers wait meanwhile. DAMAGED with the first fault found; LOCKED: a writer is at work. */
PROPTER_API PropterStatus propter_graph_verify(const char *dir, const PropterLog *log, PropterError *err);

/* Safe to call in a signal handler: did a fault at this address (SIGBUS, SIGSEGV), or the abort under way (NULL), come from reading a graph file? A file
 * that is damaged while it is in use, or by the disk without a trace, may end so; a program can then say that the graph is damaged. */
PROPTER_API bool propter_graph_faulted(const void *address);

/* Consistent copy into the new directory `to`, compacted, while readers and the writer go on. */
PROPTER_API PropterStatus propter_graph_backup(PropterGraph *graph, const char *to, PropterError *err);

/* Rewrites the graph's file without its free pages, which an update leaves behind; terms that no quad uses any more stay, because an id never
 * changes. LOCKED: somebody writes, or any program has the graph open; DAMAGED: the copy does not verify (the old file stands). The sizes
 * in bytes may be NULL. */
PROPTER_API PropterStatus propter_graph_compact(const char *dir, uint64_t *before, uint64_t *after, PropterError *err);

/* --- Reading -------------------------------------------------------------------------------------------------------------- */

/* A state of the graph that does not change. Any number at the same time, in any thread (one thread at a time each). */
typedef struct PropterSnapshot PropterSnapshot;

/* `deadline_ms`: after so many milliseconds scans answer TIMEOUT (0: none). Free with propter_snapshot_close. */
PROPTER_API PropterStatus propter_snapshot_open(PropterGraph *graph, uint32_t deadline_ms, PropterSnapshot **out, PropterError *err);
PROPTER_API void propter_snapshot_close(PropterSnapshot *snapshot);
/* From now on: scans answer TIMEOUT after so many milliseconds (0: never), and CANCELLED once another thread has set `cancel` (may be NULL). */
PROPTER_API void propter_snapshot_limit(PropterSnapshot *snapshot, uint32_t deadline_ms, const atomic_bool *cancel);
/* The same state for another thread, whatever was committed meanwhile; with the same limits. To be called in the thread that uses `snapshot`, closed before
 * it is, in any thread; costs about a microsecond. NOT_FOUND: a writer's snapshot cannot be shared. */
PROPTER_API PropterStatus propter_snapshot_clone(PropterSnapshot *snapshot, PropterSnapshot **out, PropterError *err);
/* Counts commits: equal numbers mean equal content. */
PROPTER_API uint64_t propter_snapshot_version(const PropterSnapshot *snapshot);

/* Id of a term; *id is PROPTER_NO_ID if the graph does not know it. DAMAGED, INVALID (bad UTF-8, term too long). */
PROPTER_API PropterStatus propter_snapshot_find(PropterSnapshot *snapshot, const PropterTerm *term, PropterId *id, PropterError *err);
/* Term of an id, copied into `arena`. NOT_FOUND: no such id. */
PROPTER_API PropterStatus propter_snapshot_term(PropterSnapshot *snapshot, PropterId id, PropterArena *arena, PropterTerm *term, PropterError *err);

/* Terms of `count` ids in any order, repetitions allowed: each block of the dictionary is opened once, in ascending order. Equal ids share their text;
 * PROPTER_NO_ID gives a term of kind NONE. `check` (may be NULL) is called before each block; what it answers but OK ends the reading. NOT_FOUND, DAMAGED;
 * NO_MEMORY also where the arena's limit is reached, which leaves in it what was copied. */
typedef PropterStatus (*PropterCheck)(void *payload, PropterError *err);
PROPTER_API PropterStatus propter_snapshot_terms(PropterSnapshot *snapshot, const PropterId *ids, size_t count, PropterCheck check, void *payload,
                                                 PropterArena *arena, PropterTerm *terms, PropterError *err);

/* Order of a permutation: the columns a scan is sorted by. */
typedef enum { PROPTER_SPOG, PROPTER_PSOG, PROPTER_POSG, PROPTER_OSPG, PROPTER_GSPO, PROPTER_ORDER_COUNT } PropterOrder;

/* Scan of all quads whose first `bound` columns in that order equal those of `prefix` (a quad; other columns are ignored), sorted by the
 * order. Batches of rows: `next` fills up to `cap` rows, *count 0 at the end. One scan may not outlive its snapshot.
 * DAMAGED: a block failed its checksum; TIMEOUT: the snapshot's deadline passed. */
typedef struct PropterScan PropterScan;
PROPTER_API PropterStatus propter_scan_open(PropterSnapshot *snapshot, PropterOrder order, PropterQuad prefix, unsigned bound, PropterScan **out,
                                            PropterError *err);
PROPTER_API PropterStatus propter_scan_next(PropterScan *scan, PropterQuad *rows, size_t cap, size_t *count, PropterError *err);
/* The same by columns, from one block at a time: bit 0 of `want` asks for subjects, 1 predicates, 2 objects, 3 graphs. columns[0..4) are those asked for (else
 * NULL), *count values each, at most 1,024, borrowed until the next call on this scan; *count 0 at the end. Several times faster than rows; may be mixed with
 * propter_scan_next. */
PROPTER_API PropterStatus propter_scan_columns(PropterScan *scan, unsigned want, const PropterId *columns[4], size_t *count, PropterError *err);
/* Skips ahead to the first row not before `target` in the scan's order; never moves back. */
PROPTER_API PropterStatus propter_scan_seek(PropterScan *scan, PropterQuad target, PropterError *err);
/* The same, *skipped: how many rows that were. Reads two rows of a block it passes. */
PROPTER_API PropterStatus propter_scan_skip(PropterScan *scan, PropterQuad target, uint64_t *skipped, PropterError *err);
PROPTER_API void propter_scan_close(PropterScan *scan);

/* Exact number of quads with that prefix. */
PROPTER_API PropterStatus propter_snapshot_count(PropterSnapshot *snapshot, PropterOrder order, PropterQuad prefix, unsigned bound, uint64_t *count,
                                                 PropterError *err);

/* --- Statistics ----------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterId p;
  uint64_t quads, subjects, objects; /* quads with this predicate; distinct subjects and objects among them */
} PropterPredicateCount;

/* Subjects that have exactly these predicates (ascending; Neumann and Moerkotte, Characteristic Sets, ICDE 2011). */
typedef struct {
  const PropterId *predicates;
  const uint64_t *quads; /* of all these subjects, by predicate */
  size_t count;          /* of predicates */
  uint64_t subjects;
} PropterCharacteristicSet;

typedef struct {
  uint64_t version; /* they were gathered from */
  uint64_t quads, graphs, subjects;
  const PropterPredicateCount *predicates; /* ascending by id */
  size_t predicate_count;
  const PropterCharacteristicSet *sets; /* the 10,000 with most subjects, most first */
  size_t set_count;
  uint64_t other_subjects; /* in no set listed, or with more than 256 predicates */
} PropterStatistics;

/* For a planner. Gathered by one pass over four permutations when first asked for and kept with the graph: for this version, and for later ones until the
 * number of quads has changed by a fiftieth. Borrowed from the snapshot. NOT_FOUND: a writer's snapshot has none; otherwise as a scan. */
PROPTER_API PropterStatus propter_snapshot_statistics(PropterSnapshot *snapshot, const PropterStatistics **out, PropterError *err);
/* Are there such that need no pass? */
PROPTER_API PropterStatus propter_snapshot_has_statistics(PropterSnapshot *snapshot, bool *has, PropterError *err);

/* Readers of the graph in all processes that hold a snapshot: the free pages of commits since cannot be used again until they end. */
typedef struct {
  int64_t process;
  uint64_t behind;  /* commits since its snapshot */
  uint64_t seconds; /* since the first of these; 0 also if that is not known, being more than 1,024 commits ago */
} PropterReader;
typedef PROPTER_VEC(PropterReader) PropterReaders;
/* Appends them. */
PROPTER_API PropterStatus propter_graph_readers(PropterGraph *graph, PropterReaders *out, PropterError *err);

/* --- Convenience over scans (ids only) ---------------------------------------------------------------------------------- */

typedef PROPTER_VEC(PropterId) PropterIds;
typedef PROPTER_VEC(PropterQuad) PropterQuads;

/* All quads that match: PROPTER_NO_ID is a wildcard. Appended to `out` in the order of the permutation chosen. A triple in several graphs
 * appears once per graph. LIMIT beyond `max` rows (0: 100 million). */
PROPTER_API PropterStatus propter_snapshot_match(PropterSnapshot *snapshot, PropterQuad pattern, size_t max, PropterQuads *out, PropterError *err);
/* Distinct objects of (s, p, ·) and subjects of (·, p, o), ascending, over all graphs, appended. */
PROPTER_API PropterStatus propter_snapshot_objects(PropterSnapshot *snapshot, PropterId s, PropterId p, PropterIds *out, PropterError *err);
PROPTER_API PropterStatus propter_snapshot_subjects(PropterSnapshot *snapshot, PropterId p, PropterId o, PropterIds *out, PropterError *err);
/* The smallest object of (s, p, ·), or PROPTER_NO_ID. */
PROPTER_API PropterStatus propter_snapshot_object(PropterSnapshot *snapshot, PropterId s, PropterId p, PropterId *o, PropterError *err);

/* --- Writing -------------------------------------------------------------------------------------------------------------- */

/* The one writer. Nothing is visible to others before commit; commit is durable when it returns. */
typedef struct PropterWriter PropterWriter;

/* `wait`: wait for another writer (of any process), otherwise LOCKED at once. */
PROPTER_API PropterStatus propter_writer_open(PropterGraph *graph, bool wait, PropterWriter **out, PropterError *err);
/* Id of a term, made if need be. Language tags are kept in lower case. Blank node labels are taken as they are: the caller keeps those of different documents
 * apart (propter_writer_blank makes fresh ones). INVALID: bad UTF-8, not an absolute IRI (RFC 3987), bad language tag, too long. */
PROPTER_API PropterStatus propter_writer_intern(PropterWriter *writer, const PropterTerm *term, PropterId *id, PropterError *err);
/* A blank node the graph has never had. */
PROPTER_API PropterStatus propter_writer_blank(PropterWriter *writer, PropterId *id, PropterError *err);
/* Buffered; sorted and applied at commit. Removing wins over adding the same quad only if it came later. Adding a present quad and
 * removing an absent one change nothing. g must be a graph (PROPTER_DEFAULT_GRAPH for none). */
PROPTER_API PropterStatus propter_writer_add(PropterWriter *writer, PropterQuad quad, PropterError *err);
PROPTER_API PropterStatus propter_writer_remove(PropterWriter *writer, PropterQuad quad, PropterError *err);
/* Removes every quad of a graph that this writer has not added since it opened; later adds count as usual. */
PROPTER_API PropterStatus propter_writer_clear_graph(PropterWriter *writer, PropterId graph, PropterError *err);
/* What the writer sees: the graph with all changes so far applied (flushes the buffer). Borrowed; valid until the next change or commit. */
PROPTER_API PropterStatus propter_writer_snapshot(PropterWriter *writer, PropterSnapshot **out, PropterError *err);
/* Quads really added and removed so far (after propter_writer_snapshot or commit). NULL arguments are allowed. */
PROPTER_API void propter_writer_counts(const PropterWriter *writer, uint64_t *added, uint64_t *removed);
/* The same quads one by one, in SPOG order, of what is flushed when it is opened; valid until the next change, also after commit. For run deltas. IO: a temporary
 * file that holds them cannot be read. */
typedef struct PropterDelta PropterDelta;
PROPTER_API PropterStatus propter_delta_open(const PropterWriter *writer, PropterDelta **out, PropterError *err);
/* *more false: there was no further one. */
PROPTER_API PropterStatus propter_delta_next(PropterDelta *delta, PropterQuad *quad, bool *added, bool *more, PropterError *err);
PROPTER_API void propter_delta_close(PropterDelta *delta);
/* Commits; on failure nothing has changed. Either way the writer must still be closed (close without commit drops the changes). */
PROPTER_API PropterStatus propter_writer_commit(PropterWriter *writer, PropterError *err);
PROPTER_API void propter_writer_close(PropterWriter *writer);

#endif
