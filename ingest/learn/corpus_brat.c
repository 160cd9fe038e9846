/* SPDX-License-Identifier: Apache-2.0 */
/* Standoff annotation of brat (https://brat.nlplab.org/standoff.html): X.txt and X.ann, offsets in characters. */
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "propter/io.h"

typedef struct {
  PropterSpan *bytes; /* of T<n>, by n */
  size_t count;
} Marks;

static unsigned long number_after(const char *s, const char *key) {
  const char *at = strstr(s, key);
  return at ? strtoul(at + strlen(key), NULL, 10) : 0;
}

/* Byte of every character, and one for the end. */
static size_t *byte_table(PropterStr text, size_t *characters) {
  size_t *bytes = propter_malloc((text.len + 1) * sizeof *bytes), n = 0;
  for (size_t i = 0; bytes && i < text.len; i++)
    if (((unsigned char)text.data[i] & 0xC0) != 0x80) bytes[n++] = i;
  if (bytes) bytes[n] = text.len;
  *characters = n;
  return bytes;
}

static PropterSpan span_of(const char *fields, const size_t *bytes, size_t characters) {
  char *end = NULL;
  size_t first = strtoul(fields, &end, 10), last = first;
  /* "10 20;25 30": pieces. */
  while (*end == ' ' || *end == ';') last = strtoul(end + 1, &end, 10);
  return (PropterSpan){bytes[first < characters ? first : characters], bytes[last < characters ? last : characters]};
}

/* "R1\tCause Cause:T3 Effect:T2" and "E1\tConsequence:T1 Cause:T2 Effect:T3". */
static PropterStatus relation(const char *line, const Marks *marks, Corpus *out, PropterError *err) {
  unsigned long cause = number_after(line, " Cause:T"), effect = number_after(line, " Effect:T"), trigger = line[0] == 'E' ? number_after(line, ":T") : 0;
  const char *kind = strchr(line, '\t');
  bool causal = kind && (strncmp(kind + 1, "Cause", 5) == 0 || strncmp(kind + 1, "Consequence", 11) == 0 || strncmp(kind + 1, "Motivation", 10) == 0 ||
                         strncmp(kind + 1, "Purpose", 7) == 0);
  if (!causal || (line[0] == 'R' && (!cause || !effect)) || cause >= marks->count || effect >= marks->count || trigger >= marks->count) return PROPTER_OK;
  return corpus_relation(out, (CorpusRelation){marks->bytes[trigger], marks->bytes[cause], marks->bytes[effect]}, err);
}

static PropterStatus annotations(PropterStr ann, PropterStr text, Corpus *out, PropterError *err) {
  size_t characters = 0, *bytes = byte_table(text, &characters);
  Marks marks = {propter_calloc(ann.len / 8 + 2, sizeof *marks.bytes), ann.len / 8 + 2};
  PropterStatus status = bytes && marks.bytes ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for annotations");
  for (int pass = 0; pass < 2 && status == PROPTER_OK; pass++)
    for (size_t at = 0; at < ann.len && status == PROPTER_OK;) {
      char line[4096];
      size_t n = at;
      while (n < ann.len && ann.data[n] != '\n') n++;
      (void)snprintf(line, sizeof line, "%.*s", (int)(n - at < sizeof line ? n - at : sizeof line - 1), ann.data + at);
      at = n + 1;
      const char *kind = strchr(line, '\t');
      if (pass == 0 && line[0] == 'T' && kind) {
        size_t id = strtoul(line + 1, NULL, 10);
        const char *fields = strchr(kind, ' ');
        if (fields && id < marks.count) marks.bytes[id] = span_of(fields + 1, bytes, characters);
      } else if (pass == 1 && (line[0] == 'R' || line[0] == 'E')) {
        status = relation(line, &marks, out, err);
      }
    }
  propter_free(marks.bytes);
  propter_free(bytes);
  return status;
}

PropterStatus corpus_brat(const char *folder, Corpus *out, PropterError *err) {
  CorpusFiles files = {0};
  PropterStatus status = corpus_files(folder, "", ".ann", &files, err);
  for (size_t i = 0; i < files.paths.count && status == PROPTER_OK; i++) {
    PropterBuf ann = {0}, text = {0};
    char path[4096];
    (void)snprintf(path, sizeof path, "%.*s.txt", (int)strlen(files.paths.items[i]) - 4, files.paths.items[i]);
    status = propter_io_read_file(files.paths.items[i], 0, &ann, err);
    if (status == PROPTER_OK) status = propter_io_read_file(path, 0, &text, err);
    bool again = false;
    for (size_t k = 0; k < out->items.count && status == PROPTER_OK; k++) again |= propter_str_equal(out->items.items[k].text, propter_buf_str(&text));
    if (status == PROPTER_OK && !again) {
      status = corpus_item(out, propter_buf_str(&text), (unsigned)out->items.count, 1, err);
      if (status == PROPTER_OK) status = annotations(propter_buf_str(&ann), propter_buf_str(&text), out, err);
    }
    propter_buf_clear(&ann);
    propter_buf_clear(&text);
  }
  corpus_files_clear(&files);
  return status;
}
