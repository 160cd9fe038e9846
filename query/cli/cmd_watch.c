/* SPDX-License-Identifier: Apache-2.0 */
/* Stored questions: asked again after each run, reported and posted only when their answer changed. They are triples in a graph of their own. */
#include "config.h"

#include <string.h>

#include "propter/fetch.h"
#include "propter/hash.h"
#include "propter/why.h"
#include "sparql_call.h"
#include "view.h"

#define WATCHES "https://w3id.org/propter/watch"
#define PREFIXES "PREFIX p: <https://w3id.org/propter#> "
#define SELECT PREFIXES "SELECT ?w ?q ?a ?h { GRAPH <" WATCHES "> { ?w p:question ?q OPTIONAL { ?w p:answer ?a } OPTIONAL { ?w p:webhook ?h } } } ORDER BY ?w"

typedef struct {
  PropterStr iri, question, answer, webhook; /* answer: the last one in a line; webhook: may be empty */
  PropterStr now;                            /* the answer of today */
  PropterBuf json;
  bool understood;
} Watch;

typedef struct {
  const CommandCall *call;
  PropterArena arena;
  PROPTER_VEC(Watch) watches;
  const char *values[SPARQL_CALL_RULES + 1];
  const char *const *rules; /* what may be posted to */
  PropterError *err;
} Session;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory"); }

static PropterStr short_name(PropterStr iri) {
  const size_t skip = sizeof WATCHES "/" - 1;
  return iri.len > skip ? (PropterStr){iri.data + skip, iri.len - skip} : iri;
}

static PropterStatus take(const PropterTerm *row, void *payload, PropterError *err) {
  Session *s = payload;
  PropterStr text[4];
  for (int i = 0; i < 4; i++)
    if (!(text[i] = propter_arena_copy(&s->arena, row[i].kind == PROPTER_TERM_NONE ? PROPTER_STR("") : row[i].value)).data) return no_memory(err);
  return propter_vec_push(&s->watches, ((Watch){.iri = text[0], .question = text[1], .answer = text[2], .webhook = text[3]})) ? PROPTER_OK : no_memory(err);
}

static PropterStatus read_watches(Session *s, PropterSnapshot *snapshot) { return propter_query_each(snapshot, PROPTER_STR(SELECT), take, s, s->err); }

/* What of an answer counts as its change: the window, the outcome, the causes that are named, how likely and on what grounds. Numbers that jitter do not. */
static void put_answer(PropterBuf *out, const PropterWhyAnswer *a) {
  propter_put_line(out, a->inference ? a->form_short : a->headline);
  if (a->inference) propter_buf_printf(out, ": %s", propter_answer_outcome_name(a->outcome));
  else propter_buf_printf(out, " (%s)", propter_gap_code(a->question.gap));
  for (size_t i = 0; a->outcome == PROPTER_ANSWER_ANSWERED && i < a->named; i++) {
    propter_buf_add(out, i ? PROPTER_STR("; ") : PROPTER_STR(", ")), propter_put_line(out, a->cause[i].name);
    propter_buf_printf(out, " (%s, ", a->cause[i].likely), propter_put_line(out, a->cause[i].grade), propter_buf_add_char(out, ')');
  }
}

static PropterStatus ask(Session *s, PropterSnapshot *snapshot, Watch *w) {
  PropterWhyOptions options = propter_why_options();
  PropterWhyAnswer *answer = NULL;
  PropterBuf text = {0};
  options.today = s->call->today, options.infer.threads = s->call->threads, options.infer.score.seed = s->call->seed;
  PropterStatus status = propter_why_ask(snapshot, w->question, &options, &answer, s->err);
  if (status == PROPTER_INVALID || status == PROPTER_NOT_FOUND || status == PROPTER_SYNTAX) { /* the data moved away from it: that is an answer, too */
    propter_buf_printf(&text, "no answer: %s", s->err ? s->err->message : "");
    propter_error_clear(s->err);
    status = PROPTER_OK;
  } else if (status == PROPTER_OK) {
    put_answer(&text, answer);
    w->understood = answer->inference != NULL;
    status = propter_why_render(answer, "json", &w->json, s->err);
  }
  if (status == PROPTER_OK) status = propter_buf_status(&text, s->err);
  if (status == PROPTER_OK && !(w->now = propter_arena_copy(&s->arena, propter_buf_str(&text))).data) status = no_memory(s->err);
  propter_buf_clear(&text);
  propter_why_free(answer);
  return status;
}

