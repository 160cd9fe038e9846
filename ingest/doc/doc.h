/* SPDX-License-Identifier: Apache-2.0 */
/* What format readers share: decoded input, the builder of text and blocks, XML and archives, and the descriptor of a reader. */
#ifndef DOC_DOC_H
#define DOC_DOC_H

#include "propter/document.h"
#include "propter/xml.h"
#include "propter/zip.h"
#include "when.h"

/* Bytes [at, at + len) of one text stand for bytes [source, source + source_len) of another. stride 1 or 2: each byte stands for so many;
 * stride 0: the whole for the whole. */
typedef struct {
  size_t at, len, source, source_len;
  unsigned stride;
} DocRun;
typedef PROPTER_VEC(DocRun) DocRuns;

/* False: no memory. */
bool doc_runs_add(DocRuns *runs, DocRun run);
/* Source range of [start, end). */
void doc_runs_find(const DocRuns *runs, size_t start, size_t end, size_t *source_start, size_t *source_end);

/* --- decode.c: any encoding to UTF-8 with LF line ends --- */

enum { DOC_ENCODING = 40 };
typedef struct {
  PropterBuf text;
  DocRuns runs; /* of the text to the bytes, both from 0 */
  char encoding[DOC_ENCODING];
} DocDecoded;
/* `declared`: the encoding that the bytes are said to have, empty: not said. A byte order mark counts first, then valid UTF-8, then what is declared,
 * then what the bytes look like. INVALID: bytes that are no text. */
PropterStatus doc_decode(PropterStr bytes, PropterStr declared, size_t max, DocDecoded *out, PropterError *err);
/* The name after charset= or encoding= in the first 1,024 bytes of markup, or empty. */
PropterStr doc_declared(PropterStr bytes);
void doc_decoded_clear(DocDecoded *decoded);

/* --- build.c --- */

enum { DOC_DEPTH = 256, DOC_PATH = 32 };
/* A part of the file: where it begins in the decoded texts, one behind the other, and in their bytes. */
typedef struct {
  PropterStr name;
  size_t decoded, source;
} DocPart;

typedef struct {
  const PropterLimits *limits;
  PropterArena *arena;
  PropterBuf text;
  DocRuns runs;   /* text to decoded parts */
  DocRuns source; /* decoded parts to their bytes */
  PROPTER_VEC(DocPart) parts;
  PropterStr within; /* the attachment being read, which the names of its parts begin with */
  DocDecoded part; /* the one being read */
  size_t decoded_end, source_end;
  PROPTER_VEC(PropterBlock) blocks;
  PROPTER_VEC(PropterDocumentCell) cells;
  PROPTER_VEC(PropterDocumentColumn) columns; /* of a list of claims */
  size_t row; /* its first cell */
  PropterBlockKind kind;
  unsigned level;
  bool open, space;
  bool keep_block; /* the next part goes on with the open block */
  size_t start, space_at, space_len;
  unsigned path[DOC_DEPTH + 1], depth; /* of the element being read: its number among its siblings, from 1 */
  unsigned block_path[DOC_PATH], block_depth;
  char encoding[DOC_ENCODING];
  PropterStr headings[7];
  PropterStr title, language;
  PropterDay published;
  PropterDay made; /* when a program wrote the file, which may be long after its text: what counts where the text tells no day before it */
} DocBuilder;

/* Begins a part (name empty: the file itself) with these bytes. What doc_text is told from now on are places of its decoded text, which is
 * borrowed until the next part. */
PropterStatus doc_part(DocBuilder *b, PropterStr name, PropterStr bytes, PropterStr declared, PropterStr *decoded, PropterError *err);
/* Begins a part likewise from bytes that were unpacked from bytes of the file, as `from` says; a place in it is one of the file. */
PropterStatus doc_part_unpacked(DocBuilder *b, PropterStr bytes, const DocRuns *from, PropterStr declared, PropterStr *decoded, PropterError *err);
/* Ends the open block; text that follows starts one of this kind. */
PropterStatus doc_block(DocBuilder *b, PropterBlockKind kind, unsigned level, PropterError *err);
/* Decoded text that stands at [byte, byte + bytes) of the part's decoded text, either literally or (lengths differ) as a whole. */
PropterStatus doc_text(DocBuilder *b, PropterStr text, size_t byte, size_t bytes, PropterError *err);
/* Text of the open block so far. */
PropterStr doc_open_text(const DocBuilder *b);
/* First full date or month in a text, e.g. a meta value, by the words of a calendar (NULL: the default); PROPTER_NO_DAY if there is none. */
PropterDay doc_date(PropterStr text, const Calendar *calendar);
/* The document's date from a metadata value, unless it has one. */
void doc_set_date(DocBuilder *b, PropterStr value);
/* Copies a language tag unless there is one. */
PropterStatus doc_set_language(DocBuilder *b, PropterStr tag, PropterError *err);
/* Copies a non-empty folded title unless there is one. */
PropterStatus doc_set_title(DocBuilder *b, PropterStr title, PropterError *err);

/* --- markup.c: what all formats of XML and HTML do alike --- */

/* As propter_xml_parse, and keeps the builder's element path. */
PropterStatus doc_xml(DocBuilder *b, PropterXmlKind kind, PropterStr input, const PropterXmlHandler *handler, void *payload, PropterError *err);
bool doc_named(PropterXmlName name, const char *local);
/* Value of the attribute of this local name; data NULL: none. */
PropterStr doc_attribute(const PropterXmlAttribute *attributes, size_t count, const char *local);

