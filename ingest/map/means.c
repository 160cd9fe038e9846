/* SPDX-License-Identifier: Apache-2.0 */
#include "means.h"

#include <math.h>
#include <stdbool.h>

static double rounding(const Means *m, size_t i) { return .51 * pow(10, -(double)m->of[i].digits); }

/* Whether c is a / b, times `scale`, but for what was rounded away from all three. */
static int is_quotient(const Means *m, size_t c, size_t a, size_t b, double scale) {
  double top = m->of[a].value, bottom = m->of[b].value, value = m->of[c].value;
  double error = rounding(m, c) + scale * (rounding(m, a) + fabs(top / bottom) * rounding(m, b)) / fabs(bottom);
  return fabs(value - scale * top / bottom) <= error && error < .05 * fabs(value);
}

void means_row(Means *m) {
  if (m->rows >= MEANS_ROWS) return;
  for (size_t i = 0; i < m->count; i++) {
    if (!m->rows) m->first[i] = m->of[i].value;
    m->varies[i] |= m->of[i].value != m->first[i];
  }
  m->rows++;
  for (size_t c = 0; c < m->count; c++)
    for (size_t a = 0; a < m->count; a++)
      for (size_t b = 0; b < m->count; b++)
        for (int k = 0; k < 2; k++) {
          bool known = !isnan(m->of[c].value + m->of[a].value + m->of[b].value) && m->of[b].value != 0 && m->of[a].value != 0;
          if (c == a || c == b || a == b || m->no[c][a][b][k] || !known) continue;
          if (is_quotient(m, c, a, b, k ? 100 : 1)) m->hits[c][a][b][k]++;
          else m->no[c][a][b][k] = 1;
        }
}

int means_ratio(const Means *m, size_t c) {
  for (size_t a = 0; a < m->count; a++)
    for (size_t b = 0; b < m->count; b++)
      for (int k = 0; k < 2; k++)
        if (m->varies[b] && !m->no[c][a][b][k] && m->hits[c][a][b][k] >= MEANS_LEAST) return 1;
  return 0;
}
