/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"

#include <rasqal.h>
#include <string.h>
#include <strings.h>

#include "storage.h"

typedef struct {
  const AnswerOptions *options;
  librdf_world *world;
  librdf_storage *storage;
  librdf_model *model;
  librdf_query *query;
  librdf_query_results *results;
  PropterStatus trouble; /* first error the storage or rasqal has reported */
  char words[300];
  unsigned line;
} Answer;

/* librdf's own logger prints memory it never filled; this one prints nothing. */
static int on_log(void *user, librdf_log_message *message) {
  Answer *a = user;
  if (librdf_log_message_level(message) < LIBRDF_LOG_ERROR) return 1;
  int code = librdf_log_message_code(message);
  const char *text = librdf_log_message_message(message);
  bool ours = librdf_log_message_facility(message) == LIBRDF_FROM_STORAGE && code > 0 && code < PROPTER_STATUS_COUNT;
  if (ours && (a->trouble == PROPTER_OK || a->trouble == PROPTER_INVALID)) {
    a->trouble = (PropterStatus)code;
    (void)snprintf(a->words, sizeof a->words, "%.299s", text ? text : "");
  } else if (a->trouble == PROPTER_OK) {
    a->trouble = PROPTER_INVALID;
    (void)snprintf(a->words, sizeof a->words, "%.299s", text ? text : "");
  }
  return 1;
}

static void on_rasqal_log(void *user, raptor_log_message *message) {
  Answer *a = user;
  if (message->level < RAPTOR_LOG_LEVEL_ERROR || a->words[0]) return;
  (void)snprintf(a->words, sizeof a->words, "%.299s", message->text ? message->text : "");
  a->line = message->locator && message->locator->line > 0 ? (unsigned)message->locator->line : 0;
}

static void clean(char *text) {
  for (; *text; text++)
    if ((unsigned char)*text < 0x20 || *text == 0x7F) *text = ' ';
}

/* Does the keyword stand in the query outside strings, IRIs, comments and names? */
static bool has_keyword(const char *q, const char *word) {
  size_t n = strlen(word);
  for (size_t i = 0; q[i];) {
    char c = q[i];
    if (c == '#') {
      while (q[i] && q[i] != '\n' && q[i] != '\r') i++;
    } else if (c == '<' && strcspn(q + i + 1, "<>\"{}|^`\\ \t\r\n") == strcspn(q + i + 1, ">")) {
      i += strcspn(q + i, ">");
    } else if (c == '"' || c == '\'') {
      bool longer = q[i + 1] == c && q[i + 2] == c;
      for (i += longer ? 3 : 1; q[i]; i++) {
        if (q[i] == '\\' && q[i + 1])
          i++;
        else if (q[i] == c && (!longer || (q[i + 1] == c && q[i + 2] == c)))
          break;
      }
      if (q[i]) i += longer ? 3 : 1;
    } else if ((c | 32) >= 'a' && (c | 32) <= 'z') {
      size_t from = i;
      while (q[i] && (((q[i] | 32) >= 'a' && (q[i] | 32) <= 'z') || (q[i] >= '0' && q[i] <= '9') || strchr("_-:.%", q[i]))) i++;
      char before = from ? q[from - 1] : ' ';
      if (i - from == n && strncasecmp(q + from, word, n) == 0 && !strchr("?$:@", before)) return true;
    } else {
      i++;
    }
  }
  return false;
}

