/* SPDX-License-Identifier: Apache-2.0 */
/* causal TASK FOLDER [OPTION…]: scores one task on any folder in the format of its data set. */
#include <string.h>
#include <unistd.h>

#include "causal.h"
#include "propter/math.h"

static const struct {
  const char *name, *text;
  CausalTask *run;
} tasks[] = {
#define TASK(name, text) {#name, text, causal_##name},
#include "causal.def"
#undef TASK
};

int main(int argc, char **argv) {
  const char *better = NULL;
  if (!getenv("OPENBLAS_CORETYPE") && propter_math_kernel_slow(&better) && better && setenv("OPENBLAS_CORETYPE", better, 1) == 0)
    (void)execv("/proc/self/exe", argv);
  for (size_t i = 0; argc > 2 && i < sizeof tasks / sizeof *tasks; i++)
    if (strcmp(argv[1], tasks[i].name) == 0) return tasks[i].run(argv[2], argc - 3, argv + 3);
  fputs("usage: causal TASK FOLDER [OPTION...]\n", stderr);
  for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) fprintf(stderr, "  %-16s %s\n", tasks[i].name, tasks[i].text);
  return 2;
}
