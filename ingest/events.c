/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/events.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "map/written.h"
#include "propter/date.h"
#include "propter/hash.h"
#include "propter/rdf.h"
#include "propter/read.h"
#include "propter/run.h"
#include "propter/sniff.h"
#include "propter/table.h"
#include "propter/vocab.h"

typedef enum {
#define FIELD(name, word) name,
#include "events.def"
  FIELDS
} Field;

static const char *const words[] = {
#define FIELD(name, word) word,
#include "events.def"
};

typedef struct {
  Field field;
  const char *name;
} Place;

static const Place headers[] = {
#define COLUMN(name, header) {name, header},
#include "events.def"
};

static const Place attributes[] = {
#define ATTRIBUTE(name, path) {name, path},
#include "events.def"
};

static const Place releases[] = {
#define RELEASE(name, path) {name, path},
#include "events.def"
};

static const char *const dates[] = {
#define DATE(pattern) pattern,
#include "events.def"
};

typedef struct {
  Field field;
  size_t column;
  bool more;    /* its value is added to what others say: a dimension of the scope */
  bool guessed; /* by its values: one that is no part of the data says nothing */
} Binding;

/* How a file is read, and what its rows are. */
typedef struct {
  PropterTableOptions table;
  bool releases, list, expressions;
  bool known; /* a document whose first row says what it is */
  const PropterSniff *looked; /* what a look at the table found; NULL: it was not looked at */
} Shape;

typedef struct {
  const PropterEventsOptions *options;
  PropterEventsResult *result;
  PropterWriter *writer;
  PropterRun *run;
  PropterNames *names;
  PropterMap keys;               /* IRIs of the events so far to their lines */
  PropterMap dimensions;         /* names, folded, of the dimensions whose members metrics are fixed to */
  PROPTER_VEC(Binding) bindings; /* of the file */
  PropterStr file, iri;          /* of the file: its path and its file: IRI */
  PropterId graph;
  PropterBuf scope; /* of an entry whose dimensions stand in columns of their own */
  PropterStr days;  /* how the file writes them, by UTS #35; empty: not known */
} Events;

typedef struct {
  uint64_t line;
  PropterStr value[FIELDS];
  PropterDay start, end, known;
  bool planned, rejected;
  PropterStr kind; /* IRI; empty: none */
  PROPTER_VEC(PropterStr) scopes;
} Entry;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for events"); }

/* --- Where the fields stand ---------------------------------------------------------------------------------------------------- */

static bool same_header(PropterStr header, const char *name) {
  for (size_t i = 0; i < header.len; i++) {
    char c = header.data[i];
    if (strchr(" _-\t", c)) continue;
    if (tolower((unsigned char)c) != *name++) return false;
  }
  return *name == '\0';
}

static PropterStatus bind(Events *e, Field field, size_t column, PropterError *err) {
  return propter_vec_push(&e->bindings, ((Binding){field, column, false, false})) ? PROPTER_OK : no_memory(err);
}

static PropterStatus fold(PropterStr name, PropterBuf *out, PropterError *err) {
  propter_buf_reset(out);
  for (size_t i = 0; i < name.len; i++)
    if (!strchr(" _-\t", name.data[i])) propter_buf_add_char(out, (char)tolower((unsigned char)name.data[i]));
  return propter_buf_status(out, err);
}

static bool is_read(const Events *e, size_t column) {
  for (size_t i = 0; i < e->bindings.count; i++)
    if (e->bindings.items[i].column == column) return true;
  return false;
}

/* scope.region, scope.product, and what is called as a dimension of the data: each names one dimension of the scope. */
static PropterStatus bind_dimensions(Events *e, const PropterStr *columns, size_t count, PropterError *err) {
  PropterBuf name = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t c = 0; c < count && status == PROPTER_OK; c++) {
    bool told = columns[c].len > 6 && strncasecmp(columns[c].data, "scope.", 6) == 0;
    if (!told) status = fold(columns[c], &name, err);
    if (status != PROPTER_OK || (!told && (!name.len || is_read(e, c) || !propter_map_get(&e->dimensions, propter_buf_str(&name))))) continue;
    if (!propter_vec_push(&e->bindings, ((Binding){SCOPE, c, true, false}))) status = no_memory(err);
  }
  propter_buf_clear(&name);
  return status;
}

static bool bound(const Events *e, Field field) {
  for (size_t i = 0; i < e->bindings.count; i++)
    if (e->bindings.items[i].field == field) return true;
  return false;
}

/* What the caller says, which goes before what is known. */
static PropterStatus bind_given(Events *e, PropterTable *table, PropterError *err) {
  for (size_t i = 0; i < e->options->column_count; i++) {
    const char *given = e->options->columns[i], *equals = strchr(given, '=');
    size_t f = 0, column;
    while (equals && f < FIELDS && !propter_str_equal((PropterStr){given, (size_t)(equals - given)}, propter_str(words[f]))) f++;
    if (!equals || f == FIELDS)
      return propter_fail(err, PROPTER_USAGE, "column \"%s\": expected title, start, end, known, kind, scope, planned, id, source or text = a column", given);
    PROPTER_TRY(propter_table_column(table, propter_str(equals + 1), &column, err));
    PROPTER_TRY(bind(e, (Field)f, column, err));
  }
  return PROPTER_OK;
}

