/* SPDX-License-Identifier: Apache-2.0 */
/* What a term must be before it gets an id. */
#ifndef GRAPH_TERM_H
#define GRAPH_TERM_H

#include "propter/graph.h"

/* A literal that is an xsd:string. */
bool term_is_string(const PropterTerm *term);

/* INVALID with what was expected: UTF-8, absolute IRI, language tag, at most `max` bytes. */
PropterStatus term_check(const PropterTerm *term, uint64_t max, PropterError *err);

#endif
