/* SPDX-License-Identifier: Apache-2.0 */
/* Candidate concepts: listed for a person, and accepted into a pack, the Turtle file that holds a domain's concepts. */
#include "candidates.h"

#include <string.h>

#include "output.h"
#include "propter/hash.h"
#include "propter/io.h"
#include "propter/rdf.h"
#include "propter/read.h"
#include "propter/vocab.h"

#define TEXT(view) (int)(view).len, (view).data
enum { PACK_BYTES = 64 << 20 };

/* A word of the candidate and the one that it meets. */
static void print_word(FILE *out, const PropterLikeWord *w, bool json, bool first) {
  static const char *const why[] = {"same", "alike", "family", "meaning", "near"};
  if (json) {
    fputs(first ? "{\"word\":" : ",{\"word\":", out), output_json(out, w->word);
    fputs(",\"meets\":", out), output_json(out, w->meets);
    fprintf(out, ",\"likeness\":%.2f,\"why\":\"%s\"}", w->likeness, why[w->why]);
    return;
  }
  fprintf(out, first ? "%.*s" : ", %.*s", TEXT(w->word));
  if (w->why != PROPTER_LIKE_SAME) fprintf(out, " %s %.*s %.2f", why[w->why], TEXT(w->meets), w->likeness);
}

static void print(CommandCall *call, const PropterConceptCandidate *c, bool json, bool first) {
  FILE *out = call->out;
  if (json) {
    fputs(first ? "{\"candidate\":" : ",\n{\"candidate\":", out), output_json(out, c->iri);
    fprintf(out, ",\"causes\":%zu,\"effects\":%zu,\"labels\":[", c->causes, c->effects);
    for (size_t i = 0; i < c->label_count; i++) fputs(i ? "," : "", out), output_json(out, c->labels[i]);
    fputs("],\"near\":[", out);
    for (size_t i = 0; i < c->near_count; i++) {
      fputs(i ? ",{\"concept\":" : "{\"concept\":", out), output_json(out, c->near[i].iri);
      fprintf(out, ",\"closeness\":%.2f,\"words\":[", c->near[i].closeness);
      for (size_t k = 0; k < c->near[i].word_count; k++) print_word(out, &c->near[i].words[k], true, !k);
      fputs("]}", out);
    }
    fputs("],\"quote\":", out), output_json(out, c->quote), fputs("}", out);
    return;
  }
  fprintf(out, "%.*s  %zu claims (%zu cause, %zu effect)  ", TEXT(c->iri), c->causes + c->effects, c->causes, c->effects);
  for (size_t i = 0; i < c->label_count; i++) fprintf(out, "%s%.*s", i ? ", " : "", TEXT(c->labels[i]));
  fputs("\n    ", out);
  for (size_t i = 0; i < c->quote.len; i++) fputc((unsigned char)c->quote.data[i] < 0x20 || c->quote.data[i] == 0x7F ? ' ' : c->quote.data[i], out);
  fputc('\n', out);
  for (size_t i = 0; i < c->near_count; i++) {
    fprintf(out, "    near %.2f  %.*s  (", c->near[i].closeness, TEXT(c->near[i].iri));
    for (size_t k = 0; k < c->near[i].word_count; k++) print_word(out, &c->near[i].words[k], false, !k);
    fputs(")\n", out);
  }
}

