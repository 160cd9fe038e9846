/* SPDX-License-Identifier: Apache-2.0 */
/* Logical views (RML-LV): fields, nested ones, several values, joins, views on views, mistakes. */
#include <string.h>

#include "mapping.h"

Suite *suite_views(void);

#define JSON_SOURCE " [ rml:source [ rml:root rml:MappingDirectory ; rml:path \"t.csv\" ] ; rml:referenceFormulation rml:JSONPath ; rml:iterator \"$[*]\" ] "
#define XML_SOURCE " [ rml:source [ rml:root rml:MappingDirectory ; rml:path \"t.csv\" ] ; rml:referenceFormulation rml:XPath ; rml:iterator \"/r/p\" ] "
#define CSV_SOURCE(file) " [ rml:source [ rml:root rml:MappingDirectory ; rml:path \"" file "\" ] ; rml:referenceFormulation rml:CSV ] "
#define FIELD(name, map) " rml:field [ rml:fieldName \"" name "\" ; " map " ]"
#define FIELD_OF(name, reference) FIELD(name, "rml:reference \"" reference "\"")
/* The rows of ex:v as triples of one subject: the template's text each. */
#define ROWS(template)                                                                                                                  \
  "ex:m rml:logicalSource ex:v ; rml:subject ex:s ; rml:predicateObjectMap [ rml:predicate ex:r ; rml:objectMap [ rml:template \"" template              \
  "\" ; rml:termType rml:Literal ] ] .\n"
#define SAYS(reference)                                                                                                                 \
  "ex:m rml:logicalSource ex:v ; rml:subject ex:s ; rml:predicateObjectMap [ rml:predicate ex:r ; rml:objectMap [ rml:reference \"" reference "\" ] ] .\n"
#define ROW(text) "<http://example.org/s> <http://example.org/r> \"" text "\"\n"
#define XSD "http://www.w3.org/2001/XMLSchema#"
#define TYPED(text, type) "<http://example.org/s> <http://example.org/r> \"" text "\"^^<" XSD type ">\n"

#define PEOPLE                                                                                                                          \
  "[{\"name\": \"ann\", \"items\": [{\"type\": \"rope\", \"weight\": 3, \"tags\": [\"x\", \"y\"]}, {\"type\": \"lamp\", \"weight\": 1.5}]},\n"         \
  "{\"name\": \"ben\", \"items\": [{\"type\": \"map\", \"weight\": 2}]},\n{\"name\": \"cy\", \"items\": []}]"
#define NESTED(on, name, items, type, weight, tags)                                                                                     \
  "ex:v a rml:LogicalView ; rml:viewOn" on ";" FIELD_OF("name", name) ";"                                                               \
      FIELD("item", items " ;" FIELD_OF("type", type) ";" FIELD_OF("weight", weight) ";" FIELD_OF("tag", tags)) " .\n"
#define JSON_VIEW NESTED(JSON_SOURCE, "$.name", "rml:iterator \"$.items[*]\"", "$.type", "$.weight", "$.tags[*]")

START_TEST(nested_fields) {
  static const char wanted[] = ROW("0 ann 0 rope 0 x") ROW("0 ann 0 rope 1 y");
  mapping_expect(JSON_VIEW ROWS("{#} {name} {item.#} {item.type} {item.tag.#} {item.tag}"), PEOPLE, NULL, wanted);
  mapping_expect(JSON_VIEW ROWS("{#} {name} {item.#} {item.type}"), PEOPLE, NULL, ROW("0 ann 0 rope") ROW("0 ann 1 lamp") ROW("1 ben 0 map"));
  /* A row whose field has no value stays, with nothing there. */
  mapping_expect(JSON_VIEW ROWS("{#} {name} {name.#}"), PEOPLE, NULL, ROW("0 ann 0") ROW("1 ben 0") ROW("2 cy 0"));
  /* The form of the earlier drafts, a reference for the iterator; the same from XML. */
  mapping_expect(NESTED(JSON_SOURCE, "$.name", "rml:reference \"$.items[*]\"", "$.type", "$.weight", "$.tags[*]")
                     ROWS("{#} {name} {item.#} {item.type} {item.tag.#} {item.tag}"),
                 PEOPLE, NULL, wanted);
  mapping_expect(NESTED(XML_SOURCE, "@name", "rml:iterator \"items/item\"", "@type", "weight", "tag")
                     ROWS("{#} {name} {item.#} {item.type} {item.tag.#} {item.tag}"),
                 "<r><p name='ann'><items><item type='rope'><weight>3</weight><tag>x</tag><tag>y</tag></item><item type='lamp'/></items></p><p name='cy'/></r>",
                 NULL, wanted);
}
END_TEST

