/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes compiled into constraints, and a validation under way. Everything works on ids of one run (exec.h): terms that only the shapes know have ids too. */
#ifndef SHACL_SHACL_H
#define SHACL_SHACL_H

#include "../sparql/prepared.h"
#include "propter/shacl.h"
#include "propter/vocab.h"

/* --- The shapes graph --------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterId s, p, o;
  uint32_t order; /* in the documents */
  uint32_t file;
  uint64_t line;
} ShapesTriple;

/* --- Constraints --------------------------------------------------------------------------------------------------------------- */

/* What a parameter's values are. EACH: every value is a constraint. ONE: at most one value. COUNT: one, a whole number. FLAG: true, or nothing. LIST: an RDF
 * list. SHAPE, SHAPES: a shape, a list of shapes. The others have a companion parameter or several. */
typedef enum {
  TAKES_EACH,
  TAKES_ONE,
  TAKES_COUNT,
  TAKES_FLAG,
  TAKES_LIST,
  TAKES_SHAPE,
  TAKES_SHAPES,
  TAKES_PATTERN,
  TAKES_QUALIFIED,
  TAKES_CLOSED,
  TAKES_SPARQL
} Takes;

typedef struct Validator Validator;
typedef struct Constraint Constraint;
typedef struct ShaclShape ShaclShape;

/* Focus nodes with their value nodes: those of focus[i] are value[first[i]] to value[first[i + 1] - 1]. Focus nodes ascend, the values of one ascend and stand
 * there once. A focus node may stand there again if what is found is to be reported as often. */
typedef struct {
  const PropterId *focus;
  size_t count;
  const size_t *first;
  const PropterId *value;
} Nodes;

/* Where what is found goes: a mark for each focus node and, if wanted, a result. */
typedef struct {
  bool *failed;
  bool record;
} Verdict;

/* Finds all value nodes (or focus nodes) that break a constraint. */
typedef PropterStatus Check(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err);

typedef struct {
  const char *name;
  PropterVocab parameter;
  Takes takes;
  Check *check;
  const char *message;
} Component;

/* A query of sh:sparql or of a validator of a constraint component. */
typedef struct {
  PropterQuery *query;
  Prepared *prepared;
  bool ask;
  size_t this_at, value_at; /* among the names given */
  const PropterStr *names;  /* of all that is given */
  PropterId *given;         /* by name */
  size_t count;
  size_t column_value, column_path, column_message;
} ShaclQuery;

struct Constraint {
  const Component *component;
  const ShaclShape *shape;
  PropterId iri;   /* of the constraint component */
  PropterId value; /* of the parameter */
  int64_t number;  /* COUNT, QUALIFIED */
  Value bound;     /* decoded value */
  PropterId *list; /* LIST: its members; CLOSED: the predicates allowed; in ascending order */
  size_t count;
  ShaclShape **shapes; /* SHAPE, SHAPES; QUALIFIED: the shape, then its siblings if they are to be disjoint */
  size_t shape_count;
  PropterStr flags;  /* PATTERN */
  ShaclQuery *query; /* SPARQL */
  PropterId source;  /* of SPARQL: the constraint's node */
  PropterId message; /* a text of its own */
  uint32_t file;
  uint64_t line;
};

struct ShaclShape {
  PropterId node;
  PropterId severity;
  PropterId message; /* PROPTER_NO_ID: none */
  bool deactivated, compiling;
  /* A property shape has a path: a single predicate, forward or backward, or a query for the values. */
  const AstPath *path;
  PropterId link;
  bool inverse;
  PropterQuery *query;
  Prepared *walk;
  PROPTER_VEC(Constraint *) constraints;
  /* Nodes a change may have affected (delta.c), in ascending order. */
  PropterIds affected;
  bool affected_known, affected_all;
};

typedef struct {
  PropterId focus, value, path, message; /* path, message: instead of the shape's own; PROPTER_NO_ID: none */
  const Constraint *constraint;
} Found;

struct Validator {
  Exec run;
  PropterQuery *none; /* a query that asks nothing, for the run */
  PropterArena arena;
  PropterId word[VOCAB_COUNT];
  PropterSnapshot *snapshot;
  PropterShaclOptions options;
  PropterQuads changed; /* of options.changed, those that shapes can see (delta.c) */
  PropterIds touched;   /* where a shape is closed: subjects of all of it */
  bool any_changed;
  PROPTER_VEC(ShapesTriple) triples; /* by subject, then in the order of the documents */
  PROPTER_VEC(const char *) files;
  PROPTER_VEC(PropterRdfPrefix) prefixes;
  PropterStr shapes_graph;          /* the first document's IRI */
  PROPTER_VEC(ShaclShape *) shapes; /* all compiled */
  PROPTER_VEC(ShaclShape *) roots;  /* those of the documents, in their order */
  PROPTER_VEC(Found) found;
  uint64_t counts[PROPTER_SHACL_SEVERITIES];
  uint64_t looked, targeted;
};

