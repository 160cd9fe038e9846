/* SPDX-License-Identifier: Apache-2.0 */
#include "reject_print.h"

#include <string.h>

PropterStatus reject_printer(const CommandCall *call, RejectPrinter *printer, PropterError *err) {
  static const char *const formats[] = {"table", "csv", "json", "jsonl", NULL};
  *printer = (RejectPrinter){.out = call->out};
  return output_format(call, formats, &printer->format, err);
}

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

static const char csv_header[] = "file,row,column,value,rule,reason\n";

PropterStatus reject_print(const PropterReject *r, void *payload, PropterError *err) {
  (void)err;
  RejectPrinter *p = payload;
  if (!p->count && strcmp(p->format, "csv") == 0) fputs(csv_header, p->out);
  const PropterStr texts[] = {r->file, r->column, r->value, r->rule, r->reason};
  static const char *const names[] = {"file", "column", "value", "rule", "reason"};
  if (strcmp(p->format, "table") == 0) {
    print_table(p->out, r);
  } else if (strcmp(p->format, "csv") == 0) {
    csv_cell(p->out, r->file);
    if (r->row) fprintf(p->out, ",%llu", (unsigned long long)r->row);
    else fputc(',', p->out);
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

void reject_end(const RejectPrinter *p) {
  if (!p->count && strcmp(p->format, "csv") == 0) fputs(csv_header, p->out);
  if (strcmp(p->format, "json") == 0) fputs(p->count ? "]\n" : "[]\n", p->out);
}
