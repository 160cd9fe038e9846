/* SPDX-License-Identifier: Apache-2.0 */
/* Universal tags on the treebank's own words. Files of the set with "train" in their name are left out: the model was learned from them. */
#include <string.h>

#include "reading.h"

extern const char model_en_tagger[];
extern const size_t model_en_tagger_size;

void reading_ud_ewt(const Reading *reading) {
  CorpusFiles files = {0};
  PropterError err = {0};
  Linear tagger;
  reading_check(linear_parse((PropterStr){model_en_tagger, model_en_tagger_size}, "en.tagger", &tagger, &err), &err);
  reading_check(corpus_files(reading->folder, "", "", &files, &err), &err);
  for (size_t i = 0; i < files.paths.count; i++) {
    PropterBuf text = {0};
    size_t right = 0, all = 0;
    if (!strstr(files.paths.items[i], ".conllu") || strstr(files.paths.items[i], "-train")) continue;
    reading_check(train_read(files.paths.items[i], &text, &err), &err);
    double start = bench_now();
    reading_check(learn_tag_score(propter_buf_str(&text), &tagger, &right, &all, &err), &err);
    printf("bench reading-ud-ewt-upos %.2f %% vs perceptron 94.88 %.3f  # %zu words, %.2f M words/s\n", 100.0 * (double)right / (double)all,
           100.0 * (double)right / (double)all / 94.88, all, (double)all / (bench_now() - start) / 1e6);
    propter_buf_clear(&text);
  }
  linear_clear(&tagger);
  corpus_files_clear(&files);
}
