/* SPDX-License-Identifier: Apache-2.0 */
/* What a command is: one file with one descriptor. Help, man page and completions come from these descriptors. */
#ifndef CLI_CMD_H
#define CLI_CMD_H

#include <stdio.h>

#include "propter/date.h"
#include "propter/log.h"
#include "propter/mem.h"

typedef struct {
  const char *name;  /* long name without dashes */
  char letter;       /* short name, or 0 */
  const char *value; /* what the argument is called in the help; NULL: a flag */
  const char *help;
} CommandOption;

typedef struct CommandCall CommandCall;

typedef struct {
  const char *name;
  const char *summary;          /* one line */
  const char *operands;         /* usage of the operands, e.g. "FILE..." */
  unsigned min_operands, max_operands;
  const CommandOption *options; /* ends with a row whose name is NULL; may be NULL */
  const char *details;          /* paragraphs for --help and the man page */
  const char *const *formats;   /* what --format may name, the default first, ended by NULL; NULL: the command has one form and takes no --format */
  const char *examples;         /* command lines, one per line; each runs as a test */
  PropterStatus (*run)(CommandCall *call, PropterError *err);
} Command;

/* One call of a command, all arguments parsed. */
struct CommandCall {
  const Command *command;
  const char *graph;   /* -g DIR, default "propter.graph" or $PROPTER_GRAPH */
  const char *format;  /* --format, NULL: the command's own default */
  bool dry_run;
  unsigned threads;    /* --threads N, 0: all processors */
  uint64_t seed;       /* --seed N, default 1 */
  PropterDay today;    /* the clock: --today DATE, default the system's date */
  int64_t now;         /* seconds since 1970, from the clock or --today */
  const PropterLog *log;
  FILE *out;           /* for people: nothing that goes through it steers a terminal */
  FILE *data;          /* for programs: exact bytes, unless it is a terminal; a call writes to one of the two */
  bool terminal;       /* `data` is one */
  FILE *in;            /* answers of a person */
  unsigned operand_count;
  char **operands;
  struct { const char *name; const char *value; } given[64];
  unsigned given_count;
};

/* Value of an option of the command (NULL: not given; "" for a flag that was given; the last one wins). */
const char *cmd_value(const CommandCall *call, const char *name);
/* The n-th value of a repeated option, or NULL. */
const char *cmd_value_at(const CommandCall *call, const char *name, unsigned n);
bool cmd_flag(const CommandCall *call, const char *name);

/* Parses argv (from the command's name on) into `call`. USAGE with a message that names the argument. */
PropterStatus cmd_parse(int argc, char **argv, CommandCall *call, bool *help, PropterError *err);

/* Is --format, if it is given, one of these names, or another name of such a form of RDF or of query results? USAGE with the names. NULL: none is taken. */
PropterStatus cmd_check_format(const CommandCall *call, const char *const *formats, PropterError *err);

/* All commands in the order of cmds.def, ended by NULL. */
extern const Command *const commands[];
const Command *cmd_find(const char *name);
/* The names of the command's formats, with commas. */
void cmd_print_formats(const Command *command, FILE *out);
void cmd_print_help(const Command *command, FILE *out);
void cmd_print_overview(FILE *out);

/* Options every command takes. */
extern const CommandOption global_options[];

#endif
