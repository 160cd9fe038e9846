/* SPDX-License-Identifier: Apache-2.0 */
#include "left_out.h"

#include <stdlib.h>

enum { NAMED = 3 };

static bool same(const PropterLeftOut *a, const PropterLeftOut *b) {
  return propter_str_equal(a->reason, b->reason) && propter_str_equal(a->needed, b->needed);
}

void left_out_lines(FILE *out, const PropterLeftOut *left, size_t count) {
  for (size_t i = 0; i < count; i++) {
    size_t n = 0, first = 0;
    while (!same(&left[first], &left[i])) first++;
    if (first < i) continue;
    fputs("left out    ", out);
    for (size_t k = i; k < count; k++) {
      if (!same(&left[k], &left[i])) continue;
      if (n++ < NAMED) fputs(n > 1 ? ", " : "", out), output_line(out, left[k].label);
    }
    if (n > NAMED) fprintf(out, " and %s more", output_number(n - NAMED));
    fprintf(out, ": %.*s; would help: %.*s\n", (int)left[i].reason.len, left[i].reason.data, (int)left[i].needed.len, left[i].needed.data);
  }
}

void left_out_json(FILE *out, const PropterLeftOut *left) {
  fputs("{\"metric\":", out);
  output_json(out, left->metric);
  fputs(",\"label\":", out);
  output_json(out, left->label);
  fputs(",\"leftOut\":", out);
  output_json(out, left->reason);
  fputs(",\"wouldHelp\":", out);
  output_json(out, left->needed);
  fputc('}', out);
}
