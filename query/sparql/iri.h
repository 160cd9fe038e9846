/* SPDX-License-Identifier: Apache-2.0 */
/* Relative IRI references. */
#ifndef SPARQL_IRI_H
#define SPARQL_IRI_H

#include "propter/mem.h"

/* propter_iri_resolve into an arena; an empty base changes nothing. data is NULL when memory is exhausted. */
PropterStr iri_resolve(PropterStr base, PropterStr reference, PropterArena *arena);

#endif
