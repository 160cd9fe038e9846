/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the words behind a claim, an event or a document in the original file. */
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "propter/document.h"
#include "propter/graph.h"
#include "propter/vocab.h"

typedef struct {
  CommandCall *call;
  PropterSnapshot *snapshot;
  PropterId v[VOCAB_COUNT];
  PropterArena arena;
  bool changed; /* a file is not what was read */
} Show;

enum { AROUND = 300 };

static PropterStatus value(Show *s, PropterId node, PropterVocab property, PropterStr *out, PropterError *err) {
  PropterId o = PROPTER_NO_ID;
  PropterTerm term;
  *out = (PropterStr){"", 0};
  if (s->v[property]) PROPTER_TRY(propter_snapshot_object(s->snapshot, node, s->v[property], &o, err));
  if (!o) return PROPTER_OK;
  PROPTER_TRY(propter_snapshot_term(s->snapshot, o, &s->arena, &term, err));
  *out = term.value;
  return PROPTER_OK;
}

static PropterStatus object(Show *s, PropterId node, PropterVocab property, PropterId *o, PropterError *err) {
  *o = PROPTER_NO_ID;
  return s->v[property] ? propter_snapshot_object(s->snapshot, node, s->v[property], o, err) : PROPTER_OK;
}

static PropterStatus is_a(Show *s, PropterId node, PropterVocab class, bool *is, PropterError *err) {
  PropterQuads rows = {0};
  *is = false;
  if (!s->v[class] || !s->v[VOCAB_rdf_type]) return PROPTER_OK;
  PropterStatus status = propter_snapshot_match(s->snapshot, (PropterQuad){node, s->v[VOCAB_rdf_type], s->v[class], PROPTER_NO_ID}, 16, &rows, err);
  *is = rows.count > 0;
  propter_vec_clear(&rows);
  return status;
}

/* --- finding --------------------------------------------------------------------------------------------------------------------- */

/* A name matches with its whole IRI, its end after / or #, or (documents) its path. */
static bool named(PropterStr iri, PropterStr name) {
  if (propter_str_equal(iri, name)) return true;
  if (!propter_str_ends(iri, name) || iri.len == name.len) return false;
  char before = iri.data[iri.len - name.len - 1];
  return before == '/' || before == '#' || before == '-';
}

static PropterStatus search(Show *s, PropterStr name, PropterVocab class, PropterId *found, size_t *count, PropterError *err) {
  PropterIds ids = {0};
  if (!s->v[class] || !s->v[VOCAB_rdf_type]) return PROPTER_OK;
  PropterStatus status = propter_snapshot_subjects(s->snapshot, s->v[VOCAB_rdf_type], s->v[class], &ids, err);
  PropterArena scratch = {0};
  for (size_t i = 0; i < ids.count && status == PROPTER_OK; i++) {
    PropterTerm term;
    status = propter_snapshot_term(s->snapshot, ids.items[i], &scratch, &term, err);
    if (status == PROPTER_OK && named(term.value, name)) *found = ids.items[i], ++*count;
    if (i % 256 == 255) propter_arena_clear(&scratch);
  }
  propter_arena_clear(&scratch);
  propter_vec_clear(&ids);
  return status;
}

static PropterStatus find(Show *s, const char *name, PropterId *id, PropterError *err) {
  PropterTerm term = propter_iri(propter_str(name));
  *id = PROPTER_NO_ID;
  if (strchr(name, ':')) PROPTER_TRY(propter_snapshot_find(s->snapshot, &term, id, err));
  if (*id) return PROPTER_OK;
  size_t count = 0;
  static const PropterVocab classes[] = {VOCAB_propter_Document, VOCAB_propter_Claim, VOCAB_propter_Event};
  for (size_t c = 0; c < 3; c++) PROPTER_TRY(search(s, propter_str(name), classes[c], id, &count, err));
  if (!count) return propter_fail(err, PROPTER_NOT_FOUND, "no claim, event or document is named \"%s\"", name);
  if (count > 1) return propter_fail(err, PROPTER_INVALID, "%zu things are named \"%s\": give more of the name", count, name);
  return PROPTER_OK;
}

/* --- words in their place ------------------------------------------------------------------------------------------------------------ */

static void put(Show *s, const char *name, PropterStr text) {
  if (text.len) fprintf(s->call->out, "%-10s %.*s\n", name, (int)text.len, text.data);
}

/* The text around [start, end), from the last block or sentence border to the next, at most AROUND bytes each way. */
static void print_context(Show *s, const PropterDocument *d, size_t start, size_t end) {
  const PropterBlock *block = propter_document_block_at(d, start);
  size_t from = block ? block->start : start, to = block ? block->end : end;
  bool cut_from = start - from > AROUND, cut_to = to > end && to - end > AROUND;
  if (cut_from)
    for (from = start - AROUND; from < start && d->text.data[from] != ' ';) from++;
  if (cut_to)
    for (to = end + AROUND; to > end && d->text.data[to] != ' ';) to--;
  fprintf(s->call->out, "\n  %s%.*s>>> %.*s <<<%.*s%s\n", cut_from ? "…" : "", (int)(start - from), d->text.data + from, (int)(end - start),
          d->text.data + start, (int)(to > end ? to - end : 0), d->text.data + end, cut_to ? " …" : "");
}