typedef enum {
  DOC_INLINE,  /* text goes on */
  DOC_STRONG,  /* likewise; alone on the first line of a block it heads the rest */
  DOC_BREAK,   /* a line break, which only code keeps */
  DOC_SPACE,   /* a blank or tabulator */
  DOC_BLOCK,   /* kind of what it stands in */
  DOC_HEADING,
  DOC_ITEM,
  DOC_CELL,
  DOC_QUOTE,
  DOC_CODE,
  DOC_FRAME,   /* navigation, header and footer lines */
  DOC_SKIP,    /* not shown */
  DOC_TITLE,   /* of the document, not shown in its text */
  DOC_DATE,    /* of the document, likewise */
  DOC_SECTION  /* headings inside are one level deeper */
} DocRole;
typedef struct {
  const char *name;
  DocRole role;
} DocElement;
/* Role of a name in a table in ascending order; `other` if it is not there. */
DocRole doc_role(const DocElement *table, size_t count, PropterStr name, DocRole other);
/* Role by the name of a paragraph style ("heading 2", "Title", "Quotations", "Preformatted Text"), DOC_INLINE: no special one. */
DocRole doc_style(PropterStr name, unsigned *level);

typedef struct DocMarkup DocMarkup;
typedef struct {
  DocRole role;
  unsigned level; /* of a heading, 0: by the sections around it */
} DocDecision;
/* What an element is; may look at the attributes and note what else they say. */
typedef DocDecision (*DocDecide)(DocMarkup *m, PropterXmlName name, const PropterXmlAttribute *attributes, size_t count);
struct DocMarkup {
  DocBuilder *b;
  DocDecide decide;
  void *own; /* the format's */
  struct {
    PropterBlockKind kind;
    unsigned level;
    DocRole role;
    bool skip, words; /* words: text stood directly in it */
    bool first;       /* it began its block */
  } states[DOC_DEPTH + 2];
  size_t depth;
  unsigned sections;
  PropterBuf value; /* of a title or date */
  size_t last;      /* where text ended */
  size_t strong;    /* bytes of the open block that strong text at its beginning gave */
};
/* Reads markup into the builder. `m` is zeroed but for b, decide and own. */
PropterStatus doc_markup(DocMarkup *m, PropterXmlKind kind, PropterStr input, PropterError *err);
/* Name of the root element or DOCTYPE that markup begins with, as its first bytes show; empty: no markup. */
PropterStr doc_root(PropterStr bytes);
/* Plain text of a part by its habits, into the builder. */
PropterStatus doc_plain(DocBuilder *b, PropterStr input, PropterError *err);
/* The HTML of a part into the builder. */
PropterStatus doc_html(DocBuilder *b, PropterStr input, PropterError *err);

/* --- archive.c: formats that are archives of XML --- */

/* Parses an entry that holds no text of the document: styles, relations. */
PropterStatus doc_archive_look(DocBuilder *b, PropterZip *zip, const char *name, const PropterXmlHandler *handler, void *payload, PropterError *err);
/* Makes an entry the builder's part; `decoded` as doc_part. */
PropterStatus doc_archive_part(DocBuilder *b, PropterZip *zip, const char *name, PropterStr *decoded, PropterError *err);
/* Title and date from elements "title" and `date` of an entry, if there is that entry. */
PropterStatus doc_archive_metadata(DocBuilder *b, PropterZip *zip, const char *name, const char *date, PropterError *err);
/* INVALID if the entry holds an element of this name: the archive is encrypted. */
PropterStatus doc_archive_encrypted(DocBuilder *b, PropterZip *zip, const char *entry, const char *element, PropterError *err);
/* Path of `target`, relative to the folder of the entry `base`, without "." and ".."; data NULL: it leads out of the archive, or no memory. */
PropterStr doc_archive_resolve(DocBuilder *b, const char *base, PropterStr target);
/* Relations of an Office Open XML part: kind (end of the type), id, target resolved. */
typedef struct {
  PropterStr id, type, target;
} DocRelation;
typedef PROPTER_VEC(DocRelation) DocRelations;
PropterStatus doc_archive_relations(DocBuilder *b, PropterZip *zip, const char *part, DocRelations *out, PropterError *err);
/* "<entry>: " before the message of a failure. */
PropterStatus doc_archive_blame(const char *entry, PropterStatus status, PropterError *err);
/* True if the bytes are a zip archive whose "mimetype" entry begins so, or that holds an entry of this name. */
bool doc_archive_typed(PropterStr bytes, const char *mimetype);
bool doc_archive_holds(PropterStr bytes, const char *entry);

/* --- claims.c: lists of claims --- */

/* Notes a column; the name is copied in lower case. LIMIT: more than limits->table_columns. */
PropterStatus doc_column(DocBuilder *b, PropterDocumentColumn column, PropterError *err);
/* The name of the noted column that is called so, whatever its case; data NULL: none. */
PropterStr doc_column_named(const DocBuilder *b, PropterStr name);
/* A row begins: its cells are the text of one block, apart by ", ". */
PropterStatus doc_row(DocBuilder *b, PropterError *err);
/* A cell of it begins (start, end, block are filled in); `filled`: it will hold text, and what lies between it and the cell before stands at `gap`. What
 * doc_text is told until doc_cell_end is its text. LIMIT: a million cells. */
PropterStatus doc_cell(DocBuilder *b, PropterDocumentCell cell, bool filled, size_t gap, PropterError *err);
void doc_cell_end(DocBuilder *b);
/* The row ends; one without text is dropped. */
void doc_row_end(DocBuilder *b);

/* --- readers.def --- */
typedef struct {
  const char *name;
  const char *extensions; /* " .html .htm " */
  bool (*sniff)(PropterStr bytes); /* NULL: by its extension only */
  PropterStatus (*read)(DocBuilder *b, PropterStr bytes, PropterError *err);
} DocReader;

/* What the bytes show, else what the name says; NULL: neither. */
const DocReader *doc_reader_of(const char *name, PropterStr bytes);

#endif
