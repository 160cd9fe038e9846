/* SPDX-License-Identifier: Apache-2.0 */
#include "reject_print.h"

#include <string.h>

const char *const reject_formats[] = {"table", "csv", "json", "jsonl", NULL};

PropterStatus reject_printer(const CommandCall *call, RejectPrinter *printer, PropterError *err) {
  PROPTER_TRY(output_format(call, reject_formats, &printer->format, err));
  printer->out = strcmp(printer->format, "table") == 0 ? call->out : call->data;
  printer->count = 0;
  return PROPTER_OK;
}

static void print_table(FILE *out, const PropterReject *r) {
  output_line(out, r->file);
  if (r->row) fprintf(out, ":%llu", (unsigned long long)r->row);
  if (r->column.len) fputc(':', out), output_line(out, r->column);
  fputs("  \"", out), output_line(out, r->value), fputs("\"  ", out), output_line(out, r->rule), fputs("  ", out), output_line(out, r->reason),
      fputc('\n', out);
}

static const char csv_header[] = "file,row,column,value,rule,reason\n";

static PropterStatus print_json(FILE *out, const PropterReject *r, const char *before, const char *behind, PropterError *err) {
  PropterBuf text = {0};
  propter_reject_json(r, &text);
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) fprintf(out, "%s%s%s", before, text.data, behind);
  propter_buf_clear(&text);
  return status;
}

PropterStatus reject_print(const PropterReject *r, void *payload, PropterError *err) {
  RejectPrinter *p = payload;
  bool first = !p->count++;
  if (first && strcmp(p->format, "csv") == 0) fputs(csv_header, p->out);
  const PropterStr texts[] = {r->file, r->column, r->value, r->rule, r->reason};
  if (strcmp(p->format, "table") == 0) {
    print_table(p->out, r);
  } else if (strcmp(p->format, "csv") == 0) {
    output_csv(p->out, r->file);
    if (r->row) fprintf(p->out, ",%llu", (unsigned long long)r->row);
    else fputc(',', p->out);
    for (int i = 1; i < 5; i++) fputc(',', p->out), output_csv(p->out, texts[i]);
    fputc('\n', p->out);
  } else if (strcmp(p->format, "json") == 0) {
    return print_json(p->out, r, first ? "[" : ",\n ", "", err);
  } else {
    return print_json(p->out, r, "", "\n", err);
  }
  return PROPTER_OK;
}

void reject_end(const RejectPrinter *p) {
  if (!p->count && strcmp(p->format, "csv") == 0) fputs(csv_header, p->out);
  if (strcmp(p->format, "json") == 0) fputs(p->count ? "]\n" : "[]\n", p->out);
}
