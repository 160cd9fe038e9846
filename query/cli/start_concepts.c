/* SPDX-License-Identifier: Apache-2.0 */
/* Names: of what the tables measure, of the parts of the data, of the causes that documents give. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "propter/hash.h"
#include "propter/io.h"
#include "start.h"

enum { MAX_SERIES = 400, CAUSE_WORDS = 5 };

/* The parts of each metric along a dimension: its label ?d, member ?v. Of those that are watched, which start_text puts in for %s. */
#define SLICES "?m a propter:Metric ; skos:prefLabel ?l ; propter:sliceBy ?dim ; propter:dataset ?set . ?dim rdfs:label ?d . " \
               "VALUES (?set ?dim) { %s } " \
               "{ SELECT DISTINCT ?set ?dim ?v { ?o qb:dataSet ?set ; ?dim ?v . ?dim a qb:DimensionProperty } } "

/* Without a language: the names of columns and parts are those of the user, and documents of any language may use them. {NULL}: there was no memory
 * for it. */
static void put_label(PropterBuf *out, PropterStr label) {
  if (!label.data) out->failed = PROPTER_NO_MEMORY;
  propter_buf_add_char(out, '"');
  for (size_t i = 0; i < label.len; i++) {
    if (label.data[i] == '"' || label.data[i] == '\\') propter_buf_add_char(out, '\\');
    propter_buf_add_char(out, (unsigned char)label.data[i] < 0x20 ? ' ' : label.data[i]);
  }
  propter_buf_add_char(out, '"');
}

/* Letters and digits; what has others is told apart by a hash: "A & B" and "A + B" are two. */
static void put_local(PropterBuf *out, PropterStr label) {
  bool plain = true;
  for (size_t at = 0; at < label.len;) {
    const uint32_t c = propter_utf8_next(label, &at);
    const bool kept = propter_utf8_letter(c) || (c >= '0' && c <= '9');
    plain &= kept || c == ' ';
    if (kept) propter_buf_add_utf8(out, c >= 'A' && c <= 'Z' ? c + 32 : c);
    else if (out->len && out->data[out->len - 1] != '-') propter_buf_add_char(out, '-');
  }
  if (!plain) propter_buf_printf(out, "%s%08x", out->len && out->data[out->len - 1] == '-' ? "" : "-", (unsigned)(propter_hash64(label) & 0xffffffff));
}

/* "werk-allgäu" of Werk and "Werk Allgäu", "region-süd" of Region and "Süd". Where two parts of a dimension would be called the same ("Allgäu" beside "Werk
 * Allgäu"), the second one's name ends in a hash. */
static PropterStatus put_part(Start *s, PropterBuf *out, PropterStr dimension, PropterStr member) {
  const bool named = member.len > dimension.len && member.data[dimension.len] == ' ' &&
                     propter_str_equal_caseless((PropterStr){member.data, dimension.len}, dimension);
  PropterBuf local = {0};
  put_local(&local, dimension);
  if (named) member.data += dimension.len + 1, member.len -= dimension.len + 1;
  propter_buf_add_char(&local, '-'), put_local(&local, member);
  const uint64_t hash = propter_hash64(member) + named;
  uint64_t *first = local.failed ? NULL : propter_map_put(&s->parts, propter_buf_str(&local), hash, NULL);
  if (first && *first != hash) propter_buf_printf(&local, "-%08x", (unsigned)(hash & 0xffffffff));
  propter_buf_add(out, propter_buf_str(&local));
  const PropterStatus status = propter_buf_status(&local, s->err);
  propter_buf_clear(&local);
  return status != PROPTER_OK || first ? status : start_no_memory(s->err);
}

static PropterStatus metric_concept(Start *s, const PropterTerm *row, void *payload) {
  PropterBuf *out = payload;
  propter_buf_printf(out, "\n<%.*s> propter:concept :", (int)row[0].value.len, row[0].value.data), put_local(out, row[1].value);
  propter_buf_add(out, PROPTER_STR(" .\n:")), put_local(out, row[1].value),
      propter_buf_add(out, PROPTER_STR(" a skos:Concept ; skos:inScheme :measures ; skos:prefLabel "));
  put_label(out, row[1].value);
  propter_buf_add(out, PROPTER_STR(" .\n"));
  return propter_buf_status(out, s->err);
}

/* A part that is called by a number is named with what it is one of: "store 12", "store N7". {NULL}: no memory. */
static PropterStr part_name(Start *s, PropterStr dimension, PropterStr member) {
  size_t digits = 0, letters = 0;
  for (size_t i = 0; i < member.len; i++) {
    digits += isdigit((unsigned char)member.data[i]) != 0;
    letters += isalpha((unsigned char)member.data[i]) || (unsigned char)member.data[i] >= 0x80;
  }
  return digits && letters < 2 ? propter_arena_printf(&s->arena, "%.*s %.*s", (int)dimension.len, dimension.data, (int)member.len, member.data) : member;
}

/* "net revenue, Hamburg", and how questions and documents may call it. */
static void put_slice_labels(Start *s, PropterBuf *out, PropterStr measure, PropterStr dimension, PropterStr value) {
  static const char *const between[] = {", ", " in ", " of ", " for "};
  const PropterStr member = part_name(s, dimension, value);
  for (size_t i = 0; i < sizeof between / sizeof *between; i++) {
    propter_buf_printf(out, " ;\n  skos:%s ", i ? "altLabel" : "prefLabel");
    put_label(out, propter_arena_printf(&s->arena, "%.*s%s%.*s", (int)measure.len, measure.data, between[i], (int)member.len, member.data));
  }
  propter_buf_printf(out, " ;\n  skos:altLabel ");
  put_label(out, propter_arena_printf(&s->arena, "%.*s %.*s", (int)member.len, member.data, (int)measure.len, measure.data));
  if (member.data != value.data) return;
  propter_buf_printf(out, " ;\n  skos:altLabel ");
  put_label(out, propter_arena_printf(&s->arena, "%.*s in %.*s %.*s", (int)measure.len, measure.data, (int)member.len, member.data, (int)dimension.len,
                                      dimension.data));
}

/* Two tables may measure what is called the same: the second one's name ends in a hash. */
static PropterStatus put_measure(Start *s, PropterBuf *out, PropterStr iri, PropterStr label) {
  uint64_t hash = propter_hash64(iri), *first = propter_map_put(&s->labels, label, hash, NULL);
  if (!first) return start_no_memory(s->err);
  put_local(out, label);
  if (*first != hash) propter_buf_printf(out, "-%08x", (unsigned)(hash & 0xffffffff));
  return PROPTER_OK;
}

/* What stands there up to a blank. */
static PropterStr word_at(PropterStr text, size_t at) {
  size_t end = at;
  while (end < text.len && text.data[end] != ' ') end++;
  return (PropterStr){text.data + at, end - at};
}