/* One line of the report; the texts come from the graph. */
static void say(const Session *s, const char *before, PropterStr text, const char *after) {
  PropterBuf line = {0};
  propter_put_line(&line, text);
  fprintf(s->call->out, "%s%s%s", before, line.data ? line.data : "", after);
  propter_buf_clear(&line);
}

/* --- changes, each a run on record --------------------------------------------------------------------------------------------- */

static void put_literal(PropterBuf *out, PropterStr text) {
  const PropterTerm term = propter_literal(text);
  propter_term_write(&term, out);
}

static PropterStatus change(Session *s, PropterBuf *text) {
  const CommandCall *call = s->call;
  PropterGraph *graph = NULL;
  PropterWriter *writer = NULL;
  PropterQuery *query = NULL;
  PropterRun *record = NULL;
  const PropterQueryOptions options = propter_query_options();
  PropterStatus status = propter_buf_status(text, s->err);
  const PropterRunOptions run = {.kind = "watch", .now = call->now, .software = PROPTER_STR("propter " PACKAGE_VERSION), .parameters = propter_buf_str(text)};
  if (status == PROPTER_OK) status = propter_query_parse(run.parameters, PROPTER_STR(""), &query, s->err);
  if (status == PROPTER_OK) status = propter_graph_open(call->graph, 0, NULL, &graph, s->err);
  if (status == PROPTER_OK) status = propter_writer_open(graph, false, &writer, s->err);
  if (status == PROPTER_OK) status = propter_update_record(query, writer, &options, &run, &record, s->err);
  if (status == PROPTER_OK && !call->dry_run) status = propter_writer_commit(writer, s->err);
  propter_run_free(record);
  propter_writer_close(writer);
  propter_graph_close(graph);
  propter_query_free(query);
  propter_buf_clear(text);
  return status;
}

static PropterStatus keep_answers(Session *s, size_t count, const Watch *const *changed) {
  PropterBuf text = {0};
  if (!count) return PROPTER_OK;
  propter_buf_add(&text, PROPTER_STR(PREFIXES));
  for (size_t i = 0; i < count; i++) {
    const PropterStr iri = changed[i]->iri;
    propter_buf_printf(&text, "DELETE WHERE { GRAPH <" WATCHES "> { <%.*s> p:answer ?a } } ; INSERT DATA { GRAPH <" WATCHES "> { <%.*s> p:answer ",
                       (int)iri.len, iri.data, (int)iri.len, iri.data);
    put_literal(&text, changed[i]->now), propter_buf_add(&text, PROPTER_STR(" } } ;\n"));
  }
  return change(s, &text);
}

/* --- the verbs ----------------------------------------------------------------------------------------------------------------- */

static PropterStatus post(const Session *s, const Watch *w, PropterError *err) {
  PropterBuf body = {.max = 64 << 20}, reply = {.max = 1 << 20}, type = {.max = 1 << 10};
  const PropterFetchOptions options = {.rules = s->rules, .bytes = 1 << 20, .ms = 30000};
  if (!w->webhook.len) return PROPTER_OK;
  const PropterStatus allowed = propter_fetch_allowed(s->rules, w->webhook, NULL, err);
  if (allowed == PROPTER_INVALID) {
    propter_error_clear(err);
    return propter_fail(err, allowed, "<%.*s> is not allowed: expected --allow-webhook (in a job file: allow-webhook) with this URL or one above it",
                        (int)(w->webhook.len < 200 ? w->webhook.len : 200), w->webhook.data);
  }
  PROPTER_TRY(allowed);
  propter_buf_add(&body, PROPTER_STR("{\"watch\":")), propter_put_json(&body, w->iri);
  propter_buf_add(&body, PROPTER_STR(",\"question\":")), propter_put_json(&body, w->question);
  propter_buf_add(&body, PROPTER_STR(",\"was\":")), propter_put_json(&body, w->answer);
  propter_buf_add(&body, PROPTER_STR(",\"now\":")), propter_put_json(&body, w->now);
  propter_buf_add(&body, PROPTER_STR(",\"answer\":"));
  propter_buf_add(&body, w->json.len ? propter_str_trim(propter_buf_str(&w->json)) : PROPTER_STR("null"));
  propter_buf_add_char(&body, '}');
  PropterStatus status = propter_buf_status(&body, err);
  const PropterFetchRequest request = {
      .url = w->webhook, .accept = PROPTER_STR("*/*"), .content_type = PROPTER_STR("application/json"), .body = propter_buf_str(&body)};
  if (status == PROPTER_OK) status = propter_fetch(&request, &options, &reply, &type, err);
  propter_buf_clear(&body), propter_buf_clear(&reply), propter_buf_clear(&type);
  return status;
}

