#include "sandbox/filter.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <sched.h>
#include <seccomp.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

namespace hearsay::sandbox {
namespace {

// By name: a library that is older than a call leaves it out.
constexpr const char* nobody_needs[] = {
    // other processes
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd",
    // large interfaces of the kernel that are attacked rather than used
    "io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "perf_event_open",
    "userfaultfd", "lookup_dcookie", "vmsplice", "modify_ldt", "personality", "uselib", "ustat",
    "sysfs", "_sysctl", "vm86", "vm86old", "remap_file_pages",
    // keyrings
    "add_key", "request_key", "keyctl",
    // namespaces and file systems
    "unshare", "setns", "mount", "umount", "umount2", "pivot_root", "chroot", "fsopen", "fsconfig",
    "fsmount", "fspick", "move_mount", "open_tree", "mount_setattr", "name_to_handle_at",
    "open_by_handle_at", "fanotify_init", "quotactl", "quotactl_fd", "mknod", "mknodat", "swapon",
    "swapoff", "nfsservctl",
    // the machine
    "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot",
    "settimeofday", "stime", "clock_settime", "clock_settime64", "adjtimex", "clock_adjtime",
    "clock_adjtime64", "sethostname", "setdomainname", "iopl", "ioperm", "syslog", "acct",
    "vhangup",
    // who one is
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid",
    "setgroups", "capset", "setuid32", "setgid32", "setreuid32", "setregid32", "setresuid32",
    "setresgid32", "setfsuid32", "setfsgid32", "setgroups32"};

constexpr const char* programs[] = {"execve", "execveat", "fork", "vfork"};

constexpr const char* signals[] = {"kill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"};

constexpr std::uint64_t low_word = 0xffffffff;

class Filter {
public:
    Filter() : context_(seccomp_init(SCMP_ACT_ALLOW)) {
        if (!context_) {
            fail(-ENOMEM);
            return;
        }
        set(SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
        set(SCMP_FLTATR_CTL_TSYNC, 1);
        set(SCMP_FLTATR_CTL_NNP, 1);
    }

    template <std::size_t size>
    void refuse(const char* const (&names)[size]) {
        for (const char* name : names) refuse(name, {});
    }
    void refuse(const char* name, std::initializer_list<scmp_arg_cmp> when, int with = EPERM) {
        const int number = seccomp_syscall_resolve_name(name);
        if (number == __NR_SCMP_ERROR || error_ != 0) return;
        const auto refusal = SCMP_ACT_ERRNO(static_cast<std::uint16_t>(with));
        // Not an exact one: where the kernel has the call in another form, that one is refused.
        fail(seccomp_rule_add_array(context_.get(), refusal, number,
                                    static_cast<unsigned>(when.size()), when.begin()));
    }
    int load() {
        if (error_ == 0) fail(seccomp_load(context_.get()));
        return error_;
    }

private:
    struct Release {
        void operator()(void* context) const { seccomp_release(context); }
    };
    void set(scmp_filter_attr attribute, std::uint32_t value) {
        if (error_ == 0) fail(seccomp_attr_set(context_.get(), attribute, value));
    }
    void fail(int result) {
        if (result < 0 && error_ == 0) error_ = result;
    }

    std::unique_ptr<void, Release> context_;
    int error_ = 0;
};

scmp_arg_cmp argument(unsigned at, scmp_compare how, std::uint64_t one, std::uint64_t two = 0) {
    return {at, how, one, two};
}

void refuse_programs(Filter& filter) {
    filter.refuse(programs);
    // Threads stay. The flags of clone3 are behind a pointer, which no filter follows; glibc takes
    // clone where there is no clone3.
#ifdef __s390x__
    constexpr unsigned flags = 1;
#else
    constexpr unsigned flags = 0;
#endif
    filter.refuse("clone", {argument(flags, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)});
    filter.refuse("clone3", {}, ENOSYS);
}

void refuse_network(Filter& filter) {
    filter.refuse("socket", {argument(0, SCMP_CMP_NE, AF_UNIX)});
    filter.refuse("socketpair", {argument(0, SCMP_CMP_NE, AF_UNIX)});
}

void refuse_new_code(Filter& filter) {
    for (const char* name : {"mmap", "mmap2", "mprotect", "pkey_mprotect"})
        filter.refuse(name, {argument(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC)});
    filter.refuse("shmat", {});
}

void refuse_typing(Filter& filter) {
    for (const std::uint64_t request : {TIOCSTI, TIOCLINUX})
        filter.refuse("ioctl", {argument(1, SCMP_CMP_MASKED_EQ, low_word, request)});
}

}  // namespace

base::Result<void> confine(Confined what) {
    Filter filter;
    filter.refuse(nobody_needs);
    refuse_typing(filter);
    if (what == Confined::node || what == Confined::tor) refuse_programs(filter);
    if (what == Confined::node) {
        refuse_network(filter);
        refuse_new_code(filter);
        filter.refuse(signals);
    }
    const int result = filter.load();
    if (result == 0) return {};
    return base::fail(base::ErrorCode::unavailable,
                      std::string("the kernel takes no seccomp filter: ") + std::strerror(-result));
}

}  // namespace hearsay::sandbox