/* A metric for each part of the data: documents speak of parts, and so do moves. Columns: metric, label, dimension, its label, member, then as named below. */
static PropterStatus slice_metric(Start *s, const PropterTerm *row, void *payload) {
  static const char *const properties[] = {"dataset", "measure", "timeDimension", "aggregation", "goodDirection", "grain", "unit", "unitLabel"};
  PropterBuf *out = payload;
  propter_buf_add(out, PROPTER_STR("\n:"));
  PROPTER_TRY(put_measure(s, out, row[0].value, row[1].value));
  propter_buf_add_char(out, '-');
  PROPTER_TRY(put_part(s, out, row[3].value, row[4].value));
  propter_buf_printf(out, " a propter:Metric");
  put_slice_labels(s, out, row[1].value, row[3].value, row[4].value);
  propter_buf_printf(out, " ;\n  propter:concept :"), put_local(out, row[1].value);
  propter_buf_printf(out, " ; propter:fixed [ propter:dimension <%.*s> ; propter:concept :", (int)row[2].value.len, row[2].value.data);
  PROPTER_TRY(put_part(s, out, row[3].value, row[4].value));
  propter_buf_printf(out, " ; propter:member "), propter_term_write(&row[4], out), propter_buf_printf(out, " ]");
  for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
    if (!row[5 + i].value.len) continue;
    propter_buf_printf(out, " ;\n  propter:%s ", properties[i]);
    propter_term_write(&row[5 + i], out);
  }
  PropterStr apart = row[5 + sizeof properties / sizeof *properties].value; /* IRIs with blanks between them */
  for (size_t at = 0; at < apart.len;) {
    const PropterStr iri = word_at(apart, at);
    propter_buf_printf(out, " ;\n  propter:nonAdditive <%.*s>", (int)iri.len, iri.data);
    at += iri.len + 1;
  }
  propter_buf_add(out, PROPTER_STR(" .\n"));
  return propter_buf_status(out, s->err);
}

static PropterStatus member_concept(Start *s, const PropterTerm *row, void *payload) {
  PropterBuf *out = payload;
  const size_t begin = out->len;
  bool fresh = true;
  propter_buf_add_char(out, ':');
  PROPTER_TRY(put_part(s, out, row[0].value, row[1].value));
  propter_buf_printf(out, " a skos:Concept ; skos:inScheme :"), put_local(out, row[0].value), propter_buf_printf(out, " ; skos:prefLabel ");
  put_label(out, part_name(s, row[0].value, row[1].value)), propter_buf_add(out, PROPTER_STR(" .\n"));
  PROPTER_TRY(propter_buf_status(out, s->err));
  if (!propter_map_put(&s->parts, (PropterStr){out->data + begin, out->len - begin}, 0, &fresh)) return start_no_memory(s->err);
  if (!fresh) out->data[out->len = begin] = 0; /* the same part of another measure's table */
  return propter_buf_status(out, s->err);
}

enum { CLAUSE_VERB = 1, CLAUSE_LAST, CLAUSE_NOBODY, CLAUSE_PREPOSITION };
static const struct {
  const char *word;
  int kind;
} clause_words[] = {
#define CLAUSE(language, word, kind) {word, CLAUSE_##kind},
#include "clause.def"
#undef CLAUSE
};

static int clause_kind(PropterStr word) {
  for (size_t i = 0; i < sizeof clause_words / sizeof *clause_words; i++)
    if (propter_str_equal_caseless(word, propter_str(clause_words[i].word))) return clause_words[i].kind;
  return 0;
}

/* "redesign" of "redesign went live": a name is of a thing. Nothing of "many believe …". */
static PropterStr thing_of(PropterStr clause) {
  for (size_t at = 0; at < clause.len;) {
    const PropterStr word = word_at(clause, at), next = word_at(clause, at + word.len < clause.len ? at + word.len + 1 : clause.len);
    const int kind = clause_kind(word);
    if (kind == CLAUSE_NOBODY && !at) return (PropterStr){"", 0};
    if (at && (kind == CLAUSE_VERB || (kind == CLAUSE_LAST && (!next.len || clause_kind(next) == CLAUSE_PREPOSITION)))) return (PropterStr){clause.data, at - 1};
    at += word.len + 1;
  }
  return clause;
}

/* A cause that a document names and nothing in the graph answers to: its last words, without what only points. */
static PropterStr cause_name(PropterStr said) {
  static const char *const pointing[] = {"the", "a", "an", "this", "that", "these", "those", "our", "their", "its", "new", NULL};
  PropterStr name = propter_str_trim(said);
  for (bool again = true; again;) {
    again = false;
    size_t end = 0;
    while (end < name.len && name.data[end] != ' ') end++;
    for (size_t i = 0; pointing[i] && !again; i++)
      again = end < name.len && end == strlen(pointing[i]) && strncasecmp(name.data, pointing[i], end) == 0;
    if (again) name = propter_str_trim((PropterStr){name.data + end, name.len - end});
  }
  name = thing_of(name);
  size_t words = 1;
  for (size_t i = 0; i < name.len; i++) words += name.data[i] == ' ';
  return words <= CAUSE_WORDS ? name : (PropterStr){"", 0};
}

