/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a file, unpacked on the way if they are packed (gzip here, the rest by pack.h): the limit counts what really comes out, never what a header
 * promises. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "io.h"
#include "propter/hash.h"
#include "propter/io.h"
#include "propter/pack.h"

enum { BLOCK = 1 << 16 };

typedef struct {
  Source source;
  int fd;
  bool started, packed, inflating, ended;
  z_stream z;
  PropterUnpack *unpack; /* NULL: gzip or nothing */
  PropterHasher *hasher; /* of the raw bytes, NULL: none */
  uint64_t taken, ratio, free; /* raw bytes read; how many times as many may come out of a packed file beyond `free` */
  size_t have; /* raw bytes in `raw` from `at` on */
  size_t at;
  unsigned char raw[BLOCK];
} FileSource;

PropterStatus source_read(Source *source, void *bytes, size_t size, size_t *count, PropterError *err) {
  PROPTER_TRY(source->read(source, bytes, size, count, err));
  source->total += *count;
  if (source->total > source->limit) {
    propter_error_at(err, source->name, 0, 0);
    return propter_fail(err, PROPTER_LIMIT, "more than the limit of %llu unpacked bytes", (unsigned long long)source->limit);
  }
  return PROPTER_OK;
}

static PropterStatus text_read(Source *source, void *bytes, size_t size, size_t *count, PropterError *err) {
  (void)err;
  TextSource *s = (TextSource *)source;
  *count = size < s->rest.len ? size : s->rest.len;
  if (*count) memcpy(bytes, s->rest.data, *count);
  s->rest.data += *count;
  s->rest.len -= *count;
  return PROPTER_OK;
}

TextSource source_of_text(PropterStr text, const char *name, uint64_t limit) { return (TextSource){{text_read, name, limit, 0}, text}; }

static PropterStatus read_raw(FileSource *s, void *bytes, size_t size, size_t *count, PropterError *err) {
  ssize_t n = propter_io_read(s->fd, bytes, size);
  if (n < 0) {
    if (errno == EISDIR) {
      propter_error_at(err, s->source.name, 0, 0);
      return propter_fail(err, PROPTER_NOT_FOUND, "expected a file, found a folder");
    }
    return propter_io_fail(err, s->source.name, "read");
  }
  *count = (size_t)n;
  s->taken += *count;
  if (s->hasher) propter_hasher_add(s->hasher, bytes, *count);
  return PROPTER_OK;
}

static PropterStatus fill(FileSource *s, PropterError *err) {
  s->at = 0;
  return read_raw(s, s->raw, sizeof s->raw, &s->have, err);
}

static PropterStatus bad_gzip(FileSource *s, const char *what, PropterError *err) {
  propter_error_at(err, s->source.name, 0, 0);
  return propter_fail(err, PROPTER_SYNTAX, "gzip data: %s, after %llu unpacked bytes", what, (unsigned long long)s->source.total);
}

static voidpf z_alloc(voidpf opaque, uInt items, uInt size) {
  (void)opaque;
  return propter_calloc(items, size);
}

static void z_free(voidpf opaque, voidpf address) {
  (void)opaque;
  propter_free(address);
}

static PropterStatus unpack(FileSource *s, void *bytes, size_t size, size_t *count, PropterError *err) {
  s->z.next_out = bytes;
  s->z.avail_out = (uInt)(size < BLOCK ? size : BLOCK);
  uInt room = s->z.avail_out;
  while (s->z.avail_out == room) {
    if (!s->have) {
      PROPTER_TRY(fill(s, err));
      if (!s->have) {
        if (s->inflating) return bad_gzip(s, "ends too early", err);
        break;
      }
    }
    if (!s->inflating) {
      /* A file may be several members one after the other. */
      if (inflateReset(&s->z) != Z_OK) return bad_gzip(s, "cannot start", err);
      s->inflating = true;
    }
    s->z.next_in = s->raw + s->at;
    s->z.avail_in = (uInt)s->have;
    int r = inflate(&s->z, Z_NO_FLUSH);
    s->at += s->have - s->z.avail_in;
    s->have = s->z.avail_in;
    if (r == Z_STREAM_END)
      s->inflating = false;
    else if (r == Z_MEM_ERROR)
      return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for unpacking");
    else if (r != Z_OK && r != Z_BUF_ERROR)
      return bad_gzip(s, s->z.msg ? s->z.msg : "damaged", err);
  }
  *count = room - s->z.avail_out;
  return PROPTER_OK;
}

