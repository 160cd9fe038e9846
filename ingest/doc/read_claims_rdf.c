/* SPDX-License-Identifier: Apache-2.0 */
/* Claims that a person wrote as RDF (Turtle or RDF/XML): resources of the class propter:Claim, each a row whose cells are its properties. A cell stands where
 * the line stands in which its statement ends. */
#include <string.h>

#include "doc.h"
#include "propter/hash.h"
#include "propter/rdf.h"
#include "propter/vocab.h"

enum { HEAD = 16384, MAX_STATEMENTS = 1000000 };

static const struct {
  PropterVocab property;
  const char *column;
} properties[] = {{VOCAB_propter_cause, "cause"},
                  {VOCAB_propter_causeText, "cause"},
                  {VOCAB_propter_effect, "effect"},
                  {VOCAB_propter_effectText, "effect"},
                  {VOCAB_propter_polarity, "direction"},
                  {VOCAB_propter_negated, "denied"},
                  {VOCAB_propter_condition, "condition"},
                  {VOCAB_propter_effectStart, "from"},
                  {VOCAB_propter_effectEnd, "to"},
                  {VOCAB_dct_creator, "who"},
                  {VOCAB_propter_knownFrom, "written"},
                  {VOCAB_propter_confidence, "confidence"},
                  {VOCAB_propter_quote, "quote"},
                  {VOCAB_rdfs_comment, "reason"}};
enum { PROPERTIES = sizeof properties / sizeof *properties };

typedef struct {
  const char *column;
  PropterStr text;
  uint64_t line;
  size_t at, len; /* the line, decoded */
  size_t next;    /* cell of the same subject, SIZE_MAX: none */
} Said;

typedef struct {
  bool claim;
  uint64_t line; /* of its first statement */
  size_t first, last;
} Subject;

typedef struct {
  DocBuilder *b;
  PropterStr s; /* decoded */
  size_t at;    /* where line `line` begins */
  uint64_t line;
  PropterMap names; /* to an index into subjects */
  PROPTER_VEC(Subject) subjects;
  PROPTER_VEC(Said) said;
} Rdf;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for claims"); }

/* The bytes of a line, without its end. Lines only go forward; an unknown one is the whole text. */
static void place(Rdf *r, uint64_t line, size_t *at, size_t *len) {
  const char *end;
  *at = 0, *len = r->s.len;
  if (!line) return;
  for (; r->line < line && (end = memchr(r->s.data + r->at, '\n', r->s.len - r->at)); r->line++) r->at = (size_t)(end - r->s.data) + 1;
  end = memchr(r->s.data + r->at, '\n', r->s.len - r->at);
  *at = r->at, *len = end ? (size_t)(end - r->s.data) - r->at : r->s.len - r->at;
}

static Subject *subject_of(Rdf *r, const PropterStatement *st) {
  bool added = false;
  PropterStr key = propter_arena_printf(r->b->arena, "%c%.*s", st->s.kind == PROPTER_TERM_IRI ? '<' : '_', (int)st->s.value.len, st->s.value.data);
  uint64_t *index = key.data ? propter_map_put(&r->names, key, r->subjects.count, &added) : NULL;
  if (!index || (added && !propter_vec_push(&r->subjects, ((Subject){false, st->line, SIZE_MAX, SIZE_MAX})))) return NULL;
  return &r->subjects.items[*index];
}

/* Of an individual of ours the name: "Increase". */
static PropterStr text_of(const PropterStatement *st) {
  PropterStr own = propter_vocab_prefix(PROPTER_STR("propter")), text = st->o.value;
  if (st->o.kind != PROPTER_TERM_IRI || !propter_str_starts(text, own)) return text;
  return (PropterStr){text.data + own.len, text.len - own.len};
}

static PropterStatus statement(const PropterStatement *st, void *payload, PropterError *err) {
  Rdf *r = payload;
  Subject *subject = subject_of(r, st);
  if (!subject) return no_memory(err);
  if (r->said.count == MAX_STATEMENTS) return propter_fail(err, PROPTER_LIMIT, "more than %d statements in a list of claims", MAX_STATEMENTS);
  if (propter_str_equal(st->p.value, propter_vocab_iri(VOCAB_rdf_type)) && propter_str_equal(st->o.value, propter_vocab_iri(VOCAB_propter_Claim))) {
    subject->claim = true;
    return PROPTER_OK;
  }
  size_t i = 0;
  while (i < PROPERTIES && !propter_str_equal(st->p.value, propter_vocab_iri(properties[i].property))) i++;
  if (err) err->line = st->line;
  if (i == PROPERTIES) /* nothing is passed over */
    return propter_fail(err, PROPTER_INVALID, "expected a property that a claim may have, found <%.*s>", (int)st->p.value.len, st->p.value.data);
  Said said = {.column = properties[i].column, .text = propter_arena_copy(r->b->arena, text_of(st)), .line = st->line, .next = SIZE_MAX};
  if (st->o.kind == PROPTER_TERM_BLANK)
    return propter_fail(err, PROPTER_INVALID, "expected a text or an IRI as %s of a claim, found a blank node", said.column);
  place(r, st->line, &said.at, &said.len);
  if (!said.text.data || !propter_vec_push(&r->said, said)) return no_memory(err);
  if (subject->first == SIZE_MAX) subject->first = r->said.count - 1;
  else r->said.items[subject->last].next = r->said.count - 1;
  subject->last = r->said.count - 1;
  return PROPTER_OK;
}

