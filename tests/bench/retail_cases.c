/* SPDX-License-Identifier: Apache-2.0 */
#include "retail_cases.h"

#include <jansson.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "propter/math.h"

const char *const way_names[WAYS] = {"joined", "data", "text", "latest", "claimed", "no-documents", "no-links", "no-calendar"};

/* --- a shop -------------------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  char **items;
  size_t count;
} Names;

/* What can be left out of an answer. */
enum { DOCUMENTS, LINKS, CALENDAR, PACKS };

typedef struct {
  const char *folder;
  json_t *truth;
  char *claims; /* claims.tsv */
  Names pack[PACKS];
  char place[4096], graph[4400]; /* a folder of its own, and the graph in it */
  bool kept;                     /* the folder stays */
  PropterGraph *store;
  PropterSnapshot *snapshot;
} Shop;

static void run(const Shop *shop, const char *command, const char *operands) {
  char line[8192];
  const char *program = getenv("PROPTER");
  path_format(line, sizeof line, "cd '%s' && '%s' -g '%s' %s %s >/dev/null 2>&1", shop->folder, program ? program : "query/propter", shop->graph, command,
              operands);
  int code = system(line);
  if (code == 0 || code == 256) return; /* 1: something was put into quarantine */
  fprintf(stderr, "causal: %s: ended with %d\n", line, code);
  exit(3);
}

/* IRIs of the subjects of a file, a line each. */
static void read_subjects(const char *folder, const char *file, Names *out) {
  char *text = file_text(folder, file);
  for (const char *line = text; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
    size_t n = strcspn(line, " \n");
    if (strncmp(line, "shop:", 5) != 0) continue;
    out->items = propter_realloc(out->items, (out->count + 1) * sizeof *out->items);
    char *iri = propter_malloc(n + 64);
    if (!out->items || !iri) exit(5);
    path_format(iri, n + 64, "https://w3id.org/propter/bench/retail#%.*s", (int)(n - 5), line + 5);
    out->items[out->count++] = iri;
  }
  propter_free(text);
}

/* A graph is whole once it has its name; until then it stands under another one. */
static void make_graph(Shop *shop, const char *graphs) {
  char whole[4300];
  const char *where = getenv("TMPDIR"), *name = strrchr(shop->folder, '/');
  if (graphs) {
    (void)mkdir(graphs, 0777);
    if (!realpath(graphs, shop->place)) exit(74);
    path_format(whole, sizeof whole, "%s/%s", shop->place, name ? name + 1 : shop->folder);
    path_format(shop->graph, sizeof shop->graph, "%s.part", whole);
  } else {
    path_format(shop->place, sizeof shop->place, "%s/retail-XXXXXX", where ? where : "/tmp");
    if (!mkdtemp(shop->place)) exit(75);
    path_format(whole, sizeof whole, "%s/g", shop->place);
    path_format(shop->graph, sizeof shop->graph, "%s", whole);
  }
  shop->kept = graphs != NULL;
  if (!graphs || access(whole, R_OK) != 0) {
    run(shop, "init", "");
    run(shop, "load", "pack.ttl links.ttl calendar.ttl");
    run(shop, "ingest", "mapping.ttl");
    run(shop, "read", "documents");
    if (graphs && rename(shop->graph, whole) != 0) exit(74);
  }
  path_format(shop->graph, sizeof shop->graph, "%s", whole);
}

static void shop_open(Shop *shop, const char *folder, const char *graphs) {
  PropterError err = {0};
  char path[4096];
  json_error_t e;
  *shop = (Shop){.folder = folder};
  path_format(path, sizeof path, "%s/truth.json", folder);
  shop->truth = json_load_file(path, 0, &e);
  if (!shop->truth) {
    fprintf(stderr, "causal: %s:%d: %s\n", path, e.line, e.text);
    exit(3);
  }
  shop->claims = file_text(folder, "claims.tsv");
  path_format(path, sizeof path, "%s/documents", folder);
  shop->pack[DOCUMENTS].items = folder_names(path, "", &shop->pack[DOCUMENTS].count);
  read_subjects(folder, "links.ttl", &shop->pack[LINKS]);
  read_subjects(folder, "calendar.ttl", &shop->pack[CALENDAR]);
  make_graph(shop, graphs);
  need(propter_graph_open(shop->graph, PROPTER_GRAPH_READ_ONLY, NULL, &shop->store, &err), &err);
  need(propter_snapshot_open(shop->store, 0, &shop->snapshot, &err), &err);
}

