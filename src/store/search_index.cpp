#include "store/search_index.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/search.hpp"
#include "store/search_merge.hpp"
#include "store/search_rows.hpp"

namespace hearsay::store {
namespace {

namespace limits = base::limits;
using base::ByteView;
using search::Position;

constexpr std::string_view directory_key = "search";
std::optional<SearchDirectory> stored_directory(Txn& txn, const FloodTables& tables) {
    const auto row = txn.get(tables.about, base::as_bytes(directory_key));
    if (!row) return SearchDirectory{};
    auto out = read_directory(*row);
    if (!out) txn.fail(search_damaged("the directory"));
    return out;
}

std::optional<base::Bytes> first_key(Txn& txn, MDB_dbi table, std::uint64_t number) {
    Cursor cursor(txn, table);
    const auto row = cursor.at_least(position_bytes(number));
    if (!row || !is_of_segment(row->key, number)) return std::nullopt;
    return base::to_bytes(row->key);
}

base::Bytes bits_key(std::uint64_t number) {
    base::Bytes out = base::to_bytes(position_bytes(0));
    base::append(out, position_bytes(number));
    return out;
}

}  // namespace

// ---- reading ------------------------------------------------------------------------------------

std::vector<search::Segment> SearchIndex::segments() const {
    std::vector<search::Segment> out;
    const auto directory = stored_directory(txn_, tables_);
    if (!directory) return out;
    for (auto each = directory->segments.rbegin(); each != directory->segments.rend(); ++each)
        out.push_back({each->number, each->first, each->last});
    return out;
}

void SearchIndex::each_term(const search::Segment& segment, std::string_view from,
                            const std::function<bool(std::string_view, ByteView)>& visit) const {
    Cursor cursor(txn_, tables_.search);
    for (auto row = search_row(cursor, segment.number, from);
         row && is_of_segment(row->key, segment.number); row = cursor.next()) {
        search::BlockReader block(block_name(row->key), row->value);
        while (const auto entry = block.next())
            if (entry->term >= from && !visit(entry->term, entry->list)) return;
        if (block.is_broken()) return txn_.fail(search_damaged("a block"));
    }
}

bool SearchIndex::is_alive(Position position) const {
    return txn_.get(tables_.heads, position_bytes(position)).has_value();
}

std::optional<search::Fields> SearchIndex::fields(Position position) const {
    const auto key = position_bytes(position);
    const auto row = txn_.get(tables_.heads, key);
    const auto head = row ? read_head(*row) : std::nullopt;
    const auto record = txn_.get(tables_.items, key);
    const auto payload = head && record ? record_payload(*record) : std::nullopt;
    return payload ? search::fields_of(head->kind, *payload) : std::nullopt;
}

// ---- writing ------------------------------------------------------------------------------------

SearchWriter::SearchWriter(Txn& txn, const FloodTables& tables, std::uint64_t life,
                           const MergePace& pace)
    : txn_(txn), tables_(tables), pace_(pace), batch_([&] {
          crypto::SipKey key;
          std::ranges::copy(base::big_endian(life), key.data.begin());
          return key;
      }()) {}

SearchWriter::~SearchWriter() = default;

SearchDirectory& SearchWriter::directory() {
    if (!directory_) directory_ = stored_directory(txn_, tables_).value_or(SearchDirectory{});
    return *directory_;
}

std::uint64_t SearchWriter::add(Position position, const item::Read& item) {
    const auto fields = search::fields_of(item);
    if (!fields) return 0;
    batch_.add(position, *fields);
    if (batch_.pairs() >= limits::batch_terms_max) write_batch();
    // A term costs its letters, a gap and an entry's sizes; a text of single letters the most.
    return 8 * item.item.payload.size() + limits::search_block_bytes_max;
}

void SearchWriter::erase(Position position, item::Kind kind) {
    if (search::word_of(kind).empty()) return;
    SearchSegment* const segment = directory().at(position);
    if (!segment) return;  // of this transaction, or a removal
    changed_ = true;
    ++segment->dead;
    auto& merge = directory().merge;
    if (merge && position >= merge->output.first && position <= merge->output.last)
        ++merge->output.dead;
}

void SearchWriter::write_batch() {
    if (batch_.empty()) return;
    changed_ = true;
    SearchSegment out{directory().next++, batch_.first(), batch_.last(), batch_.items(), 0, 0};
    search::BlockWriter writer(
        out.last, [&](std::string_view name, std::uint32_t piece, ByteView block) {
            out.bytes += block.size();
            // Its number is the largest, so its rows come last of all.
            txn_.put(tables_.search, search_key(out.number, name, piece), block, MDB_APPEND);
        });
    batch_.each([&](std::string_view term, std::span<const Position> positions) {
        writer.add(term, positions);
    });
    writer.flush();
    written_ += out.bytes;
    directory().segments.push_back(out);
    batch_.clear();
}

void SearchWriter::finish(std::uint64_t room_bytes) {
    write_batch();
    merge_small(room_bytes);
    merge_large(room_bytes);
    erase_doomed();
    if (changed_ && !txn_.error())
        txn_.put(tables_.about, base::as_bytes(directory_key), write_directory(directory()));
}

void SearchWriter::merge_small(std::uint64_t room_bytes) {
    const std::uint64_t most = std::min(pace_.at_once_bytes, room_bytes / 2);
    while (!txn_.error()) {
        const auto which = choose_merge(directory(), most);
        if (!which) return;
        SearchDirectory& all = directory();
        const std::span inputs =
            std::span(all.segments).subspan(which->begin, which->end - which->begin);
        Held held(inputs.front().first, inputs.back().last);
        const bool dead = std::ranges::any_of(
            inputs, [](const SearchSegment& segment) { return segment.dead > 0; });
        if (dead) held.read(txn_, tables_.heads, inputs.back().last);
        SearchMerge merge;
        merge.output = {all.next++, inputs.front().first, inputs.back().last, 0, 0, 0};
        const std::vector<SearchSegment> copied(inputs.begin(), inputs.end());
        write_merged(txn_, tables_.search, merge, copied, dead ? &held : nullptr, UINT64_MAX);
        merge.inputs = copied.size();
        merge.first_input = copied.front().number;
        std::optional<SearchMerge> other = std::exchange(all.merge, std::move(merge));
        end_merge();
        all.merge = std::move(other);
    }
}

void SearchWriter::merge_large(std::uint64_t room_bytes) {
    if (!directory().merge)
        if (const auto which = choose_merge(directory(), room_bytes / 2)) begin_merge(*which);
    if (!directory().merge) return;
    changed_ = true;
    if (step(pace_.step_bytes + pace_.step_factor * written_)) end_merge();
}

void SearchWriter::begin_merge(const Neighbours& which) {
    SearchDirectory& all = directory();
    const SearchSegment& first = all.segments[which.begin];
    const SearchSegment& last = all.segments[which.end - 1];
    all.merge = SearchMerge{
        {all.next++, first.first, last.last, 0, 0, 0}, first.number, which.end - which.begin, ""};
    const std::span inputs = std::span(all.segments).subspan(which.begin, which.end - which.begin);
    const bool dead =
        std::ranges::any_of(inputs, [](const SearchSegment& segment) { return segment.dead > 0; });
    Held held(first.first, last.last);
    if (dead) held.read(txn_, tables_.heads, last.last);
    txn_.put(tables_.search, bits_key(all.merge->output.number), dead ? held.bits() : ByteView());
}

bool SearchWriter::step(std::uint64_t budget) {
    SearchDirectory& all = directory();
    SearchMerge& merge = *all.merge;
    const auto bits = txn_.get(tables_.search, bits_key(merge.output.number));
    const auto first = std::ranges::find(all.segments, merge.first_input, &SearchSegment::number);
    if (!bits || static_cast<std::uint64_t>(all.segments.end() - first) < merge.inputs) {
        txn_.fail(search_damaged("a merge"));
        return false;
    }
    const Held held(merge.output.first, *bits);
    const bool all_held = bits->empty();
    const std::vector<SearchSegment> inputs(first,
                                            first + static_cast<std::ptrdiff_t>(merge.inputs));
    return write_merged(txn_, tables_.search, merge, inputs, all_held ? nullptr : &held, budget);
}

// The output takes the inputs' place.
void SearchWriter::end_merge() {
    if (txn_.error()) return;
    changed_ = true;
    SearchDirectory& all = directory();
    const SearchMerge merge = *std::exchange(all.merge, std::nullopt);
    const auto first = std::ranges::find(all.segments, merge.first_input, &SearchSegment::number);
    const auto end = first + static_cast<std::ptrdiff_t>(merge.inputs);
    for (auto each = first; each != end; ++each) all.doomed.push_back(each->number);
    const auto place = all.segments.erase(first, end);
    if (merge.output.items > 0) all.segments.insert(place, merge.output);
    txn_.erase(tables_.search, bits_key(merge.output.number));
}

void SearchWriter::erase_doomed() {
    std::vector<std::uint64_t>& doomed = directory().doomed;
    std::size_t left = pace_.erased_rows + doomed.size() / 8 * pace_.erased_rows;
    while (!doomed.empty() && left > 0 && !txn_.error()) {
        const auto key = first_key(txn_, tables_.search, doomed.back());
        changed_ = true;
        if (key) {
            txn_.erase(tables_.search, *key);
            --left;
        } else {
            doomed.pop_back();
        }
    }
}

}  // namespace hearsay::store
