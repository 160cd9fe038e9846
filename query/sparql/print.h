/* SPDX-License-Identifier: Apache-2.0 */
/* Text of syntax trees. */
#ifndef SPARQL_PRINT_H
#define SPARQL_PRINT_H

#include "ast.h"

/* What the function IRI resolves against; nothing where there is no base. */
void print_base(const PropterQuery *query, PropterBuf *out);
void print_term(const PropterQuery *query, const AstTerm *term, PropterBuf *out);
void print_path(const AstPath *path, PropterBuf *out);
void print_expr(const PropterQuery *query, const AstExpr *expr, PropterBuf *out);
void print_pattern(const PropterQuery *query, const AstPattern *pattern, PropterBuf *out);
void print_quads(const PropterQuery *query, const AstQuad *quads, size_t count, PropterBuf *out);
void print_projection(const PropterQuery *query, const AstSelect *select, PropterBuf *out);

#endif
