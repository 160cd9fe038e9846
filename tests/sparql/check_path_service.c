/* SPDX-License-Identifier: Apache-2.0 */
/* SERVICE propter:path on graphs whose paths are counted by hand. */
#include <string.h>

#include "world.h"

Suite *suite_path_service(void);

/* fuel -> cost -> price -> sales, a short cut of less belief, a cycle, a second claim for one hop, in two graphs. */
#define CLAIMS                                                                                                                                                 \
  "l1 cause fuel g1. l1 effect cost g1. l1 belief 1 g1. l2 cause cost g2. l2 effect price g2. l2 belief 1 g2."                                                 \
  "l3 cause price g1. l3 effect sales g1. l3 belief 1 g1. l4 cause fuel g2. l4 effect sales g2."                                                               \
  "l5 cause price g1. l5 effect cost g1. l5 belief 1 g1. l6 cause cost g2. l6 effect price g2. l6 belief 1 g2."

#define BLOCK(options, pattern)                                                                                                                                \
  "SELECT ?path ?hop ?a ?b ?l ?g { SERVICE <https://w3id.org/propter#path> { [] p:hopStart ?a ; p:hopEnd ?b ; " options " . " pattern " } }"
#define LINKS "GRAPH ?g { ?l :cause ?a ; :effect ?b }"
#define NUMBERED "p:pathNumber ?path ; p:hopNumber ?hop"
#define WEIGHED "{ " LINKS " BIND(IF(?l = :l4, 0.3, 0.9) AS ?w) }"

static const char *ask(PropterGraph *g, const char *query) {
  char text[2000];
  PropterQueryOptions options = world_options();
  (void)snprintf(text, sizeof text, "PREFIX p: <https://w3id.org/propter#> %s ORDER BY ?path ?hop", query);
  return world_ask(g, text, &options);
}

START_TEST(paths_come_best_first_with_graph_and_claim) {
  PropterGraph *g = world_open(CLAIMS);
  /* .9 .9 .9 twice (l2 and l6, by their text), then .3 */
  ck_assert_str_eq(
      ask(g, BLOCK("p:pathFrom :fuel ; p:pathTo :sales ; p:hopBelief ?w ; " NUMBERED, WEIGHED)),
      "1 1 fuel cost l1 g1\n1 2 cost price l2 g2\n1 3 price sales l3 g1\n2 1 fuel cost l1 g1\n2 2 cost price l6 g2\n2 3 price sales l3 g1\n3 1 fuel sales l4 g2");
  /* without belief fewer hops come first */
  ck_assert_str_eq(ask(g, BLOCK("p:pathFrom :fuel ; p:pathTo :sales ; p:pathLimit 2 ; " NUMBERED, LINKS)),
                   "1 1 fuel sales l4 g2\n2 1 fuel cost l1 g1\n2 2 cost price l2 g2\n2 3 price sales l3 g1");
  propter_graph_close(g);
}
END_TEST

START_TEST(depth_and_limit_hold) {
  PropterGraph *g = world_open(CLAIMS);
  ck_assert_str_eq(ask(g, BLOCK("p:pathFrom :fuel ; p:pathTo :sales ; p:pathDepth 2 ; " NUMBERED, LINKS)), "1 1 fuel sales l4 g2");
  ck_assert_str_eq(ask(g, BLOCK("p:pathFrom :cost ; p:pathTo :sales ; p:pathDepth 1 ; " NUMBERED, LINKS)), "");
  /* to anywhere, one hop: the cycle price -> cost ends, no node is met twice */
  ck_assert_str_eq(ask(g, BLOCK("p:pathFrom :price ; p:pathDepth 1 ; " NUMBERED, LINKS)), "1 1 price sales l3 g1\n2 1 price cost l5 g1");
  ck_assert_str_eq(ask(g, BLOCK("p:pathFrom :price ; " NUMBERED, LINKS)), "1 1 price sales l3 g1\n2 1 price cost l5 g1");
  ck_assert_str_eq(ask(g, BLOCK("p:pathFrom :price, :nothing, :price ; p:pathTo :sales, :none ; " NUMBERED, LINKS)), "1 1 price sales l3 g1");
  ck_assert_str_eq(ask(g, BLOCK("p:pathFrom :nothing ; " NUMBERED, LINKS)), "");
  ck_assert_str_eq(ask(g, BLOCK("p:pathFrom :fuel ; p:pathTo :fuel ; " NUMBERED, LINKS)), "");
  propter_graph_close(g);
}
END_TEST

