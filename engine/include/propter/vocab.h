/* SPDX-License-Identifier: Apache-2.0 */
/* The IRIs the C code uses, by name: VOCAB_rdf_type and so on, from ontology/terms.def. */
#ifndef PROPTER_VOCAB_H
#define PROPTER_VOCAB_H

#include "propter/graph.h"

typedef enum {
#define TERM(prefix, local) VOCAB_##prefix##_##local,
#define PREFIX(prefix, iri)
#include "terms.def"
#undef TERM
#undef PREFIX
  VOCAB_COUNT
} PropterVocab;

/* Full IRI of a row. Borrowed, static. */
PROPTER_API PropterStr propter_vocab_iri(PropterVocab term);
/* IRI of a prefix of terms.def ("skos"), or an empty view. */
PROPTER_API PropterStr propter_vocab_prefix(PropterStr prefix);

/* Ids of all rows in a snapshot: ids[VOCAB_rdf_type] … PROPTER_NO_ID for what the graph does not know. */
PROPTER_API PropterStatus propter_vocab_ids(PropterSnapshot *snapshot, PropterId ids[VOCAB_COUNT], PropterError *err);
/* Id of one row for a writer. */
PROPTER_API PropterStatus propter_vocab_intern(PropterWriter *writer, PropterVocab term, PropterId *id, PropterError *err);

#endif