/* Asks all again. What could not be posted keeps its old answer, so that it is posted the next time, and keeps no other from being posted. */
static PropterStatus check(Session *s) {
  CommandView view;
  PropterError away = {0}; /* of the first webhook that failed */
  PropterStatus posted = PROPTER_OK;
  size_t told = 0, waiting = 0;
  PropterStatus status = view_open(s->call, &view, s->err);
  if (status == PROPTER_OK) status = read_watches(s, view.snapshot);
  for (size_t i = 0; i < s->watches.count && status == PROPTER_OK; i++) status = ask(s, view.snapshot, &s->watches.items[i]);
  view_close(&view);
  const Watch **news = status == PROPTER_OK ? propter_arena_alloc(&s->arena, (s->watches.count + 1) * sizeof *news) : NULL;
  if (status == PROPTER_OK && !news) status = no_memory(s->err);
  for (size_t i = 0; i < s->watches.count && status == PROPTER_OK; i++) {
    const Watch *w = &s->watches.items[i];
    if (propter_str_equal(w->answer, w->now)) continue;
    say(s, "changed  ", short_name(w->iri), "  "), say(s, "", w->question, "\n");
    say(s, "    was  ", w->answer.len ? w->answer : PROPTER_STR("never asked"), "\n"), say(s, "    now  ", w->now, "\n");
    PropterError err = {0};
    const PropterStatus one = s->call->dry_run ? PROPTER_OK : post(s, w, &err);
    if (one == PROPTER_OK) news[told++] = w;
    else waiting++, say(s, "not posted  ", propter_str(err.message), "\n");
    if (one != PROPTER_OK && posted == PROPTER_OK) posted = one, away = err;
  }
  PropterStatus kept = news && !s->call->dry_run ? keep_answers(s, told, news) : PROPTER_OK;
  if (status == PROPTER_OK) status = kept;
  if (status != PROPTER_OK) return status;
  fprintf(s->call->out, "%zu of %zu answers changed", told + waiting, s->watches.count);
  if (waiting) fprintf(s->call->out, ", %zu not posted", waiting);
  fputc('\n', s->call->out);
  if (posted != PROPTER_OK && s->err) *s->err = away;
  return posted;
}

static PropterStatus list(Session *s) {
  CommandView view;
  PropterStatus status = view_open(s->call, &view, s->err);
  if (status == PROPTER_OK) status = read_watches(s, view.snapshot);
  view_close(&view);
  for (size_t i = 0; i < s->watches.count && status == PROPTER_OK; i++) {
    const Watch *w = &s->watches.items[i];
    say(s, "", short_name(w->iri), "  "), say(s, "", w->question, "\n"), say(s, "         ", w->answer, "\n");
    if (w->webhook.len) say(s, "         posted to ", w->webhook, "\n");
  }
  return status;
}

static PropterStatus add(Session *s) {
  const CommandCall *call = s->call;
  const char *hook = cmd_value(call, "webhook");
  CommandView view;
  PropterBuf text = {.max = PROPTER_QUESTION_BYTES}, update = {0};
  char hex[33];
  for (unsigned i = 1; i < call->operand_count; i++) {
    if (i > 1) propter_buf_add_char(&text, ' ');
    propter_buf_add(&text, propter_str(call->operands[i]));
  }
  if (!text.len) return propter_buf_clear(&text), propter_fail(s->err, PROPTER_USAGE, "expected a question behind add");
  Watch w = {.question = propter_arena_copy(&s->arena, propter_buf_str(&text))};
  PropterStatus status = propter_buf_status(&text, s->err);
  propter_buf_clear(&text);
  if (status == PROPTER_OK && !w.question.data) status = no_memory(s->err);
  if (status == PROPTER_OK && hook) status = propter_fetch_allowed((const char *const[]){"http:", "https:", NULL}, propter_str(hook), NULL, s->err);
  if (status != PROPTER_OK) return status;
  status = view_open(call, &view, s->err);
  if (status == PROPTER_OK) status = ask(s, view.snapshot, &w);
  view_close(&view);
  propter_hash_hex(w.question, hex);
  if (status == PROPTER_OK && !w.json.len) status = propter_fail(s->err, PROPTER_INVALID, "%.*s", (int)w.now.len, w.now.data);
  if (status == PROPTER_OK && !w.understood) status = propter_fail(s->err, PROPTER_DECLINED, "not watched: %.*s", (int)w.now.len, w.now.data);
  propter_buf_printf(&update, PREFIXES "DELETE WHERE { GRAPH <" WATCHES "> { <" WATCHES "/%.12s> ?p ?o } } ; ", hex);
  propter_buf_printf(&update, "INSERT DATA { GRAPH <" WATCHES "> { <" WATCHES "/%.12s> a p:Watch ; p:question ", hex);
  put_literal(&update, w.question), propter_buf_add(&update, PROPTER_STR(" ; p:answer ")), put_literal(&update, w.now);
  if (hook) propter_buf_add(&update, PROPTER_STR(" ; p:webhook ")), put_literal(&update, propter_str(hook));
  propter_buf_add(&update, PROPTER_STR(" } }"));
  if (status == PROPTER_OK) status = change(s, &update);
  if (status == PROPTER_OK) fprintf(call->out, "watching %.12s  ", hex), say(s, "", w.question, "\n"), say(s, "    now  ", w.now, "\n");
  propter_buf_clear(&update);
  propter_buf_clear(&w.json);
  return status;
}