/* Parses the query once for what librdf would not say: its mistakes with their line, and whether it wants data from elsewhere. */
static PropterStatus check(Answer *a, const char *text, PropterError *err) {
  static const char *const outside[] = {"FROM", "SERVICE", "LOAD"};
  for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
    if (has_keyword(text, outside[i])) return propter_fail(err, PROPTER_INVALID, "%s is refused: a query reads this graph only (GRAPH <iri> { ... } names a part of it)", outside[i]);
  rasqal_world *world = librdf_world_get_rasqal(a->world);
  rasqal_query *q = rasqal_new_query(world, "sparql11-query", NULL);
  if (!q) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  rasqal_world_set_log_handler(world, a, on_rasqal_log);
  PropterStatus status = PROPTER_OK;
  char base[4096];
  (void)snprintf(base, sizeof base, "%.*s", (int)a->options->base.len, a->options->base.data);
  raptor_uri *base_uri = base[0] ? raptor_new_uri(librdf_world_get_raptor(a->world), (const unsigned char *)base) : NULL;
  if (rasqal_query_prepare(q, (const unsigned char *)text, base_uri) != 0) {
    clean(a->words);
    propter_error_at(err, "query", a->line, 0);
    status = propter_fail(err, PROPTER_SYNTAX, "%s", a->words[0] ? a->words : "not well formed");
  } else {
    raptor_sequence *graphs = rasqal_query_get_data_graph_sequence(q);
    rasqal_query_verb verb = rasqal_query_get_verb(q);
    if (graphs && raptor_sequence_size(graphs) > 0)
      status = propter_fail(err, PROPTER_INVALID, "FROM is refused: a query reads this graph only (GRAPH <iri> { ... } names a part of it)");
    else if (verb != RASQAL_QUERY_VERB_SELECT && verb != RASQAL_QUERY_VERB_ASK && verb != RASQAL_QUERY_VERB_CONSTRUCT)
      status = propter_fail(err, PROPTER_INVALID, "expected SELECT, ASK or CONSTRUCT, found %s", rasqal_query_verb_as_string(verb));
  }
  if (base_uri) raptor_free_uri(base_uri);
  rasqal_free_query(q);
  a->words[0] = '\0';
  return status;
}

