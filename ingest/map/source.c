/* SPDX-License-Identifier: Apache-2.0 */
/* Logical sources: files by a path in the 2014 form, by rml:path and rml:root, or as a csvw:Table. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "model.h"
#include "propter/rdf.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a mapping"); }

static PropterStr text_of(const PropterMapping *m, const DocTriple *t) { return t ? doc_node(&m->doc, t->o)->term.value : (PropterStr){"", 0}; }

static bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static bool same_source(const LogicalSource *a, const LogicalSource *b) {
  if (a->view != b->view || !propter_str_equal(a->is.path, b->is.path) || !propter_str_equal(a->is.graph, b->is.graph) || a->nulls.count != b->nulls.count)
    return false;
  for (size_t i = 0; i < a->nulls.count; i++)
    if (!propter_str_equal(a->nulls.items[i], b->nulls.items[i])) return false;
  const PropterTableOptions *x = &a->options, *y = &b->options;
  if (!same_text(x->format, y->format) || !same_text(x->iterator, y->iterator) || !same_text(x->query, y->query) || !same_text(x->table, y->table) ||
      x->prefix_count != y->prefix_count)
    return false;
  for (size_t i = 0; i < x->prefix_count; i++)
    if (!same_text(x->prefixes[i].prefix, y->prefixes[i].prefix) || !same_text(x->prefixes[i].iri, y->prefixes[i].iri)) return false;
  return x->delimiter == y->delimiter && x->quote == y->quote && x->no_quote == y->no_quote && x->escape == y->escape && x->trailing == y->trailing &&
         x->no_header == y->no_header && x->header_line == y->header_line && x->trim == y->trim && same_text(x->comment, y->comment) &&
         same_text(x->encoding, y->encoding);
}

/* Takes over `s`, unless an equal one is there. What the mapping says of a file's encoding stands before what the caller says of all. */
static PropterStatus keep(PropterMapping *m, LogicalSource *s, size_t *index, PropterError *err) {
  if (!s->options.encoding) s->options.encoding = m->options->encoding;
  for (size_t i = 0; i < m->sources.count; i++)
    if (same_source(&m->sources.items[i], s)) {
      propter_vec_clear(&s->nulls);
      *index = i;
      return PROPTER_OK;
    }
  *index = m->sources.count;
  PropterStatus status = s->view ? PROPTER_OK : source_files(m, s, err);
  if (status == PROPTER_OK && !propter_vec_push(&m->sources, *s)) status = no_memory(err);
  if (status != PROPTER_OK) propter_vec_clear(&s->nulls);
  return status;
}

static PropterStatus set_path(PropterMapping *m, LogicalSource *s, PropterStr directory, PropterStr path, PropterError *err) {
  if (!path.len) return doc_fail(&m->doc, s->at, err, PROPTER_INVALID, "expected the path of a file, found an empty text");
  if (path.data[0] == '/') directory.len = 0;
  while (directory.len && propter_str_starts(path, PROPTER_STR("./"))) path.data += 2, path.len -= 2;
  s->is.path = propter_arena_printf(&m->arena, "%.*s%.*s", (int)directory.len, directory.data, (int)path.len, path.data);
  return s->is.path.data ? PROPTER_OK : no_memory(err);
}

/* The path of a file, unless the call names another. */
static PropterStatus set_file(PropterMapping *m, LogicalSource *s, PropterStr directory, PropterStr path, PropterError *err) {
  if (m->options->file) return set_path(m, s, (PropterStr){"", 0}, propter_str(m->options->file), err);
  return set_path(m, s, propter_str_equal(path, PROPTER_STR("-")) ? (PropterStr){"", 0} : directory, path, err);
}

static PropterStatus set_graph(PropterMapping *m, LogicalSource *s, const NodeInfo *node, PropterError *err) {
  if (node && node->term.kind == PROPTER_TERM_IRI) {
    s->is.graph = node->term.value;
    return PROPTER_OK;
  }
  PropterBuf iri = {0};
  bool odbc = s->options.format && strcmp(s->options.format, "odbc") == 0;
  if (s->is.database && !odbc) return s->is.graph = s->is.path, PROPTER_OK;
  PropterStatus status = PROPTER_OK;
  if (odbc)
    propter_buf_add(&iri, PROPTER_STR("odbc:")), model_encode(&iri, s->is.path);
  else
    status = propter_iri_of_file(s->is.path.data, &iri, err);
  if (status == PROPTER_OK) status = propter_buf_status(&iri, err);
  if (status == PROPTER_OK) {
    s->is.graph = propter_arena_copy(&m->arena, propter_buf_str(&iri));
    if (!s->is.graph.data) status = no_memory(err);
  }
  propter_buf_clear(&iri);
  return status;
}

