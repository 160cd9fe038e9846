/* SPDX-License-Identifier: Apache-2.0 */
/* YAML documents as trees with the line of each node, read by libyaml. */
#ifndef MAP_YAML_H
#define MAP_YAML_H

#include <yaml.h>

#include "propter/limits.h"
#include "propter/mem.h"

typedef struct {
  const char *path; /* borrowed */
  yaml_document_t tree;
  bool loaded;
} YamlFile;

/* Reads the one document of a file. NOT_FOUND, IO; LIMIT: more than limits->document_bytes; SYNTAX with line and column, also for a second document.
 * Free with yaml_close, also after a failure. */
PropterStatus yaml_open(YamlFile *file, const char *path, const PropterLimits *limits, PropterError *err);
/* The same for a text that stands in the file `path`. */
PropterStatus yaml_of_text(YamlFile *file, const char *path, PropterStr text, PropterError *err);
void yaml_close(YamlFile *file);

/* True if a line of the first 64 KiB of a file begins with one of `keys`, which are separated by '|'. */
bool yaml_begins(const char *path, const char *keys);

/* True if `text` stands in the first 64 KiB of a file. */
bool yaml_mentions(const char *path, const char *text);

/* The outermost node; NULL: the document is empty. */
yaml_node_t *yaml_root(YamlFile *file);
/* The value of the first key that is one of `names`, which are separated by '|'; NULL: none, or `node` is no mapping. */
yaml_node_t *yaml_get(YamlFile *file, const yaml_node_t *node, const char *names);
/* The n-th item of a sequence; of any other node that node itself for 0; NULL after the last. */
yaml_node_t *yaml_item(YamlFile *file, yaml_node_t *node, size_t n);
/* The n-th key and value of a mapping; false after the last. */
bool yaml_pair(YamlFile *file, const yaml_node_t *node, size_t n, yaml_node_t **key, yaml_node_t **value);
/* Text of a scalar; empty for other nodes and NULL. */
PropterStr yaml_text(const yaml_node_t *node);
/* A text that is in no document, as a scalar that stands where `at` does. */
yaml_node_t yaml_scalar(const yaml_node_t *at, PropterStr text);
bool yaml_is_scalar(const yaml_node_t *node);
bool yaml_is_mapping(const yaml_node_t *node);
bool yaml_is_sequence(const yaml_node_t *node);
/* Line from 1. */
uint64_t yaml_line(const yaml_node_t *node);

/* Fails with the place of a node. */
PropterStatus yaml_fail(const YamlFile *file, const yaml_node_t *node, PropterError *err, PropterStatus status, const char *format, ...) PROPTER_PRINTF(5, 6);
/* INVALID unless the node is a mapping whose keys are among `names`, each once. */
PropterStatus yaml_keys(YamlFile *file, const yaml_node_t *node, const char *names, PropterError *err);
/* Judges a key that is none of the names. */
typedef PropterStatus (*YamlKey)(const yaml_node_t *key, const yaml_node_t *value, const char *names, void *payload, PropterError *err);
/* The same, but other keys are given to `judge`. */
PropterStatus yaml_keys_but(YamlFile *file, const yaml_node_t *node, const char *names, YamlKey judge, void *payload, PropterError *err);
/* Whether a key is one of the names, which are separated by '|'. */
bool yaml_among(const char *names, PropterStr key);

#endif
