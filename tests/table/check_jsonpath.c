/* SPDX-License-Identifier: Apache-2.0 */
/* JSONPath by RFC 9535, clause by clause: what each path selects, as an array in JSON; and what is no path. */
#include <string.h>

#include "json_path.h"
#include "support.h"

Suite *suite_jsonpath(void);

typedef struct {
  const char *document, *path, *wanted;
} Case;

#define STORE                                                                                                                           \
  "{\"b\":[{\"c\":\"ref\",\"p\":8,\"t\":\"A\"},{\"c\":\"fic\",\"p\":12,\"t\":\"B\"},{\"c\":\"fic\",\"p\":9,\"t\":\"C\",\"i\":\"x-1\"}],\"max\":10}"

static const Case cases[] = {
    /* 2.2 root, 2.3.1 names, 2.3.2 wildcard */
    {"{\"k\":\"v\"}", "$", "[{\"k\":\"v\"}]"},
    {"{\"o\":{\"j j\":{\"k.k\":3}},\"'\":{\"@\":2}}", "$.o['j j']['k.k']", "[3]"},
    {"{\"o\":{\"j j\":{\"k.k\":3}},\"'\":{\"@\":2}}", "$[\"'\"][\"@\"]", "[2]"},
    {"{\"\\u263a\":1,\"\\ud834\\udd1e\":2}", "$['\\u263A','\\uD834\\uDD1E']", "[1,2]"},
    {"{\"a'b\":1,\"c\\\"d\":2,\"e\\\\f\":3,\"g\\th\":4}", "$['a\\'b',\"c\\\"d\",'e\\\\f','g\\th']", "[1,2,3,4]"},
    {"{\"a\":null}", "$.a", "[null]"},
    {"{\"a\":1}", "$.b", "[]"},
    {"[1]", "$.a", "[]"},
    {"{\"o\":{\"j\":1,\"k\":2},\"a\":[5,3]}", "$[*]", "[{\"j\":1,\"k\":2},[5,3]]"},
    {"{\"o\":{\"j\":1,\"k\":2},\"a\":[5,3]}", "$.o[*,*]", "[1,2,1,2]"},
    {"7", "$.*", "[]"},
    /* 2.3.3 indexes */
    {"[\"a\",\"b\"]", "$[1]", "[\"b\"]"},
    {"[\"a\",\"b\"]", "$[-2]", "[\"a\"]"},
    {"[\"a\",\"b\"]", "$[2]", "[]"},
    {"[\"a\",\"b\"]", "$[-3]", "[]"},
    {"{\"0\":1}", "$[0]", "[]"},
    {"[\"a\",\"b\"]", "$[ 0 , 0 ]", "[\"a\",\"a\"]"},
    /* 2.3.4 slices */
    {"[0,1,2,3,4,5,6]", "$[1:3]", "[1,2]"},
    {"[0,1,2,3,4,5,6]", "$[5:]", "[5,6]"},
    {"[0,1,2,3,4,5,6]", "$[1:5:2]", "[1,3]"},
    {"[0,1,2,3,4,5,6]", "$[5:1:-2]", "[5,3]"},
    {"[0,1,2,3,4,5,6]", "$[::-1]", "[6,5,4,3,2,1,0]"},
    {"[0,1,2,3,4,5,6]", "$[-2:]", "[5,6]"},
    {"[0,1,2,3,4,5,6]", "$[:-5]", "[0,1]"},
    {"[0,1,2,3,4,5,6]", "$[-1:-4:-1]", "[6,5,4]"},
    {"[0,1,2]", "$[::0]", "[]"},
    {"[0,1,2]", "$[10:-10:-1]", "[2,1,0]"},
    {"[0,1,2]", "$[-10:10]", "[0,1,2]"},
    {"[0,1,2]", "$[1 : : 1 ]", "[1,2]"},
    {"{\"a\":1}", "$[:]", "[]"},
    /* 2.5.1 several selectors, 2.5.2 descendants */
    {"[0,1,2,3,4]", "$[0,3:,-1]", "[0,3,4,4]"},
    {"{\"o\":{\"j\":1},\"a\":[5,[{\"j\":4}]]}", "$..j", "[1,4]"},
    {"{\"o\":{\"j\":1},\"a\":[5,[{\"j\":4}]]}", "$..[0]", "[5,{\"j\":4}]"},
    {"{\"o\":{\"j\":1},\"a\":[5,[{\"j\":4}]]}", "$.a..*", "[5,[{\"j\":4}],{\"j\":4},4]"},
    {"{\"a\":[1,2]}", "$..[0,1]", "[1,2]"},
    {"[[[1]]]", "$..[*]..[0]", "[[1],1,1]"},
    {"{\"a\":{\"b\":1}}", "$ .a [ 'b' ]", "[1]"},
    /* 2.3.5 filters: existence, comparison, logic */
    {STORE, "$.b[?@.i].t", "[\"C\"]"},
    {STORE, "$.b[?!@.i].t", "[\"A\",\"B\"]"},
    {STORE, "$.b[?@.p<$.max].t", "[\"A\",\"C\"]"},
    {STORE, "$.b[?@.p <= 9 && @.c == 'fic' || @.t == \"B\"].t", "[\"B\",\"C\"]"},
    {STORE, "$.b[?!(@.p <= 9 && @.c == 'fic')].t", "[\"A\",\"B\"]"},
    {STORE, "$.b[? @['p'] >= 12 ].t", "[\"B\"]"},
    {STORE, "$[?@.*].length", "[]"},
    {STORE, "$..[?@.i].i", "[\"x-1\"]"},
    {"{\"a\":{\"x\":1},\"b\":{\"x\":2},\"c\":3}", "$[?@.x>1]", "[{\"x\":2}]"},
    {"[{\"a\":null},{\"b\":1}]", "$[?@.a==null]", "[{\"a\":null}]"},
    {"[{\"a\":null},{\"b\":1}]", "$[?@.a]", "[{\"a\":null}]"},
    {"[{\"a\":null},{\"b\":1}]", "$[?@.x==@.y].b", "[1]"},
    {"[1,2,3]", "$[?@.x<=@.y]", "[1,2,3]"},
    {"[1,2,3]", "$[?@.x<@.y]", "[]"},
    {"[1,\"1\",true,null]", "$[?@==1]", "[1]"},
    {"[1,1.0,1.5,100]", "$[?@==1.0]", "[1,1.0]"},
    {"[1,100]", "$[?@==1e2]", "[100]"},
    {"[0,-0.0]", "$[?@==-0]", "[0,-0.0]"},
    {"[\"a\",\"b\",2]", "$[?@>'a']", "[\"b\"]"},
    {"[true,false]", "$[?@<true]", "[]"},
    {"[true,false]", "$[?@<=true]", "[true]"},
    {"[{\"a\":[1,{\"k\":2.0}],\"b\":[1.0,{\"k\":2}]},{\"a\":[1],\"b\":[2]}]", "$[?@.a==@.b].a[0]", "[1]"},
    {"[{\"a\":{\"x\":1,\"y\":2},\"b\":{\"y\":2,\"x\":1}}]", "$[?@.a==@.b].a.x", "[1]"},
    {"[[1,[2]],[3]]", "$[?@[?@>1]]", "[[3]]"},
    {"[[1,2,3],[4]]", "$[*][?@>1 && @<4]", "[2,3]"},
    /* 2.4 functions */
    {"[\"ab\",\"\\u00e9\\ud834\\udd1e\",[1],{\"a\":1,\"b\":2},7]", "$[?length(@)==2]", "[\"ab\",\"\\u00e9\\ud834\\udd1e\",{\"a\":1,\"b\":2}]"},
    {"[7]", "$[?length(@)==length(@.x)]", "[7]"},
    {"[{\"a\":[1,2]},{\"a\":[1]}]", "$[?count(@.a[*])>1].a[1]", "[2]"},
    {"[{\"a\":[1,2]},{\"a\":[1]}]", "$[?count(@..*)==2].a[0]", "[1]"},
    {"[{\"a\":[1,2]},{\"a\":[1]}]", "$[?value(@.a[*])==1].a[0]", "[1]"},
    {"[{\"a\":\"xyz\"}]", "$[?length(value(@..a))==3].a", "[\"xyz\"]"},
    {STORE, "$.b[?match(@.t,'[AB]')].t", "[\"A\",\"B\"]"},
    {STORE, "$.b[?match(@.c,'f')].t", "[]"},
    {STORE, "$.b[?search(@.c,'ic')].t", "[\"B\",\"C\"]"},
    {STORE, "$.b[?!search(@.c,'ic')].t", "[\"A\"]"},
    {STORE, "$.b[?match(@.p,'8')].t", "[]"},
    {"[\"a\\nb\",\"a\\rb\",\"a\\u2028b\",\"axb\"]", "$[?match(@,'a.b')]", "[\"a\\u2028b\",\"axb\"]"},
    {"[\"a.b\",\"axb\"]", "$[?match(@,'a[.]b')]", "[\"a.b\"]"},
    {"[\"a.b\",\"axb\"]", "$[?match(@,'a\\\\.b')]", "[\"a.b\"]"},
    {"[{\"v\":\"abc\",\"r\":\"a.c\"},{\"v\":\"abc\",\"r\":\"b\"},{\"v\":\"b\",\"r\":\"b\"},{\"v\":\"b\",\"r\":\"(\"},{\"v\":\"b\",\"r\":1}]",
     "$[?match(@.v,@.r)].r", "[\"a.c\",\"b\"]"},
    {"[\"\\u0416\"]", "$[?match(@,'\\\\p{Lu}')]", "[\"\\u0416\"]"},
    {"[1]", "$[?match('x','x') && length('ab')==2]", "[1]"},
};

