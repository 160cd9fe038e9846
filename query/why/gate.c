/* SPDX-License-Identifier: Apache-2.0 */
/* The request gate: what is missing before a question can be answered and acted on. */
#include "render.h"

static const struct {
  const char *code, *words, *help;
} gates[PROPTER_GATES] = {
#define GATE(name, code, words, help) [PROPTER_GATE_##name] = {code, words, help},
#include "gates.def"
#undef GATE
};

const char *propter_gate_code(PropterGate gate) { return gates[gate < PROPTER_GATES ? gate : 0].code; }

static void set(PropterWhyAnswer *a, PropterGate gate, bool met, PropterStr text) {
  const char *help = gate == PROPTER_GATE_GOAL && !met ? propter_gap_help(a->question.gap) : gates[gate].help;
  a->gate[gate] = (PropterWhyGate){met ? PROPTER_GATE_MET : PROPTER_GATE_MISSING, text, met ? PROPTER_STR("") : propter_str(help)};
}

/* "goal clarity met; resource openness missing; risk sharing not looked at". */
static PropterStatus summary(PropterWhyAnswer *a, PropterError *err) {
  static const char *const states[] = {[PROPTER_GATE_NOT_LOOKED] = "not looked at", [PROPTER_GATE_MET] = "met", [PROPTER_GATE_MISSING] = "missing"};
  PropterBuf text = {0};
  for (int i = 0; i < PROPTER_GATES; i++) propter_buf_printf(&text, "%s%s %s", i ? "; " : "", gates[i].words, states[a->gate[i].state]);
  return why_keep(&text, &a->arena, &a->request, err);
}

PropterStatus why_gate(PropterWhyAnswer *a, PropterError *err) {
  const PropterInference *f = a->inference;
  const PropterStr none = {"", 0};
  for (int i = 0; i < PROPTER_GATES; i++) a->gate[i] = (PropterWhyGate){PROPTER_GATE_NOT_LOOKED, none, none};
  set(a, PROPTER_GATE_GOAL, f != NULL, f ? none : propter_str(propter_gap_text(a->question.gap)));
  const bool short_of = f && (a->outcome == PROPTER_ANSWER_NOT_TESTABLE || a->outcome == PROPTER_ANSWER_CAUSE_UNKNOWN);
  if (f) set(a, PROPTER_GATE_RESOURCES, !short_of, short_of ? f->reason : none);
  return summary(a, err);
}

PropterStatus why_gate_owner(PropterWhyAnswer *a, PropterStr owner, PropterError *err) {
  for (size_t i = 0; i < a->named && !owner.len; i++) owner = a->cause[i].owner;
  const PropterStr text = owner.len ? propter_arena_copy(&a->arena, owner) : PROPTER_STR("nobody is recorded who decides about this");
  if (!text.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  set(a, PROPTER_GATE_RISK, owner.len > 0, text);
  if (a->options.decide && !owner.len) a->status = PROPTER_DECLINED;
  return summary(a, err);
}