bool source_null(const LogicalSource *s, PropterStr text) {
  for (size_t i = 0; i < s->nulls.count; i++)
    if (propter_str_equal(s->nulls.items[i], text)) return true;
  return false;
}

static PropterStatus add_null(LogicalSource *s, PropterStr text, PropterError *err) { return propter_vec_push(&s->nulls, text) ? PROPTER_OK : no_memory(err); }

static PropterStatus add_nulls(PropterMapping *m, LogicalSource *s, Node node, PropterError *err) {
  const DocTriple *t;
  for (size_t i = 0; (t = doc_get(&m->doc, node, WORD_null, i)); i++) PROPTER_TRY(add_null(s, text_of(m, t), err));
  return PROPTER_OK;
}

static PropterStatus add_callers_nulls(const PropterMapping *m, LogicalSource *s, PropterError *err) {
  for (size_t i = 0; i < m->options->null_count; i++) PROPTER_TRY(add_null(s, m->options->nulls[i], err));
  return PROPTER_OK;
}

static PropterStatus one_character(const PropterMapping *m, const DocTriple *t, char *out, PropterError *err) {
  PropterStr text = text_of(m, t);
  if (!t || !text.len) return PROPTER_OK;
  if (propter_str_equal(text, PROPTER_STR("\\t"))) return *out = '\t', PROPTER_OK;
  if (text.len != 1 || (unsigned char)text.data[0] >= 0x80 || strchr("\r\n", text.data[0]))
    return doc_fail(&m->doc, t, err, PROPTER_INVALID, "expected one ASCII character, found \"%.*s\"", (int)text.len, text.data);
  *out = text.data[0];
  return PROPTER_OK;
}

static bool is_true(const PropterMapping *m, const DocTriple *t) {
  PropterStr text = text_of(m, t);
  return propter_str_equal(text, PROPTER_STR("true")) || propter_str_equal(text, PROPTER_STR("1"));
}

static PropterStatus csvw_table(PropterMapping *m, LogicalSource *s, Node table, PropterError *err) {
  const DocTriple *url = doc_get(&m->doc, table, WORD_url, 0), *d = doc_get(&m->doc, table, WORD_dialect, 0), *t;
  if (!url) return doc_fail(&m->doc, s->at, err, PROPTER_INVALID, "csvw:Table has no csvw:url");
  PropterStr path = text_of(m, url);
  if (propter_str_starts(path, PROPTER_STR("file://"))) path.data += 7, path.len -= 7;
  if (propter_str_find(path, PROPTER_STR("://")) != SIZE_MAX)
    return doc_fail(&m->doc, url, err, PROPTER_INVALID, "expected a file, found the address %.*s: propter fetches nothing", (int)path.len, path.data);
  PROPTER_TRY(set_file(m, s, m->doc.files.items[url->file].directory, path, err));
  PROPTER_TRY(add_nulls(m, s, table, err));
  if (!d) return PROPTER_OK;
  PROPTER_TRY(one_character(m, doc_get(&m->doc, d->o, WORD_delimiter, 0), &s->options.delimiter, err));
  PROPTER_TRY(one_character(m, doc_get(&m->doc, d->o, WORD_quoteChar, 0), &s->options.quote, err));
  if ((t = doc_get(&m->doc, d->o, WORD_quoteChar, 0))) s->options.no_quote = !text_of(m, t).len;
  if ((t = doc_get(&m->doc, d->o, WORD_doubleQuote, 0)) && !is_true(m, t)) s->options.escape = '\\';
  if ((t = doc_get(&m->doc, d->o, WORD_trailingDelimiter, 0))) s->options.trailing = is_true(m, t);
  if ((t = doc_get(&m->doc, d->o, WORD_commentPrefix, 0)) && text_of(m, t).len) s->options.comment = text_of(m, t).data;
  if ((t = doc_get(&m->doc, d->o, WORD_encoding, 0))) s->options.encoding = text_of(m, t).data;
  if ((t = doc_get(&m->doc, d->o, WORD_header, 0))) s->options.no_header = !is_true(m, t);
  int64_t skipped = 0;
  if ((t = doc_get(&m->doc, d->o, WORD_skipRows, 0)) && (!propter_str_to_int64(text_of(m, t), &skipped) || skipped < 0))
    return doc_fail(&m->doc, t, err, PROPTER_INVALID, "expected how many lines to skip, found \"%s\"", text_of(m, t).data);
  if (skipped) s->options.header_line = (uint64_t)skipped + 1;
  if ((t = doc_get(&m->doc, d->o, WORD_trim, 0))) s->options.trim = is_true(m, t);
  return PROPTER_OK;
}