static PropterStatus open_document(Show *s, PropterId node, PropterDocument **d, PropterError *err) {
  PropterStr path, hash;
  PropterError why = {0};
  *d = NULL;
  PROPTER_TRY(value(s, node, VOCAB_propter_path, &path, err));
  PROPTER_TRY(value(s, node, VOCAB_propter_hash, &hash, err));
  PropterStatus status = propter_document_open(path.data, NULL, d, &why);
  if (status == PROPTER_NO_MEMORY) return propter_fail(err, status, "%s", why.message);
  if (status != PROPTER_OK) {
    fprintf(s->call->out, "file       cannot be opened now: %s\n", why.message);
    s->changed = true;
    return PROPTER_OK;
  }
  if (!propter_str_equal(propter_str((*d)->hash), hash)) {
    fprintf(s->call->out, "file       has changed since it was read; read it again\n");
    propter_document_free(*d);
    *d = NULL;
    s->changed = true;
  }
  return PROPTER_OK;
}

static PropterStatus show_quote(Show *s, PropterId node, PropterError *err) {
  PropterId document;
  PropterStr quote, path, section, part, element, a, b, ba, bb;
  PROPTER_TRY(object(s, node, VOCAB_propter_document, &document, err));
  PROPTER_TRY(value(s, node, VOCAB_propter_quote, &quote, err));
  if (!document || !quote.len) return PROPTER_OK;
  PROPTER_TRY(value(s, document, VOCAB_propter_path, &path, err));
  PROPTER_TRY(value(s, node, VOCAB_propter_section, &section, err));
  PROPTER_TRY(value(s, node, VOCAB_propter_filePart, &part, err));
  PROPTER_TRY(value(s, node, VOCAB_propter_elementPath, &element, err));
  PROPTER_TRY(value(s, node, VOCAB_propter_charStart, &a, err));
  PROPTER_TRY(value(s, node, VOCAB_propter_charEnd, &b, err));
  PROPTER_TRY(value(s, node, VOCAB_propter_byteStart, &ba, err));
  PROPTER_TRY(value(s, node, VOCAB_propter_byteEnd, &bb, err));
  put(s, "says", quote);
  put(s, "document", path);
  put(s, "section", section);
  fprintf(s->call->out, "%-10s characters %.*s-%.*s, bytes %.*s-%.*s%s%.*s%s%.*s\n", "place", (int)a.len, a.data, (int)b.len, b.data, (int)ba.len, ba.data,
          (int)bb.len, bb.data, part.len ? " of " : "", (int)part.len, part.data, element.len ? ", element " : "", (int)element.len, element.data);
  PropterDocument *d;
  PROPTER_TRY(open_document(s, document, &d, err));
  if (!d) return PROPTER_OK;
  int64_t from = 0, to = 0;
  (void)propter_str_to_int64(a, &from);
  (void)propter_str_to_int64(b, &to);
  size_t start = propter_document_byte_of(d, (size_t)from), end = propter_document_byte_of(d, (size_t)to);
  if (end <= start || !propter_str_equal((PropterStr){d->text.data + start, end - start}, quote)) {
    fprintf(s->call->out, "file       does not hold these words at this place; read it again\n");
    s->changed = true;
  } else {
    print_context(s, d, start, end);
  }
  propter_document_free(d);
  return PROPTER_OK;
}

static PropterStatus show_properties(Show *s, PropterId node, PropterError *err) {
  static const struct {
    const char *name;
    PropterVocab property;
  } rows[] = {{"cause", VOCAB_propter_cause},
              {"", VOCAB_propter_causeText},
              {"effect", VOCAB_propter_effect},
              {"", VOCAB_propter_effectText},
              {"direction", VOCAB_propter_polarity},
              {"denied", VOCAB_propter_negated},
              {"hedge", VOCAB_propter_hedge},
              {"condition", VOCAB_propter_condition},
              {"kind", VOCAB_propter_claimKind},
              {"concept", VOCAB_propter_concept},
              {"scope", VOCAB_propter_scope},
              {"from", VOCAB_propter_start},
              {"to", VOCAB_propter_end},
              {"cause from", VOCAB_propter_causeStart},
              {"to", VOCAB_propter_causeEnd},
              {"effect from", VOCAB_propter_effectStart},
              {"to", VOCAB_propter_effectEnd},
              {"number", VOCAB_propter_quantity},
              {"known from", VOCAB_propter_knownFrom},
              {"rule", VOCAB_propter_rule},
              {"who", VOCAB_dct_creator},
              {"row", VOCAB_propter_locator},
              {"confidence", VOCAB_propter_confidence},
              {"same as", VOCAB_skos_closeMatch},
              {"source", VOCAB_dct_source}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    PropterStr text;
    PROPTER_TRY(value(s, node, rows[i].property, &text, err));
    put(s, rows[i].name, text);
  }
  return PROPTER_OK;
}

typedef struct {
  int64_t from;
  PropterStr name, to, quote;
} Line;

