/* SPDX-License-Identifier: Apache-2.0 */
/* Tables: every cell is UTF-8, every row has the header's width or says why not. The first byte picks the dialect of CSV, Parquet (64) or another format (128).
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "propter/io.h"
#include "propter/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How XML and JSON are read: a row at a time (even), as a whole. */
static const PropterTableOptions others[] = {{.format = "ics"},
                                             {.format = "otlp"},
                                             {.format = "srx"},
                                             {.format = "srj"},
                                             {.format = "srt"},
                                             {.format = "xml", .iterator = "/*/*"},
                                             {.format = "xml", .iterator = "//*[1]"},
                                             {.format = "json", .iterator = "$[*]"}};

/* Of tables whose columns are expressions: one, and one at its values. */
static void ask(PropterTable *table) {
  size_t column, inner;
  if (!propter_table_has_expressions(table)) return;
  if (propter_table_column(table, PROPTER_STR("*"), &column, NULL) != PROPTER_OK ||
      propter_table_nested(table, column, PROPTER_STR("*"), &inner, NULL) != PROPTER_OK)
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  int fd = memfd_create("table", MFD_CLOEXEC);
  if (fd < 0 || propter_io_write_all(fd, data + 1, size - 1) < 0) abort();
  char path[64];
  (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  PropterLimits limits = propter_limits_default();
  limits.line_bytes = 1 << 16, limits.document_bytes = 1 << 20;
  PropterTableOptions options = {.format = data[0] & 64 ? "parquet" : NULL,
                                 .delimiter = data[0] & 1 ? ';' : 0,
                                 .no_quote = data[0] & 2,
                                 .no_header = data[0] & 4,
                                 .trim = data[0] & 8,
                                 .comment = data[0] & 16 ? "#" : NULL,
                                 .encoding = data[0] & 32 ? "ISO-8859-1" : NULL};
  if (data[0] & 128) options = others[data[0] & 7];
  PropterTable *table = NULL;
  PropterError err = {0};
  PropterStatus status = propter_table_open(path, &options, &limits, &table, &err);
  if (status == PROPTER_OK) {
    size_t columns = 0;
    PropterRow row;
    bool found = true;
    ask(table);
    (void)propter_table_columns(table, &columns);
    while ((status = propter_table_next(table, &row, &found, &err)) == PROPTER_OK && found) {
      if (row.count != columns && !row.problem) abort();
      for (size_t i = 0; i < row.count; i++)
        if (row.values ? row.values[i].count && !propter_utf8_valid(row.values[i].items->text, NULL) : !propter_utf8_valid(row.cells[i], NULL)) abort();
    }
  }
  if (status == PROPTER_BUG || (status != PROPTER_OK && !err.message[0])) abort();
  propter_table_close(table);
  (void)close(fd);
  return 0;
}
