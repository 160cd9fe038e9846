/* SPDX-License-Identifier: Apache-2.0 */
/* Metric definitions that teams have in YAML or JSON, as the propter:Metric statements that they stand for, each with the line that it comes from. A metric is
 * an IRI: that of the file, '#' and its name. Nothing is passed over: what a propter:Metric cannot say is INVALID with its line, and refuses that metric and
 * those made of it. */
#ifndef MAP_DEFINE_H
#define MAP_DEFINE_H

#include "propter/hash.h"
#include "propter/rdf.h"
#include "propter/vocab.h"
#include "yaml.h"

/* Where statements go, and the definitions that cannot be said. */
typedef struct {
  PropterRdfSink rdf;
  size_t (*mark)(void *payload);                         /* how many statements were taken */
  void (*forget)(size_t from, size_t to, void *payload); /* statements between two marks */
  PropterStatus (*refuse)(PropterStr name, const PropterError *why, void *payload, PropterError *err);
  PropterStatus (*warn)(PropterStr key, uint64_t line, void *payload, PropterError *err); /* a key that is passed over */
  void (*stand)(size_t n, void *payload); /* what follows stands in the n-th document of the call */
} DefineSink;

typedef struct Definitions Definitions;
/* A document, read as a tree. */
typedef struct {
  YamlFile tree;
  const Definitions *form;
  size_t number; /* among the documents of the call */
} DefineFile;
/* Those of the documents of one call that are of one of the forms. What one of them leads to may stand in another of its form. */
typedef struct {
  PROPTER_VEC(DefineFile) items;
} DefineFiles;

/* A metric whose definition was read: the statements it made, or that it is refused. */
typedef struct {
  PropterStr name;
  size_t from, to;
  bool refused;
} DefineMetric;
/* A metric that another is made of, and where it says so. */
typedef struct {
  size_t metric;
  PropterStr other;
  const yaml_node_t *at;
} DefinePart;

typedef struct {
  YamlFile *file;      /* what is looked at: the tree of `in` */
  DefineFile *in;      /* the document itself, or another that it leads to */
  DefineFiles *others; /* and itself */
  YamlFile held;       /* of a text inside a document that is read as one of its own */
  const DefineSink *sink;
  PROPTER_VEC(DefineMetric) metrics;
  PROPTER_VEC(DefinePart) parts;
  PropterArena arena;
  PropterMap told;          /* parts that were refused, by name and line */
  PropterStr iri;           /* of the file */
  bool database;            /* the caller names one, which can compute what a file cannot give */
  size_t statements, looks; /* looks: items of lists that were looked at, so that aliases of aliases end */
} Define;

/* A row of definitions.def. */
struct Definitions {
  /* Whether a document is of that form, by its name and its first 64 KiB. */
  bool (*is)(const char *path);
  PropterStatus (*read)(Define *d, PropterError *err);
  /* Rewrites the tree before any document is read; NULL: it is read as it stands. */
  PropterStatus (*prepare)(Define *d, PropterError *err);
};

/* True for a file of one of the forms. */
bool define_is(const char *path);
/* Reads those of the paths that are of one of the forms as trees; errors as yaml_open. Free with define_close, also after a failure. */
PropterStatus define_open(const char *const *paths, size_t count, const PropterLimits *limits, DefineFiles *out, PropterError *err);
void define_close(DefineFiles *files);
/* Hands over the statements of the n-th document of the call, which is of one of the forms. LIMIT: more than a million of them; else as the form. */
PropterStatus define_read(DefineFiles *files, size_t n, bool database, const DefineSink *sink, PropterError *err);
/* Reads the definition `node` of the metric `name`, part of `owner`: where it is INVALID, it is refused and nothing of it is said. */
typedef PropterStatus (*DefineReader)(Define *d, yaml_node_t *owner, yaml_node_t *node, PropterError *err);
PropterStatus define_metric(Define *d, PropterStr name, DefineReader read, yaml_node_t *owner, yaml_node_t *node, PropterError *err);

