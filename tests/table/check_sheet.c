/* SPDX-License-Identifier: Apache-2.0 */
/* Sheets of workbooks that are made here. */
#include <stdio.h>
#include <string.h>

#include "archive.h"
#include "propter/io.h"
#include "propter/table.h"
#include "support.h"

Suite *suite_sheet(void);

typedef struct {
  const char *path;
  PropterTableOptions options;
  PropterLimits limits;
  PropterBuf out;
} Dump;

/* The header, then rows: line, values with the local names of their types, and what is wrong with the row. */
static PropterStatus dump(void *payload, PropterError *err) {
  Dump *d = payload;
  PropterTable *table = NULL;
  PropterRow row;
  bool found = true;
  size_t count;
  propter_buf_clear(&d->out);
  PROPTER_TRY(propter_table_open(d->path, &d->options, &d->limits, &table, err));
  const PropterStr *names = propter_table_columns(table, &count);
  for (size_t i = 0; i < count; i++) propter_buf_printf(&d->out, "%s%.*s", i ? "|" : "", (int)names[i].len, names[i].data);
  PropterStatus status = PROPTER_OK;
  while (status == PROPTER_OK && (status = propter_table_next(table, &row, &found, err)) == PROPTER_OK && found) {
    propter_buf_printf(&d->out, ";%llu:", (unsigned long long)row.line);
    for (size_t i = 0; i < row.count; i++) {
      if (i) propter_buf_add_char(&d->out, '|');
      for (size_t k = 0; k < row.values[i].count; k++) {
        PropterCell c = row.values[i].items[k];
        propter_buf_printf(&d->out, "%.*s%s", (int)c.text.len, c.text.data, c.datatype.len ? strchr(c.datatype.data, '#') : "");
      }
    }
    if (row.problem) propter_buf_printf(&d->out, " (%s)", row.problem);
  }
  propter_table_close(table);
  return status == PROPTER_OK ? propter_buf_status(&d->out, err) : status;
}

static const char *archive_file(const ArchivePart *parts, const char *name) {
  PropterBuf bytes = {0};
  const char *path = support_path(support_folder(), name);
  archive_make(&bytes, parts);
  support_write(path, propter_buf_str(&bytes));
  propter_buf_clear(&bytes);
  return path;
}

static Dump dump_of(const char *path, const char *sheet) { return (Dump){.path = path, .options = {.table = sheet}, .limits = propter_limits_default()}; }

static void expect(const char *path, const char *sheet, const char *wanted) {
  Dump d = dump_of(path, sheet);
  ck_ok(dump(&d, err));
  ck_assert_str_eq(d.out.data ? d.out.data : "", wanted);
  propter_buf_clear(&d.out);
}

static void expect_error(Dump d, PropterStatus status, const char *words) {
  PropterError err = {0};
  ck_assert_msg(dump(&d, &err) == status, "%s: %s", words, err.message);
  ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
  propter_buf_clear(&d.out);
}

/* --- XLSX --------------------------------------------------------------------------------------------------------------------- */

#define RELATION "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define RELATIONS(list) "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>" list "</Relationships>"

