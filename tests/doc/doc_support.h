/* SPDX-License-Identifier: Apache-2.0 */
/* Documents made in memory, and the check that a place in a file holds the words it should. */
#ifndef DOC_SUPPORT_H
#define DOC_SUPPORT_H

#include "propter/document.h"
#include "archive.h"
#include "support.h"

/* A PDF with these lines (page from 0, size and height in points, text as in a PDF string), ended by a row without text; `info`: entries of its information. */
typedef struct {
  int page, size, y;
  const char *text;
  int x; /* 0: at the margin */
} PdfLine;
void pdf_make(PropterBuf *out, const char *info, const PdfLine *lines);
/* File names of the sample document, one of each format, ended by NULL; and its bytes. */
extern const char *const doc_samples[];
void doc_sample(const char *name, PropterBuf *out);
/* A DOCX with these parts (NULL: left out). Free with propter_buf_clear. */
void docx_make(PropterBuf *out, const char *document, const char *styles, const char *core);
/* word/document.xml around these paragraphs. Borrowed until the next call. */
const char *docx_body(const char *paragraphs);
PropterDocument *doc_of(PropterStr bytes, const char *name);
/* Every word of the document's text lies in its original at the place given for it: the bytes there, decoded (`wide`: two bytes each), without
 * markup, white space folded, are that word. `original`: the file's or the part's bytes. */
void doc_check_places(const PropterDocument *d, PropterStr original);
/* The original words at a place, decoded by the test's own means: tags dropped, entities decoded, white space folded. */
PropterStr doc_original(const PropterDocument *d, PropterStr original, size_t start, size_t end);

#endif
