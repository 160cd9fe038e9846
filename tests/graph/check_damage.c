/* SPDX-License-Identifier: Apache-2.0 */
/* A damaged file gives an error or the right content: never a crash, a hang or another answer. PROPTER_DAMAGES sets the number of damages per kind and prints a
 * table. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard.h"
#include "propter/graph.h"
#include "propter/hash.h"
#include "propter/io.h"
#include "propter/rng.h"
#include "snapshot.h"
#include "support.h"

Suite *suite_damage(void);

enum { PAGE = 4096, PER_KIND = 40 };

static uint64_t mix(uint64_t a, uint64_t b) {
  uint64_t pair[2] = {a, b};
  return propter_hash64((PropterStr){(const char *)pair, sizeof pair});
}

static uint64_t mix_text(uint64_t a, PropterStr text) { return mix(a, propter_hash64(text)); }

/* Everything that can be read: all orders, all terms, terms found by their text. */
static PropterStatus read_all(const char *dir, uint64_t *digest, PropterError *err) {
  PropterGraph *g = NULL;
  PropterSnapshot *s = NULL;
  PropterArena arena = {0};
  uint64_t sum = 0, count = 0;
  PropterStatus status = propter_graph_open(dir, PROPTER_GRAPH_READ_ONLY, NULL, &g, err);
  if (status == PROPTER_OK) status = propter_snapshot_open(g, 0, &s, err);
  if (status == PROPTER_OK) status = propter_snapshot_count(s, PROPTER_SPOG, (PropterQuad){0}, 0, &count, err);
  sum = mix(sum, count);
  for (int order = 0; order < PROPTER_ORDER_COUNT && status == PROPTER_OK; order++) {
    PropterScan *scan = NULL;
    PropterQuad rows[256];
    size_t n = 1;
    status = propter_scan_open(s, (PropterOrder)order, (PropterQuad){0}, 0, &scan, err);
    while (status == PROPTER_OK && n) {
      if ((status = propter_scan_next(scan, rows, 256, &n, err)) != PROPTER_OK) break;
      for (size_t i = 0; i < n && status == PROPTER_OK; i++) {
        sum = mix_text(sum, (PropterStr){(const char *)&rows[i], sizeof rows[i]});
        PropterTerm term;
        PropterId again;
        if (order || (status = propter_snapshot_term(s, rows[i].o, &arena, &term, err)) != PROPTER_OK) continue;
        sum = mix_text(mix_text(sum, term.value), term.datatype);
        if ((status = propter_snapshot_find(s, &term, &again, err)) == PROPTER_OK) sum = mix(sum, again);
        if (i % 64 == 0) propter_arena_clear(&arena);
      }
    }
    propter_scan_close(scan);
  }
  propter_arena_clear(&arena);
  propter_snapshot_close(s);
  propter_graph_close(g);
  *digest = sum;
  return status;
}

/* A graph with several commits, deletions, long terms and texts, a free list, and a delta. */
static void build(const char *dir) {
  PropterGraph *g = NULL;
  PropterRng rng;
  propter_rng_seed(&rng, 11);
  ck_ok(propter_graph_open(dir, PROPTER_GRAPH_CREATE, NULL, &g, err));
  PropterId ids[500];
  PropterSnapshot *s = NULL;
  g->env->delta_share = 2;
  for (int round = 0; round < 6; round++) {
    PropterWriter *w = NULL;
    ck_ok(propter_writer_open(g, false, &w, err));
    for (int i = 0; i < 500; i++) {
      char text[6000];
      int n = snprintf(text, sizeof text, "http://example.org/thing/%d", i);
      if (i % 100 == 7) memset(text + n, 'x', 5000), text[n + 5000] = '\0';
      if (i % 9 == 0)
        for (int k = 0; k < 1000; k++) text[n + k] = (char)('a' + propter_hash64((PropterStr){text, (size_t)(n + k)}) % 26), text[n + k + 1] = '\0';
      PropterTerm t = i % 3 ? propter_iri(propter_str(text)) : propter_literal(propter_str(text));
      ck_ok(propter_writer_intern(w, &t, &ids[i], err));
    }
    for (int k = 0; k < (round < 4 ? 1500 : 300); k++) {
      PropterQuad q = {ids[1 + 3 * propter_rng_below(&rng, 160)], ids[1 + 3 * propter_rng_below(&rng, 9)], ids[propter_rng_below(&rng, 500)],
                       PROPTER_DEFAULT_GRAPH};
      if (k % 4)
        ck_ok(propter_writer_add(w, q, err));
      else
        ck_ok(propter_writer_remove(w, q, err));
    }
    ck_ok(propter_writer_commit(w, err));
    propter_writer_close(w);
  }
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  ck_assert(s->delta);
  propter_snapshot_close(s);
  propter_graph_close(g);
}

