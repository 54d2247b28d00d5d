// Loaded into the server (LD_PRELOAD) by headwater-faults: lets calls on files of one folder fail, and the
// wall clock jump. What fails is read from a small file that the harness rewrites while the server runs.
//
// FAULTS_CONTROL names that file (`struct control`, mapped shared), FAULTS_UNDER the folder. Without them every
// call is passed on. The layout is written by ../preload.rs: change both.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, OPEN = 4, TRUNCATE = 8, READ = 16, RENAME = 32, UNLINK = 64 };

// Instead of an errno: do nothing and say it was done; write half of it.
enum { PRETEND = 0, SHORT = -1 };

struct rule {
    _Atomic uint32_t armed;
    uint32_t calls;       // which calls, a set of the bits above
    int32_t error;        // errno, PRETEND or SHORT
    uint32_t every;       // each every-th of the calls after the first ones
    uint64_t after;       // so many pass first
    uint64_t times;       // so many fail; 0: no end
    _Atomic uint64_t seen, failed;
    uint64_t from, until; // of reads and writes at a place: only those that touch these bytes; until 0: all
    char pattern[448];    // of the path below the folder, as in fnmatch(3)
};

struct control {
    _Atomic int64_t clock; // seconds that the wall clock is ahead
    char unused[504];
    struct rule rules[7];
};

_Static_assert(sizeof(struct rule) == 512 && sizeof(struct control) == 4096, "preload.rs writes this layout");

static struct control *control;
static const char *under;
static size_t under_length;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULTS_CONTROL");
    under = getenv("FAULTS_UNDER");
    if (!path || !under) return;
    under_length = strlen(under);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    void *at = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (at != MAP_FAILED) control = at;
}

// 1: the call is to fail with errno, 2: nothing is to be done, 3: half of it; 0: as ever.
static int fails_between(uint32_t call, const char *path, uint64_t from, uint64_t until) {
    if (!control || !path || strncmp(path, under, under_length) || path[under_length] != '/') return 0;
    for (int i = 0; i < 7; i++) {
        struct rule *rule = &control->rules[i];
        if (!atomic_load(&rule->armed) || !(rule->calls & call)) continue;
        if (fnmatch(rule->pattern, path + under_length + 1, 0)) continue;
        if (rule->until && (until <= rule->from || from >= rule->until)) continue;
        uint64_t seen = atomic_fetch_add(&rule->seen, 1);
        if (seen < rule->after || (seen - rule->after) % rule->every) continue;
        if (rule->times && atomic_load(&rule->failed) >= rule->times) continue;
        atomic_fetch_add(&rule->failed, 1);
        if (rule->error == PRETEND) return 2;
        if (rule->error == SHORT) return 3;
        errno = rule->error;
        return 1;
    }
    return 0;
}

static int fails(uint32_t call, const char *path) { return fails_between(call, path, 0, 0); }

static int armed(uint32_t call) {
    if (!control) return 0;
    for (int i = 0; i < 7; i++)
        if (atomic_load(&control->rules[i].armed) && (control->rules[i].calls & call)) return 1;
    return 0;
}

static int fails_at(uint32_t call, int fd, uint64_t from, uint64_t count) {
    if (!armed(call)) return 0;
    int kept = errno;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = kept;
    if (length < 0) return 0;
    path[length] = 0;
    return fails_between(call, path, from, from + count);
}

#define NEXT(name) \
    static __typeof__(name) *next; \
    if (!next) next = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

// Calls that move `count` bytes: half of it is a count of its own.
#define MOVES(call, name, parameters, at, all, half) \
    ssize_t name parameters { \
        NEXT(name); \
        switch (fails_at(call, fd, at, count)) { \
        case 1: return -1; \
        case 2: return (ssize_t)count; \
        case 3: if (count > 1) return next half; errno = ENOSPC; return -1; \
        } \
        return next all; \
    }

