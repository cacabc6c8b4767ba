#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "base/canonical.hpp"
#include "base/limits/audit.hpp"
#include "base/limits/frames.hpp"
#include "base/limits/items.hpp"
#include "base/limits/links.hpp"
#include "core/messages.hpp"
#include "item/encoding.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;

constexpr std::size_t symbol_size = 8 + 4;

// Values of one size, one after the other; nothing if that does not come out even or they are too
// many.
template <class Value>
std::optional<std::vector<Value>> read_row(base::ByteView packed, std::size_t most) {
    if (packed.size() % Value::size != 0 || packed.size() / Value::size > most) return std::nullopt;
    std::vector<Value> row;
    row.reserve(packed.size() / Value::size);
    for (; !packed.empty(); packed = packed.subspan(Value::size))
        row.push_back(*Value::from(packed.first(Value::size)));  // total: pieces of this size
    return row;
}

std::optional<std::vector<base::ItemId>> read_ids(base::ByteView packed) {
    return read_row<base::ItemId>(packed, limits::ids_per_page_max);
}

// ---- bodies: or which rule a malformed one breaks, for the log ----------------------------------

using Parsed = std::expected<Message, std::string_view>;

std::unexpected<std::string_view> breaks(std::string_view rule) {
    return std::unexpected(rule);
}
constexpr std::string_view encoding = "not in the one encoding (section 1)";
constexpr std::string_view row_of_ids = "not a row of at most 1,000 ids of 32 bytes";
constexpr std::string_view bad_levels = "levels that are not 5, or one above 120";

std::optional<std::vector<std::uint32_t>> read_features(base::CanonicalReader& in) {
    auto features = in.packed32(8, limits::features_max);
    const bool ascending =
        std::ranges::adjacent_find(features, std::ranges::greater_equal()) == features.end();
    if (!ascending || (!features.empty() && features.front() == 0)) return std::nullopt;
    return features;
}

Parsed parse_hello(base::ByteView body) {
    base::CanonicalReader in(body);
    Hello out;
    out.oldest = in.number32(1);
    out.network = in.number32(2);
    out.time =
        base::from_unix_seconds(static_cast<std::int64_t>(in.number(3, limits::unix_seconds_max)));
    out.listening = in.flag(4);
    out.nonce = in.fixed64(5);
    out.visit = in.flag(6);
    const std::uint32_t newest = in.number32(7);
    out.newest = newest == 0 ? out.oldest : newest;
    auto features = read_features(in);
    in.skip_later(8);
    if (!in.is_whole()) return breaks(encoding);
    if (!features) return breaks("features that do not ascend from 1");
    if (newest != 0 && newest <= out.oldest) return breaks("newest is not above oldest");
    if (body.size() > limits::hello_bytes_max) return breaks("more than 1,024 bytes");
    out.features = std::move(*features);
    return out;
}

template <class Ping>
Parsed parse_nonce(base::ByteView body) {
    base::CanonicalReader in(body);
    const Ping out{in.fixed64(1)};
    if (!in.is_whole()) return breaks(encoding);
    return out;
}

Parsed parse_items(base::ByteView body) {
    base::CanonicalReader in(body);
    Items out;
    while (const auto bytes = in.part(1)) {
        auto item = item::parse_item(*bytes);
        if (!item) return breaks("an item that is not in the one encoding (section 1)");
        if (out.items.size() == limits::items_per_frame_max) return breaks("more than 256 items");
        out.items.push_back(std::move(*item));
    }
    out.hops = static_cast<std::uint32_t>(in.number(2, hops_bulk));
    if (!in.is_whole()) return breaks("hops above 255, or not in the one encoding (section 1)");
    if (out.items.empty()) return breaks("no items");
    return out;
}

bool can_be(const Announced& item) {
    const base::Seconds lifetime(item.lifetime_s);
    return item.size >= limits::item_bytes_min && item.size <= limits::item_bytes_max &&
           lifetime >= limits::created_step && lifetime <= limits::lifetime_max &&
           lifetime % limits::created_step == base::Seconds(0);
}

Parsed parse_announce(base::ByteView body) {
    base::CanonicalReader in(body);
    constexpr std::size_t most = limits::ids_per_page_max;
    const auto ids = read_ids(in.bytes(1));
    const auto nonces = in.packed_fixed64(2, most);
    const auto sizes = in.packed32(3, most);
    const auto lifetimes = in.packed32(4, most);
    const base::ByteView classes = in.bytes(5);
    if (!in.is_whole()) return breaks(encoding);
    if (!ids || ids->empty()) return breaks("not 1 to 1,000 ids of 32 bytes");
    if (nonces.size() != ids->size() || sizes.size() != ids->size() ||
        lifetimes.size() != ids->size() || classes.size() != ids->size())
        return breaks("lists of unequal length");
    Announce out;
    out.items.reserve(ids->size());
    for (std::size_t at = 0; at < ids->size(); ++at) {
        if (classes[at] >= item::store_classes) return breaks("a class above 4");
        out.items.push_back({(*ids)[at], nonces[at], sizes[at], lifetimes[at],
                             static_cast<item::StoreClass>(classes[at])});
        if (!can_be(out.items.back())) return breaks("a size or lifetime that no item has");
    }
    return out;
}

