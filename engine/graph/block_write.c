/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks written: rows encoded as narrow as they allow, or a block edited: the codes it has are moved, and written anew only in a column that must get
 * wider. */
#include <string.h>

#include "block.h"
#include "id.h"

typedef struct ColumnShape ColumnShape;
typedef struct Frame Frame;

/* ---- shapes --------------------------------------------------------------------------------------------------------------- */

static void settle(ColumnShape *s) {
  unsigned widest = 0;
  s->steps = false;
  for (const Frame *f = s->frame; f < s->frame + s->frames; f++) {
    unsigned n = block_bits(f->most);
    if (n > widest) widest = n;
    s->steps |= f->step > 1;
  }
  s->distance = widest;
  s->bits = widest + block_bits(s->frames - 1);
  s->raw |= s->bits > BLOCK_WIDEST;
  if (s->raw) s->bits = 64;
}

static uint64_t divisor(uint64_t a, uint64_t b) {
  while (b) {
    uint64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/* Multiplying by the inverse of the odd part, then rotating the even part away, divides what the step divides, and makes all else greater than any quotient
 * (Granlund and Montgomery, PLDI 1994). */
static void set_step(Frame *f, uint64_t step) {
  f->step = step;
  f->even = step ? (unsigned)__builtin_ctzll(step) : 0;
  uint64_t odd = step ? step >> f->even : 1, inverse = odd > 1 ? odd * 3 ^ 2 : 1;
  for (unsigned bits = 5; bits < 64 && odd > 1; bits *= 2) inverse *= 2 - odd * inverse;
  f->inverse = inverse;
}

static inline uint64_t steps_to(const Frame *f, PropterId id) {
  uint64_t q = (id - f->low) * f->inverse;
  return q >> f->even | q << (-f->even & 63);
}

static inline unsigned frame_of(const ColumnShape *s, PropterId id) { return s->of_tag[id >> 56] - 1U; }

/* Can the id be written as things are? */
static inline bool fits(const ColumnShape *s, PropterId id) {
  unsigned f = frame_of(s, id);
  return f < BLOCK_FRAMES && steps_to(&s->frame[f], id) <= s->frame[f].most;
}

static void add_frame(ColumnShape *s, PropterId id) {
  unsigned f = 0;
  while (f < s->frames && s->frame[f].low < id) f++;
  memmove(&s->frame[f + 1], &s->frame[f], (s->frames++ - f) * sizeof *s->frame);
  s->frame[f] = (Frame){.low = id};
  set_step(&s->frame[f], 0);
  for (; f < s->frames; f++) s->of_tag[s->frame[f].low >> 56] = (unsigned char)(f + 1);
}

/* Makes room for one more id. */
static void widen(ColumnShape *s, PropterId id) {
  if (!s->of_tag[id >> 56]) {
    s->raw |= s->frames == BLOCK_FRAMES;
    if (!s->raw) add_frame(s, id);
    return;
  }
  Frame *f = &s->frame[frame_of(s, id)];
  uint64_t reach = f->most * f->step, off = id < f->low ? f->low - id : id - f->low, step = divisor(f->step, off);
  if (id < f->low)
    reach += off, f->low = id;
  else if (off > reach)
    reach = off;
  if (step != f->step) set_step(f, step);
  f->most = step ? reach / step : 0;
}

/* Makes room in a column for more ids, which may be ascending. */
static void take_ids(ColumnShape *s, const PropterId *ids, size_t count, bool ascending) {
  if (s->raw) return;
  PropterId least = ids[0], most = ids[ascending ? count - 1 : 0];
  for (size_t i = 1; i < count && !ascending; i++) {
    least = ids[i] < least ? ids[i] : least;
    most = ids[i] > most ? ids[i] : most;
  }
  bool changed = !fits(s, least) || !fits(s, most);
  if (changed) widen(s, least), widen(s, most);
  /* Of one tag, in steps of 1 or all the same: nothing more to know, and that is most columns. */
  bool known = least == most || (least >> 56 == most >> 56 && !s->raw && s->frame[frame_of(s, least)].step == 1);
  for (size_t i = 0; i < count && !known && !s->raw; i++) {
    if (fits(s, ids[i])) continue;
    widen(s, ids[i]);
    changed = true;
  }
  if (changed) settle(s);
}

static void take_rows(BlockShape *shape, const BlockRows *rows, size_t at, size_t count) {
  for (unsigned c = 0; c < 4; c++) take_ids(&shape->column[c], rows->c[c] + at, count, c == 0);
}

void block_measure(const BlockRows *rows, size_t at, size_t count, BlockShape *shape) {
  *shape = (BlockShape){0};
  take_rows(shape, rows, at, count);
}

static size_t column_bytes(const ColumnShape *s, size_t rows) { return 2 + (s->raw ? 0 : (s->steps ? 16 : 8) * s->frames) + (rows * s->bits + 7) / 8; }

size_t block_bytes(const BlockShape *shape, size_t rows) {
  size_t bytes = BLOCK_HEADER + BLOCK_SPARE;
  for (unsigned c = 0; c < 4; c++) bytes += column_bytes(&shape->column[c], rows);
  return bytes;
}

size_t block_fit(const BlockRows *rows, size_t at, BlockShape *shape) {
  size_t n = 0, count = rows->count - at < BLOCK_ROWS ? rows->count - at : BLOCK_ROWS;
  *shape = (BlockShape){0};
  /* What is too much is tried again in halves. */
  for (size_t group = count; n < count && group;) {
    BlockShape before = *shape;
    size_t more = count - n < group ? count - n : group;
    take_rows(shape, rows, at + n, more);
    if (block_bytes(shape, n + more) <= BLOCK_BYTES) {
      n += more;
      continue;
    }
    *shape = before;
    group = more / 2;
  }
  return n;
}

/* ---- encoding ------------------------------------------------------------------------------------------------------------- */

/* Codes are written one after the other, the low bits first. */
typedef struct {
  unsigned char *at;
  uint64_t held;
  unsigned fill;
} Bits;

static inline void put_code(Bits *b, uint64_t code, unsigned width) {
  b->held |= code << b->fill;
  b->fill += width;
  if (b->fill < 64) return;
  memcpy(b->at, &b->held, 8);
  b->at += 8;
  b->fill -= 64;
  b->held = b->fill ? code >> (width - b->fill) : 0;
}

static unsigned char *end_codes(const Bits *b) {
  memcpy(b->at, &b->held, 8); /* the spare bytes come after */
  return b->at + (b->fill + 7) / 8;
}

static inline uint64_t code_of(const ColumnShape *s, PropterId id) {
  if (s->raw) return id;
  unsigned f = frame_of(s, id);
  return (uint64_t)f << s->distance | steps_to(&s->frame[f], id);
}

static unsigned char *put_ids(unsigned char *p, const ColumnShape *s, const PropterId *ids, size_t count) {
  Bits to = {p, 0, 0};
  if (s->bits == 0) return p;
  if (s->frames == 1 && s->frame->step == 1 && !s->raw)
    for (size_t i = 0; i < count; i++) put_code(&to, ids[i] - s->frame->low, s->bits);
  else
    for (size_t i = 0; i < count; i++) put_code(&to, code_of(s, ids[i]), s->bits);
  return end_codes(&to);
}

/* What stands before the codes; returns where they begin. */
static unsigned char *put_shape(unsigned char *out, const BlockShape *shape) {
  unsigned char *p = out + BLOCK_HEADER;
  for (const ColumnShape *s = shape->column; s < shape->column + 4; s++) {
    unsigned frames = s->raw ? 0 : s->frames;
    *p++ = (unsigned char)(frames + (frames && s->steps ? BLOCK_STEPS : 0));
    *p++ = (unsigned char)(s->raw ? 64 : s->distance);
    for (const Frame *f = s->frame; f < s->frame + frames; f++, p += 8) memcpy(p, &f->low, 8);
    for (const Frame *f = s->frame; f < s->frame + frames && s->steps; f++, p += 8) memcpy(p, &f->step, 8);
  }
  return p;
}

/* The rest of a block whose columns end at `p`: its size. */
static size_t seal(unsigned char *out, unsigned char *p, size_t rows, const Row *first) {
  unsigned char key[32];
  size_t size = (size_t)(p + BLOCK_SPARE - out);
  memset(p, 0, BLOCK_SPARE);
  out[4] = (unsigned char)rows, out[5] = (unsigned char)(rows >> 8);
  row_key(first, key);
  uint32_t sum = block_checksum(key, out, size);
  memcpy(out, &sum, sizeof sum);
  return size;
}

size_t block_write(const BlockRows *rows, size_t at, size_t count, const BlockShape *shape, unsigned char out[BLOCK_BYTES]) {
  unsigned char *p = put_shape(out, shape);
  for (unsigned c = 0; c < 4; c++) p = put_ids(p, &shape->column[c], rows->c[c] + at, count);
  Row first = rows_at(rows, at);
  return seal(out, p, count, &first);
}

/* ---- editing -------------------------------------------------------------------------------------------------------------- */

/* A column's shape as it is: what fits it has a code. */
static void present_shape(const BlockColumn *column, ColumnShape *s) {
  s->frames = column->frames;
  s->distance = column->low;
  s->bits = column->width;
  s->raw = column->frames == 0;
  for (unsigned i = 0; i < column->frames; i++) {
    Frame *f = &s->frame[i];
    f->low = column->base[i];
    set_step(f, column->step[i]);
    uint64_t reach = ID_PAYLOAD - (f->low & ID_PAYLOAD);
    if (f->step > 1) reach /= f->step;
    f->most = f->step == 0 ? 0 : column->mask < reach ? column->mask : reach;
    s->steps |= f->step > 1;
    s->of_tag[f->low >> 56] = (unsigned char)(i + 1);
  }
}

/* The fields of a column that a loop over its codes needs, where no store can change them. */
typedef struct {
  const unsigned char *bits;
  uint64_t code_mask, mask;
  unsigned width, low;
} Codes;

static Codes codes_of(const BlockColumn *column) {
  return (Codes){column->bits, (UINT64_C(1) << column->width) - 1, column->mask, column->width, column->low};
}

static inline uint64_t read_code(const Codes *codes, size_t row) {
  size_t at = row * codes->width;
  uint64_t code;
  memcpy(&code, codes->bits + (at >> 3), sizeof code);
  return code >> (at & 7) & codes->code_mask;
}

/* The least and the most distance by frame; least above most: none. False, if asked: the codes cannot be narrower, whatever else there is. */
static bool find_range(const BlockColumn *column, size_t rows, bool narrower, uint64_t least[BLOCK_FRAMES], uint64_t most[BLOCK_FRAMES]) {
  const Codes codes = codes_of(column);
  unsigned seen = 0, widest = 0;
  memset(least, 255, BLOCK_FRAMES * sizeof *least);
  memset(most, 0, BLOCK_FRAMES * sizeof *most);
  for (size_t i = 0; i < rows; i++) {
    uint64_t code = read_code(&codes, i), distance = code & codes.mask;
    size_t f = code >> codes.low;
    if (distance >= least[f] && distance <= most[f]) continue;
    seen += least[f] > most[f];
    if (distance < least[f]) least[f] = distance;
    if (distance > most[f]) most[f] = distance;
    if (!narrower) continue;
    unsigned bits = block_bits(most[f] - least[f]);
    if (bits > widest) widest = bits;
    if (widest == codes.low && block_bits(seen - 1) + widest == codes.width) return false;
  }
  return true;
}

/* A shape for the rows there are and those that come, no wider than they need. False, if asked: it cannot be narrower than what there is. */
static bool new_shape(const Block *block, unsigned c, const BlockEdit *edits, size_t count, bool narrower, ColumnShape *s) {
  const BlockColumn *column = &block->column[c];
  uint64_t least[BLOCK_FRAMES], most[BLOCK_FRAMES];
  bool ascending = column->frames == 1;
  for (unsigned k = 0; k < c; k++) ascending &= block->column[k].width == 0;
  if (ascending) {
    const Codes codes = codes_of(column);
    least[0] = read_code(&codes, 0), most[0] = read_code(&codes, block->count - 1);
  } else if (!find_range(column, block->count, narrower, least, most)) {
    return false;
  }
  *s = (ColumnShape){0};
  for (unsigned i = 0; i < column->frames; i++) {
    if (least[i] > most[i]) continue;
    Frame *f = &s->frame[s->frames++];
    f->low = column->base[i] + least[i] * column->step[i];
    f->most = most[i] - least[i];
    set_step(f, column->step[i]);
    s->of_tag[f->low >> 56] = (unsigned char)s->frames;
  }
  for (size_t k = 0; k < count && !s->raw; k++)
    if (edits[k].row && !fits(s, edits[k].row->c[c])) widen(s, edits[k].row->c[c]);
  settle(s);
  return true;
}

/* 64 bits of a column from any bit on; behind its end stand other columns or the spare bytes. */
static inline uint64_t bits_from(const unsigned char *bits, size_t at) {
  uint64_t low;
  unsigned skip = at & 7;
  memcpy(&low, bits + (at >> 3), sizeof low);
  return skip ? low >> skip | (uint64_t)bits[(at >> 3) + 8] << (64 - skip) : low;
}

/* Rows [from, to) of a column with the codes they have. */
static void move_codes(Bits *b, const BlockColumn *column, size_t from, size_t to) {
  size_t at = from * column->width, end = to * column->width;
  if (b->fill == 0 && (at & 7) == 0) {
    size_t bytes = (end - at) / 64 * 8;
    memcpy(b->at, column->bits + at / 8, bytes);
    b->at += bytes;
    at += bytes * 8;
  }
  for (; end - at >= 64; at += 64) put_code(b, bits_from(column->bits, at), 64);
  unsigned rest = (unsigned)(end - at);
  if (rest) put_code(b, bits_from(column->bits, at) & ((UINT64_C(1) << rest) - 1), rest);
}

/* How the codes of a column become those of a wider shape, by frame. */
typedef struct {
  uint64_t times[BLOCK_FRAMES], plus[BLOCK_FRAMES];
} Recoding;

static void find_recoding(const BlockColumn *column, const ColumnShape *s, Recoding *r) {
  *r = (Recoding){0};
  for (unsigned i = 0; i < column->frames; i++) {
    unsigned f = frame_of(s, column->base[i]);
    if (f >= s->frames) continue;
    uint64_t step = s->frame[f].step ? s->frame[f].step : 1;
    PropterId low = s->frame[f].low, base = column->base[i];
    r->times[i] = column->step[i] / step;
    r->plus[i] = ((uint64_t)f << s->distance) + (base < low ? -((low - base) / step) : (base - low) / step);
  }
}

static void put_recoded(Bits *to, const BlockColumn *column, size_t from, size_t end, const Recoding *r, unsigned width) {
  const Codes codes = codes_of(column);
  Bits b = *to;
  for (size_t i = from; i < end; i++) {
    uint64_t code = read_code(&codes, i);
    put_code(&b, (code & codes.mask) * r->times[code >> codes.low] + r->plus[code >> codes.low], width);
  }
  *to = b;
}

static unsigned char *put_edited(unsigned char *p, const Block *block, unsigned c, const BlockEdit *edits, size_t count, const ColumnShape *s, bool anew) {
  const BlockColumn *column = &block->column[c];
  Recoding recoding;
  Bits to = {p, 0, 0};
  if (anew) find_recoding(column, s, &recoding);
  for (size_t k = 0, next = 0; k <= count; k++) {
    size_t at = k < count ? edits[k].at : block->count;
    if (anew)
      put_recoded(&to, column, next, at, &recoding, s->bits);
    else
      move_codes(&to, column, next, at);
    if (k == count) break;
    next = at + !edits[k].row;
    if (edits[k].row) put_code(&to, code_of(s, edits[k].row->c[c]), s->bits);
  }
  return end_codes(&to);
}

/* The shape of a column after edits that leave so many rows; false: it is as it was. */
static bool find_shape(const Block *block, unsigned c, const BlockEdit *edits, size_t count, size_t rows, bool narrow, ColumnShape *s) {
  present_shape(&block->column[c], s);
  bool fit = true;
  for (size_t k = 0; k < count && fit && !s->raw; k++) fit = !edits[k].row || fits(s, edits[k].row->c[c]);
  if (fit && (!narrow || s->raw || s->bits == 0)) return false;
  ColumnShape other;
  if (!new_shape(block, c, edits, count, fit, &other)) return false;
  if (fit && column_bytes(&other, rows) >= column_bytes(s, rows)) return false;
  *s = other;
  return true;
}

static Row first_row(const Block *block, const BlockEdit *edits, size_t count) {
  size_t gone = 0;
  while (gone < count && !edits[gone].row && edits[gone].at == gone) gone++;
  return gone < count && edits[gone].row && edits[gone].at == gone ? *edits[gone].row : block_row(block, gone);
}

size_t block_edit(const Block *block, const BlockEdit *edits, size_t count, bool narrow, unsigned char out[BLOCK_BYTES], Row *first) {
  BlockShape shape = {0};
  bool anew[4];
  size_t rows = block->count;
  for (size_t k = 0; k < count; k++) rows += edits[k].row ? 1 : (size_t)-1;
  for (unsigned c = 0; c < 4; c++) {
    anew[c] = find_shape(block, c, edits, count, rows, narrow, &shape.column[c]);
    if (anew[c] && shape.column[c].raw) return SIZE_MAX;
  }
  size_t size = block_bytes(&shape, rows);
  if (size > BLOCK_BYTES) return size;
  if (rows > BLOCK_ROWS || rows == 0) return SIZE_MAX;
  unsigned char *p = put_shape(out, &shape);
  for (unsigned c = 0; c < 4; c++) p = put_edited(p, block, c, edits, count, &shape.column[c], anew[c]);
  *first = first_row(block, edits, count);
  return seal(out, p, rows, first);
}
