/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures for all eyes: PNG and SVG of an answer, words for what they show, colours that can be told from their ground, and no meaning by colour alone. */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "made.h"
#include "propter/io.h"
#include "support.h"

Suite *suite_picture(void);

static PropterWhyAnswer *answer_for(MadeKind kind) {
  PropterInference *f = made_inference(kind);
  PropterQuestion q = made_question(f, "why did information jobs fall");
  PropterWhyOptions o = propter_why_options();
  PropterWhyAnswer *a;
  ck_ok(propter_why_answer(&q, f, &o, &a, err));
  return a;
}

static PropterBuf rendered(MadeKind kind, const char *format) {
  PropterBuf out = {0};
  PropterWhyAnswer *a = answer_for(kind);
  ck_ok(propter_why_render(a, format, &out, err));
  propter_why_free(a);
  return out;
}

/* --- PNG ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  unsigned width, height, channels;
  unsigned char *pixel; /* rows of width * channels */
  char description[2000];
} Png;

static uint32_t big(const unsigned char *b) { return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]; }

static unsigned char paeth(int a, int b, int c) {
  int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);
  return (unsigned char)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

static void unfilter(Png *png, const unsigned char *raw) {
  size_t line = (size_t)png->width * png->channels, n = png->channels;
  for (size_t y = 0; y < png->height; y++) {
    const unsigned char *in = raw + y * (line + 1) + 1;
    unsigned char *out = png->pixel + y * line, *up = y ? out - line : NULL;
    ck_assert_int_le(in[-1], 4);
    for (size_t x = 0; x < line; x++) {
      int a = x >= n ? out[x - n] : 0, b = up ? up[x] : 0, c = up && x >= n ? up[x - n] : 0;
      int guess[] = {0, a, b, (a + b) / 2, paeth(a, b, c)};
      out[x] = (unsigned char)(in[x] + guess[in[-1]]);
    }
  }
}

/* Every chunk is read with its checksum. */
static Png decode(const PropterBuf *file) {
  const unsigned char *b = (const unsigned char *)file->data;
  Png png = {0};
  PropterBuf packed = {0};
  ck_assert_int_eq(memcmp(b, "\x89PNG\r\n\x1A\n", 8), 0);
  for (size_t at = 8; at + 12 <= file->len;) {
    size_t n = big(b + at);
    const unsigned char *body = b + at + 8;
    ck_assert_uint_le(at + 12 + n, file->len);
    ck_assert_uint_eq(big(body + n), crc32(0, b + at + 4, (uInt)n + 4));
    if (memcmp(b + at + 4, "IHDR", 4) == 0) {
      png.width = big(body), png.height = big(body + 4), png.channels = body[9] == 6 ? 4 : 3;
      ck_assert_int_eq(body[8], 8);
    }
    if (memcmp(b + at + 4, "IDAT", 4) == 0) propter_buf_add(&packed, (PropterStr){(const char *)body, n});
    if (memcmp(b + at + 4, "iTXt", 4) == 0) {
      ck_assert_int_eq(memcmp(body, "Description\0\0\0en\0", 18), 0);
      (void)snprintf(png.description, sizeof png.description, "%.*s", (int)(n - 18), (const char *)body + 18);
    }
    at += 12 + n;
  }
  uLongf size = (uLongf)png.height * (png.width * png.channels + 1);
  unsigned char *raw = malloc(size);
  png.pixel = malloc(size);
  ck_assert_int_eq(uncompress(raw, &size, (const Bytef *)packed.data, packed.len), Z_OK);
  unfilter(&png, raw);
  free(raw);
  propter_buf_clear(&packed);
  return png;
}

