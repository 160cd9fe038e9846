/* SPDX-License-Identifier: Apache-2.0 */
#include "chance.h"

#include <math.h>

#include "propter/math.h"
#include "propter/mem.h"
#include "propter/vocab.h"

static const double rate = .05; /* query/web/begin.js has the same */

PropterStatus chance_figures(PropterSnapshot *snapshot, size_t *figures, PropterError *err) {
  PropterId ids[VOCAB_COUNT];
  uint64_t count = 0;
  PROPTER_TRY(propter_vocab_ids(snapshot, ids, err));
  if (ids[VOCAB_rdf_type] != PROPTER_NO_ID && ids[VOCAB_qb_Observation] != PROPTER_NO_ID)
    PROPTER_TRY(propter_snapshot_count(snapshot, PROPTER_POSG, (PropterQuad){.p = ids[VOCAB_rdf_type], .o = ids[VOCAB_qb_Observation]}, 2, &count, err));
  *figures = (size_t)count;
  return PROPTER_OK;
}

PropterStatus chance_kept(const double *score, size_t count, size_t figures, size_t *kept, PropterError *err) {
  double *p = propter_malloc((2 * count + 1) * sizeof *p);
  if (!p) return propter_fail(err, PROPTER_NO_MEMORY, "%zu moves", count);
  for (size_t i = 0; i < count; i++) p[i] = 2 * propter_normal_cdf(-fabs(score[i]));
  PropterStatus status = propter_false_discovery(p, count, figures > count ? figures : count, false, p + count, err);
  *kept = count;
  while (!status && *kept && !(p[count + *kept - 1] <= rate)) --*kept;
  propter_free(p);
  return status;
}
