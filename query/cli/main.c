/* SPDX-License-Identifier: Apache-2.0 */
/* The program: reads the clock, parses the arguments, runs one command, maps its status to the exit code. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "propter/graph.h"
#include "propter/math.h"

typedef struct {
  bool terminal, json, shown;
} Progress;

static void on_event(const PropterLogEvent *e, void *payload) {
  static const char *const levels[] = {"error", "warning", "info", "progress"};
  Progress *p = payload;
  if (p->json) {
    fprintf(stderr, "{\"level\":\"%s\",\"step\":", levels[e->level]);
    output_json(stderr, propter_str(e->step));
    if (e->message[0]) fputs(",\"message\":", stderr), output_json(stderr, propter_str(e->message));
    if (e->run) fputs(",\"run\":", stderr), output_json(stderr, propter_str(e->run));
    if (e->level == PROPTER_LOG_PROGRESS)
      fprintf(stderr, ",\"done\":%llu,\"total\":%llu,\"unit\":\"%s\"", (unsigned long long)e->done, (unsigned long long)e->total, e->unit);
    fputs("}\n", stderr);
    return;
  }
  if (e->level == PROPTER_LOG_PROGRESS) {
    if (!p->terminal) return;
    fputc('\r', stderr), output_line(stderr, propter_str(e->step)), fprintf(stderr, ": %llu", (unsigned long long)e->done);
    if (e->total) fprintf(stderr, " of %llu", (unsigned long long)e->total);
    fprintf(stderr, " %s\033[K", e->unit);
    p->shown = true;
    return;
  }
  if (p->shown) fputs("\r\033[K", stderr), p->shown = false;
  if (e->level > PROPTER_LOG_WARNING && !p->terminal) return;
  fputs("propter: ", stderr), output_line(stderr, propter_str(e->step)), fputs(": ", stderr), output_line(stderr, propter_str(e->message)), fputc('\n', stderr);
}

/* OpenBLAS chooses its kernel when it is loaded and can choose a slow one under virtualisation; then the program starts itself once more with the better name.
 * The guard variable makes sure of the once; a choice of the user's own stands. */
static void choose_kernel(char **argv) {
  const char *better = NULL;
  if (getenv("PROPTER_KERNEL_CHOSEN") || getenv("OPENBLAS_CORETYPE") || !propter_math_kernel_slow(&better) || !better) return;
  if (setenv("OPENBLAS_CORETYPE", better, 1) == 0 && setenv("PROPTER_KERNEL_CHOSEN", "1", 1) == 0) (void)execv("/proc/self/exe", argv);
  /* Without a second start it works as well, only slower. */
}

/* A graph file that was cut or damaged while in use shows itself as a signal. */
static void on_fault(int number, siginfo_t *info, void *context) {
  static const char text[] = "propter: the graph file is damaged or was changed while in use; propter verify tells more\n";
  (void)context;
  if (!propter_graph_faulted(number == SIGABRT ? NULL : info->si_addr)) return; /* the handler is gone now: the signal comes again */
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0) _exit(propter_exit_code(PROPTER_DAMAGED));
  _exit(propter_exit_code(PROPTER_DAMAGED));
}

static void set_signals(void) {
  static const int faults[] = {SIGBUS, SIGSEGV, SIGABRT};
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | (int)SA_RESETHAND;
  (void)sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) (void)sigaction(faults[i], &action, NULL);
  (void)signal(SIGXFSZ, SIG_IGN); /* a file size limit is an error of the write, as a full disk is */
}

int main(int argc, char **argv) {
  choose_kernel(argv);
  set_signals();
  PropterError err = {0};
  Progress progress = {.terminal = isatty(STDERR_FILENO) != 0};
  PropterLog log = {on_event, &progress};
  const char *graph = getenv("PROPTER_GRAPH");
  int64_t now = (int64_t)time(NULL);
  CommandCall call = {.graph = graph && *graph ? graph : "propter.graph",
                      .seed = 1,
                      .now = now,
                      .today = (PropterDay)(now / 86400),
                      .log = &log,
                      .out = output_screen(stdout),
                      .in = stdin};
  call.terminal = isatty(STDOUT_FILENO) != 0, call.data = call.terminal ? call.out : stdout;
  if (!call.out) return propter_exit_code(PROPTER_NO_MEMORY);
  bool help = false;
  static char version[] = "version";
  if (argc > 1 && strcmp(argv[1], "--version") == 0) argv[1] = version;
  PropterStatus status = PROPTER_OK;
  if (argc < 2)
    help = true;
  else
    status = cmd_parse(argc - 1, argv + 1, &call, &help, &err);
  if (status == PROPTER_OK && help) {
    if (call.command)
      cmd_print_help(call.command, stdout);
    else
      cmd_print_overview(stdout);
  } else if (status == PROPTER_OK) {
    const char *how = cmd_value(&call, "progress");
    if (how && strcmp(how, "json") == 0)
      progress.json = true;
    else if (how && strcmp(how, "none") == 0)
      progress.terminal = false;
    else if (how && strcmp(how, "auto") != 0)
      status = propter_fail(&err, PROPTER_USAGE, "--progress: expected auto, none or json, found \"%s\"", how);
    if (status == PROPTER_OK) status = call.command->run(&call, &err);
  }
  if (progress.shown) fputs("\r\033[K", stderr);
  (void)fclose(call.out);
  /* Output that could not be written is a failure, whatever the command thought of itself. */
  if ((fflush(stdout) != 0 || ferror(stdout)) && (status == PROPTER_OK || status == PROPTER_NEGATIVE || status == PROPTER_DECLINED))
    status = propter_fail(&err, PROPTER_IO, "cannot write to standard output: %s", strerror(errno));
  if (status != PROPTER_OK && (err.message[0] || (status != PROPTER_NEGATIVE && status != PROPTER_DECLINED))) {
    char text[1024];
    err.status = status;
    (void)propter_error_format(&err, text, sizeof text);
    if (progress.json) {
      fprintf(stderr, "{\"level\":\"error\",\"status\":\"%s\",\"exit\":%d,\"message\":", propter_status_name(status), propter_exit_code(status));
      output_json(stderr, propter_str(text));
      fputs("}\n", stderr);
    } else {
      FILE *screen = output_screen(stderr);
      if (screen) fprintf(screen, "propter: %s\n", text), (void)fclose(screen);
    }
  }
  return propter_exit_code(status);
}
