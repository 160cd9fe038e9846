/* SPDX-License-Identifier: Apache-2.0 */
/* PDF through pdftotext of poppler-utils, in a limited child process: words in lines in blocks on pages, with their boxes. A block through which blank columns
 * run is a table, whose cells are blocks of their own. Each page is a part ("page 3") whose bytes are its words, one blank between two of a block and a line
 * end between blocks. */
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "propter/child.h"
#include "propter/hash.h"

enum { TAIL = 1024, EDGE_BLOCKS = 2, REPEATED = 3, COLUMNS = 32, MANY_ROWS = 6, WORDS_WIDE = 4, BESIDE = 24, RULE_BYTES = 3 };
/* A blank column of a table, in heights of its letters: between many rows no chance leaves one of a blank's width. */
#define GUTTER 1.0
#define GUTTER_OF_MANY .7
/* Rows this much farther apart than the closest are not lines of one row. */
#define ROW_GAP 1.35

typedef struct {
  size_t start, end;    /* bytes of the page's text */
  unsigned line;        /* of the block, from 0; in a table its row of letters */
  unsigned row, column; /* of a table */
  double left, right, top;
} Word;

typedef struct {
  size_t page, word, words; /* words [word, word + words) */
  unsigned lines;
  double height; /* of its first line */
  bool edge;     /* among the first or last of its page */
  bool frame, cell;
} Block;
typedef PROPTER_VEC(Word) Words;
typedef PROPTER_VEC(Block) Blocks;

typedef struct {
  DocBuilder *b;
  PropterBuf said;  /* words as they come, without blanks */
  Words said_words; /* and where they stand */
  Blocks said_blocks;
  PropterBuf text;           /* of all pages, one behind the other */
  PROPTER_VEC(size_t) pages; /* where each begins */
  Words words;
  Blocks blocks;
  PropterBuf value;
  double body; /* height of most lines */
  bool in_word, in_title;
  Word word; /* the one that is open */
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
  Block *last = p->said_blocks.count ? &p->said_blocks.items[p->said_blocks.count - 1] : NULL;
  p->in_title = doc_named(name, "title");
  propter_buf_reset(&p->value);
  if (doc_named(name, "meta") && propter_str_equal(doc_attribute(a, n, "name"), PROPTER_STR("CreationDate")))
    p->b->made = doc_date(doc_attribute(a, n, "content"), NULL);
  if (doc_named(name, "page") && !propter_vec_push(&p->pages, 0)) return no_memory(err);
  if (doc_named(name, "block") && p->pages.count) {
    Block block = {.page = p->pages.count - 1, .word = p->said_words.count};
    if (!propter_vec_push(&p->said_blocks, block)) return no_memory(err);
  }
  if (doc_named(name, "line") && last && !last->lines++) last->height = number(a, n, "ymax") - number(a, n, "ymin");
  p->in_word = doc_named(name, "word") && last;
  if (p->in_word) p->word = (Word){.left = number(a, n, "xmin"), .right = number(a, n, "xmax"), .top = number(a, n, "ymin")};
  return PROPTER_OK;
}

