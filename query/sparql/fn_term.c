/* SPDX-License-Identifier: Apache-2.0 */
/* Functions on terms: SPARQL 1.1, section 17.4.2. */
#include <stdio.h>
#include <string.h>

#include "eval.h"
#include "iri.h"
#include "lex.h"

#define XSD "http://www.w3.org/2001/XMLSchema#"

CALL(fn_str) {
  UNUSED;
  if (args->type != VALUE_BLANK) *out = value_string(value_text(args, env->scratch));
  return PROPTER_OK;
}

CALL(fn_lang) {
  UNUSED;
  if (value_literal(args)) *out = value_string(args->type == VALUE_LANGUAGE ? args->extra : PROPTER_STR(""));
  return PROPTER_OK;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

CALL(fn_langmatches) {
  UNUSED;
  if (args[0].type != VALUE_STRING || args[1].type != VALUE_STRING) return PROPTER_OK;
  PropterStr tag = args[0].text, range = args[1].text;
  bool match = range.len <= tag.len && tag.len > 0 && (range.len == tag.len || tag.data[range.len] == '-');
  for (size_t i = 0; match && i < range.len; i++) match = lower(tag.data[i]) == lower(range.data[i]);
  if (propter_str_equal(range, PROPTER_STR("*"))) match = tag.len > 0;
  *out = value_boolean(match);
  return PROPTER_OK;
}

CALL(fn_datatype) {
  UNUSED;
  if (value_literal(args)) *out = value_iri(value_datatype(args));
  return PROPTER_OK;
}

CALL(fn_iri) {
  UNUSED;
  if (args->type == VALUE_IRI)
    *out = *args;
  else if (args->type == VALUE_STRING)
    *out = value_iri(iri_resolve(env->run->query->base, args->text, env->scratch));
  if (out->type == VALUE_IRI && out->text.data && !propter_iri_valid(out->text, NULL)) *out = value_error();
  return PROPTER_OK;
}

CALL(fn_bnode) {
  UNUSED;
  PropterId id;
  if (count == 0) {
    PROPTER_TRY(exec_blank(env->run, &id, err));
  } else {
    if (args->type != VALUE_STRING) return PROPTER_OK;
    /* The same label in the same solution is the same node. */
    PropterBuf key = {0};
    propter_buf_printf(&key, "_%llu:", (unsigned long long)env->solution);
    propter_buf_add(&key, args->text);
    PropterStatus status = propter_buf_status(&key, err);
    uint64_t *known = status == PROPTER_OK ? propter_map_get(&env->run->local_ids, propter_buf_str(&key)) : NULL;
    id = known ? *known : PROPTER_NO_ID;
    if (status == PROPTER_OK && !known) status = exec_blank(env->run, &id, err);
    if (status == PROPTER_OK && !known && !propter_map_put(&env->run->local_ids, propter_buf_str(&key), id, NULL)) status = exec_fail_memory(env->run, err);
    propter_buf_clear(&key);
    PROPTER_TRY(status);
  }
  return exec_value(env->run, id, out, err);
}

CALL(fn_strlang) {
  UNUSED;
  if (args[0].type != VALUE_STRING || args[1].type != VALUE_STRING || !propter_language_valid(args[1].text)) return PROPTER_OK;
  *out = value_of(VALUE_LANGUAGE);
  out->text = args[0].text;
  out->extra = propter_arena_copy(env->scratch, args[1].text);
  if (!out->extra.data) return exec_fail_memory(env->run, err);
  lex_lower((char *)(uintptr_t)out->extra.data, out->extra.len);
  return PROPTER_OK;
}

CALL(fn_strdt) {
  UNUSED;
  if (args[0].type == VALUE_STRING && args[1].type == VALUE_IRI) *out = value_typed(args[0].text, args[1].text);
  return PROPTER_OK;
}

CALL(fn_sameterm) {
  UNUSED;
  *out = value_boolean(value_same(&args[0], &args[1]));
  return PROPTER_OK;
}

CALL(fn_isiri) {
  UNUSED;
  *out = value_boolean(args->type == VALUE_IRI);
  return PROPTER_OK;
}

CALL(fn_isblank) {
  UNUSED;
  *out = value_boolean(args->type == VALUE_BLANK);
  return PROPTER_OK;
}

CALL(fn_isliteral) {
  UNUSED;
  *out = value_boolean(value_literal(args));
  return PROPTER_OK;
}

CALL(fn_isnumeric) {
  UNUSED;
  *out = value_boolean(value_numeric(args));
  return PROPTER_OK;
}

static size_t write_uuid(PropterRng *rng, char out[40]) {
  uint64_t a = propter_rng_next(rng), b = propter_rng_next(rng);
  /* Version 4, variant 1 (RFC 4122, 4.4). */
  a = (a & 0xFFFFFFFFFFFF0FFFU) | 0x4000U;
  b = (b & 0x3FFFFFFFFFFFFFFFU) | 0x8000000000000000U;
  return (size_t)snprintf(out, 40, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xFFFF), (unsigned)(a & 0xFFFF),
                          (unsigned)(b >> 48), (unsigned long long)(b & 0xFFFFFFFFFFFFU));
}

CALL(fn_uuid) {
  UNUSED;
  char uuid[40];
  (void)write_uuid(&env->run->rng, uuid);
  *out = value_iri(propter_arena_printf(env->scratch, "urn:uuid:%s", uuid));
  return PROPTER_OK;
}

CALL(fn_struuid) {
  UNUSED;
  char uuid[40];
  size_t len = write_uuid(&env->run->rng, uuid);
  *out = value_string(propter_arena_copy(env->scratch, (PropterStr){uuid, len}));
  return PROPTER_OK;
}
