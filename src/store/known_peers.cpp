#include "store/known_peers.hpp"

#include "base/encoding.hpp"
#include "store/lmdb.hpp"

namespace hearsay::store {
namespace {

constexpr std::uint8_t record_version = 1;
constexpr std::size_t record_size = 1 + 1 + 2 * time_size;

std::optional<core::KnownPeer> read_record(base::ByteView key, base::ByteView value) {
    const auto peer = base::PeerId::from(key);
    if (!peer || value.size() != record_size || value[0] != record_version || value[1] > 1)
        return std::nullopt;
    return core::KnownPeer{*peer, value[1] == 1, read_time(value.subspan(2, time_size)),
                           read_time(value.subspan(2 + time_size))};
}

}  // namespace

void keep_peer(market::Keep& keep, const core::KnownPeer& peer) {
    base::Bytes value{record_version, static_cast<std::uint8_t>(peer.manual ? 1 : 0)};
    base::append(value, time_bytes(peer.added));
    base::append(value, time_bytes(peer.last_seen));
    keep.put(market::Table::peers, peer.peer.view(), value);
}

void drop_peer(market::Keep& keep, const base::PeerId& peer) {
    keep.erase(market::Table::peers, peer.view());
}

base::Result<std::vector<core::KnownPeer>> known_peers(const market::Keep& keep) {
    std::vector<core::KnownPeer> out;
    std::optional<base::Error> trouble;
    keep.scan(market::Table::peers, {}, [&](base::ByteView key, base::ByteView value) {
        const auto peer = read_record(key, value);
        if (!peer) {
            trouble =
                base::Error{base::ErrorCode::corrupt, "the record of the known peer " + base::to_hex(key) +
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