Parsed parse_have(base::ByteView body) {
    base::CanonicalReader in(body);
    const std::uint32_t page = in.number32(1);
    auto ids = read_ids(in.bytes(2));
    const bool last = in.flag(3);
    if (!in.is_whole()) return breaks(encoding);
    if (!ids) return breaks(row_of_ids);
    return Have{page, std::move(*ids), last};
}

Parsed parse_want(base::ByteView body) {
    base::CanonicalReader in(body);
    const std::uint32_t page = in.number32(1);
    auto ids = read_ids(in.bytes(2));
    if (!in.is_whole()) return breaks(encoding);
    if (!ids) return breaks(row_of_ids);
    return Want{page, std::move(*ids)};
}

std::optional<item::Floors> read_floors(base::ByteView bytes) {
    item::Floors out{};
    if (bytes.size() != out.size()) return std::nullopt;
    std::ranges::copy(bytes, out.begin());
    if (std::ranges::max(out) > item::level_max) return std::nullopt;
    return out;
}

Parsed parse_compare(base::ByteView body) {
    base::CanonicalReader in(body);
    const auto digest = SetDigest::from(in.bytes(1));
    const base::ByteView counters = in.bytes(2);
    const std::uint64_t items = in.number(3, limits::compared_items_max);
    const base::ByteView told = in.bytes(4);
    const auto floors = read_floors(told);
    // Zeros everywhere are written as nothing: one encoding of one thing.
    if (!in.is_whole()) return breaks("above 2^30 items, or not in the one encoding (section 1)");
    if (!told.empty() && !floors) return breaks(bad_levels);
    if (!told.empty() && *floors == item::Floors{}) return breaks("floors that are all zero");
    if (!digest) return breaks("a digest of not 16 bytes");
    if (counters.size() != SetSummary::counters_size) return breaks("counters of not 24 bytes");
    Compare out{*digest, {}, items, floors.value_or(item::Floors{})};
    std::copy(counters.begin(), counters.end(), out.counters.begin());
    return out;
}

Parsed parse_symbols(base::ByteView body) {
    base::CanonicalReader in(body);
    const std::uint32_t first = in.number32(1);
    base::ByteView packed = in.bytes(2);
    const auto counts = in.packed_signed32(3, limits::symbols_per_frame_max);
    const std::uint64_t items = in.number(4, limits::compared_items_max);
    const base::ByteView told = in.bytes(5);
    const auto key = crypto::SipKey::from(told);
    const bool key_fits = first == 0 ? key.has_value() : told.empty();
    if (!in.is_whole())
        return breaks("above 8,192 symbols or 2^30 items, or not in the one encoding (section 1)");
    if (counts.empty()) return breaks("no symbols");
    if (first >= limits::symbols_max) return breaks("first is above 16,383");
    if (packed.size() != counts.size() * symbol_size)
        return breaks("symbols that are not 12 bytes for each count");
    if (!key_fits) return breaks("a key that first does not ask for, or none where it does");
    Symbols out{first, std::vector<Symbol>(counts.size()), items, key.value_or(crypto::SipKey{})};
    for (std::size_t at = 0; at < counts.size(); ++at, packed = packed.subspan(symbol_size)) {
        const std::int64_t all = std::int64_t{counts[at]} + expected_count(items, first + at);
        if (all < 0 || all > static_cast<std::int64_t>(items))
            return breaks("a count below 0 or above items");
        // total: made with as many as counts
        out.symbols[at] = {base::read_big_endian<std::uint64_t>(packed.first<8>()),
                           base::read_big_endian<std::uint32_t>(packed.subspan<8, 4>()),
                           static_cast<std::int32_t>(all)};
    }
    return out;
}

Parsed parse_more(base::ByteView body) {
    base::CanonicalReader in(body);
    const More out{in.number32(1)};
    if (!in.is_whole()) return breaks(encoding);
    if (out.symbols == 0 || out.symbols > limits::symbols_per_frame_max)
        return breaks("not 1 to 8,192 symbols");
    return out;
}

Parsed parse_fetch(base::ByteView body) {
    base::CanonicalReader in(body);
    base::ByteView packed = in.bytes(1);
    if (!in.is_whole()) return breaks(encoding);
    if (packed.size() % sizeof(ShortId) != 0 ||
        packed.size() > limits::symbols_max * sizeof(ShortId))
        return breaks("not a row of at most 16,384 short ids");
    Fetch out;
    for (; !packed.empty(); packed = packed.subspan(sizeof(ShortId)))
        out.ids.push_back(base::read_big_endian<ShortId>(packed.first<sizeof(ShortId)>()));
    return out;
}

