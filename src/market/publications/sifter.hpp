// market/publications/sifter.hpp - leaves out of one answer what the user's lists hide, counts it
// by list, and says what they recommend. Which lists there are and what they say, a room above
// knows (market/lists/): it is the Judge.
//
// One's own is never left out. What is hidden is counted where it would have stood: of a page,
// behind the entries of the pages before it. An answer looks at hidden_max hidden ones at most, on
// all these pages, and then ends early: no list makes it walk all the store.
#pragma once

#include <algorithm>
#include <vector>

#include "item/item.hpp"
#include "market/publications/views.hpp"

namespace hearsay::market {

class Judge {
public:
    // What counts for this thing of somebody else's, into the view: hidden_by or recommended_by.
    virtual void judge(const item::Read& item, PublicationView& view) const = 0;

protected:
    ~Judge() = default;
};

struct HiddenCount {
    ListNote list{};  // without a reason
    std::uint32_t count = 0;
};

class Sifter {
public:
    static constexpr std::size_t hidden_max = 1000;

    Sifter() = default;  // leaves nothing out
    // With `shows` what is hidden is told of and left in. Counts begin behind so many entries.
    Sifter(const Judge& judge, bool shows, std::size_t entries_before = 0)
        : judge_(&judge), shows_(shows), entries_before_(entries_before) {}

    // Whether it stays in the answer, behind `place` others.
    bool takes(const item::Read& item, PublicationView& view, std::size_t place) {
        if (!judge_ || view.mine) return true;
        judge_->judge(item, view);
        if (!view.hidden_by || shows_) return true;
        ++hidden_;
        if (place < entries_before_) return false;
        const auto same = std::ranges::find_if(counts_, [&](const HiddenCount& each) {
            return each.list.list == view.hidden_by->list;
        });
        if (same != counts_.end()) {
            ++same->count;
        } else {
            counts_.push_back({*view.hidden_by, 1});
            counts_.back().list.reason.clear();
        }
        return false;
    }
    bool is_tired() const { return hidden_ >= hidden_max; }
    std::size_t hidden() const { return hidden_; }  // also on the pages before
    const std::vector<HiddenCount>& counts() const { return counts_; }

private:
    const Judge* judge_ = nullptr;
    bool shows_ = false;
    std::size_t entries_before_ = 0;
    std::size_t hidden_ = 0;
    std::vector<HiddenCount> counts_;  // at most as many as the user's lists
};

}  // namespace hearsay::market