static PropterStatus bind_paths(Events *e, PropterTable *table, const Place *places, size_t count, PropterError *err) {
  size_t column;
  for (size_t i = 0; i < count; i++) {
    PROPTER_TRY(propter_table_column(table, propter_str(places[i].name), &column, err));
    PROPTER_TRY(bind(e, places[i].field, column, err));
  }
  return PROPTER_OK;
}

/* A column that nothing is read from may hold what the event is without. */
static PropterStatus warn_of_unread(const Events *e, const PropterStr *columns, size_t count, PropterError *err) {
  PropterBuf names = {.max = 400};
  for (size_t c = 0; c < count && names.len < 300; c++) {
    if (columns[c].len && !is_read(e, c))
      propter_buf_printf(&names, "%s%.*s", names.len ? ", " : "", (int)(columns[c].len < 60 ? columns[c].len : 60), columns[c].data);
  }
  PropterStatus status = propter_buf_status(&names, err);
  if (status == PROPTER_OK && names.len) propter_log(e->options->log, PROPTER_LOG_WARNING, "events", "%s: columns not read: %s", e->file.data, names.data);
  propter_buf_clear(&names);
  return status;
}

/* A text of several words that is hardly ever the same says what happened; of such columns the one with the most different ones, then with the most
 * words. */
static PropterStatus bind_text(Events *e, const Shape *shape, PropterError *err) {
  enum { LOOKED_AT = 200, WORDS = 2 };
  const PropterSniff *s = shape->looked;
  PropterTable *table = NULL;
  PropterRow row;
  size_t best = SIZE_MAX;
  bool found = true;
  uint64_t *many = propter_calloc(s->count + 1, sizeof *many), rows = 0;
  PropterStatus status = many ? propter_table_open(e->file.data, &shape->table, e->options->limits, &table, err) : no_memory(err);
  while (status == PROPTER_OK && rows < LOOKED_AT && (status = propter_table_next(table, &row, &found, err)) == PROPTER_OK && found) {
    rows++;
    for (size_t c = 0; c < s->count && c < row.count; c++) {
      const PropterStr text = propter_str_trim(propter_row_text(&row, c));
      many[c] += text.len > 0;
      for (size_t i = 1; i < text.len; i++) many[c] += text.data[i] == ' ' && text.data[i - 1] != ' ';
    }
  }
  for (size_t c = 0; c < s->count && status == PROPTER_OK; c++) {
    const PropterColumn *x = &s->columns[c];
    const bool text = !x->datatype.len && !is_read(e, c) && 10 * x->values >= 9 * s->rows && 5 * x->distinct >= 4 * x->values;
    const bool better = best == SIZE_MAX || x->distinct > s->columns[best].distinct || (x->distinct == s->columns[best].distinct && many[c] > many[best]);
    if (text && many[c] >= WORDS * rows && better) best = c;
  }
  propter_table_close(table);
  propter_free(many);
  return status == PROPTER_OK && best != SIZE_MAX ? bind(e, TITLE, best, err) : status;
}

/* Which column a field was taken from. */
static PropterStr name_of(const Events *e, const Shape *shape, Field field) {
  for (size_t i = 0; i < e->bindings.count; i++)
    if (e->bindings.items[i].field == field) return shape->looked->columns[e->bindings.items[i].column].name;
  return PROPTER_STR("-");
}

/* What the header does not say is taken from the shape: days, no amounts, and a text of its own in each row, fewer rows than days go by. */
static PropterStatus bind_guessed(Events *e, const Shape *shape, PropterError *err) {
  const PropterSniff *s = shape->looked;
  if (!s || s->time == SIZE_MAX || !s->rows || (double)s->rows > s->columns[s->time].high - s->columns[s->time].low + 1) return PROPTER_OK;
  for (size_t c = 0; c < s->count; c++)
    if (s->columns[c].role == PROPTER_COLUMN_MEASURE) return PROPTER_OK;
  const size_t told = e->bindings.count;
  if (!bound(e, START)) PROPTER_TRY(bind(e, START, s->time, err));
  if (!bound(e, TITLE) && !bound(e, KIND)) PROPTER_TRY(bind_text(e, shape, err));
  if (!bound(e, TITLE) && !bound(e, KIND)) e->bindings.count = told;
  else if (!shape->list) {
    const PropterStr title = name_of(e, shape, bound(e, TITLE) ? TITLE : KIND), start = name_of(e, shape, START), end = name_of(e, shape, END);
    propter_log(e->options->log, PROPTER_LOG_WARNING, "events", "%s: by its shape a list of happenings: title %.*s, start %.*s, end %.*s (else --column)",
                e->file.data, (int)title.len, title.data, (int)start.len, start.data, (int)end.len, end.data);
  }
  return PROPTER_OK;
}

