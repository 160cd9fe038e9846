/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of mappings: GREL's (OpenRefine) and IDLab's, as FnO describes them. */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "function.h"

bool function_give(PropterBuf *out, PropterStr value) {
  propter_buf_add(out, value);
  propter_buf_add_char(out, '\0');
  return true;
}

static bool give_bool(PropterBuf *out, bool value) { return function_give(out, value ? PROPTER_STR("true") : PROPTER_STR("false")); }

typedef enum { CASE_UPPER, CASE_LOWER, CASE_TITLE } Case;

static void recase(PropterBuf *out, PropterStr text, Case wanted) {
  bool start = true;
  for (size_t i = 0; i < text.len;) {
    int32_t c;
    ssize_t n = utf8proc_iterate((const uint8_t *)text.data + i, (ssize_t)(text.len - i), &c);
    if (n <= 0) break;
    bool upper = wanted == CASE_UPPER || (wanted == CASE_TITLE && start);
    /* The one letter whose capital is two. */
    if (upper && c == 0xDF)
      propter_buf_add(out, wanted == CASE_UPPER ? PROPTER_STR("SS") : PROPTER_STR("Ss"));
    else
      propter_buf_add_utf8(out, (uint32_t)(upper ? utf8proc_toupper(c) : utf8proc_tolower(c)));
    start = c == ' ' || c == '\t' || c == '-';
    i += (size_t)n;
  }
  propter_buf_add_char(out, '\0');
}

bool call_upper(const PropterStr *a, PropterBuf *out) { return recase(out, a[0], CASE_UPPER), true; }
bool call_lower(const PropterStr *a, PropterBuf *out) { return recase(out, a[0], CASE_LOWER), true; }
bool call_title(const PropterStr *a, PropterBuf *out) { return recase(out, a[0], CASE_TITLE), true; }
bool call_trim(const PropterStr *a, PropterBuf *out) { return function_give(out, propter_str_trim(a[0])); }

bool call_replace(const PropterStr *a, PropterBuf *out) {
  PropterStr rest = a[0];
  if (!a[1].data || !a[2].data) return false;
  for (size_t at; a[1].len && (at = propter_str_find(rest, a[1])) != SIZE_MAX; rest.data += at + a[1].len, rest.len -= at + a[1].len) {
    propter_buf_add(out, (PropterStr){rest.data, at});
    propter_buf_add(out, a[2]);
  }
  return function_give(out, rest);
}

/* Byte of the n-th character. */
static size_t byte_of(PropterStr text, size_t n) {
  size_t i = 0;
  while (i < text.len && n) {
    i++;
    while (i < text.len && ((unsigned char)text.data[i] & 0xC0) == 0x80) i++;
    n--;
  }
  return i;
}

/* Characters from one index up to another; negative ones count from the end. Beyond the text there is no value. */
bool call_substring(const PropterStr *a, PropterBuf *out) {
  int64_t from, to, length = (int64_t)propter_utf8_length(a[0]);
  if (!a[1].data || !propter_str_to_int64(a[1], &from)) return false;
  if (!a[2].data)
    to = length;
  else if (!propter_str_to_int64(a[2], &to))
    return false;
  if (from < 0) from += length;
  if (to < 0) to += length;
  if (to > length) to = length;
  if (from < 0 || from > length) return true;
  if (to < from) to = from;
  size_t begin = byte_of(a[0], (size_t)from), end = byte_of(a[0], (size_t)to);
  return function_give(out, (PropterStr){a[0].data + begin, end - begin});
}

bool call_length(const PropterStr *a, PropterBuf *out) {
  propter_buf_printf(out, "%zu", propter_utf8_length(a[0]));
  propter_buf_add_char(out, '\0');
  return true;
}

bool call_split(const PropterStr *a, PropterBuf *out) {
  PropterStr rest = a[0];
  if (!a[1].len) return false;
  for (size_t at; (at = propter_str_find(rest, a[1])) != SIZE_MAX; rest.data += at + a[1].len, rest.len -= at + a[1].len)
    (void)function_give(out, (PropterStr){rest.data, at});
  return function_give(out, rest);
}

bool call_contains(const PropterStr *a, PropterBuf *out) { return a[1].data && give_bool(out, propter_str_find(a[0], a[1]) != SIZE_MAX); }
bool call_starts(const PropterStr *a, PropterBuf *out) { return a[1].data && give_bool(out, propter_str_starts(a[0], a[1])); }
bool call_ends(const PropterStr *a, PropterBuf *out) { return a[1].data && give_bool(out, propter_str_ends(a[0], a[1])); }

bool call_join(const PropterStr *a, PropterBuf *out) {
  propter_buf_add(out, a[0]);
  if (a[1].data) propter_buf_add(out, a[2]);
  return function_give(out, a[1]);
}

static void add_escaped(PropterBuf *out, char c, PropterStr mode) {
  static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
  static const char special[] = "&<>\"'";
  bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  const char *at = strchr(special, c);
  if (propter_str_equal(mode, PROPTER_STR("url"))) {
    if (plain || strchr("-_.*", c))
      propter_buf_add_char(out, c);
    else if (c == ' ')
      propter_buf_add_char(out, '+');
    else
      propter_buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
  } else if (propter_str_equal(mode, PROPTER_STR("csv"))) {
    propter_buf_add(out, c == '"' ? PROPTER_STR("\"\"") : (PropterStr){&c, 1});
  } else if (propter_str_equal(mode, PROPTER_STR("javascript"))) {
    if (strchr("\\\"'", c)) propter_buf_add_char(out, '\\');
    propter_buf_add_char(out, c);
  } else if (at && (*at != '\'' || propter_str_equal(mode, PROPTER_STR("xml")))) {
    propter_buf_add(out, propter_str(entities[at - special]));
  } else {
    propter_buf_add_char(out, c);
  }
}

