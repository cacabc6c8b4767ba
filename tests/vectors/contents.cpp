// Items that are right in all but what their payloads say.
#include "crypto/sha256.hpp"
#include "crypto/xwing.hpp"
#include "item/kinds/app_data.hpp"
#include "item/kinds/list.hpp"
#include "item/kinds/mailbox.hpp"
#include "item/kinds/picture.hpp"
#include "item/kinds/post.hpp"
#include "item/kinds/profile.hpp"
#include "item/mailbox.hpp"
#include "item_entries.hpp"
#include "unit/item/picture_samples.hpp"

namespace hearsay::vectors {
namespace {

using namespace samples;

base::Digest hash_of(std::uint8_t byte) {
    return filled<base::Digest>(byte);
}

// Says everything that an offer can say.
item::OfferText full_offer() {
    item::OfferText out{"Bicycle", "Blue.\n", "", "", {"bicycle"}, 20};
    out.side = item::Side::wanted;
    out.price = item::Price{item::PriceMode::negotiable, 2550, 3000, "EUR", 2, 0, "day"};
    out.quantity = 3;
    out.condition = item::Condition::for_parts;
    out.category = "sport/bicycles";
    out.country = "DE";
    out.geohash = "u281";
    out.delivery = {"pickup", "post"};
    out.payment = {"cash", "xmr"};
    out.language = "de";
    out.status = item::OfferStatus::sold;
    out.details = {{"Frame", "56 cm"}, {"Colour", "blue"}};
    out.warning = "Rust";
    out.pictures = {hash_of(6), hash_of(7)};
    return out;
}

// Nobody has its private half, and nobody has to.
base::MailboxKey some_key() {
    return crypto::XWingKey(filled<base::Secret>(5)).public_key();
}

item::Item naming(item::Kind kind, const std::optional<base::MailboxId>& mailbox,
                  const base::Slot& slot, const base::Bytes& payload) {
    const item::Publication claim{persona(1), slot, 1, false, mailbox};
    return item::make_publication({samples::network, kind, noon, base::Seconds(3600)}, claim,
                                  payload, filled<base::Secret>(1));
}

item::Item profile(item::Profile profile, std::uint8_t slot = 0) {
    profile.mailbox = some_key();
    return naming(item::kind_profile, item::mailbox_id(some_key()), filled<base::Slot>(slot),
                  item::write_profile(profile));
}

item::Item mailbox(const base::MailboxKey& key) {
    const base::MailboxId id = item::mailbox_id(key);
    return naming(item::kind_mailbox, id, item::mailbox_slot(id), item::write_mailbox(key));
}

item::Item post(const item::PostText& post) {
    return publication({.payload = base::to_text(item::write_post(post)), .kind = item::kind_post});
}

item::Item app_data(const item::AppData& data) {
    return publication(
        {.payload = base::to_text(item::write_app_data(data)), .kind = item::kind_app_data});
}

item::Item list(const item::CuratedList& list) {
    return publication({.payload = base::to_text(item::write_list(list)), .kind = item::kind_list});
}

// With so many entries that hide a word each, "a0" to ...
item::CuratedList long_list(int entries) {
    item::CuratedList out{"Words", "", {}};
    for (int at = 0; at < entries; ++at)
        out.entries.push_back({"a" + std::to_string(at), false, ""});
    return out;
}

// Offers that break one rule each.
void add_wrong_offers(std::vector<Entry>& out) {
    const auto of = [&](const std::string& about,
                        const std::function<void(item::OfferText&)>& change) {
        item::OfferText text = full_offer();
        change(text);
        out.push_back(refused("an offer " + about, worked(offer(text))));
    };
    const auto priced = [&](const std::string& about, const item::Price& price) {
        of(about, [&](item::OfferText& text) { text.price = price; });
    };
    using enum item::PriceMode;
    of("on a side 2", [](auto& text) { text.side = static_cast<item::Side>(2); });
    of("in a condition 6", [](auto& text) { text.condition = static_cast<item::Condition>(6); });
    of("of a status 3", [](auto& text) { text.status = static_cast<item::OfferStatus>(3); });
    priced("with a price of a mode 4", {static_cast<item::PriceMode>(4), 1, 0, "EUR"});
    priced("with a price that says nothing", {});
    priced("with an amount without a currency", {fixed, 5});
    priced("with a currency of small letters", {fixed, 5, 0, "eur"});
    priced("with a currency of 11 letters", {fixed, 5, 0, "ABCDEFGHIJK"});
    priced("with 19 decimals", {fixed, 5, 0, "EUR", 19});
    priced("with a range that ends where it begins", {fixed, 5, 5, "EUR"});
    priced("with the end of a range alone", {negotiable, 0, 5, "EUR"});
    priced("with decimals and no amount", {negotiable, 0, 0, "EUR", 2});
    priced("with a premium on a fixed price", {fixed, 5, 0, "EUR", 0, 1});
    priced("that is free and has a currency", {free, 0, 0, "EUR"});
    priced("at the market's price without a currency", {market});
    priced("at the market's price with an amount", {market, 5, 0, "EUR"});
    priced("at the market's price less 100 percent", {market, 0, 0, "EUR", 0, -10'000});
    priced("at the market's price and 1000.01 percent", {market, 0, 0, "EUR", 0, 100'001});
    priced("with a price for what has 33 bytes", {fixed, 5, 0, "EUR", 0, 0, std::string(33, 'x')});
    of("in a category of five levels", [](auto& text) { text.category = "a/b/c/d/e"; });
    of("in a category with an empty level", [](auto& text) { text.category = "a//b"; });
    of("in a category with a capital", [](auto& text) { text.category = "Sport"; });
    of("in a country of small letters", [](auto& text) { text.country = "de"; });
    of("in a country of three letters", [](auto& text) { text.country = "DEU"; });
    of("with a geohash of five letters", [](auto& text) { text.geohash = "u281z"; });
    of("with an a in its geohash", [](auto& text) { text.geohash = "u2a"; });
    of("with a geohash and no country", [](auto& text) { text.country.clear(); });
    of("with nine ways of delivery",
       [](auto& text) { text.delivery = {"a", "b", "c", "d", "e", "f", "g", "h", "i"}; });
    of("with a way of payment twice", [](auto& text) { text.payment = {"xmr", "xmr"}; });
    of("with a way of payment in capitals", [](auto& text) { text.payment = {"XMR"}; });
    of("in a language with a region", [](auto& text) { text.language = "de-AT"; });
    of("with a detail without a value", [](auto& text) { text.details = {{"Frame", ""}}; });
    of("with a detail twice", [](auto& text) { text.details = {{"a", "b"}, {"a", "c"}}; });
    of("with 17 details", [](auto& text) {
        text.details.clear();
        for (char c = 'a'; c < 'a' + 17; ++c) text.details.push_back({std::string(1, c), "x"});
    });
    of("with a warning of two lines", [](auto& text) { text.warning = "a\nb"; });
    of("with a picture twice", [](auto& text) { text.pictures = {hash_of(6), hash_of(6)}; });
    of("with five pictures", [](auto& text) {
        text.pictures = {hash_of(1), hash_of(2), hash_of(3), hash_of(4), hash_of(5)};
    });
    Wish wish;
    wish.kind = item::kind_offer;
    wish.payload = base::to_text(item::write_offer({"x", "", "", "", {}})) + "\xa2\x01\x01x";
    out.push_back(refused("an offer with a picture of one byte", worked(publication(wish))));
    wish.payload = base::to_text(item::write_offer({"x", "", "", "", {}})) + "\x42\x02\x10";
    wish.payload.push_back('\0');
    out.push_back(refused("an offer with an amount of 0, said", worked(publication(wish))));
}

// Headers and payloads that say different things of a mailbox.
void add_wrong_mailboxes(std::vector<Entry>& out) {
    const auto of = [&](const std::string& about, const item::Item& item) {
        out.push_back(refused(about, worked(item)));
    };
    const base::MailboxKey key = some_key();
    const base::MailboxId id = item::mailbox_id(key);
    const auto other = filled<base::MailboxId>(5);
    item::OfferText text{"x", "", "", "", {}};
    const auto slot = numbered<base::Slot>(1);
    of("an offer that names a mailbox without its key",
       naming(item::kind_offer, id, slot, item::write_offer(text)));
    text.mailbox = key;
    of("an offer with a key of another mailbox",
       naming(item::kind_offer, other, slot, item::write_offer(text)));
    of("an offer with a key of no mailbox",
       naming(item::kind_offer, std::nullopt, slot, item::write_offer(text)));
    of("a profile with a key of another mailbox",
       naming(item::kind_profile, other, {},
              item::write_profile({.nickname = "Ann", .mailbox = key})));
    const base::Bytes payload = item::write_mailbox(key);
    of("a mailbox in another slot", naming(item::kind_mailbox, id, slot, payload));
    of("a mailbox that the header does not name",
       naming(item::kind_mailbox, std::nullopt, item::mailbox_slot(id), payload));
    of("a mailbox of another name",
       naming(item::kind_mailbox, other, item::mailbox_slot(other), payload));
    of("a mailbox without a key", naming(item::kind_mailbox, id, item::mailbox_slot(id), {}));
    base::Bytes shorter = base::to_bytes("\x0a\xbf\x09");
    base::append(shorter, key.view().first(1215));
    of("a mailbox with a key of 1215 bytes",
       naming(item::kind_mailbox, id, item::mailbox_slot(id), shorter));
}

void add_wrong_others(std::vector<Entry>& out) {
    const auto of = [&](const std::string& about, const item::Item& item) {
        out.push_back(refused(about, worked(item)));
    };
    of("a profile in another slot than 0", profile({"Ann"}, 1));
    of("a profile without a nickname", profile({"", "I mend bicycles."}));
    of("a profile with a nickname of 41 bytes", profile({std::string(41, 'a')}));
    of("a profile with a nickname of two lines", profile({"a\nb"}));
    of("a profile with 2001 bytes about", profile({"Ann", std::string(2001, 'a')}));
    of("a profile with a language twice", profile({"Ann", "", {"de", "de"}}));
    of("a profile with a language with a region", profile({"Ann", "", {"de-at"}}));
    Wish wish;
    wish.kind = item::kind_profile;
    wish.payload = base::to_text(item::write_profile({"Ann"})) + "\x22\x01x";
    item::Publication claim{persona(1), {}, 1, false, std::nullopt};
    of("a profile with a picture of one byte",
       item::make_publication({samples::network, wish.kind, noon, base::Seconds(3600)}, claim,
                              base::to_bytes(wish.payload), filled<base::Secret>(1)));
    of("a post without a title", post({"", "It comes."}));
    of("an answer that says nothing", post({"", "", {}, filled<item::ThingId>(8)}));
    of("a post with a title of two lines", post({"a\nb"}));
    of("a post with a tag in capitals", post({"a", "", {"Weather"}}));
    of("a post in a language of four letters", post({"a", "", {}, {}, "engl"}));
    of("data of an application of 16385 bytes", app_data({500, base::Bytes(16 * 1024 + 1)}));
    of("a list without a name", list({"", "Of mine."}));
    of("a list with a name of 61 bytes", list({std::string(61, 'a')}));
    of("a list with a name of two lines", list({"a\nb"}));
    of("a list with 1001 bytes about", list({"a", std::string(1001, 'a')}));
    of("a list with 257 entries", list(long_list(257)));
    of("a list about one word twice", list({"a", "", {{"b", false, ""}, {"b", true, ""}}}));
    of("a list about a word in capitals", list({"a", "", {{"B", false, ""}}}));
    of("a list with a reason of 121 bytes", list({"a", "", {{"b", false, std::string(121, 'x')}}}));
    of("a list with a reason of two lines", list({"a", "", {{"b", false, "x\ny"}}}));
    wish.kind = item::kind_list;
    const std::string named("\x0a\x01x");
    wish.payload = named + std::string("\x1a\x00", 2);
    of("a list with an entry about nothing", publication(wish));
    wish.payload = named + "\x1a\x05\x22\x01y\x28\x02";
    of("a list with an entry about a word and a kind", publication(wish));
    wish.payload = named + "\x1a\x03\x12\x01y";
    of("a list about a thing of one byte", publication(wish));
    wish.payload = named + "\x1a\x05\x08\x02\x22\x01y";
    of("a list with a verdict 2", publication(wish));
    wish.payload = named;
    for (int at = 0; at < 10'000; ++at) wish.payload += std::string("\x1a\x00", 2);
    of("a list with 10000 entries", publication(wish));
    wish.kind = item::kind_app_data;
    wish.payload = std::string("\x08\x00\x12\x01x", 5);
    of("data of an application of type 0, said", publication(wish));
    wish.kind = item::kind_post;
    wish.payload = base::to_text(item::write_post({"a"})) + "\x22\x01x";
    of("a post that answers what one byte names", publication(wish));
}

item::Item picture_in(const base::Slot& slot, const base::Bytes& file,
                      const std::optional<base::MailboxId>& mailbox = {}) {
    return naming(item::kind_picture, mailbox, slot, file);
}
item::Item picture(const std::string& file) {
    const base::Bytes bytes = base::to_bytes(file);
    return picture_in(item::picture_slot(crypto::sha256(bytes)), bytes);
}
// As many bytes as that with the head and the end of the image.
std::string jpeg_of_size(std::size_t bytes) {
    const std::size_t head = samples::jpeg_of({.data = "x"}).size() - 1;
    return samples::jpeg_of({.data = std::string(bytes - head, 'x')});
}
constexpr std::string_view jfif_head{"JFIF\0\1\1\0\0\1\0\1\0\0", 14};

void add_wrong_pictures(std::vector<Entry>& out) {
    using samples::jpeg_part, samples::riff, samples::riff_chunk;
    const auto of = [&](const std::string& about, const std::string& file) {
        out.push_back(refused("a picture: " + about, worked(picture(file))));
    };
    const base::Bytes right = samples::jpeg();
    out.push_back(refused("a picture in another slot than its hash's",
                          worked(picture_in(filled<base::Slot>(1), right))));
    out.push_back(refused("a picture with a mailbox",
                          worked(picture_in(item::picture_slot(crypto::sha256(right)), right,
                                            filled<base::MailboxId>(5)))));
    of("nothing", "");
    of("a GIF", "GIF89a");
    of("a JPEG of 16385 bytes", jpeg_of_size(16385));
    of("a JPEG of 641 pixels across", samples::jpeg_of({.width = 641}));
    of("a JPEG of 65535 pixels down", samples::jpeg_of({.height = 65535, .data = "x"}));
    of("a JPEG of no pixels down", samples::jpeg_of({.height = 0, .data = "x"}));
    of("a JPEG with Exif",
       samples::jpeg_of({.before = jpeg_part(0xe1, std::string("Exif\0\0", 6))}));
    of("a JPEG with IPTC", samples::jpeg_of({.before = jpeg_part(0xed, "Photoshop 3.0")}));
    of("a JPEG with a colour profile", samples::jpeg_of({.before = jpeg_part(0xe2, "ICC")}));
    of("a JPEG with a comment", samples::jpeg_of({.before = jpeg_part(0xfe, "home")}));
    of("a JPEG with a JFIF head twice",
       samples::jpeg_of({.before = jpeg_part(0xe0, std::string(jfif_head)) +
                                   jpeg_part(0xe0, std::string(jfif_head))}));
    of("a JPEG with something behind it", samples::jpeg_of({.end = "\xff\xd9PK\3\4"}));
    of("a JPEG without an end", samples::jpeg_of({.data = "x", .end = ""}));
    of("a progressive JPEG", samples::jpeg_of({.frame = 0xc2}));
    of("a JPEG in two scans", samples::jpeg_of({.data = "a\xff\xda"
                                                        "b"}));
    of("a JPEG with a restart that nothing asks for", samples::jpeg_of({.data = "a\xff\xd0"
                                                                                "b"}));
    of("a JPEG with too few restarts", samples::jpeg_of({.restart = 2, .data = "a"}));
    of("a WebP without losses", riff(riff_chunk("VP8L", std::string(40, 'x'))));
    of("a WebP with Exif",
       riff(riff_chunk("VP8 ", samples::webp_frame()) + riff_chunk("EXIF", "x")));
    of("a WebP with more in it",
       riff(riff_chunk("VP8X", std::string(10, '\0')) + riff_chunk("VP8 ", samples::webp_frame())));
    of("a WebP with something behind it", samples::webp_of() + "x");
    of("a WebP that is cut off", samples::webp_of().substr(0, 60));
    of("a WebP of 641 pixels down", samples::webp_of({.height = 641}));
    of("a WebP that asks to be enlarged", samples::webp_of({.width = 16 | 1 << 14}));
    of("a WebP that is no key frame", samples::webp_of({.tag = 0x11}));
    of("a WebP whose first part is longer than it", samples::webp_of({.tag = 0x10 | 1 << 17}));
}

}  // namespace

void add_valid_contents(std::vector<Entry>& out) {
    out.push_back(valid("an offer with all that it may say but a mailbox", offer(full_offer())));
    item::OfferText answered = full_offer();
    answered.mailbox = some_key();
    out.push_back(valid("an offer with a mailbox",
                        naming(item::kind_offer, item::mailbox_id(some_key()),
                               numbered<base::Slot>(1), item::write_offer(answered))));
    out.push_back(valid("a mailbox", mailbox(some_key())));
    out.push_back(
        valid("a mailbox whose key is unusable: that shows when somebody writes", mailbox({})));
    item::OfferText market{"Euros", "", "", ""};
    market.price = item::Price{item::PriceMode::market, 0, 0, "XMR", 0, -250, ""};
    out.push_back(valid("an offer at the market's price less 2.5 percent", offer(market)));
    item::OfferText gift{"Kittens", "", "", ""};
    gift.price = item::Price{.mode = item::PriceMode::free};
    out.push_back(valid("an offer that is free", offer(gift)));
    out.push_back(
        valid("a profile", profile({"Ann", "I mend\nbicycles.", {"de", "gsw"}, hash_of(6)})));
    out.push_back(valid("a profile that is a nickname", profile({"Ann"})));
    out.push_back(valid("a picture: a JPEG", picture(samples::jpeg_of())));
    out.push_back(valid("a picture: a JPEG of 16384 bytes", picture(jpeg_of_size(16384))));
    out.push_back(valid(
        "a picture: a JPEG of 640 pixels across with a JFIF head and restarts",
        picture(samples::jpeg_of({.width = 640,
                                  .restart = 7,
                                  .before = samples::jpeg_part(0xe0, std::string(jfif_head))}))));
    out.push_back(valid("a picture: a WebP of an odd length",
                        picture(samples::webp_of({.height = 640, .rest = 21}))));
    out.push_back(valid("data of an application", app_data({500, {0, 1, 2, 255}})));
    out.push_back(valid("data of an application that are empty, of type 0", app_data({})));
    out.push_back(valid("a post", post({"Spring", "It comes.\n", {"weather"}, {}, "en"})));
    out.push_back(
        valid("an answer without a title", post({"", "Indeed.", {}, filled<item::ThingId>(8)})));
    out.push_back(valid("a list", list({"Bad deals",
                                        "Who did not\nsend.",
                                        {{filled<item::ThingId>(8), false, "It is sold."},
                                         {persona(2), false, "Never sends."},
                                         {"kittens", true, ""},
                                         {item::Kind{9}, false, "Not for people"}}})));
    out.push_back(valid("a list of nothing", list({"Empty"})));
    out.push_back(valid("a list with 256 entries", list(long_list(256))));
}

void add_wrong_contents(std::vector<Entry>& out) {
    add_wrong_offers(out);
    add_wrong_mailboxes(out);
    add_wrong_others(out);
    add_wrong_pictures(out);
}

}  // namespace hearsay::vectors
