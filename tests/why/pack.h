/* SPDX-License-Identifier: Apache-2.0 */
/* Names from the files of the us-employment pack, read without a store. */
#ifndef TESTS_WHY_PACK_H
#define TESTS_WHY_PACK_H

#include "propter/why.h"

/* A lexicon of the pack's metrics with the names of metrics.ttl and concepts.ttl. Free with propter_lexicon_free. */
PropterLexicon *pack_lexicon(void);
/* IRI of a metric of the pack by its local name. */
PropterStr pack_iri(const char *local);

#endif
