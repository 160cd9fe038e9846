/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign entities of dbt: the semantic models in which they are primary, whose dimensions are those of the metric, too. */
#include <string.h>

#include "dbt.h"

typedef struct {
  const DefineJoin *around;
  PropterStr metric;
  yaml_node_t *own;                      /* the metric's model */
  yaml_node_t *child, *parent, *partner; /* entities, and the model of the second; NULL: there is none */
  DefineFile *in;                        /* where parent and partner stand */
} Join;

static bool is_foreign(Define *d, const yaml_node_t *entity) { return propter_str_equal(yaml_text(define_get(d, entity, "type")), PROPTER_STR("foreign")); }

typedef struct {
  PropterStr entity;
  yaml_node_t *key;
} Partner;

static yaml_node_t *partner_here(Define *d, void *payload) {
  Partner *p = payload;
  yaml_node_t *models = define_get(d, yaml_root(d->file), "semantic_models"), *model;
  for (size_t i = 0; (model = define_item(d, models, i)); i++)
    if (!dbt_skips(d, model) && (p->key = define_named(d, define_get(d, model, "entities"), p->entity)) && !is_foreign(d, p->key)) return model;
  return NULL;
}

/* The model in which an entity of that name tells rows apart, and the document `in` that it stands in; NULL: there is none. */
static yaml_node_t *partner_of(Define *d, PropterStr entity, yaml_node_t **key, DefineFile **in) {
  Partner p = {entity, NULL};
  yaml_node_t *model = define_find(d, partner_here, &p, in);
  *key = p.key;
  return model;
}

static PropterStatus say_joins(Define *d, PropterStr metric, yaml_node_t *own, yaml_node_t *model, const DefineJoin *around, PropterError *err);

/* What the partner says of itself, in its own document. */
static PropterStatus say_partner(Define *d, const Join *j, DefineJoin *join, PropterStr child, PropterError *err) {
  PropterStr parent;
  PROPTER_TRY(define_keys(d, j->parent, dbt_keys_of_entity, err));
  PROPTER_TRY(dbt_say_table(d, join->node, j->partner, err));
  PROPTER_TRY(dbt_column(d, j->parent, &parent, err));
  PROPTER_TRY(define_say_on(d, join, child, parent, j->parent, err));
  PROPTER_TRY(dbt_say_dimensions(d, j->metric, join, j->partner, err));
  return say_joins(d, j->metric, j->own, j->partner, join, err);
}

static PropterStatus read_join(Define *d, const void *payload, PropterError *err) {
  const Join *j = payload;
  DefineJoin join;
  PropterStr name, child;
  PROPTER_TRY(define_keys(d, j->child, dbt_keys_of_entity, err));
  PROPTER_TRY(define_name(d, j->child, define_get(d, j->child, "name"), "a name of letters, digits and _ for the entity", &name, err));
  if (!j->partner)
    return yaml_fail(d->file, j->child, err, PROPTER_INVALID,
                     "no model of the given files has \"%.*s\" as primary, unique or natural entity: its dimensions are left out", (int)name.len, name.data);
  PROPTER_TRY(define_say_join(d, j->around, j->metric, name, j->partner, j->child, &join, err));
  PROPTER_TRY(dbt_column(d, j->child, &child, err));
  DefineFile *here = define_go(d, j->in);
  const PropterStatus status = say_partner(d, j, &join, child, err);
  (void)define_go(d, here);
  return status;
}

static PropterStatus say_joins(Define *d, PropterStr metric, yaml_node_t *own, yaml_node_t *model, const DefineJoin *around, PropterError *err) {
  yaml_node_t *entities = define_get(d, model, "entities"), *one;
  const Meaning *type;
  bool out;
  for (size_t i = 0; (one = define_item(d, entities, i)); i++) {
    Join j = {.around = around, .metric = metric, .own = own, .child = one};
    PROPTER_TRY(define_meaning(d, define_get(d, one, "type"), dbt_entity_types, &type, err));
    PROPTER_TRY(dbt_left_out(d, one, &out, err));
    if (*type->text || out) continue;
    j.partner = partner_of(d, yaml_text(define_get(d, one, "name")), &j.parent, &j.in);
    if (j.partner && define_join_ends(around, own, j.partner)) continue;
    const PropterStr from = yaml_text(define_get(d, model, "name")), to = yaml_text(define_get(d, one, "name"));
    const PropterStr called = propter_arena_printf(&d->arena, "%.*s.%.*s", (int)from.len, from.data, (int)to.len, to.data);
    if (!called.data) return define_no_memory(err);
    PROPTER_TRY(define_part(d, called, read_join, &j, err));
  }
  return PROPTER_OK;
}

PropterStatus dbt_say_joins(Define *d, PropterStr metric, yaml_node_t *model, PropterError *err) { return say_joins(d, metric, model, model, NULL, err); }

/* --- Filters ---------------------------------------------------------------------------------------------------------------------------- */

/* Takes ENTITY__ off a name. */
static bool take_entity(PropterStr *name, PropterStr *entity) {
  for (size_t i = 1; i + 2 < name->len; i++) {
    if (name->data[i] != '_' || name->data[i + 1] != '_') continue;
    *entity = (PropterStr){name->data, i};
    *name = (PropterStr){name->data + i + 2, name->len - i - 2};
    return true;
  }
  return false;
}

/* The column that the rest of the name calls, behind the entities that it begins with; its text is empty where there is none. */
static PropterStatus find_column(Define *d, yaml_node_t *model, PropterStr *name, PropterStr *path, PropterStr *column, PropterError *err) {
  PropterStr entity;
  yaml_node_t *here = model, *key;
  DefineFile *in;
  while (here && take_entity(name, &entity)) {
    key = define_named(d, define_get(d, here, "entities"), entity);
    if (!key || !is_foreign(d, key)) continue; /* it names the model itself */
    *path = propter_arena_printf(&d->arena, "%.*s%.*s.", (int)path->len, path->data, (int)entity.len, entity.data);
    if (!path->data) return define_no_memory(err);
    here = partner_of(d, entity, &key, &in);
    if (here) (void)define_go(d, in);
  }
  yaml_node_t *dimension = here ? define_named(d, define_get(d, here, "dimensions"), *name) : NULL;
  const bool found = dimension && propter_str_equal(yaml_text(define_get(d, dimension, "type")), PROPTER_STR("categorical"));
  return found ? dbt_column(d, dimension, column, err) : PROPTER_OK;
}

PropterStatus dbt_filter_column(Define *d, yaml_node_t *model, const yaml_node_t *at, PropterStr name, PropterStr *slice, PropterError *err) {
  PropterStr path = {"", 0}, column = {"", 0};
  DefineFile *here = d->in;
  const PropterStatus status = find_column(d, model, &name, &path, &column, err);
  (void)define_go(d, here);
  PROPTER_TRY(status);
  if (!column.len)
    return yaml_fail(d->file, at, err, PROPTER_INVALID, "no categorical dimension \"%.*s\" in the semantic model of the measure", (int)name.len, name.data);
  *slice = propter_arena_printf(&d->arena, "%.*s%.*s", (int)path.len, path.data, (int)column.len, column.data);
  return slice->data ? PROPTER_OK : define_no_memory(err);
}
