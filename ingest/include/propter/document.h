/* SPDX-License-Identifier: Apache-2.0 */
/* Documents as text that knows where each of its characters came from.
 *
 * Text: UTF-8, blocks apart by an empty line. Inside a block every run of white space (spaces, line ends, no-break spaces) is one blank, none at the
 * ends; entities are decoded, markup and soft hyphens are gone; code keeps its white space. The range that propter_document_place gives for a piece
 * of text, decoded, without its markup and with white space folded, is that piece of text again. */
#ifndef PROPTER_DOCUMENT_H
#define PROPTER_DOCUMENT_H

#include "propter/date.h"
#include "propter/limits.h"
#include "propter/mem.h"

typedef enum {
  PROPTER_BLOCK_HEADING,
  PROPTER_BLOCK_PARAGRAPH,
  PROPTER_BLOCK_LIST_ITEM,
  PROPTER_BLOCK_TABLE_CELL,
  PROPTER_BLOCK_CODE,
  PROPTER_BLOCK_QUOTE,
  PROPTER_BLOCK_BOILERPLATE /* navigation, footers, header lines */
} PropterBlockKind;

typedef struct {
  PropterBlockKind kind;
  unsigned level;     /* of a heading, 1–6 */
  size_t start, end;  /* bytes of the document's text */
  PropterStr section; /* headings above it, "Review > August"; of a heading: without itself */
  PropterStr path;    /* in XML: of the block's element, numbers among siblings as in the element() scheme of XPointer ("/1/1/17"); else empty */
} PropterBlock;

/* Of a document that is a list of claims (formats "claims", "claims_yaml", "claims_rdf"): a column of the table, a key, a property. */
typedef struct {
  PropterStr name; /* in lower case */
  uint64_t line;   /* where it stands first, from 1; 0: not known */
  unsigned number; /* on that line, from 1: of the column or character; 0: not known */
} PropterDocumentColumn;

typedef struct {
  PropterStr column; /* its name in lower case; empty: the row has other cells than the header */
  uint64_t line;     /* of the file; likewise `number` */
  unsigned number;
  size_t block;      /* its row; rows without any text have no block and no cells */
  size_t start, end; /* bytes of the document's text; equal: an empty cell */
} PropterDocumentCell;

typedef struct PropterDocumentMap PropterDocumentMap;

typedef struct {
  const char *format;   /* name of the reader (ingest/doc/readers.def): "html", "docx", "pdf" … */
  const char *encoding; /* of its first part: "UTF-8", "UTF-16LE", "windows-1252" … */
  char hash[33];        /* XXH3-128 of the file's bytes, as propter_hash_hex */
  PropterStr title;     /* empty: none */
  PropterStr language;  /* tag that its metadata declares (lang of the outermost element, "lang:" before Markdown); empty: none */
  PropterDay published; /* the document's own date, PROPTER_NO_DAY: none. A month counts from its last day on. */
  bool published_guessed; /* it is but the first date that a sentence near the beginning names: what the document tells may be later */
  PropterStr text;
  const PropterBlock *blocks;
  size_t block_count;
  const PropterDocumentColumn *columns; /* of a list of claims; each block is a row then */
  size_t column_count;                  /* 0: no such list */
  const PropterDocumentCell *cells;     /* row by row */
  size_t cell_count;
  PropterDocumentMap *map; /* private */
} PropterDocument;

/* Reads a file. What its bytes show chooses the reader, then its name's extension (Markdown, fragments of HTML), else it is plain text. LIMIT: larger
 * than limits->document_bytes or text_bytes, nested too deeply, an archive that grows too much, a page reader that takes too long; SYNTAX: broken markup
 * or archive; INVALID: a DOCTYPE where there may be none, an archive of another kind, an encrypted file, pages without text, bytes that are no text;
 * NOT_FOUND, IO. `limits` NULL: defaults. Free with propter_document_free. */
PROPTER_API PropterStatus propter_document_open(const char *path, const PropterLimits *limits, PropterDocument **out, PropterError *err);
/* The same from memory; `name` chooses the reader. The bytes are not kept. */
PROPTER_API PropterStatus propter_document_parse(PropterStr bytes, const char *name, const PropterLimits *limits, PropterDocument **out, PropterError *err);
PROPTER_API void propter_document_free(PropterDocument *document);
/* True if a reader claims the file's extension. */
PROPTER_API bool propter_document_known(const char *name);
/* True if a reader does, or recognises the file's first bytes. */
PROPTER_API bool propter_document_recognised(const char *path);

typedef struct {
  size_t char_start, char_end; /* Unicode characters of the text */
  size_t byte_start, byte_end; /* bytes of the file, or of its part */
  PropterStr part; /* entry of the archive ("word/document.xml") or page ("page 3", whose bytes are its words as pdftotext gives them); else empty */
  PropterStr path;             /* of the first block's element, as there */
} PropterPlace;

/* Place of text bytes [start, end), which must not be empty nor start or end inside a character. */
PROPTER_API PropterPlace propter_document_place(const PropterDocument *document, size_t start, size_t end);
/* Block that holds a text byte, or NULL. */
PROPTER_API const PropterBlock *propter_document_block_at(const PropterDocument *document, size_t byte);
/* Byte of the text's n-th character (its length for one beyond the end). */
PROPTER_API size_t propter_document_byte_of(const PropterDocument *document, size_t character);

#endif
