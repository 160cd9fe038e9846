/* SPDX-License-Identifier: Apache-2.0 */
/* What a metric definition says of a table: where it stands in its file and how it is written. */
#ifndef MAP_METRIC_DIALECT_H
#define MAP_METRIC_DIALECT_H

#include "model.h"

/* The n-th triple that says `word` of `node`, from 0; *t NULL: none. INVALID with its place: what it says is no text. */
PropterStatus metric_text(const PropterMapping *m, Node node, PropterVocab word, size_t n, const DocTriple **t, PropterError *err);
/* The text that is said once, or an empty one. INVALID with its place: said twice, or no text. */
PropterStatus metric_optional(const PropterMapping *m, Node node, PropterVocab word, PropterStr *out, PropterError *err);
/* propter:sheet, headerLine, delimiter, quoteChar, escapeChar, iterator, commentPrefix, trailingDelimiter and encoding of a metric, or of a propter:join. Texts
 * live as long as the document. INVALID with the place of what is none of that. */
PropterStatus metric_dialect(const PropterMapping *m, Node node, PropterTableOptions *out, PropterError *err);

#endif
