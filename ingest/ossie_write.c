/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/ossie.h"

#include <stdlib.h>
#include <string.h>

#include "propter/vocab.h"

typedef PROPTER_VEC(PropterStr) Texts;

/* A metric as the graph has it; texts in the arena. */
typedef struct {
  PropterId id;
  PropterStr iri, name, label, comment, file, time, value, grain, unit, unit_label, owner, delay, window;
  PropterId aggregation, good, parts[2];
  Texts synonyms, slices, keys, apart;
  size_t dataset;
  const char *problem; /* why it is left out; NULL: it is not */
} Item;

typedef struct {
  PropterStr signature, name;
  const Item *first; /* a metric that shows its columns */
  Texts values;      /* columns that are added up */
} DatasetOf;

typedef struct {
  PropterSnapshot *snapshot;
  PropterId v[VOCAB_COUNT];
  PropterArena arena;
  PROPTER_VEC(Item) items;
  PROPTER_VEC(DatasetOf) datasets;
} Ossie;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a semantic model"); }

/* --- Reading -------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus texts_of(Ossie *o, PropterId s, PropterVocab p, Texts *out, PropterError *err) {
  PropterIds found = {0};
  PropterStatus status = o->v[p] ? propter_snapshot_objects(o->snapshot, s, o->v[p], &found, err) : PROPTER_OK;
  for (size_t i = 0; i < found.count && status == PROPTER_OK; i++) {
    PropterTerm term;
    status = propter_snapshot_term(o->snapshot, found.items[i], &o->arena, &term, err);
    if (status == PROPTER_OK && !propter_vec_push(out, term.value)) status = no_memory(err);
  }
  propter_vec_clear(&found);
  return status;
}

static PropterStatus text_of(Ossie *o, PropterId s, PropterVocab p, PropterStr *out, PropterError *err) {
  Texts all = {0};
  PropterStatus status = texts_of(o, s, p, &all, err);
  *out = all.count ? all.items[0] : (PropterStr){"", 0};
  propter_vec_clear(&all);
  return status;
}

static PropterStatus id_of(Ossie *o, PropterId s, PropterVocab p, PropterId *out, PropterError *err) {
  *out = PROPTER_NO_ID;
  return o->v[p] ? propter_snapshot_object(o->snapshot, s, o->v[p], out, err) : PROPTER_OK;
}

/* What the graph says of the metric that has no word in Ossie. */
static PropterStatus find_problem(Ossie *o, Item *item, PropterError *err) {
  static const struct {
    PropterVocab word;
    const char *reason;
  } none[] = {{VOCAB_propter_fixed, "it is of some members only (propter:fixed), which Ossie cannot say"},
              {VOCAB_propter_join, "dimensions of it stand in joined tables (propter:join), which are not written"},
              {VOCAB_propter_delimiter, "its table has a delimiter of its own, which Ossie cannot say"},
              {VOCAB_propter_encoding, "its table has an encoding of its own, which Ossie cannot say"},
              {VOCAB_propter_dateFormat, "its table has a date format of its own, which Ossie cannot say"},
              {VOCAB_propter_decimalChar, "its table has a decimal character of its own, which Ossie cannot say"}};
  for (size_t i = 0; i < sizeof none / sizeof *none && !item->problem; i++) {
    PropterId is;
    PROPTER_TRY(id_of(o, item->id, none[i].word, &is, err));
    if (is) item->problem = none[i].reason;
  }
  bool ratio = item->parts[0] && item->parts[1], last = o->v[VOCAB_propter_Last] && item->aggregation == o->v[VOCAB_propter_Last];
  if (!item->problem && last) item->problem = "the last value of a period is no aggregate of Ossie";
  if (!item->problem && !ratio && !item->file.len) item->problem = "its observations come from no table that it names";
  return PROPTER_OK;
}

