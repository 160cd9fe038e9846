/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of Parquet: unpacked one at a time, their values decoded one by one (encodings: https://parquet.apache.org/docs/file-format/data-pages/encodings/).
 * Every read is checked against the end of the page. */
#include <snappy-c.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "parquet.h"
#include "propter/io.h"

enum { CODEC_NONE, CODEC_SNAPPY, CODEC_GZIP, CODEC_ZSTD = 6 };
enum { HEADER = 1 << 16 }; /* statistics may make a header long */

/* Runs of one value and groups of packed values (RLE and bit-packing hybrid). */
typedef struct {
  const unsigned char *p, *end;
  unsigned width;
  uint64_t run; /* values left of the run */
  uint32_t value;
  bool packed;
  unsigned bit; /* of the packed run: in *p */
} Hybrid;

/* DELTA_BINARY_PACKED, value by value. */
typedef struct {
  const unsigned char *p, *end;
  uint64_t left;     /* values */
  uint64_t value;    /* the last one; sums wrap around */
  uint64_t smallest; /* delta of the block */
  size_t blocks, per_mini;
  const unsigned char *widths;
  size_t mini, at; /* present miniblock of the block, and value in it */
  unsigned bit;
  bool first;
} Delta;

struct ParquetCursor {
  int fd;
  const char *path;
  uint64_t limit; /* of the bytes of a page */
  const ParquetColumn *column;
  ParquetChunk chunk;
  uint64_t offset; /* of the next page */
  PropterBuf raw, page, dictionary, text;
  PROPTER_VEC(PropterStr) entries; /* of the dictionary */
  int64_t values_left;             /* of the page, nulls included */
  int encoding;
  Hybrid levels, indexes;
  bool all_there; /* no levels: every value is there */
  const unsigned char *p, *end;
  Delta prefixes, lengths;
  const unsigned char *bytes; /* behind the lengths */
  size_t split, split_count;  /* BYTE_STREAM_SPLIT: value and count */
  unsigned bit;               /* of a plain boolean in *p */
  unsigned char small[16];
};

static PropterStatus damaged(const ParquetCursor *c, const char *what, PropterError *err) {
  propter_error_at_byte(err, c->path, c->offset);
  return propter_fail(err, PROPTER_INVALID, "column %s: %s", c->column->name.data, what);
}

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a page of a Parquet file"); }

/* --- Numbers of few bits ------------------------------------------------------------------------------------------------------------ */

static bool take_bits(const unsigned char **p, const unsigned char *end, unsigned *bit, unsigned width, uint64_t *out) {
  uint64_t v = 0;
  if ((uint64_t)(end - *p) * 8 < (uint64_t)*bit + width) return false;
  for (unsigned got = 0; got < width;) {
    unsigned room = 8 - *bit, n = width - got < room ? width - got : room;
    v |= (uint64_t)(**p >> *bit & ((1u << n) - 1)) << got;
    got += n;
    *bit += n;
    if (*bit == 8) *bit = 0, (*p)++;
  }
  *out = v;
  return true;
}

static bool take_varint(const unsigned char **p, const unsigned char *end, uint64_t *out) {
  *out = 0;
  for (unsigned shift = 0; shift < 64 && *p < end; shift += 7) {
    *out |= (uint64_t)(**p & 0x7F) << shift;
    if (!(*(*p)++ & 0x80)) return true;
  }
  return false;
}

static bool next_run(Hybrid *h) {
  uint64_t head;
  if (h->bit) h->bit = 0, h->p++;
  if (!take_varint(&h->p, h->end, &head)) return false;
  h->packed = head & 1;
  h->run = h->packed ? (head >> 1) * 8 : head >> 1;
  if (h->packed) return true;
  h->value = 0;
  size_t bytes = (h->width + 7) / 8;
  if ((size_t)(h->end - h->p) < bytes) return false;
  for (size_t i = 0; i < bytes; i++) h->value |= (uint32_t)*h->p++ << 8 * i;
  return true;
}

static bool next_hybrid(Hybrid *h, uint32_t *out) {
  uint64_t v;
  while (!h->run)
    if (!next_run(h)) return false;
  h->run--;
  if (h->packed) {
    if (!take_bits(&h->p, h->end, &h->bit, h->width, &v)) return false;
    h->value = (uint32_t)v;
  }
  *out = h->value;
  return true;
}

static bool delta_start(Delta *d, const unsigned char *p, const unsigned char *end) {
  uint64_t block, minis, first;
  *d = (Delta){.p = p, .end = end, .first = true};
  if (!take_varint(&d->p, end, &block) || !take_varint(&d->p, end, &minis) || !take_varint(&d->p, end, &d->left) || !take_varint(&d->p, end, &first))
    return false;
  if (!minis || minis > 1024 || !block || block > 1 << 20 || block % minis || (block / minis) % 8) return false;
  d->blocks = (size_t)minis;
  d->per_mini = (size_t)(block / minis);
  d->mini = d->blocks;
  d->value = first >> 1 ^ (0 - (first & 1));
  return true;
}

static bool delta_block(Delta *d) {
  uint64_t smallest;
  if (d->mini + 1 < d->blocks) {
    d->mini++;
  } else {
    if (!take_varint(&d->p, d->end, &smallest) || (size_t)(d->end - d->p) < d->blocks) return false;
    d->smallest = smallest >> 1 ^ (0 - (smallest & 1));
    d->widths = d->p;
    d->p += d->blocks;
    d->mini = 0;
  }
  d->at = 0;
  d->bit = 0;
  return d->widths[d->mini] <= 64;
}

static bool delta_next(Delta *d, uint64_t *out) {
  uint64_t more;
  if (!d->left) return false;
  d->left--;
  if (d->first) {
    d->first = false;
    d->at = d->per_mini;
    *out = d->value;
    return true;
  }
  if (d->at == d->per_mini && !delta_block(d)) return false;
  if (!take_bits(&d->p, d->end, &d->bit, d->widths[d->mini], &more)) return false;
  d->at++;
  *out = d->value += d->smallest + more;
  return true;
}

/* Where the bytes behind all values begin: the last miniblock is whole. NULL: damaged. */
static const unsigned char *delta_end(const Delta *from) {
  Delta d = *from;
  uint64_t v;
  while (d.left)
    if (!delta_next(&d, &v)) return NULL;
  if (d.mini == d.blocks) return d.p;
  /* take_bits went on to the next byte by itself where one was full. */
  uint64_t rest = (uint64_t)(d.per_mini - d.at) * d.widths[d.mini] + d.bit;
  if (rest % 8 || rest / 8 > (uint64_t)(d.end - d.p)) return NULL;
  return d.p + rest / 8;
}

/* --- Pages --------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus read_at(ParquetCursor *c, uint64_t offset, size_t size, PropterBuf *out, PropterError *err) {
  propter_buf_reset(out);
  PROPTER_TRY(propter_buf_reserve(out, size) ? PROPTER_OK : no_memory(err));
  if (lseek(c->fd, (off_t)offset, SEEK_SET) < 0) return propter_io_fail(err, c->path, "read");
  while (out->len < size) {
    ssize_t n = propter_io_read(c->fd, out->data + out->len, size - out->len);
    if (n < 0) return propter_io_fail(err, c->path, "read");
    if (n == 0) return damaged(c, "the file ends inside a page", err);
    out->len += (size_t)n;
  }
  return PROPTER_OK;
}

static bool gunzip(PropterStr packed, char *out, size_t size) {
  z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.data, .avail_in = (uInt)packed.len, .next_out = (Bytef *)out, .avail_out = (uInt)size};
  if (inflateInit2(&z, 15 + 32) != Z_OK) return false;
  int r;
  /* A page may be several members one after the other. */
  while ((r = inflate(&z, Z_FINISH)) == Z_STREAM_END && z.avail_in && inflateReset(&z) == Z_OK) {
  }
  (void)inflateEnd(&z);
  return r == Z_STREAM_END && !z.avail_out;
}

