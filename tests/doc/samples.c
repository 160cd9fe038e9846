/* SPDX-License-Identifier: Apache-2.0 */
/* One document of our own in every format that is read. */
#include <string.h>

#include "doc_support.h"

void docx_make(PropterBuf *out, const char *document, const char *styles, const char *core) {
  archive_make(out, (const ArchivePart[]){{"[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"},
                                          {"word/document.xml", document},
                                          {"word/styles.xml", styles},
                                          {"docProps/core.xml", core},
                                          {NULL, NULL}});
}

const char *docx_body(const char *paragraphs) {
  static PropterBuf b;
  propter_buf_reset(&b);
  propter_buf_printf(
      &b,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>%s</w:body></w:document>",
      paragraphs);
  return b.data;
}

static const char html[] =
    "<!DOCTYPE html><html><head><title>Shop &amp; harbour review</title><meta name=\"date\" content=\"2011-09-09\"><style>p{}</style></head>"
    "<body><nav><a href=x>Home</a></nav><h1>Review</h1><p>Sales fell in\n  <b>May</b>.<br>Rain was heavy.</p><h2>Harbour</h2>"
    "<p>Exports dropped because the <i>crane strike</i> closed the port.</p><ul><li>Cranes stood still"
    "<li>Crews caf&eacute;</ul><table><tr><th>Month<td>4,5</table><pre>a  b\n c</pre><blockquote>The flood led to lower bread sales.</blockquote><footer>Imprint</footer>"
    "<script>var x='<p>no';</script></body></html>";

static const char markdown[] =
    "---\ntitle: \"Shop & harbour review\"\ndate: 2011-09-09\n---\n# Review\n\nSales fell in\n**May**.  \nRain was heavy.\n\n## Harbour\n\n"
    "Exports dropped because the *crane strike*\nclosed the port.\n\n- Cranes stood still\n- Crews caf&eacute;\n\n"
    "| Month | 4,5 |\n|---|---|\n\n```\na  b\n c\n```\n\n> The flood led to lower bread sales.\n\n<!-- a note -->\n";

static const char text[] =
    "Date: 9 September 2011\nSubject: Shop & harbour review\n\nReview\n======\n\nSales fell in\nMay. Rain was\nheavy.\n\nHarbour\n-------\n\n"
    "Exports dropped because the crane strike closed the\nport.\n\n- Cranes stood still\n- Crews caf\xC3\xA9\n\nMonth    4,5    6\n\n> The flood led to lower bread sales.\n";

static const char xml[] =
    "<?xml version=\"1.0\"?>\n<!DOCTYPE article PUBLIC \"-//OASIS//DTD DocBook XML V4.5//EN\" \"http://docbook.example/docbookx.dtd\">\n"
    "<article><articleinfo><title>Shop &amp; harbour review</title><pubdate>2011-09-09</pubdate><author><surname>Never</surname></author></articleinfo>"
    "<section><title>Review</title><para>Sales fell in\n <emphasis>May</emphasis>. Rain was heavy.</para><section><title>Harbour</title>"
    "<para>Exports dropped because the <emphasis>crane strike</emphasis> closed the port.</para>"
    "<itemizedlist><listitem><para>Cranes stood still</para></listitem><listitem><para>Crews caf&eacute;</para></listitem></itemizedlist>"
    "<informaltable><tgroup cols=\"2\"><tbody><row><entry>Month</entry><entry>4,5</entry></row></tbody></tgroup></informaltable>"
    "<programlisting>a  b\n c</programlisting><blockquote><para>The flood led to lower bread sales.</para></blockquote></section></section></article>";

