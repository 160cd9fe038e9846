/* SPDX-License-Identifier: Apache-2.0 */
/* SPARQL: what parses prints, and what was printed parses and prints the same. */
#include <stdlib.h>

#include "propter/sparql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  PropterQuery *first = NULL, *second = NULL;
  PropterBuf a = {0}, b = {0};
  PropterError err = {0};
  PropterStr base = PROPTER_STR("http://example.org/");
  if (propter_query_parse((PropterStr){(const char *)data, size}, base, &first, &err) == PROPTER_OK) {
    if (propter_query_print(first, &a, &err) != PROPTER_OK) abort();
    if (propter_query_parse(propter_buf_str(&a), base, &second, &err) != PROPTER_OK) abort();
    if (propter_query_print(second, &b, &err) != PROPTER_OK || !propter_str_equal(propter_buf_str(&a), propter_buf_str(&b))) abort();
  } else if (!err.message[0]) {
    abort();
  }
  propter_query_free(first);
  propter_query_free(second);
  propter_buf_clear(&a);
  propter_buf_clear(&b);
  return 0;
}
