#include "core/messages.hpp"

#include "base/ensure.hpp"
#include "base/limits/frames.hpp"
#include "base/limits/items.hpp"
#include "base/limits/links.hpp"
#include "frame.pb.h"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;

constexpr std::size_t id_size = base::ItemId::size;
constexpr std::size_t symbol_size = 8 + 4;
// Tag, length and the four fields' own tags and lengths of one item inside a frame, rounded up.
constexpr std::size_t item_overhead = 40;

FramePtr finish(const wire::Frame& frame) {
    auto bytes = std::make_shared<base::Bytes>(frame.ByteSizeLong());
    ENSURE(bytes->size() <= limits::frame_bytes_max, "a frame over the limit was made");
    ENSURE(frame.SerializeToArray(bytes->data(), static_cast<int>(bytes->size())),
           "a frame that does not serialize");
    return bytes;
}

std::optional<std::vector<base::ItemId>> read_ids(const std::string& packed) {
    if (packed.size() % id_size != 0 || packed.size() > limits::ids_per_page_max * id_size)
        return std::nullopt;
    std::vector<base::ItemId> ids;
    ids.reserve(packed.size() / id_size);
    const base::ByteView all = base::as_bytes(packed);
    for (std::size_t at = 0; at < all.size(); at += id_size)
        ids.push_back(*base::ItemId::from(all.subspan(at, id_size)));  // total: pieces of this size
    return ids;
}

void write_ids(const std::vector<base::ItemId>& ids, std::string* out) {
    ENSURE(ids.size() <= limits::ids_per_page_max, "a page with too many ids was made");
    out->reserve(ids.size() * id_size);
    for (const base::ItemId& id : ids) out->append(base::as_text(id.view()));
}

std::expected<Message, Fault> parse_items(const wire::Items& in) {
    const auto count = static_cast<std::size_t>(in.items_size());
    if (count == 0 || count > limits::items_per_frame_max) return std::unexpected(Fault::frame_malformed);
    if (in.hops() > hops_bulk) return std::unexpected(Fault::frame_malformed);
    Items out;
    out.hops = in.hops();
    out.items.reserve(count);
    for (const wire::Item& item : in.items())
        out.items.push_back({base::to_bytes(item.header()), base::to_bytes(item.payload()),
                             base::to_bytes(item.signature()), item.nonce()});
    return out;
}

std::expected<Message, Fault> parse_announce(const wire::Announce& in) {
    const auto ids = read_ids(in.ids());
    const int count = ids ? static_cast<int>(ids->size()) : 0;
    if (count == 0 || in.nonces_size() != count || in.sizes_size() != count || in.lifetimes_size() != count)
        return std::unexpected(Fault::frame_malformed);
    Announce out;
    out.items.reserve(ids->size());
    for (int at = 0; at < count; ++at) {
        const base::Seconds lifetime(in.lifetimes(at));
        if (in.sizes(at) > limits::item_bytes_max || lifetime > limits::lifetime_max)
            return std::unexpected(Fault::frame_malformed);
        out.items.push_back(
            {(*ids)[static_cast<std::size_t>(at)], in.nonces(at), in.sizes(at), in.lifetimes(at)});
    }
    return out;
}

std::expected<Message, Fault> parse_compare(const wire::Compare& in) {
    const auto digest = SetDigest::from(base::as_bytes(in.digest()));
    if (!digest || in.counters().size() != SetSummary::counters_size ||
        in.items() > limits::compared_items_max)
        return std::unexpected(Fault::frame_malformed);
    Compare out{*digest, {}, in.items()};
    std::copy(in.counters().begin(), in.counters().end(), out.counters.begin());
    return out;
}

std::expected<Message, Fault> parse_symbols(const wire::Symbols& in) {
    const auto count = static_cast<std::size_t>(in.counts_size());
    const bool in_bounds = count > 0 && count <= limits::symbols_per_frame_max &&
                           in.first() < limits::symbols_max && in.symbols().size() == count * symbol_size &&
                           in.items() <= limits::compared_items_max;
    if (!in_bounds) return std::unexpected(Fault::frame_malformed);
    Symbols out{in.first(), std::vector<Symbol>(count), in.items()};
    base::ByteView rest = base::as_bytes(in.symbols());
    // total: symbols() holds count of them, asked above
    for (std::size_t at = 0; at < count; ++at, rest = rest.subspan(symbol_size)) {
        const std::int64_t all =
            std::int64_t{in.counts(static_cast<int>(at))} + expected_count(in.items(), in.first() + at);
        if (all < 0 || all > static_cast<std::int64_t>(in.items()))
            return std::unexpected(Fault::frame_malformed);
        // total: made with count of them
        out.symbols[at] = {base::read_big_endian<std::uint64_t>(rest.first<8>()),
                           base::read_big_endian<std::uint32_t>(rest.subspan<8, 4>()),
                           static_cast<std::int32_t>(all)};
    }
    return out;
}

