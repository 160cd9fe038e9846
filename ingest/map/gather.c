/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and containers (RML-CC, https://w3id.org/rml/cc/spec). One without a name of its own is made at once; what comes together under one name in
 * several rows is kept until the source ends. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "execute.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a list or container"); }

static PropterStatus word(Execution *x, PropterVocab w, uint32_t *index, PropterError *err) {
  return eval_add(x, &(PropterMapTerm){.term = model_word(w)}, index, err);
}

static PropterStatus extra(Execution *x, uint32_t s, uint32_t p, uint32_t o, PropterError *err) {
  return propter_vec_push(&x->extras, ((Extra){s, p, o})) ? PROPTER_OK : no_memory(err);
}

/* rdf:_1, rdf:_2, … */
static PropterStatus member(Execution *x, size_t n, uint32_t *index, PropterError *err) {
  char iri[80];
  PropterMapTerm t = {.targets = 0};
  (void)snprintf(iri, sizeof iri, "http://www.w3.org/1999/02/22-rdf-syntax-ns#_%zu", n);
  PropterStr kept;
  PROPTER_TRY(eval_keep(x, propter_str(iri), &kept, err));
  t.term = propter_iri(kept);
  return eval_add(x, &t, index, err);
}

/* Cells of a list have names made from its head's. */
static PropterStatus cell(Execution *x, PropterStr head, size_t n, uint64_t targets, uint32_t *index, PropterError *err) {
  PropterBuf name = {0};
  PropterMapTerm t = {.targets = targets};
  propter_buf_printf(&name, "\002%.*s\002%zu", (int)head.len, head.data, n);
  PropterStatus status = propter_buf_status(&name, err);
  if (status == PROPTER_OK) status = eval_blank(x, propter_buf_str(&name), &t.term, err);
  propter_buf_clear(&name);
  return status == PROPTER_OK ? eval_add(x, &t, index, err) : status;
}

static PropterStatus say_list(Execution *x, uint32_t head, const uint32_t *items, size_t count, PropterError *err) {
  uint32_t first, rest, nil, next;
  PropterStr name = x->terms.items[head].term.value;
  uint64_t targets = x->terms.items[head].targets;
  PROPTER_TRY(word(x, VOCAB_rdf_first, &first, err));
  PROPTER_TRY(word(x, VOCAB_rdf_rest, &rest, err));
  PROPTER_TRY(word(x, VOCAB_rdf_nil, &nil, err));
  for (size_t i = 0; i < count; i++, head = next) {
    next = nil;
    if (i + 1 < count) PROPTER_TRY(cell(x, name, i + 1, targets, &next, err));
    PROPTER_TRY(extra(x, head, first, items[i], err));
    PROPTER_TRY(extra(x, head, rest, next, err));
  }
  return PROPTER_OK;
}

static PropterStatus say_container(Execution *x, const Gather *g, uint32_t head, const uint32_t *items, size_t count, PropterError *err) {
  uint32_t type, class, n;
  PROPTER_TRY(word(x, VOCAB_rdf_type, &type, err));
  PROPTER_TRY(word(x, g->as, &class, err));
  PROPTER_TRY(extra(x, head, type, class, err));
  for (size_t i = 0; i < count; i++) {
    PROPTER_TRY(member(x, i + 1, &n, err));
    PROPTER_TRY(extra(x, head, n, items[i], err));
  }
  return PROPTER_OK;
}

static PropterStatus say(Execution *x, const Gather *g, uint32_t head, const uint32_t *items, size_t count, PropterError *err) {
  return g->as == VOCAB_rdf_List ? say_list(x, head, items, count, err) : say_container(x, g, head, items, count, err);
}

/* --- Under one name -------------------------------------------------------------------------------------------------------------- */

static PropterStatus keep_term(Execution *x, const PropterTerm *term, PropterTerm *out, PropterError *err) {
  out->kind = term->kind;
  out->value = propter_arena_copy(&x->gathered_texts, term->value);
  out->datatype = propter_arena_copy(&x->gathered_texts, term->datatype);
  out->language = propter_arena_copy(&x->gathered_texts, term->language);
  return out->value.data && out->datatype.data && out->language.data ? PROPTER_OK : no_memory(err);
}

