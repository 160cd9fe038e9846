/* SPDX-License-Identifier: Apache-2.0 */
#include "offer.h"

#include <stdio.h>
#include <string.h>

#include "propter/results.h"

enum { OFFERS = 32, PIECE = 32 << 10 };

typedef struct {
  const char *name[OFFERS], *media_type[OFFERS];
  size_t count;
} Offers;

static void offer(Offers *o, const char *name, const char *media_type) {
  if (o->count < OFFERS) o->name[o->count] = name, o->media_type[o->count++] = media_type;
}

static void collect(OfferKind kind, Offers *o) {
  if (kind == OFFER_GRAPH) {
    offer(o, "turtle", "text/turtle"); /* what a client without a wish gets */
    for (size_t i = 0; propter_rdf_format_at(i); i++) {
      const PropterRdfFormat *f = propter_rdf_format_at(i);
      if (f->writes && strcmp(f->name, "turtle") != 0) offer(o, f->name, f->media_type);
    }
    return;
  }
  offer(o, "json", "application/sparql-results+json");
  offer(o, "json", "application/json");
  for (size_t i = 0; propter_result_format_at(i); i++) {
    const PropterResultFormat *f = propter_result_format_at(i);
    if (strcmp(f->name, "json") == 0 || (kind == OFFER_BOOLEAN && !f->booleans)) continue;
    offer(o, f->name, f->media_type);
    if (strcmp(f->name, "xml") == 0) offer(o, "xml", "application/xml");
  }
}

/* Text without a declared encoding is anybody's guess for a client. */
static const char *with_charset(HttpRequest *r, const char *media_type) {
  if (strncmp(media_type, "text/", 5) != 0) return media_type;
  PropterStr full = propter_arena_printf(&r->arena, "%s; charset=utf-8", media_type);
  return full.data ? full.data : media_type;
}

PropterStatus offer_choose(HttpRequest *r, const HttpParams *params, OfferKind kind, const char **format, PropterError *err) {
  Offers o = {0};
  PropterStr name;
  bool given;
  size_t at = SIZE_MAX;
  collect(kind, &o);
  PROPTER_TRY(http_param(params, "format", &name, &given, err));
  if (given) {
    for (at = 0; at < o.count; at++)
      if (propter_str_equal(name, propter_str(o.name[at])) || propter_str_equal(name, propter_str(o.media_type[at]))) break;
    if (at == o.count) at = SIZE_MAX;
  } else {
    at = http_negotiate(http_header(r, MHD_HTTP_HEADER_ACCEPT), o.media_type, o.count);
  }
  if (at == SIZE_MAX) {
    PropterBuf names = {.max = 4096};
    for (size_t i = 0; i < o.count; i++) propter_buf_printf(&names, "%s%s", i ? ", " : "", o.media_type[i]);
    http_reply_head(r, 406, "application/problem+json");
    (void)propter_fail(err, PROPTER_INVALID, "no format that you take; there are %s", names.data ? names.data : "none");
    propter_buf_clear(&names);
    return PROPTER_INVALID;
  }
  *format = o.name[at];
  http_reply_head(r, 200, with_charset(r, o.media_type[at]));
  return PROPTER_OK;
}

PropterStatus offer_write(PropterStr bytes, void *payload, PropterError *err) {
  OfferOut *out = payload;
  propter_buf_add(&out->held, bytes);
  PROPTER_TRY(propter_buf_status(&out->held, err));
  if (out->held.len < PIECE) return PROPTER_OK;
  PropterStatus status = http_reply_write(propter_buf_str(&out->held), out->request, err);
  propter_buf_reset(&out->held);
  return status;
}

PropterStatus offer_flush(OfferOut *out, PropterStatus status, PropterError *err) {
  if (status == PROPTER_OK && out->held.len) status = http_reply_write(propter_buf_str(&out->held), out->request, err);
  propter_buf_clear(&out->held);
  return status;
}

PropterStr http_own_iri(HttpRequest *r, const char *path) {
  PropterStr host = http_header(r, MHD_HTTP_HEADER_HOST);
  return propter_arena_printf(&r->arena, "%s://%.*s%s", r->server->options.certificate.len ? "https" : "http", (int)host.len, host.data, path);
}
