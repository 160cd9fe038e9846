/* SPDX-License-Identifier: Apache-2.0 */
/* Footer and page headers of Parquet, in Thrift's compact protocol (thrift-compact-protocol.md). */
#include <inttypes.h>
#include <string.h>

#include "parquet.h"

enum { T_TRUE = 1, T_FALSE, T_BYTE, T_I16, T_I32, T_I64, T_DOUBLE, T_BINARY, T_LIST, T_SET, T_MAP, T_STRUCT, T_UUID };
enum { DEPTH = 32 };

/* A reader that never goes beyond its end: `bad` stays set. */
typedef struct {
  const unsigned char *p, *end;
  bool bad;
  unsigned depth;
} Thrift;

static uint8_t byte(Thrift *t) {
  if (t->p < t->end) return *t->p++;
  t->bad = true;
  return 0;
}

static uint64_t varint(Thrift *t) {
  uint64_t v = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    uint8_t b = byte(t);
    v |= (uint64_t)(b & 0x7F) << shift;
    if (!(b & 0x80)) return v;
  }
  t->bad = true;
  return 0;
}

static int64_t zigzag(Thrift *t) {
  uint64_t v = varint(t);
  return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

static PropterStr binary(Thrift *t) {
  uint64_t n = varint(t);
  if (n > (uint64_t)(t->end - t->p)) {
    t->bad = true;
    n = 0;
  }
  PropterStr s = {(const char *)t->p, (size_t)n};
  t->p += n;
  return s;
}

/* The next field of a struct: its type, or 0 at the end; *id goes on from the last one. */
static int field(Thrift *t, int *id) {
  uint8_t b = byte(t);
  if (t->bad || !b) return 0;
  *id = b >> 4 ? *id + (b >> 4) : (int)zigzag(t);
  return b & 15;
}

/* Elements of a list; there is at least a byte for each. */
static size_t list(Thrift *t, int *type) {
  uint8_t b = byte(t);
  uint64_t n = b >> 4 == 15 ? varint(t) : b >> 4;
  *type = b & 15;
  if (n > (uint64_t)(t->end - t->p)) t->bad = true;
  return t->bad ? 0 : (size_t)n;
}

static void skip(Thrift *t, int type);

static void skip_bytes(Thrift *t, size_t n) {
  if (n > (size_t)(t->end - t->p)) t->bad = true;
  t->p += t->bad ? 0 : n;
}

static void skip_element(Thrift *t, int type) {
  if (type == T_TRUE || type == T_FALSE) (void)byte(t);
  else skip(t, type);
}

static void skip_map(Thrift *t) {
  uint64_t n = varint(t);
  uint8_t types = n ? byte(t) : 0;
  if (n > (uint64_t)(t->end - t->p)) t->bad = true;
  for (uint64_t i = 0; i < n && !t->bad; i++) skip_element(t, types >> 4), skip_element(t, types & 15);
}

static void skip(Thrift *t, int type) {
  int element, id = 0;
  if (++t->depth > DEPTH) t->bad = true;
  if (t->bad) return;
  switch (type) {
  case T_TRUE:
  case T_FALSE:
    break;
  case T_BYTE:
    (void)byte(t);
    break;
  case T_I16:
  case T_I32:
  case T_I64:
    (void)varint(t);
    break;
  case T_DOUBLE:
    skip_bytes(t, 8);
    break;
  case T_UUID:
    skip_bytes(t, 16);
    break;
  case T_BINARY:
    (void)binary(t);
    break;
  case T_LIST:
  case T_SET:
    for (size_t n = list(t, &element); n && !t->bad; n--) skip_element(t, element);
    break;
  case T_MAP:
    skip_map(t);
    break;
  case T_STRUCT:
    for (int kind; (kind = field(t, &id)) && !t->bad;) skip(t, kind);
    break;
  default:
    t->bad = true;
  }
  t->depth--;
}

static PropterStatus damaged(PropterError *err, const char *what) { return propter_fail(err, PROPTER_INVALID, "Parquet: %s", what); }

static int64_t number(Thrift *t, int type) {
  if (type == T_BYTE) return (int8_t)byte(t);
  if (type == T_I16 || type == T_I32 || type == T_I64) return zigzag(t);
  skip(t, type);
  t->bad |= type != T_TRUE && type != T_FALSE;
  return type == T_TRUE;
}

/* --- The schema ---------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterStr name;
  int type, length, repetition, converted, scale, children;
  ParquetMeaning meaning;
  int digits;
  bool utc, logical;
} Element;

/* TIME and TIMESTAMP: isAdjustedToUTC, unit. */
static void read_instant(Thrift *t, Element *e) {
  int id = 0, unit = 0;
  for (int type; (type = field(t, &id));) {
    if (id == 1 && type <= T_FALSE) {
      e->utc = type == T_TRUE;
    } else if (id == 2 && type == T_STRUCT) {
      for (int kind; (kind = field(t, &unit)); skip(t, kind)) e->digits = unit == 1 ? 3 : unit == 2 ? 6 : 9;
    } else {
      skip(t, type);
    }
  }
}

static void read_integer(Thrift *t, Element *e) {
  int id = 0;
  for (int type; (type = field(t, &id));) {
    if (id == 2 && type == T_FALSE) e->meaning = PARQUET_UNSIGNED;
    skip(t, type);
  }
}

static void read_decimal(Thrift *t, Element *e) {
  int id = 0;
  for (int type; (type = field(t, &id));)
    if (id == 1) e->scale = (int)number(t, type);
    else skip(t, type);
}

static void read_logical(Thrift *t, Element *e) {
  static const struct {
    int id;
    ParquetMeaning meaning;
    void (*read)(Thrift *t, Element *e);
  } kinds[] = {{1, PARQUET_TEXT, NULL},
               {4, PARQUET_TEXT, NULL},
               {5, PARQUET_DECIMAL, read_decimal},
               {6, PARQUET_DATE, NULL},
               {7, PARQUET_TIME, read_instant},
               {8, PARQUET_TIMESTAMP, read_instant},
               {10, PARQUET_PLAINLY, read_integer},
               {12, PARQUET_TEXT, NULL},
               {14, PARQUET_UUID, NULL},
               {15, PARQUET_HALF, NULL}};
  int id = 0;
  for (int type; (type = field(t, &id));) {
    size_t i = 0;
    while (i < sizeof kinds / sizeof *kinds && kinds[i].id != id) i++;
    if (i < sizeof kinds / sizeof *kinds && type == T_STRUCT) {
      e->logical = true;
      e->meaning = kinds[i].meaning;
      if (kinds[i].read) {
        kinds[i].read(t, e);
        continue;
      }
    }
    skip(t, type);
  }
}

/* Converted types, where no logical type says more. */
static void convert(Element *e) {
  static const struct {
    int converted;
    ParquetMeaning meaning;
    int digits;
  } kinds[] = {{0, PARQUET_TEXT, 0},      {4, PARQUET_TEXT, 0},      {5, PARQUET_DECIMAL, 0},    {6, PARQUET_DATE, 0},      {7, PARQUET_TIME, 3},
               {8, PARQUET_TIME, 6},      {9, PARQUET_TIMESTAMP, 3}, {10, PARQUET_TIMESTAMP, 6}, {11, PARQUET_UNSIGNED, 0}, {12, PARQUET_UNSIGNED, 0},
               {13, PARQUET_UNSIGNED, 0}, {14, PARQUET_UNSIGNED, 0}, {19, PARQUET_TEXT, 0}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !e->logical; i++)
    if (kinds[i].converted == e->converted) {
      e->meaning = kinds[i].meaning;
      e->digits = kinds[i].digits;
      e->utc = e->digits != 0;
    }
}

static void read_element(Thrift *t, Element *e) {
  int id = 0;
  *e = (Element){.type = -1, .converted = -1};
  for (int type; (type = field(t, &id));) switch (id) {
    case 1:
      e->type = (int)number(t, type);
      break;
    case 2:
      e->length = (int)number(t, type);
      break;
    case 3:
      e->repetition = (int)number(t, type);
      break;
    case 4:
      e->name = type == T_BINARY ? binary(t) : (skip(t, type), (PropterStr){"", 0});
      break;
    case 5:
      e->children = (int)number(t, type);
      break;
    case 6:
      e->converted = (int)number(t, type);
      break;
    case 7:
      e->scale = (int)number(t, type);
      break;
    case 10:
      if (type == T_STRUCT) read_logical(t, e);
      else skip(t, type);
      break;
    default:
      skip(t, type);
    }
  convert(e);
}

/* Whether bytes of this physical type can mean that. */
static bool fits(const Element *e) {
  bool whole = e->type == PARQUET_INT32 || e->type == PARQUET_INT64, bytes = e->type == PARQUET_BYTES || e->type == PARQUET_FIXED;
  switch (e->meaning) {
  case PARQUET_PLAINLY:
    return true;
  case PARQUET_TEXT:
    return bytes;
  case PARQUET_UNSIGNED:
  case PARQUET_TIME:
    return whole;
  case PARQUET_DECIMAL:
    return (whole || bytes) && e->scale >= 0 && e->scale <= 1000;
  case PARQUET_DATE:
    return e->type == PARQUET_INT32;
  case PARQUET_TIMESTAMP:
    return e->type == PARQUET_INT64;
  case PARQUET_UUID:
    return e->type == PARQUET_FIXED && e->length == 16;
  case PARQUET_HALF:
    return e->type == PARQUET_FIXED && e->length == 2;
  }
  return false;
}

/* Where the walk through the schema stands: groups around the present element. */
typedef struct {
  size_t left; /* children */
  size_t name; /* length of the path with this group's name */
  unsigned levels;
  bool repeated;
} Around;

static PropterStatus add_column(ParquetFile *f, const Element *e, PropterStr path, unsigned levels, PropterError *err) {
  if (e->type < 0 || e->type > PARQUET_FIXED || (e->type == PARQUET_FIXED && (e->length <= 0 || e->length > 1 << 20)))
    return damaged(err, "a column of a type that is none");
  ParquetColumn c = {.leaf = f->leaves,
                     .type = e->type,
                     .length = e->length,
                     .scale = e->scale,
                     .meaning = fits(e) ? e->meaning : PARQUET_PLAINLY,
                     .digits = e->digits,
                     .utc = e->utc,
                     .levels = levels};
  c.name = propter_arena_copy(&f->arena, path);
  return c.name.data && propter_vec_push(&f->columns, c) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the columns of a Parquet file");
}

static PropterStatus read_schema(Thrift *t, ParquetFile *f, PropterError *err) {
  Around around[DEPTH] = {{1, 0, 0, false}};
  size_t depth = 0;
  int type;
  PropterBuf path = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t n = list(t, &type); n && status == PROPTER_OK && !t->bad; n--) {
    Element e;
    read_element(t, &e);
    while (depth && !around[depth].left) depth--;
    if (!around[depth].left || type != T_STRUCT || t->bad) return propter_buf_clear(&path), damaged(err, "a damaged schema");
    around[depth].left--;
    bool root = depth == 0;
    unsigned levels = around[depth].levels + (!root && e.repetition != 0);
    bool repeated = around[depth].repeated || (!root && e.repetition == 2);
    path.len = around[depth].name;
    if (!root) propter_buf_printf(&path, "%s%.*s", path.len ? "." : "", (int)e.name.len, e.name.data);
    if (e.children > 0 && depth + 1 < DEPTH) {
      around[++depth] = (Around){(size_t)e.children, path.len, levels, repeated};
      continue;
    }
    if (e.children > 0) status = damaged(err, "groups too deep inside one another");
    if (status == PROPTER_OK) status = propter_buf_status(&path, err);
    if (status == PROPTER_OK && !repeated) status = add_column(f, &e, propter_buf_str(&path), levels, err);
    f->leaves++;
  }
  propter_buf_clear(&path);
  return status;
}

