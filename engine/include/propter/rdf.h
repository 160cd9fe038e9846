/* SPDX-License-Identifier: Apache-2.0 */
/* RDF documents in and out: readers that hand over one statement at a time, writers, and the loader that fills a graph. */
#ifndef PROPTER_RDF_H
#define PROPTER_RDF_H

#include "propter/graph.h"

/* --- Formats ------------------------------------------------------------------------------------------------------------ */

/* A row of graph/io/formats.def. `extensions` are separated by blanks, without dots. */
typedef struct {
  const char *name;
  const char *media_type;
  const char *extensions;
  bool reads, writes;
  bool named_graphs; /* the format has them */
} PropterRdfFormat;

/* Format by its name, media type (parameters after ';' are ignored) or extension; NULL: none. Borrowed, static. */
PROPTER_API const PropterRdfFormat *propter_rdf_format(PropterStr name);
/* By the extension of a file name (a trailing ".gz" is skipped); NULL: none. */
PROPTER_API const PropterRdfFormat *propter_rdf_format_of_file(const char *path);
/* The n-th row of the table; NULL after the last. */
PROPTER_API const PropterRdfFormat *propter_rdf_format_at(size_t n);

/* --- IRIs --------------------------------------------------------------------------------------------------------------- */

/* Appends `reference` resolved against the absolute IRI `base` (RFC 3986 §5.2, dot segments removed) to `out`; a reference with a scheme is
 * taken as it is. INVALID: relative reference without a base. Check `out` with propter_buf_status. */
PROPTER_API PropterStatus propter_iri_resolve(PropterStr base, PropterStr reference, PropterBuf *out, PropterError *err);
/* Appends the file: IRI of a path (made absolute, links resolved where the file exists). "-" gives "stdin:". */
PROPTER_API PropterStatus propter_iri_of_file(const char *path, PropterBuf *out, PropterError *err);

/* --- Reading ------------------------------------------------------------------------------------------------------------ */

/* One statement, borrowed for the call. g.kind is PROPTER_TERM_NONE outside named graphs. Every IRI is absolute and valid, every text
 * UTF-8; xsd:string as a datatype is left out. Blank node labels are unique inside the document only. `line`: where it ends, 0 where the
 * reader does not know (the formats of the helper program). */
typedef struct {
  PropterTerm s, p, o, g;
  uint64_t line;
} PropterStatement;

/* Receives a document; a failure stops the reading and is what the reader returns (its place is filled in if it has none). */
typedef struct {
  PropterStatus (*statement)(const PropterStatement *statement, void *payload, PropterError *err);
  /* A prefix declaration, or a base declaration under the name "@base"; may be NULL. */
  PropterStatus (*prefix)(PropterStr prefix, PropterStr iri, void *payload, PropterError *err);
  void *payload;
} PropterRdfSink;

/* Zero-initialise for the defaults. */
typedef struct {
  const char *format;          /* name, media type or extension; NULL: by the file's extension */
  PropterStr base;             /* base IRI; empty: the file's own */
  const PropterLimits *limits; /* NULL: defaults. load_bytes, line_bytes, term_bytes, rdf_depth, helper_seconds, helper_bytes */
  const PropterLog *log;       /* progress in bytes; may be NULL */
  size_t block;                /* bytes of N-Triples or N-Quads read at a time; 0: 256 KiB */
  char *hash;                  /* may be NULL; 33 characters that get what propter_hash_file says of the file, whose bytes are hashed as they are read */
} PropterRdfOptions;

/* Reads a file; "-" is standard input; gzip, xz, bzip2, zstd, and the one file of a zip or tar are unpacked. N-Triples, N-Quads, Turtle, TriG and RDF/XML are
 * read here, every other format by the helper program propter-raptor, which has no access to files or network (found in $PROPTER_LIBEXEC, else where it was
 * installed). Statements before an error have been handed over: the sink's owner drops them. NOT_FOUND: no such file; USAGE: unknown format; SYNTAX or INVALID:
 * with file, line, column, what was expected and found; LIMIT; TIMEOUT: the helper used up its time; IO; NO_MEMORY. */
PROPTER_API PropterStatus propter_rdf_read(const char *path, const PropterRdfOptions *options, const PropterRdfSink *sink, PropterError *err);
/* The same for text in memory; `source` names it in errors; options->format is needed. */
PROPTER_API PropterStatus propter_rdf_read_text(PropterStr text, const char *source, const PropterRdfOptions *options, const PropterRdfSink *sink,
                                                PropterError *err);

/* --- Writing ------------------------------------------------------------------------------------------------------------ */