/* document.c */
PropterStatus shapes_read(Validator *v, const char *const *paths, size_t count, PropterError *err);
/* The next triple of subject and predicate (PROPTER_NO_ID: any) after `after` (NULL: the first); NULL: none. */
const ShapesTriple *shapes_next(const Validator *v, PropterId s, PropterId p, const ShapesTriple *after);
static inline const ShapesTriple *shapes_get(const Validator *v, PropterId s, PropterVocab p) { return shapes_next(v, s, v->word[p], NULL); }
/* Members of the list that is a triple's object, appended. */
PropterStatus shapes_list(const Validator *v, const ShapesTriple *at, PropterIds *members, PropterError *err);
/* Fails at the place of a triple. */
PropterStatus shapes_fail(const Validator *v, const ShapesTriple *at, PropterError *err, PropterStatus status, const char *format, ...) PROPTER_PRINTF(5, 6);
/* What stands behind the last #, / or : of an IRI. */
PropterStr shapes_local(PropterStr iri);
/* A term as people write it: shortened by the prefixes of the shapes. */
PropterStatus shapes_name(Validator *v, PropterId id, PropterBuf *out, PropterError *err);

/* path.c: what sh:path says; text of it for people; as triples from `subject`… of a report. */
PropterStatus path_compile(Validator *v, const ShapesTriple *at, const AstPath **out, PropterError *err);
PropterStatus path_name(Validator *v, const AstPath *path, PropterBuf *out, PropterError *err);
/* *node is the term that stands for the path; its triples go to the sink, blank nodes are named after `label`. */
PropterStatus path_statements(const AstPath *path, PropterStr label, PropterArena *arena, const PropterRdfSink *sink, PropterTerm *node, PropterError *err);

/* compile.c */
PropterStatus shape_compile(Validator *v, PropterId node, const ShapesTriple *at, ShaclShape **out, PropterError *err);
bool shape_is_one(const Validator *v, PropterId node);
void shape_free(ShaclShape *shape);

/* sparql.c */
PropterStatus sparql_compile(Validator *v, Constraint *c, const ShapesTriple *at, PropterError *err);
/* The constraints a shape has by constraint components of the shapes graph. */
PropterStatus sparql_components(Validator *v, ShaclShape *shape, PropterError *err);
void sparql_free(ShaclQuery *query);

/* nodes.c */
/* Values of one predicate for focus nodes in ascending order: appended to `values`, first[count + 1] filled. */
PropterStatus nodes_step(Validator *v, PropterId predicate, bool inverse, const PropterId *focus, size_t count, PropterIds *values, size_t *first,
                         PropterError *err);
PropterStatus nodes_values(Validator *v, const ShaclShape *shape, const PropterId *focus, size_t count, PropterIds *values, size_t *first, PropterError *err);
/* A class and its subclasses in the data, in ascending order; `out` is empty. */
PropterStatus nodes_classes(Validator *v, PropterId class, PropterIds *out, PropterError *err);
/* Adds to classes in ascending order their subclasses in the data, in ascending order. */
PropterStatus nodes_subclasses(Validator *v, PropterIds *classes, PropterError *err);
/* The focus nodes of a shape's own targets, in ascending order. */
PropterStatus nodes_targets(Validator *v, const ShaclShape *shape, PropterIds *out, PropterError *err);
static inline size_t nodes_value_count(const Nodes *n) { return n->first[n->count]; }

/* delta.c: what the change is. */
PropterStatus delta_read(Validator *v, PropterError *err);
/* Fills shape->affected. */
PropterStatus delta_affected(Validator *v, ShaclShape *shape, PropterError *err);
/* Of a shape's targets, keeps those that options.changed may have affected. */
PropterStatus delta_keep(Validator *v, ShaclShape *shape, PropterIds *focus, PropterError *err);

/* validate.c */
PropterStatus shape_validate(Validator *v, const ShaclShape *shape, const PropterId *focus, size_t count, Verdict *to, PropterError *err);
/* Marks focus node i as failed; records a result if wanted. */
PropterStatus shacl_found(Validator *v, const Constraint *c, const Nodes *n, size_t i, PropterId value, Verdict *to, PropterError *err);
PropterStatus shacl_found_more(Validator *v, const Constraint *c, size_t i, const Found *found, Verdict *to, PropterError *err);

#define COMPONENT(name, parameter, takes, message) Check check_##parameter;
#include "components.def"
#undef COMPONENT

#endif
