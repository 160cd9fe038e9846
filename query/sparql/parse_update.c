/* SPDX-License-Identifier: Apache-2.0 */
/* SPARQL 1.1 Update: grammar rules 29 to 52. */
#include "parse.h"

static const char *const keywords[] = {"INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", NULL};

bool parse_at_update(const Parser *p) {
  for (size_t i = 0; keywords[i]; i++)
    if (parse_is_word(p, keywords[i])) return true;
  return false;
}

static PropterStatus parse_graph_iri(Parser *p, AstTarget *target, bool keyword_needed) {
  bool graph;
  PROPTER_TRY(parse_take_word(p, "GRAPH", &graph));
  if (!graph && keyword_needed) return parse_expected(p, "GRAPH");
  target->kind = TARGET_GRAPH;
  return parse_iri(p, &target->iri);
}

/* GRAPH iri | DEFAULT | NAMED | ALL */
static PropterStatus parse_target(Parser *p, AstTarget *target) {
  static const struct { const char *word; AstTargetKind kind; } words[] = {{"DEFAULT", TARGET_DEFAULT}, {"NAMED", TARGET_NAMED}, {"ALL", TARGET_ALL}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (parse_is_word(p, words[i].word)) return target->kind = words[i].kind, parse_next(p);
  if (!parse_is_word(p, "GRAPH")) return parse_expected(p, "GRAPH, DEFAULT, NAMED or ALL");
  return parse_graph_iri(p, target, true);
}

static PropterStatus parse_graph_or_default(Parser *p, AstTarget *target) {
  if (parse_is_word(p, "DEFAULT")) return target->kind = TARGET_DEFAULT, parse_next(p);
  return parse_graph_iri(p, target, false);
}

static PropterStatus parse_management(Parser *p, AstUpdate *u, AstUpdateKind kind) {
  u->kind = kind;
  PROPTER_TRY(parse_next(p));
  PROPTER_TRY(parse_take_word(p, "SILENT", &u->silent));
  switch (kind) {
  case UPDATE_LOAD: {
    bool into;
    u->from.kind = TARGET_GRAPH;
    PROPTER_TRY(parse_iri(p, &u->from.iri));
    PROPTER_TRY(parse_take_word(p, "INTO", &into));
    u->to.kind = TARGET_DEFAULT;
    return into ? parse_graph_iri(p, &u->to, true) : PROPTER_OK;
  }
  case UPDATE_CLEAR:
  case UPDATE_DROP: return parse_target(p, &u->to);
  case UPDATE_CREATE: return parse_graph_iri(p, &u->to, true);
  default:
    PROPTER_TRY(parse_graph_or_default(p, &u->from));
    PROPTER_TRY(parse_word(p, "TO"));
    return parse_graph_or_default(p, &u->to);
  }
}

static PropterStatus parse_template(Parser *p, AstQuad **quads, size_t *count, bool no_vars, bool no_blanks) {
  p->no_vars = no_vars, p->no_blanks = no_blanks, p->template = no_vars ? LABELS_DATA : LABELS_TEMPLATE;
  PROPTER_TRY(parse_quads(p, quads, count, true));
  p->no_vars = p->no_blanks = false, p->template = LABELS_PATTERN;
  return PROPTER_OK;
}

static PropterStatus parse_using(Parser *p, AstUpdate *u) {
  while (parse_is_word(p, "USING")) {
    bool named;
    PropterStr iri;
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_take_word(p, "NAMED", &named));
    PROPTER_TRY(parse_iri(p, &iri));
    PROPTER_TRY(named ? parse_push(p, &u->using_named, &u->using_named_count, &iri, sizeof iri)
                      : parse_push(p, &u->using_default, &u->using_default_count, &iri, sizeof iri));
  }
  return PROPTER_OK;
}

