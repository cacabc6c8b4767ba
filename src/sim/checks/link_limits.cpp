#include "sim/checks/link_limits.hpp"

#include <algorithm>

#include "base/limits/discovery.hpp"
#include "base/limits/frames.hpp"
#include "base/limits/items.hpp"
#include "base/limits/links.hpp"
#include "base/limits/relay.hpp"
#include "core/messages.hpp"
#include "sim/frames.hpp"

namespace hearsay::sim {
namespace {

namespace limits = base::limits;

constexpr std::uint32_t spins_max = 1000;

}  // namespace

void LinkLimits::on_timer(std::uint32_t at) {
    timers_.resize(view_.nodes.size());
    Timer& timer = timers_[at];
    timer.more = timer.at == view_.now() ? timer.more + 1 : 0;
    timer.at = view_.now();
    if (timer.more <= spins_max || spins_) return;
    spins_ = true;
    failures_.add(at,
                  "its timer spins: next_deadline() names a moment at which nothing is left to do");
}

void LinkLimits::on_applied(std::uint32_t at, const core::Input& input,
                            const core::Effects& effects) {
    const auto fail = [&](const std::string& what) { failures_.add(at, what); };
    std::size_t swept = 0;
    for (const core::Effect& effect : effects) {
        if (const auto* send = std::get_if<core::Send>(&effect)) check_sent(at, *send);
        const auto* forget = std::get_if<core::Forget>(&effect);
        swept += forget && forget->reason == core::ForgetReason::expired ? 1 : 0;
        const auto* sweep = std::get_if<core::Sweep>(&effect);
        if (sweep && sweep->most > limits::sweep_memories_max) fail("S6: a sweep over the limit");
        const auto* dialled = std::get_if<core::Dial>(&effect);
        if (dialled &&
            (dialled->patience < limits::dial_wait_first || dialled->patience > limits::dial_wait))
            fail("S6: a dial with too little or too much patience");
    }
    if (swept > limits::sweep_items_max) fail("S6: more items forgotten in a step than the limit");
    if (view_.nodes[at].engine->core().verifying() > limits::verifying_items_max)
        fail("S6: more verifications than the limit");
    const auto* received = std::get_if<core::FrameReceived>(&input);
    const bool greeted = received && kind_of(received->frame) == frame_hello;
    if (greeted || std::holds_alternative<core::LinkUp>(input)) check_links(at);
}

// By the rules of core/links/links.hpp and core/discovery/discovery.hpp.
void LinkLimits::check_links(std::uint32_t at) {
    const auto fail = [&](const std::string& what) { failures_.add(at, what); };
    // A look-up, what else is due, and a bootstrapper.
    constexpr std::size_t visits_most = limits::lookup_paths + limits::visits_max + 1;
    const core::Node& core = view_.nodes[at].engine->core();
    const core::Discovery& discovery = core.discovery();
    const core::DiscoverySettings& settings = discovery.settings();
    std::size_t outbound = 0, visits = 0, inbound = 0, asking = 0, anonymous = 0, ungreeted = 0;
    for (const auto& [id, link] : core.links().all()) {
        if (link.outbound)
            ++(link.visit ? visits : outbound);
        else if (!link.greeted())
            ++ungreeted;
        else
            ++(link.anonymous() ? anonymous : link.visit ? asking : inbound);
    }
    if (outbound > settings.degree) fail("S6: more outbound links than the limit");
    if (visits > visits_most) fail("S6: more visits at once than the limit");
    if (inbound > settings.max_connections - settings.degree)
        fail("S6: more inbound links than the limit");
    if (std::max(asking, anonymous) > limits::passing_links_max ||
        ungreeted > limits::ungreeted_links_max)
        fail("S6: more passing or silent links than the limit");
    if (discovery.peers().size() > limits::known_peers_max)
        fail("S6: more known peers than the limit");
    // Those that came by themselves and those of the settings are sources, too.
    constexpr std::size_t sources_most = limits::candidate_sources_max + 2;
    if (discovery.candidates().sources() > sources_most ||
        discovery.candidates().size() > sources_most * limits::candidates_per_source_max)
        fail("S6: more candidates than the limit");
}

void LinkLimits::check_sent(std::uint32_t at, const core::Send& send) {
    constexpr std::size_t ahead_max =
        limits::relay_ahead_bytes + 2 * limits::exchange_piece_bytes + 4 * limits::frame_bytes_max;
    Wire* wire = wires_.find(static_cast<std::uint64_t>(send.link));
    if (!wire || send.frame->empty()) return;
    WireEnd& end = wire->ends[wire->end_of(at)];
    if (!end.open) return;
    const bool is_hello = kind_of(*send.frame) == frame_hello;
    if (is_hello == end.hello)
        failures_.add(at, is_hello ? "S6: a second Hello" : "S6: a frame before its Hello");
    end.hello = true;
    check_questions(at, *wire, send.frame);
    if (end.ahead > ahead_max) failures_.add(at, "S6: too much sent to a link that does not read");
    check_round(at, end, send.frame);
}

void LinkLimits::check_questions(std::uint32_t at, Wire& wire, const core::FramePtr& frame) {
    WireEnd& end = wire.ends[wire.end_of(at)];
    if (kind_of(*frame) == frame_find) {
        const std::int64_t may =
            limits::find_burst + (view_.now() - wire.since) / limits::find_every;
        if (static_cast<std::int64_t>(++end.finds) > may)
            failures_.add(at, "S6: more questions over a link than the limit");
    }
    if (kind_of(*frame) == frame_contacts && ++end.contacts > wire.ends[1 - wire.end_of(at)].finds)
        failures_.add(at, "S6: an answer that nobody asked for");
}

void LinkLimits::check_round(std::uint32_t at, WireEnd& end, const core::FramePtr& frame) {
    const int field = kind_of(*frame);
    if (field == frame_compare) {
        if (end.compared && view_.now() - *end.compared < limits::compare_wait_least)
            failures_.add(at, "S6: rounds follow one another too soon");
        end.compared = view_.now();
        end.mores = 0;
    } else if (field == frame_more) {
        if (++end.mores > limits::batches_max)
            failures_.add(at, "S6: it asks for more symbols too often");
    } else if (field == frame_symbols) {
        const auto message = core::parse(*frame);
        if (message) end.symbols += std::get<core::Symbols>(*message).symbols.size();
        if (end.symbols > limits::symbols_max)
            failures_.add(at, "S6: more symbols in a round than the limit");
    }
}

}  // namespace hearsay::sim
