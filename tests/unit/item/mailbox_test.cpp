// How a mailbox is named, and kind 4.
#include "item/mailbox.hpp"

#include <doctest/doctest.h>

#include "item/kinds.hpp"
#include "item/kinds/mailbox.hpp"
#include "item/kinds/profile.hpp"
#include "samples.hpp"

namespace hearsay {
namespace {

const base::MailboxKey key = samples::filled<base::MailboxKey>(3);
const base::MailboxId id = item::mailbox_id(key);

item::Read naming(item::Kind kind, const std::optional<base::MailboxId>& mailbox,
                  const base::Bytes& payload, const base::Slot& slot = item::mailbox_slot(id)) {
    item::Read out;
    out.header.kind = kind;
    out.header.claim = item::Publication{samples::persona(1), slot, 1, false, mailbox};
    out.item.payload = payload;
    return out;
}
base::Bytes offer_with(const std::optional<base::MailboxKey>& mailbox) {
    item::OfferText out{"Tea", "", "", "", {}};
    out.mailbox = mailbox;
    return item::write_offer(out);
}

}  // namespace

TEST_CASE("a fingerprint is a tagged hash of the key") {
    CHECK(id.data == crypto::tagged_sha256("hearsay mailbox v1", {key.view()}).data);
    CHECK(item::mailbox_id({}) != id);
}

TEST_CASE("a key is read back, and nothing of another size is one") {
    CHECK(item::read_mailbox(item::write_mailbox(key)) == key);
    CHECK_FALSE(item::read_mailbox({}));
    CHECK_FALSE(item::read_mailbox(base::as_bytes("\x0a\x01x")));
    base::Bytes longer = item::write_mailbox(key);
    longer.push_back(0);
    CHECK_FALSE(item::read_mailbox(longer));
}

TEST_CASE("a mailbox names its key, in its own slot") {
    const base::Bytes payload = item::write_mailbox(key);
    CHECK_FALSE(item::content_problem(naming(item::kind_mailbox, id, payload)));
    CHECK(item::content_problem(naming(item::kind_mailbox, std::nullopt, payload)));
    CHECK(item::content_problem(naming(item::kind_mailbox, base::MailboxId{}, payload)));
    CHECK(item::content_problem(naming(item::kind_mailbox, id, payload, {})));
    CHECK(item::content_problem(naming(item::kind_mailbox, id, {})));
}

TEST_CASE("offers and profiles have the key of the mailbox that they name, and no other") {
    const base::Bytes profile = item::write_profile({.nickname = "Ann", .mailbox = key});
    for (const auto& [kind, with, without] :
         {std::tuple(item::kind_offer, offer_with(key), offer_with({})),
          std::tuple(item::kind_profile, profile, item::write_profile({"Ann"}))}) {
        CAPTURE(kind);
        const auto problem = [&](const std::optional<base::MailboxId>& named,
                                 const base::Bytes& payload) {
            return item::content_problem(naming(kind, named, payload, {})).has_value();
        };
        CHECK_FALSE(problem(id, with));
        CHECK_FALSE(problem(std::nullopt, without));
        CHECK(problem(id, without));
        CHECK(problem(std::nullopt, with));
        CHECK(problem(base::MailboxId{}, with));
    }
}

TEST_CASE("the key of a mailbox is found in what carries it, and nowhere else") {
    CHECK(item::mailbox_key_in(naming(item::kind_mailbox, id, item::write_mailbox(key))) == key);
    CHECK(item::mailbox_key_in(naming(item::kind_offer, id, offer_with(key))) == key);
    CHECK_FALSE(item::mailbox_key_in(naming(item::kind_offer, id, offer_with({}))));
    CHECK_FALSE(item::mailbox_key_in(naming(item::kind_offer, base::MailboxId{}, offer_with(key))));
    CHECK_FALSE(item::mailbox_key_in(naming(samples::kind_unknown, id, item::write_mailbox(key))));
    CHECK_FALSE(item::mailbox_key_in(naming(item::kind_mailbox, id, base::to_bytes("x"))));
}

TEST_CASE("an offer grows by no more than 1,250 bytes") {
    CHECK(offer_with(key).size() - offer_with({}).size() <= 1250);
}

}  // namespace hearsay
