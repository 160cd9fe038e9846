/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of a folder, parsed beforehand, to claims: the median of five passes in processor time over all of them, and the peak memory of the program. */
#include <sys/resource.h>

#include "reading.h"

enum { PASSES = 5 };

typedef struct {
  const Reading *reading;
  PROPTER_VEC(PropterDocument *) documents;
  size_t bytes, claims;
} Load;

static void read_all(void *payload) {
  Load *load = payload;
  load->claims = 0;
  for (size_t i = 0; i < load->documents.count; i++) {
    PropterReadings r = {0};
    PropterError err = {0};
    reading_check(propter_read_document(load->reading->rules, NULL, load->documents.items[i], &r, &err), &err);
    load->claims += r.claims.count;
    propter_readings_clear(&r);
  }
}

void reading_throughput(const Reading *reading) {
  Load load = {.reading = reading};
  CorpusFiles files = {0};
  PropterError err = {0};
  reading_check(corpus_files(reading->folder, "", "", &files, &err), &err);
  for (size_t i = 0; i < files.paths.count; i++) {
    PropterDocument *d = NULL;
    if (!propter_document_known(files.paths.items[i]) || propter_document_open(files.paths.items[i], NULL, &d, &err) != PROPTER_OK) continue;
    load.bytes += d->text.len;
    reading_check(propter_vec_push(&load.documents, d) ? PROPTER_OK : PROPTER_NO_MEMORY, &err);
  }
  double seconds[PASSES];
  read_all(&load);
  for (int i = 0; i < PASSES; i++) {
    clock_t start = clock();
    read_all(&load);
    seconds[i] = (double)(clock() - start) / CLOCKS_PER_SEC;
  }
  qsort(seconds, PASSES, sizeof *seconds, bench_compare);
  struct rusage usage;
  (void)getrusage(RUSAGE_SELF, &usage);
  printf("bench reading-throughput %.2f MB/s  # %zu documents, %.1f MB of text, %zu claims\n", (double)load.bytes / seconds[PASSES / 2] / 1e6,
         load.documents.count, (double)load.bytes / 1e6, load.claims);
  printf("bench reading-peak-memory %.0f MB\n", (double)usage.ru_maxrss / 1024);
  for (size_t i = 0; i < load.documents.count; i++) propter_document_free(load.documents.items[i]);
  propter_vec_clear(&load.documents);
  corpus_files_clear(&files);
}