static Field missing_of(const Events *e) { return !bound(e, START) ? START : !bound(e, TITLE) && !bound(e, KIND) ? TITLE : FIELDS; }

static PropterStatus bind_all(Events *e, PropterTable *table, const Shape *shape, PropterError *err) {
  size_t count;
  e->bindings.count = 0;
  PROPTER_TRY(bind_given(e, table, err));
  if (propter_table_has_expressions(table))
    return shape->releases ? bind_paths(e, table, releases, sizeof releases / sizeof *releases, err)
                           : bind_paths(e, table, attributes, sizeof attributes / sizeof *attributes, err);
  const PropterStr *columns = propter_table_columns(table, &count);
  for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
    for (size_t c = 0; c < count; c++)
      if (same_header(columns[c], headers[i].name)) PROPTER_TRY(bind(e, headers[i].field, c, err));
  PROPTER_TRY(bind_dimensions(e, columns, count, err));
  for (size_t c = 0; c < count; c++)
    if (!is_read(e, c) && same_header(columns[c], words[PLACE])) PROPTER_TRY(bind(e, PLACE, c, err));
  if (missing_of(e) != FIELDS) PROPTER_TRY(bind_guessed(e, shape, err));
  const Field missing = missing_of(e);
  if (missing == FIELDS) return PROPTER_OK;
  propter_error_at(err, e->file.data, 1, 0);
  return propter_fail(err, PROPTER_INVALID, "no column for the %s of events: expected one called \"%s\", or --column %s=NAME", words[missing], words[missing],
                      words[missing]);
}

/* --- Entries ---------------------------------------------------------------------------------------------------------------------- */

static PropterStatus reject(Events *e, Entry *n, Field field, const char *rule, const char *reason, PropterError *err) {
  PropterReject r = {e->file, n->line, propter_str(words[field]), n->value[field], propter_str(rule), propter_str(reason)};
  n->rejected = true;
  e->result->rejected++;
  return propter_run_reject(e->run, &r, err);
}

static void fill(const Events *e, const PropterRow *row, Entry *n) {
  n->line = row->line;
  for (size_t f = 0; f < FIELDS; f++) n->value[f] = (PropterStr){"", 0};
  for (size_t i = 0; i < e->bindings.count; i++) {
    const Binding *b = &e->bindings.items[i];
    if (!b->more && !n->value[b->field].len) n->value[b->field] = propter_row_text(row, b->column);
  }
  if (!n->value[TITLE].len) n->value[TITLE] = n->value[KIND];
}

/* Seconds or milliseconds since 1970, as APIs write a time, and the other forms of events.def. */
static bool other_day(PropterStr text, PropterDay *day) {
  int64_t n;
  bool seconds = text.len == 10, milliseconds = text.len == 13;
  if ((seconds || milliseconds) && propter_str_to_int64(text, &n) && n >= 0) return *day = (PropterDay)(n / (seconds ? 86400 : 86400000)), true;
  for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
    if (written_day(propter_str(dates[i]), text, day)) return true;
  return false;
}

static PropterStatus read_day(Events *e, Entry *n, Field field, PropterDay *day, PropterError *err) {
  PropterStr text = n->value[field];
  *day = PROPTER_NO_DAY;
  /* "2024-03-01 10:00", as databases write it. */
  if (text.len > 10 && text.data[10] == ' ') text.len = 10;
  if (!text.len || propter_day_parse(text, day) || other_day(n->value[field], day)) return PROPTER_OK;
  if (e->days.len && written_day(e->days, n->value[field], day)) return PROPTER_OK;
  return reject(e, n, field, "date", "expected a date such as 2024-03-31 or a time such as 2024-03-31T08:00:00Z", err);
}

static PropterStatus read_planned(Events *e, Entry *n, PropterError *err) {
  static const char *const yes[] = {"true", "yes", "y", "1", "planned"}, *const no[] = {"false", "no", "n", "0", "unplanned"};
  if (!n->value[PLANNED].len) return PROPTER_OK;
  for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
    n->planned = same_header(n->value[PLANNED], yes[i]);
    if (n->planned || same_header(n->value[PLANNED], no[i])) return PROPTER_OK;
  }
  return reject(e, n, PLANNED, "boolean", "expected yes or no", err);
}

/* CloudEvents 1.0, §3.1: the attributes that every event has. */
static PropterStatus check_envelope(Events *e, Entry *n, PropterError *err) {
  static const Field required[] = {VERSION, ID, SOURCE, KIND};
  if (!bound(e, VERSION)) return PROPTER_OK;
  for (size_t i = 0; i < 4 && !n->rejected; i++)
    if (!n->value[required[i]].len) PROPTER_TRY(reject(e, n, required[i], "cloudevents", "expected a CloudEvent: specversion, id, source and type", err));
  if (!n->rejected && !propter_str_starts(n->value[VERSION], PROPTER_STR("1."))) return reject(e, n, VERSION, "cloudevents", "expected specversion 1.0", err);
  return PROPTER_OK;
}

