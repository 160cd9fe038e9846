/* SPDX-License-Identifier: Apache-2.0 */
/* Plain text by its habits: header lines, underlined or short lines as headings, list marks, quote marks, tables drawn with blanks. */
#include <string.h>

#include "doc.h"

enum { ENTRY_BYTES = 48, HEAD_LINES = 15, HEADING_BYTES = 80, HEADING_WORDS = 10 };

typedef struct {
  DocBuilder *b;
  PropterStr s;
  size_t at;
  bool headed; /* a heading was seen */
} Text;

static PropterStr line_at(PropterStr s, size_t at, size_t *next) {
  size_t end = at;
  while (end < s.len && s.data[end] != '\n' && s.data[end] != '\f') end++;
  *next = end < s.len ? end + 1 : end;
  return (PropterStr){s.data + at, end - at};
}

static bool blank(PropterStr line) { return !propter_str_trim(line).len; }

static bool underline(PropterStr line, char mark) {
  line = propter_str_trim(line);
  for (size_t i = 0; i < line.len; i++)
    if (line.data[i] != mark) return false;
  return line.len >= 3;
}

static bool rule_line(PropterStr line) { return underline(line, '-') || underline(line, '=') || underline(line, '*') || underline(line, '_'); }

/* Bytes of a list mark with the blanks after it, or 0. */
static size_t list_mark(PropterStr line) {
  size_t i = 0;
  while (i < line.len && line.data[i] == ' ') i++;
  size_t mark = i;
  if (i < line.len && (line.data[i] == '-' || line.data[i] == '*' || line.data[i] == '+'))
    i++;
  else if (i + 2 < line.len && memcmp(line.data + i, "\xE2\x80\xA2", 3) == 0)
    i += 3;
  else {
    while (i < line.len && i - mark < 3 && line.data[i] >= '0' && line.data[i] <= '9') i++;
    if (i == mark || i >= line.len || (line.data[i] != '.' && line.data[i] != ')')) return 0;
    i++;
  }
  if (i >= line.len || line.data[i] != ' ') return 0;
  while (i < line.len && line.data[i] == ' ') i++;
  return i < line.len ? i : 0;
}

static size_t digits_at(PropterStr s, size_t at) {
  size_t n = 0;
  while (at + n < s.len && s.data[at + n] >= '0' && s.data[at + n] <= '9') n++;
  return n;
}

/* "jo  2024-05-04 09:12" above what they say. */
static bool stamp_line(PropterStr line) {
  enum { STAMP = 16 };
  if (line.len <= STAMP || line.len > ENTRY_BYTES || line.data[line.len - STAMP - 1] != ' ') return false;
  const PropterStr end = {line.data + line.len - STAMP, STAMP};
  return digits_at(end, 0) == 4 && end.data[4] == '-' && digits_at(end, 5) == 2 && end.data[7] == '-' && digits_at(end, 8) == 2 && digits_at(end, 11) == 2 &&
         end.data[13] == ':' && digits_at(end, 14) == 2;
}

/* "Sat 4 May   …": a weekday, a day and a month apart from the rest. */
static bool diary_line(PropterStr line) {
  size_t i = 0, word = 0;
  while (i < line.len && line.data[i] != ' ') i++;
  if (i < 2 || i > 10 || !(line.data[0] >= 'A' && line.data[0] <= 'Z')) return false;
  const size_t n = digits_at(line, ++i);
  i += n + (i + n < line.len && line.data[i + n] == '.');
  if (n < 1 || n > 2 || i >= line.len || line.data[i++] != ' ') return false;
  while (i + word < line.len && line.data[i + word] != ' ' && line.data[i + word] != ':') word++;
  i += word;
  return word >= 3 && word <= 10 && i + 1 < line.len && (line.data[i] == ':' || (line.data[i] == ' ' && line.data[i + 1] == ' '));
}

