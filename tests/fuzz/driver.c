/* SPDX-License-Identifier: Apache-2.0 */
/* Without libFuzzer: feeds each file of the corpus folders (arguments) to the target, then cut, flipped and repeated forms of it, seeded. Speaks TAP. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "propter/io.h"
#include "propter/rng.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MUTANTS = 60, MAX_FILES = 4096 };

static void mutate(PropterStr seed, PropterRng *rng, PropterBuf *out) {
  propter_buf_reset(out);
  propter_buf_add(out, seed);
  for (uint64_t edits = 1 + propter_rng_below(rng, 4); edits && out->len; edits--) {
    size_t at = (size_t)propter_rng_below(rng, out->len), left = out->len - at, n = (size_t)propter_rng_below(rng, left) % 32 + 1;
    switch (propter_rng_below(rng, 4)) {
      case 0: out->data[at] = (char)propter_rng_next(rng); break;
      case 1: out->len = at; break;
      case 2: if (n < left) memmove(out->data + at, out->data + at + n, left - n), out->len -= n; break;
      default: {
        PropterBuf copy = {0};
        propter_buf_add(&copy, (PropterStr){out->data + at, n < left ? n : left});
        propter_buf_add(out, propter_buf_str(&copy));
        propter_buf_clear(&copy);
      }
    }
  }
}

static int only_files(const struct dirent *e) { return e->d_name[0] != '.'; }

int main(int argc, char **argv) {
  int test = 0;
  PropterBuf seed = {0}, mutant = {0};
  PropterRng rng;
  propter_rng_seed(&rng, 1);
  (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
  for (int a = 1; a < argc; a++) {
    struct dirent **names = NULL;
    int n = scandir(argv[a], &names, only_files, alphasort);
    for (int i = 0; i < n && i < MAX_FILES; i++) {
      char path[4096];
      PropterError err = {0};
      (void)snprintf(path, sizeof path, "%s/%s", argv[a], names[i]->d_name);
      propter_buf_reset(&seed);
      if (propter_io_read_file(path, 1 << 24, &seed, &err) == PROPTER_OK) {
        (void)LLVMFuzzerTestOneInput((const uint8_t *)propter_buf_str(&seed).data, seed.len);
        for (int m = 0; m < MUTANTS; m++) {
          mutate(propter_buf_str(&seed), &rng, &mutant);
          (void)LLVMFuzzerTestOneInput((const uint8_t *)propter_buf_str(&mutant).data, mutant.len);
        }
        printf("ok %d - %s and %d mutants\n", ++test, names[i]->d_name, MUTANTS);
      } else {
        printf("not ok %d - %s: %s\n", ++test, path, err.message);
      }
      free(names[i]);
    }
    free(names);
  }
  printf("1..%d\n", test);
  propter_buf_clear(&seed);
  propter_buf_clear(&mutant);
  return test ? 0 : 1;
}