static const char *const wrong[] = {"$.a[",
                                    "$.a]",
                                    "$[01]",
                                    "$[-0]",
                                    "$[1.0]",
                                    "$[1e0]",
                                    "$[9007199254740992]",
                                    "$[1:2:3:4]",
                                    "$['a",
                                    "$[\"a\\'\"]",
                                    "$['a\\\"']",
                                    "$['\\x']",
                                    "$['\\uDC00']",
                                    "$['\\uD800']",
                                    "$['\\uD800\\u0041']",
                                    "$['\n']",
                                    "$.",
                                    "$..",
                                    "$...a",
                                    "$[]",
                                    "$[,1]",
                                    "$[1,]",
                                    "$[?]",
                                    "$[?1]",
                                    "$[?true]",
                                    "$[?@.a]x",
                                    "$[?@.a ==]",
                                    "$[?@.a = 1]",
                                    "$[?@.a == 01]",
                                    "$[?@.a == .5]",
                                    "$[?@.a == 1.]",
                                    "$[?@.a == +1]",
                                    "$[?@.a == 1e]",
                                    "$[?@.a == nul]",
                                    "$[?@..a == 1]",
                                    "$[?@[*] == 1]",
                                    "$[?@[0,1] == 1]",
                                    "$[?@[:1] == 1]",
                                    "$[?(@.a) == 1]",
                                    "$[?!@.a == 1]",
                                    "$[?!!@.a]",
                                    "$[?@.a && ]",
                                    "$[?@.a | @.b]",
                                    "$[?(@.a]",
                                    "$[?count(1) > 0]",
                                    "$[?count(@.a, @.b) > 0]",
                                    "$[?count(@.a)]",
                                    "$[?length(@.a)]",
                                    "$[?value(@.a)]",
                                    "$[?length(@.*) > 1]",
                                    "$[?length() > 1]",
                                    "$[?length (@.a) > 1]",
                                    "$[?match(@.a)]",
                                    "$[?match(@.a, '(')]",
                                    "$[?match(@.*, 'a')]",
                                    "$[?match(@.a, 'a') == true]",
                                    "$[?length(match(@.a, 'a')) == 1]",
                                    "$[?nothing(@.a)]",
                                    "$[?@.1a]",
                                    "$[?@. a]"};

