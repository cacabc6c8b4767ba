#include "search/postings.hpp"

#include <algorithm>

#include "base/ensure.hpp"

namespace hearsay::search {
namespace {

namespace limits = base::limits;
using base::ByteView;

constexpr std::size_t half_max = 15;
// An entry's sizes, its two further numbers and its list's length, at most.
constexpr std::size_t entry_overhead_max = 1 + 2 + 2 + 3;
// A piece smaller than this is left for the next block.
constexpr std::size_t piece_bytes_min = 64;

std::size_t shared_bytes(std::string_view a, std::string_view b) {
    const std::size_t most = std::min(a.size(), b.size());
    std::size_t out = 0;
    while (out < most && a[out] == b[out]) ++out;
    return out;
}

}  // namespace

std::uint64_t beginning_of(std::string_view term) {
    std::uint64_t out = 0;
    const std::size_t size = std::min<std::size_t>(term.size(), 8);
    for (std::size_t at = 0; at < size; ++at) out = out << 8 | static_cast<unsigned char>(term[at]);
    return size == 0 ? 0 : out << 8 * (8 - size);
}

void put_number(base::Bytes& out, std::uint64_t number) {
    while (number >= 0x80) {
        out.push_back(static_cast<std::uint8_t>(number | 0x80));
        number >>= 7;
    }
    out.push_back(static_cast<std::uint8_t>(number));
}

std::optional<std::uint64_t> take_number(ByteView& from) {
    std::uint64_t out = 0;
    for (unsigned shift = 0; shift < 64 && !from.empty(); shift += 7) {
        const std::uint8_t byte = from.front();
        from = from.subspan(1);
        const std::uint64_t part = byte & 0x7FU;
        if (shift == 63 && part > 1) return std::nullopt;
        out |= part << shift;
        if (byte < 0x80) return out;
    }
    return std::nullopt;
}

std::optional<Position> ListReader::next() {
    if (rest_.empty() || broken_) return std::nullopt;
    const auto gap = take_number(rest_);
    if (!gap || *gap > at_ || (begun_ && *gap == 0)) {
        broken_ = true;
        return std::nullopt;
    }
    begun_ = true;
    at_ -= *gap;
    return at_;
}

std::optional<Entry> BlockReader::next() {
    if (rest_.empty() || broken_) return std::nullopt;
    broken_ = true;  // unless all of it is there
    const std::uint8_t sizes = rest_.front();
    rest_ = rest_.subspan(1);
    std::uint64_t shared = sizes >> 4;
    std::uint64_t size = sizes & 0x0FU;
    for (std::uint64_t* const half : {&shared, &size})
        if (*half == half_max) {
            const auto more = take_number(rest_);
            if (!more || *more > limits::search_block_bytes_max) return std::nullopt;
            *half += *more;
        }
    if (shared > term_.size() || size > rest_.size()) return std::nullopt;
    term_.resize(static_cast<std::size_t>(shared));
    term_ += base::as_text(rest_.first(static_cast<std::size_t>(size)));
    rest_ = rest_.subspan(static_cast<std::size_t>(size));
    const auto length = take_number(rest_);
    if (!length || *length > rest_.size()) return std::nullopt;
    const ByteView list = rest_.first(static_cast<std::size_t>(*length));
    rest_ = rest_.subspan(list.size());
    broken_ = false;
    return Entry{term_, list};
}

void BlockWriter::begin(std::string_view term, std::uint32_t piece) {
    block_.clear();
    name_ = term;
    before_ = term;
    piece_ = piece;
    begun_ = true;
}

void BlockWriter::add(std::string_view term, std::span<const Position> positions) {
    std::uint32_t piece = 0;
    while (!positions.empty()) {
        if (!begun_) begin(term, piece);
        const std::size_t taken = add_piece(term, positions);
        positions = positions.subspan(taken);
        if (taken > 0) ++piece;
        ENSURE(taken > 0 || !block_.empty(), "an empty block takes something of any list");
        if (!positions.empty()) flush();
    }
}

std::size_t BlockWriter::add_piece(std::string_view term, std::span<const Position> positions) {
    const std::size_t shared = shared_bytes(before_, term);
    const std::size_t rest = term.size() - shared;
    const std::size_t taken_room = block_.size() + entry_overhead_max + rest;
    const std::size_t room =
        limits::search_block_bytes_max - std::min(limits::search_block_bytes_max, taken_room);
    list_.clear();
    std::size_t taken = 0;
    Position at = last_;
    for (; taken < positions.size(); ++taken) {
        const std::size_t before = list_.size();
        put_number(list_, at - positions[taken]);
        if (list_.size() > room) {
            list_.resize(before);
            break;
        }
        at = positions[taken];
    }
    // A short piece beside a long list would only cost its own overhead.
    if (taken == 0 ||
        (taken < positions.size() && list_.size() < piece_bytes_min && !block_.empty()))
        return 0;
    put_entry(term, shared);
    return taken;
}

bool BlockWriter::add_list(std::string_view term, ByteView list, Position last) {
    if (list.size() >= piece_bytes_min || last > last_) return false;
    const auto gap = take_number(list);
    if (!gap) return false;
    list_.clear();
    put_number(list_, *gap + (last_ - last));
    base::append(list_, list);
    if (begun_ && block_.size() + entry_overhead_max + term.size() + list_.size() >
                      limits::search_block_bytes_max)
        flush();
    if (!begun_) begin(term, 0);
    put_entry(term, shared_bytes(before_, term));
    return true;
}

void BlockWriter::put_entry(std::string_view term, std::size_t shared) {
    const std::size_t rest = term.size() - shared;
    block_.push_back(
        static_cast<std::uint8_t>(std::min(shared, half_max) << 4 | std::min(rest, half_max)));
    if (shared >= half_max) put_number(block_, shared - half_max);
    if (rest >= half_max) put_number(block_, rest - half_max);
    base::append(block_, base::as_bytes(term.substr(shared)));
    put_number(block_, list_.size());
    base::append(block_, list_);
    before_ = term;
}

void BlockWriter::flush() {
    if (begun_ && !block_.empty()) sink_(name_, piece_, block_);
    begun_ = false;
    block_.clear();
}

}  // namespace hearsay::search
