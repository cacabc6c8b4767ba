#include "search/fields.hpp"

#include <algorithm>

#include "item/kinds.hpp"

namespace hearsay::search {
namespace {

namespace limits = base::limits;

constexpr char facet_mark = 1;
constexpr char stem_mark = 2;

Fields offer_fields(item::OfferText offer) {
    Fields out;
    out.title = std::move(offer.title);
    out.lines = {std::move(offer.give), std::move(offer.want)};
    out.text = std::move(offer.text);
    out.tags = std::move(offer.tags);
    for (const std::string& tag : out.tags) out.facets.push_back({Facet::tag, folded(tag)});
    return out;
}

}  // namespace

std::string_view word_of(item::Kind kind) {
    return kind == item::kind_offer ? "offer" : "";
}

std::optional<Fields> fields_of(item::Kind kind, base::ByteView payload) {
    std::optional<Fields> out;
    if (kind == item::kind_offer)
        if (auto offer = item::read_offer(payload)) out = offer_fields(*std::move(offer));
    if (out) out->facets.push_back({Facet::kind, std::string(word_of(kind))});
    return out;
}

std::optional<Fields> fields_of(const item::Read& item) {
    const item::Publication* const claim = item.header.publication();
    if (!claim || claim->removed) return std::nullopt;
    auto out = fields_of(item.header.kind, item.item.payload);
    if (out) out->facets.push_back({Facet::publisher, publisher_value(claim->publisher)});
    return out;
}

std::string facet_term(const FacetValue& facet) {
    std::string out{facet_mark, static_cast<char>(facet.facet)};
    for (const char c : std::string_view(facet.value).substr(0, limits::term_bytes_max))
        out.push_back(c == '\0' ? ' ' : c);  // no term holds it: it ends terms in keys
    return out;
}

std::string stem_term(std::string_view language, std::string_view stem) {
    std::string out(1, stem_mark);
    out += language;
    out += stem;
    return out;
}

bool is_word(std::string_view term) {
    return !term.empty() && static_cast<unsigned char>(term.front()) >= '0';
}

std::string publisher_value(const base::PublisherKey& publisher) {
    constexpr char first_letter = '0';  // and the 63 that follow it
    std::string out;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const std::uint8_t byte : publisher.view().first(12)) {
        bits = bits << 8 | byte;
        for (held += 8; held >= 6; held -= 6)
            out.push_back(static_cast<char>(first_letter + (bits >> (held - 6) & 0x3F)));
    }
    return out;
}

void terms_of(const Fields& fields, TermScratch& scratch,
              const std::function<bool(std::string_view)>& take) {
    std::size_t fresh = 0;
    const auto add = [&](std::string_view term) {
        if (fresh < limits::item_terms_max && take(term)) ++fresh;
    };
    const auto facets = std::min(fields.facets.size(), limits::item_facets_max);
    for (std::size_t at = 0; at < facets; ++at)
        if (!fields.facets[at].value.empty()) add(facet_term(fields.facets[at]));
    const auto add_text = [&](std::string_view text) {
        if (fresh >= limits::item_terms_max) return;
        scratch.tokens.clear();
        split(text, scratch.tokens);
        for (std::size_t at = 0; at < scratch.tokens.size(); ++at) {
            const std::string_view word = scratch.tokens[at];
            add(word);
            if (fields.language.empty() || scratch.tokens.is_joined(at)) continue;
            const std::string stem = scratch.stemmer.stem(fields.language, word);
            if (!stem.empty() && stem != word) add(stem_term(fields.language, stem));
        }
    };
    add_text(fields.title);
    for (const std::string& tag : fields.tags) add_text(tag);
    for (const std::string& line : fields.lines) add_text(line);
    add_text(fields.text);
}

}  // namespace hearsay::search
