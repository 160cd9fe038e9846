/* SPDX-License-Identifier: Apache-2.0 */
#include "rml_case.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conformance.h"
#include "propter/io.h"
#include "propter/map.h"
#include "rdf_answer.h"

static PropterStatus take(const PropterMapRecord *r, void *payload, PropterError *err) {
  for (size_t i = 0; i < r->quad_count; i++) {
    const PropterMapQuad *q = &r->quads[i];
    PropterTerm term[4] = {r->terms[q->s].term, r->terms[q->p].term, r->terms[q->o].term, {0}};
    PropterBuf iri = {0};
    if (q->g != PROPTER_MAP_DEFAULT) term[3] = r->terms[q->g].term;
    if (term[0].kind == PROPTER_TERM_IRI && memchr(term[0].value.data, ' ', term[0].value.len)) {
      for (size_t k = 0; k < term[0].value.len; k++) {
        if (term[0].value.data[k] == ' ')
          propter_buf_add_utf8(&iri, 0xE000);
        else
          propter_buf_add_char(&iri, term[0].value.data[k]);
      }
      term[0].value = propter_buf_str(&iri);
    }
    bool added = dataset_add(payload, term);
    propter_buf_clear(&iri);
    if (!added) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  }
  return PROPTER_OK;
}

static PropterStatus ignore_reject(const PropterReject *r, void *payload, PropterError *err) {
  (void)r, (void)payload, (void)err;
  return PROPTER_OK;
}

static PropterStatus refuse_reject(const PropterReject *r, void *payload, PropterError *err) {
  (void)payload;
  propter_error_at(err, r->file.data, r->row, 0);
  return propter_fail(err, PROPTER_INVALID, "%s", r->reason.data);
}

/* The mapping with the server's address in it and no other user, in a file of its own. */
static PropterStatus copy_mapping(const char *path, const char *dsn, char copy[], PropterError *err) {
  const char *const marks[][2] = {{"$CONNECTIONDSN", dsn}, {"CONNECTIONDSN", dsn}, {"d2rq:username \"$USERNAME\";", ""}, {"d2rq:password \"$PASSWORD\"", ""}};
  PropterBuf text = {0};
  int fd = mkstemps(copy, 4);
  PropterStatus status = fd >= 0 ? propter_io_read_file(path, 0, &text, err) : propter_io_fail(err, copy, "make");
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    PropterStr mark = propter_str(marks[i][0]);
    size_t at = status == PROPTER_OK ? propter_str_find(propter_buf_str(&text), mark) : SIZE_MAX;
    if (at == SIZE_MAX) continue;
    PropterBuf out = {0};
    propter_buf_printf(&out, "%.*s%s%s", (int)at, text.data, marks[i][1], text.data + at + mark.len);
    propter_buf_clear(&text);
    text = out;
  }
  if (fd >= 0) close(fd);
  if (status == PROPTER_OK) status = propter_io_write_file(copy, propter_buf_str(&text), err);
  propter_buf_clear(&text);
  return status;
}

/* What must be refused runs as with --on-error stop, the rest as with --on-error skip. */
static PropterStatus execute(const RmlCase *c, bool stop, bool plain, Dataset *out, PropterError *err) {
  PropterMapping *mapping = NULL;
  PropterMapCounts counts;
  PropterMappingOptions options = {.base = propter_str(c->base), .database = c->database, .plain_values = plain, .answer = rdf_answer};
  PropterMapSink sink = {.record = take, .reject = stop ? refuse_reject : ignore_reject, .payload = out};
  char copy[] = "/tmp/propter-mapping-XXXXXX.ttl";
  const char *path = c->mapping ? c->mapping : "mapping.ttl";
  if (c->dsn) {
    PROPTER_TRY(copy_mapping(path, c->dsn, copy, err));
    path = copy;
  }
  PropterStatus read = propter_mapping_read(&path, c->direct ? 0 : 1, &options, &mapping, err);
  if (c->dsn) (void)unlink(copy);
  PROPTER_TRY(read);
  PropterStatus status = propter_mapping_run(mapping, &(PropterMapOptions){.unsafe_iris = true}, &sink, &counts, err);
  propter_mapping_free(mapping);
  return status;
}

