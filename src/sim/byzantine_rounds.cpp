// What byzantine peers say when sets are compared (docs/protocol.md, section 7).
#include <algorithm>

#include "base/encoding.hpp"
#include "base/limits/frames.hpp"
#include "sim/byzantine.hpp"

namespace hearsay::sim {
namespace {

namespace limits = base::limits;

constexpr std::size_t symbols_of_promises = 200;

// Of all that a promiser says: the acceptor may choose.
constexpr crypto::SipKey promised_key{};

}  // namespace

void Byzantine::begin_round(base::LinkId link, Link& state, base::Now now, core::Effects& out) {
    state.next_round = now.mono + round_interval;
    state.page = state.mores = 0;
    core::Compare compare;  // of nothing
    if (vice_ == Vice::denier || says_all_is_well()) compare = last_compare_;
    if (vice_ == Vice::garbler || vice_ == Vice::promiser) {
        compare = last_compare_;
        rng_.fill(compare.digest);
        compare.items =
            vice_ == Vice::garbler ? 1 + rng_.below(2 * known_.size() + 1) : known_.size();
    }
    out.push_back(core::Send{link, core::encode(compare)});
}

void Byzantine::on_compare(base::LinkId link, Link& state, const core::Compare& compare,
                           core::Effects& out) {
    last_compare_ = compare;
    state.page = state.mores = 0;
    if (vice_ == Vice::denier || says_all_is_well())
        out.push_back(core::Send{link, core::encode(core::Done{true})});
    else if (vice_ == Vice::garbler)
        out.push_back(core::Send{link, core::encode(garbage(0, 1 + rng_.below(400)))});
    else if (vice_ == Vice::promiser && !known_.empty())
        out.push_back(core::Send{link, core::encode(promises(0, symbols_of_promises))});
    else
        list_ids(link, state, out);
}

void Byzantine::on_symbols(base::LinkId link, Link& state, const core::Symbols& symbols,
                           core::Effects& out) {
    const auto asked = static_cast<std::uint32_t>(1 + rng_.below(limits::symbols_per_frame_max));
    if (vice_ == Vice::garbler && rng_.below(4) != 0) {
        ++state.mores;  // without end: the other side has to stop it
        out.push_back(core::Send{link, core::encode(core::More{asked})});
        return;
    }
    core::Fetch fetch;
    if (vice_ == Vice::garbler && rng_.below(2) == 0)
        for (std::uint32_t i = 0; i < 1 + asked / 100; ++i) fetch.ids.push_back(rng_.next());
    if (vice_ == Vice::promiser && symbols.items > 0) {
        for (const auto& [id, known] : known_)
            if (fetch.ids.size() < limits::symbols_max && rng_.below(8) != 0)
                fetch.ids.push_back(core::short_id(symbols.key, id));
    }
    out.push_back(core::Send{link, core::encode(fetch)});
    out.push_back(core::Send{link, core::encode(core::Done{true})});
}

void Byzantine::on_more(base::LinkId link, Link&, const core::More& more, core::Effects& out) {
    const std::size_t count = std::clamp<std::size_t>(
        more.symbols, 1, limits::symbols_per_frame_max - symbols_of_promises);
    if (vice_ == Vice::garbler)
        out.push_back(core::Send{link, core::encode(garbage(400, count))});
    else if (vice_ == Vice::promiser)
        out.push_back(core::Send{link, core::encode(promises(symbols_of_promises, count))});
    else  // a check of "we hold the same", which it cannot pass
        out.push_back(core::Send{link, core::encode(garbage(0, count))});
}

void Byzantine::on_fetch(base::LinkId link, Link&, core::Effects& out) {
    out.push_back(core::Send{link, core::encode(core::Done{true})});
}

// Sums that mean nothing; every fourth time even the first count is wrong.
core::Symbols Byzantine::garbage(std::uint32_t first, std::size_t count) {
    core::Symbols out{
        first, std::vector<core::Symbol>(count), 1 + known_.size() + rng_.below(100), {}};
    for (std::size_t at = 0; at < count; ++at) {
        const auto most =
            static_cast<std::uint64_t>(core::expected_count(out.items, first + at)) + 1;
        out.symbols[at] = {rng_.next(), static_cast<std::uint32_t>(rng_.next()),
                           static_cast<std::int32_t>(std::min(rng_.below(most + 1), out.items))};
    }
    if (first == 0 && rng_.below(4) != 0)
        out.symbols[0].count = static_cast<std::int32_t>(out.items);
    return out;
}

// Of all that it knows and some that nobody made.
core::Symbols Byzantine::promises(std::uint32_t first, std::size_t count) const {
    core::Symbols out{first, std::vector<core::Symbol>(count), known_.size() + invented_.size(),
                      promised_key};
    const auto add = [&](const base::ItemId& id) {
        core::code(out.symbols, first, core::short_id(promised_key, id), 1);
    };
    for (const auto& [id, known] : known_) add(id);
    for (const base::ItemId& id : invented_) add(id);
    return out;
}

}  // namespace hearsay::sim
