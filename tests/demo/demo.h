/* SPDX-License-Identifier: Apache-2.0 */
/* The demo as a test: truth.json and claims.json read, the pack loaded by the program itself, graphs changed for the knock-outs. */
#ifndef DEMO_H
#define DEMO_H

#include <jansson.h>

#include "propter/infer.h"
#include "support.h"

enum { DEMO_MOST = 32 };

/* Texts of the truth file with the prefix written out; ended by NULL. */
typedef const char *DemoNames[DEMO_MOST];

typedef struct {
  const char *sector;
  int from, to; /* months: year × 12 + month − 1 */
} DemoWindow;

typedef struct {
  const char *id, *other_sector;
  DemoNames events, kinds, documents, overlaps;
  DemoWindow windows[4];
  size_t window_count;
} DemoCause;

typedef struct {
  const char *cause;
  DemoNames grades;
  double not_first_above;
} DemoListed;

typedef struct {
  const char *id, *group, *text, *metric;
  PropterDay from, to;
  DemoNames outcomes, accepted, leads, grades, against;
  DemoListed listed[2];
  size_t listed_count;
} DemoQuestion;

typedef struct {
  const char *id, *document, *text, *cause, *effect, *truth, *form, *kind;
  int from, to; /* months; 0: at no particular time */
} DemoClaim;

extern DemoCause demo_causes[64];
extern size_t demo_cause_count;
extern DemoQuestion demo_questions[128];
extern size_t demo_question_count;
extern DemoClaim demo_claims[256];
extern size_t demo_claim_count;

/* Reads both files once. */
void demo_read(void);
const DemoCause *demo_cause(const char *id);
const DemoClaim *demo_claim(const char *id);
bool demo_has(const DemoNames names, const char *name);

/* Folder of the pack in the source tree. */
const char *demo_pack(void);
/* Runs the program with the arguments, a shell's words; the test fails if it ends with another code than 0. */
void demo_run(const char *format, ...) PROPTER_PRINTF(1, 2);
/* Graph with the whole pack: loaded, ingested, read. Made once, in the process that asks first (a fixture of the test case). */
const char *demo_graph(void);
void demo_setup(void);

/* A snapshot with an inferrer over it. */
typedef struct {
  PropterGraph *graph;
  PropterSnapshot *snapshot;
  PropterInferrer *inferrer;
} Demo;
Demo demo_open(const char *dir, const PropterInferOptions *options);
void demo_close(Demo *demo);
PropterInference *demo_ask(const Demo *demo, const DemoQuestion *question);
PropterInference *demo_ask_month(const Demo *demo, const char *metric, int month);

/* The cause of the truth file that a found one is, or NULL. */
const DemoCause *demo_match(const PropterCause *cause);
const PropterCause *demo_find(const PropterInference *x, const DemoCause *cause);
/* Named in the answer: likely enough, and the window has an answer. */
bool demo_named(const PropterInference *x, const PropterCause *cause);
double demo_p(const PropterInference *x, const DemoCause *cause);
/* Naming this cause for that sector in that month is right. */
bool demo_right(const DemoCause *cause, const char *sector, int month);
const char *demo_grade(PropterGrade grade);
/* The claim of a document that is (part of) this sentence, or the other way round. */
bool demo_is_claim(const PropterEvidence *e, const DemoClaim *claim);

/* Sectors with their metrics: "emp:…" written out. */
extern const char *demo_sectors[32];
extern size_t demo_sector_count;
const char *demo_metric(const char *sector);
bool demo_within(const char *sector, const char *of); /* the same, narrower or wider */

/* --- changing a graph --- */

typedef struct {
  PropterGraph *graph;
  PropterWriter *writer;
  PropterSnapshot *snapshot;
} DemoEdit;
/* A copy of the graph of the pack, open for changes. */
const char *demo_copy(DemoEdit *edit);
void demo_commit(DemoEdit *edit);
PropterId demo_iri(DemoEdit *edit, const char *iri);
PropterId demo_date(DemoEdit *edit, PropterDay day);
void demo_add(DemoEdit *edit, const char *s, const char *p, PropterId o);
/* Replaces every object of (s, p). */
void demo_replace(DemoEdit *edit, const char *s, const char *p, PropterId o);
/* Moves all dates of an event (its points too) by so many months. */
void demo_shift(DemoEdit *edit, const char *event, int months);

int demo_month(PropterDay day);
PropterDay demo_month_first(int month);
PropterDay demo_month_last(int month);

#endif
