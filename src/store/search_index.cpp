#include "store/search_index.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/search.hpp"

namespace hearsay::store {
namespace {

namespace limits = base::limits;
using base::ByteView;
using search::Position;

constexpr std::string_view directory_key = "search";
// Behind a block's name: the byte that ends it, and the piece.
constexpr std::size_t name_end_size = 1 + 2;

base::Bytes key_of(std::uint64_t number, std::string_view name, std::uint32_t piece) {
    base::Bytes out = base::to_bytes(position_bytes(number));
    base::append(out, base::as_bytes(name));
    out.push_back(0);
    base::append(out, base::big_endian(static_cast<std::uint16_t>(std::min(piece, 0xFFFFU))));
    return out;
}

bool is_of(ByteView key, std::uint64_t number) {
    return key.size() >= position_size + name_end_size &&
           base::equal(key.first(position_size), position_bytes(number));
}

// Of a key that is_of() its segment.
std::string_view name_of(ByteView key) {
    return base::as_text(key.subspan(position_size, key.size() - position_size - name_end_size));
}

base::Error damaged(const char* what) {
    return {base::ErrorCode::corrupt,
            std::string("the flood database is damaged: ") + what + " of the index of words"};
}

std::optional<SearchDirectory> stored_directory(Txn& txn, const FloodTables& tables) {
    const auto row = txn.get(tables.about, base::as_bytes(directory_key));
    if (!row) return SearchDirectory{};
    auto out = read_directory(*row);
    if (!out) txn.fail(damaged("the directory"));
    return out;
}

// The row that holds the first piece of `from`'s list, or would.
std::optional<Row> row_of(Cursor& cursor, std::uint64_t number, std::string_view from) {
    const base::Bytes key = key_of(number, from, 0);
    const auto row = cursor.at_least(key);
    if (row && base::equal(row->key, key)) return row;
    const auto before = row ? cursor.previous() : cursor.last();
    if (before && is_of(before->key, number)) return before;
    return cursor.at_least(key);
}

std::optional<base::Bytes> first_key(Txn& txn, MDB_dbi table, std::uint64_t number) {
    Cursor cursor(txn, table);
    const auto row = cursor.at_least(position_bytes(number));
    if (!row || !is_of(row->key, number)) return std::nullopt;
    return base::to_bytes(row->key);
}

// Which positions of a range are held.
class Held {
public:
    Held(Position first, Position last)
        : first_(first), bits_(static_cast<std::size_t>((last - first) / 8) + 1, 0) {}
    Held(Position first, ByteView bits) : first_(first), bits_(base::to_bytes(bits)) {}
    void read(Txn& txn, MDB_dbi heads, Position last) {
        Cursor cursor(txn, heads);
        for (auto row = cursor.at_least(position_bytes(first_)); row; row = cursor.next()) {
            const auto position = read_position(row->key);
            if (!position || *position > last) return;
            const auto at = static_cast<std::size_t>(*position - first_);
            bits_[at / 8] |= static_cast<std::uint8_t>(1U << (at % 8));
        }
    }
    bool has(Position position) const {
        const auto at = static_cast<std::size_t>(position - first_);
        return at / 8 < bits_.size() && (bits_[at / 8] >> (at % 8) & 1) != 0;
    }
    ByteView bits() const { return bits_; }

private:
    Position first_;
    base::Bytes bits_;
};

base::Bytes bits_key(std::uint64_t number) {
    base::Bytes out = base::to_bytes(position_bytes(0));
    base::append(out, position_bytes(number));
    return out;
}

// One input of a merge. It copies each block, because views end with the next write.
class Input {
public:
    Input(Txn& txn, MDB_dbi table, const SearchSegment& segment, std::string_view after)
        : txn_(txn), table_(table), segment_(segment) {
        Cursor cursor(txn_, table_);
        load(row_of(cursor, segment.number, after));
        while (entry_ && entry_->term <= after) next();
    }
    const std::optional<search::Entry>& entry() const { return entry_; }
    const SearchSegment& segment() const { return segment_; }
    void next() {
        entry_ = reader_ ? reader_->next() : std::nullopt;
        while (!entry_ && reader_ && !txn_.error()) {
            if (reader_->is_broken()) return txn_.fail(damaged("a block"));
            base::Bytes further = key_;
            further.push_back(0);
            Cursor cursor(txn_, table_);
            load(cursor.at_least(further));
        }
    }

private:
    void load(const std::optional<Row>& row) {
        reader_.reset();
        entry_.reset();
        if (!row || !is_of(row->key, segment_.number)) return;
        key_ = base::to_bytes(row->key);
        block_ = base::to_bytes(row->value);
        reader_.emplace(name_of(key_), block_);
        entry_ = reader_->next();
        if (!entry_) txn_.fail(damaged("a block"));
    }