static PropterStatus read_facts(Events *e, Entry *n, PropterError *err) {
  PROPTER_TRY(check_envelope(e, n, err));
  if (!n->rejected && !n->value[TITLE].len) PROPTER_TRY(reject(e, n, TITLE, "missing", "expected a title or a kind", err));
  if (!n->rejected && !n->value[START].len) PROPTER_TRY(reject(e, n, START, "missing", "expected the day on which it began", err));
  if (!n->rejected) PROPTER_TRY(read_day(e, n, START, &n->start, err));
  if (!n->rejected) PROPTER_TRY(read_day(e, n, END, &n->end, err));
  if (!n->rejected) PROPTER_TRY(read_day(e, n, KNOWN, &n->known, err));
  if (!n->rejected && n->end != PROPTER_NO_DAY && n->end < n->start) PROPTER_TRY(reject(e, n, END, "interval", "it ends before it begins", err));
  return n->rejected ? PROPTER_OK : read_planned(e, n, err);
}

/* --- Links --------------------------------------------------------------------------------------------------------------------------- */

static bool word_outside(PropterStr text, PropterSpan span) {
  for (size_t i = 0; i < text.len; i++)
    if ((i < span.start || i >= span.end) && ((unsigned char)text.data[i] >= 0x80 || isalnum((unsigned char)text.data[i]))) return true;
  return false;
}

/* The concept that the whole text is a label of; those that play the role go before others (only: there are no others), better labels before lesser ones.
 * *several: it is one of many. */
static PropterStatus find_concept(Events *e, PropterStr text, unsigned role, bool only, PropterStr *iri, bool *several, PropterError *err) {
  PropterNameMatches matches = {0};
  size_t best = SIZE_MAX;
  double worth = 0;
  *several = false;
  PropterStatus status = propter_names_find(e->names, text, &matches, err);
  for (size_t i = 0; i < matches.count; i++) {
    const PropterNameMatch *m = &matches.items[i];
    const PropterNamed *thing = propter_names_get(e->names, m->index);
    if (!(thing->roles & PROPTER_ROLE_CONCEPT) || (only && !(thing->roles & role)) || word_outside(text, m->words)) continue;
    double w = m->quality + ((thing->roles & role) != 0);
    if (w > worth) best = m->index, worth = w, *several = false;
    else if (w >= worth && m->index != best) *several = true;
  }
  propter_vec_clear(&matches);
  *iri = best == SIZE_MAX ? (PropterStr){"", 0} : propter_names_get(e->names, best)->iri;
  return status;
}

/* Types such as com.example.shop.promotion say the kind last. */
static PropterStr last_name(PropterStr text) {
  size_t i = text.len;
  while (i > 0 && !strchr("./:", text.data[i - 1])) i--;
  return (PropterStr){text.data + i, text.len - i};
}

static PropterStatus link_kind(Events *e, Entry *n, PropterError *err) {
  bool several = false;
  PropterStr text = n->value[KIND];
  n->kind = (PropterStr){"", 0};
  if (!text.len) return PROPTER_OK;
  PROPTER_TRY(find_concept(e, text, PROPTER_ROLE_KIND, false, &n->kind, &several, err));
  if (!n->kind.len) PROPTER_TRY(find_concept(e, last_name(text), PROPTER_ROLE_KIND, false, &n->kind, &several, err));
  if (several) return reject(e, n, KIND, "ambiguous", "several concepts of the graph are called that", err);
  return PROPTER_OK;
}

/* The place of a calendar's entry is a scope where it is called as a part of the data; a room says nothing of where the event held. */
static PropterStatus link_place(Events *e, Entry *n, PropterError *err) {
  PropterStr iri = {"", 0};
  bool several = false;
  if (n->value[PLACE].len) PROPTER_TRY(find_concept(e, n->value[PLACE], PROPTER_ROLE_SCOPE, false, &iri, &several, err));
  return !iri.len || several || propter_vec_push(&n->scopes, iri) ? PROPTER_OK : no_memory(err);
}

static PropterStatus link_scopes(Events *e, Entry *n, PropterError *err) {
  PropterStr rest = n->value[SCOPE];
  while (rest.len && !n->rejected) {
    const char *end = memchr(rest.data, ';', rest.len);
    size_t size = end ? (size_t)(end - rest.data) : rest.len;
    PropterStr one = propter_str_trim((PropterStr){rest.data, size}), iri;
    bool several;
    rest = (PropterStr){rest.data + size + (end != NULL), rest.len - size - (end != NULL)};
    if (!one.len) continue;
    PROPTER_TRY(find_concept(e, one, PROPTER_ROLE_SCOPE, false, &iri, &several, err));
    if (!iri.len) return reject(e, n, SCOPE, "unknown", "no concept of the graph is called that, and without a scope it would hold everywhere", err);
    if (several) return reject(e, n, SCOPE, "ambiguous", "several concepts of the graph are called that", err);
    if (!propter_vec_push(&n->scopes, iri)) return no_memory(err);
  }
  return n->rejected || n->scopes.count ? PROPTER_OK : link_place(e, n, err);
}