static PropterStatus unpack(ParquetCursor *c, PropterStr packed, size_t size, PropterBuf *out, PropterError *err) {
  if (!propter_buf_reserve(out, size + 1)) return no_memory(err);
  char *to = out->data + out->len;
  size_t made = size;
  bool fine = false;
  switch (c->chunk.codec) {
  case CODEC_NONE:
    fine = packed.len == size;
    if (fine && size) memcpy(to, packed.data, size);
    break;
  case CODEC_SNAPPY:
    fine = snappy_uncompress(packed.data, packed.len, to, &made) == SNAPPY_OK && made == size;
    break;
  case CODEC_GZIP:
    fine = gunzip(packed, to, size);
    break;
  case CODEC_ZSTD:
    fine = ZSTD_decompress(to, size, packed.data, packed.len) == size;
    break;
  default:
    return damaged(c, "expected no compression, Snappy, gzip or zstd, found another one", err);
  }
  if (!fine && size) return damaged(c, "the packed data of a page are damaged", err);
  out->len += size;
  return PROPTER_OK;
}

/* Header and bytes of the next page; the bytes lie in c->raw behind the header's place. */
static PropterStatus read_page(ParquetCursor *c, ParquetPage *page, PropterError *err) {
  size_t length = 0;
  uint64_t left = c->chunk.end - c->offset;
  if (!left) return damaged(c, "the pages hold fewer values than the column has", err);
  PROPTER_TRY(read_at(c, c->offset, left < HEADER ? (size_t)left : HEADER, &c->raw, err));
  PROPTER_TRY(parquet_read_page(propter_buf_str(&c->raw), page, &length, err));
  if (!length || (uint64_t)page->packed > left - length) return damaged(c, "a damaged header of a page", err);
  if ((uint64_t)page->size > c->limit || (uint64_t)page->packed > c->limit) {
    propter_error_at_byte(err, c->path, c->offset);
    return propter_fail(err, PROPTER_LIMIT, "column %s: a page is longer than the limit of %llu bytes", c->column->name.data, (unsigned long long)c->limit);
  }
  uint64_t at = c->offset + length;
  c->offset = at + (uint64_t)page->packed;
  if (c->raw.len - length >= (uint64_t)page->packed) {
    memmove(c->raw.data, c->raw.data + length, (size_t)page->packed);
    c->raw.len = (size_t)page->packed;
  } else {
    PROPTER_TRY(read_at(c, at, (size_t)page->packed, &c->raw, err));
  }
  if (page->has_crc && crc32(0, (const Bytef *)c->raw.data, (uInt)c->raw.len) != page->crc) return damaged(c, "a page does not have its checksum", err);
  return PROPTER_OK;
}

