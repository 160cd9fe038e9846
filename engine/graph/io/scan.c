/* SPDX-License-Identifier: Apache-2.0 */
#include "scan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef enum { PLAIN, COMMENT, IRI, STRING_START, STRING, LONG_STRING, ESCAPE, HEX, LOCAL_ESCAPE } State;
/* The word a plain byte belongs to: needed to tell a dot inside a name or number from the end of a statement, and a label from a prefix. */
typedef enum { NONE, NAME, NUMBER, TAG, UNDERSCORE, LABEL, AFTER_DOT } Word;

void scan_init(Scan *s, Source *source, const PropterLimits *limits, PropterError *err) {
  memset(s, 0, sizeof *s);
  s->source = source;
  s->limits = limits;
  s->err = err;
  s->line = 1;
}

void scan_clear(Scan *s) {
  propter_free(s->brackets);
  s->brackets = NULL;
}

PropterStatus scan_fail(Scan *s, PropterStatus status, const char *format, ...) {
  if (s->status != PROPTER_OK) return s->status;
  s->column -= s->run;
  s->run = 0;
  char text[400];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  s->finished = true;
  s->status = propter_fail(s->err, status, "%s", text);
  propter_error_at(s->err, s->source->name, s->line, s->column);
  return s->status;
}

static void bad(Scan *s, const char *expected, int c) {
  if (c < 0)
    (void)scan_fail(s, PROPTER_SYNTAX, "expected %s, found the end of the document", expected);
  else if (c == '\n' || c == '\r')
    (void)scan_fail(s, PROPTER_SYNTAX, "expected %s, found the end of the line", expected);
  else if (c > 0x20 && c < 0x7F)
    (void)scan_fail(s, PROPTER_SYNTAX, "expected %s, found \"%c\"", expected, c);
  else
    (void)scan_fail(s, PROPTER_SYNTAX, "expected %s, found byte 0x%02X", expected, (unsigned)c);
}

static bool is_digit(int c) { return c >= '0' && c <= '9'; }
static bool is_alpha(int c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }
static bool in_word(int c) { return is_alpha(c) || is_digit(c) || c == '_' || c == '-' || c == ':' || c == '%' || c >= 0x80; }

static bool utf8(Scan *s, int c) {
  if (s->left && s->state != HEX) {
    if ((c & 0xC0) != 0x80) {
      bad(s, "a UTF-8 continuation byte", c);
      return false;
    }
    s->code = s->code << 6 | (uint32_t)(c & 0x3F);
    if (--s->left == 0 && (s->code < s->least || s->code > 0x10FFFF || (s->code >= 0xD800 && s->code <= 0xDFFF))) {
      (void)scan_fail(s, PROPTER_SYNTAX, "expected UTF-8, found the encoding of U+%04X, which is not allowed", s->code);
      return false;
    }
    return true;
  }
  if (c < 0xC2 || c > 0xF4) {
    bad(s, "UTF-8", c);
    return false;
  }
  s->left = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
  s->least = c < 0xE0 ? 0x80 : c < 0xF0 ? 0x800 : 0x10000;
  s->code = (uint32_t)c & (c < 0xE0 ? 0x1Fu : c < 0xF0 ? 0x0Fu : 0x07u);
  return true;
}

static void open_bracket(Scan *s, int c) {
  if (s->depth >= s->limits->rdf_depth) {
    (void)scan_fail(s, PROPTER_LIMIT, "brackets are nested deeper than the limit of %llu", (unsigned long long)s->limits->rdf_depth);
    return;
  }
  if (!propter_vec_grow((void **)&s->brackets, &s->brackets_cap, s->depth + 1, 1)) {
    (void)scan_fail(s, PROPTER_NO_MEMORY, "out of memory");
    return;
  }
  s->brackets[s->depth++] = (unsigned char)c;
}

static void close_bracket(Scan *s, int c) {
  int open = c == ')' ? '(' : c == ']' ? '[' : '{';
  if (!s->depth)
    (void)scan_fail(s, PROPTER_SYNTAX, "found \"%c\" without its \"%c\"", c, open);
  else if (s->brackets[s->depth - 1] != open)
    (void)scan_fail(s, PROPTER_SYNTAX, "expected the end of \"%c\", found \"%c\"", s->brackets[s->depth - 1], c);
  else
    s->depth--;
}

/* A dot that ends a statement. */
static void end_statement(Scan *s) {
  if (s->depth && s->brackets[s->depth - 1] != '{')
    (void)scan_fail(s, PROPTER_SYNTAX, "expected the end of \"%c\", found \".\"", s->brackets[s->depth - 1]);
}

