/* SPDX-License-Identifier: Apache-2.0 */
/* Shops of retail/generate, put through the program and asked: what each way of answering puts first, and every hypothesis with its truth. */
#ifndef BENCH_RETAIL_CASES_H
#define BENCH_RETAIL_CASES_H

#include "causal.h"
#include "propter/infer.h"

/* Ways to answer. The first is the product; the next four are what joining is compared with; each of the others leaves out one pack of knowledge. */
enum { WAY_JOINED, WAY_DATA, WAY_TEXT, WAY_LATEST, WAY_CLAIMED, WAY_NO_DOCUMENTS, WAY_NO_LINKS, WAY_NO_CALENDAR, WAYS };
extern const char *const way_names[WAYS];

typedef struct {
  size_t shop, question;
  char family[32]; /* kind of the largest documented cause; empty: none */
  bool documented; /* at least one of the causes is known to the calendar or a document */
  bool two, confounded, coincidence, consensus;
  bool right[WAYS]; /* the way's first cause is a true one */
  bool moved;       /* the window has moved */
  double p;         /* of the first cause, before calibration; 0: none */
  bool said;        /* the first cause is wrong, and a document says that it is it */
} Case;

typedef struct {
  double p; /* before calibration */
  bool right;
  size_t at; /* index of the case */
} Hypothesis;

typedef struct {
  PROPTER_VEC(Case) cases;
  PROPTER_VEC(Hypothesis) hypotheses;
  size_t shops;
  bool asked[WAYS];
  double seconds; /* processor time of the questions */
} Cases;

typedef struct {
  bool verbose;       /* a line a question and cause */
  bool joined;        /* ways that need a pass of their own are left out */
  const char *graphs; /* folder in which the graphs are kept and found again: good for a changed score, not for a changed reader. NULL: none */
} CasesOptions;

/* FOLDER is a shop (it has truth.json) or holds shops, taken in order of name. Ends the program when something fails. */
void cases_read(const char *folder, const CasesOptions *options, Cases *out);
void cases_clear(Cases *cases);

#endif
