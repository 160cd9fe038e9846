/* SPDX-License-Identifier: Apache-2.0 */
/* Documents into the graph: links, replacement, skipping, rejects, exact quotes. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "propter/io.h"
#include "propter/read.h"
#include "propter/vocab.h"
#include "support.h"

Suite *suite_store(void);

#define T "urn:t:"

static void add(PropterWriter *w, const char *s, PropterVocab p, PropterTerm o) {
  PropterTerm subject = propter_iri(propter_str(s)), graph = propter_iri(PROPTER_STR("urn:t:knowledge"));
  PropterQuad q;
  ck_ok(propter_writer_intern(w, &subject, &q.s, err));
  ck_ok(propter_vocab_intern(w, p, &q.p, err));
  ck_ok(propter_writer_intern(w, &o, &q.o, err));
  ck_ok(propter_writer_intern(w, &graph, &q.g, err));
  ck_ok(propter_writer_add(w, q, err));
}

static PropterTerm is(PropterVocab v) { return propter_iri(propter_vocab_iri(v)); }
static PropterTerm ref(const char *iri) { return propter_iri(propter_str(iri)); }
static PropterTerm text(const char *words) { return (PropterTerm){PROPTER_TERM_LITERAL, propter_str(words), {"", 0}, {"en", 2}}; }
static PropterTerm date(const char *day) { return propter_typed(propter_str(day), propter_vocab_iri(VOCAB_xsd_date)); }

static PropterGraph *make_graph(const char *folder) {
  PropterGraph *g = NULL;
  PropterWriter *w = NULL;
  ck_ok(propter_graph_open(support_path(folder, "g"), PROPTER_GRAPH_CREATE, NULL, &g, err));
  ck_ok(propter_writer_open(g, false, &w, err));
  static const char *const sectors[] = {T "bakeries", T "ferries"}, *const labels[] = {"bakeries", "ferries"},
                           *const metrics[] = {T "bakery-jobs", T "ferry-jobs"}, *const names[] = {"bakery jobs", "ferry jobs"};
  for (int i = 0; i < 2; i++) {
    add(w, sectors[i], VOCAB_rdf_type, is(VOCAB_skos_Concept));
    add(w, sectors[i], VOCAB_skos_inScheme, ref(T "sectors"));
    add(w, sectors[i], VOCAB_skos_prefLabel, text(labels[i]));
    add(w, metrics[i], VOCAB_rdf_type, is(VOCAB_propter_Metric));
    add(w, metrics[i], VOCAB_skos_prefLabel, text(names[i]));
    add(w, metrics[i], VOCAB_propter_concept, ref(sectors[i]));
    add(w, metrics[i], VOCAB_propter_unit, propter_literal(PROPTER_STR("10*3")));
    add(w, metrics[i], VOCAB_propter_scale, propter_typed(PROPTER_STR("1000"), propter_vocab_iri(VOCAB_xsd_integer)));
  }
  add(w, T "strike", VOCAB_rdf_type, is(VOCAB_skos_Concept));
  add(w, T "strike", VOCAB_skos_inScheme, ref(T "kinds"));
  add(w, T "strike", VOCAB_skos_prefLabel, text("strike"));
  add(w, T "flood", VOCAB_rdf_type, is(VOCAB_skos_Concept));
  add(w, T "flood", VOCAB_skos_inScheme, ref(T "kinds"));
  add(w, T "flood", VOCAB_skos_prefLabel, text("flood"));
  add(w, T "strike-2011", VOCAB_rdf_type, is(VOCAB_propter_Event));
  add(w, T "strike-2011", VOCAB_skos_prefLabel, text("Harbour strike"));
  add(w, T "strike-2011", VOCAB_propter_concept, ref(T "strike"));
  add(w, T "strike-2011", VOCAB_propter_scope, ref(T "ferries"));
  add(w, T "strike-2011", VOCAB_propter_start, date("2011-08-07"));
  add(w, T "strike-2011", VOCAB_propter_end, date("2011-08-22"));
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
  return g;
}

static char reason[1200];
static void on_document(const PropterReadReport *r, void *payload) {
  (void)payload;
  if (r->bad) (void)snprintf(reason, sizeof reason, "%s: %s", r->path, r->bad->message);
}

static PropterReadResult read_into(PropterGraph *g, const char *path) {
  PropterReadResult result;
  PropterReadOptions o = {.paths = &path, .path_count = 1, .software = PROPTER_STR("test"), .now = 1300000000, .document = on_document};
  ck_ok(propter_read(g, &o, &result, err));
  return result;
}

/* Number of quads with this property and object (NULL: any). */
static size_t count(PropterGraph *g, PropterVocab p, const PropterTerm *o) {
  PropterSnapshot *s = NULL;
  PropterQuads rows = {0};
  PropterTerm name = is(p);
  PropterQuad q = {0};
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  ck_ok(propter_snapshot_find(s, &name, &q.p, err));
  if (o) ck_ok(propter_snapshot_find(s, o, &q.o, err));
  if (q.p && (!o || q.o)) ck_ok(propter_snapshot_match(s, q, 0, &rows, err));
  size_t n = rows.count;
  propter_vec_clear(&rows);
  propter_snapshot_close(s);
  return n;
}

static size_t count_iri(PropterGraph *g, PropterVocab p, const char *iri) {
  PropterTerm o = ref(iri);
  return count(g, p, &o);
}

/* Number of dated events with this scope. */
static size_t count_events(PropterGraph *g, const char *scope) {
  PropterSnapshot *s = NULL;
  PropterQuads rows = {0};
  PropterTerm p = is(VOCAB_propter_scope), o = ref(scope), start = is(VOCAB_propter_start);
  PropterQuad q = {0};
  PropterId starts, day;
  size_t n = 0;
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  ck_ok(propter_snapshot_find(s, &p, &q.p, err));
  ck_ok(propter_snapshot_find(s, &o, &q.o, err));
  ck_ok(propter_snapshot_find(s, &start, &starts, err));
  if (q.p && q.o) ck_ok(propter_snapshot_match(s, q, 0, &rows, err));
  for (size_t i = 0; i < rows.count; i++) {
    ck_ok(propter_snapshot_object(s, rows.items[i].s, starts, &day, err));
    n += day != PROPTER_NO_ID;
  }
  propter_vec_clear(&rows);
  propter_snapshot_close(s);
  return n;
}

static const char note[] =
    "---\ndate: 2011-09-09\n---\n# Ferries\n\nAbout 4,000 sailors stopped work on 7 August. Ferry jobs fell by 4,100 in August because of the strike.\n\nBakery jobs rose in August because of the flood.\n";

static void write_note(const char *folder, const char *name, const char *content) {
  const char *sub = support_path(folder, "docs");
  (void)mkdir(sub, 0755);
  support_write(support_path(sub, name), propter_str(content));
}