START_TEST(types_and_places) {
  mapping_expect(JSON_VIEW SAYS("item.weight"), PEOPLE, NULL, TYPED("1.5", "double") TYPED("2", "integer") TYPED("3", "integer"));
  mapping_expect(JSON_VIEW SAYS("item.#"), PEOPLE, NULL, TYPED("0", "integer") TYPED("1", "integer"));
  /* Several values of several fields: every combination. Templates and constants. */
  mapping_expect("ex:v a rml:LogicalView ; rml:viewOn" JSON_SOURCE ";" FIELD_OF("a", "$.a[*]") ";" FIELD_OF("b", "$.b[*]") ";" FIELD(
                     "t", "rml:template \"{$.a[*]}-{$.b[*]}\"") ";" FIELD("c", "rml:constant \"k\"") " .\n" ROWS("{a}{b} {t} {t.#} {c}"),
                 "[{\"a\": [1, 2], \"b\": [\"x\"]}]", NULL, ROW("1x 1-x 0 k") ROW("1x 2-x 1 k") ROW("2x 1-x 0 k") ROW("2x 2-x 1 k"));
  mapping_refuse(JSON_VIEW ROWS("{item}"), PEOPLE, PROPTER_NOT_FOUND, 0, "no column \"item\"");
  mapping_refuse(JSON_VIEW SAYS("<it>"), PEOPLE, PROPTER_NOT_FOUND, 0, "no column \"<it>\"");
}
END_TEST

#define LEFT(kind, fields)                                                                                                              \
  "ex:v a rml:LogicalView ; rml:viewOn" CSV_SOURCE("t.csv") ";" FIELD_OF("id", "id") ";" FIELD_OF("n", "n") ";\n rml:" kind                           \
  " [ rml:parentLogicalView ex:u ; rml:joinCondition [ rml:child \"id\" ; rml:parent \"key\" ] ;" fields " ] .\n"                                       \
  "ex:u a rml:LogicalView ; rml:viewOn" CSV_SOURCE("u.csv") ";" FIELD_OF("key", "k") ";" FIELD_OF("what", "w") " .\n"
#define WHAT FIELD_OF("what", "what")

START_TEST(joins) {
  static const char child[] = "id,n\n1,one\n2,two\n3,three\n", parent[] = "k,w\n1,a\n3,c\n1,b\n4,d\n";
  mapping_expect(LEFT("leftJoin", WHAT) ROWS("{#} {id} {what.#} {what}"), child, parent, ROW("0 1 0 a") ROW("0 1 1 b") ROW("2 3 0 c"));
  mapping_expect(LEFT("leftJoin", WHAT) ROWS("{id} {n}"), child, parent, ROW("1 one") ROW("2 two") ROW("3 three"));
  mapping_expect(LEFT("innerJoin", WHAT) ROWS("{id} {n}"), child, parent, ROW("1 one") ROW("3 three"));
  mapping_expect(LEFT("innerJoin", FIELD("both", "rml:template \"{key}={what}\"")) ROWS("{both}"), child, parent, ROW("1=a") ROW("1=b") ROW("3=c"));
  /* Of JSON with CSV, by two conditions; a view on a view. */
  mapping_expect(
      "ex:w a rml:LogicalView ; rml:viewOn ex:v ;" FIELD_OF("who", "name") ";" FIELD_OF(
          "kind",
          "item.type") " ;\n"
                       " rml:innerJoin [ rml:parentLogicalView ex:u ; rml:joinCondition [ rml:child \"kind\" ; rml:parent \"kind\" ] ,\n"
                       " [ rml:childMap [ rml:template \"{who}\" ] ; rml:parentMap [ rml:reference \"who\" ] ] ;" FIELD_OF(
                           "price",
                           "price") " ] .\n"
                                    "ex:u a rml:LogicalView ; rml:viewOn" CSV_SOURCE("u.csv") ";" FIELD_OF("kind", "k") ";" FIELD_OF("who", "w") ";" FIELD_OF(
                                        "price",
                                        "p") " .\n" JSON_VIEW
                                             "ex:m rml:logicalSource ex:w ; rml:subject ex:s ; rml:predicateObjectMap [ rml:predicate ex:r ; rml:objectMap [ rml:template \"{who} {kind} {price}\" ; "
                                             "rml:termType rml:Literal ] ] .\n",
      PEOPLE, "k,w,p\nrope,ann,9\nrope,ben,8\nlamp,ann,7\n", ROW("ann lamp 7") ROW("ann rope 9"));
}
END_TEST