static const char rtf[] =
    "{\\rtf1\\ansi\\ansicpg1252\\uc1{\\fonttbl{\\f0 Never;}}{\\stylesheet{\\s0 Normal;}{\\s1 heading 1;}{\\s2 heading 2;}{\\s3 Quote;}{\\s4 Source Code;}}\n"
    "{\\info{\\title Shop & harbour review}{\\creatim\\yr2011\\mo9\\dy9\\hr8}}\n"
    "\\pard\\s1 Review\\par\n\\pard\\s0 Sales fell in {\\b May}.\\line Rain was heavy.{\\v Never}\\par\n\\pard\\s2 Harbour\\par\n"
    "\\pard Exports dropped because the {\\i crane strike} closed\n the port.\\par\n{\\*\\generator Never;}\\pard\\ls1{\\listtext\\'95\\tab}Cranes stood still\\par\n"
    "\\pard\\ls1{\\listtext\\'95\\tab}Crews caf\\'e9\\par\n\\pard\\intbl Month\\cell\\pard\\intbl 4,5\\cell\\row\n\\pard\\s4 a  b\\line  c\\par\n\\pard\\s3 The flood led to lower bread sales.\\par}";

static const char docx[] =
    "<w:p><w:pPr><w:pStyle w:val=\"Ueb1\"/></w:pPr><w:r><w:t>Review</w:t></w:r></w:p>"
    "<w:p><w:r><w:t xml:space=\"preserve\">Sales fell in </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>May</w:t></w:r><w:r><w:t>.</w:t><w:br/><w:t>Rain was heavy.</w:t></w:r><w:del><w:r><w:delText>Never.</w:delText></w:r></w:del></w:p>"
    "<w:p><w:pPr><w:pStyle w:val=\"Heading2\"/></w:pPr><w:r><w:t>Harbour</w:t></w:r></w:p>"
    "<w:p><w:r><w:t>Exports dropped because the crane strike closed the port.</w:t></w:r></w:p>"
    "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Cranes stood still</w:t></w:r></w:p><w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Crews caf\xC3\xA9</w:t></w:r></w:p>"
    "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Month</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>4,5</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    "<w:p><w:pPr><w:pStyle w:val=\"Quote\"/></w:pPr><w:r><w:t>The flood led to lower bread sales.</w:t></w:r></w:p>";
static const char styles[] =
    "<w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:style w:styleId=\"Ueb1\"><w:name w:val=\"heading 1\"/></w:style>"
    "<w:style w:styleId=\"Heading2\"><w:name w:val=\"heading 2\"/></w:style><w:style w:styleId=\"Quote\"><w:name w:val=\"Quote\"/></w:style></w:styles>";
static const char core[] =
    "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\">"
    "<dc:title>Shop &amp; harbour review</dc:title><dcterms:created>2011-09-09T08:00:00Z</dcterms:created></cp:coreProperties>";

#define ODF "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" " \
  "xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" " \
  "xmlns:meta=\"urn:oasis:names:tc:opendocument:xmlns:meta:1.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
static const ArchivePart odt[] = {
    {"mimetype", "application/vnd.oasis.opendocument.text"},
    {"meta.xml", "<office:document-meta " ODF "><office:meta><dc:title>Shop &amp; harbour review</dc:title><dc:date>2012-01-01</dc:date>"
                 "<meta:creation-date>2011-09-09T08:00:00</meta:creation-date></office:meta></office:document-meta>"},
    {"content.xml",
     "<office:document-content " ODF "><office:automatic-styles><style:style style:name=\"P1\" style:parent-style-name=\"Preformatted_20_Text\"/>"
     "</office:automatic-styles><office:body><office:text><text:sequence-decls/><text:h text:outline-level=\"1\">Review</text:h>"
     "<text:p>Sales fell in <text:span>May</text:span>.<text:line-break/>Rain was heavy.<text:note><text:note-body><text:p>Never</text:p></text:note-body></text:note></text:p>"
     "<text:h text:outline-level=\"2\">Harbour</text:h><text:p>Exports dropped because the <text:span>crane strike</text:span><text:s/>closed the port.</text:p>"
     "<text:list><text:list-item><text:p>Cranes stood still</text:p></text:list-item><text:list-item><text:p>Crews caf\xC3\xA9</text:p></text:list-item></text:list>"
     "<table:table><table:table-row><table:table-cell><text:p>Month</text:p></table:table-cell><table:table-cell><text:p>4,5</text:p></table:table-cell></table:table-row></table:table>"
     "<text:p text:style-name=\"P1\">a  b<text:line-break/> c</text:p><text:p text:style-name=\"Quotations\">The flood led to lower bread sales.</text:p></office:text></office:body></office:document-content>"},
    {NULL, NULL}};

