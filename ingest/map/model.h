/* SPDX-License-Identifier: Apache-2.0 */
/* A mapping as it is executed. Every way to write one ends here. */
#ifndef MAP_MODEL_H
#define MAP_MODEL_H

#include "doc.h"
#include "propter/date.h"
#include "propter/map.h"
#include "propter/regex.h"
#include "propter/table.h"
#include "propter/vocab.h"
#include "written.h"

typedef enum { EXPRESSION_NONE, EXPRESSION_CONSTANT, EXPRESSION_REFERENCE, EXPRESSION_TEMPLATE, EXPRESSION_FUNCTION, EXPRESSION_GATHER } ExpressionKind;
typedef enum { TYPE_IRI, TYPE_URI, TYPE_UNSAFE_IRI, TYPE_UNSAFE_URI, TYPE_BLANK, TYPE_LITERAL } TermType;

/* Text, or a column. */
typedef struct {
  PropterStr text; /* of the column: its name */
  bool is_column;
  bool is_day; /* the column holds a day or a period; its first day is meant (metric definitions) */
  bool is_amount; /* the column holds a metric's amounts: an exponent is as good as the digits written out */
  const Written *written; /* how days and numbers of the column are written; NULL: as XSD writes them */
  size_t slot; /* of a column: number in the mapping */
  const DocTriple *at; /* NULL: where the term map is */
} Part;

typedef struct TermMap TermMap;
typedef PROPTER_VEC(TermMap *) TermMaps;

/* IncRML: what a function finds by what was read before. */
typedef enum { CHANGE_NONE, CHANGE_CREATE, CHANGE_UPDATE, CHANGE_DELETE } ChangeKind;

/* A row of functions.def. `parameters` and `outputs` are separated by blanks, their other names by '|'. */
typedef struct {
  const char *iri, *parameters, *outputs;
  const char *datatype; /* local name of the XSD type of what it gives; NULL: text */
  /* Appends each value with a NUL behind it; false: not these arguments. Arguments that were not given have no data. */
  bool (*call)(const PropterStr *arguments, PropterBuf *values);
  /* Or, of functions whose second argument is a regular expression: the same with its compiled form. */
  PropterStatus (*match)(const PropterRegex *regex, PropterMatcher *matcher, const PropterStr *arguments, PropterBuf *values, PropterError *err);
  ChangeKind change; /* or neither: the first argument where that is the case (change.c) */
} Function;
enum { FUNCTION_PARAMETERS = 8, FUNCTION_DEPTH = 64 };

typedef struct {
  const Function *function;
  TermMap *arguments[FUNCTION_PARAMETERS]; /* literals; NULL: not given */
  const PropterRegex *regex;               /* of `match`; the mapping's */
} Call;

typedef struct ObjectMap ObjectMap;

/* Terms gathered into a list or container (RML-CC). */
typedef struct {
  PropterVocab as;      /* rdf:List, rdf:Bag, rdf:Seq or rdf:Alt */
  bool allow_empty;     /* without items, too */
  bool product;         /* one for each combination of the items' values */
  size_t number;        /* in the mapping */
  TermMap *name;        /* of the list's head or the container; NULL: a fresh blank node */
  ObjectMap *items;
  size_t item_count;
} Gather;

struct TermMap {
  ExpressionKind kind;
  TermType type;
  PropterTerm constant;
  uint32_t number; /* of the constant, from 1 */
  Part *parts;     /* of a reference (one) or a template */
  size_t part_count;
  TermMap *datatype, *language; /* NULL: none */
  PropterStr base;              /* put before relative IRIs; empty: none */
  Call *call;                   /* of a function */
  Gather *gather;
  bool of_parent;               /* inside a join condition: of the row that is joined */
  TermMap *condition;           /* a term only where its value is true; NULL: always */
  uint64_t targets;             /* bit n: triples with this term go to target n of the mapping */
  const DocTriple *at;          /* where the mapping says so; NULL: nowhere */
};

typedef struct {
  TermMap *child, *parent; /* literals */
} Join;

struct ObjectMap {
  TermMap *map;      /* NULL: an object taken from another triples map */
  size_t parent;     /* index of that triples map */
  Join *joins;
  size_t join_count;
  size_t number;     /* of an object taken from another triples map, in the mapping */
  bool required;     /* without a value the whole record is left out */
  size_t queried;    /* the database joins by so many conditions: `map` is what its query gives */
  const DocTriple *at;
};