static void shop_close(Shop *shop) {
  char line[4200];
  propter_snapshot_close(shop->snapshot);
  propter_graph_close(shop->store);
  path_format(line, sizeof line, "rm -r '%s'", shop->place);
  if (!shop->kept && system(line) != 0) fprintf(stderr, "causal: left behind: %s\n", shop->place);
  for (int k = 0; k < PACKS; k++) names_free(shop->pack[k].items, shop->pack[k].count);
  propter_free(shop->claims);
  json_decref(shop->truth);
}

/* --- truth ---------------------------------------------------------------------------------------------------------------------------------- */

static PropterDay day_at(json_t *object, const char *key) {
  PropterDay day = PROPTER_NO_DAY;
  (void)propter_day_parse(propter_str(json_string_value(json_object_get(object, key))), &day);
  return day;
}

static bool is_iri(const PropterCause *c, const char *iri) {
  if (!iri) return false;
  if (propter_str_equal(c->iri, propter_str(iri))) return true;
  for (size_t i = 0; i < c->aliases; i++)
    if (propter_str_equal(c->alias[i], propter_str(iri))) return true;
  return false;
}

/* A cause of the answer is a true one: its event, or, where only text knows it, its kind at that time. */
static bool is_true(json_t *question, const PropterCause *c) {
  size_t i;
  json_t *cause;
  json_array_foreach(json_object_get(question, "causes"), i, cause) {
    const char *event = json_string_value(json_object_get(cause, "event")), *kind = json_string_value(json_object_get(cause, "kind"));
    const char *label = json_string_value(json_object_get(cause, "label"));
    if (!event) continue;
    if (is_iri(c, event)) return true;
    if (c->documented || !(is_iri(c, kind) || propter_str_equal(c->kind_label, propter_str(label)))) continue;
    PropterDay from = day_at(cause, "from"), to = day_at(cause, "to");
    if (c->start == PROPTER_NO_DAY || (c->start <= to && (c->end == PROPTER_NO_DAY || c->end >= from))) return true;
  }
  return false;
}

/* A document says (wrongly, and not as a denial) that this is the question's cause. */
static bool is_said(const Shop *shop, size_t question, const PropterCause *c) {
  for (const char *line = shop->claims; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : "") {
    char use[16], truth[16], cause[96], iri[200];
    long number;
    if (sscanf(line, "%ld\t%*[^\t]\t%15[^\t]\t%*[^\t]\t%15[^\t]\t%95[^\t]", &number, use, truth, cause) != 4) continue;
    if (number != (long)question || strcmp(truth, "false") != 0 || strcmp(use, "denial") == 0) continue;
    for (char *x = cause; *x; x++)
      if (*x == ' ') *x = '-';
    path_format(iri, sizeof iri, "https://w3id.org/propter/bench/retail#%s", cause);
    if (is_iri(c, iri)) return true;
    if (!c->documented && strncmp(iri, c->iri.data, c->iri.len) == 0) return true; /* its kind */
  }
  return false;
}

/* --- ways ------------------------------------------------------------------------------------------------------------------------------------ */

/* An event documented elsewhere that only text brings here is not weighed: its probability is its prior. */
static bool is_stretched(const PropterCause *c) { return c->score.mattered == 1 && c->score.prior == c->score.p; }

static size_t claims_for(const PropterCause *c) {
  size_t n = 0;
  for (size_t i = 0; i < c->evidences; i++) n += c->evidence[i].kind == PROPTER_EVIDENCE_QUOTE && !c->evidence[i].against;
  return n;
}