/* skos:notation where it is a name, else what the IRI ends with. */
static PropterStatus name_item(Ossie *o, Item *item, PropterError *err) {
  PropterBuf name = {0};
  PROPTER_TRY(text_of(o, item->id, VOCAB_skos_notation, &item->name, err));
  const char *end = item->iri.data + item->iri.len, *at = end;
  while (at > item->iri.data && !strchr("#/", at[-1])) at--;
  PropterStr from = item->name.len ? item->name : (PropterStr){at, (size_t)(end - at)};
  for (size_t i = 0; i < from.len; i++) {
    char c = from.data[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
    if (!i && digit) propter_buf_add_char(&name, '_');
    propter_buf_add_char(&name, letter || digit ? c : '_');
  }
  PropterStatus status = propter_buf_status(&name, err);
  if (status == PROPTER_OK) item->name = propter_arena_copy(&o->arena, propter_buf_str(&name));
  propter_buf_clear(&name);
  return status != PROPTER_OK || item->name.data ? status : no_memory(err);
}

static PropterStatus read_item(Ossie *o, Item *item, PropterError *err) {
  const struct {
    PropterVocab word;
    PropterStr *text;
  } texts[] = {{VOCAB_skos_prefLabel, &item->label},    {VOCAB_rdfs_comment, &item->comment},         {VOCAB_propter_sourceFile, &item->file},
               {VOCAB_propter_timeColumn, &item->time}, {VOCAB_propter_sourceColumn, &item->value},   {VOCAB_propter_grain, &item->grain},
               {VOCAB_propter_unit, &item->unit},       {VOCAB_propter_unitLabel, &item->unit_label}, {VOCAB_propter_owner, &item->owner},
               {VOCAB_propter_completenessDelay, &item->delay}, {VOCAB_propter_mutabilityWindow, &item->window}};
  PropterTerm term;
  PROPTER_TRY(propter_snapshot_term(o->snapshot, item->id, &o->arena, &term, err));
  item->iri = term.value;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) PROPTER_TRY(text_of(o, item->id, texts[i].word, texts[i].text, err));
  PROPTER_TRY(texts_of(o, item->id, VOCAB_skos_altLabel, &item->synonyms, err));
  PROPTER_TRY(texts_of(o, item->id, VOCAB_propter_sliceColumn, &item->slices, err));
  PROPTER_TRY(texts_of(o, item->id, VOCAB_propter_keyColumn, &item->keys, err));
  PROPTER_TRY(texts_of(o, item->id, VOCAB_propter_nonAdditiveColumn, &item->apart, err));
  PROPTER_TRY(id_of(o, item->id, VOCAB_propter_aggregation, &item->aggregation, err));
  PROPTER_TRY(id_of(o, item->id, VOCAB_propter_goodDirection, &item->good, err));
  PROPTER_TRY(id_of(o, item->id, VOCAB_propter_numerator, &item->parts[0], err));
  PROPTER_TRY(id_of(o, item->id, VOCAB_propter_denominator, &item->parts[1], err));
  PROPTER_TRY(name_item(o, item, err));
  return find_problem(o, item, err);
}

static int by_iri(const void *a, const void *b) {
  const Item *x = a, *y = b;
  return propter_str_compare(x->iri, y->iri);
}

static PropterStatus read_items(Ossie *o, PropterError *err) {
  PropterIds ids = {0};
  PropterStatus status =
      o->v[VOCAB_propter_Metric] ? propter_snapshot_subjects(o->snapshot, o->v[VOCAB_rdf_type], o->v[VOCAB_propter_Metric], &ids, err) : PROPTER_OK;
  for (size_t i = 0; i < ids.count && status == PROPTER_OK; i++) {
    if (!propter_vec_push(&o->items, ((Item){.id = ids.items[i]}))) status = no_memory(err);
    else status = read_item(o, &o->items.items[o->items.count - 1], err);
  }
  propter_vec_clear(&ids);
  if (status == PROPTER_OK && o->items.count) qsort(o->items.items, o->items.count, sizeof *o->items.items, by_iri);
  return status;
}

/* --- Datasets ------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus sign(Ossie *o, const Item *item, PropterStr *out, PropterError *err) {
  PropterBuf text = {0};
  propter_buf_printf(&text, "%s\n%s\n", item->file.data, item->time.data);
  for (size_t i = 0; i < item->slices.count; i++) propter_buf_printf(&text, "s %s\n", item->slices.items[i].data);
  for (size_t i = 0; i < item->keys.count; i++) propter_buf_printf(&text, "k %s\n", item->keys.items[i].data);
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) *out = propter_arena_copy(&o->arena, propter_buf_str(&text));
  propter_buf_clear(&text);
  return status != PROPTER_OK || out->data ? status : no_memory(err);
}

/* The file's name up to its first dot, with a number where another dataset has it. */
static PropterStatus name_dataset(Ossie *o, DatasetOf *d, PropterError *err) {
  PropterBuf name = {0};
  const char *slash = strrchr(d->first->file.data, '/');
  size_t same = 1;
  for (const char *at = slash ? slash + 1 : d->first->file.data; *at && *at != '.'; at++) {
    bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z'), digit = *at >= '0' && *at <= '9';
    propter_buf_add_char(&name, letter || (digit && name.len) ? *at : '_');
  }
  for (size_t i = 0; i + 1 < o->datasets.count; i++) same += propter_str_equal(o->datasets.items[i].first->file, d->first->file);
  if (same > 1) propter_buf_printf(&name, "_%zu", same);
  PropterStatus status = propter_buf_status(&name, err);
  if (status == PROPTER_OK) d->name = propter_arena_copy(&o->arena, propter_buf_str(&name));
  propter_buf_clear(&name);
  return status != PROPTER_OK || d->name.data ? status : no_memory(err);
}

