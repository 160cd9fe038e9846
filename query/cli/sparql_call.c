/* SPDX-License-Identifier: Apache-2.0 */
#include "sparql_call.h"

#include <string.h>

#include "propter/io.h"
#include "propter/run.h"

enum { TEXT_MAX = 64 << 20 };

static PropterStatus read_text(const CommandCall *call, PropterBuf *text, PropterError *err) {
  const char *file = cmd_value(call, "file");
  if ((file != NULL) == (call->operand_count == 1)) return propter_fail(err, PROPTER_USAGE, "expected either a query or --file FILE");
  if (file) PROPTER_TRY(propter_io_read_file(strcmp(file, "-") == 0 ? "/dev/stdin" : file, TEXT_MAX, text, err));
  else propter_buf_add(text, propter_str(call->operands[0]));
  return propter_buf_status(text, err);
}

static PropterStatus read_number(const CommandCall *call, const char *name, double most, double *value, PropterError *err) {
  const char *v = cmd_value(call, name);
  if (v && (!propter_str_to_double(propter_str(v), value) || !(*value >= 0 && *value <= most)))
    return propter_fail(err, PROPTER_USAGE, "--%s: expected a number from 0 to %.0f, found \"%s\"", name, most, v);
  return PROPTER_OK;
}

PropterStatus sparql_call_rules(const CommandCall *call, const char *name, const char *values[SPARQL_CALL_RULES + 1], const char *const **rules,
                                PropterError *err) {
  unsigned n = 0;
  for (const char *v; (v = cmd_value_at(call, name, n)); values[n++] = v)
    if (n == SPARQL_CALL_RULES) return propter_fail(err, PROPTER_USAGE, "--%s: at most %d", name, SPARQL_CALL_RULES);
  if (n) *rules = values;
  return PROPTER_OK;
}

PropterStatus sparql_call_parse(const CommandCall *call, SparqlCall *s, PropterError *err) {
  const char *file = cmd_value(call, "file");
  PropterStr base = {"", 0};
  double seconds = 60, mib = 1024;
  PROPTER_TRY(read_text(call, &s->text, err));
  PROPTER_TRY(output_iri_option(call, "base", &base, err));
  PROPTER_TRY(read_number(call, "timeout", 86400, &seconds, err));
  PROPTER_TRY(read_number(call, "memory", 1 << 20, &mib, err));
  PROPTER_TRY(sparql_call_rules(call, "allow-service", s->services, &s->remote.services, err));
  PROPTER_TRY(sparql_call_rules(call, "allow-load", s->loads, &s->remote.loads, err));
  PROPTER_TRY(propter_remote_check(&s->remote, err));
  s->options = propter_query_options();
  propter_remote_use(&s->remote, &s->options);
  s->options.deadline_ms = (uint32_t)(seconds * 1000);
  if (seconds > 0 && !s->options.deadline_ms) s->options.deadline_ms = 1;
  s->options.memory = (uint64_t)(mib * 1048576);
  s->options.now_ms = call->now * 1000;
  s->options.seed = call->seed;
  s->options.threads = call->threads;
  PropterStatus status = propter_query_parse(s->text.len ? propter_buf_str(&s->text) : PROPTER_STR(""), base, &s->query, err);
  if (status == PROPTER_SYNTAX || status == PROPTER_LIMIT) propter_error_at(err, file ? file : call->command->name, err ? err->line : 0, err ? err->column : 0);
  return status;
}

PropterStatus sparql_call_hide_runs(SparqlCall *s, PropterSnapshot *snapshot, PropterError *err) {
  PropterStatus status = propter_run_graphs(snapshot, &s->hidden, err);
  s->options.hidden = s->hidden.items, s->options.hidden_count = s->hidden.count;
  return status;
}

void sparql_call_clear(SparqlCall *s) {
  propter_buf_clear(&s->text);
  propter_query_free(s->query);
  propter_vec_clear(&s->hidden);
}
