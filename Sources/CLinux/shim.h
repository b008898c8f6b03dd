// What Swift cannot import from glibc and the kernel's headers: variadic functions, and what glibc declares for
// _GNU_SOURCE only (Swift's Glibc module is built without it, so those are declared here again).
#pragma once

#include <fcntl.h>
#include <linux/types.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

/// Landlock has system calls but no functions in glibc, and `syscall` is variadic. The headers of Debian 12 know two
/// of the kernel's versions, so the structure is declared here as later kernels read it: what an older one does not
/// know has to be zero, or left out by a smaller `size`.
struct gathering_landlock_ruleset {
    __u64 files;
    __u64 network;
    __u64 scoped;
};

struct gathering_landlock_path {
    __u64 access;
    __s32 directory;
} __attribute__((packed));

/// The number of the interface that the kernel offers, or -1 with `errno`.
static inline int gathering_landlock_version(void) {
    return (int)syscall(SYS_landlock_create_ruleset, (void *)0, (size_t)0, 1U);
}

/// A new descriptor (close-on-exec), or -1.
static inline int gathering_landlock_create(const struct gathering_landlock_ruleset *rules, size_t size) {
    return (int)syscall(SYS_landlock_create_ruleset, rules, size, 0U);
}

/// Adds a rule of the kind "path beneath" (1).
static inline int gathering_landlock_allow(int ruleset, const struct gathering_landlock_path *rule) {
    return (int)syscall(SYS_landlock_add_rule, ruleset, 1, rule, 0U);
}

static inline int gathering_landlock_restrict(int ruleset) {
    return (int)syscall(SYS_landlock_restrict_self, ruleset, 0U);
}

/// `prctl` is variadic. No program that this process starts gains rights by set-user-ID or capabilities.
static inline int gathering_forbid_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

/// `close_range` is declared for _GNU_SOURCE only.
extern int close_range(unsigned int first, unsigned int last, int flags);

/// `O_PATH` is defined for _GNU_SOURCE only; its number is that of all architectures Swift runs on.
static const int gathering_open_path = 010000000;

/// Swift's Glibc module marks `fork` as unavailable, because a child of a process with threads may do next to nothing.
/// To be called while there is one thread.
static inline pid_t gathering_fork(void) { return fork(); }

/// `prlimit` is declared for _GNU_SOURCE only. Limits the size of each file that a process and those it starts write:
/// setrlimit(2), RLIMIT_FSIZE. 0, or -1 with `errno`.
static inline int gathering_limit_file_size(pid_t pid, __u64 bytes) {
    const __u64 limit[2] = {bytes, bytes};
    return (int)syscall(SYS_prlimit64, pid, RLIMIT_FSIZE, limit, (void *)0);
}

/// `malloc.h` is not part of Swift's Glibc module.
extern int malloc_trim(size_t pad);
static inline void gathering_trim_heap(void) { malloc_trim(0); }

/// setpriority(2) with 0 means the calling thread here, not the process. Higher numbers give way to lower ones; there is
/// no way back without rights.
static inline int gathering_set_thread_niceness(int niceness) { return setpriority(PRIO_PROCESS, 0, niceness); }