/* Whether it is called as one part of the data. */
static PropterStatus is_part(Events *e, PropterStr text, bool *part, PropterError *err) {
  PropterStr iri = {"", 0};
  bool several = false;
  PROPTER_TRY(find_concept(e, text, PROPTER_ROLE_SCOPE, true, &iri, &several, err));
  *part = iri.len && !several;
  return PROPTER_OK;
}

/* A column that nothing is read from, half of whose values are parts of the data or more, says where: "service" of tickets by product. */
static PropterStatus bind_parts(Events *e, PropterTable *table, PropterError *err) {
  enum { LOOKED_AT = 200 };
  size_t count;
  PropterRow row;
  bool found = true, part = false;
  (void)propter_table_columns(table, &count);
  size_t *texts = propter_calloc(2 * count + 1, sizeof *texts);
  PropterStatus status = texts ? PROPTER_OK : no_memory(err);
  for (size_t n = 0; n < LOOKED_AT && status == PROPTER_OK; n++) {
    status = propter_table_next(table, &row, &found, err);
    if (status != PROPTER_OK || !found) break;
    for (size_t c = 0; c < count && !row.problem && status == PROPTER_OK; c++) {
      const PropterStr text = is_read(e, c) ? (PropterStr){"", 0} : propter_row_text(&row, c);
      if (text.len) status = is_part(e, text, &part, err), texts[2 * c]++, texts[2 * c + 1] += status == PROPTER_OK && part;
    }
  }
  for (size_t c = 0; c < count && status == PROPTER_OK; c++)
    if (texts[2 * c] && 2 * texts[2 * c + 1] >= texts[2 * c] && !propter_vec_push(&e->bindings, ((Binding){SCOPE, c, true, true}))) status = no_memory(err);
  propter_free(texts);
  return status;
}

/* A table without expressions is read twice: first for what its columns say. */
static PropterStatus bind_rest(Events *e, PropterTable *table, const Shape *shape, PropterError *err) {
  PropterTable *again = NULL;
  size_t count;
  if (shape->list || propter_table_has_expressions(table)) return PROPTER_OK;
  PropterStatus status = propter_table_open(e->file.data, &shape->table, e->options->limits, &again, err);
  if (status == PROPTER_OK) status = bind_parts(e, again, err);
  propter_table_close(again);
  PROPTER_TRY(status);
  const PropterStr *columns = propter_table_columns(table, &count);
  return warn_of_unread(e, columns, count, err);
}

/* What the columns of single dimensions say, after what the column of all says. */
static PropterStatus fill_scope(Events *e, const PropterRow *row, Entry *n, PropterError *err) {
  propter_buf_reset(&e->scope);
  propter_buf_add(&e->scope, n->value[SCOPE]);
  for (size_t i = 0; i < e->bindings.count; i++) {
    const Binding *b = &e->bindings.items[i];
    PropterStr text = b->more ? propter_row_text(row, b->column) : (PropterStr){"", 0};
    bool part = true;
    if (text.len && b->guessed) PROPTER_TRY(is_part(e, text, &part, err));
    if (!part) continue;
    if (text.len && e->scope.len) propter_buf_add(&e->scope, PROPTER_STR("; "));
    propter_buf_add(&e->scope, text);
  }
  n->value[SCOPE] = propter_buf_str(&e->scope);
  return propter_buf_status(&e->scope, err);
}

/* --- Into the graph -------------------------------------------------------------------------------------------------------------------- */

static PropterStatus say(Events *e, PropterId s, PropterVocab p, PropterTerm o, PropterError *err) {
  PropterQuad q = {.s = s, .g = e->graph};
  PROPTER_TRY(propter_vocab_intern(e->writer, p, &q.p, err));
  PROPTER_TRY(propter_writer_intern(e->writer, &o, &q.o, err));
  return propter_writer_add(e->writer, q, err);
}

static PropterStatus say_text(Events *e, PropterId s, PropterVocab p, PropterStr text, PropterError *err) {
  return text.len ? say(e, s, p, propter_literal(text), err) : PROPTER_OK;
}

static PropterStatus say_day(Events *e, PropterId s, PropterVocab p, PropterDay day, PropterError *err) {
  char text[16];
  if (day == PROPTER_NO_DAY) return PROPTER_OK;
  propter_day_format(day, text);
  return say(e, s, p, propter_typed(propter_str(text), propter_vocab_iri(VOCAB_xsd_date)), err);
}

