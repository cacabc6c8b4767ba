#include "store/known_peers.hpp"

#include "base/encoding.hpp"
#include "base/limits/links.hpp"
#include "store/lmdb.hpp"

namespace hearsay::store {
namespace {

constexpr std::uint8_t record_version = 2;
constexpr std::size_t head_size = 1 + 1;
constexpr std::size_t first_record_size = head_size + 2 * time_size;  // of version 1
constexpr std::size_t record_size_min = head_size + 4 * time_size;

constexpr std::uint8_t pinned_flag = 1;
constexpr std::uint8_t anchor_flag = 2;

base::WallTime time_at(base::ByteView value, std::size_t number) {
    return read_time(value.subspan(head_size + number * time_size, time_size));
}

std::optional<core::KnownPeer> read_record(base::ByteView key, base::ByteView value) {
    const auto peer = base::PeerId::from(key);
    if (!peer || value.size() < head_size) return std::nullopt;
    const std::uint8_t flags = value[1];
    core::KnownPeer out;
    out.peer = *peer;
    out.pinned = (flags & pinned_flag) != 0;
    if (value[0] == 1) {
        if (value.size() != first_record_size || flags > pinned_flag) return std::nullopt;
        out.added = time_at(value, 0);
        out.last_seen = time_at(value, 1);
        return out;
    }
    const bool fits = value.size() >= record_size_min &&
                      value.size() <= record_size_min + base::limits::ban_reason_bytes_max;
    if (value[0] != record_version || !fits || flags > (pinned_flag | anchor_flag))
        return std::nullopt;
    out.anchor = (flags & anchor_flag) != 0;
    out.added = time_at(value, 0);
    out.first_proved = time_at(value, 1);
    out.last_seen = time_at(value, 2);
    out.banned_until = time_at(value, 3);
    out.ban_reason = base::to_text(value.subspan(record_size_min));
    return out;
}

}  // namespace

void keep_peer(market::OwnStore& store, const core::KnownPeer& peer) {
    const int flags = (peer.pinned ? pinned_flag : 0) | (peer.anchor ? anchor_flag : 0);
    base::Bytes value{record_version, static_cast<std::uint8_t>(flags)};
    for (const base::WallTime time :
         {peer.added, peer.first_proved, peer.last_seen, peer.banned_until})
        base::append(value, time_bytes(time));
    base::append(
        value,
        base::as_bytes(
            std::string_view(peer.ban_reason).substr(0, base::limits::ban_reason_bytes_max)));
    store.put(market::Table::peers, peer.peer.view(), value);
}

void drop_peer(market::OwnStore& store, const base::PeerId& peer) {
    store.erase(market::Table::peers, peer.view());
}

base::Result<std::vector<core::KnownPeer>> known_peers(const market::OwnStore& store) {
    std::vector<core::KnownPeer> out;
    std::optional<base::Error> trouble;
    store.scan(market::Table::peers, {}, [&](base::ByteView key, base::ByteView value) {
        const auto peer = read_record(key, value);
        if (!peer) {
            trouble = base::Error{base::ErrorCode::corrupt,
                                  "the record of the known peer " + base::to_hex(key) +
                                      " is damaged; remove and add that peer again"};
            return false;
        }
        out.push_back(*peer);
        return true;
    });
    if (trouble) return std::unexpected(*trouble);
    return out;
}

}  // namespace hearsay::store
