/* SPDX-License-Identifier: Apache-2.0 */
#include "profile.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "propter/sniff.h"

typedef enum { TABLE, COLUMN } Of;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a profile"); }

PropterStr profile_name(const Measured *m) {
  PropterStr iri = propter_vocab_iri(m->metric);
  return (PropterStr){iri.data + strlen(TERMS_propter), iri.len - strlen(TERMS_propter)};
}

static PropterStatus name(const Measured *m, PropterStr base, PropterBuf *iri, PropterError *err) {
  PropterStr metric = profile_name(m);
  propter_buf_reset(iri);
  propter_buf_printf(iri, "%.*s/%.*s", (int)base.len, base.data, (int)metric.len, metric.data);
  if (m->column.len) propter_buf_add_char(iri, '/');
  for (size_t i = 0; i < m->column.len; i++)
    isalnum((unsigned char)m->column.data[i]) ? propter_buf_add_char(iri, m->column.data[i])
                                              : propter_buf_printf(iri, "%%%02X", (unsigned char)m->column.data[i]);
  return propter_buf_status(iri, err);
}

static PropterStatus add(Profile *p, PropterStr column, PropterVocab metric, double value, bool day, PropterError *err) {
  Measured m = {.column = propter_arena_copy(&p->arena, column), .metric = metric, .value = value, .before = (double)NAN, .day = day};
  return m.column.data && propter_vec_push(&p->items, m) ? PROPTER_OK : no_memory(err);
}

static PropterStatus measure(Profile *p, const PropterSniff *t, double today, PropterError *err) {
  PropterStr none = {"", 0};
  const PropterColumn *c = NULL; /* rows of a table have none */
#define MEASURE(word, of, when, amount)                                                                                                                        \
  if (of == TABLE && (when)) PROPTER_TRY(add(p, none, VOCAB_propter_##word, amount, false, err));
#include "profile.def"
#undef MEASURE
  for (size_t i = 0; i < t->count; i++) {
    c = &t->columns[i];
    bool day = c->role == PROPTER_COLUMN_TIME;
#define MEASURE(word, of, when, amount)                                                                                                                        \
  if (of == COLUMN && (when))                                                                                                                                  \
    PROPTER_TRY(add(p, c->name, VOCAB_propter_##word, amount,                                                                                                  \
                    day && (VOCAB_propter_##word == VOCAB_propter_lowest || VOCAB_propter_##word == VOCAB_propter_highest), err));
#include "profile.def"
#undef MEASURE
  }
  return PROPTER_OK;
}

PropterStatus profile_measure(Profile *p, const char *path, const PropterTableOptions *options, PropterDay today, PropterError *err) {
  PropterSniff found = {0};
  PropterBuf iri = {0};
  PropterStatus status = propter_iri_of_file(path, &iri, err);
  if (status == PROPTER_OK) status = propter_buf_status(&iri, err);
  p->file = propter_arena_copy(&p->arena, propter_buf_str(&iri));
  propter_buf_clear(&iri);
  if (status == PROPTER_OK && !p->file.data) status = no_memory(err);
  if (status == PROPTER_OK) status = propter_sniff(path, options, NULL, &found, err);
  if (status == PROPTER_OK) status = measure(p, &found, today, err);
  propter_sniff_clear(&found);
  return status;
}

static PropterStatus recall(Measured *m, PropterStr iri, PropterSnapshot *snapshot, PropterId value, PropterError *err) {
  PropterTerm term = propter_iri(iri);
  PropterId id, object;
  int32_t day;
  PROPTER_TRY(propter_snapshot_find(snapshot, &term, &id, err));
  PROPTER_TRY(propter_snapshot_object(snapshot, id, value, &object, err));
  if (object && m->day && propter_id_day(object, &day)) m->before = day;
  if (object && !m->day) (void)propter_id_number(object, &m->before);
  return PROPTER_OK;
}

PropterStatus profile_recall(Profile *p, PropterStr base, PropterSnapshot *snapshot, PropterError *err) {
  PropterTerm word = propter_iri(propter_vocab_iri(VOCAB_dqv_value));
  PropterBuf iri = {0};
  PropterId value;
  PropterStatus status = propter_snapshot_find(snapshot, &word, &value, err);
  for (size_t i = 0; i < p->items.count && status == PROPTER_OK; i++) {
    status = name(&p->items.items[i], base, &iri, err);
    if (status == PROPTER_OK) status = recall(&p->items.items[i], propter_buf_str(&iri), snapshot, value, err);
  }
  propter_buf_clear(&iri);
  return status;
}

void profile_print(const Measured *m, double value, char text[32]) {
  if (m->day) propter_day_format((PropterDay)value, text);
  else (void)snprintf(text, 32, "%.6f", value);
  if (m->day) return;
  size_t n = strlen(text);
  while (text[n - 1] == '0') text[--n] = '\0';
  if (text[n - 1] == '.') text[--n] = '\0';
}

/* A measurement's triples: numbers are decimals of at most six digits, so that they can be compared as they stand. */
static PropterStatus statements(const Profile *p, const Measured *m, PropterStr iri, const PropterRdfSink *sink, PropterError *err) {
  char text[32];
  profile_print(m, m->value, text);
  bool whole = !m->day && !strchr(text, '.');
  const PropterTerm value = propter_typed(propter_str(text), propter_vocab_iri(m->day ? VOCAB_xsd_date : whole ? VOCAB_xsd_integer : VOCAB_xsd_decimal));
  const struct {
    PropterVocab word;
    PropterTerm object;
  } says[] = {{VOCAB_rdf_type, propter_iri(propter_vocab_iri(VOCAB_dqv_QualityMeasurement))},
              {VOCAB_dqv_isMeasurementOf, propter_iri(propter_vocab_iri(m->metric))},
              {VOCAB_dqv_computedOn, propter_iri(p->file)},
              {VOCAB_dqv_value, value},
              {VOCAB_propter_sourceColumn, propter_literal(m->column)}};
  for (size_t i = 0; i < sizeof says / sizeof *says - !m->column.len; i++) {
    PropterStatement st = {.s = propter_iri(iri), .p = propter_iri(propter_vocab_iri(says[i].word)), .o = says[i].object};
    PROPTER_TRY(sink->statement(&st, sink->payload, err));
  }
  return PROPTER_OK;
}

PropterStatus profile_statements(const Profile *p, PropterStr base, const PropterRdfSink *sink, PropterError *err) {
  PropterBuf iri = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < p->items.count && status == PROPTER_OK; i++) {
    status = name(&p->items.items[i], base, &iri, err);
    if (status == PROPTER_OK) status = statements(p, &p->items.items[i], propter_buf_str(&iri), sink, err);
  }
  propter_buf_clear(&iri);
  return status;
}

void profile_clear(Profile *p) {
  propter_vec_clear(&p->items);
  propter_arena_clear(&p->arena);
}
