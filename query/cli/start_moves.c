/* SPDX-License-Identifier: Apache-2.0 */
/* The most surprising moves, and why the first of them. */
#include <math.h>

#include "propter/why.h"
#include "start.h"

static const double much_more = 1.25; /* in a part than in what is listed: it is named, too */

/* "−53.5 %". */
static void print_part(FILE *out, const char *before, const PropterMove *m, const char *after) {
  char text[PROPTER_NUMBER];
  fprintf(out, "%s%s %%%s", before, propter_number(text, m->part * 100, 1, true), after);
}

static void print_where(FILE *out, const PropterMove *m) {
  char first[16], last[16];
  propter_day_format(m->first, first), propter_day_format(m->last, last);
  fprintf(out, "%.*s, %s", (int)m->label.len, m->label.data, first);
  if (m->last != m->first) fprintf(out, " to %s", last);
  print_part(out, ": ", m, "");
}

static void print_moves(FILE *out, const PropterMoves *found) {
  for (size_t i = 0; i < found->count; i++) {
    const PropterMove *m = &found->move[i], *most = &found->most[i];
    char year[16];
    fprintf(out, "%s%zu ", i ? "         " : "moves    ", i + 1), print_where(out, m);
    fprintf(out, ", %.1f sigma", fabs(m->score));
    if (m->as_on != PROPTER_NO_DAY) propter_day_format(m->as_on, year), fprintf(out, ", as a year %s, on %s", m->as_on < m->first ? "before" : "after", year);
    if (fabs(most->part) > much_more * fabs(m->part)) fputs("; ", out), print_where(out, most);
    for (size_t k = 0; k < found->alsos[i]; k++) {
      const PropterMove *also = &found->also[i][k];
      fprintf(out, "%s%.*s", k ? ", " : "; also in ", (int)also->label.len, also->label.data), print_part(out, " (", also, ")");
    }
    fputc('\n', out);
  }
  fputs("         sigma: standard errors from its usual course; beyond 4 it is hardly chance\n", out);
}

static PropterStatus answer(Start *s, const PropterMove *m) {
  char first[16], last[16];
  propter_day_format(m->first, first), propter_day_format(m->last, last);
  char *words[] = {start_text(s, "--metric=%s%s", m->metric.data, ""), start_text(s, "--from=%s%s", first, ""), start_text(s, "--to=%s%s", last, "")};
  for (size_t i = 0; i < 3; i++)
    if (!words[i]) return start_no_memory(s->err);
  (void)fflush(s->call->out); /* the answer may take another way to the same place, and so does what is said meanwhile */
  const PropterStatus status = start_step(s, "why", words, 3, s->call->out);
  (void)fflush(s->call->out), (void)fflush(s->call->data);
  return status;
}

/* Of the first; where it is refused, the next that has a cause stands behind it. */
static PropterStatus answer_first(Start *s, const PropterMoves *found) {
  fputs("\nwhy 1, the first of them\n", s->call->out);
  PropterStatus status = answer(s, &found->move[0]);
  for (size_t i = 1; i < found->count && status == PROPTER_DECLINED; i++) {
    if (!found->move[i].answered) continue;
    propter_error_clear(s->err);
    fprintf(s->call->out, "\nwhy %zu, since no cause can be named for the first and one can for this\n", i + 1);
    status = answer(s, &found->move[i]);
    break;
  }
  return status;
}

static PropterStatus look(Start *s, PropterMoves *found) {
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterStatus status = propter_graph_open(s->call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, s->err);
  if (status == PROPTER_OK) status = propter_snapshot_open(graph, 0, &snapshot, s->err);
  if (status == PROPTER_OK) status = propter_why_moves(snapshot, &s->arena, found, s->err);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
  return status;
}

PropterStatus start_moves(Start *s) {
  PropterMoves found;
  PROPTER_TRY(look(s, &found));
  if (found.count) {
    print_moves(s->call->out, &found);
    return answer_first(s, &found);
  }
  if (found.largest > 0) {
    fprintf(s->call->out, "moves    none beyond chance: the largest has %.1f sigma, and %s figures were looked at\n", found.largest,
            output_number(found.figures));
    return propter_fail(s->err, PROPTER_DECLINED, "nothing to ask about: no figure left its usual course further than chance makes one of so many");
  }
  fprintf(s->call->out, "moves    none: no figure left its usual course, or the series are too short to know one\n");
  return propter_fail(s->err, PROPTER_DECLINED, "nothing to ask about: no figure left its usual course, or the series are too short to know one");
}
