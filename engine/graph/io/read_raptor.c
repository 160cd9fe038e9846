/* SPDX-License-Identifier: Apache-2.0 */
/* RDFa and RDF/JSON: the helper program reads it and answers in N-Quads, which then go the way of all
 * N-Quads, checks included. Both pipes are served by one poll loop, driven by the N-Quads reader's hunger. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"
#include "propter/io.h"

typedef struct {
  Source source; /* the helper's answer */
  Source *input;
  pid_t pid;
  int to, from, complaints; /* -1: closed */
  PropterStatus input_status;
  PropterError input_error;
  size_t have, at;
  char block[1 << 15];
  size_t said;
  char words[512];
} Helper;

static void shut(int *fd) {
  if (*fd >= 0) (void)propter_io_close(*fd);
  *fd = -1;
}

/* Gives the helper what its pipe takes; its end of the input is the end of ours. SIGPIPE must not end the caller's program, so it is held
 * back for this thread meanwhile. */
static void feed(Helper *h) {
  if (h->at == h->have) {
    h->at = h->have = 0;
    h->input_status = source_read(h->input, h->block, sizeof h->block, &h->have, &h->input_error);
    if (h->input_status != PROPTER_OK || !h->have) {
      shut(&h->to);
      return;
    }
  }
  sigset_t pipe_signal, before, pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigemptyset(&pending);
  (void)sigpending(&pending);
  bool was_pending = sigismember(&pending, SIGPIPE) == 1;
  (void)pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  ssize_t n = write(h->to, h->block + h->at, h->have - h->at);
  int e = errno;
  if (n < 0 && e == EPIPE && !was_pending) {
    struct timespec now = {0, 0};
    while (sigtimedwait(&pipe_signal, NULL, &now) < 0 && errno == EINTR) continue;
  }
  (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (n >= 0)
    h->at += (size_t)n;
  else if (e != EAGAIN && e != EINTR)
    shut(&h->to); /* it stopped reading; its exit status says why */
}

static void listen_to(Helper *h) {
  char text[256];
  ssize_t n = read(h->complaints, text, sizeof text);
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (n <= 0) {
    shut(&h->complaints);
    return;
  }
  size_t room = sizeof h->words - 1 - h->said, take = (size_t)n < room ? (size_t)n : room;
  memcpy(h->words + h->said, text, take);
  h->said += take;
}

static PropterStatus answer_read(Source *source, void *bytes, size_t size, size_t *count, PropterError *err) {
  Helper *h = (Helper *)source;
  *count = 0;
  while (h->from >= 0) {
    struct pollfd p[3] = {{h->from, POLLIN, 0}, {h->to, POLLOUT, 0}, {h->complaints, POLLIN, 0}};
    if (poll(p, 3, -1) < 0) {
      if (errno == EINTR) continue;
      return propter_io_fail(err, h->input->name, "wait for propter-raptor");
    }
    if (p[2].revents) listen_to(h);
    if (h->to >= 0 && p[1].revents) feed(h);
    if (!p[0].revents) continue;
    ssize_t n = propter_io_read(h->from, bytes, size);
    if (n < 0) return propter_io_fail(err, h->input->name, "read from propter-raptor");
    if (n == 0) {
      shut(&h->from);
      break;
    }
    *count = (size_t)n;
    return PROPTER_OK;
  }
  return PROPTER_OK;
}

static PropterStatus start(Helper *h, const ReadJob *job, PropterError *err) {
  const char *folder = getenv("PROPTER_LIBEXEC");
  if (!folder || !*folder) folder = PROPTER_LIBEXEC_DIR;
  char program[4096], seconds[24], bytes[24];
  int length = snprintf(program, sizeof program, "%s/propter-raptor", folder);
  if (length < 0 || (size_t)length >= sizeof program) return propter_fail(err, PROPTER_INVALID, "the folder of propter-raptor has too long a name");
  (void)snprintf(seconds, sizeof seconds, "%llu", (unsigned long long)job->limits.helper_seconds);
  (void)snprintf(bytes, sizeof bytes, "%llu", (unsigned long long)job->limits.helper_bytes);
  char *base = propter_strdup(job->base), *format = propter_strdup(propter_str(job->format->name));
  int in[2] = {-1, -1}, out[2] = {-1, -1}, say[2] = {-1, -1};
  PropterStatus status = PROPTER_OK;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  bool prepared = false;
  if (!base || !format) {
    status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
    goto done;
  }
  if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 || pipe2(say, O_CLOEXEC) < 0 || fcntl(in[1], F_SETFL, O_NONBLOCK) < 0) {
    status = propter_io_fail(err, h->input->name, "start propter-raptor");
    goto done;
  }
  char *argv[] = {program, format, base, seconds, bytes, NULL}, *environment[] = {NULL};
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int e = posix_spawn_file_actions_init(&actions);
  if (e == 0 && (e = posix_spawnattr_init(&attributes)) != 0) (void)posix_spawn_file_actions_destroy(&actions);
  prepared = e == 0;
  /* dup2 onto 0, 1, 2 after everything stands above them; then nothing from 3 on goes over. */
  for (int i = 0; i < 3 && e == 0; i++) {
    int *end = i == 0 ? &in[0] : i == 1 ? &out[1] : &say[1];
    if (*end > 2) continue;
    int moved = fcntl(*end, F_DUPFD_CLOEXEC, 3);
    if (moved < 0)
      e = errno;
    else
      shut(end), *end = moved;
  }
  if (e == 0) e = posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  if (e == 0) e = posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  if (e == 0) e = posix_spawn_file_actions_adddup2(&actions, say[1], 2);
  if (e == 0) e = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (e == 0) e = posix_spawnattr_setsigmask(&attributes, &none);
  if (e == 0) e = posix_spawnattr_setsigdefault(&attributes, &all);
  if (e == 0) e = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  if (e == 0) e = posix_spawn(&h->pid, program, &actions, &attributes, argv, environment);
  if (e != 0) {
    h->pid = 0;
    propter_error_at(err, h->input->name, 0, 0);
    status = propter_fail(err, PROPTER_IO, "cannot start %s: %s", program, strerror(e));
    goto done;
  }
  h->to = in[1], h->from = out[0], h->complaints = say[0];
  in[1] = out[0] = say[0] = -1;
done:
  if (prepared) {
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
  }
  for (int i = 0; i < 2; i++) shut(&in[i]), shut(&out[i]), shut(&say[i]);
  propter_free(base);
  propter_free(format);
  return status;
}

