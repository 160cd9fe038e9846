/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

PropterStatus output_write(PropterStr bytes, void *file, PropterError *err) {
  if (fwrite(bytes.data, 1, bytes.len, file) == bytes.len) return PROPTER_OK;
  return propter_fail(err, PROPTER_IO, "cannot write the output: %s", strerror(errno));
}

/* What stands before the stream: the bytes of a character that has not come whole. */
typedef struct {
  FILE *to;
  char part[8];
  size_t parts;
} Screen;

/* How many bytes at the end begin a character that goes on. */
static size_t unfinished(const char *bytes, size_t n) {
  for (size_t back = 1; back < 4 && back <= n; back++) {
    const unsigned char c = (unsigned char)bytes[n - back];
    if ((c & 0xC0) != 0x80) return (c >= 0xF0 ? 4U : c >= 0xE0 ? 3U : c >= 0xC0 ? 2U : 1U) > back ? back : 0;
  }
  return 0;
}

static bool show(Screen *s, PropterStr text) {
  PropterBuf put = {0};
  propter_put_lines(&put, text);
  bool written = put.failed == PROPTER_OK && fwrite(put.data ? put.data : "", 1, put.len, s->to) == put.len && fflush(s->to) == 0;
  propter_buf_clear(&put);
  return written;
}

static ssize_t screen_write(void *cookie, const char *bytes, size_t n) {
  Screen *s = cookie;
  PropterBuf all = {0};
  propter_buf_add(&all, (PropterStr){s->part, s->parts}), propter_buf_add(&all, (PropterStr){bytes, n});
  bool written = all.failed == PROPTER_OK;
  if (written) {
    s->parts = unfinished(all.data, all.len);
    memcpy(s->part, all.data + all.len - s->parts, s->parts);
    written = show(s, (PropterStr){all.data, all.len - s->parts});
  }
  propter_buf_clear(&all);
  return written ? (ssize_t)n : 0;
}

static int screen_close(void *cookie) {
  Screen *s = cookie;
  bool written = show(s, (PropterStr){s->part, s->parts});
  propter_free(s);
  return written ? 0 : EOF;
}

FILE *output_screen(FILE *to) {
  Screen *s = propter_calloc(1, sizeof *s);
  if (!s) return NULL;
  s->to = to;
  FILE *screen = fopencookie(s, "w", (cookie_io_functions_t){.write = screen_write, .close = screen_close});
  if (!screen) propter_free(s);
  return screen;
}

/* Writes what was put together; main looks at the stream. */
static void flush(FILE *out, PropterBuf *text) {
  if (text->failed == PROPTER_OK) (void)fwrite(text->data ? text->data : "", 1, text->len, out);
  else (void)fputs("\xEF\xBF\xBD", out); /* no memory for a few bytes: what was asked for fails by itself */
  propter_buf_clear(text);
}

void output_json(FILE *out, PropterStr text) {
  PropterBuf put = {0};
  propter_put_json(&put, text), flush(out, &put);
}

void output_json_number(FILE *out, const char *name, double value, int digits) {
  PropterBuf put = {0};
  propter_put_json_number(&put, name, value, digits), flush(out, &put);
}

void output_csv(FILE *out, PropterStr text) {
  PropterBuf put = {0};
  propter_put_csv_line(&put, text), flush(out, &put);
}

void output_line(FILE *out, PropterStr text) {
  PropterBuf put = {0};
  propter_put_line(&put, text), flush(out, &put);
}

void output_word(PropterBuf *out, PropterStr text) {
  bool plain = text.len > 0;
  for (size_t i = 0; i < text.len; i++) plain &= (text.data[i] & 0x80) || isalnum((unsigned char)text.data[i]) || strchr("._-/=:@%+,", text.data[i]);
  if (!plain) propter_buf_add_char(out, '\'');
  for (size_t i = 0; i < text.len; i++)
    if (text.data[i] == '\'') propter_buf_add(out, PROPTER_STR("'\\''"));
    else propter_buf_add_char(out, text.data[i]);
  if (!plain) propter_buf_add_char(out, '\'');
}

const char *output_number(uint64_t n) {
  static char texts[8][32];
  static unsigned turn;
  char *text = texts[turn++ % 8], digits[24];
  int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n), at = 0;
  for (int i = 0; i < length; i++) {
    if (i && (length - i) % 3 == 0) text[at++] = ',';
    text[at++] = digits[i];
  }
  text[at] = '\0';
  return text;
}

const char *output_figures(double value, int digits, bool sign) {
  static char texts[8][PROPTER_NUMBER];
  static unsigned turn;
  return propter_number(texts[turn++ % 8], value, propter_number_decimals(value, digits), sign);
}

