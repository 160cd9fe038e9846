/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <zlib.h>

#include "causal.h"

void need(PropterStatus status, const PropterError *err) {
  if (status == PROPTER_OK) return;
  fprintf(stderr, "causal: %s\n", err->message);
  exit(propter_exit_code(status));
}

static void *own(void *p) {
  if (!p) {
    fputs("causal: out of memory\n", stderr);
    exit(75);
  }
  return p;
}

char *file_text(const char *folder, const char *name) {
  char path[4096];
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  gzFile file = gzopen(path, "rb"); /* reads plain files as they are */
  if (!file) return NULL;
  PropterBuf buf = {0};
  char block[65536];
  for (int n; (n = gzread(file, block, sizeof block)) > 0;) propter_buf_add(&buf, (PropterStr){block, (size_t)n});
  (void)gzclose(file);
  propter_buf_add_char(&buf, 0);
  return own(buf.data);
}

void path_format(char *out, size_t size, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int len = vsnprintf(out, size, format, args);
  va_end(args);
  if (len < 0 || (size_t)len >= size) exit(3);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

char **folder_names(const char *folder, const char *suffix, size_t *count) {
  PROPTER_VEC(char *) names = {0};
  DIR *dir = opendir(folder);
  size_t tail = strlen(suffix);
  for (struct dirent *e; dir && (e = readdir(dir));) {
    size_t len = strlen(e->d_name);
    if (e->d_name[0] == '.' || len < tail || strcmp(e->d_name + len - tail, suffix) != 0) continue;
    if (!propter_vec_push(&names, own(propter_strdup((PropterStr){e->d_name, len})))) exit(75);
  }
  if (dir) (void)closedir(dir);
  if (names.count) qsort(names.items, names.count, sizeof *names.items, by_name);
  *count = names.count;
  return names.items;
}

void names_free(char **names, size_t count) {
  for (size_t i = 0; i < count; i++) propter_free(names[i]);
  propter_free(names);
}

/* Next cell of a line; *at moves behind its delimiter, *last tells that the line ends here. Spaces as delimiters may repeat. */
static PropterStr next_cell(char **at, const char *delimiters, bool *last) {
  char *p = *at;
  bool quoted = *p == '"', blanks = strchr(delimiters, ' ') != NULL;
  char *start = quoted ? ++p : p;
  while (*p && *p != '\n' && (quoted ? *p != '"' : !strchr(delimiters, *p))) p++;
  size_t len = (size_t)(p - start);
  if (quoted && *p == '"') p++;
  if (len && start[len - 1] == '\r') len--;
  while (blanks && *p && strchr(delimiters, *p)) p++;
  *last = !*p || *p == '\n' || *p == '\r';
  if (!*last && !blanks) p++;
  if (*last)
    while (*p && *p++ != '\n') {}
  *at = p;
  return (PropterStr){start, len};
}

static double level_of(Table *t, size_t c, PropterStr text) {
  for (size_t i = 0; i < t->level_count[c]; i++)
    if (strlen(t->levels[c][i]) == text.len && memcmp(t->levels[c][i], text.data, text.len) == 0) return (double)i;
  t->levels[c] = own(propter_realloc(t->levels[c], (t->level_count[c] + 1) * sizeof **t->levels));
  t->levels[c][t->level_count[c]] = own(propter_strdup(text));
  return (double)t->level_count[c]++;
}

static double cell_value(Table *t, size_t c, PropterStr text) {
  char *word = own(propter_strdup(text)), *end;
  double value = strtod(word, &end);
  bool gone = !text.len || strcmp(word, "*") == 0 || strcmp(word, "?") == 0 || strcmp(word, "NA") == 0;
  if (gone) value = NAN;
  else if (*end || end == word) value = level_of(t, c, text);
  propter_free(word);
  return value;
}

void table_read(Table *t, const char *folder, const char *name, const char *delimiters) {
  char *text = file_text(folder, name), *at = text;
  if (!text) {
    fprintf(stderr, "causal: cannot read %s/%s\n", folder, name);
    exit(3);
  }
  *t = (Table){0};
  PROPTER_VEC(char *) names = {0};
  for (bool last = !*at; !last;)
    if (!propter_vec_push(&names, own(propter_strdup(next_cell(&at, delimiters, &last))))) exit(75);
  t->names = names.items, t->cols = names.count;
  t->levels = own(propter_calloc(t->cols + 1, sizeof *t->levels));
  t->level_count = own(propter_calloc(t->cols + 1, sizeof *t->level_count));
  PROPTER_VEC(double) cells = {0};
  while (*at) {
    bool last = false;
    for (size_t c = 0; c < t->cols; c++)
      if (!propter_vec_push(&cells, last ? NAN : cell_value(t, c, next_cell(&at, delimiters, &last)))) exit(75);
    while (!last) (void)next_cell(&at, delimiters, &last);
    t->rows++;
  }
  t->values = own(propter_calloc(t->rows * t->cols + 1, sizeof(double)));
  for (size_t r = 0; r < t->rows; r++)
    for (size_t c = 0; c < t->cols; c++) t->values[c * t->rows + r] = cells.items[r * t->cols + c];
  propter_vec_clear(&cells);
  propter_free(text);
}

const double *table_column(const Table *t, const char *name) {
  for (size_t c = 0; c < t->cols; c++)
    if (strcmp(t->names[c], name) == 0) return t->values + c * t->rows;
  fprintf(stderr, "causal: no column \"%s\"\n", name);
  exit(3);
}

void table_free(Table *t) {
  for (size_t c = 0; c < t->cols; c++) names_free(t->levels[c], t->level_count[c]), propter_free(t->names[c]);
  propter_free(t->levels), propter_free(t->level_count), propter_free(t->names), propter_free(t->values);
  *t = (Table){0};
}
