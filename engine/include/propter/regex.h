/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions with limits; the only user of PCRE2. Compiled ones may be shared by threads, a matcher belongs to one thread. */
#ifndef PROPTER_REGEX_H
#define PROPTER_REGEX_H

#include "propter/limits.h"
#include "propter/mem.h"

typedef struct PropterRegex PropterRegex;
typedef struct PropterMatcher PropterMatcher;

enum {
  PROPTER_REGEX_CASELESS = 1,
  PROPTER_REGEX_MULTILINE = 2, /* ^ and $ at every line */
  PROPTER_REGEX_DOTALL = 4,
  PROPTER_REGEX_EXTENDED = 8,
  PROPTER_REGEX_LITERAL = 16,
  PROPTER_REGEX_UNICODE = 32,  /* \w, \b … by Unicode properties (slower) */
  PROPTER_REGEX_ANCHORED = 64, /* matches at `from` or not at all */
  PROPTER_REGEX_SIEVED = 128   /* places where it can begin are sought by a table beforehand: dearer to compile, cheaper to match often; steps are bounded for
                                  each place; for propter_regex_match alone */
};

/* Compiles (UTF-8, JIT where the machine has it, \C never). LIMIT: longer than limits->pattern_bytes or nested deeper than 250 groups; SYNTAX
 * with the byte. `limits` NULL: defaults. Free with propter_regex_free. */
PROPTER_API PropterStatus propter_regex_compile(PropterStr pattern, unsigned flags, const PropterLimits *limits, PropterRegex **out, PropterError *err);
/* End of the item of an expression at byte i: an escape, a class, a bracket with all in it, or a byte. 0: not understood. */
PROPTER_API size_t propter_regex_item_end(PropterStr pattern, size_t i);
PROPTER_API void propter_regex_free(PropterRegex *regex);
/* Number of a named group (0: none of that name). */
PROPTER_API unsigned propter_regex_groups(const PropterRegex *regex); /* how many groups it has */
PROPTER_API unsigned propter_regex_group(const PropterRegex *regex, const char *name);

/* Match data, limits and stack for matching; `steps` bounds one match (0: limits->match_steps of the defaults). */
PROPTER_API PropterStatus propter_matcher_new(uint64_t steps, PropterMatcher **out, PropterError *err);
PROPTER_API void propter_matcher_free(PropterMatcher *matcher);

/* First match at or after byte `from` of `subject`, which must be valid UTF-8. *found tells; then propter_matcher_span gives group n (0: all), false if
 * it took no part. LIMIT: the match took too many steps. */
PROPTER_API PropterStatus propter_regex_match(const PropterRegex *regex, PropterMatcher *matcher, PropterStr subject, size_t from, bool *found,
                                              PropterError *err);
PROPTER_API bool propter_matcher_span(const PropterMatcher *matcher, unsigned group, size_t *start, size_t *end);

/* Replaces every match by `replacement` ($1, ${name}; PCRE2's own syntax), appended to `out`. LIMIT, SYNTAX (bad replacement). */
PROPTER_API PropterStatus propter_regex_replace(const PropterRegex *regex, PropterMatcher *matcher, PropterStr subject, PropterStr replacement, PropterBuf *out,
                                                PropterError *err);

#endif
