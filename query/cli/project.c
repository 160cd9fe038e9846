/* SPDX-License-Identifier: Apache-2.0 */
#include "project.h"

#include <dirent.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "propter/io.h"

enum { VALUES_MAX = 1024, WORDS_MAX = 512, EXPAND_DEPTH = 8 };

typedef struct {
  PropterStr section, key, value;
} Entry;

typedef struct {
  const char *path;
  PropterStr folder; /* of the file, with the slash */
  PropterArena arena;
  Entry entries[VALUES_MAX];
  size_t count;
  PropterStr output; /* the file that is written instead of a graph */
  bool warned;       /* the first source has been dealt with */
  PropterStatus status;
  PropterError *err;
} Project;

typedef enum { SKIP, REFUSE, OPTION, OUTPUT } Does;

static const struct {
  const char *section, *name;
  Does does;
  const char *why;
} keys[] = {
#define KEY(section, name, does, why) {#section, #name, does, why},
#include "project_keys.def"
#undef KEY
};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading a project"); }

bool project_is(const char *path) {
  return propter_str_ends(propter_str(path), PROPTER_STR(".ini")) || propter_str_ends(propter_str(path), PROPTER_STR(".cfg"));
}

/* --- Entries ------------------------------------------------------------------------------------------------------------------------ */

/* inih's callback: 1 goes on, 0 stops at this line. A value's further lines come under the same key. */
static int on_key(void *payload, const char *section, const char *key, const char *value) {
  Project *p = payload;
  Entry e = {propter_arena_copy(&p->arena, propter_str(section)), propter_arena_copy(&p->arena, propter_str(key)),
             propter_arena_copy(&p->arena, propter_str(value))};
  Entry *last = p->count ? &p->entries[p->count - 1] : NULL;
  if (!e.section.data || !e.key.data || !e.value.data) p->status = no_memory(p->err);
  if (p->count == VALUES_MAX) p->status = propter_fail(p->err, PROPTER_LIMIT, "more than %d keys in a project", VALUES_MAX);
  if (p->status != PROPTER_OK) return 0;
  if (last && propter_str_equal(last->section, e.section) && propter_str_equal(last->key, e.key)) {
    last->value = propter_arena_printf(&p->arena, "%s,%s", last->value.data, e.value.data);
    return last->value.data != NULL;
  }
  p->entries[p->count++] = e;
  return 1;
}

static PropterStatus read_entries(Project *p, PropterError *err) {
  PropterBuf text = {.max = 1 << 20};
  PropterStatus status = propter_io_read_file(p->path, 1 << 20, &text, err);
  p->err = err;
  int line = status == PROPTER_OK ? ini_parse_string(text.data ? text.data : "", on_key, p) : 0;
  propter_buf_clear(&text);
  if (status != PROPTER_OK || p->status != PROPTER_OK) return status != PROPTER_OK ? status : p->status;
  if (line == 0) return PROPTER_OK;
  propter_error_at(err, p->path, line > 0 ? (uint64_t)line : 0, 0);
  return propter_fail(err, PROPTER_SYNTAX, "expected a [section] or key = value");
}

static const Entry *find(const Project *p, PropterStr section, PropterStr key) {
  for (size_t i = 0; i < p->count; i++)
    if (propter_str_equal(p->entries[i].section, section) && propter_str_equal(p->entries[i].key, key)) return &p->entries[i];
  return NULL;
}

static PropterStatus bad(const Project *p, const Entry *e, PropterError *err, const char *why) {
  propter_error_at(err, p->path, 0, 0);
  return propter_fail(err, PROPTER_INVALID, "[%s] %s: %s", e->section.data, e->key.data, why);
}

/* ${NAME}: a key of the section or of [DEFAULT], ${SECTION:KEY}, or a variable of the environment. The values themselves are never shown: they may be secrets.
 */
