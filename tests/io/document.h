/* SPDX-License-Identifier: Apache-2.0 */
/* A document read into N-Quads lines, for comparing. */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include "propter/rdf.h"

/* Reads `text` and appends what it says as N-Quads in the order of reading. */
PropterStatus document_read(const char *format, const char *base, PropterStr text, PropterBuf *out, PropterError *err);
/* A sink that appends to a PropterBuf. */
PropterStatus document_line(const PropterStatement *statement, void *payload, PropterError *err);

#endif
