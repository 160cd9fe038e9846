/* SPDX-License-Identifier: Apache-2.0 */
/* One run of reading: finds the files, leaves alone what has not changed, replaces the graphs of what has. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "propter/hash.h"
#include "propter/io.h"
#include "propter/pool.h"
#include "propter/run.h"
#include "propter/vocab.h"
#include "reading.h"

/* A batch is read by several threads, then stored; its bounds do not depend on how many they are. */
enum { BATCH_FILES = 32, BATCH_BYTES = 32 << 20, MAX_READERS = 64 };

typedef struct {
  const char *path; /* as found */
  PropterStr real;  /* absolute */
  PropterStr iri;
  const char *namesake; /* the file that has the name this one would have, NULL: it has it */
  bool below;           /* not named by the caller */
  char hash[33];
  PropterId graph;
  bool unchanged;
  PropterError bad;
  uint64_t size;
  /* of the batch */
  PropterDocument *d;
  PropterReadings readings;
  size_t language;
  unsigned *limits; /* how often each rule of its language took too many steps in it */
} File;

typedef struct {
  const PropterReadOptions *options;
  PropterLimits limits;
  PropterArena arena;
  FolderFiles found;
  PROPTER_VEC(File) files;
  PROPTER_VEC(File) gone;                             /* documents of the graph whose files are gone */
  PropterRules *readers[MAX_READERS][READ_LANGUAGES]; /* for each thread the rules of each language */
  unsigned reader_count, idle[MAX_READERS], idle_count;
  unsigned *limits_before[READ_LANGUAGES]; /* how often each rule took too many steps before the batch */
  pthread_mutex_t lock;
  size_t from; /* first file of the batch */
  PropterNames *names[READ_LANGUAGES];
  Languages languages;
  size_t forced; /* the language of all documents, SIZE_MAX: each its own */
  PropterWriter *writer;
  PropterRun *run;
  PropterStr fingerprint;
  size_t partly; /* lists of claims with rejected rows */
  PropterReadResult *result;
} Pass;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory to read documents"); }

/* --- names ---------------------------------------------------------------------------------------------------------------------- */

static const char namespace[] = "https://w3id.org/propter/document/";

static PropterStatus document_iri(Pass *p, PropterStr apart, PropterStr relative, PropterStr *iri, PropterError *err) {
  PropterBuf b = {.max = 1 << 16};
  propter_buf_add(&b, propter_str(namespace));
  propter_buf_add(&b, apart);
  for (size_t i = 0; i < relative.len; i++) {
    unsigned char c = (unsigned char)relative.data[i];
    bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-._~/", c);
    if (plain && c) propter_buf_add_char(&b, (char)c);
    else propter_buf_printf(&b, "%%%02X", c);
  }
  PropterStatus status = propter_buf_status(&b, err);
  if (status == PROPTER_OK && !(*iri = propter_arena_copy(&p->arena, propter_buf_str(&b))).data) status = no_memory(err);
  propter_buf_clear(&b);
  return status;
}

/* The file that the graph's document of this name was read from; empty: there is no such document. */
static PropterStatus path_of(Pass *p, PropterSnapshot *snapshot, PropterStr iri, PropterStr *path, PropterError *err) {
  PropterTerm term = propter_iri(iri), property = propter_iri(propter_vocab_iri(VOCAB_propter_path));
  PropterId node, id, value = 0;
  *path = (PropterStr){"", 0};
  PROPTER_TRY(propter_snapshot_find(snapshot, &term, &node, err));
  PROPTER_TRY(propter_snapshot_find(snapshot, &property, &id, err));
  if (node && id) PROPTER_TRY(propter_snapshot_object(snapshot, node, id, &value, err));
  if (!value) return PROPTER_OK;
  PROPTER_TRY(propter_snapshot_term(snapshot, value, &p->arena, &term, err));
  *path = term.value;
  return PROPTER_OK;
}

/* A document is named by its path below the operand, wherever that lies, so that a folder may move. Where another file that is still there has the name
 * already, in the graph or in this run, it gets one of its own, and keeps it. */
