/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of quality: what the tables of a mapping must be like before anything of them comes into the graph. */
#include <math.h>
#include <string.h>

#include "ingest_call.h"
#include "profile.h"
#include "propter/hash.h"
#include "propter/run.h"

typedef enum { VALUE, CHANGE, DROP, RISE } Of;
static const char *const of_names[] = {"", "change", "drop", "rise"};

/* "[warn] [COLUMN] MEASURE [change|drop|rise] <=|>=|= NUMBER[%]|DATE" */
typedef struct {
  PropterStr text, column, measure;
  Of of;
  char compare; /* '<', '>' or '=' */
  double bound;
  bool day, percent, warns;
  bool met; /* a table has the column and the measure */
} Limit;

typedef struct {
  PropterStr path; /* as the mapping says */
  PropterStr graph;
  Profile profile;
} Table;

struct IngestLimits {
  const CommandCall *call;
  PropterArena arena;
  PROPTER_VEC(Limit) limits;
  PROPTER_VEC(Table) tables;
  size_t broken;
};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for limits of quality"); }

/* --- Reading --------------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterStr text;
  bool quoted;
} Token;

enum { TOKENS = 8 };

/* Words, names between double quotes, and comparisons; the rest of the list goes on behind the comma. False: a quote is not closed, or there are too many. */
static bool read_tokens(PropterStr *list, Token tokens[TOKENS], size_t *count, PropterStr *whole) {
  const char *p = list->data, *end = p + list->len;
  for (*count = 0; p < end && *p != ',';) {
    const char *from = p;
    if (*p == ' ' || *p == '\t' || *p == '\n') {
      p++;
      continue;
    }
    if (*count == TOKENS) return false;
    if (*p == '"') {
      const char *close = memchr(p + 1, '"', (size_t)(end - p - 1));
      if (!close) return false;
      tokens[(*count)++] = (Token){{p + 1, (size_t)(close - p - 1)}, true};
      p = close + 1;
      continue;
    }
    bool sign = strchr("<>=", *p) != NULL;
    while (p < end && !strchr(", \t\n\"", *p) && (strchr("<>=", *p) != NULL) == sign) p++;
    tokens[(*count)++] = (Token){{from, (size_t)(p - from)}, false};
  }
  *whole = propter_str_trim((PropterStr){list->data, (size_t)(p - list->data)});
  p += p < end;
  *list = (PropterStr){p, (size_t)(end - p)};
  return true;
}

static bool is(const Token *t, const char *word) { return !t->quoted && propter_str_equal(t->text, propter_str(word)); }

