/* SPDX-License-Identifier: Apache-2.0 */
/* bench_read [-v] [FOLDER]: reading rules against public labelled sets that lie in FOLDER (or $PROPTER_BENCH_DATA): semeval2010t8/TRAIN_FILE.TXT
 * (Cause-Effect with direction) and cnc/.../train_subtask1.csv (sentence is causal). Always: speed on sentences made here. -v shows the mistakes. */
#include "bench.h"

#include <string.h>
#include <sys/stat.h>

#include "propter/io.h"
#include "propter/read.h"

static PropterRules *rules;
static bool verbose;

static void die(PropterStatus status, const PropterError *err) {
  if (status == PROPTER_OK) return;
  fprintf(stderr, "bench_read: %s %s\n", propter_status_name(status), err->message);
  exit(propter_exit_code(status));
}

/* The sentence as a document of one paragraph; its text is the sentence. */
static PropterDocument *document_of(PropterStr sentence) {
  PropterBuf b = {0};
  propter_buf_add(&b, PROPTER_STR("<p>"));
  for (size_t i = 0; i < sentence.len; i++) {
    if (sentence.data[i] == '<' || sentence.data[i] == '&')
      propter_buf_add(&b, sentence.data[i] == '<' ? PROPTER_STR("&lt;") : PROPTER_STR("&amp;"));
    else
      propter_buf_add_char(&b, sentence.data[i]);
  }
  PropterDocument *d = NULL;
  PropterError err = {0};
  die(propter_document_parse(propter_buf_str(&b), "s.html", NULL, &d, &err), &err);
  propter_buf_clear(&b);
  return d;
}

static PropterReadings read_all(const PropterDocument *d) {
  PropterReadings r = {0};
  PropterError err = {0};
  die(propter_read_document(rules, NULL, d, &r, &err), &err);
  return r;
}

typedef struct {
  size_t hit, wrong, missed;
} Count;

static void print_f1(const char *name, Count c, const char *peer, double peer_value) {
  double p = c.hit + c.wrong ? 100.0 * (double)c.hit / (double)(c.hit + c.wrong) : 0, r = c.hit + c.missed ? 100.0 * (double)c.hit / (double)(c.hit + c.missed) : 0;
  double f = p + r > 0 ? 2 * p * r / (p + r) : 0;
  printf("bench %s-precision %.1f %%\nbench %s-recall %.1f %%\nbench %s-f1 %.1f %% vs %s %.1f %.2f\n", name, p, name, r, name, f, peer, peer_value, f / peer_value);
}

static bool load(const char *folder, const char *name, PropterBuf *out) {
  char path[1024];
  PropterError err = {0};
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  propter_buf_reset(out);
  return propter_io_read_file(path, 0, out, &err) == PROPTER_OK;
}

static size_t cut_tags(PropterStr line, PropterBuf *out, size_t at[4]) {
  static const char *const tags[] = {"<e1>", "</e1>", "<e2>", "</e2>"};
  size_t seen = 0;
  for (size_t i = 0; i < line.len;) {
    size_t t = 0;
    while (t < 4 && !propter_str_starts((PropterStr){line.data + i, line.len - i}, propter_str(tags[t]))) t++;
    if (t < 4) {
      at[t] = out->len;
      seen++;
      i += strlen(tags[t]);
    } else {
      propter_buf_add_char(out, line.data[i++]);
    }
  }
  return seen;
}

static bool meets(PropterSpan s, size_t a, size_t b) { return s.start < b && a < s.end; }

