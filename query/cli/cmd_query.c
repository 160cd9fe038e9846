/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "../librdf/answer.h"
#include "output.h"
#include "propter/io.h"

/* The graph's scans watch the deadline; the query engine's own loops do not, and this ends them. */
static void on_alarm(int signal_number) {
  static const char text[] = "propter: query: the deadline passed\n";
  (void)signal_number;
  ssize_t n = write(STDERR_FILENO, text, sizeof text - 1);
  (void)n;
  _exit(5);
}

static PropterStatus set_deadline(const CommandCall *call, uint32_t *deadline_ms, PropterError *err) {
  const char *v = cmd_value(call, "timeout");
  double seconds = 60;
  if (v && (!propter_str_to_double(propter_str(v), &seconds) || !(seconds >= 0 && seconds <= 86400)))
    return propter_fail(err, PROPTER_USAGE, "--timeout: expected seconds from 0 (none) to 86400, found \"%s\"", v);
  *deadline_ms = (uint32_t)(seconds * 1000);
  if (seconds > 0 && *deadline_ms == 0) *deadline_ms = 1;
  if (!*deadline_ms) return PROPTER_OK;
  uint64_t grace = *deadline_ms + 100;
  struct sigaction action = {.sa_handler = on_alarm};
  struct itimerval timer = {.it_value = {(time_t)(grace / 1000), (suseconds_t)(grace % 1000 * 1000)}};
  if (sigaction(SIGALRM, &action, NULL) < 0 || setitimer(ITIMER_REAL, &timer, NULL) < 0) return propter_fail(err, PROPTER_IO, "cannot set the deadline: %s", strerror(errno));
  return PROPTER_OK;
}

static PropterStatus read_query(const CommandCall *call, PropterBuf *text, PropterError *err) {
  const char *file = cmd_value(call, "file");
  if ((file != NULL) == (call->operand_count == 1)) return propter_fail(err, PROPTER_USAGE, "expected either a query or --file FILE");
  if (file)
    PROPTER_TRY(propter_io_read_file(strcmp(file, "-") == 0 ? "/dev/stdin" : file, 1 << 20, text, err));
  else
    propter_buf_add(text, propter_str(call->operands[0]));
  PROPTER_TRY(propter_buf_status(text, err));
  size_t bad = 0;
  if (!propter_utf8_valid(propter_buf_str(text), &bad) || (text->len && memchr(text->data, '\0', text->len))) {
    propter_error_at_byte(err, file ? file : "query", bad);
    return propter_fail(err, PROPTER_SYNTAX, "a query is UTF-8 text without NUL");
  }
  return PROPTER_OK;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  PropterBuf text = {.max = 1 << 20};
  AnswerOptions options = {.folder = call->graph, .format = call->format, .raw = cmd_flag(call, "raw")};
  bool negative = false;
  PropterStatus status = read_query(call, &text, err);
  if (status == PROPTER_OK && call->format && !propter_result_format(propter_str(call->format)) && !propter_rdf_format(propter_str(call->format)))
    status = propter_fail(err, PROPTER_USAGE, "--format: expected table, json, xml, csv, tsv, or for CONSTRUCT ntriples or turtle; found \"%s\"", call->format);
  if (status == PROPTER_OK) status = output_iri_option(call, "base", &options.base, err);
  /* librdf says less about a missing or damaged graph than the graph itself. */
  PropterGraph *graph = NULL;
  if (status == PROPTER_OK) status = propter_graph_open(call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, err);
  if (status == PROPTER_OK) status = set_deadline(call, &options.deadline_ms, err);
  if (status == PROPTER_OK) status = answer_query(text.data ? text.data : "", &options, output_write, call->out, &negative, err);
  static const struct itimerval none;
  (void)setitimer(ITIMER_REAL, &none, NULL);
  if (graph) propter_graph_close(graph);
  propter_buf_clear(&text);
  return status == PROPTER_OK && negative ? PROPTER_NEGATIVE : status;
}

static const CommandOption options[] = {{"file", 'F', "FILE", "take the query from a file (- for standard input)"},
                                        {"base", 0, "IRI", "base for relative IRIs in the query"},
                                        {"timeout", 0, "SECONDS", "give up after so long with exit 5 (default 60; 0: never)"},
                                        {"raw", 0, NULL, "CSV without the apostrophe before values that a spreadsheet would run as a formula"},
                                        {NULL, 0, NULL, NULL}};

const Command command_query = {
    .name = "query",
    .summary = "answer a SPARQL query",
    .operands = "[QUERY]",
    .max_operands = 1,
    .options = options,
    .details = "SELECT and ASK: --format table (default), json, xml, csv, tsv. CONSTRUCT: --format turtle (default) or ntriples. The default graph is the union\n"
               "of all graphs but the records of runs; GRAPH names one. ASK answers by its exit code too: 0 true, 1 false.\n"
               "Answered by rasqal, which lacks: property paths, EXISTS and NOT EXISTS, MINUS, DESCRIBE, updates, GROUP_CONCAT with DISTINCT, HAVING with several\n"
               "conditions, sub-queries inside GRAPH, casts in places. FROM, SERVICE and LOAD are refused: nothing outside the graph is read.",
    .examples = "propter query 'SELECT * WHERE { ?s ?p ?o } LIMIT 3'\npropter query --format json 'ASK { ?s ?p ?o }'",
    .run = run};
