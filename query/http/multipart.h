/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_MULTIPART_H
#define HTTP_MULTIPART_H

#include "propter/str.h"

/* The parts of a multipart body (RFC 2046 §5.1, RFC 7578) in order: Content-Type and bytes of each, borrowed. INVALID: no boundary, or no end. */
PropterStatus multipart_each(PropterStr body, PropterStr boundary, PropterStatus (*part)(PropterStr type, PropterStr bytes, void *payload, PropterError *err),
                             void *payload, PropterError *err);

#endif
