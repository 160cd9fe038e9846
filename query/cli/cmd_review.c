/* SPDX-License-Identifier: Apache-2.0 */
/* A person's verdict on a hypothesis: the evidence first, the verdict next, the score last. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "candidates.h"
#include "output.h"
#include "propter/review.h"

#define SOFTWARE PROPTER_STR("propter " PACKAGE_VERSION)
#define TEXT(view) (int)(view).len, (view).data

static void print_day(FILE *out, PropterDay day) {
  char text[16];
  propter_day_format(day, text);
  fputs(day == PROPTER_NO_DAY ? "?" : text, out);
}

/* One day, or an end that is not known: the first alone. */
static void print_days(FILE *out, PropterDay first, PropterDay last) {
  print_day(out, first);
  if (last != first && last != PROPTER_NO_DAY) fputs(" to ", out), print_day(out, last);
}

static void print_evidence(FILE *out, const PropterEvidence *e) {
  static const char *const kinds[] = {"says", "event", "known", "row", "data", "verdict"};
  fprintf(out, "  %-7s %s", kinds[e->kind], e->against ? "against: " : ""), output_line(out, e->text);
  if (e->kind == PROPTER_EVIDENCE_QUOTE)
    fprintf(out, "\n          %.*s characters %llu-%llu", TEXT(e->path), (unsigned long long)e->char_start, (unsigned long long)e->char_end);
  else if (e->kind == PROPTER_EVIDENCE_ROW && e->cell.row)
    fprintf(out, "  %.*s:%llu column %.*s", TEXT(e->cell.file), (unsigned long long)e->cell.row, TEXT(e->cell.column));
  else if (e->source_text.len)
    fputs("  (", out), output_line(out, e->source_text), fputc(')', out);
  if (e->reason.len) fputs("\n          ", out), output_line(out, e->reason);
  fputc('\n', out);
}

typedef struct {
  CommandCall *call;
  PropterGraph *graph;
  PropterStr reviewer;
  bool seen;
} Session;

static const PropterCause *find_cause(const PropterInference *inference, PropterStr hypothesis) {
  for (size_t i = 0; i < inference->causes; i++)
    if (propter_str_equal(inference->cause[i].hypothesis, hypothesis)) return &inference->cause[i];
  return NULL;
}

static void print_score(FILE *out, const PropterCause *cause) {
  fprintf(out, "score     %s, grade %s\n", propter_likelihood_words(cause->score.p), propter_grade_name(cause->score.grade));
}

/* Everything but the score; the data tests are numbers about the score and stay hidden with it. `shown` gets what was printed, for the record. */
static void print_case(FILE *out, const PropterInference *inference, const PropterCause *cause, PropterBuf *shown) {
  const double values[] = {inference->observed, inference->expected, inference->expected_low, inference->expected_high};
  char text[4][PROPTER_NUMBER];
  const int decimals = propter_number_decimals((inference->expected_high - inference->expected_low) / 2, 2);
  for (int i = 0; i < 4; i++) (void)propter_number(text[i], values[i], decimals, false);
  fputs("\npattern   ", out), output_line(out, inference->metric.label), fputs(", ", out), print_days(out, inference->first, inference->last);
  fprintf(out, ": observed %s, expected %s (%s to %s)\ncause     ", text[0], text[1], text[2], text[3]);
  output_line(out, cause->label);
  if (cause->start != PROPTER_NO_DAY) fputs(", ", out), print_days(out, cause->start, cause->end);
  fputs("\n", out);
  for (size_t i = 0; i < cause->evidences; i++) {
    const PropterEvidence *e = &cause->evidence[i];
    if (e->kind == PROPTER_EVIDENCE_TEST || e->kind == PROPTER_EVIDENCE_VERDICT) continue;
    print_evidence(out, e);
    if (e->iri.len) propter_buf_printf(shown, "%s%.*s", shown->len ? " " : "", TEXT(e->iri));
  }
}

