#include "app/node/confinement.hpp"

#include <algorithm>

#include "sandbox/filter.hpp"
#include "tor/child.hpp"

namespace hearsay::app {
namespace {

// tor-child PID [CONFINEMENT]; what Tor's room knows of is the first two.
int become_tor(int argc, char** argv) {
    constexpr int words_of_tor = 3;
    if (argc == words_of_tor + 1) {
        const auto how = sandbox::confinement_of(argv[words_of_tor]);
        if (how && *how != sandbox::Confinement::none)
            (void)sandbox::confine(*how == sandbox::Confinement::with_transports
                                       ? sandbox::Confined::tor_with_transports
                                       : sandbox::Confined::tor);
        argc = words_of_tor;
    }
    return tor::run_tor_child(argc, argv);
}

}  // namespace

bool is_own_child(int argc, char** argv) {
    return tor::is_tor_child(argc, argv) || sandbox::is_helper(argc, argv);
}

int run_own_child(int argc, char** argv) {
    if (tor::is_tor_child(argc, argv)) return become_tor(argc, argv);
    return sandbox::run_helper(argc, argv, std::string(tor::child_command),
                               [](std::uint16_t port) -> base::Result<sandbox::Bound> {
                                   auto bound = api::bind_loopback(port);
                                   if (!bound) return std::unexpected(bound.error());
                                   return sandbox::Bound{bound->port, std::move(bound->sockets)};
                               });
}

base::Result<Confinement> Confinement::begin(bool wanted,
                                             const std::vector<tor::ConfigLine>& lines) {
    const bool transports =
        std::ranges::find(lines, "ClientTransportPlugin", &tor::ConfigLine::option) != lines.end();
    auto helper = sandbox::Helper::start("/proc/self/exe",
                                         !wanted      ? sandbox::Confinement::none
                                         : transports ? sandbox::Confinement::with_transports
                                                      : sandbox::Confinement::without_programs);
    if (!helper) return std::unexpected(helper.error());
    Confinement out;
    out.wanted_ = wanted;
    out.helper_ = std::move(*helper);
    return out;
}

tor::Spawner Confinement::spawner() const {
    return [helper = helper_](const tor::ChildDescriptors& passed) {
        return helper->start_tor({passed.null, passed.log, passed.control, passed.directory});
    };
}

std::function<base::Result<api::Loopback>(std::uint16_t)> Confinement::binder() const {
    return [helper = helper_](std::uint16_t port) -> base::Result<api::Loopback> {
        auto bound = helper->bind_loopback(port);
        if (!bound) return std::unexpected(bound.error());
        return api::Loopback{bound->port, std::move(bound->sockets)};
    };
}

void Confinement::close() {
    if (!wanted_) return;
    const auto confined = sandbox::confine(sandbox::Confined::node);
    state_ = confined ? "on" : confined.error().text;
}

}  // namespace hearsay::app
