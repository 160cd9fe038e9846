/* SPDX-License-Identifier: Apache-2.0 */
#include "slice_call.h"

#include <string.h>

#include "propter/put.h"
#include "propter/sparql.h"

static void is_called(PropterBuf *text, const char *variable, PropterStr name) {
  propter_buf_printf(text, " OPTIONAL { ?%s skos:prefLabel|rdfs:label ?%sName } FILTER(STR(?%s) = ", variable, variable, variable);
  propter_put_json(text, name);
  propter_buf_printf(text, " || LCASE(STR(COALESCE(?%sName, \"\"))) = LCASE(", variable);
  propter_put_json(text, name);
  propter_buf_printf(text, ") || LCASE(REPLACE(STR(?%s), \"^.*[#/:]\", \"\")) = LCASE(", variable);
  propter_put_json(text, name);
  propter_buf_add(text, PROPTER_STR("))"));
}

typedef struct {
  PropterSnapshot *snapshot;
  PropterMember *member;
  size_t rows;
} LookUp;

static PropterStatus take(const PropterTerm *row, void *payload, PropterError *err) {
  LookUp *l = payload;
  if (l->rows++) return PROPTER_OK;
  PROPTER_TRY(propter_snapshot_find(l->snapshot, &row[0], &l->member->dimension, err));
  return propter_snapshot_find(l->snapshot, &row[1], &l->member->member, err);
}

/* Members that observations hold; a group of them, which none holds, stands for what is narrower. */
static const char *const meant[] = {
    " { ?o ?d ?m }",
    " { SELECT DISTINCT ?d ?m WHERE { { SELECT DISTINCT ?d ?x WHERE { { SELECT DISTINCT ?d WHERE { ?y p:sliceBy|(p:fixed/p:dimension) ?d } } ?o ?d ?x } } "
    "?x (^p:member/p:concept)?/(skos:broader|^skos:narrower)+ ?m } }"};

/* At most two rows: the second says that the words mean several. */
static PropterStatus look_up(PropterSnapshot *snapshot, const char *given, const char *equals, const char *members, LookUp *l, PropterError *err) {
  PropterBuf text = {.max = 1 << 16};
  propter_buf_printf(
      &text, "PREFIX p: <https://w3id.org/propter#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX rdfs: "
             "<http://www.w3.org/2000/01/rdf-schema#> SELECT DISTINCT ?d ?m WHERE { { SELECT DISTINCT ?d WHERE { ?x p:sliceBy|(p:fixed/p:dimension) ?d ");
  is_called(&text, "d", (PropterStr){given, (size_t)(equals - given)});
  propter_buf_printf(&text, " } }%s", members);
  is_called(&text, "m", propter_str(equals + 1));
  propter_buf_printf(&text, " } LIMIT 2");
  PropterStatus status = propter_buf_status(&text, err);
  if (!status) status = propter_query_each(snapshot, propter_buf_str(&text), take, l, err);
  propter_buf_clear(&text);
  return status;
}

PropterStatus slice_call(const CommandCall *call, const char *option, PropterSnapshot *snapshot, PropterMember slice[SLICE_CALL_MOST], size_t *count,
                         PropterError *err) {
  const char *given;
  for (*count = 0; (given = cmd_value_at(call, option, (unsigned)*count)); ++*count) {
    const char *equals = strchr(given, '=');
    if (*count == SLICE_CALL_MOST) return propter_fail(err, PROPTER_USAGE, "--%s: at most %d", option, SLICE_CALL_MOST);
    if (!equals || equals == given || !equals[1]) return propter_fail(err, PROPTER_USAGE, "--%s: expected DIM=VALUE, found \"%s\"", option, given);
    LookUp l = {snapshot, &slice[*count], 0};
    for (size_t i = 0; i < sizeof meant / sizeof *meant && !l.rows; i++) PROPTER_TRY(look_up(snapshot, given, equals, meant[i], &l, err));
    if (l.rows > 1) return propter_fail(err, PROPTER_INVALID, "\"%s\" means more than one slice: give the IRIs", given);
    if (!l.rows) return propter_fail(err, PROPTER_NOT_FOUND, "\"%s\": no dimension of that name cuts or holds a metric, or it has no such member", given);
  }
  return PROPTER_OK;
}
