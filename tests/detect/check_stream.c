/* SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>

#include "propter/rng.h"
#include "propter/stream.h"
#include "support.h"

enum { DAY = 24, N = 2400 };

/* A day's course of height 10 under noise of 1. */
static void daily(double *x, uint64_t seed) {
  PropterRng rng;
  propter_rng_seed(&rng, seed);
  for (size_t i = 0; i < N; i++) x[i] = 50 + 10 * sin(2 * M_PI * (double)(i % DAY) / DAY) + propter_rng_normal(&rng);
}

static PropterStream *make(size_t season) {
  PropterStream *stream = NULL;
  PropterStreamOptions options = propter_stream_options();
  options.season[0] = season;
  ck_ok(propter_stream_new(&options, &stream, err));
  return stream;
}

/* Alerts among x[from, to) after everything before it; the first of them in *at. */
static size_t count_alerts(size_t season, const double *x, size_t n, size_t from, size_t *at) {
  PropterStream *stream = make(season);
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    PropterSurprise s = propter_stream_next(stream, x[i]);
    ck_assert(isfinite(s.surprise) && s.surprise >= 0);
    if (s.alert && i >= from && !count++ && at) *at = i;
  }
  propter_stream_free(stream);
  return count;
}

START_TEST(noise_rarely_alerts) {
  double x[N];
  size_t alerts = 0;
  for (uint64_t seed = 1; seed <= 20; seed++) {
    daily(x, seed);
    alerts += count_alerts(DAY, x, N, 0, NULL);
  }
  ck_assert_uint_le(alerts, 20 * N / 500);
}
END_TEST

START_TEST(a_spike_alerts_at_once) {
  double x[N];
  for (uint64_t seed = 1; seed <= 10; seed++) {
    size_t at = 0;
    daily(x, seed);
    x[1500] += 15;
    ck_assert_uint_ge(count_alerts(DAY, x, 1510, 1495, &at), 1);
    ck_assert_uint_eq(at, 1500);
  }
}
END_TEST

START_TEST(the_wrong_hour_alerts) { /* midnight's value at noon is within the range of all values */
  double x[N];
  for (uint64_t seed = 1; seed <= 10; seed++) {
    size_t at = 0;
    daily(x, seed);
    for (size_t i = 1500; i < 1504; i++) x[i] = x[i - DAY / 2];
    ck_assert_uint_ge(count_alerts(DAY, x, 1508, 1498, &at), 1);
    ck_assert_uint_le(at, 1503);
    ck_assert_uint_ge(at, 1500);
  }
}
END_TEST

START_TEST(a_shift_alerts_once_and_is_learned) {
  double x[N];
  size_t late = 0;
  for (uint64_t seed = 1; seed <= 10; seed++) {
    size_t at = 0;
    daily(x, seed);
    for (size_t i = 1000; i < N; i++) x[i] += 8;
    size_t alerts = count_alerts(DAY, x, 1000 + DAY, 1000, &at);
    ck_assert_uint_ge(alerts, 1);
    ck_assert_uint_le(alerts, 4);
    ck_assert_uint_le(at, 1004);
    late += count_alerts(DAY, x, N, 2000, NULL);
  }
  ck_assert_uint_le(late, 10);
}
END_TEST

START_TEST(what_is_expected_follows_the_season) {
  double x[N], error = 0;
  PropterStream *stream = make(DAY);
  daily(x, 7);
  ck_assert(isnan(propter_stream_next(stream, x[0]).expected));
  for (size_t i = 1; i < N; i++) {
    double miss = x[i] - propter_stream_next(stream, x[i]).expected;
    if (i >= N / 2) error += miss * miss / (N - N / 2);
  }
  ck_assert_double_lt(sqrt(error), 1.2);
  propter_stream_free(stream);
}
END_TEST

START_TEST(bad_values_are_gaps) {
  PropterStream *stream = make(DAY);
  double x[N], bad[] = {NAN, INFINITY, -INFINITY, DBL_MAX, -1e150};
  daily(x, 3);
  for (size_t i = 0; i < N; i++) {
    bool gap = i % 3 == 2;
    PropterSurprise s = propter_stream_next(stream, gap ? bad[i / 3 % 5] : x[i]);
    ck_assert(isfinite(s.surprise) && (i == 0 || isfinite(s.expected)));
    if (gap) ck_assert(s.surprise == 0 && !s.alert);
  }
  propter_stream_free(stream);
}
END_TEST

START_TEST(still_and_tiny_series_have_no_surprise) {
  double constant[N], steps[N], tiny[N], growth[N];
  for (size_t i = 0; i < N; i++) {
    constant[i] = 0.1, steps[i] = i % 2 ? 3 : 5, tiny[i] = 5e-324 * (double)(i % 3);
    growth[i] = 1e149;
  }
  ck_assert_uint_eq(count_alerts(0, constant, N, 0, NULL), 0);
  ck_assert_uint_eq(count_alerts(DAY, constant, N, 0, NULL), 0);
  ck_assert_uint_eq(count_alerts(0, steps, N, 0, NULL), 0);
  ck_assert_uint_eq(count_alerts(DAY, growth, N, 0, NULL), 0);
  (void)count_alerts(DAY, tiny, N, 0, NULL); /* no claim but that nothing is NaN */
  constant[1500] = 0.2;
  size_t at = 0;
  ck_assert_uint_ge(count_alerts(0, constant, N, 0, &at), 1);
  ck_assert_uint_eq(at, 1500);
}
END_TEST

START_TEST(options_out_of_range_are_named) {
  PropterStream *stream = NULL;
  PropterStreamOptions bad[5];
  PropterError err = {0};
  for (size_t i = 0; i < 5; i++) bad[i] = propter_stream_options();
  bad[0].season[1] = 1000001, bad[1].memory = 0, bad[2].adaptation = 0, bad[3].alert = NAN, bad[4].season[0] = SIZE_MAX, bad[4].season[1] = 2;
  for (size_t i = 0; i < 5; i++) {
    ck_assert_int_eq(propter_stream_new(&bad[i], &stream, &err), PROPTER_INVALID);
    ck_assert(!stream && err.message[0]);
  }
}
END_TEST

static PropterStatus open_one(void *payload, PropterError *err) {
  PropterStream *stream = NULL;
  PropterStreamOptions options = propter_stream_options();
  options.season[0] = DAY;
  PropterStatus status = propter_stream_new(&options, &stream, err);
  (void)payload;
  if (!status) (void)propter_stream_next(stream, 1);
  propter_stream_free(stream);
  return status;
}

START_TEST(failing_memory_is_reported) { ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, open_one, NULL, false), 3); }
END_TEST

Suite *suite_stream(void) {
  Suite *suite = suite_create("stream");
  TCase *tc = tcase_create("stream");
  tcase_add_test(tc, noise_rarely_alerts);
  tcase_add_test(tc, a_spike_alerts_at_once);
  tcase_add_test(tc, the_wrong_hour_alerts);
  tcase_add_test(tc, a_shift_alerts_once_and_is_learned);
  tcase_add_test(tc, what_is_expected_follows_the_season);
  tcase_add_test(tc, bad_values_are_gaps);
  tcase_add_test(tc, still_and_tiny_series_have_no_surprise);
  tcase_add_test(tc, options_out_of_range_are_named);
  tcase_add_test(tc, failing_memory_is_reported);
  suite_add_tcase(suite, tc);
  return suite;
}