static const ArchivePart epub[] = {
    {"mimetype", "application/epub+zip"},
    {"META-INF/container.xml",
     "<container xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\"><rootfiles><rootfile full-path=\"OPS/book.opf\"/></rootfiles></container>"},
    {"OPS/book.opf",
     "<package xmlns=\"http://www.idpf.org/2007/opf\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><metadata><dc:title>Shop &amp; harbour review</dc:title>"
     "<dc:date>2011-09-09</dc:date></metadata><manifest><item id=\"b\" href=\"two/../ch2.xhtml\" media-type=\"application/xhtml+xml\"/>"
     "<item id=\"a\" href=\"ch1.xhtml\" media-type=\"application/xhtml+xml\"/><item id=\"n\" href=\"nav.xhtml\" media-type=\"application/xhtml+xml\"/></manifest>"
     "<spine><itemref idref=\"n\" linear=\"no\"/><itemref idref=\"a\"/><itemref idref=\"b\"/></spine></package>"},
    {"OPS/nav.xhtml", "<html><body><p>Never</p></body></html>"},
    {"OPS/ch1.xhtml", "<?xml version=\"1.0\"?><!DOCTYPE html><html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>one</title></head><body><h1>Review</h1>"
                      "<p>Sales fell in <b>May</b>.<br/>Rain was heavy.</p></body></html>"},
    {"OPS/ch2.xhtml",
     "<html xmlns=\"http://www.w3.org/1999/xhtml\"><body><h2>Harbour</h2><p>Exports dropped because the <i>crane strike</i> closed the port.</p>"
     "<ul><li>Cranes stood still</li><li>Crews caf&#233;</li></ul><table><tr><td>Month</td><td>4,5</td></tr></table><pre>a  b\n c</pre>"
     "<blockquote><p>The flood led to lower bread sales.</p></blockquote></body></html>"},
    {NULL, NULL}};

#define DRAWN "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" " \
  "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define RELATIONS "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
