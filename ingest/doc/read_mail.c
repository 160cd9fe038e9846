/* SPDX-License-Identifier: Apache-2.0 */
/* Messages (RFC 5322, MIME) and mailboxes of them (mbox, RFC 4155). Of alternatives the plain text is read, else the HTML; attachments by the reader of their
 * format. gmime says where the parts stand and decodes them step by step, so every character of a message keeps its bytes in the file. */
#include <gmime/gmime.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "doc.h"

extern const DocReader doc_reader_mail;

enum { NESTED = 64, STEP_ROOM = 256, LINE_LETTERS = 78, LINE_BYTES = 57 }; /* a line of base64 with its end */

typedef struct {
  DocBuilder *b;
  PropterStr bytes;
  unsigned depth;
  bool encrypted;
  PropterDay last; /* date of the latest message */
} Mail;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a message"); }

/* Undoes the transfer encoding of bytes [start, end) of the file; *content is what they say, in `out` or in the file; `runs` NULL: nobody asks where it stood. */
static PropterStatus unpack(Mail *m, size_t start, size_t end, GMimeContentEncoding encoding, PropterBuf *out, PropterStr *content, DocRuns *runs,
                            PropterError *err) {
  const uint64_t most = runs ? m->b->limits->text_bytes : m->b->limits->document_bytes;
  out->max = m->b->limits->document_bytes;
  *content = (PropterStr){m->bytes.data + start, end - start};
  if (encoding != GMIME_CONTENT_ENCODING_BASE64 && encoding != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE && encoding != GMIME_CONTENT_ENCODING_UUENCODE)
    return !runs || doc_runs_add(runs, (DocRun){0, end - start, start, end - start, 1}) ? PROPTER_OK : no_memory(err);
  /* Four letters of base64 are three bytes: what is too much is known before anything is held. */
  if (encoding == GMIME_CONTENT_ENCODING_BASE64 && (end - start) / LINE_LETTERS * LINE_BYTES > most)
    return propter_fail(err, PROPTER_LIMIT, "a part of more than %llu bytes", (unsigned long long)most);
  GMimeEncoding state;
  g_mime_encoding_init_decode(&state, encoding);
  for (size_t i = start, since = start; i < end && out->failed == PROPTER_OK; i++) {
    char room[STEP_ROOM];
    size_t n = g_mime_encoding_step(&state, m->bytes.data + i, 1, room);
    if (!n) continue;
    if (runs && !doc_runs_add(runs, (DocRun){out->len, n, since, i + 1 - since, n == 1 && i == since})) return no_memory(err);
    propter_buf_add(out, (PropterStr){room, n});
    since = i + 1;
  }
  *content = propter_buf_str(out);
  return propter_buf_status(out, err);
}

/* Where a part's content stands in the file; false: it does not say. */
static bool range(const Mail *m, GMimePart *part, size_t *start, size_t *end) {
  GMimeDataWrapper *content = g_mime_part_get_content(part);
  GMimeStream *stream = content ? g_mime_data_wrapper_get_stream(content) : NULL;
  if (!stream || stream->bound_start < 0 || stream->bound_end < stream->bound_start || (uint64_t)stream->bound_end > m->bytes.len) return false;
  *start = (size_t)stream->bound_start, *end = (size_t)stream->bound_end;
  return true;
}

static bool typed(GMimeObject *object, const char *type, const char *subtype) {
  GMimeContentType *t = g_mime_object_get_content_type(object);
  return t && g_mime_content_type_is_type(t, type, subtype);
}

static PropterStatus text_part(Mail *m, GMimePart *part, PropterError *err) {
  size_t start, end;
  PropterBuf bytes = {0};
  DocRuns runs = {0};
  PropterStr content, input;
  if (!range(m, part, &start, &end)) return PROPTER_OK;
  const char *charset = g_mime_content_type_get_parameter(g_mime_object_get_content_type((GMimeObject *)part), "charset");
  bool html = typed((GMimeObject *)part, "text", "html");
  PropterStatus status = unpack(m, start, end, g_mime_part_get_content_encoding(part), &bytes, &content, &runs, err);
  PropterStr declared = charset ? propter_str(charset) : html ? doc_declared(content) : (PropterStr){"", 0};
  if (status == PROPTER_OK && content.len) {
    status = doc_part_unpacked(m->b, content, &runs, declared, &input, err);
    if (status == PROPTER_OK) status = html ? doc_html(m->b, input, err) : doc_plain(m->b, input, err);
  }
  propter_buf_clear(&bytes);
  propter_vec_clear(&runs);
  return status;
}