/* Behind what only white space and comments came. */
typedef enum { NO_GAP, BEHIND_STRING, BEHIND_CARET, BEHIND_CARETS } Gap;

static void begin(Scan *s, State state) {
  s->state = (int)state;
  s->token_bytes = 0;
  s->word = NONE;
}

/* After a dot: does this byte go on with the word before it? */
static bool continues(const Scan *s, int c) {
  switch ((Word)s->before_dot) {
  case NAME:
  case LABEL: return in_word(c) || c == '.' || c == '\\';
  case NUMBER: return is_digit(c) || (c | 32) == 'e';
  default: return is_digit(c); /* ".5" */
  }
}

static void in_name(Scan *s, int c) {
  if (s->word == NONE) {
    s->token_bytes = 0;
    s->word = c == '_' ? UNDERSCORE : is_digit(c) || c == '-' ? NUMBER : NAME;
  } else if (s->word == UNDERSCORE) {
    s->word = c == ':' ? LABEL : NAME;
    s->label_start = c == ':';
    s->insert = s->label_start ? 'x' : 0;
  } else if (s->label_start) {
    /* serd would take more here, and behind our "x" it cannot know that this is the first. */
    if (c == '-' || c == ':' || c == '%' || c == '\\') bad(s, "the first character of a blank node label", c);
    s->label_start = false;
    s->label_wide = c >= 0x80;
  } else if (s->word == NUMBER && !is_digit(c) && (c | 32) != 'e' && c != '-') {
    s->word = NAME;
  }
  if (++s->token_bytes > s->limits->term_bytes)
    (void)scan_fail(s, PROPTER_LIMIT, "a name is longer than the limit of %llu bytes", (unsigned long long)s->limits->term_bytes);
  if (c == '\\') s->state = LOCAL_ESCAPE;
}

/* A byte outside strings, IRIs and comments. */
static void plain(Scan *s, int c) {
  if (!strchr(" \t\r\n#", c)) s->gap = c != '^' ? NO_GAP : s->gap == BEHIND_STRING ? BEHIND_CARET : s->gap == BEHIND_CARET ? BEHIND_CARETS : NO_GAP;
  if (s->word == AFTER_DOT) {
    bool on = continues(s, c);
    if (!on) end_statement(s);
    s->word = !on ? NONE : s->before_dot == NONE || s->before_dot == TAG ? NUMBER : s->before_dot;
  }
  if (s->status != PROPTER_OK) return;
  if (in_word(c) || c == '\\') {
    in_name(s, c);
    return;
  }
  if (s->label_start || s->word == UNDERSCORE) {
    bad(s, s->label_start ? "the first character of a blank node label" : "\":\" after \"_\"", c);
    return;
  }
  if (c == '.') {
    s->before_dot = s->word;
    s->word = AFTER_DOT;
    return;
  }
  s->word = c == '+' ? NUMBER : c == '@' ? TAG : NONE;
  switch (c) {
  case '<': begin(s, IRI); break;
  case '"':
  case '\'':
    begin(s, STRING_START);
    s->quote = (unsigned char)c;
    s->quotes = 1;
    break;
  case '#': begin(s, COMMENT); break;
  case '(':
  case '[':
  case '{': open_bracket(s, c); break;
  case ')':
  case ']':
  case '}': close_bracket(s, c); break;
  case '=': bad(s, "an RDF term", c); break; /* N3, which serd partly takes */
  default: break;
  }
}

static void finish_escape(Scan *s) {
  if (s->code > 0x10FFFF || (s->code >= 0xD800 && s->code <= 0xDFFF))
    (void)scan_fail(s, PROPTER_SYNTAX, "expected the escape of a character, found U+%04X", s->code);
  s->state = s->escape_in_iri ? IRI : s->quotes == 3 ? LONG_STRING : STRING;
}

static void escaped(Scan *s, int c) {
  if (c == 'u' || c == 'U') {
    s->state = HEX;
    s->left = c == 'u' ? 4 : 8;
    s->code = 0;
  } else if (s->escape_in_iri) {
    bad(s, "\\u or \\U in an IRI", c);
  } else if (c < 0 || !strchr("tbnrf\"'\\", c) || !c) {
    bad(s, "one of t b n r f \" ' \\ u U after \"\\\"", c);
  } else {
    s->state = s->quotes == 3 ? LONG_STRING : STRING;
  }
}

static void hex(Scan *s, int c) {
  int digit = is_digit(c) ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
  if (digit < 0) {
    bad(s, "a hexadecimal digit", c);
    return;
  }
  s->code = s->code << 4 | (uint32_t)digit;
  if (--s->left == 0) finish_escape(s);
}