/* A line of a log or chat: "2024-05-04 …", "[04/05/2024, 09:12] …", "8 May 2024 - …", "jo [10:02]: …". */
static bool entry_line(PropterStr line) {
  line = propter_str_trim(line);
  if (stamp_line(line) || diary_line(line)) return true;
  PropterStr front = {line.data, line.len < ENTRY_BYTES ? line.len : ENTRY_BYTES};
  size_t clock = propter_str_find(front, PROPTER_STR(" [")), at = front.len && front.data[0] == '[', n = digits_at(front, at);
  if (clock != SIZE_MAX && digits_at(front, clock + 2) == 2 && clock + 7 < front.len && front.data[clock + 4] == ':' && front.data[clock + 7] == ']')
    return true;
  if ((n != 1 && n != 2 && n != 4) || at + n + 1 >= front.len) return false;
  char mark = front.data[at + n];
  if (strchr("./-", mark)) {
    size_t second = digits_at(front, at + n + 1), third = at + n + 2 + second;
    return (second == 1 || second == 2) && third <= front.len && front.data[third - 1] == mark && digits_at(front, third) >= 2;
  }
  size_t space = mark == ' ' ? propter_str_find((PropterStr){front.data + at + n + 1, front.len - at - n - 1}, PROPTER_STR(" ")) : SIZE_MAX;
  return n <= 2 && space != SIZE_MAX && space >= 3 && front.data[at + n + 1] >= 'A' && front.data[at + n + 1] <= 'Z' &&
         digits_at(front, at + n + 2 + space) == 4;
}

/* Columns of numbers apart by blanks. */
static bool table_row(PropterStr line) {
  line = propter_str_trim(line);
  if (entry_line(line)) return false;
  unsigned gaps = 0, digits = 0;
  for (size_t i = 0; i + 1 < line.len; i++) {
    if (line.data[i] == '\t' || (line.data[i] == ' ' && line.data[i + 1] == ' ' && (i == 0 || line.data[i - 1] != ' '))) gaps++;
    digits += line.data[i] >= '0' && line.data[i] <= '9';
  }
  return gaps >= 2 || (gaps >= 1 && digits >= 2 && line.len < 60 && line.data[line.len - 1] != '.');
}

static PropterStatus put(Text *t, PropterStr line, PropterError *err) {
  size_t at = (size_t)(line.data - t->s.data);
  size_t len = line.len + (at + line.len < t->s.len); /* with its line end, which is white space */
  return doc_text(t->b, (PropterStr){line.data, len}, at, len, err);
}

static PropterStatus whole(Text *t, PropterStr line, PropterBlockKind kind, unsigned level, PropterError *err) {
  PROPTER_TRY(doc_block(t->b, kind, level, err));
  PROPTER_TRY(put(t, line, err));
  return doc_block(t->b, PROPTER_BLOCK_PARAGRAPH, 0, err);
}

/* "Key: value" with a key of one to three words. */
static bool key_line(PropterStr line) {
  line = propter_str_trim(line);
  const char *colon = memchr(line.data, ':', line.len);
  size_t n = colon ? (size_t)(colon - line.data) : 0, blanks = 0;
  if (!n || n > 30 || n + 1 >= line.len || colon[1] != ' ') return false;
  for (size_t i = 0; i < n; i++) {
    char c = line.data[i];
    blanks += c == ' ';
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ' || c == '-')) return false;
  }
  return blanks <= 2;
}

static PropterStatus take_header(Text *t, PropterStr line, PropterError *err) {
  PropterStr trimmed = propter_str_trim(line);
  size_t colon = propter_str_find(trimmed, PROPTER_STR(":"));
  if (colon != SIZE_MAX && calendar_labels(calendar_default(), (PropterStr){trimmed.data, colon}))
    doc_set_date(t->b, (PropterStr){trimmed.data + colon + 1, trimmed.len - colon - 1});
  return whole(t, line, PROPTER_BLOCK_BOILERPLATE, 0, err);
}

/* A head of lines "Key: value" and perhaps a title before the first empty line, as letters and releases have. */
static PropterStatus header(Text *t, PropterError *err) {
  size_t next, keys = 0, lines = 0, at = t->at;
  PropterStr line;
  while (at < t->s.len && blank(line_at(t->s, at, &next))) at = next;
  size_t begin = at;
  for (; at < t->s.len && lines < HEAD_LINES; at = next, lines++) {
    line = line_at(t->s, at, &next);
    if (blank(line)) break;
    bool key = key_line(line);
    keys += key;
    /* A line of prose: this is no head. */
    if (propter_str_trim(line).len > HEADING_BYTES || (!key && rule_line(line))) return PROPTER_OK;
  }
  if (!keys || keys + 2 < lines) return PROPTER_OK;
  for (t->at = begin; t->at < at;) {
    line = line_at(t->s, t->at, &next);
    if (key_line(line)) {
      PROPTER_TRY(take_header(t, line, err));
    } else {
      PROPTER_TRY(whole(t, line, PROPTER_BLOCK_HEADING, 1, err));
      t->headed = true;
    }
    t->at = next;
  }
  return PROPTER_OK;
}