/* A line that says what of the message is not read, and why. */
static PropterStatus unread(Mail *m, PropterStr name, const char *reason, size_t start, size_t end, PropterError *err) {
  DocRuns runs = {0};
  PropterStr decoded, note = propter_arena_printf(m->b->arena, "[%.*s: %s]", (int)name.len, name.data, reason);
  PropterStatus status = note.data && doc_runs_add(&runs, (DocRun){0, note.len, start, end > start ? end - start : 1, 0}) ? PROPTER_OK : no_memory(err);
  if (status == PROPTER_OK) status = doc_part_unpacked(m->b, note, &runs, PROPTER_STR("UTF-8"), &decoded, err);
  if (status == PROPTER_OK) status = doc_block(m->b, PROPTER_BLOCK_BOILERPLATE, 0, err);
  if (status == PROPTER_OK) status = doc_text(m->b, decoded, 0, decoded.len, err);
  if (status == PROPTER_OK) status = doc_block(m->b, PROPTER_BLOCK_PARAGRAPH, 0, err);
  propter_vec_clear(&runs);
  return status;
}

/* The attachment's own reader goes on in the same text; its parts bear its name, its headings stand below that. */
static PropterStatus read_within(Mail *m, const DocReader *reader, PropterStr name, PropterStr bytes, PropterError *err) {
  DocBuilder *b = m->b;
  PropterStr headings[7];
  PROPTER_TRY(doc_block(b, PROPTER_BLOCK_PARAGRAPH, 0, err));
  memcpy(headings, b->headings, sizeof headings);
  for (int l = 1; l < 7; l++) b->headings[l] = (PropterStr){"", 0};
  b->headings[1] = name;
  b->within = name;
  if (b->source_end <= m->bytes.len) b->source_end = m->bytes.len + 1; /* apart from the places of the message itself */
  PropterStatus status = reader->read(b, bytes, err);
  if (status == PROPTER_OK) status = doc_block(b, PROPTER_BLOCK_PARAGRAPH, 0, err);
  b->within = (PropterStr){"", 0};
  memcpy(b->headings, headings, sizeof headings);
  return status;
}

/* An attachment of a known format is read if it can be; an image is no document. It is tried alone first, so that a bad one leaves nothing behind. */
static PropterStatus attachment(Mail *m, GMimePart *part, PropterError *err) {
  size_t start, end;
  PropterBuf bytes = {0};
  PropterDocument *alone = NULL;
  PropterError bad = {0};
  PropterStr content = {"", 0};
  const char *given = g_mime_part_get_filename(part), *base = given ? strrchr(given, '/') : NULL;
  if (!given || !propter_utf8_valid(propter_str(given), NULL) || !range(m, part, &start, &end)) return PROPTER_OK;
  PropterStr name = propter_arena_copy(m->b->arena, propter_str(base ? base + 1 : given));
  PropterStatus status = name.data ? unpack(m, start, end, g_mime_part_get_content_encoding(part), &bytes, &content, NULL, err) : no_memory(err);
  const DocReader *reader = status == PROPTER_OK && content.len ? doc_reader_of(name.data, content) : NULL;
  if (reader) {
    /* A message in a message is a part of it; one in a file could hold a file in turn, and so on. */
    bool apart = reader == &doc_reader_mail;
    PropterStatus tried = apart ? PROPTER_OK : propter_document_parse(content, name.data, m->b->limits, &alone, &bad);
    apart |= alone && alone->column_count;
    propter_document_free(alone);
    if (apart) status = unread(m, name, "read only as a file of its own", start, end, err);
    else if (tried == PROPTER_OK) status = read_within(m, reader, name, content, err);
    else if (tried == PROPTER_NO_MEMORY || tried == PROPTER_IO) status = propter_fail(err, tried, "%s", bad.message);
    else status = unread(m, name, bad.message, start, end, err);
  }
  propter_buf_clear(&bytes);
  return status;
}

