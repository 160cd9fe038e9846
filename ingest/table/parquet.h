/* SPDX-License-Identifier: Apache-2.0 */
/* Parquet: what the three parts of its reader share (https://parquet.apache.org/docs/file-format/, format 2.10). */
#ifndef TABLE_PARQUET_H
#define TABLE_PARQUET_H

#include "reader.h"

/* Numbers of the format: physical types, encodings, codecs, kinds of pages. */
enum { PARQUET_BOOLEAN, PARQUET_INT32, PARQUET_INT64, PARQUET_INT96, PARQUET_FLOAT, PARQUET_DOUBLE, PARQUET_BYTES, PARQUET_FIXED };
enum {
  PARQUET_PLAIN = 0,
  PARQUET_PLAIN_DICTIONARY = 2,
  PARQUET_RLE = 3,
  PARQUET_DELTA = 5,
  PARQUET_DELTA_LENGTH = 6,
  PARQUET_DELTA_BYTES = 7,
  PARQUET_DICTIONARY = 8,
  PARQUET_SPLIT = 9
};
enum { PARQUET_DATA_PAGE = 0, PARQUET_DICTIONARY_PAGE = 2, PARQUET_DATA_PAGE_2 = 3 };

/* What a value means, by its logical or converted type. */
typedef enum {
  PARQUET_PLAINLY, /* what its physical type says */
  PARQUET_TEXT,
  PARQUET_UNSIGNED,
  PARQUET_DECIMAL,
  PARQUET_DATE,
  PARQUET_TIME,
  PARQUET_TIMESTAMP,
  PARQUET_UUID,
  PARQUET_HALF /* a float of two bytes */
} ParquetMeaning;

/* A column that is no list and in none. */
typedef struct {
  PropterStr name; /* names of the groups around it before it, with dots */
  size_t leaf;     /* number among all columns of the file */
  int type, length, scale;
  ParquetMeaning meaning;
  int digits; /* of a second's fraction: 3, 6 or 9 */
  bool utc;
  unsigned levels; /* definition level of a value that is there */
} ParquetColumn;

/* Where a column of a group of rows lies. */
typedef struct {
  uint64_t begin, end; /* in the file */
  int64_t values;
  int codec;
} ParquetChunk;

typedef struct {
  PropterArena arena;
  PROPTER_VEC(ParquetColumn) columns;
  size_t leaves;
  PROPTER_VEC(struct ParquetGroup {
    int64_t rows;
    ParquetChunk *chunks; /* of each leaf */
  })
  groups;
} ParquetFile;

typedef struct {
  int type, encoding, levels, values; /* levels: their encoding */
  int64_t size, packed;               /* bytes of the page unpacked and in the file */
  int64_t definitions, repetitions;   /* of a page of the second version: bytes of its levels, which are not packed */
  bool is_packed, has_crc;
  uint32_t crc;
} ParquetPage;

/* parquet_meta.c: the footer (its bytes, without length and mark); `size`: of the file. INVALID, NO_MEMORY. */
PropterStatus parquet_read_footer(PropterStr footer, uint64_t size, ParquetFile *out, PropterError *err);
/* The header of a page at the start of `bytes`; *length 0: it is longer than these bytes. */
PropterStatus parquet_read_page(PropterStr bytes, ParquetPage *out, size_t *length, PropterError *err);
void parquet_clear(ParquetFile *file);

/* parquet_page.c: the values of one chunk, one after the other. */
typedef struct ParquetCursor ParquetCursor;
PropterStatus parquet_cursor_new(int fd, const char *path, const PropterLimits *limits, const ParquetColumn *column, ParquetCursor **out, PropterError *err);
/* Goes to the start of a chunk. */
void parquet_cursor_start(ParquetCursor *cursor, const ParquetChunk *chunk);
/* The next value's bytes as PLAIN has them, without a length before them (a boolean: one byte), borrowed until the next call; *null: there is none. INVALID:
 * more values are asked for than there are, or the file is damaged. */
PropterStatus parquet_cursor_next(ParquetCursor *cursor, PropterStr *value, bool *null, PropterError *err);
void parquet_cursor_free(ParquetCursor *cursor);

#endif
