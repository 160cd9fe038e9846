/* SPDX-License-Identifier: Apache-2.0 */
/* Data and shapes as Turtle texts, results as lines. */
#ifndef SHACL_SHOP_H
#define SHACL_SHOP_H

#include "propter/shacl.h"
#include "support.h"

/* A graph that holds a Turtle text; prefixes :, sh:, xsd:, rdf: and rdfs: are declared. */
PropterGraph *shop_open(const char *turtle);
/* A file of shapes with the same prefixes. Its first line is line 1. */
const char *shop_shapes(const char *turtle);
/* Lines "severity focus path value rule line message" of a validation, "-" for what does not apply; or the error as "STATUS line: message". Valid until the
 * next call. */
const char *shop_validate(PropterGraph *graph, const char *shapes, const PropterShaclOptions *options);
/* The same for texts, the messages left out. */
const char *shop_check(const char *data, const char *shapes);

#endif
