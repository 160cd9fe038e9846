/* SPDX-License-Identifier: Apache-2.0 */
/* Office Open XML documents (ECMA-376): word/document.xml, the names of its styles, and the core properties. */
#include <string.h>
#include <strings.h>

#include "doc.h"
#include "propter/hash.h"
#include "propter/xml.h"
#include "propter/zip.h"

enum { STYLE_NONE, STYLE_HEADING, STYLE_TITLE, STYLE_QUOTE, STYLE_CODE, STYLE_ITEM, STYLE_FRAME };

typedef struct {
  DocBuilder *b;
  PropterMap styles; /* id to kind * 16 + level */
  /* style part */
  char style[128];
  /* text part */
  unsigned cells, texts, dropped;
  size_t last;
  PropterBlockKind kind;
  unsigned level;
  bool title;
  /* properties */
  PropterBuf value;
  bool in_title, in_created;
  char main_part[256];
} Docx;

static bool word_space(PropterStr s) {
  return propter_str_equal(s, PROPTER_STR("http://schemas.openxmlformats.org/wordprocessingml/2006/main")) ||
         propter_str_equal(s, PROPTER_STR("http://purl.oclc.org/ooxml/wordprocessingml/main"));
}

static bool named(PropterXmlName name, const char *local) { return propter_str_equal(name.local, propter_str(local)); }

static PropterStr value_of(const PropterXmlAttribute *a, size_t n, const char *local) {
  for (size_t i = 0; i < n; i++)
    if (propter_str_equal(a[i].name.local, propter_str(local))) return a[i].value;
  return (PropterStr){"", 0};
}

static bool starts(PropterStr s, const char *prefix) { return s.len >= strlen(prefix) && strncasecmp(s.data, prefix, strlen(prefix)) == 0; }

static uint64_t style_value(PropterStr name) {
  if (starts(name, "heading ") || (starts(name, "heading") && name.len == 8)) {
    unsigned level = (unsigned)(name.data[name.len - 1] - '0');
    return STYLE_HEADING * 16 + (level >= 1 && level <= 6 ? level : 6);
  }
  if (starts(name, "title")) return STYLE_TITLE * 16 + 1;
  if (starts(name, "quote") || starts(name, "intense quote") || starts(name, "block text")) return STYLE_QUOTE * 16;
  if (starts(name, "source code") || starts(name, "html preformatted") || starts(name, "code")) return STYLE_CODE * 16;
  if (starts(name, "list")) return STYLE_ITEM * 16;
  if (starts(name, "header") || starts(name, "footer") || starts(name, "toc ")) return STYLE_FRAME * 16;
  return STYLE_NONE;
}

/* --- styles ------------------------------------------------------------------------------------------------------------ */

static PropterStatus styles_start(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  Docx *d = payload;
  if (!word_space(name.space)) return PROPTER_OK;
  if (named(name, "style")) {
    PropterStr id = value_of(a, n, "styleId");
    (void)snprintf(d->style, sizeof d->style, "%.*s", (int)(id.len < 120 ? id.len : 120), id.data);
  } else if (named(name, "name") && d->style[0]) {
    uint64_t v = style_value(value_of(a, n, "val"));
    if (v && !propter_map_put(&d->styles, propter_str(d->style), v, NULL)) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for styles");
  }
  return PROPTER_OK;
}

static PropterStatus styles_end(void *payload, PropterXmlName name, PropterError *err) {
  (void)err;
  if (word_space(name.space) && named(name, "style")) ((Docx *)payload)->style[0] = '\0';
  return PROPTER_OK;
}

/* --- text -------------------------------------------------------------------------------------------------------------- */

static PropterStatus paragraph(Docx *d, uint64_t style, PropterError *err) {
  switch (style / 16) {
    case STYLE_TITLE: d->title = true; /* fall through */
    case STYLE_HEADING: d->kind = PROPTER_BLOCK_HEADING, d->level = (unsigned)(style % 16); break;
    case STYLE_QUOTE: d->kind = PROPTER_BLOCK_QUOTE; break;
    case STYLE_CODE: d->kind = PROPTER_BLOCK_CODE; break;
    case STYLE_ITEM: d->kind = PROPTER_BLOCK_LIST_ITEM; break;
    case STYLE_FRAME: d->kind = PROPTER_BLOCK_BOILERPLATE; break;
    default: break;
  }
  return doc_block(d->b, d->kind, d->level, err);
}

