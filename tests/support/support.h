/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers of all Check suites. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <check.h>
#include <stdlib.h>

#include "propter/fault.h"
#include "propter/mem.h"

/* PROPTER_OK, or the test fails with the error's text. Uses a variable `err`. */
#define ck_ok(call)                                                                                                              \
  do {                                                                                                                           \
    PropterError err_ = {0};                                                                                                     \
    PropterError *err = &err_;                                                                                                   \
    PropterStatus ck_status_ = (call);                                                                                           \
    ck_assert_msg(ck_status_ == PROPTER_OK, "%s: %s %s", #call, propter_status_name(ck_status_), err_.message);                 \
  } while (0)

/* A new empty folder below $TMPDIR, removed with all its content when the test program ends. Borrowed. */
const char *support_folder(void);
/* "folder/name" (terminated, kept until the program ends). */
const char *support_path(const char *folder, const char *name);
void support_write(const char *path, PropterStr bytes);

/* An operation to be tried under failing calls: sets up by itself, cleans up by itself, and asserts what must hold afterwards. */
typedef PropterStatus (*SupportOperation)(void *payload, PropterError *err);

/* Runs the operation twice well (the second time counting its calls), then with the 1st, 2nd, … call of this kind failing, once each and once for ever. Every
 * failing run must end in a status other than OK (unless `may_recover`), must not crash, and a last good run must succeed. Returns the number of points. */
uint64_t support_fail_everywhere(PropterFaultKind kind, SupportOperation operation, void *payload, bool may_recover);

/* unixODBC has a driver named SQLite3 (Debian's libsqliteodbc); if not, that is said on standard output. */
bool support_sqlite_odbc(void);

#endif