#define SHAPE(kind, paragraphs) "<p:sp><p:nvSpPr><p:nvPr><p:ph type=\"" kind "\"/></p:nvPr></p:nvSpPr><p:txBody>" paragraphs "</p:txBody></p:sp>"
#define LINE(words) "<a:p><a:r><a:t>" words "</a:t></a:r></a:p>"
static const ArchivePart pptx[] = {
    {"[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"},
    {"docProps/core.xml", core},
    {"ppt/presentation.xml",
     "<p:presentation " DRAWN "><p:sldIdLst><p:sldId id=\"256\" r:id=\"rId9\"/><p:sldId id=\"257\" r:id=\"rId2\"/></p:sldIdLst></p:presentation>"},
    {"ppt/_rels/presentation.xml.rels", RELATIONS "<Relationship Id=\"rId2\" Type=\"http://x/slide\" Target=\"slides/slide1.xml\"/>"
                                                  "<Relationship Id=\"rId9\" Type=\"http://x/slide\" Target=\"/ppt/slides/slide2.xml\"/></Relationships>"},
    {"ppt/slides/slide2.xml", "<p:sld " DRAWN "><p:cSld><p:spTree>" SHAPE(
                                  "title", LINE("Review")) "<p:sp><p:txBody><a:p><a:r><a:t>Sales fell in </a:t></a:r><a:r><a:t>May</a:t></a:r>"
                                                           "<a:r><a:t>.</a:t></a:r><a:br/><a:r><a:t>Rain was heavy.</a:t></a:r></a:p></p:txBody></p:sp>" SHAPE(
                                                               "sldNum", LINE("Never")) "</p:spTree></p:cSld></p:sld>"},
    {"ppt/slides/slide1.xml", "<p:sld " DRAWN "><p:cSld><p:spTree>" SHAPE("title", LINE("Harbour"))
                                  SHAPE("body", LINE("Cranes stood still") LINE("Crews caf\xC3\xA9")) "<p:graphicFrame><a:tbl><a:tr><a:tc><a:txBody>" LINE(
                                      "Month") "</a:txBody></a:tc><a:tc><a:txBody>" LINE("4,5") "</a:txBody></a:tc></a:tr></a:tbl></p:graphicFrame>"
                                                                                                "</p:spTree></p:cSld></p:sld>"},
    {"ppt/slides/_rels/slide1.xml.rels",
     RELATIONS "<Relationship Id=\"r1\" Type=\"http://x/notesSlide\" Target=\"../notesSlides/notesSlide1.xml\"/></Relationships>"},
    {"ppt/notesSlides/notesSlide1.xml", "<p:notes " DRAWN "><p:cSld><p:spTree>" SHAPE("sldImg", LINE("Never"))
                                            SHAPE("body", LINE("Exports dropped because the crane strike closed the port.")
                                                              LINE("The flood led to lower bread sales.")) "</p:spTree></p:cSld></p:notes>"},
    {NULL, NULL}};

/* The page as a message: quoted-printable, Latin-1, lines as mail has them. */
static void mail_make(PropterBuf *out) {
  propter_buf_add(out, PROPTER_STR("Received: from a.example by b.example; Fri, 9 Sep 2011 08:00:00 +0000\r\nFrom: Ann <ann@a.example>\r\nTo: b@b.example\r\n"
                                   "Subject: =?utf-8?q?Shop_=26?=\r\n harbour review\r\nDate: Fri, 9 Sep 2011 08:00:00 +0000\r\nMIME-Version: 1.0\r\n"
                                   "Content-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"));
  PropterStr page = {html, sizeof html - 1};
  size_t column = 0;
  for (size_t i = 0; i < page.len; i++) {
    if (page.data[i] == '\n') {
      propter_buf_add(out, PROPTER_STR("\r\n"));
      column = 0;
      continue;
    }
    if (column > 70) propter_buf_add(out, PROPTER_STR("=\r\n")), column = 0;
    if (propter_str_starts((PropterStr){page.data + i, page.len - i}, PROPTER_STR("&eacute;")))
      propter_buf_add(out, PROPTER_STR("=E9")), i += 7, column += 3;
    else if (page.data[i] == '=')
      propter_buf_add(out, PROPTER_STR("=3D")), column += 3;
    else
      propter_buf_add_char(out, page.data[i]), column++;
  }
  propter_buf_add(out, PROPTER_STR("\r\n"));
}