typedef struct {
  TermMaps predicates;
  PROPTER_VEC(ObjectMap) objects;
  TermMaps graphs; /* NULL: the default graph */
} PredicateObject;

typedef struct {
  PropterStr predicate;
  bool measure;  /* the mapping itself says that the predicate is a measure */
  TermMap *name; /* literal */
} Column;

typedef struct {
  Node node;
  size_t source;
  TermMap *subject; /* of a table of CSVW, which csvw_run executes, an EXPRESSION_NONE */
  TermMaps graphs; /* NULL: the default graph */
  PROPTER_VEC(PredicateObject) says; /* classes are the first of them */
  bool observation;  /* its subjects are of class qb:Observation */
  bool unique;       /* two rows with the same subject are a mistake */
  PROPTER_VEC(Column) columns; /* of an observation: those that its values, not its key, come from */
  const DocTriple *at;
} TriplesMap;

typedef struct {
  PropterMapTarget is;
  TermMap *address; /* of one whose path depends on the row: a literal; else NULL */
  size_t slashes;   /* in what is the same for all rows of such a path */
} Target;

typedef struct View View;

typedef struct {
  PropterMapSource is;
  PropterTableOptions options;
  bool plain_values; /* datatypes of the source are left out */
  bool several;      /* a column may hold several values */
  PROPTER_VEC(PropterStr) nulls; /* cells that stand for no value */
  TermMap **paths;           /* of each file, literals */
  bool csvw;                 /* a table that CSVW metadata describe */
  const View *view;          /* a logical view; NULL: none */
  const DocTriple *at;
} LogicalSource;

typedef struct {
  PropterTerm quad[4];
} Definition;

typedef struct Csvw Csvw;

struct PropterMapping {
  PropterArena arena;
  Doc doc;
  PROPTER_VEC(TriplesMap) maps;
  PROPTER_VEC(LogicalSource) sources;
  PROPTER_VEC(View *) views;
  PROPTER_VEC(PropterTerm) constants; /* number - 1 */
  PropterMap constant_index;
  PROPTER_VEC(Definition) definitions;
  PROPTER_VEC(Target) targets;
  uint64_t targets_by_row; /* bits of those whose path depends on the row */
  PROPTER_VEC(PropterRegex *) patterns; /* of calls */
  Csvw *csvw; /* NULL: none of the documents is CSVW metadata */
  const PropterMappingOptions *options; /* while it is read */
  size_t slot_count, join_count, gather_count, change_count;
  uint32_t fresh_count;
  const char *plain; /* ASCII characters that templates of IRIs leave as they are */
  unsigned depth; /* functions inside one another, while it is read */
  TermMap *says_file, *says_row, *says_column; /* predicates of an observation's place */
};

/* join.c */
bool join_is_projection(const PropterMapping *m, const TriplesMap *map, const PredicateObject *po, const ObjectMap *object);

/* rml.c and metric.c: what the documents say, appended to the mapping. */
PropterStatus rml_compile(PropterMapping *m, PropterError *err);
PropterStatus metric_compile(PropterMapping *m, PropterError *err);
/* An expression of a key, argument or field, as a literal; the conditions that join the two sides of `at`. */
PropterStatus rml_expression(PropterMapping *m, const DocTriple *at, TermMap **out, PropterError *err);
PropterStatus rml_joins(PropterMapping *m, const DocTriple *at, Join **joins, size_t *count, PropterError *err);
/* direct.c: the W3C Direct Mapping of the options' database. */
PropterStatus direct_compile(PropterMapping *m, PropterError *err);

/* database_join.c: joins inside one database become queries of it. */
PropterStatus database_joins(PropterMapping *m, PropterError *err);

/* function.c: the row of functions.def with that IRI, or NULL; the number of the parameter or output with that name, or SIZE_MAX. */
const Function *function_find(PropterStr iri);
/* Whether the function is called although a row has no value for this parameter. */
bool function_may_miss(const Function *f, size_t parameter);
size_t function_parameter(const Function *f, PropterStr iri);
size_t function_output(const Function *f, PropterStr iri);

