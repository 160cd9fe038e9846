/* SPDX-License-Identifier: Apache-2.0 */
/* The graph over HTTP. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "output.h"
#include "propter/io.h"
#include "propter/server.h"
#include "source.h"
#include "sparql_call.h"

enum { TOKENS = 256, TOKEN_MIN = 16 };

static const CommandOption options[] = {{"address", 'a', "ADDRESS", "numeric address to listen on (default 127.0.0.1)"},
                                        {"port", 'p', "PORT", "port to listen on (default 3030; 0: any free one)"},
                                        {"token-file", 0, "FILE", "lines \"SCOPE TOKEN\", SCOPE read, write or admin; # begins a comment"},
                                        {"print-token", 0, NULL, "make a token of scope admin for this run and print it to standard error"},
                                        {"host", 0, "NAME", "answer to this Host too (behind a proxy); may be repeated"},
                                        {"origin", 0, "ORIGIN", "let pages of this origin read (CORS); may be repeated"},
                                        {"allow-service", 0, "URL", "let SERVICE ask endpoints at or below this URL; may be repeated (default: none)"},
                                        {"allow-load", 0, "URL", "let LOAD read at or below this http, https or file URL; may be repeated (default: none)"},
                                        {"certificate", 0, "FILE", "TLS certificate chain, PEM"},
                                        {"key", 0, "FILE", "its private key, PEM"},
                                        {"workers", 0, "N", "requests computed at the same time (default: one per processor)"},
                                        {"queue", 0, "N", "requests that may wait for a worker (default 64); beyond: 503"},
                                        {"client-requests", 0, "N", "of these, those of one address (default: half, no limit on loopback); beyond: 429"},
                                        {"connections", 0, "N", "open at the same time (default 16384)"},
                                        {"client-connections", 0, "N", "from one address (default: a quarter, no limit on loopback)"},
                                        {"timeout", 0, "SECONDS", "longest run of a query (default 120)"},
                                        {"memory", 0, "MIB", "memory of one query (default 1024)"},
                                        {"access-log", 0, "FILE", "append one JSON object per request (- for standard output); SIGHUP opens it again"},
                                        {NULL, 0, NULL, NULL}};

typedef struct {
  PropterServerOptions server;
  const char *hosts[SPARQL_CALL_RULES + 1], *origins[SPARQL_CALL_RULES + 1], *services[SPARQL_CALL_RULES + 1], *loads[SPARQL_CALL_RULES + 1];
  PropterServerToken tokens[TOKENS];
  PropterBuf token_file, certificate, key;
  char made[33];
  FILE *access;
  const char *log_file; /* NULL: none, or standard output */
} Serving;

