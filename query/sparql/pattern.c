/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions of XPath (XPath functions, 7.6) through the wrapper of PCRE2. The last patterns are kept compiled. */
#include <string.h>

#include "eval.h"
#include "propter/regex.h"

static bool read_flags(PropterStr flags, unsigned *out) {
  *out = 0;
  for (size_t i = 0; i < flags.len; i++) switch (flags.data[i]) {
    case 'i': *out |= PROPTER_REGEX_CASELESS; break;
    case 's': *out |= PROPTER_REGEX_DOTALL; break;
    case 'm': *out |= PROPTER_REGEX_MULTILINE; break;
    case 'x': *out |= PROPTER_REGEX_EXTENDED; break;
    case 'q': *out |= PROPTER_REGEX_LITERAL; break;
    default: return false;
    }
  /* With "q" only "i" has a meaning. */
  if (*out & PROPTER_REGEX_LITERAL) *out &= PROPTER_REGEX_LITERAL | PROPTER_REGEX_CASELESS;
  return true;
}

/* In XPath $ matches only at the very end (without "m"); PCRE2 would also match before a last line break. */
static void translate(PropterStr pattern, unsigned flags, PropterBuf *out) {
  bool class = false;
  for (size_t i = 0; i < pattern.len; i++) {
    char c = pattern.data[i];
    if (c == '\\' && i + 1 < pattern.len) {
      propter_buf_add_char(out, c);
      propter_buf_add_char(out, pattern.data[++i]);
      continue;
    }
    if (c == '[') class = true;
    if (c == ']') class = false;
    if (c == '$' && !class && !(flags & PROPTER_REGEX_MULTILINE))
      propter_buf_add(out, PROPTER_STR("\\z"));
    else
      propter_buf_add_char(out, c);
  }
}

static PropterStatus compile(Exec *run, PropterStr pattern, unsigned flags, PropterRegex **out, PropterError *err) {
  PropterBuf text = {0};
  PropterError why = {0};
  (void)run;
  if (flags & PROPTER_REGEX_LITERAL)
    propter_buf_add(&text, pattern);
  else
    translate(pattern, flags, &text);
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) {
    status = propter_regex_compile(propter_buf_str(&text), flags, NULL, out, &why);
    /* A pattern that is none is an error of the expression, not of the query. */
    if (status == PROPTER_SYNTAX) *out = NULL, status = PROPTER_OK;
    if (status != PROPTER_OK) (void)propter_fail(err, status, "%s", why.message);
  }
  propter_buf_clear(&text);
  return status;
}

PropterStatus pattern_get(Exec *run, PropterStr pattern, PropterStr flags, PropterRegex **out, PropterError *err) {
  unsigned bits;
  *out = NULL;
  if (!read_flags(flags, &bits)) return PROPTER_OK;
  for (size_t i = 0; i < PATTERNS; i++) {
    KeptPattern *k = &run->patterns[i];
    if (k->regex && k->flags == bits && propter_str_equal((PropterStr){k->text, k->len}, pattern)) return *out = k->regex, PROPTER_OK;
  }
  PROPTER_TRY(compile(run, pattern, bits, out, err));
  if (!*out) return PROPTER_OK;
  char *text = propter_strdup(pattern);
  if (!text) {
    propter_regex_free(*out);
    return *out = NULL, exec_fail_memory(run, err);
  }
  KeptPattern *k = &run->patterns[run->next_pattern++ % PATTERNS];
  propter_regex_free(k->regex);
  propter_free(k->text);
  *k = (KeptPattern){*out, text, pattern.len, bits};
  return PROPTER_OK;
}

PropterStatus pattern_matcher(Exec *run, PropterMatcher **out, PropterError *err) {
  if (!run->matcher) PROPTER_TRY(propter_matcher_new(0, &run->matcher, err));
  *out = run->matcher;
  return PROPTER_OK;
}

void pattern_clear(Exec *run) {
  for (size_t i = 0; i < PATTERNS; i++) {
    propter_regex_free(run->patterns[i].regex);
    propter_free(run->patterns[i].text);
    run->patterns[i] = (KeptPattern){0};
  }
  propter_matcher_free(run->matcher);
  run->matcher = NULL;
}