START_TEST(the_order_does_not_depend_on_how_the_graph_was_loaded) {
  PropterGraph *g = world_open("x e c. x e b. b e z. c e z."), *h = world_open("c e z. b e z. x e b. x e c.");
  static const char query[] = BLOCK("p:pathFrom :x ; p:pathTo :z ; " NUMBERED, "?a :e ?b");
  static const char wanted[] = "1 1 x b - -\n1 2 b z - -\n2 1 x c - -\n2 2 c z - -";
  ck_assert_str_eq(ask(g, query), wanted);
  ck_assert_str_eq(ask(h, query), wanted);
  propter_graph_close(g), propter_graph_close(h);
}
END_TEST

START_TEST(products_are_given_and_no_belief_is_no_hop) {
  PropterGraph *g = world_open("x e y. y e z.");
  PropterQueryOptions options = world_options();
  const char *query = "SELECT ?s { SERVICE <https://w3id.org/propter#path> { [] <https://w3id.org/propter#hopStart> ?a ; <https://w3id.org/propter#hopEnd> ?b ;"
                      " <https://w3id.org/propter#pathTo> :z ; <https://w3id.org/propter#pathFrom> :x ; <https://w3id.org/propter#hopBelief> ?w ;"
                      " <https://w3id.org/propter#pathBelief> ?s . { ?a :e ?b BIND(IF(?a = :x, 0.5, %s) AS ?w) } } FILTER(?s = %s) }";
  char text[1000];
  (void)snprintf(text, sizeof text, query, "0.25", "0.125");
  ck_assert(strstr(world_ask(g, text, &options), "0.125") != NULL);
  (void)snprintf(text, sizeof text, query, "0", "0");
  ck_assert_str_eq(world_ask(g, text, &options), "");
  (void)snprintf(text, sizeof text, query, "7", "0.5");
  ck_assert(strstr(world_ask(g, text, &options), "0.5") != NULL);
  propter_graph_close(g);
}
END_TEST

START_TEST(what_is_not_written_right_is_told) {
  static const struct {
    const char *block, *wanted;
  } rows[] = {{"[] p:hopStart ?a . ?a :e ?b", "propter:hopEnd"},
              {"[] p:hopStart ?a ; p:hopEnd :x . ?a :e ?b", "wants a variable"},
              {"[] p:hopStart ?a ; p:hopEnd ?c . ?a :e ?b", "no variable ?c"},
              {"[] p:hopStart ?a ; p:hopEnd ?b ; p:hopBelief ?w . ?a :e ?b", "no variable ?w"},
              {"[] p:hopStart ?a ; p:hopEnd ?b ; p:pathDepth 65 . ?a :e ?b", "from 1 to 64"},
              {"[] p:hopStart ?a ; p:hopEnd ?b ; p:pathLimit 0 . ?a :e ?b", "from 1 to 1000"},
              {"[] p:hopStart ?a ; p:hopEnd ?b ; p:pathFrom [] . ?a :e ?b", "wants an IRI"},
              {"[] p:hopStart ?a ; p:hopEnd ?b ; p:pathDept 1 . ?a :e ?b", "#pathDept> wants to be one of pathFrom, pathTo, pathDepth"},
              {"[] p:hopStart ?a ; p:hopEnd ?b ; p:hopbelief ?w . ?a :e ?b", "hopBelief and hopNumber"},
              {"[] p:hopStart ?a ; p:hopEnd ?b ; p:pathTo ?z . ?a :e ?b", "?z has no value where the paths end"}};
  PropterGraph *g = world_open("x e y.");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[400];
    (void)snprintf(text, sizeof text, "SELECT ?path ?hop { SERVICE p:path { %s } }", rows[i].block);
    const char *found = ask(g, text);
    ck_assert_msg(strstr(found, "INVALID") && strstr(found, rows[i].wanted), "%s: %s", rows[i].block, found);
  }
  propter_graph_close(g);
}
END_TEST

START_TEST(ends_are_taken_from_outside) {
  PropterGraph *g = world_open(CLAIMS);
  PropterQueryOptions options = world_options();
  const char *query = "PREFIX p: <https://w3id.org/propter#> SELECT ?from ?to ?hop ?a ?b { VALUES (?from ?to) { (:fuel :price) (:price :cost) (:sales :fuel) }"
                      " SERVICE p:path { [] p:pathFrom ?from ; p:pathTo ?to ; p:hopStart ?a ; p:hopEnd ?b ; p:pathLimit 1 ; p:hopNumber ?hop . " LINKS " } }"
                      " ORDER BY ?from ?hop";
  ck_assert_str_eq(world_ask(g, query, &options), "fuel price 1 fuel cost\nfuel price 2 cost price\nprice cost 1 price cost");
  /* one row, found by a pattern behind the service; only one end from outside */
  ck_assert_str_eq(world_ask(g, "PREFIX p: <https://w3id.org/propter#> SELECT ?m ?b { SERVICE p:path { [] p:pathFrom ?m ; p:pathTo :cost ;"
                                " p:hopStart ?a ; p:hopEnd ?b . " LINKS " } GRAPH :g1 { :l5 :cause ?m } }",
                             &options),
                   "price cost");
  /* the dataset is the query's */
  ck_assert_str_eq(world_ask(g, "PREFIX p: <https://w3id.org/propter#> SELECT ?b FROM NAMED :g1 { VALUES ?m { :fuel } SERVICE p:path {"
                                " [] p:pathFrom ?m ; p:hopStart ?a ; p:hopEnd ?b . " LINKS " } }",
                             &options),
                   "cost");
  propter_graph_close(g);
}
END_TEST

