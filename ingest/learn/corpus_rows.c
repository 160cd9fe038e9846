/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of rows: SemEval-2010 task 8, Causal News Corpus, AltLex, FinCausal. */
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "propter/io.h"
#include "propter/table.h"
#include "propter/zip.h"

enum { FILE_LIMIT = 256 << 20 };

static PropterStr line_of(PropterStr text, size_t *at) {
  size_t from = *at, n = from;
  while (n < text.len && text.data[n] != '\n') n++;
  *at = n + 1;
  while (n > from && text.data[n - 1] == '\r') n--;
  return (PropterStr){text.data + from, n - from};
}

/* Copies the text without its tags <name>…</name>; spans[i] goes from the first to the last byte marked with names[i]. */
static void unmark(PropterStr s, const char *const *names, PropterSpan *spans, size_t count, PropterBuf *plain) {
  for (size_t i = 0; i < count; i++) spans[i] = (PropterSpan){0, 0};
  for (size_t at = 0; at < s.len;) {
    size_t skip = 0;
    for (size_t i = 0; i < count && !skip && s.data[at] == '<'; i++) {
      char open[16], close[16];
      (void)snprintf(open, sizeof open, "<%s>", names[i]);
      (void)snprintf(close, sizeof close, "</%s>", names[i]);
      PropterStr rest = {s.data + at, s.len - at};
      if (propter_str_starts(rest, propter_str(open))) {
        if (!spans[i].end) spans[i].start = plain->len;
        skip = strlen(open);
      } else if (propter_str_starts(rest, propter_str(close))) {
        spans[i].end = plain->len;
        skip = strlen(close);
      }
    }
    if (skip) at += skip;
    else propter_buf_add_char(plain, s.data[at++]);
  }
}

/* --- SemEval-2010 task 8: a numbered sentence in quotes with <e1> and <e2>, below it its relation ------------------------------- */

const CorpusPair corpus_pairs[CORPUS_PAIRS] = {{"Other", "none"},
                                               {"Cause-Effect", "first"},
                                               {"Cause-Effect", "second"},
                                               {"Instrument-Agency", "tool"},
                                               {"Instrument-Agency", "agent"},
                                               {"Product-Producer", "product"},
                                               {"Product-Producer", "producer"},
                                               {"Content-Container", "content"},
                                               {"Content-Container", "container"},
                                               {"Entity-Origin", "entity"},
                                               {"Entity-Origin", "origin"},
                                               {"Entity-Destination", "mover"},
                                               {"Entity-Destination", "destination"},
                                               {"Component-Whole", "part"},
                                               {"Component-Whole", "whole"},
                                               {"Member-Collection", "member"},
                                               {"Member-Collection", "collection"},
                                               {"Message-Topic", "message"},
                                               {"Message-Topic", "topic"}};

static PropterStatus semeval_file(PropterStr text, Corpus *out, PropterBuf *plain, PropterError *err) {
  static const char *const names[] = {"e1", "e2"};
  for (size_t at = 0; at < text.len;) {
    PropterStr line = line_of(text, &at);
    size_t quote = propter_str_find(line, PROPTER_STR("\""));
    if (quote == SIZE_MAX || line.len < quote + 2 || propter_str_find(line, PROPTER_STR("<e1>")) == SIZE_MAX) continue;
    PropterStr label = propter_str_trim(line_of(text, &at));
    if (!label.len) continue; /* a test file without its key */
    PropterSpan e[2];
    propter_buf_reset(plain);
    unmark((PropterStr){line.data + quote + 1, line.len - quote - 2}, names, e, 2, plain);
    int kind = 0;
    for (int k = 0; k < CORPUS_PAIRS; k++)
      if (propter_str_starts(label, propter_str(corpus_pairs[k].name)) &&
          (label.len == strlen(corpus_pairs[k].name) || propter_str_ends(label, k % 2 ? PROPTER_STR("(e1,e2)") : PROPTER_STR("(e2,e1)"))))
        kind = k;
    /* Each sentence came from its own page. */
    PROPTER_TRY(corpus_item(out, propter_buf_str(plain), (unsigned)out->items.count, kind, err));
    PROPTER_TRY(corpus_relation(out, (CorpusRelation){{0, 0}, e[0], e[1]}, err));
  }
  return PROPTER_OK;
}

PropterStatus corpus_semeval2010t8(const char *folder, Corpus *out, PropterError *err) {
  CorpusFiles files = {0};
  PropterBuf text = {0}, plain = {0};
  PropterStatus status = corpus_files(folder, "T", ".TXT", &files, err);
  for (size_t i = 0; i < files.paths.count && status == PROPTER_OK; i++) {
    propter_buf_reset(&text);
    status = propter_io_read_file(files.paths.items[i], FILE_LIMIT, &text, err);
    if (status == PROPTER_OK) status = semeval_file(propter_buf_str(&text), out, &plain, err);
  }
  propter_buf_clear(&text);
  propter_buf_clear(&plain);
  corpus_files_clear(&files);
  return status;
}

