/* SPDX-License-Identifier: Apache-2.0 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "propter/regex.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "regex_sieve.h"

enum { NESTING = 250, STACK_START = 32 << 10, STACK_MAX = 1 << 20, GROUPS = 64 };

struct PropterRegex {
  pcre2_code *code;
  pcre2_general_context *memory;
  uint32_t groups;
  Sieve *sieve;  /* NULL: none; else the code matches only where it is told to begin */
  bool anchored;
  bool to_machine; /* being compiled to machine code */
};

struct PropterMatcher {
  pcre2_general_context *memory;
  pcre2_match_context *context;
  pcre2_match_data *data;
  pcre2_jit_stack *stack;
  int count;
  SieveBytes bytes;
};

/* The compiler to machine code of PCRE2 10.42 does not survive a failing allocation, so none is made to fail there on purpose. */
static void *allocate(size_t size, void *regex_) {
  const PropterRegex *regex = regex_;
  return regex && regex->to_machine ? malloc(size) : propter_malloc(size);
}
static void release(void *ptr, void *unused) {
  (void)unused;
  propter_free(ptr);
}

static PropterStatus out_of_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a regular expression"); }

PropterStatus propter_regex_compile(PropterStr pattern, unsigned flags, const PropterLimits *limits, PropterRegex **out, PropterError *err) {
  PropterLimits defaults = propter_limits_default();
  uint64_t max = (limits ? limits : &defaults)->pattern_bytes;
  *out = NULL;
  if (pattern.len > max) return propter_fail(err, PROPTER_LIMIT, "regular expression of %zu bytes, at most %llu", pattern.len, (unsigned long long)max);
  PropterRegex *r = propter_calloc(1, sizeof *r);
  if (!r) return out_of_memory(err);
  pcre2_compile_context *context = NULL;
  PropterStatus status = out_of_memory(NULL);
  if (!(r->memory = pcre2_general_context_create(allocate, release, r))) goto done;
  if (!(context = pcre2_compile_context_create(r->memory))) goto done;
  (void)pcre2_set_parens_nest_limit(context, NESTING);
  (void)pcre2_set_max_pattern_length(context, (PCRE2_SIZE)max);
  r->anchored = flags & PROPTER_REGEX_ANCHORED;
  uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;
  if (flags & PROPTER_REGEX_CASELESS) options |= PCRE2_CASELESS;
  if (flags & PROPTER_REGEX_MULTILINE) options |= PCRE2_MULTILINE;
  if (flags & PROPTER_REGEX_DOTALL) options |= PCRE2_DOTALL;
  if (flags & PROPTER_REGEX_EXTENDED) options |= PCRE2_EXTENDED;
  if (flags & PROPTER_REGEX_ANCHORED) options |= PCRE2_ANCHORED;
  if (flags & PROPTER_REGEX_LITERAL) options = PCRE2_UTF | PCRE2_LITERAL | (flags & PROPTER_REGEX_CASELESS ? PCRE2_CASELESS : 0);
  if (flags & PROPTER_REGEX_SIEVED) {
    if (sieve_new(pattern, flags & PROPTER_REGEX_CASELESS, &r->sieve, NULL) != PROPTER_OK) goto done;
    if (r->sieve) options |= PCRE2_ANCHORED;
  }
  if (flags & PROPTER_REGEX_UNICODE && !(flags & PROPTER_REGEX_LITERAL)) options |= PCRE2_UCP;
  int code = 0;
  PCRE2_SIZE at = 0;
  r->code = pcre2_compile((PCRE2_SPTR)pattern.data, pattern.len, options, &code, &at, context);
  if (!r->code) {
    if (code == PCRE2_ERROR_HEAP_FAILED) goto done;
    PCRE2_UCHAR why[160] = "";
    (void)pcre2_get_error_message(code, why, sizeof why);
    status = propter_fail(err, code == PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP || code == PCRE2_ERROR_PATTERN_TOO_LARGE ? PROPTER_LIMIT : PROPTER_SYNTAX,
                          "regular expression, byte %zu: %s", (size_t)at, (char *)why);
    goto done;
  }
  /* Without JIT (no such machine, no executable memory) the interpreter gives the same answers. */
  r->to_machine = true;
  (void)pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE);
  r->to_machine = false;
  (void)pcre2_pattern_info(r->code, PCRE2_INFO_CAPTURECOUNT, &r->groups);
  status = r->groups < GROUPS ? PROPTER_OK : propter_fail(err, PROPTER_LIMIT, "regular expression with %u groups, at most %d", r->groups, GROUPS - 1);
done:
  pcre2_compile_context_free(context);
  if (status != PROPTER_OK) {
    propter_regex_free(r);
    return status == PROPTER_NO_MEMORY ? out_of_memory(err) : status;
  }
  *out = r;
  return PROPTER_OK;
}

size_t propter_regex_item_end(PropterStr s, size_t i) {
  if (s.data[i] == '\\') return i + 2 <= s.len && s.data[i + 1] != 'Q' && s.data[i + 1] != 'E' ? i + 2 : 0;
  if (s.data[i] == '[') {
    size_t k = i + 1;
    if (k < s.len && s.data[k] == '^') k++;
    if (k < s.len && s.data[k] == ']') k++;
    for (; k < s.len && s.data[k] != ']'; k++) {
      if (s.data[k] == '\\') k++;
      else if (s.data[k] == '[') return 0; /* [:name:] */
    }
    return k < s.len ? k + 1 : 0;
  }
  if (s.data[i] != '(') return i + 1;
  for (size_t k = i + 1; k < s.len && k;) {
    if (s.data[k] == ')') return k + 1;
    k = propter_regex_item_end(s, k);
  }
  return 0;
}

