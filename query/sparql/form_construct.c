/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "parse.h"
#include "print.h"

/* CONSTRUCT WHERE { triples }: the pattern is the template. */
static PropterStatus parse_short(Parser *p, AstSelect *s) {
  PROPTER_TRY(parse_dataset(p, s));
  PROPTER_TRY(parse_word(p, "WHERE"));
  AstPattern *group = parse_alloc(p, sizeof *group), *triples = parse_alloc(p, sizeof *triples);
  if (!group || !triples) return parse_no_memory(p);
  PROPTER_TRY(parse_quads(p, &s->template_quads, &s->template_count, false));
  group->kind = PAT_GROUP, triples->kind = PAT_TRIPLES;
  for (size_t i = 0; i < s->template_count; i++) {
    AstTriple t = {s->template_quads[i].s, s->template_quads[i].p, s->template_quads[i].o, NULL};
    PROPTER_TRY(parse_push(p, &triples->triples, &triples->triple_count, &t, sizeof t));
  }
  PROPTER_TRY(parse_push(p, &group->items, &group->count, &triples, sizeof triples));
  s->where = group;
  return PROPTER_OK;
}

static PropterStatus parse(Parser *p, AstSelect *s) {
  if (parse_is_mark(p, '{')) {
    p->template = LABELS_TEMPLATE;
    PROPTER_TRY(parse_quads(p, &s->template_quads, &s->template_count, false));
    p->template = LABELS_PATTERN;
    PROPTER_TRY(parse_dataset(p, s));
    PROPTER_TRY(parse_where(p, s, false));
  } else
    PROPTER_TRY(parse_short(p, s));
  return parse_tail(p, s);
}

static void print_head(const PropterQuery *q, const AstSelect *s, PropterBuf *out) {
  propter_buf_add_char(out, ' ');
  print_quads(q, s->template_quads, s->template_count, out);
}

const SparqlForm sparql_form_construct = {"CONSTRUCT", PROPTER_RESULTS_TRIPLES, parse, print_head, answer_construct, NULL, NULL};