static PropterStatus described_file(PropterMapping *m, LogicalSource *s, Node node, PropterError *err) {
  const DocTriple *path = doc_get(&m->doc, node, WORD_path, 0), *root = doc_get(&m->doc, node, WORD_root, 0), *t;
  if (!path) return doc_fail(&m->doc, s->at, err, PROPTER_INVALID, "the source has no rml:path; expected a file");
  PropterStr directory = m->doc.files.items[path->file].directory;
  if (!root || doc_node(&m->doc, root->o)->word == WORD_CurrentWorkingDirectory) {
    /* The default root of RML-IO. A file that lies beside the mapping only is what people mean. */
    PropterStr text = text_of(m, path);
    if (root || access(text.data, F_OK) == 0) directory.len = 0;
  } else if (doc_node(&m->doc, root->o)->word != WORD_MappingDirectory) {
    PropterStr text = text_of(m, root);
    if (propter_str_starts(text, PROPTER_STR("file://"))) text.data += 7, text.len -= 7;
    directory = propter_arena_printf(&m->arena, "%s%.*s%s", text.len && text.data[0] == '/' ? "" : directory.data, (int)text.len, text.data,
                                     propter_str_ends(text, PROPTER_STR("/")) ? "" : "/");
    if (!directory.data) return no_memory(err);
  }
  PROPTER_TRY(set_file(m, s, directory, text_of(m, path), err));
  PROPTER_TRY(add_nulls(m, s, node, err));
  if ((t = doc_get(&m->doc, node, WORD_encoding, 0))) {
    PropterStr name = text_of(m, t);
    const char *slash = memrchr(name.data, '/', name.len), *hash = memrchr(name.data, '#', name.len);
    s->options.encoding = hash ? hash + 1 : slash ? slash + 1 : name.data;
  }
  /* How a file is packed shows in its first bytes, whatever the mapping calls it. */
  static const Word known[] = {WORD_none, WORD_gzip, WORD_zip, WORD_tarxz, WORD_targz, WORD_targzip, WORD_zstd};
  t = doc_get(&m->doc, node, WORD_compression, 0);
  for (size_t i = 0; t && i < sizeof known / sizeof *known; i++)
    if (doc_node(&m->doc, t->o)->word == known[i]) t = NULL;
  return t ? doc_fail(&m->doc, t, err, PROPTER_INVALID, "expected rml:none, rml:gzip, rml:zip, rml:targzip, rml:tarxz or rml:zstd as compression, found %s",
                      doc_name(&m->doc, t->o))
           : PROPTER_OK;
}

static const char *option(const PropterMapping *m, Node node, Word word) {
  const DocTriple *t = doc_get(&m->doc, node, word, 0);
  return t ? text_of(m, t).data : NULL;
}

static PropterStatus read_prefixes(PropterMapping *m, LogicalSource *s, Node formulation, PropterError *err) {
  size_t n = 0;
  const DocTriple *t;
  while (doc_get(&m->doc, formulation, WORD_namespace, n)) n++;
  PropterTablePrefix *list = model_alloc(m, (n + 1) * sizeof *list, err);
  if (!list) return PROPTER_NO_MEMORY;
  for (size_t i = 0; i < n; i++) {
    t = doc_get(&m->doc, formulation, WORD_namespace, i);
    list[i] = (PropterTablePrefix){option(m, t->o, WORD_namespacePrefix), option(m, t->o, WORD_namespaceURL)};
    if (!list[i].prefix || !list[i].iri) return doc_fail(&m->doc, t, err, PROPTER_INVALID, "expected rml:namespacePrefix and rml:namespaceURL");
  }
  s->options.prefixes = list;
  s->options.prefix_count = n;
  return PROPTER_OK;
}

#define FORMATS "http://www.w3.org/ns/formats/"

