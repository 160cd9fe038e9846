/* SPDX-License-Identifier: Apache-2.0 */
/* A validator for the part of JSON Schema 2020-12 that our schemas use. A keyword it does not know makes the schema itself fail, so that no
 * demand of a schema goes unchecked. */
#ifndef SUPPORT_SCHEMA_H
#define SUPPORT_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Whether `value` is valid under `schema` (the whole document; $ref points into it). On false `why` tells the place and the demand. */
bool schema_valid(const json_t *schema, const json_t *value, char *why, size_t size);

#endif
