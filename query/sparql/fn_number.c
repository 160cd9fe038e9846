/* SPDX-License-Identifier: Apache-2.0 */
/* Functions on numbers, dates and times: SPARQL 1.1, sections 17.4.4 and 17.4.5. */
#include <math.h>
#include <stdio.h>

#include "eval.h"

static void round_value(const Value *v, DecimalRounding how, double (*floating)(double), Value *out) {
  if (!value_numeric(v)) return;
  if (v->type <= VALUE_DECIMAL)
    *out = value_decimal(v->type, decimal_round(v->decimal, how));
  else
    *out = value_double(v->type, floating(v->number));
}

/* Halves go up, also below zero; a zero keeps the sign. A sum d + 0.5 may itself be rounded up. */
static double half_up(double d) {
  double below = floor(d);
  return copysign(d - below >= 0.5 ? below + 1 : below, d);
}

CALL(fn_abs) {
  UNUSED;
  if (!value_numeric(args)) return PROPTER_OK;
  if (args->type > VALUE_DECIMAL)
    *out = value_double(args->type, fabs(args->number));
  else
    *out = args->decimal.m < 0 ? value_negate(args) : value_decimal(args->type, args->decimal);
  return PROPTER_OK;
}

CALL(fn_ceil) {
  UNUSED;
  round_value(args, DECIMAL_CEIL, ceil, out);
  return PROPTER_OK;
}

CALL(fn_floor) {
  UNUSED;
  round_value(args, DECIMAL_FLOOR, floor, out);
  return PROPTER_OK;
}

CALL(fn_round) {
  UNUSED;
  round_value(args, DECIMAL_HALF_UP, half_up, out);
  return PROPTER_OK;
}

CALL(fn_rand) {
  UNUSED;
  *out = value_double(VALUE_DOUBLE, propter_rng_unit(&env->run->rng));
  return PROPTER_OK;
}

static bool has_day(const Value *v) { return v->type == VALUE_DATETIME || v->type == VALUE_DATE; }
static bool has_clock(const Value *v) { return v->type == VALUE_DATETIME || v->type == VALUE_TIME; }
static bool has_zone(const Value *v) { return has_day(v) || v->type == VALUE_TIME; }

CALL(fn_year) {
  UNUSED;
  if (has_day(args)) *out = value_integer(args->moment.year);
  return PROPTER_OK;
}

CALL(fn_month) {
  UNUSED;
  if (has_day(args)) *out = value_integer(args->moment.month);
  return PROPTER_OK;
}

CALL(fn_day) {
  UNUSED;
  if (has_day(args)) *out = value_integer(args->moment.day);
  return PROPTER_OK;
}

CALL(fn_hours) {
  UNUSED;
  if (has_clock(args)) *out = value_integer(args->moment.hour);
  return PROPTER_OK;
}

CALL(fn_minutes) {
  UNUSED;
  if (has_clock(args)) *out = value_integer(args->moment.minute);
  return PROPTER_OK;
}

CALL(fn_seconds) {
  UNUSED;
  if (has_clock(args)) *out = value_decimal(VALUE_DECIMAL, moment_seconds(&args->moment));
  return PROPTER_OK;
}

CALL(fn_timezone) {
  UNUSED;
  if (!has_zone(args) || !args->moment.has_zone) return PROPTER_OK;
  int zone = args->moment.zone, size = zone < 0 ? -zone : zone;
  char text[32];
  size_t len;
  if (size == 0)
    len = (size_t)snprintf(text, sizeof text, "PT0S");
  else if (size % 60 == 0)
    len = (size_t)snprintf(text, sizeof text, "%sPT%dH", zone < 0 ? "-" : "", size / 60);
  else if (size < 60)
    len = (size_t)snprintf(text, sizeof text, "%sPT%dM", zone < 0 ? "-" : "", size);
  else
    len = (size_t)snprintf(text, sizeof text, "%sPT%dH%dM", zone < 0 ? "-" : "", size / 60, size % 60);
  *out = value_typed(propter_arena_copy(env->scratch, (PropterStr){text, len}), PROPTER_STR("http://www.w3.org/2001/XMLSchema#dayTimeDuration"));
  return PROPTER_OK;
}

CALL(fn_tz) {
  UNUSED;
  if (!has_zone(args)) return PROPTER_OK;
  char text[8];
  size_t len = moment_print_zone(&args->moment, text);
  *out = value_string(propter_arena_copy(env->scratch, (PropterStr){text, len}));
  return PROPTER_OK;
}

CALL(fn_now) {
  UNUSED;
  *out = value_datetime(env->run->now);
  return PROPTER_OK;
}
