// What Swift cannot import from glibc and the kernel's headers: variadic functions, and what glibc declares for
// _GNU_SOURCE only (Swift's Glibc module is built without it, so those are declared here again).
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/// `open` is variadic.
static inline int gathering_open(const char *path, int flags, mode_t mode) {
    return open(path, flags, mode);
}

/// `sys/pidfd.h` is not part of Swift's Glibc module. The descriptor is close-on-exec.
static inline int gathering_pidfd_open(pid_t pid) {
    return pidfd_open(pid, 0);
}

extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);

/// POSIX_SPAWN_SETSID of glibc 2.26 and later.
static const int gathering_spawn_setsid = 0x80;
/// `prctl` is variadic. Names the calling thread, for `/proc` and debuggers.
static inline int gathering_name_thread(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }
