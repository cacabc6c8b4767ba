#include "market/search/request.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/limits/search.hpp"
#include "item/kinds/rating.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;
using search::Facet;

std::unexpected<base::Error> refuse(std::string text) {
    return base::fail(ErrorCode::invalid, std::move(text));
}

std::string in_case(std::string text, char first, char last, int step) {
    for (char& c : text)
        if (c >= first && c <= last) c = static_cast<char>(c + step);
    return text;
}
std::string lower(const std::string& text) {
    return in_case(text, 'A', 'Z', 'a' - 'A');
}
std::string upper(const std::string& text) {
    return in_case(text, 'a', 'z', 'A' - 'a');
}

base::Result<search::Sort> sort_of(std::string_view word) {
    if (word.empty() || word == "newest") return search::Sort::newest;
    if (word == "relevance") return search::Sort::relevance;
    if (word == "price") return search::Sort::price;
    return refuse("expected to sort by newest, relevance or price");
}

// Rule 1. Leaves one clause of the kind in the query.
base::Result<item::Kind> take_kind(const std::string& asked, search::Query& query) {
    std::string word = search::folded(asked);
    if (word.empty() && !asked.empty())
        return refuse("no such kind to search; expected offer, post or profile");
    for (const search::FacetClause& clause : query.facets) {
        if (clause.facet.facet != Facet::kind) continue;
        if (clause.excludes || (!word.empty() && word != clause.facet.value))
            return refuse("a search is for one kind: expected offer, post or profile, once");
        word = clause.facet.value;
    }
    std::erase_if(query.facets, [](const auto& each) { return each.facet.facet == Facet::kind; });
    if (word.empty()) word = search::word_of(item::kind_offer);
    query.facets.push_back({{Facet::kind, word}, false});
    for (const item::Kind kind : {item::kind_offer, item::kind_post, item::kind_profile})
        if (word == search::word_of(kind)) return kind;
    return refuse("no such kind to search; expected offer, post or profile");
}

// A field with one value that filters.
struct Field {
    std::string_view name;
    Facet facet{};
    std::string SearchDraft::* value = nullptr;
};
constexpr std::array<Field, 11> fields{{
    {"tag", Facet::tag, &SearchDraft::tag},
    {"language", Facet::language, &SearchDraft::language},
    {"side", Facet::side, &SearchDraft::side},
    {"condition", Facet::condition, &SearchDraft::condition},
    {"status", Facet::status, &SearchDraft::status},
    {"category", Facet::category, &SearchDraft::category},
    {"country", Facet::country, &SearchDraft::country},
    {"geohash", Facet::geohash, &SearchDraft::geohash},
    {"delivery", Facet::delivery, &SearchDraft::delivery},
    {"payment", Facet::payment, &SearchDraft::payment},
    {"currency", Facet::currency, &SearchDraft::currency},
}};

bool has_field(item::Kind kind, Facet facet) {
    return kind == item::kind_offer || facet == Facet::language ||
           (facet == Facet::tag && kind == item::kind_post);
}

// Rule 3: an offer of nothing but these fields has to be one that there can be.
std::optional<std::string> field_problem(const SearchDraft& draft) {
    if (!draft.side.empty() && !item::side_of(lower(draft.side)))
        return "no such side; expected offered or wanted";
    if (!draft.condition.empty() && !item::condition_of(lower(draft.condition)))
        return "no such condition; expected new, like-new, good, used or for-parts";
    if (!draft.status.empty() && !item::status_of(lower(draft.status)))
        return "no such status; expected active, reserved or sold";
    item::OfferText probe{"title", "", "", ""};
    probe.category = lower(draft.category);
    probe.geohash = lower(draft.geohash);
    // Where a geohash is searched, its country need not be said.
    probe.country = draft.country.empty() && !draft.geohash.empty() ? "DE" : upper(draft.country);
    probe.language = lower(draft.language);
    if (!draft.delivery.empty()) probe.delivery = {lower(draft.delivery)};
    if (!draft.payment.empty()) probe.payment = {lower(draft.payment)};
    if (!draft.currency.empty())
        probe.price =
            item::Price{.mode = item::PriceMode::market, .currency = upper(draft.currency)};
    return item::offer_problem(probe);
}

// Rule 5. Blanks around a value do not count.
std::vector<std::string> values_in(std::string_view text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        std::string_view value = text.substr(at, end - at);
        while (value.starts_with(' ')) value.remove_prefix(1);
        while (value.ends_with(' ')) value.remove_suffix(1);
        out.emplace_back(value);
        at = end + 1;
    }
    return out;
}

