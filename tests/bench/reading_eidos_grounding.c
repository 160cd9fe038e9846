/* SPDX-License-Identifier: Apache-2.0 */
/* Phrases to nodes of a taxonomy, by propter_names_rank and nothing else; first those of the list that Eidos was scored on, then those that only
 * the second list has. What is known of a node: its path ("…/market/price_or_cost": labels price and cost,
 * below market), and as examples of its use the phrases that the folder's other lists give it, those of the sentence in question left out. */
#include <string.h>

#include "../../ingest/read/reading.h"
#include "propter/table.h"
#include "reading.h"

/* Columns of the three lists: where the sentence, a phrase and its nodes stand, and a verdict that must begin with Y or y (-1: none is asked). */
typedef struct {
  const char *prefix;
  int sentence, phrase, nodes, verdict;
  bool nodes_anyway; /* whatever the verdict, its nodes are nodes */
} List;
enum { SENTENCE = 1, ENTITY = 2, GOLD = 5, NOW = 6 };
static const List lists[] = {{"groundingEval_", SENTENCE, -1, GOLD, -1, true},
                             {"groundingEval_", SENTENCE, -1, NOW, -1, true},
                             {"gold_groundings_annotated", 2, 3, 6, 0, false},
                             {"groundingEvalEntities", 18, 4, 2, 7, true},
                             {"groundingEvalEntities", 18, 11, 9, 14, true}};

typedef struct {
  PropterStr sentence, phrase, node; /* phrase empty: no example */
} Known;
typedef PROPTER_VEC(Known) Knowns;

static const PropterStr root = {"wm/concept/causal_factor/", 25};

/* "wm/concept/…/market/price_or_cost/" without its end. */
static PropterStr node_of(PropterStr s) {
  s = propter_str_trim(s);
  while (s.len && s.data[s.len - 1] == '/') s.len--;
  return s;
}

static size_t last_part(PropterStr path) {
  size_t n = path.len;
  while (n > 0 && path.data[n - 1] != '/') n--;
  return n;
}

/* Labels of a node: the parts of its last part ("price_or_cost"). */
static void label(PropterNames *names, size_t index, PropterStr part, double quality) {
  PropterError err = {0};
  char words[128];
  size_t n = 0;
  for (size_t i = 0; i <= part.len && n < sizeof words - 1; i++) {
    bool or = propter_str_starts((PropterStr){part.data + i, part.len - i}, PROPTER_STR("_or_"));
    if (i == part.len || or) {
      if (n) reading_check(propter_names_label(names, index, (PropterStr){words, n}, quality, &err), &err);
      n = 0, i += or ? 3 : 0;
    } else {
      words[n++] = part.data[i] == '_' || part.data[i] == '-' ? ' ' : part.data[i];
    }
  }
}

static bool separates(PropterStr list, size_t i) { return list.data[i] == ',' && i + 2 < list.len && list.data[i + 1] == ' '; }

/* Calls for each node of "node, node". */
static void each_node(PropterStr list, void (*each)(PropterStr node, void *payload), void *payload) {
  for (size_t i = 0, from = 0; i <= list.len; i++)
    if (i == list.len || separates(list, i)) {
      PropterStr node = node_of((PropterStr){list.data + from, i - from});
      if (node.len > 3 && !propter_str_equal(node, PROPTER_STR("None"))) each(node, payload);
      from = i + 1;
    }
}

typedef struct {
  PropterArena *arena;
  Knowns *out;
  PropterStr sentence, phrase;
} Row;

static void keep(PropterStr node, void *row_) {
  Row *row = row_;
  bool short_form = !propter_str_starts(node, PROPTER_STR("wm/"));
  Known k = {propter_arena_copy(row->arena, row->sentence), propter_arena_copy(row->arena, row->phrase),
             propter_arena_printf(row->arena, "%s%.*s", short_form ? root.data : "", (int)node.len, node.data)};
  if (!k.node.data || !k.sentence.data || !k.phrase.data || !propter_vec_push(row->out, k)) abort();
}

static PropterStr cell(const PropterRow *row, int at) { return at >= 0 && (size_t)at < row->count ? propter_str_trim(row->cells[at]) : (PropterStr){"", 0}; }

/* Calls for each row of the files of a list, but the heading. */
static void each_row(const char *folder, const char *prefix, void (*each)(const PropterRow *row, void *payload), void *payload) {
  CorpusFiles files = {0};
  PropterError err = {0};
  reading_check(corpus_files(folder, prefix, ".tsv", &files, &err), &err);
  for (size_t i = 0; i < files.paths.count; i++) {
    PropterTable *table = NULL;
    reading_check(propter_table_open(files.paths.items[i], &(PropterTableOptions){.delimiter = '\t', .no_header = true, .no_quote = true}, NULL, &table, &err),
                  &err);
    for (bool more = true; more;) {
      PropterRow row;
      reading_check(propter_table_next(table, &row, &more, &err), &err);
      if (more && row.number > 1) each(&row, payload);
    }
    propter_table_close(table);
  }
  corpus_files_clear(&files);
}

typedef struct {
  PropterArena arena;
  Knowns known;
  const List *list;
} Gather;

