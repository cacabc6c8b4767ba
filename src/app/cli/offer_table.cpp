#include "app/cli/offer_table.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "app/cli/offer_edit.hpp"
#include "app/cli/text.hpp"
#include "base/limits/items.hpp"

namespace hearsay::app::cli {
namespace {

using Problem = std::optional<std::string>;
using Words = OfferEdit::Words;

Words split(std::string_view text, std::string_view between) {
    Words out;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(between), text.size()));
        if (text.empty()) return out;
        const std::size_t end = std::min(text.find_first_of(between), text.size());
        out.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

template <class Repeated>
std::string joined_by(const Repeated& words, char between) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : std::string(1, between)) + word;
    return out;
}

// What one row says, before it is a draft.
struct Row {
    OfferEdit edit;
    std::string text, persona;
    std::uint32_t lifetime = 0;
};

Problem set_number(const std::string& cell, std::optional<std::uint32_t>& out) {
    std::uint32_t number = 0;
    const char* const end = cell.data() + cell.size();
    const auto [stop, error] = std::from_chars(cell.data(), end, number);
    if (error != std::errc() || stop != end) return "expected a whole number";
    out = number;
    return std::nullopt;
}
Problem set_price(const std::string& cell, Row& out) {
    out.edit.price.amount = parse_amount(cell);
    if (out.edit.price.amount) return std::nullopt;
    return "expected a number above 0, such as 25.50, or a range such as 20-30";
}
Problem set_premium(const std::string& cell, Row& out) {
    out.edit.price.premium_bp = parse_premium(cell);
    if (out.edit.price.premium_bp) return std::nullopt;
    return "expected percents, such as +2.5%, -1% or 0";
}
Problem set_details(const std::string& cell, Row& out) {
    out.edit.details.emplace();
    for (const std::string& line : split(cell, "\r\n")) {
        auto detail = parse_detail(line);
        if (!detail) return "expected NAME=VALUE on each line";
        out.edit.details->push_back(*std::move(detail));
    }
    return std::nullopt;
}
Problem set_lifetime(const std::string& cell, Row& out) {
    const auto span = parse_lifetime(cell);
    if (!span || *span > base::limits::lifetime_max)
        return "expected a number with m, h or d, such as 90m, 12h or 7d, at most 15d";
    out.lifetime = static_cast<std::uint32_t>(span->count());
    return std::nullopt;
}

template <std::optional<std::string> OfferEdit::* member>
Problem set_text(const std::string& cell, Row& out) {
    out.edit.*member = cell;
    return std::nullopt;
}
template <std::optional<std::string> PriceEdit::* member>
Problem set_of_price(const std::string& cell, Row& out) {
    out.edit.price.*member = cell;
    return std::nullopt;
}
template <std::optional<Words> OfferEdit::* member>
Problem set_words(const std::string& cell, Row& out) {
    out.edit.*member = split(cell, " ");
    return std::nullopt;
}
template <std::optional<std::uint32_t> OfferEdit::* member>
Problem set_count(const std::string& cell, Row& out) {
    return set_number(cell, out.edit.*member);
}
template <std::string Row::* member>
Problem set_own(const std::string& cell, Row& out) {
    out.*member = cell;
    return std::nullopt;
}

using Set = Problem (*)(const std::string& cell, Row& out);

const std::vector<std::pair<std::string, Set>>& setters() {
    static const std::vector<std::pair<std::string, Set>> all{
        {"title", set_text<&OfferEdit::title>},
        {"text", set_own<&Row::text>},
        {"side", set_text<&OfferEdit::side>},
        {"mode", set_of_price<&PriceEdit::mode>},
        {"price", set_price},
        {"currency", set_of_price<&PriceEdit::currency>},
        {"premium", set_premium},
        {"per", set_of_price<&PriceEdit::per>},
        {"give", set_text<&OfferEdit::give>},
        {"want", set_text<&OfferEdit::want>},
        {"tags", set_words<&OfferEdit::tags>},
        {"quantity", set_count<&OfferEdit::quantity>},
        {"condition", set_text<&OfferEdit::condition>},
        {"category", set_text<&OfferEdit::category>},
        {"country", set_text<&OfferEdit::country>},
        {"geohash", set_text<&OfferEdit::geohash>},
        {"delivery", set_words<&OfferEdit::delivery>},
        {"payment", set_words<&OfferEdit::payment>},
        {"language", set_text<&OfferEdit::language>},
        {"status", set_text<&OfferEdit::status>},
        {"details", set_details},
        {"warning", set_text<&OfferEdit::warning>},
        {"stamp_bits", set_count<&OfferEdit::stamp_bits>},
        {"lifetime", set_lifetime},
        {"persona", set_own<&Row::persona>},
    };
    return all;
}

