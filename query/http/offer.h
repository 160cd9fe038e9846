/* SPDX-License-Identifier: Apache-2.0 */
/* Which format a client gets, and the way out of writers that write in small pieces. */
#ifndef HTTP_OFFER_H
#define HTTP_OFFER_H

#include "http.h"

typedef enum { OFFER_ROWS, OFFER_BOOLEAN, OFFER_GRAPH } OfferKind;

/* By the parameter `format`, else by the Accept header; sets the head of the reply. INVALID (406): none fits. */
PropterStatus offer_choose(HttpRequest *request, const HttpParams *params, OfferKind kind, const char **format, PropterError *err);

/* Pieces are collected; `offer_flush` sends what is left if all went well so far, and frees. */
typedef struct {
  HttpRequest *request;
  PropterBuf held;
} OfferOut;
PropterStatus offer_write(PropterStr bytes, void *out, PropterError *err);
PropterStatus offer_flush(OfferOut *out, PropterStatus status, PropterError *err);

/* "http://HOST" and a path that is sent as it is; data NULL: memory. */
PropterStr http_own_iri(HttpRequest *request, const char *path);

#endif