/* Triples maps of one view join without a condition by the row they share; a good row beside a bad one is not lost. */
START_TEST(triples_maps) {
  mapping_expect(
      JSON_VIEW "ex:m rml:logicalSource ex:v ; rml:subjectMap [ rml:template \"http://example.org/{name}\" ] ;\n"
                " rml:predicateObjectMap [ rml:predicate ex:has ; rml:objectMap [ rml:parentTriplesMap ex:i ] ] .\n"
                "ex:i rml:logicalSource ex:v ; rml:subjectMap [ rml:template \"http://example.org/{name}/{item.type}\" ] .\n",
      "[{\"name\": \"ann\", \"items\": [{\"type\": \"rope\"}, {\"type\": \"lamp\"}]}, {\"name\": \"cy\"}]", NULL,
      "<http://example.org/ann> <http://example.org/has> <http://example.org/ann/lamp>\n<http://example.org/ann> <http://example.org/has> <http://example.org/ann/rope>\n");
  mapping_expect("ex:v a rml:LogicalView ; rml:viewOn" CSV_SOURCE("t.csv") ";" FIELD_OF("id", "id") " .\n" SAYS("id"), "id,n\n1,2\n3\n5,6\n", NULL,
                 ROW("1") ROW("5") "reject 3::columns\n");
}
END_TEST

#define ANNOTATED(annotation)                                                                                                                                  \
  "ex:v a rml:LogicalView ; rml:viewOn" CSV_SOURCE("t.csv") ";" FIELD_OF("id", "id") ";\n rml:structuralAnnotation [ " annotation " ] .\n" SAYS("id")

START_TEST(annotations_change_nothing) {
  mapping_expect(ANNOTATED("a rml:PrimaryKeyAnnotation ; rml:onFields ( \"id\" )"), "id\n1\n1\n", NULL, ROW("1"));
  mapping_expect(ANNOTATED("a rml:ForeignKeyAnnotation ; rml:onFields ( \"id\" ) ; rml:targetView ex:v ; rml:targetFields ( \"id\" )"), "id\n1\n", NULL,
                 ROW("1"));
  mapping_refuse(ANNOTATED("a rml:PrimaryKeyAnnotation ; rml:onFields ( \"none\" )"), "id\n", PROPTER_NOT_FOUND, 2, "no field \"none\"");
  mapping_refuse(ANNOTATED("a rml:Guess ; rml:onFields ( \"id\" )"), "id\n", PROPTER_INVALID, 2, "expected an annotation of type");
  mapping_refuse(ANNOTATED("a rml:InclusionAnnotation ; rml:onFields ( \"id\" )"), "id\n", PROPTER_INVALID, 2, "no rml:targetView");
  mapping_refuse(ANNOTATED("a rml:NotNullAnnotation"), "id\n", PROPTER_INVALID, 2, "no rml:onFields");
}
END_TEST

/* Values that are documents: the field's, in it the rows of each. */
#define DOCUMENT(name, reference, formulation, iterator, fields)                                                                                               \
  FIELD(name, "rml:reference \"" reference "\" ;" FIELD("in", "rml:referenceFormulation " formulation " ; " iterator fields))
#define CSV_OF(what, iterator, fields)                                                                                                                         \
  "ex:v a rml:LogicalView ; rml:viewOn" CSV_SOURCE("t.csv") ";" FIELD_OF("id", "id") ";" DOCUMENT("d", "d", what, iterator, fields) " .\n"
