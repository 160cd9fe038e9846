/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "output.h"
#include "propter/document.h"
#include "propter/read.h"
#include "start.h"

static const char *const formats[] = {"table", "jsonl", NULL};

typedef struct {
  CommandCall *call;
  bool json;
} Show;

/* Of a table only the words of its cells are read, or nothing; nearly always its rows were meant. */
static const char *table_hint(const PropterReadReport *r) {
  if (!start_names_table(r->path) || (!r->bad && propter_document_recognised(r->path))) return "";
  return "; it is a table: propter start takes its folder, propter ingest --sniff its rows";
}

static void document(const PropterReadReport *r, void *payload) {
  Show *show = payload;
  FILE *out = show->call->out;
  if (show->json) {
    fputs("{\"document\":", out), output_json(out, r->iri);
    fputs(",\"path\":", out), output_json(out, propter_str(r->path));
    if (r->bad && r->bad->line)
      fprintf(out, ",\"line\":%llu,\"column\":%llu", (unsigned long long)r->bad->line, (unsigned long long)r->bad->column);
    if (r->bad)
      fprintf(out, ",\"status\":\"rejected\",\"code\":\"%s\",\"reason\":", propter_status_name(r->bad->status)), output_json(out, propter_str(r->bad->message));
    else if (r->unchanged || r->withdrawn)
      fprintf(out, ",\"status\":\"%s\"", r->unchanged ? "unchanged" : "withdrawn");
    else
      fprintf(out, ",\"status\":\"read\",\"format\":\"%s\",\"language\":\"%s\",\"sentences\":%zu,\"claims\":%zu,\"linked\":%zu,\"happenings\":%zu",
              r->format, r->language, r->sentences, r->claims, r->linked, r->happenings);
    fputs("}\n", out);
    return;
  }
  if (r->bad) {
    PropterError e = *r->bad;
    char text[1024];
    (void)snprintf(e.source, sizeof e.source, "%.255s", r->path);
    (void)propter_error_format(&e, text, sizeof text);
    fprintf(out, "rejected %s%s\n", text, table_hint(r));
  } else if (r->withdrawn) {
    fprintf(out, "withdrawn %s: the file is gone\n", r->path);
  } else if (!r->unchanged) {
    fprintf(out, "%s: %s, %s (%s linked), %s", r->path, output_count(r->sentences, "sentence"), output_count(r->claims, "claim"),
            output_number(r->linked), output_count(r->happenings, "dated happening"));
    if (r->ungraded) fprintf(out, "; language %s, without a model of claims", r->language);
    if (r->namesake) fprintf(out, "; a document of its own beside %s", r->namesake);
    fputs(table_hint(r), out);
    fputc('\n', out);
  }
}

static void rule(const char *source, unsigned line, const char *name, const char *problem, void *payload) {
  Show *show = payload;
  propter_log(show->call->log, PROPTER_LOG_WARNING, "read", "%s:%u: rule %s %s", source, line, name, problem);
}

static void failed_example(const char *source, unsigned line, const char *name, const char *problem, void *payload) {
  Show *show = payload;
  fprintf(show->call->out, "%s:%u: rule %s: %s\n", source, line, name, problem);
}

/* --test-rules: the examples of all rules of one language, with those of --rules. */
static PropterStatus test_language(Show *show, const char *language, const char *const *files, size_t count, size_t *failed, PropterError *err) {
  PropterRules *rules = NULL;
  size_t tried = 0;
  PROPTER_TRY(propter_rules_open(language, files, count, NULL, &rules, err));
  PropterStatus status = propter_rules_test(rules, failed_example, show, &tried, failed, err);
  if (status == PROPTER_OK) {
    fprintf(show->call->out, "%s: %s rules, %s examples, %s failed\n", language, output_number(propter_rules_count(rules)), output_number(tried),
            output_number(*failed));
    propter_rules_report(rules, rule, show);
  }
  propter_rules_free(rules);
  return status;
}

