/* SPDX-License-Identifier: Apache-2.0 */
#include "shop.h"

#include <string.h>

#define PREFIXES                                                                                                                                               \
  "@prefix : <urn:> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . "                                         \
  "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "

static PropterBuf lines;

static const char *write_file(const char *name, const char *turtle) {
  PropterBuf text = {0};
  const char *path = support_path(support_folder(), name);
  propter_buf_printf(&text, PREFIXES "%s", turtle);
  support_write(path, propter_buf_str(&text));
  propter_buf_clear(&text);
  return path;
}

PropterGraph *shop_open(const char *turtle) {
  PropterGraph *graph = NULL;
  PropterWriter *writer = NULL;
  PropterRdfLoadOptions options = {0};
  PropterRdfLoaded loaded = {0};
  ck_ok(propter_graph_open(support_path(support_folder(), "g"), PROPTER_GRAPH_CREATE, NULL, &graph, err));
  ck_ok(propter_writer_open(graph, true, &writer, err));
  ck_ok(propter_rdf_load(writer, write_file("data.ttl", turtle), &options, &loaded, err));
  ck_ok(propter_writer_commit(writer, err));
  propter_writer_close(writer);
  propter_rdf_loaded_clear(&loaded);
  return graph;
}

const char *shop_shapes(const char *turtle) { return write_file("shapes.ttl", turtle); }

static void put(PropterStr text) {
  propter_buf_add(&lines, text.len ? text : PROPTER_STR("-"));
  propter_buf_add_char(&lines, ' ');
}

static bool messages = true;

static PropterStatus collect(PropterShaclReport *report, PropterError *err) {
  for (size_t n = 0;; n++) {
    const PropterShaclResult *r;
    PropterStatus status = propter_shacl_result(report, n, &r, err);
    if (status != PROPTER_OK || !r) return status;
    put(r->severity), put(r->focus), put(r->path), put(r->value), put(r->rule);
    propter_buf_printf(&lines, "%llu", (unsigned long long)r->line);
    if (messages) propter_buf_printf(&lines, " %.*s", (int)r->message.len, r->message.data);
    propter_buf_add_char(&lines, '\n');
  }
}

const char *shop_validate(PropterGraph *graph, const char *shapes, const PropterShaclOptions *given) {
  PropterShaclOptions options = {.query = propter_query_options()};
  PropterSnapshot *snapshot = NULL;
  PropterShaclReport *report = NULL;
  PropterError why = {0};
  if (given) options = *given;
  propter_buf_reset(&lines);
  propter_buf_add(&lines, PROPTER_STR(""));
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  PropterStatus status = propter_shacl_validate(snapshot, &shapes, 1, &options, &report, &why);
  if (status == PROPTER_OK) status = collect(report, &why);
  if (status != PROPTER_OK) {
    propter_buf_reset(&lines);
    propter_buf_printf(&lines, "%s %llu: %s", propter_status_name(status), (unsigned long long)why.line, why.message);
  }
  propter_shacl_free(report);
  propter_snapshot_close(snapshot);
  return lines.data ? lines.data : "";
}

const char *shop_check(const char *data, const char *shapes) {
  PropterGraph *graph = shop_open(data);
  messages = false;
  const char *found = shop_validate(graph, shop_shapes(shapes), NULL);
  messages = true;
  propter_graph_close(graph);
  return found;
}