START_TEST(claims_lead_to_concepts) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  write_note(folder, "note.md", note);
  PropterReadResult r = read_into(g, support_path(folder, "docs"));
  ck_assert_uint_eq(r.documents, 1);
  ck_assert_uint_eq(r.claims, 2);
  ck_assert_uint_eq(r.linked, 2);
  ck_assert_uint_eq(r.happenings, 1);
  ck_assert_uint_eq(count_iri(g, VOCAB_propter_cause, T "strike-2011"), 1); /* the kind and the month pick the event */
  ck_assert_uint_eq(count_iri(g, VOCAB_propter_effect, T "ferry-jobs"), 1);
  ck_assert_uint_eq(count_iri(g, VOCAB_propter_cause, T "flood"), 1);
  ck_assert_uint_eq(count_iri(g, VOCAB_propter_effect, T "bakery-jobs"), 1);
  ck_assert_uint_eq(count_iri(g, VOCAB_skos_closeMatch, T "strike-2011"), 1);
  PropterTerm size = propter_typed(PROPTER_STR("-4.0"), propter_vocab_iri(VOCAB_xsd_decimal)), fall = is(VOCAB_propter_Decrease);
  ck_assert_uint_eq(count(g, VOCAB_propter_value, &size), 1);
  ck_assert_uint_eq(count(g, VOCAB_propter_polarity, &fall), 1);
  ck_assert_uint_eq(count_iri(g, VOCAB_rdf_type, "https://w3id.org/propter#Document"), 1);
  ck_assert_uint_eq(count_iri(g, VOCAB_propter_document, "https://w3id.org/propter/document/docs/note.md"), 3);
  propter_graph_close(g);
}
END_TEST

/* An undated document whose first sentence names a day: what it tells of a later day was not known before. */
START_TEST(a_guessed_date_gives_way) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  write_note(folder, "note.md", "# Ferries\n\nThe pier was rebuilt on 16 June 2011 by the town. Ferry jobs fell in August 2011 because of the strike.\n");
  PropterReadResult r = read_into(g, support_path(folder, "docs"));
  ck_assert_uint_eq(r.claims, 1);
  PropterTerm told = propter_typed(PROPTER_STR("2011-08-31"), propter_vocab_iri(VOCAB_xsd_date)), kind = is(VOCAB_propter_PostHoc);
  ck_assert_uint_eq(count(g, VOCAB_propter_knownFrom, &told), 1);
  ck_assert_uint_eq(count(g, VOCAB_propter_claimKind, &kind), 1);
  propter_graph_close(g);
}
END_TEST

/* Sentences that date something, and where it then happened: places of the document's event. */
static const struct {
  const char *sentence;
  size_t happenings;
  bool bakeries, ferries, northland, strike; /* strike: it is the documented one */
} told[] = {{"There was a flood at bakeries in Northland from 3 to 9 May 2011.", 1, true, false, true, false},
            {"From 3 to 9 May 2011 we had a flood in Northland.", 1, false, false, true, false},
            {"Between 3 and 9 May 2011 there was another flood at the bakeries.", 1, true, false, false, false},
            {"From 3 to 9 May 2011 we introduced the flood in Northland.", 1, false, false, true, false},
            {"The flood across Northland was rolled out from 3 to 9 May 2011.", 1, false, false, true, false},
            {"The flood across Northland lasted from 3 to 9 May 2011.", 1, false, false, true, false},
            {"The flood from 3 to 9 May 2011 in Northland was the second.", 1, false, false, true, false},
            {"Northland bakery jobs fell because of the flood from 3 to 9 May 2011.", 1, true, false, true, false},
            {"A flood hit the bakeries and the ferries from 3 to 9 May 2011.", 0, false, false, false, false},
            {"The flood was in Northland, and bakery jobs fell by 20 on 9 May 2011.", 0, false, false, false, false},
            {"Bakery jobs fell because of the strike from 7 to 22 August 2011.", 1, false, true, false, true},
            {"The mill in Northland was repaired from 3 to 9 May 2011.", 1, false, false, true, false},
            {"We repaired the ovens of the bakeries from 3 to 9 May 2011.", 1, false, false, false, false},
            {"The strike at bakeries from 7 to 22 August 2011 was a small one.", 1, true, false, false, false}};

START_TEST(dated_happenings_have_places) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  PropterWriter *w = NULL;
  ck_ok(propter_writer_open(g, false, &w, err));
  add(w, T "northland", VOCAB_rdf_type, is(VOCAB_skos_Concept));
  add(w, T "northland", VOCAB_skos_inScheme, ref(T "regions"));
  add(w, T "northland", VOCAB_skos_prefLabel, text("Northland"));
  add(w, T "north-bakery-jobs", VOCAB_rdf_type, is(VOCAB_propter_Metric));
  add(w, T "north-bakery-jobs", VOCAB_skos_prefLabel, text("Northland bakery jobs"));
  add(w, T "north-bakery-jobs", VOCAB_propter_concept, ref(T "bakeries"));
  add(w, T "north-bakery-jobs", VOCAB_propter_fixed, ref(T "north-bakery-jobs-region"));
  add(w, T "north-bakery-jobs-region", VOCAB_propter_member, ref(T "northland"));
  add(w, T "flood-1999", VOCAB_rdf_type, is(VOCAB_propter_Event));
  add(w, T "flood-1999", VOCAB_propter_concept, ref(T "flood"));
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
  char content[512];
  (void)snprintf(content, sizeof content, "---\ndate: 2011-09-09\n---\n# Notes\n\n%s\n", told[_i].sentence);
  write_note(folder, "note.md", content);
  PropterReadResult r = read_into(g, support_path(folder, "docs"));
  ck_assert_msg(r.happenings == told[_i].happenings, "%s: %zu", told[_i].sentence, r.happenings);
  PropterTerm start = date("2011-05-03"), end = date("2011-05-09");
  bool in_may = told[_i].happenings && strstr(told[_i].sentence, "May");
  ck_assert_uint_eq(count(g, VOCAB_propter_start, &start), in_may);
  ck_assert_uint_eq(count(g, VOCAB_propter_end, &end), in_may);
  ck_assert_uint_eq(count_iri(g, VOCAB_skos_closeMatch, T "strike-2011"), told[_i].strike);
  ck_assert_uint_eq(count_events(g, T "northland"), told[_i].northland);
  ck_assert_uint_eq(count_events(g, T "bakeries"), told[_i].bakeries);
  ck_assert_uint_eq(count_events(g, T "ferries"), 1 + told[_i].ferries);
  /* Where it was is no cause. */
  write_note(folder, "cause.md", "# Notes\n\nThe delays in Northland reduced ferry jobs.\n");
  r = read_into(g, support_path(support_path(folder, "docs"), "cause.md"));
  ck_assert_uint_eq(r.claims, 1);
  ck_assert_uint_eq(count_iri(g, VOCAB_propter_cause, T "northland"), 0);
  propter_graph_close(g);
}
END_TEST