static void semeval(PropterStr text) {
  Count c = {0};
  PropterBuf plain = {0};
  for (size_t at = 0; at < text.len;) {
    size_t end = at;
    while (end < text.len && text.data[end] != '\n') end++;
    PropterStr line = propter_str_trim((PropterStr){text.data + at, end - at});
    at = end + 1;
    size_t next = at;
    while (next < text.len && text.data[next] != '\n') next++;
    PropterStr label = propter_str_trim((PropterStr){text.data + (at < text.len ? at : 0), at < text.len ? next - at : 0});
    size_t quote = propter_str_find(line, PROPTER_STR("\"")), places[4] = {0};
    if (quote == SIZE_MAX || propter_str_find(line, PROPTER_STR("<e1>")) == SIZE_MAX) continue;
    PropterStr sentence = {line.data + quote + 1, line.len - quote - 2};
    propter_buf_reset(&plain);
    (void)cut_tags(sentence, &plain, places);
    PropterDocument *d = document_of(propter_buf_str(&plain));
    PropterReadings r = read_all(d);
    int said = 0;
    const char *rule = "";
    for (size_t i = 0; i < r.claims.count && !said; i++) {
      const PropterReading *x = &r.claims.items[i];
      if (meets(x->cause, places[0], places[1]) && meets(x->effect, places[2], places[3])) said = 1;
      if (meets(x->cause, places[2], places[3]) && meets(x->effect, places[0], places[1])) said = 2;
      rule = x->rule;
    }
    int truth = propter_str_equal(label, PROPTER_STR("Cause-Effect(e1,e2)")) ? 1 : propter_str_equal(label, PROPTER_STR("Cause-Effect(e2,e1)")) ? 2 : 0;
    if (said && said == truth) c.hit++;
    if (said && said != truth) c.wrong++;
    if (truth && said != truth) c.missed++;
    if (verbose && said != truth) fprintf(stderr, "%s\t%s\t%.*s\t%.*s\n", said ? "wrong" : "missed", said ? rule : "-", (int)label.len, label.data, (int)sentence.len, sentence.data);
    propter_readings_clear(&r);
    propter_document_free(d);
  }
  propter_buf_clear(&plain);
  print_f1("read-semeval2010t8", c, "verb-regex", 72.8);
}

/* CSV of index,text,label; quotes doubled inside quotes. */
static void cnc(PropterStr text) {
  Count c = {0};
  PropterBuf field = {0};
  size_t at = propter_str_find(text, PROPTER_STR("\n")) + 1;
  while (at < text.len) {
    while (at < text.len && text.data[at] != ',') at++;
    at++;
    propter_buf_reset(&field);
    bool quoted = at < text.len && text.data[at] == '"';
    at += quoted;
    for (; at < text.len; at++) {
      if (quoted && text.data[at] == '"') {
        if (at + 1 < text.len && text.data[at + 1] == '"')
          at++;
        else
          break;
      } else if (!quoted && text.data[at] == ',') {
        break;
      }
      propter_buf_add_char(&field, text.data[at]);
    }
    at += quoted ? 2 : 1;
    bool truth = at < text.len && text.data[at] == '1';
    while (at < text.len && text.data[at] != '\n') at++;
    at++;
    if (!field.len) continue;
    PropterDocument *d = document_of(propter_buf_str(&field));
    PropterReadings r = read_all(d);
    bool said = r.claims.count > 0;
    if (said && truth) c.hit++;
    if (said && !truth) c.wrong++;
    if (!said && truth) c.missed++;
    if (verbose && said != truth) fprintf(stderr, "%s\t%s\tcnc\t%s\n", said ? "wrong" : "missed", said ? r.claims.items[0].rule : "-", field.data);
    propter_readings_clear(&r);
    propter_document_free(d);
  }
  propter_buf_clear(&field);
  print_f1("read-cnc-st1", c, "linear-ngrams", 74.9);
}

typedef struct {
  PropterBuf page;
  size_t claims;
} Speed;

static void read_page(void *payload) {
  Speed *s = payload;
  PropterDocument *d = NULL;
  PropterError err = {0};
  die(propter_document_parse(propter_buf_str(&s->page), "speed.html", NULL, &d, &err), &err);
  PropterReadings r = read_all(d);
  s->claims = r.claims.count;
  propter_readings_clear(&r);
  propter_document_free(d);
}

int main(int argc, char **argv) {
  PropterError err = {0};
  PropterBuf file = {0};
  const char *folder = getenv("PROPTER_BENCH_DATA");
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-v") == 0)
      verbose = true;
    else
      folder = argv[i];
  }
  die(propter_rules_new(NULL, &rules, &err), &err);
  if (folder && load(folder, "semeval2010t8/TRAIN_FILE.TXT", &file)) semeval(propter_buf_str(&file));
  if (folder && (load(folder, "cnc/data/V2/train_subtask1.csv", &file) || load(folder, "cnc/train_subtask1.csv", &file))) cnc(propter_buf_str(&file));
  Speed speed = {0};
  for (int i = 0; speed.page.len < 1 << 20; i++)
    propter_buf_printf(&speed.page, "<p>In week %d the harbour handled %d boxes, a little more than before. Traffic fell on the third day because a crane had broken down, the port said. "
                                    "Nobody was hurt. Repairs took until Friday, and the queue of ships was cleared by the end of the month.</p>\n", i, i * 7);
  bench_print("read-html", (double)speed.page.len / bench_median(read_page, &speed) / 1e6, "MB/s");
  propter_buf_clear(&speed.page);
  propter_buf_clear(&file);
  propter_rules_free(rules);
  return speed.claims ? 0 : 70;
}
