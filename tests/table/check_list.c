/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of entries: calendars and log records. */
#include <string.h>

#include "propter/table.h"
#include "support.h"

Suite *suite_list(void);

/* Rows, line first; a row with a problem ends with it. */
static PropterStatus dump(const char *path, PropterBuf *out, PropterError *err) {
  PropterTable *table = NULL;
  PropterRow row;
  bool found = true;
  PROPTER_TRY(propter_table_open(path, NULL, NULL, &table, err));
  PropterStatus status = PROPTER_OK;
  while (status == PROPTER_OK && (status = propter_table_next(table, &row, &found, err)) == PROPTER_OK && found) {
    propter_buf_printf(out, "%llu", (unsigned long long)row.line);
    for (size_t i = 0; i < row.count; i++) propter_buf_printf(out, "|%.*s", (int)row.cells[i].len, row.cells[i].data);
    propter_buf_printf(out, "%s%s\n", row.problem ? " ! " : "", row.problem ? row.problem : "");
  }
  propter_table_close(table);
  return status == PROPTER_OK ? propter_buf_status(out, err) : status;
}

static const char *file(const char *name, const char *text) {
  const char *path = support_path(support_folder(), name);
  support_write(path, propter_str(text));
  return path;
}

static void expect(const char *name, const char *text, const char *wanted) {
  PropterBuf out = {0};
  ck_ok(dump(file(name, text), &out, err));
  ck_assert_str_eq(out.data ? out.data : "", wanted);
  propter_buf_clear(&out);
}

static void refuse(const char *name, const char *text, PropterStatus wanted, const char *words) {
  PropterBuf out = {0};
  PropterError err = {0};
  ck_assert_int_eq(dump(file(name, text), &out, &err), wanted);
  ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
  propter_buf_clear(&out);
}

#define CALENDAR(events) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" events "END:VCALENDAR\r\n"
#define EVENT(uid, properties) "BEGIN:VEVENT\r\nUID:" uid "\r\nDTSTAMP:20240101T000000Z\r\n" properties "END:VEVENT\r\n"

START_TEST(all_day_and_timed_entries) {
  expect("c.ics",
         CALENDAR(EVENT("a", "SUMMARY:Summer\r\n  sale\\, all shops\r\nCATEGORIES:campaign\r\nCREATED:20231220T080000Z\r\nDTSTART;VALUE=DATE:20240614\r\n"
                             "DTEND;VALUE=DATE:20240701\r\nLOCATION:Hall 5\r\n")
                      EVENT("b", "SUMMARY:Night\r\nDTSTART;TZID=Europe/Berlin:20240301T190000\r\nDTEND;TZID=Europe/Berlin:20240302T000000\r\n") EVENT(
                          "c", "SUMMARY:Long\r\nDTSTART:20230301T220000Z\r\nDURATION:P1DT3H\r\n") EVENT("d", "SUMMARY:Day\r\nDTSTART;VALUE=DATE:20240102\r\n")),
         "4|a|Summer sale, all shops|2024-06-14|2024-06-30|2023-12-20|campaign|yes|Hall 5||\n15|b|Night|2024-03-01|2024-03-01|2024-01-01||yes|||\n"
         "22|c|Long|2023-03-01|2023-03-03|||no|||\n29|d|Day|2024-01-02|2024-01-02|2024-01-01||yes|||\n");
}
END_TEST

START_TEST(rules_are_followed_to_their_end) {
  expect("c.ics",
         CALENDAR(EVENT("m", "SUMMARY:Market\r\nDTSTART;VALUE=DATE:20240301\r\nDTEND;VALUE=DATE:20240303\r\nRRULE:FREQ=MONTHLY;COUNT=4\r\n"
                             "EXDATE;VALUE=DATE:20240401\r\nRDATE;VALUE=DATE:20240310\r\n")
                      EVENT("m", "RECURRENCE-ID;VALUE=DATE:20240501\r\nSUMMARY:Moved\r\nDTSTART;VALUE=DATE:20240503\r\n")
                          EVENT("m", "RECURRENCE-ID;VALUE=DATE:20240601\r\nSTATUS:CANCELLED\r\nSUMMARY:Market\r\nDTSTART;VALUE=DATE:20240601\r\n")),
         "4|m/2024-03-01|Market|2024-03-01|2024-03-02|2024-01-01||yes|||\n4|m/2024-03-10|Market|2024-03-10|2024-03-11|2024-01-01||yes|||\n"
         "14|m/2024-05-01|Moved|2024-05-03|2024-05-03|2024-01-01||yes|||\n");
  expect("c.ics", CALENDAR(EVENT("x", "SUMMARY:Christmas\r\nDTSTART;VALUE=DATE:20221225\r\nRRULE:FREQ=YEARLY\r\n")),
         "4|x/2022-12-25|Christmas|2022-12-25|2022-12-25|||no|||\n4|x/2023-12-25|Christmas|2023-12-25|2023-12-25|||no|||\n"
         "4|x/2024-12-25|Christmas|2024-12-25|2024-12-25|2024-01-01||yes|||\n");
  expect("c.ics", CALENDAR(EVENT("u", "SUMMARY:Until\r\nDTSTART;VALUE=DATE:20240105\r\nRRULE:FREQ=WEEKLY;UNTIL=20240119\r\n")),
         "4|u/2024-01-05|Until|2024-01-05|2024-01-05|2024-01-01||yes|||\n4|u/2024-01-12|Until|2024-01-12|2024-01-12|2024-01-01||yes|||\n"
         "4|u/2024-01-19|Until|2024-01-19|2024-01-19|2024-01-01||yes|||\n");
}
END_TEST