START_TEST(unchanged_costs_nothing_changed_replaces) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  write_note(folder, "note.md", note);
  write_note(folder, "other.txt", "Date: 3 May 2012\n\nBakery jobs fell because of the strike.\n");
  PropterReadResult r = read_into(g, support_path(folder, "docs"));
  ck_assert_uint_eq(r.claims, 3);
  size_t claims = count_iri(g, VOCAB_rdf_type, "https://w3id.org/propter#Claim");
  r = read_into(g, support_path(folder, "docs"));
  ck_assert_uint_eq(r.unchanged, 2);
  ck_assert_uint_eq(r.added + r.removed, 0);
  ck_assert_str_eq(r.run, "");
  /* The file alone is the same document. */
  r = read_into(g, support_path(support_path(folder, "docs"), "note.md"));
  ck_assert_uint_eq(r.unchanged, 1);
  write_note(folder, "other.txt", "Date: 3 May 2012\n\nNothing to report.\n");
  r = read_into(g, support_path(folder, "docs"));
  ck_assert_uint_eq(r.unchanged, 1);
  ck_assert_uint_gt(r.removed, 0);
  ck_assert_uint_eq(count_iri(g, VOCAB_rdf_type, "https://w3id.org/propter#Claim"), claims - 1);
  write_note(folder, "other.txt", "Date: 3 May 2012\n\nBakery jobs fell because of the strike.\n");
  (void)read_into(g, support_path(folder, "docs"));
  ck_assert_uint_eq(count_iri(g, VOCAB_rdf_type, "https://w3id.org/propter#Claim"), claims);
  propter_graph_close(g);
}
END_TEST

START_TEST(a_bad_document_stops_nobody) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  write_note(folder, "a.docx", "PK\003\004 is no archive");
  write_note(folder, "note.md", note);
  reason[0] = '\0';
  PropterReadResult r = read_into(g, support_path(folder, "docs"));
  ck_assert_uint_eq(r.rejected, 1);
  ck_assert_uint_eq(r.claims, 2);
  ck_assert_ptr_nonnull(strstr(reason, "a.docx: expected a zip archive"));
  ck_assert_uint_eq(count(g, VOCAB_propter_reason, NULL), 1);
  uint64_t before = count(g, VOCAB_propter_runKind, NULL);
  r = read_into(g, support_path(folder, "docs"));
  ck_assert_uint_eq(r.rejected, 1);
  ck_assert_uint_eq(count(g, VOCAB_propter_runKind, NULL), before); /* the same again is no new run */
  propter_graph_close(g);
}
END_TEST

/* Names of all claims, in order. */
static void claim_names(PropterGraph *g, PropterBuf *out) {
  PropterSnapshot *s = NULL;
  PropterIds ids = {0};
  PropterArena arena = {0};
  PropterTerm type = is(VOCAB_rdf_type), class = is(VOCAB_propter_Claim), name;
  PropterId t, c;
  propter_buf_reset(out);
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  ck_ok(propter_snapshot_find(s, &type, &t, err));
  ck_ok(propter_snapshot_find(s, &class, &c, err));
  ck_ok(propter_snapshot_subjects(s, t, c, &ids, err));
  for (size_t i = 0; i < ids.count; i++) {
    ck_ok(propter_snapshot_term(s, ids.items[i], &arena, &name, err));
    propter_buf_printf(out, "%.*s\n", (int)name.value.len, name.value.data);
  }
  propter_vec_clear(&ids);
  propter_snapshot_close(s);
  propter_arena_clear(&arena);
}

static size_t lines_not_in(const char *lines, const char *others) {
  size_t missing = 0;
  for (const char *end; (end = strchr(lines, '\n')); lines = end + 1)
    missing += memmem(others, strlen(others), lines, (size_t)(end + 1 - lines)) == NULL;
  return missing;
}

START_TEST(a_changed_passage_withdraws_its_own_claims) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  PropterBuf before = {0}, after = {0};
  write_note(folder, "n.md",
             "# Note\n\nBakery jobs fell because of the strike.\n\nFerry jobs rose because of the flood.\n\nBakery jobs fell because of the strike.\n");
  (void)read_into(g, support_path(folder, "docs"));
  claim_names(g, &before);
  ck_assert_uint_eq(lines_not_in(before.data, ""), 3);
  write_note(
      folder, "n.md",
      "# Note\n\nNew words above.\n\nBakery jobs fell because of the strike.\n\nFerry jobs rose because of the storm.\n\nBakery jobs fell because of the strike.\n");
  (void)read_into(g, support_path(folder, "docs"));
  claim_names(g, &after);
  ck_assert_uint_eq(lines_not_in(before.data, after.data), 1);
  ck_assert_uint_eq(lines_not_in(after.data, before.data), 1);
  propter_graph_close(g);
  propter_buf_clear(&before);
  propter_buf_clear(&after);
}
END_TEST

START_TEST(a_document_that_is_gone_is_withdrawn) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  const char *elsewhere = support_path(folder, "elsewhere");
  (void)mkdir(elsewhere, 0755);
  write_note(folder, "n.md", note);
  write_note(folder, "o.txt", "Date: 3 May 2012\n\nBakery jobs fell because of the strike.\n");
  write_note(elsewhere, "p.txt", "Date: 3 May 2012\n\nBakery jobs fell because of the flood.\n");
  (void)read_into(g, support_path(elsewhere, "docs"));
  (void)read_into(g, support_path(folder, "docs"));
  size_t claims = count_iri(g, VOCAB_rdf_type, "https://w3id.org/propter#Claim");
  ck_assert_int_eq(unlink(support_path(support_path(folder, "docs"), "o.txt")), 0);
  ck_assert_int_eq(unlink(support_path(support_path(elsewhere, "docs"), "p.txt")), 0);
  PropterReadResult r = read_into(g, support_path(folder, "docs"));
  ck_assert_uint_eq(r.withdrawn, 1); /* the other folder was not asked for */
  ck_assert_uint_eq(r.unchanged, 1);
  ck_assert_uint_eq(count_iri(g, VOCAB_rdf_type, "https://w3id.org/propter#Claim"), claims - 1);
  ck_assert_uint_eq(count_iri(g, VOCAB_rdf_type, "https://w3id.org/propter#Document"), 2);
  r = read_into(g, support_path(folder, "docs"));
  ck_assert_uint_eq(r.withdrawn, 0);
  ck_assert_str_eq(r.run, "");
  propter_graph_close(g);
}
END_TEST

static const char *rewritten;
static void rewrite(const PropterLogEvent *e, void *payload) {
  (void)payload;
  if (e->level == PROPTER_LOG_PROGRESS && e->done == 0 && rewritten) support_write(rewritten, PROPTER_STR("Bakery jobs rose because of the flood.\n"));
  rewritten = NULL;
}

START_TEST(a_document_that_changes_while_it_is_read) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  PropterReadResult result;
  write_note(folder, "n.md", note);
  write_note(folder, "o.txt", "Bakery jobs fell because of the strike.\n");
  const char *path = support_path(folder, "docs");
  rewritten = support_path(path, "o.txt");
  PropterLog log = {rewrite, NULL};
  PropterReadOptions o = {.paths = &path, .path_count = 1, .software = PROPTER_STR("test"), .now = 1300000000, .document = on_document, .log = &log};
  ck_ok(propter_read(g, &o, &result, err));
  ck_assert_uint_eq(result.rejected, 1);
  ck_assert_ptr_nonnull(strstr(reason, "changed while it was read"));
  ck_assert_uint_eq(read_into(g, path).rejected, 0);
  propter_graph_close(g);
}
END_TEST

