/* SPDX-License-Identifier: Apache-2.0 */
/* Functions on strings and hashes: SPARQL 1.1, sections 17.4.3 and 17.4.6. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "eval.h"
#include "propter/hash.h"
#include "propter/limits.h"
#include "propter/regex.h"

static bool is_string(const Value *v) { return v->type == VALUE_STRING || v->type == VALUE_LANGUAGE; }

/* A text in the language of `like`. */
static Value text_like(const Value *like, PropterStr text) {
  Value v = value_of(like->type);
  v.text = text;
  if (v.type == VALUE_LANGUAGE) v.extra = like->extra;
  return v;
}

/* Two arguments go together if the second has no language or that of the first (17.4.3.1.2). */
static bool compatible(const Value *a, const Value *b) {
  if (!is_string(a) || !is_string(b)) return false;
  return b->type == VALUE_STRING || (a->type == VALUE_LANGUAGE && propter_str_equal_caseless(a->extra, b->extra));
}

static PropterStr part(PropterStr s, size_t from, size_t to) { return (PropterStr){s.data + from, to - from}; }

/* A text being made: no longer than a term may be. */
static PropterBuf new_text(void) { return (PropterBuf){.max = propter_limits_default().term_bytes}; }

/* Copies what was built, if `status` is OK; NULL data when there was no memory, which eval notices. */
static PropterStatus taken(Env *env, PropterBuf *buf, PropterStatus status, PropterStr *text, PropterError *err) {
  *text = (PropterStr){NULL, 0};
  if (status == PROPTER_OK && buf->failed == PROPTER_LIMIT)
    status = propter_fail(err, PROPTER_LIMIT, "a function makes a text of more than %zu bytes", buf->max);
  /* Long texts take time. */
  if (status == PROPTER_OK && buf->len > 1 << 16) status = exec_check(env->run, err);
  if (status == PROPTER_OK && !buf->failed) {
    *text = buf->len ? propter_arena_copy(env->scratch, propter_buf_str(buf)) : PROPTER_STR("");
    env->run->over = env->run->over || (!text->data && env->scratch->used + buf->len >= env->scratch->limit);
  }
  propter_buf_clear(buf);
  return status;
}

CALL(fn_strlen) {
  UNUSED;
  if (is_string(args)) *out = value_integer((int64_t)propter_utf8_length(args->text));
  return PROPTER_OK;
}

static size_t character_bytes(unsigned char c) { return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4; }

CALL(fn_substr) {
  UNUSED;
  if (!is_string(args) || !value_numeric(&args[1]) || (count == 3 && !value_numeric(&args[2]))) return PROPTER_OK;
  /* Characters at positions p with round(start) <= p < round(start) + round(length); comparisons with NaN choose none. */
  double first = floor(value_number(&args[1]) + 0.5), last = count == 3 ? first + floor(value_number(&args[2]) + 0.5) : (double)INFINITY;
  PropterStr s = args->text;
  size_t from = s.len, to = s.len, at = 0;
  for (double p = 1; at < s.len; p++, at += character_bytes((unsigned char)s.data[at])) {
    if (p >= first && from == s.len) from = at;
    if (!(p < last)) {
      to = at;
      break;
    }
  }
  if (!(first <= last) || from > to) from = to;
  *out = text_like(args, part(s, from, to));
  return PROPTER_OK;
}

/* Full case mappings of Unicode, as fn:upper-case and fn:lower-case ask for: of one character several may come. Case folding gives the lower case letters
 * whose upper case those are; U+0130 alone has a lower case of two. A sigma that ends a word becomes σ like any other. */
static void add_upper(PropterBuf *buf, utf8proc_int32_t c) {
  utf8proc_int32_t folded[4];
  int boundary = 0;
  utf8proc_ssize_t n = utf8proc_category(c) == UTF8PROC_CATEGORY_LU ? 1 : utf8proc_decompose_char(c, folded, 4, UTF8PROC_CASEFOLD, &boundary);
  if (n <= 1) folded[0] = c, n = 1;
  for (utf8proc_ssize_t i = 0; i < n; i++) propter_buf_add_utf8(buf, (uint32_t)utf8proc_toupper(folded[i]));
}

static void add_lower(PropterBuf *buf, utf8proc_int32_t c) {
  propter_buf_add_utf8(buf, (uint32_t)utf8proc_tolower(c));
  if (c == 0x130) propter_buf_add_utf8(buf, 0x307);
}

