/* SPDX-License-Identifier: Apache-2.0 */
#include "yarrrml_write.h"

#include <string.h>

#include "define.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading YARRRML"); }

/* --- Documents ----------------------------------------------------------------------------------------------------------------------- */

bool yarrrml_is(const char *path) {
  static const char *const extensions[] = {".yml", ".yaml", ".yarrrml"};
  if (define_is(path)) return false;
  for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
    if (propter_str_ends(propter_str(path), propter_str(extensions[i]))) return true;
  if (propter_rdf_format_of_file(path)) return false;
  return yaml_begins(path, "mappings:");
}

PropterStatus yarrrml_open(const char *const *paths, size_t count, const PropterLimits *limits, Yarrrml **out, PropterError *err) {
  Yarrrml *y = *out = propter_calloc(1, sizeof *y);
  PropterStatus status = PROPTER_OK;
  PropterBuf iri = {0};
  if (!y || !(y->files = propter_calloc(count + 1, sizeof *y->files)) || !(y->iris = propter_calloc(count + 1, sizeof *y->iris))) return no_memory(err);
  for (; y->count < count && status == PROPTER_OK; y->count++) {
    const char *path = paths[y->count];
    if (!yarrrml_is(path)) continue;
    propter_buf_reset(&iri);
    status = propter_iri_of_file(path, &iri, err);
    if (status == PROPTER_OK) status = propter_buf_status(&iri, err);
    y->iris[y->count] = propter_arena_copy(&y->arena, propter_buf_str(&iri));
    if (status == PROPTER_OK && !y->iris[y->count].data) status = no_memory(err);
    if (status == PROPTER_OK) status = yaml_open(&y->files[y->count], path, limits, err);
  }
  propter_buf_clear(&iri);
  return status;
}

void yarrrml_free(Yarrrml *y) {
  if (!y) return;
  for (size_t i = 0; i < y->count; i++) yaml_close(&y->files[i]);
  propter_arena_clear(&y->arena);
  propter_free(y->files);
  propter_free(y->iris);
  propter_free(y);
}

yaml_node_t *among_all(Yarrrml *y, const char *key, PropterStr name, size_t *where) {
  for (size_t i = 0; i <= y->count; i++) {
    YamlFile *file = i ? &y->files[i - 1] : y->file;
    yaml_node_t *k, *v;
    if (!file->loaded) continue;
    for (size_t n = 0; yaml_pair(file, yaml_get(file, yaml_root(file), key), n, &k, &v); n++)
      if (propter_str_equal(yaml_text(k), name)) return *where = (size_t)(file - y->files), v;
  }
  return NULL;
}

/* --- Statements ---------------------------------------------------------------------------------------------------------------------- */

static const char *const prefixes[][2] = {
#define PREFIX(name, iri) {name, iri},
#include "yarrrml.def"
#undef PREFIX
};

static PropterStr known_prefix(PropterStr name) {
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
    if (propter_str_equal(name, propter_str(prefixes[i][0]))) return propter_str(prefixes[i][1]);
  return (PropterStr){NULL, 0};
}

/* A name of ours, which is always known. */
static PropterStr word(Yarrrml *y, const char *name) {
  const char *colon = strchr(name, ':');
  return propter_arena_printf(&y->arena, "%s%s", known_prefix((PropterStr){name, (size_t)(colon - name)}).data, colon + 1);
}

PropterTerm fresh(Yarrrml *y) {
  PropterTerm t = {.kind = PROPTER_TERM_BLANK};
  t.value = propter_arena_printf(&y->arena, "y%zu", ++y->blanks);
  return t;
}

PropterStatus say(Yarrrml *y, const PropterTerm *s, const char *p, const PropterTerm *o, const yaml_node_t *at, PropterError *err) {
  PropterStatement st = {.s = *s, .p = propter_iri(word(y, p)), .o = *o, .line = yaml_line(at)};
  if (!st.p.value.data || !s->value.data || !o->value.data) return no_memory(err);
  if (++y->statements > YARRRML_STATEMENTS) return yaml_fail(y->file, at, err, PROPTER_LIMIT, "more than %d statements", YARRRML_STATEMENTS);
  return y->sink->statement(&st, y->sink->payload, err);
}

PropterStatus say_word(Yarrrml *y, const PropterTerm *s, const char *p, const char *o, const yaml_node_t *at, PropterError *err) {
  PropterTerm object = propter_iri(word(y, o));
  return say(y, s, p, &object, at, err);
}