START_TEST(paths_that_do_not_go) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  PropterReadResult result;
  PropterError e = {0};
  const char *none = "/nonexistent/folder";
  PropterReadOptions o = {.paths = &none, .path_count = 1, .software = PROPTER_STR("test")};
  ck_assert_int_eq(propter_read(g, &o, &result, &e), PROPTER_NOT_FOUND);
  propter_graph_close(g);
}
END_TEST

START_TEST(two_folders_of_one_name) {
  const char *folder = support_folder(), *claim = "https://w3id.org/propter#Claim";
  PropterGraph *g = make_graph(folder);
  const char *a = support_path(folder, "one"), *b = support_path(folder, "two");
  (void)mkdir(a, 0755);
  (void)mkdir(b, 0755);
  write_note(a, "n.md", note);
  write_note(b, "n.md", note);
  const char *first = support_path(a, "docs"), *second = support_path(b, "docs");
  size_t before = count_iri(g, VOCAB_rdf_type, claim), claims = read_into(g, first).claims;
  ck_assert_uint_gt(claims, 0);
  ck_assert_uint_eq(read_into(g, second).claims, claims);
  ck_assert_uint_eq(count_iri(g, VOCAB_rdf_type, claim), before + 2 * claims);
  /* Each keeps its name, whichever comes first and although the other goes. */
  ck_assert_uint_eq(read_into(g, second).unchanged, 1);
  ck_assert_uint_eq(read_into(g, first).unchanged, 1);
  const char *both[] = {second, first};
  PropterReadOptions o = {.paths = both, .path_count = 2, .software = PROPTER_STR("test")};
  PropterReadResult result;
  ck_ok(propter_read(g, &o, &result, err));
  ck_assert_uint_eq(result.unchanged, 2);
  ck_assert_int_eq(unlink(support_path(first, "n.md")), 0);
  ck_ok(propter_read(g, &o, &result, err));
  ck_assert_uint_eq(result.unchanged, 1);
  ck_assert_uint_eq(result.withdrawn, 1);
  ck_assert_uint_eq(count_iri(g, VOCAB_rdf_type, claim), before + claims);
  propter_graph_close(g);
}
END_TEST

START_TEST(bad_entries_stop_nobody) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  write_note(folder, "n.md", note);
  write_note(folder, "data.unknown", "a,b\n1,2\n");
  const char *docs = support_path(folder, "docs");
  ck_assert_int_eq(symlink("nowhere.md", support_path(docs, "dangling.md")), 0);
  ck_assert_int_eq(symlink("..", support_path(docs, "up")), 0);
  PropterReadResult r = read_into(g, docs);
  ck_assert_uint_gt(r.claims, 0);
  ck_assert_uint_eq(r.rejected, 1);
  ck_assert_uint_gt(r.passed, 0);
  ck_assert_uint_lt(r.documents, 10);
  /* Named by the caller it is an error. */
  const char *dangling = support_path(docs, "dangling.md");
  PropterReadOptions o = {.paths = &dangling, .path_count = 1, .software = PROPTER_STR("test")};
  PropterError e = {0};
  ck_assert_int_eq(propter_read(g, &o, &r, &e), PROPTER_NOT_FOUND);
  propter_graph_close(g);
}
END_TEST

START_TEST(labels_decide_anew) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  write_note(folder, "n.txt", "Date: 3 May 2012\n\nBakery jobs fell because of the drought.\n");
  PropterReadResult r = read_into(g, support_path(folder, "docs"));
  ck_assert_uint_eq(r.linked, 0);
  PropterWriter *w = NULL;
  ck_ok(propter_writer_open(g, false, &w, err));
  add(w, T "drought", VOCAB_rdf_type, is(VOCAB_skos_Concept));
  add(w, T "drought", VOCAB_skos_inScheme, ref(T "kinds"));
  add(w, T "drought", VOCAB_skos_prefLabel, text("drought"));
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
  r = read_into(g, support_path(folder, "docs"));
  ck_assert_uint_eq(r.unchanged, 0);
  ck_assert_uint_eq(r.linked, 1);
  propter_graph_close(g);
}
END_TEST

START_TEST(a_clause_that_is_an_event_is_the_cause_said_of_it) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  write_note(folder, "note.md", "---\ndate: 2011-09-09\n---\nOn 3 June 2011 the crane failed for six hours. As a result, ferry jobs fell.\n");
  read_into(g, support_path(folder, "docs"));
  PropterTerm day = date("2011-06-03"), name = propter_literal(PROPTER_STR("crane failed"));
  ck_assert_uint_eq(count(g, VOCAB_rdfs_label, &name), 1);
  ck_assert_uint_eq(count(g, VOCAB_propter_start, &day), 1);
  ck_assert_uint_eq(count(g, VOCAB_propter_end, &day), 1);
  ck_assert_uint_eq(count(g, VOCAB_propter_cause, NULL), 1);
  ck_assert_uint_eq(count(g, VOCAB_propter_causeCandidate, NULL), 0);
  propter_graph_close(g);
}
END_TEST

/* "The flood closed the port": the clause tells of the kind that opens it, so what is said of that kind is said of this event. */
START_TEST(the_kind_that_opens_a_clause_is_what_it_tells_of) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  PropterTerm flood = ref(T "flood"), strike = ref(T "strike");
  size_t floods = count(g, VOCAB_propter_concept, &flood), strikes = count(g, VOCAB_propter_concept, &strike);
  write_note(folder, "note.md", "---\ndate: 2012-02-09\n---\nThe flood closed the port for most of the day from 22 to 24 January 2012.\n\n"
                                "The council ended a dispute over the strike fund on 2 February 2012.\n");
  read_into(g, support_path(folder, "docs"));
  PropterTerm name = propter_literal(PROPTER_STR("flood closed the port")), first = date("2012-01-22"), last = date("2012-01-24");
  ck_assert_uint_eq(count(g, VOCAB_propter_start, &first), 1);
  ck_assert_uint_eq(count(g, VOCAB_propter_end, &last), 1);
  ck_assert_uint_eq(count(g, VOCAB_rdfs_label, &name), 1);
  ck_assert_uint_eq(count(g, VOCAB_propter_concept, &flood), floods + 1);
  ck_assert_uint_eq(count(g, VOCAB_propter_concept, &strike), strikes); /* only touched */
  propter_graph_close(g);
}
END_TEST

/* A kind that is known by its label is not told less of than one that is not. */
START_TEST(what_a_plain_clause_tells_needs_no_place) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  PropterTerm flood = ref(T "flood"), strike = ref(T "strike");
  size_t floods = count(g, VOCAB_propter_concept, &flood), strikes = count(g, VOCAB_propter_concept, &strike);
  write_note(folder, "note.md", "---\ndate: 2012-02-09\n---\n# Notes\n\nOn 22 January 2012 a flood broke out in the old town.\n\n"
                                "The staff went on strike from 2 to 4 February 2012.\n\nMany still speak of the flood of 5 May 2001.\n");
  read_into(g, support_path(folder, "docs"));
  PropterTerm first = date("2012-01-22"), last = date("2012-02-04");
  ck_assert_uint_eq(count(g, VOCAB_propter_start, &first), 1);
  ck_assert_uint_eq(count(g, VOCAB_propter_end, &last), 1);
  ck_assert_uint_eq(count(g, VOCAB_propter_concept, &flood), floods + 1); /* not that of 2001, which is only spoken of */
  ck_assert_uint_eq(count(g, VOCAB_propter_concept, &strike), strikes + 1);
  propter_graph_close(g);
}
END_TEST

