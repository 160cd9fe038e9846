/* SPDX-License-Identifier: Apache-2.0 */
/* Help, the man page and the shell completions, all from the command table. */
#include "config.h"

#include <string.h>

#include "cmd.h"

/* Text in roff: a backslash, a hyphen and a leading dot or quote mean something there. */
static void roff(FILE *out, const char *text) {
  bool line_start = true;
  for (const char *p = text; *p; p++) {
    if (line_start && (*p == '.' || *p == '\'')) fputs("\\&", out);
    if (*p == '\\')
      fputs("\\e", out);
    else if (*p == '-')
      fputs("\\-", out);
    else
      fputc(*p, out);
    line_start = *p == '\n';
  }
}

static void roff_options(FILE *out, const CommandOption *o) {
  for (; o && o->name; o++) {
    fputs(".TP\n", out);
    if (o->letter) fprintf(out, "\\fB\\-%c\\fR, ", o->letter);
    fputs("\\fB\\-\\-", out), roff(out, o->name), fputs("\\fR", out);
    if (o->value) fputs(" \\fI", out), roff(out, o->value), fputs("\\fR", out);
    fputc('\n', out), roff(out, o->help), fputc('\n', out);
  }
}

static void man_page(FILE *out) {
  fprintf(
      out,
      ".\\\" SPDX-License-Identifier: Apache-2.0\n.TH PROPTER 1 \"\" \"propter %s\"\n.SH NAME\n"
      "propter \\- from data and documents to causes, with the evidence\n",
      PACKAGE_VERSION);
  fputs(".SH SYNOPSIS\n.B propter\n[\\fB\\-g\\fR \\fIDIR\\fR] \\fICOMMAND\\fR [\\fIoptions\\fR] [\\fIoperands\\fR]\n.SH DESCRIPTION\n", out);
  roff(out, "propter turns business data and domain documents into one RDF graph, scores which causes lie behind the patterns it finds,\n"
            "and answers why-questions with the rows and the sentences each answer rests on. Standard output carries data only; progress and\n"
            "messages go to standard error.\n");
  fputs(".SH OPTIONS OF EVERY COMMAND\n", out);
  roff_options(out, global_options);
  fputs(".SH COMMANDS\n", out);
  for (size_t i = 0; commands[i]; i++) {
    const Command *c = commands[i];
    fputs(".SS ", out), roff(out, c->name), fputc(' ', out), roff(out, c->operands), fputc('\n', out);
    roff(out, c->summary), fputs(".\n", out);
    if (c->details) fputs(".PP\n", out), roff(out, c->details), fputc('\n', out);
    if (c->formats) fputs(".PP\n\\-\\-format: ", out), cmd_print_formats(c, out), fputs(".\n", out);
    roff_options(out, c->options);
    if (c->examples) fputs(".PP\n.nf\n", out), roff(out, c->examples), fputs("\n.fi\n", out);
  }
  fputs(".SH EXIT STATUS\n", out);
  static const PropterStatus shown[] = {PROPTER_OK,    PROPTER_NEGATIVE, PROPTER_USAGE,    PROPTER_INVALID, PROPTER_LOCKED,
                                        PROPTER_LIMIT, PROPTER_DAMAGED,  PROPTER_DECLINED, PROPTER_BUG,     PROPTER_IO};
  for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) fprintf(out, ".TP\n.B %d\n%s\n", propter_exit_code(shown[i]), propter_strerror(shown[i]));
  fputs(".TP\n.B 128+n\nended by signal n\n.SH ENVIRONMENT\n.TP\n.B PROPTER_GRAPH\ngraph directory when \\-g is not given\n", out);
}

static void words(FILE *out, const CommandOption *o) {
  for (; o && o->name; o++) fprintf(out, " --%s", o->name);
}

static void bash_completion(FILE *out) {
  fputs(
      "# SPDX-License-Identifier: Apache-2.0\n_propter() {\n  local cur=${COMP_WORDS[COMP_CWORD]} cmd= w i\n  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    w=${COMP_WORDS[i]}\n    case $w in -g|--graph|-f|--format|--threads|--seed|--today|--progress) ((i++)) ;; -*) ;; *) cmd=$w; break ;; esac\n  done\n"
      "  local words\n  case $cmd in\n",
      out);
  fputs("    '') words='", out);
  for (size_t i = 0; commands[i]; i++) fprintf(out, "%s%s", i ? " " : "", commands[i]->name);
  words(out, global_options);
  fputs("' ;;\n", out);
  for (size_t i = 0; commands[i]; i++) {
    fprintf(out, "    %s) words='", commands[i]->name);
    words(out, commands[i]->options), words(out, global_options);
    fputs("' ;;\n", out);
  }
  fputs("  esac\n  if [[ $cur == -* || -z $cmd ]]; then COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")); else COMPREPLY=($(compgen -f -- \"$cur\")); fi\n}\n"
        "complete -o filenames -F _propter propter\n",
        out);
}

