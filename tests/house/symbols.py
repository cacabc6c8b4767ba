#!/usr/bin/env python3
"""Fails if a pure room's archive reaches for the world: usage symbols.py [--nm NM] ROOM=ARCHIVE...

What counts is what the archive itself asks the linker for (nm -u), so a header that merely declares
a clock is harmless, and one that calls it inline is not. Not wanted, in any room given:
  clocks, randomness, sockets and polling, threads and locks, processes, files, the environment, and
  names of rooms to the right.
Rooms right of base must not print either; base may say one last sentence when a bug of ours ends
the process.
"""
import re
import subprocess
import sys

import rooms

# C names, whole: a match must be the symbol, with or without glibc's version.
C_NAMES = {
    "clock": (
        "time clock times ftime gettimeofday clock_gettime clock_getres timespec_get localtime "
        "localtime_r gmtime gmtime_r mktime strftime tzset sleep usleep nanosleep clock_nanosleep "
        "alarm setitimer timer_create timerfd_create"
    ),
    "randomness": (
        "rand rand_r srand random random_r srandom drand48 lrand48 mrand48 erand48 getrandom "
        "getentropy arc4random arc4random_buf arc4random_uniform RAND_bytes RAND_priv_bytes "
        "RAND_bytes_ex RAND_priv_bytes_ex RAND_seed"
    ),
    "socket": (
        "socket socketpair connect bind listen accept accept4 send sendto sendmsg sendmmsg recv "
        "recvfrom recvmsg recvmmsg shutdown getsockopt setsockopt getpeername getsockname "
        "getaddrinfo getnameinfo gethostbyname gethostbyname_r poll ppoll select pselect "
        "epoll_create epoll_create1 epoll_ctl epoll_wait eventfd pipe pipe2 ioctl"
    ),
    "thread": "thrd_create mtx_lock cnd_wait sem_wait sem_post sched_yield",
    "process": (
        "fork vfork clone execve execv execvp execl execlp posix_spawn posix_spawnp system popen "
        "waitpid kill raise signal sigaction syscall dlopen dlsym"
    ),
    "file": (
        "open open64 openat openat64 creat read pread pread64 write pwrite pwrite64 readv writev "
        "close fopen fopen64 freopen fdopen fread fgets fgetc getc getline stat stat64 fstat "
        "fstat64 lstat access opendir readdir mkdir unlink rename remove tmpfile mkstemp mmap "
        "mmap64 mlock fsync fdatasync"
    ),
    "environment": (
        "getenv secure_getenv setenv putenv gethostname uname getpid getppid getuid getlogin "
        "sysconf"
    ),
}
# Demangled C++ names and families, by how they begin.
PREFIXES = {
    "clock": ("std::chrono::",),
    "randomness": ("std::random_device", "hearsay::crypto::system_random", "EVP_RAND_", "RAND_"),
    "socket": ("event_", "evutil_", "bufferevent_", "evbuffer_", "SSL_", "BIO_"),
    "thread": (
        "pthread_", "std::thread", "std::this_thread", "std::jthread", "std::condition_variable",
        "std::mutex", "std::__future_base", "std::call_once", "std::__once_",
    ),
    "file": (
        "std::basic_ifstream", "std::basic_ofstream", "std::basic_fstream", "std::basic_filebuf",
        "std::filesystem", "mdb_",
    ),
}
PRINTING = {
    "output": (
        "printf fprintf vprintf vfprintf dprintf puts fputs putchar putc fputc fwrite perror "
        "syslog stdout stderr stdin __printf_chk __fprintf_chk __vfprintf_chk"
    ),
}
PRINTING_PREFIXES = {
    "output": (
        "std::cout", "std::cerr", "std::clog", "std::cin", "std::basic_ostream", "std::ostream"
    )
}
ABI_TAG = re.compile(r"\[abi:[^\]]*\]")


def whole(table):
    return {name: kind for kind, names in table.items() for name in names.split()}


def undefined(nm, archive):
    """(object, demangled name) of everything the archive does not define itself."""
    run = subprocess.run([nm, "-u", "-C", archive], capture_output=True, text=True, check=True)
    object_name = archive
    for line in run.stdout.splitlines():
        if line.endswith(":"):
            object_name = line[:-1]
            continue
        found = re.match(r"\s*[Uwv]\s+(.*)", line)
        if found:
            yield object_name, found.group(1).strip()


def judge(room, name):
    """Why this room must not ask for this symbol, or None."""
    plain = ABI_TAG.sub("", name).split("@")[0]
    # "vtable for std::thread::..." and "guard variable for ..." are about what they name.
    plain = re.sub(
        r"^(vtable|VTT|typeinfo|typeinfo name|guard variable|construction vtable) for ", "", plain
    )
    names, prefixes = whole(C_NAMES), dict(PREFIXES)
    if room != "base":
        names.update(whole(PRINTING))
        prefixes.update(PRINTING_PREFIXES)
    # Fortified glibc calls the checked name: __read_chk for read.
    fortified = re.match(r"__(\w+?)(_chk)?$", plain)
    for candidate in {plain, fortified.group(1) if fortified and "(" not in plain else plain}:
        if candidate in names:
            return names[candidate]
    # A function template's name begins with what it returns:
    # look at every name in it that is called.
    for kind, starts in prefixes.items():
        if plain.startswith(starts):
            return kind
    if "std::chrono::" in plain and "::now()" in plain:
        return "clock"
    other = re.match(r"hearsay::(\w+)::", plain)
    if other and other.group(1) in rooms.MAY_SEE:
        if other.group(1) != room and other.group(1) not in rooms.MAY_SEE[room]:
            return f"room to the right ({other.group(1)})"
    return None


def main():
    arguments = sys.argv[1:]
    nm = "nm"
    if arguments[:1] == ["--nm"] and len(arguments) > 1:
        nm, arguments = arguments[1], arguments[2:]
    if not arguments or any("=" not in argument for argument in arguments):
        sys.exit(__doc__)
    problems = 0
    for argument in arguments:
        room, archive = argument.split("=", 1)
        if room not in rooms.MAY_SEE:
            sys.exit(f"symbols: {room} is not a room")
        symbols = sorted(set(undefined(nm, archive)))
        if not symbols:
            print(f"{room}: {archive} asks for nothing at all; that is no archive of ours")
            problems += 1
        for object_name, name in symbols:
            kind = judge(room, name)
            if kind:
                print(f"{room}: {object_name} asks for {name} ({kind})")
                problems += 1
        print(f"symbols: {room}, {len(symbols)} looked at")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
