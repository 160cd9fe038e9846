/* SPDX-License-Identifier: Apache-2.0 */
/* Random changes of a small graph: what a validation of the change finds lies between what is new in the whole graph and all that is found there. */
#include <string.h>

#include "propter/rng.h"
#include "shop.h"

Suite *suite_delta(void);

static const char *const all_shapes[] = {
    ":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:maxCount 1 ] .",
    ":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:class :D ] .",
    ":s sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:node [ sh:property [ sh:path :q ; sh:minCount 1 ] ] ] .",
    ":s sh:targetObjectsOf :q ; sh:property [ sh:path [ sh:inversePath :q ] ; sh:property [ sh:path :p ; sh:hasValue :n1 ] ] .",
    ":s sh:targetClass :C ; sh:property [ sh:path ( :p [ sh:zeroOrMorePath :q ] ) ; sh:in ( :n1 :n2 :n3 ) ] .",
    ":s sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:disjoint :q ] .",
    ":s sh:targetNode :n1, :n2 ; sh:closed true ; sh:property [ sh:path :p ] ; sh:ignoredProperties ( rdf:type ) .",
    ":s sh:targetClass :D ; sh:closed true ; sh:property [ sh:path :p ] .",
    ":s sh:targetSubjectsOf :p ; sh:property [ sh:path rdf:type ; sh:maxCount 1 ] .",
    ":s sh:targetClass :D ; sh:property [ sh:path :q ; sh:maxCount 1 ] .",
    ":s sh:targetClass :C ; sh:not [ sh:property [ sh:path :q ; sh:qualifiedValueShape [ sh:class :D ] ; sh:qualifiedMinCount 1 ] ] .",
    ":s sh:targetClass :C ; sh:sparql [ sh:select \"SELECT $this ?value { $this <urn:p>/<urn:q> ?value }\" ] .",
    ":C a rdfs:Class, sh:NodeShape ; sh:xone ( [ sh:property [ sh:path :p ; sh:minCount 1 ] ] [ sh:property [ sh:path :q ; sh:minCount 1 ] ] ) .",
};
enum { SHAPES = sizeof all_shapes / sizeof *all_shapes, STEPS = 60 };

static PropterId intern(PropterWriter *writer, const char *text) {
  PropterTerm term = propter_iri(propter_str(text));
  PropterId id = PROPTER_NO_ID;
  ck_ok(propter_writer_intern(writer, &term, &id, err));
  return id;
}

/* A triple over six nodes, two predicates, two classes, one subclass. */
static PropterQuad draw(PropterWriter *writer, PropterRng *rng) {
  static const char *const nodes[] = {"urn:n1", "urn:n2", "urn:n3", "urn:n4", "urn:n5", "urn:n6"};
  uint64_t kind = propter_rng_below(rng, 10);
  const char *s = nodes[propter_rng_below(rng, 6)], *o = nodes[propter_rng_below(rng, 6)], *p = kind % 2 ? "urn:p" : "urn:q";
  if (kind >= 7) p = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", o = kind == 7 ? "urn:C" : kind == 8 ? "urn:D" : "urn:E";
  if (kind == 9 && propter_rng_below(rng, 4) == 0)
    s = "urn:E", p = "http://www.w3.org/2000/01/rdf-schema#subClassOf", o = propter_rng_below(rng, 2) ? "urn:C" : "urn:D";
  return (PropterQuad){intern(writer, s), intern(writer, p), intern(writer, o), PROPTER_DEFAULT_GRAPH};
}

static void change(PropterGraph *graph, PropterRng *rng, PropterQuads *changed) {
  PropterWriter *writer = NULL;
  PropterQuad quad;
  PropterDelta *delta = NULL;
  bool added, more;
  changed->count = 0;
  ck_ok(propter_writer_open(graph, true, &writer, err));
  for (uint64_t n = 1 + propter_rng_below(rng, 3); n; n--) {
    quad = draw(writer, rng);
    if (propter_rng_below(rng, 3)) ck_ok(propter_writer_add(writer, quad, err));
    else ck_ok(propter_writer_remove(writer, quad, err));
  }
  ck_ok(propter_writer_commit(writer, err));
  ck_ok(propter_delta_open(writer, &delta, err));
  for (;;) {
    ck_ok(propter_delta_next(delta, &quad, &added, &more, err));
    if (!more) break;
    ck_assert(propter_vec_push(changed, quad));
  }
  propter_delta_close(delta);
  propter_writer_close(writer);
}

typedef struct {
  PropterQuads quads;
  size_t at;
} Change;

static PropterStatus next_changed(void *payload, PropterQuad *quad, bool *more, PropterError *err) {
  Change *c = payload;
  (void)err;
  *more = c->at < c->quads.count;
  if (*more) *quad = c->quads.items[c->at++];
  return PROPTER_OK;
}

/* Every line of `some` is one of `all`. */
static void ck_within(const char *some, const char *all, const char *shapes) {
  for (const char *line = some; *line;) {
    size_t length = strcspn(line, "\n") + 1;
    bool found = false;
    for (const char *other = all; *other && !found; other += strcspn(other, "\n") + 1) found = strncmp(other, line, length) == 0;
    ck_assert_msg(found, "%s: %.*s", shapes, (int)length, line);
    line += length;
  }
}

/* The lines of `after` that `before` has not. */
static char *fresh_lines(const char *before, const char *after) {
  char *out = calloc(strlen(after) + 1, 1);
  for (const char *line = after; *line;) {
    size_t length = strcspn(line, "\n") + 1;
    bool found = false;
    for (const char *other = before; *other && !found; other += strcspn(other, "\n") + 1) found = strncmp(other, line, length) == 0;
    if (!found) strncat(out, line, length);
    line += length;
  }
  return out;
}

START_TEST(a_change_is_validated_as_the_whole) {
  PropterGraph *graph = shop_open(":E rdfs:subClassOf :D .");
  const char *shapes = shop_shapes(all_shapes[_i]);
  PropterRng rng;
  Change changed = {0};
  PropterShaclOptions options = {.query = propter_query_options(), .changed = next_changed, .payload = &changed};
  size_t found = 0;
  propter_rng_seed(&rng, (uint64_t)_i + 1);
  char *before = strdup(shop_validate(graph, shapes, NULL));
  for (int step = 0; step < STEPS; step++) {
    change(graph, &rng, &changed.quads);
    changed.at = 0;
    char *after = strdup(shop_validate(graph, shapes, NULL)), *part = strdup(shop_validate(graph, shapes, &options)), *fresh = fresh_lines(before, after);
    ck_within(part, after, all_shapes[_i]);
    ck_within(fresh, part, all_shapes[_i]);
    found += *fresh != '\0';
    free(before), free(part), free(fresh);
    before = after;
  }
  ck_assert_uint_gt(found, 1);
  free(before);
  propter_vec_clear(&changed.quads);
  propter_graph_close(graph);
}
END_TEST

Suite *suite_delta(void) {
  Suite *s = suite_create("delta");
  TCase *t = tcase_create("delta");
  tcase_add_loop_test(t, a_change_is_validated_as_the_whole, 0, SHAPES);
  suite_add_tcase(s, t);
  return s;
}
