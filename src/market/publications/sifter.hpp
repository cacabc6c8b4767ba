// market/publications/sifter.hpp - leaves out of one answer what the user's lists hide, counts it
// by list, and says what they recommend. Which lists there are and what they say, a room above
// knows (market/lists/): it is the Judge.
//
// One's own is never left out. What is hidden is counted where it would have stood, so an answer
// looks at hidden_max hidden ones at most and then ends early: no list makes it walk all the store.
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
    // With `shows` what is hidden is told of and left in.
    Sifter(const Judge& judge, bool shows) : judge_(&judge), shows_(shows) {}

    // Whether it stays in the answer.
    bool takes(const item::Read& item, PublicationView& view) {
        if (!judge_ || view.mine) return true;
        judge_->judge(item, view);
        if (!view.hidden_by || shows_) return true;
        ++hidden_;
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
    const std::vector<HiddenCount>& counts() const { return counts_; }

private:
    const Judge* judge_ = nullptr;
    bool shows_ = false;
    std::size_t hidden_ = 0;
    std::vector<HiddenCount> counts_;  // at most as many as the user's lists
};

}  // namespace hearsay::market