/* The pattern of DELETE WHERE is its template. */
static PropterStatus pattern_of_template(Parser *p, AstUpdate *u) {
  AstPattern *group = parse_alloc(p, sizeof *group);
  if (!group) return parse_no_memory(p);
  group->kind = PAT_GROUP;
  for (size_t i = 0; i < u->remove_count; i++) {
    AstPattern *triples = parse_alloc(p, sizeof *triples), *inner = parse_alloc(p, sizeof *inner), *graph = parse_alloc(p, sizeof *graph);
    AstTriple *t = parse_alloc(p, sizeof *t);
    if (!triples || !inner || !graph || !t) return parse_no_memory(p);
    *t = (AstTriple){u->remove[i].s, u->remove[i].p, u->remove[i].o, NULL};
    *triples = (AstPattern){.kind = PAT_TRIPLES, .triples = t, .triple_count = 1};
    AstPattern *item = triples;
    if (u->remove[i].g.kind != AST_NONE) {
      *inner = (AstPattern){.kind = PAT_GROUP};
      PROPTER_TRY(parse_push(p, &inner->items, &inner->count, &triples, sizeof triples));
      *graph = (AstPattern){.kind = PAT_GRAPH, .term = u->remove[i].g};
      PROPTER_TRY(parse_push(p, &graph->items, &graph->count, &inner, sizeof inner));
      item = graph;
    }
    PROPTER_TRY(parse_push(p, &group->items, &group->count, &item, sizeof item));
  }
  u->where = group;
  return PROPTER_OK;
}

static PropterStatus parse_modify(Parser *p, AstUpdate *u) {
  bool with, remove, insert;
  u->kind = UPDATE_MODIFY;
  PROPTER_TRY(parse_take_word(p, "WITH", &with));
  if (with) {
    PropterStr iri;
    PROPTER_TRY(parse_iri(p, &iri));
    u->with = (AstTerm){.kind = AST_IRI, .term = propter_iri(iri)};
  }
  PROPTER_TRY(parse_take_word(p, "DELETE", &remove));
  if (remove && !with && parse_is_word(p, "DATA")) {
    u->kind = UPDATE_DELETE_DATA;
    PROPTER_TRY(parse_next(p));
    return parse_template(p, &u->remove, &u->remove_count, true, true);
  }
  if (remove && !with && parse_is_word(p, "WHERE")) {
    u->kind = UPDATE_DELETE_WHERE;
    PROPTER_TRY(parse_next(p));
    PROPTER_TRY(parse_template(p, &u->remove, &u->remove_count, false, true));
    return pattern_of_template(p, u);
  }
  if (remove) PROPTER_TRY(parse_template(p, &u->remove, &u->remove_count, false, true));
  PROPTER_TRY(parse_take_word(p, "INSERT", &insert));
  if (insert && !with && !remove && parse_is_word(p, "DATA")) {
    u->kind = UPDATE_INSERT_DATA;
    PROPTER_TRY(parse_next(p));
    return parse_template(p, &u->insert, &u->insert_count, true, false);
  }
  if (!remove && !insert) return parse_expected(p, "DELETE or INSERT");
  if (insert) PROPTER_TRY(parse_template(p, &u->insert, &u->insert_count, false, false));
  PROPTER_TRY(parse_using(p, u));
  PROPTER_TRY(parse_word(p, "WHERE"));
  return parse_group(p, &u->where);
}

PropterStatus parse_update(Parser *p, AstUpdate *u) {
  static const struct {
    const char *word;
    AstUpdateKind kind;
  } words[] = {{"LOAD", UPDATE_LOAD}, {"CLEAR", UPDATE_CLEAR}, {"DROP", UPDATE_DROP}, {"CREATE", UPDATE_CREATE},
               {"ADD", UPDATE_ADD},   {"MOVE", UPDATE_MOVE},   {"COPY", UPDATE_COPY}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (parse_is_word(p, words[i].word)) return parse_management(p, u, words[i].kind);
  return parse_modify(p, u);
}
