#include "core/reconcile/sketch.hpp"
#include "core/reconcile/summary.hpp"
#include "crypto/sha256.hpp"
#include "vectors.hpp"

namespace hearsay::vectors {
namespace {

base::ItemId numbered(std::uint32_t number) {
    return base::ItemId{crypto::sha256(base::big_endian(number)).data};
}

std::string list(const auto& numbers) {
    std::string out;
    for (const auto number : numbers) out += (out.empty() ? "" : " ") + std::to_string(number);
    return out;
}

Entry summary(std::uint32_t count) {
    core::SetSummary sum;
    for (std::uint32_t at = 0; at < count; ++at) sum.add(numbered(at));
    return Entry("the ids H(0) to H(count - 1) of numbers of 4 bytes")
        .text("what", "set")
        .number("count", count)
        .hex("digest", sum.digest().view())
        .hex("counters", sum.counters());
}

Entry carries() {
    core::SetSummary sum;
    base::ItemId largest;
    largest.data.fill(0xff);
    base::ItemId one;
    one.data.back() = 1;
    sum.add(largest);
    sum.add(one);
    return Entry("the ids 2^256 - 1 and 1: their sum is 0")
        .text("what", "two")
        .hex("digest", sum.digest().view())
        .hex("counters", sum.counters());
}

Entry sketch(std::uint8_t number, std::uint32_t count) {
    constexpr std::size_t symbols = 24;
    crypto::SipKey key;
    for (std::size_t at = 0; at < key.data.size(); ++at)
        key.data[at] = static_cast<std::uint8_t>(number + at);
    std::vector<core::Symbol> coded(symbols);
    base::Bytes shorts;
    for (std::uint32_t at = 0; at < count; ++at) {
        const core::ShortId id = core::short_id(key, numbered(at));
        base::append(shorts, base::big_endian(id));
        core::code(coded, 0, id, 1);
    }
    base::Bytes packed;
    std::vector<std::int32_t> counts;
    for (const core::Symbol& symbol : coded) {
        base::append(packed, base::big_endian(symbol.sum));
        base::append(packed, base::big_endian(symbol.check));
        counts.push_back(symbol.count);
    }
    return Entry("the first symbols of such a set under a key")
        .text("what", "sketch")
        .number("count", count)
        .hex("key", key.view())
        .hex("short_ids", shorts)
        .hex("symbols", packed)
        .text("counts", list(counts));
}

Entry positions(core::ShortId id) {
    std::vector<std::uint64_t> found;
    for (core::Positions at(id); found.size() < 40; at.next()) found.push_back(at.at());
    return Entry("a short id, its check, and the first symbols that it is in")
        .text("what", "positions")
        .hex("short_id", base::big_endian(id))
        .hex("check", base::big_endian(core::check_of(id)))
        .text("positions", list(found));
}

}  // namespace

File sets() {
    File out{"sets", "Sets of ids compared: docs/protocol.md, section 7.", {}};
    for (const std::uint32_t count : {0U, 1U, 2U, 3U, 1000U}) out.entries.push_back(summary(count));
    out.entries.push_back(carries());
    out.entries.push_back(sketch(0, 1));
    out.entries.push_back(sketch(0, 50));
    out.entries.push_back(sketch(100, 50));
    for (const core::ShortId id :
         {core::ShortId{0}, core::ShortId{1}, core::ShortId{0x0123456789abcdef},
          core::ShortId{0xffffffffffffffff}})
        out.entries.push_back(positions(id));
    return out;
}

}  // namespace hearsay::vectors
