/* SPDX-License-Identifier: Apache-2.0 */
/* Rule files: they are taken or refused with a reason and a line, and what is taken reads a text without harm. */
#include <stdlib.h>

#include "propter/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char text[] = "Sales fell in May because of the flood, analysts say. Rain begot mud; aaaa bbbb 1,234 zz aaab: 5 per cent.";
  PropterLimits limits = propter_limits_default();
  limits.match_steps = 2000;
  PropterRules *rules = NULL;
  PropterDocument *document = NULL;
  PropterReadings readings = {0};
  PropterError err = {0};
  if (propter_rules_new(&limits, &rules, &err) != PROPTER_OK) abort();
  PropterStatus status = propter_rules_add(rules, (PropterStr){(const char *)data, size}, "a.rules", &err);
  if (status == PROPTER_BUG || (status != PROPTER_OK && !err.message[0])) abort();
  if (status == PROPTER_OK) {
    if (propter_document_parse(propter_str(text), "a.txt", NULL, &document, &err) != PROPTER_OK) abort();
    if (propter_read_document(rules, NULL, document, &readings, &err) != PROPTER_OK) abort();
  }
  propter_readings_clear(&readings);
  propter_document_free(document);
  propter_rules_free(rules);
  return 0;
}
