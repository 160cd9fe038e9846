/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

PropterStatus output_write(PropterStr bytes, void *file, PropterError *err) {
  if (fwrite(bytes.data, 1, bytes.len, file) == bytes.len) return PROPTER_OK;
  return propter_fail(err, PROPTER_IO, "cannot write the output: %s", strerror(errno));
}

void output_json(FILE *out, PropterStr text) {
  fputc('"', out);
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    if (c == '"' || c == '\\')
      fprintf(out, "\\%c", c);
    else if (c < 0x20)
      fprintf(out, "\\u%04x", c);
    else
      fputc(c, out);
  }
  fputc('"', out);
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
  if (!call->format) return PROPTER_OK;
  char names[200] = "";
  size_t at = 0;
  for (size_t i = 0; formats[i]; i++) {
    if (strcmp(call->format, formats[i]) == 0) {
      *format = formats[i];
      return PROPTER_OK;
    }
    int n = snprintf(names + at, sizeof names - at, "%s%s", i ? ", " : "", formats[i]);
    if (n > 0 && (size_t)n < sizeof names - at) at += (size_t)n;
  }
  return propter_fail(err, PROPTER_USAGE, "--format: expected one of %s, found \"%s\"", names, call->format);
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