static void string_escape(Scan *s, int c) {
  if (c != '\\') return;
  s->escape_in_iri = false;
  s->state = ESCAPE;
}

static void end_string(Scan *s) {
  begin(s, PLAIN);
  s->gap = BEHIND_STRING;
}

static void string(Scan *s, int c) {
  if (c == s->quote)
    end_string(s);
  else if (c == '\n' || c == '\r')
    bad(s, "the end of the string", c);
  string_escape(s, c);
}

static void string_start(Scan *s, int c) {
  if (c == s->quote) {
    if (++s->quotes < 3) return;
    s->state = LONG_STRING;
    s->closing = 0;
  } else if (s->quotes == 2) {
    /* It was the empty string: this byte comes after it. */
    end_string(s);
    plain(s, c);
  } else {
    s->state = STRING;
    string(s, c);
  }
}

static void long_string(Scan *s, int c) {
  s->closing = c == s->quote ? s->closing + 1 : 0;
  if (s->closing == 3) end_string(s);
  string_escape(s, c);
}

static void in_iri(Scan *s, int c) {
  if (c == '>')
    begin(s, PLAIN);
  else if (c == '\\') {
    s->escape_in_iri = true;
    s->state = ESCAPE;
  } else if (c <= 0x20 || strchr("<\"{}|^`", c)) {
    bad(s, "\">\" or a character of an IRI", c);
  }
}

/* False: the byte is inside a UTF-8 character and done with, or wrong. */
static bool starts_character(Scan *s, int c) {
  bool inside = s->left && s->state != HEX;
  if (c < 0x80 && !inside) return true;
  if (s->state == HEX || s->state == ESCAPE) {
    bad(s, "an escape", c);
    return false;
  }
  if (!utf8(s, c)) return false;
  if (inside && !s->left && s->label_wide) {
    s->label_wide = false;
    if (s->code == 0xB7 || (s->code >= 0x300 && s->code <= 0x36F) || s->code == 0x203F || s->code == 0x2040)
      (void)scan_fail(s, PROPTER_SYNTAX, "expected the first character of a blank node label, found U+%04X", s->code);
  }
  return !inside;
}

static void look(Scan *s, int c) {
  if (c == 0 && s->state != STRING_START && s->state != STRING && s->state != LONG_STRING) {
    bad(s, "text", c);
    return;
  }
  if (s->state != PLAIN && s->state != COMMENT && ++s->token_bytes > s->limits->term_bytes) {
    (void)scan_fail(s, PROPTER_LIMIT, "a term is longer than the limit of %llu bytes", (unsigned long long)s->limits->term_bytes);
    return;
  }
  if (!starts_character(s, c)) return;
  switch ((State)s->state) {
  case PLAIN: plain(s, c); break;
  case COMMENT:
    if (c == '\n' || c == '\r') s->state = PLAIN;
    break;
  case IRI: in_iri(s, c); break;
  case STRING_START: string_start(s, c); break;
  case STRING: string(s, c); break;
  case LONG_STRING: long_string(s, c); break;
  case ESCAPE: escaped(s, c); break;
  case HEX: hex(s, c); break;
  case LOCAL_ESCAPE: s->state = PLAIN; break;
  }
}

static void finish(Scan *s) {
  s->finished = true;
  if (s->status != PROPTER_OK) return;
  if (s->left && s->state != HEX) bad(s, "a UTF-8 continuation byte", -1);
  if (s->state == STRING_START && s->quotes == 2) s->state = PLAIN;
  if (s->state == IRI || s->state == STRING || s->state == STRING_START || s->state == LONG_STRING || s->state == ESCAPE || s->state == HEX ||
      s->state == LOCAL_ESCAPE)
    bad(s,
        s->state == IRI                                                     ? "\">\""
        : s->state == ESCAPE || s->state == HEX || s->state == LOCAL_ESCAPE ? "the rest of an escape"
                                                                            : "the end of the string",
        -1);
  else if (s->state == PLAIN && s->word == AFTER_DOT)
    end_statement(s);
  if (s->depth) bad(s, s->brackets[s->depth - 1] == '(' ? "\")\"" : s->brackets[s->depth - 1] == '[' ? "\"]\"" : "\"}\"", -1);
}

/* Makes sure a byte is there; false at the end and after a failure. */
static bool fill(Scan *s) {
  if (s->at < s->have) return true;
  PropterStatus status = s->source_ended ? PROPTER_OK : source_read(s->source, s->block, sizeof s->block, &s->have, s->err);
  s->at = 0;
  if (status != PROPTER_OK) {
    s->status = status;
    s->finished = true;
    s->have = 0;
  } else if (!s->have || s->source_ended) {
    s->have = 0;
    s->source_ended = true;
  }
  return s->have > 0;
}