static PropterStatus change_case(Env *env, const Value *v, void (*add)(PropterBuf *, utf8proc_int32_t), Value *out, PropterError *err) {
  if (!is_string(v)) return PROPTER_OK;
  PropterBuf buf = new_text();
  PropterStatus status = PROPTER_OK;
  PropterStr text;
  for (size_t i = 0; i < v->text.len && status == PROPTER_OK;) {
    utf8proc_int32_t c = 0;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)v->text.data + i, (utf8proc_ssize_t)(v->text.len - i), &c);
    if (n <= 0) break;
    add(&buf, c);
    i += (size_t)n;
    status = exec_tick(env->run, err);
  }
  PROPTER_TRY(taken(env, &buf, status, &text, err));
  return *out = text_like(v, text), PROPTER_OK;
}

CALL(fn_ucase) {
  UNUSED;
  return change_case(env, args, add_upper, out, err);
}

CALL(fn_lcase) {
  UNUSED;
  return change_case(env, args, add_lower, out, err);
}

CALL(fn_concat) {
  UNUSED;
  PropterBuf buf = new_text();
  PropterStr text;
  bool language = count > 0;
  for (size_t i = 0; i < count; i++) {
    if (!is_string(&args[i])) return propter_buf_clear(&buf), PROPTER_OK;
    propter_buf_add(&buf, args[i].text);
    language = language && args[i].type == VALUE_LANGUAGE && compatible(&args[0], &args[i]);
  }
  PROPTER_TRY(taken(env, &buf, PROPTER_OK, &text, err));
  return *out = language ? text_like(args, text) : value_string(text), PROPTER_OK;
}

CALL(fn_encode_for_uri) {
  UNUSED;
  if (!is_string(args)) return PROPTER_OK;
  static const char digits[] = "0123456789ABCDEF";
  PropterBuf buf = new_text();
  PropterStatus status = PROPTER_OK;
  PropterStr text;
  for (size_t i = 0; i < args->text.len && status == PROPTER_OK; i++) {
    unsigned char c = (unsigned char)args->text.data[i];
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr("-_.~", c)))
      propter_buf_add_char(&buf, (char)c);
    else
      propter_buf_add(&buf, (PropterStr){(const char[]){'%', digits[c >> 4], digits[c & 15]}, 3});
    status = exec_tick(env->run, err);
  }
  PROPTER_TRY(taken(env, &buf, status, &text, err));
  return *out = value_string(text), PROPTER_OK;
}

CALL(fn_contains) {
  UNUSED;
  if (compatible(&args[0], &args[1])) *out = value_boolean(propter_str_find(args[0].text, args[1].text) != SIZE_MAX);
  return PROPTER_OK;
}

CALL(fn_strstarts) {
  UNUSED;
  if (compatible(&args[0], &args[1])) *out = value_boolean(propter_str_starts(args[0].text, args[1].text));
  return PROPTER_OK;
}

CALL(fn_strends) {
  UNUSED;
  if (compatible(&args[0], &args[1])) *out = value_boolean(propter_str_ends(args[0].text, args[1].text));
  return PROPTER_OK;
}

CALL(fn_strbefore) {
  UNUSED;
  if (!compatible(&args[0], &args[1])) return PROPTER_OK;
  size_t at = propter_str_find(args[0].text, args[1].text);
  *out = at == SIZE_MAX ? value_string(PROPTER_STR("")) : text_like(args, part(args[0].text, 0, at));
  return PROPTER_OK;
}

CALL(fn_strafter) {
  UNUSED;
  if (!compatible(&args[0], &args[1])) return PROPTER_OK;
  size_t at = propter_str_find(args[0].text, args[1].text);
  *out = at == SIZE_MAX ? value_string(PROPTER_STR("")) : text_like(args, part(args[0].text, at + args[1].text.len, args[0].text.len));
  return PROPTER_OK;
}

CALL(fn_regex) {
  UNUSED;
  PropterRegex *regex;
  PropterMatcher *matcher;
  bool found;
  if (!is_string(args) || args[1].type != VALUE_STRING || (count == 3 && args[2].type != VALUE_STRING)) return PROPTER_OK;
  PROPTER_TRY(pattern_get(env->run, args[1].text, count == 3 ? args[2].text : PROPTER_STR(""), &regex, err));
  if (!regex) return PROPTER_OK;
  PROPTER_TRY(pattern_matcher(env->run, &matcher, err));
  PROPTER_TRY(propter_regex_match(regex, matcher, args->text, 0, &found, err));
  *out = value_boolean(found);
  return PROPTER_OK;
}

