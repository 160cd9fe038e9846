/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions of XPath, compiled and matched by the wrapper of PCRE2; the last ones are kept. */
#include <string.h>

#include "eval.h"
#include "propter/regex.h"
#include "xpath_regex.h"

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

static PropterStatus compile(PropterStr pattern, unsigned flags, PropterRegex **out, PropterError *err) {
  PropterBuf text = {0};
  PropterError why = {0};
  bool valid = true;
  if (flags & PROPTER_REGEX_LITERAL)
    propter_buf_add(&text, pattern);
  else
    valid = xpath_regex(pattern, flags, &text);
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK && valid) {
    status = propter_regex_compile(propter_buf_str(&text), flags & ~(unsigned)PROPTER_REGEX_EXTENDED, NULL, out, &why);
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
  PROPTER_TRY(compile(pattern, bits, out, err));
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