/* Reads what a definition can do without: where that is INVALID, it is refused by `name`, once for all metrics, and nothing of it is said. */
typedef PropterStatus (*DefinePartReader)(Define *d, const void *payload, PropterError *err);
PropterStatus define_part(Define *d, PropterStr name, DefinePartReader read, const void *payload, PropterError *err);

/* What a word of a form means here; words that stand in no table have no meaning here. */
typedef struct {
  const char *name, *text;
  PropterVocab word;
} Meaning;
extern const Meaning define_grains[]; /* from fine to coarse; text: the grain */
PropterStatus define_meaning(Define *d, const yaml_node_t *node, const Meaning *table, const Meaning **out, PropterError *err);

/* What `find` finds where `d` looks, else in another document of that form; `in`: where. NULL: nowhere. */
typedef yaml_node_t *(*DefineFinder)(Define *d, void *payload);
yaml_node_t *define_find(Define *d, DefineFinder find, void *payload, DefineFile **in);
/* From now on `d` looks there: nodes are of that document, and what is said or refused stands in it. Returns where it looked before. */
DefineFile *define_go(Define *d, DefineFile *to);

/* Nodes. A value that is null is none. */
yaml_node_t *define_get(Define *d, const yaml_node_t *node, const char *names);
/* What a mapping may say: `names` separated by '|'; "!NAME" among them changes figures in a way that no propter:Metric says: INVALID. Other keys are passed
 * over with a warning, or are INVALID, too, where "!*" is among the names; one whose value is null, false or empty may stand anywhere: it says nothing. Names
 * begin with one that is known. */
PropterStatus define_keys(Define *d, const yaml_node_t *node, const char *names, PropterError *err);
/* The n-th item of a list; NULL after the last, of none, and when too many were looked at, which define_read reports. */
yaml_node_t *define_item(Define *d, yaml_node_t *list, size_t n);
/* The item of a list that is called so; NULL: none. */
yaml_node_t *define_named(Define *d, yaml_node_t *list, PropterStr name);
bool define_true(const yaml_node_t *node);
/* The node, NULL for an empty text. */
yaml_node_t *define_said(yaml_node_t *node);
/* A name of letters, digits and _ in a node; `what` is expected. */
PropterStatus define_name(Define *d, const yaml_node_t *at, const yaml_node_t *node, const char *what, PropterStr *out, PropterError *err);

/* Texts. Takes a word or name off the text, with the white space around it. */
bool define_take(PropterStr *text, PropterStr word);
PropterStr define_take_name(PropterStr *text);
/* Takes "and" off the text, whatever its capitals, with something behind it. */
bool define_take_and(PropterStr *text);
/* A column that is compared with a literal: = (or ==), !=, <>, <, <=, >, >=, as SQL has them. */
typedef struct {
  PropterStr column, literal;
  const char *is;
  bool quoted;
} Comparison;
/* Takes "IS literal" after its left side, up to `and` or the end. */
bool define_take_comparison(PropterStr *text, Comparison *out);

/* Statements about a metric by its name. */
PropterStatus define_no_memory(PropterError *err);
PropterStatus define_say(Define *d, PropterStr metric, PropterVocab p, PropterTerm o, const yaml_node_t *at, PropterError *err);
PropterStatus define_say_word(Define *d, PropterStr metric, PropterVocab p, PropterVocab o, const yaml_node_t *at, PropterError *err);
/* Nothing where the node is missing. */
PropterStatus define_say_text(Define *d, PropterStr metric, PropterVocab p, const yaml_node_t *node, PropterError *err);
PropterStatus define_say_grain(Define *d, PropterStr metric, const Meaning *grain, const yaml_node_t *at, PropterError *err);
/* The IRI of a metric or another thing of the document; data NULL: no memory. */
PropterStr define_iri(Define *d, PropterStr name);
/* Its class and names: `label` as words ("orderCount": order count), and its description. */
PropterStatus define_say_kind(Define *d, PropterStr name, PropterVocab class, PropterStr label, yaml_node_t *description, const yaml_node_t *at,
                              PropterError *err);
