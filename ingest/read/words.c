/* SPDX-License-Identifier: Apache-2.0 */
#include "words.h"

#include <math.h>
#include <string.h>

enum { LONGEST = 64 }; /* bytes of a word that is looked up */

static PropterStatus bad(const char *source, unsigned line, const char *expected, PropterError *err) {
  PropterStatus status = propter_fail(err, PROPTER_SYNTAX, "expected %s", expected);
  propter_error_at(err, source, line, 0);
  return status;
}

static bool take_piece(PropterStr numbers, double scale, float out[WORDS_CENTRES][WORDS_PIECE]) {
  size_t n = 0;
  for (size_t at = 0; at < numbers.len; n++) {
    size_t from = at;
    double value;
    while (at < numbers.len && numbers.data[at] != ' ') at++;
    if (n == (size_t)WORDS_CENTRES * WORDS_PIECE || !propter_str_to_double((PropterStr){numbers.data + from, at - from}, &value)) return false;
    out[n / WORDS_PIECE][n % WORDS_PIECE] = (float)(value / scale);
    at++;
  }
  return n == (size_t)WORDS_CENTRES * WORDS_PIECE;
}

static size_t name_length(const char *row, size_t room) {
  const char *tab = memchr(row, '\t', room);
  return tab ? (size_t)(tab - row) : room;
}

PropterStr words_name(const Words *w, size_t number) {
  size_t at = w->rows.items[number];
  return (PropterStr){w->text.data + at, name_length(w->text.data + at, w->text.len - at)};
}

/* The letters behind the word. */
static const char *codes(const Words *w, size_t number) {
  PropterStr name = words_name(w, number);
  return name.data + name.len + 1;
}

static unsigned value_of(char letter) { return (unsigned)(letter - '0'); }

static PropterStatus take_word(Words *w, PropterStr row, const char *source, unsigned line, PropterError *err) {
  size_t name = name_length(row.data, row.len);
  if (row.len - name - 1 != WORDS_PATH + WORDS_PIECES) return bad(source, line, "a letter for each piece of the vector behind the path", err);
  for (size_t i = name + 1; i < row.len; i++)
    if (value_of(row.data[i]) >= WORDS_CENTRES) return bad(source, line, "letters from 0 to o", err);
  if (w->rows.count && propter_str_compare(words_name(w, w->rows.count - 1), (PropterStr){row.data, name}) >= 0)
    return bad(source, line, "each word once, in the order of bytes", err);
  return propter_vec_push(&w->rows, (size_t)(row.data - w->text.data)) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for word vectors");
}

static bool take_landmarks(PropterStr names, Words *w) {
  for (size_t at = 0, from; at < names.len; at++) {
    for (from = at; at < names.len && names.data[at] != ' ';) at++;
    if (w->landmark_count == WORDS_LANDMARKS) return false;
    w->landmarks[w->landmark_count++].name = (PropterStr){names.data + from, at - from};
  }
  return true;
}

static bool find_landmarks(Words *w) {
  for (size_t i = 0; i < w->landmark_count; i++) {
    size_t number = words_find(w, w->landmarks[i].name);
    if (number == WORDS_NONE) return false;
    w->landmarks[i].path = words_path(w, number);
    words_vector(w, number, w->landmarks[i].vector);
  }
  return true;
}

