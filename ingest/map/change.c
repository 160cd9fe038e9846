/* SPDX-License-Identifier: Apache-2.0 */
/* Changes that a mapping finds itself (IncRML): implicitCreate gives an IRI that the last run did not have, implicitUpdate one whose watched text is another
 * one, implicitDelete, after the last row, those that no row has any more. */
#include <stdlib.h>
#include <string.h>

#include "execute.h"
#include "propter/io.h"

#define HEAD "propter changes 1 "

/* Triples map and IRI → hash of what is watched. */
struct PropterMapChanges {
  PropterMap before, now;
  PropterBuf key;
};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for what was read before"); }

static PropterStatus damaged(const char *path, PropterError *err) {
  propter_error_at(err, path, 0, 0);
  return propter_fail(err, PROPTER_DAMAGED, "what was read before is damaged; without this file everything is new");
}

/* "hash length key" and a line end each. */
static PropterStatus parse(PropterMapChanges *c, const char *path, PropterStr text, PropterError *err) {
  while (text.len) {
    char *end;
    bool added;
    uint64_t hash = strtoull(text.data, &end, 16), length = *end == ' ' ? strtoull(end, &end, 10) : 0;
    size_t head = (size_t)(end - text.data) + 1;
    if (*end != ' ' || head + length + 1 > text.len) return damaged(path, err);
    if (!propter_map_put(&c->before, (PropterStr){text.data + head, length}, hash, &added)) return no_memory(err);
    text.data += head + length + 1, text.len -= head + length + 1;
  }
  return PROPTER_OK;
}

PropterStatus propter_map_changes_open(const char *path, PropterMapChanges **out, PropterError *err) {
  PropterMapChanges *c = *out = propter_calloc(1, sizeof *c);
  PropterBuf text = {0};
  PropterError why = {0};
  char hash[33];
  size_t head = strlen(HEAD);
  if (!c) return no_memory(err);
  PropterStatus status = path ? propter_io_read_file(path, 0, &text, &why) : PROPTER_NOT_FOUND;
  if (status == PROPTER_NOT_FOUND) status = PROPTER_OK;
  else if (status != PROPTER_OK && err) *err = why;
  if (status == PROPTER_OK && text.len) {
    PropterStr rest = {text.data + head + 33, text.len > head + 33 ? text.len - head - 33 : 0};
    propter_hash_hex(rest, hash);
    bool whole = text.len >= head + 33 && strncmp(text.data, HEAD, head) == 0 && strncmp(text.data + head, hash, 32) == 0;
    status = whole ? parse(c, path, rest, err) : damaged(path, err);
  }
  propter_buf_clear(&text);
  return status;
}

PropterStatus propter_map_changes_write(const PropterMapChanges *c, const char *path, PropterError *err) {
  PropterBuf rest = {0}, text = {0};
  char hash[33];
  for (size_t i = 0; i < c->now.count; i++) {
    const PropterMapEntry *e = &c->now.entries[i];
    propter_buf_printf(&rest, "%016llx %zu %.*s\n", (unsigned long long)e->value, e->key.len, (int)e->key.len, e->key.data);
  }
  propter_hash_hex(propter_buf_str(&rest), hash);
  propter_buf_printf(&text, HEAD "%s\n", hash);
  propter_buf_add(&text, propter_buf_str(&rest));
  PropterStatus status = propter_buf_status(&rest, err);
  if (status == PROPTER_OK) status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) status = propter_io_write_file(path, propter_buf_str(&text), err);
  propter_buf_clear(&rest);
  propter_buf_clear(&text);
  return status;
}

void propter_map_changes_free(PropterMapChanges *c) {
  if (!c) return;
  propter_map_clear(&c->before);
  propter_map_clear(&c->now);
  propter_buf_clear(&c->key);
  propter_free(c);
}

bool propter_mapping_finds_changes(const PropterMapping *m) { return m->change_count > 0; }

/* --- While rows are executed ---------------------------------------------------------------------------------------------------------- */

