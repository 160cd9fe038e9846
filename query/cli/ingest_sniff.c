/* SPDX-License-Identifier: Apache-2.0 */
/* A mapping guessed from a table. */
#include <ctype.h>
#include <string.h>

#include "ingest_call.h"
#include "propter/io.h"
#include "propter/sniff.h"

/* Without --base the IRIs begin with an example's address and the file's name. */
PropterStatus ingest_sniff(const CommandCall *call, const char *path, PropterStr base, PropterError *err) {
  PropterSniff found = {0};
  PropterBuf text = {0}, iri = {0};
  const char *output = cmd_value(call, "output"), *slash = strrchr(path, '/');
  bool standard = strcmp(path, "-") == 0; /* it is looked at more than once */
  PropterStr stem = standard ? PROPTER_STR("table") : propter_str(slash ? slash + 1 : path);
  const char *dot = memchr(stem.data, '.', stem.len);
  if (dot) stem.len = (size_t)(dot - stem.data);
  if (standard) PROPTER_TRY(propter_io_keep_input(propter_limits_default().table_bytes, err));
  propter_buf_printf(&iri, "https://example.org/");
  for (size_t i = 0; i < stem.len; i++) propter_buf_add_char(&iri, isalnum((unsigned char)stem.data[i]) ? stem.data[i] : '-');
  propter_buf_add_char(&iri, '#');
  PropterStatus status = propter_sniff(standard ? "/dev/stdin" : path, NULL, NULL, &found, err);
  if (status == PROPTER_OK) status = propter_buf_status(&iri, err);
  if (status == PROPTER_OK) status = propter_sniff_write(&found, propter_str(path), base.len ? base : propter_buf_str(&iri), &text, err);
  if (status == PROPTER_OK && output && strcmp(output, "-") != 0) status = propter_io_write_file(output, propter_buf_str(&text), err);
  else if (status == PROPTER_OK) fwrite(text.data, 1, text.len, call->data);
  propter_sniff_clear(&found);
  propter_buf_clear(&text);
  propter_buf_clear(&iri);
  return status;
}