static PropterStatus drop(Session *s) {
  CommandView view;
  PropterBuf text = {0};
  if (s->call->operand_count != 2) return propter_fail(s->err, PROPTER_USAGE, "expected the name of one question behind drop; propter watch list shows them");
  const PropterStr name = propter_str(s->call->operands[1]);
  PropterStatus status = view_open(s->call, &view, s->err);
  if (status == PROPTER_OK) status = read_watches(s, view.snapshot);
  view_close(&view);
  const Watch *found = NULL;
  for (size_t i = 0; i < s->watches.count && status == PROPTER_OK; i++)
    if (propter_str_equal(short_name(s->watches.items[i].iri), name)) found = &s->watches.items[i];
  if (status == PROPTER_OK && !found)
    status = propter_fail(s->err, PROPTER_NOT_FOUND, "no question %.*s is watched; propter watch list shows them", (int)name.len, name.data);
  if (status != PROPTER_OK) return status;
  propter_buf_printf(&text, "DELETE WHERE { GRAPH <" WATCHES "> { <%.*s> ?p ?o } }", (int)found->iri.len, found->iri.data);
  status = change(s, &text);
  if (status == PROPTER_OK) say(s, "dropped  ", found->question, "\n");
  return status;
}

static const struct {
  const char *name;
  PropterStatus (*run)(Session *s);
} verbs[] = {{"check", check}, {"add", add}, {"list", list}, {"drop", drop}};

static PropterStatus run(CommandCall *call, PropterError *err) {
  Session s = {.call = call, .err = err};
  const char *verb = call->operand_count ? call->operands[0] : "check";
  PropterStatus status = sparql_call_rules(call, "allow-webhook", s.values, &s.rules, err);
  for (const char *const *rule = s.rules; status == PROPTER_OK && rule && *rule; rule++) status = propter_fetch_rule(*rule, err);
  size_t v = 0;
  while (v < 4 && strcmp(verb, verbs[v].name) != 0) v++;
  if (status == PROPTER_OK) status = v < 4 ? verbs[v].run(&s) : propter_fail(err, PROPTER_USAGE, "expected check, add, list or drop, found \"%s\"", verb);
  for (size_t i = 0; i < s.watches.count; i++) propter_buf_clear(&s.watches.items[i].json);
  propter_vec_clear(&s.watches);
  propter_arena_clear(&s.arena);
  return status;
}

static const CommandOption options[] = {
    {"webhook", 0, "URL", "with add: post the answer to this http or https URL whenever it changed"},
    {"allow-webhook", 0, "URL", "let answers be posted to what stands at or below this URL; may be repeated (default: none)"},
    {NULL, 0, NULL, NULL}};

const Command command_watch = {
    .name = "watch",
    .summary = "questions that are asked again after each run, reported when their answer changed",
    .operands = "[check] | add QUESTION... | list | drop NAME",
    .max_operands = 64,
    .options = options,
    .details =
        "The questions stand in the graph <" WATCHES ">. Without a word behind it watch asks all of them again and prints those\n"
        "whose answer changed: its window, its outcome, the causes that are named, how likely and on what grounds; numbers that move a little do not\n"
        "count. Relative times (\"last month\") count from today each time. A question with --webhook is posted as JSON {watch, question, was, now,\n"
        "answer} when its answer changed; the host must be allowed by --allow-webhook, with the rules of --allow-service, and answer 200. What could not\n"
        "be posted is counted, named and posted the next time. In a job file: [watch], behind [infer].\n"
        "Exit codes: 0 done, whatever changed; 3 a webhook that is not allowed; 7 with add: the question is not understood; 75 a webhook is away.",
    .examples = "propter watch add information jobs in August 2011\npropter watch list\npropter watch",
    .run = run};