static PropterStatus test_rules(Show *show, const char *only, const char *const *files, size_t count, PropterError *err) {
  size_t all = 0, failed = 0;
  if (only) PROPTER_TRY(test_language(show, only, files, count, &all, err));
  PropterLanguages languages = {.count = 0};
  if (!only) PROPTER_TRY(propter_languages(files, count, &languages, err));
  for (size_t i = 0; i < languages.count; i++, all += failed) PROPTER_TRY(test_language(show, languages.codes[i], files, count, &failed, err));
  return all ? PROPTER_NEGATIVE : PROPTER_OK;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  const char *format, *files[16];
  size_t file_count = 0;
  Show show = {.call = call};
  PropterGraph *graph = NULL;
  PropterReadResult result;
  PROPTER_TRY(output_format(call, formats, &format, err));
  show.json = format == formats[1];
  while (file_count < 16 && (files[file_count] = cmd_value_at(call, "rules", (unsigned)file_count))) file_count++;
  if (cmd_flag(call, "test-rules")) return test_rules(&show, cmd_value(call, "language"), files, file_count, err);
  if (!call->operand_count) return propter_fail(err, PROPTER_USAGE, "expected: propter read PATH...");
  PropterReadOptions options = {.paths = (const char *const *)call->operands,
                                .path_count = call->operand_count,
                                .rule_files = files,
                                .rule_file_count = file_count,
                                .language = cmd_value(call, "language"),
                                .software = PROPTER_STR("propter " PACKAGE_VERSION),
                                .now = call->now,
                                .force = cmd_flag(call, "force"),
                                .wait = cmd_flag(call, "wait"),
                                .dry_run = call->dry_run,
                                .threads = call->threads,
                                .log = call->log,
                                .document = document,
                                .rule = rule,
                                .payload = &show};
  PROPTER_TRY(propter_graph_open(call->graph, call->dry_run ? 0 : PROPTER_GRAPH_CREATE, NULL, &graph, err));
  PropterStatus status = propter_read(graph, &options, &result, err);
  propter_graph_close(graph);
  if (status != PROPTER_OK) return status;
  if (show.json)
    fprintf(call->out,
            "{\"documents\":%zu,\"unchanged\":%zu,\"rejected\":%zu,\"rowsRejected\":%zu,\"withdrawn\":%zu,\"passedOver\":%zu,\"claims\":%zu,\"linked\":%zu,"
            "\"happenings\":%zu,\"run\":\"%s\"}\n",
            result.documents, result.unchanged, result.rejected, result.rows_rejected, result.withdrawn, result.passed, result.claims, result.linked,
            result.happenings, result.run);
  else if (result.documents == result.unchanged && !result.withdrawn)
    fprintf(call->out, "nothing to do: %s unchanged\n", output_count(result.documents, "document"));
  else
    fprintf(call->out, "%s: %s, %s unchanged, %s rejected; %s (%s linked), %s; %s added, %s removed\n", call->dry_run ? "would read" : "read",
            output_count(result.documents, "document"), output_number(result.unchanged), output_number(result.rejected), output_count(result.claims, "claim"),
            output_number(result.linked), output_count(result.happenings, "dated happening"), output_number(result.added), output_number(result.removed));
  if (result.passed && !show.json) fprintf(call->out, "%s passed over: no format that read knows\n", output_count(result.passed, "file"));
  if (result.rows_rejected && !show.json) fprintf(call->out, "%s of lists of claims rejected\n", output_count(result.rows_rejected, "row"));
  return result.rejected || result.rows_rejected || result.rules_left_out ? PROPTER_NEGATIVE : PROPTER_OK;
}

static const CommandOption options[] = {
    {"rules", 0, "FILE", "reading rules besides the built-in ones; may be repeated"},
    {"language", 0, "CODE", "language of all the documents (en, de, one of --rules), instead of what each declares or looks like"},
    {"test-rules", 0, NULL, "run the examples of all rules and read nothing"},
    {"force", 0, NULL, "read unchanged documents again"},
    {"wait", 0, NULL, "wait while another program writes to the graph, instead of exit 4"},
    {NULL, 0, NULL, NULL}};

const Command command_read = {
    .name = "read",
    .summary = "read documents for causal claims",
    .operands = "PATH...",
    .min_operands = 0,
    .max_operands = UINT32_MAX,
    .options = options,
    .details =
        "Paths are documents (HTML, XML, DOCX, ODT, PPTX, EPUB, RTF, PDF, mail, Markdown, plain text; known by content, else by extension) or folders, which are\n"
        "read with all below them in order of names. Each document becomes a named graph: its title and date, and what its sentences say about causes, with the exact\n"
        "words, their place in the file, the rule that found them and the concepts they lead to. A document that has not changed costs a hash; a changed one replaces\n"
        "its own graph and nothing else; one that is gone from a folder is withdrawn. A document that cannot be read is rejected with its reason, the others are read,\n"
        "exit 1; files of other formats in a folder are counted. A document is named by its path from the folder that is given on, so that the folder may move; where\n"
        "another file has that name and is still there, the second gets a name of its own and both are kept. Labels come from the graph: load the knowledge first. PDF needs the program pdftotext.\n"
        "\n"
        "A document is read in the language that its metadata declares (lang of HTML and XML, \"lang:\" before Markdown), else in the one whose commonest\n"
        "words its beginning holds most of, else in English. Labels in that language and labels without one count. German has a tagger and no\n"
        "model of claims: confidence is the rule's precision. A rule file that begins with the lines \"language fr\" and \"stemmer french\" adds a language, without a rebuild.\n\n"
        "Claims of people are read like a document, too: a table (CSV) whose header names the columns cause and effect, one claim a row; YAML with a list\n"
        "under the key claims; Turtle or RDF/XML with resources of the class propter:Claim. Columns and keys: cause, effect (words or the IRI of what is\n"
        "meant), direction (up, down), denied (yes, no), condition, when (2011-08-07, 2011-08, August 2011) or from and to (days), who, written (a day),\n"
        "confidence (0 to 1), quote or reason; no others. In RDF: propter:cause or causeText, effect or effectText, polarity, negated, condition,\n"
        "effectStart, effectEnd, dct:creator, knownFrom, confidence, quote, rdfs:comment. What is no claim is rejected with its line, the others are\n"
        "read, exit 1.",
    .examples = "propter read ontology/packs/us-employment/documents\npropter read --test-rules",
    .formats = formats,
    .run = run};
