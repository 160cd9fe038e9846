/* SPDX-License-Identifier: Apache-2.0 */
/* What happens in the shop: moves with one or two causes, hidden causes, things of no effect beside them, and others elsewhere. */
#include "retail.h"

#include <math.h>
#include <string.h>

const Kind kinds[] = {
#define KIND(id, name, plural, scope, shortest, longest, measure, sign, step, planned, weight)                                                                 \
  {#id, name, plural, scope, shortest, longest, measure, sign, step, planned, weight},
#include "kinds.def"
#undef KIND
};
const int kind_count = (int)(sizeof kinds / sizeof *kinds);

double draw(Shop *s) { return propter_rng_unit(&s->rng); }
bool chance(Shop *s, double p) { return draw(s) < p; }
int between(Shop *s, int low, int high) { return high <= low ? low : low + (int)propter_rng_below(&s->rng, (uint64_t)(high - low + 1)); }

static const char *const names[] = {"Alder",  "Birch",  "Cedar",  "Dahlia", "Elder",  "Fennel", "Gorse",  "Hazel",   "Iris",  "Juniper", "Kestrel", "Laurel",
                                    "Maple",  "Nettle", "Oak",    "Poplar", "Quince", "Rowan",  "Sorrel", "Thistle", "Umber", "Violet",  "Willow",  "Yarrow",
                                    "Zinnia", "Amber",  "Basalt", "Cobalt", "Dolmen", "Ember",  "Flint",  "Garnet",  "Heron", "Ibis",    "Jasper",  "Krypton",
                                    "Linden", "Marlin", "Nimbus", "Onyx",   "Petrel", "Quartz", "Raven",  "Sable",   "Topaz", "Ursa",    "Vesper",  "Wren",
                                    "Xenon",  "Yonder", "Zephyr", "Aspen",  "Beryl",  "Curlew", "Dunlin", "Egret",   "Falcon"};

static size_t add_event(Shop *s, Event e) {
  size_t same = 0, count = sizeof names / sizeof *names;
  for (size_t i = 0; i < s->events.count; i++) same += s->events.items[i].kind == e.kind;
  if (e.kind == HIDDEN) (void)snprintf(e.name, sizeof e.name, "hidden %zu", same + 1);
  else if (same < count) (void)snprintf(e.name, sizeof e.name, "%s", names[(same * 7 + (size_t)e.kind * 5) % count]);
  else (void)snprintf(e.name, sizeof e.name, "%s %zu", names[same % count], same / count + 1);
  must_have(propter_vec_push(&s->events, e));
  return s->events.count - 1;
}

/* A kind that moves things, by weight; SIGN 0: any; `not`: another one. −1: none. */
static int draw_kind(Shop *s, int measure, int sign, int not ) {
  int total = 0;
  for (int k = 0; k < kind_count; k++)
    if (k != not &&(!sign || (kinds[k].sign == sign && (int)kinds[k].measure == measure))) total += kinds[k].weight;
  if (!total) return -1;
  int at = between(s, 1, total);
  for (int k = 0; k < kind_count; k++)
    if (k != not &&(!sign || (kinds[k].sign == sign && (int)kinds[k].measure == measure)) && (at -= kinds[k].weight) <= 0) return k;
  return -1;
}

static Event place(int kind, int region, int product, int from, int to) {
  Event e = {.kind = kind, .region = region, .product = product, .from = from, .to = to, .measure = MEASURES};
  if (kind == HIDDEN) return e;
  if (kinds[kind].scope == SCOPE_REGION) e.product = ANY;
  if (kinds[kind].scope == SCOPE_PRODUCT) e.region = ANY;
  /* late deliveries act by way of the deliveries */
  e.measure = strcmp(kinds[kind].id, "carrier") == 0 ? MEASURES : kinds[kind].measure;
  return e;
}

/* Days on which something planted moves a cell, with the quiet time around it. */
static bool is_free(const Shop *s, const unsigned char *taken, const Event *e, int extra) {
  for (int r = 0; r < (int)s->p.regions; r++)
    for (int p = 0; p < (int)s->p.products; p++) {
      if ((e->region != ANY && e->region != r) || (e->product != ANY && e->product != p)) continue;
      for (int d = e->from - QUIET; d <= e->to + extra + QUIET; d++)
        if (d < 0 || d >= (int)s->p.days || taken[(size_t)(r * MOST + p) * (size_t)s->p.days + (size_t)d]) return false;
    }
  return true;
}

static void take(const Shop *s, unsigned char *taken, const Event *e, int extra) {
  for (int r = 0; r < (int)s->p.regions; r++)
    for (int p = 0; p < (int)s->p.products; p++)
      for (int d = e->from; d <= e->to + extra; d++)
        if ((e->region == ANY || e->region == r) && (e->product == ANY || e->product == p)) taken[(size_t)(r * MOST + p) * (size_t)s->p.days + (size_t)d] = 1;
}

static double draw_size(Shop *s, Measure measure, int sign) {
  double size = s->p.effect_low + (s->p.effect_high - s->p.effect_low) * draw(s);
  return sign * (measure == ORDERS ? size : 2 * size);
}

typedef struct {
  Episode episode;
  Event event[2];
  int events, lag;
} Draft;

/* One or two causes at a random place and time. */
static Draft draft(Shop *s) {
  Draft x = {.episode = {.decoy = SIZE_MAX}};
  Episode *e = &x.episode;
  e->undocumented = chance(s, s->p.undocumented);
  int kind = e->undocumented ? HIDDEN : draw_kind(s, 0, 0, -1), region = between(s, 0, (int)s->p.regions - 1), product = between(s, 0, (int)s->p.products - 1);
  int length = kind == HIDDEN ? between(s, 4, 12) : between(s, kinds[kind].shortest, kinds[kind].longest), sign;
  int from = between(s, 2 * QUIET, (int)s->p.days - 2 * QUIET - length);
  e->measure = kind == HIDDEN ? (chance(s, .7) ? ORDERS : REFUNDS) : kinds[kind].measure;
  sign = kind != HIDDEN ? kinds[kind].sign : e->measure == REFUNDS || chance(s, .5) ? 1 : -1;
  x.event[x.events++] = place(kind, region, product, from, from + length - 1);
  if (kind == HIDDEN) x.event[0].measure = e->measure;
  x.event[0].size = draw_size(s, e->measure, sign);
  bool carrier = kind != HIDDEN && strcmp(kinds[kind].id, "carrier") == 0, two = kind != HIDDEN && chance(s, s->p.two_causes);
  int other = two ? draw_kind(s, (int)e->measure, sign, kind) : -1;
  if (carrier && other < 0 && chance(s, .4)) e->measure = DELIVERY;
  if (e->measure == REFUNDS && (carrier || (other >= 0 && strcmp(kinds[other].id, "carrier") == 0))) x.lag = LAG;
  if (other >= 0) {
    x.event[x.events] = place(other, region, product, from + between(s, 0, 1), from + length - 1);
    x.event[x.events++].size = x.event[0].size * (s->p.second_low + (1 - s->p.second_low) * draw(s));
  }
  bool whole = other < 0 && chance(s, .5);
  e->region = x.event[0].region == ANY && whole ? ANY : region;
  e->product = x.event[0].product == ANY && whole ? ANY : product;
  e->from = from + x.lag;
  e->to = from + length - 1 + x.lag;
  return x;
}

/* Something of no effect in the same place within NEAR days; half of the time of a kind that could have done it. */
static void add_decoy(Shop *s, Episode *e, int sign) {
  int like = chance(s, .5) ? draw_kind(s, (int)e->measure, sign, -1) : -1, kind = like >= 0 ? like : between(s, 0, kind_count - 1);
  for (size_t i = 0; i < e->events; i++) /* not one of the kind that did it: no record tells the two apart */
    if (s->events.items[e->event[i]].kind == kind) kind = kind_count - 1 - (int)i;
  int from = e->from + between(s, -NEAR, NEAR), length = between(s, kinds[kind].shortest, kinds[kind].longest);
  Event x = place(kind, e->region == ANY ? 0 : e->region, e->product == ANY ? 0 : e->product, from, from + length - 1);
  x.calendar = true;
  e->decoy = add_event(s, x);
}

static void add_episode(Shop *s, Draft *x) {
  Episode *e = &x->episode;
  int sign = x->event[0].size > 0 ? 1 : -1, jitter = (int)s->p.jitter, from = e->from, to = e->to;
  for (int i = 0; i < x->events; i++) {
    x->event[i].calendar = chance(s, s->p.calendar);
    e->event[e->events++] = add_event(s, x->event[i]);
  }
  if ((e->confounded = chance(s, s->p.confounded))) {
    Event hidden = place(HIDDEN, ANY, ANY, from, to);
    hidden.measure = e->measure;
    hidden.size = s->p.confounder * x->event[0].size;
    e->event[e->events++] = add_event(s, hidden);
  }
  if (chance(s, s->p.coincidence)) add_decoy(s, e, sign);
  e->consensus = chance(s, s->p.consensus);
  e->from = from + between(s, -jitter, jitter);
  e->to = to + between(s, -jitter, jitter);
  if (e->to < e->from) e->to = e->from;
  must_have(propter_vec_push(&s->episodes, *e));
}

/* Documented sizes: what the event did to its own place, with an error. */
static void measure_doses(Shop *s) {
  for (size_t i = 0; i < s->events.count; i++) {
    Event *e = &s->events.items[i];
    if (e->kind == HIDDEN || !e->calendar || e->measure == MEASURES || !kinds[e->kind].weight || !chance(s, s->p.dosed)) continue;
    Episode own = {.measure = e->measure, .region = e->region, .product = e->product, .from = e->from, .to = e->to};
    double level = shop_mean(s, &own, SIZE_MAX, true), effect = level - shop_mean(s, &own, i, true);
    /* Of what moved nothing the plan is on record, and plans are hopeful. */
    if (e->size == 0) effect = kinds[e->kind].sign * level * (exp(s->p.effect_low) - 1);
    e->dose = round(effect * (1 + s->p.dose_error * propter_rng_normal(&s->rng)));
  }
}

void plant(Shop *s) {
  unsigned char *taken = propter_calloc((size_t)(MOST * MOST) * (size_t)s->p.days, 1);
  must_have(taken);
  for (int i = 0; i < (int)s->p.episodes; i++)
    for (int tries = 0; tries < 200; tries++) {
      Draft x = draft(s);
      bool room = true;
      for (int k = 0; k < x.events; k++) room &= is_free(s, taken, &x.event[k], x.lag);
      if (!room) continue;
      for (int k = 0; k < x.events; k++) take(s, taken, &x.event[k], x.lag);
      add_episode(s, &x);
      break;
    }
  for (int i = 0; i < (int)s->p.background; i++) {
    int kind = between(s, 0, kind_count - 1), length = between(s, kinds[kind].shortest, kinds[kind].longest);
    int from = between(s, QUIET, (int)s->p.days - QUIET - length);
    Event e = place(kind, between(s, 0, (int)s->p.regions - 1), between(s, 0, (int)s->p.products - 1), from, from + length - 1);
    e.calendar = true;
    (void)add_event(s, e);
  }
  propter_free(taken);
  measure_doses(s);
}
