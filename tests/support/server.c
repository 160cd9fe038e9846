/* SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include <glob.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "propter/io.h"

static char folder[64], address[128], bin[256];
static PGconn *connection;

static int command(const char *format, ...) PROPTER_PRINTF(1, 2);
static int command(const char *format, ...) {
  char text[2048];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return system(text);
}

static void stop(void) {
  PQfinish(connection);
  (void)command("cd / && runuser -u postgres -- %s/pg_ctl -D %s/data -m immediate stop >/dev/null 2>&1; rm -rf %s", bin, folder, folder);
}

static bool find_programs(void) {
  glob_t g;
  bool found = glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &g) == 0 && g.gl_pathc > 0;
  if (found) (void)snprintf(bin, sizeof bin, "%.*s", (int)(strlen(g.gl_pathv[g.gl_pathc - 1]) - strlen("/initdb")), g.gl_pathv[g.gl_pathc - 1]);
  globfree(&g);
  return found;
}

enum { PORTS = 8 };

const char *server_start(void) {
  static bool tried;
  if (tried) return connection ? address : NULL;
  tried = true;
  if (!find_programs() || geteuid() != 0) {
    puts("# no PostgreSQL: install the Debian package postgresql and run as root");
    return NULL;
  }
  (void)snprintf(folder, sizeof folder, "/tmp/propter-pg-XXXXXX");
  if (!mkdtemp(folder)) return NULL;
  bool runs = command("cd / && chown postgres %s && runuser -u postgres -- %s/initdb -D %s/data -A trust -E UTF8 --no-sync --locale=C.UTF-8 >/dev/null 2>&1",
                      folder, bin, folder) == 0;
  bool made = runs;
  /* Another program may have the port. */
  for (int i = 0; made && (i == 0 || (!runs && i < PORTS)); i++) {
    int port = 20000 + (int)((getpid() + i * 997) % 12000);
    (void)snprintf(address, sizeof address, "postgresql://postgres@127.0.0.1:%d/postgres", port);
    runs = command("cd / && runuser -u postgres -- %s/pg_ctl -D %s/data -w -o '-F -k %s -h 127.0.0.1 -p %d' -l %s/log start >/dev/null 2>&1", bin, folder,
                   folder, port, folder) == 0;
  }
  if (!runs) {
    puts("# no PostgreSQL: its server did not start; the end of its log:");
    (void)fflush(stdout);
    (void)command("tail -3 %s/log | sed 's/^/# /'; rm -rf %s", folder, folder);
    return NULL;
  }
  (void)atexit(stop);
  connection = PQconnectdb(address);
  (void)PQsetNoticeProcessor(connection, NULL, NULL);
  if (PQstatus(connection) == CONNECTION_OK) return address;
  printf("# no PostgreSQL: %s", PQerrorMessage(connection));
  PQfinish(connection);
  connection = NULL;
  return NULL;
}

static void ignore(void *payload, const char *message) { (void)payload, (void)message; }

static bool run(const char *sql) {
  (void)PQsetNoticeProcessor(connection, ignore, NULL);
  PGresult *r = PQexec(connection, sql);
  bool fine = PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK || PQresultStatus(r) == PGRES_EMPTY_QUERY;
  if (!fine && getenv("VERBOSE")) printf("# SQL: %s", PQerrorMessage(connection));
  PQclear(r);
  return fine;
}

static void replace_all(PropterBuf *text, const char *from, const char *to) {
  PropterBuf out = {0};
  PropterStr rest = propter_buf_str(text), what = propter_str(from);
  for (size_t at; (at = propter_str_find(rest, what)) != SIZE_MAX; rest.data += at + what.len, rest.len -= at + what.len) {
    propter_buf_add(&out, (PropterStr){rest.data, at});
    propter_buf_add(&out, propter_str(to));
  }
  propter_buf_add(&out, rest);
  propter_buf_clear(text);
  *text = out;
}

bool server_fill(const char *script, const char *const *replace) {
  PropterBuf text = {0};
  bool fine = run("DROP SCHEMA public CASCADE; CREATE SCHEMA public") && propter_io_read_file(script, 0, &text, NULL) == PROPTER_OK;
  for (; fine && replace && *replace; replace += 2) replace_all(&text, replace[0], replace[1]);
  fine = fine && (!text.len || run(text.data));
  propter_buf_clear(&text);
  return fine;
}