static bool among(const Texts *texts, PropterStr text) {
  for (size_t i = 0; i < texts->count; i++)
    if (propter_str_equal(texts->items[i], text)) return true;
  return false;
}

static PropterStatus place(Ossie *o, Item *item, PropterError *err) {
  PropterStr signature = {"", 0};
  PROPTER_TRY(sign(o, item, &signature, err));
  for (item->dataset = 0; item->dataset < o->datasets.count; item->dataset++)
    if (propter_str_equal(o->datasets.items[item->dataset].signature, signature)) break;
  if (item->dataset == o->datasets.count) {
    if (!propter_vec_push(&o->datasets, ((DatasetOf){.signature = signature, .first = item}))) return no_memory(err);
    PROPTER_TRY(name_dataset(o, &o->datasets.items[item->dataset], err));
  }
  Texts *values = &o->datasets.items[item->dataset].values;
  if (!item->value.len || among(values, item->value) || among(&item->slices, item->value)) return PROPTER_OK;
  return propter_vec_push(values, item->value) ? PROPTER_OK : no_memory(err);
}

static const Item *item_of(const Ossie *o, PropterId id) {
  for (size_t i = 0; i < o->items.count; i++)
    if (o->items.items[i].id == id) return &o->items.items[i];
  return NULL;
}

/* A ratio is said by what it is made of. */
static PropterStatus place_all(Ossie *o, PropterError *err) {
  for (size_t i = 0; i < o->items.count; i++) {
    Item *item = &o->items.items[i];
    for (int k = 0; k < 2 && !item->problem && item->parts[0]; k++) {
      const Item *part = item_of(o, item->parts[k]);
      if (!part || part->parts[0] || part->problem) item->problem = "it is made of metrics that Ossie cannot say";
    }
    if (!item->problem && !item->parts[0]) PROPTER_TRY(place(o, item, err));
  }
  return PROPTER_OK;
}

/* --- Writing -------------------------------------------------------------------------------------------------------------------------- */

static void field(PropterBuf *out, PropterStr column, const char *dimension) {
  propter_buf_printf(out, "          - {name: ");
  propter_buf_add_json(out, column);
  propter_buf_printf(out, ", expression: {dialects: [{dialect: ANSI_SQL, expression: ");
  propter_buf_add_json(out, column);
  propter_buf_printf(out, "}]}%s}\n", dimension);
}

static void member(PropterBuf *json, const char *name, PropterStr value) {
  if (!value.len) return;
  propter_buf_printf(json, "%s\"%s\": ", json->len > 1 ? ", " : "", name);
  propter_buf_add_json(json, value);
}

/* `json` without its closing brace. */
static PropterStatus extension(PropterBuf *out, PropterBuf *json, const char *indent, PropterError *err) {
  propter_buf_add_char(json, '}');
  PROPTER_TRY(propter_buf_status(json, err));
  if (json->len > 2) {
    propter_buf_printf(out, "%scustom_extensions:\n%s  - {vendor_name: PROPTER, data: ", indent, indent);
    propter_buf_add_json(out, propter_buf_str(json));
    propter_buf_printf(out, "}\n");
  }
  return PROPTER_OK;
}

static PropterStatus write_dataset(const DatasetOf *d, PropterBuf *out, PropterError *err) {
  PropterBuf json = {0};
  propter_buf_printf(out, "      - name: %s\n        source: %s\n", d->name.data, d->name.data);
  for (size_t i = 0; i < d->first->keys.count; i++) {
    propter_buf_printf(out, "%s", i ? ", " : "        primary_key: [");
    propter_buf_add_json(out, d->first->keys.items[i]);
  }
  propter_buf_printf(out, "%s        fields:\n", d->first->keys.count ? "]\n" : "");
  field(out, d->first->time, ", dimension: {is_time: true}");
  for (size_t i = 0; i < d->first->slices.count; i++) field(out, d->first->slices.items[i], ", dimension: {is_time: false}");
  for (size_t i = 0; i < d->values.count; i++) field(out, d->values.items[i], "");
  propter_buf_add_char(&json, '{');
  member(&json, "source_file", d->first->file);
  PropterStatus status = extension(out, &json, "        ", err);
  propter_buf_clear(&json);
  return status;
}

static void aggregate(const Ossie *o, const Item *item, PropterBuf *out) {
  static const struct {
    PropterVocab word;
    const char *name;
  } names[] = {{VOCAB_propter_Mean, "AVG"}, {VOCAB_propter_Minimum, "MIN"}, {VOCAB_propter_Maximum, "MAX"}, {VOCAB_propter_Count, "COUNT"}};
  const char *name = "SUM";
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (o->v[names[i].word] && item->aggregation == o->v[names[i].word]) name = names[i].name;
  const char *column = item->value.len ? item->value.data : item->keys.count == 1 ? item->keys.items[0].data : "*";
  propter_buf_printf(out, "%s(%s.%s)", name, o->datasets.items[item->dataset].name.data, column);
}