static void select_all(const char *document, const char *text, PropterBuf *out) {
  json_error_t why;
  json_t *root = json_loads(document, JSON_DECODE_ANY, &why), *array = json_array();
  JsonPath *path;
  JsonNodes nodes = {0};
  PropterError err = {0};
  PropterLimits limits = propter_limits_default();
  ck_assert_msg(root != NULL, "%s: %s", document, why.text);
  ck_assert_msg(json_path_parse(propter_str(text), &limits, &path, &err) == PROPTER_OK, "%s: %s", text, err.message);
  ck_assert_msg(json_path_select(path, root, root, &nodes, &err) == PROPTER_OK, "%s: %s", text, err.message);
  for (size_t i = 0; i < nodes.count; i++) json_array_append(array, nodes.items[i]);
  char *dump = json_dumps(array, JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
  propter_buf_add(out, propter_str(dump));
  free(dump);
  json_path_free(path);
  propter_vec_clear(&nodes);
  json_decref(array);
  json_decref(root);
}

/* The same text for equal JSON: escapes in one case. */
static void normal(const char *json, PropterBuf *out) {
  json_t *value = json_loads(json, 0, NULL);
  ck_assert_msg(value != NULL, "%s", json);
  char *dump = json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII);
  propter_buf_add(out, propter_str(dump));
  free(dump);
  json_decref(value);
}

