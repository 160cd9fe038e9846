/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile queries, for the tests (how they end) and the benchmarks (how soon). */
#ifndef SPARQL_HOSTILE_H
#define SPARQL_HOSTILE_H

#include "propter/mem.h"

typedef struct {
  const char *outcome, *head;
  int count;
  const char *piece, *middle, *again, *tail;
} Hostile;

static const Hostile hostile[] = {
#define HOSTILE(outcome, head, count, piece, middle, again, tail) {outcome, head, count, piece, middle, again, tail},
#include "hostile.def"
#undef HOSTILE
};
enum { HOSTILE_COUNT = sizeof hostile / sizeof *hostile, HOSTILE_NODES = 1500 };

static inline void hostile_repeat(PropterBuf *out, const char *piece, int count) {
  for (int i = 0; i < count; i++)
    for (const char *p = piece; *p; p++) {
      if (*p == '#')
        propter_buf_printf(out, "%d", i);
      else
        propter_buf_add_char(out, *p);
    }
}

static inline void hostile_text(const Hostile *h, PropterBuf *out) {
  propter_buf_reset(out);
  propter_buf_printf(out, "PREFIX : <urn:> %s", h->head);
  hostile_repeat(out, h->piece, h->count);
  propter_buf_printf(out, "%s", h->middle);
  hostile_repeat(out, h->again, h->count);
  propter_buf_printf(out, "%s", h->tail);
}

/* An update that makes the graph they are asked of. */
static inline void hostile_graph(PropterBuf *out) {
  propter_buf_reset(out);
  propter_buf_printf(out, "PREFIX : <urn:> INSERT DATA {");
  for (int i = 0; i < HOSTILE_NODES; i++) propter_buf_printf(out, " :n%d :next :n%d ; :value %d .", i, (i + 1) % HOSTILE_NODES, i % 97);
  propter_buf_printf(out, " }");
}

#endif
