/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "snapshot.h"

#define PREFIX(prefix, iri) static const char prefix_##prefix[] = iri;
#define TERM(prefix, local)
#include "terms.def"
#undef TERM
#undef PREFIX

static const struct {
  PropterStr name;
  PropterStr iri;
} prefixes[] = {
#define PREFIX(prefix, iri) {{#prefix, sizeof #prefix - 1}, {prefix_##prefix, sizeof prefix_##prefix - 1}},
#define TERM(prefix, local)
#include "terms.def"
#undef TERM
#undef PREFIX
};

/* Expanded once by the compiler: prefix text and local name are joined in the row's macro of terms.def. */
static const PropterStr iris[] = {
#define PREFIX(prefix, iri)
#define TERM(prefix, local) {TERMS_##prefix #local, sizeof(TERMS_##prefix #local) - 1},
#include "terms.def"
#undef TERM
#undef PREFIX
};

PropterStr propter_vocab_iri(PropterVocab term) { return (unsigned)term < VOCAB_COUNT ? iris[term] : (PropterStr){"", 0}; }

PropterStr propter_vocab_prefix(PropterStr prefix) {
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
    if (propter_str_equal(prefixes[i].name, prefix)) return prefixes[i].iri;
  return (PropterStr){"", 0};
}

/* Looked up once: each metric that is read asks for them. A writer still adds terms to what it reads. */
PropterStatus propter_vocab_ids(PropterSnapshot *snapshot, PropterId ids[VOCAB_COUNT], PropterError *err) {
  for (int t = 0; t < VOCAB_COUNT && !snapshot->named; t++) {
    PropterTerm term = propter_iri(iris[t]);
    PROPTER_TRY(propter_snapshot_find(snapshot, &term, &snapshot->vocab[t], err));
  }
  snapshot->named = !snapshot->borrowed;
  memcpy(ids, snapshot->vocab, sizeof snapshot->vocab);
  return PROPTER_OK;
}

PropterStatus propter_vocab_intern(PropterWriter *writer, PropterVocab term, PropterId *id, PropterError *err) {
  PropterTerm t = propter_iri(propter_vocab_iri(term));
  return propter_writer_intern(writer, &t, id, err);
}
