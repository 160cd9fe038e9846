/* SPDX-License-Identifier: Apache-2.0 */
/* A part is "NUMBER COUNT WITNESS BASE64": its place, its quads, a hash of the text of up to eight of them (ids mean nothing in another
 * store, and this is how it is noticed), and the ids. Each quad is one byte (low four bits: which columns repeat the quad before; high four:
 * which change their tag), then per changed column the new tag, if it changed, and the zigzag varint step from the last payload seen in
 * that column with that tag: neighbours in a sorted list differ by little. */
#include <stdio.h>
#include <string.h>

#include "run.h"

enum { PART = 384 * 1024, WITNESSES = 8 };
#define PAYLOAD ((UINT64_C(1) << 56) - 1)

typedef struct {
  uint64_t last[4][256]; /* payload by column and tag */
  uint8_t tag[4];
  uint64_t id[4];
} Codec;

static void put_varint(PropterBuf *out, uint64_t v) {
  char b[10];
  size_t n = 0;
  for (; v >= 0x80; v >>= 7) b[n++] = (char)(v | 0x80);
  b[n++] = (char)v;
  propter_buf_add(out, (PropterStr){b, n});
}

static bool get_varint(PropterStr in, size_t *at, uint64_t *v) {
  *v = 0;
  for (unsigned shift = 0; shift < 64 && *at < in.len; shift += 7) {
    uint8_t b = (uint8_t)in.data[(*at)++];
    *v |= (uint64_t)(b & 0x7F) << shift;
    if (!(b & 0x80)) return true;
  }
  return false;
}

static void put_quad(Codec *c, const uint64_t id[4], PropterBuf *out) {
  unsigned flags = 0;
  for (unsigned i = 0; i < 4; i++) {
    if (id[i] == c->id[i]) flags |= 1u << i;
    if ((uint8_t)(id[i] >> 56) != c->tag[i]) flags |= 16u << i;
  }
  propter_buf_add_char(out, (char)flags);
  for (unsigned i = 0; i < 4; i++) {
    if (flags & 1u << i) continue;
    uint8_t tag = (uint8_t)(id[i] >> 56);
    if (flags & 16u << i) propter_buf_add_char(out, (char)tag);
    int64_t step = (int64_t)((id[i] & PAYLOAD) - c->last[i][tag]);
    put_varint(out, (uint64_t)step << 1 ^ (step < 0 ? UINT64_MAX : 0));
    c->last[i][tag] = id[i] & PAYLOAD;
    c->tag[i] = tag;
    c->id[i] = id[i];
  }
}

static bool get_quad(Codec *c, PropterStr in, size_t *at, uint64_t id[4]) {
  if (*at >= in.len) return false;
  unsigned flags = (uint8_t)in.data[(*at)++];
  for (unsigned i = 0; i < 4; i++) {
    if (!(flags & 1u << i)) {
      if (flags & 16u << i) {
        if (*at >= in.len) return false;
        c->tag[i] = (uint8_t)in.data[(*at)++];
      }
      uint64_t z;
      if (!get_varint(in, at, &z)) return false;
      uint64_t payload = (c->last[i][c->tag[i]] + (z >> 1 ^ (UINT64_C(0) - (z & 1)))) & PAYLOAD;
      c->last[i][c->tag[i]] = payload;
      c->id[i] = (uint64_t)c->tag[i] << 56 | payload;
    }
    id[i] = c->id[i];
  }
  return true;
}

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void put_base64(PropterStr in, PropterBuf *out) {
  const uint8_t *p = (const uint8_t *)in.data;
  for (size_t i = 0; i < in.len; i += 3) {
    uint32_t v = (uint32_t)p[i] << 16 | (i + 1 < in.len ? (uint32_t)p[i + 1] << 8 : 0) | (i + 2 < in.len ? p[i + 2] : 0);
    char b[4] = {digits64[v >> 18], digits64[v >> 12 & 63], i + 1 < in.len ? digits64[v >> 6 & 63] : '=', i + 2 < in.len ? digits64[v & 63] : '='};
    propter_buf_add(out, (PropterStr){b, 4});
  }
}

static bool get_base64(PropterStr in, PropterBuf *out) {
  if (in.len % 4) return false;
  for (size_t i = 0; i < in.len; i += 4) {
    uint32_t v = 0;
    unsigned pad = 0;
    for (size_t k = 0; k < 4; k++) {
      char ch = in.data[i + k];
      const char *d = ch && ch != '=' ? strchr(digits64, ch) : NULL;
      if (!d && (ch != '=' || i + 4 != in.len || k < 2)) return false;
      if (d && pad) return false;
      pad += !d;
      v = v << 6 | (d ? (uint32_t)(d - digits64) : 0);
    }
    char b[3] = {(char)(v >> 16), (char)(v >> 8), (char)v};
    propter_buf_add(out, (PropterStr){b, 3 - pad});
  }
  return true;
}

/* Text of up to eight quads, evenly spread. */
static PropterStatus witness(PropterSnapshot *snapshot, const PropterQuad *quads, size_t count, uint64_t *hash, PropterError *err) {
  PropterArena arena = {0};
  PropterBuf text = {0};
  PropterStatus status = PROPTER_OK;
  size_t n = count < WITNESSES ? count : WITNESSES;
  for (size_t i = 0; i < n && status == PROPTER_OK; i++) {
    const PropterQuad *q = &quads[i * count / n];
    const PropterId ids[4] = {q->s, q->p, q->o, q->g};
    for (unsigned k = 0; k < 4 && status == PROPTER_OK; k++) {
      PropterTerm term;
      if (ids[k] == PROPTER_DEFAULT_GRAPH) continue;
      status = propter_snapshot_term(snapshot, ids[k], &arena, &term, err);
      if (status == PROPTER_OK) propter_term_write(&term, &text);
    }
    propter_arena_clear(&arena);
  }
  if (status == PROPTER_OK) status = propter_buf_status(&text, err);
  *hash = propter_hash64(propter_buf_str(&text));
  propter_buf_clear(&text);
  return status;
}

