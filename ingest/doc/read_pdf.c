/* SPDX-License-Identifier: Apache-2.0 */
/* PDF through pdftotext of poppler-utils, in a limited child process: words in lines in blocks on pages, with their boxes. Each page is a part ("page 3")
 * whose bytes are its words, one blank between two of a block and a line end between blocks. */
#include <string.h>

#include "doc.h"
#include "propter/child.h"
#include "propter/hash.h"

enum { TAIL = 1024, EDGE_BLOCKS = 2, REPEATED = 3 };

typedef struct {
  size_t start, end; /* bytes of the page's text */
  unsigned line;     /* of the block, from 0 */
} Word;

typedef struct {
  size_t page, word, words; /* words [word, word + words) */
  unsigned lines;
  double height;            /* of its first line */
  bool edge;                /* among the first or last of its page */
  bool frame;
} Block;

typedef struct {
  DocBuilder *b;
  PropterBuf text; /* of all pages, one behind the other */
  PROPTER_VEC(size_t) pages; /* where each begins */
  PROPTER_VEC(Word) words;
  PROPTER_VEC(Block) blocks;
  PropterBuf value;
  double body; /* height of most lines */
  bool in_word, in_title;
} Pdf;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for pages"); }

/* --- what pdftotext says ------------------------------------------------------------------------------------------------- */

static double number(const PropterXmlAttribute *a, size_t n, const char *name) {
  double value = 0;
  PropterStr text = doc_attribute(a, n, name);
  return text.data && propter_str_to_double(text, &value) ? value : 0;
}

static PropterStatus on_start(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  Pdf *p = payload;
  Block *last = p->blocks.count ? &p->blocks.items[p->blocks.count - 1] : NULL;
  p->in_title = doc_named(name, "title");
  propter_buf_reset(&p->value);
  if (doc_named(name, "meta") && propter_str_equal(doc_attribute(a, n, "name"), PROPTER_STR("CreationDate")))
    doc_set_date(p->b, doc_attribute(a, n, "content"));
  if (doc_named(name, "page") && !propter_vec_push(&p->pages, p->text.len)) return no_memory(err);
  if (doc_named(name, "block") && p->pages.count) {
    Block block = {.page = p->pages.count - 1, .word = p->words.count};
    if (!propter_vec_push(&p->blocks, block)) return no_memory(err);
  }
  if (doc_named(name, "line") && last && !last->lines++) last->height = number(a, n, "ymax") - number(a, n, "ymin");
  p->in_word = doc_named(name, "word") && last;
  return PROPTER_OK;
}

static PropterStatus on_end(void *payload, PropterXmlName name, PropterError *err) {
  Pdf *p = payload;
  PropterStr value = propter_str_trim(propter_buf_str(&p->value));
  PROPTER_TRY(propter_buf_status(&p->value, err));
  if (p->in_title) PROPTER_TRY(doc_set_title(p->b, value, err));
  if (p->in_word && value.len) {
    Block *block = &p->blocks.items[p->blocks.count - 1];
    if (p->text.len > p->pages.items[block->page]) propter_buf_add_char(&p->text, block->words ? ' ' : '\n');
    Word word = {p->text.len, p->text.len + value.len, block->lines ? block->lines - 1 : 0};
    propter_buf_add(&p->text, value);
    if (!propter_vec_push(&p->words, word)) return no_memory(err);
    block->words++;
  }
  (void)name;
  p->in_word = p->in_title = false;
  return propter_buf_status(&p->text, err);
}

static PropterStatus on_text(void *payload, PropterStr text, size_t byte, size_t bytes, PropterError *err) {
  (void)byte, (void)bytes, (void)err;
  Pdf *p = payload;
  if (p->in_word || p->in_title) propter_buf_add(&p->value, text);
  return PROPTER_OK;
}

/* --- what the blocks are -------------------------------------------------------------------------------------------------- */

static PropterStr words_of(const Pdf *p, const Block *block) {
  if (!block->words) return (PropterStr){"", 0};
  size_t start = p->words.items[block->word].start;
  return (PropterStr){p->text.data + start, p->words.items[block->word + block->words - 1].end - start};
}

/* The height that most characters have, in tenths of a point. */
static double body_height(const Pdf *p) {
  size_t counts[1024] = {0}, best = 0;
  for (size_t i = 0; i < p->blocks.count; i++) {
    double tenths = p->blocks.items[i].height * 10;
    counts[tenths > 0 && tenths < 1023 ? (size_t)tenths : 0] += words_of(p, &p->blocks.items[i]).len;
  }
  for (size_t i = 0; i < 1024; i++)
    if (counts[i] > counts[best]) best = i;
  return (double)best / 10;
}

static void mark_edges(Pdf *p) {
  for (size_t i = 0; i < p->blocks.count; i++) {
    size_t before = 0, after = 0;
    while (before < EDGE_BLOCKS && i > before && p->blocks.items[i - before - 1].page == p->blocks.items[i].page) before++;
    while (after < EDGE_BLOCKS && i + after + 1 < p->blocks.count && p->blocks.items[i + after + 1].page == p->blocks.items[i].page) after++;
    p->blocks.items[i].edge = before < EDGE_BLOCKS || after < EDGE_BLOCKS;
  }
}