static PropterStatus expand(Project *p, const Entry *e, PropterStr text, unsigned depth, PropterBuf *out, PropterError *err) {
  while (text.len) {
    size_t at = propter_str_find(text, PROPTER_STR("${")), end = at == SIZE_MAX ? SIZE_MAX : propter_str_find(text, PROPTER_STR("}"));
    if (end == SIZE_MAX || end < at) break;
    PropterStr name = {text.data + at + 2, end - at - 2};
    size_t colon = propter_str_find(name, PROPTER_STR(":"));
    const Entry *other =
        colon == SIZE_MAX ? find(p, e->section, name) : find(p, (PropterStr){name.data, colon}, (PropterStr){name.data + colon + 1, name.len - colon - 1});
    if (!other && colon == SIZE_MAX) other = find(p, PROPTER_STR("DEFAULT"), name);
    PropterStr copy = propter_arena_copy(&p->arena, name);
    const char *variable = copy.data && !other ? getenv(copy.data) : NULL;
    if (!other && !variable) {
      propter_error_at(err, p->path, 0, 0);
      return propter_fail(err, PROPTER_INVALID, "[%s] %s: ${%.*s} is no key and no variable of the environment", e->section.data, e->key.data, (int)name.len,
                          name.data);
    }
    if (depth == EXPAND_DEPTH) return bad(p, e, err, "values refer to one another");
    propter_buf_add(out, (PropterStr){text.data, at});
    if (other) PROPTER_TRY(expand(p, other, other->value, depth + 1, out, err));
    else propter_buf_add(out, propter_str(variable));
    text = (PropterStr){text.data + end + 1, text.len - end - 1};
  }
  propter_buf_add(out, text);
  return propter_buf_status(out, err);
}

static PropterStatus value_of(Project *p, const Entry *e, PropterStr *value, PropterError *err) {
  PropterBuf text = {0};
  PropterStatus status = expand(p, e, e->value, 0, &text, err);
  *value = status == PROPTER_OK ? propter_arena_copy(&p->arena, propter_str_trim(propter_buf_str(&text))) : (PropterStr){"", 0};
  propter_buf_clear(&text);
  return status == PROPTER_OK && !value->data ? no_memory(err) : status;
}

/* --- Words of a call -------------------------------------------------------------------------------------------------------------- */

typedef struct {
  char *items[WORDS_MAX];
  int count;
} Words;

static PropterStatus push(Words *w, PropterStr word, PropterError *err) {
  if (!word.data) return no_memory(err);
  if (w->count == WORDS_MAX) return propter_fail(err, PROPTER_LIMIT, "more than %d mappings and options", WORDS_MAX);
  w->items[w->count++] = (char *)(uintptr_t)word.data;
  return PROPTER_OK;
}

/* A path is relative to the project's folder; where nothing is there, to the present one. */
static PropterStr resolve(Project *p, PropterStr path) {
  struct stat st;
  PropterStr beside = propter_arena_printf(&p->arena, "%.*s%.*s", (int)p->folder.len, p->folder.data, (int)path.len, path.data);
  return !beside.data || (path.len && path.data[0] == '/') || (stat(beside.data, &st) != 0 && stat(path.data, &st) == 0) ? path : beside;
}