static PropterStatus end_part(PropterSnapshot *snapshot, const PropterQuads *list, const PropterBuf *bytes, PropterArena *arena, RunParts *parts,
                              PropterError *err) {
  if (!list->count) return PROPTER_OK;
  uint64_t hash;
  PROPTER_TRY(witness(snapshot, list->items, list->count, &hash, err));
  PropterBuf text = {0};
  propter_buf_printf(&text, "%zu %zu %016llx ", parts->count, list->count, (unsigned long long)hash);
  put_base64(propter_buf_str(bytes), &text);
  PropterStatus status = propter_buf_status(&text, err);
  PropterStr copy = status == PROPTER_OK ? propter_arena_copy(arena, propter_buf_str(&text)) : (PropterStr){NULL, 0};
  propter_buf_clear(&text);
  if (status != PROPTER_OK) return status;
  if (!copy.data || !propter_vec_push(parts, copy)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory recording %zu quads of a run", list->count);
  return PROPTER_OK;
}

PropterStatus run_encode(PropterSnapshot *snapshot, const PropterWriter *writer, bool added, const PropterMap *skip, PropterArena *arena, RunParts *parts,
                         PropterError *err) {
  Codec *codec = propter_calloc(1, sizeof *codec);
  if (!codec) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory recording a run");
  PropterBuf bytes = {0};
  PropterQuads list = {0};
  PropterDelta *delta = NULL;
  PropterQuad q;
  PropterId last = PROPTER_NO_ID;
  bool came, more, skipped = false;
  PropterStatus status = propter_delta_open(writer, &delta, err);
  while (status == PROPTER_OK && (status = propter_delta_next(delta, &q, &came, &more, err)) == PROPTER_OK && more) {
    if (came != added) continue;
    if (q.g != last) skipped = skip && propter_map_get(skip, (PropterStr){(const char *)&q.g, sizeof q.g});
    last = q.g;
    if (skipped) continue;
    put_quad(codec, (const uint64_t[4]){q.s, q.p, q.o, q.g}, &bytes);
    if (!propter_vec_push(&list, q)) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory recording a run");
    if (bytes.len >= PART) {
      if (status == PROPTER_OK) status = propter_buf_status(&bytes, err);
      if (status == PROPTER_OK) status = end_part(snapshot, &list, &bytes, arena, parts, err);
      propter_buf_reset(&bytes);
      list.count = 0;
      memset(codec, 0, sizeof *codec);
    }
  }
  if (status == PROPTER_OK) status = propter_buf_status(&bytes, err);
  if (status == PROPTER_OK) status = end_part(snapshot, &list, &bytes, arena, parts, err);
  propter_delta_close(delta);
  propter_free(codec);
  propter_buf_clear(&bytes);
  propter_vec_clear(&list);
  return status;
}

static PropterStr word(PropterStr *text) {
  const char *space = text->len ? memchr(text->data, ' ', text->len) : NULL;
  PropterStr w = {text->data, space ? (size_t)(space - text->data) : text->len};
  size_t used = w.len + (space != NULL);
  text->data += used;
  text->len -= used;
  return w;
}

PropterStatus run_decode(PropterSnapshot *snapshot, PropterStr part, PropterQuads *quads, PropterError *err) {
  PropterStr rest = part, number = word(&rest), count_text = word(&rest), hash_text = word(&rest);
  int64_t count;
  (void)number;
  if (!propter_str_to_int64(count_text, &count) || count < 0 || (uint64_t)count > part.len || hash_text.len != 16)
    return propter_fail(err, PROPTER_INVALID, "expected \"NUMBER COUNT WITNESS BASE64\" as the record of a run, found \"%.*s\"",
                        (int)(part.len < 40 ? part.len : 40), part.data);
  PropterBuf bytes = {0};
  Codec *codec = propter_calloc(1, sizeof *codec);
  PropterStatus status = codec ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading a run's record");
  size_t first = quads->count, at = 0;
  if (status == PROPTER_OK && !get_base64(rest, &bytes)) status = propter_fail(err, PROPTER_INVALID, "the record of a run is not base64");
  if (status == PROPTER_OK) status = propter_buf_status(&bytes, err);
  for (int64_t i = 0; i < count && status == PROPTER_OK; i++) {
    uint64_t id[4];
    if (!get_quad(codec, propter_buf_str(&bytes), &at, id))
      status = propter_fail(err, PROPTER_INVALID, "the record of a run ends after %lld of %lld quads", (long long)i, (long long)count);
    else if (!propter_vec_push(quads, ((PropterQuad){id[0], id[1], id[2], id[3]})))
      status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading a run's record");
  }
  uint64_t hash = 0;
  if (status == PROPTER_OK) {
    PropterError inner = {0};
    status = witness(snapshot, quads->items + first, quads->count - first, &hash, &inner);
    char hex[17];
    (void)snprintf(hex, sizeof hex, "%016llx", (unsigned long long)hash);
    if (status == PROPTER_NOT_FOUND || (status == PROPTER_OK && memcmp(hex, hash_text.data, 16) != 0))
      status = propter_fail(err, PROPTER_INVALID, "the record of this run was made in another graph directory: its ids mean nothing here");
    else if (status != PROPTER_OK)
      (void)propter_fail(err, status, "%s", inner.message);
  }
  propter_free(codec);
  propter_buf_clear(&bytes);
  return status;
}