START_TEST(what_counts_and_what_does_not) {
  expect("c.ics",
         CALENDAR(EVENT("a", "SEQUENCE:1\r\nSUMMARY:New\r\nDTSTART;VALUE=DATE:20240105\r\n") EVENT("a", "SUMMARY:Old\r\nDTSTART;VALUE=DATE:20240104\r\n")
                      EVENT("b", "STATUS:CANCELLED\r\nSUMMARY:Gone\r\nDTSTART;VALUE=DATE:20240104\r\n")
                          EVENT("c", "SUMMARY:Tick\r\nDTSTART:20240105T000000Z\r\nRRULE:FREQ=HOURLY\r\n") EVENT("d", "SUMMARY:Never\r\n")),
         "4|a|New|2024-01-05|2024-01-05|2024-01-01||yes|||\n"
         "24|c|Tick|2024-01-05|2024-01-05|2024-01-01||yes||| ! it recurs within a day: expected FREQ from DAILY to YEARLY\n31|d|Never||||||||\n");
  refuse("c.ics", "hello\n", PROPTER_SYNTAX, "BEGIN:VCALENDAR");
  refuse("c.ics", "", PROPTER_SYNTAX, "BEGIN:VCALENDAR");
  refuse("c.ics", "BEGIN:VCALENDAR\r\nX:\xff\r\nEND:VCALENDAR\r\n", PROPTER_INVALID, "UTF-8");
  refuse("c.ics", CALENDAR(EVENT("l", "SUMMARY:Much\r\nDTSTART;VALUE=DATE:20240105\r\nRRULE:FREQ=DAILY;COUNT=20000\r\n")), PROPTER_LIMIT,
         "more than 10000 times");
}
END_TEST

#define LOGS(resource, records) "{\"resourceLogs\": [{\"resource\": {" resource "}, \"scopeLogs\": [{\"logRecords\": [" records "]}]}]}\n"
#define TEXT(key, value) "{\"key\": \"" key "\", \"value\": {\"stringValue\": \"" value "\"}}"

START_TEST(records_with_a_name_are_events) {
  expect("l.otlp",
         LOGS("\"attributes\": [" TEXT("service.name", "shop") "]",
              "{\"timeUnixNano\": \"1709283600000000000\", \"observedTimeUnixNano\": 1709370000000000000, \"eventName\": \"deployment\",\n"
              "\"body\": {\"stringValue\": \"Checkout 2.0\"}, \"attributes\": [" TEXT("log.record.uid", "r1") "]}, {\"timeUnixNano\": \"1\"}")
             LOGS("", "{\"observedTimeUnixNano\": \"1709456400000000000\", \"attributes\": [" TEXT("event.name", "com.shop.outage") "," TEXT(
                          "scope", "north") "]}") LOGS("", "{\"timeUnixNano\": \"soon\", \"eventName\": \"x\"}"),
         "1|r1|Checkout 2.0|2024-03-01||2024-03-02|deployment||shop||Checkout 2.0\n3||com.shop.outage|2024-03-03||2024-03-03|com.shop.outage||north||\n"
         "4||x|soon|||x||||\n");
  refuse("l.otlp", "{}\n{\"a\": 1}", PROPTER_INVALID, "resourceLogs");
  refuse("l.otlp", "{\"resourceLogs\": [\n", PROPTER_SYNTAX, "JSON");
}
END_TEST

static PropterStatus dump_once(void *payload, PropterError *err) {
  PropterBuf out = {0};
  PropterStatus status = dump(payload, &out, err);
  propter_buf_clear(&out);
  return status;
}

START_TEST(every_allocation_and_read_may_fail) {
  const char *path = file("c.ics", CALENDAR(EVENT("m", "SUMMARY:Market\r\nDTSTART;VALUE=DATE:20240301\r\nRRULE:FREQ=MONTHLY;COUNT=3\r\n")));
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, dump_once, (char *)(uintptr_t)path, true), 10);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, dump_once, (char *)(uintptr_t)path, true), 1);
  path = file("l.otlp", LOGS("", "{\"timeUnixNano\": \"1709283600000000000\", \"eventName\": \"x\"}"));
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, dump_once, (char *)(uintptr_t)path, true), 5);
}
END_TEST

Suite *suite_list(void) {
  Suite *s = suite_create("list");
  TCase *t = tcase_create("list");
  tcase_add_test(t, all_day_and_timed_entries);
  tcase_add_test(t, rules_are_followed_to_their_end);
  tcase_add_test(t, what_counts_and_what_does_not);
  tcase_add_test(t, records_with_a_name_are_events);
  tcase_add_test(t, every_allocation_and_read_may_fail);
  suite_add_tcase(s, t);
  return s;
}
