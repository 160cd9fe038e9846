/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "storage.h"

static PropterStr uri_text(librdf_uri *uri) {
  size_t n = 0;
  const unsigned char *text = librdf_uri_as_counted_string(uri, &n);
  return text ? (PropterStr){(const char *)text, n} : (PropterStr){"", 0};
}

bool node_term(librdf_node *node, PropterTerm *term) {
  *term = (PropterTerm){PROPTER_TERM_NONE, {"", 0}, {"", 0}, {"", 0}};
  size_t n = 0;
  if (librdf_node_is_resource(node)) {
    term->kind = PROPTER_TERM_IRI;
    term->value = uri_text(librdf_node_get_uri(node));
  } else if (librdf_node_is_blank(node)) {
    const unsigned char *label = librdf_node_get_counted_blank_identifier(node, &n);
    if (!label) return false;
    term->kind = PROPTER_TERM_BLANK;
    term->value = (PropterStr){(const char *)label, n};
  } else if (librdf_node_is_literal(node)) {
    const unsigned char *text = librdf_node_get_literal_value_as_counted_string(node, &n);
    if (!text) return false;
    term->kind = PROPTER_TERM_LITERAL;
    term->value = (PropterStr){(const char *)text, n};
    term->language = propter_str(librdf_node_get_literal_value_language(node));
    librdf_uri *datatype = librdf_node_get_literal_value_datatype_uri(node);
    if (datatype && !term->language.len) term->datatype = uri_text(datatype);
    if (propter_str_equal(term->datatype, PROPTER_STR("http://www.w3.org/2001/XMLSchema#string"))) term->datatype = (PropterStr){"", 0};
  }
  return term->kind != PROPTER_TERM_NONE;
}

librdf_node *node_new(librdf_world *world, const PropterTerm *term) {
  const unsigned char *text = (const unsigned char *)term->value.data;
  switch (term->kind) {
  case PROPTER_TERM_IRI: return librdf_new_node_from_counted_uri_string(world, text, term->value.len);
  case PROPTER_TERM_BLANK: return librdf_new_node_from_counted_blank_identifier(world, text, term->value.len);
  case PROPTER_TERM_LITERAL: break;
  case PROPTER_TERM_NONE: return NULL;
  }
  librdf_uri *datatype = NULL;
  if (term->datatype.len && !term->language.len) {
    datatype = librdf_new_uri2(world, (const unsigned char *)term->datatype.data, term->datatype.len);
    if (!datatype) return NULL;
  }
  const char *language = term->language.len ? term->language.data : NULL;
  librdf_node *node = librdf_new_node_from_typed_counted_literal(world, text, term->value.len, language, term->language.len, datatype);
  if (datatype) librdf_free_uri(datatype);
  return node;
}