/* --- our own sentences: marked <c>cause</c> and <e>effect</e>; without marks what a rule proposes is no claim ------------------------ */

PropterStatus corpus_own(const char *path, Corpus *out, PropterError *err) {
  static const char *const names[] = {"c", "e"};
  PropterBuf text = {0}, plain = {0};
  PropterStatus status = propter_io_read_file(path, FILE_LIMIT, &text, err);
  PropterStr all = propter_buf_str(&text);
  for (size_t at = 0; at < all.len && status == PROPTER_OK;) {
    PropterStr line = propter_str_trim(line_of(all, &at));
    if (!line.len || line.data[0] == '#') continue;
    PropterSpan spans[2];
    propter_buf_reset(&plain);
    unmark(line, names, spans, 2, &plain);
    bool marked = spans[0].end && spans[1].end;
    status = corpus_item(out, propter_buf_str(&plain), (unsigned)out->items.count, marked, err);
    if (status == PROPTER_OK && marked) status = corpus_relation(out, (CorpusRelation){{0, 0}, spans[0], spans[1]}, err);
  }
  propter_buf_clear(&text);
  propter_buf_clear(&plain);
  return status;
}

/* --- tables --------------------------------------------------------------------------------------------------------------------- */

typedef PropterStatus (*RowTake)(const PropterRow *row, const size_t *columns, Corpus *out, PropterBuf *scratch, PropterError *err);

enum { COLUMNS = 4 };

/* Every row of every file, with the places of the named columns. */
static PropterStatus read_tables(const char *folder, const char *prefix, const char *suffix, const PropterTableOptions *options, const char *const *columns,
                                 size_t count, RowTake take, Corpus *out, PropterError *err) {
  CorpusFiles files = {0};
  PropterBuf scratch = {0};
  PropterStatus status = corpus_files(folder, prefix, suffix, &files, err);
  for (size_t i = 0; i < files.paths.count && status == PROPTER_OK; i++) {
    PropterTable *table = NULL;
    size_t at[COLUMNS] = {0};
    status = propter_table_open(files.paths.items[i], options, NULL, &table, err);
    for (size_t k = 0; k < count && status == PROPTER_OK; k++) status = propter_table_column(table, propter_str(columns[k]), &at[k], err);
    for (bool found = true; found && status == PROPTER_OK;) {
      PropterRow row;
      status = propter_table_next(table, &row, &found, err);
      if (status == PROPTER_OK && found && !row.problem) status = take(&row, at, out, &scratch, err);
    }
    propter_table_close(table);
  }
  propter_buf_clear(&scratch);
  corpus_files_clear(&files);
  return status;
}

/* "train_05_299_2590": article, then the sentence in it. */
static PropterStr article(PropterStr index) {
  size_t n = index.len;
  while (n > 0 && index.data[n - 1] != '_') n--;
  return (PropterStr){index.data, n};
}

static PropterStatus cnc_row(const PropterRow *row, const size_t *c, Corpus *out, PropterBuf *scratch, PropterError *err) {
  (void)scratch;
  return corpus_item(out, row->cells[c[0]], corpus_document(out, article(row->cells[c[2]])), row->cells[c[1]].len == 1 && row->cells[c[1]].data[0] == '1', err);
}

PropterStatus corpus_cnc(const char *folder, Corpus *out, PropterError *err) {
  return read_tables(folder, "", "_subtask1.csv", &(PropterTableOptions){0}, (const char *const[]){"text", "label", "index"}, 3, cnc_row, out, err);
}

static PropterStatus cnc_span_row(const PropterRow *row, const size_t *c, Corpus *out, PropterBuf *scratch, PropterError *err) {
  static const char *const names[] = {"ARG0", "ARG1", "SIG0"};
  PropterSpan spans[3];
  propter_buf_reset(scratch);
  unmark(row->cells[c[0]], names, spans, 3, scratch);
  const CorpusItem *last = out->items.count ? &out->items.items[out->items.count - 1] : NULL;
  bool causal = row->cells[c[1]].len == 1 && row->cells[c[1]].data[0] == '1';
  if (!last || !propter_str_equal(last->text, propter_buf_str(scratch)))
    PROPTER_TRY(corpus_item(out, propter_buf_str(scratch), corpus_document(out, row->cells[c[2]]), causal, err));
  return causal && spans[0].end && spans[1].end ? corpus_relation(out, (CorpusRelation){spans[2], spans[0], spans[1]}, err) : PROPTER_OK;
}