/* Lines that stand at the edge of several pages and differ in their figures at most are headers and footers, which are left out; so is a page number
 * alone. */
static PropterStatus mark_frames(Pdf *p, PropterError *err) {
  PropterMap seen = {0};
  PropterStatus status = PROPTER_OK;
  mark_edges(p);
  for (int pass = 0; pass < 2 && status == PROPTER_OK; pass++)
    for (size_t i = 0; i < p->blocks.count && status == PROPTER_OK; i++) {
      Block *block = &p->blocks.items[i];
      PropterStr words = words_of(p, block);
      char key[128];
      size_t n = 0;
      if (!block->edge || !words.len || words.len >= sizeof key) continue;
      for (size_t c = 0; c < words.len; c++)
        if (words.data[c] < '0' || words.data[c] > '9') key[n++] = words.data[c];
      uint64_t *times = propter_map_put(&seen, (PropterStr){key, n}, 0, NULL);
      if (!times)
        status = no_memory(err);
      else if (!pass)
        ++*times;
      else
        block->frame = *times >= REPEATED || n == 0;
    }
  propter_map_clear(&seen);
  return status;
}

/* A word that marks an item of a list. */
static bool list_mark(PropterStr word) {
  static const char *const marks[] = {"\xE2\x80\xA2", "\xE2\x80\x93", "\xE2\x96\xAA", "\xE2\x97\x8B", "\xE2\x97\x8F", "\xEF\x82\xB7", "-", "*", "o"};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (propter_str_equal(word, propter_str(marks[i]))) return true;
  size_t digits = 0;
  while (digits < word.len && word.data[digits] >= '0' && word.data[digits] <= '9') digits++;
  return digits && digits < 3 && word.len == digits + 1 && (word.data[digits] == '.' || word.data[digits] == ')');
}

static PropterStr word_at(const Pdf *p, size_t i) {
  return (PropterStr){p->text.data + p->words.items[i].start, p->words.items[i].end - p->words.items[i].start};
}

static PropterBlockKind kind_of(const Pdf *p, const Block *block, unsigned *level) {
  PropterStr words = words_of(p, block);
  double size = p->body > 0 ? block->height / p->body : 1;
  *level = 0;
  if (block->words > 1 && list_mark(word_at(p, block->word))) return PROPTER_BLOCK_LIST_ITEM;
  if (size < 1.15 || block->lines > 2 || !words.len || strchr(".;:,", words.data[words.len - 1])) return PROPTER_BLOCK_PARAGRAPH;
  *level = size >= 1.6 ? 1 : size >= 1.3 ? 2 : 3;
  return PROPTER_BLOCK_HEADING;
}

/* A paragraph that a page break cuts goes on where the next one begins in lower case. */
static bool goes_on(const Pdf *p, size_t index, size_t *next) {
  PropterStr words = words_of(p, &p->blocks.items[index]);
  unsigned level;
  if (!words.len || strchr(".!?:;\"')", words.data[words.len - 1]) || kind_of(p, &p->blocks.items[index], &level) > PROPTER_BLOCK_LIST_ITEM) return false;
  for (size_t i = index + 1; i < p->blocks.count; i++) {
    const Block *b = &p->blocks.items[i];
    if (b->page == p->blocks.items[index].page && !b->frame) return false;
    if (b->frame || !b->words) continue;
    PropterStr after = words_of(p, b);
    *next = i;
    return b->page == p->blocks.items[index].page + 1 && kind_of(p, b, &level) == PROPTER_BLOCK_PARAGRAPH && after.data[0] >= 'a' && after.data[0] <= 'z';
  }
  return false;
}

static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80; }

/* A hyphen at the end of a line between letters, the second a small one, comes from the line's end. */
static bool hyphenated(const Pdf *p, const Word *w, const Word *next) {
  PropterStr s = {p->text.data + w->start, w->end - w->start};
  char c = p->text.data[next->start];
  return next->line != w->line && s.len > 2 && s.data[s.len - 1] == '-' && letter(s.data[s.len - 2]) && c >= 'a' && c <= 'z';
}

static PropterStatus put_words(Pdf *p, const Block *block, PropterError *err) {
  size_t base = p->pages.items[block->page];
  unsigned level;
  bool mark = kind_of(p, block, &level) == PROPTER_BLOCK_LIST_ITEM;
  for (size_t i = block->word; i < block->word + block->words; i++) {
    const Word *w = &p->words.items[i], *next = i + 1 < block->word + block->words ? w + 1 : NULL;
    bool cut = next && hyphenated(p, w, next), item = i > block->word && w->line != w[-1].line && next && next->line == w->line && list_mark(word_at(p, i));
    if (item) PROPTER_TRY(doc_block(p->b, PROPTER_BLOCK_LIST_ITEM, 0, err));
    /* The mark itself is no word of the text. */
    bool shown = !mark && !item;
    mark = false;
    if (!shown) continue;
    PROPTER_TRY(doc_text(p->b, (PropterStr){p->text.data + w->start, w->end - w->start - cut}, w->start - base, w->end - w->start - cut, err));
    if (!cut) PROPTER_TRY(doc_text(p->b, PROPTER_STR(" "), w->end - base, 1, err));
  }
  return PROPTER_OK;
}

