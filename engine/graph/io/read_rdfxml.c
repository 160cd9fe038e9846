/* SPDX-License-Identifier: Apache-2.0 */
/* RDF/XML (RDF 1.1 XML Syntax, section 7) as events of an XML stream: one frame per open element. */
#include <string.h>
#include <strings.h>

#include "propter/hash.h"
#include "read_rdfxml.h"

#define XML_NS "http://www.w3.org/XML/1998/namespace"

/* What an open element is to its children. */
typedef enum { DOCUMENT, ROOT, NODE, PROPERTY, EMPTY, COLLECTION, LITERAL } Kind;

enum { SUBJECT, PREDICATE, DATATYPE, STATEMENT, BASE, LANGUAGE, TEXTS };

typedef struct {
  Kind kind;
  PropterStr base, language; /* inherited */
  PropterTerm subject;       /* NODE: it; inside a property element: the property's subject */
  PropterStr predicate, datatype, statement; /* statement: IRI given by rdf:ID */
  bool typed, filled;        /* PROPERTY: has a datatype; has its object */
  uint64_t members;          /* NODE: rdf:li so far */
  uint64_t tail;             /* COLLECTION: number of the last list node, 0: none yet */
  PropterBuf texts[TEXTS];   /* kept for the next element at this depth */
} Frame;

typedef struct {
  const ReadJob *job;
  PROPTER_VEC(Frame) frames;
  size_t depth; /* frames in use */
  size_t inside; /* elements open inside a LITERAL */
  PropterBuf text, iri, value_iri;
  XmlLiteral literal;
  PropterMap ids, names; /* IRIs made by rdf:ID; rdf:nodeID to a number */
  uint64_t blanks, line;
  char label[2][32];
} Document;

/* Attributes of an element by what they mean. */
typedef struct {
  const PropterXmlStreamAttribute *about, *id, *node_id, *resource, *datatype, *parse_type, *base, *language;
  size_t properties;
} Attributes;

static Frame *top(Document *d) { return &d->frames.items[d->depth - 1]; }
static int shown(PropterStr s) { return (int)(s.len < 200 ? s.len : 200); }
static bool is(PropterStr s, const char *text) { return propter_str_equal(s, propter_str(text)); }
static bool is_rdf(PropterXmlName n, const char *local) { return is(n.space, RDF_NS) && is(n.local, local); }
static PropterTerm term(PropterTermKind kind, PropterStr value) { return (PropterTerm){kind, value, {"", 0}, {"", 0}}; }

static bool blank_text(PropterStr s) {
  for (size_t i = 0; i < s.len; i++)
    if (!strchr(" \t\r\n", s.data[i])) return false;
  return true;
}

/* --- Terms ---------------------------------------------------------------------------------------------------------------- */

static PropterStatus check_iri(PropterStr iri, PropterError *err) {
  const char *why = NULL;
  return propter_iri_valid(iri, &why) ? PROPTER_OK : propter_fail(err, PROPTER_INVALID, "invalid IRI <%.*s>: %s", shown(iri), iri.data, why);
}

/* `a` and `b` joined. */
static PropterStatus join(PropterBuf *buf, PropterStr a, PropterStr b, PropterStr *out, PropterError *err) {
  propter_buf_reset(buf);
  propter_buf_add(buf, a);
  propter_buf_add(buf, b);
  *out = propter_buf_str(buf);
  return propter_buf_status(buf, err);
}

static PropterStatus name_iri(PropterXmlName n, PropterBuf *buf, PropterStr *iri, PropterError *err) {
  if (!n.space.len) return propter_fail(err, PROPTER_SYNTAX, "expected a name with a namespace, found \"%.*s\"", shown(n.local), n.local.data);
  PROPTER_TRY(join(buf, n.space, n.local, iri, err));
  return check_iri(*iri, err);
}

static PropterStatus resolve(PropterStr base, PropterStr reference, PropterBuf *buf, PropterStr *iri, PropterError *err) {
  propter_buf_reset(buf);
  PROPTER_TRY(propter_iri_resolve(base, reference, buf, err));
  *iri = propter_buf_str(buf);
  PROPTER_TRY(propter_buf_status(buf, err));
  return check_iri(*iri, err);
}