/* Solutions of SPARQL in a file, statements of RDF, or the solutions of a query over RDF: whether the formulation is one of the W3C's formats. */
static bool read_format(PropterMapping *m, LogicalSource *s, const DocTriple *at, const DocTriple *f) {
  static const char *const formats[][2] = {{"SPARQL_Results_CSV", "csv"},
                                           {"SPARQL_Results_TSV", "srt"},
                                           {"SPARQL_Results_XML", "srx"},
                                           {"SPARQL_Results_JSON", "srj"},
                                           {"N-Triples", "rdf"},
                                           {"N-Quads", "rdf"},
                                           {"Turtle", "rdf"},
                                           {"TriG", "rdf"},
                                           {"RDF_XML", "rdf"},
                                           {"RDF_JSON", "rdf"}};
  PropterStr iri = doc_node(&m->doc, f->o)->term.value;
  if (!propter_str_starts(iri, PROPTER_STR(FORMATS))) return false;
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (strcmp(iri.data + sizeof FORMATS - 1, formats[i][0]) == 0) s->options.format = formats[i][1];
  if (!s->options.format) return false;
  s->plain_values = strcmp(s->options.format, "csv") == 0;
  bool rdf = strcmp(s->options.format, "rdf") == 0;
  s->options.query = option(m, at->o, WORD_iterator);
  if (!s->options.query) s->options.query = option(m, at->o, WORD_query);
  if (s->options.query && !rdf) s->options.format = "rdf", s->options.answer = m->options->answer;
  return !(s->options.query && rdf);
}

PropterStatus source_formulation(PropterMapping *m, LogicalSource *s, const DocTriple *at, PropterError *err) {
  static const struct {
    Word word;
    const char *format;
    bool several;
  } formats[] = {{WORD_CSV, "csv", false}, {WORD_JSONPath, "json", true}, {WORD_XPath, "xml", true}};
  const DocTriple *f = doc_get(&m->doc, at->o, WORD_referenceFormulation, 0);
  Word word = f ? doc_node(&m->doc, f->o)->word : WORD_NONE;
  const DocTriple *type = f ? doc_get(&m->doc, f->o, WORD_type, 0) : NULL;
  if (type && doc_node(&m->doc, type->o)->word == WORD_XPathReferenceFormulation) {
    word = WORD_XPath;
    PROPTER_TRY(read_prefixes(m, s, f->o, err));
  }
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (formats[i].word == word) s->options.format = formats[i].format, s->several = formats[i].several;
  if (f && !s->options.format && read_format(m, s, at, f)) return s->plain_values ? add_null(s, PROPTER_STR(""), err) : PROPTER_OK;
  s->options.iterator = s->several ? option(m, at->o, WORD_iterator) : NULL;
  s->options.table = option(m, at->o, WORD_tableName); /* a sheet of a workbook */
  if (s->options.format) return PROPTER_OK;
  if (!f) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "the logical source has no reference formulation; expected rml:CSV, rml:JSONPath or rml:XPath");
  return doc_fail(&m->doc, f, err, PROPTER_INVALID, "expected rml:CSV, rml:JSONPath or rml:XPath as reference formulation, found %s", doc_name(&m->doc, f->o));
}

/* Whether an address names a database: then without "jdbc:", and its reader. */
static const char *database_format(PropterStr *address) {
  if (propter_str_starts(*address, PROPTER_STR("jdbc:"))) address->data += 5, address->len -= 5;
  if (propter_str_starts(*address, PROPTER_STR("postgresql:")) || propter_str_starts(*address, PROPTER_STR("postgres:"))) return "postgres";
  if (propter_str_starts(*address, PROPTER_STR("odbc:"))) return address->data += 5, address->len -= 5, "odbc";
  if (!propter_str_starts(*address, PROPTER_STR("sqlite:"))) return NULL;
  address->data += 7, address->len -= 7;
  return "sqlite";
}