    Txn& txn_;
    const MDB_dbi table_;
    const SearchSegment segment_;
    base::Bytes key_, block_;
    std::optional<search::BlockReader> reader_;
    std::optional<search::Entry> entry_;
};

// Writes the terms of some neighbours into one segment.
class Merging {
public:
    Merging(Txn& txn, MDB_dbi table, SearchMerge& merge, std::span<const SearchSegment> inputs,
            const Held* held)
        : txn_(txn),
          merge_(merge),
          held_(held),
          writer_(merge.output.last, [&txn, table, &merge](std::string_view name,
                                                           std::uint32_t piece, ByteView block) {
              merge.output.bytes += block.size();
              txn.put(table, key_of(merge.output.number, name, piece), block);
          }) {
        for (auto input = inputs.rbegin(); input != inputs.rend(); ++input)  // newest first
            inputs_.push_back(std::make_unique<Input>(txn, table, *input, merge.after));
    }

    // True when all is written.
    bool run(std::uint64_t budget) {
        std::uint64_t spent = 0;
        while (!txn_.error()) {
            const auto term = smallest();
            if (!term) {
                writer_.flush();
                return true;
            }
            merge_.after = *term;
            spent += take(merge_.after);
            if (spent > budget) break;
        }
        writer_.flush();
        return false;
    }

private:
    std::optional<std::string_view> smallest() const {
        std::optional<std::string_view> out;
        for (const auto& input : inputs_)
            if (const auto& entry = input->entry(); entry && (!out || entry->term < *out))
                out = entry->term;
        return out;
    }
    std::uint64_t take(const std::string& term) {
        std::uint64_t spent = term.size();
        positions_.clear();
        for (const auto& input : inputs_)
            while (input->entry() && input->entry()->term == term) {
                spent += input->entry()->list.size();
                read(*input);
                input->next();
            }
        if (positions_.empty()) return spent;
        static const std::string any_kind = search::facet_term({search::Facet::kind, ""});
        if (term.starts_with(any_kind)) merge_.output.items += positions_.size();
        writer_.add(term, positions_);
        return spent;
    }
    void read(const Input& input) {
        search::ListReader list(input.entry()->list, input.segment().last);
        while (const auto position = list.next()) {
            if (*position < input.segment().first) return txn_.fail(damaged("a list"));
            if (!held_ || held_->has(*position)) positions_.push_back(*position);
        }
        if (list.is_broken()) txn_.fail(damaged("a list"));
    }

    Txn& txn_;
    SearchMerge& merge_;
    const Held* const held_;
    search::BlockWriter writer_;
    std::vector<std::unique_ptr<Input>> inputs_;
    std::vector<Position> positions_;
};

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
    for (auto row = row_of(cursor, segment.number, from); row && is_of(row->key, segment.number);
         row = cursor.next()) {
        search::BlockReader block(name_of(row->key), row->value);
        while (const auto entry = block.next())
            if (entry->term >= from && !visit(entry->term, entry->list)) return;
        if (block.is_broken()) return txn_.fail(damaged("a block"));
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
            txn_.put(tables_.search, key_of(out.number, name, piece), block, MDB_APPEND);
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
        Merging(txn_, tables_.search, merge, copied, dead ? &held : nullptr).run(UINT64_MAX);
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
    Held held(first.first, last.last);
    held.read(txn_, tables_.heads, last.last);
    txn_.put(tables_.search, bits_key(all.merge->output.number), held.bits());
}

bool SearchWriter::step(std::uint64_t budget) {
    SearchDirectory& all = directory();
    SearchMerge& merge = *all.merge;
    const auto bits = txn_.get(tables_.search, bits_key(merge.output.number));
    const auto first = std::ranges::find(all.segments, merge.first_input, &SearchSegment::number);
    if (!bits || static_cast<std::uint64_t>(all.segments.end() - first) < merge.inputs) {
        txn_.fail(damaged("a merge"));
        return false;
    }
    const Held held(merge.output.first, *bits);
    const std::vector<SearchSegment> inputs(first,
                                            first + static_cast<std::ptrdiff_t>(merge.inputs));
    return Merging(txn_, tables_.search, merge, inputs, &held).run(budget);
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