PropterStatus corpus_cnc_spans(const char *folder, Corpus *out, PropterError *err) {
  return read_tables(folder, "", "_subtask2.csv", &(PropterTableOptions){0}, (const char *const[]){"text_w_pairs", "seq_label", "doc_id"}, 3, cnc_span_row, out,
                     err);
}

/* --- FinCausal task 2: rows of one text follow each other -------------------------------------------------------------------------- */

static PropterSpan find(PropterStr text, PropterStr part) {
  size_t at = propter_str_find(text, part);
  return at == SIZE_MAX ? (PropterSpan){0, 0} : (PropterSpan){at, at + part.len};
}

static PropterStatus fincausal_row(const PropterRow *row, const size_t *c, Corpus *out, PropterBuf *scratch, PropterError *err) {
  (void)scratch;
  PropterStr text = propter_str_trim(row->cells[c[1]]), index = row->cells[c[0]];
  const CorpusItem *last = out->items.count ? &out->items.items[out->items.count - 1] : NULL;
  const char *dot = memchr(index.data, '.', index.len);
  if (!last || !propter_str_equal(last->text, text))
    PROPTER_TRY(corpus_item(out, text, corpus_document(out, (PropterStr){index.data, dot ? (size_t)(dot - index.data) : index.len}), 1, err));
  return corpus_relation(out, (CorpusRelation){{0, 0}, find(text, propter_str_trim(row->cells[c[2]])), find(text, propter_str_trim(row->cells[c[3]]))}, err);
}

PropterStatus corpus_fincausal(const char *folder, Corpus *out, PropterError *err) {
  return read_tables(folder, "", "task2.csv", &(PropterTableOptions){.delimiter = ';', .trim = true}, (const char *const[]){"Index", "Text", "Cause", "Effect"},
                     4, fincausal_row, out, err);
}

/* --- AltLex: text before, marker, text after, label, in archives ------------------------------------------------------------------- */

static PropterStatus altlex_table(PropterStr text, Corpus *out, PropterError *err) {
  PropterStatus status = PROPTER_OK;
  PropterBuf b = {0};
  size_t at = 0;
  (void)line_of(text, &at);
  while (at < text.len && status == PROPTER_OK) {
    PropterStr line = line_of(text, &at), cell[4] = {{0}};
    size_t n = 0;
    for (size_t i = 0, from = 0; i <= line.len && n < 4; i++)
      if (i == line.len || line.data[i] == '\t') cell[n++] = propter_str_trim((PropterStr){line.data + from, i - from}), from = i + 1;
    if (n < 4 || !cell[3].len || cell[3].data[0] < '0' || cell[3].data[0] > '2') continue;
    propter_buf_reset(&b);
    CorpusRelation r = {0};
    propter_buf_add(&b, cell[0]);
    if (cell[0].len) propter_buf_add_char(&b, ' ');
    r.trigger.start = b.len;
    propter_buf_add(&b, cell[1]);
    r.trigger.end = b.len;
    propter_buf_add_char(&b, ' ');
    propter_buf_add(&b, cell[2]);
    PropterSpan before = {0, r.trigger.start}, after = {r.trigger.end, b.len};
    int label = cell[3].data[0] - '0';
    r.cause = label == 1 ? after : before, r.effect = label == 1 ? before : after;
    status = corpus_item(out, propter_buf_str(&b), (unsigned)out->items.count / 10, label, err);
    if (status == PROPTER_OK) status = corpus_relation(out, r, err);
  }
  propter_buf_clear(&b);
  return status;
}

PropterStatus corpus_altlex(const char *folder, Corpus *out, PropterError *err) {
  CorpusFiles files = {0};
  PropterStatus status = corpus_files(folder, "altlex_", ".tsv.zip", &files, err);
  for (size_t i = 0; i < files.paths.count && status == PROPTER_OK; i++) {
    PropterBuf packed = {0}, text = {0};
    PropterZip *zip = NULL;
    const char *slash = strrchr(files.paths.items[i], '/');
    char name[256];
    (void)snprintf(name, sizeof name, "%s", slash ? slash + 1 : files.paths.items[i]);
    if (strlen(name) > 4) name[strlen(name) - 4] = '\0';
    status = propter_io_read_file(files.paths.items[i], FILE_LIMIT, &packed, err);
    if (status == PROPTER_OK) status = propter_zip_open(propter_buf_str(&packed), NULL, &zip, err);
    if (status == PROPTER_OK) status = propter_zip_read(zip, name, &text, err);
    if (status == PROPTER_OK) status = altlex_table(propter_buf_str(&text), out, err);
    propter_zip_close(zip);
    propter_buf_clear(&packed);
    propter_buf_clear(&text);
  }
  corpus_files_clear(&files);
  return status;
}
