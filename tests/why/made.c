/* SPDX-License-Identifier: Apache-2.0 */
#include "made.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EMP "https://w3id.org/propter/pack/us-employment#"

const char *const made_names[MADE_COUNT] = {"answered", "quiet", "unknown", "not-testable", "hostile"};
const char made_payload[] =
    "</script></style><img src=x onerror=alert(1)>\"' onload=\"x\" `![x](javascript:1)` =cmd|' /C calc'!A0 \x1b[31m\x1b]0;t\x07 \xe2\x80\xaetxt\r\n@x {{7*7}} ${x} ]]> -->";

/* Information, January 2010 to December 2012, thousands; Bureau of Labor Statistics. */
static const double information[] = {
    2737, 2737, 2718, 2715, 2709, 2703, 2703, 2702, 2697, 2695, 2689, 2682,
    2678, 2673, 2672, 2674, 2679, 2685, 2676, 2634, 2677, 2677, 2676, 2678,
    2665, 2676, 2678, 2679, 2685, 2674, 2680, 2676, 2670, 2667, 2674, 2675};

static PropterStr s(const char *text) { return propter_str(text); }

/* Plain memory, kept until the program ends: failing allocations are for the code under test. */
static void *list(size_t size) {
  static void **kept[64];
  static size_t count;
  void **p = calloc(1, size + sizeof(void *));
  if (!p) abort();
  *p = kept[count % 64];
  kept[count++ % 64] = p;
  return p + 1;
}

static PropterEvidence quote(const char *text, const char *path, const char *section, uint64_t from, PropterDay published) {
  return (PropterEvidence){.kind = PROPTER_EVIDENCE_QUOTE,
                           .counted = true,
                           .weight = 1.0986,
                           .iri = s(EMP "claim-1"),
                           .text = s(text),
                           .said = PROPTER_SAID_SUPPORTS,
                           .cause_label = s("Verizon strike"),
                           .polarity = -1,
                           .hedge = 0,
                           .confidence = .9,
                           .rule = s("cut"),
                           .document = s(EMP "document-1"),
                           .path = s(path),
                           .title = s("Labour market digest"),
                           .published = published,
                           .section = s(section),
                           .char_start = from,
                           .char_end = from + strlen(text),
                           .byte_start = from + 900,
                           .byte_end = from + 900 + strlen(text),
                           .has_bytes = true};
}

static PropterEvidence said(PropterSaid how, const char *text, const char *path, const char *reason) {
  PropterEvidence e = quote(text, path, "4", 300, propter_day(2011, 12, 20));
  e.said = how;
  e.counted = false;
  e.against = true;
  e.weight = NAN;
  e.reason = s(reason);
  return e;
}

static PropterEvidence test(const char *text, double weight) {
  return (PropterEvidence){.kind = PROPTER_EVIDENCE_TEST, .counted = true, .weight = weight, .text = s(text), .source_text = s("dose")};
}

static PropterEvidence row(const PropterSourceCell *cell) {
  return (PropterEvidence){.kind = PROPTER_EVIDENCE_ROW, .weight = NAN, .iri = cell->observation, .text = s("2,634 (-42)"), .cell = *cell};
}

static void series(PropterInference *f, size_t window, double step, double half) {
  size_t n = sizeof information / sizeof *information;
  PropterPathPoint *p = list(n * sizeof *p);
  for (size_t i = 0; i < n; i++) {
    PropterDay day = propter_day(2010, 1 + (int)i, 1);
    p[i] = (PropterPathPoint){.first = day,
                              .last = propter_day(2010, 2 + (int)i, 1) - 1,
                              .value = information[i],
                              .expected = NAN,
                              .low = NAN,
                              .high = NAN,
                              .in_window = i == window};
    if (i == window || i == window + 1) {
      double h = half * sqrt((double)(i - window + 1));
      p[i].expected = information[window - 1] + step * (double)(i - window + 1);
      p[i].low = p[i].expected - h, p[i].high = p[i].expected + h;
    }
  }
  f->points = n, f->point = p;
  f->first = f->from = p[window].first, f->last = f->to = p[window].last;
  f->observed = p[window].value, f->expected = p[window].expected, f->expected_low = p[window].low, f->expected_high = p[window].high;
  f->deviation = f->observed - f->expected, f->relative = f->deviation / f->expected, f->change = information[window] - information[window - 1];
  f->z = f->deviation / (half / 1.96);
  f->onset = f->first, f->onset_probability = .98;
  PropterSourceCell *c = list(3 * sizeof *c);
  for (size_t i = 0; i < 3; i++) {
    size_t k = window + i - 1;
    c[i] =
        (PropterSourceCell){p[k].first, p[k].last, p[k].value, s(EMP "obs-x"), s("ontology/packs/us-employment/us-employment.csv"), 50 + k, s("information")};
  }
  f->cells = 3, f->cell = c;
}