static PropterStatus start(Execution *x, const Gather *g, const PropterMapTerm *name, PropterError *err) {
  Gathered new = {.gather = g, .targets = name->targets, .graph_count = x->statement_graphs->count, .source = x->source, .map = x->map, .line = x->row.line};
  PROPTER_TRY(keep_term(x, &name->term, &new.name, err));
  new.graphs = propter_arena_alloc(&x->gathered_texts, (new.graph_count + 1) * sizeof *new.graphs);
  if (!new.graphs) return no_memory(err);
  for (size_t i = 0; i < new.graph_count; i++) {
    uint32_t graph = x->statement_graphs->items[i];
    if (graph != PROPTER_MAP_DEFAULT) PROPTER_TRY(keep_term(x, &x->terms.items[graph].term, &new.graphs[i], err));
  }
  return propter_vec_push(&x->gathered, new) ? PROPTER_OK : no_memory(err);
}

static void add_graphs(const Execution *x, PropterBuf *key) {
  for (size_t i = 0; i < x->statement_graphs->count; i++) {
    uint32_t graph = x->statement_graphs->items[i];
    propter_buf_add_char(key, '\n');
    if (graph != PROPTER_MAP_DEFAULT) propter_buf_add(key, x->terms.items[graph].term.value);
  }
}

/* Puts the items under the name, which is term `head`. A blank node is another one in other graphs. */
static PropterStatus keep(Execution *x, const Gather *g, uint32_t head, const uint32_t *items, size_t count, PropterError *err) {
  PropterBuf key = {0};
  bool added;
  PropterStatus status = PROPTER_OK;
  if (x->terms.items[head].term.kind == PROPTER_TERM_BLANK) {
    propter_buf_add(&key, x->terms.items[head].term.value);
    add_graphs(x, &key);
    status = propter_buf_status(&key, err);
    if (status == PROPTER_OK) status = eval_blank(x, propter_buf_str(&key), &x->terms.items[head].term, err);
    propter_buf_reset(&key);
  }
  propter_buf_printf(&key, "%zu:", g->number);
  propter_term_write(&x->terms.items[head].term, &key);
  add_graphs(x, &key);
  if (status == PROPTER_OK) status = propter_buf_status(&key, err);
  uint64_t *at = status == PROPTER_OK ? propter_map_put(&x->gathered_index, propter_buf_str(&key), x->gathered.count, &added) : NULL;
  propter_buf_clear(&key);
  if (status != PROPTER_OK) return status;
  if (!at) return no_memory(err);
  size_t number = (size_t)*at;
  if (added) PROPTER_TRY(start(x, g, &x->terms.items[head], err));
  Gathered *to = &x->gathered.items[number];
  for (size_t i = 0; i < count; i++) {
    PropterMapTerm item = x->terms.items[items[i]];
    PROPTER_TRY(keep_term(x, &item.term, &item.term, err));
    if (!propter_vec_push(&to->items, item)) return no_memory(err);
  }
  return PROPTER_OK;
}

static PropterStatus finish(Execution *x, Gathered *g, PropterError *err) {
  uint32_t head, graph;
  Indexes items = {0};
  PropterStatus status = eval_add(x, &(PropterMapTerm){.term = g->name, .targets = g->targets}, &head, err);
  for (size_t i = 0; i < g->items.count && status == PROPTER_OK; i++) {
    uint32_t item;
    status = eval_add(x, &g->items.items[i], &item, err);
    if (status == PROPTER_OK && !propter_vec_push(&items, item)) status = no_memory(err);
  }
  if (status == PROPTER_OK) status = say(x, g->gather, head, items.items, items.count, err);
  propter_vec_clear(&items);
  for (size_t i = 0; i < g->graph_count && status == PROPTER_OK; i++) {
    graph = PROPTER_MAP_DEFAULT;
    if (g->graphs[i].kind != PROPTER_TERM_NONE) status = eval_add(x, &(PropterMapTerm){.term = g->graphs[i]}, &graph, err);
    for (size_t k = 0; k < x->extras.count && status == PROPTER_OK; k++) {
      const Extra *e = &x->extras.items[k];
      uint64_t targets = x->terms.items[e->s].targets | x->terms.items[e->o].targets;
      if (!propter_vec_push(&x->quads, ((PropterMapQuad){e->s, e->p, e->o, graph, targets}))) status = no_memory(err);
    }
  }
  if (status != PROPTER_OK) return status;
  PropterMapRecord record = {g->source, g->map, g->line, x->terms.items, x->terms.count, x->quads.items, x->quads.count, NULL};
  return x->sink->record(&record, x->sink->payload, err);
}

PropterStatus gather_finish(Execution *x, PropterError *err) {
  for (size_t i = 0; i < x->gathered.count; i++) {
    scratch_rewind(&x->scratch);
    x->terms.count = x->quads.count = x->extras.count = 0;
    x->map = x->gathered.items[i].map;
    PROPTER_TRY(finish(x, &x->gathered.items[i], err));
  }
  gather_clear(x);
  return PROPTER_OK;
}

