/* SPDX-License-Identifier: Apache-2.0 */
/* xsd:dateTime, xsd:date and xsd:time as seven properties (XSD 1.1 part 2, D.2.1). */
#ifndef SPARQL_MOMENT_H
#define SPARQL_MOMENT_H

#include "decimal.h"

typedef struct {
  int64_t year;
  uint8_t month, day, hour, minute, second;
  Int128 fraction_m;      /* of a second: fraction_m / 10^fraction_scale */
  uint8_t fraction_scale;
  bool has_zone;
  int16_t zone; /* minutes east */
} Moment;

enum { MOMENT_TEXT = 80 };

bool moment_parse_datetime(PropterStr text, Moment *out);
bool moment_parse_date(PropterStr text, Moment *out);
bool moment_parse_time(PropterStr text, Moment *out);
/* Milliseconds since 1970, in UTC. */
Moment moment_from_ms(int64_t ms);
/* -1, 0, 1. A moment without a zone is compared with one that has a zone only if the answer is the same for all zones (XSD part 2, D.2.1);
 * otherwise 2. */
int moment_compare(const Moment *a, const Moment *b);
/* A total order that agrees with moment_compare where that has an answer: no zone counts as UTC. */
int moment_order(const Moment *a, const Moment *b);
/* Milliseconds since 1970 in UTC (no zone counts as UTC), cut; the ends of the range for years far away. */
int64_t moment_ms(const Moment *m);
Decimal moment_seconds(const Moment *m);
size_t moment_print_datetime(const Moment *m, char out[MOMENT_TEXT]);
size_t moment_print_date(const Moment *m, char out[MOMENT_TEXT]);
/* "Z", "-05:00", or "" */
size_t moment_print_zone(const Moment *m, char out[8]);

#endif
