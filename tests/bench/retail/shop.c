/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of the shop: a level, the week, the year, noise with a memory, and what was planted. Orders are counted with Poisson noise; refunds follow the
 * orders and the deliveries of LAG days before. The noise is drawn once, so that a figure without an event differs from the one with it by the event. */
#include "retail.h"

#include <math.h>
#include <string.h>

const char *const measure_ids[MEASURES] = {"orders", "refunds", "delivery", "stockouts", "price"};
const char *const measure_names[MEASURES] = {"orders", "refunds", "delivery days", "stock-outs", "prices"};

static size_t cell_of(const Shop *s, int region, int product, int channel) {
  return ((size_t)region * (size_t)s->p.products + (size_t)product) * (size_t)s->p.channels + (size_t)channel;
}

void shop_open(Shop *s) {
  size_t days = (size_t)s->p.days, cells = cell_of(s, (int)s->p.regions - 1, (int)s->p.products - 1, (int)s->p.channels - 1) + 1;
  double memory = s->p.autocorrelation, news = sqrt(1 - memory * memory);
  s->market = propter_malloc(days * sizeof *s->market);
  must_have(s->market);
  for (size_t d = 0; d < days; d++) s->market[d] = (d ? memory * s->market[d - 1] : 0) + news * s->p.market * propter_rng_normal(&s->rng);
  for (int m = 0; m < MEASURES; m++) {
    s->noise[m] = propter_malloc(2 * cells * days * sizeof *s->noise[m]);
    must_have(s->noise[m]);
    for (size_t c = 0; c < cells; c++)
      for (size_t d = 0; d < days; d++) {
        double *own = s->noise[m] + 2 * (c * days + d);
        own[0] = (d ? memory * own[-2] : 0) + news * s->p.noise * propter_rng_normal(&s->rng);
        own[1] = propter_rng_normal(&s->rng); /* of the count */
      }
  }
  for (size_t c = 0; c < cells; c++) s->level[c] = 80 * exp(.4 * propter_rng_normal(&s->rng));
}

void shop_close(Shop *s) {
  for (int m = 0; m < MEASURES; m++) propter_free(s->noise[m]);
  propter_free(s->market);
  propter_vec_clear(&s->events);
  propter_vec_clear(&s->episodes);
}

/* What the events add to the logarithm of a measure on a day. */
static double planted_effect(const Shop *s, Measure measure, int region, int product, int day, size_t without) {
  double sum = 0;
  for (size_t i = 0; i < s->events.count; i++) {
    const Event *e = &s->events.items[i];
    bool steps = e->kind != HIDDEN && kinds[e->kind].step;
    if (i == without || e->size == 0 || day < e->from || (day > e->to && !steps)) continue;
    if ((e->region != ANY && e->region != region) || (e->product != ANY && e->product != product)) continue;
    if (e->measure == measure) sum += e->size;
    /* What a shortage and a price do besides is what people see of them. */
    if (e->kind == HIDDEN) continue;
    const char *id = kinds[e->kind].id;
    if (measure == STOCKOUTS && !strcmp(id, "shortage")) sum += 1.2;
    if (measure == PRICE && !strncmp(id, "price_", 6)) sum += e->size > 0 ? -.15 : .15;
  }
  return sum;
}

static double late_deliveries(const Shop *s, int region, int day, size_t without) {
  double late = 0;
  for (size_t i = 0; i < s->events.count; i++) {
    const Event *e = &s->events.items[i];
    if (i == without || e->size == 0 || e->kind == HIDDEN || strcmp(kinds[e->kind].id, "carrier") != 0) continue;
    if (e->region == region && day >= e->from && day <= e->to) late += e->size;
  }
  return late;
}

static double count(double mean, double z) { return fmax(0, round(mean + sqrt(mean) * z)); }

double shop_value(const Shop *s, Measure measure, int region, int product, int channel, int day, size_t without, bool planted) {
  size_t days = (size_t)s->p.days, cell = cell_of(s, region, product, channel);
  const double *noise = s->noise[measure] + 2 * (cell * days + (size_t)day);
  static const double week[7] = {.02, 0, -.03, 0, .05, .10, -.14};
  double season = week[propter_day_weekday(day_of(day)) - 1] + .10 * sin(6.283185307179586 * day / 365.25);
  double effect = planted ? planted_effect(s, measure, region, product, day, without) : 0;
  double late = planted ? late_deliveries(s, region, day, without) : 0;
  switch (measure) {
  case ORDERS:
    return count(s->level[cell] * exp(season + s->market[day] + noise[0] + effect), noise[1]);
  case REFUNDS: {
    int before = day < LAG ? 0 : day - LAG;
    double strike = planted ? late_deliveries(s, region, before, without) : 0;
    return count(.2 * s->level[cell] * exp(season + noise[0] + effect + strike), noise[1]);
  }
  case DELIVERY:
    return round(100 * (3 * exp(noise[0] + .8 * late + effect))) / 100;
  case STOCKOUTS:
    return count(6 * exp(noise[0] + effect), noise[1]);
  default:
    return round(100 * (40 * exp(.1 * noise[0] + effect))) / 100;
  }
}

double shop_mean(const Shop *s, const Episode *e, size_t without, bool planted) {
  double sum = 0, n = 0;
  bool level = e->measure == DELIVERY || e->measure == PRICE;
  for (int r = 0; r < (int)s->p.regions; r++)
    for (int p = 0; p < (int)s->p.products; p++)
      for (int c = 0; c < (int)s->p.channels; c++) {
        if ((e->region != ANY && r != e->region) || (e->product != ANY && p != e->product)) continue;
        for (int d = e->from; d <= e->to; d++) sum += shop_value(s, e->measure, r, p, c, d, without, planted);
        n++;
      }
  return sum / (e->to - e->from + 1) / (level && n > 0 ? n : 1);
}
