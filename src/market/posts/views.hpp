// market/posts/views.hpp - what a post looks like from outside: what commands take and answer.
#pragma once

#include <string>

#include "item/kinds/post.hpp"
#include "market/publications/views.hpp"

namespace hearsay::market {

struct PostDraft {
    item::PostText text{};     // but for what it answers
    std::string answer_to{};   // an id, or a unique beginning of the id of what is here; or empty
    base::Seconds lifetime{};  // 0: the usual one
    std::string persona{};     // that signs; empty: a fresh one
    bool renew = false;        // it is published anew before it ends
};

struct PostView : PublicationView {
    item::PostText text{};
};

}  // namespace hearsay::market
