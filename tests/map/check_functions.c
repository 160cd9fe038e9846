/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of mappings on numbers, days, digests and patterns: what the reference of GREL and the publications of the digests say. */
#include "mapping.h"

Suite *suite_functions(void);

#define GREL "<http://users.ugent.be/~bjdmeest/function/grel.ttl#"
#define OWN "<https://w3id.org/propter/function#"
#define SOURCE " [ rml:source [ rml:root rml:MappingDirectory ; rml:path \"t.csv\" ; rml:null \"-\" ] ; rml:referenceFormulation rml:CSV ] "
#define INPUT(parameter, value) " rml:input [ rml:parameter " GREL parameter "> ; rml:inputValueMap [ " value " ] ] "
#define CELL(parameter, column) INPUT(parameter, "rml:reference \"" column "\"")
#define TEXT(parameter, text) INPUT(parameter, "rml:constant \"" text "\"")
#define CALL(function, inputs)                                                                                                          \
  "ex:m rml:logicalSource" SOURCE "; rml:subject ex:s ; rml:predicateObjectMap [ rml:predicate ex:r ; rml:objectMap [ rml:functionExecution [\n"        \
  " rml:function " function "> ;" inputs "] ] ] .\n"
#define OF(function) CALL(GREL function, CELL("valueParameter", "a"))
#define GIVES(text) "<http://example.org/s> <http://example.org/r> \"" text "\"\n"
#define TYPED(text, type) "<http://example.org/s> <http://example.org/r> \"" text "\"^^<http://www.w3.org/2001/XMLSchema#" type ">\n"
#define NO_VALUE(row) "reject " row "::function\n"

START_TEST(numbers) {
  mapping_expect(OF("string_toNumber"), "a\n 12.50 \n1.25e2\n-7\nseven\n", NULL,
                 TYPED("-7", "decimal") TYPED("12.50", "decimal") TYPED("125", "decimal") NO_VALUE("5"));
  mapping_expect(CALL(GREL "math_round", CELL("p_dec_n", "a")), "a\n2.5\n-2.5\n1e300\nx\n", NULL,
                 TYPED("-2", "integer") TYPED("3", "integer") NO_VALUE("4") NO_VALUE("5"));
  mapping_expect(OF("math_floor"), "a\n-0.5\n3.9\n", NULL, TYPED("-1", "integer") TYPED("3", "integer"));
  mapping_expect(OF("math_ceil"), "a\n-0.5\n3.1\n", NULL, TYPED("0", "integer") TYPED("4", "integer"));
  mapping_expect(CALL(GREL "math_min", CELL("valueParameter", "a") ";" CELL("valueParameter2", "b")), "a,b\n10,9.5\n-1,2\n1,x\n", NULL,
                 TYPED("-1", "decimal") TYPED("9.5", "decimal") NO_VALUE("4"));
  mapping_expect(CALL(GREL "math_max", CELL("valueParameter", "a") ";" CELL("valueParameter2", "b")), "a,b\n10,9.5\n-1,2\n", NULL,
                 TYPED("10", "decimal") TYPED("2", "decimal"));
}
END_TEST

#define DATE(pattern) CALL(GREL "date_toDate", CELL("valueParameter", "a") ";" TEXT("p_string_pattern", pattern))
#define PART(unit) CALL(GREL "date_datePart", CELL("valueParameter", "a") ";" TEXT("p_string_unit", unit))

START_TEST(days) {
  mapping_expect(OF("date_toDate"), "a\n2024-02-29\n2024-01-05T10:00:00Z\n2023-02-29\n", NULL,
                 TYPED("2024-01-05", "date") TYPED("2024-02-29", "date") NO_VALUE("4"));
  mapping_expect(DATE("d.M.yyyy"), "a\n7.8.2011\n07.08.2012\n2011-08-07\n", NULL, TYPED("2011-08-07", "date") TYPED("2012-08-07", "date") NO_VALUE("4"));
  /* The codes of strptime, with a time of day and without. */
  mapping_expect(DATE("%d/%m/%Y"), "a\n07/08/2011\n", NULL, TYPED("2011-08-07", "date"));
  mapping_expect(DATE("%d/%m/%Y %H:%M:%S"), "a\n07/08/2011 23:59:01\n31/02/2011 00:00:00\n", NULL, TYPED("2011-08-07", "date") NO_VALUE("3"));
  mapping_expect(DATE("%Q"), "a\n1\n", NULL, NO_VALUE("2"));
  mapping_expect(DATE("nonsense"), "a\n1\n", NULL, NO_VALUE("2"));
  mapping_expect(PART("months"), "a\n2011-08-07\n2011-12-24T18:30:05\n", NULL, TYPED("12", "integer") TYPED("8", "integer"));
  mapping_expect(PART("minutes"), "a\n2011-08-07\n2011-12-24T18:30:05\n", NULL, TYPED("30", "integer") NO_VALUE("2"));
  mapping_expect(PART("moons"), "a\n2011-08-07\n", NULL, NO_VALUE("2"));
}
END_TEST

