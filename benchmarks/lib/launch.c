/* Runs a command and writes what it took into a file: launch FILE COMMAND [ARGUMENT...]

   The runner can't start programs itself: Linux counts the memory that a process had before its `exec` into its peak,
   so that each program would seem as large as the Python that started it. This one is small.

   The file gets one line: the elapsed nanoseconds, the CPU time in microseconds, the peak resident memory in KiB,
   and the exit status, negative for a signal. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long microseconds(struct timeval time) {
    return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int count, char **arguments) {
    if (count < 3) {
        fprintf(stderr, "usage: launch FILE COMMAND [ARGUMENT...]\n");
        return 2;
    }

    long long start = nanoseconds();
    pid_t child = fork();
    if (child < 0) {
        perror("fork");
        return 2;
    }
    if (child == 0) {
        execvp(arguments[2], arguments + 2);
        fprintf(stderr, "%s: %s\n", arguments[2], strerror(errno));
        _exit(127);
    }

    int status;
    struct rusage usage;
    while (wait4(child, &status, 0, &usage) < 0) {
        if (errno != EINTR) {
            perror("wait4");
            return 2;
        }
    }
    long long elapsed = nanoseconds() - start;

    FILE *file = fopen(arguments[1], "w");
    if (!file) {
        perror(arguments[1]);
        return 2;
    }
    fprintf(file, "%lld %lld %ld %d\n", elapsed, microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
            usage.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
    return fclose(file) == 0 ? 0 : 2;
}
