/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <zlib.h>

#include "corpus.h"
#include "train.h"

enum { EPOCHS = 10, KEEP = 120000 };

PropterStatus train_read(const char *path, PropterBuf *out, PropterError *err) {
  gzFile f = gzopen(path, "rb");
  char piece[1 << 16];
  int n = -1;
  if (!f) return propter_fail(err, PROPTER_NOT_FOUND, "%s: cannot be opened", path);
  while ((n = gzread(f, piece, sizeof piece)) > 0) propter_buf_add(out, (PropterStr){piece, (size_t)n});
  (void)gzclose(f);
  return n < 0 ? propter_fail(err, PROPTER_IO, "%s: cannot be read", path) : propter_buf_status(out, err);
}

PropterStatus train_tagger(const char *data, PropterBuf *out, PropterError *err) {
  PropterBuf text = {0};
  char path[4096];
  (void)snprintf(path, sizeof path, "%s/ud-ewt/en_ewt-train-from-sources.conllu.gz", data);
  PropterStatus status = train_read(path, &text, err);
  propter_buf_add(
      out,
      PROPTER_STR("# Parts of speech: an averaged perceptron, learned by ingest/learn.\n"
                  "# Trained on Universal Dependencies English Web Treebank (train), https://universaldependencies.org, CC BY-SA 4.0.\n"
                  "# This model is a derived work under CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/), apart from the rest of propter.\n"));
  if (status == PROPTER_OK) status = learn_tagger(propter_buf_str(&text), EPOCHS, KEEP, out, err);
  propter_buf_clear(&text);
  return status;
}