void pdf_make(PropterBuf *out, const char *info, const PdfLine *lines) {
  size_t at[64], count = 0, pages = 0;
  PropterBuf kids = {0}, stream = {0};
  propter_buf_add(out, PROPTER_STR("%PDF-1.4\n"));
#define OBJECT(...)                                                                                                                                            \
  (at[count++] = out->len, propter_buf_printf(out, "%zu 0 obj ", count), propter_buf_printf(out, __VA_ARGS__), propter_buf_add(out, PROPTER_STR(" endobj\n")))
  OBJECT("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
  OBJECT("<< %s >>", info);
  for (const PdfLine *l = lines; l->text;) {
    int page = l->page;
    ck_assert_uint_lt(count, 58);
    propter_buf_reset(&stream);
    propter_buf_add(&stream, PROPTER_STR("BT "));
    for (; l->text && l->page == page; l++) propter_buf_printf(&stream, "/F1 %d Tf 1 0 0 1 %d %d Tm (%s) Tj ", l->size, l->x ? l->x : 72, l->y, l->text);
    propter_buf_add(&stream, PROPTER_STR("ET"));
    OBJECT("<< /Length %zu >>\nstream\n%s\nendstream", stream.len, stream.data);
    propter_buf_printf(&kids, "%zu 0 R ", count + 1);
    OBJECT("<< /Type /Page /Parent 60 0 R /MediaBox [0 0 595 842] /Contents %zu 0 R /Resources << /Font << /F1 1 0 R >> >> >>", count - 1);
    pages++;
  }
  size_t tree = out->len;
  propter_buf_printf(out, "60 0 obj << /Type /Pages /Kids [ %s] /Count %zu >> endobj\n", kids.data ? kids.data : "", pages);
  size_t root = out->len;
  propter_buf_add(out, PROPTER_STR("61 0 obj << /Type /Catalog /Pages 60 0 R >> endobj\n"));
  size_t table = out->len;
  propter_buf_printf(out, "xref\n0 1\n0000000000 65535 f \n1 %zu\n", count);
  for (size_t i = 0; i < count; i++) propter_buf_printf(out, "%010zu 00000 n \n", at[i]);
  propter_buf_printf(out, "60 2\n%010zu 00000 n \n%010zu 00000 n \ntrailer << /Size 62 /Root 61 0 R /Info 2 0 R >>\nstartxref\n%zu\n%%%%EOF\n", tree, root,
                     table);
#undef OBJECT
  propter_buf_clear(&kids);
  propter_buf_clear(&stream);
}

static const PdfLine pdf[] = {{0, 24, 780, "Review", 0},
                              {0, 10, 740, "Sales fell in May. Rain was", 0},
                              {0, 10, 728, "heavy.", 0},
                              {0, 10, 40, "page 1 of 3", 0},
                              {1, 14, 780, "Harbour", 0},
                              {1, 10, 750, "Exports dropped because the crane strike clo-", 0},
                              {1, 10, 738, "sed the", 0},
                              {1, 10, 40, "page 2 of 3", 0},
                              {2, 10, 780, "port.", 0},
                              {2, 10, 740, "\\225 Cranes stood still", 0},
                              {2, 10, 728, "\\225 Crews caf\\351", 0},
                              {2, 10, 690, "The flood led to lower bread sales.", 0},
                              {2, 10, 40, "page 3 of 3", 0},
                              {0, 0, 0, NULL, 0}};

const char *const doc_samples[] = {"a.html", "a.md", "a.txt", "a.docx", "a.odt", "a.xml", "a.epub", "a.pptx", "a.rtf", "a.eml", "a.pdf", NULL};

void doc_sample(const char *name, PropterBuf *out) {
  static const struct {
    const char *name, *text;
    const ArchivePart *parts;
  } rows[] = {{"a.html", html, NULL}, {"a.md", markdown, NULL}, {"a.txt", text, NULL}, {"a.xml", xml, NULL},
              {"a.rtf", rtf, NULL},   {"a.odt", NULL, odt},     {"a.epub", NULL, epub}, {"a.pptx", NULL, pptx}};
  propter_buf_reset(out);
  if (strcmp(name, "a.docx") == 0) docx_make(out, docx_body(docx), styles, core);
  if (strcmp(name, "a.eml") == 0) mail_make(out);
  if (strcmp(name, "a.pdf") == 0) pdf_make(out, "/Title (Shop & harbour review) /CreationDate (D:20110909080000Z)", pdf);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (strcmp(name, rows[i].name) != 0) continue;
    if (rows[i].parts)
      archive_make(out, rows[i].parts);
    else
      propter_buf_add(out, propter_str(rows[i].text));
  }
  ck_assert_uint_gt(out->len, 0);
}