base::Result<void> add_field(const Field& field, const std::string& text, search::Query& query) {
    std::vector<std::string> wholes;
    for (const std::string& value : values_in(text)) {
        SearchDraft alone;
        alone.*field.value = value;
        std::string whole = search::facet_value(field.facet, lower(value));
        if (whole.empty())
            return refuse(std::string(field.name) + ": expected a letter or a digit at least");
        if (auto problem = field_problem(alone)) return refuse(*std::move(problem));
        wholes.push_back(std::move(whole));
    }
    if (wholes.size() > limits::query_terms_max)
        return refuse(std::string(field.name) + ": at most " +
                      std::to_string(limits::query_terms_max) + " values");
    search::FacetClause clause{{field.facet, std::move(wholes.front())}, false, {}};
    clause.others.assign(std::next(wholes.begin()), wholes.end());
    query.facets.push_back(std::move(clause));
    return {};
}

base::Result<void> add_fields(const SearchDraft& draft, item::Kind kind, search::Query& query) {
    for (const Field& field : fields) {
        const std::string& value = draft.*field.value;
        if (value.empty()) continue;
        if (!has_field(kind, field.facet))
            return refuse("a " + std::string(search::word_of(kind)) + " has no " +
                          std::string(field.name) + "; leave it out, or search another kind");
        if (auto added = add_field(field, value, query); !added) return added;
    }
    return {};
}

// Rule 4.
base::Result<void> add_prices(const SearchDraft& draft, item::Kind kind, search::Request& out) {
    const bool ranged = !draft.price_min.empty() || !draft.price_max.empty();
    if (!ranged && out.sort != search::Sort::price) return {};
    if (kind != item::kind_offer) return refuse("only offers have a price");
    if (draft.currency.empty())
        return refuse("prices are compared within one currency: give currency, such as EUR");
    if (draft.currency.find(',') != std::string::npos)
        return refuse("prices are compared within one currency: give one only");
    out.currency = search::facet_value(Facet::currency, draft.currency);
    for (const auto& [text, into, name] :
         {std::tuple(&draft.price_min, &out.price_min, "price_min"),
          std::tuple(&draft.price_max, &out.price_max, "price_max")}) {
        if (text->empty()) continue;
        *into = micros_in(*text);
        if (!*into)
            return refuse(std::string(name) +
                          ": expected a number such as 12 or 12.50, with six decimals at most");
    }
    if (out.price_min && out.price_max && *out.price_min > *out.price_max)
        return refuse("price_min is above price_max: no price is between them");
    return {};
}

// Rule 6.
base::Result<std::optional<RatingWish>> rating_wish(const SearchDraft& draft) {
    constexpr std::int64_t star = 1'000'000;
    if (draft.rating.empty() && draft.rated.empty()) return std::nullopt;
    RatingWish out;
    if (!draft.rating.empty()) {
        out.mean_min = micros_in(draft.rating).value_or(0);
        if (out.mean_min < star || out.mean_min > item::rating_stars_max * star)
            return refuse("rating: expected a number of stars from 1 to 5, such as 4 or 4.5");
    }
    if (!draft.rated.empty()) {
        const char* const end = draft.rated.data() + draft.rated.size();
        const auto [at, error] = std::from_chars(draft.rated.data(), end, out.raters_min);
        if (error != std::errc{} || at != end || out.raters_min == 0)
            return refuse("rated: expected how many personas have to have rated it, 1 or more");
    }
    return out;
}

}  // namespace

std::optional<std::int64_t> micros_in(std::string_view text) {
    constexpr int decimals_most = 6;
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    std::int64_t out = 0;
    int decimals = -1;  // no point yet
    bool digits = false;
    const auto add = [&](int digit) {
        if (out > (most - digit) / 10) return false;
        out = out * 10 + digit;
        return true;
    };
    for (const char c : text) {
        if ((c == '.' || c == ',') && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9' || (decimals >= 0 && ++decimals > decimals_most)) return {};
        if (!add(c - '0')) return {};
        digits = true;
    }
    if (!digits || decimals == 0) return {};
    for (decimals = std::max(decimals, 0); decimals < decimals_most; ++decimals)
        if (!add(0)) return {};
    return out;
}

base::Result<SearchedKind> read_search(const SearchDraft& draft) {
    auto query = search::parse_query(draft.words);
    if (!query) return std::unexpected(query.error());
    const auto sort = sort_of(draft.sort);
    if (!sort) return std::unexpected(sort.error());
    const auto kind = take_kind(draft.kind, *query);
    if (!kind) return std::unexpected(kind.error());
    SearchedKind out{*kind, {*std::move(query), *sort, draft.limit}};
    out.request.cursor = draft.cursor;
    if (const auto fine = add_fields(draft, *kind, out.request.query); !fine)
        return std::unexpected(fine.error());
    if (const auto fine = add_prices(draft, *kind, out.request); !fine)
        return std::unexpected(fine.error());
    const auto rating = rating_wish(draft);
    if (!rating) return std::unexpected(rating.error());
    out.rating = *rating;
    if (!draft.by.empty()) out.request.query.by.push_back({draft.by, false});
    return out;
}

}  // namespace hearsay::market
