/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <zlib.h>

#include "corpus.h"
#include "train.h"

enum { EPOCHS = 10 };

PropterStatus train_read(const char *path, PropterBuf *out, PropterError *err) {
  gzFile f = gzopen(path, "rb");
  char piece[1 << 16];
  int n = -1;
  if (!f) return propter_fail(err, PROPTER_NOT_FOUND, "%s: cannot be opened", path);
  while ((n = gzread(f, piece, sizeof piece)) > 0) propter_buf_add(out, (PropterStr){piece, (size_t)n});
  (void)gzclose(f);
  return n < 0 ? propter_fail(err, PROPTER_IO, "%s: cannot be read", path) : propter_buf_status(out, err);
}

/* `licence`: what stands at the model's beginning; `parted`: the tokens of one word are told apart ("don't"), not one token as it is written ("im"). */
static PropterStatus train(const char *data, const char *const *files, PropterStr licence, bool parted, size_t keep, PropterBuf *out, PropterError *err) {
  PropterBuf text = {0};
  PropterStatus status = PROPTER_OK;
  for (; *files && status == PROPTER_OK; files++) {
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", data, *files);
    status = train_read(path, &text, err);
  }
  propter_buf_add(out, PROPTER_STR("# Parts of speech: an averaged perceptron, learned by ingest/learn.\n"));
  propter_buf_add(out, licence);
  if (status == PROPTER_OK) status = learn_tagger(propter_buf_str(&text), parted, EPOCHS, keep, out, err);
  propter_buf_clear(&text);
  return status;
}

PropterStatus train_tagger(const char *data, PropterBuf *out, PropterError *err) {
  static const char *const files[] = {"ud-ewt/en_ewt-train-from-sources.conllu.gz", NULL};
  return train(
      data, files,
      PROPTER_STR("# Trained on Universal Dependencies English Web Treebank (train), https://universaldependencies.org, CC BY-SA 4.0.\n"
                  "# This model is a derived work under CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/), apart from the rest of propter.\n"),
      true, 120000, out, err);
}

PropterStatus train_tagger_de(const char *data, PropterBuf *out, PropterError *err) {
  static const char *const files[] = {"ud-german/de_gsd-ud-dev.conllu", "ud-german/de_gsd-ud-test.conllu", "ud-german/de_pud-ud-test.conllu", NULL};
  return train(
      data, files,
      PROPTER_STR("# Trained on Universal Dependencies German GSD (dev, test; CC BY-SA 4.0) and German PUD (CC BY-SA 3.0), https://universaldependencies.org.\n"
                  "# This model is a derived work under CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/), apart from the rest of propter.\n"),
      false, 60000, out, err);
}