/* `start` NULL: the claim's cause is no clause's event. */
static const struct {
  const char *language, *text, *label, *start, *end;
} spoken[] = {
    {"en", "From 3 to 6 June 2011 a bug in the booking widget sent every message three times. The widget bug lifted ferry jobs.",
     "bug in the booking widget sent every message three times", "2011-06-03", "2011-06-06"},
    {"en", "On 3 June 2011 our payment provider was down all day. Ferry jobs fell due to the payment provider failure.", "payment provider was down all day",
     "2011-06-03", "2011-06-03"},
    {"en", "We raised the fare of the night boat on 2 June 2011. The fare increase reduced ferry jobs.", "We raised the fare", "2011-06-02", ""},
    {"en", "The ticket page redesign went live on 2 June 2011. Ferry jobs fell after that because of the redesign.", "ticket page redesign went live", "2011-06-02",
     ""},
    {"en", "The new timetable was rolled out on 7 June 2011. Ferry jobs rose due to the timetable rollout.", "new timetable was rolled out", "2011-06-07", ""},
    {"en", "The licence expired on 3 June 2011 and was renewed on 6 June 2011. Ferry jobs fell because of the expired licence.", "licence expired", "2011-06-03",
     "2011-06-05"},
    {"en", "A digger cut the phone line on 12 June 2011. It was repaired on 14 June 2011. Ferry jobs dropped because of the cut phone line.",
     "digger cut the phone line", "2011-06-12", "2011-06-13"},
    {"en", "The fuel contract ran out on 30 April 2011 and a new one began on 1 June 2011. Ferry jobs fell because the fuel contract ran out.",
     "fuel contract ran out", "2011-04-30", "2011-05-31"},
    {"de", "Der Ausfall der Kasse im Hafen dauerte vom 6. bis 19. Mai 2011. Die Zahl der ferry jobs sank wegen des Ausfalls.", "Ausfall der Kasse im Hafen",
     "2011-05-06", "2011-05-19"},
    {"en", "The quay will be closed from 10 to 24 June 2011 for new bollards. Ferry jobs fell because of the quay closure.", "quay will be closed", "2011-06-10",
     "2011-06-24"},
    {"en", "# Gearbox failure\n\nFrom 4 to 8 March 2011 the big crane was out of service. Ferry jobs fell because of the gearbox failure.",
     "big crane was out of service", "2011-03-04", "2011-03-08"},
    {"de", "Seit dem 2. Mai 2011 läuft im Hafen eine dritte Schicht. Die Zahl der ferry jobs stieg wegen der dritten Schicht.", "dritte Schicht", "2011-05-02", ""},
    {"de", "# Kranbruch\n\nVom 4. bis 8. März 2011 stand der große Kran still. Die Zahl der ferry jobs sank wegen des Kranbruchs.", "große Kran still",
     "2011-03-04", "2011-03-08"},
    /* Another sentence, the head of a report, or the sentence beside it dates the cause. */
    {"en", "Nobody had expected the landslip of 3 June 2011. Ferry jobs fell because of the landslip.", "landslip", "2011-06-03", ""},
    {"en", "| Date of incident | Friday 3 June 2011 |\n|---|---|\n| Pier | 2 |\n\nFerry jobs fell because of the landslip.", "landslip", "2011-06-03", ""},
    {"en", "In June 2011 ferry jobs fell because of the delisting. From 3 June until the very last (23 June) our tickets were not on sale there.", "delisting", "2011-06-03",
     "2011-06-23"},
    {"de", "# Bericht\n\n| Zeitraum | 03.05.2011 bis 09.05.2011 |\n|---|---|\n| Wer | Jo |\n\nDie Zahl der ferry jobs sank wegen der Unwucht.", "Unwucht",
     "2011-05-03", "2011-05-09"},
    {"en", "The landslip was averted on 3 June 2011. Ferry jobs fell because of the landslip.", "", NULL, ""},
    /* The other way; another time; kinds of things; another section; a heading over two happenings; only reported. */
    {"en", "# Gearbox failure\n\nThe crane was out of service on 4 May 2011. The lift was out of service on 9 May 2011. Ferry jobs fell because of the gearbox failure.",
     "", NULL, ""},
    {"en", "We cut the fare of the night boat on 2 June 2011. The fare increase reduced ferry jobs.", "We cut the fare", NULL, ""},
    {"en", "We moved the booking office on 2 June 2011. In March 2011 ferry jobs fell because of the booking office move.", "we moved the booking office", NULL, ""},
    {"en", "A bug in the booking widget sent every message twice on 3 June 2011. A widget bug reduces ferry jobs.", "", NULL, ""},
    {"en", "We moved the office on 2 June 2011.\n\n# Elsewhere\n\nFerry jobs fell because of the move.", "we moved the office", NULL, ""},
    {"en", "Many believe the new logo drove ferry jobs up in March 2011.", "", NULL, ""},
    {"en", "The new logo went live on 11 March 2011. Many believe the new logo drove ferry jobs up in March 2011.", "new logo went live", NULL, ""},
    {"en", "Ferry jobs fell in July 2011 because of the summer holidays.", "holidays", NULL, ""},
};