/* --- Groups of rows ------------------------------------------------------------------------------------------------------------------ */

static void read_chunk_meta(Thrift *t, ParquetChunk *c) {
  int id = 0;
  int64_t data = 0, dictionary = 0, size = 0;
  for (int type; (type = field(t, &id));) switch (id) {
    case 4:
      c->codec = (int)number(t, type);
      break;
    case 5:
      c->values = number(t, type);
      break;
    case 7:
      size = number(t, type);
      break;
    case 9:
      data = number(t, type);
      break;
    case 11:
      dictionary = number(t, type);
      break;
    default:
      skip(t, type);
    }
  /* Writers have put 0 where there is no dictionary. */
  int64_t begin = dictionary > 0 && dictionary < data ? dictionary : data;
  if ((begin < 4 && c->values) || begin < 0 || size < 0 || size > INT64_MAX - begin || c->values < 0) t->bad = true;
  c->begin = (uint64_t)begin;
  c->end = (uint64_t)begin + (uint64_t)size;
}

static PropterStatus read_chunk(Thrift *t, ParquetChunk *c, uint64_t size, PropterError *err) {
  int id = 0;
  bool has_meta = false, elsewhere = false, encrypted = false;
  for (int type; (type = field(t, &id));) {
    elsewhere |= id == 1;
    encrypted |= id == 8 || id == 9;
    if (id == 3 && type == T_STRUCT) read_chunk_meta(t, c), has_meta = true;
    else skip(t, type);
  }
  if (encrypted) return damaged(err, "the file is encrypted");
  if (elsewhere) return damaged(err, "a column lies in another file");
  return !has_meta || t->bad || c->end > size ? damaged(err, "a column lies outside the file") : PROPTER_OK;
}