/* call.c: function executions and gather maps, read into the term map. */
typedef PropterStatus (*ReadTermMap)(PropterMapping *m, const DocTriple *at, TermMap **out, PropterError *err);
PropterStatus call_read(PropterMapping *m, const DocTriple *at, const DocTriple *execution, ReadTermMap argument, Call **out, PropterError *err);
/* change.c: what the subject of a triples map asks of the last run; whether the map may (INVALID with its place), counted. */
ChangeKind change_kind(const TermMap *subject);
PropterStatus change_check(PropterMapping *m, const TriplesMap *map, PropterError *err);
/* target.c: bits of the targets that a term map names; whether a triples map makes such targets, not triples. */
PropterStatus target_read(PropterMapping *m, Node term_map, uint64_t *targets, PropterError *err);
bool target_makes(const PropterMapping *m, Node triples_map);

/* source.c: the source of a triples map (found again if it was there), by its node or by a path relative to a document. */
PropterStatus source_compile(PropterMapping *m, const DocTriple *at, size_t *index, PropterError *err);
/* The reader and the options that the reference formulation at `at` asks for. */
PropterStatus source_formulation(PropterMapping *m, LogicalSource *s, const DocTriple *at, PropterError *err);
/* Does a text of this source stand for no value? */
bool source_null(const LogicalSource *s, PropterStr text);
PropterStatus source_of_file(PropterMapping *m, const DocTriple *at, PropterStr path, const PropterTableOptions *options, size_t *index, PropterError *err);

/* view.c: fills the source that is a logical view (RML-LV); frees what it holds. */
PropterStatus view_compile(PropterMapping *m, const DocTriple *at, LogicalSource *s, PropterError *err);
void view_clear(View *view);
/* view_rows.c: opens a file of a source; the rows of a view are those of its fields. */
/* Hands on why a source could not be opened or read; what has no line or byte of the file gets the place of the source in the mapping. */
PropterStatus source_failed(const PropterMapping *m, size_t source, size_t file, PropterStatus status, const PropterError *why, PropterError *err);
PropterStatus source_open(const PropterMapping *m, size_t source, size_t file, const PropterLimits *limits, PropterTable **table, PropterError *err);

/* files.c: the files of a source by its path. NOT_FOUND when a pattern or a directory has none. */
PropterStatus source_files(PropterMapping *m, LogicalSource *s, PropterError *err);

/* A query of the database at `address` (empty: the options'), its text made by the caller between the two: `s` gets reader and address; then it is kept. */
PropterStatus source_at_address(PropterMapping *m, LogicalSource *s, PropterStr address, PropterStr directory, PropterError *err);
PropterStatus source_keep(PropterMapping *m, LogicalSource *s, size_t *index, PropterError *err);

/* The options' database: path, graph and reader. */
PropterStatus source_of_database(PropterMapping *m, LogicalSource *s, PropterError *err);

/* model.c: parts of a mapping in its arena. */
void *model_alloc(PropterMapping *m, size_t size, PropterError *err);
PropterStatus model_constant(PropterMapping *m, const PropterTerm *term, const DocTriple *at, TermMap **out, PropterError *err);
PropterStatus model_reference(PropterMapping *m, PropterStr column, TermType type, const DocTriple *at, TermMap **out, PropterError *err);
/* Template text: {column}, with \{ \} and \\ for themselves. INVALID with the place of a brace without its partner. */
PropterStatus model_template(PropterMapping *m, PropterStr text, TermType type, const DocTriple *at, TermMap **out, PropterError *err);
/* eval.c: appends a value as it stands in an IRI template, percent-encoded. */
void model_encode(PropterBuf *out, PropterStr value);
/* A statement for the graph of document `file`; blank nodes are those of that document. */
PropterStatus model_definition(PropterMapping *m, uint32_t file, const PropterTerm *s, const PropterTerm *p, const PropterTerm *o, PropterError *err);
PropterTerm model_word(PropterVocab word);
/* Label of a blank node of a document, the same in every run and of no other document: "m" and a hash of the document's IRI and `label`. */
void model_blank(const PropterMapping *m, uint32_t file, PropterStr label, char out[34]);

/* lexical.c: white space around this datatype's values means nothing. */
bool lexical_collapses(PropterStr datatype);
/* First day of what a cell of a time column says: by the pattern, else 2011-08-07, 2011-08-07T10:00, 2011-08, 2011-Q3 (also 2011 Q3, Q3 2011), 2011-W32,
 * 2011. */
bool lexical_first_day(PropterStr pattern, PropterStr text, PropterDay *day);

#endif
