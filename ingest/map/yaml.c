/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "propter/io.h"

static PropterStatus parser_fail(const char *path, const yaml_parser_t *p, PropterError *err) {
  propter_error_at(err, path, p->problem_mark.line + 1, p->problem_mark.column + 1);
  if (p->error == YAML_MEMORY_ERROR) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading YAML");
  if (p->error == YAML_READER_ERROR) propter_error_at_byte(err, path, p->problem_offset);
  return propter_fail(err, PROPTER_SYNTAX, "YAML: %s%s%s", p->problem ? p->problem : "cannot be read", p->context ? " " : "", p->context ? p->context : "");
}

static PropterStatus load(YamlFile *file, PropterStr text, PropterError *err) {
  yaml_parser_t parser;
  yaml_document_t more;
  if (!yaml_parser_initialize(&parser)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading YAML");
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser, (const unsigned char *)text.data, text.len);
  file->loaded = yaml_parser_load(&parser, &file->tree) == 1;
  PropterStatus status = file->loaded ? PROPTER_OK : parser_fail(file->path, &parser, err);
  if (status == PROPTER_OK && yaml_root(file)) {
    if (!yaml_parser_load(&parser, &more)) {
      status = parser_fail(file->path, &parser, err);
    } else {
      const yaml_node_t *second = yaml_document_get_root_node(&more);
      if (second) status = yaml_fail(file, second, err, PROPTER_SYNTAX, "expected one YAML document, found a second one");
      yaml_document_delete(&more);
    }
  }
  yaml_parser_delete(&parser);
  return status;
}

PropterStatus yaml_open(YamlFile *file, const char *path, const PropterLimits *limits, PropterError *err) {
  PropterLimits defaults = propter_limits_default();
  PropterBuf text = {0};
  *file = (YamlFile){.path = path};
  PropterStatus status = propter_io_read_file(path, (limits ? limits : &defaults)->document_bytes, &text, err);
  if (status == PROPTER_OK) status = load(file, propter_buf_str(&text), err);
  propter_buf_clear(&text);
  return status;
}

PropterStatus yaml_of_text(YamlFile *file, const char *path, PropterStr text, PropterError *err) {
  *file = (YamlFile){.path = path};
  return load(file, text, err);
}

void yaml_close(YamlFile *file) {
  if (file->loaded) yaml_document_delete(&file->tree);
  file->loaded = false;
}

yaml_node_t *yaml_root(YamlFile *file) { return yaml_document_get_root_node(&file->tree); }

static bool begins_line(PropterStr text, PropterStr key) {
  for (size_t i = 0; i + key.len <= text.len; i++)
    if ((i == 0 || text.data[i - 1] == '\n') && memcmp(text.data + i, key.data, key.len) == 0) return true;
  return false;
}

static size_t read_head(const char *path, char *head, size_t size) {
  int fd = propter_io_open(path, 0, 0);
  ssize_t n = fd >= 0 ? propter_io_read(fd, head, size) : 0;
  if (fd >= 0) (void)propter_io_close(fd);
  return n > 0 ? (size_t)n : 0;
}

bool yaml_begins(const char *path, const char *keys) {
  char head[65536];
  size_t n = read_head(path, head, sizeof head);
  for (size_t k; n > 0 && *keys; keys += k + (keys[k] != '\0')) {
    k = strcspn(keys, "|");
    if (begins_line((PropterStr){head, n}, (PropterStr){keys, k})) return true;
  }
  return false;
}

bool yaml_mentions(const char *path, const char *text) {
  char head[65536];
  size_t n = read_head(path, head, sizeof head);
  return propter_str_find((PropterStr){head, n}, propter_str(text)) != SIZE_MAX;
}

bool yaml_among(const char *names, PropterStr key) {
  while (*names) {
    size_t n = strcspn(names, "|");
    if (propter_str_equal(key, (PropterStr){names, n})) return true;
    names += n + (names[n] != '\0');
  }
  return false;
}