std::expected<Message, Fault> parse_fetch(const wire::Fetch& in) {
    if (in.short_ids().size() % sizeof(ShortId) != 0 ||
        in.short_ids().size() > limits::symbols_max * sizeof(ShortId))
        return std::unexpected(Fault::frame_malformed);
    Fetch out;
    for (base::ByteView rest = base::as_bytes(in.short_ids()); !rest.empty();
         rest = rest.subspan(sizeof(ShortId)))
        out.ids.push_back(base::read_big_endian<ShortId>(rest.first<sizeof(ShortId)>()));
    return out;
}

std::expected<Message, Fault> parse_find(const wire::Find& in) {
    const auto target = base::NodeId::from(base::as_bytes(in.target()));
    if (!target) return std::unexpected(Fault::frame_malformed);
    return Find{in.number(), *target};
}

std::expected<Message, Fault> parse_contacts(const wire::Contacts& in) {
    constexpr std::size_t size = base::PeerId::size;
    if (in.peers().size() % size != 0 || in.peers().size() > limits::contacts_per_answer_max * size)
        return std::unexpected(Fault::frame_malformed);
    Contacts out{in.number(), {}};
    for (base::ByteView rest = base::as_bytes(in.peers()); !rest.empty(); rest = rest.subspan(size))
        out.peers.push_back(*base::PeerId::from(rest.first(size)));  // total: pieces of this size
    return out;
}

}  // namespace

std::int32_t expected_count(std::uint64_t items, std::uint64_t index) {
    return static_cast<std::int32_t>(2 * items / (2 + index));
}