typedef struct {
  unsigned char *bytes;
  size_t size;
} File;

static File load(const char *path) {
  PropterBuf buf = {0};
  ck_ok(propter_io_read_file(path, 0, &buf, err));
  return (File){(unsigned char *)buf.data, buf.len};
}

static size_t below(PropterRng *rng, size_t n) { return (size_t)propter_rng_below(rng, n); }

static void flip_bit(File *f, PropterRng *rng) { f->bytes[below(rng, f->size)] ^= (unsigned char)(1U << below(rng, 8)); }
static void change_bytes(File *f, PropterRng *rng) {
  for (int i = 0; i < 4; i++) f->bytes[below(rng, f->size)] = (unsigned char)below(rng, 256);
}
static void flip_meta(File *f, PropterRng *rng) { f->bytes[below(rng, 2) * PAGE + below(rng, 152)] ^= (unsigned char)(1U << below(rng, 8)); }
static void flip_header(File *f, PropterRng *rng) { f->bytes[below(rng, f->size / PAGE) * PAGE + below(rng, 48)] ^= (unsigned char)(1U << below(rng, 8)); }
static void zero_page(File *f, PropterRng *rng) { memset(f->bytes + below(rng, f->size / PAGE) * PAGE, 0, PAGE); }
static void fill_page(File *f, PropterRng *rng) {
  unsigned char *p = f->bytes + below(rng, f->size / PAGE) * PAGE;
  for (size_t i = 0; i < PAGE; i++) p[i] = (unsigned char)below(rng, 256);
}
static void swap_pages(File *f, PropterRng *rng) {
  unsigned char a[PAGE], *p = f->bytes + below(rng, f->size / PAGE) * PAGE, *q = f->bytes + below(rng, f->size / PAGE) * PAGE;
  memcpy(a, p, PAGE);
  memmove(p, q, PAGE);
  memcpy(q, a, PAGE);
}
/* Written to the wrong place, with the number of that place: only what is in it tells. */
static void misplace_page(File *f, PropterRng *rng) {
  size_t to = below(rng, f->size / PAGE);
  memmove(f->bytes + to * PAGE + 8, f->bytes + below(rng, f->size / PAGE) * PAGE + 8, PAGE - 8);
}
static void cut(File *f, PropterRng *rng) { f->size = below(rng, f->size); }
static void cut_pages(File *f, PropterRng *rng) { f->size = below(rng, f->size / PAGE) * PAGE; }
static void lose_meta(File *f, PropterRng *rng) {
  unsigned char *newer = f->bytes + (f->bytes[144] < f->bytes[PAGE + 144] ? PAGE : 0);
  (void)rng;
  memset(newer + 144, 0, 8); /* its commit number: LMDB would take the older page */
}

static const struct {
  const char *name;
  void (*damage)(File *, PropterRng *);
} kinds[] = {{"bit", flip_bit},
             {"bytes", change_bytes},
             {"meta", flip_meta},
             {"page header", flip_header},
             {"zeroed page", zero_page},
             {"random page", fill_page},
             {"swapped pages", swap_pages},
             {"misplaced page", misplace_page},
             {"cut", cut},
             {"cut at a page", cut_pages},
             {"lost commit", lose_meta}};