void gather_clear(Execution *x) {
  for (size_t i = 0; i < x->gathered.count; i++) propter_vec_clear(&x->gathered.items[i].items);
  propter_vec_clear(&x->gathered);
  propter_map_clear(&x->gathered_index);
  propter_arena_clear(&x->gathered_texts);
}

/* --- The terms of a row ---------------------------------------------------------------------------------------------------------- */

/* Makes one list or container of the items and appends its head. */
static PropterStatus make(Execution *x, const TermMap *t, const uint32_t *items, size_t count, size_t choice, Indexes *heads, Outcome *outcome,
                          PropterError *err) {
  const Gather *g = t->gather;
  uint32_t head;
  if (!count && !g->allow_empty) return PROPTER_OK;
  if (!count && g->as == VOCAB_rdf_List) {
    PROPTER_TRY(word(x, VOCAB_rdf_nil, &head, err));
  } else if (g->name) {
    Range names;
    PROPTER_TRY(eval_terms(x, g->name, &names, outcome, err));
    if (*outcome != GOT) return PROPTER_OK;
    head = (uint32_t)names.begin;
    x->terms.items[head].targets |= t->targets;
    PROPTER_TRY(keep(x, g, head, items, count, err));
  } else {
    char fresh[80];
    PropterMapTerm term = {.targets = t->targets};
    int n = snprintf(fresh, sizeof fresh, "\003%zu\003%" PRIu64 "\003%zu", g->number, x->row.number, choice);
    if (x->file) (void)snprintf(fresh + n, sizeof fresh - (size_t)n, "\003%zu", x->file);
    PROPTER_TRY(eval_blank(x, propter_str(fresh), &term.term, err));
    PROPTER_TRY(eval_add(x, &term, &head, err));
    PROPTER_TRY(say(x, g, head, items, count, err));
  }
  return propter_vec_push(heads, head) ? PROPTER_OK : no_memory(err);
}

static PropterStatus append(Execution *x, const TermMap *t, const Range *ranges, Indexes *heads, Outcome *outcome, PropterError *err) {
  Indexes items = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < t->gather->item_count; i++)
    for (size_t k = ranges[i].begin; k < ranges[i].end && status == PROPTER_OK; k++)
      if (!propter_vec_push(&items, (uint32_t)k)) status = no_memory(err);
  if (status == PROPTER_OK) status = make(x, t, items.items, items.count, 0, heads, outcome, err);
  propter_vec_clear(&items);
  return status;
}

static PropterStatus product(Execution *x, const TermMap *t, const Range *ranges, Indexes *heads, Outcome *outcome, PropterError *err) {
  size_t count = t->gather->item_count, choice = 0, at;
  uint32_t *items = scratch_alloc(&x->scratch, (count + 1) * sizeof *items);
  if (!items) return no_memory(err);
  for (size_t i = 0; i < count; i++) {
    if (ranges[i].begin == ranges[i].end) return PROPTER_OK;
    items[i] = (uint32_t)ranges[i].begin;
  }
  for (;;) {
    PROPTER_TRY(make(x, t, items, count, choice++, heads, outcome, err));
    for (at = count; at > 0 && ++items[at - 1] == ranges[at - 1].end; at--) items[at - 1] = (uint32_t)ranges[at - 1].begin;
    if (!at || *outcome != GOT) return PROPTER_OK;
  }
}

PropterStatus gather_terms(Execution *x, const TermMap *t, Range *out, Outcome *outcome, PropterError *err) {
  const Gather *g = t->gather;
  Range *ranges = scratch_alloc(&x->scratch, (g->item_count + 1) * sizeof *ranges);
  if (!ranges) return no_memory(err);
  *out = (Range){x->terms.count, x->terms.count};
  for (size_t i = 0; i < g->item_count; i++) {
    PROPTER_TRY(eval_object(x, &g->items[i], &ranges[i], outcome, err));
    if (*outcome == REJECTED) return PROPTER_OK;
  }
  *outcome = GOT;
  Indexes heads = {0};
  PropterStatus status = g->product ? product(x, t, ranges, &heads, outcome, err) : append(x, t, ranges, &heads, outcome, err);
  /* The heads end the list of terms: what stands before them are the items. */
  out->begin = x->terms.count;
  uint32_t index;
  for (size_t i = 0; i < heads.count && status == PROPTER_OK && *outcome == GOT; i++) {
    PropterMapTerm head = x->terms.items[heads.items[i]];
    status = eval_add(x, &head, &index, err);
  }
  out->end = x->terms.count;
  propter_vec_clear(&heads);
  return status;
}
