/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the words behind a claim, an event or a document in the original file. */
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "propter/read.h"
#include "propter/sparql.h"
#include "propter/why.h"
#include "source.h"
#include "view.h"

typedef struct {
  CommandCall *call;
  SourceGraph graph;
  bool changed; /* a file is not what was read */
} Show;

static PropterStatus is_a(Show *s, PropterId node, PropterVocab class, bool *is, PropterError *err) {
  PropterQuads rows = {0};
  *is = false;
  if (!s->graph.v[class] || !s->graph.v[VOCAB_rdf_type]) return PROPTER_OK;
  PropterStatus status =
      propter_snapshot_match(s->graph.snapshot, (PropterQuad){node, s->graph.v[VOCAB_rdf_type], s->graph.v[class], PROPTER_NO_ID}, 16, &rows, err);
  *is = rows.count > 0;
  propter_vec_clear(&rows);
  return status;
}

/* --- finding --------------------------------------------------------------------------------------------------------------------- */

/* "Storm%20Ottilie.md" as people write it. {NULL}: no memory. */
static PropterStr decoded(PropterStr iri, PropterArena *arena) {
  if (propter_str_find(iri, PROPTER_STR("%")) == SIZE_MAX) return iri;
  PropterBuf text = {0};
  propter_buf_add_decoded(&text, iri);
  iri = text.failed ? (PropterStr){NULL, 0} : propter_arena_copy(arena, propter_buf_str(&text));
  propter_buf_clear(&text);
  return iri;
}

/* A name matches with its whole IRI, or its end after / or #. */
static bool named(PropterStr iri, PropterStr name) {
  if (propter_str_equal(iri, name)) return true;
  if (!propter_str_ends(iri, name) || iri.len == name.len) return false;
  char before = iri.data[iri.len - name.len - 1];
  return before == '/' || before == '#' || before == '-';
}

static PropterStatus search(Show *s, PropterStr name, PropterVocab class, PropterId *found, size_t *count, PropterError *err) {
  PropterIds ids = {0};
  if (!s->graph.v[class] || !s->graph.v[VOCAB_rdf_type]) return PROPTER_OK;
  PropterStatus status = propter_snapshot_subjects(s->graph.snapshot, s->graph.v[VOCAB_rdf_type], s->graph.v[class], &ids, err);
  PropterArena scratch = {0};
  for (size_t i = 0; i < ids.count && status == PROPTER_OK; i++) {
    PropterTerm term;
    status = propter_snapshot_term(s->graph.snapshot, ids.items[i], &scratch, &term, err);
    if (status == PROPTER_OK && !(term.value = decoded(term.value, &scratch)).data) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
    if (status == PROPTER_OK && named(term.value, name)) *found = ids.items[i], ++*count;
    if (i % 256 == 255) propter_arena_clear(&scratch);
  }
  propter_arena_clear(&scratch);
  propter_vec_clear(&ids);
  return status;
}

/* As answers call an event or the cause of a claim: the first of that name. */
static PropterStatus search_label(Show *s, PropterStr name, PropterVocab class, PropterVocab label, PropterId *found, PropterError *err) {
  PropterIds ids = {0};
  if (*found || !s->graph.v[class] || !s->graph.v[VOCAB_rdf_type] || !s->graph.v[label]) return PROPTER_OK;
  PropterStatus status = propter_snapshot_subjects(s->graph.snapshot, s->graph.v[VOCAB_rdf_type], s->graph.v[class], &ids, err);
  for (size_t i = 0; i < ids.count && status == PROPTER_OK && !*found; i++) {
    PropterStr text;
    status = source_value(&s->graph, ids.items[i], label, &text, err);
    if (status == PROPTER_OK && propter_str_equal_caseless(text, name)) *found = ids.items[i];
  }
  propter_vec_clear(&ids);
  return status;
}

typedef struct {
  Show *show;
  PropterStr file;
  PropterId found;
} Row;