static PropterInference *base(void) {
  PropterInference *f = calloc(1, sizeof *f); /* propter_free is free */
  if (!f) abort();
  f->metric = (PropterMetric){.iri = s(EMP "information-employment"),
                              .label = s("information jobs"),
                              .unit = s("10*3"),
                              .unit_label = s("k"),
                              .scale = 1000,
                              .grain = PROPTER_GRAIN_MONTH,
                              .reference_day = 12,
                              .seasonally_adjusted = true,
                              .good_direction = 1,
                              .concept_label = s("Information sector")};
  f->usable = 118, f->version = 7, f->p_none = .001, f->unknown_share = NAN, f->rho = .02, f->unknown_size = 20;
  (void)snprintf(f->kernel, sizeof f->kernel, "Haswell");
  return f;
}

static PropterCause strike(PropterInference *f) {
  PropterEvidence *e = list(7 * sizeof *e);
  e[0] = quote("About 45,000 telephone workers stopped work on 7 August, and payrolls in the information sector fell because of it.",
               "documents/digest-2011-09.html", "Information", 412, propter_day(2011, 9, 5));
  e[1] = quote("The strike took some 45,000 people off the payroll.", "documents/notes-strikes.txt", "", 96, propter_day(2012, 1, 9));
  e[2] = (PropterEvidence){.kind = PROPTER_EVIDENCE_EVENT,
                           .counted = true,
                           .weight = NAN,
                           .iri = s(EMP "event-verizon-strike-2011"),
                           .text = s("strike of about 45,000 telecommunications workers, 7 to 22 August 2011"),
                           .source_text = s("Bureau of Labor Statistics, The Employment Situation: August 2011")};
  e[3] = test("dose -45 k predicts -45 k, -43 k was seen.", 2.4);
  e[4] = test("returns by +43 k when the strike ends", 1.9);
  e[5] = row(&f->cell[0]);
  e[6] = row(&f->cell[1]);
  PropterStr *alias = list(sizeof *alias), *alias_label = list(sizeof *alias_label);
  *alias = s(EMP "event-verizon-return-2011"), *alias_label = s("Return of the Verizon strikers, September 2011");
  PropterCause c = {.iri = s(EMP "event-verizon-strike-2011"),
                    .label = s("Verizon strike, August 2011"),
                    .kind_label = s("strike"),
                    .aliases = 1,
                    .alias = alias,
                    .alias_label = alias_label,
                    .start = propter_day(2011, 8, 7),
                    .end = propter_day(2011, 8, 22),
                    .scope_label = s("Information sector"),
                    .documented = true,
                    .channel = PROPTER_CHANNEL_CALENDAR,
                    .has_dose = true,
                    .profile = PROPTER_PROFILE_PULSE,
                    .dose = -45,
                    .dose_source = s("About 45,000 telecommunications workers"),
                    .predicted = -45,
                    .actual = f->deviation,
                    .evidences = 7,
                    .evidence = e,
                    .hypothesis = s("https://w3id.org/propter/h/1")};
  c.score = (PropterCauseScore){.p = .968,
                                .happened = 1,
                                .mattered = .968,
                                .prior = .21,
                                .data_lr = 4.4,
                                .effect = -43,
                                .effect_low = -51,
                                .effect_high = -35,
                                .share = 1.0,
                                .share_low = .8,
                                .share_high = 1.2,
                                .share_identified = true,
                                .grade = PROPTER_GRADE_BOTH,
                                .inseparable_from = -1,
                                .rank = 1,
                                .scored = true,
                                .tests = {.dose = 2.4, .back = 1.9, .contrast = NAN, .placebo = 1.8, .placebo_p = .012, .placebo_shifts = 118}};
  double want = log(.968 / .032) - log(.21 / .79);
  c.score.term[PROPTER_TERM_TEXT] = 1.1, c.score.term[PROPTER_TERM_TIMING] = 1.2, c.score.term[PROPTER_TERM_SIZE] = 1.6,
  c.score.term[PROPTER_TERM_RETURN] = 1.4;
  c.score.term[PROPTER_TERM_RIVALS] = want - 5.3;
  return c;
}