bool yaml_pair(YamlFile *file, const yaml_node_t *node, size_t n, yaml_node_t **key, yaml_node_t **value) {
  if (!yaml_is_mapping(node) || n >= (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start)) return false;
  *key = yaml_document_get_node(&file->tree, node->data.mapping.pairs.start[n].key);
  *value = yaml_document_get_node(&file->tree, node->data.mapping.pairs.start[n].value);
  return true;
}

yaml_node_t *yaml_get(YamlFile *file, const yaml_node_t *node, const char *names) {
  yaml_node_t *key, *value;
  for (size_t i = 0; yaml_pair(file, node, i, &key, &value); i++)
    if (yaml_among(names, yaml_text(key))) return value;
  return NULL;
}

yaml_node_t *yaml_item(YamlFile *file, yaml_node_t *node, size_t n) {
  if (!yaml_is_sequence(node)) return n == 0 ? node : NULL;
  if (n >= (size_t)(node->data.sequence.items.top - node->data.sequence.items.start)) return NULL;
  return yaml_document_get_node(&file->tree, node->data.sequence.items.start[n]);
}

PropterStr yaml_text(const yaml_node_t *node) {
  return yaml_is_scalar(node) ? (PropterStr){(const char *)node->data.scalar.value, node->data.scalar.length} : (PropterStr){"", 0};
}

yaml_node_t yaml_scalar(const yaml_node_t *at, PropterStr text) {
  yaml_node_t node = *at;
  node.type = YAML_SCALAR_NODE;
  node.data.scalar.value = (yaml_char_t *)(uintptr_t)text.data;
  node.data.scalar.length = text.len;
  return node;
}

bool yaml_is_scalar(const yaml_node_t *node) { return node && node->type == YAML_SCALAR_NODE; }
bool yaml_is_mapping(const yaml_node_t *node) { return node && node->type == YAML_MAPPING_NODE; }
bool yaml_is_sequence(const yaml_node_t *node) { return node && node->type == YAML_SEQUENCE_NODE; }
uint64_t yaml_line(const yaml_node_t *node) { return node ? node->start_mark.line + 1 : 1; }

PropterStatus yaml_fail(const YamlFile *file, const yaml_node_t *node, PropterError *err, PropterStatus status, const char *format, ...) {
  char text[400];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  propter_error_at(err, file->path, yaml_line(node), node ? node->start_mark.column + 1 : 0);
  return propter_fail(err, status, "%s", text);
}

static PropterStatus never(const yaml_node_t *key, const yaml_node_t *value, const char *names, void *payload, PropterError *err) {
  const PropterStr name = yaml_text(key);
  (void)value;
  return yaml_fail(payload, key, err, PROPTER_INVALID, "expected one of the keys %s, found \"%.*s\"", names, (int)name.len, name.data);
}

PropterStatus yaml_keys(YamlFile *file, const yaml_node_t *node, const char *names, PropterError *err) {
  return yaml_keys_but(file, node, names, never, file, err);
}

PropterStatus yaml_keys_but(YamlFile *file, const yaml_node_t *node, const char *names, YamlKey judge, void *payload, PropterError *err) {
  yaml_node_t *key, *value, *other, *its;
  if (!yaml_is_mapping(node)) return yaml_fail(file, node, err, PROPTER_INVALID, "expected a mapping with the keys %s", names);
  for (size_t i = 0; yaml_pair(file, node, i, &key, &value); i++) {
    const PropterStr name = yaml_text(key);
    if (!yaml_among(names, name)) PROPTER_TRY(judge(key, value, names, payload, err));
    for (size_t k = 0; k < i && yaml_pair(file, node, k, &other, &its); k++)
      if (propter_str_equal(yaml_text(other), name))
        return yaml_fail(file, key, err, PROPTER_INVALID, "the key \"%.*s\" stands twice", (int)name.len, name.data);
  }
  return PROPTER_OK;
}