static double part_of(const Png *png, unsigned colour, unsigned slack) {
  size_t hits = 0, all = (size_t)png->width * png->height;
  for (size_t i = 0; i < all; i++) {
    const unsigned char *p = png->pixel + i * png->channels;
    hits += (unsigned)abs((int)p[0] - (int)(colour >> 16 & 255)) <= slack && (unsigned)abs((int)p[1] - (int)(colour >> 8 & 255)) <= slack &&
            (unsigned)abs((int)p[2] - (int)(colour & 255)) <= slack;
  }
  return (double)hits / (double)all;
}

static bool can_draw(void) { return system("command -v rsvg-convert >/dev/null 2>&1") == 0; }

START_TEST(png_shows_the_answer_and_says_it) {
  if (!can_draw()) return;
  PropterBuf file = rendered(MADE_ANSWERED, "png"), svg = rendered(MADE_ANSWERED, "svg");
  PropterWhyAnswer *a = answer_for(MADE_ANSWERED);
  Png png = decode(&file);
  unsigned width = 0, height = 0;
  ck_assert_int_eq(sscanf(strstr(svg.data, " width=\""), " width=\"%u\" height=\"%u\"", &width, &height), 2);
  ck_assert_uint_eq(png.width, 2 * width);
  ck_assert_uint_eq(png.height, 2 * height);
  double paper = part_of(&png, 0xfcfbf8, 0), ink = part_of(&png, 0x20262e, 40), window = part_of(&png, 0xf6e9c9, 2), plum = part_of(&png, 0x7a2f57, 20);
  ck_assert_msg(paper > .6 && paper < .97, "paper %g", paper);
  ck_assert_msg(ink > .005 && ink < .2, "ink %g", ink);
  ck_assert_msg(window > .001 && plum > .0001, "window %g, cause %g", window, plum);
  ck_assert_ptr_nonnull(strstr(png.description, a->title.data));
  ck_assert_ptr_nonnull(strstr(png.description, a->headline.data));
  free(png.pixel);
  propter_why_free(a);
  propter_buf_clear(&file), propter_buf_clear(&svg);
}
END_TEST

/* Puts a program of this name and text first in PATH. */
static void put_program(const char *text) {
  const char *folder = support_folder(), *path = getenv("PATH");
  static char both[8000];
  const char *file = support_path(folder, "rsvg-convert");
  support_write(file, propter_str(text));
  ck_assert_int_eq(chmod(file, 0755), 0);
  (void)snprintf(both, sizeof both, "%s:%s", folder, path);
  ck_assert_int_eq(setenv("PATH", both, 1), 0);
}

static void png_fails(PropterStatus status, const char *words) {
  PropterBuf out = {0};
  PropterError err = {0};
  PropterWhyAnswer *a = answer_for(MADE_UNKNOWN);
  ck_assert_int_eq(propter_why_render(a, "png", &out, &err), status);
  ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
  ck_assert_uint_eq(out.len, 0);
  propter_why_free(a);
  propter_buf_clear(&out);
}

START_TEST(png_without_its_program) {
  ck_assert_int_eq(setenv("PATH", "/nonexistent", 1), 0);
  png_fails(PROPTER_NOT_FOUND, "librsvg2-bin");
}
END_TEST

START_TEST(png_that_is_none) {
  put_program("#!/bin/sh\necho 'cannot draw this' >&2\nexit 3\n");
  png_fails(PROPTER_IO, "cannot draw this");
}
END_TEST

START_TEST(png_without_fonts) {
  if (!can_draw()) return;
  char *real = NULL, text[1000];
  FILE *which = popen("command -v rsvg-convert", "r");
  static char line[400];
  real = fgets(line, sizeof line, which);
  (void)pclose(which);
  ck_assert_ptr_nonnull(real);
  real[strcspn(real, "\n")] = 0;
  const char *fonts = support_path(support_folder(), "fonts.conf");
  support_write(fonts, PROPTER_STR("<?xml version=\"1.0\"?><fontconfig><cachedir>/nonexistent</cachedir></fontconfig>"));
  (void)snprintf(text, sizeof text, "#!/bin/sh\nFONTCONFIG_FILE=%s exec %s \"$@\"\n", fonts, real);
  put_program(text);
  png_fails(PROPTER_NOT_FOUND, "no font");
}
END_TEST