static PropterStatus read_group(Thrift *t, ParquetFile *f, uint64_t size, PropterError *err) {
  struct ParquetGroup g = {0, propter_arena_alloc(&f->arena, (f->leaves + 1) * sizeof *g.chunks)};
  int id = 0, element;
  size_t columns = 0;
  if (!g.chunks) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the columns of a Parquet file");
  for (int type; (type = field(t, &id));) {
    if (id == 3) {
      g.rows = number(t, type);
    } else if (id == 1 && type == T_LIST) {
      columns = list(t, &element);
      if (element != T_STRUCT || columns != f->leaves) t->bad = true;
      for (size_t i = 0; i < columns && !t->bad; i++) PROPTER_TRY(read_chunk(t, &g.chunks[i], size, err));
    } else {
      skip(t, type);
    }
  }
  if (t->bad || columns != f->leaves || g.rows < 0) return damaged(err, "a group of rows does not have the columns of the schema");
  for (size_t i = 0; i < f->columns.count; i++)
    if (g.chunks[f->columns.items[i].leaf].values != g.rows) return damaged(err, "a column has not as many values as there are rows");
  return propter_vec_push(&f->groups, g) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the columns of a Parquet file");
}

PropterStatus parquet_read_footer(PropterStr footer, uint64_t size, ParquetFile *f, PropterError *err) {
  Thrift t = {.p = (const unsigned char *)footer.data, .end = (const unsigned char *)footer.data + footer.len};
  int id = 0, element;
  for (int type; (type = field(&t, &id));) {
    if (id == 2 && type == T_LIST && !f->leaves) {
      PROPTER_TRY(read_schema(&t, f, err));
    } else if (id == 4 && type == T_LIST) {
      for (size_t n = list(&t, &element); n && !t.bad; n--) PROPTER_TRY(read_group(&t, f, size, err));
    } else if (id == 8) {
      return damaged(err, "the file is encrypted");
    } else {
      skip(&t, type);
    }
  }
  if (t.bad) return damaged(err, "a damaged footer");
  return f->columns.count ? PROPTER_OK : damaged(err, "expected columns that are no lists, found none");
}