/* `start` NULL: no happening. Written on 1 June 2011. */
static const struct {
  const char *language, *text, *label, *start, *end;
} dated[] = {
    {"en", "The slipway is closed from 3 to 9 July 2011.", "slipway is closed", "2011-07-03", "2011-07-09"},
    {"en", "From 3 to 9 July 2011 the lift will be out of service.", "lift will be out", "2011-07-03", "2011-07-09"},
    {"en", "We will move the ticket office on 4 July 2011.", "We will move the ticket office", "2011-07-04", ""},
    {"en", "Since 2 May 2011 a second crew runs the night boat.", "second crew runs the night boat", "2011-05-02", ""},
    {"en", "Fares will rise on 4 July 2011.", "", NULL, ""},
    {"en", "The board will meet on 4 July 2011.", "", NULL, ""},
    {"en", "The slipway will not be closed from 3 to 9 July 2011.", "", NULL, ""},
    {"en", "If the wall gives way, the slipway will be closed on 4 July 2011.", "", NULL, ""},
    /* No line of the rules knows the clause: the words around its date. */
    {"en", "From 3 May 2011 parcels over 2 kg are charged £4 on all routes.", "parcels over 2 kg are charged £4", "2011-05-03", ""},
    {"en", "The tap was off at the quay between 3 and 9 May 2011; new lines were needed.", "tap was off at the quay", "2011-05-03", "2011-05-09"},
    {"en", "On 3 May 2011 our rope maker, Hall & Co, went into administration.", "rope maker, Hall & Co, went into administration", "2011-05-03", ""},
    {"en", "The basin, which feeds the lock, was drained on Tuesday 3 May 2011 so that we could look at it.", "basin was drained", "2011-05-03", ""},
    {"en", "The spring tide of 3 May 2011 kept everyone out of the sheds.", "spring tide kept everyone out of the sheds", "2011-05-03", ""},
    {"en", "With the ferry slip at Nes shutting its gates on 3 May 2011, their guests come to us.", "ferry slip at Nes shutting its gates", "2011-05-03", ""},
    {"en", "Late frost, 3 May 2011: minus four on the quay.", "Late frost", "2011-05-03", ""},
    {"en", "The payment texts weren't sent from 3 to 9 May 2011.", "", NULL, ""},
    {"en", "Last changed 3 May 2011 by Jo Bloggs.", "", NULL, ""},
    {"en", "The harbour had no problems on 3 May 2011.", "", NULL, ""},
    {"en", "Our gangs mended more than a third more nets than usual from 3 to 9 May 2011.", "", NULL, ""},
    {"en", "The band had taken on water by 3 May 2011.", "", NULL, ""},
    {"en", "The fan failed on 3 May 2011. Cold buffet only from 4 May 2011.", "fan failed", "2011-05-03", ""}, /* what came of it */
    {"de", "Am 12. März 2011 ist der Kran am Kai ausgefallen.", "Kran am Kai ausgefallen", "2011-03-12", ""},
    {"de", "Das Buchungssystem wurde am 4. April 2011 umgestellt.", "Buchungssystem wurde umgestellt", "2011-04-04", ""},
    {"de", "Die Schleuse war vom 3. bis 7. März 2011 außer Betrieb.", "Schleuse war außer Betrieb", "2011-03-03", "2011-03-07"},
    {"de", "Die Heizung im Wartesaal war vom 15. bis 19. Januar 2011 defekt; es wurde gefroren.", "Heizung im Wartesaal war defekt", "2011-01-15", "2011-01-19"},
    {"de", "Am 6. Mai 2011 haben wir die Fahrpreise erhöht.", "Fahrpreise erhöht", "2011-05-06", ""},
    {"de", "Am 7. März 2011 fiel im Hafen der Strom aus.", "Strom aus", "2011-03-07", ""},
    {"de", "Das Schwimmbad bleibt vom 3. bis 9. Juli 2011 geschlossen.", "Schwimmbad bleibt geschlossen", "2011-07-03", "2011-07-09"},
    {"de", "Ab dem 4. Juli 2011 gelten neue Tarife.", "neue Tarife", "2011-07-04", ""},
    {"en", "1,200 ferry jobs reached the port on 5 May 2011.", "", NULL, ""}, /* a figure that moved */
    {"en", "# Harvest fair\n\n3 to 9 May 2011, Long Green", "Harvest fair", "2011-05-03", "2011-05-09"},
    {"en", "| Started | 3 May 2011 |\n|---|---|\n| Ended | 9 May 2011 |\n| Root cause | A rope had worn through |", "A rope had worn through", "2011-05-03", "2011-05-09"},
    {"en", "# Broken winch\n\n| From | 3 May 2011, 07:10 |\n|---|---|\n| By | Jo |", "Broken winch", "2011-05-03", ""},
    {"en", "| From | the office |\n|---|---|\n| Ended | 9 May 2011 |", "", NULL, ""},
    {"en", "- Wed 4 May 2011: crane out of order", "crane out of order", "2011-05-04", ""},
    {"en", "May 2011 was wet. On the 3rd the lock was closed.", "lock was closed", "2011-05-03", ""},
    {"en", "One of the large agents switched the rates on 3 May 2011.", "One of the large agents switched the rates", "2011-05-03", ""},
    {"en", "The fair was called off on 3 May 2011.", "", NULL, ""},
    {"en", "The pump was repaired on 3 May 2011.", "", NULL, ""}, /* the end of something */
    {"en", "We lost far more orders than usual in April 2011.", "", NULL, ""},
    {"en", "The crane upgrade we made on 3 May 2011 had a fault.", "crane upgrade", "2011-05-03", ""},
    {"en", "The choir took a block of 25-30 rooms with us from 3 May 2011, singers, drivers, the lot.", "choir took a block", "2011-05-03", ""},
    {"en", "Wed 4 May 2011: Alt-Nord maintenance took our line, all goes by road.", "Alt-Nord maintenance took our line", "2011-05-04", ""},
    {"en", "- Tue 3 May 2011: The fan failed. No hot food until it's fixed.", "fan failed", "2011-05-03", ""},
    {"en", "Since 3 May 2011 no tram has run to the isle.", "no tram has run", "2011-05-03", ""},
    {"en", "Since 3 May 2011 no complaint has been received.", "", NULL, ""},
    {"en", "The clinic at St Jo's had no nurse from Monday 23 May 2011 to Sunday 5 June 2011: the contract ended.", "clinic at St Jo's had no nurse", "2011-05-23", "2011-06-05"},
    {"en", "No trams ran from 3 May 2011 to 9 May 2011.", "No trams ran", "2011-05-03", "2011-05-09"},
    {"en", "The clinic had no complaint from 23 May 2011 to 5 June 2011.", "", NULL, ""},
    {"en", "The run that went out on 3 May 2011 has guessed readings on 40 accounts.", "run that went out has guessed readings", "2011-05-03", ""},
    {"en", "> Last edited 3 May 2011 by jbloggs", "", NULL, ""},
    {"en", "On 3 May 2011 the new tariff came in and nobody had been told. It was put right on 9 May 2011.", "new tariff came in", "2011-05-03", "2011-05-08"},
    {"en", "Friends, the overtime ban which began on Tuesday 3 May 2011 is solid.", "overtime ban", "2011-05-03", ""},
    {"en", "Circus folk are filming in the old quay from 3 May 2011.", "Circus folk are filming in the old quay", "2011-05-03", ""},
    {"de", "Seit dem 3. Mai 2011 fährt keine Fähre nach Norden.", "keine Fähre", "2011-05-03", ""},
    {"de", "Seit dem 3. Mai 2011 kommen keine Klagen mehr.", "", NULL, ""},
    {"de", "Am 3. Mai 2011 trat der neue Fahrplan in Kraft.", "neue Fahrplan", "2011-05-03", ""},
    {"de", "Der Chor hat ab dem 3. Mai 2011 30 Zimmer bei uns belegt.", "Chor hat 30 Zimmer bei uns belegt", "2011-05-03", ""},
    {"de", "# Schleuse 2\n\n| Zeitraum | 03.05.2011 bis 09.05.2011 |\n|---|---|\n| Wer | Jo |", "Schleuse 2", "2011-05-03", "2011-05-09"},
    {"de", "Die Prüfung ergab, dass die Backen der Anlage seit dem 5. Mai 2011 mit falscher Wärme liefen.", "Backen der Anlage mit falscher Wärme liefen", "2011-05-05", ""},
    {"de", "Nach dem Brand im Werk der Nordhof GmbH (16. Mai 2011) fehlte Ware.", "Brand im Werk der Nordhof GmbH", "2011-05-16", ""},
    {"de", "Am Dienstag, 3., und Mittwoch, 4. Mai 2011, war das Bad geschlossen.", "Bad geschlossen", "2011-05-03", "2011-05-04"},
    {"de", "Die Mahnbriefe, die vom 3. bis 9. Mai 2011 verschickt wurden, waren lang.", "Mahnbriefe", "2011-05-03", "2011-05-09"},
    {"de", "Die Kirmes (3. bis 9. Mai 2011) zog viele an.", "Kirmes", "2011-05-03", "2011-05-09"},
    {"de", "Das Amt ordnete an, den Saal vom 3. bis 9. Mai 2011 zu sperren.", "Saal", "2011-05-03", "2011-05-09"},
    {"de", "# Slipanlage\n\nSie ist vom 3. bis 9. Juli 2011 gesperrt.", "Slipanlage", "2011-07-03", "2011-07-09"},
    {"de", "- 12.03.2011 Kran am Kai ausgefallen", "Kran am Kai ausgefallen", "2011-03-12", ""},
    {"de", "Der Automat zählt seit dem 12. März 2011 nicht.", "Automat zählt nicht", "2011-03-12", ""},
    {"de", "Am 5. Mai 2011 fiel der Umsatz um 5 Prozent.", "", NULL, ""},
    {"de", "Am 5. Mai 2011 haben wir den Bericht besprochen.", "", NULL, ""},
    {"de", "Die Schleuse war vom 3. bis 7. März 2011 nicht außer Betrieb.", "", NULL, ""},
};