static const char *xlsx(const char *workbook, const char *sheet, const char *strings) {
  static char book[2000], first[1 << 21], shared[4000];
  (void)snprintf(book, sizeof book,
                 "<?xml version='1.0' encoding='UTF-8'?>\r\n<workbook xmlns:r='" RELATION "x'>%s<sheets><sheet name='Hidden' state='hidden' r:id='rId2'/>"
                 "<sheet name='Chart' r:id='rId5'/><sheet name='Sales &amp; more' r:id='rId1'/><sheet name='Second' r:id='rId2'/></sheets></workbook>",
                 workbook);
  (void)snprintf(first, sizeof first, "<?xml version='1.0'?>\r\n<worksheet><sheetData>\r\n%s</sheetData></worksheet>", sheet);
  (void)snprintf(shared, sizeof shared, "<sst>%s</sst>", strings);
  const ArchivePart parts[] = {
      {"_rels/.rels", RELATIONS("<Relationship Id='r1' Type='" RELATION "officeDocument' Target='xl/workbook.xml'/>")},
      {"xl/workbook.xml", book},
      {"xl/_rels/workbook.xml.rels",
       RELATIONS("<Relationship Id='rId1' Type='" RELATION "worksheet' Target='worksheets/sheet1.xml'/>"
                 "<Relationship Id='rId2' Type='" RELATION "worksheet' Target='/xl/worksheets/sheet2.xml'/>"
                 "<Relationship Id='rId5' Type='" RELATION "chartsheet' Target='chartsheets/sheet1.xml'/>"
                 "<Relationship Id='rId3' Type='" RELATION "sharedStrings' Target='sharedStrings.xml'/>"
                 "<Relationship Id='rId4' Type='" RELATION "styles' Target='styles.xml'/>")},
      {"xl/styles.xml",
       "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='yyyy\\-mm\\-dd'/><numFmt numFmtId='165' formatCode='[$-407]d. mmmm yyyy hh:mm;@'/>"
       "<numFmt numFmtId='166' formatCode='[h]:mm'/><numFmt numFmtId='167' formatCode='0.0 \"days\"'/></numFmts>"
       "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
       "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='22'/><xf numFmtId='164'/><xf numFmtId='165'/><xf numFmtId='166'/><xf numFmtId='167'/>"
       "<xf numFmtId='20'/></cellXfs></styleSheet>"},
      {"xl/sharedStrings.xml", shared},
      {"xl/worksheets/sheet1.xml", first},
      {"xl/worksheets/sheet2.xml", "<worksheet><sheetData><row><c t='inlineStr'><is><t>k</t></is></c></row><row><c><v>1</v></c></row></sheetData></worksheet>"},
      {NULL, NULL}};
  return archive_file(parts, "t.xlsx");
}

#define STRINGS "<si><t>day</t></si><si><r><t>am</t></r><r><t>ount</t></r><rPh><t>x</t></rPh></si><si><t xml:space='preserve'>a_x0009_b &lt;</t></si>"
#define HEAD "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c><c r='C1' t='inlineStr'><is><t>note</t></is></c></row>\r\n"

START_TEST(xlsx_cells) {
  const char *path = xlsx("",
                          HEAD "<row r='2'><c r='A2' s='1'><v>40762</v></c><c r='B2'><f>1+1</f><v>40.200000000000003</v></c><c r='C2' t='s'><v>2</v></c></row>"
                               "<row r='3'/><row r='5'><c r='C5' t='str'><v>only</v></c></row><row r='6' spans='1:3'><c r='A6' s='3'/></row>"
                               "<row r='7'><c r='A7' t='b'><v>1</v></c><c r='B7' t='e'><v>#DIV/0!</v></c><c r='C7'><v>1E+300</v></c></row>"
                               "<row r='9'><c r='A9' t='d'><v>2011-08-07</v></c><c r='D9'><v>7</v></c></row>",
                          STRINGS);
  expect(path, NULL,
         "day|amount|note;2:2011-08-07#date|40.2#decimal|a\tb <;5:||only;7:true#boolean|#DIV/0!|1e+300#double;"
         "9:2011-08-07#date|||7#integer (expected 3 cells as in the header, found 4)");
  expect(path, "Second", "k;2:1#integer");
  expect(path, "Hidden", "k;2:1#integer");
  Dump d = dump_of(path, "Second");
  d.options.no_header = true;
  ck_ok(dump(&d, err));
  ck_assert_str_eq(d.out.data, "1;1:k;2:1#integer");
  propter_buf_clear(&d.out);
  d = dump_of(path, "Sales & more");
  d.options.format = "csv"; /* as mappings say */
  ck_ok(dump(&d, err));
  propter_buf_clear(&d.out);
}
END_TEST

#define DATED(style, value) "<row><c t='str'><v>d</v></c></row><row><c s='" style "'><v>" value "</v></c></row>"