static PropterStatus open_all(Answer *a, PropterError *err) {
  char options[100];
  /* Modules of other storages have no business here. */
  (void)setenv("REDLAND_MODULE_PATH", "/nonexistent", 1);
  a->world = librdf_new_world();
  if (!a->world) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  librdf_world_set_logger(a->world, a, on_log);
  librdf_world_open(a->world);
  (void)librdf_storage_register_factory(a->world, "propter", "propter graph directory", storage_factory);
  (void)snprintf(options, sizeof options, "write='no',merge='yes',runs='no',deadline='%u'", a->options->deadline_ms);
  a->storage = librdf_new_storage(a->world, "propter", a->options->folder, options);
  if (!a->storage) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  a->model = librdf_new_model(a->world, a->storage, NULL);
  if (a->model) return PROPTER_OK;
  return a->trouble != PROPTER_OK ? propter_fail(err, a->trouble, "%s", a->words) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

typedef struct {
  Answer *answer;
  int columns;
  librdf_node **nodes;
  PropterTerm *terms;
  bool started;
} Bindings;

static PropterStatus trouble(const Answer *a, PropterError *err) {
  if (a->trouble == PROPTER_OK) return PROPTER_OK;
  char words[sizeof a->words];
  (void)snprintf(words, sizeof words, "%s", a->words);
  clean(words);
  return propter_fail(err, a->trouble, "%s", words);
}

static PropterStatus next_row(void *payload, const PropterTerm **row, PropterError *err) {
  Bindings *b = payload;
  librdf_query_results *results = b->answer->results;
  *row = NULL;
  for (int i = 0; i < b->columns; i++) {
    if (b->nodes[i]) librdf_free_node(b->nodes[i]);
    b->nodes[i] = NULL;
  }
  if (b->started) (void)librdf_query_results_next(results);
  b->started = true;
  PROPTER_TRY(trouble(b->answer, err));
  if (librdf_query_results_finished(results)) return trouble(b->answer, err);
  for (int i = 0; i < b->columns; i++) {
    b->terms[i] = (PropterTerm){.kind = PROPTER_TERM_NONE};
    b->nodes[i] = librdf_query_results_get_binding_value(results, i);
    if (b->nodes[i]) (void)node_term(b->nodes[i], &b->terms[i]);
  }
  *row = b->terms;
  return PROPTER_OK;
}

static PropterStatus write_bindings(Answer *a, const char *format, PropterWrite write, void *payload, PropterError *err) {
  Bindings b = {.answer = a, .columns = librdf_query_results_get_bindings_count(a->results)};
  size_t n = b.columns > 0 ? (size_t)b.columns : 0;
  PropterStr *names = propter_calloc(n, sizeof *names);
  b.nodes = propter_calloc(n, sizeof *b.nodes);
  b.terms = propter_calloc(n, sizeof *b.terms);
  PropterStatus status = names && b.nodes && b.terms ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  if (status == PROPTER_OK) {
    for (size_t i = 0; i < n; i++) names[i] = propter_str(librdf_query_results_get_binding_name(a->results, (int)i));
    PropterRows rows = {names, n, next_row, &b};
    status = propter_rows_write(&rows, format, a->options->raw, write, payload, NULL, err);
    for (size_t i = 0; i < n; i++)
      if (b.nodes[i]) librdf_free_node(b.nodes[i]);
  }
  propter_free(names);
  propter_free(b.nodes);
  propter_free(b.terms);
  return status;
}

static PropterStatus write_graph(Answer *a, const char *format, PropterWrite write, void *payload, PropterError *err) {
  PropterRdfWriterOptions options = {.format = format};
  PropterRdfWriter *writer = NULL;
  PROPTER_TRY(propter_rdf_writer_open(&options, write, payload, &writer, err));
  PropterStatus status = PROPTER_OK;
  librdf_stream *stream = librdf_query_results_as_stream(a->results);
  if (!stream) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  for (; status == PROPTER_OK && !librdf_stream_end(stream); (void)librdf_stream_next(stream)) {
    librdf_statement *s = librdf_stream_get_object(stream);
    PropterStatement st = {.line = 0};
    if (!s || !node_term(librdf_statement_get_subject(s), &st.s) || !node_term(librdf_statement_get_predicate(s), &st.p) || !node_term(librdf_statement_get_object(s), &st.o)) continue;
    if (st.s.kind == PROPTER_TERM_LITERAL || st.p.kind != PROPTER_TERM_IRI) continue; /* no RDF triple: CONSTRUCT leaves it out */
    status = propter_rdf_writer_add(writer, &st, err);
  }
  if (stream) librdf_free_stream(stream);
  if (status == PROPTER_OK) status = trouble(a, err);
  if (status == PROPTER_OK) status = propter_rdf_writer_finish(writer, err);
  propter_rdf_writer_close(writer);
  return status;
}

static PropterStatus run(Answer *a, const char *text, PropterWrite write, void *payload, bool *negative, PropterError *err) {
  const AnswerOptions *o = a->options;
  PROPTER_TRY(open_all(a, err));
  PROPTER_TRY(check(a, text, err));
  librdf_uri *base = o->base.len ? librdf_new_uri2(a->world, (const unsigned char *)o->base.data, o->base.len) : NULL;
  a->query = librdf_new_query(a->world, "sparql11-query", NULL, (const unsigned char *)text, base);
  if (base) librdf_free_uri(base);
  if (!a->query) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  a->results = librdf_model_query_execute(a->model, a->query);
  if (!a->results) {
    PROPTER_TRY(trouble(a, err));
    return propter_fail(err, PROPTER_INVALID, "the query engine cannot answer this query; propter query --help names what it lacks");
  }
  if (librdf_query_results_is_boolean(a->results)) {
    int answer = librdf_query_results_get_boolean(a->results);
    PROPTER_TRY(trouble(a, err));
    if (answer < 0) return propter_fail(err, PROPTER_INVALID, "the query engine cannot answer this query; propter query --help names what it lacks");
    *negative = answer == 0;
    return propter_boolean_write(answer != 0, o->format ? o->format : "table", write, payload, err);
  }
  if (librdf_query_results_is_bindings(a->results)) return write_bindings(a, o->format ? o->format : "table", write, payload, err);
  return write_graph(a, o->format ? o->format : "turtle", write, payload, err);
}

PropterStatus answer_query(const char *text, const AnswerOptions *options, PropterWrite write, void *payload, bool *negative, PropterError *err) {
  Answer a = {.options = options};
  *negative = false;
  PropterStatus status = run(&a, text, write, payload, negative, err);
  if (a.results) librdf_free_query_results(a.results);
  if (a.query) librdf_free_query(a.query);
  if (a.model) librdf_free_model(a.model);
  if (a.storage) librdf_free_storage(a.storage);
  if (a.world) librdf_free_world(a.world);
  return status;
}
