/* SPDX-License-Identifier: Apache-2.0 */
/* Syntax tree of a SPARQL 1.1 query or update, as written: names resolved, lists and blank node brackets spelled out as triples. All of it
 * lives in the arena of its PropterQuery. */
#ifndef SPARQL_AST_H
#define SPARQL_AST_H

#include "propter/graph.h"
#include "propter/sparql.h"

typedef enum { AST_NONE, AST_VAR, AST_BLANK, AST_IRI, AST_LITERAL } AstTermKind;

/* VAR and BLANK: `var` is an index into the query's names. IRI and LITERAL: `term`. */
typedef struct {
  AstTermKind kind;
  uint32_t var;
  PropterTerm term;
} AstTerm;

typedef enum { PATH_LINK, PATH_INVERSE, PATH_SEQUENCE, PATH_ALTERNATIVE, PATH_STAR, PATH_PLUS, PATH_OPTIONAL, PATH_NEGATED } AstPathKind;

/* LINK: `iri`; NEGATED: items are LINK or INVERSE of LINK; the others: one item or several. */
typedef struct AstPath AstPath;
struct AstPath {
  AstPathKind kind;
  PropterStr iri;
  AstPath **items;
  size_t count;
};

typedef struct {
  AstTerm s, p, o;
  AstPath *path; /* instead of p, if not NULL */
} AstTriple;

typedef struct {
  AstTerm g, s, p, o; /* g AST_NONE: the default graph of the operation */
} AstQuad;

typedef enum {
#define EXPR_OP(name, text, precedence) EXPR_##name,
#include "operators.def"
#undef EXPR_OP
  EXPR_OP_COUNT
} AstExprOp;

typedef enum {
#define FUNCTION(name, keyword, least, most, eval) FN_##name,
#include "functions.def"
#undef FUNCTION
  FN_COUNT
} AstFunction;

typedef enum {
#define AGGREGATE(name) AGG_##name,
#include "aggregates.def"
#undef AGGREGATE
  AGG_COUNT_OF
} AstAggregate;

typedef struct AstPattern AstPattern;
typedef struct AstExpr AstExpr;
struct AstExpr {
  AstExprOp op;
  AstTerm term;        /* TERM: variable or constant; CALL_IRI: the function */
  AstFunction function;
  AstAggregate aggregate;
  bool distinct;       /* of an aggregate or a call by IRI */
  bool star;           /* COUNT(*) */
  PropterStr separator;
  AstPattern *pattern; /* EXISTS, NOT_EXISTS */
  AstExpr **args;
  size_t count;
};

typedef struct {
  uint32_t *vars;
  size_t var_count;
  AstTerm *cells; /* row after row; AST_NONE is UNDEF */
  size_t row_count;
} AstValues;

typedef struct {
  uint32_t var;
  AstExpr *expr; /* NULL: the variable itself */
  size_t at; /* where it begins in the text */
} AstProjection;

typedef struct {
  AstExpr *expr;
  bool has_var; /* (expr AS ?var) */
  uint32_t var;
} AstGroupKey;

typedef struct {
  AstExpr *expr;
  bool descending;
} AstOrder;

typedef enum {
  PAT_GROUP,
  PAT_TRIPLES,
  PAT_FILTER,
  PAT_OPTIONAL,
  PAT_UNION,
  PAT_MINUS,
  PAT_GRAPH,
  PAT_SERVICE,
  PAT_BIND,
  PAT_VALUES,
  PAT_SELECT,
  PAT_FORM
} AstPatternKind;

typedef struct AstSelect AstSelect;
struct AstPattern {
  AstPatternKind kind;
  AstPattern **items; /* GROUP, UNION: any number; OPTIONAL, MINUS, GRAPH, SERVICE: one */
  size_t count;
  AstTriple *triples;
  size_t triple_count;
  AstExpr *expr; /* FILTER, BIND */
  AstTerm term;  /* GRAPH, SERVICE: the name; BIND: the variable */
  bool silent;
  AstValues *values;
  AstSelect *select;
};

typedef struct SparqlForm SparqlForm;

/* One query form with its clauses, also used for sub-selects. */
struct AstSelect {
  const SparqlForm *form;
  bool distinct, reduced, star;
  AstProjection *items; /* SELECT; DESCRIBE uses `describe` */
  size_t item_count;
  AstTerm *describe;
  size_t describe_count;
  AstQuad *template_quads; /* CONSTRUCT */
  size_t template_count;
  PropterStr *from, *from_named;
  size_t from_count, from_named_count;
  AstPattern *where; /* a GROUP, or NULL (DESCRIBE only) */
  AstGroupKey *group;
  size_t group_count;
  AstExpr **having;
  size_t having_count;
  AstOrder *order;
  size_t order_count;
  bool has_limit;
  uint64_t limit, offset;
  AstValues *values;
  bool aggregated; /* has GROUP BY or an aggregate */
  AstTerm *inputs; /* of a form whose solutions are made elsewhere: what it is called with */
  size_t input_count;
  void *extra;     /* what such a form parsed besides */
};

typedef enum {
  UPDATE_INSERT_DATA,
  UPDATE_DELETE_DATA,
  UPDATE_DELETE_WHERE,
  UPDATE_MODIFY,
  UPDATE_LOAD,
  UPDATE_CLEAR,
  UPDATE_DROP,
  UPDATE_CREATE,
  UPDATE_ADD,
  UPDATE_MOVE,
  UPDATE_COPY
} AstUpdateKind;
typedef enum { TARGET_GRAPH, TARGET_DEFAULT, TARGET_NAMED, TARGET_ALL } AstTargetKind;

typedef struct {
  AstTargetKind kind;
  PropterStr iri;
} AstTarget;

typedef struct {
  AstUpdateKind kind;
  bool silent;
  AstQuad *insert, *remove;
  size_t insert_count, remove_count;
  AstTerm with; /* AST_NONE or IRI */
  PropterStr *using_default, *using_named;
  size_t using_default_count, using_named_count;
  AstPattern *where;
  AstTarget from, to; /* LOAD: from is the document; CLEAR, DROP, CREATE: to */
} AstUpdate;

typedef struct {
  PropterStr text; /* without ? or _: */
  bool blank;
} AstName;

struct PropterQuery {
  PropterArena arena;
  AstName *names;
  size_t name_count;
  PropterStr base;
  AstSelect *select; /* a query, or NULL */
  AstUpdate *updates;
  size_t update_count;
  bool by_chance; /* calls RAND, UUID, STRUUID or BNODE */
};

/* Appends a value of `size` bytes to an array in the arena, which moves there when it grows. `items`: the address of a pointer to its first item. false: no
 * memory, nothing changed. */
bool ast_append(PropterArena *arena, void *items, size_t *count, const void *value, size_t size);
/* Calls `visit` for each variable a pattern makes visible to its surroundings (blank nodes are not). */
void ast_visible(const AstPattern *pattern, void (*visit)(uint32_t var, void *payload), void *payload);

#endif