static void count(Scan *s, int c) {
  if (s->newline) {
    s->line++;
    s->column = 0;
    s->line_bytes = 0;
  }
  if ((c & 0xC0) != 0x80) s->column++;
  s->served++;
  s->newline = c == '\n';
  if (++s->line_bytes > s->limits->line_bytes)
    (void)scan_fail(s, PROPTER_LIMIT, "the line is longer than the limit of %llu bytes", (unsigned long long)s->limits->line_bytes);
}

/* Where a byte means nothing special. */
enum { IN_IRI = 1, IN_STRING = 2, IN_NAME = 4, IN_TEXT = IN_IRI | IN_STRING, ANYWHERE = IN_TEXT | IN_NAME };
static const unsigned char harmless[256] = {
#define ROW(c) [c] = ANYWHERE, [c + 1] = ANYWHERE, [c + 2] = ANYWHERE, [c + 3] = ANYWHERE, [c + 4] = ANYWHERE, [c + 5] = ANYWHERE
    ROW('a'), ROW('g'), ROW('m'), ROW('s'), ['y'] = ANYWHERE, ['z'] = ANYWHERE, ROW('A'), ROW('G'), ROW('M'), ROW('S'), ['Y'] = ANYWHERE, ['Z'] = ANYWHERE,
    ROW('0'), ['6'] = ANYWHERE, ['7'] = ANYWHERE, ['8'] = ANYWHERE, ['9'] = ANYWHERE, ['_'] = ANYWHERE, ['-'] = ANYWHERE, [':'] = ANYWHERE,
    ['/'] = IN_TEXT, ['#'] = IN_TEXT, ['.'] = IN_TEXT, ['='] = IN_TEXT, ['?'] = IN_TEXT, ['&'] = IN_TEXT,
    [' '] = IN_STRING, [','] = IN_STRING, [';'] = IN_STRING, ['('] = IN_STRING, [')'] = IN_STRING
#undef ROW
};

static unsigned place(const Scan *s) {
  if (s->newline || s->left || s->label_start || s->label_wide || s->insert || s->finished) return 0;
  switch ((State)s->state) {
  case IRI: return IN_IRI;
  case STRING:
  case LONG_STRING: return IN_STRING;
  case PLAIN: return s->word == NAME || s->word == LABEL ? IN_NAME : 0;
  default: return 0;
  }
}

/* Most bytes stand inside an IRI, a string or a name and mean nothing: those need to be counted only. */
static bool only_count(Scan *s) {
  unsigned here = place(s);
  if (!here || s->line_bytes >= s->limits->line_bytes || s->token_bytes >= s->limits->term_bytes) return false;
  size_t most = s->have - s->at, n = 0;
  if (most > s->limits->line_bytes - s->line_bytes) most = s->limits->line_bytes - s->line_bytes;
  if (most > s->limits->term_bytes - s->token_bytes) most = s->limits->term_bytes - s->token_bytes;
  while (n < most && harmless[s->block[s->at + n]] & here) n++;
  if (!n) return false;
  s->closing = 0;
  s->column += n;
  s->line_bytes += n;
  s->token_bytes += n;
  s->run = n;
  return true;
}

/* Whether a byte is kept back, being white space or a comment behind a string or "^^": serd takes none before "@", "^^" and the datatype. Before anything else
 * they are one blank. `gap`: before the byte was looked at. */
static bool keep_back(Scan *s, int gap, int *c) {
  if (s->finished) return false;
  if (s->gap == BEHIND_STRING && (gap == BEHIND_STRING || *c != s->quote)) return s->kept = true;
  if (s->gap == BEHIND_CARETS && gap == BEHIND_CARETS) return s->kept = true;
  if (s->kept && gap == BEHIND_STRING && *c != '@' && *c != '^') {
    s->insert = *c;
    *c = ' ';
  }
  return s->kept = false;
}

int scan_look(Scan *s) {
  if (only_count(s)) return scan_next(s);
  for (;;) {
    if (s->insert) {
      int c = s->insert;
      s->insert = 0;
      return c;
    }
    if (s->finished) return -1;
    if (!fill(s)) {
      if (!s->finished) finish(s);
      return -1;
    }
    int c = s->block[s->at++];
    count(s, c);
    if (s->finished) return -1;
    bool number = s->state == PLAIN && s->word == NUMBER;
    int gap = s->gap;
    look(s, c);
    if (keep_back(s, gap, &c)) continue;
    if (number && c == '.' && !s->finished && !(fill(s) && continues(s, s->block[s->at]))) {
      s->insert = '.';
      c = ' ';
    }
    return s->finished ? -1 : c;
  }
}
