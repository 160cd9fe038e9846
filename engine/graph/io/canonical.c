/* SPDX-License-Identifier: Apache-2.0 */
/* Labels for blank nodes that depend on the graph only: colour refinement, and where several nodes stay alike the one that comes first is
 * told apart and refinement goes on. rdf.h says which graphs this cannot settle. */
#include <string.h>

#include "write.h"

enum { MOST_ALIKE = 1000 };

static uint64_t mix(uint64_t a, uint64_t b) {
  uint64_t pair[2] = {a, b};
  return propter_hash64((PropterStr){(const char *)pair, sizeof pair});
}

typedef struct {
  Held *h;
  uint32_t *blanks; /* numbers of the blank nodes */
  size_t count;
  uint64_t *sums; /* by number of the term */
} Colours;

/* How a quad looks from one of its blank nodes: the colours of all its terms and the place of that node. */
static void see(Colours *c, const HeldQuad *q) {
  HeldTerm *t = c->h->terms.items;
  const uint32_t n[4] = {q->s, q->p, q->o, q->g};
  uint64_t all = 0;
  for (int i = 0; i < 4; i++) all = mix(all, t[n[i]].colour);
  for (uint64_t i = 0; i < 4; i++)
    if (t[n[i]].term.kind == PROPTER_TERM_BLANK) c->sums[n[i]] += mix(all, i + 1);
}

static int by_colour(const void *a, const void *b, void *terms) {
  const HeldTerm *t = terms;
  uint64_t x = t[*(const uint32_t *)a].colour, y = t[*(const uint32_t *)b].colour;
  return x < y ? -1 : x > y;
}

static size_t distinct(Colours *c) {
  qsort_r(c->blanks, c->count, sizeof *c->blanks, by_colour, c->h->terms.items);
  size_t n = c->count > 0;
  for (size_t i = 1; i < c->count; i++) n += c->h->terms.items[c->blanks[i]].colour != c->h->terms.items[c->blanks[i - 1]].colour;
  return n;
}

static size_t refine(Colours *c, size_t before) {
  for (;;) {
    memset(c->sums, 0, c->h->terms.count * sizeof *c->sums);
    for (size_t i = 0; i < c->h->quads.count; i++) see(c, &c->h->quads.items[i]);
    for (size_t i = 0; i < c->count; i++) {
      HeldTerm *t = &c->h->terms.items[c->blanks[i]];
      t->colour = mix(t->colour, c->sums[c->blanks[i]]);
    }
    size_t now = distinct(c);
    if (now == before || now == c->count) return now;
    before = now;
  }
}

PropterStatus held_canonical(Held *h, PropterError *err) {
  Colours c = {.h = h};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < h->terms.count; i++) {
    HeldTerm *t = &h->terms.items[i];
    c.count += t->term.kind == PROPTER_TERM_BLANK;
    t->colour = t->term.kind == PROPTER_TERM_BLANK ? 1 : propter_hash64(t->text);
  }
  if (!c.count) return PROPTER_OK;
  c.blanks = propter_malloc(c.count * sizeof *c.blanks);
  c.sums = propter_malloc(h->terms.count * sizeof *c.sums);
  if (!c.blanks || !c.sums) {
    status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
    goto done;
  }
  size_t n = 0;
  for (size_t i = 0; i < h->terms.count; i++)
    if (h->terms.items[i].term.kind == PROPTER_TERM_BLANK) c.blanks[n++] = (uint32_t)i;
  size_t kinds = refine(&c, 1), alike = 0;
  while (kinds < c.count) {
    if (++alike > MOST_ALIKE) {
      status = propter_fail(err, PROPTER_LIMIT, "more than %d blank nodes are alike: no canonical labels", MOST_ALIKE);
      goto done;
    }
    size_t i = 1;
    while (h->terms.items[c.blanks[i]].colour != h->terms.items[c.blanks[i - 1]].colour) i++;
    HeldTerm *t = &h->terms.items[c.blanks[i - 1]];
    t->colour = mix(t->colour, 2);
    kinds = refine(&c, distinct(&c));
  }
  for (size_t i = 0; i < c.count; i++) {
    HeldTerm *t = &h->terms.items[c.blanks[i]];
    t->text = propter_arena_printf(&h->arena, "_:c%zu", i);
    if (!t->text.data) {
      status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
      goto done;
    }
    t->term.value = (PropterStr){t->text.data + 2, t->text.len - 2};
  }
done:
  propter_free(c.blanks);
  propter_free(c.sums);
  return status;
}
