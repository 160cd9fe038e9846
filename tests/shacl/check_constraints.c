/* SPDX-License-Identifier: Apache-2.0 */
/* Each constraint component on a few nodes; the published suite (make conformance) covers them in full. */
#include "shop.h"

Suite *suite_constraints(void);

#define V "Violation "

static const struct {
  const char *data, *shapes, *found;
} cases[] = {
    {":a a :C ; :p 1 . :b a :C . :C rdfs:subClassOf :D . :c a :D ; :p 1, 2, 3 .",
     ":s a sh:NodeShape ; sh:targetClass :D ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:maxCount 2 ] .", V ":b :p - MinCount 1\n" V ":c :p - MaxCount 1\n"},
    {":a :p 1, \"x\", \"2\"^^xsd:int, \"01\"^^xsd:integer, \"y\"^^xsd:integer .", ":s sh:targetNode :a ; sh:path :p ; sh:datatype xsd:integer .",
     V ":a :p \"x\" Datatype 1\n" V ":a :p \"y\"^^xsd:integer Datatype 1\n" V ":a :p 2 Datatype 1\n"},
    {":a :p 4, 5, 6, \"five\" .", ":s sh:targetSubjectsOf :p ; sh:path :p ; sh:minInclusive 5 ; sh:maxExclusive 6 .",
     V ":a :p \"five\" MinInclusive 1\n" V ":a :p 4 MinInclusive 1\n" V ":a :p \"five\" MaxExclusive 1\n" V ":a :p 6 MaxExclusive 1\n"},
    {":a :p \"a\", \"abcd\", \"\303\244\303\266\" .", ":s sh:targetSubjectsOf :p ; sh:path :p ; sh:minLength 2 ; sh:pattern \"^[a-z]+$\" ; sh:flags \"i\" .",
     V ":a :p \"a\" MinLength 1\n" V ":a :p \"\303\244\303\266\" Pattern 1\n"},
    {":a :p \"x\"@en, \"y\"@EN, \"z\"@de-AT, \"w\" .", ":s sh:targetSubjectsOf :p ; sh:path :p ; sh:uniqueLang true ; sh:languageIn ( \"en\" \"de\" ) .",
     V ":a :p \"w\" LanguageIn 1\n" V ":a :p - UniqueLang 1\n"},
    {":a :p 1, 2 ; :q 2, 3 .",
     ":s sh:targetNode :a ; sh:property [ sh:path :p ; sh:equals :q ] , [ sh:path :p ; sh:disjoint :q ] , [ sh:path :p ; sh:lessThan :q ] , [ sh:path :p ; sh:lessThanOrEquals :q ] .",
     V ":a :p 1 Equals 1\n" V ":a :p 3 Equals 1\n" V ":a :p 2 Disjoint 1\n" V ":a :p 2 LessThan 1\n"},
    {":a :p :b . :b a :E . :c :p :d . :E rdfs:subClassOf :F .", ":s sh:targetSubjectsOf :p ; sh:path :p ; sh:class :F .", V ":c :p :d Class 1\n"},
    {":a :p 1 ; :q 2 . :b :q 1 .", ":s sh:targetNode :a, :b ; sh:closed true ; sh:ignoredProperties ( :r ) ; sh:property [ sh:path :p ] .",
     V ":a :q 2 Closed 1\n" V ":b :q 1 Closed 1\n"},
    {":a :p :x . :b :p :y .", ":s sh:targetSubjectsOf :p ; sh:path :p ; sh:in ( :x ) ; sh:hasValue :x ; sh:nodeKind sh:IRI .",
     V ":b :p - HasValue 1\n" V ":b :p :y In 1\n"},
    {":a :p 1 . :b :q 1 . :c :p 1 ; :q 1 . :d :r 1 .",
     ":s sh:targetNode :a, :b, :c, :d ; sh:xone ( :P :Q ) . :t sh:targetNode :d ; sh:or ( :P :Q ) . :u sh:targetNode :a, :c ; sh:and ( :P :Q ) ; sh:not :Q ."
     ":P sh:property [ sh:path :p ; sh:minCount 1 ] . :Q sh:property [ sh:path :q ; sh:minCount 1 ] .",
     V ":c - :c Xone 1\n" V ":d - :d Xone 1\n" V ":d - :d Or 1\n" V ":c - :c Not 1\n" V ":a - :a And 1\n"},
    {":a :p :x, :y, :z . :x :k 1 . :y :k 1 ; :l 1 . :z :l 1 .",
     ":s sh:targetNode :a ; sh:property :k, :l . :k sh:path :p ; sh:qualifiedValueShape [ sh:property [ sh:path :k ; sh:minCount 1 ] ] ; sh:qualifiedMinCount 2 ; sh:qualifiedValueShapesDisjoint true ."
     ":l sh:path :p ; sh:qualifiedValueShape [ sh:property [ sh:path :l ; sh:minCount 1 ] ] ; sh:qualifiedMaxCount 1 .",
     V ":a :p - QualifiedMinCount 1\n" V ":a :p - QualifiedMaxCount 1\n"},
    {":a :p :b . :b :p :c . :c :q 1 . :d :q 7 .", ":s sh:targetNode :a ; sh:path ( [ sh:zeroOrMorePath :p ] :q ) ; sh:maxInclusive 0 .",
     V ":a :p*/:q 1 MaxInclusive 1\n"},
    {":a :p :b .", ":s sh:targetObjectsOf :p ; sh:path [ sh:inversePath :p ] ; sh:maxCount 0 ; sh:severity sh:Info .", "Info :b ^:p - MaxCount 1\n"},
    {":a :p 1 .", ":s sh:targetNode :a ; sh:deactivated true ; sh:property [ sh:path :p ; sh:maxCount 0 ] .", ""},
    /* What is found below is reported for each way there. */
    {":a :p :x . :b :p :x .", ":s sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:property [ sh:path :q ; sh:minCount 1 ] ] .",
     V ":x :q - MinCount 1\n" V ":x :q - MinCount 1\n"},
};