static PropterStatus put_page(Pdf *p, size_t page, PropterError *err) {
  char name[32];
  size_t end = page + 1 < p->pages.count ? p->pages.items[page + 1] : p->text.len;
  PropterStr input;
  (void)snprintf(name, sizeof name, "page %zu", page + 1);
  return doc_part(p->b, propter_str(name), (PropterStr){p->text.data + p->pages.items[page], end - p->pages.items[page]}, PROPTER_STR("UTF-8"), &input, err);
}

static PropterStatus put_blocks(Pdf *p, PropterError *err) {
  size_t page = SIZE_MAX, next = SIZE_MAX;
  for (size_t i = 0; i < p->blocks.count; i++) {
    const Block *block = &p->blocks.items[i];
    unsigned level;
    bool continued = next == i;
    if (!block->words || block->frame) continue;
    p->b->keep_block = continued;
    if (block->page != page) PROPTER_TRY(put_page(p, page = block->page, err));
    p->b->keep_block = false;
    PropterBlockKind kind = kind_of(p, block, &level);
    if (!continued) PROPTER_TRY(doc_block(p->b, kind, level, err));
    PROPTER_TRY(put_words(p, block, err));
    if (!goes_on(p, i, &next)) next = SIZE_MAX;
  }
  return PROPTER_OK;
}

/* --- the program ------------------------------------------------------------------------------------------------------------ */

static PropterStatus run(DocBuilder *b, PropterStr bytes, PropterBuf *out, PropterError *err) {
  static const char *const argv[] = {"pdftotext", "-bbox-layout", "-enc", "UTF-8", "-", "-", NULL};
  PropterChildLimits limits = {b->limits->page_seconds, b->limits->page_bytes, b->limits->document_bytes};
  PropterBuf said = {0};
  int code = 0;
  PropterStatus status = propter_child_run(argv, bytes, &limits, &code, out, &said, err);
  PropterStr words = propter_buf_str(&said);
  if (status == PROPTER_OK && propter_str_find(words, PROPTER_STR("Incorrect password")) != SIZE_MAX)
    status = propter_fail(err, PROPTER_INVALID, "expected a document that can be read, found an encrypted one");
  else if (status == PROPTER_OK && code != 0)
    status = propter_fail(err, PROPTER_SYNTAX, "expected pages, but pdftotext ends with %d: %.*s", code,
                          (int)(words.len < 200 ? strcspn(words.data ? words.data : "", "\n") : 200), words.data ? words.data : "");
  propter_buf_clear(&said);
  return status;
}

static PropterStatus read(DocBuilder *b, PropterStr bytes, PropterError *err) {
  static const PropterXmlHandler handler = {on_start, on_end, on_text};
  PropterStr tail = {bytes.data + (bytes.len > TAIL ? bytes.len - TAIL : 0), bytes.len > TAIL ? TAIL : bytes.len};
  if (propter_str_find(tail, PROPTER_STR("%%EOF")) == SIZE_MAX)
    return propter_fail(err, PROPTER_SYNTAX, "expected %%%%EOF at the end, found none: the file is cut off");
  PropterBuf out = {.max = b->limits->document_bytes};
  Pdf p = {.b = b, .text = {.max = b->limits->text_bytes}};
  PropterStatus status = run(b, bytes, &out, err);
  if (status == PROPTER_OK) status = propter_xml_parse(PROPTER_HTML, propter_buf_str(&out), b->limits, &handler, &p, err);
  propter_buf_clear(&out);
  if (status == PROPTER_OK && !p.words.count)
    status = propter_fail(err, PROPTER_INVALID, "expected text, found %zu page%s without any: pictures of pages must be recognised first", p.pages.count,
                          p.pages.count == 1 ? "" : "s");
  p.body = body_height(&p);
  if (status == PROPTER_OK) status = mark_frames(&p, err);
  if (status == PROPTER_OK) status = put_blocks(&p, err);
  propter_buf_clear(&p.text);
  propter_buf_clear(&p.value);
  propter_vec_clear(&p.pages);
  propter_vec_clear(&p.words);
  propter_vec_clear(&p.blocks);
  return status;
}

static bool sniff(PropterStr bytes) {
  PropterStr head = {bytes.data, bytes.len < TAIL ? bytes.len : TAIL};
  return propter_str_find(head, PROPTER_STR("%PDF-")) < 16;
}

const DocReader doc_reader_pdf = {"pdf", " .pdf ", sniff, read};