PropterStatus say_type(Yarrrml *y, const PropterTerm *s, const char *class, const yaml_node_t *at, PropterError *err) {
  return say_word(y, s, "rdf:type", class, at, err);
}

PropterStatus say_text(Yarrrml *y, const PropterTerm *s, const char *p, PropterStr text, const yaml_node_t *at, PropterError *err) {
  PropterTerm object = propter_literal(text);
  return say(y, s, p, &object, at, err);
}

/* --- Expressions --------------------------------------------------------------------------------------------------------------------- */

/* What the prefix of "prefix:rest" stands for, as a document declares it or always; NULL data: no prefix. */
static PropterStr prefix_of(Yarrrml *y, PropterStr text, size_t *length) {
  const char *colon = text.len ? memchr(text.data, ':', text.len) : NULL;
  size_t n = colon ? (size_t)(colon - text.data) : 0, where;
  if (!colon || (n && text.data[n - 1] == '\\') || (n + 1 < text.len && strchr(" \t\r\n/", text.data[n + 1]))) return (PropterStr){NULL, 0};
  *length = n + 1;
  PropterStr name = {text.data, n};
  yaml_node_t *declared = among_all(y, "prefixes", name, &where);
  return declared ? yaml_text(declared) : known_prefix(name);
}

static PropterStr expanded(Yarrrml *y, PropterStr text) {
  size_t skip = 0;
  PropterStr iri = prefix_of(y, text, &skip);
  if (!iri.data) return text;
  return propter_arena_printf(&y->arena, "%.*s%.*s", (int)iri.len, iri.data, (int)(text.len - skip), text.data + skip);
}

PropterStatus iri_of(Yarrrml *y, PropterStr text, const yaml_node_t *at, PropterTerm *iri, PropterError *err) {
  PropterStr whole = expanded(y, text);
  const char *why = NULL;
  if (!whole.data) return no_memory(err);
  if (!propter_iri_valid(whole, &why))
    return yaml_fail(y->file, at, err, PROPTER_INVALID, "expected an IRI, found \"%.*s\": %s", (int)whole.len, whole.data, why);
  *iri = propter_iri(whole);
  return PROPTER_OK;
}

