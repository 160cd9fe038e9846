/* SPDX-License-Identifier: Apache-2.0 */
/* The request gate: what is missing before a question can be answered and acted on. */
#include "render.h"

static const struct {
  const char *code, *term, *state[PROPTER_GATE_MISSING + 1], *help;
} gates[PROPTER_GATES] = {
#define GATE(name, code, term, met, missing, not_looked, help) \
  [PROPTER_GATE_##name] = {code, term, {[PROPTER_GATE_NOT_LOOKED] = not_looked, [PROPTER_GATE_MET] = met, [PROPTER_GATE_MISSING] = missing}, help},
#include "gates.def"
#undef GATE
};

const char *propter_gate_code(PropterGate gate) { return gates[gate < PROPTER_GATES ? gate : 0].code; }

static void set(PropterWhyAnswer *a, PropterGate gate, bool met, PropterStr text) {
  const char *help = gate == PROPTER_GATE_GOAL && !met ? propter_gap_help(a->question.gap) : gates[gate].help;
  a->gate[gate] = (PropterWhyGate){met ? PROPTER_GATE_MET : PROPTER_GATE_MISSING, text, met ? PROPTER_STR("") : propter_str(help)};
}

/* "what is asked is clear (goal clarity); data or documents are missing (resource openness); …". */
static PropterStatus summary(PropterWhyAnswer *a, PropterError *err) {
  PropterBuf text = {0};
  for (int i = 0; i < PROPTER_GATES; i++) propter_buf_printf(&text, "%s%s (%s)", i ? "; " : "", gates[i].state[a->gate[i].state], gates[i].term);
  return why_keep(&text, &a->arena, &a->request, err);
}

PropterStatus why_gate(PropterWhyAnswer *a, PropterError *err) {
  const PropterInference *f = a->inference;
  const PropterStr none = {"", 0};
  for (int i = 0; i < PROPTER_GATES; i++) a->gate[i] = (PropterWhyGate){PROPTER_GATE_NOT_LOOKED, none, none};
  set(a, PROPTER_GATE_GOAL, f != NULL, f ? none : propter_str(propter_gap_text(a->question.gap)));
  const bool short_of = f && (a->outcome == PROPTER_ANSWER_NOT_TESTABLE || a->outcome == PROPTER_ANSWER_CAUSE_UNKNOWN);
  if (f) set(a, PROPTER_GATE_RESOURCES, !short_of, short_of ? f->reason : none);
  if (f && a->outcome == PROPTER_ANSWER_NOT_TESTABLE) a->gate[PROPTER_GATE_RESOURCES].help = PROPTER_STR("load more of the metric's history");
  return summary(a, err);
}

PropterStatus why_gate_owner(PropterWhyAnswer *a, PropterStr owner, PropterError *err) {
  for (size_t i = 0; i < a->named && !owner.len; i++) owner = a->cause[i].owner;
  const PropterStr text = owner.len ? propter_arena_copy(&a->arena, owner) : PROPTER_STR("nobody is recorded who decides about this");
  if (!text.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  set(a, PROPTER_GATE_RISK, owner.len > 0, text);
  if (a->options.decide && !owner.len) a->status = PROPTER_DECLINED;
  if (!a->options.decide) a->gate[PROPTER_GATE_RISK].help = PROPTER_STR("");
  return summary(a, err);
}
