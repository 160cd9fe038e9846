/* SPDX-License-Identifier: Apache-2.0 */
/* Office Open XML documents (ECMA-376): word/document.xml, its notes, the names of its styles, and the core properties. */
#include <string.h>

#include "doc.h"
#include "propter/hash.h"

typedef struct {
  DocBuilder *b;
  PropterMap styles; /* id to role * 16 + level */
  /* style part */
  char style[128];
  /* text part */
  unsigned cells, texts, dropped;
  size_t last;
  PropterBlockKind kind;
  unsigned level;
  bool title;
} Docx;

static bool word_space(PropterStr s) {
  return propter_str_equal(s, PROPTER_STR("http://schemas.openxmlformats.org/wordprocessingml/2006/main")) ||
         propter_str_equal(s, PROPTER_STR("http://purl.oclc.org/ooxml/wordprocessingml/main"));
}

/* --- styles ------------------------------------------------------------------------------------------------------------ */

static PropterStatus styles_start(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  Docx *d = payload;
  if (!word_space(name.space)) return PROPTER_OK;
  if (doc_named(name, "style")) {
    PropterStr id = doc_attribute(a, n, "styleId");
    (void)snprintf(d->style, sizeof d->style, "%.*s", (int)(id.len < 120 ? id.len : 120), id.data ? id.data : "");
  } else if (doc_named(name, "name") && d->style[0]) {
    unsigned level;
    DocRole role = doc_style(doc_attribute(a, n, "val"), &level);
    if (role != DOC_INLINE && !propter_map_put(&d->styles, propter_str(d->style), role * 16 + level, NULL))
      return propter_fail(err, PROPTER_NO_MEMORY, "no memory for styles");
  }
  return PROPTER_OK;
}

static PropterStatus styles_end(void *payload, PropterXmlName name, PropterError *err) {
  (void)err;
  if (word_space(name.space) && doc_named(name, "style")) ((Docx *)payload)->style[0] = '\0';
  return PROPTER_OK;
}

/* --- text -------------------------------------------------------------------------------------------------------------- */

static PropterStatus paragraph(Docx *d, DocRole role, unsigned level, PropterError *err) {
  switch (role) {
    case DOC_TITLE: d->title = true; /* fall through */
    case DOC_HEADING: d->kind = PROPTER_BLOCK_HEADING, d->level = level; break;
    case DOC_QUOTE: d->kind = PROPTER_BLOCK_QUOTE; break;
    case DOC_CODE: d->kind = PROPTER_BLOCK_CODE; break;
    case DOC_ITEM: d->kind = PROPTER_BLOCK_LIST_ITEM; break;
    case DOC_FRAME: d->kind = PROPTER_BLOCK_BOILERPLATE; break;
    default: break;
  }
  return doc_block(d->b, d->kind, d->level, err);
}

