/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/put.h"

#include <math.h>
#include <string.h>

bool propter_steers(uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x61C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
         c == 0xFEFF;
}
static bool white(uint32_t c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x2028 || c == 0x2029; }

/* Passes each character through `put`, white space folded to one blank, steering characters replaced. */
static void each(PropterBuf *out, PropterStr text, size_t most, void (*put)(PropterBuf *, uint32_t)) {
  const size_t start = out->len;
  size_t count = 0, word = start; /* where the last word ended */
  bool gap = false, any = false;
  for (size_t at = 0; at < text.len;) {
    uint32_t c = propter_utf8_next(text, &at);
    if (white(c)) {
      gap = any;
      continue;
    }
    if (most && ++count > most) {
      if (!gap && out->len - word < word - start) out->data[out->len = word] = 0; /* a word that is most of the line is cut itself */
      propter_buf_add(out, PROPTER_STR("\xE2\x80\xA6"));
      return;
    }
    if (gap) word = out->len, put(out, ' '), count++;
    gap = false;
    any = true;
    put(out, propter_steers(c) ? 0xFFFD : c);
  }
}

static void as_is(PropterBuf *out, uint32_t c) { propter_buf_add_utf8(out, c); }
void propter_put_line(PropterBuf *out, PropterStr text) { each(out, text, 0, as_is); }
void propter_put_line_cut(PropterBuf *out, PropterStr text, size_t characters) { each(out, text, characters, as_is); }

void propter_put_lines(PropterBuf *out, PropterStr text) {
  for (size_t at = 0; at < text.len;) {
    uint32_t c = propter_utf8_next(text, &at);
    propter_buf_add_utf8(out, propter_steers(c) && c != '\n' && c != '\t' ? 0xFFFD : c);
  }
}

static void as_md(PropterBuf *out, uint32_t c) {
  if (c == '<') propter_buf_add(out, PROPTER_STR("&lt;"));
  else if (c == '>') propter_buf_add(out, PROPTER_STR("&gt;"));
  else if (c == '&') propter_buf_add(out, PROPTER_STR("&amp;"));
  else {
    if (c < 0x80 && c && strchr("\\`*_[]|#~!$", (int)c)) propter_buf_add_char(out, '\\');
    propter_buf_add_utf8(out, c);
  }
}
void propter_put_md(PropterBuf *out, PropterStr text) { each(out, text, 0, as_md); }

static void as_html(PropterBuf *out, uint32_t c) {
  switch (c) {
    case '<': propter_buf_add(out, PROPTER_STR("&lt;")); break;
    case '>': propter_buf_add(out, PROPTER_STR("&gt;")); break;
    case '&': propter_buf_add(out, PROPTER_STR("&amp;")); break;
    case '"': propter_buf_add(out, PROPTER_STR("&quot;")); break;
    case '\'': propter_buf_add(out, PROPTER_STR("&#39;")); break;
    default: propter_buf_add_utf8(out, c);
  }
}
void propter_put_html(PropterBuf *out, PropterStr text) { each(out, text, 0, as_html); }

void propter_put_json(PropterBuf *out, PropterStr text) {
  propter_buf_add_char(out, '"');
  for (size_t at = 0; at < text.len;) {
    uint32_t c = propter_utf8_next(text, &at);
    if (c == '"' || c == '\\') propter_buf_printf(out, "\\%c", (char)c);
    else if (c == '<' || propter_steers(c)) propter_buf_printf(out, "\\u%04x", (unsigned)c);
    else propter_buf_add_utf8(out, c);
  }
  propter_buf_add_char(out, '"');
}

void propter_put_json_number(PropterBuf *out, const char *name, double value, int digits) {
  propter_buf_printf(out, ",\"%s\":", name);
  if (isfinite(value)) propter_buf_printf(out, "%.*g", digits, value);
  else propter_buf_add(out, PROPTER_STR("null"));
}

static bool runs(PropterStr text) {
  double number;
  PropterStr start = propter_str_trim(text);
  bool formula = text.len && (memchr("\t\r\n", text.data[0], 3) || (start.len && memchr("=+-@", start.data[0], 4)));
  return formula && !propter_str_to_double(text, &number);
}

void propter_put_csv(PropterBuf *out, PropterStr text, bool guard) {
  bool quote = false;
  for (size_t i = 0; i < text.len && !quote; i++) quote = memchr("\",\r\n", text.data[i], 4) != NULL;
  if (quote) propter_buf_add_char(out, '"');
  if (guard && runs(text)) propter_buf_add_char(out, '\'');
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] == '"') propter_buf_add_char(out, '"');
    propter_buf_add_char(out, text.data[i]);
  }
  if (quote) propter_buf_add_char(out, '"');
}

void propter_put_csv_line(PropterBuf *out, PropterStr text) {
  PropterBuf line = {.max = out->max};
  propter_put_line(&line, text);
  propter_put_csv(out, (PropterStr){line.data ? line.data : "", line.len}, true);
  if (line.failed != PROPTER_OK && out->failed == PROPTER_OK) out->failed = line.failed;
  propter_buf_clear(&line);
}