static PropterStatus name_file(Pass *p, PropterSnapshot *snapshot, PropterMap *taken, const FolderFile *found, File *f, PropterError *err) {
  PropterStr own, path;
  bool added = false;
  *f = (File){.path = found->path, .real = found->real, .below = found->below, .bad = found->bad};
  PropterStr apart = propter_arena_printf(&p->arena, "~%08x/", (unsigned)propter_hash64(f->real));
  if (!apart.data) return no_memory(err);
  PROPTER_TRY(document_iri(p, (PropterStr){"", 0}, found->relative, &f->iri, err));
  PROPTER_TRY(document_iri(p, apart, found->relative, &own, err));
  /* A path that is no UTF-8 cannot be a literal: its bad bytes are shown as in its IRI. */
  if (!propter_utf8_valid(f->real, NULL)) f->real = f->iri;
  PROPTER_TRY(path_of(p, snapshot, own, &path, err));
  bool has_own = propter_str_equal(path, f->real);
  PROPTER_TRY(path_of(p, snapshot, f->iri, &path, err));
  const uint64_t *other = propter_map_get(taken, f->iri);
  if (other) path = p->files.items[*other].real;
  if (has_own || other || (path.len && !propter_str_equal(path, f->real) && access(path.data, F_OK) == 0)) f->namesake = path.data, f->iri = own;
  if (!propter_map_put(taken, f->iri, p->files.count, &added)) return no_memory(err);
  return propter_vec_push(&p->files, *f) ? PROPTER_OK : no_memory(err);
}

static PropterStatus name_files(Pass *p, PropterSnapshot *snapshot, PropterError *err) {
  PropterMap taken = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < p->found.files.count && status == PROPTER_OK; i++) {
    File f;
    status = name_file(p, snapshot, &taken, &p->found.files.items[i], &f, err);
  }
  propter_map_clear(&taken);
  return status;
}

/* --- what has changed ---------------------------------------------------------------------------------------------------------------- */

static PropterStatus load_rules(Pass *p, PropterRules **rules, PropterError *err) {
  for (size_t l = 0; l < p->languages.count; l++)
    PROPTER_TRY(propter_rules_open(p->languages.items[l].code, p->options->rule_files, p->options->rule_file_count, &p->limits, &rules[l], err));
  return PROPTER_OK;
}

static bool wholly(PropterStr a, const char *b) { return propter_str_equal(a, propter_str(b)); }

static PropterStatus has_text(Pass *p, PropterSnapshot *snapshot, PropterId node, PropterVocab property, const char *text, bool *has, PropterError *err) {
  PropterTerm name = propter_iri(propter_vocab_iri(property));
  PropterId id, value;
  PropterTerm term;
  *has = false;
  PROPTER_TRY(propter_snapshot_find(snapshot, &name, &id, err));
  if (!id) return PROPTER_OK;
  PROPTER_TRY(propter_snapshot_object(snapshot, node, id, &value, err));
  if (!value) return PROPTER_OK;
  PROPTER_TRY(propter_snapshot_term(snapshot, value, &p->arena, &term, err));
  *has = wholly(term.value, text);
  return PROPTER_OK;
}

