/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of SPARQL 1.1 (grammar terminals, section 19.8), one at a time. */
#ifndef SPARQL_LEX_H
#define SPARQL_LEX_H

#include "propter/mem.h"

typedef enum {
  TOKEN_END,
  TOKEN_IRI,     /* value: between the angle brackets */
  TOKEN_PNAME,   /* prefix, value: local name without escapes */
  TOKEN_BLANK,   /* value: label */
  TOKEN_VAR,     /* value: name */
  TOKEN_LANG,    /* value: tag */
  TOKEN_INTEGER, /* numbers have no sign; value: as written */
  TOKEN_DECIMAL,
  TOKEN_DOUBLE,
  TOKEN_STRING, /* value: without escapes */
  TOKEN_WORD,   /* value: as written */
  TOKEN_NIL,    /* ( ) */
  TOKEN_ANON,   /* [ ] */
  TOKEN_MARK    /* mark: one character, or '=' with or: <= >= != && || ^^ by their constants below */
} TokenKind;

enum { MARK_LE = 256, MARK_GE, MARK_NE, MARK_AND, MARK_OR, MARK_CARETS };

typedef struct {
  TokenKind kind;
  int mark;
  PropterStr prefix, value;
  bool colon_only;   /* PNAME: nothing after the colon */
  size_t start, end; /* bytes in the text */
} Token;

/* A place where a character escape was replaced: bytes before `at` in the text given differ from the original by `shift` characters. */
typedef struct {
  size_t at;
  size_t shift;
} LexShift;

typedef struct {
  PropterStr text; /* character escapes replaced */
  PropterArena *arena;
  LexShift *shifts;
  size_t shift_count;
} Lexer;

/* Prepares `text`: checks UTF-8, replaces \u and \U escapes. SYNTAX, NO_MEMORY. `text` must stay; what tokens point to is there or in the arena. */
PropterStatus lex_open(Lexer *lexer, PropterStr text, PropterArena *arena, PropterError *err);
/* The token at or after byte `from`. */
PropterStatus lex_token(const Lexer *lexer, size_t from, Token *token, PropterError *err);
/* ASCII letters to lower case, in place. */
void lex_lower(char *text, size_t len);
/* Line and column, in characters of the original text, of a byte of `lexer->text`. */
void lex_place(const Lexer *lexer, size_t at, uint64_t *line, uint64_t *column);

#endif
