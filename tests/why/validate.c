/* SPDX-License-Identifier: Apache-2.0 */
/* validate SCHEMA: is the JSON on standard input valid? Exits 1 and says why when it is not. */
#include <stdio.h>

#include "schema.h"

int main(int argc, char **argv) {
  json_error_t e;
  json_t *schema = argc == 2 ? json_load_file(argv[1], 0, &e) : NULL;
  if (!schema) {
    fputs("usage: validate SCHEMA\n", stderr);
    return 2;
  }
  char why[600] = "";
  json_t *value = json_loadf(stdin, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
  if (!value) (void)snprintf(why, sizeof why, "line %d, column %d: %s", e.line, e.column, e.text);
  int bad = !value || !schema_valid(schema, value, why, sizeof why);
  if (bad) printf("%s\n", why);
  json_decref(value);
  json_decref(schema);
  return bad;
}