START_TEST(digests) {
  mapping_expect(OF("string_md5"), "a\nabc\n", NULL, GIVES("900150983cd24fb0d6963f7d28e17f72"));
  mapping_expect(OF("string_sha1"), "a\nabc\n", NULL, GIVES("a9993e364706816aba3e25717850c26c9cd0d89d"));
  mapping_expect(CALL("<https://github.com/morph-kgc/morph-kgc/function/built-in.ttl#hash", CELL("valueParameter", "a")), "a\nabc\n", NULL,
                 GIVES("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
}
END_TEST

START_TEST(first_value) {
#define FIRST CALL(GREL "coalesce", CELL("valueParameter", "a") ";" CELL("valueParameter2", "b") ";" TEXT("valueParameter3", "none"))
  mapping_expect(FIRST, "a,b\n1,2\n-,3\n,4\n-,-\n", NULL, GIVES("1") GIVES("3") GIVES("4") GIVES("none"));
  mapping_expect(CALL(GREL "coalesce", CELL("valueParameter", "a") ";" CELL("valueParameter2", "b")), "a,b\n-,-\n", NULL, "");
  /* Of other functions a row without a value gives none. */
  mapping_expect(OF("string_md5"), "a\n-\n", NULL, "");
}
END_TEST

#define PATTERN(function, pattern, more) CALL(function, CELL("valueParameter", "a") ";" TEXT("p_string_pattern", pattern) more)

START_TEST(patterns) {
  mapping_expect(PATTERN(OWN "replaceMatches", "([0-9]+) *(kg|g)", ";" TEXT("p_string_replace", "$2=$1")), "a\n5 kg and 3g\nnone\n", NULL,
                 GIVES("kg=5 and g=3") GIVES("none"));
  mapping_expect(PATTERN(OWN "replaceMatches", "[0-9]", ""), "a\na1b2\n", NULL, GIVES("ab"));
  mapping_expect(PATTERN(GREL "string_match", "([a-z]+)-([0-9]+)", ""), "a\nab-12\nab-12x\n", NULL, GIVES("12") GIVES("ab"));
  mapping_expect(PATTERN(GREL "string_match", "[a-z]+", ""), "a\nab\na1\n", NULL, GIVES("ab"));
  mapping_expect(PATTERN(GREL "string_find", "[0-9]+", ""), "a\n1 ä 22\n", NULL, GIVES("1") GIVES("22"));
  mapping_expect(PATTERN(GREL "string_find", "ä*", ""), "a\nöäö\n", NULL, GIVES("ä"));
  mapping_refuse(PATTERN(GREL "string_find", "(", ""), "a\n", PROPTER_SYNTAX, 0, "string_find>: ");
  mapping_refuse(CALL(GREL "string_find", CELL("valueParameter", "a") ";" CELL("p_string_pattern", "a")), "a\n", PROPTER_INVALID, 2,
                 "expected a constant as its pattern");
}
END_TEST

START_TEST(failing_calls) {
  const char *path = mapping_write(PATTERN(OWN "replaceMatches", "[0-9]", ";" TEXT("p_string_replace", "x")), "a\n1\n2\n", NULL);
  /* Without a stack for its compiled form PCRE2 matches on that of the thread. */
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, mapping_try, (void *)(uintptr_t)path, true), 50);
  path = mapping_write(DATE("%d/%m/%Y"), "a\n07/08/2011\n", NULL);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, mapping_try, (void *)(uintptr_t)path, false), 50);
}
END_TEST

Suite *suite_functions(void) {
  Suite *s = suite_create("functions");
  TCase *t = tcase_create("functions");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, numbers);
  tcase_add_test(t, days);
  tcase_add_test(t, digests);
  tcase_add_test(t, first_value);
  tcase_add_test(t, patterns);
  tcase_add_test(t, failing_calls);
  suite_add_tcase(s, t);
  return s;
}