bool type_named(PropterStr name, TypeIs *type) {
  static const struct {
    const char *name;
    TypeIs type;
  } types[] = {{"iri", TYPE_IS_IRI}, {"literal", TYPE_IS_LITERAL}, {"blank", TYPE_IS_BLANK}, {"blanknode", TYPE_IS_BLANK}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (propter_str_equal(name, propter_str(types[i].name))) return *type = types[i].type, true;
  return false;
}

/* Takes "~iri" off the end. */
static TypeIs suffix(PropterStr *text) {
  TypeIs type = TYPE_IS_UNSAID;
  size_t at = text->len;
  while (at && text->data[at - 1] != '~') at--;
  if (at && type_named((PropterStr){text->data + at, text->len - at}, &type)) text->len = at - 1;
  return type;
}

static bool escaped(char c) { return strchr(":()$~,\\", c) != NULL && c; }

static void add_template(PropterBuf *out, char c) {
  if (strchr("{}\\", c)) propter_buf_add_char(out, '\\');
  propter_buf_add_char(out, c);
}

typedef struct {
  PropterBuf constant, template, reference; /* the whole as either; the last reference */
  size_t references, rest;                  /* how many references, and how many bytes beside them */
} Pieces;

/* The reference that begins behind "$("; returns where it ends. "_name" may be an external value, which is put in. */
static size_t read_reference(Yarrrml *y, PropterStr text, size_t i, Pieces *p) {
  size_t where;
  bool plain = text.data[i] != '\\';
  propter_buf_reset(&p->reference);
  for (; i < text.len && text.data[i] != ')'; i++) {
    if (text.data[i] == '\\' && i + 1 < text.len && (escaped(text.data[i + 1]) || text.data[i + 1] == '_')) i++;
    propter_buf_add_char(&p->reference, text.data[i]);
  }
  PropterStr name = propter_buf_str(&p->reference);
  yaml_node_t *external = plain && name.len > 1 && name.data[0] == '_' ? among_all(y, "external", (PropterStr){name.data + 1, name.len - 1}, &where) : NULL;
  PropterStr value = yaml_text(external);
  for (size_t k = 0; external && k < value.len; k++) add_template(&p->template, value.data[k]), propter_buf_add_char(&p->constant, value.data[k]);
  p->rest += external ? value.len : 0;
  if (external) return i + 1;
  p->references++;
  propter_buf_add_char(&p->template, '{');
  for (size_t k = 0; k < name.len; k++) add_template(&p->template, name.data[k]);
  propter_buf_add_char(&p->template, '}');
  return i + 1;
}

static PropterStatus read_pieces(Yarrrml *y, PropterStr text, const yaml_node_t *at, Pieces *p, PropterError *err) {
  for (size_t i = 0; i < text.len;) {
    if (text.data[i] == '$' && i + 1 < text.len && text.data[i + 1] == '(') {
      if (i + 2 >= text.len || text.data[i + 2] == ')') return yaml_fail(y->file, at, err, PROPTER_INVALID, "expected a name between $( and )");
      i = read_reference(y, text, i + 2, p);
      if (i > text.len)
        return yaml_fail(y->file, at, err, PROPTER_INVALID, "expected ')' for a \"$(\" in \"%.*s\", found the end", (int)(text.len < 100 ? text.len : 100),
                         text.data);
      continue;
    }
    if (text.data[i] == '\\' && i + 1 < text.len && escaped(text.data[i + 1])) i++;
    add_template(&p->template, text.data[i]);
    propter_buf_add_char(&p->constant, text.data[i++]);
    p->rest++;
  }
  return PROPTER_OK;
}

PropterStatus expression_of(Yarrrml *y, const yaml_node_t *node, Expression *out, PropterError *err) {
  PropterStr text = yaml_text(node);
  Pieces p = {0};
  if (!yaml_is_scalar(node)) return yaml_fail(y->file, node, err, PROPTER_INVALID, "expected a text");
  if (text.len && memchr(text.data, '\0', text.len)) return yaml_fail(y->file, node, err, PROPTER_INVALID, "a text holds the character U+0000");
  *out = (Expression){.type = suffix(&text)};
  text = expanded(y, text);
  PropterStatus status = text.data ? read_pieces(y, text, node, &p, err) : no_memory(err);
  out->kind = !p.references ? EXPRESSION_IS_CONSTANT : p.references == 1 && !p.rest ? EXPRESSION_IS_REFERENCE : EXPRESSION_IS_TEMPLATE;
  const PropterBuf *whole = !p.references ? &p.constant : out->kind == EXPRESSION_IS_REFERENCE ? &p.reference : &p.template;
  if (status == PROPTER_OK) status = propter_buf_status(&p.constant, err);
  if (status == PROPTER_OK) status = propter_buf_status(&p.reference, err);
  if (status == PROPTER_OK) status = propter_buf_status(&p.template, err);
  out->text = propter_arena_copy(&y->arena, propter_buf_str(whole));
  if (status == PROPTER_OK && !out->text.data) status = no_memory(err);
  propter_buf_clear(&p.constant);
  propter_buf_clear(&p.template);
  propter_buf_clear(&p.reference);
  return status;
}

PropterStatus say_expression(Yarrrml *y, const PropterTerm *map, const Expression *e, bool iri, const yaml_node_t *at, PropterError *err) {
  PropterTerm value = propter_literal(e->text);
  if (e->kind == EXPRESSION_IS_REFERENCE) return say(y, map, y->tables ? "rr:column" : "rml:reference", &value, at, err);
  if (e->kind == EXPRESSION_IS_TEMPLATE) return say(y, map, "rr:template", &value, at, err);
  if (iri) PROPTER_TRY(iri_of(y, e->text, at, &value, err));
  return say(y, map, "rr:constant", &value, at, err);
}

/* --- By name -------------------------------------------------------------------------------------------------------------------------- */

PropterStatus mapping_iri(Yarrrml *y, const YamlFile *file, PropterStr name, size_t n, PropterTerm *out, PropterError *err) {
  PropterBuf iri = {0};
  propter_buf_add(&iri, y->iris[file - y->files]);
  propter_buf_add_char(&iri, '#');
  for (size_t i = 0; i < name.len; i++) {
    unsigned char c = (unsigned char)name.data[i];
    bool plain = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", (int)c);
    propter_buf_printf(&iri, plain ? "%c" : "%%%02X", c);
  }
  if (n) propter_buf_printf(&iri, "%%20%zu", n + 1); /* no name's own: a blank and a number */
  PropterStatus status = propter_buf_status(&iri, err);
  *out = propter_iri(propter_arena_copy(&y->arena, propter_buf_str(&iri)));
  if (status == PROPTER_OK && !out->value.data) status = no_memory(err);
  propter_buf_clear(&iri);
  return status;
}

static size_t items(YamlFile *file, yaml_node_t *node) {
  size_t n = 0;
  while (node && yaml_item(file, node, n)) n++;
  return n ? n : 1;
}

PropterStatus mapping_named(Yarrrml *y, const yaml_node_t *name, size_t n, PropterTerm *out, bool *found, PropterError *err) {
  size_t where;
  const char *key = "mappings|mapping";
  yaml_node_t *mapping = yaml_is_scalar(name) ? among_all(y, key, yaml_text(name), &where) : NULL;
  *found = false;
  if (!mapping) return PROPTER_OK;
  YamlFile *file = &y->files[where];
  size_t count = items(file, yaml_get(file, mapping, "sources|source")) * items(file, yaml_get(file, mapping, "subjects|subject|s"));
  *found = n < count;
  return *found ? mapping_iri(y, file, yaml_text(name), n, out, err) : PROPTER_OK;
}

PropterStatus named_iri(Yarrrml *y, size_t where, const char *kind, PropterStr name, PropterTerm *out, PropterError *err) {
  PropterStr text = propter_arena_printf(&y->arena, "%s %.*s", kind, (int)name.len, name.data);
  return text.data ? mapping_iri(y, &y->files[where], text, 0, out, err) : no_memory(err);
}

PropterStr split_kind(PropterStr text, PropterStr *kind) {
  size_t at = text.len;
  while (at && text.data[at - 1] != '~') at--;
  *kind = at ? (PropterStr){text.data + at, text.len - at} : (PropterStr){"", 0};
  return at ? (PropterStr){text.data, at - 1} : text;
}

const Choice *choose(const Choice *list, size_t count, PropterStr name) {
  for (size_t i = 0; i < count; i++)
    if (propter_str_equal(name, propter_str(list[i].name))) return &list[i];
  return NULL;
}

PropterStatus unknown(Yarrrml *y, const yaml_node_t *at, const char *what, PropterStr name, PropterError *err) {
  return yaml_fail(y->file, at, err, PROPTER_INVALID, "no %s \"%.*s\"", what, (int)name.len, name.data);
}

static const Choice formulations[] = {{"csv", "ql:CSV"}, {"jsonpath", "ql:JSONPath"}, {"xpath", "ql:XPath"}};
static const Choice versions[] = {
    {"sql2008", "rr:SQL2008"}, {"mysql", "rr:MySQL"}, {"postgresql", "rr:PostgreSQL"}, {"oracle", "rr:Oracle"}, {"sqlserver", "rr:MSSQLServer"}};
static const Choice drivers[] = {{"mysql", "com.mysql.cj.jdbc.Driver"},
                                 {"postgresql", "org.postgresql.Driver"},
                                 {"oracle", "oracle.jdbc.driver.OracleDriver"},
                                 {"sqlserver", "com.microsoft.sqlserver.jdbc.SQLServerDriver"},
                                 {"sqlite", "org.sqlite.JDBC"}};

static PropterStatus say_query(Yarrrml *y, const PropterTerm *source, const yaml_node_t *node, const char *property, PropterError *err) {
  yaml_node_t *query = yaml_get(y->file, node, "query"), *version = yaml_get(y->file, node, "queryFormulation");
  const Choice *v = CHOOSE(versions, yaml_text(version));
  if (query) PROPTER_TRY(say_text(y, source, property, yaml_text(query), query, err));
  if (version && !v) return unknown(y, version, "query formulation", yaml_text(version), err);
  return v ? say_word(y, source, "rr:sqlVersion", v->word, version, err) : PROPTER_OK;
}

static PropterStatus say_database(Yarrrml *y, const PropterTerm *source, const yaml_node_t *node, PropterStr type, PropterStr access, PropterError *err) {
  const Choice *driver = CHOOSE(drivers, type);
  PropterTerm db = fresh(y);
  yaml_node_t *credentials = yaml_get(y->file, node, "credentials"), *user = yaml_get(y->file, credentials, "username"),
              *password = yaml_get(y->file, credentials, "password");
  if (!driver) return unknown(y, node, "source type", type, err);
  PROPTER_TRY(say(y, source, "rml:source", &db, node, err));
  PROPTER_TRY(say_type(y, &db, "d2rq:Database", node, err));
  PROPTER_TRY(say_text(y, &db, "d2rq:jdbcDSN", access, node, err));
  PROPTER_TRY(say_text(y, &db, "d2rq:jdbcDriver", propter_str(driver->word), node, err));
  if (user) PROPTER_TRY(say_text(y, &db, "d2rq:username", yaml_text(user), user, err));
  if (password) PROPTER_TRY(say_text(y, &db, "d2rq:password", yaml_text(password), password, err));
  return say_query(y, source, node, "rml:query", err);
}

/* Who may read an address of the Web of Things: "none", or a list of {type, in, name, value}. */
static PropterStatus say_security(Yarrrml *y, const PropterTerm *thing, yaml_node_t *security, PropterError *err) {
  static const Choice schemes[] = {{"none", "td:NoSecurityScheme"}, {"apikey", "td:APISecurityScheme"}};
  static const Choice parts[] = {{"in", "wotsec:in"}, {"name", "wotsec:name"}, {"value", "idsa:tokenValue"}};
  yaml_node_t *one;
  for (size_t i = 0; security && (one = yaml_item(y->file, security, i)); i++) {
    PropterTerm scheme = fresh(y);
    if (yaml_is_mapping(one)) PROPTER_TRY(yaml_keys(y->file, one, "type|in|name|value", err));
    PropterStr type = yaml_text(yaml_is_mapping(one) ? yaml_get(y->file, one, "type") : one);
    const Choice *class = CHOOSE(schemes, type);
    if (!class) return unknown(y, one, "security scheme", type, err);
    PROPTER_TRY(say(y, thing, "td:hasSecurityConfiguration", &scheme, one, err));
    PROPTER_TRY(say_type(y, &scheme, class->word, one, err));
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
      yaml_node_t *part = yaml_get(y->file, one, parts[k].name);
      if (part) PROPTER_TRY(say_text(y, &scheme, parts[k].word, yaml_text(part), part, err));
    }
  }
  return PROPTER_OK;
}