/* What a way would put first: the cause with the largest key; NULL: it has none. */
static const PropterCause *first_of(int way, const PropterInference *x) {
  const PropterCause *best = NULL;
  double top = 0;
  for (size_t i = 0; i < x->causes; i++) {
    const PropterCause *c = &x->cause[i];
    double key = 0, known = propter_logit(c->score.prior) + c->score.term[PROPTER_TERM_TEXT];
    if (way == WAY_TEXT) key = known;
    else if (way == WAY_LATEST)
      key = c->documented && !is_stretched(c) && c->start != PROPTER_NO_DAY && c->start <= x->last ? (double)c->start : (double)-INFINITY;
    else if (way == WAY_CLAIMED) key = (double)claims_for(c) + 1e-3 * known;
    else key = -c->score.rank;
    /* equal keys: by name, so that no way profits from the order of another */
    if (key > -INFINITY && (!best || key > top || (key == top && propter_str_compare(c->iri, best->iri) < 0))) best = c, top = key;
  }
  return best;
}

/* What a way that is asked for itself leaves out. */
static const struct {
  int way;
  bool without[PACKS];
} asked[] = {{WAY_JOINED, {false, false, false}},
             {WAY_DATA, {true, true, false}},
             {WAY_NO_DOCUMENTS, {true, false, false}},
             {WAY_NO_LINKS, {false, true, false}},
             {WAY_NO_CALENDAR, {false, false, true}}};

static PropterInferrer *open_way(const Shop *shop, const bool *leaves_out, PropterStr *without) {
  PropterInferOptions options = propter_infer_options();
  PropterError err = {0};
  PropterInferrer *inferrer;
  for (int k = 0; k < PACKS; k++)
    for (size_t i = 0; leaves_out[k] && i < shop->pack[k].count; i++) without[options.without_count++] = propter_str(shop->pack[k].items[i]);
  options.without = without;
  need(propter_inferrer_new(shop->snapshot, &options, &inferrer, &err), &err);
  return inferrer;
}

/* P before calibration: the lines of the score add up to it. */
static double uncalibrated(const PropterCauseScore *s) { return propter_expit(propter_logit(s->p) - s->term[PROPTER_TERM_CALIBRATION]); }

static void answer(const Shop *shop, PropterInferrer *inferrer, int way, json_t *question, Case *one, Cases *out, bool verbose) {
  PropterError err = {0};
  PropterInference *x;
  const char *metric = json_string_value(json_object_get(question, "metric"));
  double start = bench_cpu();
  need(propter_inferrer_window(inferrer, propter_str(metric), day_at(question, "from"), day_at(question, "to"), &x, &err), &err);
  if (way == WAY_JOINED) out->seconds += bench_cpu() - start;
  for (int w = way; w < WAYS; w++) {
    if (w != way && !(way == WAY_JOINED && w >= WAY_TEXT && w <= WAY_CLAIMED)) continue;
    const PropterCause *first = first_of(w, x);
    out->asked[w] = true;
    one->right[w] = first && is_true(question, first);
  }
  if (way == WAY_JOINED) {
    const PropterCause *first = first_of(WAY_JOINED, x);
    one->moved = x->outcome == PROPTER_ANSWER_ANSWERED || x->outcome == PROPTER_ANSWER_CAUSE_UNKNOWN;
    one->p = first ? uncalibrated(&first->score) : 0;
    one->said = first && !one->right[WAY_JOINED] && is_said(shop, one->question, first);
    for (size_t i = 0; i < x->causes; i++) {
      Hypothesis h = {uncalibrated(&x->cause[i].score), is_true(question, &x->cause[i]), out->cases.count};
      if (!propter_vec_push(&out->hypotheses, h)) exit(5);
    }
    if (verbose) {
      printf("%s %zu %s %s z %.1f %s%s%s%s%s\n", shop->folder, one->question, metric + 38, propter_answer_outcome_name(x->outcome), x->z,
             one->documented ? one->family : "none", one->two ? " two" : "", one->confounded ? " confounded" : "", one->coincidence ? " coincidence" : "",
             x->outcome == PROPTER_ANSWER_ANSWERED && !one->right[WAY_JOINED] ? one->said ? " FALSE" : " WRONG"
             : one->documented && !one->right[WAY_JOINED]                     ? " MISSED"
                                                                              : "");
      for (size_t i = 0; i < x->causes && i < 9; i++) {
        const PropterCauseScore *s = &x->cause[i].score;
        printf("    %c %.3f prior %.3f history %+.1f text %+.1f time %+.1f size %+.1f back %+.1f contrast %+.1f rivals %+.1f  %s, claims %zu, %.*s\n",
               is_true(question, &x->cause[i]) ? '+' : '-', s->p, s->prior, s->term[PROPTER_TERM_HISTORY], s->term[PROPTER_TERM_TEXT],
               s->term[PROPTER_TERM_TIMING], s->term[PROPTER_TERM_SIZE], s->term[PROPTER_TERM_RETURN], s->term[PROPTER_TERM_CONTRAST],
               s->term[PROPTER_TERM_RIVALS], propter_grade_name(s->grade), claims_for(&x->cause[i]), (int)x->cause[i].label.len,
               x->cause[i].label.data);
      }
    }
  }
  propter_inference_free(x);
}

