/* SPDX-License-Identifier: Apache-2.0 */
/* Speed from a page to claims, on sentences made here. Labelled sets: `reading`. */
#include "bench.h"

#include "propter/read.h"

static PropterRules *rules;

static void die(PropterStatus status, const PropterError *err) {
  if (status == PROPTER_OK) return;
  fprintf(stderr, "bench_read: %s %s\n", propter_status_name(status), err->message);
  exit(propter_exit_code(status));
}

static PropterReadings read_all(const PropterDocument *d) {
  PropterReadings r = {0};
  PropterError err = {0};
  die(propter_read_document(rules, NULL, d, &r, &err), &err);
  return r;
}

typedef struct {
  PropterBuf page;
  size_t claims;
} Speed;

static void read_page(void *payload) {
  Speed *s = payload;
  PropterDocument *d = NULL;
  PropterError err = {0};
  die(propter_document_parse(propter_buf_str(&s->page), "speed.html", NULL, &d, &err), &err);
  PropterReadings r = read_all(d);
  s->claims = r.claims.count;
  propter_readings_clear(&r);
  propter_document_free(d);
}

int main(void) {
  PropterError err = {0};
  die(propter_rules_new(NULL, &rules, &err), &err);
  Speed speed = {0};
  for (int i = 0; speed.page.len < 1 << 20; i++)
    propter_buf_printf(
        &speed.page,
        "<p>In week %d the harbour handled %d boxes, a little more than before. Traffic fell on the third day because a crane had broken down, the port said. "
        "Nobody was hurt. Repairs took until Friday, and the queue of ships was cleared by the end of the month.</p>\n",
        i, i * 7);
  bench_print("read-html", (double)speed.page.len / bench_median(read_page, &speed) / 1e6, "MB/s");
  propter_buf_clear(&speed.page);
  propter_rules_free(rules);
  return speed.claims ? 0 : 70;
}
