/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenAPI 3.1 description, made from the table of routes. */
#include <ctype.h>
#include <string.h>

#include "config.h"
#include "http.h"

static void operation(const HttpRoute *route, const char *method, size_t length, PropterBuf *out) {
  propter_buf_add_char(out, '"');
  for (size_t i = 0; i < length; i++) propter_buf_add_char(out, (char)tolower((unsigned char)method[i]));
  propter_buf_add(out, PROPTER_STR("\":{\"summary\":"));
  propter_buf_add_json(out, propter_str(route->summary));
  propter_buf_add(out, PROPTER_STR(",\"parameters\":["));
  for (const HttpRouteParam *p = route->params; p && p->name; p++) {
    propter_buf_printf(out, "%s{\"in\":\"query\",\"name\":", p == route->params ? "" : ",");
    propter_buf_add_json(out, propter_str(p->name));
    propter_buf_add(out, PROPTER_STR(",\"description\":"));
    propter_buf_add_json(out, propter_str(p->help));
    propter_buf_add(out, PROPTER_STR(",\"schema\":{\"type\":\"string\"}}"));
  }
  propter_buf_add(out, PROPTER_STR("],\"responses\":{\"default\":{\"description\":\"the answer, or an application/problem+json document (RFC 9457)\"}}}"));
}

static PropterStatus run(HttpRequest *r, PropterError *err) {
  PropterBuf out = {.max = 1 << 20};
  propter_buf_add(&out, PROPTER_STR("{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"propter\",\"version\":\"" PACKAGE_VERSION
                                    "\"},\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\","
                                    "\"scheme\":\"bearer\"}}},\"security\":[{},{\"token\":[]}],\"paths\":{"));
  for (const HttpRoute *const *route = http_routes; *route; route++) {
    propter_buf_add(&out, route == http_routes ? PROPTER_STR("") : PROPTER_STR(","));
    propter_buf_add_json(&out, propter_str((*route)->path[0] ? (*route)->path : "/"));
    propter_buf_add(&out, PROPTER_STR(":{"));
    for (const char *m = (*route)->methods; *m;) {
      size_t n = strcspn(m, " ");
      if (m != (*route)->methods) propter_buf_add_char(&out, ',');
      operation(*route, m, n, &out);
      m += n + (m[n] == ' ');
    }
    propter_buf_add_char(&out, '}');
  }
  propter_buf_add(&out, PROPTER_STR("}}\n"));
  PropterStatus status = propter_buf_status(&out, err);
  http_reply_head(r, 200, "application/json");
  if (status == PROPTER_OK) status = http_reply_write(propter_buf_str(&out), r, err);
  propter_buf_clear(&out);
  return status;
}

const HttpRoute http_route_openapi = {.path = "/openapi.json", .methods = "GET", .summary = "this description", .run = run};
