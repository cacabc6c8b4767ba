// The envelope's costly rules: payload hash, work, signature, content; every flipped bit is
// noticed.
#include <doctest/doctest.h>

#include "unit/item/samples.hpp"

namespace hearsay {
namespace {

using namespace samples;

item::Item good() {
    static const item::Item made = worked(publication());
    return made;
}

// 560 x size x (1 + lifetime / 65536) in 128 bits, rounded down once.
std::uint64_t formula(std::size_t size, std::int64_t lifetime) {
    __extension__ using Wide = unsigned __int128;
    const Wide wide =
        Wide{560} * (size + 1000) * (65536 + static_cast<std::uint64_t>(lifetime)) / 65536;
    return static_cast<std::uint64_t>(wide);
}

TEST_CASE("a publication with its work and signature is good") {
    CHECK(costly_verdict(good()) == "ok");
}

TEST_CASE("a mail with its work is good") {
    CHECK(costly_verdict(worked(mail())) == "ok");
}

TEST_CASE("a removal needs no content, even of a kind with rules") {
    Wish wish;
    wish.removed = true;
    wish.kind = item::kind_offer;
    CHECK(costly_verdict(worked(publication(wish))) == "ok");
}

TEST_CASE("a flipped bit in the payload is a bad payload") {
    for (std::size_t at = 0; at < good().payload.size(); ++at) {
        item::Item item = good();
        item.payload[at] ^= 0x10;
        CHECK(costly_verdict(item) == "item_bad_payload");
    }
}

TEST_CASE("a flipped bit in the nonce is little work") {
    // One flip in a quarter of a million would still be lucky work; these are not.
    for (int bit : {0, 1, 31, 63}) {
        item::Item item = good();
        item.nonce ^= std::uint64_t{1} << bit;
        CHECK(costly_verdict(item) == "item_little_work");
    }
}

TEST_CASE("a flipped bit in the signature makes another item, whose work is missing") {
    item::Item item = good();
    item.signature[10] ^= 1;
    CHECK(costly_verdict(item) == "item_little_work");
}

TEST_CASE("a forged signature is found even when its work was done") {
    item::Item item = good();
    item.signature[10] ^= 1;
    CHECK(costly_verdict(worked(item)) == "item_bad_signature");
}

TEST_CASE("another persona's signature is a bad one") {
    CHECK(costly_verdict(worked(signed_by(publication(), 2))) == "item_bad_signature");
}

TEST_CASE("no flipped bit in the header goes unnoticed") {
    for (std::size_t at = 0; at < good().header.size(); ++at)
        for (int bit = 0; bit < 8; ++bit) {
            item::Item item = good();
            item.header[at] = static_cast<std::uint8_t>(item.header[at] ^ (1 << bit));
            CAPTURE(at);
            CAPTURE(bit);
            CHECK(costly_verdict(item) != "ok");
        }
}

TEST_CASE("an altered header is a bad signature even when its work was done") {
    const auto later = [](wire::ItemHeader& header) { header.set_expires(header.expires() + 600); };
    CHECK(costly_verdict(worked(with_header(publication(), later))) == "item_bad_signature");
}

TEST_CASE("an unknown kind passes with any content") {
    Wish wish;
    wish.payload = std::string("\xff\x00\xfe", 3);
    CHECK(costly_verdict(worked(publication(wish))) == "ok");
}

TEST_CASE("an offer against its rules is bad content and a good one passes") {
    CHECK(costly_verdict(worked(offer({"title", "", "", "", {}}))) == "ok");
    CHECK(costly_verdict(worked(offer({"", "", "", "", {}}))) == "item_bad_content");
}

TEST_CASE("a bad payload is told before missing work, and work before a bad signature") {
    item::Item item = signed_by(publication(), 2);
    CHECK(costly_verdict(item) == "item_little_work");
    item.payload[0] ^= 1;
    CHECK(costly_verdict(item) == "item_bad_payload");
}

TEST_CASE("work grows with size and life as the formula says") {
    for (std::size_t size : {0UL, 1UL, 250UL, 1000UL, 33803UL, 34376UL})
        for (std::int64_t life : {1L, 600L, 65535L, 65536L, 86400L, 1296000L}) {
            CAPTURE(size);
            CAPTURE(life);
            CHECK(item::required_work(size, base::Seconds(life)) == formula(size, life));
        }
}

TEST_CASE("work in figures: a small short-lived item and the largest longest-lived one") {
    CHECK(item::required_work(250, base::Seconds(600)) == 706408);
    CHECK(item::required_work(0, base::Seconds(65536)) == 1120000);
    CHECK(item::required_work(34376, base::Seconds(1296000)) == 411572122);
}

TEST_CASE("an item's work counts every byte that travels") {
    const auto read = accepted(publication());
    const item::Item& item = read->item;
    CHECK(item::required_work(*read) ==
          formula(item.header.size() + item.payload.size() + item.signature.size() + 8, 3600));
}

TEST_CASE("what mail's encryption binds changes with every field") {
    const item::Mail claim{filled<base::Digest>(1), filled<base::Digest>(2)};
    const auto bind = [&](item::Network where, item::Kind kind, int created, int expires,
                          std::uint32_t size, const item::Mail& mail, std::uint8_t mailbox = 4) {
        return item::mail_associated_data(where, kind, noon + base::Seconds(created),
                                          noon + base::Seconds(expires), size, mail,
                                          filled<base::MailboxId>(mailbox));
    };
    const base::Bytes first = bind(network, 1, 0, 600, 1000, claim);
    CHECK(first.size() == 4 + 4 + 4 + 8 + 8 + 4 + 32 + 32 + 32);
    CHECK(bind(network, 1, 0, 600, 1000, claim, 5) != first);
    CHECK(bind(network, 1, 0, 600, 1000, claim) == first);
    CHECK(bind(item::Network::main, 1, 0, 600, 1000, claim) != first);
    CHECK(bind(network, 2, 0, 600, 1000, claim) != first);
    CHECK(bind(network, 1, 600, 600, 1000, claim) != first);
    CHECK(bind(network, 1, 0, 601, 1000, claim) != first);
    CHECK(bind(network, 1, 0, 600, 1001, claim) != first);
    CHECK(bind(network, 1, 0, 600, 1000, {filled<base::Digest>(3), claim.encapsulation_hash}) !=
          first);
    CHECK(bind(network, 1, 0, 600, 1000, {claim.removal_commitment, filled<base::Digest>(3)}) !=
          first);
}

}  // namespace
}  // namespace hearsay
