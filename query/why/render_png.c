/* SPDX-License-Identifier: Apache-2.0 */
/* The picture of render_svg.c in pixels, for what takes nothing else. rsvg-convert draws it as a limited child; the answer's words go into the file as its
 * description (an iTXt chunk, PNG 1.2 §4.2.3.3), so that a picture passed on can be read aloud. */
#include "config.h"

#include <string.h>
#include <zlib.h>

#include "propter/child.h"
#include "render.h"

enum { HEADER = 33 }; /* signature and IHDR chunk */

static PropterStatus draw(PropterStr svg, PropterBuf *png, PropterError *err) {
  static const char *const argv[] = {"rsvg-convert", "--format", "png", "--zoom", "2", NULL};
  static const PropterChildLimits limits = {.seconds = 20, .memory_bytes = 2ULL << 30, .output_bytes = 64 << 20};
  PropterBuf said = {.max = 1 << 16};
  int code = 0;
  PropterStatus status = propter_child_run(argv, svg, &limits, &code, png, &said, err);
  if (status == PROPTER_NOT_FOUND)
    status = propter_fail(err, status, "no program rsvg-convert to draw a PNG (Debian package librsvg2-bin); svg needs none");
  PropterStr words = propter_str_trim(propter_buf_str(&said));
  if (status == PROPTER_OK && (code != 0 || png->len <= HEADER || memcmp(png->data, "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR", 16) != 0))
    status = propter_fail(err, PROPTER_IO, "rsvg-convert drew nothing: %.*s", (int)(words.len < 300 ? words.len : 300), words.data ? words.data : "");
  propter_buf_clear(&said);
  return status;
}

/* Without fonts it draws a box for every letter and says nothing: two letters must differ. */
static PropterStatus has_fonts(PropterError *err) {
#define LETTER(x) PROPTER_STR("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"16\" height=\"16\"><text y=\"14\">" x "</text></svg>")
  PropterBuf m = {0}, i = {0};
  PropterStatus status = draw(LETTER("M"), &m, err);
  if (status == PROPTER_OK) status = draw(LETTER("i"), &i, err);
  if (status == PROPTER_OK && propter_str_equal(propter_buf_str(&m), propter_buf_str(&i)))
    status = propter_fail(err, PROPTER_NOT_FOUND, "no font to draw the words of a PNG with (Debian package fonts-dejavu-core); svg needs none");
  propter_buf_clear(&m);
  propter_buf_clear(&i);
  return status;
#undef LETTER
}

static void put_32(PropterBuf *out, size_t v) {
  for (int shift = 24; shift >= 0; shift -= 8) propter_buf_add_char(out, (char)(unsigned char)(v >> shift));
}

static void put_description(const PropterWhyAnswer *a, PropterBuf *out) {
  static const char head[] = "iTXtDescription\0\0\0en\0"; /* keyword, not compressed, language, no keyword of that language */
  PropterBuf chunk = {0};
  propter_buf_add(&chunk, (PropterStr){head, sizeof head});
  propter_buf_add(&chunk, PROPTER_STR("Why: ")), propter_put_line(&chunk, a->title), propter_buf_add(&chunk, PROPTER_STR(". "));
  propter_put_line(&chunk, a->headline);
  put_32(out, chunk.len - 4), propter_buf_add(out, propter_buf_str(&chunk));
  put_32(out, crc32(0, (const Bytef *)chunk.data, (uInt)chunk.len));
  why_drop(out, &chunk);
}

PropterStatus why_render_png(const PropterWhyAnswer *a, PropterBuf *out, PropterError *err) {
  PropterBuf svg = {0}, png = {0};
  PropterStatus status = has_fonts(err);
  if (status == PROPTER_OK) status = why_render_svg(a, &svg, err);
  if (status == PROPTER_OK) status = propter_buf_status(&svg, err);
  if (status == PROPTER_OK) status = draw(propter_buf_str(&svg), &png, err);
  if (status == PROPTER_OK) {
    propter_buf_add(out, (PropterStr){png.data, HEADER}), put_description(a, out);
    propter_buf_add(out, (PropterStr){png.data + HEADER, png.len - HEADER});
  }
  propter_buf_clear(&svg);
  propter_buf_clear(&png);
  return status;
}
