/* SPDX-License-Identifier: Apache-2.0 */
/* A small cube that breaks one integrity constraint of RDF Data Cube after the other. */
#include <string.h>

#include "shop.h"

Suite *suite_cube(void);

#define QB "@prefix qb: <http://purl.org/linked-data/cube#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . "
#define STRUCTURE                                                                                                                                              \
  QB ":set a qb:DataSet ; qb:structure :s . :s a qb:DataStructureDefinition ; qb:component [ qb:dimension :place ] , [ qb:dimension :day ] , "                 \
     "[ qb:measure :value ] , [ qb:attribute :unit ; qb:componentRequired true ] . "                                                                           \
     ":place a qb:DimensionProperty ; rdfs:range skos:Concept ; qb:codeList :places . :places a skos:ConceptScheme . :here skos:inScheme :places . "           \
     ":there skos:inScheme :places . :day a qb:DimensionProperty ; rdfs:range xsd:date . :value a qb:MeasureProperty . :unit a qb:AttributeProperty . "
#define TREE "@prefix owl: <http://www.w3.org/2002/07/owl#> . :tree a qb:HierarchicalCodeList ; qb:hierarchyRoot :top . "
#define ONE ":o1 a qb:Observation ; qb:dataSet :set ; :place :here ; :day 1 ; :value 3 ; :unit \"k\" . "
#define TWO ":o2 a qb:Observation ; qb:dataSet :set ; :place :there ; :day 1 ; :value 4 ; :unit \"k\" . "

static const struct {
  const char *data, *broken; /* the constraints, in order; NULL: none */
} cases[] = {
    {STRUCTURE ONE TWO, ""},
    {STRUCTURE ONE ":o2 a qb:Observation ; :place :there ; :day 1 ; :value 4 ; :unit \"k\" .", "IC-1 "},
    {STRUCTURE ONE ":set qb:structure :s2 . :s2 qb:component [ qb:measure :value ] .", "IC-2 "},
    {STRUCTURE ONE ":set2 a qb:DataSet ; qb:structure :s2 . :s2 a qb:DataStructureDefinition ; qb:component [ qb:dimension :day ] .", "IC-3 "},
    {STRUCTURE ONE ":more a qb:DimensionProperty .", "IC-4 "},
    {STRUCTURE ONE ":more a qb:DimensionProperty ; rdfs:range skos:Concept .", "IC-5 "},
    {STRUCTURE ONE ":s qb:component [ qb:measure :value ; qb:componentRequired false ] .", "IC-6 "},
    {STRUCTURE ONE ":key a qb:SliceKey ; qb:componentProperty :day .", "IC-7 "},
    {STRUCTURE ONE ":s qb:sliceKey :key . :key a qb:SliceKey ; qb:componentProperty :other .", "IC-8 "},
    {STRUCTURE ONE ":slice a qb:Slice .", "IC-9 "},
    {STRUCTURE ONE ":s qb:sliceKey :key . :key a qb:SliceKey ; qb:componentProperty :day . :slice a qb:Slice ; qb:sliceStructure :key .", "IC-10 "},
    {STRUCTURE ":o1 a qb:Observation ; qb:dataSet :set ; :place :here ; :value 3 ; :unit \"k\" .", "IC-11 "},
    {STRUCTURE ONE ":o2 a qb:Observation ; qb:dataSet :set ; :place :here ; :day 1 ; :value 4 ; :unit \"k\" .", "IC-12 "},
    {STRUCTURE ":o1 a qb:Observation ; qb:dataSet :set ; :place :here ; :day 1 ; :value 3 .", "IC-13 "},
    {STRUCTURE ":o1 a qb:Observation ; qb:dataSet :set ; :place :here ; :day 1 ; :unit \"k\" .", "IC-14 "},
    {STRUCTURE ONE ":o1 qb:measureType :weight .", "IC-15 IC-16 "},
    {STRUCTURE ONE
     ":set2 a qb:DataSet ; qb:structure :s ; qb:slice [ qb:sliceStructure :key ; :day 1 ; qb:observation :o1 ] . :s qb:sliceKey :key . :key qb:componentProperty :day .",
     "IC-1 IC-18 "},
    {STRUCTURE ONE ":o2 a qb:Observation ; qb:dataSet :set ; :place :nowhere ; :day 1 ; :value 4 ; :unit \"k\" .", "IC-19 "},
    {STRUCTURE TREE ":place qb:codeList :tree . :tree qb:parentChildProperty :holds . :top :holds :here , :there . " ONE TWO, ""},
    {STRUCTURE TREE ":place qb:codeList :tree . :tree qb:parentChildProperty :holds . :top :holds :here . " ONE TWO, "IC-20 "},
    {STRUCTURE TREE
     ":place qb:codeList :tree . :tree qb:parentChildProperty [ owl:inverseOf :in ] . :here :in :mid . :mid :in :top . :there :in :top . " ONE TWO,
     ""},
    {STRUCTURE TREE ":place qb:codeList :tree . :tree qb:parentChildProperty [ owl:inverseOf :in ] . :here :in :top . " ONE TWO, "IC-21 "},
    /* Values may stand at the slice or the data set. */
    {STRUCTURE ":set :unit \"k\" ; qb:slice :slice . :slice a qb:Slice ; qb:sliceStructure :key ; :day 1 ; qb:observation :o1 . :s qb:sliceKey :key . "
               ":key a qb:SliceKey ; qb:componentProperty :day . :o1 a qb:Observation ; qb:dataSet :set ; :place :here ; :value 3 .",
     ""},
};

START_TEST(each_constraint_is_found_alone) {
  PropterGraph *graph = shop_open(cases[_i].data);
  PropterSnapshot *snapshot = NULL;
  PropterShaclReport *report = NULL;
  PropterShaclOptions options = {.query = propter_query_options(), .cubes = true};
  PropterBuf broken = {0};
  const PropterShaclResult *r;
  propter_buf_add(&broken, PROPTER_STR(""));
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_shacl_validate(snapshot, NULL, 0, &options, &report, err));
  for (size_t n = 0;; n++) {
    ck_ok(propter_shacl_result(report, n, &r, err));
    if (!r) break;
    size_t length = propter_str_find(r->message, PROPTER_STR(":"));
    ck_assert_uint_lt(length, 8);
    propter_buf_printf(&broken, "%.*s ", (int)length, r->message.data);
  }
  ck_assert_str_eq(broken.data ? broken.data : "", cases[_i].broken);
  propter_buf_clear(&broken);
  propter_shacl_free(report);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
}
END_TEST

Suite *suite_cube(void) {
  Suite *s = suite_create("cube");
  TCase *t = tcase_create("cube");
  tcase_add_loop_test(t, each_constraint_is_found_alone, 0, (int)(sizeof cases / sizeof *cases));
  suite_add_tcase(s, t);
  return s;
}
