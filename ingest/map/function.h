/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of functions.def, with the signatures of Function. */
#ifndef MAP_FUNCTION_H
#define MAP_FUNCTION_H

#include "model.h"

#define FUNCTION(name, iri, parameters, outputs, type) bool call_##name(const PropterStr *a, PropterBuf *out);
#define PATTERN(name, iri, parameters, outputs, type)                                                                                                          \
  PropterStatus match_##name(const PropterRegex *regex, PropterMatcher *matcher, const PropterStr *a, PropterBuf *out, PropterError *err);
#define CHANGE(kind, iri, parameters, outputs)
#include "functions.def"
#undef FUNCTION
#undef PATTERN
#undef CHANGE

/* Appends one value. Always true. */
bool function_give(PropterBuf *out, PropterStr value);

#endif
