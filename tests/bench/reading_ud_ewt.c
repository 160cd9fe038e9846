/* SPDX-License-Identifier: Apache-2.0 */
/* Universal tags on the treebank's own words; lemmas of words with the treebank's tags, but of names, numbers and marks. Files of the set with "train" in their
 * name are left out: the model was learned from them. */
#include <string.h>

#include "../../ingest/read/reading.h"
#include "reading.h"


static bool has_lemma(Upos tag) {
  static const Upos none[] = {UPOS_INTJ, UPOS_NUM, UPOS_PROPN, UPOS_PUNCT, UPOS_SYM, UPOS_X, UPOS_COUNT};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    if (tag == none[i]) return false;
  return true;
}

static Upos tag_named(PropterStr name) {
  unsigned t = 0;
  while (t < UPOS_COUNT && !propter_str_equal(name, propter_str(upos_name((Upos)t)))) t++;
  return (Upos)t;
}

/* Fields of a line: number, word, lemma, tag. */
static void score_lemmas(const PropterRules *rules, PropterStr text) {
  size_t right = 0, itself = 0, all = 0;
  for (size_t at = 0; at < text.len;) {
    PropterStr field[4] = {{0}};
    size_t n = 0, from = at;
    for (; at < text.len && text.data[at] != '\n'; at++)
      if (text.data[at] == '\t' && n < 4) field[n++] = (PropterStr){text.data + from, at - from}, from = at + 1;
    at++;
    Upos tag = n == 4 ? tag_named(field[3]) : UPOS_COUNT;
    if (!has_lemma(tag)) continue;
    Token word, lemma;
    char room[TOKEN_WORD];
    token_fold(field[1], &word);
    token_fold(field[2], &lemma);
    PropterStr expected = {lemma.word, lemma.len}, form = {word.word, word.len};
    right += propter_str_equal(lemma_of(&rules->lemmas, form, tag, room), expected), itself += propter_str_equal(form, expected);
    all++;
  }
  printf("bench reading-ud-ewt-lemmas %.2f %% vs itself %.2f %.3f  # %zu words, tags given\n", 100.0 * (double)right / (double)all,
         100.0 * (double)itself / (double)all, (double)right / (double)itself, all);
}

void reading_ud_ewt(const Reading *reading) {
  CorpusFiles files = {0};
  PropterError err = {0};
  Linear tagger;
  reading_check(linear_parse(*languages[0].tagger, "en.tagger", &tagger, &err), &err);
  reading_check(corpus_files(reading->folder, "", "", &files, &err), &err);
  for (size_t i = 0; i < files.paths.count; i++) {
    PropterBuf text = {0};
    size_t right = 0, all = 0;
    if (!strstr(files.paths.items[i], ".conllu") || strstr(files.paths.items[i], "-train")) continue;
    reading_check(train_read(files.paths.items[i], &text, &err), &err);
    double start = bench_now();
    reading_check(learn_tag_score(propter_buf_str(&text), true, &tagger, &right, &all, &err), &err);
    printf("bench reading-ud-ewt-upos %.2f %% vs perceptron 94.88 %.3f  # %zu words, %.2f M words/s\n", 100.0 * (double)right / (double)all,
           100.0 * (double)right / (double)all / 94.88, all, (double)all / (bench_now() - start) / 1e6);
    score_lemmas(reading->rules, propter_buf_str(&text));
    propter_buf_clear(&text);
  }
  linear_clear(&tagger);
  corpus_files_clear(&files);
}