/* An address of the Web of Things. */
static PropterStatus say_thing(Yarrrml *y, const PropterTerm *source, const yaml_node_t *node, PropterStr access, PropterError *err) {
  static const Choice operations[] = {{"read", "td:readproperty"}};
  PropterTerm thing = fresh(y), property = fresh(y), form = fresh(y);
  yaml_node_t *content = yaml_get(y->file, node, "contentType"), *operation = yaml_get(y->file, node, "operationType");
  const Choice *does = CHOOSE(operations, yaml_text(operation));
  if (operation && !does) return unknown(y, operation, "operation", yaml_text(operation), err);
  PROPTER_TRY(say(y, source, "rml:source", &property, node, err));
  PROPTER_TRY(say_type(y, &thing, "td:Thing", node, err));
  PROPTER_TRY(say(y, &thing, "td:hasPropertyAffordance", &property, node, err));
  PROPTER_TRY(say_type(y, &property, "td:PropertyAffordance", node, err));
  PROPTER_TRY(say(y, &property, "td:hasForm", &form, node, err));
  PROPTER_TRY(say_type(y, &form, "td:Form", node, err));
  PROPTER_TRY(say_text(y, &form, "hctl:hasTarget", access, node, err));
  if (content) PROPTER_TRY(say_text(y, &form, "hctl:forContentType", yaml_text(content), content, err));
  if (does) PROPTER_TRY(say_word(y, &form, "hctl:hasOperationType", does->word, operation, err));
  return say_security(y, &thing, yaml_get(y->file, node, "security"), err);
}