/* German, behind an article in another case: "zweite Schicht" of "der zweiten Schicht", "Schaden" of "des Schadens". NULL: no memory. */
static PropterStr first_case(Start *s, PropterStr name, PropterStr said) {
  const PropterStr article = word_at(said, 0);
  const bool of = propter_str_equal_caseless(article, PROPTER_STR("des"));
  if (!name.len || (!of && !propter_str_equal_caseless(article, PROPTER_STR("der")))) return name;
  PropterBuf out = {.max = 1 << 12};
  for (size_t at = 0; at < name.len;) {
    PropterStr word = word_at(name, at);
    at += word.len + 1;
    const bool last = at >= name.len, small = islower((unsigned char)word.data[0]) != 0;
    if (!last && small && word.len > 4 && propter_str_ends(word, PROPTER_STR("en"))) word.len--;
    else if (last && of && word.len > 5 && propter_str_ends(word, PROPTER_STR("es")) && strchr("dtszf", word.data[word.len - 3])) word.len -= 2;
    else if (last && of && word.len > 4 && word.data[word.len - 1] == 's' && word.data[word.len - 2] != 's') word.len--;
    propter_buf_printf(&out, "%s%.*s", out.len ? " " : "", (int)word.len, word.data);
  }
  PropterStr text = propter_buf_status(&out, s->err) == PROPTER_OK ? propter_arena_copy(&s->arena, propter_buf_str(&out)) : (PropterStr){NULL, 0};
  propter_buf_clear(&out);
  return text;
}

/* Rows of one cause, a form of its name each: key, form, a sentence, the cause as it stands there. The shortest and smallest form leads. */
static PropterStatus cause_concept(Start *s, const PropterTerm *row, void *payload) {
  PropterBuf *out = payload;
  PropterStr name = first_case(s, cause_name(row[1].value), row[3].value);
  if (!name.data) return start_no_memory(s->err);
  if (name.len < 3) return PROPTER_OK;
  const bool again = propter_str_equal(row[0].value, s->cause);
  if (!again) {
    propter_buf_add(out, PROPTER_STR("\n# ")), put_label(out, row[2].value), propter_buf_add(out, PROPTER_STR("\n:cause-")), put_local(out, name);
    propter_buf_add(out, PROPTER_STR(" a skos:Concept , propter:EventKind ; skos:prefLabel ")), put_label(out, name), propter_buf_add(out, PROPTER_STR(" .\n"));
    s->cause = propter_arena_copy(&s->arena, row[0].value), s->cause_name = propter_arena_copy(&s->arena, name);
    if (!s->cause.data || !s->cause_name.data) return start_no_memory(s->err);
  } else if (!propter_str_equal_caseless(name, s->cause_name)) {
    propter_buf_add(out, PROPTER_STR(":cause-")), put_local(out, s->cause_name);
    propter_buf_add(out, PROPTER_STR(" skos:altLabel ")), put_label(out, name), propter_buf_add(out, PROPTER_STR(" .\n"));
  }
  return propter_buf_status(out, s->err);
}

static PropterStatus write_concepts(Start *s, PropterBuf *concepts, char *path) {
  char *words[] = {path};
  PROPTER_TRY(propter_io_write_file(path, propter_buf_str(concepts), s->err));
  return start_brief(s, "load", words, 1, false);
}

