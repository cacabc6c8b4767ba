#include "sim/checks/holdings.hpp"

namespace hearsay::sim {

void Holdings::mark(Marks& marks, std::uint32_t at, ItemNumber number) {
    if (marks.size() <= at) marks.resize(at + 1);
    if (marks[at].size() <= number) marks[at].resize(number + 1);
    marks[at][number] = true;
}

void Holdings::on_kept(std::uint32_t at, const core::Effects& kept) {
    for (const core::Effect& effect : kept) {
        if (const auto* forget = std::get_if<core::Forget>(&effect))
            if (const auto number = view_.oracle.find(forget->id);
                number && core::is_final(forget->reason))
                mark(dropped_, at, *number);
        if (const auto* store = std::get_if<core::Store>(&effect))
            if (const auto number = view_.oracle.find(store->item->id)) mark(stored_, at, *number);
    }
}

void Holdings::on_disk_lost(std::uint32_t at) {
    if (at < stored_.size()) stored_[at].clear();
    if (at < dropped_.size()) dropped_[at].clear();
}

}  // namespace hearsay::sim