void parquet_clear(ParquetFile *f) {
  propter_vec_clear(&f->columns);
  propter_vec_clear(&f->groups);
  propter_arena_clear(&f->arena);
}

/* --- Pages ---------------------------------------------------------------------------------------------------------------------------- */

/* The header of a kind of page: numbers by the field that holds them. */
static void read_kind(Thrift *t, bool second, ParquetPage *out) {
  int id = 0;
  for (int type; (type = field(t, &id));) {
    if (id == 1) out->values = (int)number(t, type);
    else if (id == (second ? 4 : 2)) out->encoding = (int)number(t, type);
    else if (!second && id == 3) out->levels = (int)number(t, type);
    else if (second && id == 5) out->definitions = number(t, type);
    else if (second && id == 6) out->repetitions = number(t, type);
    else if (second && id == 7) out->is_packed = number(t, type) != 0;
    else skip(t, type);
  }
}

PropterStatus parquet_read_page(PropterStr bytes, ParquetPage *out, size_t *length, PropterError *err) {
  Thrift t = {.p = (const unsigned char *)bytes.data, .end = (const unsigned char *)bytes.data + bytes.len};
  int id = 0;
  *out = (ParquetPage){.type = -1, .levels = PARQUET_RLE, .is_packed = true};
  for (int type; (type = field(&t, &id));)
    if (id == 1) out->type = (int)number(&t, type);
    else if (id == 2) out->size = number(&t, type);
    else if (id == 3) out->packed = number(&t, type);
    else if (id == 4) out->crc = (uint32_t)number(&t, type), out->has_crc = true;
    else if ((id == 5 || id == 7 || id == 8) && type == T_STRUCT) read_kind(&t, id == 8, out);
    else skip(&t, type);
  *length = t.bad ? 0 : (size_t)((const char *)t.p - bytes.data);
  if (t.bad) return PROPTER_OK;
  if (out->type < 0 || out->size < 0 || out->packed < 0 || out->values < 0 || out->definitions < 0 || out->repetitions < 0)
    return damaged(err, "a damaged header of a page");
  return PROPTER_OK;
}
