#include <sys/prctl.h>
#include <sys/resource.h>

#include "app/secrecy.hpp"

namespace hearsay::app {

void forbid_dumps() {
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

}  // namespace hearsay::app