std::string decimal(std::uint64_t amount, std::uint32_t decimals) {
    std::string digits = std::to_string(amount);
    if (decimals == 0) return digits;
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    return digits.insert(digits.size() - decimals, ".");
}

void write_price(const api::Price& price, std::map<std::string, std::string>& out) {
    out["mode"] = price.mode();
    if (price.amount() > 0) out["price"] = decimal(price.amount(), price.decimals());
    if (price.amount_most() > 0)
        out["price"] += "-" + decimal(price.amount_most(), price.decimals());
    out["currency"] = price.currency();
    out["per"] = price.per();
    if (price.mode() != "market") return;
    const std::int64_t premium = price.premium_bp();
    out["premium"] = (premium < 0 ? "-" : "") +
                     decimal(static_cast<std::uint64_t>(premium < 0 ? -premium : premium), 2) + "%";
}

std::string number_text(std::uint32_t number) {
    return number == 0 ? "" : std::to_string(number);
}

}  // namespace

const std::vector<std::string>& offer_columns() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> out;
        for (const auto& [name, set] : setters()) out.push_back(name);
        return out;
    }();
    return names;
}

std::expected<void, std::string> check_columns(const std::vector<std::string>& names) {
    std::set<std::string> seen;
    for (const std::string& name : names) {
        if (std::ranges::find(offer_columns(), name) == offer_columns().end())
            return std::unexpected("unknown column \"" + name + "\"; expected some of " +
                                   joined_by(offer_columns(), ','));
        if (!seen.insert(name).second)
            return std::unexpected("the column " + name + " stands there twice");
    }
    return {};
}

std::expected<api::OfferDraft, std::string> draft_of_row(const std::vector<std::string>& names,
                                                         const CsvRow& row) {
    if (row.cells.size() != names.size())
        return std::unexpected("it has " + std::to_string(row.cells.size()) + " cells; expected " +
                               std::to_string(names.size()));
    Row said;
    for (std::size_t at = 0; at < names.size(); ++at) {
        const auto set =
            std::ranges::find(setters(), names[at], [](const auto& each) { return each.first; });
        if (set == setters().end() || row.cells[at].empty()) continue;
        if (const Problem problem = set->second(row.cells[at], said))
            return std::unexpected(names[at] + ": " + *problem);
    }
    api::OfferDraft out;
    apply(said.edit, out);
    out.set_text(said.text);
    out.set_persona(said.persona);
    out.set_lifetime_seconds(said.lifetime);
    return out;
}

std::vector<std::string> row_of(const api::OfferDraft& draft) {
    std::map<std::string, std::string> said{{"title", draft.title()},
                                            {"text", draft.text()},
                                            {"side", draft.side()},
                                            {"give", draft.give()},
                                            {"want", draft.want()},
                                            {"tags", joined_by(draft.tags(), ' ')},
                                            {"condition", draft.condition()},
                                            {"category", draft.category()},
                                            {"country", draft.country()},
                                            {"geohash", draft.geohash()},
                                            {"delivery", joined_by(draft.delivery(), ' ')},
                                            {"payment", joined_by(draft.payment(), ' ')},
                                            {"language", draft.language()},
                                            {"status", draft.status()},
                                            {"warning", draft.warning()},
                                            {"persona", draft.persona()},
                                            {"quantity", number_text(draft.quantity())},
                                            {"stamp_bits", number_text(draft.stamp_bits())}};
    if (draft.has_price()) write_price(draft.price(), said);
    Words details;
    for (const api::Detail& detail : draft.details())
        details.push_back(detail.name() + "=" + detail.value());
    said["details"] = joined_by(details, '\n');
    std::vector<std::string> out;
    for (const std::string& name : offer_columns()) out.push_back(said[name]);
    return out;
}

}  // namespace hearsay::app::cli
