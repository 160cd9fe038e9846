/* SPDX-License-Identifier: Apache-2.0 */
/* OpenDocument texts and presentations (OASIS OpenDocument 1.3 part 3): content.xml, its automatic styles, and meta.xml. */
#include <string.h>

#include "doc.h"
#include "propter/hash.h"

static const DocElement elements[] = {
    {"alphabetical-index", DOC_FRAME},
    {"annotation", DOC_SKIP},
    {"annotation-end", DOC_SKIP},
    {"bibliography", DOC_FRAME},
    {"binary-data", DOC_SKIP},
    {"desc", DOC_SKIP},
    {"forms", DOC_SKIP},
    {"frame", DOC_INLINE},
    {"h", DOC_HEADING},
    {"illustration-index", DOC_FRAME},
    {"line-break", DOC_BREAK},
    {"list", DOC_BLOCK},
    {"list-header", DOC_ITEM},
    {"list-item", DOC_ITEM},
    {"meta", DOC_INLINE},
    {"note", DOC_SKIP},
    {"notes", DOC_BLOCK},
    {"p", DOC_BLOCK},
    {"page", DOC_BLOCK},
    {"s", DOC_SPACE},
    {"scripts", DOC_SKIP},
    {"section", DOC_BLOCK},
    {"sequence-decls", DOC_SKIP},
    {"soft-page-break", DOC_INLINE},
    {"tab", DOC_SPACE},
    {"table", DOC_BLOCK},
    {"table-cell", DOC_CELL},
    {"table-index", DOC_FRAME},
    {"table-of-content", DOC_FRAME},
    {"title", DOC_SKIP},
    {"tracked-changes", DOC_SKIP},
    {"user-index", DOC_FRAME},
};

typedef struct {
  PropterMap styles; /* name to role * 16 + level */
} Odt;

/* A style by its own name, which writes blanks as _20_. */
static DocRole by_name(PropterStr name, unsigned *level) {
  char plain[64];
  size_t n = 0;
  for (size_t i = 0; i < name.len && n < sizeof plain; i++) {
    bool blank = i + 4 <= name.len && memcmp(name.data + i, "_20_", 4) == 0;
    plain[n++] = blank ? ' ' : name.data[i];
    i += blank ? 3 : 0;
  }
  return doc_style((PropterStr){plain, n}, level);
}

static DocRole style_of(Odt *o, PropterStr name, unsigned *level) {
  const uint64_t *known = name.data ? propter_map_get(&o->styles, name) : NULL;
  if (!known) return name.data ? by_name(name, level) : DOC_INLINE;
  *level = (unsigned)(*known % 16);
  return (DocRole)(*known / 16);
}

static DocDecision decide(DocMarkup *m, PropterXmlName name, const PropterXmlAttribute *a, size_t n) {
  Odt *o = m->own;
  DocDecision d = {doc_role(elements, sizeof elements / sizeof *elements, name.local, DOC_INLINE), 0};
  if (doc_named(name, "style")) {
    PropterStr own = doc_attribute(a, n, "name"), parent = doc_attribute(a, n, "parent-style-name");
    unsigned level = 1;
    DocRole role = style_of(o, parent, &level);
    /* Without memory for a style its paragraphs are plain ones; the builder will say that there is none. */
    if (own.data && role != DOC_INLINE) (void)propter_map_put(&o->styles, own, role * 16 + level, NULL);
  } else if (d.role == DOC_HEADING) {
    PropterStr level = doc_attribute(a, n, "outline-level");
    d.level = level.len == 1 && level.data[0] >= '1' && level.data[0] <= '6' ? (unsigned)(level.data[0] - '0') : 1;
  } else if (doc_named(name, "p")) {
    unsigned level = 1;
    DocRole role = style_of(o, doc_attribute(a, n, "style-name"), &level);
    if (role == DOC_TITLE) role = DOC_HEADING;
    if (role != DOC_INLINE && role != DOC_ITEM) d = (DocDecision){role, level};
  }
  return d;
}

static PropterStatus read(DocBuilder *b, PropterStr bytes, PropterError *err) {
  Odt o = {0};
  DocMarkup m = {.b = b, .decide = decide, .own = &o};
  PropterZip *zip = NULL;
  PropterStr input;
  PropterStatus status = propter_zip_open(bytes, b->limits, &zip, err);
  if (status == PROPTER_OK) status = doc_archive_encrypted(b, zip, "META-INF/manifest.xml", "encryption-data", err);
  if (status == PROPTER_OK) status = doc_archive_metadata(b, zip, "meta.xml", "creation-date", err);
  if (status == PROPTER_OK) status = doc_archive_part(b, zip, "content.xml", &input, err);
  if (status == PROPTER_OK) status = doc_archive_blame("content.xml", doc_markup(&m, PROPTER_XML, input, err), err);
  propter_zip_close(zip);
  propter_map_clear(&o.styles);
  return status;
}

static bool sniff(PropterStr bytes) {
  return doc_archive_typed(bytes, "application/vnd.oasis.opendocument.text") || doc_archive_typed(bytes, "application/vnd.oasis.opendocument.presentation");
}

const DocReader doc_reader_odt = {"odt", " .odt .odp ", sniff, read};