static bool ask(const Session *session, const char *question, char *line, size_t size) {
  fputs(question, stderr);
  (void)fflush(stderr);
  if (!fgets(line, (int)size, session->call->in)) return false;
  line[strcspn(line, "\r\n")] = '\0';
  return true;
}

static bool parse_verdict(const char *word, PropterVerdict *verdict) {
  static const struct {
    const char *word;
    PropterVerdict verdict;
  } rows[] = {{"confirmed", PROPTER_VERDICT_CONFIRMED}, {"refuted", PROPTER_VERDICT_REFUTED}, {"unsure", PROPTER_VERDICT_UNSURE}};
  for (size_t i = 0; i < 3; i++)
    if (strcmp(word, rows[i].word) == 0 || (word[0] == rows[i].word[0] && !word[1])) return *verdict = rows[i].verdict, true;
  return false;
}

/* *stop: the reviewer ended the session. */
static PropterStatus judge(Session *session, const PropterReviewItem *item, bool *stop, PropterError *err) {
  CommandCall *call = session->call;
  PropterSnapshot *snapshot = NULL;
  PropterInference *inference = NULL;
  PropterInferOptions options = propter_infer_options();
  PropterBuf shown = {.max = 1 << 20};
  PropterArena arena = {0};
  options.threads = call->threads;
  options.score.seed = call->seed;
  PropterStatus status = propter_snapshot_open(session->graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = propter_infer_window(snapshot, item->metric, item->first, item->last, &options, &inference, err);
  const PropterCause *cause = status == PROPTER_OK ? find_cause(inference, item->hypothesis) : NULL;
  if (status == PROPTER_OK && !cause)
    status = propter_fail(err, PROPTER_NOT_FOUND, "the graph has changed since this hypothesis was found; run propter infer");
  if (status != PROPTER_OK) goto done;

  if (session->seen) print_score(call->out, cause);
  print_case(call->out, inference, cause, &shown);
  (void)fflush(call->out);
  const char *given = cmd_value(call, "verdict"), *why = cmd_value(call, "reason");
  char word[64], reason[2000] = "";
  PropterVerdict verdict = PROPTER_VERDICT_UNSURE;
  if (given) {
    (void)parse_verdict(given, &verdict);
  } else {
    do {
      if (!ask(session, "verdict: (c)onfirmed, (r)efuted, (u)nsure, (s)kip, (q)uit? ", word, sizeof word) || word[0] == 'q') {
        *stop = true;
        goto done;
      }
      if (word[0] == 's') goto done;
    } while (!parse_verdict(word, &verdict));
    while (!reason[0] && verdict != PROPTER_VERDICT_UNSURE)
      if (!ask(session, "reason: ", reason, sizeof reason)) {
        *stop = true;
        goto done;
      }
    why = reason;
  }
  PropterReviewEntry entry = {.hypothesis = item->hypothesis,
                              .reviewer = session->reviewer,
                              .verdict = verdict,
                              .reason = propter_str(why),
                              .blind = !session->seen,
                              .audit = propter_review_is_audit(item->hypothesis, call->seed),
                              .shown = propter_buf_str(&shown)};
  PropterStr iri = {0};
  if (call->dry_run) {
    fputs("review    would be recorded\n", call->out);
  } else if ((status = propter_review_add(session->graph, &entry, SOFTWARE, call->now, &arena, &iri, err)) == PROPTER_OK) {
    fprintf(call->out, "review    %.*s\n", TEXT(iri));
  }
  if (status == PROPTER_OK && !session->seen) print_score(call->out, cause);
done:
  propter_inference_free(inference);
  propter_snapshot_close(snapshot);
  propter_buf_clear(&shown);
  propter_arena_clear(&arena);
  return status;
}

static bool wants_json(const CommandCall *call) { return call->format && strcmp(call->format, "json") == 0; }

static const char *verdict_word(PropterVerdict v) { return v > 0 ? "confirmed" : v < 0 ? "refuted" : "unsure"; }

static PropterStatus list(Session *session, PropterError *err) {
  CommandCall *call = session->call;
  PropterSnapshot *snapshot = NULL;
  PropterReviewRecords records = {0};
  PropterStatus status = propter_snapshot_open(session->graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = propter_review_list(snapshot, propter_str(call->operand_count ? call->operands[0] : NULL), &records, err);
  const bool json = wants_json(call);
  if (status == PROPTER_OK && json) fputs("[", call->out);
  for (size_t i = 0; status == PROPTER_OK && i < records.count; i++) {
    const PropterReviewRecord *r = &records.items[i];
    if (json) {
      fputs(i ? ",\n{\"review\":" : "{\"review\":", call->out), output_json(call->out, r->iri);
      fputs(",\"hypothesis\":", call->out), output_json(call->out, r->hypothesis);
      fputs(",\"reviewer\":", call->out), output_json(call->out, r->reviewer);
      fputs(",\"time\":", call->out), output_json(call->out, r->time);
      fprintf(call->out, ",\"verdict\":\"%s\",\"blind\":%s,\"audit\":%s,\"reason\":", verdict_word(r->verdict), r->blind ? "true" : "false",
              r->audit ? "true" : "false");
      output_json(call->out, r->reason), fputs("}", call->out);
    } else {
      fprintf(call->out, "%.*s  %-9s %-5s %-6s %.*s  %.*s  ", TEXT(r->time), verdict_word(r->verdict), r->blind ? "blind" : "seen", r->audit ? "audit" : "",
              TEXT(r->reviewer), TEXT(r->hypothesis));
      output_line(call->out, r->reason), fputc('\n', call->out);
    }
  }
  if (status == PROPTER_OK && json) fputs("]\n", call->out);
  propter_review_records_clear(&records);
  propter_snapshot_close(snapshot);
  return status;
}

static PropterStatus print_queue(const Session *session, const PropterReviewQueue *queue, PropterError *err) {
  FILE *out = session->call->out;
  if (wants_json(session->call)) {
    PropterBuf text = {.max = 1 << 30};
    propter_review_queue_json(queue, session->reviewer, &text);
    const PropterStatus status = propter_buf_status(&text, err);
    if (status == PROPTER_OK) (void)fwrite(text.data, 1, text.len, out);
    propter_buf_clear(&text);
    return status;
  }
  for (size_t i = 0; i < queue->count; i++) {
    const PropterReviewItem *item = &queue->items[i];
    fprintf(out, "%.*s  %s ", TEXT(item->hypothesis), item->audit ? "audit" : "     ");
    print_day(out, item->first), fputs("  ", out), output_line(out, item->metric_label), fputs(" <- ", out), output_line(out, item->cause_label);
    fputc('\n', out);
  }
  return PROPTER_OK;
}

/* Of the queue only this one, if it is there. */
static void keep_only(PropterReviewQueue *queue, PropterStr hypothesis) {
  size_t kept = 0;
  for (size_t i = 0; i < queue->count; i++)
    if (propter_str_equal(queue->items[i].hypothesis, hypothesis)) queue->items[kept++] = queue->items[i];
  queue->count = kept;
}

static PropterStatus review(Session *session, PropterError *err) {
  CommandCall *call = session->call;
  const char *only = call->operand_count ? call->operands[0] : NULL;
  int64_t limit = 0;
  PROPTER_TRY(output_number_option(call, "limit", 1, INT64_MAX, &limit, err));
  PropterSnapshot *snapshot = NULL;
  PropterReviewQueue queue = {0};
  PropterStatus status = propter_snapshot_open(session->graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = propter_review_queue(snapshot, session->reviewer, call->seed, only ? 0 : (size_t)limit, &queue, err);
  propter_snapshot_close(snapshot);
  if (status == PROPTER_OK && only) keep_only(&queue, propter_str(only));
  bool stop = false;
  if (status == PROPTER_OK && cmd_flag(call, "queue")) status = print_queue(session, &queue, err);
  else
    for (size_t i = 0; status == PROPTER_OK && i < queue.count && !stop; i++) status = judge(session, &queue.items[i], &stop, err);
  if (status == PROPTER_OK && !queue.count)
    status = only ? propter_fail(err, PROPTER_NOT_FOUND, "no hypothesis %s waits for a verdict of %.*s", only, TEXT(session->reviewer))
                  : propter_fail(err, PROPTER_NEGATIVE, "nothing waits for a verdict of %.*s", TEXT(session->reviewer));
  propter_review_queue_clear(&queue);
  return status;
}

/* A verdict on a claim needs no queue: the sentence was read with propter show. */
static PropterStatus judge_claim(Session *session, PropterError *err) {
  CommandCall *call = session->call;
  PropterArena arena = {0};
  PropterStr iri = {0};
  PropterVerdict verdict = PROPTER_VERDICT_UNSURE;
  (void)parse_verdict(cmd_value(call, "verdict"), &verdict);
  PropterReviewEntry entry = {.hypothesis = propter_str(call->operands[0]),
                              .reviewer = session->reviewer,
                              .verdict = verdict,
                              .reason = propter_str(cmd_value(call, "reason")),
                              .blind = !session->seen,
                              .source_wrong = cmd_flag(call, "source-wrong"),
                              .shown = propter_str(call->operands[0])};
  PropterStatus status = propter_review_add(session->graph, &entry, SOFTWARE, call->now, &arena, &iri, err);
  if (status == PROPTER_OK) fprintf(call->out, "review    %.*s\n", TEXT(iri));
  propter_arena_clear(&arena);
  return status;
}

static PropterStatus rates(const Session *session, PropterError *err) {
  CommandCall *call = session->call;
  PropterSnapshot *snapshot = NULL;
  PropterRates all = {0};
  const bool json = wants_json(call);
  PropterStatus status = propter_snapshot_open(session->graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = propter_rates_list(snapshot, &all, err);
  if (status == PROPTER_OK && json) fputs("[", call->out);
  for (size_t i = 0; i < all.count; i++) {
    const PropterRate *r = &all.items[i];
    if (json) {
      fprintf(call->out, "%s{\"kind\":\"%s\",\"name\":", i ? ",\n" : "", r->document ? "document" : "rule"), output_json(call->out, r->name);
      fprintf(call->out, ",\"right\":%.3f,\"wrong\":%.3f,\"prior\":%.3f,\"rate\":%.3f,\"deviation\":%.3f}", r->right, r->wrong, r->prior, r->mean,
              r->deviation);
    } else {
      fprintf(call->out, "%-8s  right %.1f  wrong %.1f  rate %.3f ± %.3f (was %.3f)  %.*s\n", r->document ? "document" : "rule", r->right, r->wrong, r->mean,
              r->deviation, r->prior, TEXT(r->name));
    }
  }
  if (status == PROPTER_OK && json) fputs("]\n", call->out);
  if (status == PROPTER_OK && !all.count) status = propter_fail(err, PROPTER_NEGATIVE, "no claim has a verdict yet");
  propter_rates_clear(&all);
  propter_snapshot_close(snapshot);
  return status;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  static const char *const words[] = {"table", NULL}; /* what a person is asked is no data */
  const bool lists = cmd_flag(call, "candidates") || cmd_flag(call, "list") || cmd_flag(call, "rates") || cmd_flag(call, "queue");
  if (!lists) PROPTER_TRY(cmd_check_format(call, words, err));
  if (cmd_flag(call, "candidates")) return candidates_list(call, err);
  if (cmd_value(call, "accept")) return candidates_accept(call, err);
  const char *name = cmd_value(call, "reviewer"), *verdict = cmd_value(call, "verdict"), *reason = cmd_value(call, "reason");
  if (!name) name = getenv("USER");
  Session session = {.call = call, .reviewer = propter_str(name), .seen = cmd_flag(call, "seen")};
  PropterVerdict parsed;
  if (!cmd_flag(call, "list") && !cmd_flag(call, "rates")) {
    if (!name || !*name) return propter_fail(err, PROPTER_USAGE, "who reviews? give --reviewer NAME");
    if (verdict && !call->operand_count) return propter_fail(err, PROPTER_USAGE, "--verdict needs the IRI of a hypothesis");
    if (verdict && !parse_verdict(verdict, &parsed))
      return propter_fail(err, PROPTER_USAGE, "--verdict: expected confirmed, refuted or unsure, found \"%s\"", verdict);
    if (verdict && parsed != PROPTER_VERDICT_UNSURE && (!reason || !*reason))
      return propter_fail(err, PROPTER_USAGE, "--verdict %s needs --reason TEXT", verdict);
  }
  PROPTER_TRY(propter_graph_open(call->graph, 0, NULL, &session.graph, err));
  bool of_claim = call->operand_count && propter_str_find(propter_str(call->operands[0]), PROPTER_STR("#claim-")) != SIZE_MAX;
  PropterStatus status;
  if (cmd_flag(call, "rates")) status = rates(&session, err);
  else if (cmd_flag(call, "list")) status = list(&session, err);
  else if (of_claim && verdict) status = judge_claim(&session, err);
  else status = review(&session, err);
  propter_graph_close(session.graph);
  return status;
}

static const CommandOption options[] = {{"reviewer", 'r', "NAME", "who judges: a name or an IRI (default: $USER)"},
                                        {"limit", 'l', "N", "at most so many hypotheses"},
                                        {"seen", 0, NULL, "show the score first; the record says so"},
                                        {"verdict", 0, "WORD", "confirmed, refuted or unsure, instead of asking (with a hypothesis or claim)"},
                                        {"reason", 0, "TEXT", "why; needed for confirmed and refuted"},
                                        {"queue", 0, NULL, "only list what waits for a verdict, without scores"},
                                        {"list", 0, NULL, "list the verdicts given so far"},
                                        {"source-wrong", 0, NULL, "with a refuted claim: the sentence says so, but it is not so"},
                                        {"rates", 0, NULL, "how often rules and documents are right, by the verdicts on claims"},
                                        {"candidates", 0, NULL, "list what claims speak of that no concept is called by, with how many do"},
                                        {"accept", 0, "CANDIDATE", "make a concept of this one, in the pack of --pack"},
                                        {"pack", 0, "FILE", "the Turtle file that holds the domain's concepts; it is written and loaded"},
                                        {"label", 0, "TEXT", "what to call the accepted concept (default: its commonest words)"},
                                        {"as", 0, "IRI", "no new concept: further labels of this one"},
                                        {"namespace", 0, "IRI", "how the new concept's IRI begins (default: as most in the pack do)"},
                                        {NULL, 0, NULL, NULL}};

static const char *const formats[] = {"table", "json", NULL};

const Command command_review = {
    .name = "review",
    .summary = "judge hypotheses: the evidence first, your verdict, then the score",
    .operands = "[HYPOTHESIS|CLAIM]",
    .max_operands = 1,
    .options = options,
    .details =
        "Shows what speaks for and against a cause and asks for a verdict before it shows the score, so that a track record can be kept of both. Verdicts are\n"
        "appended, never changed; the last one of each reviewer counts, as a likelihood ratio, from the next inference on. One hypothesis in ten is picked at\n"
        "random: the track record rests on those.\n\n"
        "A verdict on a claim (its IRI and --verdict) says whether the sentence says so. It counts for the claim, and the rates of its rule and its document\n"
        "are learned from it (--rates): the next inference believes the others of that rule and that document accordingly.\n\n"
        "--queue --format json is for other tools that ask people: what waits, without score or grade (review-queue.schema.json says its members). What they\n"
        "are told comes back by a hypothesis and --verdict; over HTTP both are /review.\n\n"
        "--candidates lists the words of causes and effects that lead to no concept, all forms of the same words as one, those with the most claims first, each\n"
        "with the concepts that its words come closest to (near, from 0 to 1); --accept with --as IRI makes them labels of such a concept.\n"
        "--accept makes one of them a skos:Concept of the pack, with its words as labels; the next propter read links to it.",
    .examples = "propter review --reviewer ada --queue\npropter review --reviewer ada --queue --limit 10 --format json\npropter review --list\npropter review --candidates --limit 20",
    .formats = formats,
    .run = run};
