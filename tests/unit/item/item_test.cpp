// The envelope's cheap rules: size, shape, network, lifetime, time. One rule, one test.
#include "item/item.hpp"

#include <doctest/doctest.h>

#include "base/limits/items.hpp"
#include "unit/item/samples.hpp"

namespace hearsay {
namespace {

using namespace samples;
namespace limits = base::limits;
using Header = wire::ItemHeader;

std::string with(const std::function<void(Header&)>& change) {
    return read_verdict(with_header(publication(), change));
}
std::string mail_with(const std::function<void(Header&)>& change) {
    return read_verdict(with_header(mail(), change));
}

TEST_CASE("a publication is read back as it was made") {
    Wish wish;
    wish.sequence = 7;
    const auto read = item::read(publication(wish), network);
    REQUIRE(read);
    const item::Header& header = (*read)->header;
    CHECK(header.network == network);
    CHECK(header.kind == kind_unknown);
    CHECK(header.created == noon);
    CHECK(header.expires == noon + base::Seconds(3600));
    CHECK(header.payload_size == 7);
    CHECK(header.payload_sha256 == crypto::sha256(base::as_bytes("content")));
    REQUIRE(header.publication());
    CHECK(*header.publication() ==
          item::Publication{persona(1), numbered<base::Slot>(1), 7, false, std::nullopt});
    CHECK((*read)->item == publication(wish));
}

TEST_CASE("a mail is read back as it was made") {
    const auto read = item::read(mail(), network);
    REQUIRE(read);
    REQUIRE((*read)->header.mail());
    CHECK(*(*read)->header.mail() ==
          item::Mail{numbered<base::Digest>(1), filled<base::Digest>(1)});
    CHECK((*read)->item.signature.empty());
}

TEST_CASE("a mailbox is read back") {
    const item::Terms terms{network, kind_unknown, noon, base::Seconds(600)};
    const item::Publication claim{persona(1), numbered<base::Slot>(1), 1, false,
                                  filled<base::MailboxId>(9)};
    const auto item =
        item::make_publication(terms, claim, base::to_bytes("x"), filled<base::Secret>(1));
    CHECK(*accepted(item)->header.publication() == claim);
}

TEST_CASE("a header over its limit is too large, whatever it says") {
    item::Item item = publication();
    item.header.resize(limits::header_bytes_max + 1);
    CHECK(read_verdict(item) == "item_too_large");
}

TEST_CASE("a payload at its limit is read and one byte more is too large") {
    Wish wish;
    wish.payload = std::string(limits::payload_bytes_max, 'x');
    item::Item item = publication(wish);
    CHECK(read_verdict(item) == "ok");
    item.payload.push_back('x');
    CHECK(read_verdict(item) == "item_too_large");
}

TEST_CASE("a signature over 64 bytes is too large and a shorter one malformed") {
    item::Item item = publication();
    item.signature.push_back(0);
    CHECK(read_verdict(item) == "item_too_large");
    item.signature.resize(63);
    CHECK(read_verdict(item) == "item_malformed");
}

TEST_CASE("a header cut anywhere is malformed") {
    const item::Item whole = publication();
    for (std::size_t size = 0; size < whole.header.size(); ++size) {
        item::Item cut = whole;
        cut.header.resize(size);
        CAPTURE(size);
        CHECK(read_verdict(cut) == "item_malformed");
    }
}

TEST_CASE("a header without a version is malformed") {
    CHECK(with([](Header& header) { header.clear_version(); }) == "item_malformed");
}

TEST_CASE("a missing kind is malformed") {
    CHECK(with([](Header& header) { header.clear_kind(); }) == "item_malformed");
}

TEST_CASE("the payload's hash has 32 bytes") {
    CHECK(with([](Header& header) { header.mutable_payload_sha256()->pop_back(); }) ==
          "item_malformed");
    CHECK(with([](Header& header) { header.clear_payload_sha256(); }) == "item_malformed");
}

TEST_CASE("the publisher has 32 bytes") {
    CHECK(with([](Header& header) {
              header.mutable_publication()->mutable_publisher()->push_back('x');
          }) == "item_malformed");
    CHECK(with([](Header& header) { header.mutable_publication()->clear_publisher(); }) ==
          "item_malformed");
}

TEST_CASE("the slot has 16 bytes") {
    CHECK(with([](Header& header) { header.mutable_publication()->mutable_slot()->pop_back(); }) ==
          "item_malformed");
}

TEST_CASE("a mailbox key, if there is one, has 32 bytes") {
    CHECK(with([](Header& header) { header.mutable_publication()->set_mailbox("short"); }) ==
          "item_malformed");
}

TEST_CASE("a mail's removal commitment and the hash of its encapsulation have 32 bytes") {
    CHECK(mail_with([](Header& header) {
              header.mutable_mail()->mutable_removal_commitment()->pop_back();
          }) == "item_malformed");
    CHECK(mail_with([](Header& header) {
              header.mutable_mail()->mutable_encapsulation_hash()->pop_back();
          }) == "item_malformed");
}

TEST_CASE("an item claims to be something") {
    CHECK(with([](Header& header) { header.clear_claim(); }) == "item_malformed");
}

TEST_CASE("the kind mail and the claim mail go together") {
    CHECK(with([](Header& header) { header.set_kind(item::kind_mail); }) == "item_malformed");
    CHECK(mail_with([](Header& header) { header.set_kind(item::kind_offer); }) == "item_malformed");
}

TEST_CASE("a mail with a signature is malformed") {
    item::Item item = mail();
    item.signature.assign(64, 1);
    CHECK(read_verdict(item) == "item_malformed");
}

// The same mail with another payload, of which its header tells the truth.
std::string mail_of_size(std::size_t size) {
    item::Item item = mail();
    item.payload.assign(size, 0x5a);
    return read_verdict(with_header(item, [&](Header& header) {
        header.set_payload_size(static_cast<std::uint32_t>(size));
        header.set_payload_sha256(base::to_text(crypto::sha256(item.payload).view()));
    }));
}

TEST_CASE("mail has one of the five sizes, and no other") {
    for (const std::size_t size : {3584U, 5120U, 9216U, 17408U, 33792U}) {
        CAPTURE(size);
        CHECK(mail_of_size(size) == "ok");
        CHECK(mail_of_size(size - 1) == "item_malformed");
        const bool largest = size == base::limits::payload_bytes_max;
        CHECK(mail_of_size(size + 1) == (largest ? "item_too_large" : "item_malformed"));
    }
    // 1024 + 16: of letters sealed with X25519 alone, which no version of the protocol has.
    for (const std::size_t size : {0U, 1U, 16U, 1024U + 16U, 2048U + 16U, 4096U + 16U, 32768U})
        CHECK(mail_of_size(size) == "item_malformed");
}

TEST_CASE("mail lives 1, 3, 7 or 15 days and no other time") {
    const auto lives = [](std::int64_t seconds) {
        return mail_with([=](Header& header) {
            header.set_expires(header.created() + static_cast<std::uint64_t>(seconds));
        });
    };
    for (const std::int64_t days : {1, 3, 7, 15}) {
        CHECK(lives(days * 86400) == "ok");
        CHECK(lives(days * 86400 - 600) == "item_malformed");
        CHECK(lives(days * 86400 + 600) == "item_malformed");
    }
    for (const std::int64_t seconds : {0, 600, 3600, 2 * 86400, 16 * 86400})
        CHECK(lives(seconds) == "item_malformed");
}

TEST_CASE("a mail is made with the shortest of its lifetimes that is long enough") {
    CHECK(item::mail_lifetime(base::Seconds(0)) == base::Seconds(86400));
    CHECK(item::mail_lifetime(base::Seconds(86400)) == base::Seconds(86400));
    CHECK(item::mail_lifetime(base::Seconds(86401)) == base::Seconds(3 * 86400));
    CHECK(item::mail_lifetime(base::Seconds(99 * 86400)) == limits::lifetime_max);
}

TEST_CASE("a publication without a signature is malformed") {
    item::Item item = publication();
    item.signature.clear();
    CHECK(read_verdict(item) == "item_malformed");
}

TEST_CASE("a payload of another size than the header says is malformed") {
    item::Item item = publication();
    item.payload.push_back('x');
    CHECK(read_verdict(item) == "item_malformed");
}

TEST_CASE("a removal carries neither payload nor mailbox") {
    Wish wish;
    wish.removed = true;
    CHECK(read_verdict(publication(wish)) == "ok");
    CHECK(with([](Header& header) { header.mutable_publication()->set_removed(true); }) ==
          "item_malformed");
    const auto with_mailbox = [](Header& header) {
        header.mutable_publication()->set_mailbox(std::string(32, 'x'));
    };
    CHECK(read_verdict(with_header(publication(wish), with_mailbox)) == "item_malformed");
}

TEST_CASE("an exact minute of making is malformed, because it must be rounded") {
    CHECK(with([](Header& header) { header.set_created(header.created() + 60); }) ==
          "item_malformed");
    CHECK(with([](Header& header) { header.set_created(header.created() - 1); }) ==
          "item_malformed");
}

TEST_CASE("an exact minute of the end is malformed, too") {
    CHECK(with([](Header& header) { header.set_expires(header.expires() + 60); }) ==
          "item_malformed");
    CHECK(with([](Header& header) { header.set_expires(header.expires() + 1); }) ==
          "item_malformed");
}

TEST_CASE("times beyond the year 9999 are malformed") {
    CHECK(with([](Header& header) { header.set_expires(253402300800ULL); }) == "item_malformed");
    CHECK(with([](Header& header) { header.set_expires(UINT64_MAX); }) == "item_malformed");
    CHECK(with([](Header& header) { header.set_created(UINT64_MAX - UINT64_MAX % 600); }) ==
          "item_malformed");
}

TEST_CASE("an item of another network is refused") {
    Wish wish;
    wish.network = item::Network::main;
    CHECK(read_verdict(publication(wish)) == "item_wrong_network");
    CHECK(with([](Header& header) { header.set_network(0); }) == "item_wrong_network");
}

TEST_CASE("a life of fifteen days is allowed and one second more is not") {
    const auto lives = [](std::int64_t seconds) {
        return with([=](Header& header) {
            header.set_expires(header.created() + static_cast<std::uint64_t>(seconds));
        });
    };
    CHECK(lives(15 * 86400) == "ok");
    CHECK(lives(15 * 86400 + 600) == "item_too_long_lived");
}

TEST_CASE("an item that ends before or when it begins is refused") {
    CHECK(with([](Header& header) { header.set_expires(header.created()); }) ==
          "item_too_long_lived");
    CHECK(with([](Header& header) { header.set_expires(header.created() - 600); }) ==
          "item_too_long_lived");
    CHECK(with([](Header& header) { header.set_expires(header.created() + 600); }) == "ok");
}

TEST_CASE("an item is expired from its very second on") {
    const item::Header header = accepted(publication())->header;
    CHECK(verdict(item::check_time(header, header.expires - base::Seconds(1))) == "ok");
    CHECK(verdict(item::check_time(header, header.expires)) == "item_expired");
}

TEST_CASE("an item may be two hours ahead of our clock and not a second more") {
    const item::Header header = accepted(publication())->header;
    CHECK(verdict(item::check_time(header, noon - base::Seconds(7200))) == "ok");
    CHECK(verdict(item::check_time(header, noon - base::Seconds(7201))) == "item_from_future");
}

TEST_CASE("another nonce is the same item, another signature is not") {
    item::Item item = publication();
    const base::ItemId id = accepted(item)->id;
    item.nonce = 99;
    CHECK(accepted(item)->id == id);
    item.signature[0] ^= 1;
    CHECK(accepted(item)->id != id);
}

TEST_CASE("a header and a signature cannot trade bytes without changing the id") {
    // The id covers the header's length: moving the border makes another item.
    const base::Bytes both(200, 7);
    const base::ByteView all(both);
    CHECK(item::id_of(all.first(136), all.subspan(136)) !=
          item::id_of(all.first(135), all.subspan(135)));
}

TEST_CASE("a thing keeps its name through sequences and has another in another slot") {
    Wish wish;
    const auto name_of = [](const Wish& of) {
        return item::thing_of(*accepted(publication(of))->header.publication());
    };
    const item::ThingId first = name_of(wish);
    wish.sequence = 2;
    CHECK(name_of(wish) == first);
    wish.slot = 2;
    CHECK(name_of(wish) != first);
    wish.slot = 1;
    wish.persona = 2;
    CHECK(name_of(wish) != first);
}

TEST_CASE("making rounds the time down and keeps the life within its bounds") {
    CHECK(item::created_for(noon + base::Seconds(599)) == noon);
    CHECK(item::created_for(noon + base::Seconds(600)) == noon + base::Seconds(600));
    CHECK(item::expires_for(noon, base::Seconds(1)) == noon + limits::created_step);
    CHECK(item::expires_for(noon, base::Seconds(601)) == noon + base::Seconds(1200));
    CHECK(item::expires_for(noon, base::Seconds(99 * 86400)) == noon + limits::lifetime_max);
    CHECK(item::expires_for(noon + base::Seconds(599), base::Seconds(7200)) ==
          noon + base::Seconds(7200));
}

}  // namespace
}  // namespace hearsay
