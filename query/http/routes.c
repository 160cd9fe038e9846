/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "http.h"

#define ROUTE(name) extern const HttpRoute http_route_##name;
#include "routes.def"
#undef ROUTE

const HttpRoute *const http_routes[] = {
#define ROUTE(name) &http_route_##name,
#include "routes.def"
#undef ROUTE
    NULL};

const HttpRoute *http_route_find(PropterStr path, PropterStr *rest) {
  for (const HttpRoute *const *r = http_routes; *r; r++) {
    PropterStr own = propter_str((*r)->path);
    *rest = PROPTER_STR("");
    if (!propter_str_starts(path, own)) continue;
    PropterStr tail = {path.data + own.len, path.len - own.len};
    if (!tail.len || propter_str_equal(tail, PROPTER_STR("/"))) return *r;
    if (tail.data[0] != '/' || !(*r)->below) continue;
    *rest = (PropterStr){tail.data + 1, tail.len - 1};
    return *r;
  }
  return NULL;
}

bool http_route_allows(const HttpRoute *route, PropterStr method) {
  size_t at = propter_str_find(propter_str(route->methods), method);
  if (at == SIZE_MAX || !method.len) return false;
  char after = route->methods[at + method.len];
  return (at == 0 || route->methods[at - 1] == ' ') && (after == ' ' || after == 0);
}
