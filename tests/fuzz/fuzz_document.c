/* SPDX-License-Identifier: Apache-2.0 */
/* Documents: the text is UTF-8, blocks lie in it in order, every block has a place in the original. The first byte
 * picks the reader where the bytes say nothing. PDF is left out: its bytes are read by another program. */
#include <stdlib.h>
#include <string.h>

#include "propter/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const names[] = {"a.html", "a.md", "a.txt", "a.docx", "a.xml", "a.odt", "a.epub", "a.pptx", "a.rtf", "a.eml", "a.csv"};
  if (size < 2 || (size > 5 && memcmp(data + 1, "%PDF", 4) == 0)) return 0;
  PropterDocument *document = NULL;
  PropterError err = {0};
  PropterStatus status =
      propter_document_parse((PropterStr){(const char *)data + 1, size - 1}, names[data[0] % (sizeof names / sizeof *names)], NULL, &document, &err);
  if (status == PROPTER_BUG || (status != PROPTER_OK && !err.message[0])) abort();
  if (status != PROPTER_OK) return 0;
  if (!propter_utf8_valid(document->text, NULL)) abort();
  size_t at = 0;
  for (size_t i = 0; i < document->block_count; i++) {
    const PropterBlock *b = &document->blocks[i];
    if (b->start < at || b->end < b->start || b->end > document->text.len) abort();
    at = b->end;
    if (b->end == b->start) continue;
    PropterPlace place = propter_document_place(document, b->start, b->end);
    if (place.char_end <= place.char_start || place.byte_end < place.byte_start || (!place.part.len && place.byte_end > size - 1)) abort();
  }
  propter_document_free(document);
  return 0;
}
