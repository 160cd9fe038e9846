/* SPDX-License-Identifier: Apache-2.0 */
/* The form as it is printed in one line, typed again: its prefixes m: (metrics) and d: (dimensions of the metric) are declared. */
#include <string.h>

#include "question.h"
#include "render.h"

/* The local name behind the first `prefix` that begins a word; empty: none. */
static PropterStr local_of(PropterStr text, PropterStr prefix) {
  for (size_t i = 1; i + prefix.len < text.len; i++) {
    if (!strchr(" \t\n{", text.data[i - 1]) || !propter_str_starts((PropterStr){text.data + i, text.len - i}, prefix)) continue;
    PropterStr local = {text.data + i + prefix.len, 0};
    while (local.data + local.len < text.data + text.len && !strchr(" \t\n;}", local.data[local.len])) local.len++;
    return local;
  }
  return (PropterStr){"", 0};
}

typedef struct {
  PropterStr local, iri;
  PropterArena arena;
  size_t found;
} Named;

static PropterStatus use_iri(const PropterTerm *row, void *payload, PropterError *err) {
  Named *n = payload;
  const PropterStr iri = row[0].value;
  if (iri.len <= n->local.len || !propter_str_ends(iri, n->local) || !strchr("#/:", iri.data[iri.len - n->local.len - 1])) return PROPTER_OK;
  if (!n->found++) n->iri = propter_arena_copy(&n->arena, iri);
  return n->iri.data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

/* Declares the prefix where one thing alone that `query` lists has that local name. */
static PropterStatus declare(PropterSnapshot *snapshot, const char *prefix, PropterStr local, PropterBuf *query, Named *n, PropterBuf *out, PropterError *err) {
  n->local = local, n->found = 0;
  PROPTER_TRY(why_each_row(snapshot, query, use_iri, n, err));
  if (n->found == 1) propter_buf_printf(out, "PREFIX %s <%.*s> ", prefix, (int)(n->iri.len - local.len), n->iri.data);
  return propter_buf_status(out, err);
}

PropterStatus why_declare_short(PropterSnapshot *snapshot, PropterStr text, PropterBuf *out, PropterError *err) {
  const PropterStr metric = local_of(text, PROPTER_STR("m:")), dimension = local_of(text, PROPTER_STR("d:"));
  PropterBuf query = {0};
  Named n = {.iri = {"", 0}};
  if (!propter_str_starts(propter_str_trim(text), PROPTER_STR("WHY")) || !metric.len) return PROPTER_OK;
  propter_buf_add(&query, PROPTER_STR("PREFIX p: <https://w3id.org/propter#> SELECT ?m { ?m a p:Metric }"));
  PropterStatus status = declare(snapshot, "m:", metric, &query, &n, out, err);
  if (status == PROPTER_OK && n.found == 1 && dimension.len) {
    propter_buf_printf(&query, "PREFIX p: <https://w3id.org/propter#> SELECT DISTINCT ?d { <%.*s> p:dataset ?set . ?whole p:dataset ?set ; p:sliceBy ?d }",
                       (int)n.iri.len, n.iri.data);
    status = declare(snapshot, "d:", dimension, &query, &n, out, err);
  }
  propter_arena_clear(&n.arena);
  return status;
}
