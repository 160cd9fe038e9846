/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>
#include <strings.h>

#include "doc.h"
#include "propter/hash.h"
#include "propter/io.h"
#include "when.h"

enum { STEP = 4096, HEAD_BLOCKS = 12, HEAD_BYTES = 16384, DATE_LINE = 60, DATE_PLACE = 24 };

struct PropterDocumentMap {
  PropterDocument document;
  PropterArena arena;
  DocBuilder builder;
  PROPTER_VEC(size_t) counts; /* characters before byte i·STEP */
  bool titled;                /* by its metadata */
  bool dated;                 /* by its metadata, or it needs no date */
};

#define READER(name) extern const DocReader doc_reader_##name;
#include "readers.def"
#undef READER

static const DocReader *const readers[] = {
#define READER(name) &doc_reader_##name,
#include "readers.def"
#undef READER
};
enum { READERS = sizeof readers / sizeof *readers };

static const DocReader *by_extension(const char *name) {
  const char *slash = strrchr(name, '/'), *dot = strrchr(slash ? slash : name, '.');
  if (!dot) return NULL;
  size_t n = strlen(dot);
  for (size_t i = 0; i < READERS; i++)
    for (const char *e = readers[i]->extensions; (e = strchr(e, '.')); e++)
      if (strncasecmp(e, dot, n) == 0 && (e[n] == ' ' || !e[n])) return readers[i];
  return NULL;
}

bool propter_document_known(const char *name) { return by_extension(name) != NULL; }

bool propter_document_recognised(const char *path) {
  char head[HEAD_BYTES];
  if (propter_document_known(path)) return true;
  int fd = propter_io_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  ssize_t n = fd < 0 ? -1 : propter_io_read(fd, head, sizeof head);
  if (fd >= 0) (void)propter_io_close(fd);
  return n > 0 && doc_reader_of(path, (PropterStr){head, (size_t)n}) != NULL;
}

const DocReader *doc_reader_of(const char *name, PropterStr bytes) {
  for (size_t i = 0; i < READERS; i++)
    if (readers[i]->sniff && readers[i]->sniff(bytes)) return readers[i];
  return by_extension(name);
}

