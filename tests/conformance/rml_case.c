/* SPDX-License-Identifier: Apache-2.0 */
#include "rml_case.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conformance.h"
#include "propter/map.h"

static PropterStatus take(const PropterMapRecord *r, void *payload, PropterError *err) {
  for (size_t i = 0; i < r->quad_count; i++) {
    const PropterMapQuad *q = &r->quads[i];
    PropterTerm term[4] = {r->terms[q->s].term, r->terms[q->p].term, r->terms[q->o].term, {0}};
    if (q->g != PROPTER_MAP_DEFAULT) term[3] = r->terms[q->g].term;
    if (!dataset_add(payload, term)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  }
  return PROPTER_OK;
}

static PropterStatus ignore_reject(const PropterReject *r, void *payload, PropterError *err) {
  (void)r, (void)payload, (void)err;
  return PROPTER_OK;
}

static PropterStatus refuse_reject(const PropterReject *r, void *payload, PropterError *err) {
  (void)payload;
  propter_error_at(err, r->file.data, r->row, 0);
  return propter_fail(err, PROPTER_INVALID, "%s", r->reason.data);
}

/* What must be refused runs as with --on-error stop, the rest as with --on-error skip. */
static PropterStatus execute(bool stop, const char *base, Dataset *out, PropterError *err) {
  PropterMapping *mapping = NULL;
  PropterMapCounts counts;
  PropterMapSink sink = {.record = take, .reject = stop ? refuse_reject : ignore_reject, .payload = out};
  PROPTER_TRY(propter_mapping_read((const char *[]){"mapping.ttl"}, 1, propter_str(base), NULL, &mapping, err));
  PropterStatus status = propter_mapping_run(mapping, NULL, &sink, &counts, err);
  propter_mapping_free(mapping);
  return status;
}

void rml_case(const char *folder, const char *name, const char *truth, const char *base, bool fails) {
  char path[4096], here[4096];
  struct stat st;
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  if (!getcwd(here, sizeof here) || chdir(path) != 0) {
    conformance_failed("cannot enter %s", path);
    return;
  }
  Dataset found = {0}, wanted = {0};
  PropterBuf difference = {0};
  PropterError err = {0};
  char text[1024];
  bool refused = fails || stat(truth, &st) != 0;
  PropterStatus status = execute(refused, base, &found, &err);
  (void)propter_error_format(&err, text, sizeof text);
  if (refused) {
    if (status == PROPTER_OK)
      conformance_failed("expected an error, found %zu quads", found.count);
    else
      conformance_pass();
    if (getenv("VERBOSE") && status != PROPTER_OK) printf("#   %s: refused: %s\n", name, text);
  } else if (status != PROPTER_OK) {
    conformance_failed("%s", text);
  } else if ((status = dataset_read(&wanted, truth, "nquads", &err)) != PROPTER_OK) {
    conformance_failed("%s: %s", truth, err.message);
  } else if (!dataset_equal(&found, &wanted, &difference)) {
    conformance_failed("%s", difference.data);
  } else {
    conformance_pass();
  }
  dataset_clear(&found);
  dataset_clear(&wanted);
  propter_buf_clear(&difference);
  if (chdir(here) != 0) abort();
}