/* With what the first of them come close to. */
static PropterStatus all_of(CommandCall *call, size_t first, PropterConceptCandidates *list, PropterError *err) {
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterStatus status = propter_graph_open(call->graph, 0, NULL, &graph, err);
  if (status == PROPTER_OK) status = propter_snapshot_open(graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = propter_concept_candidates(snapshot, list, err);
  if (status == PROPTER_OK) status = propter_concept_candidates_near(snapshot, first, list, err);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
  return status;
}

PropterStatus candidates_list(CommandCall *call, PropterError *err) {
  PropterConceptCandidates list = {0};
  int64_t limit = 0;
  bool json = call->format && strcmp(call->format, "json") == 0;
  PROPTER_TRY(output_number_option(call, "limit", 1, INT64_MAX, &limit, err));
  PROPTER_TRY(all_of(call, limit ? (size_t)limit : SIZE_MAX, &list, err));
  if (json) fputs("[", call->out);
  for (size_t i = 0; i < list.count && (!limit || i < (size_t)limit); i++) print(call, &list.items[i], json, !i);
  if (json) fputs("]\n", call->out);
  bool none = list.count == 0;
  propter_concept_candidates_clear(&list);
  return none ? propter_fail(err, PROPTER_NEGATIVE, "no candidates: every argument is linked, or nothing was read") : PROPTER_OK;
}

/* --- accepting ---------------------------------------------------------------------------------------------------------------------------- */

/* What the pack calls its concepts: the part of their IRIs before the name that most of them share. */
typedef struct {
  PropterArena arena;
  PropterMap namespaces, subjects;
  PropterStr best;
  uint64_t most;
} Pack;

static PropterStatus look(const PropterStatement *st, void *payload, PropterError *err) {
  Pack *pack = payload;
  if (st->s.kind != PROPTER_TERM_IRI) return PROPTER_OK;
  size_t cut = st->s.value.len;
  while (cut && !strchr("#/:", st->s.value.data[cut - 1])) cut--;
  bool concept = propter_str_equal(st->p.value, propter_vocab_iri(VOCAB_rdf_type)) && propter_str_equal(st->o.value, propter_vocab_iri(VOCAB_skos_Concept));
  PropterStr space = propter_arena_copy(&pack->arena, (PropterStr){st->s.value.data, cut}), subject = propter_arena_copy(&pack->arena, st->s.value);
  uint64_t *count = space.data ? propter_map_put(&pack->namespaces, space, 0, NULL) : NULL;
  if (!count || !subject.data || !propter_map_put(&pack->subjects, subject, 1, NULL)) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for the pack");
  *count += concept;
  if (concept && *count > pack->most) pack->most = *count, pack->best = space;
  return PROPTER_OK;
}

/* The words of a literal, as the last part of an IRI. */
static void slug(PropterStr literal, PropterBuf *out) {
  bool gap = false;
  for (size_t i = 1; i < literal.len && literal.data[i] != '"'; i++) {
    char c = literal.data[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
    if (letter && gap && out->len) propter_buf_add_char(out, '-');
    if (letter) propter_buf_add_char(out, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
    gap = !letter;
  }
}

static PropterStatus new_iri(CommandCall *call, Pack *pack, PropterStr label, PropterStr *iri, PropterError *err) {
  PropterBuf name = {0};
  const char *given = cmd_value(call, "namespace"), *why = NULL;
  PropterStr space = given ? propter_str(given) : pack->best;
  if (!space.len) return propter_fail(err, PROPTER_USAGE, "the pack has no concept yet to tell how concepts are named: give --namespace IRI");
  slug(label, &name);
  PropterStatus status = propter_buf_status(&name, err);
  *iri = propter_arena_printf(&pack->arena, "%.*s%.*s", TEXT(space), (int)name.len, name.len ? name.data : "");
  for (unsigned n = 2; status == PROPTER_OK && iri->data && propter_map_get(&pack->subjects, *iri); n++)
    *iri = propter_arena_printf(&pack->arena, "%.*s%.*s-%u", TEXT(space), (int)name.len, name.data, n);
  propter_buf_clear(&name);
  if (status == PROPTER_OK && !iri->data) status = propter_fail(err, PROPTER_NO_MEMORY, "no memory for a concept");
  if (status == PROPTER_OK && !propter_iri_valid(*iri, &why)) status = propter_fail(err, PROPTER_USAGE, "--namespace: %s", why);
  return status;
}

/* The statements about the concept, behind what the pack says already. */
static PropterStatus write(CommandCall *call, Pack *pack, const PropterConceptCandidate *c, PropterBuf *text, PropterError *err) {
  const char *given = cmd_value(call, "label"), *as = cmd_value(call, "as"), *why = NULL;
  PropterStr iri = propter_str(as), label = c->labels[0];
  PropterBuf own = {0};
  PropterStatus status = PROPTER_OK;
  if (given) {
    PropterTerm term = propter_literal(propter_str(given));
    term.language = PROPTER_STR("en");
    propter_term_write(&term, &own);
    status = propter_buf_status(&own, err);
    label = propter_buf_str(&own);
  }
  if (status == PROPTER_OK && as && !propter_iri_valid(iri, &why)) status = propter_fail(err, PROPTER_USAGE, "--as: %s", why);
  if (status == PROPTER_OK && !as) status = new_iri(call, pack, label, &iri, err);
  if (status == PROPTER_OK) {
    char day[16];
    propter_day_format(call->today, day);
    if (text->len && text->data[text->len - 1] != '\n') propter_buf_add_char(text, '\n');
    propter_buf_printf(text, "\n# Accepted %s from %zu claims.\n<%.*s>", day, c->causes + c->effects, TEXT(iri));
    PropterStr class = propter_vocab_iri(VOCAB_skos_Concept), preferred = propter_vocab_iri(VOCAB_skos_prefLabel);
    if (!as) propter_buf_printf(text, " a <%.*s> ;\n  <%.*s> %.*s", TEXT(class), TEXT(preferred), TEXT(label));
    bool first = as != NULL;
    for (size_t i = 0; i < c->label_count; i++) {
      if (!as && propter_str_equal(c->labels[i], label)) continue;
      propter_buf_printf(text, "%s<%.*s> %.*s", first ? " " : " ;\n  ", TEXT(propter_vocab_iri(VOCAB_skos_altLabel)), TEXT(c->labels[i]));
      first = false;
    }
    propter_buf_add(text, PROPTER_STR(" .\n"));
    status = propter_buf_status(text, err);
  }
  if (status == PROPTER_OK) fprintf(call->out, "concept   %.*s\n", TEXT(iri));
  propter_buf_clear(&own);
  return status;
}

static PropterStatus read_pack(const char *path, PropterStr text, Pack *pack, PropterError *err) {
  PropterBuf base = {.max = 1 << 16};
  PropterStatus status = propter_iri_of_file(path, &base, err);
  if (status == PROPTER_OK) status = propter_buf_status(&base, err);
  PropterRdfOptions options = {.format = "turtle", .base = propter_buf_str(&base)};
  if (status == PROPTER_OK) status = propter_rdf_read_text(text, path, &options, &(PropterRdfSink){.statement = look, .payload = pack}, err);
  propter_buf_clear(&base);
  return status;
}

static PropterStatus accept(CommandCall *call, const char *path, const PropterConceptCandidate *c, PropterError *err) {
  Pack pack = {0}, after = {0};
  PropterBuf text = {.max = PACK_BYTES};
  PropterError none = {0};
  PropterStatus status = propter_io_read_file(path, PACK_BYTES, &text, &none);
  if (status == PROPTER_NOT_FOUND) status = PROPTER_OK;
  else if (status != PROPTER_OK && err) *err = none;
  if (status == PROPTER_OK) status = read_pack(path, propter_buf_str(&text), &pack, err);
  if (status == PROPTER_OK) status = write(call, &pack, c, &text, err);
  /* What is written must be read again. */
  if (status == PROPTER_OK) status = read_pack(path, propter_buf_str(&text), &after, err);
  if (status == PROPTER_OK && !call->dry_run) status = propter_io_write_file(path, propter_buf_str(&text), err);
  for (int i = 0; i < 2; i++) {
    Pack *p = i ? &after : &pack;
    propter_map_clear(&p->namespaces), propter_map_clear(&p->subjects), propter_arena_clear(&p->arena);
  }
  propter_buf_clear(&text);
  return status;
}

PropterStatus candidates_accept(CommandCall *call, PropterError *err) {
  const char *path = cmd_value(call, "pack"), *iri = cmd_value(call, "accept");
  PropterConceptCandidates list = {0};
  if (!path) return propter_fail(err, PROPTER_USAGE, "--accept needs --pack FILE, the Turtle file that gets the concept");
  if (!propter_rdf_format_of_file(path) || strcmp(propter_rdf_format_of_file(path)->name, "turtle") != 0)
    return propter_fail(err, PROPTER_USAGE, "--pack: expected a Turtle file (.ttl), found \"%s\"", path);
  PROPTER_TRY(all_of(call, 0, &list, err));
  const PropterConceptCandidate *found = NULL;
  for (size_t i = 0; i < list.count; i++)
    if (propter_str_equal(list.items[i].iri, propter_str(iri))) found = &list.items[i];
  PropterStatus status = found ? accept(call, path, found, err) : propter_fail(err, PROPTER_NOT_FOUND, "the graph has no candidate %s", iri);
  propter_concept_candidates_clear(&list);
  if (status != PROPTER_OK || call->dry_run) return status;
  char *operands[] = {(char *)(uintptr_t)path};
  CommandCall load = *call;
  load.command = cmd_find("load");
  load.format = NULL, load.given_count = 0, load.operands = operands, load.operand_count = 1;
  return load.command->run(&load, err);
}