static PropterStatus hash(size_t item, void *payload, PropterError *err) {
  Pass *p = payload;
  File *f = &p->files.items[item];
  struct stat st;
  if (f->bad.status != PROPTER_OK) {
    (void)snprintf(f->hash, sizeof f->hash, "%032d", 0);
    return PROPTER_OK;
  }
  PropterStatus hashed = propter_hash_file(f->path, p->limits.document_bytes, f->hash, &f->bad);
  if (hashed == PROPTER_NO_MEMORY || (hashed == PROPTER_IO && !f->below)) {
    if (err) *err = f->bad;
    return hashed;
  }
  if (hashed != PROPTER_OK) (void)snprintf(f->hash, sizeof f->hash, "%032d", 0);
  f->size = stat(f->path, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
  return PROPTER_OK;
}

static PropterStatus compare(Pass *p, PropterSnapshot *snapshot, File *f, PropterError *err) {
  PropterTerm term = propter_iri(f->iri);
  PropterId node;
  bool same_hash = false, same_path = false, same_way = false;
  if (f->bad.status != PROPTER_OK) return PROPTER_OK;
  PROPTER_TRY(propter_snapshot_find(snapshot, &term, &node, err));
  if (!node || p->options->force) return PROPTER_OK;
  PROPTER_TRY(has_text(p, snapshot, node, VOCAB_propter_hash, f->hash, &same_hash, err));
  PROPTER_TRY(has_text(p, snapshot, node, VOCAB_propter_path, f->real.data, &same_path, err));
  PROPTER_TRY(has_text(p, snapshot, node, VOCAB_propter_parameters, p->fingerprint.data, &same_way, err));
  f->unchanged = same_hash && same_path && same_way;
  return PROPTER_OK;
}

/* True if the file stood in a folder that is read and stands there no more. */
static bool is_gone(const Pass *p, const char *path) {
  bool below = false;
  for (size_t i = 0; i < p->options->path_count && !below; i++) {
    struct stat st;
    char *real = realpath(p->options->paths[i], NULL);
    size_t n = real ? strlen(real) : 0;
    below = n && stat(real, &st) == 0 && S_ISDIR(st.st_mode) && strncmp(path, real, n) == 0 && (path[n] == '/' || n == 1);
    free(real);
  }
  return below && access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

static PropterStatus find_gone(Pass *p, PropterSnapshot *snapshot, PropterError *err) {
  PropterTerm type = propter_iri(propter_vocab_iri(VOCAB_rdf_type)), class = propter_iri(propter_vocab_iri(VOCAB_propter_Document)),
              path = propter_iri(propter_vocab_iri(VOCAB_propter_path)), term;
  PropterId t, c, a, value;
  PropterIds ids = {0};
  PROPTER_TRY(propter_snapshot_find(snapshot, &type, &t, err));
  PROPTER_TRY(propter_snapshot_find(snapshot, &class, &c, err));
  PROPTER_TRY(propter_snapshot_find(snapshot, &path, &a, err));
  if (!t || !c || !a) return PROPTER_OK;
  PropterStatus status = propter_snapshot_subjects(snapshot, t, c, &ids, err);
  for (size_t i = 0; i < ids.count && status == PROPTER_OK; i++) {
    File f = {.graph = ids.items[i]};
    if ((status = propter_snapshot_object(snapshot, f.graph, a, &value, err)) != PROPTER_OK || !value) continue;
    if ((status = propter_snapshot_term(snapshot, value, &p->arena, &term, err)) != PROPTER_OK || !is_gone(p, term.value.data)) continue;
    f.path = term.value.data, f.real = term.value;
    if ((status = propter_snapshot_term(snapshot, f.graph, &p->arena, &term, err)) != PROPTER_OK) continue;
    f.iri = term.value;
    if (!propter_vec_push(&p->gone, f)) status = no_memory(err);
  }
  propter_vec_clear(&ids);
  return status;
}

static PropterStatus look(Pass *p, PropterError *err) {
  PropterSnapshot *snapshot;
  PROPTER_TRY(propter_writer_snapshot(p->writer, &snapshot, err));
  uint64_t rules = 0, names = 0;
  for (size_t l = 0; l < p->languages.count; l++) {
    PROPTER_TRY(names_new_in(&p->languages.items[l], &p->names[l], err));
    PROPTER_TRY(rules_lexicon(p->readers[0][l], p->names[l], err));
    PROPTER_TRY(propter_names_load(p->names[l], snapshot, err));
    rules = rules * 1099511628211u ^ propter_rules_hash(p->readers[0][l]), names = names * 1099511628211u ^ propter_names_hash(p->names[l]);
  }
  const char *forced = p->forced == SIZE_MAX ? "" : p->languages.items[p->forced].code;
  p->fingerprint = propter_arena_printf(&p->arena, "rules=%016llx models=%016llx names=%016llx software=%.*s%s%s", (unsigned long long)rules,
                                        (unsigned long long)languages_hash(&p->languages), (unsigned long long)names, (int)p->options->software.len,
                                        p->options->software.data, *forced ? " language=" : "", forced);
  if (!p->fingerprint.data) return no_memory(err);
  PROPTER_TRY(name_files(p, snapshot, err));
  PROPTER_TRY(propter_pool_run(p->files.count, p->options->threads, hash, p, err));
  for (size_t i = 0; i < p->files.count; i++) PROPTER_TRY(compare(p, snapshot, &p->files.items[i], err));
  return find_gone(p, snapshot, err);
}

/* --- reading ---------------------------------------------------------------------------------------------------------------------------- */

static void tell(const Pass *p, const PropterReadReport *report) {
  if (p->options->document) p->options->document(report, p->options->payload);
}

static PropterStatus reject(Pass *p, const File *f, PropterError *err) {
  PropterReject r = {.file = f->real, .row = f->bad.line, .rule = propter_str(propter_status_name(f->bad.status)), .reason = propter_str(f->bad.message)};
  p->result->rejected++;
  tell(p, &(PropterReadReport){.path = f->path, .iri = f->iri, .bad = &f->bad});
  return propter_run_reject(p->run, &r, err);
}

/* What the document itself is to blame for; the rest ends the run. */
static bool its_own(PropterStatus status) {
  return status == PROPTER_SYNTAX || status == PROPTER_INVALID || status == PROPTER_LIMIT || status == PROPTER_TIMEOUT || status == PROPTER_NOT_FOUND;
}

/* Rows of a list of claims that are none. */
static PropterStatus reject_rows(Pass *p, const File *f, PropterError *err) {
  p->partly += f->readings.rejects.count > 0;
  for (size_t i = 0; i < f->readings.rejects.count; i++) {
    const PropterRowReject *row = &f->readings.rejects.items[i];
    PropterError bad = {0};
    PropterStr found = read_beginning(row->value, 200);
    (void)propter_fail(&bad, PROPTER_INVALID, "expected %s, found \"%.*s\"", row->expected, (int)found.len, found.data);
    bad.line = row->line, bad.column = row->number;
    PropterReject r = {.file = f->real, .row = row->line, .column = row->column, .value = row->value, .rule = PROPTER_STR("claim")};
    r.reason = propter_str(bad.message);
    p->result->rows_rejected++;
    tell(p, &(PropterReadReport){.path = f->path, .iri = f->iri, .bad = &bad});
    PROPTER_TRY(propter_run_reject(p->run, &r, err));
  }
  return PROPTER_OK;
}

/* Opens one file and finds what it says. What goes wrong with the document alone stays with it. */
static PropterStatus find_in(Pass *p, PropterRules *const *readers, File *f, PropterError *err) {
  PropterStatus status = propter_document_open(f->path, &p->limits, &f->d, &f->bad);
  if (status == PROPTER_OK && !wholly(propter_str(f->d->hash), f->hash)) status = propter_fail(&f->bad, PROPTER_INVALID, "the file changed while it was read");
  if (status != PROPTER_OK) {
    if (its_own(status) || (f->below && status == PROPTER_IO)) return PROPTER_OK;
    if (err) *err = f->bad;
    return status;
  }
  f->language = p->forced == SIZE_MAX ? language_of_document(&p->languages, f->d, readers) : p->forced;
  PropterRules *rules = readers[f->language];
  document_head(f->d, rules->calendar, (PropterDay)(p->options->now / 86400));
  const unsigned *before = p->limits_before[f->language];
  size_t count = rules->rules.count;
  if (count && !(f->limits = propter_calloc(count, sizeof *f->limits))) return no_memory(err);
  for (size_t i = 0; i < count; i++) rules->rules.items[i].limits = before[i];
  status = propter_read_document(rules, p->names[f->language], f->d, &f->readings, &f->bad);
  for (size_t i = 0; i < count; i++) f->limits[i] = rules->rules.items[i].limits - before[i];
  if (status == PROPTER_OK || its_own(status)) return PROPTER_OK;
  if (err) *err = f->bad;
  return status;
}

static PropterStatus read_task(size_t item, void *payload, PropterError *err) {
  Pass *p = payload;
  File *f = &p->files.items[p->from + item];
  if (f->unchanged || f->bad.status != PROPTER_OK) return PROPTER_OK;
  (void)pthread_mutex_lock(&p->lock);
  unsigned reader = p->idle[--p->idle_count];
  (void)pthread_mutex_unlock(&p->lock);
  PropterStatus status = find_in(p, p->readers[reader], f, err);
  (void)pthread_mutex_lock(&p->lock);
  p->idle[p->idle_count++] = reader;
  (void)pthread_mutex_unlock(&p->lock);
  return status;
}

static PropterStatus store_one(Pass *p, File *f, PropterError *err) {
  Stored stored = {0};
  if (f->bad.status != PROPTER_OK) return reject(p, f, err);
  PROPTER_TRY(propter_writer_clear_graph(p->writer, f->graph, err));
  PROPTER_TRY(store_document(p->writer, f->iri, f->real, p->fingerprint, p->names[f->language], p->readers[0][f->language], f->d, &f->readings, &stored, err));
  PROPTER_TRY(propter_run_sign(p->run, f->graph, f->graph, err));
  p->result->claims += stored.claims, p->result->linked += stored.linked, p->result->happenings += stored.happenings;
  tell(p, &(PropterReadReport){.path = f->path,
                               .iri = f->iri,
                               .namesake = f->namesake,
                               .format = f->d->format,
                               .language = p->languages.items[f->language].code,
                               .ungraded = !p->languages.items[f->language].claim,
                               .sentences = f->readings.sentences,
                               .claims = stored.claims,
                               .linked = stored.linked,
                               .happenings = stored.happenings});
  PROPTER_TRY(reject_rows(p, f, err));
  return propter_run_generated(p->run, f->graph, err);
}

static void done_with(File *f) {
  propter_readings_clear(&f->readings);
  propter_document_free(f->d);
  propter_free(f->limits);
  f->d = NULL, f->limits = NULL;
}

/* As many readers as threads, but no more than documents to read. */
static PropterStatus make_readers(Pass *p, PropterError *err) {
  size_t work = 0, threads = p->options->threads;
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  for (size_t i = 0; i < p->files.count; i++) work += !p->files.items[i].unchanged && p->files.items[i].bad.status == PROPTER_OK;
  if (!threads) threads = online > 0 ? (size_t)online : 1;
  if (threads > MAX_READERS) threads = MAX_READERS;
  if (threads > work) threads = work ? work : 1;
  for (p->reader_count = 1; p->reader_count < threads; p->reader_count++) PROPTER_TRY(load_rules(p, p->readers[p->reader_count], err));
  for (size_t l = 0; l < p->languages.count; l++)
    if (!(p->limits_before[l] = propter_calloc(p->readers[0][l]->rules.count + 1, sizeof **p->limits_before))) return no_memory(err);
  return PROPTER_OK;
}

static PropterStatus read_batch(Pass *p, size_t count, PropterError *err) {
  p->idle_count = 0;
  while (p->idle_count < p->reader_count) p->idle[p->idle_count] = p->idle_count, p->idle_count++;
  PropterStatus status = propter_pool_run(count, p->reader_count, read_task, p, err);
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) {
    File *f = &p->files.items[p->from + i];
    for (size_t r = 0; f->limits && r < p->readers[0][f->language]->rules.count; r++) p->limits_before[f->language][r] += f->limits[r];
    p->result->documents++;
    p->result->unchanged += f->unchanged;
    if (f->unchanged) tell(p, &(PropterReadReport){.path = f->path, .iri = f->iri, .unchanged = true});
    else status = store_one(p, f, err);
  }
  for (size_t i = 0; i < count; i++) done_with(&p->files.items[p->from + i]);
  return status;
}

static PropterStatus withdraw(Pass *p, File *f, PropterError *err) {
  PROPTER_TRY(propter_writer_clear_graph(p->writer, f->graph, err));
  p->result->withdrawn++;
  tell(p, &(PropterReadReport){.path = f->path, .iri = f->iri, .withdrawn = true});
  return propter_run_generated(p->run, f->graph, err);
}

static PropterStatus begin(Pass *p, PropterError *err) {
  PropterRunOptions options = {.kind = "read", .now = p->options->now, .software = p->options->software, .parameters = p->fingerprint};
  PROPTER_TRY(propter_run_begin(p->writer, &options, &p->limits, &p->run, err));
  for (size_t i = 0; i < p->options->rule_file_count; i++)
    PROPTER_TRY(propter_run_input(p->run, PROPTER_STR("rules"), propter_str(p->options->rule_files[i]), (PropterStr){"", 0}, err));
  for (size_t i = 0; i < p->files.count; i++) {
    File *f = &p->files.items[i];
    PropterTerm term = propter_iri(f->iri);
    PROPTER_TRY(propter_run_input(p->run, PROPTER_STR("document"), f->real, propter_str(f->hash), err));
    if (f->unchanged) continue;
    PROPTER_TRY(propter_writer_intern(p->writer, &term, &f->graph, err));
  }
  return PROPTER_OK;
}

static PropterStatus read_all(Pass *p, PropterError *err) {
  PROPTER_TRY(make_readers(p, err));
  for (size_t count; p->from < p->files.count; p->from += count) {
    uint64_t bytes = 0;
    for (count = 0; count < BATCH_FILES && p->from + count < p->files.count && (!count || bytes + p->files.items[p->from + count].size <= BATCH_BYTES); count++)
      bytes += p->files.items[p->from + count].size;
    propter_log_progress(p->options->log, "read", p->from, p->files.count, "documents");
    PROPTER_TRY(read_batch(p, count, err));
  }
  for (size_t i = 0; i < p->gone.count; i++) PROPTER_TRY(withdraw(p, &p->gone.items[i], err));
  propter_log_progress(p->options->log, "read", p->files.count, p->files.count, "documents");
  for (size_t l = 0; l < p->languages.count; l++) {
    PropterRules *rules = p->readers[0][l];
    for (size_t r = 0; r < rules->rules.count; r++) rules->rules.items[r].limits = p->limits_before[l][r];
    p->result->rules_left_out += rules->left_out.count;
    for (size_t r = 0; r < rules->rules.count; r++) p->result->rules_left_out += rules->rules.items[r].limits >= RULE_QUARANTINE;
    if (p->options->rule) propter_rules_report(rules, p->options->rule, p->options->payload);
  }
  size_t changed = p->result->documents - p->result->unchanged - p->result->rejected - p->partly + p->result->withdrawn;
  bool same = changed == 0 && p->partly + p->result->rejected == 0;
  PropterStr iri;
  if (!same && changed == 0) PROPTER_TRY(propter_run_unchanged(p->run, &same, NULL, err));
  if (same) return PROPTER_OK;
  propter_run_rows(p->run, p->result->documents - p->result->unchanged);
  PROPTER_TRY(propter_run_iri(p->run, &iri, err));
  PROPTER_TRY(propter_run_finish(p->run, err));
  propter_run_counts(p->run, &p->result->added, &p->result->removed);
  if (p->options->dry_run) return PROPTER_OK;
  PROPTER_TRY(propter_writer_commit(p->writer, err));
  (void)snprintf(p->result->run, sizeof p->result->run, "%.*s", (int)iri.len, iri.data);
  return PROPTER_OK;
}

PropterStatus propter_read(PropterGraph *graph, const PropterReadOptions *options, PropterReadResult *out, PropterError *err) {
  memset(out, 0, sizeof *out);
  Pass p = {.options = options, .limits = options->limits ? *options->limits : propter_limits_default(), .result = out};
  PROPTER_TRY(languages_of(options->rule_files, options->rule_file_count, &p.languages, err));
  p.forced = options->language ? language_of(&p.languages, propter_str(options->language)) : SIZE_MAX;
  if (options->language && p.forced == SIZE_MAX) return propter_fail(err, PROPTER_NOT_FOUND, "no reading rules for the language %s", options->language);
  (void)pthread_mutex_init(&p.lock, NULL);
  PropterStatus status = folder_files(options->paths, options->path_count, &p.arena, &p.found, err);
  out->passed = p.found.passed;
  if (status == PROPTER_OK) status = load_rules(&p, p.readers[0], err);
  if (status == PROPTER_OK) status = propter_writer_open(graph, options->wait, &p.writer, err);
  if (status == PROPTER_OK) status = look(&p, err);
  if (status == PROPTER_OK) status = begin(&p, err);
  if (status == PROPTER_OK) status = read_all(&p, err);
  propter_run_free(p.run);
  if (p.writer) propter_writer_close(p.writer);
  for (size_t l = 0; l < p.languages.count; l++) {
    propter_names_free(p.names[l]);
    for (unsigned i = 0; i < MAX_READERS; i++) propter_rules_free(p.readers[i][l]);
    propter_free(p.limits_before[l]);
  }
  (void)pthread_mutex_destroy(&p.lock);
  propter_vec_clear(&p.gone);
  propter_vec_clear(&p.found.files);
  propter_vec_clear(&p.files);
  propter_arena_clear(&p.arena);
  return status;
}
