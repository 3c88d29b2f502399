/* Stands before the C library of a server: its clock of the day is ahead by as many seconds as the file says that
 * SERVER_CLOCK names. Other clocks, by which waits are measured, stay as they are, as when an operator sets the time. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const volatile long long *ahead;

__attribute__((constructor)) static void look(void)
{
    const char *path = getenv("SERVER_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *seconds = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
    if (seconds != MAP_FAILED)
        ahead = seconds;
    close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int outcome = (int)syscall(SYS_clock_gettime, clock, now);
    if (outcome == 0 && clock == CLOCK_REALTIME && ahead)
        now->tv_sec += *ahead;
    return outcome;
}
