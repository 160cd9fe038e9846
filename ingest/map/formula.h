/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic over names, as metrics made of others say it, as SQL. */
#ifndef MAP_FORMULA_H
#define MAP_FORMULA_H

#include "propter/mem.h"

/* Appends what a name stands for. */
typedef PropterStatus (*FormulaName)(void *payload, PropterStr name, PropterBuf *sql, PropterError *err);

/* sum = product (("+" | "-") product)*, product = factor (("*" | "/") factor)*, factor = number | name | "(" sum ")" | "-" factor. Division is that of
 * decimals and by zero has no value. INVALID: another text. */
PropterStatus formula_sql(PropterStr text, FormulaName put, void *payload, PropterBuf *sql, PropterError *err);

#endif