START_TEST(an_update_finds_paths_in_what_it_has_written) {
  PropterGraph *g = world_open("x e y w. y e z w. z e u v.");
  const char *update = "PREFIX p: <https://w3id.org/propter#> INSERT DATA { GRAPH :w { :u :e :t } } ; "
                       "INSERT { ?a :on ?to } WHERE { VALUES ?to { :z :t } SERVICE p:path { [] p:pathFrom :x ; p:pathTo ?to ;"
                       " p:hopStart ?a ; p:hopEnd ?b . GRAPH ?g { ?a :e ?b } } } ; "
                       "WITH :w DELETE { ?a :e ?b } WHERE { SERVICE p:path { [] p:pathFrom :x ; p:pathTo :z ; p:hopStart ?a ; p:hopEnd ?b . ?a :e ?b } }";
  ck_ok(world_update(g, update, err));
  ck_assert_str_eq(world_ask_sorted(g, "SELECT ?a ?to { ?a :on ?to }"), "u t\nx t\nx z\ny t\ny z\nz t");
  ck_assert_str_eq(world_ask_sorted(g, "SELECT ?g ?a ?b { GRAPH ?g { ?a :e ?b } }"), "v z u\nw u t");
  propter_graph_close(g);
}
END_TEST

/* Layers of nodes, each joined to all of the next: 4^10 paths, best-first takes the first ten without seeing the rest. */
static PropterGraph *layers(unsigned count, unsigned width) {
  PropterBuf quads = {0};
  for (unsigned l = 0; l < count; l++)
    for (unsigned i = 0; i < width; i++)
      for (unsigned k = 0; k < width; k++) propter_buf_printf(&quads, "n%u_%u e n%u_%u.", l, i, l + 1, k);
  PropterGraph *g = world_open(quads.data);
  propter_buf_clear(&quads);
  return g;
}

START_TEST(memory_and_deadline_hold) {
  PropterGraph *g = layers(14, 8);
  PropterQueryOptions options = world_options();
  const char *query = "PREFIX p: <https://w3id.org/propter#> SELECT (COUNT(*) AS ?n) { SERVICE p:path { [] p:hopStart ?a ; p:hopEnd ?b ; p:pathDepth 20 ;"
                      " p:pathFrom :n0_0 ; p:pathTo :n14_3 . ?a :e ?b } }";
  options.memory = 4 << 20;
  ck_assert(strncmp(world_ask(g, query, &options), "LIMIT", 5) == 0);
  options.memory = (uint64_t)1 << 31;
  options.deadline_ms = 200;
  ck_assert(strncmp(world_ask(g, query, &options), "TIMEOUT", 7) == 0);
  propter_graph_close(g);
}
END_TEST

START_TEST(every_failed_allocation_is_an_error) {
  PropterGraph *graph = world_open("x e y. y e z.");
  const char *query = "PREFIX p: <https://w3id.org/propter#> SELECT * { SERVICE p:path { [] p:hopStart ?a ; p:hopEnd ?b ; p:pathFrom :x ;"
                      " p:pathTo ?z ; p:pathNumber ?n . ?a :e ?b } VALUES ?z { :z :y } }";
  ck_assert_uint_gt(world_fail_everywhere(graph, query, NULL, false), 30);
  propter_graph_close(graph);
}
END_TEST

Suite *suite_path_service(void) {
  Suite *s = suite_create("path_service");
  TCase *t = tcase_create("path_service");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, paths_come_best_first_with_graph_and_claim);
  tcase_add_test(t, depth_and_limit_hold);
  tcase_add_test(t, the_order_does_not_depend_on_how_the_graph_was_loaded);
  tcase_add_test(t, products_are_given_and_no_belief_is_no_hop);
  tcase_add_test(t, what_is_not_written_right_is_told);
  tcase_add_test(t, ends_are_taken_from_outside);
  tcase_add_test(t, an_update_finds_paths_in_what_it_has_written);
  tcase_add_test(t, memory_and_deadline_hold);
  tcase_add_test(t, every_failed_allocation_is_an_error);
  suite_add_tcase(s, t);
  return s;
}