static bool short_heading(PropterStr line, PropterStr before, PropterStr after) {
  line = propter_str_trim(line);
  if (!line.len || line.len > HEADING_BYTES || !blank(before) || !blank(after) || entry_line(line)) return false;
  char last = line.data[line.len - 1];
  if (strchr(".!?;,", last)) return false;
  unsigned words = 1;
  for (size_t i = 0; i < line.len; i++) words += line.data[i] == ' ';
  return words <= HEADING_WORDS && !(line.data[0] >= 'a' && line.data[0] <= 'z');
}

static PropterStatus paragraph(Text *t, PropterError *err) {
  PropterBlockKind kind = PROPTER_BLOCK_PARAGRAPH;
  bool first = true;
  while (t->at < t->s.len) {
    size_t next;
    PropterStr line = line_at(t->s, t->at, &next);
    if (blank(line) || (!first && (table_row(line) || rule_line(line) || entry_line(line)))) break;
    size_t mark = list_mark(line);
    PropterStr body = line;
    if (mark) {
      kind = PROPTER_BLOCK_LIST_ITEM;
      PROPTER_TRY(doc_block(t->b, kind, 0, err));
      body = (PropterStr){line.data + mark, line.len - mark};
    } else if (propter_str_starts(propter_str_trim(line), PROPTER_STR(">"))) {
      size_t n = (size_t)(memchr(line.data, '>', line.len) ? (const char *)memchr(line.data, '>', line.len) - line.data : 0) + 1;
      if (kind != PROPTER_BLOCK_QUOTE) PROPTER_TRY(doc_block(t->b, kind = PROPTER_BLOCK_QUOTE, 0, err));
      body = (PropterStr){line.data + n, line.len - n};
    } else if (first) {
      PROPTER_TRY(doc_block(t->b, kind, 0, err));
    }
    PROPTER_TRY(put(t, body, err));
    first = false;
    t->at = next;
  }
  return doc_block(t->b, PROPTER_BLOCK_PARAGRAPH, 0, err);
}

PropterStatus doc_plain(DocBuilder *b, PropterStr input, PropterError *err) {
  Text t = {.b = b, .s = input};
  PropterStr before = {"", 0};
  PROPTER_TRY(header(&t, err));
  while (t.at < input.len) {
    size_t next, after;
    PropterStr line = line_at(input, t.at, &next), below = line_at(input, next, &after);
    bool drawn =
        propter_str_trim(line).len && propter_str_trim(line).len <= 2 * HEADING_BYTES && !rule_line(line) && (underline(below, '=') || underline(below, '-'));
    if (blank(line) || rule_line(line)) {
      t.at = next;
    } else if (drawn) {
      PROPTER_TRY(whole(&t, line, PROPTER_BLOCK_HEADING, underline(below, '=') ? 1 : 2, err));
      t.headed = true;
      t.at = after;
    } else if (table_row(line)) {
      PROPTER_TRY(whole(&t, line, PROPTER_BLOCK_TABLE_CELL, 0, err));
      t.at = next;
    } else if (short_heading(line, before, below) && !list_mark(line)) {
      PROPTER_TRY(whole(&t, line, PROPTER_BLOCK_HEADING, t.headed ? 2 : 1, err));
      t.headed = true;
      t.at = next;
    } else {
      PROPTER_TRY(paragraph(&t, err));
      before = (PropterStr){"", 0};
      continue;
    }
    before = line;
    /* Something stands before this line: a blank one, or what was just taken as a block of its own. */
    if (!blank(line)) before = (PropterStr){"", 0};
    PROPTER_TRY(doc_block(b, PROPTER_BLOCK_PARAGRAPH, 0, err));
  }
  return PROPTER_OK;
}

static PropterStatus read(DocBuilder *b, PropterStr bytes, PropterError *err) {
  PropterStr input;
  PROPTER_TRY(doc_part(b, PROPTER_STR(""), bytes, PROPTER_STR(""), &input, err));
  return doc_plain(b, input, err);
}

const DocReader doc_reader_text = {"text", " .txt .text ", NULL, read};