static PropterStatus read_documents(Start *s, bool again) {
  char **words = propter_arena_alloc(&s->arena, (s->files.count + 3) * sizeof *words);
  unsigned count = 0;
  if (!words) return start_no_memory(s->err);
  if (again && !(words[count++] = start_text(s, "--force%s%s", "", ""))) return start_no_memory(s->err);
  if (!(words[count++] = start_text(s, "--%s%s", "", ""))) return start_no_memory(s->err);
  for (size_t i = 0; i < s->files.count; i++)
    if (!s->files.items[i].table) words[count++] = s->files.items[i].path;
  return start_brief(s, "read", words, count, again);
}

static PropterStatus read_events(Start *s) {
  char **words = propter_arena_alloc(&s->arena, (s->files.count + 1) * sizeof *words);
  unsigned count = 0;
  if (!words) return start_no_memory(s->err);
  for (size_t i = 0; i < s->files.count; i++)
    if (s->files.items[i].events) words[count++] = s->files.items[i].path;
  return start_brief(s, "events", words, count, true);
}

/* --- How many parts are watched -------------------------------------------------------------------------------------------------- */

/* The dimensions with the fewest members first: as many as make MAX_SERIES series. */
typedef struct {
  size_t series;
  PropterStr left;       /* label of the one that was left last */
  PropterBuf dimensions; /* as VALUES takes them */
} Watched;

static PropterStatus watch_dimension(Start *s, const PropterTerm *row, void *payload) {
  Watched *watched = payload;
  double members = 0, metrics = 0;
  (void)propter_str_to_double(row[1].value, &members), (void)propter_str_to_double(row[2].value, &metrics);
  if (watched->series + (size_t)(members * metrics) > MAX_SERIES) {
    if (propter_str_equal(watched->left, row[0].value)) return PROPTER_OK; /* of another measure */
    if (!(watched->left = propter_arena_copy(&s->arena, row[0].value)).data) return start_no_memory(s->err);
    fprintf(s->notes, "slices   %.*s has %.0f parts: too many to watch each by itself; propter why asks about any of them\n", (int)row[0].value.len,
            row[0].value.data, members);
    return PROPTER_OK;
  }
  watched->series += (size_t)(members * metrics);
  propter_buf_printf(&watched->dimensions, "(<%.*s> <%.*s>) ", (int)row[3].value.len, row[3].value.data, (int)row[4].value.len, row[4].value.data);
  return propter_buf_status(&watched->dimensions, s->err);
}

static PropterStatus say_crossed(Start *s, const PropterTerm *row, void *payload) {
  (void)payload;
  fprintf(s->notes, "slices   each part is watched by itself, not two at once (one of %.*s and one of %.*s): propter why asks about those\n",
          (int)row[0].value.len, row[0].value.data, (int)row[1].value.len, row[1].value.data);
  return PROPTER_OK;
}

/* *dimensions: those that are watched, as SLICES takes them. */
static PropterStatus watch(Start *s, const char **dimensions) {
  static const char sizes[] = START_PREFIXES
      "SELECT ?d ?n (COUNT(DISTINCT ?m) AS ?metrics) ?set ?dim { { SELECT ?set ?dim (COUNT(DISTINCT ?x) AS ?n) { ?o qb:dataSet ?set ; ?dim ?x . "
      "?dim a qb:DimensionProperty } GROUP BY ?set ?dim } ?m a propter:Metric ; propter:sliceBy ?dim ; propter:dataset ?set . "
      "?dim rdfs:label ?d } GROUP BY ?set ?dim ?d ?n ORDER BY ?n ?d ?set ?dim";
  Watched watched = {.dimensions = {.max = 1 << 20}};
  static const char crossed[] = START_PREFIXES
      "SELECT ?a ?b { ?m a propter:Metric ; propter:sliceBy ?x , ?y . ?x rdfs:label ?a . ?y rdfs:label ?b FILTER(STR(?x) < STR(?y)) } "
      "ORDER BY ?a ?b LIMIT 1";
  PropterStatus status = start_each(s, sizes, watch_dimension, &watched);
  if (status == PROPTER_OK) status = start_each(s, crossed, say_crossed, NULL);
  if (status == PROPTER_OK) {
    *dimensions = propter_arena_copy(&s->arena, propter_buf_str(&watched.dimensions)).data;
    if (!*dimensions) status = start_no_memory(s->err);
  }
  propter_buf_clear(&watched.dimensions);
  return status;
}