static int64_t now_ms(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void on_access(PropterStr line, void *payload) {
  fprintf(payload, "%.*s\n", (int)line.len, line.data);
  (void)fflush(payload);
}

/* --- Tokens --------------------------------------------------------------------------------------------------------------------------------- */

static PropterAccess scope_of(PropterStr word) {
  static const char *const scopes[] = {"none", "read", "write", "admin"};
  for (size_t i = PROPTER_ACCESS_READ; i <= PROPTER_ACCESS_ADMIN; i++)
    if (propter_str_equal(word, propter_str(scopes[i]))) return (PropterAccess)i;
  return PROPTER_ACCESS_NONE;
}

static PropterStatus add_token(Serving *s, PropterAccess scope, PropterStr token, PropterError *err) {
  if (s->server.token_count == TOKENS) return propter_fail(err, PROPTER_LIMIT, "more than %d tokens", TOKENS);
  s->tokens[s->server.token_count++] = (PropterServerToken){token, scope};
  return PROPTER_OK;
}

static PropterStatus read_tokens(Serving *s, const char *file, PropterError *err) {
  struct stat info;
  uint64_t line = 0;
  if (stat(file, &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return propter_fail(err, PROPTER_INVALID, "%s: expected a file that only its owner may read (chmod 600)", file);
  PROPTER_TRY(propter_io_read_file(file, 1 << 20, &s->token_file, err));
  PropterStr rest = s->token_file.len ? propter_buf_str(&s->token_file) : PROPTER_STR("");
  while (rest.len) {
    size_t end = propter_str_find(rest, PROPTER_STR("\n"));
    PropterStr row = {rest.data, end == SIZE_MAX ? rest.len : end};
    size_t skip = row.len < rest.len ? row.len + 1 : row.len;
    rest = (PropterStr){rest.data + skip, rest.len - skip};
    line++;
    row = propter_str_trim(row);
    if (!row.len || row.data[0] == '#') continue;
    size_t gap = propter_str_find(row, PROPTER_STR(" "));
    PropterAccess scope = gap == SIZE_MAX ? PROPTER_ACCESS_NONE : scope_of((PropterStr){row.data, gap});
    PropterStr token = gap == SIZE_MAX ? PROPTER_STR("") : propter_str_trim((PropterStr){row.data + gap, row.len - gap});
    if (scope == PROPTER_ACCESS_NONE || token.len < TOKEN_MIN) {
      propter_error_at(err, file, line, 1);
      return propter_fail(err, PROPTER_SYNTAX, "expected \"read|write|admin TOKEN\" with a token of at least %d characters", TOKEN_MIN);
    }
    PROPTER_TRY(add_token(s, scope, token, err));
  }
  return PROPTER_OK;
}

static PropterStatus make_token(Serving *s, PropterError *err) {
  unsigned char bytes[16];
  if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) return propter_fail(err, PROPTER_IO, "no random bytes: %s", strerror(errno));
  for (size_t i = 0; i < sizeof bytes; i++) (void)snprintf(s->made + 2 * i, 3, "%02x", bytes[i]);
  return add_token(s, PROPTER_ACCESS_ADMIN, propter_str(s->made), err);
}

/* --- Options ------------------------------------------------------------------------------------------------------------------------------------ */

static PropterStatus read_pem(const CommandCall *call, const char *name, PropterBuf *to, PropterStr *out, PropterError *err) {
  const char *file = cmd_value(call, name);
  if (!file) return PROPTER_OK;
  PROPTER_TRY(propter_io_read_file(file, 1 << 20, to, err));
  *out = propter_buf_str(to);
  return PROPTER_OK;
}

static PropterStatus open_log(Serving *s, const CommandCall *call, const char *log, PropterError *err) {
  if (!log) return PROPTER_OK;
  s->access = strcmp(log, "-") == 0 ? call->out : fopen(log, "ae");
  if (!s->access) return propter_io_fail(err, log, "open");
  s->log_file = s->access == call->out ? NULL : log;
  s->server.access = on_access, s->server.payload = s->access;
  return PROPTER_OK;
}

/* After a rotation: the same stream, now into the file that has the name. Lines go on into the old file where there can be no new one. */
static void reopen_log(const Serving *s) {
  int fd = open(s->log_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0 || dup3(fd, fileno(s->access), O_CLOEXEC) < 0) fprintf(stderr, "propter: %s: cannot be opened again: %s\n", s->log_file, strerror(errno));
  if (fd >= 0) (void)propter_io_close(fd);
}

static PropterStatus read_options(const CommandCall *call, Serving *s, PropterError *err) {
  int64_t port = 3030, workers = call->threads ? call->threads : sysconf(_SC_NPROCESSORS_ONLN), queue = 64, seconds = 120, mib = 1024, connections = 16384;
  const char *address = cmd_value(call, "address"), *tokens = cmd_value(call, "token-file");
  s->server = propter_server_options();
  PROPTER_TRY(output_number_option(call, "port", 0, 65535, &port, err));
  PROPTER_TRY(output_number_option(call, "workers", 1, 256, &workers, err));
  PROPTER_TRY(output_number_option(call, "queue", 1, 1000000, &queue, err));
  PROPTER_TRY(output_number_option(call, "connections", 1, 1000000, &connections, err));
  PROPTER_TRY(output_number_option(call, "timeout", 1, 86400, &seconds, err));
  PROPTER_TRY(output_number_option(call, "memory", 1, 1 << 20, &mib, err));
  PROPTER_TRY(sparql_call_rules(call, "host", s->hosts, &s->server.hosts, err));
  PROPTER_TRY(sparql_call_rules(call, "origin", s->origins, &s->server.origins, err));
  PROPTER_TRY(sparql_call_rules(call, "allow-service", s->services, &s->server.services, err));
  PROPTER_TRY(sparql_call_rules(call, "allow-load", s->loads, &s->server.loads, err));
  PROPTER_TRY(propter_remote_check(&(PropterRemote){.services = s->server.services, .loads = s->server.loads}, err));
  PROPTER_TRY(read_pem(call, "certificate", &s->certificate, &s->server.certificate, err));
  PROPTER_TRY(read_pem(call, "key", &s->key, &s->server.key, err));
  if ((s->server.certificate.len > 0) != (s->server.key.len > 0)) return propter_fail(err, PROPTER_USAGE, "--certificate and --key go together");
  if (tokens) PROPTER_TRY(read_tokens(s, tokens, err));
  if (cmd_flag(call, "print-token")) PROPTER_TRY(make_token(s, err));
  s->server.graph = call->graph;
  if (address) s->server.address = address;
  s->server.port = (uint16_t)port;
  s->server.workers = (unsigned)workers;
  s->server.queue = (unsigned)queue;
  s->server.connections = (unsigned)connections;
  s->server.deadline_ms = (uint32_t)(seconds * 1000);
  s->server.memory = (uint64_t)mib << 20;
  s->server.tokens = s->tokens;
  s->server.now_ms = now_ms, s->server.seed = call->seed, s->server.log = call->log, s->server.source = source_json;
  const bool loopback = strncmp(s->server.address, "127.", 4) == 0 || strcmp(s->server.address, "::1") == 0;
  /* On loopback one address may be a proxy before many clients. */
  int64_t client_requests = loopback ? 0 : (workers + queue + 1) / 2, client_connections = loopback ? connections : (connections + 3) / 4;
  PROPTER_TRY(output_number_option(call, "client-requests", 1, 1000256, &client_requests, err));
  PROPTER_TRY(output_number_option(call, "client-connections", 1, 1000000, &client_connections, err));
  s->server.requests_per_client = (unsigned)client_requests;
  s->server.connections_per_client = (unsigned)client_connections;
  /* Beyond this machine reading is for those who were given a token, too. */
  s->server.open_read = !tokens || loopback;
  if (!tokens && !loopback) return propter_fail(err, PROPTER_USAGE, "--address %s is reached from other machines: expected --token-file", s->server.address);
  return open_log(s, call, cmd_value(call, "access-log"), err);
}

/* --- Running ------------------------------------------------------------------------------------------------------------------------------------ */

/* Tells the service manager (sd_notify(3)), if one asked to be told. */
static void notify(const char *state) {
  const char *path = getenv("NOTIFY_SOCKET");
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  size_t n = path ? strlen(path) : 0;
  if (n < 2 || n >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@')) return;
  memcpy(to.sun_path, path, n);
  if (path[0] == '@') to.sun_path[0] = 0;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
  (void)propter_io_close(fd);
}

static PropterStatus serve(const CommandCall *call, Serving *s, PropterError *err) {
  PropterServer *server = NULL;
  sigset_t stop;
  int got = 0;
  (void)sigemptyset(&stop);
  (void)sigaddset(&stop, SIGINT), (void)sigaddset(&stop, SIGTERM);
  if (s->log_file) (void)sigaddset(&stop, SIGHUP);
  (void)pthread_sigmask(SIG_BLOCK, &stop, NULL); /* before the threads begin, so that only this one gets them */
  PROPTER_TRY(propter_server_start(&s->server, &server, err));
  bool six = strchr(s->server.address, ':') != NULL;
  fprintf(call->out, "http%s://%s%s%s:%u/\n", s->server.certificate.len ? "s" : "", six ? "[" : "", s->server.address, six ? "]" : "",
          propter_server_port(server));
  (void)fflush(call->out);
  if (s->made[0]) fprintf(stderr, "token of scope admin for this run: %s\n", s->made);
  notify("READY=1");
  while (sigwait(&stop, &got) != 0 || got == SIGHUP)
    if (got == SIGHUP) reopen_log(s);
  notify("STOPPING=1");
  propter_server_stop(server);
  return PROPTER_OK;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  Serving s = {.hosts = {NULL}};
  PropterStatus status = read_options(call, &s, err);
  if (status == PROPTER_OK) status = serve(call, &s, err);
  if (s.access && s.access != call->out) (void)fclose(s.access);
  propter_buf_clear(&s.token_file);
  propter_buf_clear(&s.certificate);
  propter_buf_clear(&s.key);
  return status;
}

const Command command_serve = {
    .name = "serve",
    .summary = "answer SPARQL and why questions over HTTP",
    .operands = "",
    .options = options,
    .details = "SPARQL 1.1 Protocol and service description at /sparql, Graph Store Protocol at /data, and /why, /moves, /explain, /suggest, /queries,\n"
               "/metrics, /health; /openapi.json describes them. Prints its address when it is ready; SIGINT or SIGTERM let running requests end.\n"
               "Listens on this machine only unless --address says otherwise, and then only with --token-file. Nothing can be changed without a\n"
               "token of scope write (Authorization: Bearer TOKEN). Each request sees one state of the graph and never waits for a writer.",
    .run = run};