static PropterStatus row(Rdf *r, const Subject *subject, PropterError *err) {
  if (err) err->line = subject->line;
  if (!subject->claim) return propter_fail(err, PROPTER_INVALID, "expected claims and nothing else, found a subject that is no propter:Claim");
  PROPTER_TRY(doc_row(r->b, err));
  for (size_t i = subject->first; i != SIZE_MAX; i = r->said.items[i].next) {
    const Said *said = &r->said.items[i];
    PropterStr column = propter_str(said->column);
    if (!doc_column_named(r->b, column).data) PROPTER_TRY(doc_column(r->b, (PropterDocumentColumn){column, said->line, 0}, err));
    bool filled = propter_str_trim(said->text).len > 0;
    PropterDocumentCell cell = {.column = doc_column_named(r->b, column), .line = said->line};
    PROPTER_TRY(doc_cell(r->b, cell, filled, said->at, err));
    if (filled) PROPTER_TRY(doc_text(r->b, said->text, said->at, said->len, err));
    doc_cell_end(r->b);
  }
  doc_row_end(r->b);
  return PROPTER_OK;
}

static bool is_xml(PropterStr bytes) {
  PropterStr root = doc_root(bytes);
  return propter_str_equal(root, PROPTER_STR("RDF")) || (root.len > 4 && memcmp(root.data + root.len - 4, ":RDF", 4) == 0);
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* Something is said to be of the class: "a propter:Claim", "rdf:type <…#Claim>", "<p:Claim>". */
static bool sniff(PropterStr bytes) {
  if (bytes.len > HEAD) bytes.len = HEAD;
  bool xml = is_xml(bytes);
  if (propter_str_find(bytes, propter_vocab_prefix(PROPTER_STR("propter"))) == SIZE_MAX) return false;
  for (size_t from = 0, found; from < bytes.len; from = found + 5) {
    found = propter_str_find((PropterStr){bytes.data + from, bytes.len - from}, PROPTER_STR("Claim"));
    if (found == SIZE_MAX) return false;
    found += from;
    char after = found + 5 < bytes.len ? bytes.data[found + 5] : ' ';
    size_t start = found;
    while (start > 0 && !is_space(bytes.data[start - 1])) start--;
    if (!is_space(after) && !strchr(">;.,/\"]", after)) continue;
    if (xml && (bytes.data[start] == '<' || propter_str_starts((PropterStr){bytes.data + start, found - start}, PROPTER_STR("rdf:resource=")))) return true;
    size_t verb = start;
    while (verb > 0 && is_space(bytes.data[verb - 1])) verb--;
    if (!xml && verb < start && ((verb > 1 && bytes.data[verb - 1] == 'a' && (is_space(bytes.data[verb - 2]) || strchr("];[", bytes.data[verb - 2]))) ||
                                 (verb > 5 && memcmp(bytes.data + verb - 4, "type", 4) == 0) || (verb > 5 && memcmp(bytes.data + verb - 5, "type>", 5) == 0)))
      return true;
  }
  return false;
}

static PropterStatus read(DocBuilder *b, PropterStr bytes, PropterError *err) {
  Rdf *r = propter_calloc(1, sizeof *r);
  if (!r) return no_memory(err);
  *r = (Rdf){.b = b, .line = 1};
  PropterStatus status = doc_part(b, PROPTER_STR(""), bytes, PROPTER_STR(""), &r->s, err);
  PropterRdfOptions options = {.format = is_xml(r->s) ? "rdfxml" : "turtle", .limits = b->limits};
  if (status == PROPTER_OK) status = propter_rdf_read_text(r->s, "", &options, &(PropterRdfSink){.statement = statement, .payload = r}, err);
  for (size_t i = 0; i < r->subjects.count && status == PROPTER_OK; i++) status = row(r, &r->subjects.items[i], err);
  propter_map_clear(&r->names);
  propter_vec_clear(&r->subjects);
  propter_vec_clear(&r->said);
  propter_free(r);
  return status;
}

const DocReader doc_reader_claims_rdf = {"claims_rdf", "", sniff, read};
