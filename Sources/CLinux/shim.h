// What Swift cannot import from glibc and the kernel's headers: variadic functions.
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/// `open` is variadic.
static inline int gathering_open(const char *path, int flags, mode_t mode) {
    return open(path, flags, mode);
}
