#include "base/limits/items.hpp"

#include "base/ensure.hpp"
#include "item/kinds/rating.hpp"
#include "item_entries.hpp"

namespace hearsay::vectors {
namespace {

using namespace samples;
namespace limits = base::limits;
using Header = wire::ItemHeader;

const base::Secret removal_secret = filled<base::Secret>(9);

item::Item sample_offer(const item::OfferText& text = {
                            "Two bicycles", "Blue.\n", "bicycles", "coffee", {"bicycle"}, 20}) {
    return offer(text);
}

// By one side of a trade between maker 1 and taker 2, who signed the token of `signed_for`.
item::Item rating_of(std::uint8_t by, const item::Token& token, const item::Token& signed_for) {
    const base::Bytes message = item::token_message(signed_for, samples::network);
    const item::Rating rating{token, crypto::ed25519_sign(filled<base::Secret>(1), message),
                              crypto::ed25519_sign(filled<base::Secret>(2), message), 5,
                              "Quick and kind"};
    const item::Publication claim{persona(by), filled<base::Slot>(3), 1, false, std::nullopt};
    return item::make_publication({samples::network, item::kind_rating, noon, base::Seconds(3600)},
                                  claim, item::write_rating(rating), filled<base::Secret>(by));
}
item::Token partner_token() {
    return {filled<item::TokenId>(3), persona(1), persona(2)};
}
item::Token thing_token(std::uint8_t slot) {
    return {filled<item::TokenId>(3), persona(1), persona(2), filled<base::Slot>(slot)};
}
item::Item sample_rating() {
    return rating_of(1, partner_token(), partner_token());
}

item::Item with_mailbox() {
    const item::Publication claim{persona(1), filled<base::Slot>(4), UINT64_MAX, false,
                                  filled<base::MailboxId>(5)};
    return item::make_publication({samples::network, kind_unknown, noon, base::Seconds(86400)},
                                  claim, base::to_bytes("of a kind that nobody knows"),
                                  filled<base::Secret>(1));
}

// The same header with these bytes in place of `size` others.
item::Item spliced(item::Item item, std::size_t at, std::size_t size, const base::Bytes& bytes) {
    const auto from = item.header.begin() + static_cast<std::ptrdiff_t>(at);
    item.header.erase(from, from + static_cast<std::ptrdiff_t>(size));
    item.header.insert(item.header.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin(),
                       bytes.end());
    return item;
}

item::Item removal_of(const base::Bytes& payload) {
    item::Item out = removal(mail_of(removal_secret), removal_secret);
    out.payload = payload;
    return with_header(out, [&](Header& header) {
        header.set_payload_size(static_cast<std::uint32_t>(payload.size()));
        header.set_payload_sha256(base::to_text(crypto::sha256(payload).view()));
    });
}

void add_valid(std::vector<Entry>& out) {
    out.push_back(
        valid("a publication of a kind that is not known, with a mailbox", with_mailbox()));
    out.push_back(valid("an offer", sample_offer()));
    out.push_back(valid("an offer removed",
                        publication({.sequence = 2, .removed = true, .kind = item::kind_offer})));
    out.push_back(valid("a rating", sample_rating()));
    out.push_back(valid("a rating of a thing", rating_of(2, thing_token(7), thing_token(7))));
    out.push_back(valid("a mail, sealed or not: the network cannot tell", mail_of(removal_secret)));
    out.push_back(valid("its removal", removal(mail_of(removal_secret), removal_secret,
                                               noon + base::Seconds(600))));
    item::Item smallest = with_header(publication(), [](Header& header) {
        header.set_kind(127);  // the last of one byte
        header.clear_payload_size();
        header.mutable_publication()->clear_sequence();
        header.set_payload_sha256(base::to_text(crypto::sha256(base::Bytes{}).view()));
    });
    smallest.payload.clear();
    out.push_back(valid("a publication without payload, sequence 0", signed_by(smallest, 1)));
}

void add_unknown(std::vector<Entry>& out) {
    const item::Item good = publication();
    const std::size_t claim = good.header.size() - 56;
    out.push_back(refused("of version 2, whatever follows", spliced(good, 1, 1, {2, 0xff, 0xff})));
    item::Item large = spliced(good, 1, 1, {2});
    large.header.resize(2000);
    large.signature.resize(2420);
    out.push_back(refused("of version 2, with a larger header and signature", large));
    out.push_back(refused("of the last version that there is",
                          spliced(good, 1, 1, {255, 255, 255, 255, 15})));
    out.push_back(refused("a claim in field 11", spliced(good, claim, 56, {0x5a, 2, 'x', 'y'})));
    out.push_back(refused("a claim in field 31, empty", spliced(good, claim, 56, {0xfa, 1, 0})));
    out.push_back(refused("a claim in field 32", spliced(good, claim, 56, {0x82, 2, 0})));
    out.push_back(refused("a claim in field 11 and a field behind it",
                          spliced(good, claim, 56, {0x5a, 0, 0x62, 0})));
    out.push_back(
        refused("a later version, not in its shortest form", spliced(good, 1, 1, {0x82, 0})));
}

void add_encodings(std::vector<Entry>& out) {
    const item::Item good = publication();
    const std::size_t end = good.header.size();
    const base::Bytes claim(good.header.end() - 56, good.header.end());
    out.push_back(refused("a field 100 behind", spliced(good, end, 0, {0xa2, 6, 1, 'x'})));
    out.push_back(refused("a group behind", spliced(good, end, 0, {0xa3, 6, 0xa4, 6})));
    out.push_back(refused("the version twice", spliced(good, 0, 0, {8, 1})));
    out.push_back(refused("the version behind the network", spliced(good, 0, 4, {0x10, 3, 8, 1})));
    out.push_back(refused("no version", spliced(good, 0, 2, {})));
    out.push_back(refused("version 0, said", spliced(good, 1, 1, {0})));
    out.push_back(
        refused("a network that is not in its shortest form", spliced(good, 3, 1, {0x83, 0})));
    out.push_back(refused("network 2^32 + 3", spliced(good, 3, 1, {0x83, 0x80, 0x80, 0x80, 0x10})));
    out.push_back(
        refused("a tag that is not in its shortest form", spliced(good, 2, 1, {0x90, 0})));
    out.push_back(refused("the claim twice", spliced(good, end, 0, claim)));
    out.push_back(refused("sequence 0, said", spliced(good, end - 1, 1, {0})));
    out.push_back(
        refused("a claim of mail behind a publication's", spliced(good, end, 0, {0x4a, 0})));
    out.push_back(refused("`removed` is 2",
                          spliced(publication({.removed = true}),
                                  publication({.removed = true}).header.size() - 1, 1, {2})));
    out.push_back(refused("cut off", spliced(good, end - 1, 1, {})));
    out.push_back(refused("no header", {{}, good.payload, good.signature, 0}));
}

void add_shapes(std::vector<Entry>& out) {
    const auto spoiled = [&](const std::string& about, const item::Item& item,
                             const std::function<void(Header&)>& change) {
        out.push_back(refused(about, with_header(item, change)));
    };
    const item::Item good = publication();
    const item::Item letter = mail_of(removal_secret);
    spoiled("kind 0", good, [](Header& h) { h.clear_kind(); });
    spoiled("kind 1 with a publication", good, [](Header& h) { h.set_kind(1); });
    spoiled("kind 3 with a publication", good, [](Header& h) { h.set_kind(3); });
    spoiled("kind 2 with a mail", letter, [](Header& h) { h.set_kind(2); });
    spoiled("no claim", good, [](Header& h) { h.clear_claim(); });
    spoiled("a publisher of 31 bytes", good,
            [](Header& h) { h.mutable_publication()->mutable_publisher()->pop_back(); });
    spoiled("a slot of 17 bytes", good,
            [](Header& h) { h.mutable_publication()->mutable_slot()->push_back('x'); });
    spoiled("a mailbox of 5 bytes", good,
            [](Header& h) { h.mutable_publication()->set_mailbox("short"); });
    spoiled("a hash of 31 bytes", good, [](Header& h) { h.mutable_payload_sha256()->pop_back(); });
    spoiled("`created` is no multiple of 600", good,
            [](Header& h) { h.set_created(h.created() + 60); });
    spoiled("`expires` is no multiple of 600", good,
            [](Header& h) { h.set_expires(h.expires() + 1); });
    spoiled("`expires` past the year 9999", good, [](Header& h) { h.set_expires(253402300800); });
    spoiled("another payload size", good, [](Header& h) { h.set_payload_size(8); });
    spoiled("`removed` with a payload", good,
            [](Header& h) { h.mutable_publication()->set_removed(true); });
    item::Item changed = good;
    changed.signature.pop_back();
    out.push_back(refused("a signature of 63 bytes", changed));
    changed.signature.resize(65);
    out.push_back(refused("a signature of 65 bytes", changed));
    changed = good;
    changed.header.resize(limits::header_bytes_max + 1);
    out.push_back(refused("a header of 513 bytes", changed));
    changed = letter;
    changed.signature.resize(64);
    out.push_back(refused("a mail with a signature", changed));
    spoiled("another network", good, [](Header& h) { h.set_network(1); });
    spoiled("a life of 15 days and 10 minutes", good,
            [](Header& h) { h.set_expires(h.created() + 1'296'600); });
    spoiled("no life", good, [](Header& h) { h.set_expires(h.created()); });
    for (const std::size_t size : {std::size_t{1}, std::size_t{1040}, std::size_t{3583},
                                   std::size_t{3585}, std::size_t{4096}}) {
        changed = letter;
        changed.payload.resize(size);
        spoiled("a mail of " + std::to_string(size) + " bytes", changed, [&](Header& h) {
            h.set_payload_size(static_cast<std::uint32_t>(size));
            h.set_payload_sha256(base::to_text(crypto::sha256(changed.payload).view()));
        });
    }
    for (const std::uint64_t life : {3600U, 172'800U, 1'382'400U})
        spoiled("a mail that lives " + std::to_string(life) + " s", letter,
                [=](Header& h) { h.set_expires(h.created() + life); });
}

void add_removals(std::vector<Entry>& out) {
    const item::Item letter = mail_of(removal_secret);
    const auto of = [&](const std::string& about, const std::function<void(Header&)>& change) {
        out.push_back(refused(about, removal_of(with_header(letter, change).header)));
    };
    out.push_back(refused("a removal of a publication", removal_of(publication().header)));
    out.push_back(refused("a removal of nothing", removal_of({})));
    of("a removal of a mail of another network", [](Header& h) { h.set_network(2); });
    of("a removal of a mail that expires later",
       [](Header& h) { h.set_expires(h.expires() + 600); });
    of("a removal of a mail of version 2", [](Header& h) { h.set_version(2); });
    of("a removal of a mail of 1 byte", [](Header& h) { h.set_payload_size(1); });
    of("a removal of a mail with a hash of 31 bytes",
       [](Header& h) { h.mutable_payload_sha256()->pop_back(); });
    of("a removal of a mail made at no multiple of 600",
       [](Header& h) { h.set_created(h.created() + 1); });
    of("a removal of a mail of the largest size",
       [](Header& h) { h.set_payload_size(limits::mail_payload_bytes.back()); });
    base::Bytes longer = letter.header;
    base::append(longer, base::Bytes{0xa2, 6, 1, 'x'});
    out.push_back(refused("a removal of a mail with a field 100", removal_of(longer)));
    const auto before = [](Header& h) { h.set_created(h.created() - 600); };
    out.push_back(refused("a removal that is older than its mail",
                          with_header(removal(letter, removal_secret), before)));
    out.push_back(
        refused("a removal with another secret", worked(removal(letter, filled<base::Secret>(8)))));
}

void add_others(std::vector<Entry>& out) {
    const item::Item good = worked(publication());
    out.push_back(refused("expired", good, noon + base::Seconds(3600)));
    out.push_back(refused("from the future", good, noon - base::Seconds(7201)));
    item::Item changed = good;
    changed.payload[0] ^= 1;
    out.push_back(refused("another payload", changed));
    changed = good;
    changed.nonce += 1;
    out.push_back(refused("little work", changed));
    out.push_back(refused("another's signature", worked(signed_by(publication(), 2))));
    out.push_back(refused("an offer without a title", worked(sample_offer({"", "", "", "", {}}))));
    out.push_back(refused("an offer whose title is decomposed",
                          worked(sample_offer({"u\xcc\x88", "", "", "", {}}))));
    Wish wish;
    wish.kind = item::kind_offer;
    wish.payload = "\x0a\x01x\x0a\x01y";
    out.push_back(refused("an offer with two titles", worked(publication(wish))));
    wish.payload = base::to_text(item::write_offer({"x", "", "", "", {}})) + "\x38\x01\x38\x01";
    out.push_back(
        refused("an offer whose side is 1, and whose side is 1 again", worked(publication(wish))));
    wish.payload = base::to_text(item::write_offer({"x", "", "", "", {}})) + "\xa8\x01\x01";
    out.push_back(refused("an offer whose mailbox is a number", worked(publication(wish))));
    wish.kind = item::kind_rating;
    wish.payload = "x";
    out.push_back(refused("a rating that is none", worked(publication(wish))));
    const auto of = [&](const std::string& about, std::uint8_t by, const item::Token& token,
                        const item::Token& signed_for) {
        out.push_back(refused(about, worked(rating_of(by, token, signed_for))));
    };
    of("a rating of a thing by its maker", 1, thing_token(7), thing_token(7));
    of("a rating of a profile", 2, thing_token(0), thing_token(0));
    of("a rating of another thing than was signed for", 2, thing_token(8), thing_token(7));
    of("a rating of a thing with the token of the partner", 2, thing_token(7), partner_token());
    of("a rating of the partner with the token of the thing", 2, partner_token(), thing_token(7));
}

}  // namespace

Entry valid(const std::string& about, const item::Item& unworked) {
    const item::Item item = worked(unworked);
    const item::ReadPtr read = accepted(item);
    ENSURE(judge_whole_item(item, noon) == "ok", "a vector of a good item that is none");
    Entry out(about);
    out.text("verdict", "ok")
        .hex("header", item.header)
        .hex("payload", item.payload)
        .hex("signature", item.signature)
        .hex("nonce", base::big_endian(item.nonce))
        .hex("id", read->id.view())
        .hex("thing", read->version.thing.view())
        .number("trials", static_cast<std::int64_t>(item::required_work(*read)));
    return out;
}

Entry refused(const std::string& about, const item::Item& item, base::WallTime now) {
    return Entry(about)
        .text("verdict", judge_whole_item(item, now))
        .number("now", base::unix_seconds(now))
        .hex("header", item.header)
        .hex("payload", item.payload)
        .hex("signature", item.signature)
        .hex("nonce", base::big_endian(item.nonce));
}

std::string judge_item(const item::Item& item) {
    return read_verdict(item);
}

std::string judge_whole_item(const item::Item& item, base::WallTime now) {
    const auto read = item::read(item, samples::network);
    if (!read) return verdict(read.error());
    if (const auto fault = item::check_time((*read)->header, now)) return verdict(fault);
    return verdict(item::check_costly(**read));
}

File items() {
    File out{
        "items",
        "Items of network 3 and what a node says of them at `now` (1800000000 if it is not given): "
        "docs/protocol.md, section 4.",
        {}};
    add_valid(out.entries);
    add_unknown(out.entries);
    add_encodings(out.entries);
    add_shapes(out.entries);
    add_removals(out.entries);
    add_others(out.entries);
    add_valid_contents(out.entries);
    add_wrong_contents(out.entries);
    add_wrong_ratings(out.entries);
    add_valid_later(out.entries);
    add_wrong_later(out.entries);
    return out;
}

}  // namespace hearsay::vectors
