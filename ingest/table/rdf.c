/* SPDX-License-Identifier: Apache-2.0 */
/* RDF files: a row for each statement, or for each solution of a query that the caller's function answers. Statements are read by a thread of their own, a
 * batch ahead, because the readers of RDF hand over and do not wait to be asked. */
#include <pthread.h>
#include <string.h>

#include "propter/rdf.h"
#include "terms.h"

enum { BATCH = 1024, SUBJECT = 0, PREDICATE, OBJECT, DATATYPE, LANGUAGE, GRAPH, COLUMNS };

typedef struct {
  PropterStatement items[BATCH];
  size_t count;
  PropterArena texts;
} Batch;

typedef struct {
  Terms terms;
  const char *path;
  const PropterLimits *limits;
  PropterLimits own;
  PropterTableSolutions answer; /* of a query: close is not NULL */

  pthread_t reader;
  pthread_mutex_t lock;
  pthread_cond_t turn;
  bool running, full, ended, stop; /* full: `ready` is to be taken */
  Batch *filling, *ready, *taken;
  size_t next; /* of those taken */
  PropterStatus status; /* of the reading */
  PropterError why;
} Rdf;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading RDF"); }

/* --- The thread that reads ---------------------------------------------------------------------------------------------------------- */

/* Hands over what is filled, once the batch before was taken. False: nobody wants it any more. */
static bool hand_over(Rdf *r) {
  pthread_mutex_lock(&r->lock);
  while (r->full && !r->stop) pthread_cond_wait(&r->turn, &r->lock);
  Batch *empty = r->ready;
  bool go_on = !r->stop;
  if (go_on) r->ready = r->filling, r->filling = empty, r->full = true;
  pthread_cond_signal(&r->turn);
  pthread_mutex_unlock(&r->lock);
  r->filling->count = 0;
  propter_arena_clear(&r->filling->texts);
  return go_on;
}

static bool copy_term(PropterArena *arena, PropterTerm *t) {
  if (t->kind == PROPTER_TERM_NONE) return true;
  t->value = propter_arena_copy(arena, t->value), t->datatype = propter_arena_copy(arena, t->datatype), t->language = propter_arena_copy(arena, t->language);
  return t->value.data && t->datatype.data && t->language.data;
}

static PropterStatus take_statement(const PropterStatement *st, void *payload, PropterError *err) {
  Rdf *r = payload;
  if (r->filling->count == BATCH && !hand_over(r)) return propter_fail(err, PROPTER_CANCELLED, "the reading was ended");
  PropterStatement *kept = &r->filling->items[r->filling->count++];
  *kept = *st;
  PropterArena *a = &r->filling->texts;
  return copy_term(a, &kept->s) && copy_term(a, &kept->p) && copy_term(a, &kept->o) && copy_term(a, &kept->g) ? PROPTER_OK : no_memory(err);
}

static void *read_all(void *payload) {
  Rdf *r = payload;
  const PropterRdfOptions options = {.limits = r->limits};
  const PropterRdfSink sink = {.statement = take_statement, .payload = r};
  PropterError why = {0};
  PropterStatus status = propter_rdf_read(r->path, &options, &sink, &why);
  if (status == PROPTER_OK && r->filling->count) (void)hand_over(r);
  pthread_mutex_lock(&r->lock);
  r->ended = true, r->status = status, r->why = why;
  pthread_cond_signal(&r->turn);
  pthread_mutex_unlock(&r->lock);
  return NULL;
}

static PropterStatus start(Rdf *r, PropterError *err) {
  r->filling = propter_calloc(1, sizeof *r->filling);
  r->ready = propter_calloc(1, sizeof *r->ready);
  r->taken = propter_calloc(1, sizeof *r->taken);
  if (!r->filling || !r->ready || !r->taken) return no_memory(err);
  r->running = pthread_create(&r->reader, NULL, read_all, r) == 0;
  return r->running ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no thread could be started to read %s", r->path);
}

/* The next statement, or NULL at the end. */
static PropterStatus next_statement(Rdf *r, const PropterStatement **st, PropterError *err) {
  *st = NULL;
  if (!r->running) PROPTER_TRY(start(r, err));
  if (r->next == r->taken->count) {
    pthread_mutex_lock(&r->lock);
    while (!r->full && !r->ended) pthread_cond_wait(&r->turn, &r->lock);
    bool more = r->full;
    Batch *used = r->taken;
    if (more) r->taken = r->ready, r->ready = used, r->full = false;
    pthread_cond_signal(&r->turn);
    pthread_mutex_unlock(&r->lock);
    if (!more && err && r->status != PROPTER_OK) *err = r->why;
    if (!more) return r->status;
    r->next = 0;
  }
  *st = &r->taken->items[r->next++];
  return PROPTER_OK;
}

