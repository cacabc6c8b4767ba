#include "store/search_merge.hpp"

#include <memory>

#include "store/search_rows.hpp"

namespace hearsay::store {
namespace {

using base::ByteView;
using search::Position;

// One input of a merge. It copies each block, because views end with the next write.
class Input {
public:
    Input(Txn& txn, MDB_dbi table, const SearchSegment& segment, std::string_view after)
        : txn_(txn), table_(table), segment_(segment) {
        Cursor cursor(txn_, table_);
        load(search_row(cursor, segment.number, after));
        while (entry_ && entry_->term <= after) next();
    }
    const std::optional<search::Entry>& entry() const { return entry_; }
    // Most terms differ in it, and comparing them is most of a merge.
    std::uint64_t beginning() const { return beginning_; }
    const SearchSegment& segment() const { return segment_; }
    void next() {
        entry_ = reader_ ? reader_->next() : std::nullopt;
        while (!entry_ && reader_ && !txn_.error()) {
            if (reader_->is_broken()) return txn_.fail(search_damaged("a block"));
            base::Bytes further = key_;
            further.push_back(0);
            Cursor cursor(txn_, table_);
            load(cursor.at_least(further));
        }
        if (entry_) beginning_ = search::beginning_of(entry_->term);
    }

private:
    void load(const std::optional<Row>& row) {
        reader_.reset();
        entry_.reset();
        if (!row || !is_of_segment(row->key, segment_.number)) return;
        key_ = base::to_bytes(row->key);
        block_ = base::to_bytes(row->value);
        reader_.emplace(block_name(key_), block_);
        entry_ = reader_->next();
        if (!entry_) return txn_.fail(search_damaged("a block"));
        beginning_ = search::beginning_of(entry_->term);
    }

    Txn& txn_;
    const MDB_dbi table_;
    const SearchSegment segment_;
    base::Bytes key_, block_;
    std::optional<search::BlockReader> reader_;
    std::optional<search::Entry> entry_;
    std::uint64_t beginning_ = 0;
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
              txn.put(table, search_key(merge.output.number, name, piece), block);
          }) {
        for (auto input = inputs.rbegin(); input != inputs.rend(); ++input)  // newest first
            inputs_.push_back(std::make_unique<Input>(txn, table, *input, merge.after));
    }

    // True when all is written.
    bool run(std::uint64_t budget) {
        std::uint64_t spent = 0;
        while (!txn_.error()) {
            const Input* const next = smallest();
            if (!next) {
                writer_.flush();
                return true;
            }
            const std::uint64_t beginning = next->beginning();
            merge_.after = next->entry()->term;
            spent += take(beginning, merge_.after);
            if (spent > budget) break;
        }
        writer_.flush();
        return false;
    }

private:
    const Input* smallest() const {
        const Input* out = nullptr;
        for (const auto& input : inputs_) {
            if (!input->entry()) continue;
            if (!out || input->beginning() < out->beginning() ||
                (input->beginning() == out->beginning() &&
                 input->entry()->term < out->entry()->term))
                out = input.get();
        }
        return out;
    }
    std::uint64_t take(std::uint64_t beginning, const std::string& term) {
        std::uint64_t spent = term.size();
        positions_.clear();
        for (const auto& input : inputs_)
            while (input->entry() && input->beginning() == beginning &&
                   input->entry()->term == term) {
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
            if (*position < input.segment().first) return txn_.fail(search_damaged("a list"));
            if (!held_ || held_->has(*position)) positions_.push_back(*position);
        }
        if (list.is_broken()) txn_.fail(search_damaged("a list"));
    }

    Txn& txn_;
    SearchMerge& merge_;
    const Held* const held_;
    search::BlockWriter writer_;
    std::vector<std::unique_ptr<Input>> inputs_;
    std::vector<Position> positions_;
};

}  // namespace

bool write_merged(Txn& txn, MDB_dbi table, SearchMerge& merge,
                  std::span<const SearchSegment> inputs, const Held* held, std::uint64_t budget) {
    return Merging(txn, table, merge, inputs, held).run(budget);
}

}  // namespace hearsay::store