static PropterStatus push_value(Project *p, const char *option, PropterStr value, Words *w, PropterError *err) {
  static const char *const paths[] = {"validate", "report", "source", "output"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
    if (strcmp(paths[i], option) == 0) value = resolve(p, value);
  return push(w, value.data ? propter_arena_printf(&p->arena, "--%s=%.*s", option, (int)value.len, value.data) : value, err);
}

/* An option of this command; its name may be written with _ as the keys of Morph-KGC are. */
static PropterStatus push_option(Project *p, const Entry *e, Words *w, PropterError *err) {
  PropterStr value;
  PROPTER_TRY(value_of(p, e, &value, err));
  char *name = propter_arena_alloc(&p->arena, e->key.len + 1);
  if (!name) return no_memory(err);
  for (size_t i = 0; i <= e->key.len; i++) name[i] = e->key.data[i] == '_' ? '-' : e->key.data[i];
  bool yes = strcmp(value.data, "yes") == 0 || strcmp(value.data, "true") == 0, no = strcmp(value.data, "no") == 0 || strcmp(value.data, "false") == 0;
  if (no) return PROPTER_OK;
  if (yes) return push(w, propter_arena_printf(&p->arena, "--%s", name), err);
  return push_value(p, name, value, w, err);
}

/* *done: it is a key of Morph-KGC, and dealt with. */
static PropterStatus known_key(Project *p, const Entry *e, bool source, Words *w, bool *done, const PropterLog *log, PropterError *err) {
  size_t i = 0;
  while (i < sizeof keys / sizeof *keys && (strcmp(keys[i].name, e->key.data) != 0 || (strcmp(keys[i].section, "source") == 0) != source)) i++;
  *done = i < sizeof keys / sizeof *keys;
  if (!*done) return PROPTER_OK;
  PropterStr value;
  PROPTER_TRY(value_of(p, e, &value, err));
  if (keys[i].does == OUTPUT) return PROPTER_OK;
  if (keys[i].does == OPTION) return push_value(p, keys[i].why, value, w, err);
  if (keys[i].does == REFUSE) return !value.len || strcmp(value.data, "no") == 0 ? PROPTER_OK : bad(p, e, err, keys[i].why);
  if (!p->warned) propter_log(log, PROPTER_LOG_WARNING, "ingest", "%s: key %s is passed over: %s", p->path, e->key.data, keys[i].why);
  return PROPTER_OK;
}

/* One file for all sources; triples unless it says quads, as Morph-KGC has it. */
static PropterStatus push_output(Project *p, Words *w, PropterError *err) {
  const PropterStr configuration = PROPTER_STR("CONFIGURATION");
  const Entry *file = find(p, configuration, PROPTER_STR("output_file")), *format = find(p, configuration, PROPTER_STR("output_format"));
  PropterStr path, form = {"", 0};
  if (!file) return PROPTER_OK;
  PROPTER_TRY(value_of(p, file, &path, err));
  p->output = path = resolve(p, path);
  if (!path.data) return no_memory(err);
  if (format) PROPTER_TRY(value_of(p, format, &form, err));
  if (strcasecmp(form.data, "N-QUADS") != 0) PROPTER_TRY(push(w, PROPTER_STR("--triples"), err));
  if (p->warned) PROPTER_TRY(push(w, PROPTER_STR("--append"), err));
  return push_value(p, "output", path, w, err);
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }
static int is_mapping(const struct dirent *d) {
  static const char *const endings[] = {".ttl", ".rml", ".r2rml", ".nt", ".yml", ".yaml"};
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (propter_str_ends(propter_str(d->d_name), propter_str(endings[i]))) return 1;
  return 0;
}

/* A mapping, or all of a folder. */
static PropterStatus push_mapping(Project *p, PropterStr path, Words *w, PropterError *err) {
  struct dirent **found;
  struct stat st;
  if (stat(path.data, &st) != 0 || !S_ISDIR(st.st_mode)) return push(w, path, err);
  int n = scandir(path.data, &found, is_mapping, by_name);
  if (n < 0) return propter_io_fail(err, path.data, "read");
  PropterStatus status = PROPTER_OK;
  for (int i = 0; i < n; i++) {
    if (status == PROPTER_OK) status = push(w, propter_arena_printf(&p->arena, "%s/%s", path.data, found[i]->d_name), err);
    free(found[i]);
  }
  free(found);
  return status;
}

static PropterStatus push_mappings(Project *p, const Entry *e, Words *w, PropterError *err) {
  PropterStr rest;
  PROPTER_TRY(value_of(p, e, &rest, err));
  while (rest.len) {
    size_t comma = propter_str_find(rest, PROPTER_STR(",")), n = comma == SIZE_MAX ? rest.len : comma;
    PropterStr one = propter_arena_copy(&p->arena, propter_str_trim((PropterStr){rest.data, n}));
    if (!one.data) return no_memory(err);
    if (one.len) PROPTER_TRY(push_mapping(p, resolve(p, one), w, err));
    rest = comma == SIZE_MAX ? (PropterStr){"", 0} : (PropterStr){rest.data + comma + 1, rest.len - comma - 1};
  }
  return PROPTER_OK;
}

/* An address as SQLAlchemy writes it. A password goes the way libpq has for it and stays out of names and records. */
static PropterStatus push_database(Project *p, const Entry *e, Words *w, PropterError *err) {
  PropterStr url;
  PROPTER_TRY(value_of(p, e, &url, err));
  size_t colon = propter_str_find(url, PROPTER_STR("://"));
  if (colon == SIZE_MAX) return push(w, propter_arena_printf(&p->arena, "--database=%s", resolve(p, url).data), err);
  PropterStr rest = {url.data + colon + 3, url.len - colon - 3};
  if (propter_str_starts(url, PROPTER_STR("sqlite"))) {
    if (rest.len && rest.data[0] == '/') rest.data++, rest.len--;
    return push(w, propter_arena_printf(&p->arena, "--database=%s", resolve(p, rest).data), err);
  }
  if (!propter_str_starts(url, PROPTER_STR("postgres"))) return bad(p, e, err, "expected the address of an SQLite or PostgreSQL database");
  const char *at = memchr(rest.data, '@', rest.len), *password = at ? memchr(rest.data, ':', (size_t)(at - rest.data)) : NULL;
  if (!password) return push(w, propter_arena_printf(&p->arena, "--database=postgresql://%s", rest.data), err);
  PropterStr secret = propter_arena_printf(&p->arena, "%.*s", (int)(at - password - 1), password + 1);
  if (!secret.data || setenv("PGPASSWORD", secret.data, 1) != 0) return no_memory(err);
  return push(w, propter_arena_printf(&p->arena, "--database=postgresql://%.*s%s", (int)(password - rest.data), rest.data, at), err);
}

static bool is_named(const Entry *e, const char *section) { return strcmp(e->section.data, section) == 0; }

static PropterStatus words_of(Project *p, PropterStr section, Words *w, const PropterLog *log, PropterError *err) {
  static char dashes[] = "--";
  bool done;
  w->count = 0;
  for (size_t i = 0; i < p->count; i++) {
    const Entry *e = &p->entries[i];
    if (!is_named(e, "CONFIGURATION")) continue;
    PROPTER_TRY(known_key(p, e, false, w, &done, log, err));
    if (!done) PROPTER_TRY(push_option(p, e, w, err));
  }
  PROPTER_TRY(push_output(p, w, err));
  const Entry *database = find(p, section, PROPTER_STR("db_url")), *mappings = find(p, section, PROPTER_STR("mappings"));
  if (database) PROPTER_TRY(push_database(p, database, w, err));
  for (size_t i = 0; i < p->count; i++) {
    const Entry *e = &p->entries[i];
    if (!propter_str_equal(e->section, section) || e == database || e == mappings) continue;
    PROPTER_TRY(known_key(p, e, true, w, &done, log, err));
    if (!done) return bad(p, e, err, "a data source has the keys mappings, db_url, file_path, encoding and limits");
  }
  p->warned = true;
  PROPTER_TRY(push(w, propter_str(dashes), err));
  return mappings ? push_mappings(p, mappings, w, err) : PROPTER_OK;
}

/* --- Running ------------------------------------------------------------------------------------------------------------------------ */

static PropterStatus run_source(const CommandCall *outer, const char *path, Words *w, PropterError *err) {
  CommandCall call = *outer;
  bool help = false;
  PropterStatus parsed = cmd_parse(w->count, w->items, &call, &help, err);
  if (parsed != PROPTER_OK) return propter_error_at(err, path, 0, 0), parsed;
  call.dry_run |= outer->dry_run;
  /* What the command line says counts last. */
  for (unsigned i = 0; i < outer->given_count && call.given_count < sizeof call.given / sizeof *call.given; i++)
    call.given[call.given_count++] = outer->given[i];
  return call.command->run(&call, err);
}

PropterStatus project_run(const CommandCall *outer, const char *path, PropterError *err) {
  Project *p = propter_calloc(1, sizeof *p);
  Words *w = propter_calloc(1, sizeof *w);
  const char *slash = strrchr(path, '/');
  PropterStatus status = p && w ? PROPTER_OK : no_memory(err), result = PROPTER_OK;
  size_t sources = 0;
  if (status == PROPTER_OK) p->path = path, p->folder = (PropterStr){path, slash ? (size_t)(slash - path) + 1 : 0}, status = read_entries(p, err);
  for (size_t i = 0; status == PROPTER_OK && i < p->count; i++) {
    const Entry *e = &p->entries[i];
    if (is_named(e, "CONFIGURATION") || is_named(e, "DEFAULT") || (i && propter_str_equal(e[-1].section, e->section))) continue;
    status = words_of(p, e->section, w, outer->log, err);
    if (status == PROPTER_OK) status = run_source(outer, path, w, err);
    if (status == PROPTER_NEGATIVE && !(err && err->message[0])) result = status, status = PROPTER_OK;
    sources += status == PROPTER_OK;
    /* What is there of the sources before looks like the whole. */
    if (status != PROPTER_OK && sources && p->output.len && !outer->dry_run) (void)propter_io_unlink(p->output.data);
  }
  if (status == PROPTER_OK && !sources) {
    propter_error_at(err, path, 0, 0);
    status = propter_fail(err, PROPTER_INVALID, "expected a section for a data source, with mappings");
  }
  if (p) propter_arena_clear(&p->arena);
  propter_free(p);
  propter_free(w);
  return status == PROPTER_OK ? result : status;
}