/* Rows of a query that has SLICES in it. */
static PropterStatus each_slice(Start *s, const char *query, const char *dimensions, StartUse use, void *payload) {
  const char *text = start_text(s, query, dimensions, "");
  return text ? start_each(s, text, use, payload) : start_no_memory(s->err);
}

/* Names for what the tables measure and for the causes that documents give; documents are read with the first, then with both. */
PropterStatus start_concepts(Start *s) {
  PropterBuf concepts = {.max = 16 << 20};
  char *path = start_text(s, "%s/%s", s->pack, "concepts.ttl");
  const char *dimensions = NULL;
  propter_buf_printf(&concepts,
                     "# Names. More of them (skos:altLabel) are found in documents and understood in questions; skos:broader puts a name below another.\n"
                     "@prefix propter: <https://w3id.org/propter#> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
                     "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n@prefix : <https://example.org/%s/concepts#> .\n",
                     s->name.data);
  PropterStatus status = path
                             ? start_each(s, START_PREFIXES "SELECT ?m (MIN(?l) AS ?label) { ?m a propter:Metric ; skos:prefLabel ?l } GROUP BY ?m ORDER BY ?m",
                                          metric_concept, &concepts)
                             : start_no_memory(s->err);
  if (status == PROPTER_OK) status = watch(s, &dimensions);
  if (status == PROPTER_OK) status = each_slice(s, START_PREFIXES "SELECT DISTINCT ?d ?v { " SLICES " } ORDER BY ?d ?v", dimensions, member_concept, &concepts);
  if (status == PROPTER_OK)
    status = each_slice(
        s,
        START_PREFIXES
        "SELECT ?m ?l ?dim ?d ?v ?set ?measure ?time ?sum ?good ?grain ?unit ?words ?apart { " SLICES
        " ?m propter:measure ?measure ; propter:timeDimension ?time ; propter:aggregation ?sum ; "
        "propter:grain ?grain ; propter:unit ?unit OPTIONAL { ?m propter:goodDirection ?good } OPTIONAL { ?m propter:unitLabel ?words } "
        "OPTIONAL { { SELECT ?m (GROUP_CONCAT(STR(?a)) AS ?apart) { ?m propter:nonAdditive ?a } GROUP BY ?m } } } ORDER BY ?m ?dim ?v",
        dimensions, slice_metric, &concepts);
  if (status == PROPTER_OK) status = write_concepts(s, &concepts, path);
  if (status == PROPTER_OK && s->events) status = read_events(s);
  if (status == PROPTER_OK && s->documents) {
    status = read_documents(s, false);
    if (status == PROPTER_OK)
      status = start_each(
          s,
          START_PREFIXES
          "SELECT ?key ?text (MIN(?q) AS ?quote) (MIN(?said) AS ?whole) { ?c a propter:Claim ; propter:causeText ?said ; propter:effect ?e ; propter:quote ?q "
          "OPTIONAL { ?c propter:cause ?known } OPTIONAL { ?c propter:causeCandidate ?k . ?k rdfs:label ?form } FILTER (!BOUND(?known) || BOUND(?k)) "
          "BIND(COALESCE(STR(?k), ?said) AS ?key) BIND(COALESCE(STR(?form), ?said) AS ?text) } "
          "GROUP BY ?key ?text ORDER BY ?key STRLEN(?text) DESC(?text) LIMIT 200",
          cause_concept, &concepts);
    if (status == PROPTER_OK) status = write_concepts(s, &concepts, path);
    if (status == PROPTER_OK) status = read_documents(s, true);
  }
  propter_buf_clear(&concepts);
  return status;
}
