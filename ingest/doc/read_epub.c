/* SPDX-License-Identifier: Apache-2.0 */
/* Books in EPUB 2 and 3 (W3C EPUB 3.3): the package's metadata, and the pages of its spine in order. */
#include <string.h>

#include "doc.h"

typedef struct {
  DocBuilder *b;
  const char *package; /* entry of the package document */
  DocRelations pages;  /* id, media type, target of the manifest */
  PROPTER_VEC(PropterStr) spine;
} Epub;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a book"); }

static PropterStatus container_start(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  Epub *e = payload;
  PropterStr path = doc_attribute(a, n, "full-path");
  if (!doc_named(name, "rootfile") || !path.data || e->package) return PROPTER_OK;
  e->package = doc_archive_resolve(e->b, "", path).data;
  return e->package
             ? PROPTER_OK
             : propter_fail(err, PROPTER_INVALID, "expected a package inside the archive, found \"%.*s\"", (int)(path.len < 200 ? path.len : 200), path.data);
}

static PropterStatus package_start(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  Epub *e = payload;
  PropterStr href = doc_attribute(a, n, "href"), type = doc_attribute(a, n, "media-type");
  if (doc_named(name, "item") && href.data && propter_str_equal(type, PROPTER_STR("application/xhtml+xml"))) {
    DocRelation one = {propter_arena_copy(e->b->arena, doc_attribute(a, n, "id")), type, doc_archive_resolve(e->b, e->package, href)};
    if (!one.id.data) return no_memory(err);
    if (one.target.data && !propter_vec_push(&e->pages, one)) return no_memory(err);
  }
  if (!doc_named(name, "itemref") || propter_str_equal(doc_attribute(a, n, "linear"), PROPTER_STR("no"))) return PROPTER_OK;
  PropterStr id = propter_arena_copy(e->b->arena, doc_attribute(a, n, "idref"));
  return id.data && propter_vec_push(&e->spine, id) ? PROPTER_OK : no_memory(err);
}

static PropterStatus page(DocBuilder *b, PropterZip *zip, const char *name, PropterError *err) {
  PropterStr input;
  PROPTER_TRY(doc_archive_part(b, zip, name, &input, err));
  return doc_archive_blame(name, doc_html(b, input, err), err);
}

static PropterStatus read(DocBuilder *b, PropterStr bytes, PropterError *err) {
  static const PropterXmlHandler container = {container_start, NULL, NULL}, package = {package_start, NULL, NULL};
  Epub e = {.b = b};
  PropterZip *zip = NULL;
  PropterStatus status = propter_zip_open(bytes, b->limits, &zip, err);
  if (status == PROPTER_OK) status = doc_archive_look(b, zip, "META-INF/container.xml", &container, &e, err);
  if (status == PROPTER_OK && !e.package) status = propter_fail(err, PROPTER_INVALID, "META-INF/container.xml: expected a rootfile, found none");
  if (status == PROPTER_OK) status = doc_archive_metadata(b, zip, e.package, "date", err);
  if (status == PROPTER_OK) status = doc_archive_look(b, zip, e.package, &package, &e, err);
  for (size_t i = 0; i < e.spine.count && status == PROPTER_OK; i++)
    for (size_t k = 0; k < e.pages.count && status == PROPTER_OK; k++)
      if (propter_str_equal(e.pages.items[k].id, e.spine.items[i])) status = page(b, zip, e.pages.items[k].target.data, err);
  if (status != PROPTER_OK && status != PROPTER_NO_MEMORY && zip && propter_zip_has(zip, "META-INF/encryption.xml"))
    status = propter_fail(err, PROPTER_INVALID, "expected a book that can be read, found an encrypted one");
  propter_zip_close(zip);
  propter_vec_clear(&e.pages);
  propter_vec_clear(&e.spine);
  return status;
}

static bool sniff(PropterStr bytes) { return doc_archive_typed(bytes, "application/epub+zip"); }

const DocReader doc_reader_epub = {"epub", " .epub ", sniff, read};