static PropterStatus object(Mail *m, GMimeObject *o, PropterError *err);
static PropterStatus message(Mail *m, GMimeMessage *message, PropterError *err);

static PropterStatus several(Mail *m, GMimeMultipart *parts, PropterError *err) {
  int count = g_mime_multipart_get_count(parts), from = 0, to = count;
  if (typed((GMimeObject *)parts, "multipart", "encrypted")) m->encrypted = true, to = 0;
  if (typed((GMimeObject *)parts, "multipart", "signed") || typed((GMimeObject *)parts, "multipart", "related")) to = count ? 1 : 0;
  if (typed((GMimeObject *)parts, "multipart", "alternative") && count) {
    /* The last that can be read is the richest; plain text has no guess in it. */
    for (from = count - 1; from > 0 && !typed(g_mime_multipart_get_part(parts, from), "text", "plain"); from--) continue;
    for (int i = count - 1; from == 0 && i > 0; i--)
      if (!typed(g_mime_multipart_get_part(parts, 0), "text", "plain") && (typed(g_mime_multipart_get_part(parts, i), "text", "html"))) from = i;
    to = from + 1;
  }
  for (int i = from; i < to; i++) PROPTER_TRY(object(m, g_mime_multipart_get_part(parts, i), err));
  return PROPTER_OK;
}

static PropterStatus object(Mail *m, GMimeObject *o, PropterError *err) {
  if (!o) return PROPTER_OK;
  if (m->depth >= NESTED) return propter_fail(err, PROPTER_LIMIT, "parts are nested deeper than %d", NESTED);
  PropterStatus status = PROPTER_OK;
  m->depth++;
  const char *disposition = g_mime_object_get_disposition(o);
  if (GMIME_IS_MULTIPART(o))
    status = several(m, (GMimeMultipart *)o, err);
  else if (GMIME_IS_MESSAGE_PART(o) && g_mime_message_part_get_message((GMimeMessagePart *)o))
    status = message(m, g_mime_message_part_get_message((GMimeMessagePart *)o), err);
  else if (typed(o, "application", "pkcs7-mime") || typed(o, "application", "x-pkcs7-mime"))
    m->encrypted = true;
  else if (GMIME_IS_PART(o) && (typed(o, "text", "plain") || typed(o, "text", "html")) && !(disposition && strcasecmp(disposition, "attachment") == 0))
    status = text_part(m, (GMimePart *)o, err);
  else if (GMIME_IS_PART(o))
    status = attachment(m, (GMimePart *)o, err);
  m->depth--;
  return status;
}

/* The subject is a heading that stands for its header line as a whole. */
static PropterStatus subject(Mail *m, GMimeMessage *message, PropterError *err) {
  const char *text = g_mime_message_get_subject(message);
  GMimeHeader *header = g_mime_header_list_get_header(g_mime_object_get_header_list((GMimeObject *)message), "Subject");
  gint64 at = header ? g_mime_header_get_offset(header) : -1;
  if (!text || at < 0 || (uint64_t)at >= m->bytes.len || !propter_utf8_valid(propter_str(text), NULL)) return PROPTER_OK;
  size_t start = (size_t)at, end = start, mark = 0;
  const char *line;
  while (end < m->bytes.len && (line = memchr(m->bytes.data + end, '\n', m->bytes.len - end))) {
    end = (size_t)(line - m->bytes.data);
    if (end + 1 >= m->bytes.len || (line[1] != ' ' && line[1] != '\t')) break;
    end++;
  }
  const char *colon = memchr(m->bytes.data + start, ':', m->bytes.len - start);
  if (colon) mark = (size_t)(colon - m->bytes.data) + 1;
  if (mark > start && mark < end) start = mark;
  PropterStr decoded, words = propter_str_trim(propter_str(text));
  DocRuns runs = {0};
  PROPTER_TRY(doc_set_title(m->b, words, err));
  if (!words.len) return PROPTER_OK;
  PropterStatus status = doc_runs_add(&runs, (DocRun){0, words.len, start, end - start, 0}) ? PROPTER_OK : no_memory(err);
  if (status == PROPTER_OK) status = doc_part_unpacked(m->b, words, &runs, PROPTER_STR("UTF-8"), &decoded, err);
  if (status == PROPTER_OK) status = doc_block(m->b, PROPTER_BLOCK_HEADING, m->depth > 1 ? 2 : 1, err);
  if (status == PROPTER_OK) status = doc_text(m->b, decoded, 0, decoded.len, err);
  propter_vec_clear(&runs);
  return status;
}

