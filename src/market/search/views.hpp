// market/search/views.hpp - what a search looks like from outside: what is asked and answered.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "market/offers/views.hpp"
#include "market/posts/views.hpp"
#include "market/profiles/views.hpp"
#include "market/publications/sifter.hpp"

namespace hearsay::market {

// What is searched, as a person writes it. Empty fields ask for nothing.
struct SearchDraft {
    std::string words{};     // search/query.hpp
    std::string kind{};      // offer (also if empty), post, profile
    std::string by{};        // a persona: its address, or of one's own the name
    std::string tag{};       // of offers and posts
    std::string language{};  // of all kinds
    // Of offers.
    std::string side{}, condition{}, status{};
    std::string category{};  // it, and all below it
    std::string country{};
    std::string geohash{};  // it, and all within it
    std::string delivery{}, payment{};
    std::string currency{};                // with a price in it; range and order need it
    std::string price_min{}, price_max{};  // decimal numbers
    std::string rating{};                  // a decimal number from 1 to 5: rated so, or better
    std::string rated{};                   // by so many personas, or more
    std::string sort{};                    // newest (also if empty), relevance, price
    std::string cursor{};
    std::size_t limit = 0;
    bool show_hidden = false;  // what lists hide is left in
};

// What is found is of one kind, so one list at most has anything in it.
struct SearchView {
    std::vector<OfferView> offers{};
    std::vector<PostView> posts{};
    std::vector<ProfileView> profiles{};
    std::uint64_t total = 0;
    bool is_more_than = false;  // there are more than `total`
    std::uint64_t unrated = 0;  // left out of them, where a rating was asked for
    std::uint64_t ranked = 0;
    std::vector<std::pair<std::string, std::string>> corrected{};
    std::string cursor{};               // of the next page; empty: there is none
    std::vector<HiddenCount> hidden{};  // left out of this page
};

}  // namespace hearsay::market
