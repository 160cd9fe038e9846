/* SPDX-License-Identifier: Apache-2.0 */
#include "iri.h"

#include "propter/rdf.h"

PropterStr iri_resolve(PropterStr base, PropterStr reference, PropterArena *arena) {
  PropterBuf out = {0};
  PropterStr result = {NULL, 0};
  if (!base.len) return propter_arena_copy(arena, reference);
  if (propter_iri_resolve(base, reference, &out, NULL) == PROPTER_OK && !out.failed) result = propter_arena_copy(arena, propter_buf_str(&out));
  propter_buf_clear(&out);
  return result;
}
