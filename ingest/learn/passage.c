/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "corpus.h"

static bool space(PropterStr s, size_t i, size_t *size) {
  unsigned char c = (unsigned char)s.data[i];
  *size = c == 0xC2 && i + 1 < s.len && (unsigned char)s.data[i + 1] == 0xA0 ? 2 : 1;
  return *size == 2 || c == ' ' || (c >= '\t' && c <= '\r');
}

PropterStatus passage_make(Passage *p, PropterStr text, PropterError *err) {
  PROPTER_VEC(PropterBlock) blocks = {0};
  memset(p, 0, sizeof *p);
  bool fits = (p->origin = propter_malloc((2 * text.len + 2) * sizeof *p->origin)) != NULL;
  size_t start = 0;
  for (size_t i = 0; i <= text.len && fits;) {
    size_t size = 1;
    if (i == text.len || text.data[i] == '\n') {
      if (p->folded.len > start && p->folded.data[p->folded.len - 1] == ' ') p->folded.len--;
      if (p->folded.len > start) {
        fits = propter_vec_push(&blocks, ((PropterBlock){.kind = PROPTER_BLOCK_PARAGRAPH, .start = start, .end = p->folded.len}));
        p->origin[p->folded.len] = p->origin[p->folded.len + 1] = i;
        propter_buf_add(&p->folded, PROPTER_STR("\n\n"));
        start = p->folded.len;
      }
    } else if (space(text, i, &size)) {
      if (p->folded.len > start && p->folded.data[p->folded.len - 1] != ' ') {
        p->origin[p->folded.len] = i;
        propter_buf_add_char(&p->folded, ' ');
      }
    } else {
      p->origin[p->folded.len] = i;
      propter_buf_add_char(&p->folded, text.data[i]);
    }
    i += size;
  }
  if (fits) p->origin[p->folded.len] = text.len;
  p->blocks = blocks.items;
  p->document = (PropterDocument){.format = "text",
                                  .encoding = "UTF-8",
                                  .published = PROPTER_NO_DAY,
                                  .text = propter_buf_str(&p->folded),
                                  .blocks = blocks.items,
                                  .block_count = blocks.count};
  if (fits && p->folded.failed == PROPTER_OK) return PROPTER_OK;
  passage_clear(p);
  return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a passage");
}

void passage_clear(Passage *p) {
  propter_free(p->blocks);
  propter_free(p->origin);
  propter_buf_clear(&p->folded);
  memset(p, 0, sizeof *p);
}

PropterSpan passage_origin(const Passage *p, PropterSpan span) {
  if (span.end <= span.start) return (PropterSpan){0, 0};
  return (PropterSpan){p->origin[span.start], p->origin[span.end - 1] + 1};
}