static PropterStatus message(Mail *m, GMimeMessage *message, PropterError *err) {
  GDateTime *when = g_mime_message_get_date(message);
  if (when && !m->depth) {
    PropterDay day = propter_day(g_date_time_get_year(when), g_date_time_get_month(when), g_date_time_get_day_of_month(when));
    if (m->last == PROPTER_NO_DAY || day > m->last) m->last = day;
  }
  PROPTER_TRY(subject(m, message, err));
  return object(m, g_mime_message_get_mime_part(message), err);
}

static PropterStatus read_messages(DocBuilder *b, PropterStr bytes, PropterError *err) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  (void)pthread_once(&once, g_mime_init);
  Mail m = {.b = b, .bytes = bytes, .last = PROPTER_NO_DAY};
  GByteArray borrowed = {(guint8 *)(uintptr_t)bytes.data, (guint)bytes.len}; /* only read; a stream of a copy would double a mailbox */
  if (bytes.len > UINT_MAX) return propter_fail(err, PROPTER_LIMIT, "messages of %zu bytes, at most %u", bytes.len, UINT_MAX);
  GMimeStream *stream = g_mime_stream_mem_new();
  g_mime_stream_mem_set_byte_array((GMimeStreamMem *)stream, &borrowed);
  GMimeParser *parser = g_mime_parser_new_with_stream(stream);
  bool box = propter_str_starts(bytes, PROPTER_STR("From "));
  g_mime_parser_set_format(parser, box ? GMIME_FORMAT_MBOX : GMIME_FORMAT_MESSAGE);
  PropterStatus status = PROPTER_OK;
  size_t count = 0;
  do {
    GMimeMessage *one = g_mime_parser_construct_message(parser, NULL);
    if (!one) break;
    status = message(&m, one, err);
    count++;
    g_object_unref(one);
  } while (box && status == PROPTER_OK && !g_mime_parser_eos(parser));
  g_object_unref(parser);
  g_object_unref(stream);
  if (status != PROPTER_OK) return status;
  if (!count) return propter_fail(err, PROPTER_SYNTAX, "expected a message, found none");
  PROPTER_TRY(doc_block(b, PROPTER_BLOCK_PARAGRAPH, 0, err));
  if (m.encrypted && b->blocks.count <= count) return propter_fail(err, PROPTER_INVALID, "expected a message that can be read, found an encrypted one");
  if (m.last != PROPTER_NO_DAY) b->published = m.last;
  return PROPTER_OK;
}

/* Two header fields that messages have, one of them such as no letter has. */
static bool sniff(PropterStr bytes) {
  static const char *const fields[] = {"message-id", "received", "mime-version", "return-path", "delivered-to",
                                       "from",       "to",       "subject",      "date",        "content-type"};
  enum { TELLING = 5, LINES = 60 };
  PropterStr s = {bytes.data, bytes.len < 16384 ? bytes.len : 16384};
  unsigned known = 0, telling = 0, lines = 0;
  for (size_t at = 0; at < s.len && lines < LINES; lines++) {
    const char *end = memchr(s.data + at, '\n', s.len - at);
    PropterStr line = {s.data + at, end ? (size_t)(end - s.data) - at : s.len - at};
    at += line.len + 1;
    if (line.len && line.data[line.len - 1] == '\r') line.len--;
    if (!line.len) break;
    if (line.data[0] == ' ' || line.data[0] == '\t' || (lines == 0 && propter_str_starts(line, PROPTER_STR("From ")))) continue;
    const char *colon = memchr(line.data, ':', line.len);
    if (!colon || memchr(line.data, ' ', (size_t)(colon - line.data))) return false;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
      if (propter_str_equal_caseless((PropterStr){line.data, (size_t)(colon - line.data)}, propter_str(fields[i]))) known++, telling += i < TELLING;
  }
  return known >= 2 && telling;
}

const DocReader doc_reader_mail = {"mail", " .eml .mbox ", sniff, read_messages};
