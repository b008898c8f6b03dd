// What Swift cannot import from SQLite: a variadic function and a macro that casts an integer to a function.
#pragma once

#include <sqlite3.h>

/// `sqlite3_db_config` is variadic.
static inline int gathering_sqlite_configure(sqlite3 *database, int option, int value) {
    return sqlite3_db_config(database, option, value, (int *)0);
}

/// `SQLITE_TRANSIENT` is a macro with a cast: SQLite copies the bytes before the call returns.
static inline int gathering_sqlite_bind_text(sqlite3_stmt *statement, int position, const char *text, sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, position, text, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// The same macro.
static inline int gathering_sqlite_bind_blob(sqlite3_stmt *statement, int position, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, position, bytes, count, SQLITE_TRANSIENT);
}
