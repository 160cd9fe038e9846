/* SPDX-License-Identifier: Apache-2.0 */
/* CSV on the Web: metadata (https://www.w3.org/TR/tabular-metadata/) read as a mapping, executed as CSV2RDF (https://www.w3.org/TR/csv2rdf/) says. */
#ifndef MAP_CSVW_H
#define MAP_CSVW_H

#include <jansson.h>

#include "execute.h"
#include "propter/regex.h"

typedef enum { CSVW_ANY, CSVW_TEXT, CSVW_NUMBER, CSVW_DATE, CSVW_BOOLEAN, CSVW_BINARY, CSVW_OTHER } CsvwKind;

/* How cells of a column are written and what they stand for. */
typedef struct {
  const char *base;    /* name in csvw.def */
  PropterStr base_iri; /* of its datatype */
  PropterStr iri;      /* of what is made: base_iri unless the datatype has an @id */
  CsvwKind kind;
  PropterStr format;                 /* date pattern, number pattern or "Y|N"; empty: none */
  Written written;                   /* of numbers */
  PropterRegex *regex;               /* of the format of other kinds; NULL: none */
  int64_t length, shortest, longest; /* in characters, of binary types bytes; -1: any */
  PropterStr low, high;              /* bounds; empty: none */
  bool low_open, high_open;          /* the bound itself is outside */
} CsvwType;

typedef struct {
  PropterStr name, title;                /* percent-encoded; as the header has it */
  json_t *json;                          /* its description; NULL: only the header says that it is there */
  PropterStr lang, separator, otherwise; /* no data: none */
  PropterStr about, property, value;     /* URI templates; no data: none */
  bool ordered, required, suppressed, is_virtual;
  json_t *nulls; /* NULL: the empty text */
  CsvwType type;
} CsvwColumn;
typedef PROPTER_VEC(CsvwColumn) CsvwColumns;

/* Where a file's header is not what the metadata say. */
typedef struct {
  uint64_t line;
  size_t column; /* SIZE_MAX: none in particular */
  PropterStr value;
  const char *reason;
} CsvwProblem;

typedef struct {
  json_t *json, *schema, *group; /* schema and group: NULL where there is none */
  PropterStr url;                /* of the table */
  PropterStr base, lang;         /* of the document: references and texts */
  const char *file;              /* of the metadata */
  uint32_t document;
  size_t source; /* in the mapping */
  size_t skip_rows, skip_columns, header_rows;
  bool trim_start, trim_end, skip_blank;
  bool minimal, suppressed;
  bool says_columns; /* columns that it does not describe have no titles */
  json_t *row_titles;
  CsvwColumns columns;               /* those of the file, then virtual ones */
  PROPTER_VEC(CsvwProblem) problems; /* of a validation; otherwise they are warnings */
} CsvwTable;

/* A primary key, or a foreign key and what it refers to. */
typedef struct {
  size_t table, other; /* numbers of tables; other of a primary key: SIZE_MAX */
  size_t *columns, *other_columns;
  size_t count;
} CsvwKey;

struct Csvw {
  bool validate;
  PROPTER_VEC(CsvwTable) tables;
  PROPTER_VEC(CsvwKey) keys;
  PROPTER_VEC(json_t *) documents;
  PROPTER_VEC(PropterStr) warnings; /* what the metadata say that is passed over */
};

/* True for a JSON document whose @context names http://www.w3.org/ns/csvw, and for a table (csv, tsv). */
bool csvw_is(const char *path);
/* Appends the tables of the mapping's documents that are CSVW to its sources. INVALID, NOT_FOUND, SYNTAX with the file: what is wrong. */
PropterStatus csvw_compile(PropterMapping *m, PropterError *err);
void csvw_free(Csvw *csvw);
/* The rows of the table that is source `n` of the mapping, to the sink. */
PropterStatus csvw_run(Execution *x, size_t n, PropterError *err);
/* csvw_keys.c: the keys seen so far in an execution. */
typedef struct CsvwSeen CsvwSeen;
void csvw_seen_free(const Csvw *csvw, CsvwSeen *seen);

/* csvw_names.c: "dc:title", a term of the CSVW vocabulary or an IRI, as an IRI (static, in the arena or the text itself); no data: it is none of them, or, with
 * a length of 1, out of memory. */
PropterStr csvw_expand(PropterArena *arena, PropterStr name);
/* The IRI as "@type", a prefix of csvw.def with the rest, or itself. No data: out of memory. */
PropterStr csvw_compact(PropterArena *arena, PropterStr iri);
/* A row of csvw.def. NULL, or the IRI and kind of a datatype by name. */
const char *csvw_datatype(const char *name, PropterArena *arena, PropterStr *iri, CsvwKind *kind);
/* An inherited property of a column: its own, else that of the schema, table, group; NULL where none has a valid one. */
json_t *csvw_inherited(const CsvwTable *t, const json_t *column, const char *name);
/* Reads the datatype of a column; a format that cannot be used is passed over with a warning. */
PropterStatus csvw_type(PropterMapping *m, const CsvwTable *t, const json_t *column, CsvwType *out, PropterError *err);
PropterStatus csvw_column(PropterMapping *m, const CsvwTable *t, json_t *json, CsvwColumn *out, PropterError *err);
/* A tag of BCP 47 as people use it: a first subtag of one letter is x or i. */
bool csvw_language(const char *text);
bool csvw_is_texts(const json_t *v);
bool csvw_is_datatype(const json_t *v);
PropterStatus csvw_fail(const CsvwTable *t, PropterError *err, const char *format, ...) PROPTER_PRINTF(3, 4);
PropterStatus csvw_warn(PropterMapping *m, const char *format, ...) PROPTER_PRINTF(2, 3);

/* csvw_check.c: a warning for each property that may not stand in such a description or has a value that it may not have. */
PropterStatus csvw_check_properties(PropterMapping *m, const json_t *object, char where, PropterError *err);
/* Why a description (annotations and keywords) is no valid JSON-LD of this dialect; NULL: it is. */
const char *csvw_annotation_problem(const json_t *object);

/* csvw_value.c: the lexical form of a value of that type. False: `out` is the text as it stands, and *wanted says what was expected (static). */
bool csvw_value(const CsvwType *t, PropterStr text, PropterBuf *out, const char **wanted);
/* Whether the format can be read for this kind. */
bool csvw_format_known(const CsvwType *t, PropterStr format);

#endif