PropterStatus words_parse(PropterStr text, const char *source, Words *out, PropterError *err) {
  static const PropterStr scale_is = {"scale ", 6}, piece_is = {"piece ", 6}, landmarks_are = {"landmarks ", 10};
  PropterStatus status = PROPTER_OK;
  double scale = 1;
  unsigned line = 0, pieces = 0;
  memset(out, 0, sizeof *out);
  out->text = text;
  for (size_t at = 0; at < text.len && status == PROPTER_OK;) {
    const char *start = text.data + at, *end = memchr(start, '\n', text.len - at);
    PropterStr row = {start, end ? (size_t)(end - start) : text.len - at};
    at += row.len + 1;
    line++;
    if (name_length(row.data, row.len) < row.len) status = take_word(out, row, source, line, err);
    else if (!row.len || row.data[0] == '#') continue;
    else if (propter_str_starts(row, scale_is) && propter_str_to_double((PropterStr){row.data + 6, row.len - 6}, &scale) && scale >= 1) continue;
    else if (propter_str_starts(row, landmarks_are) && take_landmarks((PropterStr){row.data + 10, row.len - 10}, out)) continue;
    else if (!propter_str_starts(row, piece_is) || pieces == WORDS_PIECES ||
             !take_piece((PropterStr){row.data + 6, row.len - 6}, scale, out->centres[pieces++]))
      status = bad(source, line, "scale, the centres of a piece, up to 64 landmarks, or a word with its letters", err);
  }
  if (status == PROPTER_OK && pieces < WORDS_PIECES) status = bad(source, line, "a line for each piece", err);
  if (status == PROPTER_OK && !find_landmarks(out)) status = bad(source, line, "landmarks that are words of the model", err);
  if (status != PROPTER_OK) words_clear(out);
  return status;
}

void words_clear(Words *w) {
  propter_vec_clear(&w->rows);
  memset(w, 0, sizeof *w);
}

size_t words_find(const Words *w, PropterStr word) {
  char folded[LONGEST];
  if (!word.len || word.len > sizeof folded) return WORDS_NONE;
  for (size_t i = 0; i < word.len; i++) folded[i] = (char)(word.data[i] >= 'A' && word.data[i] <= 'Z' ? word.data[i] + ('a' - 'A') : word.data[i]);
  for (size_t low = 0, high = w->rows.count; low < high;) {
    size_t middle = low + (high - low) / 2;
    int order = propter_str_compare((PropterStr){folded, word.len}, words_name(w, middle));
    if (order == 0) return middle;
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return WORDS_NONE;
}

static double length(const float v[WORDS_DIMENSIONS]) {
  double sum = 0;
  for (size_t d = 0; d < WORDS_DIMENSIONS; d++) sum += (double)v[d] * (double)v[d];
  return sqrt(sum);
}

void words_vector(const Words *w, size_t number, float out[WORDS_DIMENSIONS]) {
  const char *letters = codes(w, number) + WORDS_PATH;
  for (size_t d = 0; d < WORDS_DIMENSIONS; d++) out[d] = w->centres[d / WORDS_PIECE][value_of(letters[d / WORDS_PIECE])][d % WORDS_PIECE];
  double size = length(out);
  for (size_t d = 0; d < WORDS_DIMENSIONS && size > 0; d++) out[d] = (float)((double)out[d] / size);
}

unsigned words_path(const Words *w, size_t number) {
  const char *letters = codes(w, number);
  unsigned path = 0;
  for (size_t i = 0; i < WORDS_PATH; i++) path = path << 6 | value_of(letters[i]);
  return path;
}

PropterStr words_kind(const Words *w, size_t number, unsigned depth) {
  unsigned cluster = words_path(w, number) >> (WORDS_BITS - depth);
  for (size_t i = 0; i < w->landmark_count; i++)
    if (w->landmarks[i].path >> (WORDS_BITS - depth) == cluster) return w->landmarks[i].name;
  return (PropterStr){"", 0};
}

double words_cosine(const float a[WORDS_DIMENSIONS], const float b[WORDS_DIMENSIONS]) {
  double sum = 0, sizes = length(a) * length(b);
  for (size_t d = 0; d < WORDS_DIMENSIONS; d++) sum += (double)a[d] * (double)b[d];
  return sizes > 0 ? sum / sizes : 0;
}

bool words_add(const Words *w, PropterStr word, float sum[WORDS_DIMENSIONS]) {
  float v[WORDS_DIMENSIONS];
  const size_t number = words_find(w, word);
  if (number == WORDS_NONE) return false;
  words_vector(w, number, v);
  for (size_t d = 0; d < WORDS_DIMENSIONS; d++) sum[d] += v[d];
  return true;
}