START_TEST(constraints_find_what_breaks_them) { ck_assert_str_eq(shop_check(cases[_i].data, cases[_i].shapes), cases[_i].found); }
END_TEST

START_TEST(messages_name_the_parameter) {
  PropterGraph *graph = shop_open(":a :p 1 .");
  ck_assert_str_eq(shop_validate(graph, shop_shapes(":s sh:targetNode :a ; sh:path :p ;\n sh:minExclusive 3 ."), NULL),
                   V ":a :p 1 MinExclusive 2 expected a value above 3\n");
  ck_assert_str_eq(shop_validate(graph, shop_shapes(":s sh:targetNode :a ; sh:path :p ; sh:class :C ; sh:message \"own words\" ."), NULL),
                   V ":a :p 1 Class 1 own words\n");
  propter_graph_close(graph);
}
END_TEST

#define DECLARE ":d sh:declare [ sh:prefix \"x\" ; sh:namespace \"urn:\" ] . "

START_TEST(queries_are_asked_for_each_focus_node) {
  PropterGraph *graph = shop_open(":a :p 1, 2 . :b :p 5 . :c :p 9 .");
  ck_assert_str_eq(
      shop_validate(
          graph,
          shop_shapes(
              DECLARE
              ":s sh:targetSubjectsOf :p ; sh:sparql [ sh:prefixes :d ; sh:message \"{?value} is {$this}'s\" ; sh:select "
              "\"SELECT $this ?value { $this x:p ?value FILTER(?value < 6) { SELECT $this (COUNT(*) AS ?n) { $this x:p ?o } GROUP BY $this } FILTER(?n > 1) }\" ] ."),
          NULL),
      V ":a - 1 SPARQL 1 1 is :a's\n" V ":a - 2 SPARQL 1 2 is :a's\n");
  ck_assert_str_eq(
      shop_validate(
          graph,
          shop_shapes(
              DECLARE
              ":K sh:parameter [ sh:path :least ] ; sh:validator [ sh:message \"{$value} below {$least}\" ; sh:ask \"ASK { FILTER($value >= $least) }\" ] . "
              ":s sh:targetSubjectsOf :p ; sh:path :p ; :least 5 ."),
          NULL),
      V ":a :p 1 K 1 1 below 5\n" V ":a :p 2 K 1 2 below 5\n");
  propter_graph_close(graph);
}
END_TEST

Suite *suite_constraints(void) {
  Suite *s = suite_create("constraints");
  TCase *t = tcase_create("constraints");
  tcase_add_loop_test(t, constraints_find_what_breaks_them, 0, (int)(sizeof cases / sizeof *cases));
  tcase_add_test(t, messages_name_the_parameter);
  tcase_add_test(t, queries_are_asked_for_each_focus_node);
  suite_add_tcase(s, t);
  return s;
}