#define JSON_CELLS CSV_OF("rml:JSONPath", "rml:iterator \"$[*]\" ;", FIELD_OF("a", "$.a") ";" FIELD_OF("b", "$.b[*]"))

START_TEST(documents) {
  static const char cells[] = "id,d\n1,\"[{\"\"a\"\": 1, \"\"b\"\": [\"\"x\"\", \"\"y\"\"]}, {\"\"a\"\": 2}]\"\n2,\n3,[]\n";
  mapping_expect(JSON_CELLS ROWS("{#} {id} {d.#} {d.in.#} {d.in.a} {d.in.b.#}{d.in.b}"), cells, NULL, ROW("0 1 0 0 1 0x") ROW("0 1 0 0 1 1y"));
  mapping_expect(JSON_CELLS ROWS("{id} {d.in.#} {d.in.a}"), cells, NULL, ROW("1 0 1") ROW("1 1 2"));
  mapping_expect(JSON_CELLS ROWS("{id}"), cells, NULL, ROW("1") ROW("2") ROW("3"));
  /* Types are those of the document; the document itself is a value of its field. */
  mapping_expect(JSON_CELLS SAYS("d.in.a"), cells, NULL, TYPED("1", "integer") TYPED("2", "integer"));
  mapping_expect(JSON_CELLS SAYS("d"), "id,d\n1,[]\n", NULL, ROW("[]"));
  mapping_refuse(JSON_CELLS SAYS("d.in"), cells, PROPTER_NOT_FOUND, 0, "no column \"d.in\"");
  /* XML in cells, fields inside its fields; CSV in JSON, with columns in another order each; JSON in CSV in JSON. */
  mapping_expect(CSV_OF("rml:XPath", "rml:iterator \"/r/p\" ;", FIELD("q", "rml:iterator \"q\" ;" FIELD_OF("n", "@n")))
                     ROWS("{id} {d.in.#} {d.in.q.#} {d.in.q.n}"),
                 "id,d\n1,<r><p><q n='4'/><q n='5'/></p><p><q n='6'/></p></r>\n", NULL, ROW("1 0 0 4") ROW("1 0 1 5") ROW("1 1 0 6"));
  mapping_expect("ex:v a rml:LogicalView ; rml:viewOn" JSON_SOURCE ";" DOCUMENT(
                     "d", "$.d", "rml:CSV", "", FIELD_OF("k", "k") ";" FIELD("t", "rml:template \"{k}={w}\"")) " .\n" ROWS("{#} {d.in.#} {d.in.k} {d.in.t}"),
                 "[{\"d\": \"k,w\\na,1\\nb,2\"}, {\"d\": \"w,k\\n3,c\\n\"}, {\"d\": \" \"}]", NULL, ROW("0 0 a a=1") ROW("0 1 b b=2") ROW("1 0 c c=3"));
  mapping_expect("ex:v a rml:LogicalView ; rml:viewOn" JSON_SOURCE
                 ";" DOCUMENT("d", "$.d", "rml:CSV", "", DOCUMENT("j", "j", "rml:JSONPath", "rml:iterator \"$.m[*]\" ;", FIELD_OF("v", "$"))) " .\n" ROWS(
                     "{d.in.#} {d.in.j.in.#} {d.in.j.in.v}"),
                 "[{\"d\": \"j\\n{'m':[1]}\\n'{'m':[7,8]}'\"}]", NULL, "reject 1::document\n");
  mapping_expect("ex:v a rml:LogicalView ; rml:viewOn" JSON_SOURCE
                 ";" DOCUMENT("d", "$.d", "rml:CSV", "", DOCUMENT("j", "j", "rml:JSONPath", "rml:iterator \"$.m[*]\" ;", FIELD_OF("v", "$"))) " .\n" ROWS(
                     "{d.in.#} {d.in.j.in.#} {d.in.j.in.v}"),
                 "[{\"d\": \"j,k\\n{\\\"m\\\":[1]},\\n\\\"{\\\"\\\"m\\\"\\\":[7,8]}\\\",\"}]", NULL, ROW("0 0 1") ROW("1 0 7") ROW("1 1 8"));
  /* An array that JSON itself holds is a document, too; with its own syntax an iterator without a field around is one of values. */
  mapping_expect("ex:v a rml:LogicalView ; rml:viewOn" JSON_SOURCE
                 ";" DOCUMENT("d", "$.d", "rml:JSONPath", "rml:iterator \"$[*]\" ;", FIELD_OF("v", "$.v")) " .\n" ROWS("{d.in.#} {d.in.v}"),
                 "[{\"d\": [{\"v\": 1}, {\"v\": 2}]}, {\"d\": \"[{\\\"v\\\": 3}]\"}]", NULL, ROW("0 1") ROW("0 3") ROW("1 2"));
  mapping_expect(NESTED(JSON_SOURCE, "$.name", "rml:referenceFormulation rml:JSONPath ; rml:iterator \"$.items[*]\"", "$.type", "$.weight", "$.tags[*]")
                     ROWS("{name} {item.type}"),
                 PEOPLE, NULL, ROW("ann lamp") ROW("ann rope") ROW("ben map"));
  /* What is no document, or has another shape, rejects its row and no other. */
  mapping_expect(JSON_CELLS ROWS("{id} {d.in.a}"), "id,d\n1,[{\n2,\"[{\"\"a\"\":5},{]\"\n3,\"[{\"\"a\"\":6}]\"\n", NULL,
                 ROW("3 6") "reject 2::document\nreject 3::document\n");
  mapping_expect(CSV_OF("rml:CSV", "", FIELD_OF("k", "k")) ROWS("{id} {d.in.k}"), "id,d\n1,\"k,l\na,b\nc\"\n4,\"k\nd\"\n5,\"l\ne\"\n", NULL,
                 ROW("4 d") "reject 2::document\nreject 7::document\n");
}
END_TEST