static PropterStatus write_metric(const Ossie *o, const Item *item, PropterBuf *out, PropterError *err) {
  PropterBuf text = {0}, json = {0};
  const char *good = !item->good ? "" : item->good == o->v[VOCAB_propter_Up] ? "up" : item->good == o->v[VOCAB_propter_Down] ? "down" : "";
  if (item->parts[0]) {
    aggregate(o, item_of(o, item->parts[0]), &text);
    propter_buf_printf(&text, " / ");
    aggregate(o, item_of(o, item->parts[1]), &text);
  } else {
    aggregate(o, item, &text);
  }
  propter_buf_printf(
      out, "      - name: %s\n        expression:\n          dialects:\n            - dialect: ANSI_SQL\n              expression: ", item->name.data);
  propter_buf_add_json(out, propter_buf_str(&text));
  propter_buf_add_char(out, '\n');
  if (item->comment.len) propter_buf_printf(out, "        description: "), propter_buf_add_json(out, item->comment), propter_buf_add_char(out, '\n');
  for (size_t i = 0; i < item->synonyms.count; i++) {
    propter_buf_printf(out, "%s          - ", i ? "" : "        ai_context:\n          synonyms:\n");
    propter_buf_add_json(out, item->synonyms.items[i]);
    propter_buf_add_char(out, '\n');
  }
  propter_buf_add_char(&json, '{');
  member(&json, "label", item->label);
  member(&json, "grain", item->parts[0] ? item_of(o, item->parts[0])->grain : item->grain);
  member(&json, "unit", item->unit);
  member(&json, "unit_label", item->unit_label);
  member(&json, "owner", item->owner);
  member(&json, "good_direction", propter_str(good));
  member(&json, "completeness_delay", item->delay);
  member(&json, "mutability_window", item->window);
  for (size_t i = 0; i < item->apart.count; i++) {
    propter_buf_printf(&json, "%s%s", i || json.len > 1 ? ", " : "", i ? "" : "\"non_additive_dimensions\": [");
    propter_buf_add_json(&json, item->apart.items[i]);
  }
  if (item->apart.count) propter_buf_add_char(&json, ']');
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) status = extension(out, &json, "        ", err);
  propter_buf_clear(&text);
  propter_buf_clear(&json);
  return status;
}

static PropterStatus write_all(const Ossie *o, PropterBuf *out, size_t *written, PropterError *err) {
  propter_buf_printf(out, "version: 0.2.0.dev0\nsemantic_model:\n  - name: propter\n    datasets:%s\n", o->datasets.count ? "" : " []");
  for (size_t i = 0; i < o->datasets.count; i++) PROPTER_TRY(write_dataset(&o->datasets.items[i], out, err));
  size_t count = 0;
  for (size_t i = 0; i < o->items.count; i++) count += !o->items.items[i].problem;
  propter_buf_printf(out, "    metrics:%s\n", count ? "" : " []");
  for (size_t i = 0; i < o->items.count; i++)
    if (!o->items.items[i].problem) PROPTER_TRY(write_metric(o, &o->items.items[i], out, err));
  *written = count;
  return propter_buf_status(out, err);
}

PropterStatus propter_ossie_write(PropterSnapshot *snapshot, PropterBuf *out, size_t *written,
                                  void (*left_out)(PropterStr metric, const char *reason, void *payload), void *payload, PropterError *err) {
  Ossie o = {.snapshot = snapshot};
  PropterStatus status = propter_vocab_ids(snapshot, o.v, err);
  if (status == PROPTER_OK) status = read_items(&o, err);
  if (status == PROPTER_OK) status = place_all(&o, err);
  if (status == PROPTER_OK) status = write_all(&o, out, written, err);
  for (size_t i = 0; i < o.items.count && status == PROPTER_OK; i++)
    if (o.items.items[i].problem) left_out(o.items.items[i].iri, o.items.items[i].problem, payload);
  for (size_t i = 0; i < o.items.count; i++) {
    propter_vec_clear(&o.items.items[i].synonyms);
    propter_vec_clear(&o.items.items[i].apart);
    propter_vec_clear(&o.items.items[i].slices);
    propter_vec_clear(&o.items.items[i].keys);
  }
  for (size_t i = 0; i < o.datasets.count; i++) propter_vec_clear(&o.datasets.items[i].values);
  propter_vec_clear(&o.items);
  propter_vec_clear(&o.datasets);
  propter_arena_clear(&o.arena);
  return status;
}
