/* SPDX-License-Identifier: Apache-2.0 */
/* measure COMMAND...: runs the command, says on standard output how long it took and how much memory its largest process held, and ends as it did. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 2) {
    fputs("usage: measure COMMAND...\n", stderr);
    return 2;
  }
  struct timespec begin, end;
  (void)clock_gettime(CLOCK_MONOTONIC, &begin);
  pid_t child = fork();
  if (child == 0) {
    (void)execvp(argv[1], argv + 1);
    perror(argv[1]);
    _exit(127);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) {
    perror("measure");
    return 75;
  }
  (void)clock_gettime(CLOCK_MONOTONIC, &end);
  struct rusage use;
  (void)getrusage(RUSAGE_CHILDREN, &use); /* ru_maxrss: of the largest descendant, in KiB */
  double seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
  printf("took %.1f s and at most %.0f MB of memory\n", seconds, (double)use.ru_maxrss / 1024);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
