/* SPDX-License-Identifier: Apache-2.0 */
#include <serd/serd.h>
#include <string.h>
#include <strings.h>

#include "io.h"

static const PropterRdfFormat formats[] = {
#define WRITES_lines true
#define WRITES_turtle true
#define WRITES_rdfxml true
#define WRITES_jsonld true
#define WRITES_json true
#define WRITES_none false
#define READS_lines true
#define READS_serd true
#define READS_rdfxml true
#define READS_raptor true
#define READS_none false
#define read_none NULL
#define FORMAT(name, media, extensions, reader, variant, writer, graphs) {#name, media, extensions, READS_##reader, WRITES_##writer, graphs},
#include "formats.def"
#undef FORMAT
};

static const struct {
  Reader read;
  int variant;
} readers[] = {
#define FORMAT(name, media, extensions, reader, variant, writer, graphs) {read_##reader, variant},
#include "formats.def"
#undef FORMAT
};

enum { COUNT = sizeof formats / sizeof *formats };

const PropterRdfFormat *propter_rdf_format_at(size_t n) { return n < COUNT ? &formats[n] : NULL; }

static bool same(PropterStr a, const char *b) { return propter_str_equal_caseless(a, propter_str(b)); }

static bool has_word(const char *words, PropterStr word) {
  for (const char *p = words; *p;) {
    size_t n = strcspn(p, " ");
    if (n == word.len && strncasecmp(p, word.data, n) == 0) return true;
    p += n + (p[n] == ' ');
  }
  return false;
}

const PropterRdfFormat *propter_rdf_format(PropterStr name) {
  size_t semicolon = propter_str_find(name, PROPTER_STR(";"));
  if (semicolon != SIZE_MAX) name.len = semicolon;
  name = propter_str_trim(name);
  if (!name.len) return NULL;
  for (size_t i = 0; i < COUNT; i++)
    if (same(name, formats[i].name) || same(name, formats[i].media_type) || has_word(formats[i].extensions, name)) return &formats[i];
  return NULL;
}

const PropterRdfFormat *propter_rdf_format_of_file(const char *path) {
  const char *slash = strrchr(path, '/');
  PropterStr name = propter_str(slash ? slash + 1 : path);
  if (name.len > 3 && strcasecmp(name.data + name.len - 3, ".gz") == 0) name.len -= 3;
  for (size_t i = name.len; i-- > 0;)
    if (name.data[i] == '.') {
      PropterStr extension = {name.data + i + 1, name.len - i - 1};
      for (size_t f = 0; f < COUNT; f++)
        if (extension.len && has_word(formats[f].extensions, extension)) return &formats[f];
      break;
    }
  return NULL;
}

static PropterStatus unknown_format(const char *path, const char *format, PropterError *err) {
  PropterBuf names = {.max = 400};
  for (size_t i = 0; i < COUNT; i++) propter_buf_printf(&names, "%s%s", i ? ", " : "", formats[i].name);
  propter_error_at(err, path, 0, 0);
  PropterStatus s = format ? propter_fail(err, PROPTER_USAGE, "unknown RDF format \"%s\": expected one of %s", format, names.data ? names.data : "")
                           : propter_fail(err, PROPTER_USAGE, "cannot tell the RDF format from the name: give one of %s", names.data ? names.data : "");
  propter_buf_clear(&names);
  return s;
}

static PropterStatus run(Source *source, const PropterRdfFormat *format, PropterStr base, const PropterRdfOptions *options, const PropterRdfSink *sink,
                         const Spread *spread, PropterError *err) {
  ReadJob job = {.format = format, .base = base, .sink = sink, .spread = spread, .log = options ? options->log : NULL};
  job.limits = options && options->limits ? *options->limits : propter_limits_default();
  if (!job.base.len && options) job.base = options->base;
  job.block = options && options->block ? options->block : 1 << 18;
  const char *why = NULL;
  if (job.base.len && !propter_iri_valid(job.base, &why)) {
    propter_error_at(err, source->name, 0, 0);
    return propter_fail(err, PROPTER_INVALID, "base \"%.*s\": %s", (int)(job.base.len < 200 ? job.base.len : 200), job.base.data, why);
  }
  size_t at = (size_t)(format - formats);
  if (!format->reads) return propter_fail(err, PROPTER_USAGE, "%s is written, not read", format->name);
  return readers[at].read(source, &job, readers[at].variant, err);
}

PropterStatus rdf_read(const char *path, const PropterRdfOptions *options, const PropterRdfSink *sink, const Spread *spread, PropterError *err) {
  const char *wanted = options ? options->format : NULL;
  const PropterRdfFormat *format = wanted ? propter_rdf_format(propter_str(wanted)) : propter_rdf_format_of_file(path);
  if (!format) return unknown_format(path, wanted, err);
  PropterLimits limits = options && options->limits ? *options->limits : propter_limits_default();
  Source *source = NULL;
  PropterBuf base = {.max = 65536};
  PropterStatus status = PROPTER_OK;
  if (!options || !options->base.len) status = propter_iri_of_file(path, &base, err);
  if (status == PROPTER_OK) status = source_open_file(path, limits.load_bytes, &limits, &source, err);
  if (status == PROPTER_OK && options && options->hash) status = source_hash(source, err);
  if (status == PROPTER_OK) status = run(source, format, propter_buf_str(&base), options, sink, spread, err);
  if (status == PROPTER_OK && options && options->hash) status = source_hash_end(source, options->hash, err);
  if (source) source_close_file(source);
  propter_buf_clear(&base);
  return status;
}

PropterStatus propter_rdf_read(const char *path, const PropterRdfOptions *options, const PropterRdfSink *sink, PropterError *err) {
  return rdf_read(path, options, sink, NULL, err);
}

PropterStatus propter_rdf_read_text(PropterStr text, const char *source, const PropterRdfOptions *options, const PropterRdfSink *sink, PropterError *err) {
  const PropterRdfFormat *format = options && options->format ? propter_rdf_format(propter_str(options->format)) : NULL;
  if (!format) return unknown_format(source, options ? options->format : NULL, err);
  PropterLimits limits = options->limits ? *options->limits : propter_limits_default();
  TextSource s = source_of_text(text, source, limits.load_bytes);
  return run(&s.source, format, (PropterStr){"", 0}, options, sink, NULL, err);
}
