/* SPDX-License-Identifier: Apache-2.0 */
/* The nightly job: the steps of a job file, each a command with its own durable commit. A step whose inputs have not changed does nothing, so a job that was
 * killed is resumed by running it again. */
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"
#include "propter/hash.h"
#include "propter/io.h"

enum { MAX_STEPS = 16, MAX_WORDS = 256 };

static const struct {
  const char *command, *operands;
} steps[] = {
#define STEP(command, key) {#command, key},
#include "steps.def"
#undef STEP
};
enum { STEPS = sizeof steps / sizeof *steps };

typedef struct {
  bool present;
  unsigned word_count;
  char *words[MAX_WORDS]; /* options first, then "--", then operands */
  unsigned operand_count;
  char *operands[MAX_WORDS];
} Section;

typedef struct {
  const char *file;
  PropterStr folder; /* of the job file, with the slash; paths in the file are relative to it */
  PropterArena arena;
  const char *name, *log;
  Section sections[STEPS];
  PropterStatus status;
  PropterError *err;
} Job;

static int refuse(Job *job, PropterStatus status) {
  job->status = status;
  return 0;
}

/* A path of the job file; absolute ones stay. */
static char *resolve(Job *job, PropterStr path) {
  bool keep = path.len && (path.data[0] == '/' || job->folder.len == 0);
  return (char *)(uintptr_t)propter_arena_printf(&job->arena, "%.*s%.*s", keep ? 0 : (int)job->folder.len, job->folder.data, (int)path.len, path.data).data;
}

static bool is_path(const CommandOption *o) {
  return o->value && (strcmp(o->value, "FILE") == 0 || strcmp(o->value, "DIR") == 0 || strcmp(o->value, "PATH") == 0);
}

/* The word that a value begins with, appended to `word`: words with blanks stand in double quotes, a quote inside of them twice. False: it is not closed. */
static bool next_word(PropterStr *value, PropterBuf *word) {
  bool quoted = *value->data == '"';
  size_t i = quoted;
  for (; i < value->len; i++) {
    char c = value->data[i];
    if (quoted && c == '"' && (i + 1 == value->len || value->data[i + 1] != '"')) break;
    if (!quoted && (c == ' ' || c == '\t')) break;
    i += quoted && c == '"';
    propter_buf_add_char(word, c);
  }
  bool closed = !quoted || i < value->len;
  i += quoted && closed;
  *value = (PropterStr){value->data + i, value->len - i};
  return closed;
}

static int on_operands(Job *job, Section *s, PropterStr value) {
  PropterBuf word = {0};
  int good = 1;
  while (good && (value = propter_str_trim(value)).len) {
    propter_buf_reset(&word);
    bool closed = next_word(&value, &word);
    char *path = closed && propter_buf_status(&word, job->err) == PROPTER_OK ? resolve(job, propter_buf_str(&word)) : NULL;
    if (!closed) good = refuse(job, propter_fail(job->err, PROPTER_SYNTAX, "a quote opens before \"%.*s\" and is not closed", (int)word.len, word.data));
    else if (s->operand_count == MAX_WORDS) good = refuse(job, propter_fail(job->err, PROPTER_LIMIT, "more than %d operands", MAX_WORDS));
    else if (!path) good = refuse(job, propter_fail(job->err, PROPTER_NO_MEMORY, "out of memory"));
    else s->operands[s->operand_count++] = path;
  }
  propter_buf_clear(&word);
  return good;
}

static int on_option(Job *job, Section *s, const Command *command, const char *key, const char *value) {
  const CommandOption *o = command->options;
  while (o && o->name && strcmp(o->name, key) != 0) o++;
  if (!o || !o->name)
    for (o = global_options; o->name && strcmp(o->name, key) != 0;) o++;
  if (!o->name || strcmp(key, "graph") == 0 || strcmp(key, "help") == 0)
    return refuse(job,
                  propter_fail(job->err, PROPTER_INVALID, "[%s] has no key \"%s\"; propter %s --help lists its options", command->name, key, command->name));
  const char *word;
  if (o->value) {
    const char *v = is_path(o) ? resolve(job, propter_str(value)) : value;
    word = v ? propter_arena_printf(&job->arena, "--%s=%s", key, v).data : NULL;
  } else if (strcmp(value, "yes") == 0 || strcmp(value, "true") == 0) {
    word = propter_arena_printf(&job->arena, "--%s", key).data;
  } else if (strcmp(value, "no") == 0 || strcmp(value, "false") == 0) {
    return 1;
  } else {
    return refuse(job, propter_fail(job->err, PROPTER_INVALID, "%s: expected yes or no, found \"%s\"", key, value));
  }
  if (!word) return refuse(job, propter_fail(job->err, PROPTER_NO_MEMORY, "out of memory"));
  if (s->word_count == MAX_WORDS) return refuse(job, propter_fail(job->err, PROPTER_LIMIT, "more than %d options", MAX_WORDS));
  s->words[s->word_count++] = (char *)(uintptr_t)word;
  return 1;
}