static PropterTerm blank(Document *d, unsigned slot, char kind, uint64_t number) {
  int n = snprintf(d->label[slot], sizeof d->label[slot], "%c%llu", kind, (unsigned long long)number);
  return term(PROPTER_TERM_BLANK, (PropterStr){d->label[slot], (size_t)n});
}

static PropterStatus named_blank(Document *d, PropterStr name, unsigned slot, PropterTerm *out, PropterError *err) {
  if (!propter_xml_is_name(name)) return propter_fail(err, PROPTER_SYNTAX, "rdf:nodeID: expected a name, found \"%.*s\"", shown(name), name.data);
  bool added;
  uint64_t *number = propter_map_put(&d->names, name, d->names.count + 1, &added);
  if (!number) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  *out = blank(d, slot, 'n', *number);
  return PROPTER_OK;
}

/* The IRI of an rdf:ID, which a document may give once. */
static PropterStatus id_iri(Document *d, PropterStr base, PropterStr name, PropterBuf *buf, PropterStr *iri, PropterError *err) {
  if (!propter_xml_is_name(name)) return propter_fail(err, PROPTER_SYNTAX, "rdf:ID: expected a name, found \"%.*s\"", shown(name), name.data);
  PropterStr fragment;
  PROPTER_TRY(join(&d->iri, PROPTER_STR("#"), name, &fragment, err));
  PROPTER_TRY(resolve(base, fragment, buf, iri, err));
  bool added;
  if (!propter_map_put(&d->ids, *iri, 1, &added)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  return added ? PROPTER_OK : propter_fail(err, PROPTER_SYNTAX, "rdf:ID \"%.*s\": expected a name not given before", shown(name), name.data);
}

/* --- Statements ------------------------------------------------------------------------------------------------------------ */

static PropterStatus emit(Document *d, PropterTerm s, PropterStr p, PropterTerm o, PropterError *err) {
  PropterStatement st = {.s = s, .p = term(PROPTER_TERM_IRI, p), .o = o, .g = term(PROPTER_TERM_NONE, (PropterStr){"", 0}), .line = d->line};
  return d->job->sink->statement(&st, d->job->sink->payload, err);
}

/* The statement of a property element, and what rdf:ID says about it. */
static PropterStatus emit_property(Document *d, const Frame *f, PropterTerm o, PropterError *err) {
  PROPTER_TRY(emit(d, f->subject, f->predicate, o, err));
  if (!f->statement.len) return PROPTER_OK;
  PropterTerm s = term(PROPTER_TERM_IRI, f->statement);
  PROPTER_TRY(emit(d, s, PROPTER_STR(RDF_NS "type"), term(PROPTER_TERM_IRI, PROPTER_STR(RDF_NS "Statement")), err));
  PROPTER_TRY(emit(d, s, PROPTER_STR(RDF_NS "subject"), f->subject, err));
  PROPTER_TRY(emit(d, s, PROPTER_STR(RDF_NS "predicate"), term(PROPTER_TERM_IRI, f->predicate), err));
  return emit(d, s, PROPTER_STR(RDF_NS "object"), o, err);
}

static PropterTerm literal(PropterStr text, PropterStr language) { return (PropterTerm){PROPTER_TERM_LITERAL, text, {"", 0}, language}; }

/* --- Attributes ------------------------------------------------------------------------------------------------------------ */

static bool one_of(PropterStr local, const char *const *names) {
  for (; *names; names++)
    if (is(local, *names)) return true;
  return false;
}

static const char *const core[] = {"RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", NULL};
static const char *const old[] = {"aboutEach", "aboutEachPrefix", "bagID", NULL};
static const char *const unqualified[] = {"ID", "about", "resource", "parseType", "type", NULL}; /* of documents before 2004 */

static bool is_property(const PropterXmlStreamAttribute *a) {
  return a->name.space.len && !is(a->name.space, XML_NS) && !(is(a->name.space, RDF_NS) && one_of(a->name.local, core));
}

static PropterXmlStreamAttribute qualified(const PropterXmlStreamAttribute *a) {
  PropterXmlStreamAttribute q = *a;
  if (!q.name.space.len && one_of(q.name.local, unqualified)) q.name.space = PROPTER_STR(RDF_NS);
  return q;
}

static PropterStatus sort_attribute(const PropterXmlStreamAttribute *a, Attributes *out, PropterError *err) {
  PropterXmlStreamAttribute q = qualified(a);
  PropterStr local = q.name.local;
  if (is(q.name.space, XML_NS)) {
    if (is(local, "base")) out->base = a;
    if (is(local, "lang")) out->language = a;
    return PROPTER_OK;
  }
  if (!q.name.space.len && local.len >= 3 && strncasecmp(local.data, "xml", 3) == 0) return PROPTER_OK; /* XML keeps those names for itself */
  if (!q.name.space.len) return propter_fail(err, PROPTER_SYNTAX, "expected an attribute with a namespace, found \"%.*s\"", shown(local), local.data);
  if (!is(q.name.space, RDF_NS)) {
    out->properties++;
    return PROPTER_OK;
  }
  static const struct {
    const char *name;
    size_t at;
  } known[] = {{"about", offsetof(Attributes, about)},       {"ID", offsetof(Attributes, id)},             {"nodeID", offsetof(Attributes, node_id)},
               {"resource", offsetof(Attributes, resource)}, {"datatype", offsetof(Attributes, datatype)}, {"parseType", offsetof(Attributes, parse_type)}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (is(local, known[i].name)) {
      memcpy((char *)out + known[i].at, &a, sizeof a);
      return PROPTER_OK;
    }
  if (one_of(local, old) || is(local, "Description") || is(local, "li") || is(local, "RDF"))
    return propter_fail(err, PROPTER_SYNTAX, "rdf:%.*s cannot be an attribute", shown(local), local.data);
  out->properties++;
  return PROPTER_OK;
}

static PropterStatus read_attributes(const PropterXmlElement *e, Attributes *out, PropterError *err) {
  memset(out, 0, sizeof *out);
  for (size_t i = 0; i < e->count; i++) PROPTER_TRY(sort_attribute(&e->attributes[i], out, err));
  return PROPTER_OK;
}

/* Base and language of the element, for it and all inside. */
static PropterStatus inherit(Frame *f, const Attributes *a, PropterError *err) {
  if (a->base) {
    PropterStr outer = f->base;
    PROPTER_TRY(resolve(outer, a->base->value, &f->texts[BASE], &f->base, err));
  }
  if (!a->language) return PROPTER_OK;
  PropterStr tag = a->language->value;
  if (tag.len && !propter_language_valid(tag))
    return propter_fail(err, PROPTER_SYNTAX, "xml:lang: expected a language tag, found \"%.*s\"", shown(tag), tag.data);
  return join(&f->texts[LANGUAGE], tag, PROPTER_STR(""), &f->language, err);
}

/* Property attributes say something about `subject`. */
static PropterStatus emit_attributes(Document *d, const Frame *f, const PropterXmlElement *e, PropterTerm subject, PropterError *err) {
  for (size_t i = 0; i < e->count; i++) {
    PropterXmlStreamAttribute a = qualified(&e->attributes[i]);
    if (!is_property(&a)) continue;
    PropterStr p, o;
    PROPTER_TRY(name_iri(a.name, &d->iri, &p, err));
    if (is_rdf(a.name, "type")) {
      PROPTER_TRY(resolve(f->base, a.value, &d->value_iri, &o, err));
      PROPTER_TRY(emit(d, subject, p, term(PROPTER_TERM_IRI, o), err));
    } else {
      PROPTER_TRY(emit(d, subject, p, literal(a.value, f->language), err));
    }
  }
  return PROPTER_OK;
}

/* --- Elements -------------------------------------------------------------------------------------------------------------- */

static PropterStatus push(Document *d, PropterError *err) {
  if (d->depth == d->frames.count && !propter_vec_push(&d->frames, (Frame){.kind = DOCUMENT})) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  Frame *f = &d->frames.items[d->depth++], *outer = d->depth > 1 ? f - 1 : NULL;
  PropterBuf texts[TEXTS];
  memcpy(texts, f->texts, sizeof texts);
  *f = (Frame){.kind = DOCUMENT};
  memcpy(f->texts, texts, sizeof texts);
  for (size_t i = 0; i < TEXTS; i++) f->texts[i].max = d->job->limits.term_bytes;
  if (outer) f->base = outer->base, f->language = outer->language, f->subject = outer->subject;
  else f->base = d->job->base;
  return PROPTER_OK;
}

static PropterStatus too_many(PropterError *err) {
  return propter_fail(err, PROPTER_SYNTAX, "expected only one of rdf:about, rdf:ID, rdf:resource and rdf:nodeID");
}

static PropterStatus node_subject(Document *d, Frame *f, const Attributes *a, PropterError *err) {
  if (!!a->about + !!a->id + !!a->node_id > 1) return too_many(err);
  if (a->resource || a->datatype || a->parse_type)
    return propter_fail(err, PROPTER_SYNTAX, "rdf:resource, rdf:datatype and rdf:parseType stand on properties, not on nodes");
  PropterStr text = {"", 0};
  f->subject = term(PROPTER_TERM_IRI, text);
  if (a->about) return resolve(f->base, a->about->value, &f->texts[SUBJECT], &f->subject.value, err);
  if (a->id) return id_iri(d, f->base, a->id->value, &f->texts[SUBJECT], &f->subject.value, err);
  if (a->node_id)
    PROPTER_TRY(named_blank(d, a->node_id->value, 0, &f->subject, err));
  else
    f->subject = blank(d, 0, 'g', ++d->blanks);
  return join(&f->texts[SUBJECT], f->subject.value, PROPTER_STR(""), &f->subject.value, err);
}

/* A new member of a list: its node, linked to the list so far. */
static PropterStatus add_member(Document *d, Frame *list, PropterTerm member, PropterError *err) {
  uint64_t number = ++d->blanks;
  PropterTerm node = blank(d, 0, 'g', number);
  if (list->tail)
    PROPTER_TRY(emit(d, blank(d, 1, 'g', list->tail), PROPTER_STR(RDF_NS "rest"), node, err));
  else
    PROPTER_TRY(emit_property(d, list, node, err));
  list->tail = number;
  return emit(d, node, PROPTER_STR(RDF_NS "first"), member, err);
}

static PropterStatus link_node(Document *d, Frame *outer, PropterTerm node, PropterError *err) {
  if (outer->kind == COLLECTION) return add_member(d, outer, node, err);
  if (outer->kind != PROPERTY) return PROPTER_OK;
  if (outer->typed || outer->filled || !blank_text(propter_buf_str(&d->text)))
    return propter_fail(err, PROPTER_SYNTAX,
                        outer->filled ? "expected one node inside a property, found a second" : "expected text or one node inside a property, found both");
  outer->filled = true;
  propter_buf_reset(&d->text);
  return emit_property(d, outer, node, err);
}

static PropterStatus start_node(Document *d, Frame *f, Frame *outer, const PropterXmlElement *e, PropterError *err) {
  Attributes a;
  PropterStr type;
  PropterXmlName n = e->name;
  if (is(n.space, RDF_NS) && (one_of(n.local, core) || one_of(n.local, old) || is(n.local, "li")))
    return propter_fail(err, PROPTER_SYNTAX, "rdf:%.*s cannot be a node", shown(n.local), n.local.data);
  f->kind = NODE;
  PROPTER_TRY(read_attributes(e, &a, err));
  PROPTER_TRY(inherit(f, &a, err));
  PROPTER_TRY(node_subject(d, f, &a, err));
  PROPTER_TRY(link_node(d, outer, f->subject, err));
  if (!is_rdf(n, "Description")) {
    PROPTER_TRY(name_iri(n, &d->iri, &type, err));
    PROPTER_TRY(emit(d, f->subject, PROPTER_STR(RDF_NS "type"), term(PROPTER_TERM_IRI, type), err));
  }
  return emit_attributes(d, f, e, f->subject, err);
}

static PropterStatus property_name(Frame *f, Frame *outer, PropterXmlName n, PropterError *err) {
  if (is(n.space, RDF_NS) && (one_of(n.local, core) || one_of(n.local, old) || is(n.local, "Description")))
    return propter_fail(err, PROPTER_SYNTAX, "rdf:%.*s cannot be a property", shown(n.local), n.local.data);
  if (!is_rdf(n, "li")) return name_iri(n, &f->texts[PREDICATE], &f->predicate, err);
  char member[32];
  (void)snprintf(member, sizeof member, "_%llu", (unsigned long long)++outer->members);
  return join(&f->texts[PREDICATE], PROPTER_STR(RDF_NS), propter_str(member), &f->predicate, err);
}

static PropterStatus start_parsed(Document *d, Frame *f, const Attributes *a, PropterError *err) {
  PropterStr how = a->parse_type->value;
  if (a->resource || a->node_id || a->datatype || a->properties)
    return propter_fail(err, PROPTER_SYNTAX, "expected no other attribute than rdf:ID beside rdf:parseType");
  if (is(how, "Collection")) {
    f->kind = COLLECTION;
  } else if (is(how, "Resource")) {
    PropterTerm node = blank(d, 0, 'g', ++d->blanks);
    PROPTER_TRY(emit_property(d, f, node, err));
    f->kind = NODE;
    f->subject = node;
    return join(&f->texts[SUBJECT], node.value, PROPTER_STR(""), &f->subject.value, err);
  } else {
    f->kind = LITERAL;
    d->inside = 0;
    xml_literal_begin(&d->literal);
  }
  return PROPTER_OK;
}

/* A property whose attributes say all. */
static PropterStatus start_empty(Document *d, Frame *f, const Attributes *a, const PropterXmlElement *e, PropterError *err) {
  PropterTerm o = term(PROPTER_TERM_IRI, (PropterStr){"", 0});
  f->kind = EMPTY;
  if (a->resource && a->node_id) return too_many(err);
  if (a->resource)
    PROPTER_TRY(resolve(f->base, a->resource->value, &f->texts[SUBJECT], &o.value, err));
  else if (a->node_id)
    PROPTER_TRY(named_blank(d, a->node_id->value, 0, &o, err));
  else
    o = blank(d, 0, 'g', ++d->blanks);
  PROPTER_TRY(emit_property(d, f, o, err));
  return emit_attributes(d, f, e, o, err);
}

static PropterStatus start_property(Document *d, Frame *f, Frame *outer, const PropterXmlElement *e, PropterError *err) {
  Attributes a;
  PROPTER_TRY(property_name(f, outer, e->name, err));
  PROPTER_TRY(read_attributes(e, &a, err));
  PROPTER_TRY(inherit(f, &a, err));
  if (a.about) return propter_fail(err, PROPTER_SYNTAX, "rdf:about stands on nodes, not on properties");
  if (a.id) PROPTER_TRY(id_iri(d, f->base, a.id->value, &f->texts[STATEMENT], &f->statement, err));
  f->kind = PROPERTY;
  propter_buf_reset(&d->text);
  if (a.parse_type) return start_parsed(d, f, &a, err);
  if (!a.datatype) return a.resource || a.node_id || a.properties ? start_empty(d, f, &a, e, err) : PROPTER_OK;
  if (a.resource || a.node_id || a.properties) return propter_fail(err, PROPTER_SYNTAX, "expected no other attribute than rdf:ID beside rdf:datatype");
  f->typed = true;
  return resolve(f->base, a.datatype->value, &f->texts[DATATYPE], &f->datatype, err);
}

static PropterStatus on_start(void *payload, const PropterXmlElement *e, uint64_t line, PropterError *err) {
  Document *d = payload;
  d->line = line;
  if (top(d)->kind == LITERAL) {
    d->inside++;
    return xml_literal_start(&d->literal, e, &d->text, err);
  }
  PROPTER_TRY(push(d, err));
  Frame *f = top(d), *outer = f - 1;
  switch (outer->kind) {
  case NODE: return start_property(d, f, outer, e, err);
  case EMPTY:
    return propter_fail(err, PROPTER_SYNTAX, "expected nothing inside a property whose attributes say all, found <%.*s>", shown(e->name.local),
                        e->name.local.data);
  case DOCUMENT:
    if (is_rdf(e->name, "RDF")) {
      Attributes a;
      f->kind = ROOT;
      PROPTER_TRY(read_attributes(e, &a, err));
      if (a.properties || a.about || a.id || a.node_id || a.resource || a.datatype || a.parse_type)
        return propter_fail(err, PROPTER_SYNTAX, "expected rdf:RDF without attributes of its own");
      return inherit(f, &a, err);
    }
    return start_node(d, f, outer, e, err);
  default: return start_node(d, f, outer, e, err);
  }
}

static PropterStatus end_property(Document *d, const Frame *f, PropterError *err) {
  PropterStr text = propter_buf_str(&d->text);
  PROPTER_TRY(propter_buf_status(&d->text, err));
  if (f->filled) return blank_text(text) ? PROPTER_OK : propter_fail(err, PROPTER_SYNTAX, "expected text or one node inside a property, found both");
  PropterTerm o = literal(text, f->typed ? PROPTER_STR("") : f->language);
  if (f->typed && !is(f->datatype, "http://www.w3.org/2001/XMLSchema#string")) o.datatype = f->datatype;
  return emit_property(d, f, o, err);
}

static PropterStatus on_end(void *payload, PropterXmlName name, PropterStr prefix, uint64_t line, PropterError *err) {
  Document *d = payload;
  Frame *f = top(d);
  d->line = line;
  if (f->kind == LITERAL && d->inside) {
    d->inside--;
    return xml_literal_end(&d->literal, name, prefix, &d->text, err);
  }
  PropterStatus status = PROPTER_OK;
  if (f->kind == PROPERTY) status = end_property(d, f, err);
  if (f->kind == LITERAL) {
    PropterTerm o = {PROPTER_TERM_LITERAL, propter_buf_str(&d->text), PROPTER_STR(RDF_NS "XMLLiteral"), {"", 0}};
    status = propter_buf_status(&d->text, err);
    if (status == PROPTER_OK) status = emit_property(d, f, o, err);
  }
  if (f->kind == COLLECTION) {
    PropterTerm nil = term(PROPTER_TERM_IRI, PROPTER_STR(RDF_NS "nil"));
    status = f->tail ? emit(d, blank(d, 0, 'g', f->tail), PROPTER_STR(RDF_NS "rest"), nil, err) : emit_property(d, f, nil, err);
  }
  d->depth--;
  propter_buf_reset(&d->text);
  return status;
}

static PropterStatus on_text(void *payload, PropterStr text, PropterError *err) {
  Document *d = payload;
  Kind kind = top(d)->kind;
  if (kind == LITERAL) return xml_literal_text(text, &d->text, err);
  if (kind == PROPERTY) {
    propter_buf_add(&d->text, text);
    return propter_buf_status(&d->text, err);
  }
  return blank_text(text)
             ? PROPTER_OK
             : propter_fail(err, PROPTER_SYNTAX, "expected an element, found the text \"%.*s\"", shown(propter_str_trim(text)), propter_str_trim(text).data);
}

static PropterStatus on_comment(void *payload, PropterStr text, PropterError *err) {
  Document *d = payload;
  return top(d)->kind == LITERAL ? xml_literal_comment(text, &d->text, err) : PROPTER_OK;
}

static PropterStatus on_instruction(void *payload, PropterStr target, PropterStr text, PropterError *err) {
  Document *d = payload;
  return top(d)->kind == LITERAL ? xml_literal_instruction(target, text, &d->text, err) : PROPTER_OK;
}

static PropterStatus next_bytes(void *payload, void *bytes, size_t size, size_t *count, PropterError *err) {
  return source_read(payload, bytes, size, count, err);
}

PropterStatus read_rdfxml(Source *source, const ReadJob *job, int variant, PropterError *err) {
  (void)variant;
  static const PropterXmlStream stream = {.start = on_start, .end = on_end, .text = on_text, .comment = on_comment, .instruction = on_instruction};
  Document d = {.job = job, .text = {.max = job->limits.term_bytes}, .iri = {.max = job->limits.term_bytes}, .value_iri = {.max = job->limits.term_bytes}};
  PropterStatus status = push(&d, err);
  if (status == PROPTER_OK) status = propter_xml_stream(next_bytes, source, source->name, &job->limits, &stream, &d, err);
  for (size_t i = 0; i < d.frames.count; i++)
    for (size_t t = 0; t < TEXTS; t++) propter_buf_clear(&d.frames.items[i].texts[t]);
  propter_vec_clear(&d.frames);
  propter_buf_clear(&d.text);
  propter_buf_clear(&d.iri);
  propter_buf_clear(&d.value_iri);
  xml_literal_clear(&d.literal);
  propter_map_clear(&d.ids);
  propter_map_clear(&d.names);
  return status;
}
