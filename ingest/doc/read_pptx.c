/* SPDX-License-Identifier: Apache-2.0 */
/* Presentations in Office Open XML (ECMA-376): the slides in their order, each with its notes. */
#include <string.h>

#include "doc.h"

static const DocElement elements[] = {
    {"br", DOC_BREAK},   {"fld", DOC_SKIP}, {"graphicFrame", DOC_BLOCK}, {"p", DOC_BLOCK}, {"sp", DOC_BLOCK},
    {"style", DOC_SKIP}, {"tc", DOC_CELL},  {"timing", DOC_SKIP},
};

typedef struct {
  bool notes;
  DocRole shape; /* of the paragraphs of the shape being read */
} Pptx;

/* A placeholder says what its shape is for. */
static DocRole placeholder(const Pptx *p, PropterStr type) {
  static const char *const not_shown[] = {"dt", "ftr", "sldNum", "hdr", "sldImg"};
  for (size_t i = 0; i < sizeof not_shown / sizeof *not_shown; i++)
    if (propter_str_equal(type, propter_str(not_shown[i]))) return DOC_SKIP;
  if (propter_str_equal(type, PROPTER_STR("title")) || propter_str_equal(type, PROPTER_STR("ctrTitle"))) return p->notes ? DOC_SKIP : DOC_HEADING;
  return p->notes || propter_str_equal(type, PROPTER_STR("subTitle")) ? DOC_BLOCK : DOC_ITEM;
}

static DocDecision decide(DocMarkup *m, PropterXmlName name, const PropterXmlAttribute *a, size_t n) {
  Pptx *p = m->own;
  DocDecision d = {doc_role(elements, sizeof elements / sizeof *elements, name.local, DOC_INLINE), 1};
  if (doc_named(name, "sp") || doc_named(name, "graphicFrame")) p->shape = DOC_BLOCK;
  if (doc_named(name, "ph")) p->shape = placeholder(p, doc_attribute(a, n, "type"));
  if (doc_named(name, "p")) d.role = p->shape;
  return d;
}

static PropterStatus slide(DocBuilder *b, PropterZip *zip, const char *name, bool notes, PropterError *err) {
  Pptx p = {notes, DOC_BLOCK};
  DocMarkup m = {.b = b, .decide = decide, .own = &p};
  PropterStr input;
  PROPTER_TRY(doc_archive_part(b, zip, name, &input, err));
  return doc_archive_blame(name, doc_markup(&m, PROPTER_XML, input, err), err);
}

typedef struct {
  DocBuilder *b;
  PROPTER_VEC(PropterStr) ids;
} Order;

static PropterStatus order_start(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  Order *o = payload;
  if (!doc_named(name, "sldId")) return PROPTER_OK;
  for (size_t i = 0; i < n; i++)
    if (doc_named(a[i].name, "id") && a[i].name.space.len) {
      PropterStr id = propter_arena_copy(o->b->arena, a[i].value);
      if (!id.data || !propter_vec_push(&o->ids, id)) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for slides");
    }
  return PROPTER_OK;
}

static PropterStatus with_notes(DocBuilder *b, PropterZip *zip, const char *name, PropterError *err) {
  DocRelations relations = {0};
  PropterStatus status = slide(b, zip, name, false, err);
  if (status == PROPTER_OK) status = doc_archive_relations(b, zip, name, &relations, err);
  for (size_t i = 0; i < relations.count && status == PROPTER_OK; i++)
    if (propter_str_ends(relations.items[i].type, PROPTER_STR("/notesSlide"))) status = slide(b, zip, relations.items[i].target.data, true, err);
  propter_vec_clear(&relations);
  return status;
}

static PropterStatus read(DocBuilder *b, PropterStr bytes, PropterError *err) {
  static const char main_part[] = "ppt/presentation.xml";
  static const PropterXmlHandler order = {order_start, NULL, NULL};
  Order o = {.b = b};
  DocRelations relations = {0};
  PropterZip *zip = NULL;
  PropterStatus status = propter_zip_open(bytes, b->limits, &zip, err);
  if (status == PROPTER_OK) status = doc_archive_metadata(b, zip, "docProps/core.xml", "created", err);
  if (status == PROPTER_OK) status = doc_archive_look(b, zip, main_part, &order, &o, err);
  if (status == PROPTER_OK) status = doc_archive_relations(b, zip, main_part, &relations, err);
  for (size_t i = 0; i < o.ids.count && status == PROPTER_OK; i++)
    for (size_t k = 0; k < relations.count && status == PROPTER_OK; k++)
      if (propter_str_equal(relations.items[k].id, o.ids.items[i])) status = with_notes(b, zip, relations.items[k].target.data, err);
  propter_zip_close(zip);
  propter_vec_clear(&relations);
  propter_vec_clear(&o.ids);
  return status;
}

static bool sniff(PropterStr bytes) { return doc_archive_holds(bytes, "ppt/presentation.xml"); }

const DocReader doc_reader_pptx = {"pptx", " .pptx ", sniff, read};
