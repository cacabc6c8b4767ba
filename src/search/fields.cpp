#include "search/fields.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "crypto/sha256.hpp"
#include "item/kinds.hpp"
#include "item/kinds/post.hpp"
#include "item/kinds/profile.hpp"

namespace hearsay::search {
namespace {

namespace limits = base::limits;

constexpr char facet_mark = 1;
constexpr char stem_mark = 2;

// Kind and publisher come on top.
static_assert(limits::item_facets_max >=
              item::offer_tags_max + item::offer_deliveries_max + item::offer_payments_max +
                  item::offer_category_levels_max + item::offer_geohash_letters_max + 8);

// 16 letters for 96 bits: making a second value with them costs 2^96 for a given one.
std::string letters_of(base::ByteView bytes) {
    constexpr char first_letter = '0';  // and the 63 that follow it
    std::string out;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const std::uint8_t byte : bytes.first(12)) {
        bits = bits << 8 | byte;
        for (held += 8; held >= 6; held -= 6)
            out.push_back(static_cast<char>(first_letter + (bits >> (held - 6) & 0x3F)));
    }
    return out;
}

void add_facet(Fields& out, Facet facet, std::string_view text) {
    if (!text.empty()) out.facets.push_back({facet, facet_value(facet, text)});
}

void add_facets(Fields& out, Facet facet, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) add_facet(out, facet, text);
}

std::int64_t micros_of(std::uint64_t amount, std::uint32_t decimals) {
    constexpr std::uint32_t of_micros = 6;
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    for (; decimals > of_micros && amount > 0; --decimals) amount /= 10;
    for (; decimals < of_micros && amount <= most; ++decimals)
        amount = amount > most / 10 ? most + 1 : amount * 10;
    return static_cast<std::int64_t>(std::min(amount, most));
}

void add_price(Fields& out, const item::Price& price) {
    if (price.currency.empty()) return;
    add_facet(out, Facet::currency, price.currency);
    if (price.amount == 0) return;  // it is negotiable, or the market's
    out.price =
        Price{facet_value(Facet::currency, price.currency), micros_of(price.amount, price.decimals),
              micros_of(price.amount_most, price.decimals)};
}

Fields offer_fields(item::OfferText offer) {
    Fields out;
    out.title = std::move(offer.title);
    out.lines = {std::move(offer.give), std::move(offer.want)};
    for (item::Detail& detail : offer.details) {
        out.lines.push_back(std::move(detail.name));
        out.lines.push_back(std::move(detail.value));
    }
    out.text = std::move(offer.text);
    out.tags = std::move(offer.tags);
    add_facet(out, Facet::side, item::name(offer.side));
    add_facet(out, Facet::status, item::name(offer.status));
    add_facet(out, Facet::condition, item::name(offer.condition));
    if (offer.price) add_price(out, *offer.price);
    add_facet(out, Facet::country, offer.country);
    const std::string_view geohash = offer.geohash;
    for (std::size_t size = 1; size <= geohash.size(); ++size)
        add_facet(out, Facet::geohash, geohash.substr(0, size));
    const std::string_view path = offer.category;
    for (std::size_t end = path.find('/'); end != std::string_view::npos;
         end = path.find('/', end + 1))
        add_facet(out, Facet::category, path.substr(0, end));
    add_facet(out, Facet::category, path);
    add_facet(out, Facet::language, offer.language);
    add_facets(out, Facet::delivery, offer.delivery);
    add_facets(out, Facet::payment, offer.payment);
    add_facets(out, Facet::tag, out.tags);
    out.language = std::move(offer.language);
    return out;
}

Fields post_fields(item::PostText post) {
    Fields out;
    out.title = std::move(post.title);
    out.text = std::move(post.text);
    out.tags = std::move(post.tags);
    add_facet(out, Facet::language, post.language);
    add_facets(out, Facet::tag, out.tags);
    out.language = std::move(post.language);
    return out;
}

// Languages are those that the persona reads. Only a single one is surely that of the text.
Fields profile_fields(item::Profile profile) {
    Fields out;
    out.title = std::move(profile.nickname);
    out.text = std::move(profile.about);
    add_facets(out, Facet::language, profile.languages);
    if (profile.languages.size() == 1) out.language = std::move(profile.languages.front());
    return out;
}

std::optional<Fields> content_fields(item::Kind kind, base::ByteView payload) {
    switch (kind) {
        case item::kind_offer:
            return item::read_offer(payload).transform(offer_fields);
        case item::kind_post:
            return item::read_post(payload).transform(post_fields);
        case item::kind_profile:
            return item::read_profile(payload).transform(profile_fields);
        default:
            return std::nullopt;
    }
}

}  // namespace

std::span<const item::Kind> searched_kinds() {
    static constexpr std::array kinds{item::kind_offer, item::kind_post, item::kind_profile};
    return kinds;
}

std::string_view word_of(item::Kind kind) {
    switch (kind) {
        case item::kind_offer:
            return "offer";
        case item::kind_post:
            return "post";
        case item::kind_profile:
            return "profile";
        default:
            return "";
    }
}

std::string facet_value(Facet facet, std::string_view text) {
    if (facet != Facet::category) return folded(text);
    std::string out(text);
    if (out.size() <= limits::term_bytes_max) return out;
    const std::string digest = letters_of(crypto::sha256(base::as_bytes(text)).view());
    out.resize(limits::term_bytes_max - digest.size());
    return out + digest;
}

std::optional<Fields> fields_of(item::Kind kind, base::ByteView payload) {
    auto out = content_fields(kind, payload);
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
    return letters_of(publisher.view());
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