/* inih's callback: 1 goes on, 0 stops at this line. */
static int on_key(void *payload, const char *section, const char *key, const char *value) {
  Job *job = payload;
  if (job->status != PROPTER_OK) return 0;
  if (strcmp(section, "job") == 0) {
    const char **slot = strcmp(key, "name") == 0 ? &job->name : strcmp(key, "log") == 0 ? &job->log : NULL;
    if (!slot) return refuse(job, propter_fail(job->err, PROPTER_INVALID, "[job] has no key \"%s\"; it has name and log", key));
    *slot = slot == &job->log ? resolve(job, propter_str(value)) : propter_arena_copy(&job->arena, propter_str(value)).data;
    return *slot ? 1 : refuse(job, propter_fail(job->err, PROPTER_NO_MEMORY, "out of memory"));
  }
  for (size_t i = 0; i < STEPS; i++) {
    if (strcmp(section, steps[i].command) != 0) continue;
    job->sections[i].present = true;
    if (steps[i].operands[0] && strcmp(key, steps[i].operands) == 0) return on_operands(job, &job->sections[i], propter_str(value));
    const Command *command = cmd_find(section);
    return command ? on_option(job, &job->sections[i], command, key, value) : refuse(job, propter_fail(job->err, PROPTER_BUG, "no command %s", section));
  }
  return refuse(job,
                propter_fail(job->err, PROPTER_INVALID, "unknown section [%s]; a job has job, load, ingest, events, read, infer, watch and report", section));
}

/* inih tells of keys alone; a step without operands needs none. */
static void note_sections(Job *job, PropterStr text) {
  for (size_t at = 0, end; at < text.len; at = end + 1) {
    const char *newline = memchr(text.data + at, '\n', text.len - at);
    end = newline ? (size_t)(newline - text.data) : text.len;
    const PropterStr line = propter_str_trim((PropterStr){text.data + at, end - at});
    for (size_t i = 0; i < STEPS; i++) {
      const size_t n = strlen(steps[i].command);
      if (!steps[i].operands[0] && line.len >= n + 2 && line.data[0] == '[' && line.data[n + 1] == ']' && memcmp(line.data + 1, steps[i].command, n) == 0)
        job->sections[i].present = true;
    }
  }
}

static PropterStatus read_job(Job *job, PropterStr text, PropterError *err) {
  job->err = err;
  ini_use_stack = false, ini_allow_realloc = true; /* inih's lines are of 200 bytes otherwise */
  ini_max_line = text.len < INT_MAX - 4 ? (int)text.len + 4 : INT_MAX;
  note_sections(job, text);
  int line = ini_parse_string(text.data, on_key, job);
  if (line == 0 && job->status == PROPTER_OK) return PROPTER_OK;
  PropterStatus status = job->status != PROPTER_OK ? job->status : propter_fail(err, PROPTER_SYNTAX, "expected [section], key = value or # comment");
  propter_error_at(err, job->file, line > 0 ? (uint64_t)line : 0, 0);
  return status;
}

/* Events of the steps carry the job's run id and go to the job's own log as well. */
typedef struct {
  const PropterLog *outer;
  FILE *file;
  const char *run;
} Tee;

static void on_event(const PropterLogEvent *event, void *payload) {
  static const char *const levels[] = {"error", "warning", "info", "progress"};
  Tee *tee = payload;
  PropterLogEvent e = *event;
  e.run = tee->run;
  if (tee->file && e.level != PROPTER_LOG_PROGRESS) {
    fputs("{\"run\":", tee->file), output_json(tee->file, propter_str(e.run));
    fprintf(tee->file, ",\"level\":\"%s\",\"step\":", levels[e.level]), output_json(tee->file, propter_str(e.step));
    fputs(",\"message\":", tee->file), output_json(tee->file, propter_str(e.message)), fputs("}\n", tee->file);
    (void)fflush(tee->file);
  }
  if (tee->outer && tee->outer->event) tee->outer->event(&e, tee->outer->payload);
}

/* One job per graph: the lock belongs to the open file description and ends with the process, however that ends. */
static PropterStatus lock_graph(const char *graph, int *fd, PropterError *err) {
  if (mkdir(graph, 0777) < 0 && errno != EEXIST) return propter_io_fail(err, graph, "create");
  char path[4096];
  if (snprintf(path, sizeof path, "%s/job.lock", graph) >= (int)sizeof path) return propter_fail(err, PROPTER_INVALID, "graph directory's name is too long");
  if ((*fd = propter_io_open(path, O_RDWR | O_CREAT, 0666)) < 0) return propter_io_fail(err, path, "open");
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (fcntl(*fd, F_OFD_SETLK, &whole) == 0) return PROPTER_OK;
  int e = errno;
  (void)propter_io_close(*fd);
  *fd = -1;
  errno = e;
  return e == EAGAIN || e == EACCES ? propter_fail(err, PROPTER_LOCKED, "another job runs on the graph %s", graph) : propter_io_fail(err, path, "lock");
}

