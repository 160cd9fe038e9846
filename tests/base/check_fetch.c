/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <string.h>

#include "propter/fetch.h"
#include "support.h"

Suite *suite_fetch(void);

static bool is_public(const char *address) {
  unsigned char bytes[16];
  bool six = strchr(address, ':') != NULL;
  ck_assert_int_eq(inet_pton(six ? AF_INET6 : AF_INET, address, bytes), 1);
  return propter_fetch_public(bytes, six ? 16 : 4);
}

START_TEST(special_addresses_are_not_public) {
  static const char *const hidden[] = {"0.0.0.0",
                                       "10.1.2.3",
                                       "100.64.0.1",
                                       "100.127.255.255",
                                       "127.0.0.1",
                                       "127.255.255.254",
                                       "169.254.169.254",
                                       "172.16.0.1",
                                       "172.31.9.9",
                                       "192.0.0.8",
                                       "192.0.2.1",
                                       "192.168.255.1",
                                       "198.18.0.1",
                                       "198.19.255.255",
                                       "198.51.100.7",
                                       "203.0.113.9",
                                       "224.0.0.1",
                                       "255.255.255.255",
                                       "::",
                                       "::1",
                                       "fe80::1",
                                       "fc00::1",
                                       "fd12:3456::1",
                                       "ff02::1",
                                       "2001:db8::1",
                                       "2002:7f00:1::",
                                       "2001::1",
                                       "::ffff:10.0.0.1",
                                       "::ffff:127.0.0.1",
                                       "64:ff9b::a00:1",
                                       "3fff::1"};
  static const char *const open[] = {"1.1.1.1",     "9.255.255.255",   "11.0.0.0",     "100.63.255.255", "100.128.0.0",   "126.1.1.1",  "128.0.0.1",
                                     "169.253.1.1", "172.15.255.255",  "172.32.0.0",   "192.0.1.1",      "192.167.1.1",   "198.17.1.1", "198.20.0.1",
                                     "203.0.112.1", "223.255.255.255", "2606:4700::1", "2a00:1450::1",   "::ffff:8.8.8.8"};
  for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) ck_assert_msg(!is_public(hidden[i]), "%s", hidden[i]);
  for (size_t i = 0; i < sizeof open / sizeof *open; i++) ck_assert_msg(is_public(open[i]), "%s", open[i]);
  ck_assert(!propter_fetch_public((const unsigned char *)"abc", 3));
}
END_TEST

START_TEST(rules_are_whole_hosts_and_whole_paths) {
  static const char *const rules[] = {"https://Example.org/data", "http://127.0.0.1:8080/", "http://x.example/sub/", NULL}, *const any[] = {"https:", NULL};
  static const struct {
    const char *url;
    bool allowed;
  } rows[] = {{"https://example.org/data", true},
              {"https://EXAMPLE.ORG:443/data/x?y=/../z", true},
              {"https://example.org/data?x", true},
              {"https://example.org/database", false},
              {"https://example.org/", false},
              {"https://example.org/data/../secret", false},
              {"https://example.org/data/%2e%2e/secret", false},
              {"https://example.org/data/%2Fx", false},
              {"https://example.org.evil.example/data", false},
              {"https://example.org@evil.example/data", false},
              {"https://user:word@example.org/data", false},
              {"https://example.org:8443/data", false},
              {"http://example.org/data", false},
              {"http://127.0.0.1:8080/anything", true},
              {"http://127.0.0.1/anything", false},
              {"http://x.example/sub/a", true},
              {"http://x.example/sub", false},
              {"ftp://example.org/data", false},
              {"file:///etc/passwd", false},
              {"nonsense", false},
              {"", false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    bool named = false;
    PropterStatus status = propter_fetch_allowed(rules, propter_str(rows[i].url), &named, NULL);
    ck_assert_msg(status == (rows[i].allowed ? PROPTER_OK : PROPTER_INVALID), "%s", rows[i].url);
    ck_assert_msg(named == rows[i].allowed, "%s", rows[i].url);
  }
  bool named = true;
  ck_ok(propter_fetch_allowed(any, PROPTER_STR("https://anything.example/x"), &named, err));
  ck_assert(!named);
  ck_assert_int_eq(propter_fetch_allowed(any, PROPTER_STR("http://anything.example/x"), NULL, NULL), PROPTER_INVALID);
  ck_assert_int_eq(propter_fetch_allowed(NULL, PROPTER_STR("https://example.org/data"), NULL, NULL), PROPTER_INVALID);
  ck_assert_int_eq(propter_fetch_allowed(any, (PropterStr){"https://a\0b", 11}, NULL, NULL), PROPTER_INVALID);
}
END_TEST

START_TEST(bad_rules_are_told) {
  static const char *const bad[] = {"example.org", "ftp://example.org/", "https://", "", "https://user@example.org/", "ftp:"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(propter_fetch_rule(bad[i], NULL) == PROPTER_INVALID, "%s", bad[i]);
  ck_ok(propter_fetch_rule("http:", err));
  ck_ok(propter_fetch_rule("https://[2606:4700::1]:8443/x", err));
}
END_TEST

Suite *suite_fetch(void) {
  Suite *s = suite_create("fetch");
  TCase *t = tcase_create("fetch");
  tcase_add_test(t, special_addresses_are_not_public);
  tcase_add_test(t, rules_are_whole_hosts_and_whole_paths);
  tcase_add_test(t, bad_rules_are_told);
  suite_add_tcase(s, t);
  return s;
}