void propter_regex_free(PropterRegex *r) {
  if (!r) return;
  pcre2_code_free(r->code);
  pcre2_general_context_free(r->memory);
  propter_free(r->sieve);
  propter_free(r);
}

unsigned propter_regex_groups(const PropterRegex *r) { return r->groups; }

unsigned propter_regex_group(const PropterRegex *r, const char *name) {
  int n = pcre2_substring_number_from_name(r->code, (PCRE2_SPTR)name);
  return n > 0 ? (unsigned)n : 0;
}

PropterStatus propter_matcher_new(uint64_t steps, PropterMatcher **out, PropterError *err) {
  *out = NULL;
  if (!steps) steps = propter_limits_default().match_steps;
  PropterMatcher *m = propter_calloc(1, sizeof *m);
  if (!m) return out_of_memory(err);
  if (!(m->memory = pcre2_general_context_create(allocate, release, NULL)) || !(m->context = pcre2_match_context_create(m->memory)) ||
      !(m->data = pcre2_match_data_create(GROUPS, m->memory))) {
    propter_matcher_free(m);
    return out_of_memory(err);
  }
  (void)pcre2_set_match_limit(m->context, (uint32_t)(steps < UINT32_MAX ? steps : UINT32_MAX));
  (void)pcre2_set_heap_limit(m->context, 65536); /* KiB, for the interpreter */
  m->stack = pcre2_jit_stack_create(STACK_START, STACK_MAX, m->memory);
  if (m->stack) pcre2_jit_stack_assign(m->context, NULL, m->stack);
  sieve_bytes(&m->bytes);
  *out = m;
  return PROPTER_OK;
}

void propter_matcher_free(PropterMatcher *m) {
  if (!m) return;
  pcre2_jit_stack_free(m->stack);
  pcre2_match_data_free(m->data);
  pcre2_match_context_free(m->context);
  pcre2_general_context_free(m->memory);
  propter_free(m);
}

static PropterStatus failed(int code, PropterError *err) {
  switch (code) {
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_JIT_STACKLIMIT: return propter_fail(err, PROPTER_LIMIT, "a regular expression took too many steps");
    case PCRE2_ERROR_NOMEMORY: return out_of_memory(err);
    default: {
      PCRE2_UCHAR why[160] = "";
      (void)pcre2_get_error_message(code, why, sizeof why);
      return propter_fail(err, code <= PCRE2_ERROR_UTF8_ERR1 && code >= PCRE2_ERROR_UTF8_ERR21 ? PROPTER_INVALID : PROPTER_SYNTAX, "regular expression: %s",
                          (char *)why);
    }
  }
}

PropterStatus propter_regex_match(const PropterRegex *r, PropterMatcher *m, PropterStr subject, size_t from, bool *found, PropterError *err) {
  *found = false;
  m->count = 0;
  if (from > subject.len) return PROPTER_OK;
  if (!subject.data) subject.data = "";
  int n = PCRE2_ERROR_NOMATCH;
  do {
    if (r->sieve && (from = sieve_next(r->sieve, &m->bytes, subject, from, r->anchored)) == SIZE_MAX) return PROPTER_OK;
    n = pcre2_match(r->code, (PCRE2_SPTR)subject.data, subject.len, from++, PCRE2_NO_UTF_CHECK, m->data, m->context);
  } while (r->sieve && !r->anchored && n == PCRE2_ERROR_NOMATCH && from <= subject.len);
  if (n == PCRE2_ERROR_NOMATCH) return PROPTER_OK;
  if (n < 0) return failed(n, err);
  m->count = n;
  *found = true;
  return PROPTER_OK;
}

bool propter_matcher_span(const PropterMatcher *m, unsigned group, size_t *start, size_t *end) {
  if ((int)group >= m->count) return false;
  const PCRE2_SIZE *v = pcre2_get_ovector_pointer(m->data);
  if (v[2 * group] == PCRE2_UNSET || v[2 * group] > v[2 * group + 1]) return false;
  *start = v[2 * group], *end = v[2 * group + 1];
  return true;
}

PropterStatus propter_regex_replace(const PropterRegex *r, PropterMatcher *m, PropterStr subject, PropterStr replacement, PropterBuf *out, PropterError *err) {
  PCRE2_SIZE size = subject.len + replacement.len + 64;
  for (int attempt = 0; attempt < 2; attempt++) {
    char *text = propter_malloc(size);
    if (!text) return out_of_memory(err);
    PCRE2_SIZE len = size;
    int n = pcre2_substitute(r->code, (PCRE2_SPTR)(subject.data ? subject.data : ""), subject.len, 0,
                             PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH | PCRE2_SUBSTITUTE_UNSET_EMPTY | PCRE2_NO_UTF_CHECK, m->data,
                             m->context, (PCRE2_SPTR)(replacement.data ? replacement.data : ""), replacement.len, (PCRE2_UCHAR *)text, &len);
    if (n >= 0) propter_buf_add(out, (PropterStr){text, len});
    propter_free(text);
    if (n >= 0) return propter_buf_status(out, err);
    if (n != PCRE2_ERROR_NOMEMORY || len <= size) return failed(n, err);
    if (out->max && len > out->max) return propter_fail(err, PROPTER_LIMIT, "replacement gives more than %zu bytes", out->max);
    size = len;
  }
  return propter_fail(err, PROPTER_BUG, "replacement changed its length");
}