/* --- The reader ---------------------------------------------------------------------------------------------------------------------- */

static void free_batch(Batch *b) {
  if (b) propter_arena_clear(&b->texts);
  propter_free(b);
}

static void close_rdf(void *state) {
  Rdf *r = state;
  if (r->running) {
    pthread_mutex_lock(&r->lock);
    r->stop = true;
    pthread_cond_signal(&r->turn);
    pthread_mutex_unlock(&r->lock);
    (void)pthread_join(r->reader, NULL);
  }
  if (r->answer.close) r->answer.close(r->answer.state);
  free_batch(r->filling);
  free_batch(r->ready);
  free_batch(r->taken);
  (void)pthread_cond_destroy(&r->turn);
  (void)pthread_mutex_destroy(&r->lock);
  terms_clear(&r->terms);
  propter_free(r);
}

static PropterStatus open_rdf(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  static const char *const names[COLUMNS] = {"subject", "predicate", "object", "datatype", "language", "graph"};
  Rdf *r = propter_calloc(1, sizeof *r);
  if (!r) return no_memory(err);
  if (pthread_mutex_init(&r->lock, NULL) != 0) return propter_free(r), no_memory(err);
  if (pthread_cond_init(&r->turn, NULL) != 0) return (void)pthread_mutex_destroy(&r->lock), propter_free(r), no_memory(err);
  *state = r;
  r->path = path;
  r->own = *limits, r->limits = &r->own;
  if (strcmp(path, "-") != 0 && !propter_rdf_format_of_file(path)) return propter_fail(err, PROPTER_USAGE, "expected a file whose ending says its RDF syntax");
  if (options->query && !options->answer) return propter_fail(err, PROPTER_USAGE, "nobody here answers a query over an RDF file; propter ingest does");
  if (options->query) PROPTER_TRY(options->answer(path, options->query, r->limits, &r->answer, err));
  size_t count = options->query ? r->answer.columns : COLUMNS;
  for (size_t i = 0; i < count; i++) PROPTER_TRY(terms_name(&r->terms, options->query ? r->answer.names[i] : propter_str(names[i]), err));
  return PROPTER_OK;
}

static PropterStatus next_solution(Rdf *r, PropterRow *row, bool *found, PropterError *err) {
  const PropterTerm *terms;
  PROPTER_TRY(r->answer.next(r->answer.state, &terms, err));
  *found = terms != NULL;
  if (!terms) return PROPTER_OK;
  PROPTER_TRY(terms_begin(&r->terms, row, ++r->next, err));
  for (size_t i = 0; i < r->terms.names.count; i++)
    if (terms[i].kind != PROPTER_TERM_NONE) PROPTER_TRY(terms_set(&r->terms, i, terms[i].value, terms[i].datatype, err));
  return PROPTER_OK;
}

static PropterStatus next_rdf(void *state, PropterRow *row, bool *found, PropterError *err) {
  Rdf *r = state;
  const PropterStatement *st;
  *found = true;
  if (terms_header(&r->terms, row)) return PROPTER_OK;
  if (r->answer.close) return next_solution(r, row, found, err);
  PROPTER_TRY(next_statement(r, &st, err));
  *found = st != NULL;
  if (!st) return PROPTER_OK;
  PROPTER_TRY(terms_begin(&r->terms, row, st->line, err));
  const PropterStr none = {"", 0}, texts[COLUMNS] = {st->s.value, st->p.value, st->o.value, st->o.datatype, st->o.language, st->g.value};
  for (size_t i = 0; i < COLUMNS; i++)
    if (i == OBJECT || (texts[i].data && texts[i].len)) PROPTER_TRY(terms_set(&r->terms, i, texts[i], i == OBJECT ? st->o.datatype : none, err));
  return PROPTER_OK;
}

const TableReader table_reader_rdf = {.name = "rdf",
                                      .extensions = "",
                                      .summary = "RDF, a row for each statement or for each solution of a query",
                                      .open = open_rdf,
                                      .next = next_rdf,
                                      .close = close_rdf,
                                      .sheet = true};