static PropterStatus say_file(Yarrrml *y, const PropterTerm *source, const yaml_node_t *node, PropterStr access, PropterError *err) {
  yaml_node_t *delimiter = yaml_get(y->file, node, "delimiter");
  if (!access.len) return yaml_fail(y->file, node, err, PROPTER_INVALID, "expected the path of a file");
  if (!delimiter) return say_text(y, source, "rml:source", access, node, err);
  PropterTerm table = fresh(y), dialect = fresh(y);
  PROPTER_TRY(say(y, source, "rml:source", &table, node, err));
  PROPTER_TRY(say_type(y, &table, "csvw:Table", node, err));
  PROPTER_TRY(say_text(y, &table, "csvw:url", access, node, err));
  PROPTER_TRY(say(y, &table, "csvw:dialect", &dialect, delimiter, err));
  PROPTER_TRY(say_type(y, &dialect, "csvw:Dialect", delimiter, err));
  return say_text(y, &dialect, "csvw:delimiter", yaml_text(delimiter), delimiter, err);
}

static bool is_table(Yarrrml *y, const yaml_node_t *node) {
  return yaml_is_mapping(node) && !yaml_get(y->file, node, "access") && (yaml_get(y->file, node, "table") || yaml_get(y->file, node, "query"));
}

static PropterStatus say_table(Yarrrml *y, const PropterTerm *source, const yaml_node_t *node, PropterError *err) {
  yaml_node_t *table = yaml_get(y->file, node, "table");
  PROPTER_TRY(say_type(y, source, "rr:LogicalTable", node, err));
  if (table) PROPTER_TRY(say_text(y, source, "rr:tableName", yaml_text(table), table, err));
  return say_query(y, source, node, "rr:sqlQuery", err);
}

