#include "store/candidates.hpp"

#include "store/lmdb.hpp"

namespace hearsay::store {
namespace {

constexpr std::uint8_t record_version = 1;
constexpr std::size_t record_size = 1 + time_size;
constexpr std::size_t key_size = 2 * base::PeerId::size;

base::Bytes key_of(const base::PeerId& source, const base::PeerId& peer) {
    base::Bytes out = base::to_bytes(source.view());
    base::append(out, peer.view());
    return out;
}

}  // namespace

void keep_candidate(market::OwnStore& store, const core::Candidate& candidate) {
    base::Bytes value{record_version};
    base::append(value, time_bytes(candidate.heard));
    store.put(market::Table::candidates, key_of(candidate.source, candidate.peer), value);
}

void drop_candidate(market::OwnStore& store, const core::DropCandidate& gone) {
    store.erase(market::Table::candidates, key_of(gone.source, gone.peer));
}

StoredCandidates candidates(const market::OwnStore& store) {
    StoredCandidates out;
    store.scan(market::Table::candidates, {}, [&](base::ByteView key, base::ByteView value) {
        if (key.size() != key_size || value.size() != record_size || value[0] != record_version) {
            out.damaged.push_back(base::to_bytes(key));
            return true;
        }
        const auto source = base::PeerId::from(key.first(base::PeerId::size));
        const auto peer = base::PeerId::from(key.subspan(base::PeerId::size));
        out.candidates.push_back({*peer, *source, read_time(value.subspan(1))});
        return true;
    });
    return out;
}

}  // namespace hearsay::store