/* One value as PLAIN writes it. */
static bool take_plain(ParquetCursor *c, const unsigned char **p, const unsigned char *end, PropterStr *out) {
  static const size_t sizes[] = {1, 4, 8, 12, 4, 8};
  size_t n, left = (size_t)(end - *p);
  if (c->column->type == PARQUET_BYTES) {
    if (left < 4) return false;
    n = (size_t)(*p)[0] | (size_t)(*p)[1] << 8 | (size_t)(*p)[2] << 16 | (size_t)(*p)[3] << 24;
    *p += 4, left -= 4;
  } else {
    n = c->column->type == PARQUET_FIXED ? (size_t)c->column->length : sizes[c->column->type];
  }
  if (n > left) return false;
  *out = (PropterStr){(const char *)*p, n};
  *p += n;
  return true;
}

static PropterStatus take_dictionary(ParquetCursor *c, const ParquetPage *page, PropterError *err) {
  propter_buf_reset(&c->dictionary);
  c->entries.count = 0;
  PROPTER_TRY(unpack(c, propter_buf_str(&c->raw), (size_t)page->size, &c->dictionary, err));
  const unsigned char *p = (const unsigned char *)c->dictionary.data, *end = p + c->dictionary.len;
  for (int i = 0; i < page->values; i++) {
    PropterStr entry;
    if (!take_plain(c, &p, end, &entry)) return damaged(c, "a dictionary has fewer values than it says", err);
    if (!propter_vec_push(&c->entries, entry)) return no_memory(err);
  }
  return PROPTER_OK;
}

static unsigned bits_of(unsigned n) {
  unsigned bits = 0;
  for (; n; n >>= 1) bits++;
  return bits;
}

