/* SPDX-License-Identifier: Apache-2.0 */
/* Mappings: RML (http://w3id.org/rml/, and its 2014 vocabulary with R2RML's terms) metric definitions and CSVW metadata, from tables to
 * quads. */
#ifndef PROPTER_MAP_H
#define PROPTER_MAP_H

#include "propter/graph.h"
#include "propter/run.h"
#include "propter/table.h"

/* A set of mapping documents, read and checked. */
typedef struct PropterMapping PropterMapping;

/* Zero-initialise for the defaults. Strings are borrowed until the mapping is freed. */
typedef struct {
  PropterStr base;      /* base IRI of what the mapping makes, where the mapping states none itself; may be empty */
  const char *database; /* of R2RML's logical tables: the path of an SQLite file, a postgresql:// address, or odbc: and a connection string; NULL: none */
  bool plain_values;    /* values of databases are texts, whatever their type */
  bool minimal;         /* CSVW: what the cells say, and nothing of the tables and rows that say it (CSV2RDF's minimal mode) */
  const char *csvm;     /* CSVW: a file like a site's /.well-known/csvm (Model for Tabular Data, 5.3): where the metadata of a table that is given alone
                           may lie, a line each, the first that describes it counts. NULL: {+url}-metadata.json, csv-metadata.json */
  bool validate;        /* CSVW: the run makes nothing and rejects what a validator calls an error: headers, cells, primary and foreign keys */
  PropterTableAnswer answer; /* of queries over RDF files (propter/table.h); NULL: a source that has one is an error */
  const PropterStr *nulls; /* texts that are no value in every source, besides those it names itself (rml:null); but for CSVW, which says its own */
  size_t null_count;
  const char *file;        /* what every source that is a file is read from, whatever the mapping says; NULL: that */
  const char *encoding;    /* of files of text whose mapping names none, by its name in iconv; NULL: by their first bytes, else UTF-8 */
  const char *plain;       /* ASCII characters that templates of IRIs leave as they are, not percent-encoded; NULL: none but RFC 3987's iunreserved */
  const PropterLimits *limits; /* NULL: defaults */
} PropterMappingOptions;

/* Reads documents (files; standard input is none of them); with none and a database, makes the W3C Direct Mapping of it. `options` NULL: defaults. NOT_FOUND,
 * SYNTAX, INVALID with file and line: what is wrong in the mapping; single metric definitions are refused (propter_mapping_refusal), and INVALID says all
 * of them only where none is left. Free with propter_mapping_free. */
PROPTER_API PropterStatus propter_mapping_read(const char *const *paths, size_t count, const PropterMappingOptions *options, PropterMapping **out,
                                               PropterError *err);
PROPTER_API void propter_mapping_free(PropterMapping *mapping);
/* True if the mapping is one document of CSVW metadata, or a table read as one. */
PROPTER_API bool propter_mapping_is_csvw(const PropterMapping *mapping);
/* What the metadata say that is passed over, in words; NULL after the last. A run logs them. */
PROPTER_API const char *propter_mapping_warning(const PropterMapping *mapping, size_t n);

/* A definition of a metric that is left out because it says what no propter:Metric can: dbt's, Cube's, Ossie's. A run hands each over as a reject of the rule
 * "definition" before the first row. */
typedef struct {
  PropterStr file, name; /* of the metric */
  uint64_t line;
  PropterStr reason;
} PropterMapRefusal;
PROPTER_API const PropterMapRefusal *propter_mapping_refusal(const PropterMapping *mapping, size_t n); /* NULL after the last */

/* A file that the mapping itself wants written (RML-IO's logical targets), besides what goes to the graph. */
typedef struct {
  PropterStr path;        /* `by_row`: of the folder that its files lie in; empty or ending with '/' */
  bool by_row;            /* one file for each path that rows give (PropterMapRecord.places) */
  PropterStr format;      /* name of a writer of RDF, by its IRI in http://www.w3.org/ns/formats/: "nquads" where it names none */
  PropterStr encoding;    /* known to iconv; empty: UTF-8 */
  PropterStr compression; /* "", "gzip", "zip", "targzip" or "tarxz" */
  PropterStr stream;      /* IRI of the event stream (https://w3id.org/ldes) that its subjects are members of; empty: none */
  PropterStr timestamp_path, version_of_path; /* of the stream: IRIs; may be empty */
} PropterMapTarget;
enum { PROPTER_MAP_TARGETS = 64 };
PROPTER_API const PropterMapTarget *propter_mapping_target(const PropterMapping *mapping, size_t n); /* NULL after the last */

