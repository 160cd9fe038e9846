/* SPDX-License-Identifier: Apache-2.0 */
/* MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "propter/hash.h"

static uint32_t rol(uint32_t x, unsigned n) { return x << n | x >> (32 - n); }
static uint32_t ror(uint32_t x, unsigned n) { return x >> n | x << (32 - n); }
static uint64_t ror64(uint64_t x, unsigned n) { return x >> n | x << (64 - n); }

static void md5_block(uint32_t h[8], const unsigned char *block) {
  static const unsigned char turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  uint32_t a = h[0], b = h[1], c = h[2], d = h[3], w[16];
  for (size_t i = 0; i < 16; i++)
    w[i] = (uint32_t)block[4 * i] | (uint32_t)block[4 * i + 1] << 8 | (uint32_t)block[4 * i + 2] << 16 | (uint32_t)block[4 * i + 3] << 24;
  for (unsigned i = 0; i < 64; i++) {
    uint32_t f, k = (uint32_t)(int64_t)floor(fabs(sin((double)i + 1)) * 4294967296.0);
    unsigned g;
    switch (i / 16) {
    case 0: f = (b & c) | (~b & d), g = i; break;
    case 1: f = (d & b) | (~d & c), g = (5 * i + 1) % 16; break;
    case 2: f = b ^ c ^ d, g = (3 * i + 5) % 16; break;
    default: f = c ^ (b | ~d), g = (7 * i) % 16;
    }
    uint32_t next = b + rol(a + f + k + w[g], turns[i / 16][i % 4]);
    a = d, d = c, c = b, b = next;
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d;
}

static uint32_t word(const unsigned char *p) { return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]; }

static void sha1_block(uint32_t h[8], const unsigned char *block) {
  uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], w[80];
  for (size_t i = 0; i < 16; i++) w[i] = word(block + 4 * i);
  for (size_t i = 16; i < 80; i++) w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  for (size_t i = 0; i < 80; i++) {
    uint32_t f = i < 20 ? (b & c) | (~b & d) : i < 40 || i >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d);
    uint32_t k = i < 20 ? 0x5A827999 : i < 40 ? 0x6ED9EBA1 : i < 60 ? 0x8F1BBCDC : 0xCA62C1D6;
    uint32_t t = rol(a, 5) + f + e + k + w[i];
    e = d, d = c, c = rol(b, 30), b = a, a = t;
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

/* First 64 bits of the fractional parts of the cube roots of the first 80 primes; SHA-256 uses the upper halves of the first 64. */
static const uint64_t sha2_k[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b,
    0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1,
    0x9bdc06a725c71235, 0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65, 0x2de92c6f592b0275,
    0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b, 0xa2bfe8a14cf10364, 0xa81a664bbc423001,
    0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8,
    0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec, 0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915,
    0xc67178f2e372532b, 0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
    0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c, 0x4cc5d4becb3e42b6,
    0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

static void sha256_block(uint32_t h[8], const unsigned char *block) {
  uint32_t w[64], v[8];
  for (size_t i = 0; i < 16; i++) w[i] = word(block + 4 * i);
  for (size_t i = 16; i < 64; i++) {
    uint32_t x = w[i - 15], y = w[i - 2];
    w[i] = w[i - 16] + (ror(x, 7) ^ ror(x, 18) ^ x >> 3) + w[i - 7] + (ror(y, 17) ^ ror(y, 19) ^ y >> 10);
  }
  memcpy(v, h, sizeof v);
  for (size_t i = 0; i < 64; i++) {
    uint32_t t = v[7] + (ror(v[4], 6) ^ ror(v[4], 11) ^ ror(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + (uint32_t)(sha2_k[i] >> 32) + w[i];
    uint32_t u = (ror(v[0], 2) ^ ror(v[0], 13) ^ ror(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    memmove(v + 1, v, 7 * sizeof *v);
    v[4] += t, v[0] = t + u;
  }
  for (size_t i = 0; i < 8; i++) h[i] += v[i];
}

static void sha512_block(uint64_t h[8], const unsigned char *block) {
  uint64_t w[80], v[8];
  for (size_t i = 0; i < 16; i++) w[i] = (uint64_t)word(block + 8 * i) << 32 | word(block + 8 * i + 4);
  for (size_t i = 16; i < 80; i++) {
    uint64_t x = w[i - 15], y = w[i - 2];
    w[i] = w[i - 16] + (ror64(x, 1) ^ ror64(x, 8) ^ x >> 7) + w[i - 7] + (ror64(y, 19) ^ ror64(y, 61) ^ y >> 6);
  }
  memcpy(v, h, sizeof v);
  for (size_t i = 0; i < 80; i++) {
    uint64_t t = v[7] + (ror64(v[4], 14) ^ ror64(v[4], 18) ^ ror64(v[4], 41)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + sha2_k[i] + w[i];
    uint64_t u = (ror64(v[0], 28) ^ ror64(v[0], 34) ^ ror64(v[0], 39)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    memmove(v + 1, v, 7 * sizeof *v);
    v[4] += t, v[0] = t + u;
  }
  for (size_t i = 0; i < 8; i++) h[i] += v[i];
}

typedef struct {
  uint32_t h32[8];
  uint64_t h64[8];
} State;

static void one_block(PropterDigest kind, State *s, const unsigned char *block) {
  switch (kind) {
  case PROPTER_DIGEST_MD5:
    md5_block(s->h32, block);
    break;
  case PROPTER_DIGEST_SHA1:
    sha1_block(s->h32, block);
    break;
  case PROPTER_DIGEST_SHA256:
    sha256_block(s->h32, block);
    break;
  default: sha512_block(s->h64, block);
  }
}

static void absorb(PropterDigest kind, State *s, PropterStr bytes) {
  size_t size = kind >= PROPTER_DIGEST_SHA384 ? 128 : 64, field = size / 8, at = 0;
  unsigned char last[256] = {0};
  for (; bytes.len - at >= size; at += size) one_block(kind, s, (const unsigned char *)bytes.data + at);
  size_t rest = bytes.len - at, total = rest + 1 + field <= size ? size : 2 * size;
  if (rest) memcpy(last, bytes.data + at, rest);
  last[rest] = 0x80;
  uint64_t bits = (uint64_t)bytes.len * 8;
  for (size_t i = 0; i < 8; i++) last[kind == PROPTER_DIGEST_MD5 ? total - 8 + i : total - 1 - i] = (unsigned char)(bits >> (8 * i));
  for (size_t i = 0; i < total; i += size) one_block(kind, s, last + i);
}

void propter_digest(PropterDigest kind, PropterStr bytes, char out[129]) {
  static const struct { size_t words; uint64_t h[8];
  } starts[] = {[PROPTER_DIGEST_MD5] = {4, {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0, 0, 0, 0}},
                [PROPTER_DIGEST_SHA1] = {5, {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0, 0, 0, 0}},
                [PROPTER_DIGEST_SHA256] = {8, {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19}},
                [PROPTER_DIGEST_SHA384] = {6,
                                           {0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939, 0x67332667ffc00b31,
                                            0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4}},
                [PROPTER_DIGEST_SHA512] = {8,
                                           {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1, 0x510e527fade682d1,
                                            0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179}}};
  State s;
  size_t len = 0;
  for (size_t i = 0; i < 8; i++) s.h32[i] = (uint32_t)starts[kind].h[i], s.h64[i] = starts[kind].h[i];
  absorb(kind, &s, bytes);
  for (size_t i = 0; i < starts[kind].words; i++) {
    if (kind >= PROPTER_DIGEST_SHA384) len += (size_t)snprintf(out + len, 129 - len, "%016llx", (unsigned long long)s.h64[i]);
    else len += (size_t)snprintf(out + len, 129 - len, "%08x", kind == PROPTER_DIGEST_MD5 ? __builtin_bswap32(s.h32[i]) : s.h32[i]);
  }
}
