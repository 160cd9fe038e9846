/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences: whatever a text says, its claims and happenings lie in it, on whole characters. */
#include <stdlib.h>

#include "propter/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(PropterStr text, PropterSpan span) {
  if (span.start > span.end || span.end > text.len) abort();
  if (span.end > span.start && !propter_utf8_valid((PropterStr){text.data + span.start, span.end - span.start}, NULL)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static PropterRules *rules; /* compiling them takes longer than a text */
  PropterDocument *document = NULL;
  PropterReadings readings = {0};
  PropterError err = {0};
  if (!rules && propter_rules_new(NULL, &rules, &err) != PROPTER_OK) abort();
  if (propter_document_parse((PropterStr){(const char *)data, size}, "a.txt", NULL, &document, &err) != PROPTER_OK) return 0;
  if (propter_read_document(rules, NULL, document, &readings, &err) != PROPTER_OK) abort();
  for (size_t i = 0; i < readings.claims.count; i++) {
    const PropterReading *r = &readings.claims.items[i];
    check(document->text, r->quote);
    check(document->text, r->cause);
    check(document->text, r->effect);
    check(document->text, r->condition);
    check(document->text, r->quantity_words);
    if (!(r->confidence >= 0 && r->confidence <= 1) || !(r->hedge >= 0 && r->hedge <= 1)) abort();
  }
  for (size_t i = 0; i < readings.happenings.count; i++) {
    check(document->text, readings.happenings.items[i].quote);
    check(document->text, readings.happenings.items[i].words);
  }
  propter_readings_clear(&readings);
  propter_document_free(document);
  return 0;
}