/* Appends a replacement: $ and digits are a group (as many digits as there are such groups), a backslash takes the next character as it is. False: not a
 * valid one (XPath functions, 7.6.3). */
static bool add_replacement(PropterBuf *buf, PropterStr r, PropterStr subject, unsigned groups, const PropterMatcher *m) {
  for (size_t i = 0; i < r.len; i++) {
    char next = i + 1 < r.len ? r.data[i + 1] : '\0';
    if (r.data[i] == '\\') {
      if (next != '\\' && next != '$') return false;
      propter_buf_add_char(buf, next);
      i++;
    } else if (r.data[i] == '$') {
      size_t start, end;
      if (next < '0' || next > '9') return false;
      unsigned group = (unsigned)(r.data[++i] - '0');
      while (i + 1 < r.len && r.data[i + 1] >= '0' && r.data[i + 1] <= '9' && group * 10 + (unsigned)(r.data[i + 1] - '0') <= groups)
        group = group * 10 + (unsigned)(r.data[++i] - '0');
      if (propter_matcher_span(m, group, &start, &end)) propter_buf_add(buf, part(subject, start, end));
    } else
      propter_buf_add_char(buf, r.data[i]);
  }
  return true;
}

static PropterStatus replace_all(Env *env, PropterRegex *regex, const Value *args, PropterBuf *buf, bool *valid, PropterError *err) {
  PropterStr s = args[0].text;
  PropterMatcher *m;
  size_t at = 0;
  PROPTER_TRY(pattern_matcher(env->run, &m, err));
  for (;;) {
    bool found;
    size_t start, end;
    PROPTER_TRY(propter_regex_match(regex, m, s, at, &found, err));
    if (!found || !propter_matcher_span(m, 0, &start, &end)) break;
    /* A pattern that matches nothing at all is an error (XPath functions, 7.6.3). */
    *valid = end > start && add_replacement((propter_buf_add(buf, part(s, at, start)), buf), args[2].text, s, propter_regex_groups(regex), m);
    if (!*valid || buf->failed) return PROPTER_OK;
    at = end;
    PROPTER_TRY(exec_tick(env->run, err));
  }
  propter_buf_add(buf, part(s, at, s.len));
  return PROPTER_OK;
}

CALL(fn_replace) {
  UNUSED;
  PropterRegex *regex;
  bool valid = true;
  if (!is_string(args) || args[1].type != VALUE_STRING || args[2].type != VALUE_STRING || (count == 4 && args[3].type != VALUE_STRING)) return PROPTER_OK;
  PROPTER_TRY(pattern_get(env->run, args[1].text, count == 4 ? args[3].text : PROPTER_STR(""), &regex, err));
  if (!regex) return PROPTER_OK;
  PropterBuf buf = new_text();
  PropterStr text;
  PROPTER_TRY(taken(env, &buf, replace_all(env, regex, args, &buf, &valid, err), &text, err));
  if (valid) *out = text_like(args, text);
  return PROPTER_OK;
}

static PropterStatus hash_value(Env *env, const Value *v, PropterDigest kind, Value *out) {
  char hex[129];
  if (v->type != VALUE_STRING) return PROPTER_OK;
  propter_digest(kind, v->text, hex);
  *out = value_string(propter_arena_copy(env->scratch, propter_str(hex)));
  return PROPTER_OK;
}

CALL(fn_md5) {
  UNUSED;
  return hash_value(env, args, PROPTER_DIGEST_MD5, out);
}

CALL(fn_sha1) {
  UNUSED;
  return hash_value(env, args, PROPTER_DIGEST_SHA1, out);
}

CALL(fn_sha256) {
  UNUSED;
  return hash_value(env, args, PROPTER_DIGEST_SHA256, out);
}

CALL(fn_sha384) {
  UNUSED;
  return hash_value(env, args, PROPTER_DIGEST_SHA384, out);
}

CALL(fn_sha512) {
  UNUSED;
  return hash_value(env, args, PROPTER_DIGEST_SHA512, out);
}
