/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd.h"

#include <string.h>

#include "propter/rdf.h"
#include "propter/results.h"

#define COMMAND(name) extern const Command command_##name;
#include "cmds.def"
#undef COMMAND

const Command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "cmds.def"
#undef COMMAND
    NULL};

const CommandOption global_options[] = {{"graph", 'g', "DIR", "graph directory (default: $PROPTER_GRAPH or propter.graph)"},
                                        {"format", 'f', "FORMAT", "form of the output: table, json, jsonl, csv, md, html, where the command has it"},
                                        {"dry-run", 'n', NULL, "say what would be done, change nothing"},
                                        {"threads", 0, "N", "threads to use (default: all processors); results do not depend on it"},
                                        {"seed", 0, "N", "seed of the random numbers (default 1)"},
                                        {"today", 0, "DATE", "take this day as today (default: the system's date)"},
                                        {"progress", 0, "HOW", "auto (terminal only), none or json, on standard error"},
                                        {"help", 'h', NULL, "this help"},
                                        {NULL, 0, NULL, NULL}};

const Command *cmd_find(const char *name) {
  for (size_t i = 0; commands[i]; i++)
    if (strcmp(commands[i]->name, name) == 0) return commands[i];
  return NULL;
}

const char *cmd_value_at(const CommandCall *call, const char *name, unsigned n) {
  for (unsigned i = 0; i < call->given_count; i++)
    if (strcmp(call->given[i].name, name) == 0 && n-- == 0) return call->given[i].value;
  return NULL;
}

const char *cmd_value(const CommandCall *call, const char *name) {
  for (unsigned i = call->given_count; i-- > 0;)
    if (strcmp(call->given[i].name, name) == 0) return call->given[i].value;
  return NULL;
}

bool cmd_flag(const CommandCall *call, const char *name) { return cmd_value(call, name) != NULL; }

static const CommandOption *find_in(const CommandOption *options, PropterStr name, char letter) {
  for (; options && options->name; options++)
    if (letter ? options->letter == letter : propter_str_equal(propter_str(options->name), name)) return options;
  return NULL;
}

static const CommandOption *find_option(const Command *command, PropterStr name, char letter) {
  const CommandOption *o = command ? find_in(command->options, name, letter) : NULL;
  return o ? o : find_in(global_options, name, letter);
}

static PropterStatus give(CommandCall *call, const CommandOption *option, const char *value, PropterError *err) {
  if (call->given_count == sizeof call->given / sizeof *call->given)
    return propter_fail(err, PROPTER_USAGE, "more than %zu options", sizeof call->given / sizeof *call->given);
  call->given[call->given_count].name = option->name;
  call->given[call->given_count++].value = value;
  return PROPTER_OK;
}

static PropterStatus apply_globals(CommandCall *call, PropterError *err) {
  const char *v;
  if ((v = cmd_value(call, "graph"))) call->graph = v;
  if ((v = cmd_value(call, "format"))) call->format = v;
  call->dry_run = cmd_flag(call, "dry-run");
  int64_t n;
  if ((v = cmd_value(call, "threads"))) {
    if (!propter_str_to_int64(propter_str(v), &n) || n < 0 || n > 64) return propter_fail(err, PROPTER_USAGE, "--threads: expected 0 to 64, found \"%s\"", v);
    call->threads = (unsigned)n;
  }
  if ((v = cmd_value(call, "seed"))) {
    if (!propter_str_to_int64(propter_str(v), &n) || n < 0) return propter_fail(err, PROPTER_USAGE, "--seed: expected a whole number, found \"%s\"", v);
    call->seed = (uint64_t)n;
  }
  if ((v = cmd_value(call, "today"))) {
    if (!propter_day_parse(propter_str(v), &call->today)) return propter_fail(err, PROPTER_USAGE, "--today: expected a date like 2012-03-31, found \"%s\"", v);
    call->now = (int64_t)call->today * 86400;
  }
  return PROPTER_OK;
}

PropterStatus cmd_check_format(const CommandCall *call, const char *const *formats, PropterError *err) {
  const PropterStr given = propter_str(call->format);
  const PropterRdfFormat *rdf = call->format ? propter_rdf_format(given) : NULL;
  const PropterResultFormat *result = call->format ? propter_result_format(given) : NULL;
  char names[256] = "";
  size_t at = 0;
  if (!call->format) return PROPTER_OK;
  if (!formats) return propter_fail(err, PROPTER_USAGE, "propter %s has one form of output and takes no --format", call->command->name);
  for (size_t i = 0; formats[i]; i++) {
    if (strcmp(call->format, formats[i]) == 0 || (rdf && strcmp(rdf->name, formats[i]) == 0) || (result && strcmp(result->name, formats[i]) == 0))
      return PROPTER_OK;
    int n = snprintf(names + at, sizeof names - at, "%s%s", i ? ", " : "", formats[i]);
    if (n > 0 && (size_t)n < sizeof names - at) at += (size_t)n;
  }
  return propter_fail(err, PROPTER_USAGE, "--format: expected one of %s, found \"%s\"", names, call->format);
}

