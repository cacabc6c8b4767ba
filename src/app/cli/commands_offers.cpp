#include "app/cli/commands_offers.hpp"

#include <algorithm>
#include <array>

#include "app/cli/command_parts.hpp"
#include "item/kinds/offer.hpp"

namespace hearsay::app::cli {
namespace {

using Problem = std::optional<std::string>;

void text_value(po::options_description& options, const char* name, const char* value,
                const char* help) {
    options.add_options()(name, po::value<std::string>()->value_name(value), help);
}
void list_value(po::options_description& options, const char* name, const char* value,
                const char* help) {
    options.add_options()(
        name, po::value<std::vector<std::string>>()->composing()->value_name(value), help);
}

void price_options(po::options_description& options) {
    text_value(options, "price", "AMOUNT", "such as 25.50, or 20-30; needs --currency");
    text_value(options, "currency", "CODE", "such as EUR or XMR");
    options.add_options()("fixed", po::bool_switch(), "the price is fixed, as it usually is");
    options.add_options()("negotiable", po::bool_switch(), "the price is negotiable");
    options.add_options()("free", po::bool_switch(), "it costs nothing");
    text_value(options, "market", "PERCENT",
               "what the market says, and so much more: +2.5%, -1%, 0; needs --currency");
    text_value(options, "per", "WHAT", "what the price is for: hour, kg; all of it if not given");
}

void offer_options(po::options_description& options) {
    text_value(options, "title", "TITLE", "one line, up to 120 bytes");
    text_options(options);
    text_value(options, "side", "SIDE", "offered, as usual, or wanted");
    price_options(options);
    text_value(options, "give", "WHAT", "what you give");
    text_value(options, "want", "WHAT", "what you want for it");
    options.add_options()(
        "tag", po::value<std::vector<std::string>>()->composing()->multitoken()->value_name("TAG"),
        "a word to find it by, in small letters; may be repeated, up to 8");
    text_value(options, "quantity", "N", "how many there are");
    text_value(options, "condition", "WORD", "new, like-new, good, used or for-parts");
    text_value(options, "category", "PATH", "such as sport/bicycles: docs/categories.md");
    text_value(options, "country", "CODE", "two capital letters, such as DE");
    text_value(options, "geohash", "LETTERS", "where, to some 30 km: at most four letters");
    list_value(options, "delivery", "WAY", "such as pickup or post; may be repeated, up to 8");
    list_value(options, "payment", "WAY", "such as cash, sepa or xmr; may be repeated, up to 16");
    text_value(options, "language", "CODE", "two or three small letters, such as de");
    list_value(options, "detail", "NAME=VALUE",
               "such as Frame=\"56 cm\"; may be repeated, up to 16");
    text_value(options, "warning", "TEXT", "what to know before looking");
    list_value(options, "picture", "FILE",
               "a JPEG or WebP of at most 16 KiB and 640 pixels a side; may be repeated, up to 4");
    renew_option(options);
    text_value(options, "lifetime", "TIME",
               "how long it lives: 90m, 12h, 7d; at most 15d. A new one lives 7d if not given");
    text_value(options, "stamp-bits", "N",
               "work of 2^N hashes that strangers' answers carry, 1 to 36 (24)");
}
void publish_options(po::options_description& options) {
    offer_options(options);
    as_option(options);
    options.add_options()("estimate", po::bool_switch(),
                          "only say what work it would cost, and publish nothing");
}

std::optional<std::string> given_text(const po::variables_map& given, const char* name) {
    if (given.count(name) == 0) return std::nullopt;
    return given[name].as<std::string>();
}
// One empty word takes all away.
std::optional<OfferEdit::Words> given_words(const po::variables_map& given, const char* name) {
    if (given.count(name) == 0) return std::nullopt;
    auto words = given[name].as<OfferEdit::Words>();
    if (words == OfferEdit::Words{""}) words.clear();
    return words;
}

// At most one of the four.
Problem read_mode(const po::variables_map& given, PriceEdit& out) {
    for (const char* mode : {"fixed", "negotiable", "free"})
        if (given[mode].as<bool>()) {
            if (out.mode) return "a price is one of --fixed, --negotiable, --free and --market";
            out.mode = mode;
        }
    if (given.count("market") == 0) return std::nullopt;
    if (out.mode) return "a price is one of --fixed, --negotiable, --free and --market";
    out.mode = "market";
    out.premium_bp = parse_premium(given["market"].as<std::string>());
    if (!out.premium_bp)
        return "--market: expected percents from -99.99 to 1000, such as +2.5%, -1% or 0";
    return std::nullopt;
}

Problem read_price(const po::variables_map& given, PriceEdit& out) {
    if (auto problem = read_mode(given, out)) return problem;
    out.currency = given_text(given, "currency");
    out.per = given_text(given, "per");
    const auto amount = given_text(given, "price");
    if (out.mode == "free" && (amount || out.currency || out.per))
        return "what is --free has no --price, no --currency and no --per";
    if (out.mode == "market" && amount) return "the price is --market or --price, not both";
    if (!amount) return std::nullopt;
    if (amount->empty()) {
        if (out.mode || out.currency || out.per)
            return "--price \"\" takes the price away; nothing else is said of it then";
        out.remove = true;
        return std::nullopt;
    }
    out.amount = parse_amount(*amount);
    if (!out.amount)
        return "--price: expected a number above 0, such as 25.50 (with a point), or a range such "
               "as 20-30; what costs nothing is --free";
    return std::nullopt;
}

Problem read_choice(const po::variables_map& given, const char* name,
                    std::initializer_list<std::string_view> words, const char* expected,
                    std::optional<std::string>& out) {
    out = given_text(given, name);
    if (out && !out->empty() && std::ranges::find(words, *out) == words.end())
        return "--" + std::string(name) + ": expected " + expected;
    return std::nullopt;
}

Problem read_number(const po::variables_map& given, const char* name, std::uint32_t most,
                    std::optional<std::uint32_t>& out) {
    const auto text = given_text(given, name);
    if (!text) return std::nullopt;
    if (text->empty()) {  // takes away what was there
        out = 0;
        return std::nullopt;
    }
    const auto number = number_of(given, name, 1, most);
    if (!number) return number.error();
    out = *number;
    return std::nullopt;
}

Problem read_details(const po::variables_map& given, OfferEdit& out) {
    const auto words = given_words(given, "detail");
    if (!words) return std::nullopt;
    out.details.emplace();
    for (const std::string& word : *words) {
        auto detail = parse_detail(word);
        if (!detail) return "--detail: expected NAME=VALUE, such as Frame=\"56 cm\"";
        out.details->push_back(*std::move(detail));
    }
    return std::nullopt;
}

Problem read_edit(const po::variables_map& given, OfferEdit& out) {
    out.title = given_text(given, "title");
    out.give = given_text(given, "give");
    out.want = given_text(given, "want");
    out.category = given_text(given, "category");
    out.country = given_text(given, "country");
    out.geohash = given_text(given, "geohash");
    out.language = given_text(given, "language");
    out.warning = given_text(given, "warning");
    out.tags = given_words(given, "tag");
    out.delivery = given_words(given, "delivery");
    out.payment = given_words(given, "payment");
    if (auto problem =
            read_choice(given, "side", {"offered", "wanted"}, "offered or wanted", out.side))
        return problem;
    if (auto problem =
            read_choice(given, "condition", {"new", "like-new", "good", "used", "for-parts"},
                        "new, like-new, good, used or for-parts", out.condition))
        return problem;
    if (auto problem = read_number(given, "quantity", 999'999'999, out.quantity)) return problem;
    if (auto problem = read_number(given, "stamp-bits", 36, out.stamp_bits)) return problem;
    if (auto problem = read_details(given, out)) return problem;
    return read_price(given, out.price);
}

std::expected<OfferPublish, std::string> offer_of(const po::variables_map& given) {
    OfferPublish out;
    if (auto problem = read_edit(given, out.edit)) return std::unexpected(*problem);
    const auto text = text_source_of(given);
    if (!text) return std::unexpected(text.error());
    out.text = *text;
    const auto lifetime = lifetime_of(given);
    if (!lifetime) return std::unexpected(lifetime.error());
    out.lifetime_seconds = *lifetime;
    if (given["renew"].as<bool>()) out.renew = true;
    out.pictures = given_words(given, "picture");
    return out;
}

Built build_publish(const po::variables_map& given) {
    auto offer = offer_of(given);
    if (!offer) return std::unexpected(offer.error());
    if (offer->edit.title.value_or("").empty())
        return std::unexpected("an offer needs a title: --title TITLE");
    offer->persona = text_of(given, "as");
    offer->estimate = given["estimate"].as<bool>();
    return *std::move(offer);
}

constexpr const char* own_offer =
    "the id of one of your offers; \"hearsay offer list --mine\" shows them";

Built build_update(const po::variables_map& given) {
    auto id = id_of(given, "id", own_offer);
    if (!id) return std::unexpected(id.error());
    auto offer = offer_of(given);
    if (!offer) return std::unexpected(offer.error());
    if (offer->edit == OfferEdit{} && !offer->text.text && !offer->text.file &&
        offer->lifetime_seconds == 0 && !offer->renew && !offer->pictures)
        return std::unexpected("expected at least one option that says what changes");
    return OfferUpdate{*std::move(id), *std::move(offer)};
}

Built build_mark(const po::variables_map& given) {
    auto id = id_of(given, "id", own_offer);
    if (!id) return std::unexpected(id.error());
    OfferUpdate out{*std::move(id), {}};
    const std::string status = text_of(given, "status");
    if (status != "active" && status != "reserved" && status != "sold")
        return std::unexpected("expected active, reserved or sold after the offer's id");
    out.offer.edit.status = status;
    return out;
}

void renew_options(po::options_description& options) {
    options.add_options()("stop", po::bool_switch(), "let it end when its time is over");
}
Built build_renew(const po::variables_map& given) {
    auto id = id_of(given, "id", own_offer);
    if (!id) return std::unexpected(id.error());
    return Renew{*std::move(id), given["stop"].as<bool>()};
}

void show_options(po::options_description& options) {
    options.add_options()("audit", po::bool_switch(),
                          "ask ten nodes that are no peers of yours whether they hold it");
}
Built build_show(const po::variables_map& given) {
    auto id = published_id(given, "offer", "an offer");
    if (!id) return std::unexpected(id.error());
    return OfferShow{*std::move(id), given["audit"].as<bool>()};
}

void picture_options(po::options_description& options) {
    text_value(options, "save", "FILE", "where to write it; - is standard output");
}
Built build_picture(const po::variables_map& given) {
    auto id = published_id(given, "offer", "an offer");
    if (!id) return std::unexpected(id.error());
    OfferPicture out{*std::move(id), 1, text_of(given, "save")};
    if (given.count("number") != 0) {
        const auto number = number_of(given, "number", 1, item::offer_pictures_max);
        if (!number) return std::unexpected("expected the number of a picture, 1 to 4");
        out.number = *number;
    }
    if (out.file.empty()) return std::unexpected("expected --save FILE");
    return out;
}

template <class T>
Built build_with_offer_id(const po::variables_map& given) {
    auto id = published_id(given, "offer", "an offer");
    if (!id) return std::unexpected(id.error());
    return T{*std::move(id)};
}

constexpr std::array<CommandSpec, 8> table{{
    {"offer", "publish", "",
     "--title TITLE [--text TEXT | --text-file FILE] [--price AMOUNT --currency CODE] [OPTION...]",
     "publish an offer to everybody",
     "The offer is signed by a fresh persona and carries a fresh mailbox for answers. It is kept\n"
     "safely when this command returns; its proof of work may take some seconds more.\n\n"
     "Examples:\n"
     "  hearsay offer publish --title \"Bicycle, 56 cm\" --price 80 --currency EUR --negotiable\n"
     "    --category sport/bicycles --country DE --payment cash --payment xmr\n"
     "  hearsay offer publish --title \"Lessons\" --text-file lessons.txt --price 20-30\n"
     "    --currency EUR --per hour --lifetime 12h\n"
     "  hearsay offer publish --title \"Euros for Monero\" --side wanted --market +2.5%\n"
     "    --currency XMR --payment sepa\n"
     "  hearsay offer publish --title \"Bread\" --give \"two loaves\" --want \"a jar of honey\"\n"
     "  hearsay offer publish --title Lamp --picture lamp.jpg --picture switch.webp\n\n"
     "Of a picture only the image is published: what a camera wrote beside it is left out.\n",
     publish_options, build_publish},
    {"offer", "update", "id", "ID [OPTION...]", "change one of your offers",
     "What is not named stays as it is, also when the offer ends: --lifetime begins it anew. An\n"
     "empty value takes away what was there. Lists are replaced as a whole.\n\n"
     "Examples:\n  hearsay offer update 3f2a9c1e --price 70\n"
     "  hearsay offer update 3f2a9c1e --lifetime 7d --warning \"\"\n",
     offer_options, build_update},
    {"offer", "mark", "id status", "ID active|reserved|sold", "say whether it is still there",
     "The offer stays readable until it ends, with the word beside it.\n\n"
     "Examples:\n  hearsay offer mark 3f2a9c1e reserved\n",
     no_options, build_mark},
    {"offer", "renew", "id", "ID [--stop]", "publish it anew before it ends, until you remove it",
     "A new version goes out at a random time in the last quarter of its life, also after your "
     "node\n"
     "was off. What is marked sold is not renewed. The same for posts.\n\n"
     "Examples:\n  hearsay offer renew 3f2a9c1e\n  hearsay offer renew 3f2a9c1e --stop\n",
     renew_options, build_renew},
    {"offer", "list", "", "[--mine] [--show-hidden] [--limit N] [--page N | --all]",
     "the offers that are alive, newest first",
     "Examples:\n  hearsay offer list\n  hearsay offer list --mine --json\n", list_options,
     build_list<OfferList>},
    {"offer", "show", "id", "ID [--audit]", "one offer with its text",
     "ID is the offer's id or its first 8 digits or more. With --audit nodes are asked over fresh\n"
     "circuits, without your name and among others, whether they hold it. That takes a minute or "
     "two.\n"
     "What the last one found stands with the offer, until the node ends.\n\n"
     "Examples:\n  hearsay offer show 3f2a9c1e\n  hearsay offer show 3f2a9c1e --audit\n",
     show_options, build_show},
    {"offer", "picture", "id number", "ID [N] --save FILE", "write a picture of an offer to a file",
     "N is its number, 1 to 4; without it the first. A picture that is not here is not fetched: "
     "that\n"
     "would tell another node what you look at.\n\n"
     "Examples:\n  hearsay offer picture 3f2a9c1e --save lamp.jpg\n"
     "  hearsay offer picture 3f2a9c1e 2 --save -\n",
     picture_options, build_picture},
    {"offer", "remove", "id", "ID", "take one of your offers back, everywhere",
     "Examples:\n  hearsay offer remove 3f2a9c1e\n", no_options, build_with_offer_id<OfferRemove>},
}};

}  // namespace

std::span<const CommandSpec> offer_commands() {
    return table;
}

}  // namespace hearsay::app::cli