static PropterStatus on_end(void *payload, PropterXmlName name, PropterError *err) {
  Pdf *p = payload;
  PropterStr value = propter_str_trim(propter_buf_str(&p->value));
  PROPTER_TRY(propter_buf_status(&p->value, err));
  /* Programs that print a file give its name for a title. */
  if (p->in_title && value.len && !propter_document_known(value.data)) PROPTER_TRY(doc_set_title(p->b, value, err));
  if (p->in_word && value.len) {
    Block *block = &p->said_blocks.items[p->said_blocks.count - 1];
    p->word.start = p->said.len, p->word.end = p->said.len + value.len, p->word.line = block->lines ? block->lines - 1 : 0;
    propter_buf_add(&p->said, value);
    if (!propter_vec_push(&p->said_words, p->word)) return no_memory(err);
    block->words++;
  }
  (void)name;
  p->in_word = p->in_title = false;
  return propter_buf_status(&p->said, err);
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
      if (!block->edge || block->cell || !words.len || words.len >= sizeof key) continue;
      for (size_t c = 0; c < words.len; c++)
        if (words.data[c] < '0' || words.data[c] > '9') key[n++] = words.data[c];
      uint64_t *times = propter_map_put(&seen, (PropterStr){key, n}, 0, NULL);
      if (!times) status = no_memory(err);
      else if (!pass) ++*times;
      else block->frame = *times >= REPEATED || n == 0;
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

/* --- tables ----------------------------------------------------------------------------------------------------------------- */

static int downward(const void *a, const void *b) {
  const Word *x = a, *y = b;
  if (x->top < y->top || x->top > y->top) return x->top < y->top ? -1 : 1;
  return x->left < y->left ? -1 : x->left > y->left;
}
static int rightward(const void *a, const void *b) {
  const Word *x = a, *y = b;
  return x->left < y->left ? -1 : x->left > y->left;
}
static int by_cell(const void *a, const void *b) {
  const Word *x = a, *y = b;
  if (x->row != y->row) return x->row < y->row ? -1 : 1;
  if (x->column != y->column) return x->column < y->column ? -1 : 1;
  if (x->line != y->line) return x->line < y->line ? -1 : 1;
  return rightward(a, b);
}

/* Lines drawn with signs: "-----". */
static bool drawn(PropterStr word) {
  for (size_t i = 0; i < word.len; i++)
    if (!strchr("-=_|+", word.data[i])) return false;
  return word.len >= RULE_BYTES;
}

/* Rows of letters, counted from above; the words are sorted by them. */
static unsigned set_lines(Words *words, double height) {
  double top = 0;
  unsigned line = 0;
  qsort(words->items, words->count, sizeof *words->items, downward);
  for (size_t i = 0; i < words->count; i++) {
    if (!i || words->items[i].top > top + height / 2) line += i > 0, top = words->items[i].top;
    words->items[i].line = line;
  }
  return line + 1;
}

/* Columns by the blank ones between them; returns how many. */
static unsigned set_columns(Words *words, double gutter) {
  unsigned column = 0;
  qsort(words->items, words->count, sizeof *words->items, rightward);
  double reach = words->items[0].right;
  for (size_t i = 0; i < words->count; i++) {
    if (words->items[i].left - reach >= gutter) column++;
    if (words->items[i].right > reach) reach = words->items[i].right;
    words->items[i].column = column;
  }
  return column + 1;
}

/* Several lines are one row where the next stand farther apart, or, if all stand alike, where the first column has nothing. Sorted downward. */
static void set_rows(Words *words) {
  double closest = 0, widest = 0;
  for (size_t i = 1; i < words->count; i++) {
    double gap = words->items[i].top - words->items[i - 1].top;
    if (words->items[i].line == words->items[i - 1].line) continue;
    if (closest <= 0 || gap < closest) closest = gap;
    if (gap > widest) widest = gap;
  }
  bool apart = widest >= closest * ROW_GAP;
  unsigned row = 0;
  for (size_t i = 0, from = 0; i < words->count; i++) {
    const Word *w = &words->items[i];
    if (i && w->line != w[-1].line) {
      bool first = false;
      for (from = i; from < words->count && words->items[from].line == w->line; from++) first |= words->items[from].column == 0;
      row += apart ? w->top - w[-1].top >= closest * ROW_GAP : first;
    }
    words->items[i].row = row;
  }
}

/* Two lines or more that have words in two columns; *marked: the first column holds the marks of a list alone. Sorted downward. */
static bool is_table(const Pdf *p, const Words *words, unsigned columns, bool *marked) {
  size_t several = 0;
  *marked = true;
  for (size_t i = 0, to; i < words->count; i = to) {
    bool apart = false;
    for (to = i; to < words->count && words->items[to].line == words->items[i].line; to++) {
      const Word *w = &words->items[to];
      apart |= w->column != words->items[i].column;
      if (w->column == 0) *marked &= list_mark((PropterStr){p->said.data + w->start, w->end - w->start});
    }
    several += apart;
  }
  return columns > 1 && columns <= COLUMNS && several > 1;
}

/* Two columns of prose have many words a line; of a table's that came as blocks of their own one may. */
static bool narrow(const Words *words, unsigned columns) {
  size_t count[COLUMNS] = {0}, lines[COLUMNS] = {0}, wide = 0;
  unsigned last[COLUMNS] = {0};
  for (size_t i = 0; i < words->count; i++) {
    const Word *w = &words->items[i];
    lines[w->column] += !count[w->column]++ || last[w->column] != w->line;
    last[w->column] = w->line;
  }
  for (unsigned c = 0; c < columns; c++) wide += count[c] > WORDS_WIDE * lines[c];
  return wide < 2;
}

/* The words of `blocks` blocks as the cells of a table, in order of rows, or as the items of a list (*marked), each with its mark; empty: they are neither. */
static PropterStatus cells_of(const Pdf *p, const Block *block, size_t blocks, Words *out, bool *marked, PropterError *err) {
  const Block *last = block + blocks - 1;
  out->count = 0;
  for (size_t i = block->word; i < last->word + last->words; i++) {
    const Word *w = &p->said_words.items[i];
    if (!drawn((PropterStr){p->said.data + w->start, w->end - w->start}) && !propter_vec_push(out, *w)) return no_memory(err);
  }
  if (out->count < 4) return out->count = 0, PROPTER_OK;
  unsigned lines = set_lines(out, block->height), columns = set_columns(out, block->height * (lines >= MANY_ROWS ? GUTTER_OF_MANY : GUTTER));
  qsort(out->items, out->count, sizeof *out->items, downward);
  if (!is_table(p, out, columns, marked) || (blocks > 1 && !narrow(out, columns))) return out->count = 0, PROPTER_OK;
  set_rows(out);
  for (size_t i = 0; *marked && i < out->count; i++) out->items[i].column = 0;
  qsort(out->items, out->count, sizeof *out->items, by_cell);
  return PROPTER_OK;
}

static double top_of(const Pdf *p, const Block *b) { return p->said_words.items[b->word].top; }
static double end_of(const Pdf *p, const Block *b) { return p->said_words.items[b->word + b->words - 1].top; }

/* How many blocks from this one on reach to the last that stands beside it on its page: the columns that a table may have come in. */
static size_t beside(const Pdf *p, size_t i) {
  const Block *first = &p->said_blocks.items[i];
  size_t n = 1;
  for (size_t k = 1; first->words && k < BESIDE && i + k < p->said_blocks.count; k++) {
    const Block *b = first + k;
    if (b->page != first->page || !b->words) break;
    if (top_of(p, b) <= end_of(p, first) && end_of(p, b) >= top_of(p, first)) n = k + 1;
  }
  return n;
}

/* The words as they are told of, and where: blocks, and a block for each cell. */
static PropterStatus add_block(Pdf *p, const Block *like, const Word *words, size_t count, bool cell, PropterError *err) {
  Block block = *like;
  block.word = p->words.count, block.words = count, block.cell = cell;
  for (size_t i = 0; i < count; i++) {
    Word w = words[i];
    if (p->text.len > p->pages.items[block.page]) propter_buf_add_char(&p->text, i ? ' ' : '\n');
    w.start = p->text.len, w.end = w.start + (words[i].end - words[i].start);
    propter_buf_add(&p->text, (PropterStr){p->said.data + words[i].start, words[i].end - words[i].start});
    if (!propter_vec_push(&p->words, w)) return no_memory(err);
  }
  return propter_vec_push(&p->blocks, block) ? propter_buf_status(&p->text, err) : no_memory(err);
}

static PropterStatus lay_out(Pdf *p, PropterError *err) {
  Words cells = {0};
  PropterStatus status = PROPTER_OK;
  size_t page = 0;
  bool marked = false;
  for (size_t i = 0, blocks; i < p->said_blocks.count && status == PROPTER_OK; i += blocks) {
    const Block *block = &p->said_blocks.items[i];
    while (page < block->page) p->pages.items[++page] = p->text.len;
    status = cells_of(p, block, blocks = beside(p, i), &cells, &marked, err);
    if (status == PROPTER_OK && !cells.count && blocks > 1) status = cells_of(p, block, blocks = 1, &cells, &marked, err);
    if (status == PROPTER_OK && !cells.count) status = add_block(p, block, p->said_words.items + block->word, block->words, false, err);
    for (size_t from = 0, to; from < cells.count && status == PROPTER_OK; from = to) {
      for (to = from + 1; to < cells.count && cells.items[to].row == cells.items[from].row && cells.items[to].column == cells.items[from].column;) to++;
      status = add_block(p, block, cells.items + from, to - from, !marked, err);
    }
  }
  while (page + 1 < p->pages.count) p->pages.items[++page] = p->text.len;
  propter_vec_clear(&cells);
  return status;
}

static PropterBlockKind kind_of(const Pdf *p, const Block *block, unsigned *level) {
  PropterStr words = words_of(p, block);
  double size = p->body > 0 ? block->height / p->body : 1;
  *level = 0;
  if (block->cell) return PROPTER_BLOCK_TABLE_CELL;
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
  Pdf p = {.b = b, .said = {.max = b->limits->text_bytes}, .text = {.max = b->limits->text_bytes}};
  PropterStatus status = run(b, bytes, &out, err);
  if (status == PROPTER_OK) status = propter_xml_parse(PROPTER_HTML, propter_buf_str(&out), b->limits, &handler, &p, err);
  propter_buf_clear(&out);
  if (status == PROPTER_OK && !p.said_words.count)
    status = propter_fail(err, PROPTER_INVALID, "expected text, found %zu page%s without any: pictures of pages must be recognised first", p.pages.count,
                          p.pages.count == 1 ? "" : "s");
  if (status == PROPTER_OK) status = lay_out(&p, err);
  propter_buf_clear(&p.said);
  propter_vec_clear(&p.said_words);
  propter_vec_clear(&p.said_blocks);
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
