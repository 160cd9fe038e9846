/* SPDX-License-Identifier: Apache-2.0 */
/* What resampling said of links, kept from one search to the next: nearly all of the time of a search goes there. */
#include <string.h>

#include "kept.h"
#include "links.h"

static PropterHash128 hash_of(const void *data, size_t size) { return propter_hash128((PropterStr){data, size}); }

/* --- stability -------------------------------------------------------------------------------------------------------------------------------------- */

/* All that a resample's links are computed from: figures, from which the rows are made in one way, knowledge, options. */
static PropterStatus set_key(LinkPanel *x, const char *method, const PropterLaggedOptions *o, PropterError *err) {
  const LinkPanel *from = x->over ? x->over : x;
  const PropterKnowledge *k = &x->knowledge;
  const size_t cells = x->p * x->p;
  const uint64_t wholes[] = {x->p, x->levels, o->lags, o->depth, o->resamples, o->block, o->seed};
  const double levels[] = {o->alpha, o->rate};
  /* Steps of the whole panel may be fewer than its series have in common: of those that were left out afterwards, too. */
  PropterHash128 steps = {0, 0};
  if (!x->over) steps = hash_of(x->period, x->n * sizeof *x->period);
  const PropterHash128 parts[] = {steps,
                                  hash_of(k->required, cells),
                                  hash_of(k->forbidden, cells),
                                  hash_of(k->prior, cells * sizeof *k->prior),
                                  hash_of(method, strlen(method)),
                                  hash_of(wholes, sizeof wholes),
                                  hash_of(levels, sizeof levels)};
  PropterBuf all = {0};
  PropterStatus status = PROPTER_OK;
  propter_buf_add(&all, (PropterStr){(const char *)parts, sizeof parts});
  for (size_t i = 0; i < x->p && !status; i++) {
    PropterHash128 figures;
    status = kept_series(&from->metric[i]->view[from->view].series, &figures, err);
    propter_buf_add(&all, (PropterStr){(const char *)&figures, sizeof figures});
  }
  if (!status) status = propter_buf_status(&all, err);
  if (!status) x->key = propter_hash128(propter_buf_str(&all));
  propter_buf_clear(&all);
  return status;
}

/* Resamples that are kept together: as many as a search that is stopped loses at most. */
enum { PORTION = 20 };

typedef struct {
  const LinkPanel *panel;
  const char *method;
  const PropterLaggedOptions *search;
  size_t cells;
  uint32_t *shown, *part; /* all so far; of one portion */
  unsigned char *bytes;   /* the same, as it is kept */
} Draws;

static PropterStatus add_portion(Draws *d, size_t first, size_t count, PropterError *err) {
  const PropterHash128 key = kept_key(d->panel->key, KEPT_RESAMPLES, first, first + count);
  Memo *memo = d->panel->know->memo;
  const LinkPanel *from;
  PropterStr kept;
  if (memo_get(memo, key, &kept) && kept.len == d->cells) {
    for (size_t c = 0; c < d->cells; c++) d->shown[c] += (unsigned char)kept.data[c];
    return PROPTER_OK;
  }
  memset(d->part, 0, d->cells * sizeof *d->part);
  PROPTER_TRY(link_resampled(d->panel, &from, err));
  PROPTER_TRY(propter_lagged_resample(from->p, from->n, from->standard, d->method, d->search, first, count, d->part, err));
  for (size_t c = 0; c < d->cells; c++) d->shown[c] += d->part[c], d->bytes[c] = (unsigned char)d->part[c];
  return memo_put(memo, key, (PropterStr){(const char *)d->bytes, d->cells}, err);
}

PropterStatus link_stability(LinkPanel *x, const char *method, const PropterLaggedOptions *search, PropterError *err) {
  Draws d = {.panel = x, .method = method, .search = search, .cells = (x->lags + 1) * x->p * x->p};
  d.shown = propter_calloc(2 * d.cells + 1, sizeof *d.shown), d.bytes = propter_malloc(d.cells + 1);
  if (!x->graph.stability) x->graph.stability = propter_calloc(d.cells + 1, sizeof *x->graph.stability);
  PropterStatus status =
      d.shown && d.bytes && x->graph.stability ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "stability of links of %zu metrics", x->p);
  if (!status) d.part = d.shown + d.cells;
  if (!status && x->know->memo) status = set_key(x, method, search, err);
  for (size_t first = 0; first < search->resamples && !status; first += PORTION)
    status = add_portion(&d, first, search->resamples - first < PORTION ? search->resamples - first : PORTION, err);
  for (size_t c = 0; c < d.cells && !status; c++) x->graph.stability[c] = d.shown[c] / (double)search->resamples;
  propter_free(d.shown);
  propter_free(d.bytes);
  return status;
}

/* --- effects -------------------------------------------------------------------------------------------------------------------------------------------- */

PropterHash128 link_doubt_key(const LinkPanel *x, PropterStr what) {
  const PropterHash128 parts[] = {x->key, propter_hash128(what)};
  return kept_key(hash_of(parts, sizeof parts), KEPT_DOUBT, 0, 0);
}

/* A text that ends with 0, into a field of so many bytes. */
static bool take_text(PropterStr *rest, char *to, size_t size) {
  const char *end = rest->len ? memchr(rest->data, 0, rest->len) : NULL;
  return end && (size_t)(end - rest->data) < size && kept_take(rest, to, (size_t)(end - rest->data) + 1);
}

/* Error, number of attempts; of each its numbers, whether it was passed, name and text. A value of another form is none. */
bool link_doubt_get(const Know *know, PropterHash128 key, LinkDoubt *out) {
  PropterStr rest;
  unsigned char attempts, passed;
  double number[3];
  if (!memo_get(know->memo, key, &rest) || !kept_take(&rest, &out->error, sizeof out->error) || !kept_take(&rest, &attempts, 1)) return false;
  if ((out->attempts = attempts) > PROPTER_REFUTATIONS) return false;
  for (size_t i = 0; i < out->attempts; i++) {
    PropterRefutation *a = &out->attempt[i];
    if (!kept_take(&rest, number, sizeof number) || !kept_take(&rest, &passed, 1) || passed > 1) return false;
    if (!take_text(&rest, a->name, sizeof a->name) || !take_text(&rest, a->text, sizeof a->text)) return false;
    a->value = number[0], a->spread = number[1], a->p = number[2], a->passed = passed;
  }
  return !rest.len;
}

PropterStatus link_doubt_put(const Know *know, PropterHash128 key, const LinkDoubt *doubt, PropterError *err) {
  PropterBuf value = {0};
  propter_buf_add(&value, (PropterStr){(const char *)&doubt->error, sizeof doubt->error});
  propter_buf_add_char(&value, (char)doubt->attempts);
  for (size_t i = 0; i < doubt->attempts; i++) {
    const PropterRefutation *a = &doubt->attempt[i];
    const double number[] = {a->value, a->spread, a->p};
    propter_buf_add(&value, (PropterStr){(const char *)number, sizeof number});
    propter_buf_add_char(&value, a->passed);
    propter_buf_add(&value, (PropterStr){a->name, strlen(a->name) + 1});
    propter_buf_add(&value, (PropterStr){a->text, strlen(a->text) + 1});
  }
  PropterStatus status = propter_buf_status(&value, err);
  if (!status) status = memo_put(know->memo, key, propter_buf_str(&value), err);
  propter_buf_clear(&value);
  return status;
}
