/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenAPI 3.1 description, made from the table of routes. */
#include <ctype.h>
#include <string.h>

#include "config.h"
#include "http.h"

static void put_parameters(const HttpRoute *route, bool below, PropterBuf *out) {
  bool first = true;
  propter_buf_add(out, PROPTER_STR(",\"parameters\":["));
  if (below) {
    propter_buf_printf(out, "{\"in\":\"path\",\"name\":\"%s\",\"required\":true,\"schema\":{\"type\":\"string\"}}", route->below);
    first = false;
  }
  for (const HttpRouteParam *p = route->params; p && p->name; p++, first = false) {
    propter_buf_printf(out, "%s{\"in\":\"query\",\"name\":\"%s\",\"description\":", first ? "" : ",", p->name);
    propter_buf_add_json(out, propter_str(p->help));
    propter_buf_printf(out,
                       p->many ? ",\"explode\":true,\"schema\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}" : ",\"schema\":{\"type\":\"string\"}}");
  }
  propter_buf_add_char(out, ']');
}

static void put_bodies(const HttpRoute *route, PropterBuf *out) {
  propter_buf_add(out, PROPTER_STR(",\"requestBody\":{\"required\":true,\"content\":{"));
  for (const char *m = route->bodies; *m;) {
    const size_t n = strcspn(m, " ");
    propter_buf_printf(out, "%s\"%.*s\":{}", m == route->bodies ? "" : ",", (int)n, m);
    m += n + (m[n] == ' ');
  }
  propter_buf_add(out, PROPTER_STR("}}"));
}

static void put_operation(const HttpRoute *route, bool below, PropterStr method, PropterBuf *out) {
  propter_buf_add_char(out, '"');
  for (size_t i = 0; i < method.len; i++) propter_buf_add_char(out, (char)tolower((unsigned char)method.data[i]));
  propter_buf_add(out, PROPTER_STR("\":{\"summary\":"));
  propter_buf_add_json(out, propter_str(route->summary));
  put_parameters(route, below, out);
  if (route->bodies && (propter_str_equal(method, PROPTER_STR("POST")) || propter_str_equal(method, PROPTER_STR("PUT")))) put_bodies(route, out);
  propter_buf_add(out, PROPTER_STR(",\"responses\":{\"default\":{\"description\":\"the answer, or an application/problem+json document (RFC 9457)\"}}}"));
}

static void put_path(const HttpRoute *route, bool below, PropterBuf *out) {
  propter_buf_printf(out, below ? "\"%s/{%s}\":{" : "\"%s%s\":{", route->path, below ? route->below : route->path[0] ? "" : "/");
  for (const char *m = route->methods; *m;) {
    const size_t n = strcspn(m, " ");
    if (m != route->methods) propter_buf_add_char(out, ',');
    put_operation(route, below, (PropterStr){m, n}, out);
    m += n + (m[n] == ' ');
  }
  propter_buf_add_char(out, '}');
}

static PropterStatus run(HttpRequest *r, PropterError *err) {
  PropterBuf out = {.max = 1 << 20};
  propter_buf_add(&out, PROPTER_STR("{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"propter\",\"version\":\"" PACKAGE_VERSION
                                    "\"},\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\","
                                    "\"scheme\":\"bearer\"}}},\"security\":[{},{\"token\":[]}],\"paths\":{"));
  for (const HttpRoute *const *route = http_routes; *route; route++) {
    if (route != http_routes) propter_buf_add_char(&out, ',');
    put_path(*route, false, &out);
    if ((*route)->below) propter_buf_add_char(&out, ','), put_path(*route, true, &out);
  }
  propter_buf_add(&out, PROPTER_STR("}}\n"));
  PropterStatus status = propter_buf_status(&out, err);
  http_reply_head(r, 200, "application/json");
  if (status == PROPTER_OK) status = http_reply_write(propter_buf_str(&out), r, err);
  propter_buf_clear(&out);
  return status;
}

const HttpRoute http_route_openapi = {.path = "/openapi.json", .methods = "GET", .summary = "this description", .run = run};