#define VIEW(more) "ex:v a rml:LogicalView ; rml:viewOn" CSV_SOURCE("t.csv") ";\n" more " .\n" SAYS("id")

START_TEST(mistakes) {
  mapping_refuse("ex:v rml:viewOn ex:v ;" FIELD_OF("id", "id") " .\n" SAYS("id"), "id\n", PROPTER_INVALID, 1, "a view that is on itself");
  mapping_refuse("ex:v rml:viewOn ex:u ;" FIELD_OF("id", "id") " .\nex:u rml:viewOn ex:v ;" FIELD_OF("id", "id") " .\n" SAYS("id"), "id\n", PROPTER_INVALID, 2,
                 "a view that is on itself");
  mapping_refuse("ex:v rml:viewOn" CSV_SOURCE("t.csv") " .\n" SAYS("id"), "id\n", PROPTER_INVALID, 0, "at least one rml:field");
  mapping_refuse(VIEW(FIELD_OF("id", "id") ";\n" FIELD_OF("id", "n")), "id,n\n", PROPTER_INVALID, 3, "two fields are called id");
  mapping_refuse(VIEW(FIELD_OF("a.b", "id")), "id\n", PROPTER_INVALID, 2, "letters and digits as the name of a field");
  mapping_refuse(VIEW(" rml:field [ rml:reference \"id\" ]"), "id\n", PROPTER_INVALID, 2, "one rml:fieldName");
  mapping_refuse(VIEW(FIELD("id", "")), "id\n", PROPTER_INVALID, 2, "found none");
  mapping_refuse(VIEW(FIELD_OF("id", "none")), "id\n", PROPTER_NOT_FOUND, 2, "no column \"none\"");
  mapping_refuse(VIEW(FIELD("id", "rml:reference \"id\" ;" FIELD_OF("x", "id"))), "id\n", PROPTER_USAGE, 2, "no values inside values");
  mapping_refuse(VIEW(FIELD("id", "rml:reference \"id\" ; rml:referenceFormulation rml:JSONPath")), "id\n", PROPTER_INVALID, 2, "has no reference formulation");
  mapping_refuse(VIEW(FIELD("id", "rml:iterator \"$\" ; rml:referenceFormulation rml:JSONPath ;" FIELD_OF("x", "$.x"))), "id\n", PROPTER_INVALID, 2,
                 "stands in the field whose values");
  mapping_refuse(VIEW(FIELD("id", "rml:template \"{id}\" ;" FIELD_OF("x", "id"))), "id\n", PROPTER_INVALID, 2, "in the field around a field");
  mapping_refuse(VIEW(DOCUMENT("id", "id", "rml:SQL2008Table", "rml:iterator \"t\" ;", FIELD_OF("x", "x"))), "id\n", PROPTER_INVALID, 2,
                 "expected rml:CSV, rml:JSONPath or rml:XPath");
  mapping_refuse(VIEW(DOCUMENT("id", "id", "rml:JSONPath", "rml:iterator \"$\"", "")), "id\n", PROPTER_INVALID, 2, "has no rml:field");
  mapping_refuse(VIEW(DOCUMENT("id", "id", "rml:JSONPath", "rml:iterator \"$[*\" ;", FIELD_OF("x", "$.x"))), "id\n1\n", PROPTER_SYNTAX, 2, "$[*");
  mapping_refuse(VIEW(FIELD_OF("id", "id") "; rml:iterator \"x\""), "id\n", PROPTER_INVALID, 2, "no reference formulation and no iterator");
  mapping_refuse("ex:f rml:fieldName \"f\" ; rml:iterator \"x\" ; rml:field ex:f .\nex:v rml:viewOn" JSON_SOURCE "; rml:field ex:f .\n" SAYS("f"), "[]",
                 PROPTER_INVALID, 1, "inside itself");
#define JOIN(more) VIEW(FIELD_OF("id", "id") ";\n rml:leftJoin [ " more " ]")
  mapping_refuse(JOIN("rml:joinCondition [ rml:child \"id\" ; rml:parent \"id\" ] ;" WHAT), "id\n", PROPTER_INVALID, 3, "no rml:parentLogicalView");
  mapping_refuse(JOIN("rml:parentLogicalView" CSV_SOURCE("t.csv") ";" WHAT), "id\n", PROPTER_INVALID, 3, "no rml:joinCondition");
  mapping_refuse(JOIN("rml:parentLogicalView" CSV_SOURCE("t.csv") "; rml:joinCondition [ rml:child \"id\" ; rml:parent \"id\" ]"), "id\n", PROPTER_INVALID, 3,
                 "no rml:field");
  mapping_refuse(JOIN("rml:parentLogicalView" CSV_SOURCE("t.csv") "; rml:joinCondition [ rml:child \"x\" ; rml:parent \"id\" ] ;" WHAT), "id\n",
                 PROPTER_NOT_FOUND, 3, "no field \"x\"");
  mapping_refuse(JOIN("rml:parentLogicalView" CSV_SOURCE("t.csv") "; rml:joinCondition [ rml:child \"id\" ; rml:parent \"x\" ] ;" WHAT), "id\n",
                 PROPTER_NOT_FOUND, 3, "no column \"x\"");
}
END_TEST

START_TEST(failing_calls) {
  const char *path = mapping_write(LEFT("leftJoin", WHAT) ROWS("{id} {what}"), "id,n\n1,one\n2,two\n", "k,w\n1,a\n1,b\n");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, mapping_try, (void *)(uintptr_t)path, false), 50);
  path = mapping_write(JSON_VIEW ROWS("{name} {item.tag}"), PEOPLE, NULL);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, mapping_try, (void *)(uintptr_t)path, false), 50);
  path = mapping_write(JSON_CELLS ROWS("{d.in.#} {d.in.b}"), "id,d\n1,\"[{\"\"b\"\": [1, 2]}]\"\n2,[\n", NULL);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, mapping_try, (void *)(uintptr_t)path, false), 50);
}
END_TEST

Suite *suite_views(void) {
  Suite *s = suite_create("views");
  TCase *t = tcase_create("views");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, nested_fields);
  tcase_add_test(t, types_and_places);
  tcase_add_test(t, joins);
  tcase_add_test(t, triples_maps);
  tcase_add_test(t, annotations_change_nothing);
  tcase_add_test(t, documents);
  tcase_add_test(t, mistakes);
  tcase_add_test(t, failing_calls);
  suite_add_tcase(s, t);
  return s;
}
