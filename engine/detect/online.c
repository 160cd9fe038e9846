/* SPDX-License-Identifier: Apache-2.0 */
/* Online Bayesian changepoints (Adams and MacKay 2007): a run is Gaussian with unknown mean and variance. */
#include <math.h>
#include <string.h>

#include "propter/detect.h"
#include "propter/math.h"

enum { RUNS = 1024 };
static const double negligible = 1e-8;

/* One possible current run: its start, its probability, and the normal-inverse-gamma posterior of its mean and variance. */
typedef struct {
  size_t start;
  double p, weight, mean, shape, scale;
} Run;

static double predictive(const Run *r, double x) {
  double spread = sqrt(r->scale * (r->weight + 1) / (r->shape * r->weight));
  return exp(propter_t_log_density((x - r->mean) / spread, 2 * r->shape)) / spread;
}

static void learn(Run *r, double x) {
  r->scale += r->weight * (x - r->mean) * (x - r->mean) / (2 * (r->weight + 1));
  r->mean += (x - r->mean) / (r->weight + 1);
  r->weight += 1;
  r->shape += 0.5;
}

static size_t prune(Run *run, size_t count) {
  double total = 0;
  size_t kept = 0, least = 0;
  for (size_t i = 0; i < count; i++) total += run[i].p;
  for (size_t i = 0; i < count; i++) {
    run[i].p = total > 0 ? run[i].p / total : 1 / (double)count; /* an observation that no run could foresee tells nothing of their starts */
    if (run[i].p >= negligible) run[kept++] = run[i];
  }
  for (size_t i = 1; i < kept && kept == RUNS; i++)
    if (run[i].p < run[least].p) least = i;
  if (kept == RUNS) memmove(run + least, run + least + 1, (--kept - least) * sizeof *run);
  return kept;
}

PropterStatus propter_online_onset(const double *x, size_t n, double expected_run, double *onset, PropterError *err) {
  double *scratch = propter_malloc((n + 1) * sizeof *scratch), centre = 0, scale = 0;
  Run *run = propter_malloc((RUNS + 1) * sizeof *run);
  size_t known = 0, count = 0;
  for (size_t i = 0; i < n; i++) onset[i] = 0;
  PropterStatus status = scratch && run ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for online changes");
  if (!status && !(expected_run > 1)) status = propter_fail(err, PROPTER_INVALID, "an expected run of %g; expected more than 1", expected_run);
  if (status) goto done;
  /* A weak prior in the series' own units: one observation at its median with the spread of its changes. */
  for (size_t i = 0; i < n; i++)
    if (isfinite(x[i])) scratch[known++] = x[i];
  if (known < 3) goto done;
  for (size_t i = 0; i + 1 < known; i++) scale = fmax(scale, fabs(scratch[i + 1] - scratch[i]));
  for (size_t i = 0; i + 1 < known; i++) scratch[i] = scratch[i + 1] - scratch[i];
  double spread = propter_mad(scratch, known - 1, 0) / sqrt(2);
  known = 0;
  for (size_t i = 0; i < n; i++)
    if (isfinite(x[i])) scratch[known++] = x[i];
  centre = propter_median(scratch, known);
  if (!(spread > 0)) spread = scale > 0 ? 1e-3 * scale : 1;
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(x[i])) continue;
    double z = (x[i] - centre) / spread, fresh = 0;
    Run start = {i, count ? 0 : 1, 0.01, 0, 1, 1};
    for (size_t k = 0; k < count; k++) fresh += run[k].p / expected_run, run[k].p *= (1 - 1 / expected_run) * predictive(&run[k], z), learn(&run[k], z);
    start.p = (count ? fresh : 1) * predictive(&start, z);
    learn(&start, z);
    run[count++] = start;
    count = prune(run, count);
  }
  for (size_t k = 0; k < count; k++) onset[run[k].start] = run[k].p;
done:
  propter_free(scratch);
  propter_free(run);
  return status;
}