/* The event's IRI; the entry is rejected if another has it. */
static PropterStatus identify(Events *e, Entry *n, PropterId *id, PropterError *err) {
  static const Field with_id[] = {SOURCE, ID}, without[] = {TITLE, START, KIND, SCOPE};
  const Field *fields = n->value[ID].len ? with_id : without;
  size_t count = n->value[ID].len ? 2 : 4;
  PropterBuf text = {0};
  char hash[33], reason[80];
  bool added = false;
  for (size_t i = 0; i < count; i++) propter_buf_add(&text, n->value[fields[i]]), propter_buf_add_char(&text, '\n');
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) {
    propter_hash_hex(propter_buf_str(&text), hash);
    propter_buf_reset(&text);
    propter_buf_printf(&text, "%.*s#event-%s", (int)e->iri.len, e->iri.data, hash);
    status = propter_buf_status(&text, err);
  }
  uint64_t *line = status == PROPTER_OK ? propter_map_put(&e->keys, propter_buf_str(&text), n->line, &added) : NULL;
  if (status == PROPTER_OK && !line) status = no_memory(err);
  if (line && !added) {
    (void)snprintf(reason, sizeof reason, "line %llu has the same %s", (unsigned long long)*line, count == 2 ? "id" : "title, start, kind and scope");
    status = reject(e, n, count == 2 ? ID : TITLE, "duplicate", reason, err);
  }
  PropterTerm iri = propter_iri(propter_buf_str(&text));
  if (status == PROPTER_OK && added) status = propter_writer_intern(e->writer, &iri, id, err);
  propter_buf_clear(&text);
  return status;
}

static PropterStatus write_event(Events *e, const Entry *n, PropterId s, PropterError *err) {
  char line[24];
  (void)snprintf(line, sizeof line, "%llu", (unsigned long long)n->line);
  PROPTER_TRY(say(e, s, VOCAB_rdf_type, propter_iri(propter_vocab_iri(VOCAB_propter_Event)), err));
  if (n->planned) PROPTER_TRY(say(e, s, VOCAB_rdf_type, propter_iri(propter_vocab_iri(VOCAB_propter_PlannedChange)), err));
  PROPTER_TRY(say_text(e, s, VOCAB_skos_prefLabel, n->value[TITLE], err));
  PROPTER_TRY(say_day(e, s, VOCAB_propter_start, n->start, err));
  PROPTER_TRY(say_day(e, s, VOCAB_propter_end, n->end, err));
  PROPTER_TRY(say_day(e, s, VOCAB_propter_knownFrom, n->known, err));
  if (n->kind.len) PROPTER_TRY(say(e, s, VOCAB_propter_concept, propter_iri(n->kind), err));
  else PROPTER_TRY(say_text(e, s, VOCAB_dct_subject, n->value[KIND], err));
  for (size_t i = 0; i < n->scopes.count; i++) PROPTER_TRY(say(e, s, VOCAB_propter_scope, propter_iri(n->scopes.items[i]), err));
  PROPTER_TRY(say_text(e, s, VOCAB_dct_identifier, n->value[ID], err));
  PROPTER_TRY(say_text(e, s, VOCAB_dct_source, n->value[SOURCE], err));
  PROPTER_TRY(say_text(e, s, VOCAB_dct_description, n->value[TEXT], err));
  PROPTER_TRY(say(e, s, VOCAB_propter_sourceFile, propter_iri(e->iri), err));
  PROPTER_TRY(say(e, s, VOCAB_propter_sourceRow, propter_typed(propter_str(line), propter_vocab_iri(VOCAB_xsd_integer)), err));
  e->result->events++;
  e->result->planned += n->planned;
  e->result->kinds += n->value[KIND].len && !n->kind.len;
  return PROPTER_OK;
}

static PropterStatus take(Events *e, const PropterRow *row, Entry *n, PropterError *err) {
  PropterId s = PROPTER_NO_ID;
  fill(e, row, n);
  PROPTER_TRY(fill_scope(e, row, n, err));
  e->result->entries++;
  if (row->problem) return reject(e, n, TITLE, "columns", row->problem, err);
  PROPTER_TRY(read_facts(e, n, err));
  if (!n->rejected) PROPTER_TRY(link_kind(e, n, err));
  if (!n->rejected) PROPTER_TRY(link_scopes(e, n, err));
  if (!n->rejected) PROPTER_TRY(identify(e, n, &s, err));
  return n->rejected ? PROPTER_OK : write_event(e, n, s, err);
}

static PropterStatus read_rows(Events *e, PropterTable *table, const Shape *shape, PropterError *err) {
  PropterRow row;
  bool found = false;
  PROPTER_TRY(bind_all(e, table, shape, err));
  PROPTER_TRY(bind_rest(e, table, shape, err));
  for (;;) {
    PROPTER_TRY(propter_table_next(table, &row, &found, err));
    if (!found) return PROPTER_OK;
    Entry n = {.start = PROPTER_NO_DAY, .end = PROPTER_NO_DAY, .known = PROPTER_NO_DAY};
    PropterStatus status = take(e, &row, &n, err);
    propter_vec_clear(&n.scopes);
    PROPTER_TRY(status);
  }
}

/* A batch of CloudEvents, or a list of releases, is an array, whose rows are its members; one of them alone, or one a line, is the row itself. Log records have
 * a reader of their own. */