/* What some reader might be asked for by its name, and none can read. */
static PropterStatus refuse(PropterStr bytes, const DocReader *reader, PropterError *err) {
  if (propter_str_starts(bytes, PROPTER_STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")))
    return propter_fail(err, PROPTER_INVALID, "expected a document that can be read, found an Office file that is encrypted or of the binary kind before 2007");
  if (reader == &doc_reader_text && propter_str_starts(bytes, PROPTER_STR("PK\003\004")))
    return propter_fail(err, PROPTER_INVALID, "expected a document, found an archive that is none");
  return PROPTER_OK;
}

/* What stands before a colon, and *value behind it; empty: there is none. */
static PropterStr key_of(PropterStr text, PropterStr *value) {
  size_t colon = propter_str_find(text, PROPTER_STR(":"));
  if (colon == SIZE_MAX) return (PropterStr){"", 0};
  *value = propter_str_trim((PropterStr){text.data + colon + 1, text.len - colon - 1});
  return (PropterStr){text.data, colon};
}

static bool says_date(PropterStr text, const Calendar *calendar) {
  PropterStr value;
  return calendar_labels(calendar, key_of(text, &value));
}

/* A line of a text's head that says "Subject:"; empty: none. */
static PropterStr own_title(const DocBuilder *b, const Calendar *calendar) {
  for (size_t i = 0; i < b->blocks.count && i < HEAD_BLOCKS; i++) {
    const PropterBlock *block = &b->blocks.items[i];
    PropterStr value;
    if (block->kind == PROPTER_BLOCK_BOILERPLATE && calendar_titles(calendar, key_of((PropterStr){b->text.data + block->start, block->end - block->start}, &value)) &&
        value.len)
      return value;
  }
  return (PropterStr){"", 0};
}

/* "ALBANY, 5 August 2011 (Reuters) — …", or a short line of its own: what stands behind the date ends the words before it. */
static bool is_dateline(PropterStr text, const Calendar *calendar) {
  Whens found = {0};
  bool is = false;
  if (text.len > 120) text.len = 120;
  while (text.len && !propter_utf8_valid(text, NULL)) text.len--;
  if (when_scan(text, &(WhenContext){.calendar = calendar, .reference = PROPTER_NO_DAY}, &found) && found.count && found.items[0].start < 60) {
    PropterStr after = propter_str_trim((PropterStr){text.data + found.items[0].end, text.len - found.items[0].end});
    is = !after.len || strchr("(:|-", *after.data) || propter_str_starts(after, PROPTER_STR("–")) || propter_str_starts(after, PROPTER_STR("—"));
  }
  propter_vec_clear(&found);
  return is;
}

/* A document without a date of its own: a line that says "Date:", else the first date near its beginning, which *guessed tells when it stands in the middle of
 * a sentence. */
static PropterDay find_date(const DocBuilder *b, const Calendar *calendar, bool *guessed) {
  PropterDay first = b->title.len ? doc_date(b->title, calendar) : PROPTER_NO_DAY;
  for (size_t i = 0; i < b->blocks.count && i < HEAD_BLOCKS; i++) {
    PropterStr text = {b->text.data + b->blocks.items[i].start, b->blocks.items[i].end - b->blocks.items[i].start};
    PropterDay day = doc_date(text, calendar);
    if (day != PROPTER_NO_DAY && says_date(text, calendar)) {
      *guessed = false;
      return day;
    }
    if (first == PROPTER_NO_DAY && day != PROPTER_NO_DAY) first = day, *guessed = !is_dateline(text, calendar);
  }
  return first;
}

/* A line near the beginning that says "Date:", or is a day behind a place or a few words at most. */
static PropterDay own_date(const DocBuilder *b, const Calendar *calendar) {
  PropterDay day = PROPTER_NO_DAY;
  for (size_t i = 0; i < b->blocks.count && i < HEAD_BLOCKS && day == PROPTER_NO_DAY; i++) {
    const PropterBlock *block = &b->blocks.items[i];
    PropterStr text = propter_str_trim((PropterStr){b->text.data + block->start, block->end - block->start});
    Whens found = {0};
    if ((block->kind != PROPTER_BLOCK_PARAGRAPH && block->kind != PROPTER_BLOCK_HEADING) || !text.len || text.len > DATE_LINE) continue;
    if (when_scan(text, &(WhenContext){.calendar = calendar, .reference = PROPTER_NO_DAY}, &found) && found.count == 1) {
      const When *when = &found.items[0];
      bool alone = says_date(text, calendar) || (when->end == text.len && when->start <= DATE_PLACE);
      if (alone && when->grain == WHEN_DAY && when->first == when->last) day = when->first;
    }
    propter_vec_clear(&found);
  }
  return day;
}

void document_head(PropterDocument *d, const Calendar *calendar, PropterDay today) {
  const DocBuilder *b = &d->map->builder;
  PropterStr title = d->map->titled ? (PropterStr){"", 0} : own_title(b, calendar);
  if (title.len) d->title = title;
  const bool made = b->made != PROPTER_NO_DAY && b->made <= today;
  bool guessed = false;
  if (d->map->dated) return;
  PropterDay day = made ? own_date(b, calendar) : find_date(b, calendar, &guessed);
  if (day != PROPTER_NO_DAY && (!made || day < b->made)) d->published = day, d->published_guessed = guessed;
}

static PropterStatus count_characters(PropterDocumentMap *m, PropterError *err) {
  PropterStr text = propter_buf_str(&m->builder.text);
  size_t n = 0;
  for (size_t i = 0; i <= text.len; i++) {
    if (i % STEP == 0 && !propter_vec_push(&m->counts, n)) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a document");
    if (i < text.len) n += ((unsigned char)text.data[i] & 0xC0) != 0x80;
  }
  return PROPTER_OK;
}

static PropterStatus fill(PropterDocumentMap *m, const DocReader *reader, PropterStr bytes, PropterError *err) {
  PropterDocument *d = &m->document;
  DocBuilder *b = &m->builder;
  PROPTER_TRY(doc_block(b, PROPTER_BLOCK_PARAGRAPH, 0, err));
  m->titled = b->title.len > 0;
  if (!m->titled) PROPTER_TRY(doc_set_title(b, own_title(b, calendar_default()), err));
  for (size_t i = 0; i < b->blocks.count && !b->title.len; i++)
    if (b->blocks.items[i].kind == PROPTER_BLOCK_HEADING)
      PROPTER_TRY(doc_set_title(b, (PropterStr){b->text.data + b->blocks.items[i].start, b->blocks.items[i].end - b->blocks.items[i].start}, err));
  /* The dates of a table are those of its claims. */
  m->dated = b->published != PROPTER_NO_DAY || b->columns.count;
  d->published = m->dated ? b->published : b->made;
  PROPTER_TRY(count_characters(m, err));
  d->format = reader->name;
  d->encoding = b->encoding;
  d->title = b->title;
  document_head(d, calendar_default(), INT32_MAX);
  d->language = b->language;
  d->text = propter_buf_str(&b->text);
  if (!d->text.data) d->text = (PropterStr){"", 0};
  d->blocks = b->blocks.items;
  d->block_count = b->blocks.count;
  d->columns = b->columns.items;
  d->column_count = b->columns.count;
  d->cells = b->cells.items;
  d->cell_count = b->cells.count;
  propter_hash_hex(bytes, d->hash);
  return PROPTER_OK;
}

PropterStatus propter_document_parse(PropterStr bytes, const char *name, const PropterLimits *limits, PropterDocument **out, PropterError *err) {
  PropterLimits defaults = propter_limits_default();
  if (!limits) limits = &defaults;
  *out = NULL;
  PropterStatus status = PROPTER_OK;
  PropterDocumentMap *m = propter_calloc(1, sizeof *m);
  if (!m) {
    status = propter_fail(err, PROPTER_NO_MEMORY, "no memory for a document");
    goto done;
  }
  m->document.map = m;
  m->builder = (DocBuilder){.limits = limits, .arena = &m->arena, .kind = PROPTER_BLOCK_PARAGRAPH, .published = PROPTER_NO_DAY, .made = PROPTER_NO_DAY};
  m->builder.text.max = limits->text_bytes;
  if (bytes.len > limits->document_bytes) {
    status = propter_fail(err, PROPTER_LIMIT, "document of %zu bytes, at most %llu", bytes.len, (unsigned long long)limits->document_bytes);
    goto done;
  }
  const DocReader *reader = doc_reader_of(name, bytes);
  if (!reader) reader = &doc_reader_text;
  status = refuse(bytes, reader, err);
  if (status == PROPTER_OK) status = reader->read(&m->builder, bytes, err);
  if (status == PROPTER_OK) status = fill(m, reader, bytes, err);
  /* The decoded markup is not needed any more; where it stood is. */
  doc_decoded_clear(&m->builder.part);
done:
  if (status != PROPTER_OK) {
    if (m) propter_document_free(&m->document);
    if (err && !err->source[0]) (void)snprintf(err->source, sizeof err->source, "%.255s", name);
    return status;
  }
  *out = &m->document;
  return PROPTER_OK;
}

PropterStatus propter_document_open(const char *path, const PropterLimits *limits, PropterDocument **out, PropterError *err) {
  PropterLimits defaults = propter_limits_default();
  PropterBuf bytes = {0};
  *out = NULL;
  PropterStatus status = propter_io_read_file(path, (limits ? limits : &defaults)->document_bytes, &bytes, err);
  if (status == PROPTER_OK) status = propter_document_parse(propter_buf_str(&bytes), path, limits, out, err);
  propter_buf_clear(&bytes);
  return status;
}

void propter_document_free(PropterDocument *d) {
  if (!d) return;
  PropterDocumentMap *m = d->map;
  propter_buf_clear(&m->builder.text);
  propter_vec_clear(&m->builder.runs);
  propter_vec_clear(&m->builder.blocks);
  propter_vec_clear(&m->builder.columns);
  propter_vec_clear(&m->builder.cells);
  doc_decoded_clear(&m->builder.part);
  propter_vec_clear(&m->builder.source);
  propter_vec_clear(&m->builder.parts);
  propter_vec_clear(&m->counts);
  propter_arena_clear(&m->arena);
  propter_free(m);
}

static size_t characters_before(const PropterDocument *d, size_t byte) {
  size_t at = byte / STEP * STEP, n = d->map->counts.items[byte / STEP];
  for (; at < byte; at++) n += ((unsigned char)d->text.data[at] & 0xC0) != 0x80;
  return n;
}

PropterPlace propter_document_place(const PropterDocument *d, size_t start, size_t end) {
  const DocBuilder *b = &d->map->builder;
  PropterPlace p = {.char_start = characters_before(d, start), .char_end = characters_before(d, end), .part = {"", 0}};
  size_t from = 0, to = 0, unused = 0;
  doc_runs_find(&b->runs, start, end, &from, &to);
  doc_runs_find(&b->source, from, to > from ? to : from + 1, &p.byte_start, &p.byte_end);
  if (to <= from) doc_runs_find(&b->source, from, from + 1, &unused, &p.byte_end);
  size_t part = b->parts.count;
  while (part > 1 && b->parts.items[part - 1].decoded > from) part--;
  if (!part) return p;
  /* Words that go on in the next part are given by their place in the first. */
  if (part < b->parts.count && b->parts.items[part].source > 0 && p.byte_end > b->parts.items[part].source) p.byte_end = b->parts.items[part].source - 1;
  p.part = b->parts.items[part - 1].name;
  p.byte_start -= b->parts.items[part - 1].source, p.byte_end -= b->parts.items[part - 1].source;
  const PropterBlock *block = propter_document_block_at(d, start);
  if (block) p.path = block->path;
  return p;
}

const PropterBlock *propter_document_block_at(const PropterDocument *d, size_t byte) {
  size_t low = 0, high = d->block_count;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (d->blocks[mid].end <= byte)
      low = mid + 1;
    else
      high = mid;
  }
  return low < d->block_count && d->blocks[low].start <= byte ? &d->blocks[low] : NULL;
}

size_t propter_document_byte_of(const PropterDocument *d, size_t character) {
  size_t low = 0, high = d->map->counts.count;
  while (high - low > 1) {
    size_t mid = low + (high - low) / 2;
    if (d->map->counts.items[mid] <= character)
      low = mid;
    else
      high = mid;
  }
  size_t at = low * STEP, n = d->map->counts.items[low];
  /* A step may begin inside a character, which was counted before it. */
  while (at < d->text.len && ((unsigned char)d->text.data[at] & 0xC0) == 0x80) at++;
  while (at < d->text.len && n < character) {
    at++, n++;
    while (at < d->text.len && ((unsigned char)d->text.data[at] & 0xC0) == 0x80) at++;
  }
  return at;
}
