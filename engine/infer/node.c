/* SPDX-License-Identifier: Apache-2.0 */
#include "node.h"

#include "../graph/id.h"

PropterStatus node_open(PropterSnapshot *snapshot, const PropterId *v, PropterId id, Node *node, PropterError *err) {
  *node = (Node){.snapshot = snapshot, .v = v, .id = id};
  PropterStatus status = propter_snapshot_match(snapshot, (PropterQuad){.s = id}, 0, &node->rows, err);
  if (status != PROPTER_OK) node_close(node); /* a failed match keeps what it had found */
  return status;
}

void node_close(Node *node) { propter_vec_clear(&node->rows); }

PropterId node_one(const Node *node, PropterVocab property) {
  PropterId p = node->v[property], best = PROPTER_NO_ID;
  for (size_t i = 0; p && i < node->rows.count; i++)
    if (node->rows.items[i].p == p && (!best || node->rows.items[i].o < best)) best = node->rows.items[i].o;
  return best;
}

bool node_has(const Node *node, PropterVocab property, PropterId object) {
  for (size_t i = 0; object && i < node->rows.count; i++)
    if (node->rows.items[i].p == node->v[property] && node->rows.items[i].o == object) return true;
  return false;
}

PropterStatus node_all(const Node *node, PropterVocab property, PropterIds *out, PropterError *err) {
  PropterId p = node->v[property];
  size_t from = out->count;
  for (size_t i = 0; p && i < node->rows.count; i++)
    if (node->rows.items[i].p == p && !propter_vec_push(out, node->rows.items[i].o)) return propter_fail(err, PROPTER_NO_MEMORY, "values of a property");
  ids_sort(out, from);
  return PROPTER_OK;
}

bool node_number(Node *node, PropterVocab property, double *value) {
  PropterId id = node_one(node, property);
  bool is = false;
  PropterStatus status = id ? node_value_number(node->snapshot, id, value, &is, NULL) : PROPTER_OK;
  if (status) node->failed = status;
  return !status && is;
}

bool node_day(Node *node, PropterVocab property, PropterDay *day) {
  PropterId id = node_one(node, property);
  bool is = false;
  PropterStatus status = id ? node_value_day(node->snapshot, id, day, &is, NULL) : PROPTER_OK;
  if (status) node->failed = status;
  return !status && is;
}

PropterStatus node_failed(const Node *node, PropterError *err) {
  return node->failed ? propter_fail(err, node->failed, "reading a property: %s", propter_strerror(node->failed)) : PROPTER_OK;
}

bool node_true(const Node *node, PropterVocab property) {
  PropterId id = node_one(node, property);
  bool yes = false;
  return id && propter_id_boolean(id, &yes) && yes;
}

PropterStatus node_string(const Node *node, PropterVocab property, PropterArena *arena, PropterStr *out, PropterError *err) {
  PropterIds all = {0};
  *out = (PropterStr){"", 0};
  PropterStatus status = node_all(node, property, &all, err);
  bool english = false;
  for (size_t i = 0; !status && i < all.count; i++) {
    PropterTerm term;
    if ((status = propter_snapshot_term(node->snapshot, all.items[i], arena, &term, err))) break;
    bool is = !term.language.len || propter_str_starts(term.language, PROPTER_STR("en"));
    if (i == 0 || (is && !english)) *out = term.value, english = is;
  }
  propter_vec_clear(&all);
  return status;
}

PropterStatus node_text(PropterSnapshot *snapshot, PropterId id, PropterArena *arena, PropterStr *out, PropterError *err) {
  PropterTerm term;
  PROPTER_TRY(propter_snapshot_term(snapshot, id, arena, &term, err));
  *out = term.value;
  return PROPTER_OK;
}