/* Truths of rml:UnsafeIRI hold blanks inside IRIs and so are no N-Quads: on both sides they become a character of private use. */
static PropterStatus read_truth(Dataset *d, const char *path, PropterError *err) {
  if (propter_str_ends(propter_str(path), PROPTER_STR(".ttl"))) return dataset_read(d, path, "turtle", err);
  PropterBuf text = {0}, clean = {0};
  bool in_iri = false;
  char before = ' ';
  PropterStatus status = propter_io_read_file(path, 0, &text, err);
  for (size_t i = 0; status == PROPTER_OK && i < text.len; i++) {
    char c = text.data[i];
    if (!in_iri && c == '<' && strchr(" \t\r\n^.", before)) in_iri = true;
    if (in_iri && (c == '>' || c == '\n')) in_iri = false;
    if (in_iri && c == ' ')
      propter_buf_add_utf8(&clean, 0xE000);
    else
      propter_buf_add_char(&clean, c);
    before = c;
  }
  if (status == PROPTER_OK) status = dataset_read_text(d, propter_buf_str(&clean), "nquads", PROPTER_STR(""), err);
  propter_buf_clear(&text);
  propter_buf_clear(&clean);
  return status;
}

typedef enum { SAME, DIFFERENT, FAILED } Result;

static Result compare(const RmlCase *c, bool plain, PropterBuf *why) {
  Dataset found = {0}, wanted = {0};
  PropterError err = {0};
  char text[1024];
  Result result = SAME;
  PropterStatus status = execute(c, false, plain, &found, &err);
  if (status == PROPTER_OK) status = read_truth(&wanted, c->truth, &err);
  if (status != PROPTER_OK) {
    (void)propter_error_format(&err, text, sizeof text);
    propter_buf_printf(why, "%s", text);
    result = FAILED;
  } else {
    if (c->any_number) dataset_numbers(&found), dataset_numbers(&wanted);
    if (c->any_integer) dataset_plain_integers(&found), dataset_plain_integers(&wanted);
    if (!dataset_equal(&found, &wanted, why)) result = DIFFERENT;
  }
  dataset_clear(&found);
  dataset_clear(&wanted);
  return result;
}

static void run_refused(const RmlCase *c, const char *name) {
  Dataset found = {0};
  PropterError err = {0};
  char text[1024];
  PropterStatus status = execute(c, true, false, &found, &err);
  (void)propter_error_format(&err, text, sizeof text);
  if (status == PROPTER_OK)
    conformance_failed("expected an error, found %zu quads", found.count);
  else
    conformance_pass();
  if (getenv("VERBOSE") && status != PROPTER_OK) printf("#   %s: refused: %s\n", name, text);
  dataset_clear(&found);
}

void rml_case(const char *folder, const char *name, RmlCase c) {
  char path[4096], here[4096];
  struct stat st;
  PropterBuf why = {0};
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  if (!getcwd(here, sizeof here) || chdir(path) != 0) {
    conformance_failed("cannot enter %s", path);
    return;
  }
  if (c.fails || stat(c.truth, &st) != 0)
    run_refused(&c, name);
  else if (compare(&c, false, &why) == SAME || (c.plain_too && compare(&c, true, &why) == SAME))
    conformance_pass();
  else
    conformance_failed("%s", why.data);
  propter_buf_clear(&why);
  if (chdir(here) != 0) abort();
}

void rml_cases(const char *folder, const char *prefix, const char *suffix, RmlCase (*rml)(const char *folder, const char *name)) {
  size_t count;
  char **names = conformance_list(folder, prefix, suffix, &count);
  for (size_t i = 0; i < count; i++) {
    RmlCase c = rml(folder, names[i]);
    if (c.truth && conformance_case(names[i])) rml_case(folder, names[i], c);
    free(names[i]);
  }
  free(names);
}

bool rml_error_expected(const char *folder, const char *name) {
  char path[4096], line[8192];
  bool expected = false, here = false;
  (void)snprintf(path, sizeof path, "%s/metadata.csv", folder);
  FILE *f = fopen(path, "r");
  while (f && fgets(line, sizeof line, f)) {
    PropterStr row = propter_str_trim(propter_str(line)), wanted = propter_str(name);
    /* A description may go over several lines; the next name begins the next row. */
    if (propter_str_starts(row, PROPTER_STR("RML"))) here = propter_str_starts(row, wanted) && row.len > wanted.len && row.data[wanted.len] == ',';
    if (here && propter_str_ends(row, PROPTER_STR(",true"))) expected = true;
  }
  if (f) fclose(f);
  return expected;
}