START_TEST(selects) {
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    PropterBuf found = {0}, wanted = {0};
    select_all(cases[i].document, cases[i].path, &found);
    normal(cases[i].wanted, &wanted);
    ck_assert_msg(propter_str_equal(propter_buf_str(&found), propter_buf_str(&wanted)), "%s in %s: %s, wanted %s", cases[i].path, cases[i].document, found.data,
                  wanted.data);
    propter_buf_clear(&found);
    propter_buf_clear(&wanted);
  }
}
END_TEST

START_TEST(refuses) {
  PropterLimits limits = propter_limits_default();
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    PropterError err = {0};
    JsonPath *path;
    PropterStatus status = json_path_parse(propter_str(wrong[i]), &limits, &path, &err);
    ck_assert_msg(status == PROPTER_SYNTAX, "%s: %s %s", wrong[i], propter_status_name(status), err.message);
  }
}
END_TEST

static PropterStatus select_one(void *payload, PropterError *err) {
  const Case *c = payload;
  JsonPath *path;
  JsonNodes nodes = {0};
  PropterLimits limits = propter_limits_default();
  json_t *root = json_loads(c->document, 0, NULL);
  PropterStatus status = json_path_parse(propter_str(c->path), &limits, &path, err);
  if (status == PROPTER_OK) {
    status = json_path_select(path, root, root, &nodes, err);
    json_path_free(path);
  }
  propter_vec_clear(&nodes);
  json_decref(root);
  return status;
}

START_TEST(failing_calls) {
  Case c = {"[{\"v\":\"abc\",\"r\":\"a.c\"},{\"v\":\"abc\",\"r\":\"b\"}]", "$[?match(@.v,@.r) && search(@.v,'b') || count(@..*)>1]['v',0:]", NULL};
  /* PCRE2 goes on without a stack for its machine code. */
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, select_one, &c, true), 10);
  c.path = "$[?count(@..*)>1 && @.v == 'abc']['v',0:]";
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, select_one, &c, false), 10);
}
END_TEST

Suite *suite_jsonpath(void) {
  Suite *s = suite_create("jsonpath");
  TCase *t = tcase_create("jsonpath");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, selects);
  tcase_add_test(t, refuses);
  tcase_add_test(t, failing_calls);
  suite_add_tcase(s, t);
  return s;
}
