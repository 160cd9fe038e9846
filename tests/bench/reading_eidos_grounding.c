/* SPDX-License-Identifier: Apache-2.0 */
/* Phrases to nodes of a taxonomy. All that is known of a node is its path in the files of the folder: its last part is its label ("price_or_cost": price,
 * cost), the part above it a weaker one. A phrase goes to the node of its longest label; of equals to the one whose label stands last (the head), then to the
 * better label, then to the node whose path shares most words with the sentence. A phrase without one is read with its sentence. */
#include <string.h>

#include "propter/table.h"
#include "../../ingest/read/reading.h"
#include "reading.h"

enum { SENTENCE = 1, ENTITY = 2, GOLD = 5, NOW = 6 };

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

static void add_nodes(PropterNames *names, PropterStr list) {
  PropterError err = {0};
  for (size_t i = 0, from = 0; i <= list.len; i++) {
    if (i < list.len && !(list.data[i] == ',' && i + 4 < list.len && memcmp(list.data + i, ", wm", 4) == 0)) continue;
    PropterStr node = node_of((PropterStr){list.data + from, i - from});
    from = i + 1;
    if (!propter_str_starts(node, PROPTER_STR("wm/"))) continue;
    size_t before = propter_names_count(names), index, at = last_part(node);
    reading_check(propter_names_add(names, node, PROPTER_ROLE_CONCEPT, &index, &err), &err);
    if (propter_names_count(names) == before) continue;
    label(names, index, (PropterStr){node.data + at, node.len - at}, 1);
    if (!at) continue;
    PropterStr above = {node.data, at - 1};
    size_t up = last_part(above);
    label(names, index, (PropterStr){above.data + up, above.len - up}, .5);
  }
}

static bool holds(PropterStr list, PropterStr node) {
  for (size_t i = 0, from = 0; i <= list.len; i++)
    if (i == list.len || (list.data[i] == ',' && i + 4 < list.len && memcmp(list.data + i, ", wm", 4) == 0)) {
      if (propter_str_equal(node_of((PropterStr){list.data + from, i - from}), node)) return true;
      from = i + 1;
    }
  return false;
}

static size_t common_words(PropterStr path, PropterStr sentence) {
  size_t n = 0;
  for (size_t i = 0, from = 0; i <= path.len; i++)
    if (i == path.len || path.data[i] == '/' || path.data[i] == '_') {
      if (i - from > 3) n += propter_str_find(sentence, (PropterStr){path.data + from, i - from}) != SIZE_MAX;
      from = i + 1;
    }
  return n;
}

static PropterStr choose(PropterNames *names, PropterStr phrase, PropterStr sentence) {
  PropterNameMatches found = {0};
  PropterError err = {0};
  const PropterNameMatch *best = NULL;
  reading_check(propter_names_find(names, phrase, &found, &err), &err);
  for (size_t i = 0; i < found.count; i++) {
    const PropterNameMatch *m = &found.items[i];
    if (!best) {
      best = m;
      continue;
    }
    double by = (double)m->tokens - (double)best->tokens;
    if (by == 0) by = m->quality - best->quality;
    if (by == 0) by = (double)m->words.start - (double)best->words.start;
    if (by == 0)
      by = (double)common_words(propter_names_get(names, m->index)->iri, sentence) - (double)common_words(propter_names_get(names, best->index)->iri, sentence);
    if (by > 0) best = m;
  }
  PropterStr node = best ? propter_names_get(names, best->index)->iri : (PropterStr){"", 0};
  propter_vec_clear(&found);
  return node;
}

void reading_eidos_grounding(const Reading *reading) {
  CorpusFiles files = {0};
  PropterError err = {0};
  PropterNames *names = NULL;
  Outcomes outcomes = {0};
  unsigned row_number = 0;
  reading_check(propter_names_new(&names, &err), &err);
  reading_check(corpus_files(reading->folder, "groundingEval_", ".tsv", &files, &err), &err);
  for (int pass = 0; pass < 2; pass++) {
    for (size_t i = 0; i < files.paths.count; i++) {
      PropterTable *table = NULL;
      reading_check(propter_table_open(files.paths.items[i], &(PropterTableOptions){.delimiter = '\t', .no_header = true}, NULL, &table, &err), &err);
      for (bool more = true; more;) {
        PropterRow row;
        reading_check(propter_table_next(table, &row, &more, &err), &err);
        if (!more || row.count <= NOW || row.number == 1) continue;
        if (pass == 0) {
          add_nodes(names, row.cells[GOLD]);
          add_nodes(names, row.cells[NOW]);
          continue;
        }
        PropterStr node = choose(names, row.cells[ENTITY], row.cells[SENTENCE]);
        if (!node.len) node = choose(names, row.cells[SENTENCE], row.cells[SENTENCE]);
        bool right = node.len && holds(row.cells[GOLD], node);
        if (reading->verbose && !right)
          fprintf(stderr, "%.*s: %.*s for %.*s\n", (int)row.cells[ENTITY].len, row.cells[ENTITY].data, (int)node.len, node.data, (int)row.cells[GOLD].len,
                  row.cells[GOLD].data);
        reading_add(&outcomes, (Outcome){row_number++, right, !right, 0});
      }
      propter_table_close(table);
    }
    if (pass == 0) reading_check(names_settle(names, &err), &err);
  }
  reading_print_share("eidos-grounding", &outcomes, "eidos-flat", 82.7);
  propter_vec_clear(&outcomes);
  propter_names_free(names);
  corpus_files_clear(&files);
}