static PropterCause plain(const char *iri, const char *label, double p, PropterGrade grade) {
  PropterCause c = {
      .iri = s(iri), .label = s(label), .start = PROPTER_NO_DAY, .end = PROPTER_NO_DAY, .channel = PROPTER_CHANNEL_TEXT, .predicted = NAN, .actual = NAN};
  c.score = (PropterCauseScore){.p = p,
                                .happened = .4,
                                .mattered = p / .4,
                                .prior = .05,
                                .effect = NAN,
                                .effect_low = NAN,
                                .effect_high = NAN,
                                .share = NAN,
                                .share_low = NAN,
                                .share_high = NAN,
                                .grade = grade,
                                .inseparable_from = -1,
                                .tests = {.dose = NAN, .back = NAN, .contrast = NAN, .placebo = NAN, .placebo_p = NAN}};
  c.score.term[PROPTER_TERM_RIVALS] = log(p / (1 - p)) - log(.05 / .95);
  return c;
}

static void text_list(const char *text, size_t *count, const PropterStr **items) {
  PropterStr *t = list(sizeof *t);
  *t = s(text);
  *count = 1, *items = t;
}

static void answered(PropterInference *f) {
  series(f, 19, .6, 9);
  f->outcome = PROPTER_ANSWER_ANSWERED, f->pattern_kind = PROPTER_PATTERN_SPIKE, f->reason = s("one cause is likely enough to be named"),
  f->pattern = s("https://w3id.org/propter/p/1");
  f->p_unknown = .07, f->unknown_share = .04;
  PropterCause *c = list(3 * sizeof *c);
  c[0] = strike(f);
  c[1] = plain(EMP "recession", "Slow recovery after the recession of December 2007 to June 2009, as some documents have it", .06, PROPTER_GRADE_NOT_SEPARABLE);
  c[1].inseparable_from = s("ordinary growth");
  PropterHop *h = list(2 * sizeof *h);
  h[0] = (PropterHop){s(EMP "credit-crisis"), s("credit crisis"), s(EMP "recession"), s("recession"), .8, s(EMP "claim-9")};
  h[1] = (PropterHop){s(EMP "recession"), s("recession"), s(EMP "information"), s("Information sector"), .6, s(EMP "claim-10")};
  c[1].hops = 2, c[1].hop = h;
  c[2] = plain(EMP "layoffs", "layoffs at newspapers", .02, PROPTER_GRADE_CONTRADICTED);
  PropterEvidence *e = list(2 * sizeof *e);
  e[0] = quote("Layoffs at newspapers drove the August fall in information jobs.", "documents/review-2011.md", "4", 300, propter_day(2011, 12, 20));
  e[0].iri = s(EMP "claim-2");
  e[1] = said(PROPTER_SAID_DENIES, "Newspapers did not cut more jobs than before.", "documents/review-2011.md", "the sentence denies it");
  c[2].evidences = 2, c[2].evidence = e;
  f->causes = 3, f->cause = c;
  PropterEvidence *against = list(sizeof *against);
  *against = said(PROPTER_SAID_CONTRADICTED, "Layoffs at newspapers drove the August fall in information jobs.", "documents/review-2011.md",
                  "trend before and after unchanged");
  against->iri = s(EMP "claim-2");
  f->said = 1, f->saying = against;
  text_list("payroll detail for telecommunications (NAICS 517), not in the graph", &f->would_change, &f->would_change_text);
  PropterForecast *p = list(sizeof *p);
  *p = (PropterForecast){
      PROPTER_PREDICT_RETURN, s("By September 2011 information jobs are back between 2,665 and 2,690 k."), f->metric.iri, propter_day(2011, 9, 30), 2665, 2690};
  f->forecasts = 1, f->forecast = p;
}

