// Letters that are sealed anew because nobody told their sender that they came.
#include <doctest/doctest.h>

#include "delivery.hpp"

namespace hearsay::market {
namespace {

TEST_CASE_FIXTURE(
    Delivery,
    "a trade's letter that nobody fetched is sealed anew, and nothing outside tells that it is one") {
    const auto offer = maker.publish("bicycle", 15 * day);
    REQUIRE(offer);
    settle({&maker, &buyer});
    REQUIRE(buyer.turn([&](Effects& out) {
        TakeDraft draft;
        draft.offer = base::to_hex(offer->thing);
        return buyer.market->take_offer(draft, buyer.now, buyer.flood, buyer.keep, out);
    }));
    settle({&buyer});  // the maker is away
    const MailView first = buyer.market->list_mail(buyer.keep).at(0);
    std::vector<item::ReadPtr> items{buyer.flood.get(first.item)};
    for (int time = 0; time < 2; ++time) {
        buyer.now = view(buyer, first.letter.id).expires;
        buyer.tick();
        const MailView renewed = view(buyer, first.letter.id);
        CHECK(renewed.state == MailState::working);
        CHECK(renewed.expires > buyer.now);
        settle({&buyer});
        items.push_back(buyer.flood.get(view(buyer, first.letter.id).item));
    }
    for (const item::ReadPtr& one : items)
        for (const item::ReadPtr& other : items) {
            if (one == other) continue;
            CHECK(one->header.mail()->encapsulated_key != other->header.mail()->encapsulated_key);
            CHECK(one->header.mail()->removal_commitment != other->header.mail()->removal_commitment);
            CHECK(one->header.created != other->header.created);
        }
    maker.now = buyer.now;
    maker.start();  // it was away for a month, and its mailbox is still there
    maker.hear(items.back());
    maker.do_tries();
    REQUIRE(maker.inbox().size() == 1);
    CHECK(maker.inbox()[0].letter.id == first.letter.id);
    CHECK(maker.market->trades(maker.keep).size() == 1);
    pass(maker.settings.receipt_within);
    CHECK(view(buyer, first.letter.id).state == MailState::delivered);
}

TEST_CASE_FIXTURE(Delivery, "plain mail is not renewed") {
    const auto mail = buyer.send(address_of(maker), "x");
    settle({&buyer});
    buyer.now += 16 * day;
    buyer.tick();
    CHECK(view(buyer, mail->letter.id).state == MailState::failed);
    CHECK(buyer.work.empty());
}

// Both sides lose their process at the n-th turn of the whole story, in each of the ways of a commit, and go on.
}  // namespace
}  // namespace hearsay::market