static size_t count_text(PropterGraph *g, PropterVocab p, const char *words) {
  PropterTerm o = propter_literal(propter_str(words));
  return count(g, p, &o);
}

static size_t count_day(PropterGraph *g, PropterVocab p, const char *day) {
  PropterTerm o = date(day);
  return count(g, p, &o);
}

/* A note of that day with one paragraph. */
static PropterReadResult read_said(PropterGraph *g, const char *folder, const char *day, const char *language, const char *text) {
  char content[1000];
  (void)snprintf(content, sizeof content, "---\nlang: %s\ndate: %s\n---\n# Notes\n\n%s\n", language, day, text);
  write_note(folder, "note.md", content);
  return read_into(g, support_path(folder, "docs"));
}

/* What a claim calls its cause is compared with the dated clauses of its document. */
START_TEST(claims_speak_of_what_clauses_tell) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  const size_t before = count(g, VOCAB_propter_start, NULL);
  PropterReadResult r = read_said(g, folder, "2011-12-01", spoken[_i].language, spoken[_i].text);
  ck_assert_uint_ge(r.claims, 1);
  if (spoken[_i].start) {
    ck_assert_msg(count_text(g, VOCAB_rdfs_label, spoken[_i].label) == 1, "no event \"%s\"", spoken[_i].label);
    ck_assert_uint_eq(count(g, VOCAB_propter_start, NULL), before + 1);
    ck_assert_uint_ge(count_day(g, VOCAB_propter_start, spoken[_i].start), 1);
    ck_assert_uint_eq(count_day(g, VOCAB_propter_end, spoken[_i].end), *spoken[_i].end != 0);
    ck_assert_msg(count(g, VOCAB_propter_cause, NULL) == 1, "\"%s\" has no cause", spoken[_i].text);
  } else {
    ck_assert_msg(count(g, VOCAB_propter_cause, NULL) == 0, "\"%s\" has a cause", spoken[_i].text);
    ck_assert_uint_eq(count_text(g, VOCAB_rdfs_label, "Many believe the new logo"), 0);
  }
  propter_graph_close(g);
}
END_TEST

/* "Snow hit the island; jobs rose because of it": what it came over tells no direction of the jobs, and "it" is the snow of those days. */
START_TEST(a_pronoun_is_what_the_sentence_told_before) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  PropterTerm fall = is(VOCAB_propter_Decrease), rise = is(VOCAB_propter_Increase);
  read_said(g, folder, "2011-12-01", "en", "Heavy snow hit the whole island from 3 to 9 May 2011; ferry jobs rose because of it.");
  ck_assert_uint_eq(count_text(g, VOCAB_rdfs_label, "Heavy snow"), 1);
  ck_assert_uint_eq(count(g, VOCAB_propter_polarity, &fall), 0);
  ck_assert_uint_eq(count(g, VOCAB_propter_polarity, &rise), 1);
  ck_assert_uint_ge(count(g, VOCAB_propter_cause, NULL), 1);
  propter_graph_close(g);
}
END_TEST

static size_t count_number(PropterGraph *g, PropterVocab p, const char *n) {
  PropterTerm o = propter_typed(propter_str(n), propter_vocab_iri(VOCAB_xsd_decimal));
  return count(g, p, &o);
}

/* A clause alone, of the past, of what goes on and of what was to come when it was written; the last is less sure. */
START_TEST(clauses_tell_what_happened_when) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  const size_t before = count(g, VOCAB_propter_start, NULL);
  PropterReadResult r = read_said(g, folder, "2011-06-01", dated[_i].language, dated[_i].text);
  ck_assert_msg(r.happenings == (dated[_i].start != NULL), "%s: %zu", dated[_i].text, r.happenings);
  ck_assert_uint_eq(count(g, VOCAB_propter_start, NULL), before + r.happenings);
  if (dated[_i].start) {
    ck_assert_msg(count_text(g, VOCAB_rdfs_label, dated[_i].label) == 1, "no event \"%s\"", dated[_i].label);
    ck_assert_uint_ge(count_day(g, VOCAB_propter_start, dated[_i].start), 1);
    ck_assert_uint_eq(count_day(g, VOCAB_propter_end, dated[_i].end), *dated[_i].end != 0);
    ck_assert_uint_eq(count_number(g, VOCAB_propter_confidence, "0.56"), strcmp(dated[_i].start, "2011-06-01") > 0);
  }
  propter_graph_close(g);
}
END_TEST

/* What the rules know is surer than what only stands around a date. */
START_TEST(what_no_rule_knows_is_less_sure) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  read_said(g, folder, "2011-06-01", "en", "The tap was off at the quay from 3 to 9 May 2011.\n\nThe lock gate jammed on 20 May 2011.");
  ck_assert_uint_eq(count_number(g, VOCAB_propter_confidence, "0.21"), 1);
  ck_assert_uint_eq(count_number(g, VOCAB_propter_confidence, "0.7"), 1);
  propter_graph_close(g);
}
END_TEST

/* A rule that runs away is left out, and the result says so. */
START_TEST(a_rule_that_is_left_out_is_counted) {
  const char *folder = support_folder(), *rules = support_path(folder, "mine.rules"), *docs = support_path(folder, "docs");
  PropterGraph *g = make_graph(folder);
  PropterBuf words = {0};
  support_write(rules, PROPTER_STR("rule wrecked\ntrigger wreck\npattern {cause} wrecked (?:\\w+ ?)+\\w*! of {effect}\nprecision .5\n"
                                   "example {cause:Rain} wrecked all! of {effect:the plans}.\ncounter It wrecked much.\n"));
  for (int i = 0; i < 9; i++) {
    propter_buf_add(&words, PROPTER_STR("The rain wrecked "));
    for (int k = 0; k < 60; k++) propter_buf_add(&words, PROPTER_STR("aaaa "));
    propter_buf_add(&words, PROPTER_STR("of it.\n\n"));
  }
  write_note(folder, "note.md", words.data);
  PropterReadResult r;
  PropterReadOptions o = {.paths = &docs, .path_count = 1, .rule_files = &rules, .rule_file_count = 1, .software = PROPTER_STR("test"), .now = 1300000000};
  ck_ok(propter_read(g, &o, &r, err));
  ck_assert_uint_eq(r.rules_left_out, 1);
  ck_assert_uint_eq(r.rejected, 0);
  propter_buf_clear(&words);
  propter_graph_close(g);
}
END_TEST

