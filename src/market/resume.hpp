// market/resume.hpp - what a start does with an item of ours that is still on its way.
#pragma once

#include "item.pb.h"
#include "item/item.hpp"
#include "market/effects.hpp"
#include "market/records.hpp"

namespace hearsay::market {

// Submits it again if its work is found, else has it searched again. False if it does not read.
inline bool resume_item(item::Network network, const wire::Item& kept, bool worked,
                        std::uint32_t injected, Effects& out) {
    auto read = item::read(get_item(kept), network);
    if (!read) return false;
    if (worked)
        out.push_back(Submit{*read, injected});
    else
        out.push_back(FindWork{(*read)->id, item::required_work(**read)});
    return true;
}

}  // namespace hearsay::market
