/* SPDX-License-Identifier: Apache-2.0 */
/* The file behind a claim, an event or an observation: the words in their document, the row in its table, as they stand there now. A file is opened only
 * if its bytes are those of a document or of an input of a run that the graph records (propter:path, propter:hash), so that nobody reads other files by
 * writing their names into the graph. */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include "propter/document.h"
#include "propter/graph.h"
#include "propter/vocab.h"

enum { SOURCE_ROWS = 7 };

/* What the graph says of one property of a node, as text; empty: nothing. */
typedef struct {
  PropterSnapshot *snapshot;
  PropterId v[VOCAB_COUNT];
  PropterArena arena;
} SourceGraph;
PropterStatus source_value(SourceGraph *g, PropterId node, PropterVocab property, PropterStr *out, PropterError *err);

/* Zero-initialise; free with source_clear. Texts live as long as the graph's arena and this. */
typedef struct {
  bool is_row;
  PropterStr path, document_iri; /* document_iri: of words */
  PropterStr problem; /* why the file cannot be shown; empty: what follows is from the file */
  /* words in a document */
  PropterStr title, published, quote, section, part, element, char_start, char_end, byte_start, byte_end;
  PropterStr before, after; /* the text around them, to the borders of their block */
  bool cut_before, cut_after;
  PropterDocument *document;
  /* a row of a table */
  uint64_t row;             /* line of the file */
  PropterStr column, sheet; /* sheet: of a workbook, else empty */
  size_t columns, rows;     /* up to SOURCE_ROWS rows around it */
  const PropterStr *name;
  struct {
    uint64_t line;
    const PropterStr *cell; /* `columns` of them */
  } near[SOURCE_ROWS];
} Source;

/* The document node with its file, if it is the one that was read; otherwise NULL and `problem`. */
PropterStatus source_open_document(SourceGraph *g, PropterId document, PropterDocument **out, PropterStr *problem, PropterError *err);
/* *found false: the graph says of this node neither words nor a row. */
PropterStatus source_find(SourceGraph *g, PropterId node, Source *out, bool *found, PropterError *err);
void source_clear(Source *source);

/* For the server (PropterServerOptions.source): JSON of what stands behind this IRI; a path is shown by its last part. NOT_FOUND: nothing does. */
PropterStatus source_json(PropterSnapshot *snapshot, PropterStr iri, PropterBuf *out, PropterError *err);

#endif