/* What the helper's end means. */
static PropterStatus verdict(Helper *h, int how, PropterError *err) {
  if (WIFEXITED(how) && WEXITSTATUS(how) == 0) return PROPTER_OK;
  h->words[h->said] = '\0';
  h->words[strcspn(h->words, "\n")] = '\0';
  unsigned long line = 0, column = 0;
  int text = 0;
  if (sscanf(h->words, "%lu %lu %n", &line, &column, &text) != 2) text = 0;
  for (char *c = h->words; *c; c++)
    if ((unsigned char)*c < 0x20 || *c == 0x7F) *c = '?';
  propter_error_at(err, h->input->name, line, column);
  if (WIFSIGNALED(how)) {
    int n = WTERMSIG(how);
    if (n == SIGXCPU || n == SIGKILL) return propter_fail(err, PROPTER_TIMEOUT, "the reader was stopped: it used up its processor time");
    return propter_fail(err, PROPTER_SYNTAX, "the reader failed on this document (%s%s)", strsignal(n), n == SIGSYS ? ": it tried what it may not" : "");
  }
  switch (WEXITSTATUS(how)) {
  case 2: return propter_fail(err, PROPTER_IO, "propter-raptor cannot run: %s", h->words + text);
  case 75: return propter_fail(err, PROPTER_LIMIT, "the reader ran out of its memory");
  default: return propter_fail(err, PROPTER_SYNTAX, "not well formed: %s", h->words[text] ? h->words + text : "no reason given");
  }
}

PropterStatus read_raptor(Source *source, const ReadJob *job, int variant, PropterError *err) {
  (void)variant;
  Helper *h = propter_calloc(1, sizeof *h);
  if (!h) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading %s", source->name);
  /* The answer repeats IRIs that the document shortens: the limit on the document is kept by its own source. */
  h->source = (Source){answer_read, source->name, UINT64_MAX, 0};
  h->input = source;
  h->to = h->from = h->complaints = -1;
  PropterError answer_error = {0};
  ReadJob answer = *job;
  answer.spread = NULL;
  answer.base = (PropterStr){"", 0};
  answer.no_lines = true;
  PropterStatus status = start(h, job, err), parsed = PROPTER_OK;
  if (status != PROPTER_OK) goto done;
  parsed = read_lines(&h->source, &answer, true, &answer_error);
  bool complete = h->from < 0;
  shut(&h->to);
  shut(&h->from);
  if (!complete && h->pid) (void)kill(h->pid, SIGKILL);
  while (h->complaints >= 0) listen_to(h);
  int how = 0;
  while (waitpid(h->pid, &how, 0) < 0)
    if (errno != EINTR) {
      how = 0;
      break;
    }
  if (h->input_status != PROPTER_OK) {
    status = h->input_status;
    if (err) *err = h->input_error;
  } else if (complete && (status = verdict(h, how, err)) != PROPTER_OK) {
    /* its own end explains a broken answer best */
  } else if (parsed != PROPTER_OK) {
    status = parsed;
    if (err) *err = answer_error;
    propter_error_at(err, source->name, 0, 0); /* lines of the answer mean nothing to the reader of the document */
  }
done:
  propter_free(h);
  return status;
}