enum { KINDS = sizeof kinds / sizeof *kinds };

enum { RIGHT = 40, WRONG };

static void on_fault(int number, siginfo_t *info, void *context) {
  (void)context;
  if (propter_graph_faulted(number == SIGABRT ? NULL : info->si_addr)) _exit(PROPTER_DAMAGED);
}

/* As query/cli/main.c does. */
static void catch_faults(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | (int)SA_RESETHAND;
  (void)sigaction(SIGBUS, &action, NULL);
  (void)sigaction(SIGSEGV, &action, NULL);
  (void)sigaction(SIGABRT, &action, NULL);
}

/* Reads in a child: RIGHT, WRONG, a status, or 128 and more for a signal. */
static int outcome(const char *dir, uint64_t expected) {
  pid_t pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0) {
    uint64_t digest = 0;
    (void)alarm(20);
    catch_faults();
    PropterStatus status = read_all(dir, &digest, NULL);
    _exit(status != PROPTER_OK ? (int)status : digest == expected ? RIGHT : WRONG);
  }
  int state = 0;
  ck_assert_int_eq(waitpid(pid, &state, 0), pid);
  return WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
}

START_TEST(a_damaged_file_never_answers_wrongly) {
  const char *dir = support_path(support_folder(), "g"), *data = support_path(dir, "data.mdb"), *mark = support_path(dir, "data.mark");
  const char *many = getenv("PROPTER_DAMAGES");
  int rounds = many ? atoi(many) : PER_KIND;
  PropterRng rng;
  propter_rng_seed(&rng, (uint64_t)_i + 100);
  build(dir);
  uint64_t expected = 0;
  ck_ok(read_all(dir, &expected, err));
  File good = load(data), marked = load(mark);
  int tally[256] = {0};
  for (int k = 0; k < rounds; k++) {
    File bad = {malloc(good.size), good.size};
    memcpy(bad.bytes, good.bytes, good.size);
    kinds[_i].damage(&bad, &rng);
    support_write(data, (PropterStr){(const char *)bad.bytes, bad.size});
    if (k % 4 == 3 && kinds[_i].damage != lose_meta)
      (void)unlink(mark); /* nothing is known of the file */
    else
      support_write(mark, (PropterStr){(const char *)marked.bytes, marked.size});
    int got = outcome(dir, expected);
    tally[got & 255]++;
    bool without_mark = k % 4 == 3 && bad.size <= PAGE; /* then it is a file that never held a commit */
    ck_assert_msg(got == RIGHT || got == PROPTER_DAMAGED || got == PROPTER_INVALID || (got == PROPTER_NOT_FOUND && without_mark), "%s, round %d: outcome %d",
                  kinds[_i].name, k, got);
    if (kinds[_i].damage == lose_meta) ck_assert_int_ne(got, RIGHT);
    free(bad.bytes);
  }
  if (many)
    fprintf(stderr, "%-16s %6d damages: %6d right, %6d damaged, %6d other format, %6d empty\n", kinds[_i].name, rounds, tally[RIGHT], tally[PROPTER_DAMAGED],
            tally[PROPTER_INVALID], tally[PROPTER_NOT_FOUND]);
  support_write(data, (PropterStr){(const char *)good.bytes, good.size});
  support_write(mark, (PropterStr){(const char *)marked.bytes, marked.size});
  ck_assert_int_eq(outcome(dir, expected), RIGHT);
  propter_free(good.bytes);
  propter_free(marked.bytes);
}
END_TEST

Suite *suite_damage(void) {
  Suite *s = suite_create("damage");
  TCase *tc = tcase_create("damage");
  tcase_set_timeout(tc, 1200);
  tcase_add_loop_test(tc, a_damaged_file_never_answers_wrongly, 0, KINDS);
  suite_add_tcase(s, tc);
  return s;
}