int output_width(PropterStr text, int columns) { return columns + (int)(text.len - propter_utf8_length(text)); }

const char *output_count(uint64_t n, const char *what) {
  static char texts[8][64];
  static unsigned turn;
  char *text = texts[turn++ % 8];
  (void)snprintf(text, sizeof texts[0], "%s %.30s%s", output_number(n), what, n == 1 ? "" : "s");
  return text;
}

PropterStatus output_run(const CommandCall *call, PropterRun *run, char text[160], PropterError *err) {
  PropterStr iri;
  text[0] = '\0';
  if (call->dry_run) return PROPTER_OK;
  PROPTER_TRY(propter_run_iri(run, &iri, err));
  const char *slash = memrchr(iri.data, '/', iri.len), *name = slash ? slash + 1 : iri.data;
  (void)snprintf(text, 160, "; run %.*s", (int)(iri.data + iri.len - name), name);
  return PROPTER_OK;
}

PropterStatus output_format(const CommandCall *call, const char *const *formats, const char **format, PropterError *err) {
  *format = formats[0];
  PROPTER_TRY(cmd_check_format(call, formats, err));
  for (size_t i = 0; call->format && formats[i]; i++)
    if (strcmp(call->format, formats[i]) == 0) *format = formats[i];
  return PROPTER_OK;
}

PropterStatus output_iri_option(const CommandCall *call, const char *name, PropterStr *iri, PropterError *err) {
  const char *why = NULL, *value = cmd_value(call, name);
  *iri = propter_str(value);
  if (!value || propter_iri_valid(*iri, &why)) return PROPTER_OK;
  return propter_fail(err, PROPTER_INVALID, "--%s \"%.200s\": %s", name, value, why);
}

PropterStatus output_day_option(const CommandCall *call, const char *name, PropterDay *day, PropterError *err) {
  const char *v = cmd_value(call, name);
  *day = PROPTER_NO_DAY;
  if (v && !propter_day_parse(propter_str(v), day)) return propter_fail(err, PROPTER_INVALID, "--%s: expected a date like 2011-08-31, found \"%s\"", name, v);
  return PROPTER_OK;
}

PropterStatus output_number_option(const CommandCall *call, const char *name, int64_t low, int64_t high, int64_t *n, PropterError *err) {
  const char *v = cmd_value(call, name);
  if (v && (!propter_str_to_int64(propter_str(v), n) || *n < low || *n > high))
    return propter_fail(err, PROPTER_USAGE, "--%s: expected %lld to %lld, found \"%s\"", name, (long long)low, (long long)high, v);
  return PROPTER_OK;
}

PropterStatus output_real_option(const CommandCall *call, const char *name, double low, double high, double *x, PropterError *err) {
  const char *v = cmd_value(call, name);
  char *end = NULL;
  if (v) *x = strtod(v, &end);
  if (v && (end == v || *end || !(*x > low && *x < high)))
    return propter_fail(err, PROPTER_USAGE, "--%s: expected a number between %g and %g, found \"%s\"", name, low, high, v);
  return PROPTER_OK;
}

PropterStatus output_file_option(const CommandCall *call, const char *name, const char **path, PropterError *err) {
  const char *slash = (*path = cmd_value(call, name)) ? strrchr(*path, '/') : NULL;
  if (!slash || slash == *path) return PROPTER_OK;
  char folder[PATH_MAX];
  struct stat st;
  int n = snprintf(folder, sizeof folder, "%.*s", (int)(slash - *path), *path);
  if (n < (int)sizeof folder && stat(folder, &st) == 0 && S_ISDIR(st.st_mode)) return PROPTER_OK;
  return propter_fail(err, PROPTER_USAGE, "--%s %s: expected a file in a folder that exists, found no folder %.300s", name, *path, folder);
}

PropterStatus output_find_graph(PropterSnapshot *snapshot, PropterStr iri, PropterId *id, PropterError *err) {
  *id = PROPTER_NO_ID;
  if (!iri.len) return PROPTER_OK;
  PropterTerm term = propter_iri(iri);
  uint64_t count = 0;
  PROPTER_TRY(propter_snapshot_find(snapshot, &term, id, err));
  if (*id != PROPTER_NO_ID) PROPTER_TRY(propter_snapshot_count(snapshot, PROPTER_GSPO, (PropterQuad){.g = *id}, 1, &count, err));
  return count ? PROPTER_OK
               : propter_fail(err, PROPTER_NOT_FOUND, "no graph <%.*s>; propter status lists them", (int)(iri.len < 300 ? iri.len : 300), iri.data);
}