static PropterStatus choose_reader(const char *path, const PropterLimits *limits, Shape *shape, PropterError *err) {
  enum { MEMBERS, LOGS, TAG, TAGS, EVENT, EVENTS, MARKS };
  static const char *const marks[MARKS] = {"$[0]", "$.resourceLogs", "$.tag_name", "$[0].tag_name", "$.specversion", "$[0].specversion"};
  PropterTable *table = NULL;
  PropterRow row;
  size_t column[MARKS];
  bool found = false, has[MARKS] = {false};
  shape->list = propter_str_ends(propter_str(path), PROPTER_STR(".ics"));
  PROPTER_TRY(propter_table_open(path, NULL, limits, &table, err));
  PropterStatus status = PROPTER_OK;
  shape->expressions = propter_table_has_expressions(table);
  if (shape->expressions) {
    for (size_t i = 0; i < MARKS && status == PROPTER_OK; i++) status = propter_table_column(table, propter_str(marks[i]), &column[i], err);
    if (status == PROPTER_OK) status = propter_table_next(table, &row, &found, err);
    for (size_t i = 0; i < MARKS && status == PROPTER_OK && found && row.values; i++) has[i] = row.values[column[i]].count > 0;
    if (has[MEMBERS]) shape->table.iterator = "$[*]";
    else if (has[LOGS]) shape->table.format = "otlp", shape->list = true;
    shape->releases = has[TAG] || has[TAGS];
    shape->known = has[LOGS] || shape->releases || has[EVENT] || has[EVENTS];
  }
  propter_table_close(table);
  return status;
}

/* Delimiter, encoding and days as they were found. */
static void take_look(Events *e, Shape *shape, const PropterSniff *sniff) {
  shape->looked = sniff;
  shape->table = sniff->options;
  if (sniff->time != SIZE_MAX) e->days = propter_str(sniff->columns[sniff->time].date_format);
}

/* What cannot be looked at is read as it is. */
static PropterStatus look(Events *e, const char *path, Shape *shape, PropterSniff *sniff, PropterError *err) {
  PropterError bad = {0};
  if (shape->list || shape->expressions) return PROPTER_OK;
  const PropterStatus status = propter_sniff(path, NULL, e->options->limits, sniff, &bad);
  if (status == PROPTER_NO_MEMORY) return no_memory(err);
  if (status == PROPTER_OK) take_look(e, shape, sniff);
  return PROPTER_OK;
}

bool propter_events_recognised(const char *path, const PropterSniff *looked, const PropterLimits *limits, bool *spans) {
  PropterTable *table = NULL;
  const PropterEventsOptions none = {0};
  Shape shape = {0};
  Events e = {.options = &none, .file = propter_str(path)};
  if (spans) *spans = false;
  if (choose_reader(path, limits, &shape, NULL) != PROPTER_OK) return false;
  if (shape.expressions) return shape.known; /* a large document is not read again */
  if (looked && !shape.list) take_look(&e, &shape, looked);
  shape.list = true; /* columns that are not read are no matter here */
  bool fits = propter_table_open(path, &shape.table, limits, &table, NULL) == PROPTER_OK && bind_all(&e, table, &shape, NULL) == PROPTER_OK;
  if (spans) *spans = fits && bound(&e, TITLE) && bound(&e, END);
  propter_table_close(table);
  propter_vec_clear(&e.bindings);
  return fits;
}

static PropterStatus read_file(Events *e, const char *path, PropterError *err) {
  PropterTable *table = NULL;
  PropterBuf iri = {0}, graph = {0};
  Shape shape = {0};
  PropterSniff sniff = {0};
  e->days = (PropterStr){"", 0};
  PROPTER_TRY(choose_reader(path, e->options->limits, &shape, err));
  PROPTER_TRY(propter_run_input(e->run, PROPTER_STR("data"), propter_str(path), (PropterStr){"", 0}, err));
  PropterStatus status = propter_iri_of_file(path, &iri, err);
  if (status == PROPTER_OK) status = propter_buf_status(&iri, err);
  e->file = propter_str(path);
  e->iri = propter_buf_str(&iri);
  propter_buf_printf(&graph, "%.*s#events", (int)iri.len, e->iri.data);
  if (status == PROPTER_OK) status = propter_buf_status(&graph, err);
  PropterTerm name = propter_iri(propter_buf_str(&graph));
  if (status == PROPTER_OK) status = propter_writer_intern(e->writer, &name, &e->graph, err);
  if (status == PROPTER_OK) status = propter_run_generated(e->run, e->graph, err);
  if (status == PROPTER_OK) status = propter_writer_clear_graph(e->writer, e->graph, err);
  if (status == PROPTER_OK) status = look(e, path, &shape, &sniff, err);
  if (status == PROPTER_OK) status = propter_table_open(path, &shape.table, e->options->limits, &table, err);
  if (status == PROPTER_OK) status = read_rows(e, table, &shape, err);
  propter_table_close(table);
  propter_sniff_clear(&sniff);
  propter_buf_clear(&iri);
  propter_buf_clear(&graph);
  return status;
}

