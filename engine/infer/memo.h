/* SPDX-License-Identifier: Apache-2.0 */
/* Values of pure functions, kept in a file from one run to the next: what is asked again with the same arguments is not computed again. The key is a hash of
 * all arguments, so a kept value is right whatever happened to the graph meanwhile; the file may be lost or cut anywhere, then more is computed. */
#ifndef INFER_MEMO_H
#define INFER_MEMO_H

#include "propter/hash.h"

typedef struct Memo Memo;

/* Reads `path` if it is there. What another `maker` wrote, and what follows a damaged record, is forgotten. Without `write` nothing will be written. A file
 * that cannot be read or written is no error. Close with memo_close. May be used by several threads. Of two programs that write one file at a time one may lose
 * what it made, which is all. */
PropterStatus memo_open(const char *path, PropterHash128 maker, bool write, Memo **out, PropterError *err);
void memo_close(Memo *memo);

/* The value under the key, borrowed until memo_close; false: none. No memo has none. */
bool memo_get(Memo *memo, PropterHash128 key, PropterStr *value);
/* The same for what a value rests on that is asked for in its place: memo_settle keeps it, memo_counts does not count it. `value` may be NULL. */
bool memo_touch(Memo *memo, PropterHash128 key, PropterStr *value);
/* Keeps a value, in the file at once, so that a run that is stopped here need not begin again. No memo: nothing. */
PropterStatus memo_put(Memo *memo, PropterHash128 key, PropterStr value, PropterError *err);
/* Rewrites the file, by key: with all that was asked for, touched or put since it was opened, and where `others` is set with the rest as well. */
PropterStatus memo_settle(Memo *memo, bool others, PropterError *err);
/* How many values of earlier runs were asked for, and how many keys are new. */
void memo_counts(const Memo *memo, size_t *found, size_t *made);

#endif
