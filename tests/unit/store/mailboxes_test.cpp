// Keys of mailboxes by fingerprint, from whatever is held and carries them.
#include <doctest/doctest.h>

#include "crypto/ed25519.hpp"
#include "item/kinds/mailbox.hpp"
#include "item/mailbox.hpp"
#include "unit/store/fixture.hpp"

namespace hearsay::store {
namespace {

using namespace testing;

base::MailboxKey key_of(std::uint8_t number) {
    base::MailboxKey out;
    out.data.fill(number);
    return out;
}

struct Fixture : FloodFixture {
    // Of somebody's mailbox, told by a persona.
    static item::ReadPtr told(const base::MailboxKey& key, std::uint8_t persona,
                              item::Kind kind = item::kind_mailbox) {
        const base::Secret seed = seed_of(persona);
        const base::MailboxId id = item::mailbox_id(key);
        const item::Publication claim{base::PublisherKey{crypto::ed25519_public_key(seed).data},
                                      item::mailbox_slot(id), 1, false, id};
        return *item::read(item::make_publication({item::Network::sim, kind, noon, 24 * hour},
                                                  claim, item::write_mailbox(key), seed),
                           item::Network::sim);
    }
    std::optional<base::MailboxKey> find(const base::MailboxKey& key) {
        return read()->mailbox_key(item::mailbox_id(key));
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a key is found while anything that carries it is held") {
    const auto by_one = told(key_of(1), 1);
    const auto by_other = told(key_of(1), 2);
    CHECK_FALSE(find(key_of(1)));
    commit(*flood, {storing(by_one), storing(by_other), storing(told(key_of(2), 3))});
    CHECK(find(key_of(1)) == key_of(1));
    CHECK(find(key_of(2)) == key_of(2));
    CHECK_FALSE(find(key_of(3)));
    commit(*flood, {forgetting(by_one->id)});
    CHECK(find(key_of(1)) == key_of(1));
    commit(*flood, {forgetting(by_other->id)});
    CHECK_FALSE(find(key_of(1)));
    CHECK(find(key_of(2)) == key_of(2));
}

TEST_CASE_FIXTURE(Fixture, "kinds that carry no key are not asked for one") {
    commit(*flood, {storing(told(key_of(1), 1, 4711))});
    CHECK_FALSE(find(key_of(1)));
}

TEST_CASE_FIXTURE(Fixture, "however often a key is published, finding it is a few looks") {
    core::Effects all;
    for (std::uint8_t persona = 1; persona < 100; ++persona)
        all.push_back(storing(told(key_of(1), persona)));
    commit(*flood, all);
    CHECK(find(key_of(1)) == key_of(1));
}

}  // namespace hearsay::store