/* --- SVG ------------------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  unsigned pictures, described, texts;
} Seen;

static const char *text_of(const xmlNode *node, const char *name) {
  for (const xmlNode *c = node->children; c; c = c->next)
    if (c->type == XML_ELEMENT_NODE && strcmp((const char *)c->name, name) == 0 && c->children && c->children->content)
      return (const char *)c->children->content;
  return NULL;
}

static void look(const xmlNode *node, Seen *seen) {
  for (; node; node = node->next) {
    if (node->type != XML_ELEMENT_NODE) continue;
    if (strcmp((const char *)node->name, "svg") == 0) {
      const char *title = text_of(node, "title"), *words = text_of(node, "desc");
      seen->pictures++;
      seen->described += title && words && strlen(title) > 5 && strlen(words) > 20 && xmlHasProp(node, (const xmlChar *)"aria-labelledby");
    }
    seen->texts += strcmp((const char *)node->name, "text") == 0;
    for (const xmlAttr *at = node->properties; at; at = at->next) {
      ck_assert_msg(strncmp((const char *)at->name, "on", 2) != 0 && strcmp((const char *)at->name, "href") != 0, "attribute %s", (const char *)at->name);
      ck_assert_msg(strcmp((const char *)at->name, "fill") != 0 && strcmp((const char *)at->name, "style") != 0, "attribute %s", (const char *)at->name);
    }
    look(node->children, seen);
  }
}

START_TEST(svg_is_one_file_with_words) {
  for (MadeKind k = MADE_ANSWERED; k < MADE_COUNT; k++) {
    PropterBuf svg = rendered(k, "svg");
    xmlDocPtr doc = xmlReadMemory(svg.data, (int)svg.len, NULL, NULL, XML_PARSE_NONET);
    Seen seen = {0};
    ck_assert_msg(doc != NULL, "%s is not well-formed", made_names[k]);
    look(xmlDocGetRootElement(doc), &seen);
    ck_assert_uint_ge(seen.pictures, k == MADE_ANSWERED ? 4 : 1);
    ck_assert_uint_eq(seen.described, seen.pictures);
    ck_assert_uint_gt(seen.texts, 5);
    ck_assert_msg(!strstr(svg.data, "var(") && !strstr(svg.data, "url(") && !strstr(svg.data, "@import"), "%s", made_names[k]);
    ck_assert_ptr_nonnull(strstr(svg.data, ".paper{fill:#fcfbf8}"));
    xmlFreeDoc(doc);
    propter_buf_clear(&svg);
  }
}
END_TEST

/* Without its style sheet a report says the same: what is likely, how much it explains, on which evidence, what was not borne out. */
START_TEST(no_meaning_by_colour_alone) {
  PropterWhyAnswer *a = answer_for(MADE_ANSWERED);
  static const char *const formats[] = {"html", "svg"};
  for (size_t i = 0; i < 2; i++) {
    PropterBuf out = {0}, want = {0};
    ck_ok(propter_why_render(a, formats[i], &out, err));
    for (size_t k = 0; k < a->causes; k++) {
      PropterStr words[] = {propter_str(a->cause[k].likely), a->cause[k].share, a->cause[k].grade};
      for (size_t w = 0; w < 3; w++) {
        propter_buf_reset(&want), propter_put_html(&want, words[w]);
        ck_assert_msg(strstr(out.data, want.data) != NULL, "%s misses %s", formats[i], want.data);
      }
    }
    ck_assert_ptr_nonnull(strstr(out.data, "contradicted"));
    propter_buf_clear(&out), propter_buf_clear(&want);
  }
  propter_why_free(a);
}
END_TEST

/* --- contrast (WCAG 2.2, 1.4.3 and 1.4.11) -------------------------------------------------------------------------------------------- */