std::expected<Message, Fault> parse(base::ByteView bytes) {
    const auto malformed = std::unexpected(Fault::frame_malformed);
    wire::Frame frame;
    if (bytes.size() > limits::frame_bytes_max) return std::unexpected(Fault::frame_too_long);
    if (!frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return malformed;
    switch (frame.body_case()) {
        case wire::Frame::kHello: {
            const wire::Hello& in = frame.hello();
            if (in.time() > static_cast<std::uint64_t>(INT64_MAX)) return malformed;
            return Hello{
                in.protocol(),  in.network(), base::from_unix_seconds(static_cast<std::int64_t>(in.time())),
                in.listening(), in.nonce(),   in.visit()};
        }
        case wire::Frame::kPing:
            return Ping{frame.ping().nonce()};
        case wire::Frame::kPong:
            return Pong{frame.pong().nonce()};
        case wire::Frame::kItems:
            return parse_items(frame.items());
        case wire::Frame::kHave: {
            auto ids = read_ids(frame.have().ids());
            if (!ids) return malformed;
            return Have{frame.have().page(), std::move(*ids), frame.have().last()};
        }
        case wire::Frame::kWant: {
            auto ids = read_ids(frame.want().ids());
            if (!ids) return malformed;
            return Want{frame.want().page(), std::move(*ids)};
        }
        case wire::Frame::kCompare:
            return parse_compare(frame.compare());
        case wire::Frame::kSymbols:
            return parse_symbols(frame.symbols());
        case wire::Frame::kMore:
            return More{frame.more().symbols()};
        case wire::Frame::kFetch:
            return parse_fetch(frame.fetch());
        case wire::Frame::kDone:
            return Done{frame.done().settled()};
        case wire::Frame::kAnnounce:
            return parse_announce(frame.announce());
        case wire::Frame::kRequest: {
            auto ids = read_ids(frame.request().ids());
            if (!ids || ids->empty()) return malformed;
            return Request{std::move(*ids)};
        }
        case wire::Frame::kPush:
            if (frame.push().below() > push_all) return malformed;
            return Push{frame.push().below()};
        case wire::Frame::kFind:
            return parse_find(frame.find());
        case wire::Frame::kContacts:
            return parse_contacts(frame.contacts());
        case wire::Frame::BODY_NOT_SET:
            break;
    }
    return malformed;
}

FramePtr encode(const Hello& hello) {
    wire::Frame frame;
    wire::Hello& out = *frame.mutable_hello();
    out.set_protocol(hello.protocol);
    out.set_network(hello.network);
    out.set_time(static_cast<std::uint64_t>(base::unix_seconds(hello.time)));
    out.set_listening(hello.listening);
    out.set_nonce(hello.nonce);
    out.set_visit(hello.visit);
    return finish(frame);
}

FramePtr encode(const Ping& ping) {
    wire::Frame frame;
    frame.mutable_ping()->set_nonce(ping.nonce);
    return finish(frame);
}

FramePtr encode(const Pong& pong) {
    wire::Frame frame;
    frame.mutable_pong()->set_nonce(pong.nonce);
    return finish(frame);
}

FramePtr encode(const Have& have) {
    wire::Frame frame;
    wire::Have& out = *frame.mutable_have();
    out.set_page(have.page);
    write_ids(have.ids, out.mutable_ids());
    out.set_last(have.last);
    return finish(frame);
}

FramePtr encode(const Want& want) {
    wire::Frame frame;
    wire::Want& out = *frame.mutable_want();
    out.set_page(want.page);
    write_ids(want.ids, out.mutable_ids());
    return finish(frame);
}

FramePtr encode(const Compare& compare) {
    wire::Frame frame;
    wire::Compare& out = *frame.mutable_compare();
    out.set_digest(base::to_text(compare.digest.view()));
    out.set_counters(base::to_text(compare.counters));
    out.set_items(compare.items);
    return finish(frame);
}

FramePtr encode(const Symbols& symbols) {
    ENSURE(!symbols.symbols.empty() && symbols.symbols.size() <= limits::symbols_per_frame_max,
           "a frame with no or too many symbols");
    wire::Frame frame;
    wire::Symbols& out = *frame.mutable_symbols();
    out.set_first(symbols.first);
    out.set_items(symbols.items);
    base::Bytes packed;
    packed.reserve(symbols.symbols.size() * symbol_size);
    for (std::size_t at = 0; at < symbols.symbols.size(); ++at) {
        const Symbol& symbol = symbols.symbols[at];
        base::append(packed, base::big_endian(symbol.sum));
        base::append(packed, base::big_endian(symbol.check));
        out.add_counts(symbol.count - expected_count(symbols.items, symbols.first + at));
    }
    out.set_symbols(base::to_text(packed));
    return finish(frame);
}

FramePtr encode(const More& more) {
    wire::Frame frame;
    frame.mutable_more()->set_symbols(more.symbols);
    return finish(frame);
}

FramePtr encode(const Fetch& fetch) {
    ENSURE(fetch.ids.size() <= limits::symbols_max, "too many short ids in a frame");
    wire::Frame frame;
    base::Bytes packed;
    for (const ShortId id : fetch.ids) base::append(packed, base::big_endian(id));
    frame.mutable_fetch()->set_short_ids(base::to_text(packed));
    return finish(frame);
}

FramePtr encode(const Done& done) {
    wire::Frame frame;
    frame.mutable_done()->set_settled(done.settled);
    return finish(frame);
}

FramePtr encode(const Announce& announce) {
    wire::Frame frame;
    wire::Announce& out = *frame.mutable_announce();
    for (const Announced& item : announce.items) {
        out.mutable_ids()->append(base::as_text(item.id.view()));
        out.add_nonces(item.nonce);
        out.add_sizes(item.size);
        out.add_lifetimes(item.lifetime_s);
    }
    return finish(frame);
}

FramePtr encode(const Request& request) {
    wire::Frame frame;
    write_ids(request.ids, frame.mutable_request()->mutable_ids());
    return finish(frame);
}

FramePtr encode(const Push& push) {
    wire::Frame frame;
    frame.mutable_push()->set_below(push.below);
    return finish(frame);
}

FramePtr encode(const Find& find) {
    wire::Frame frame;
    frame.mutable_find()->set_number(find.number);
    frame.mutable_find()->set_target(base::to_text(find.target.view()));
    return finish(frame);
}

FramePtr encode(const Contacts& contacts) {
    ENSURE(contacts.peers.size() <= limits::contacts_per_answer_max, "an answer with too many contacts");
    wire::Frame frame;
    frame.mutable_contacts()->set_number(contacts.number);
    for (const base::PeerId& peer : contacts.peers)
        frame.mutable_contacts()->mutable_peers()->append(base::as_text(peer.view()));
    return finish(frame);
}

FramePtr encode_items(const std::vector<item::ReadPtr>& items, std::size_t& from, std::uint32_t hops) {
    ENSURE(from < items.size(), "a frame without items");
    wire::Frame frame;
    wire::Items& out = *frame.mutable_items();
    out.set_hops(hops);
    std::size_t size = 0;
    while (from < items.size() && static_cast<std::size_t>(out.items_size()) < limits::items_per_frame_max) {
        const item::Item& item = items[from]->item;
        size += item.size() + item_overhead;
        if (out.items_size() > 0 && size + item_overhead > limits::frame_bytes_max) break;
        wire::Item& next = *out.add_items();
        next.set_header(std::string(base::as_text(item.header)));
        next.set_payload(std::string(base::as_text(item.payload)));
        next.set_signature(std::string(base::as_text(item.signature)));
        next.set_nonce(item.nonce);
        ++from;
    }
    return finish(frame);
}

}  // namespace hearsay::core