/* Table or query, by R2RML, the 2014 form or RML-IO. */
static PropterStatus read_query(PropterMapping *m, LogicalSource *s, const DocTriple *at, PropterError *err) {
  const DocTriple *f = doc_get(&m->doc, at->o, WORD_referenceFormulation, 0), *version = doc_get(&m->doc, at->o, WORD_sqlVersion, 0);
  Word word = f ? doc_node(&m->doc, f->o)->word : WORD_NONE;
  if (version && doc_node(&m->doc, version->o)->word != WORD_SQL2008)
    return doc_fail(&m->doc, version, err, PROPTER_INVALID, "expected rr:SQL2008 as SQL version, found %s", doc_name(&m->doc, version->o));
  s->options.query = option(m, at->o, WORD_sqlQuery);
  if (!s->options.query) s->options.query = option(m, at->o, WORD_query);
  s->options.table = option(m, at->o, WORD_tableName);
  if (word == WORD_SQL2008Query || word == WORD_SQLQuery) s->options.query = option(m, at->o, WORD_iterator);
  if (word == WORD_SQL2008Table || word == WORD_SQLTable) s->options.table = option(m, at->o, WORD_iterator);
  if (s->options.query || s->options.table) return PROPTER_OK;
  return doc_fail(&m->doc, at, err, PROPTER_INVALID, "expected a table name or an SQL query, found neither");
}

/* "scheme://user:password@host/…": the password leaves the address for the options, percent-decoded (RFC 3986, 3.2.1). */
static PropterStatus split_password(PropterMapping *m, LogicalSource *s, PropterStr *address, PropterError *err) {
  size_t begin = propter_str_find(*address, PROPTER_STR("://")), colon = SIZE_MAX, at = SIZE_MAX;
  for (size_t i = begin == SIZE_MAX ? address->len : begin + 3; i < address->len && !strchr("/?#", address->data[i]); i++) {
    if (address->data[i] == '@') at = i;
    if (address->data[i] == ':' && colon == SIZE_MAX) colon = i;
  }
  if (at == SIZE_MAX || colon > at) return PROPTER_OK;
  char *password = propter_arena_alloc(&m->arena, at - colon), *end = password;
  if (!password) return no_memory(err);
  for (size_t i = colon + 1; i < at; i++) {
    unsigned byte;
    bool escaped = address->data[i] == '%' && i + 2 < at && sscanf(address->data + i + 1, "%2x", &byte) == 1;
    *end++ = escaped ? (char)byte : address->data[i];
    if (escaped) i += 2;
  }
  *end = '\0';
  s->options.password = password;
  *address = propter_arena_printf(&m->arena, "%.*s%.*s", (int)colon, address->data, (int)(address->len - at), address->data + at);
  return address->data ? PROPTER_OK : no_memory(err);
}

static PropterStatus set_address(PropterMapping *m, LogicalSource *s, PropterStr address, PropterStr directory, PropterError *err) {
  s->options.format = database_format(&address);
  if (!s->options.format)
    return doc_fail(&m->doc, s->at, err, PROPTER_INVALID, "expected the address of a database (sqlite:, postgresql: or odbc:), found %.*s", (int)address.len,
                    address.data);
  /* The address names the graph and stands in records and messages. */
  if (strcmp(s->options.format, "odbc") == 0 && (strcasestr(address.data, "PWD=") || strcasestr(address.data, "PASSWORD=")))
    return doc_fail(&m->doc, s->at, err, PROPTER_INVALID, "a connection string must not hold the password: give it by d2rq:password");
  if (propter_str_find(address, PROPTER_STR("password=")) != SIZE_MAX)
    return doc_fail(&m->doc, s->at, err, PROPTER_INVALID,
                    "an address must not hold password=: write it before the host or give it by d2rq:password or PGPASSWORD");
  PROPTER_TRY(split_password(m, s, &address, err));
  s->is.database = strcmp(s->options.format, "sqlite") != 0;
  s->plain_values = m->options->plain_values;
  return set_path(m, s, s->is.database ? (PropterStr){"", 0} : directory, address, err);
}

static PropterStatus callers_database(PropterMapping *m, LogicalSource *s, PropterError *err) {
  PropterStr given = propter_str(m->options->database), address = given;
  PropterStr whole = database_format(&address) ? given : propter_arena_printf(&m->arena, "sqlite:%s", given.data);
  return whole.data ? set_address(m, s, whole, (PropterStr){"", 0}, err) : no_memory(err);
}

PropterStatus source_of_database(PropterMapping *m, LogicalSource *s, PropterError *err) {
  PROPTER_TRY(callers_database(m, s, err));
  return set_graph(m, s, NULL, err);
}

/* R2RML's logical table: the database is the caller's. */
static PropterStatus logical_table(PropterMapping *m, LogicalSource *s, const DocTriple *at, PropterError *err) {
  if (!m->options->database) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "the mapping reads tables of a database: name it with --database");
  PROPTER_TRY(callers_database(m, s, err));
  return read_query(m, s, at, err);
}