/* Runs one step with its output line by line behind the step's name. */
static PropterStatus run_step(const CommandCall *outer, const Command *command, Section *s, const PropterLog *log, PropterError *err) {
  CommandCall call = {.command = command,
                      .graph = outer->graph,
                      .threads = outer->threads,
                      .seed = outer->seed,
                      .now = outer->now,
                      .today = outer->today,
                      .dry_run = outer->dry_run,
                      .log = log,
                      .in = outer->in};
  static char dashes[] = "--";
  char *words[2 * MAX_WORDS + 2], *text = NULL;
  int n = 0;
  for (unsigned i = 0; i < s->word_count; i++) words[n++] = s->words[i];
  if (s->operand_count) words[n++] = dashes;
  for (unsigned i = 0; i < s->operand_count; i++) words[n++] = s->operands[i];
  bool help = false, dry = call.dry_run;
  PROPTER_TRY(cmd_parse(n, words, &call, &help, err));
  call.dry_run |= dry;
  size_t size = 0;
  if (!(call.out = call.data = open_memstream(&text, &size))) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  PropterStatus status = command->run(&call, err);
  bool written = fclose(call.out) == 0;
  for (char *line = text; written && line && *line;) {
    size_t length = strcspn(line, "\n");
    fprintf(outer->out, "%-7s %.*s\n", command->name, (int)length, line);
    line += length + (line[length] == '\n');
  }
  free(text);
  propter_log(log,
              status == PROPTER_OK         ? PROPTER_LOG_INFO
              : status == PROPTER_NEGATIVE ? PROPTER_LOG_WARNING
                                           : PROPTER_LOG_ERROR,
              command->name, "%s%s%s", propter_strerror(status), err && err->message[0] ? ": " : "", err && err->message[0] ? err->message : "");
  return status == PROPTER_OK && !written ? propter_fail(err, PROPTER_NO_MEMORY, "out of memory") : status;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  Job job = {.file = call->operands[0]};
  const char *slash = strrchr(job.file, '/');
  job.folder = (PropterStr){job.file, slash ? (size_t)(slash - job.file) + 1 : 0};
  PropterBuf text = {.max = 1 << 20};
  int lock = -1;
  Tee tee = {.outer = call->log};
  PropterStatus status = propter_io_read_file(job.file, 1 << 20, &text, err), result = PROPTER_OK;
  if (status == PROPTER_OK && memchr(propter_buf_str(&text).data, '\0', text.len)) {
    propter_error_at(err, job.file, 0, 0);
    status = propter_fail(err, PROPTER_SYNTAX, "a job file holds no NUL byte");
  }
  if (status == PROPTER_OK) status = read_job(&job, propter_buf_str(&text), err);
  if (status == PROPTER_OK) status = lock_graph(call->graph, &lock, err);
  if (status != PROPTER_OK) goto done;

  char hash[33];
  propter_hash_hex(propter_buf_str(&text), hash);
  tee.run = propter_arena_printf(&job.arena, "%s-%lld-%.8s", job.name ? job.name : "job", (long long)call->now, hash).data;
  if (job.log && !(tee.file = fopen(job.log, "ae"))) status = propter_io_fail(err, job.log, "open");
  if (status == PROPTER_OK && !tee.run) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  PropterLog log = {on_event, &tee};
  for (size_t i = 0; i < STEPS && status == PROPTER_OK; i++) {
    if (!job.sections[i].present) continue;
    const Command *command = cmd_find(steps[i].command);
    propter_error_clear(err);
    status = run_step(call, command, &job.sections[i], &log, err);
    /* Rows or documents set aside do not stop the night; the job says so at its end. */
    if (status == PROPTER_NEGATIVE) result = status, status = PROPTER_OK;
  }
  if (status == PROPTER_OK) status = result;
  propter_log(&log, status == PROPTER_OK || status == PROPTER_NEGATIVE ? PROPTER_LOG_INFO : PROPTER_LOG_ERROR, "job", "%s", propter_strerror(status));
  if (tee.file && fclose(tee.file) != 0 && status == PROPTER_OK) status = propter_io_fail(err, job.log, "write");
done:
  if (lock >= 0) (void)propter_io_close(lock);
  propter_buf_clear(&text);
  propter_arena_clear(&job.arena);
  return status;
}

const Command command_run = {
    .name = "run",
    .summary = "run a nightly job: load, ingest, events, read, infer, watch and report as a job file says",
    .operands = "JOB.ini",
    .min_operands = 1,
    .max_operands = 1,
    .details =
        "A job file has the sections [job] (name, log), [load] (files), [ingest] (mapping), [events] (files), [read] (documents), [infer], [watch] and\n"
        "[report]. Each other key of a section is a long option of that command. Paths are relative to the job file; those with blanks stand in double\n"
        "quotes. The steps run in that order; each commits by itself, and a step whose inputs have not changed does nothing, so a job that was killed is\n"
        "resumed by running it again. One job runs on a graph at a time: a second one exits with 4 at once.",
    .examples = "propter run ontology/packs/us-employment/job.ini",
    .run = run};