/* The triples map, wherever its document lies. */
static PropterStr map_name(const Execution *x) {
  const TriplesMap *map = &x->m->maps.items[x->map];
  PropterStr name = doc_node(&x->m->doc, map->node)->term.value, document = x->m->doc.files.items[map->at->file].iri;
  if (propter_str_starts(name, document)) name.data += document.len, name.len -= document.len;
  return name;
}

PropterStatus change_given(Execution *x, ChangeKind kind, const PropterStr *arguments, bool *given, PropterError *err) {
  PropterMapChanges *c = x->changes;
  PropterStr watched = arguments[1].data ? arguments[1] : (PropterStr){"", 0};
  bool added;
  propter_buf_reset(&c->key);
  propter_buf_add(&c->key, map_name(x));
  propter_buf_add_char(&c->key, '\n');
  propter_buf_add(&c->key, arguments[0]);
  PROPTER_TRY(propter_buf_status(&c->key, err));
  PropterStr key = propter_buf_str(&c->key);
  uint64_t hash = propter_hash64(watched);
  const uint64_t *before = propter_map_get(&c->before, key);
  uint64_t *now = propter_map_put(&c->now, key, hash, &added);
  if (!now) return no_memory(err);
  const uint64_t *last = added ? before : now;
  *given = kind == CHANGE_CREATE ? !last : kind == CHANGE_UPDATE && last && *last != hash;
  *now = hash;
  return PROPTER_OK;
}

PropterStatus change_finish(Execution *x, PropterStatus (*run)(Execution *x, PropterError *err), PropterError *err) {
  x->row = (PropterRow){0};
  for (x->map = 0; x->map < x->m->maps.count; x->map++) {
    const TriplesMap *map = &x->m->maps.items[x->map];
    if (map->source != x->source || change_kind(map->subject) != CHANGE_DELETE) continue;
    PropterStr name = map_name(x);
    for (size_t i = 0; i < x->changes->before.count; i++) {
      PropterStr key = x->changes->before.entries[i].key;
      bool mine = key.len > name.len && propter_str_starts(key, name) && key.data[name.len] == '\n';
      if (!mine || propter_map_get(&x->changes->now, key)) continue;
      x->gone = (PropterStr){key.data + name.len + 1, key.len - name.len - 1};
      PROPTER_TRY(run(x, err));
      x->gone = (PropterStr){NULL, 0};
    }
  }
  return PROPTER_OK;
}

/* --- While a mapping is read ------------------------------------------------------------------------------------------------------------- */

ChangeKind change_kind(const TermMap *subject) { return subject && subject->call ? subject->call->function->change : CHANGE_NONE; }

static bool all_constant(const TermMaps *maps) {
  for (size_t i = 0; i < maps->count; i++)
    if (maps->items[i] && maps->items[i]->kind != EXPRESSION_CONSTANT) return false;
  return true;
}

PropterStatus change_check(PropterMapping *m, const TriplesMap *map, PropterError *err) {
  ChangeKind kind = change_kind(map->subject);
  if (!kind) return PROPTER_OK;
  m->change_count++;
  if (!map->subject->targets)
    return doc_fail(&m->doc, map->subject->at, err, PROPTER_INVALID,
                    "a graph holds what there is, not what changed: the subject needs a target (rml:logicalTarget)");
  bool constant = all_constant(&map->graphs) && !(map->subject->targets & m->targets_by_row);
  for (size_t i = 0; i < map->says.count; i++) {
    constant &= all_constant(&map->says.items[i].predicates) && all_constant(&map->says.items[i].graphs);
    for (size_t k = 0; k < map->says.items[i].objects.count; k++) {
      const TermMap *object = map->says.items[i].objects.items[k].map;
      constant &= object && object->kind == EXPRESSION_CONSTANT;
    }
  }
  if (kind == CHANGE_DELETE && !constant)
    return doc_fail(&m->doc, map->subject->at, err, PROPTER_INVALID, "of what no row has any more nothing is known but its IRI: expected constants only");
  return PROPTER_OK;
}
