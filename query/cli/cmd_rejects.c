/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "output.h"
#include "view.h"

typedef struct {
  FILE *out;
  const char *format;
  uint64_t count;
} Printer;

/* A program for sheets would execute such a text as a formula; numbers with a sign are none. */
static bool is_formula(PropterStr text) {
  double number;
  return text.len && strchr("=+-@\t\r", text.data[0]) && !propter_str_to_double(text, &number);
}

static void csv_cell(FILE *out, PropterStr text) {
  bool quote = is_formula(text);
  for (size_t i = 0; i < text.len; i++) quote |= strchr(",\"\r\n", text.data[i]) != NULL;
  if (!quote) {
    fwrite(text.data, 1, text.len, out);
    return;
  }
  fputc('"', out);
  if (is_formula(text)) fputc('\'', out);
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] == '"') fputc('"', out);
    fputc(text.data[i], out);
  }
  fputc('"', out);
}

/* One line whatever the text holds. */
static void plain(FILE *out, PropterStr text) {
  for (size_t i = 0; i < text.len; i++) fputc((unsigned char)text.data[i] < 0x20 ? ' ' : text.data[i], out);
}

static void print_table(FILE *out, const PropterReject *r) {
  plain(out, r->file);
  if (r->row) fprintf(out, ":%llu", (unsigned long long)r->row);
  if (r->column.len) fputc(':', out), plain(out, r->column);
  fputs("  \"", out), plain(out, r->value), fputs("\"  ", out), plain(out, r->rule), fputs("  ", out), plain(out, r->reason), fputc('\n', out);
}

static PropterStatus print(const PropterReject *r, void *payload, PropterError *err) {
  (void)err;
  Printer *p = payload;
  const PropterStr texts[] = {r->file, r->column, r->value, r->rule, r->reason};
  static const char *const names[] = {"file", "column", "value", "rule", "reason"};
  if (strcmp(p->format, "table") == 0) {
    print_table(p->out, r);
  } else if (strcmp(p->format, "csv") == 0) {
    csv_cell(p->out, r->file);
    if (r->row)
      fprintf(p->out, ",%llu", (unsigned long long)r->row);
    else
      fputc(',', p->out);
    for (int i = 1; i < 5; i++) fputc(',', p->out), csv_cell(p->out, texts[i]);
    fputc('\n', p->out);
  } else {
    if (strcmp(p->format, "json") == 0) fputs(p->count ? ",\n " : "[", p->out);
    fprintf(p->out, "{\"row\":%llu", (unsigned long long)r->row);
    for (int i = 0; i < 5; i++) {
      fprintf(p->out, ",\"%s\":", names[i]);
      output_json(p->out, texts[i]);
    }
    fputs(strcmp(p->format, "json") == 0 ? "}" : "}\n", p->out);
  }
  p->count++;
  return PROPTER_OK;
}

/* The newest run that rejected anything could be long ago: the newest that reads rows is meant. */
static PropterStatus find_run(const CommandCall *call, const PropterRunList *list, const PropterRunInfo **run, PropterError *err) {
  if (call->operand_count) return propter_run_find(list, propter_str(call->operands[0]), run, err);
  *run = NULL;
  static const char *const kinds[] = {"ingest", "events", "read"};
  for (size_t i = list->count; i-- > 0 && !*run;)
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
      if (strcmp(list->items[i].kind.data, kinds[k]) == 0) *run = &list->items[i];
  return *run ? PROPTER_OK : propter_fail(err, PROPTER_NOT_FOUND, "this graph has no ingest, events or read run");
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  static const char *const formats[] = {"table", "csv", "json", "jsonl", NULL};
  Printer printer = {.out = call->out};
  CommandView view;
  PropterRunList list = {0};
  const PropterRunInfo *info = NULL;
  PROPTER_TRY(output_format(call, formats, &printer.format, err));
  PropterStatus status = view_open(call, &view, err);
  if (status == PROPTER_OK) status = propter_run_list(view.snapshot, &list, err);
  if (status == PROPTER_OK) status = find_run(call, &list, &info, err);
  if (status == PROPTER_OK && strcmp(printer.format, "csv") == 0) fputs("file,row,column,value,rule,reason\n", call->out);
  if (status == PROPTER_OK) status = propter_run_rejects(view.snapshot, info, print, &printer, err);
  if (status == PROPTER_OK && strcmp(printer.format, "json") == 0) fputs(printer.count ? "]\n" : "[]\n", call->out);
  if (status == PROPTER_OK && info->rows_rejected > printer.count)
    propter_log(call->log, PROPTER_LOG_WARNING, "rejects", "%s more were counted but not kept", output_number(info->rows_rejected - printer.count));
  propter_run_list_clear(&list);
  view_close(&view);
  return status;
}

const Command command_rejects = {
    .name = "rejects",
    .summary = "show the rows or documents that a run put into quarantine",
    .operands = "[RUN]",
    .max_operands = 1,
    .details = "One line each: file:row:column, value, rule, reason. RUN is a run's name, its beginning, or last; without it the newest ingest, events or read\n"
               "run. Formats: table (default), csv, json, jsonl.",
    .examples = "propter rejects\npropter rejects last --format csv",
    .run = run};
