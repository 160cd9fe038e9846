/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPARQL_XPATH_REGEX_H
#define SPARQL_XPATH_REGEX_H

#include "propter/mem.h"

/* Appends to `out` what PCRE2 understands as the regular expression of XPath `pattern` (XPath functions, 7.6.1; XML Schema part 2, appendix F), which is UTF-8;
 * `flags` are PROPTER_REGEX_…, MULTILINE and EXTENDED have a meaning here; EXTENDED is spent by it. What XPath has no words for, such as \b, stays as it
 * is. False: not a regular expression, or one that names a block of characters (\p{IsGreek}), of which propter has no table. */
bool xpath_regex(PropterStr pattern, unsigned flags, PropterBuf *out);

#endif
