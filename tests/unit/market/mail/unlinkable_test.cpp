// What an observer who keeps every item can say about several mails to one person: nothing that
// would not hold for mails of strangers to strangers, too.
#include <cmath>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "fakes.hpp"
#include "market/address.hpp"

namespace hearsay::market {
namespace {

// Ten people write to one another, long and short, first mails and answers,
// with attachments and receipts.
struct Capture {
    std::vector<std::unique_ptr<Person>> people;
    std::vector<item::ReadPtr> mails;
    std::vector<item::ReadPtr> removals;
    core::Position observed = 0;

    // What came since, while it floods: a removal takes its mail away.
    void observe() {
        for (const auto& [kind, kept] :
             {std::pair(item::kind_mail, &mails), std::pair(item::kind_mail_removal, &removals)})
            people[0]->flood.of_kind_since(kind, observed,
                                           [&](core::Position, const item::ReadPtr& item) {
                                               kept->push_back(item);
                                               return true;
                                           });
        observed = people[0]->flood.last_position();
    }

    Capture() {
        std::vector<Person*> all;
        for (std::uint8_t i = 0; i < 10; ++i) people.push_back(std::make_unique<Person>(i));
        for (auto& person : people) all.push_back(person.get());
        base::Rng rng = seeded(99);
        for (int round = 0; round < 60; ++round) {
            Person& from = *all[rng.below(all.size())];
            Person& to = *all[rng.below(3)];  // three of them get most
            const std::string text(rng.below(3000), 'x');
            const auto inbox = from.inbox();
            const std::string address = inbox.empty() || rng.below(2) == 0
                                            ? mailbox_address(to.market->mailboxes().back().key)
                                            : base::to_hex(inbox[0].letter.id);
            REQUIRE(from.send(address, text));
            settle(all);
            observe();
            for (Person* person : all) {
                person->now += base::Seconds(1 + static_cast<std::int64_t>(rng.below(200)));
                person->tick();
            }
            settle(all);
            observe();
        }
        REQUIRE(mails.size() > 100);  // receipts, too
    }
};

const Capture& captured() {
    static const Capture capture;
    return capture;
}

// Chi-squared of byte values, against 255 degrees of freedom.
double chi_squared(const std::vector<std::uint8_t>& bytes) {
    std::array<double, 256> counts{};
    for (const std::uint8_t byte : bytes) counts[byte] += 1;
    const double expected = static_cast<double>(bytes.size()) / 256;
    double out = 0;
    for (const double count : counts) out += (count - expected) * (count - expected) / expected;
    return out;
}

}  // namespace

TEST_CASE("mail has five sizes, one lifetime and times of ten minutes") {
    std::set<std::size_t> headers;
    for (const item::ReadPtr& mail : captured().mails) {
        CHECK(item::is_mail_size(mail->item.payload.size()));
        CHECK(mail->header.expires - mail->header.created == base::limits::lifetime_max);
        CHECK(base::unix_seconds(mail->header.created) % 600 == 0);
        CHECK(mail->item.signature.empty());
        headers.insert(mail->item.header.size() - (mail->item.payload.size() >= 16384 ? 1 : 0));
    }
    CHECK(headers.size() == 1);  // nothing is there in one mail and absent in another
}

TEST_CASE("no key, commitment, hash or ciphertext stands in two mails") {
    std::set<std::string> seen;
    const auto fresh = [&](base::ByteView bytes) {
        return seen.insert(base::to_text(bytes)).second;
    };
    for (const item::ReadPtr& mail : captured().mails) {
        CHECK(fresh(mail->header.mail()->encapsulation_hash.view()));
        CHECK(fresh(mail->header.mail()->removal_commitment.view()));
        CHECK(fresh(mail->header.payload_sha256.view()));
        for (std::size_t at = 0; at + 16 <= mail->item.payload.size(); at += 16)
            if (!fresh(base::ByteView(mail->item.payload).subspan(at, 16)))
                FAIL("a block stands in two mails");
    }
    for (const item::ReadPtr& removal : captured().removals)
        CHECK(fresh(removal->header.removal()->secret.view()));
}

TEST_CASE("headers name no mailbox, persona or node of anybody") {
    std::set<std::string> keys;
    for (const auto& person : captured().people) {
        for (const auto& mailbox : person->market->mailboxes())
            keys.insert(base::to_text(mailbox.key.view()));
        for (const auto& persona : person->market->personas(person->store))
            keys.insert(base::to_text(persona.key.view()));
    }
    REQUIRE(keys.size() > 40);
    const auto names_one = [&](const item::ReadPtr& item) {
        const std::string all =
            base::to_text(item->item.header) + base::to_text(item->item.payload);
        return std::ranges::any_of(
            keys, [&](const std::string& key) { return all.find(key) != std::string::npos; });
    };
    for (const item::ReadPtr& mail : captured().mails) CHECK_FALSE(names_one(mail));
    for (const item::ReadPtr& removal : captured().removals) CHECK_FALSE(names_one(removal));
}

TEST_CASE(
    "payloads, hashes and commitments look random, each place by itself and all "
    "together") {
    std::vector<std::uint8_t> payloads, first_bytes, hashes, commitments;
    for (const item::ReadPtr& mail : captured().mails) {
        payloads.insert(payloads.end(), mail->item.payload.begin(), mail->item.payload.end());
        first_bytes.insert(first_bytes.end(), mail->item.payload.begin(),
                           mail->item.payload.begin() + 64);
        const auto& hash = mail->header.mail()->encapsulation_hash.data;
        hashes.insert(hashes.end(), hash.begin(), hash.end());
        const auto& commitment = mail->header.mail()->removal_commitment.data;
        commitments.insert(commitments.end(), commitment.begin(), commitment.end());
    }
    // 255 degrees: a value above 390 comes once in ten million fair samples.
    CHECK(chi_squared(payloads) < 390);
    CHECK(chi_squared(first_bytes) < 390);
    CHECK(chi_squared(hashes) < 390);
    CHECK(chi_squared(commitments) < 390);
}

TEST_CASE("the test would notice mail that names its recipient") {
    std::vector<std::uint8_t> told;
    for (int i = 0; i < 200; ++i)
        for (std::uint8_t byte = 0; byte < 32; ++byte)
            told.push_back(byte);  // a key that comes again
    CHECK(chi_squared(told) > 390);
}

}  // namespace hearsay::market
