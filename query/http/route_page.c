/* SPDX-License-Identifier: Apache-2.0 */
/* The page and its files, from the program itself. */
#include "http.h"
#include "page_assets.h"

#define HTTP_PAGE_POLICY                                                                                                                                       \
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; img-src 'self' data:; base-uri 'none'; "                     \
  "form-action 'self'; frame-ancestors 'none'"

static const struct {
  const char *path, *media_type, *policy;
  const char *bytes;
  size_t size;
} assets[] = {
#define ASSET(name, path, type, policy) {path, type, policy, asset_##name, sizeof asset_##name},
#include "../web/assets.def"
#undef ASSET
};

static PropterStatus run(HttpRequest *r, PropterError *err) {
  for (size_t i = 0; i < sizeof assets / sizeof *assets; i++) {
    if (!propter_str_equal(r->path, propter_str(assets[i].path))) continue;
    http_reply_head(r, 200, assets[i].media_type);
    http_reply_field(r, "Content-Security-Policy", propter_str(assets[i].policy));
    return http_reply_write((PropterStr){assets[i].bytes, assets[i].size}, r, err);
  }
  http_reply_head(r, 404, "application/problem+json");
  return propter_fail(err, PROPTER_NOT_FOUND, "there is nothing here; GET /openapi.json lists what there is");
}

static PropterAccess scope(const HttpRequest *r) { (void)r; return PROPTER_ACCESS_NONE; }

const HttpRoute http_route_page = {.path = "", .below = "file", .methods = "GET HEAD", .lax = true, .summary = "the page", .scope = scope, .run = run};