static int by_place(const void *a, const void *b) {
  const Line *x = a, *y = b;
  return x->from != y->from ? (x->from < y->from ? -1 : 1) : propter_str_compare(x->name, y->name);
}

static PropterStatus line_of(Show *s, PropterId node, Line *line, PropterError *err) {
  PropterTerm term;
  PropterStr from;
  PROPTER_TRY(propter_snapshot_term(s->snapshot, node, &s->arena, &term, err));
  PROPTER_TRY(value(s, node, VOCAB_propter_quote, &line->quote, err));
  PROPTER_TRY(value(s, node, VOCAB_propter_charStart, &from, err));
  PROPTER_TRY(value(s, node, VOCAB_propter_charEnd, &line->to, err));
  (void)propter_str_to_int64(from, &line->from);
  size_t hash = term.value.len;
  while (hash > 0 && term.value.data[hash - 1] != '#') hash--;
  line->name = (PropterStr){term.value.data + hash, term.value.len - hash};
  return PROPTER_OK;
}

/* In the order of the text. */
static PropterStatus list_claims(Show *s, PropterId document, PropterVocab class, const char *name, PropterError *err) {
  PropterIds ids = {0};
  PROPTER_VEC(Line) lines = {0};
  if (!s->v[VOCAB_propter_document]) return PROPTER_OK;
  PropterStatus status = propter_snapshot_subjects(s->snapshot, s->v[VOCAB_propter_document], document, &ids, err);
  for (size_t i = 0; i < ids.count && status == PROPTER_OK; i++) {
    Line line = {0};
    bool is = false;
    if ((status = is_a(s, ids.items[i], class, &is, err)) != PROPTER_OK || !is) continue;
    status = line_of(s, ids.items[i], &line, err);
    if (status == PROPTER_OK && !propter_vec_push(&lines, line)) status = propter_fail(err, PROPTER_NO_MEMORY, "no memory for claims");
  }
  if (lines.count) qsort(lines.items, lines.count, sizeof *lines.items, by_place);
  for (size_t i = 0; i < lines.count && status == PROPTER_OK; i++) {
    const Line *l = &lines.items[i];
    fprintf(s->call->out, "%-10s %.*s  characters %lld-%.*s  \"%.*s\"\n", name, (int)l->name.len, l->name.data, (long long)l->from, (int)l->to.len, l->to.data,
            (int)l->quote.len, l->quote.data);
  }
  propter_vec_clear(&lines);
  propter_vec_clear(&ids);
  return status;
}

static PropterStatus show_document(Show *s, PropterId node, PropterError *err) {
  PropterStr title, path, published, format;
  PROPTER_TRY(value(s, node, VOCAB_dct_title, &title, err));
  PROPTER_TRY(value(s, node, VOCAB_propter_path, &path, err));
  PROPTER_TRY(value(s, node, VOCAB_propter_published, &published, err));
  PROPTER_TRY(value(s, node, VOCAB_propter_format, &format, err));
  put(s, "title", title);
  put(s, "file", path);
  put(s, "format", format);
  put(s, "published", published);
  PropterDocument *d;
  PROPTER_TRY(open_document(s, node, &d, err));
  propter_document_free(d);
  PROPTER_TRY(list_claims(s, node, VOCAB_propter_Claim, "claim", err));
  return list_claims(s, node, VOCAB_propter_Event, "event", err);
}

static PropterStatus show(Show *s, const char *name, PropterError *err) {
  PropterId node;
  PropterTerm term;
  bool document;
  PROPTER_TRY(propter_vocab_ids(s->snapshot, s->v, err));
  PROPTER_TRY(find(s, name, &node, err));
  PROPTER_TRY(propter_snapshot_term(s->snapshot, node, &s->arena, &term, err));
  put(s, "iri", term.value);
  PROPTER_TRY(is_a(s, node, VOCAB_propter_Document, &document, err));
  if (document) return show_document(s, node, err);
  PROPTER_TRY(show_properties(s, node, err));
  return show_quote(s, node, err);
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  Show s = {.call = call};
  PropterGraph *graph = NULL;
  PROPTER_TRY(propter_graph_open(call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, err));
  PropterStatus status = propter_snapshot_open(graph, 0, &s.snapshot, err);
  if (status == PROPTER_OK) status = show(&s, call->operands[0], err);
  if (s.snapshot) propter_snapshot_close(s.snapshot);
  propter_graph_close(graph);
  propter_arena_clear(&s.arena);
  return status == PROPTER_OK && s.changed ? PROPTER_NEGATIVE : status;
}

const Command command_show = {
    .name = "show",
    .summary = "open the exact words of a claim, an event or a document",
    .operands = "CLAIM|EVENT|DOCUMENT",
    .min_operands = 1,
    .max_operands = 1,
    .details =
        "The name is an IRI or enough of its end (a document's file name, the last part of a claim's name). The original file is opened again and the words "
        "are shown\n"
        "in their place, between >>> and <<<. Exit 1 if the file is gone or is not the one that was read.",
    .examples = "propter show digest-2011-09.html",
    .run = run};