PropterStatus cmd_parse(int argc, char **argv, CommandCall *call, bool *help, PropterError *err) {
  *help = false;
  bool only_operands = false;
  char **operands = argv;
  unsigned count = 0;
  for (int i = 0; i < argc; i++) {
    char *a = argv[i];
    if (only_operands || a[0] != '-' || !a[1]) {
      if (!call->command) {
        if (!(call->command = cmd_find(a))) return propter_fail(err, PROPTER_USAGE, "unknown command \"%s\"; propter --help lists them", a);
        continue;
      }
      operands[count++] = a;
      continue;
    }
    if (strcmp(a, "--") == 0) {
      only_operands = true;
      continue;
    }
    const char *equals = a[1] == '-' ? strchr(a, '=') : NULL;
    PropterStr name = a[1] == '-' ? (PropterStr){a + 2, equals ? (size_t)(equals - a - 2) : strlen(a + 2)} : (PropterStr){"", 0};
    const CommandOption *o = find_option(call->command, name, a[1] == '-' ? 0 : a[1]);
    if (!o) return propter_fail(err, PROPTER_USAGE, "unknown option \"%s\"", a);
    const char *value = "";
    if (!o->value && (equals || (a[1] != '-' && a[2]))) return propter_fail(err, PROPTER_USAGE, "option --%s takes no value", o->name);
    if (o->value) {
      if (equals)
        value = equals + 1;
      else if (a[1] != '-' && a[2])
        value = a + 2;
      else if (i + 1 < argc)
        value = argv[++i];
      else
        return propter_fail(err, PROPTER_USAGE, "option --%s needs a value: %s", o->name, o->value);
    }
    if (strcmp(o->name, "help") == 0) *help = true;
    PROPTER_TRY(give(call, o, value, err));
  }
  call->operands = operands;
  call->operand_count = count;
  if (*help) return PROPTER_OK;
  PROPTER_TRY(apply_globals(call, err));
  if (!call->command) return propter_fail(err, PROPTER_USAGE, "no command; propter --help lists them");
  if (cmd_value(call, "format")) PROPTER_TRY(cmd_check_format(call, call->command->formats, err));
  if (count && !call->command->max_operands)
    return propter_fail(err, PROPTER_USAGE, "propter %s: expected options only, found \"%s\"", call->command->name, operands[0]);
  if (count < call->command->min_operands || count > call->command->max_operands)
    return propter_fail(err, PROPTER_USAGE, "expected: propter %s %s", call->command->name, call->command->operands);
  return PROPTER_OK;
}

static void print_options(const CommandOption *o, FILE *out) {
  for (; o && o->name; o++) {
    char left[64];
    int n = snprintf(left, sizeof left, "%s%c%s--%s%s%s", o->letter ? "-" : "  ", o->letter ? o->letter : ' ', o->letter ? ", " : " ", o->name,
                     o->value ? " " : "", o->value ? o->value : "");
    fprintf(out, "  %-26s %s%s\n", left, n > 26 ? "\n                             " : "", o->help);
  }
}

void cmd_print_formats(const Command *c, FILE *out) {
  for (size_t i = 0; c->formats[i]; i++) fprintf(out, "%s%s", i ? ", " : "", c->formats[i]);
}

void cmd_print_help(const Command *c, FILE *out) {
  fprintf(out, "propter %s %s\n%s\n", c->name, c->operands, c->summary);
  if (c->details) fprintf(out, "\n%s\n", c->details);
  if (c->formats) fputs("\nforms (--format): ", out), cmd_print_formats(c, out), fputc('\n', out);
  if (c->options) {
    fputs("\noptions\n", out);
    print_options(c->options, out);
  }
  fputs("\noptions of every command\n", out);
  print_options(global_options, out);
  if (c->examples) {
    fputs("\nexamples\n", out);
    for (const char *p = c->examples; *p;) {
      size_t n = strcspn(p, "\n");
      fprintf(out, "  %.*s\n", (int)n, p);
      p += n + (p[n] == '\n');
    }
  }
}

void cmd_print_overview(FILE *out) {
  fputs("propter [options] COMMAND ...\nfrom data and documents to causes, with the evidence\n\ncommands\n", out);
  for (size_t i = 0; commands[i]; i++) fprintf(out, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
  fputs("\noptions of every command\n", out);
  print_options(global_options, out);
  fputs("\nexit codes\n", out);
  static const PropterStatus shown[] = {PROPTER_OK,      PROPTER_NEGATIVE, PROPTER_USAGE, PROPTER_INVALID, PROPTER_LOCKED,   PROPTER_LIMIT,
                                        PROPTER_DAMAGED, PROPTER_DECLINED, PROPTER_BUG,   PROPTER_IO,      PROPTER_CANCELLED};
  for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) fprintf(out, "  %-4d %s\n", propter_exit_code(shown[i]), propter_strerror(shown[i]));
}