/* --- all ---------------------------------------------------------------------------------------------------------------------------------------- */

static Case case_of(json_t *question, size_t shop) {
  Case c = {.shop = shop, .question = (size_t)json_integer_value(json_object_get(question, "question"))};
  size_t i, known = 0;
  json_t *cause;
  json_array_foreach(json_object_get(question, "causes"), i, cause) known += json_object_get(cause, "event") != NULL;
  (void)snprintf(c.family, sizeof c.family, "%s", json_string_value(json_object_get(question, "family")));
  c.documented = known > 0;
  c.two = known > 1;
  c.confounded = json_is_true(json_object_get(question, "confounded"));
  c.coincidence = json_is_true(json_object_get(question, "coincidence"));
  c.consensus = json_is_true(json_object_get(question, "consensus"));
  return c;
}

static void read_shop(const char *folder, const CasesOptions *options, Cases *out) {
  Shop shop;
  shop_open(&shop, folder, options->graphs);
  json_t *questions = json_object_get(shop.truth, "questions"), *question;
  size_t i, first = out->cases.count, names = 1;
  for (int k = 0; k < PACKS; k++) names += shop.pack[k].count;
  PropterStr *without = propter_calloc(names, sizeof *without);
  if (!without) exit(5);
  json_array_foreach(questions, i, question) {
    Case c = case_of(question, out->shops);
    if (!propter_vec_push(&out->cases, c)) exit(5);
  }
  size_t last = out->cases.count;
  for (size_t w = 0; w < (options->joined ? 1 : sizeof asked / sizeof *asked); w++) {
    PropterInferrer *inferrer = open_way(&shop, asked[w].without, without);
    json_array_foreach(questions, i, question) {
      out->cases.count = first + i; /* the case that hypotheses point to */
      answer(&shop, inferrer, asked[w].way, question, &out->cases.items[first + i], out, options->verbose);
    }
    out->cases.count = last;
    propter_inferrer_free(inferrer);
  }
  propter_free(without);
  shop_close(&shop);
  out->shops++;
}

void cases_read(const char *folder, const CasesOptions *options, Cases *out) {
  char path[4096];
  *out = (Cases){0};
  path_format(path, sizeof path, "%s/truth.json", folder);
  if (access(path, R_OK) == 0) {
    read_shop(folder, options, out);
    return;
  }
  size_t count;
  char **names = folder_names(folder, "", &count);
  for (size_t i = 0; i < count; i++) {
    path_format(path, sizeof path, "%s/%s/truth.json", folder, names[i]);
    if (access(path, R_OK) != 0) continue;
    path_format(path, sizeof path, "%s/%s", folder, names[i]);
    read_shop(path, options, out);
  }
  names_free(names, count);
}

void cases_clear(Cases *cases) {
  propter_vec_clear(&cases->cases);
  propter_vec_clear(&cases->hypotheses);
}
