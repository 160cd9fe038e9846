/* SPDX-License-Identifier: Apache-2.0 */
/* propter-raptor FORMAT BASE [SECONDS BYTES]: reads a document on standard input, writes N-Quads on standard output, says what is wrong on
 * standard error ("line column text"). Raptor can be crashed by a document, so this is a program of its own that closes every door before
 * the first byte: no files, no processes, no network, little memory and time. It uses nothing of propter's library. */
#include <errno.h>
#include <libxml/catalog.h>
#include <libxml/parser.h>
#include <raptor2.h>
#include <seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { DONE = 0, BAD_CALL = 2, BAD_INPUT = 3, NO_MEMORY = 75 };

static bool failed;
static bool full; /* standard output went away */
static raptor_parser *parser;

/* Everything not listed ends the program. Opening a file is an ordinary failure instead, since libxml2 tries it for an external entity. */
static int close_doors(void) {
  static const int allowed[] = {SCMP_SYS(read),  SCMP_SYS(write),    SCMP_SYS(brk),        SCMP_SYS(mmap),          SCMP_SYS(munmap),       SCMP_SYS(mremap),
                                SCMP_SYS(futex), SCMP_SYS(exit),     SCMP_SYS(exit_group), SCMP_SYS(clock_gettime), SCMP_SYS(rt_sigreturn), SCMP_SYS(madvise),
                                SCMP_SYS(fstat), SCMP_SYS(getrandom), SCMP_SYS(close),     SCMP_SYS(gettimeofday),  SCMP_SYS(time),         SCMP_SYS(getpid)};
  static const int refused[] = {SCMP_SYS(open),      SCMP_SYS(openat), SCMP_SYS(stat),  SCMP_SYS(newfstatat), SCMP_SYS(access),
                                SCMP_SYS(faccessat), SCMP_SYS(socket), SCMP_SYS(lseek), SCMP_SYS(ioctl)};
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (!filter) return -1;
  int r = 0;
  for (size_t i = 0; i < sizeof allowed / sizeof *allowed && r == 0; i++) r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
  for (size_t i = 0; i < sizeof refused / sizeof *refused && r == 0; i++) r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
  if (r == 0) r = seccomp_load(filter);
  seccomp_release(filter);
  return r;
}

static int bound(const char *seconds, const char *bytes) {
  char *end = NULL;
  unsigned long long s = strtoull(seconds, &end, 10), b;
  if (!*seconds || *end || !s) return -1;
  b = strtoull(bytes, &end, 10);
  if (!*bytes || *end || !b) return -1;
  struct rlimit cpu = {s, s + 1}, memory = {b, b}, none = {0, 0};
  return setrlimit(RLIMIT_CPU, &cpu) | setrlimit(RLIMIT_AS, &memory) | setrlimit(RLIMIT_CORE, &none) | setrlimit(RLIMIT_NPROC, &none) |
         setrlimit(RLIMIT_FSIZE, &none);
}

static void put_escaped(const unsigned char *text, bool iri) {
  for (; *text; text++) {
    unsigned char c = *text;
    if (iri && (c <= 0x20 || strchr("<>\"{}|^`\\", c)))
      printf("\\u%04X", c);
    else if (!iri && (c == '"' || c == '\\'))
      (void)putchar_unlocked('\\'), (void)putchar_unlocked(c);
    else if (!iri && (c == '\n' || c == '\r'))
      (void)putchar_unlocked('\\'), (void)putchar_unlocked(c == '\n' ? 'n' : 'r');
    else
      (void)putchar_unlocked(c);
  }
}

static void put_iri(raptor_uri *uri) {
  (void)putchar_unlocked('<');
  put_escaped(raptor_uri_as_string(uri), true);
  (void)putchar_unlocked('>');
}