static bool dropped(PropterXmlName name) {
  static const char *const names[] = {"del", "moveFrom", "Fallback", "instrText", "delText", "footnotePr", "sdtPr", "rPr"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (doc_named(name, names[i])) return true;
  return false;
}

static PropterStatus text_start(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  Docx *d = payload;
  if (dropped(name)) d->dropped++;
  if (!word_space(name.space)) return PROPTER_OK;
  if (doc_named(name, "tc")) d->cells++;
  if (doc_named(name, "t")) d->texts++;
  if (doc_named(name, "p")) {
    d->kind = d->cells ? PROPTER_BLOCK_TABLE_CELL : PROPTER_BLOCK_PARAGRAPH, d->level = 0, d->title = false;
    return paragraph(d, DOC_BLOCK, 0, err);
  }
  if (doc_named(name, "pStyle")) {
    PropterStr id = doc_attribute(a, n, "val");
    const uint64_t *v = propter_map_get(&d->styles, id);
    unsigned level = 0;
    DocRole role = v ? (DocRole)(*v / 16) : doc_style(id, &level);
    return paragraph(d, role, v ? (unsigned)(*v % 16) : level, err);
  }
  if (doc_named(name, "numPr") && d->kind == PROPTER_BLOCK_PARAGRAPH) return paragraph(d, DOC_ITEM, 0, err);
  if (doc_named(name, "outlineLvl") && d->kind == PROPTER_BLOCK_PARAGRAPH) {
    PropterStr v = doc_attribute(a, n, "val");
    if (v.len == 1 && v.data[0] >= '0' && v.data[0] <= '5') return paragraph(d, DOC_HEADING, (unsigned)(v.data[0] - '0') + 1, err);
  }
  if ((doc_named(name, "tab") || doc_named(name, "br") || doc_named(name, "cr")) && doc_open_text(d->b).len && !d->dropped)
    return doc_text(d->b, d->kind == PROPTER_BLOCK_CODE ? PROPTER_STR("\n") : PROPTER_STR(" "), d->last, 1, err);
  return PROPTER_OK;
}

static PropterStatus text_end(void *payload, PropterXmlName name, PropterError *err) {
  Docx *d = payload;
  if (dropped(name) && d->dropped) d->dropped--;
  if (!word_space(name.space)) return PROPTER_OK;
  if (doc_named(name, "tc") && d->cells) d->cells--;
  if (doc_named(name, "t") && d->texts) d->texts--;
  if (!doc_named(name, "p")) return PROPTER_OK;
  if (d->title) PROPTER_TRY(doc_set_title(d->b, doc_open_text(d->b), err));
  d->title = false;
  return doc_block(d->b, PROPTER_BLOCK_PARAGRAPH, 0, err);
}

static PropterStatus text_text(void *payload, PropterStr text, size_t byte, size_t bytes, PropterError *err) {
  Docx *d = payload;
  if (!d->texts || d->dropped) return PROPTER_OK;
  d->last = byte + bytes;
  return doc_text(d->b, text, byte, bytes, err);
}

static bool sniff(PropterStr bytes) { return doc_archive_holds(bytes, "word/"); }

/* Which entry is the document: mostly word/document.xml, but the relations of the package decide. */
static PropterStatus main_part(DocBuilder *b, PropterZip *zip, const char **part, PropterError *err) {
  DocRelations relations = {0};
  *part = "word/document.xml";
  PropterStatus status = doc_archive_relations(b, zip, "", &relations, err);
  for (size_t i = 0; i < relations.count; i++)
    if (propter_str_ends(relations.items[i].type, PROPTER_STR("/officeDocument"))) *part = relations.items[i].target.data;
  propter_vec_clear(&relations);
  if (status == PROPTER_OK && !propter_zip_has(zip, *part)) status = propter_fail(err, PROPTER_INVALID, "expected an archive with %s, found none in it", *part);
  return status;
}

static PropterStatus read(DocBuilder *b, PropterStr bytes, PropterError *err) {
  static const PropterXmlHandler styles = {styles_start, styles_end, NULL}, text = {text_start, text_end, text_text};
  Docx d = {.b = b};
  PropterZip *zip = NULL;
  const char *part = NULL;
  PropterStr input;
  PropterStatus status = propter_zip_open(bytes, b->limits, &zip, err);
  if (status == PROPTER_OK) status = main_part(b, zip, &part, err);
  if (status == PROPTER_OK) status = doc_archive_metadata(b, zip, "docProps/core.xml", "created", err);
  if (status == PROPTER_OK && propter_zip_has(zip, "word/styles.xml")) status = doc_archive_look(b, zip, "word/styles.xml", &styles, &d, err);
  if (status == PROPTER_OK) status = doc_archive_part(b, zip, part, &input, err);
  if (status == PROPTER_OK) status = doc_archive_blame(part, doc_xml(b, PROPTER_XML, input, &text, &d, err), err);
  /* Notes stand after the text they belong to, under its last heading. */
  static const char *const notes[] = {"word/footnotes.xml", "word/endnotes.xml"};
  for (size_t i = 0; i < sizeof notes / sizeof *notes && status == PROPTER_OK; i++) {
    if (!propter_zip_has(zip, notes[i])) continue;
    status = doc_archive_part(b, zip, notes[i], &input, err);
    if (status == PROPTER_OK) status = doc_archive_blame(notes[i], doc_xml(b, PROPTER_XML, input, &text, &d, err), err);
  }
  propter_zip_close(zip);
  propter_map_clear(&d.styles);
  return status;
}

const DocReader doc_reader_docx = {"docx", " .docx ", sniff, read};
