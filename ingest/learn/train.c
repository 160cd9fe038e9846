/* SPDX-License-Identifier: Apache-2.0 */
/* train MODEL DATA > FILE: learns a model that ships (ontology/models) from the folder of labelled sets. */
#include <stdio.h>
#include <string.h>

#include "propter/io.h"
#include "train.h"

static const struct {
  const char *name, *summary;
  PropterStatus (*run)(const char *data, PropterBuf *out, PropterError *err);
} models[] = {
#define MODEL(name, summary) {#name, summary, train_##name},
#include "models.def"
#undef MODEL
};

int main(int argc, char **argv) {
  for (size_t i = 0; argc == 3 && i < sizeof models / sizeof *models; i++) {
    if (strcmp(models[i].name, argv[1]) != 0) continue;
    PropterBuf out = {0};
    PropterError err = {0};
    PropterStatus status = models[i].run(argv[2], &out, &err);
    if (status == PROPTER_OK && fwrite(out.data, 1, out.len, stdout) != out.len) status = propter_fail(&err, PROPTER_IO, "cannot write");
    if (status != PROPTER_OK) fprintf(stderr, "train: %s\n", err.message);
    propter_buf_clear(&out);
    return propter_exit_code(status);
  }
  fprintf(stderr, "usage: train MODEL DATA > FILE\n");
  for (size_t i = 0; i < sizeof models / sizeof *models; i++) fprintf(stderr, "  %-10s %s\n", models[i].name, models[i].summary);
  return 2;
}
