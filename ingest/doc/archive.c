/* SPDX-License-Identifier: Apache-2.0 */
/* Formats that are archives of XML: their entries, their metadata, and what they relate to. */
#include <string.h>

#include "doc.h"

PropterStatus doc_archive_blame(const char *entry, PropterStatus status, PropterError *err) {
  if (status == PROPTER_OK || !err) return status;
  char message[sizeof err->message];
  (void)snprintf(message, sizeof message, "%s", err->message);
  return propter_fail(err, status, "%s: %s", entry, message);
}

static PropterStatus unpack(DocBuilder *b, PropterZip *zip, const char *name, PropterBuf *bytes, PropterError *err) {
  bytes->max = b->limits->document_bytes;
  return propter_zip_read(zip, name, bytes, err);
}

PropterStatus doc_archive_look(DocBuilder *b, PropterZip *zip, const char *name, const PropterXmlHandler *handler, void *payload, PropterError *err) {
  PropterBuf bytes = {0};
  DocDecoded decoded = {0};
  PropterStatus status = unpack(b, zip, name, &bytes, err);
  if (status == PROPTER_OK) status = doc_decode(propter_buf_str(&bytes), doc_declared(propter_buf_str(&bytes)), b->limits->document_bytes, &decoded, err);
  if (status == PROPTER_OK) status = propter_xml_parse(PROPTER_XML, propter_buf_str(&decoded.text), b->limits, handler, payload, err);
  propter_buf_clear(&bytes);
  doc_decoded_clear(&decoded);
  return doc_archive_blame(name, status, err);
}

PropterStatus doc_archive_part(DocBuilder *b, PropterZip *zip, const char *name, PropterStr *decoded, PropterError *err) {
  PropterBuf bytes = {0};
  PropterStatus status = unpack(b, zip, name, &bytes, err);
  if (status == PROPTER_OK) status = doc_part(b, propter_str(name), propter_buf_str(&bytes), doc_declared(propter_buf_str(&bytes)), decoded, err);
  propter_buf_clear(&bytes);
  return doc_archive_blame(name, status, err);
}

/* --- metadata ---------------------------------------------------------------------------------------------------------- */

typedef struct {
  DocBuilder *b;
  const char *date;
  PropterBuf value;
  bool in_title, in_date;
} Metadata;

static PropterStatus metadata_start(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  (void)a, (void)n, (void)err;
  Metadata *m = payload;
  m->in_title = doc_named(name, "title"), m->in_date = doc_named(name, m->date);
  propter_buf_reset(&m->value);
  return PROPTER_OK;
}

static PropterStatus metadata_end(void *payload, PropterXmlName name, PropterError *err) {
  (void)name;
  Metadata *m = payload;
  PropterStatus status = propter_buf_status(&m->value, err);
  if (status == PROPTER_OK && m->in_title) status = doc_set_title(m->b, propter_buf_str(&m->value), err);
  if (status == PROPTER_OK && m->in_date) doc_set_date(m->b, propter_buf_str(&m->value));
  m->in_title = m->in_date = false;
  return status;
}

static PropterStatus metadata_text(void *payload, PropterStr text, size_t byte, size_t bytes, PropterError *err) {
  (void)byte, (void)bytes;
  Metadata *m = payload;
  if (m->in_title || m->in_date) propter_buf_add(&m->value, text);
  return propter_buf_status(&m->value, err);
}

PropterStatus doc_archive_metadata(DocBuilder *b, PropterZip *zip, const char *name, const char *date, PropterError *err) {
  static const PropterXmlHandler handler = {metadata_start, metadata_end, metadata_text};
  Metadata m = {.b = b, .date = date, .value = {.max = 1 << 20}};
  if (!propter_zip_has(zip, name)) return PROPTER_OK;
  PropterStatus status = doc_archive_look(b, zip, name, &handler, &m, err);
  propter_buf_clear(&m.value);
  return status;
}

/* --- encryption --- */

static PropterStatus encryption_start(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  (void)a, (void)n;
  return doc_named(name, payload) ? propter_fail(err, PROPTER_INVALID, "expected a document that can be read, found an encrypted one") : PROPTER_OK;
}

