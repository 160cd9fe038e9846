/* SPDX-License-Identifier: Apache-2.0 */
/* What yarrrml.c is written with: statements, expressions, prefixes; sources, targets and mappings by name. */
#ifndef MAP_YARRRML_WRITE_H
#define MAP_YARRRML_WRITE_H

#include "yaml.h"
#include "yarrrml.h"

enum { YARRRML_DEPTH = 32, YARRRML_STATEMENTS = 1000000 };

struct Yarrrml {
  YamlFile *files;  /* of each path; those that are no YARRRML are not loaded */
  PropterStr *iris; /* of each file */
  size_t count;
  PropterArena arena;
  /* While a document is handed over. */
  const PropterRdfSink *sink;
  YamlFile *file;
  PropterTerm source; /* of the present triples map; NONE: it has none */
  bool tables;        /* that source is a table or query of R2RML */
  bool joins;         /* inside a join condition */
  unsigned depth;     /* functions inside one another */
  size_t blanks, statements;
};

/* --- Statements: names such as "rr:template" are those of yarrrml.def ------------------------------------------------------------ */

PropterTerm fresh(Yarrrml *y); /* a blank node; its text is empty when memory is exhausted, which `say` reports */
PropterStatus say(Yarrrml *y, const PropterTerm *s, const char *p, const PropterTerm *o, const yaml_node_t *at, PropterError *err);
PropterStatus say_word(Yarrrml *y, const PropterTerm *s, const char *p, const char *o, const yaml_node_t *at, PropterError *err);
PropterStatus say_type(Yarrrml *y, const PropterTerm *s, const char *class, const yaml_node_t *at, PropterError *err);
PropterStatus say_text(Yarrrml *y, const PropterTerm *s, const char *p, PropterStr text, const yaml_node_t *at, PropterError *err);
/* The IRI of a text, its prefix expanded. INVALID: it is none. */
PropterStatus iri_of(Yarrrml *y, PropterStr text, const yaml_node_t *at, PropterTerm *iri, PropterError *err);

/* --- Expressions ------------------------------------------------------------------------------------------------------------------- */

typedef enum { EXPRESSION_IS_CONSTANT, EXPRESSION_IS_REFERENCE, EXPRESSION_IS_TEMPLATE } ExpressionIs;
typedef enum { TYPE_IS_LITERAL, TYPE_IS_IRI, TYPE_IS_BLANK, TYPE_IS_UNSAID } TypeIs;

/* Text with references "$(name)": a constant, one reference, or a template of R2RML. Prefixes and external values ("$(_name)") are put in, "~iri" and the like
 * taken off. */
typedef struct {
  ExpressionIs kind;
  TypeIs type;
  PropterStr text;
} Expression;
PropterStatus expression_of(Yarrrml *y, const yaml_node_t *node, Expression *out, PropterError *err);
bool type_named(PropterStr name, TypeIs *type);
/* rr:constant (an IRI if `iri`), rml:reference or rr:column, or rr:template. */
PropterStatus say_expression(Yarrrml *y, const PropterTerm *map, const Expression *e, bool iri, const yaml_node_t *at, PropterError *err);
/* yarrrml.c: a function and its parameters as the value of a term map. */
PropterStatus say_function(Yarrrml *y, const PropterTerm *map, const yaml_node_t *node, PropterError *err);

/* --- By name ------------------------------------------------------------------------------------------------------------------------ */

/* The value of `name` under a key of the first document that has it (number *where), the present one first. */
yaml_node_t *among_all(Yarrrml *y, const char *key, PropterStr name, size_t *where);
/* What has a name under a key such as "source" in document number `where` is an IRI like a mapping; what is described in place a blank node. */
PropterStatus named_iri(Yarrrml *y, size_t where, const char *kind, PropterStr name, PropterTerm *out, PropterError *err);
/* "path~kind": what stands before the last '~', and behind it. */
PropterStr split_kind(PropterStr text, PropterStr *kind);
/* A word of YARRRML and the one of RML; NULL: none of the list. */
typedef struct {
  const char *name, *word;
} Choice;
const Choice *choose(const Choice *list, size_t count, PropterStr name);
#define CHOOSE(list, name) choose(list, sizeof(list) / sizeof *(list), name)
PropterStatus unknown(Yarrrml *y, const yaml_node_t *at, const char *what, PropterStr name, PropterError *err);

/* The n-th triples map of that name in whichever document, if there is one. */
PropterStatus mapping_named(Yarrrml *y, const yaml_node_t *name, size_t n, PropterTerm *out, bool *found, PropterError *err);
PropterStatus mapping_iri(Yarrrml *y, const YamlFile *file, PropterStr name, size_t n, PropterTerm *out, PropterError *err);
/* A source or target by its name, or described in place (and then said). `tables`: it is a table of R2RML. */
PropterStatus source_named(Yarrrml *y, yaml_node_t *node, PropterTerm *out, bool *tables, PropterError *err);
/* A source described in place even if `node` is the name of one. */
PropterStatus source_anew(Yarrrml *y, yaml_node_t *node, PropterTerm *out, bool *tables, PropterError *err);
/* yarrrml_target.c: what a term map says of a target by its name or id, or described in place (and then said). */
PropterStatus say_one_target(Yarrrml *y, const PropterTerm *map, yaml_node_t *node, PropterError *err);
/* Those that the present document names. */
PropterStatus say_named_sources(Yarrrml *y, yaml_node_t *sources, PropterError *err);
PropterStatus say_named_targets(Yarrrml *y, yaml_node_t *targets, PropterError *err);
PropterStatus say_named_authentications(Yarrrml *y, yaml_node_t *authentications, PropterError *err);

#endif