bool call_escape(const PropterStr *a, PropterBuf *out) {
  static const char *const modes[] = {"html", "xml", "url", "csv", "javascript"};
  bool known = false;
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) known |= propter_str_equal(a[1], propter_str(modes[i]));
  if (!known) return false;
  for (size_t i = 0; i < a[0].len; i++) add_escaped(out, a[0].data[i], a[1]);
  propter_buf_add_char(out, '\0');
  return true;
}

static bool is_true(PropterStr text) { return propter_str_equal(text, PROPTER_STR("true")) || propter_str_equal(text, PROPTER_STR("1")); }
bool call_not(const PropterStr *a, PropterBuf *out) { return give_bool(out, !is_true(a[0])); }
bool call_and(const PropterStr *a, PropterBuf *out) { return give_bool(out, is_true(a[0]) && is_true(a[1])); }
bool call_or(const PropterStr *a, PropterBuf *out) { return give_bool(out, is_true(a[0]) || is_true(a[1])); }

bool call_if(const PropterStr *a, PropterBuf *out) {
  PropterStr value = is_true(a[0]) ? a[1] : a[2];
  return value.data ? function_give(out, value) : true;
}

bool call_to_upper_url(const PropterStr *a, PropterBuf *out) {
  if (!propter_str_starts(a[0], PROPTER_STR("http"))) propter_buf_add(out, PROPTER_STR("http://"));
  return recase(out, a[0], CASE_UPPER), true;
}

bool call_abc(const PropterStr *a, PropterBuf *out) { return (void)a, function_give(out, PROPTER_STR("ABC")); }
bool call_equal(const PropterStr *a, PropterBuf *out) { return a[1].data && give_bool(out, propter_str_equal(a[0], a[1])); }
bool call_not_equal(const PropterStr *a, PropterBuf *out) { return a[1].data && give_bool(out, !propter_str_equal(a[0], a[1])); }
bool call_condition(const PropterStr *a, PropterBuf *out) { return is_true(a[0]) && a[1].data ? function_give(out, a[1]) : true; }
bool call_changed(const PropterStr *a, PropterBuf *out) { return function_give(out, a[0]); }
bool call_decide(const PropterStr *a, PropterBuf *out) { return a[2].data && propter_str_equal(a[0], a[1]) ? function_give(out, a[2]) : true; }
bool call_concat(const PropterStr *a, PropterBuf *out) { return call_join(a, out); }

/* Lower case letters and digits; every run of other characters is one hyphen. */
bool call_slugify(const PropterStr *a, PropterBuf *out) {
  bool gap = false, any = false;
  uint8_t *folded = NULL;
  ssize_t n = utf8proc_map((const uint8_t *)a[0].data, (ssize_t)a[0].len, &folded, UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD);
  for (ssize_t i = 0; i < n; i++) {
    bool plain = (folded[i] >= 'a' && folded[i] <= 'z') || (folded[i] >= '0' && folded[i] <= '9');
    if (plain && gap && any) propter_buf_add_char(out, '-');
    if (plain) propter_buf_add_char(out, (char)folded[i]);
    any |= plain;
    gap = !plain;
  }
  free(folded);
  propter_buf_add_char(out, '\0');
  return n >= 0;
}

static const Function functions[] = {
#define FUNCTION(name, iri, parameters, outputs, type)                                                                                                         \
  {iri, parameters, outputs, sizeof type > 1 ? "http://www.w3.org/2001/XMLSchema#" type : NULL, call_##name, NULL, CHANGE_NONE},
#define PATTERN(name, iri, parameters, outputs, type)                                                                                                          \
  {iri, parameters, outputs, sizeof type > 1 ? "http://www.w3.org/2001/XMLSchema#" type : NULL, NULL, match_##name, CHANGE_NONE},
#define CHANGE(kind, iri, parameters, outputs) {iri, parameters, outputs, NULL, NULL, NULL, CHANGE_##kind},
#include "functions.def"
#undef FUNCTION
#undef PATTERN
#undef CHANGE
};

const Function *function_find(PropterStr iri) {
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (propter_str_equal(iri, propter_str(functions[i].iri))) return &functions[i];
  return NULL;
}

/* Number of the word among whose names the local name of `iri` is. */
static size_t find(const char *words, PropterStr iri) {
  size_t at = iri.len, number = 0;
  while (at && iri.data[at - 1] != '#' && iri.data[at - 1] != '/') at--;
  PropterStr local = {iri.data + at, iri.len - at};
  while (*words) {
    words += *words == '?';
    size_t n = strcspn(words, "| ");
    if (propter_str_equal(local, (PropterStr){words, n})) return number;
    number += words[n] == ' ';
    words += n + (words[n] != '\0');
  }
  return SIZE_MAX;
}

bool function_may_miss(const Function *f, size_t parameter) {
  const char *word = f->parameters;
  for (; parameter && (word = strchr(word, ' ')); parameter--) word++;
  return word && *word == '?';
}

size_t function_parameter(const Function *f, PropterStr iri) { return find(f->parameters, iri); }
size_t function_output(const Function *f, PropterStr iri) { return find(f->outputs, iri); }