static void gather(const PropterRow *cells, void *gather_) {
  Gather *g = gather_;
  PropterStr verdict = cell(cells, g->list->verdict);
  bool right = g->list->verdict < 0 || (verdict.len && (verdict.data[0] | 0x20) == 'y');
  Row row = {&g->arena, &g->known, cell(cells, g->list->sentence), right ? cell(cells, g->list->phrase) : (PropterStr){"", 0}};
  if (right || g->list->nodes_anyway) each_node(cell(cells, g->list->nodes), keep, &row);
}

/* The thing of a path, and of all above it; only those that are nodes themselves may be found. */
static size_t thing_of(PropterNames *names, PropterStr path, unsigned role) {
  PropterError err = {0};
  size_t before = propter_names_count(names), index, at = last_part(path);
  reading_check(propter_names_add(names, path, role, &index, &err), &err);
  if (propter_names_count(names) == before) return index;
  label(names, index, (PropterStr){path.data + at, path.len - at}, 1);
  if (at > root.len) reading_check(propter_names_broader(names, index, thing_of(names, (PropterStr){path.data, at - 1}, 0), &err), &err);
  return index;
}

typedef struct {
  const Reading *reading;
  const PropterRules *rules;
  const Gather *known;
  int sentence, phrase, nodes;        /* columns */
  PropterArena arena;
  PROPTER_VEC(PropterStr) done;       /* sentence and phrase of those scored */
  Outcomes outcomes;
} Score;

/* True if the phrase of this sentence has been scored before. */
static bool again(Score *s, PropterStr sentence, PropterStr phrase) {
  PropterStr key = propter_arena_printf(&s->arena, "%.*s\t%.*s", (int)sentence.len, sentence.data, (int)phrase.len, phrase.data);
  for (size_t i = 0; i < s->done.count; i++)
    if (propter_str_equal(s->done.items[i], key)) return true;
  if (!key.data || !propter_vec_push(&s->done, key)) abort();
  return false;
}

typedef struct {
  PropterStr node;
  bool found;
} Wanted;

static void compare(PropterStr node, void *wanted_) {
  Wanted *wanted = wanted_;
  wanted->found |= propter_str_equal(node, wanted->node);
}

static void score(const PropterRow *row, void *score_) {
  Score *s = score_;
  PropterError err = {0};
  PropterNames *names = NULL;
  PropterNameMatches found = {0};
  PropterStr sentence = cell(row, s->sentence), phrase = cell(row, s->phrase), gold = cell(row, s->nodes);
  if (!gold.len || propter_str_equal(gold, PROPTER_STR("None")) || again(s, sentence, phrase)) return;
  reading_check(propter_names_new(&names, &err), &err);
  reading_check(rules_lexicon(s->rules, names, &err), &err);
  reading_check(names_near(names, &err), &err);
  for (size_t i = 0; i < s->known->known.count; i++) {
    const Known *k = &s->known->known.items[i];
    size_t index = thing_of(names, k->node, PROPTER_ROLE_CONCEPT);
    if (k->phrase.len && !propter_str_equal(k->sentence, sentence)) reading_check(propter_names_describe(names, index, k->phrase, .8, &err), &err);
  }
  reading_check(propter_names_rank(names, phrase, PROPTER_ROLE_CONCEPT, &found, &err), &err);
  Wanted wanted = {found.count ? propter_names_get(names, found.items[0].index)->iri : (PropterStr){"", 0}, false};
  each_node(gold, compare, &wanted);
  if (s->reading->verbose && !wanted.found) {
    fprintf(stderr, "%.*s: for %.*s\n", (int)phrase.len, phrase.data, (int)gold.len, gold.data);
    for (size_t i = 0; i < found.count; i++) {
      PropterStr node = propter_names_get(names, found.items[i].index)->iri;
      fprintf(stderr, "  %.2f %.*s\n", found.items[i].quality, (int)node.len, node.data);
    }
  }
  reading_add(&s->outcomes, (Outcome){(unsigned)s->outcomes.count, wanted.found, !wanted.found, 0});
  propter_vec_clear(&found);
  propter_names_free(names);
}

void reading_eidos_grounding(const Reading *reading) {
  PropterError err = {0};
  PropterRules *rules = NULL;
  Gather known = {0};
  reading_check(propter_rules_new(NULL, &rules, &err), &err);
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    known.list = &lists[i];
    each_row(reading->folder, lists[i].prefix, gather, &known);
  }
  Score s = {.reading = reading, .rules = rules, .known = &known, .sentence = SENTENCE, .phrase = ENTITY, .nodes = GOLD};
  each_row(reading->folder, "groundingEval_", score, &s);
  reading_print_share("eidos-grounding", &s.outcomes, "eidos-flat", 82.7);
  s.outcomes.count = 0, s.sentence = 2, s.phrase = 3, s.nodes = 6;
  each_row(reading->folder, "gold_groundings_annotated", score, &s);
  reading_print_share("eidos-grounding-further", &s.outcomes, NULL, 0);
  propter_vec_clear(&s.outcomes);
  propter_vec_clear(&s.done);
  propter_arena_clear(&s.arena);
  propter_vec_clear(&known.known);
  propter_arena_clear(&known.arena);
  propter_rules_free(rules);
}