/* --- The run ----------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus begin(Events *e, PropterError *err) {
  const PropterEventsOptions *o = e->options;
  PropterBuf parameters = {0};
  for (size_t i = 0; i < o->column_count; i++) propter_buf_printf(&parameters, "%scolumn:%s", i ? "\n" : "", o->columns[i]);
  PropterRunOptions run = {.kind = "events", .now = o->now, .software = o->software, .parameters = propter_buf_str(&parameters)};
  PropterStatus status = propter_buf_status(&parameters, err);
  if (status == PROPTER_OK) status = propter_run_begin(e->writer, &run, o->limits, &e->run, err);
  propter_buf_clear(&parameters);
  return status;
}

static PropterStatus finish(Events *e, PropterError *err) {
  PropterEventsResult *r = e->result;
  PropterSnapshot *snapshot;
  PropterStr iri;
  PROPTER_TRY(propter_writer_snapshot(e->writer, &snapshot, err));
  propter_writer_counts(e->writer, &r->added, &r->removed);
  if (!r->added && !r->removed && !r->rejected) return PROPTER_OK;
  propter_run_rows(e->run, r->entries);
  PROPTER_TRY(propter_run_iri(e->run, &iri, err));
  const char *slash = memrchr(iri.data, '/', iri.len);
  if (slash) iri.len -= (size_t)(slash + 1 - iri.data), iri.data = slash + 1;
  r->run = propter_arena_copy(&r->arena, iri);
  if (!r->run.data) return no_memory(err);
  PROPTER_TRY(propter_run_finish(e->run, err));
  return e->options->dry_run ? PROPTER_OK : propter_writer_commit(e->writer, err);
}

/* Each label of what metrics have a member of. */
static PropterStatus load_dimensions(Events *e, PropterSnapshot *snapshot, PropterError *err) {
  static const PropterVocab labels[] = {VOCAB_rdfs_label, VOCAB_skos_prefLabel, VOCAB_skos_altLabel};
  PropterId v[VOCAB_COUNT];
  PropterQuads fixed = {0};
  PropterIds names = {0};
  PropterArena arena = {0};
  PropterBuf name = {0};
  PROPTER_TRY(propter_vocab_ids(snapshot, v, err));
  if (!v[VOCAB_propter_dimension]) return PROPTER_OK;
  PropterStatus status = propter_snapshot_match(snapshot, (PropterQuad){.p = v[VOCAB_propter_dimension]}, 0, &fixed, err);
  for (size_t i = 0; i < fixed.count; i++)
    for (size_t k = 0; k < sizeof labels / sizeof *labels && status == PROPTER_OK; k++)
      if (v[labels[k]]) status = propter_snapshot_objects(snapshot, fixed.items[i].o, v[labels[k]], &names, err);
  for (size_t i = 0; i < names.count && status == PROPTER_OK; i++) {
    PropterTerm label;
    status = propter_snapshot_term(snapshot, names.items[i], &arena, &label, err);
    if (status == PROPTER_OK) status = fold(label.value, &name, err);
    if (status == PROPTER_OK && name.len && !propter_map_put(&e->dimensions, propter_buf_str(&name), 0, NULL)) status = no_memory(err);
  }
  propter_vec_clear(&fixed);
  propter_vec_clear(&names);
  propter_arena_clear(&arena);
  propter_buf_clear(&name);
  return status;
}

static PropterStatus run(Events *e, PropterError *err) {
  PropterSnapshot *snapshot;
  PROPTER_TRY(begin(e, err));
  PROPTER_TRY(propter_names_new(&e->names, err));
  PROPTER_TRY(propter_writer_snapshot(e->writer, &snapshot, err));
  PROPTER_TRY(propter_names_load(e->names, snapshot, err));
  PROPTER_TRY(load_dimensions(e, snapshot, err));
  for (size_t i = 0; i < e->options->count; i++) PROPTER_TRY(read_file(e, e->options->paths[i], err));
  return finish(e, err);
}

PropterStatus propter_events(PropterGraph *graph, const PropterEventsOptions *options, PropterEventsResult *result, PropterError *err) {
  *result = (PropterEventsResult){.run = {"", 0}, .arena = result->arena};
  Events e = {.options = options, .result = result};
  PropterStatus status = propter_writer_open(graph, options->wait, &e.writer, err);
  if (status == PROPTER_OK) status = run(&e, err);
  propter_run_free(e.run);
  propter_names_free(e.names);
  propter_writer_close(e.writer);
  propter_map_clear(&e.keys);
  propter_map_clear(&e.dimensions);
  propter_vec_clear(&e.bindings);
  propter_buf_clear(&e.scope);
  return status;
}

void propter_events_result_clear(PropterEventsResult *result) {
  propter_arena_clear(&result->arena);
  *result = (PropterEventsResult){0};
}