static bool dropped(PropterXmlName name) {
  static const char *const names[] = {"del", "moveFrom", "Fallback", "instrText", "delText", "footnotePr", "sdtPr", "rPr"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (named(name, names[i])) return true;
  return false;
}

static PropterStatus text_start(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  Docx *d = payload;
  if (dropped(name)) d->dropped++;
  if (!word_space(name.space)) return PROPTER_OK;
  if (named(name, "tc")) d->cells++;
  if (named(name, "t")) d->texts++;
  if (named(name, "p")) {
    d->kind = d->cells ? PROPTER_BLOCK_TABLE_CELL : PROPTER_BLOCK_PARAGRAPH, d->level = 0, d->title = false;
    return paragraph(d, STYLE_NONE, err);
  }
  if (named(name, "pStyle")) {
    PropterStr id = value_of(a, n, "val");
    const uint64_t *v = propter_map_get(&d->styles, id);
    return paragraph(d, v ? *v : style_value(id), err);
  }
  if (named(name, "numPr") && d->kind == PROPTER_BLOCK_PARAGRAPH) return paragraph(d, STYLE_ITEM * 16, err);
  if (named(name, "outlineLvl") && d->kind == PROPTER_BLOCK_PARAGRAPH) {
    PropterStr v = value_of(a, n, "val");
    if (v.len == 1 && v.data[0] >= '0' && v.data[0] <= '5') return paragraph(d, STYLE_HEADING * 16 + (uint64_t)(v.data[0] - '0') + 1, err);
  }
  if ((named(name, "tab") || named(name, "br") || named(name, "cr")) && doc_open_text(d->b).len && !d->dropped)
    return doc_text(d->b, d->kind == PROPTER_BLOCK_CODE ? PROPTER_STR("\n") : PROPTER_STR(" "), d->last, 1, err);
  return PROPTER_OK;
}

static PropterStatus text_end(void *payload, PropterXmlName name, PropterError *err) {
  Docx *d = payload;
  if (dropped(name) && d->dropped) d->dropped--;
  if (!word_space(name.space)) return PROPTER_OK;
  if (named(name, "tc") && d->cells) d->cells--;
  if (named(name, "t") && d->texts) d->texts--;
  if (!named(name, "p")) return PROPTER_OK;
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

/* --- relations --------------------------------------------------------------------------------------------------------- */

/* Which part is the document: mostly word/document.xml, but the relations of the package decide. */
static PropterStatus relations_start(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  (void)err;
  Docx *d = payload;
  PropterStr target = value_of(a, n, "Target");
  if (!named(name, "Relationship") || !propter_str_ends(value_of(a, n, "Type"), PROPTER_STR("/officeDocument")) || target.len >= sizeof d->main_part)
    return PROPTER_OK;
  if (target.len && target.data[0] == '/') target.data++, target.len--;
  (void)snprintf(d->main_part, sizeof d->main_part, "%.*s", (int)target.len, target.data);
  return PROPTER_OK;
}

/* --- properties -------------------------------------------------------------------------------------------------------- */

static PropterStatus core_start(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  (void)a, (void)n, (void)err;
  Docx *d = payload;
  d->in_title = named(name, "title"), d->in_created = named(name, "created");
  propter_buf_reset(&d->value);
  return PROPTER_OK;
}

static PropterStatus core_end(void *payload, PropterXmlName name, PropterError *err) {
  (void)name;
  Docx *d = payload;
  PropterStr value = propter_str_trim(propter_buf_str(&d->value));
  PropterStatus status = propter_buf_status(&d->value, err);
  if (status == PROPTER_OK && d->in_title) status = doc_set_title(d->b, value, err);
  if (d->in_created && d->b->published == PROPTER_NO_DAY) (void)propter_day_parse(value, &d->b->published);
  d->in_title = d->in_created = false;
  return status;
}

static PropterStatus core_text(void *payload, PropterStr text, size_t byte, size_t bytes, PropterError *err) {
  (void)byte, (void)bytes;
  Docx *d = payload;
  if (d->in_title || d->in_created) propter_buf_add(&d->value, text);
  return propter_buf_status(&d->value, err);
}

static PropterStatus parse_part(PropterZip *zip, const char *name, const PropterXmlHandler *handler, Docx *d, DocDecoded *keep, PropterError *err) {
  PropterBuf bytes = {0};
  bytes.max = d->b->limits->document_bytes;
  DocDecoded own = {0}, *decoded = keep ? keep : &own;
  PropterStatus status = propter_zip_read(zip, name, &bytes, err);
  if (status == PROPTER_OK) status = doc_decode(propter_buf_str(&bytes), false, d->b->limits->document_bytes, decoded, err);
  if (status == PROPTER_OK) status = propter_xml_parse(PROPTER_XML, propter_buf_str(&decoded->text), d->b->limits, handler, d, err);
  if (status != PROPTER_OK && err) {
    char message[sizeof err->message];
    (void)snprintf(message, sizeof message, "%s", err->message);
    (void)propter_fail(err, status, "%s: %s", name, message);
  }
  propter_buf_clear(&bytes);
  doc_decoded_clear(&own);
  return status;
}

static PropterStatus read(DocBuilder *b, PropterStr input, DocDecoded *part, PropterStr *part_name, PropterError *err) {
  static const PropterXmlHandler styles = {styles_start, styles_end, NULL}, text = {text_start, text_end, text_text}, core = {core_start, core_end, core_text},
                                 relations = {relations_start, NULL, NULL};
  Docx d = {.b = b, .main_part = "word/document.xml"};
  d.value.max = 1 << 20;
  PropterZip *zip = NULL;
  PropterStatus status = propter_zip_open(input, b->limits, &zip, err);
  if (status == PROPTER_OK && propter_zip_has(zip, "_rels/.rels")) status = parse_part(zip, "_rels/.rels", &relations, &d, NULL, err);
  if (status == PROPTER_OK && !propter_zip_has(zip, d.main_part))
    status = propter_fail(err, PROPTER_INVALID, "expected an archive with %s, found none in it", d.main_part);
  if (status == PROPTER_OK && propter_zip_has(zip, "docProps/core.xml")) status = parse_part(zip, "docProps/core.xml", &core, &d, NULL, err);
  if (status == PROPTER_OK && propter_zip_has(zip, "word/styles.xml")) status = parse_part(zip, "word/styles.xml", &styles, &d, NULL, err);
  if (status == PROPTER_OK) status = parse_part(zip, d.main_part, &text, &d, part, err);
  if (status == PROPTER_OK && !(*part_name = propter_arena_copy(b->arena, propter_str(d.main_part))).data)
    status = propter_fail(err, PROPTER_NO_MEMORY, "no memory for a document");
  propter_zip_close(zip);
  propter_map_clear(&d.styles);
  propter_buf_clear(&d.value);
  return status;
}

static bool sniff(PropterStr bytes) { return propter_str_starts(bytes, PROPTER_STR("PK\003\004")); }

const DocReader doc_reader_docx = {"docx", " .docx ", true, sniff, read};