/* "path~formulation", [path~formulation, iterator] or {access, referenceFormulation, iterator, …}. */
static PropterStatus say_source(Yarrrml *y, const PropterTerm *source, yaml_node_t *node, PropterError *err) {
  yaml_node_t *iterator = NULL;
  PropterStr access, formulation = {"", 0}, type = {"", 0};
  if (yaml_is_mapping(node)) {
    PROPTER_TRY(yaml_keys(y->file, node,
                          "access|type|referenceFormulation|iterator|delimiter|credentials|query|queryFormulation|table|"
                          "contentType|operationType|security",
                          err));
    if (is_table(y, node)) return say_table(y, source, node, err);
    access = yaml_text(yaml_get(y->file, node, "access")), type = yaml_text(yaml_get(y->file, node, "type"));
    formulation = yaml_text(yaml_get(y->file, node, "referenceFormulation")), iterator = yaml_get(y->file, node, "iterator");
  } else {
    access = split_kind(yaml_text(yaml_item(y->file, node, 0)), &formulation);
    if (yaml_is_sequence(node)) iterator = yaml_item(y->file, node, 1);
  }
  const Choice *f = CHOOSE(formulations, formulation);
  if (formulation.len && !f) return unknown(y, node, "reference formulation", formulation, err);
  PROPTER_TRY(say_type(y, source, "rml:LogicalSource", node, err));
  if (propter_str_equal(type, PROPTER_STR("wot"))) PROPTER_TRY(say_thing(y, source, node, access, err));
  else if (type.len && !propter_str_equal(type, PROPTER_STR("localfile"))) PROPTER_TRY(say_database(y, source, node, type, access, err));
  else PROPTER_TRY(say_file(y, source, node, access, err));
  if (iterator) PROPTER_TRY(say_text(y, source, "rml:iterator", yaml_text(iterator), iterator, err));
  return say_word(y, source, "rml:referenceFormulation", f ? f->word : "ql:CSV", node, err);
}

PropterStatus source_named(Yarrrml *y, yaml_node_t *node, PropterTerm *out, bool *tables, PropterError *err) {
  size_t where;
  yaml_node_t *named = yaml_is_scalar(node) ? among_all(y, "sources", yaml_text(node), &where) : NULL;
  if (named) {
    YamlFile *here = y->file;
    y->file = &y->files[where];
    *tables = is_table(y, named);
    y->file = here;
    return named_iri(y, where, "source", yaml_text(node), out, err);
  }
  *tables = is_table(y, node);
  *out = fresh(y);
  return say_source(y, out, node, err);
}

PropterStatus source_anew(Yarrrml *y, yaml_node_t *node, PropterTerm *out, bool *tables, PropterError *err) {
  size_t where = (size_t)(y->file - y->files);
  YamlFile *here = y->file;
  yaml_node_t *named = yaml_is_scalar(node) ? among_all(y, "sources", yaml_text(node), &where) : NULL;
  y->file = &y->files[where];
  *out = fresh(y);
  *tables = is_table(y, named ? named : node);
  PropterStatus status = say_source(y, out, named ? named : node, err);
  y->file = here;
  return status;
}

PropterStatus say_named_sources(Yarrrml *y, yaml_node_t *sources, PropterError *err) {
  yaml_node_t *name, *value;
  PropterTerm source;
  for (size_t i = 0; yaml_pair(y->file, sources, i, &name, &value); i++) {
    PROPTER_TRY(named_iri(y, (size_t)(y->file - y->files), "source", yaml_text(name), &source, err));
    PROPTER_TRY(say_text(y, &source, "rdfs:label", yaml_text(name), name, err));
    PROPTER_TRY(say_source(y, &source, value, err));
  }
  return PROPTER_OK;
}
