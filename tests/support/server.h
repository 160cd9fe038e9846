/* SPDX-License-Identifier: Apache-2.0 */
/* A PostgreSQL server of our own on loopback, in a temporary folder, for as long as the program runs. */
#ifndef SUPPORT_SERVER_H
#define SUPPORT_SERVER_H

#include "propter/mem.h"

/* Its address, or NULL where Debian's postgresql is not installed or the program is not run by root (said on standard output). */
const char *server_start(void);
/* Empties the database and runs a script in it, after replacing texts of the script (pairs, ended by NULL; or NULL). False: a statement failed. */
bool server_fill(const char *script, const char *const *replace);
/* Fills an SQLite file likewise, made anew. */
bool sqlite_fill(const char *path, const char *script, const char *const *replace);

/* A MariaDB that listens on loopback, started by the first call and stopped at exit, for the driver of unixODBC: its address as "odbc:…". NULL: there is none.
 */
const char *mysql_start(void);
/* Empties its database test and runs a script in it. */
bool mysql_fill(const char *script);

#endif