START_TEST(xlsx_dates) {
  static const struct {
    const char *workbook, *sheet, *wanted;
  } cases[] = {{"", DATED("1", "1"), "d;2:1900-01-01#date"},
               {"", DATED("1", "59"), "d;2:1900-02-28#date"},
               {"", DATED("1", "60"), "d;2:60#integer"},
               {"", DATED("1", "61"), "d;2:1900-03-01#date"},
               {"", DATED("1", "2958465"), "d;2:9999-12-31#date"},
               {"", DATED("1", "2958466"), "d;2:2958466#integer"},
               {"", DATED("1", "-1"), "d;2:-1#integer"},
               {"", DATED("1", "45000.5"), "d;2:2023-03-15T12:00:00#dateTime"},
               {"", DATED("2", "45000"), "d;2:2023-03-15T00:00:00#dateTime"},
               {"", DATED("2", "44999.999999999"), "d;2:2023-03-15T00:00:00#dateTime"},
               {"", DATED("4", "45000.000005787"), "d;2:2023-03-15T00:00:00.500#dateTime"},
               {"", DATED("3", "45000"), "d;2:2023-03-15#date"},
               {"", DATED("5", "1.5"), "d;2:1.5#decimal"},
               {"", DATED("6", "3"), "d;2:3#integer"},
               {"", DATED("7", "0.75"), "d;2:18:00:00#time"},
               {"", DATED("0", "45000"), "d;2:45000#integer"},
               {"<workbookPr date1904='1'/>", DATED("1", "0"), "d;2:1904-01-01#date"},
               {"<workbookPr date1904='true'/>", DATED("1", "43538"), "d;2:2023-03-15#date"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) expect(xlsx(cases[i].workbook, cases[i].sheet, ""), NULL, cases[i].wanted);
}
END_TEST

START_TEST(xlsx_mistakes) {
  const char *good = xlsx("", HEAD, STRINGS);
  expect_error(dump_of(good, "Third"), PROPTER_NOT_FOUND, "no sheet \"Third\"; its sheets: Hidden, Sales & more, Second");
  Dump d = dump_of(good, NULL);
  d.limits.zip_bytes = 1000;
  expect_error(d, PROPTER_LIMIT, "unpacks to more than 1000 bytes");
  d = dump_of(good, NULL);
  d.limits.table_columns = 2;
  expect_error(d, PROPTER_LIMIT, "row 1 has more than the limit of 2 columns");
  d = dump_of(good, NULL);
  d.limits.document_bytes = 100;
  expect_error(d, PROPTER_LIMIT, "limit of 100");

  PropterBuf bytes = {0};
  ck_ok(propter_io_read_file(good, 1 << 20, &bytes, err));
  const char *bad = support_path(support_folder(), "bad.xlsx");
  support_write(bad, (PropterStr){bytes.data, bytes.len - 30});
  expect_error(dump_of(bad, NULL), PROPTER_SYNTAX, "expected a zip archive");
  propter_buf_clear(&bytes);
  support_write(bad, PROPTER_STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on"));
  expect_error(dump_of(bad, NULL), PROPTER_INVALID, "found an encrypted one");
  support_write(bad, PROPTER_STR(""));
  expect_error(dump_of(bad, NULL), PROPTER_SYNTAX, "found nothing");
  expect_error(dump_of(support_path(support_folder(), "none.xlsx"), NULL), PROPTER_NOT_FOUND, "No such file");
  expect_error(dump_of(archive_file((const ArchivePart[]){{"a.txt", "a"}, {NULL, NULL}}, "a.xlsx"), NULL), PROPTER_INVALID, "without _rels/.rels");

  char *bomb = propter_malloc(2000001);
  memset(bomb, ' ', 2000000);
  bomb[2000000] = '\0';
  expect_error(dump_of(xlsx("", bomb, ""), NULL), PROPTER_LIMIT, "times its size");
  propter_free(bomb);
  expect_error(dump_of(xlsx("", "<row><c t='s'><v>3</v></c></row>", STRINGS), NULL), PROPTER_INVALID,
               "row 1, column 1: expected the number of one of 3 shared strings");
  expect_error(dump_of(xlsx("", "<row r='2'/><row r='2'/>", ""), NULL), PROPTER_INVALID, "row 2 stands behind row 2");
  expect_error(dump_of(xlsx("", "<row><c r='9'/></row>", ""), NULL), PROPTER_INVALID, "name of a cell");
  expect_error(dump_of(xlsx("", "<row><c>", ""), NULL), PROPTER_SYNTAX, "sheet1.xml");
  expect_error(dump_of(xlsx("", "", "<x>"), NULL), PROPTER_SYNTAX, "sharedStrings.xml");
  expect_error(dump_of(xlsx("", "", ""), NULL), PROPTER_INVALID, "expected a header line, found an empty file");
  static const char doctype[] = "<!DOCTYPE r [<!ENTITY a 'aaaa'>]><Relationships>&a;</Relationships>";
  expect_error(dump_of(archive_file((const ArchivePart[]){{"_rels/.rels", doctype}, {NULL, NULL}}, "a.xlsx"), NULL), PROPTER_INVALID, "without DOCTYPE");
}
END_TEST

/* --- ODS ---------------------------------------------------------------------------------------------------------------------- */

#define ODF "urn:oasis:names:tc:opendocument:xmlns:"

static const char *ods(const char *tables) {
  static char content[1 << 18];
  (void)snprintf(content, sizeof content,
                 "<?xml version='1.0' encoding='UTF-8'?><office:document-content xmlns:office='" ODF "office:1.0' xmlns:table='" ODF
                 "table:1.0' xmlns:text='" ODF "text:1.0'><office:body><office:spreadsheet>%s</office:spreadsheet></office:body></office:document-content>",
                 tables);
  return archive_file((const ArchivePart[]){{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", content}, {NULL, NULL}}, "t.ods");
}

#define ROW(cells) "<table:table-row>" cells "</table:table-row>"
#define TEXT(text) "<table:table-cell office:value-type='string'><text:p>" text "</text:p></table:table-cell>"
#define VALUE(type, name, value) "<table:table-cell office:value-type='" type "' office:" name "='" value "'><text:p>shown</text:p></table:table-cell>"

START_TEST(ods_cells) {
  const char *path = ods(
      "<table:table table:name='One'><table:table-header-rows>" ROW(TEXT("day") TEXT("n") TEXT("note")) "</table:table-header-rows>"
      ROW(VALUE("date", "date-value", "2011-08-07") VALUE("float", "value", "40.200000000000003")
          TEXT("a<text:s text:c='2'/>b</text:p><text:p><text:span>c</text:span><text:tab/>d"))
      "<table:table-row table:number-rows-repeated='2'><table:table-cell table:number-columns-repeated='2'/>" TEXT("x") "</table:table-row>"
      ROW(VALUE("date", "date-value", "2011-08-07T10:00:00") VALUE("currency", "value", "7")
          "<table:covered-table-cell/>")
      ROW(VALUE("time", "time-value", "PT08H30M05S") VALUE("boolean", "boolean-value", "true")
          "<table:table-cell><office:annotation><text:p>who</text:p></office:annotation><text:p>kept</text:p></table:table-cell>")
      ROW(VALUE("time", "time-value", "PT30H00M00S") "<table:table-cell table:number-columns-repeated='1022'/>")
      "<table:table-row table:number-rows-repeated='1048000'><table:table-cell table:number-columns-repeated='1024'/></table:table-row></table:table>"
      "<table:table table:name='Two'>" ROW(TEXT("k")) ROW(VALUE("percentage", "value", "0.5")) "</table:table>");
  expect(path, NULL,
         "day|n|note;2:2011-08-07#date|40.2#decimal|a  b\nc\td;3:||x;4:||x;5:2011-08-07T10:00:00#dateTime|7#integer|;6:08:30:05#time|true#boolean|kept;"
         "7:PT30H00M00S||");
  expect(path, "Two", "k;2:0.5#decimal");
}
END_TEST

static void expect_sheets(const char *path, const char *wanted) {
  PropterSheets sheets = {0};
  PropterArena arena = {0};
  PropterBuf names = {0};
  ck_ok(propter_table_sheets(path, NULL, &arena, &sheets, err));
  for (size_t i = 0; i < sheets.count; i++) propter_buf_printf(&names, "%s%s", i ? "; " : "", sheets.items[i].data);
  ck_assert_str_eq(names.len ? names.data : "", wanted);
  propter_buf_clear(&names);
  propter_vec_clear(&sheets);
  propter_arena_clear(&arena);
}

/* Hidden sheets and charts are not among them; a header may stand below titles, counted as the sheet counts its rows. */
START_TEST(sheets_of_a_workbook) {
  const char *book = xlsx("", "<row r='2'><c><v>1</v></c></row><row r='5'><c t='str'><v>k</v></c></row><row r='6'><c><v>7</v></c></row>", "");
  expect_sheets(book, "Sales & more; Second");
  expect_sheets(ods("<table:table table:name='One'>" ROW(TEXT("k")) "</table:table><table:table table:name='Two'/>"), "One; Two");
  Dump d = dump_of(book, NULL);
  d.options.header_line = 5;
  ck_ok(dump(&d, err));
  ck_assert_str_eq(d.out.data, "k;6:7#integer");
  propter_buf_clear(&d.out);
  PropterSheets sheets = {0};
  PropterArena arena = {0};
  PropterError why = {0};
  ck_assert_int_eq(propter_table_sheets("nowhere.ods", NULL, &arena, &sheets, &why), PROPTER_NOT_FOUND);
  expect_sheets("nowhere.csv", "");
}
END_TEST

START_TEST(ods_mistakes) {
  const char *good = ods("<table:table table:name='One'>" ROW(TEXT("k")) "</table:table><table:table table:name='Two'/>");
  expect_error(dump_of(good, "Three"), PROPTER_NOT_FOUND, "no sheet \"Three\"; its sheets: One, Two");
  expect_error(dump_of(good, "Two"), PROPTER_INVALID, "found an empty file");
  expect_error(dump_of(ods("<table:table table:name='One'>" TEXT("k") "</table:table>"), NULL), PROPTER_INVALID, "outside a row");
  expect_error(dump_of(ods("<table:table>"), NULL), PROPTER_SYNTAX, "content.xml");
  expect_error(
      dump_of(ods("<table:table>" ROW("<table:table-cell table:number-columns-repeated='99999' office:value-type='float' office:value='1'/>") "</table:table>"),
              NULL),
      PROPTER_LIMIT, "columns");
  expect_error(dump_of(archive_file((const ArchivePart[]){{"a.txt", "a"}, {NULL, NULL}}, "a.ods"), NULL), PROPTER_NOT_FOUND, "content.xml");
  expect_error(dump_of(archive_file((const ArchivePart[]){{"content.xml", "<!DOCTYPE r [<!ENTITY a 'aaaa'>]><r>&a;</r>"}, {NULL, NULL}}, "a.ods"), NULL),
               PROPTER_INVALID, "without DOCTYPE");
}
END_TEST

START_TEST(failing_calls_of_ods) {
  Dump d = dump_of(ods("<table:table table:name='One'>" ROW(TEXT("k")) ROW(VALUE("date", "date-value", "2011-08-07")) "</table:table>"), NULL);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, dump, &d, false), 10);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, dump, &d, true), 1);
  propter_buf_clear(&d.out);
}
END_TEST

START_TEST(failing_calls) {
  Dump d = dump_of(xlsx("", HEAD "<row><c s='1'><v>1</v></c></row>", STRINGS), NULL);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, dump, &d, false), 20);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, dump, &d, true), 1);
  propter_buf_clear(&d.out);
}
END_TEST

Suite *suite_sheet(void) {
  Suite *s = suite_create("sheet");
  TCase *t = tcase_create("sheet");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, xlsx_cells);
  tcase_add_test(t, xlsx_dates);
  tcase_add_test(t, xlsx_mistakes);
  tcase_add_test(t, failing_calls);
  tcase_add_test(t, ods_cells);
  tcase_add_test(t, sheets_of_a_workbook);
  tcase_add_test(t, ods_mistakes);
  tcase_add_test(t, failing_calls_of_ods);
  suite_add_tcase(s, t);
  return s;
}
