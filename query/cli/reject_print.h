/* SPDX-License-Identifier: Apache-2.0 */
/* Rejects as lines, CSV or JSON: what rejects and validate share. */
#ifndef CLI_REJECT_PRINT_H
#define CLI_REJECT_PRINT_H

#include "output.h"
#include "propter/run.h"

typedef struct {
  FILE *out;
  const char *format;
  uint64_t count;
} RejectPrinter;

/* table, csv, json, jsonl; ended by NULL. */
extern const char *const reject_formats[];

/* By the call's --format: table, csv, json or jsonl (USAGE). */
PropterStatus reject_printer(const CommandCall *call, RejectPrinter *printer, PropterError *err);
/* One reject; the payload is the printer. */
PropterStatus reject_print(const PropterReject *r, void *payload, PropterError *err);
/* After the last one. */
void reject_end(const RejectPrinter *printer);

#endif
