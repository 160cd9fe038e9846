/* SPDX-License-Identifier: Apache-2.0 */
/* SPARQL: what parses prints; what was printed parses and, once blank nodes are numbered by their place, prints the same. */
#include <stdlib.h>

#include "propter/sparql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  PropterStr base = PROPTER_STR("http://example.org/"), text = {(const char *)data, size};
  PropterBuf printed[3] = {{0}};
  PropterError err = {0};
  for (int round = 0; round < 3; round++) {
    PropterQuery *query = NULL;
    PropterStatus status = propter_query_parse(text, base, &query, &err);
    if (status != PROPTER_OK) {
      if (round || !err.message[0]) abort();
      return 0;
    }
    if (propter_query_print(query, &printed[round], &err) != PROPTER_OK) abort();
    propter_query_free(query);
    text = propter_buf_str(&printed[round]);
  }
  if (!propter_str_equal(propter_buf_str(&printed[1]), propter_buf_str(&printed[2]))) abort();
  for (int round = 0; round < 3; round++) propter_buf_clear(&printed[round]);
  return 0;
}