/* The levels of the page; what is behind them are the values. A column that is no list has no levels of repetition, or some that say nothing. */
static PropterStatus start_levels(ParquetCursor *c, const ParquetPage *page, PropterError *err) {
  const unsigned char *p = (const unsigned char *)c->page.data + page->repetitions, *end = p + c->page.len - page->repetitions;
  size_t n = (size_t)page->definitions;
  c->all_there = c->column->levels == 0;
  if (page->type == PARQUET_DATA_PAGE && !c->all_there) {
    if (page->levels != PARQUET_RLE) return damaged(c, "levels in the form that the format gave up (BIT_PACKED)", err);
    if (end - p < 4) return damaged(c, "a page without its levels", err);
    n = (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
    p += 4;
  }
  if (n > (size_t)(end - p)) return damaged(c, "a page without its levels", err);
  c->levels = (Hybrid){.p = p, .end = p + n, .width = bits_of(c->column->levels)};
  c->p = p + n;
  c->end = end;
  return PROPTER_OK;
}

static PropterStatus start_delta(ParquetCursor *c, Delta *d, const unsigned char *p, PropterError *err) {
  if (!p || !delta_start(d, p, c->end)) return damaged(c, "damaged deltas", err);
  return PROPTER_OK;
}

static PropterStatus start_values(ParquetCursor *c, int encoding, PropterError *err) {
  int type = c->column->type;
  bool whole = type == PARQUET_INT32 || type == PARQUET_INT64;
  c->encoding = encoding == PARQUET_PLAIN_DICTIONARY ? PARQUET_DICTIONARY : encoding;
  c->bit = 0;
  c->text.len = 0;
  switch (c->encoding) {
  case PARQUET_PLAIN:
    return PROPTER_OK;
  case PARQUET_DICTIONARY:
    /* A page whose values are all null may end here. */
    c->indexes = (Hybrid){.p = c->p, .end = c->end};
    if (c->p == c->end) return PROPTER_OK;
    c->indexes.width = *c->indexes.p++;
    return c->indexes.width <= 32 ? PROPTER_OK : damaged(c, "damaged indexes of a dictionary", err);
  case PARQUET_RLE:
    if (type != PARQUET_BOOLEAN || c->end - c->p < 4) break;
    c->indexes = (Hybrid){.p = c->p + 4, .end = c->end, .width = 1};
    return PROPTER_OK;
  case PARQUET_DELTA:
    return whole ? start_delta(c, &c->lengths, c->p, err) : damaged(c, "deltas of what are no whole numbers", err);
  case PARQUET_DELTA_BYTES:
    if (type != PARQUET_BYTES && type != PARQUET_FIXED) break;
    PROPTER_TRY(start_delta(c, &c->prefixes, c->p, err));
    PROPTER_TRY(start_delta(c, &c->lengths, delta_end(&c->prefixes), err));
    return (c->bytes = delta_end(&c->lengths)) ? PROPTER_OK : damaged(c, "damaged deltas", err);
  case PARQUET_DELTA_LENGTH:
    if (type != PARQUET_BYTES) break;
    PROPTER_TRY(start_delta(c, &c->lengths, c->p, err));
    return (c->bytes = delta_end(&c->lengths)) ? PROPTER_OK : damaged(c, "damaged deltas", err);
  case PARQUET_SPLIT: {
    size_t width = type == PARQUET_FIXED ? (size_t)c->column->length : type == PARQUET_INT32 || type == PARQUET_FLOAT ? 4 : 8;
    if (type == PARQUET_BOOLEAN || type == PARQUET_INT96 || type == PARQUET_BYTES || (size_t)(c->end - c->p) % width) break;
    c->split = 0;
    c->split_count = (size_t)(c->end - c->p) / width;
    return PROPTER_OK;
  }
  default:
    break;
  }
  return damaged(c, "values in an encoding that is not known for their type", err);
}

static PropterStatus start_data(ParquetCursor *c, const ParquetPage *page, PropterError *err) {
  PropterStr raw = propter_buf_str(&c->raw);
  propter_buf_reset(&c->page);
  size_t plain = 0;
  if (page->type == PARQUET_DATA_PAGE_2) {
    if (page->repetitions > page->size || page->definitions > page->size - page->repetitions) return damaged(c, "a page without its levels", err);
    plain = (size_t)(page->repetitions + page->definitions);
    if (plain > raw.len) return damaged(c, "a page without its levels", err);
    propter_buf_add(&c->page, (PropterStr){raw.data, plain});
    raw.data += plain, raw.len -= plain;
    PROPTER_TRY(propter_buf_status(&c->page, err));
  }
  size_t size = (size_t)page->size - plain;
  if (page->type == PARQUET_DATA_PAGE_2 && !page->is_packed) {
    if (raw.len != size) return damaged(c, "a damaged header of a page", err);
    propter_buf_add(&c->page, raw);
    PROPTER_TRY(propter_buf_status(&c->page, err));
  } else {
    PROPTER_TRY(unpack(c, raw, size, &c->page, err));
  }
  PROPTER_TRY(start_levels(c, page, err));
  c->values_left = page->values;
  return start_values(c, page->encoding, err);
}

static PropterStatus next_page(ParquetCursor *c, PropterError *err) {
  ParquetPage page;
  PROPTER_TRY(read_page(c, &page, err));
  if (page.type == PARQUET_DICTIONARY_PAGE) return take_dictionary(c, &page, err);
  return page.type == PARQUET_DATA_PAGE || page.type == PARQUET_DATA_PAGE_2 ? start_data(c, &page, err) : PROPTER_OK;
}

/* --- Values -------------------------------------------------------------------------------------------------------------------------- */

static bool number_bytes(ParquetCursor *c, uint64_t v, PropterStr *out) {
  size_t n = c->column->type == PARQUET_INT32 ? 4 : c->column->type == PARQUET_INT64 ? 8 : 1;
  for (size_t i = 0; i < n; i++) c->small[i] = (unsigned char)(v >> 8 * i);
  *out = (PropterStr){(const char *)c->small, n};
  return true;
}

static bool take_text(ParquetCursor *c, PropterStr *out) {
  uint64_t n, prefix = 0;
  if (!delta_next(&c->lengths, &n) || n > (uint64_t)(c->end - c->bytes)) return false;
  PropterStr rest = {(const char *)c->bytes, (size_t)n};
  c->bytes += n;
  *out = rest;
  if (c->encoding == PARQUET_DELTA_LENGTH) return true;
  if (!delta_next(&c->prefixes, &prefix) || prefix > c->text.len) return false;
  c->text.len = (size_t)prefix;
  propter_buf_add(&c->text, rest);
  *out = propter_buf_str(&c->text);
  return c->column->type != PARQUET_FIXED || out->len == (size_t)c->column->length;
}

static bool take_split(ParquetCursor *c, PropterStr *out) {
  size_t width = c->split_count ? (size_t)(c->end - c->p) / c->split_count : 0;
  if (c->split == c->split_count) return false;
  propter_buf_reset(&c->text);
  for (size_t i = 0; i < width; i++) propter_buf_add_char(&c->text, (char)c->p[i * c->split_count + c->split]);
  c->split++;
  *out = propter_buf_str(&c->text);
  return true;
}

static bool take_value(ParquetCursor *c, PropterStr *out) {
  uint32_t index = 0;
  uint64_t v;
  switch (c->encoding) {
  case PARQUET_DICTIONARY:
    if (c->indexes.width && !next_hybrid(&c->indexes, &index)) return false;
    if (index >= c->entries.count) return false;
    *out = c->entries.items[index];
    return true;
  case PARQUET_RLE:
    return next_hybrid(&c->indexes, &index) && number_bytes(c, index, out);
  case PARQUET_DELTA:
    return delta_next(&c->lengths, &v) && number_bytes(c, v, out);
  case PARQUET_DELTA_LENGTH:
  case PARQUET_DELTA_BYTES:
    return take_text(c, out);
  case PARQUET_SPLIT:
    return take_split(c, out);
  default:
    if (c->column->type == PARQUET_BOOLEAN) return take_bits(&c->p, c->end, &c->bit, 1, &v) && number_bytes(c, v, out);
    return take_plain(c, &c->p, c->end, out);
  }
}

PropterStatus parquet_cursor_new(int fd, const char *path, const PropterLimits *limits, const ParquetColumn *column, ParquetCursor **out, PropterError *err) {
  ParquetCursor *c = propter_calloc(1, sizeof *c);
  if (!c) return no_memory(err);
  *c = (ParquetCursor){.fd = fd, .path = path, .limit = limits->document_bytes, .column = column};
  *out = c;
  return PROPTER_OK;
}

void parquet_cursor_start(ParquetCursor *c, const ParquetChunk *chunk) {
  c->chunk = *chunk;
  c->offset = chunk->begin;
  c->values_left = 0;
  c->entries.count = 0;
}

PropterStatus parquet_cursor_next(ParquetCursor *c, PropterStr *value, bool *null, PropterError *err) {
  uint32_t level = 0;
  while (!c->values_left) PROPTER_TRY(next_page(c, err));
  c->values_left--;
  if (!c->all_there && !next_hybrid(&c->levels, &level)) return damaged(c, "a page with fewer levels than values", err);
  *null = level != c->column->levels;
  if (*null) return PROPTER_OK;
  if (!take_value(c, value)) return damaged(c, "a page with fewer values than it says", err);
  return propter_buf_status(&c->text, err);
}

void parquet_cursor_free(ParquetCursor *c) {
  if (!c) return;
  propter_buf_clear(&c->raw);
  propter_buf_clear(&c->page);
  propter_buf_clear(&c->dictionary);
  propter_buf_clear(&c->text);
  propter_vec_clear(&c->entries);
  propter_free(c);
}