static PropterStatus feed(void *payload, void *bytes, size_t size, size_t *count, PropterError *err) {
  FileSource *s = payload;
  if (!s->have) return read_raw(s, bytes, size, count, err);
  *count = size < s->have ? size : s->have;
  memcpy(bytes, s->raw + s->at, *count);
  s->at += *count;
  s->have -= *count;
  return PROPTER_OK;
}

/* The first bytes decide, so a pipe works like a file. */
static PropterStatus start(FileSource *s, PropterError *err) {
  for (size_t n = 1; s->have < 6 && n; s->have += n) PROPTER_TRY(read_raw(s, s->raw + s->have, sizeof s->raw - s->have, &n, err));
  s->started = true;
  if (propter_unpack_knows((PropterStr){(const char *)s->raw, s->have}, s->source.name)) return propter_unpack_open(feed, s, s->source.name, &s->unpack, err);
  s->packed = s->have >= 2 && s->raw[0] == 0x1f && s->raw[1] == 0x8b;
  if (!s->packed) return PROPTER_OK;
  s->z.zalloc = z_alloc;
  s->z.zfree = z_free;
  if (inflateInit2(&s->z, 15 + 16) == Z_OK) return PROPTER_OK;
  s->packed = false;
  return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for unpacking");
}

/* What a few bytes promise without end is no table. */
static PropterStatus check_ratio(const FileSource *s, size_t count, PropterError *err) {
  uint64_t total = s->source.total + count;
  if (total <= s->free || total / s->ratio <= s->taken) return PROPTER_OK;
  propter_error_at(err, s->source.name, 0, 0);
  return propter_fail(err, PROPTER_LIMIT, "packed data: %llu bytes became more than %llu (%llu times as many is the limit)", (unsigned long long)s->taken,
                      (unsigned long long)s->free, (unsigned long long)s->ratio);
}

static PropterStatus file_read(Source *source, void *bytes, size_t size, size_t *count, PropterError *err) {
  FileSource *s = (FileSource *)source;
  *count = 0;
  if (!s->started) PROPTER_TRY(start(s, err));
  if (s->unpack || s->packed) {
    PROPTER_TRY(s->unpack ? propter_unpack_read(s->unpack, bytes, size, count, err) : unpack(s, bytes, size, count, err));
    return check_ratio(s, *count, err);
  }
  if (!s->have && !s->ended && size >= BLOCK) {
    PROPTER_TRY(read_raw(s, bytes, size, count, err));
    s->ended = *count == 0;
    return PROPTER_OK;
  }
  if (!s->have && !s->ended) {
    PROPTER_TRY(fill(s, err));
    s->ended = s->have == 0;
  }
  *count = size < s->have ? size : s->have;
  memcpy(bytes, s->raw + s->at, *count);
  s->at += *count;
  s->have -= *count;
  return PROPTER_OK;
}

PropterStatus source_open_file(const char *path, uint64_t limit, const PropterLimits *limits, Source **out, PropterError *err) {
  FileSource *s = propter_calloc(1, sizeof *s);
  if (!s) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening %s", path);
  bool standard = strcmp(path, "-") == 0;
  s->source = (Source){file_read, standard ? "standard input" : path, limit, 0};
  s->ratio = limits->unpack_ratio, s->free = limits->unpack_free;
  s->fd = standard ? STDIN_FILENO : propter_io_open(path, O_RDONLY, 0);
  if (s->fd < 0) {
    PropterStatus status = propter_io_fail(err, path, "open");
    propter_free(s);
    return status;
  }
  *out = &s->source;
  return PROPTER_OK;
}

PropterStatus source_hash(Source *source, PropterError *err) {
  FileSource *s = (FileSource *)source;
  s->hasher = propter_hasher_new();
  return s->hasher ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

PropterStatus source_hash_end(Source *source, char out[33], PropterError *err) {
  FileSource *s = (FileSource *)source;
  for (size_t n = 1; n;) PROPTER_TRY(read_raw(s, s->raw, sizeof s->raw, &n, err));
  propter_hasher_hex(s->hasher, out);
  return PROPTER_OK;
}

void source_close_file(Source *source) {
  FileSource *s = (FileSource *)source;
  propter_hasher_free(s->hasher);
  if (s->packed) (void)inflateEnd(&s->z);
  propter_unpack_close(s->unpack);
  if (s->fd != STDIN_FILENO) (void)propter_io_close(s->fd);
  propter_free(s);
}