/* That it is a metric, and its names: `label` empty: the name as words. */
PropterStatus define_say_metric(Define *d, PropterStr metric, PropterStr label, yaml_node_t *description, const yaml_node_t *at, PropterError *err);
/* What the form says to propter alone: completeness_delay, good_direction, mutability_window, owner, synonyms, unit, unit_label. `meta` NULL: nothing. */
PropterStatus define_say_meta(Define *d, PropterStr metric, const yaml_node_t *meta, PropterError *err);
/* The slice that a form calls `name`, for non_additive_dimensions. */
typedef PropterStatus (*DefineSliceNamed)(Define *d, yaml_node_t *owner, const yaml_node_t *at, PropterStr name, PropterStr *slice, PropterError *err);
/* non_additive_dimensions of `meta` (NULL: none): dimensions over which the measure is not added up. `from`: whose document the meta is, where it is not `d`. */
PropterStatus define_say_non_additive(Define *d, PropterStr metric, Define *from, const yaml_node_t *meta, DefineSliceNamed named, yaml_node_t *owner,
                                      PropterError *err);
/* Only rows of which it is true belong to the metric: a fixed member, or, where it is not =, SQL that is appended to `condition`. INVALID: that without a
 * database. */
PropterStatus define_say_filter(Define *d, PropterStr metric, const Comparison *only, PropterStr *condition, const yaml_node_t *at, PropterError *err);
/* Adds up `text` where the condition is true; an empty one always is. */
PropterStatus define_where(Define *d, PropterStr condition, PropterStr *text, PropterError *err);
/* How far a cumulative sum reaches back: "7 days", or {count: 7, granularity: day}. `node` NULL: nothing. */
PropterStatus define_say_window(Define *d, PropterStr metric, const yaml_node_t *node, PropterError *err);
/* The same as a duration of days or months. */
PropterStatus define_window(Define *d, const yaml_node_t *node, PropterStr *out, PropterError *err);
/* NAME.csv beside the document, and the table of the caller's database. */
PropterStatus define_say_file(Define *d, PropterStr metric, PropterStr name, PropterStr table, const yaml_node_t *at, PropterError *err);
/* INVALID unless there is a database, which alone can compute `what`. */
PropterStatus define_by_database(Define *d, const yaml_node_t *node, const char *what, PropterError *err);
/* What is added up: the column of that name, or SQL, which only a database evaluates. */
PropterStatus define_say_value(Define *d, PropterStr metric, PropterStr text, const yaml_node_t *at, PropterError *err);
/* A table that is joined with a metric's, or with one that is joined before it, many to one. */
typedef struct DefineJoin DefineJoin;
struct DefineJoin {
  const DefineJoin *around; /* NULL: joined with the metric's table */
  PropterStr path;          /* its name behind those it is reached through, customer.country */
  PropterStr node;          /* what is said of it is said of this name */
  const yaml_node_t *table; /* what the form calls a table */
  size_t columns;           /* it is joined by so many */
};
enum { DEFINE_JOINS = 3 }; /* so many behind one another */
/* Says that there is such a join. `around` NULL: with the table of the metric. */
PropterStatus define_say_join(Define *d, const DefineJoin *around, PropterStr metric, PropterStr name, const yaml_node_t *table, const yaml_node_t *at,
                              DefineJoin *out, PropterError *err);
/* Whether no further table may be joined there: it is the metric's own (`table`) or joined already, or there are enough. */
bool define_join_ends(const DefineJoin *around, const yaml_node_t *own, const yaml_node_t *table);
/* That a column of the table around it equals one of its own. */
PropterStatus define_say_on(Define *d, DefineJoin *join, PropterStr child, PropterStr parent, const yaml_node_t *at, PropterError *err);
/* A column whose members slice the metric, of the metric's own table (`join` NULL) or of a joined one; `label` is what people call that dimension. NULL: no
 * label. */
PropterStatus define_say_slice(Define *d, PropterStr metric, const DefineJoin *join, PropterStr column, yaml_node_t *label, const yaml_node_t *at,
                               PropterError *err);
/* The numerator (part 0) or denominator (part 1) of a ratio: another metric. */
PropterStatus define_say_part(Define *d, PropterStr metric, int part, PropterStr other, const yaml_node_t *at, PropterError *err);

#endif