/* Two clauses that tell of one day's happening are one; the day on which something took effect is no effect. */
START_TEST(what_is_told_twice_is_one) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  write_note(folder, "note.md", "---\ndate: 2011-12-01\n---\nWe raised the fare of the night boat on 2 June 2011. The fare increase took effect on 2 June 2011. "
                                "Ferry jobs fell because of the fare rise.\n");
  PropterReadResult r = read_into(g, support_path(folder, "docs"));
  ck_assert_uint_eq(r.claims, 1);
  ck_assert_uint_eq(r.happenings, 2);
  ck_assert_uint_eq(count(g, VOCAB_skos_closeMatch, NULL), 1);
  propter_graph_close(g);
}
END_TEST

static PropterStatus list_candidates(void *payload, PropterError *err) {
  PropterConceptCandidates list = {0};
  PropterStatus status = propter_concept_candidates(payload, &list, err);
  propter_concept_candidates_clear(&list);
  return status;
}

START_TEST(unlinked_arguments_are_candidates) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  PropterSnapshot *s = NULL;
  PropterConceptCandidates list = {0};
  write_note(folder, "note.md", "---\ndate: 2011-09-09\n---\nFerry jobs fell because of the crane failure. "
                                "Bakery jobs fell because of crane failures at the port.\n\n"
                                "The manager left the harbour, which led to lower ferry jobs. Ferry jobs fell because of 12 %.\n");
  write_note(folder, "dated.md", "---\ndate: 2011-09-09\n---\nThe crane failure of 3 June 2011 halved ferry jobs. "
                                 "Ferry jobs fell because of the June 2011 crane failure.\n");
  write_note(folder, "own.csv", "cause,effect\ncrane failure,ferry jobs\nfog,the crane failure\nurn:t:none,ferry jobs\n");
  read_into(g, support_path(folder, "docs"));
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  ck_ok(propter_concept_candidates(s, &list, err));
  ck_assert_uint_eq(list.count, 2); /* neither clauses nor numbers nor IRIs */
  const PropterConceptCandidate *crane = &list.items[0], *fog = &list.items[1];
  ck_assert_uint_eq(crane->causes, 5); /* a date is no part of what happened */
  ck_assert_uint_eq(crane->effects, 1);
  ck_assert_uint_eq(crane->label_count, 3);
  ck_assert(propter_str_equal(crane->labels[0], PROPTER_STR("\"crane failure\"@en")));
  ck_assert(propter_str_equal(crane->labels[1], PROPTER_STR("\"crane failures\"@en")));
  ck_assert_uint_gt(crane->quote.len, 10);
  ck_assert(fog->causes == 1 && fog->effects == 0);
  propter_concept_candidates_clear(&list);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, list_candidates, s, true), 3);
  propter_snapshot_close(s);
  propter_graph_close(g);
}
END_TEST

typedef struct {
  PropterGraph *g;
  const char *path;
} Operation;

static PropterStatus read_forced(void *payload, PropterError *err) {
  Operation *x = payload;
  PropterReadResult result;
  PropterReadOptions o = {.paths = &x->path, .path_count = 1, .software = PROPTER_STR("test"), .force = true, .dry_run = true, .threads = 1};
  return propter_read(x->g, &o, &result, err);
}

START_TEST(failures_leave_the_graph) {
  const char *folder = support_folder();
  PropterGraph *g = make_graph(folder);
  write_note(folder, "note.md", note);
  Operation x = {g, support_path(folder, "docs")};
  size_t before = count_iri(g, VOCAB_propter_cause, T "flood");
  PropterError e = {0};
  propter_fault_plan(PROPTER_FAULT_ALLOCATION, 0, false, 0);
  ck_ok(read_forced(&x, err));
  uint64_t points = propter_fault_end(PROPTER_FAULT_ALLOCATION);
  for (uint64_t n = 1; n <= points; n += points > 60 ? points / 60 : 1) {
    memset(&e, 0, sizeof e);
    propter_fault_plan(PROPTER_FAULT_ALLOCATION, n, true, 0);
    PropterStatus status = read_forced(&x, &e);
    (void)propter_fault_end(PROPTER_FAULT_ALLOCATION);
    ck_assert_msg(status == PROPTER_OK || status == PROPTER_NO_MEMORY || status == PROPTER_IO || status == PROPTER_LIMIT, "point %llu: %s %s",
                  (unsigned long long)n, propter_status_name(status), e.message);
  }
  ck_assert_uint_eq(count_iri(g, VOCAB_propter_cause, T "flood"), before);
  propter_graph_close(g);
}
END_TEST

Suite *suite_store(void) {
  Suite *s = suite_create("store");
  TCase *tc = tcase_create("store");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, a_guessed_date_gives_way);
  tcase_add_test(tc, claims_lead_to_concepts);
  tcase_add_loop_test(tc, dated_happenings_have_places, 0, sizeof told / sizeof *told);
  tcase_add_test(tc, unchanged_costs_nothing_changed_replaces);
  tcase_add_test(tc, a_bad_document_stops_nobody);
  tcase_add_test(tc, a_changed_passage_withdraws_its_own_claims);
  tcase_add_test(tc, a_document_that_is_gone_is_withdrawn);
  tcase_add_test(tc, a_document_that_changes_while_it_is_read);
  tcase_add_test(tc, paths_that_do_not_go);
  tcase_add_test(tc, two_folders_of_one_name);
  tcase_add_test(tc, bad_entries_stop_nobody);
  tcase_add_test(tc, labels_decide_anew);
  tcase_add_test(tc, a_clause_that_is_an_event_is_the_cause_said_of_it);
  tcase_add_test(tc, the_kind_that_opens_a_clause_is_what_it_tells_of);
  tcase_add_test(tc, what_a_plain_clause_tells_needs_no_place);
  tcase_add_test(tc, a_pronoun_is_what_the_sentence_told_before);
  tcase_add_loop_test(tc, claims_speak_of_what_clauses_tell, 0, sizeof spoken / sizeof *spoken);
  tcase_add_loop_test(tc, clauses_tell_what_happened_when, 0, (int)(sizeof dated / sizeof *dated));
  tcase_add_test(tc, what_no_rule_knows_is_less_sure);
  tcase_add_test(tc, a_rule_that_is_left_out_is_counted);
  tcase_add_test(tc, what_is_told_twice_is_one);
  tcase_add_test(tc, unlinked_arguments_are_candidates);
  tcase_add_test(tc, failures_leave_the_graph);
  suite_add_tcase(s, tc);
  return s;
}
