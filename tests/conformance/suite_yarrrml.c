/* SPDX-License-Identifier: Apache-2.0 */
/* The reference translator's cases: the RML that a YARRRML document becomes, equal up to the names of its nodes. What has the same meaning in two forms is
 * brought to one on both sides: a constant with the term type IRI is an IRI; a template without a reference is a constant; predicate-object maps that say
 * classes are rr:class; rr:class of what is no subject map (the translator's description of HTTP headers) is rdf:type; white space in a query is one blank. The
 * description of the document itself (void:Dataset, its authors), which says nothing of the mapping, is left out. */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conformance.h"
#include "propter/io.h"
#include "yarrrml.h"

#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define RR "http://www.w3.org/ns/r2rml#"

static bool is(const PropterTerm *t, const char *iri) { return t->kind == PROPTER_TERM_IRI && propter_str_equal(t->value, propter_str(iri)); }

static bool says(const Dataset *d, const PropterTerm *s, const char *p, const char *o) {
  const PropterTerm *t;
  for (size_t i = 0; (t = dataset_object(d, s, p, i)); i++)
    if (is(t, o)) return true;
  return false;
}

/* A node of the mapping, whose IRI begins with `own`, whatever its name. */
static PropterTerm node(const PropterTerm *t, PropterStr own) {
  PropterTerm out = *t;
  if (t->kind == PROPTER_TERM_IRI && own.len && propter_str_starts(t->value, own)) out.kind = PROPTER_TERM_BLANK;
  return out;
}

static bool about_document(const Dataset *d, const PropterTerm *s) {
  for (size_t i = 0; i < d->count; i++)
    if (propter_str_equal(d->items[i].term[2].value, s->value) && propter_str_ends(d->items[i].term[1].value, PROPTER_STR("/contributor"))) return true;
  return dataset_object(d, s, "http://rdfs.org/ns/void#exampleResource", 0) != NULL;
}

static void one_blank(PropterStr text, PropterBuf *out) {
  PropterStr rest = propter_str_trim(text);
  for (size_t i = 0; i < rest.len; i++) {
    bool space = strchr(" \t\r\n", rest.data[i]) != NULL;
    if (!space || !strchr(" \t\r\n", rest.data[i - 1])) propter_buf_add_char(out, space ? ' ' : rest.data[i]);
  }
}

/* The node that says `p` of `o`; NULL: none. */
static const PropterTerm *subject_of(const Dataset *d, const char *p, const PropterTerm *o) {
  for (size_t i = 0; o && i < d->count; i++)
    if (is(&d->items[i].term[1], p) && propter_str_equal(d->items[i].term[2].value, o->value)) return &d->items[i].term[0];
  return NULL;
}

/* The subject map for which a predicate-object map says classes only; NULL: it says something else. */
static const PropterTerm *class_of(const Dataset *d, const PropterTerm *pom) {
  const PropterTerm *predicate = dataset_object(d, pom, RR "predicateMap", 0), *object;
  if (!predicate || !says(d, predicate, RR "constant", RDF "type") || dataset_object(d, pom, RR "predicateMap", 1) || dataset_object(d, pom, RR "graphMap", 0))
    return NULL;
  for (size_t i = 0; (object = dataset_object(d, pom, RR "objectMap", i)); i++)
    if (!dataset_object(d, object, RR "constant", 0)) return NULL;
  return dataset_object(d, subject_of(d, RR "predicateObjectMap", pom), RR "subjectMap", 0);
}

/* The subject map where `s` is such a predicate-object map or a part of one. */
static const PropterTerm *part_of_class(const Dataset *d, const PropterTerm *s) {
  const PropterTerm *pom = subject_of(d, RR "objectMap", s);
  if (!pom) pom = subject_of(d, RR "predicateMap", s);
  return class_of(d, pom ? pom : s);
}

static void normal_form(const Dataset *d, PropterStr own, Dataset *out) {
  PropterBuf text = {0};
  for (size_t i = 0; i < d->count; i++) {
    const PropterTerm *t = d->items[i].term, *classes = part_of_class(d, &t[0]);
    PropterTerm quad[4] = {node(&t[0], own), t[1], node(&t[2], own), {0}};
    propter_buf_reset(&text);
    if (about_document(d, &t[0]) || (is(&t[1], RR "predicateObjectMap") && class_of(d, &t[2]))) continue;
    if (classes) {
      if (!is(&t[1], RR "constant") || !subject_of(d, RR "objectMap", &t[0])) continue;
      quad[0] = node(classes, own), quad[1] = propter_iri(PROPTER_STR(RR "class"));
    }
    bool subject = subject_of(d, RR "subjectMap", &t[0]) != NULL;
    if (subject && is(&t[1], RR "template") && !memchr(t[2].value.data, '{', t[2].value.len)) quad[1] = propter_iri(PROPTER_STR(RR "constant"));
    if (is(&t[1], RR "class") && !subject && !class_of(d, &t[0])) quad[1] = propter_iri(PROPTER_STR(RDF "type"));
    if (propter_str_equal(quad[1].value, PROPTER_STR(RR "constant")) && quad[2].kind == PROPTER_TERM_LITERAL &&
        (subject || subject_of(d, RR "graphMap", &t[0]) || says(d, &t[0], RR "termType", RR "IRI")))
      quad[2].kind = PROPTER_TERM_IRI;
    if (is(&quad[1], RR "class")) quad[2].kind = PROPTER_TERM_IRI;
    if (propter_str_ends(t[1].value, PROPTER_STR("#query")) || is(&t[1], RR "sqlQuery")) {
      one_blank(t[2].value, &text);
      quad[2].value = propter_buf_str(&text);
    }
    if (!dataset_add(out, quad)) abort();
  }
  propter_buf_clear(&text);
}