/* A logical source of the mapping: a table and the graph its triples go to where the mapping names none. */
typedef struct {
  PropterStr path;         /* of the file, as the mapping says; of a database: its address */
  const PropterStr *files; /* as they will be opened, in the order of their names: of a directory or a pattern all files in it, else the path alone */
  size_t file_count;
  bool database;    /* it is reached through a server, there is no file */
  PropterStr graph; /* IRI: that of the logical source if it has one, else the file: IRI of the file */
} PropterMapSource;
PROPTER_API const PropterMapSource *propter_mapping_source(const PropterMapping *mapping, size_t n); /* NULL after the last */

/* How the table of a source is read; of what is read through a view or by CSVW, as far as that says it. Borrowed; n is one that
 * propter_mapping_source has. */
PROPTER_API const PropterTableOptions *propter_mapping_source_options(const PropterMapping *mapping, size_t n);

/* Statements of the documents that are no mapping and belong into the graph (metric definitions, and what a metric file says besides):
 * `statement` is called for each with the graph (the file: IRI of the document); blank node labels are unique in the mapping. */
PROPTER_API PropterStatus propter_mapping_definitions(const PropterMapping *mapping,
                                                      PropterStatus (*statement)(const PropterTerm quad[4], void *payload, PropterError *err), void *payload,
                                                      PropterError *err);

/* What one row gave through one triples map. Quads name terms by index; borrowed for the call. */
#define PROPTER_MAP_DEFAULT UINT32_MAX
typedef struct {
  PropterTerm term;
  uint64_t targets;  /* of its term map */
  uint32_t constant; /* 0, or the number of a term that is the same in every record (1, 2, … below propter_mapping_constants) */
} PropterMapTerm;
typedef struct {
  uint32_t s, p, o;
  uint32_t g;       /* PROPTER_MAP_DEFAULT: the graph of the source */
  uint64_t targets; /* bit n: it goes to target n; 0: to the graph */
} PropterMapQuad;
/* Terms of a record, from `begin` up to `end`. */
typedef struct {
  uint32_t begin, end;
} PropterMapTerms;
typedef struct {
  size_t source; /* propter_mapping_source */
  size_t map;    /* number of the triples map */
  uint64_t line;
  const PropterMapTerm *terms;
  size_t term_count;
  const PropterMapQuad *quads;
  size_t quad_count;
  const PropterMapTerms *places; /* of each target that is `by_row`: the paths of its files for this row, as literals; NULL: the mapping has none */
} PropterMapRecord;

/* Some rows that stand together in a file: a hash of their bytes and of all else that decides what they give, how many they are, and how many bytes. */
typedef struct {
  uint64_t hash;
  uint32_t rows, bytes;
} PropterMapGroup;

/* Receives the result; a failure stops the run and is what it returns. */
typedef struct {
  PropterStatus (*record)(const PropterMapRecord *record, void *payload, PropterError *err);
  PropterStatus (*reject)(const PropterReject *reject, void *payload, PropterError *err);
  /* True if the graph knows this predicate as a measure; NULL: only what the mapping documents say counts. */
  bool (*is_measure)(PropterStr predicate, void *payload);
  /* Where both are given, rows of plain tables are executed by several threads: `render` appends a record to `out` in any of them (it reads the payload
   * only), `take` gets what was rendered in the order of the rows. Records of other sources go to `record`. */
  PropterStatus (*render)(const PropterMapRecord *record, PropterBuf *out, void *payload, PropterError *err);
  PropterStatus (*take)(PropterStr rendered, void *payload, PropterError *err);
  /* NULL, or called before each row with a hash of all that decides what the row gives: `known` true passes it over. Only for mappings that work row by row
   * (propter_mapping_by_row); not together with `take`. */
  PropterStatus (*row)(uint64_t hash, bool *known, void *payload, PropterError *err);
  /* With `row`, all or none: `group` tells that the last rows handed over were one; `expected` is the group that is known to follow if nothing has changed,
   * NULL: none; if it does, `passed` is called instead of `row` for each of its rows. */
  PropterStatus (*group)(const PropterMapGroup *group, void *payload, PropterError *err);
  const PropterMapGroup *(*expected)(void *payload);
  PropterStatus (*passed)(void *payload, PropterError *err);
  /* NULL, or for propter_mapping_is_csvw: what is made is JSON (https://www.w3.org/TR/csv2json/), handed over piece by piece, and `record` is not called. */
  PropterStatus (*json)(PropterStr piece, void *payload, PropterError *err);
  void *payload;
} PropterMapSink;

