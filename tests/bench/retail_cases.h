/* SPDX-License-Identifier: Apache-2.0 */
/* Shops of retail/generate, put through the program and asked: what each way of answering puts first, and every hypothesis with its truth. */
#ifndef BENCH_RETAIL_CASES_H
#define BENCH_RETAIL_CASES_H

#include "causal.h"
#include "propter/infer.h"

/* Ways to answer. The first is the product; the next four are what joining is compared with; the last leaves out the curated links. */
enum { WAY_JOINED, WAY_DATA, WAY_TEXT, WAY_LATEST, WAY_CLAIMED, WAY_NO_LINKS, WAYS };
extern const char *const way_names[WAYS];

typedef struct {
  size_t shop, question;
  char family[32]; /* kind of the largest documented cause; empty: none */
  bool documented; /* at least one of the causes is known to the calendar or a document */
  bool two, confounded, coincidence, consensus;
  bool right[WAYS]; /* the way's first cause is a true one */
  bool moved;       /* the window has moved */
  double p;         /* of the first cause; 0: none */
  bool said;        /* the first cause is wrong, and a document says that it is it */
} Case;

typedef struct {
  double p;
  bool right;
  size_t at; /* index of the case */
} Hypothesis;

typedef struct {
  PROPTER_VEC(Case) cases;
  PROPTER_VEC(Hypothesis) hypotheses;
  size_t shops;
  double seconds; /* processor time of the questions */
} Cases;

/* FOLDER is a shop (it has truth.json) or holds shops, taken in order of name. Ends the program when something fails. `verbose`: a line a question. */
void cases_read(const char *folder, bool verbose, Cases *out);
void cases_clear(Cases *cases);

#endif