bool sqlite_fill(const char *path, const char *script, const char *const *replace) {
  PropterBuf text = {0};
  sqlite3 *db = NULL;
  (void)unlink(path);
  bool fine = propter_io_read_file(script, 0, &text, NULL) == PROPTER_OK && sqlite3_open(path, &db) == SQLITE_OK;
  for (; fine && replace && *replace; replace += 2) replace_all(&text, replace[0], replace[1]);
  fine = fine && (!text.len || sqlite3_exec(db, text.data, NULL, NULL, NULL) == SQLITE_OK);
  if (!fine && db && getenv("VERBOSE")) printf("# SQL: %s\n", sqlite3_errmsg(db));
  sqlite3_close(db);
  propter_buf_clear(&text);
  return fine;
}

/* --- MariaDB -------------------------------------------------------------------------------------------------------------------------- */

static char mysql_folder[64], mysql_address[400];
static int mysql_port;

static void mysql_stop(void) {
  (void)command("cd / && kill $(cat %s/pid) 2>/dev/null; while [ -e %s/pid ]; do sleep .1; done; rm -rf %s", mysql_folder, mysql_folder, mysql_folder);
}

const char *mysql_start(void) {
  static bool tried;
  glob_t g;
  if (tried) return *mysql_address ? mysql_address : NULL;
  tried = true;
  bool driver = glob("/usr/lib/*/odbc/libmaodbc.so", 0, NULL, &g) == 0 && g.gl_pathc > 0;
  char library[200];
  if (driver) (void)snprintf(library, sizeof library, "%s", g.gl_pathv[0]);
  globfree(&g);
  if (!driver || access("/usr/sbin/mariadbd", X_OK) != 0 || geteuid() != 0) {
    puts("# no MariaDB: install the Debian packages mariadb-server and odbc-mariadb and run as root");
    return NULL;
  }
  mysql_port = 10000 + (int)(getpid() % 10000);
  (void)snprintf(mysql_folder, sizeof mysql_folder, "/tmp/propter-mysql-XXXXXX");
  if (!mkdtemp(mysql_folder)) return NULL;
  if (command(
          "cd / && chown mysql %s && mariadb-install-db --no-defaults --user=mysql --datadir=%s/data --auth-root-authentication-method=normal >/dev/null 2>&1 && "
          "{ runuser -u mysql -- mariadbd --no-defaults --datadir=%s/data --socket=%s/socket --pid-file=%s/pid --bind-address=127.0.0.1 --port=%d "
          "--innodb-flush-log-at-trx-commit=0 >%s/log 2>&1 & } && "
          "i=0; while [ $i -lt 120 ]; do i=$((i + 1)); mariadb --no-defaults -h 127.0.0.1 -P %d -u root -e 'CREATE DATABASE IF NOT EXISTS test' "
          "2>/dev/null && exit 0; sleep .5; done; exit 1",
          mysql_folder, mysql_folder, mysql_folder, mysql_folder, mysql_folder, mysql_port, mysql_folder, mysql_port) != 0) {
    puts("# no MariaDB: its server did not start");
    (void)command("tail -n 3 %s/log 2>&1 | sed 's/^/# /'", mysql_folder);
    mysql_stop();
    return NULL;
  }
  (void)atexit(mysql_stop);
  (void)snprintf(mysql_address, sizeof mysql_address, "odbc:Driver=%s;Server=127.0.0.1;Port=%d;Database=test;charset=utf8mb4", library, mysql_port);
  return mysql_address;
}

bool mysql_fill(const char *script) {
  return command("mariadb --no-defaults -h 127.0.0.1 -P %d -u root -e 'DROP DATABASE test; CREATE DATABASE test' 2>/dev/null && "
                 "mariadb --no-defaults -h 127.0.0.1 -P %d -u root test <'%s' %s",
                 mysql_port, mysql_port, script, getenv("VERBOSE") ? "" : "2>/dev/null") == 0;
}