/* The measures of profile.def, of a table or of each column. */
static bool known_measure(PropterStr name, bool column) {
  static const struct {
    const char *name;
    bool column;
  } known[] = {
#define TABLE false
#define COLUMN true
#define MEASURE(word, of, when, amount) {#word, of},
#include "profile.def"
#undef MEASURE
#undef TABLE
#undef COLUMN
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (propter_str_equal(name, propter_str(known[i].name))) return known[i].column == column;
  return false;
}

static bool read_bound(Limit *l, PropterStr text) {
  PropterDay day;
  l->percent = propter_str_ends(text, PROPTER_STR("%"));
  l->day = propter_day_parse(text, &day);
  if (l->day) return l->bound = day, true;
  return propter_str_to_double((PropterStr){text.data, text.len - l->percent}, &l->bound) && !isnan(l->bound);
}

static bool read_limit(const Token *t, size_t count, Limit *l) {
  if (count > 3 && is(t, "warn")) l->warns = true, t++, count--;
  if (count < 3) return false;
  PropterStr sign = t[count - 2].text;
  bool one = propter_str_equal(sign, PROPTER_STR("=")), two = propter_str_equal(sign, PROPTER_STR("<=")) || propter_str_equal(sign, PROPTER_STR(">="));
  if (!(one || two) || !read_bound(l, t[count - 1].text)) return false;
  l->compare = sign.data[0];
  count -= 2;
  for (Of of = CHANGE; of <= RISE && count > 1; of++)
    if (is(&t[count - 1], of_names[of])) l->of = of;
  count -= l->of != VALUE;
  if (count < 1 || count > 2) return false;
  l->measure = t[count - 1].text;
  if (count == 2) l->column = t[0].text;
  return known_measure(l->measure, count == 2) && (l->of != VALUE || !l->percent);
}

static PropterStatus read_limits(IngestLimits *c, PropterStr list, PropterError *err) {
  while (propter_str_trim(list).len) {
    Token tokens[TOKENS];
    size_t count;
    Limit l = {.of = VALUE, .text = list};
    bool closed = read_tokens(&list, tokens, &count, &l.text);
    if (closed && !count) continue; /* lines of a project are joined by commas */
    if (!closed || !read_limit(tokens, count, &l))
      return propter_fail(err, PROPTER_USAGE,
                          "--limits: expected [warn] [COLUMN] MEASURE [change|drop|rise] <=|>=|= NUMBER, found \"%.*s\"; of a table: rowCount, badRows, age; of "
                          "a COLUMN (* is each): completeness, uniqueness, lowest, highest, meanValue; NUMBER may be a day, and a percentage of the value "
                          "before behind change, drop and rise",
                          (int)l.text.len, l.text.data);
    if (!propter_vec_push(&c->limits, l)) return no_memory(err);
  }
  return PROPTER_OK;
}

/* --- Measuring ------------------------------------------------------------------------------------------------------------------------- */

/* Of several files the last by name: the newest, where names are days. */
static PropterStatus add_table(IngestLimits *c, const PropterMapping *mapping, size_t n, PropterError *err) {
  const PropterMapSource *s = propter_mapping_source(mapping, n);
  PropterTableOptions options = *propter_mapping_source_options(mapping, n);
  PropterStr path = s->file_count ? s->files[s->file_count - 1] : s->path;
  bool table = options.query || options.table;
  for (size_t i = 0; i < c->tables.count; i++)
    if (propter_str_equal(c->tables.items[i].path, path) && !table) return PROPTER_OK;
  if (propter_mapping_is_csvw(mapping)) options.no_header = false; /* it reads the header itself */
  Table t = {.path = propter_arena_copy(&c->arena, path), .graph = propter_arena_copy(&c->arena, s->graph)};
  if (!t.path.data || !t.graph.data || !propter_vec_push(&c->tables, t)) return no_memory(err);
  return profile_measure(&c->tables.items[c->tables.count - 1].profile, t.path.data, &options, c->call->today, err);
}

PropterStatus ingest_limits_open(const CommandCall *call, const PropterIngestOptions *o, IngestLimits **out, PropterError *err) {
  const char *list = cmd_value(call, "limits");
  PropterMapping *mapping = NULL;
  if (!list) return PROPTER_OK;
  IngestLimits *c = *out = propter_calloc(1, sizeof *c);
  if (!c) return no_memory(err);
  c->call = call;
  PROPTER_TRY(read_limits(c, propter_str(list), err));
  PROPTER_TRY(propter_mapping_read(o->mappings, o->count, &o->how, &mapping, err));
  PropterStatus status = PROPTER_OK;
  for (size_t n = 0; status == PROPTER_OK && propter_mapping_source(mapping, n); n++) status = add_table(c, mapping, n, err);
  propter_mapping_free(mapping);
  return status;
}

void ingest_limits_close(IngestLimits *c) {
  if (!c) return;
  for (size_t i = 0; i < c->tables.count; i++) profile_clear(&c->tables.items[i].profile);
  propter_vec_clear(&c->tables);
  propter_vec_clear(&c->limits);
  propter_arena_clear(&c->arena);
  propter_free(c);
}

/* --- Comparing ------------------------------------------------------------------------------------------------------------------------- */

/* What the measurements of a table are called in the record of a run. */
static PropterStatus base_of(const Table *t, PropterStr run, PropterBuf *base, PropterError *err) {
  char hash[33];
  propter_hash_hex(t->path, hash);
  propter_buf_reset(base);
  propter_buf_printf(base, "%.*s#quality-%.8s", (int)run.len, run.data, hash);
  return propter_buf_status(base, err);
}

/* What the last run measured that wrote the table's graph and stands. */
static PropterStatus recall(IngestLimits *c, PropterSnapshot *snapshot, PropterError *err) {
  PropterRunList runs = {0};
  PropterBuf base = {0};
  PropterStatus status = propter_run_list(snapshot, &runs, err);
  for (size_t i = 0; i < c->tables.count && status == PROPTER_OK; i++) {
    Table *t = &c->tables.items[i];
    PropterTerm name = propter_iri(t->graph);
    PropterId graph;
    status = propter_snapshot_find(snapshot, &name, &graph, err);
    const PropterRunInfo *last = status == PROPTER_OK && graph ? propter_run_find_last(&runs, "ingest", graph) : NULL;
    if (last) status = base_of(t, last->iri, &base, err);
    if (last && status == PROPTER_OK) status = profile_recall(&t->profile, propter_buf_str(&base), snapshot, err);
  }
  propter_buf_clear(&base);
  propter_run_list_clear(&runs);
  return status;
}

/* What is compared with the bound; NAN: there is nothing to compare with. */
static double amount(const Limit *l, const Measured *m) {
  double change = m->value - m->before;
  if (l->of == VALUE) return m->value;
  if (isnan(m->before)) return (double)NAN;
  if (l->percent) change = m->before != 0 ? 100 * change / fabs(m->before) : change == 0 ? 0 : copysign(HUGE_VAL, change);
  return l->of == CHANGE ? fabs(change) : l->of == DROP ? -change : change;
}

static bool holds(const Limit *l, double value) {
  const double tolerance = 5e-7; /* measurements are kept with six digits */
  if (isnan(value)) return true;
  return l->compare == '<' ? value <= l->bound + tolerance : l->compare == '>' ? value >= l->bound - tolerance : fabs(value - l->bound) <= tolerance;
}

static void tell(IngestLimits *c, const Limit *l, const Table *t, const Measured *m) {
  char now[32], before[32] = "";
  PropterStr name = profile_name(m);
  profile_print(m, m->value, now);
  if (!isnan(m->before)) profile_print(m, m->before, before);
  propter_log(c->call->log, PROPTER_LOG_WARNING, "ingest", "%s: %.*s%s%.*s is %s%s%s%s: expected %.*s", t->path.data, (int)m->column.len, m->column.data,
              m->column.len ? ": " : "", (int)name.len, name.data, now, *before ? " (" : "", before, *before ? " before)" : "", (int)l->text.len, l->text.data);
  c->broken += !l->warns;
}

static void compare(IngestLimits *c, Limit *l) {
  for (size_t i = 0; i < c->tables.count; i++) {
    const Profile *p = &c->tables.items[i].profile;
    for (size_t k = 0; k < p->items.count; k++) {
      const Measured *m = &p->items.items[k];
      bool each = m->column.len && propter_str_equal(l->column, PROPTER_STR("*"));
      if (!propter_str_equal(profile_name(m), l->measure) || !(each || propter_str_equal(m->column, l->column))) continue;
      l->met = true;
      if (!holds(l, amount(l, m))) tell(c, l, &c->tables.items[i], m);
    }
  }
  if (l->met) return;
  propter_log(c->call->log, PROPTER_LOG_WARNING, "ingest", "%.*s: no table of the mapping has this to measure: no such column, no row, or no numbers",
              (int)l->text.len, l->text.data);
  c->broken += !l->warns;
}

PropterStatus ingest_limits_check(IngestLimits *c, PropterGraph *graph, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  if (!c) return PROPTER_OK;
  if (graph) {
    PROPTER_TRY(propter_snapshot_open(graph, 0, &snapshot, err));
    PropterStatus status = recall(c, snapshot, err);
    propter_snapshot_close(snapshot);
    PROPTER_TRY(status);
  }
  for (size_t i = 0; i < c->limits.count; i++) compare(c, &c->limits.items[i]);
  if (!c->broken) return PROPTER_OK;
  return propter_fail(err, PROPTER_NEGATIVE, "%s limit(s) of quality broken: %s", output_number(c->broken),
                      graph ? "the graph stays as it was" : "no file is written");
}

/* --- In the record of the run ------------------------------------------------------------------------------------------------------------ */

PropterStatus ingest_limits_keep(const IngestLimits *c, PropterStr run, const PropterRdfSink *sink, PropterError *err) {
  PropterBuf base = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; c && i < c->tables.count && status == PROPTER_OK; i++) {
    status = base_of(&c->tables.items[i], run, &base, err);
    if (status == PROPTER_OK) status = profile_statements(&c->tables.items[i].profile, propter_buf_str(&base), sink, err);
  }
  propter_buf_clear(&base);
  return status;
}