static PropterStatus add(const PropterStatement *st, void *payload, PropterError *err) {
  PropterTerm term[4] = {st->s, st->p, st->o, {0}};
  return dataset_add(payload, term) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

/* The nodes of a truth have the empty prefix. */
static PropterStatus read_truth(const char *path, Dataset *out, PropterBuf *own, PropterError *err) {
  PropterBuf text = {0};
  PropterStatus status = propter_io_read_file(path, 0, &text, err);
  const char *at = status == PROPTER_OK && text.data ? strstr(text.data, "@prefix : <") : NULL;
  if (at) propter_buf_add(own, (PropterStr){at + 11, strcspn(at + 11, ">")});
  if (status == PROPTER_OK && text.len) status = dataset_read_text(out, propter_buf_str(&text), "turtle", PROPTER_STR("http://example.com/"), err);
  propter_buf_clear(&text);
  return status;
}

static PropterStatus translate(const char *const *paths, size_t count, Dataset *out, PropterError *err) {
  Yarrrml *y = NULL;
  PropterRdfSink sink = {.statement = add, .payload = out};
  PropterStatus status = yarrrml_open(paths, count, NULL, &y, err);
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) status = yarrrml_read(y, i, &sink, err);
  yarrrml_free(y);
  return status;
}

static void run_case(const char *const *paths, size_t count, const char *truth) {
  Dataset made = {0}, read = {0}, found = {0}, wanted = {0};
  PropterError err = {0};
  PropterBuf why = {0}, own = {0}, theirs = {0};
  char text[1024];
  PropterStatus status = translate(paths, count, &made, &err);
  if (status == PROPTER_OK && truth) status = read_truth(truth, &read, &theirs, &err);
  (void)propter_error_format(&err, text, sizeof text);
  if (!truth) {
    if (status != PROPTER_OK && err.line) conformance_pass();
    else conformance_failed("expected an error with its line, found %s", status == PROPTER_OK ? "none" : text);
  } else if (status != PROPTER_OK) {
    conformance_failed("%s", text);
  } else {
    for (size_t i = 0; i < count; i++) {
      propter_buf_reset(&own);
      (void)propter_iri_of_file(paths[i], &own, NULL);
      own.len = (size_t)(strrchr(own.data, '/') - own.data); /* all documents of a case lie in one folder */
    }
    normal_form(&made, propter_buf_str(&own), &found);
    normal_form(&read, propter_buf_str(&theirs), &wanted);
    if (dataset_equal(&found, &wanted, &why)) conformance_pass();
    else conformance_failed("%s", why.data);
  }
  propter_buf_clear(&why);
  propter_buf_clear(&own);
  propter_buf_clear(&theirs);
  dataset_clear(&made);
  dataset_clear(&read);
  dataset_clear(&found);
  dataset_clear(&wanted);
}

/* A truth belongs to the document with its name: mapping.rml.ttl to mapping.yarrrml, mapping.yml, …; several documents where none has it.
 */
static void run_folder(const char *folder, const char *name) {
  size_t count, documents;
  char path[2048], which[2048];
  struct stat st;
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  char **files = conformance_list(path, "", "", &count);
  for (size_t i = 0; i < count; i++) {
    char *file = files[i], *paths[64];
    char whole[4096];
    (void)snprintf(whole, sizeof whole, "%s/%s", path, file);
    (void)snprintf(which, sizeof which, "%s%s%s", name, *name ? "/" : "", file);
    if (stat(whole, &st) == 0 && S_ISDIR(st.st_mode)) {
      run_folder(folder, which);
      continue;
    }
    bool invalid = strcmp(name, "invalid") == 0;
    char *end = strstr(file, invalid ? ".yml" : ".r2rml.ttl");
    if (!end && !invalid) end = strstr(file, ".rml.ttl");
    if (!end) continue;
    documents = 0;
    for (int exact = 1; exact >= 0 && !documents; exact--)
      for (size_t k = 0; k < count && documents < 64; k++) {
        bool mine = exact ? strncmp(files[k], file, (size_t)(end - file) + 1) == 0 : true;
        if (!mine || !strstr(files[k], ".y")) continue;
        if (exact && strstr(files[k] + (end - file) + 1, "rml.ttl")) continue;
        (void)snprintf(whole, sizeof whole, "%s/%s", path, files[k]);
        if (!(paths[documents++] = strdup(whole))) abort();
      }
    (void)snprintf(whole, sizeof whole, "%s/%s", path, file);
    if (documents && conformance_case(which)) run_case((const char *const *)paths, documents, invalid ? NULL : whole);
    for (size_t k = 0; k < documents; k++) free(paths[k]);
  }
  for (size_t i = 0; i < count; i++) free(files[i]);
  free(files);
}

static void run(const char *folder) { run_folder(folder, ""); }

const ConformanceSuite conformance_yarrrml = {.name = "yarrrml", .folder = "ingest/yarrrml/test", .run = run};
