/* A wall clock that a test can move, for one process: preloaded, it adds the seconds in the file that CHAOS_CLOCK names.

   The clocks of the machine, of the kernel's own timers and of the servers stay as they are. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define SINCE_1970 1000000000 /* no monotonic clock has got there */

static const volatile long long *ahead;

__attribute__((constructor)) static void find(void) {
    const char *path = getenv("CHAOS_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) ahead = mapped;
}

static long long seconds_ahead(void) { return ahead ? *ahead : 0; }

int clock_gettime(clockid_t clock, struct timespec *now) {
    long failed = syscall(SYS_clock_gettime, clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += seconds_ahead();
    return (int)failed;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec precise;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *where) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (where) *where = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *now, int base) { return clock_gettime(CLOCK_REALTIME, now) ? 0 : base; }

/* The kernel waits for a deadline by its own clock, which does not jump: so it waits a little at a time, and looks. */
#define LOOK_NANOSECONDS 50000000LL

static long long nanoseconds(const struct timespec *time) { return time->tv_sec * 1000000000LL + time->tv_nsec; }

/* The deadline, or the next look if that is earlier, by the kernel's clock; whether it is the deadline. */
static int next_look(const struct timespec *deadline, struct timespec *look) {
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    long long due = nanoseconds(deadline) - seconds_ahead() * 1000000000LL;
    long long then = nanoseconds(&now) + LOOK_NANOSECONDS;
    long long sooner = due < then ? due : then;
    look->tv_sec = sooner < 0 ? 0 : sooner / 1000000000LL;
    look->tv_nsec = sooner < 0 ? 0 : sooner % 1000000000LL;
    return due <= then;
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *deadline) {
    static int (*original)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    if (!original) *(void **)&original = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (!original) *(void **)&original = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    if (deadline->tv_sec < SINCE_1970) return original(condition, mutex, deadline);
    for (;;) {
        struct timespec look;
        int is_due = next_look(deadline, &look), result = original(condition, mutex, &look);
        if (result != ETIMEDOUT || is_due) return result;
    }
}

/* librdkafka waits by this one. */
int cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *deadline) {
    static int (*original)(cnd_t *, mtx_t *, const struct timespec *);
    if (!original) *(void **)&original = dlsym(RTLD_NEXT, "cnd_timedwait");
    for (;;) {
        struct timespec look;
        int is_due = next_look(deadline, &look), result = original(condition, mutex, &look);
        if (result != thrd_timedout || is_due) return result;
    }
}