MOVES(WRITE, write, (int fd, const void *bytes, size_t count), 0, (fd, bytes, count), (fd, bytes, count / 2))
MOVES(WRITE, pwrite, (int fd, const void *bytes, size_t count, off_t at), at, (fd, bytes, count, at), (fd, bytes, count / 2, at))
MOVES(WRITE, pwrite64, (int fd, const void *bytes, size_t count, off64_t at), at, (fd, bytes, count, at), (fd, bytes, count / 2, at))
MOVES(READ, read, (int fd, void *bytes, size_t count), 0, (fd, bytes, count), (fd, bytes, count / 2))
MOVES(READ, pread, (int fd, void *bytes, size_t count, off_t at), at, (fd, bytes, count, at), (fd, bytes, count / 2, at))
MOVES(READ, pread64, (int fd, void *bytes, size_t count, off64_t at), at, (fd, bytes, count, at), (fd, bytes, count / 2, at))

// Calls on an open file that move lists of bytes, or none.
#define DOES(call, kind, name, parameters, all) \
    kind name parameters { \
        NEXT(name); \
        int how = fails_at(call, fd, 0, 0); \
        if (how) return how == 2 ? 0 : -1; \
        return next all; \
    }

DOES(WRITE, ssize_t, writev, (int fd, const struct iovec *list, int count), (fd, list, count))
DOES(WRITE, ssize_t, pwritev, (int fd, const struct iovec *list, int count, off_t at), (fd, list, count, at))
DOES(WRITE, ssize_t, pwritev64, (int fd, const struct iovec *list, int count, off64_t at), (fd, list, count, at))
DOES(READ, ssize_t, readv, (int fd, const struct iovec *list, int count), (fd, list, count))
DOES(SYNC, int, fsync, (int fd), (fd))
DOES(SYNC, int, fdatasync, (int fd), (fd))
DOES(SYNC, int, sync_file_range, (int fd, off64_t at, off64_t count, unsigned how_), (fd, at, count, how_))
DOES(TRUNCATE, int, ftruncate, (int fd, off_t length), (fd, length))
DOES(TRUNCATE, int, ftruncate64, (int fd, off64_t length), (fd, length))
DOES(TRUNCATE, int, fallocate, (int fd, int mode, off_t at, off_t count), (fd, mode, at, count))
DOES(TRUNCATE, int, fallocate64, (int fd, int mode, off64_t at, off64_t count), (fd, mode, at, count))

// These say their error instead of setting it.
#define SAYS(name, kind) \
    int name(int fd, kind at, kind count) { \
        NEXT(name); \
        int how = fails_at(TRUNCATE, fd, 0, 0); \
        if (how) return how == 2 ? 0 : errno; \
        return next(fd, at, count); \
    }

SAYS(posix_fallocate, off_t)
SAYS(posix_fallocate64, off64_t)

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        NEXT(name); \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = va_arg(more, mode_t); \
        va_end(more); \
        return fails(OPEN, path) ? -1 : next(path, flags, mode); \
    }

#define OPENS_AT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        NEXT(name); \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = va_arg(more, mode_t); \
        va_end(more); \
        return fails(OPEN, path) ? -1 : next(folder, path, flags, mode); \
    }

OPENS(open)
OPENS(open64)
OPENS_AT(openat)
OPENS_AT(openat64)

int rename(const char *from, const char *to) {
    NEXT(rename);
    int how = fails(RENAME, to);
    if (how) return how == 2 ? 0 : -1;
    return next(from, to);
}

int unlink(const char *path) {
    NEXT(unlink);
    int how = fails(UNLINK, path);
    if (how) return how == 2 ? 0 : -1;
    return next(path);
}

// The wall clock alone: a step of NTP or of a person moves nothing else.
int clock_gettime(clockid_t which, struct timespec *now) {
    NEXT(clock_gettime);
    int said = next(which, now);
    if (!said && control && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) now->tv_sec += atomic_load(&control->clock);
    return said;
}

int gettimeofday(struct timeval *now, void *zone) {
    NEXT(gettimeofday);
    int said = next(now, zone);
    if (!said && control && now) now->tv_sec += atomic_load(&control->clock);
    return said;
}

time_t time(time_t *at) {
    NEXT(time);
    time_t now = next(NULL) + (control ? atomic_load(&control->clock) : 0);
    if (at) *at = now;
    return now;
}