static PropterStatus d2rq(PropterMapping *m, LogicalSource *s, const DocTriple *at, const DocTriple *dsn, PropterError *err) {
  s->options.user = option(m, dsn->s, WORD_username);
  s->options.password = option(m, dsn->s, WORD_password);
  if (s->options.password && !*s->options.password) s->options.password = NULL;
  PROPTER_TRY(set_address(m, s, text_of(m, dsn), m->doc.files.items[dsn->file].directory, err));
  return read_query(m, s, at, err);
}

static PropterStatus read_source(PropterMapping *m, LogicalSource *s, const DocTriple *at, PropterError *err) {
  const DocTriple *src = doc_get(&m->doc, at->o, WORD_source, 0);
  if (doc_get(&m->doc, at->o, WORD_viewOn, 0)) return view_compile(m, at, s, err);
  if (doc_node(&m->doc, at->p)->word == WORD_logicalTable ||
      (!src && (doc_get(&m->doc, at->o, WORD_tableName, 0) || doc_get(&m->doc, at->o, WORD_sqlQuery, 0))))
    return logical_table(m, s, at, err);
  if (!src) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "the logical source has no rml:source");
  s->at = src;
  const DocTriple *dsn = doc_get(&m->doc, src->o, WORD_jdbcDSN, 0);
  if (dsn) return d2rq(m, s, at, dsn, err);
  bool csvw = doc_get(&m->doc, src->o, WORD_url, 0) != NULL;
  if (csvw && !doc_get(&m->doc, at->o, WORD_referenceFormulation, 0))
    s->options.format = "csv";
  else PROPTER_TRY(source_formulation(m, s, at, err));
  if (csvw) return csvw_table(m, s, src->o, err);
  if (doc_node(&m->doc, src->o)->term.kind == PROPTER_TERM_LITERAL) return set_file(m, s, m->doc.files.items[src->file].directory, text_of(m, src), err);
  return described_file(m, s, src->o, err);
}

PropterStatus source_compile(PropterMapping *m, const DocTriple *at, size_t *index, PropterError *err) {
  LogicalSource s = {.at = at};
  PropterStatus status = read_source(m, &s, at, err);
  if (status == PROPTER_OK) status = add_nulls(m, &s, at->o, err);
  if (status == PROPTER_OK) status = add_callers_nulls(m, &s, err);
  /* In the 2014 form, which took over R2RML's NULL, an empty CSV cell is no value; in RML-IO only what rml:null names is none. */
  bool old = doc_node(&m->doc, s.at->p)->vocabulary != VOCABULARY_RML && doc_node(&m->doc, s.at->o)->vocabulary != VOCABULARY_RML;
  /* Types of JSON's values came with RML-Core. */
  if (old && s.several) s.plain_values = true;
  bool csv = s.options.format && strcmp(s.options.format, "csv") == 0;
  if (status == PROPTER_OK && csv && old && !s.nulls.count) status = add_null(&s, PROPTER_STR(""), err);
  if (status == PROPTER_OK) status = set_graph(m, &s, doc_node(&m->doc, at->o), err);
  if (status == PROPTER_OK) return keep(m, &s, index, err);
  propter_vec_clear(&s.nulls);
  return status;
}

PropterStatus source_of_file(PropterMapping *m, const DocTriple *at, PropterStr path, const PropterTableOptions *options, size_t *index, PropterError *err) {
  LogicalSource s = {.at = at, .options = *options};
  PROPTER_TRY(set_file(m, &s, m->doc.files.items[at->file].directory, path, err));
  PROPTER_TRY(set_graph(m, &s, NULL, err));
  PROPTER_TRY(add_null(&s, PROPTER_STR(""), err));
  if (s.options.escape) PROPTER_TRY(add_null(&s, PROPTER_STR("\\N"), err));
  PROPTER_TRY(add_callers_nulls(m, &s, err));
  return keep(m, &s, index, err);
}

PropterStatus source_at_address(PropterMapping *m, LogicalSource *s, PropterStr address, PropterStr directory, PropterError *err) {
  PROPTER_TRY(address.len ? set_address(m, s, address, directory, err) : callers_database(m, s, err));
  return set_graph(m, s, NULL, err);
}

PropterStatus source_keep(PropterMapping *m, LogicalSource *s, size_t *index, PropterError *err) { return keep(m, s, index, err); }