/* Help texts are one line each and hold no quote of the shell's; a colon and brackets mean something to zsh. */
static void zsh_text(FILE *out, const char *text) {
  for (; *text; text++) {
    if (strchr(":[]\\", *text)) fputc('\\', out);
    if (*text == '\'')
      fputs("'\\''", out);
    else
      fputc(*text, out);
  }
}

static void zsh_options(FILE *out, const CommandOption *o) {
  for (; o && o->name; o++) {
    fprintf(out, "    '--%s%s[", o->name, o->value ? "=" : ""), zsh_text(out, o->help), fputs("]", out);
    if (o->value) fputs(":", out), zsh_text(out, o->value), fputs(":_files", out);
    fputs("' \\\n", out);
  }
}

static void zsh_completion(FILE *out) {
  fputs("#compdef propter\n# SPDX-License-Identifier: Apache-2.0\nlocal -a names\nnames=(\n", out);
  for (size_t i = 0; commands[i]; i++) fprintf(out, "  '%s:", commands[i]->name), zsh_text(out, commands[i]->summary), fputs("'\n", out);
  fputs(")\nif (( CURRENT == 2 )); then _describe command names; return; fi\ncase $words[2] in\n", out);
  for (size_t i = 0; commands[i]; i++) {
    fprintf(out, "  %s) _arguments \\\n", commands[i]->name);
    zsh_options(out, commands[i]->options), zsh_options(out, global_options);
    fputs("    '*:file:_files' ;;\n", out);
  }
  fputs("esac\n", out);
}

static void fish_text(FILE *out, const char *text) {
  for (; *text; text++) {
    if (*text == '\'' || *text == '\\') fputc('\\', out);
    fputc(*text, out);
  }
}

static void fish_options(FILE *out, const char *command, const CommandOption *o) {
  for (; o && o->name; o++) {
    fputs("complete -c propter", out);
    if (command) fprintf(out, " -n '__fish_seen_subcommand_from %s'", command);
    if (o->letter) fprintf(out, " -s %c", o->letter);
    fprintf(out, " -l %s%s -d '", o->name, o->value ? " -r" : ""), fish_text(out, o->help), fputs("'\n", out);
  }
}

static void fish_completion(FILE *out) {
  fputs("# SPDX-License-Identifier: Apache-2.0\n", out);
  for (size_t i = 0; commands[i]; i++)
    fprintf(out, "complete -c propter -n __fish_use_subcommand -a %s -d '", commands[i]->name), fish_text(out, commands[i]->summary), fputs("'\n", out);
  fish_options(out, NULL, global_options);
  for (size_t i = 0; commands[i]; i++) fish_options(out, commands[i]->name, commands[i]->options);
}

static void example_lines(FILE *out) {
  for (size_t i = 0; commands[i]; i++)
    if (commands[i]->examples) fprintf(out, "%s\n", commands[i]->examples);
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  static const struct {
    const char *name;
    void (*write)(FILE *);
  } forms[] = {{"man", man_page}, {"bash", bash_completion}, {"zsh", zsh_completion}, {"fish", fish_completion}, {"examples", example_lines}};
  const char *as = cmd_value(call, "as");
  for (size_t i = 0; as && i < sizeof forms / sizeof *forms; i++)
    if (strcmp(as, forms[i].name) == 0) {
      forms[i].write(call->out);
      return PROPTER_OK;
    }
  if (as) return propter_fail(err, PROPTER_USAGE, "--as: expected man, bash, zsh, fish or examples, found \"%s\"", as);
  const Command *c = call->operand_count ? cmd_find(call->operands[0]) : NULL;
  if (call->operand_count && !c) return propter_fail(err, PROPTER_USAGE, "unknown command \"%s\"; propter --help lists them", call->operands[0]);
  if (c)
    cmd_print_help(c, call->out);
  else
    cmd_print_overview(call->out);
  return PROPTER_OK;
}

static const CommandOption options[] = {
    {"as", 0, "FORM", "man, bash, zsh or fish: the man page or a shell's completions; examples: every example, one per line"}, {NULL, 0, NULL, NULL}};

const Command command_help = {.name = "help",
                              .summary = "explain a command",
                              .operands = "[COMMAND]",
                              .max_operands = 1,
                              .options = options,
                              .examples = "propter help version\npropter help --as man",
                              .run = run};
