/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_DESCRIBE_H
#define HTTP_DESCRIBE_H

#include "http.h"

/* SPARQL 1.1 Service Description (https://www.w3.org/TR/sparql11-service-description/) of this endpoint, in the format asked for. */
PropterStatus describe_service(HttpRequest *request, const HttpParams *params, PropterError *err);

#endif