static PropterStatus use_row(const PropterTerm *row, void *payload, PropterError *err) {
  Row *r = payload;
  const PropterStr file = decoded(row[1].value, &r->show->graph.arena);
  if (!file.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  return r->found || !named(file, r->file) ? PROPTER_OK : propter_snapshot_find(r->show->graph.snapshot, &row[0], &r->found, err);
}

/* "claims.csv:2070", as answers name a row: the first observation of it. */
static PropterStatus search_row(Show *s, PropterStr name, PropterId *found, PropterError *err) {
  size_t colon = name.len;
  int64_t line = 0;
  while (colon && name.data[colon - 1] != ':') colon--;
  if (*found || !colon || !propter_str_to_int64((PropterStr){name.data + colon, name.len - colon}, &line)) return PROPTER_OK;
  Row r = {.show = s, .file = {name.data, colon - 1}};
  PropterBuf query = {0};
  propter_buf_printf(&query, "PREFIX p: <https://w3id.org/propter#> SELECT ?o ?f { ?o p:sourceRow %lld ; p:sourceFile ?f } ORDER BY ?o", (long long)line);
  PropterStatus status = propter_buf_status(&query, err);
  if (status == PROPTER_OK) status = propter_query_each(s->graph.snapshot, propter_buf_str(&query), use_row, &r, err);
  propter_buf_clear(&query);
  *found = r.found;
  return status;
}

static PropterStatus find(Show *s, const char *name, PropterId *id, PropterError *err) {
  PropterTerm term = propter_iri(propter_str(name));
  *id = PROPTER_NO_ID;
  PROPTER_TRY(search_row(s, propter_str(name), id, err));
  if (!*id && strchr(name, ':') && !strchr(name, ' ')) PROPTER_TRY(propter_snapshot_find(s->graph.snapshot, &term, id, err));
  if (*id) return PROPTER_OK;
  size_t count = 0;
  static const PropterVocab classes[] = {VOCAB_propter_Document, VOCAB_propter_Claim, VOCAB_propter_Event};
  for (size_t c = 0; c < 3; c++) PROPTER_TRY(search(s, propter_str(name), classes[c], id, &count, err));
  if (!count) PROPTER_TRY(search_label(s, propter_str(name), VOCAB_propter_Event, VOCAB_skos_prefLabel, id, err));
  if (!count) PROPTER_TRY(search_label(s, propter_str(name), VOCAB_propter_Event, VOCAB_rdfs_label, id, err));
  if (!count) PROPTER_TRY(search_label(s, propter_str(name), VOCAB_propter_Claim, VOCAB_propter_causeText, id, err));
  if (*id) count = count ? count : 1;
  if (!count) return propter_fail(err, PROPTER_NOT_FOUND, "no claim, event or document is named \"%s\"", name);
  if (count > 1) return propter_fail(err, PROPTER_INVALID, "%zu things are named \"%s\": give more of the name", count, name);
  return PROPTER_OK;
}

/* --- words in their place ------------------------------------------------------------------------------------------------------------ */

static void put(Show *s, const char *name, PropterStr text) {
  if (text.len) fprintf(s->call->out, "%-10s ", name), output_line(s->call->out, text), fputc('\n', s->call->out);
}

static void put_problem(Show *s, PropterStr problem) {
  if (!problem.len) return;
  put(s, "file", problem);
  s->changed = true;
}

static void put_words(Show *s, const Source *w) {
  put(s, "says", w->quote), put(s, "document", w->path), put(s, "section", w->section);
  fprintf(s->call->out, "%-10s characters %.*s-%.*s, bytes %.*s-%.*s%s%.*s%s%.*s\n", "place", (int)w->char_start.len, w->char_start.data, (int)w->char_end.len,
          w->char_end.data, (int)w->byte_start.len, w->byte_start.data, (int)w->byte_end.len, w->byte_end.data, w->part.len ? " of " : "", (int)w->part.len,
          w->part.data, w->element.len ? ", element " : "", (int)w->element.len, w->element.data);
  put_problem(s, w->problem);
  if (w->problem.len) return;
  fprintf(s->call->out, "\n  %s", w->cut_before ? "\xE2\x80\xA6" : ""), output_line(s->call->out, w->before);
  fputs(w->before.len ? " >>> " : ">>> ", s->call->out), output_line(s->call->out, w->quote), fputs(" <<<", s->call->out);
  if (w->after.len) fputc(' ', s->call->out), output_line(s->call->out, w->after);
  fputs(w->cut_after ? " \xE2\x80\xA6\n" : "\n", s->call->out);
}

static void put_row(Show *s, const Source *r) {
  put(s, "table", r->path), put(s, "sheet", r->sheet), put(s, "column", r->column);
  fprintf(s->call->out, "%-10s %llu\n", "row", (unsigned long long)r->row);
  put_problem(s, r->problem);
  if (r->rows) fputc('\n', s->call->out);
  for (size_t i = 0; i < r->rows; i++) {
    fprintf(s->call->out, "  %s %6llu ", r->near[i].line == r->row ? ">>>" : "   ", (unsigned long long)r->near[i].line);
    for (size_t c = 0; c < r->columns; c++) fputs(c ? " | " : " ", s->call->out), output_line(s->call->out, r->near[i].cell[c]);
    fputc('\n', s->call->out);
  }
}

static PropterStatus show_source(Show *s, PropterId node, PropterError *err) {
  Source found = {0};
  bool any = false;
  PropterStatus status = source_find(&s->graph, node, &found, &any, err);
  if (status == PROPTER_OK && any) found.is_row ? put_row(s, &found) : put_words(s, &found);
  source_clear(&found);
  return status;
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
              {"but not", VOCAB_propter_exception},
              {"kind", VOCAB_propter_claimKind},
              {"concept", VOCAB_propter_concept},
              {"scope", VOCAB_propter_scope},
              {"from", VOCAB_propter_start},
              {"to", VOCAB_propter_end},
              {"cause from", VOCAB_propter_causeStart},
              {"to", VOCAB_propter_causeEnd},
              {"effect from", VOCAB_propter_effectStart},
              {"to", VOCAB_propter_effectEnd},
              {"cause for", VOCAB_propter_causeDuration},
              {"effect for", VOCAB_propter_effectDuration},
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
    PROPTER_TRY(source_value(&s->graph, node, rows[i].property, &text, err));
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
  PROPTER_TRY(propter_snapshot_term(s->graph.snapshot, node, &s->graph.arena, &term, err));
  PROPTER_TRY(source_value(&s->graph, node, VOCAB_propter_quote, &line->quote, err));
  PROPTER_TRY(source_value(&s->graph, node, VOCAB_propter_charStart, &from, err));
  PROPTER_TRY(source_value(&s->graph, node, VOCAB_propter_charEnd, &line->to, err));
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
  if (!s->graph.v[VOCAB_propter_document]) return PROPTER_OK;
  PropterStatus status = propter_snapshot_subjects(s->graph.snapshot, s->graph.v[VOCAB_propter_document], document, &ids, err);
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
  PROPTER_TRY(source_value(&s->graph, node, VOCAB_dct_title, &title, err));
  PROPTER_TRY(source_value(&s->graph, node, VOCAB_propter_path, &path, err));
  PROPTER_TRY(source_value(&s->graph, node, VOCAB_propter_published, &published, err));
  PROPTER_TRY(source_value(&s->graph, node, VOCAB_propter_format, &format, err));
  put(s, "title", title);
  put(s, "file", path);
  put(s, "format", format);
  put(s, "published", published);
  PropterDocument *d;
  PropterStr problem;
  PROPTER_TRY(source_open_document(&s->graph, node, &d, &problem, err));
  propter_document_free(d);
  put_problem(s, problem);
  PROPTER_TRY(list_claims(s, node, VOCAB_propter_Claim, "claim", err));
  return list_claims(s, node, VOCAB_propter_Event, "event", err);
}

/* --- what the model of claims made of it ------------------------------------------------------------------------------------------------ */

typedef struct {
  Show *show;
  const PropterDocument *document;
  PropterStr rule, quote, cause, effect;
  bool found;
} Weighed;

static bool says(const Weighed *w, PropterSpan span, PropterStr words) {
  return propter_str_equal((PropterStr){w->document->text.data + span.start, span.end > span.start ? span.end - span.start : 0}, words);
}

static void put_weights(const PropterReading *r, const PropterFeature *features, size_t count, double probability, void *weighed_) {
  Weighed *w = weighed_;
  FILE *out = w->show->call->out;
  double sum = 0;
  if (w->found || !propter_str_equal(propter_str(r->rule), w->rule) || !says(w, r->quote, w->quote) || !says(w, r->cause, w->cause) ||
      !says(w, r->effect, w->effect))
    return;
  w->found = true;
  for (size_t i = 0; i < count; i++) sum += features[i].weight;
  fprintf(out, "\n%-10s what the model of claims adds up\n", "weights");
  for (size_t i = 0; i < count; i++) fprintf(out, "  %+6.2f  ", features[i].weight), output_line(out, features[i].name), fputc('\n', out);
  fprintf(out, "  %+6.2f  in all: %.3f that the sentence says so, before hedges and the kind of block\n", sum, probability);
}

/* The document is read again by today's rules. */
static PropterStatus show_weights(Show *s, PropterId node, PropterError *err) {
  const char *files[16];
  size_t count = 0;
  Source found = {0};
  PropterRules *rules = NULL;
  PropterReadings readings = {0};
  Weighed w = {.show = s};
  bool any = false;
  while (count < 16 && (files[count] = cmd_value_at(s->call, "rules", (unsigned)count))) count++;
  PropterStatus status = source_find(&s->graph, node, &found, &any, err);
  if (status == PROPTER_OK) status = source_value(&s->graph, node, VOCAB_propter_rule, &w.rule, err);
  if (status == PROPTER_OK) status = source_value(&s->graph, node, VOCAB_propter_quote, &w.quote, err);
  if (status == PROPTER_OK) status = source_value(&s->graph, node, VOCAB_propter_causeText, &w.cause, err);
  if (status == PROPTER_OK) status = source_value(&s->graph, node, VOCAB_propter_effectText, &w.effect, err);
  if (status == PROPTER_OK && found.document && w.rule.len) {
    w.document = found.document;
    status = propter_rules_open("en", files, count, NULL, &rules, err);
    if (status == PROPTER_OK) propter_rules_weigh(rules, put_weights, &w), status = propter_read_document(rules, NULL, found.document, &readings, err);
  }
  if (status == PROPTER_OK && !w.found) put(s, "weights", PROPTER_STR("none: no model graded it, or the rules of today (and --rules) no longer read it"));
  propter_readings_clear(&readings);
  propter_rules_free(rules);
  source_clear(&found);
  return status;
}

static PropterStatus show(Show *s, const char *name, PropterError *err) {
  PropterId node;
  PropterTerm term;
  bool document;
  PROPTER_TRY(propter_vocab_ids(s->graph.snapshot, s->graph.v, err));
  PROPTER_TRY(find(s, name, &node, err));
  PROPTER_TRY(propter_snapshot_term(s->graph.snapshot, node, &s->graph.arena, &term, err));
  put(s, "iri", term.value);
  PROPTER_TRY(is_a(s, node, VOCAB_propter_Document, &document, err));
  if (document) return show_document(s, node, err);
  PROPTER_TRY(show_properties(s, node, err));
  PROPTER_TRY(show_source(s, node, err));
  return cmd_flag(s->call, "weights") ? show_weights(s, node, err) : PROPTER_OK;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  Show s = {.call = call};
  CommandView view;
  PropterStatus status = view_open(call, &view, err);
  s.graph.snapshot = view.snapshot;
  if (status == PROPTER_OK) status = show(&s, call->operands[0], err);
  view_close(&view);
  propter_arena_clear(&s.graph.arena);
  return status == PROPTER_OK && s.changed ? PROPTER_NEGATIVE : status;
}

static const CommandOption options[] = {{"weights", 0, NULL, "also list what the model of claims weighed in a claim, a line per feature"},
                                        {"rules", 0, "FILE", "with --weights: rules it was read with besides the built-in ones; may be repeated"},
                                        {NULL, 0, NULL, NULL}};

const Command command_show = {
    .name = "show",
    .summary = "open the exact words of a claim, an event or a document, or the row of an observation",
    .operands = "CLAIM|EVENT|DOCUMENT|OBSERVATION",
    .min_operands = 1,
    .max_operands = 1,
    .options = options,
    .details =
        "The name is an IRI or enough of its end (a document's file name, the last part of a claim's name), what an answer calls an event or a cause, or a row\n"
        "as answers name it (claims.csv:2070). The original file is opened again and the words\n"
        "are shown in their place, between >>> and <<<, or the row among its neighbours. Exit 1 if the file is gone or is not the one that was read.\n"
        "--weights reads the document again and lists, heaviest first, each feature of the claim with what it adds to the logit that the sentence says\n"
        "so; the confidence is that probability times what hedges and the kind of block leave of it.",
    .examples = "propter show digest-2011-09.html\npropter show us-employment.csv:69",
    .run = run};