static void put_term(const raptor_term *term) {
  switch (term->type) {
  case RAPTOR_TERM_TYPE_URI: put_iri(term->value.uri); break;
  case RAPTOR_TERM_TYPE_BLANK:
    fputs("_:", stdout);
    put_escaped(term->value.blank.string, true);
    break;
  case RAPTOR_TERM_TYPE_LITERAL:
    (void)putchar_unlocked('"');
    put_escaped(term->value.literal.string, false);
    (void)putchar_unlocked('"');
    if (term->value.literal.language)
      printf("@%s", (const char *)term->value.literal.language);
    else if (term->value.literal.datatype)
      fputs("^^", stdout), put_iri(term->value.literal.datatype);
    break;
  default: break;
  }
  (void)putchar_unlocked(' ');
}

static void on_statement(void *user, raptor_statement *st) {
  (void)user;
  put_term(st->subject);
  put_term(st->predicate);
  put_term(st->object);
  if (st->graph) put_term(st->graph);
  if (fputs(".\n", stdout) < 0) full = true;
}

static void on_log(void *user, raptor_log_message *message) {
  (void)user;
  if (message->level < RAPTOR_LOG_LEVEL_ERROR || failed) return;
  failed = true;
  raptor_locator *at = message->locator && message->locator->line > 0 ? message->locator : parser ? raptor_parser_get_locator(parser) : NULL;
  int line = at ? at->line : 0, column = at ? at->column : 0;
  fprintf(stderr, "%d %d %.300s\n", line > 0 ? line : 0, column > 0 ? column : 0, message->text);
}

int main(int argc, char **argv) {
  if (argc != 3 && argc != 5) {
    fputs("0 0 usage: propter-raptor FORMAT BASE [SECONDS BYTES], a document on standard input\n", stderr);
    return BAD_CALL;
  }
  if (bound(argc == 5 ? argv[3] : "600", argc == 5 ? argv[4] : "1073741824") != 0 || prctl(PR_SET_DUMPABLE, 0) != 0) {
    fputs("0 0 cannot set the limits\n", stderr);
    return BAD_CALL;
  }
  static char out[1 << 16];
  (void)setvbuf(stdout, out, _IOFBF, sizeof out);
  raptor_world *world = raptor_new_world();
  if (!world || raptor_world_set_flag(world, RAPTOR_WORLD_FLAG_URI_INTERNING, 0) != 0 || raptor_world_open(world) != 0) return NO_MEMORY;
  /* Whatever libxml2 loads of itself it loads now. */
  xmlInitParser();
  xmlCatalogSetDefaults(XML_CATA_ALLOW_NONE);
  raptor_world_set_log_handler(world, NULL, on_log);
  if (!raptor_world_is_parser_name(world, argv[1])) {
    fprintf(stderr, "0 0 the installed raptor has no reader for %.40s\n", argv[1]);
    return BAD_CALL;
  }
  parser = raptor_new_parser(world, argv[1]);
  raptor_uri *base = raptor_new_uri(world, (const unsigned char *)argv[2]);
  if (!parser || !base) return NO_MEMORY;
  raptor_parser_set_statement_handler(parser, NULL, on_statement);
  raptor_parser_set_option(parser, RAPTOR_OPTION_NO_NET, NULL, 1);
  raptor_parser_set_option(parser, RAPTOR_OPTION_NO_FILE, NULL, 1);
  raptor_parser_set_option(parser, RAPTOR_OPTION_LOAD_EXTERNAL_ENTITIES, NULL, 0);
  if (close_doors() != 0) {
    fputs("0 0 cannot set the system call filter\n", stderr);
    return BAD_CALL;
  }
  static unsigned char block[1 << 15];
  int bad = raptor_parser_parse_start(parser, base);
  while (!bad && !failed && !full) {
    ssize_t n = read(STDIN_FILENO, block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) _exit(NO_MEMORY);
    bad = raptor_parser_parse_chunk(parser, block, (size_t)n, n == 0);
    if (n == 0) break;
  }
  if (bad && !failed) fputs("0 0 not well formed\n", stderr);
  if (fflush(stdout) != 0) _exit(NO_MEMORY);
  /* Freeing is where a damaged heap would show; nothing is gained by it. */
  _exit(bad || failed ? BAD_INPUT : DONE);
}