/* Takes the bytes of a document as they are made. */
typedef PropterStatus (*PropterWrite)(PropterStr bytes, void *payload, PropterError *err);

typedef struct {
  PropterStr prefix, iri;
} PropterRdfPrefix;

typedef struct {
  const char *format; /* name, media type or extension of one that `writes`; NULL: nquads */
  /* Blank nodes get labels c0, c1, … that depend on what is said about them and not on where it came from (colour refinement; where
   * several are alike one is picked and the rest follows). Statements come sorted. Equal graphs give equal bytes, unless they hold blank
   * nodes that refinement cannot tell apart although no symmetry of the graph exchanges them (say two rings of three and one of six). */
  bool canonical;
  const PropterRdfPrefix *prefixes; /* Turtle and TriG; NULL: those of ontology/terms.def. Only those used are written */
  size_t prefix_count;
  const PropterIds *without; /* graphs that propter_rdf_write leaves out; NULL: none */
} PropterRdfWriterOptions;

typedef struct PropterRdfWriter PropterRdfWriter;

/* Writer of one document. N-Triples and N-Quads come out statement by statement in the order given. Turtle, TriG, RDF/XML and JSON-LD come out in stretches of
 * 65,536 statements or 16 MiB of terms, sorted by text, each statement once in a stretch; so a document that is no larger is sorted as a whole. RDF/JSON and
 * every canonical document are held and sorted as a whole, and written by propter_rdf_writer_finish. A format without named graphs leaves the graph out. USAGE:
 * format unknown or read only. Free with propter_rdf_writer_close. */
PROPTER_API PropterStatus propter_rdf_writer_open(const PropterRdfWriterOptions *options, PropterWrite write, void *payload, PropterRdfWriter **out,
                                                  PropterError *err);
PROPTER_API PropterStatus propter_rdf_writer_add(PropterRdfWriter *writer, const PropterStatement *statement, PropterError *err);
/* Writes what is still held. INVALID (also while adding): RDF/XML has no form for a property or a character; LIMIT: more than 1 GiB of text to hold, or more
 * than 1,000 blank nodes alike in a canonical document. */
PROPTER_API PropterStatus propter_rdf_writer_finish(PropterRdfWriter *writer, PropterError *err);
PROPTER_API void propter_rdf_writer_close(PropterRdfWriter *writer);

/* Writes a graph of a snapshot, or all of them (PROPTER_NO_ID), as one document. *count (if not NULL) is the number of quads given. */
PROPTER_API PropterStatus propter_rdf_write(PropterSnapshot *snapshot, PropterId graph, const PropterRdfWriterOptions *options, PropterWrite write,
                                            void *payload, uint64_t *count, PropterError *err);

/* --- Into a graph ------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterRdfOptions read;
  PropterStr graph;   /* IRI of the graph everything goes to; empty: see propter_rdf_load */
  bool default_graph; /* statements outside named graphs go to the default graph, which keeps what it has */
} PropterRdfLoadOptions;

/* Zero-initialise; add up over several files; free with propter_rdf_loaded_clear. */
typedef struct {
  uint64_t statements; /* read, repeated ones included */
  PropterIds graphs;   /* written to, each once */
  uint64_t hash[2];    /* of all statements, whatever their order */
} PropterRdfLoaded;

/* Loads a document through a writer. Its statements replace what their graph held before this writer was opened: with `graph` everything
 * goes there, also what the document has in named graphs; otherwise statements outside named graphs go to the graph named like the
 * document's base (the file), and each named graph of the document is replaced. Blank nodes are named after graph, document and
 * label: apart from those of every other document, the same when the document is loaded again. Nothing is committed; after a failure the
 * caller drops the writer. Errors as propter_rdf_read and the writer's. */
PROPTER_API PropterStatus propter_rdf_load(PropterWriter *writer, const char *path, const PropterRdfLoadOptions *options, PropterRdfLoaded *loaded,
                                           PropterError *err);
/* The same for text in memory. */
PROPTER_API PropterStatus propter_rdf_load_text(PropterWriter *writer, PropterStr text, const char *source, const PropterRdfLoadOptions *options,
                                                PropterRdfLoaded *loaded, PropterError *err);
PROPTER_API void propter_rdf_loaded_clear(PropterRdfLoaded *loaded);

/* Graphs of a snapshot that have quads, in the order of their ids, appended; `counts` (if not NULL) gets the number of quads of each. */
PROPTER_API PropterStatus propter_rdf_graphs(PropterSnapshot *snapshot, PropterIds *graphs, PropterIds *counts, PropterError *err);

#endif