/* What the rows of the last run were, for mappings that ask what is new, changed or gone (IncRML's implicitCreate, implicitUpdate, implicitDelete). */
typedef struct PropterMapChanges PropterMapChanges;
/* Reads what propter_map_changes_write wrote; path NULL or no such file: nothing was read before. DAMAGED names the file. Free also after a failure. */
PROPTER_API PropterStatus propter_map_changes_open(const char *path, PropterMapChanges **out, PropterError *err);
/* What one run read that was given them, in place of what was there before. */
PROPTER_API PropterStatus propter_map_changes_write(const PropterMapChanges *changes, const char *path, PropterError *err);
PROPTER_API void propter_map_changes_free(PropterMapChanges *changes);
/* True if the mapping asks for them. */
PROPTER_API bool propter_mapping_finds_changes(const PropterMapping *mapping);

typedef struct {
  bool provenance;    /* say of each subject of class qb:Observation from which file, line and columns it comes */
  unsigned threads;   /* 0: as many as there are processors */
  bool subjects_only; /* hand over one quad per row and triples map, of its subject alone, if it has one subject */
  bool unsafe_iris;   /* hand over what rml:UnsafeIRI makes although it may be no IRI; otherwise that is a reject */
  PropterMapChanges *changes; /* NULL: nothing was read before */
  const PropterLimits *limits;
  const PropterLog *log;
} PropterMapOptions;

typedef struct {
  uint64_t rows;    /* rows read, once per source */
  uint64_t empty;   /* times that a row had no subject, because a value was missing */
  uint64_t rejects; /* calls of reject */
} PropterMapCounts;

/* Reads every source once and hands over the records in the order of the sources (as the mapping names them), rows and triples maps. A
 * row that breaks a rule gives no record of that triples map but a reject. Definitions that are refused are rejects, too. Errors besides those of the tables:
 * INVALID and NOT_FOUND with file and line of the mapping (unknown column, …); LIMIT, NO_MEMORY. */
PROPTER_API PropterStatus propter_mapping_run(const PropterMapping *mapping, const PropterMapOptions *options, const PropterMapSink *sink,
                                              PropterMapCounts *counts, PropterError *err);
/* One more than the highest constant number. */
PROPTER_API uint32_t propter_mapping_constants(const PropterMapping *mapping);
/* The constant of a number from 1. Borrowed. */
PROPTER_API const PropterTerm *propter_mapping_constant(const PropterMapping *mapping, uint32_t number);
/* True if what a row gives does not depend on what other rows of its source gave before: nothing is gathered across rows. */
PROPTER_API bool propter_mapping_by_row(const PropterMapping *mapping);
/* A join of two triples maps: of how many conditions, whether it is answered from the child's row alone because both ends are the same row, and whether the
 * database answers it because both ends are tables of it. Names are borrowed. */
typedef struct {
  const char *child, *parent, *file;
  uint64_t line;
  size_t conditions;
  bool projection, database;
} PropterMapJoin;
/* The n-th join in the order of the mapping; false: there are no more. */
PROPTER_API bool propter_mapping_join(const PropterMapping *mapping, size_t n, PropterMapJoin *join);
/* Whether the n-th source is read by expressions (JSON, XML), and the one for whose sake its whole document is held, appended to `whole`; nothing where one
 * row at a time is. Opens its first file; errors as propter_mapping_run. */
PROPTER_API PropterStatus propter_mapping_whole(const PropterMapping *mapping, size_t source, bool *expressions, PropterBuf *whole, PropterError *err);
/* Number of triples maps; and whether one may make a quad twice in one row, or one that another triples map makes, too. */
PROPTER_API size_t propter_mapping_maps(const PropterMapping *mapping);
PROPTER_API bool propter_mapping_may_meet(const PropterMapping *mapping, size_t map);

/* True if `text` (white space at both ends already dropped, where the type allows it) is in the lexical space of the XSD datatype, or the
 * datatype is none that is checked (see map/lexical.c). On false, *wanted says what is expected: static text. */
PROPTER_API bool propter_lexical_valid(PropterStr datatype, PropterStr text, const char **wanted);

#endif