Parsed parse_done(base::ByteView body) {
    base::CanonicalReader in(body);
    const Done out{in.flag(1)};
    if (!in.is_whole()) return breaks(encoding);
    return out;
}

Parsed parse_request(base::ByteView body) {
    base::CanonicalReader in(body);
    auto ids = read_ids(in.bytes(1));
    if (!in.is_whole()) return breaks(encoding);
    if (!ids || ids->empty()) return breaks("not 1 to 1,000 ids of 32 bytes");
    return Request{std::move(*ids)};
}

Parsed parse_push(base::ByteView body) {
    base::CanonicalReader in(body);
    const Push out{static_cast<std::uint32_t>(in.number(1, push_all))};
    if (!in.is_whole()) return breaks("below is above 256, or not in the one encoding (section 1)");
    return out;
}

Parsed parse_floor(base::ByteView body) {
    base::CanonicalReader in(body);
    const auto levels = read_floors(in.bytes(1));
    if (!in.is_whole()) return breaks(encoding);
    if (!levels) return breaks(bad_levels);
    return Floor{*levels};
}

Parsed parse_find(base::ByteView body) {
    base::CanonicalReader in(body);
    const std::uint32_t number = in.number32(1);
    const auto target = base::NodeId::from(in.bytes(2));
    if (!in.is_whole()) return breaks(encoding);
    if (!target) return breaks("a target of not 32 bytes");
    return Find{number, *target};
}

Parsed parse_contacts(base::ByteView body) {
    base::CanonicalReader in(body);
    const std::uint32_t number = in.number32(1);
    auto peers = read_row<base::PeerId>(in.bytes(2), limits::contacts_per_answer_max);
    if (!in.is_whole()) return breaks(encoding);
    if (!peers) return breaks("not a row of at most 20 keys of 32 bytes");
    return Contacts{number, std::move(*peers)};
}

Parsed parse_probe(base::ByteView body) {
    base::CanonicalReader in(body);
    const std::uint32_t number = in.number32(1);
    auto ids = read_row<base::ItemId>(in.bytes(2), limits::probe_ids_max);
    if (!in.is_whole()) return breaks(encoding);
    if (!ids || ids->empty()) return breaks("not 1 to 32 ids of 32 bytes");
    const std::set<base::ItemId> different(ids->begin(), ids->end());
    if (different.size() != ids->size()) return breaks("an id twice");
    return Probe{number, std::move(*ids)};
}

Parsed parse_held(base::ByteView body) {
    base::CanonicalReader in(body);
    Held out{in.number32(1), {}};
    const base::ByteView held = in.bytes(2);
    if (!in.is_whole()) return breaks(encoding);
    if (held.size() > limits::probe_ids_max) return breaks("more than 32 bytes of held");
    for (const std::uint8_t byte : held) {
        if (byte > 1) return breaks("a byte of held that is neither 0 nor 1");
        out.held.push_back(byte == 1);
    }
    return out;
}

// By the number of the body's field in frame.proto, from 1.
constexpr Parsed (*parsers[])(base::ByteView) = {
    parse_hello,    parse_nonce<Ping>, parse_nonce<Pong>, parse_items, parse_have,
    parse_want,     parse_compare,     parse_symbols,     parse_more,  parse_fetch,
    parse_done,     parse_announce,    parse_request,     parse_push,  parse_find,
    parse_contacts, parse_floor,       parse_probe,       parse_held};

constexpr std::array<std::string_view, std::size(parsers)> names{
    "Hello",   "Ping",     "Pong",  "Items", "Have",     "Want",    "Compare",
    "Symbols", "More",     "Fetch", "Done",  "Announce", "Request", "Push",
    "Find",    "Contacts", "Floor", "Probe", "Held"};
static_assert(std::variant_size_v<Message::variant> == names.size());

}  // namespace

std::string_view name_of(const Message& message) {
    return names[message.index()];  // total: a name for each type, asserted above
}

std::expected<Message, Fault> parse(base::ByteView bytes, BrokenRule* broken) {
    const auto malformed = [&](std::string_view frame, std::string_view rule) {
        if (broken) *broken = {frame, rule};
        return std::unexpected(Fault::frame_malformed);
    };
    if (bytes.size() > limits::frame_bytes_max) return std::unexpected(Fault::frame_too_long);
    base::CanonicalReader frame(bytes);
    const std::uint32_t type = frame.next_field();
    const auto body = type == 0 ? std::nullopt : frame.part(type);
    if (!body || !frame.is_whole()) return malformed("", "not one field with a length (section 3)");
    if (type > std::size(parsers)) return std::unexpected(Fault::frame_unknown);
    auto message = parsers[type - 1](*body);                           // total: 1 to size
    if (!message) return malformed(names[type - 1], message.error());  // total: likewise
    return *std::move(message);
}

}  // namespace hearsay::core
