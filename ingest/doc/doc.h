/* SPDX-License-Identifier: Apache-2.0 */
/* What format readers share: decoded input, the builder of text and blocks, and the descriptor of a reader. */
#ifndef DOC_DOC_H
#define DOC_DOC_H

#include "propter/document.h"

/* Bytes [at, at + len) of one text stand for bytes [source, source + source_len) of another. stride 1 or 2: each byte stands for so many;
 * stride 0: the whole for the whole. */
typedef struct {
  size_t at, len, source, source_len;
  unsigned stride;
} DocRun;
typedef PROPTER_VEC(DocRun) DocRuns;

/* False: no memory. */
bool doc_runs_add(DocRuns *runs, DocRun run);
/* Source range of [start, end). */
void doc_runs_find(const DocRuns *runs, size_t start, size_t end, size_t *source_start, size_t *source_end);

/* --- decode.c: any encoding to UTF-8 with LF line ends --- */
typedef struct {
  PropterBuf text;
  DocRuns runs;
  const char *encoding;
} DocDecoded;
/* `html`: a meta element may name the encoding. INVALID: bytes that are no text. */
PropterStatus doc_decode(PropterStr bytes, bool html, size_t max, DocDecoded *out, PropterError *err);
void doc_decoded_clear(DocDecoded *decoded);

/* --- build.c --- */
typedef struct {
  const PropterLimits *limits;
  PropterArena *arena;
  PropterBuf text;
  DocRuns runs; /* text to decoded input */
  PROPTER_VEC(PropterBlock) blocks;
  PropterBlockKind kind;
  unsigned level;
  bool open, space;
  size_t start, space_at, space_len;
  PropterStr headings[7];
  PropterStr title;
  PropterDay published;
} DocBuilder;

/* Ends the open block; text that follows starts one of this kind. */
PropterStatus doc_block(DocBuilder *b, PropterBlockKind kind, unsigned level, PropterError *err);
/* Decoded text that stands at [byte, byte + bytes) of the decoded input, either literally or (lengths differ) as a whole. */
PropterStatus doc_text(DocBuilder *b, PropterStr text, size_t byte, size_t bytes, PropterError *err);
/* Text of the open block so far. */
PropterStr doc_open_text(const DocBuilder *b);
/* First full date or month in a text, e.g. a meta value; PROPTER_NO_DAY if there is none. */
PropterDay doc_date(PropterStr text);
/* Copies a non-empty folded title unless there is one. */
PropterStatus doc_set_title(DocBuilder *b, PropterStr title, PropterError *err);

/* --- readers.def --- */
typedef struct {
  const char *name;
  const char *extensions; /* " .html .htm " */
  bool archive;           /* takes the bytes as they are, and says where its part is */
  bool (*sniff)(PropterStr bytes);
  /* `input`: decoded text, or the archive's bytes with `part` to be filled with the decoded part. */
  PropterStatus (*read)(DocBuilder *b, PropterStr input, DocDecoded *part, PropterStr *part_name, PropterError *err);
} DocReader;

#endif