PropterStatus doc_archive_encrypted(DocBuilder *b, PropterZip *zip, const char *entry, const char *element, PropterError *err) {
  static const PropterXmlHandler handler = {encryption_start, NULL, NULL};
  return propter_zip_has(zip, entry) ? doc_archive_look(b, zip, entry, &handler, (void *)(uintptr_t)element, err) : PROPTER_OK;
}

/* --- relations ---------------------------------------------------------------------------------------------------------- */

PropterStr doc_archive_resolve(DocBuilder *b, const char *base, PropterStr target) {
  PropterBuf path = {.max = 4096};
  PropterStr out = {NULL, 0};
  const char *slash = strrchr(base, '/');
  const char *hash = memchr(target.data, '#', target.len);
  if (hash) target.len = (size_t)(hash - target.data);
  bool inside = true;
  if (target.len && target.data[0] == '/')
    target.data++, target.len--;
  else if (slash)
    propter_buf_add(&path, (PropterStr){base, (size_t)(slash - base)});
  for (size_t i = 0; i < target.len && inside;) {
    const char *end = memchr(target.data + i, '/', target.len - i);
    PropterStr step = {target.data + i, end ? (size_t)(end - target.data) - i : target.len - i};
    i += step.len + 1;
    if (!step.len || propter_str_equal(step, PROPTER_STR("."))) continue;
    if (propter_str_equal(step, PROPTER_STR(".."))) {
      inside = path.len > 0;
      while (path.len && path.data[path.len - 1] != '/') path.len--;
      if (path.len) path.len--;
      continue;
    }
    if (path.len) propter_buf_add_char(&path, '/');
    propter_buf_add(&path, step);
  }
  if (inside && path.failed == PROPTER_OK) out = propter_arena_copy(b->arena, propter_buf_str(&path));
  propter_buf_clear(&path);
  return out;
}

typedef struct {
  DocBuilder *b;
  const char *part;
  DocRelations *out;
} Relating;

static PropterStatus relation(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  Relating *r = payload;
  PropterStr target = doc_attribute(a, n, "Target"), mode = doc_attribute(a, n, "TargetMode");
  if (!doc_named(name, "Relationship") || !target.data || propter_str_equal(mode, PROPTER_STR("External"))) return PROPTER_OK;
  DocRelation one = {propter_arena_copy(r->b->arena, doc_attribute(a, n, "Id")), propter_arena_copy(r->b->arena, doc_attribute(a, n, "Type")),
                     doc_archive_resolve(r->b, r->part, target)};
  if (!one.id.data || !one.type.data) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for relations");
  if (!one.target.data) return PROPTER_OK;
  return propter_vec_push(r->out, one) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for relations");
}

PropterStatus doc_archive_relations(DocBuilder *b, PropterZip *zip, const char *part, DocRelations *out, PropterError *err) {
  static const PropterXmlHandler handler = {relation, NULL, NULL};
  Relating r = {b, part, out};
  const char *slash = strrchr(part, '/'), *file = slash ? slash + 1 : part;
  PropterStr name = propter_arena_printf(b->arena, "%.*s_rels/%s.rels", (int)(file - part), part, file);
  if (!name.data) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for relations");
  return propter_zip_has(zip, name.data) ? doc_archive_look(b, zip, name.data, &handler, &r, err) : PROPTER_OK;
}

/* --- recognition -------------------------------------------------------------------------------------------------------- */

static bool zip(PropterStr bytes) { return propter_str_starts(bytes, PROPTER_STR("PK\003\004")); }

bool doc_archive_typed(PropterStr bytes, const char *mimetype) {
  /* The entry stands first and unpacked (OpenDocument 1.3 part 2 §3.3, EPUB OCF 3.3 §4.3), behind a header of 30 bytes. */
  PropterStr at = {bytes.data + 30, bytes.len > 30 ? bytes.len - 30 : 0};
  if (!zip(bytes) || !propter_str_starts(at, PROPTER_STR("mimetype"))) return false;
  at.data += 8, at.len -= 8;
  return propter_str_starts(at, propter_str(mimetype));
}

bool doc_archive_holds(PropterStr bytes, const char *entry) { return zip(bytes) && memmem(bytes.data, bytes.len, entry, strlen(entry)) != NULL; }