static void hostile(PropterInference *f) {
  answered(f);
  PropterCause *c = list(sizeof *c);
  *c = strike(f);
  c->label = c->kind_label = c->inseparable_from = s(made_payload);
  PropterEvidence *e = list(2 * sizeof *e);
  e[0] = quote(made_payload, made_payload, made_payload, 1, propter_day(2011, 9, 5));
  e[0].title = e[0].rule = e[0].iri = e[0].part = s(made_payload);
  e[1] = test(made_payload, 1);
  c->evidences = 2, c->evidence = e;
  f->causes = 1, f->cause = c;
  PropterEvidence *against = list(sizeof *against);
  *against = said(PROPTER_SAID_UNSUPPORTED, made_payload, made_payload, made_payload);
  f->said = 1, f->saying = against;
  f->metric.label = f->metric.unit_label = f->metric.concept_label = s(made_payload);
  PropterSourceCell *cell = list(sizeof *cell);
  *cell = f->cell[1];
  cell->file = cell->column = s(made_payload);
  f->cells = 1, f->cell = cell;
  text_list(made_payload, &f->would_change, &f->would_change_text);
}

PropterInference *made_inference(MadeKind kind) {
  PropterInference *f = base();
  switch (kind) {
    case MADE_ANSWERED: answered(f); break;
    case MADE_HOSTILE: hostile(f); break;
    case MADE_QUIET:
      series(f, 14, .6, 12);
      f->outcome = PROPTER_ANSWER_DID_NOT_MOVE, f->reason = s("the deviation is within what is usual for this series"), f->p_unknown = .03, f->p_none = .9;
      break;
    case MADE_UNKNOWN:
      series(f, 19, .6, 9);
      f->outcome = PROPTER_ANSWER_CAUSE_UNKNOWN, f->reason = s("nothing documented reaches the probability from which a cause is named"), f->p_unknown = .88,
      f->p_none = .07, f->unknown_share = 1;
      PropterCause *c = list(sizeof *c);
      *c = plain(EMP "layoffs", "layoffs at newspapers", .05, PROPTER_GRADE_TEXT_ONLY);
      f->causes = 1, f->cause = c;
      break;
    default:
      series(f, 19, .6, 9);
      f->outcome = PROPTER_ANSWER_NOT_TESTABLE, f->reason = s("only 5 observations before the window, 24 are needed");
      f->observed = f->expected = f->deviation = NAN;
  }
  return f;
}

PropterQuestion made_question(const PropterInference *f, const char *text) {
  return (PropterQuestion){
      .text = s(text), .has_metric = true, .metric_iri = f->metric.iri, .metric_label = f->metric.label, .has_period = true, .from = f->from, .to = f->to};
}

void made_parts(PropterWhyAnswer *a, MadeKind kind) {
  const PropterStr payload = s(made_payload);
  PropterPart *part = list(3 * sizeof *part);
  part[0] = (PropterPart){s("publishing jobs"), s(EMP "publishing"), SIZE_MAX, 1000, 1030, .7};
  part[1] = (PropterPart){s("region North, newspapers"), s(""), 0, NAN, NAN, .55};
  part[2] = (PropterPart){s("film jobs"), s(EMP "film"), SIZE_MAX, 400.5, 398, -.06};
  for (int i = 0; i < 3 && kind == MADE_HOSTILE; i++) part[i].label = part[i].metric = payload;
  a->parts = 3, a->part = part;
}