static double channel(unsigned v) {
  double c = v / 255.0;
  return c <= .04045 ? c / 12.92 : pow((c + .055) / 1.055, 2.4);
}
static double luminance(unsigned rgb) { return .2126 * channel(rgb >> 16 & 255) + .7152 * channel(rgb >> 8 & 255) + .0722 * channel(rgb & 255); }
static double contrast(unsigned a, unsigned b) {
  double x = luminance(a), y = luminance(b);
  return (fmax(x, y) + .05) / (fmin(x, y) + .05);
}

/* Colour of a variable in the first rule behind `from`. */
static unsigned colour(const char *css, const char *from, const char *name) {
  const char *at = strstr(css, from);
  char key[40], hex[8] = "";
  ck_assert_msg(at != NULL, "no %s", from);
  (void)snprintf(key, sizeof key, "--%s:", name);
  at = strstr(at, key);
  ck_assert_msg(at != NULL, "no %s behind %s", key, from);
  at += strlen(key) + strspn(at + strlen(key), " #");
  size_t n = strspn(at, "0123456789abcdef");
  ck_assert_msg(n == 3 || n == 6, "%s %zu", key, n);
  for (size_t i = 0; i < 6; i++) hex[i] = at[n == 3 ? i / 2 : i];
  return (unsigned)strtoul(hex, NULL, 16);
}

START_TEST(colours_stand_out_from_their_ground) {
  static const struct {
    const char *file, *from;
  } sheets[] = {{"query/why/picture.css", ":root{"},   {"query/why/report.css", "scheme:dark"}, {"query/why/report.css", "@media print"},
                {"query/web/page.css", ":root {"},     {"query/web/page.css", "scheme: dark"}};
  static const struct {
    bool page;
    const char *front, *ground;
    double least;
  } rows[] = {{0, "ink", "paper", 4.5},  {0, "soft", "paper", 4.5},   {0, "blue", "paper", 4.5},  {0, "plum", "paper", 4.5},   {0, "gold", "paper", 4.5},
              {0, "ink", "card", 4.5},   {0, "soft", "card", 4.5},    {0, "blue", "card", 4.5},   {0, "plum", "card", 4.5},    {0, "ink", "window", 4.5},
              {0, "ink", "band", 3},     {0, "blue", "band", 3},      {0, "unknown", "paper", 3}, {1, "ink", "paper", 4.5},    {1, "soft", "paper", 4.5},
              {1, "accent", "paper", 4.5}, {1, "ink", "tint", 4.5},   {1, "soft", "tint", 4.5},   {1, "accent", "tint", 4.5}};
  for (size_t s = 0; s < sizeof sheets / sizeof *sheets; s++) {
    char path[500];
    PropterBuf css = {0};
    (void)snprintf(path, sizeof path, "%s/%s", getenv("srcdir"), sheets[s].file);
    ck_ok(propter_io_read_file(path, 0, &css, err));
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
      if (rows[r].page != (strstr(sheets[s].file, "page.css") != NULL)) continue;
      double found = contrast(colour(css.data, sheets[s].from, rows[r].front), colour(css.data, sheets[s].from, rows[r].ground));
      ck_assert_msg(found >= rows[r].least, "%s %s: %s on %s %.2f", sheets[s].file, sheets[s].from, rows[r].front, rows[r].ground, found);
    }
    propter_buf_clear(&css);
  }
}
END_TEST

Suite *suite_picture(void) {
  Suite *s = suite_create("picture");
  TCase *t = tcase_create("picture");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, png_shows_the_answer_and_says_it);
  tcase_add_test(t, png_without_its_program);
  tcase_add_test(t, png_that_is_none);
  tcase_add_test(t, png_without_fonts);
  tcase_add_test(t, svg_is_one_file_with_words);
  tcase_add_test(t, no_meaning_by_colour_alone);
  tcase_add_test(t, colours_stand_out_from_their_ground);
  suite_add_tcase(s, t);
  return s;
}
