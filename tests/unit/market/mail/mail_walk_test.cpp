#include "market/mail/mail_walk.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"

namespace hearsay::market {
namespace {

struct Fixture {
    MemoryCatalogue flood;
    MailWalk walk;

    static base::ItemId id(std::uint32_t number) {
        base::ItemId out;
        const auto bytes = base::big_endian(number);
        std::copy(bytes.begin(), bytes.end(), out.data.begin());
        return out;
    }
    // In the simulated network a nonce's first byte is the level.
    static item::Read mail(std::uint32_t number, item::Level level = 0) {
        item::Read mail;
        mail.id = id(number);
        mail.header.network = item::Network::sim;
        mail.item.nonce = std::uint64_t{level} << 56;
        mail.item.payload.resize(1000);
        mail.header.kind = item::kind_mail;
        mail.header.claim = item::Mail{};
        mail.version.thing = item::ThingId{mail.id.data};
        return mail;
    }
    void store(std::uint32_t number, item::Level level = 0) {
        flood.store(std::make_shared<const item::Read>(mail(number, level)));
    }
    bool arrive(std::uint32_t number, core::Pile lane = 1, item::Level level = 0) {
        return walk.on_stored(mail(number, level), lane);
    }
    // Mails of one link until no more are tried at once, and so many beyond.
    std::uint32_t flood_from(core::Pile lane, std::uint32_t beyond) {
        const auto all = static_cast<std::uint32_t>(MailWalk::chunk_max) + beyond;
        for (std::uint32_t number = 1; number <= all; ++number) {
            store(number);
            arrive(number, lane);
        }
        return all;
    }
    std::vector<base::ItemId> next_ids() {
        std::vector<base::ItemId> out;
        for (const item::ReadPtr& each : walk.next(flood)) out.push_back(each->id);
        return out;
    }
    std::size_t next() { return walk.next(flood).size(); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "the safe position stays before the first mail without an answer") {
    for (std::uint32_t number = 1; number <= 3; ++number) store(number);
    CHECK(next() == 3);
    CHECK(walk.safe_position() == 0);
    walk.on_answered(id(2));
    CHECK(walk.safe_position() == 0);
    walk.on_answered(id(1));
    CHECK(walk.safe_position() == 2);
    walk.on_answered(id(3));
    CHECK(walk.safe_position() == 3);
}

TEST_CASE_FIXTURE(Fixture, "a mail tried on arrival is not tried again by the walk") {
    store(1);
    store(2);
    CHECK(arrive(1));
    CHECK_FALSE(arrive(1));
    CHECK(arrive(2));
    CHECK(walk.on_answered(id(2)));
    CHECK(next() == 0);
    CHECK(walk.safe_position() == 0);  // the first one still waits
    CHECK(walk.on_answered(id(1)));
    CHECK(walk.safe_position() == 2);
    CHECK_FALSE(walk.on_answered(id(1)));
}

TEST_CASE_FIXTURE(Fixture, "a mail that waits for its turn waits once, however often it comes") {
    const std::uint32_t last = flood_from(1, 10);
    CHECK_FALSE(arrive(last));  // it waits
    CHECK_FALSE(arrive(1));     // it is being tried
    for (std::uint32_t number = 1; number <= MailWalk::chunk_max; ++number)
        walk.on_answered(id(number));
    CHECK(next() == 10);
}

TEST_CASE_FIXTURE(Fixture, "no more mails are tried at a time than there are places") {
    constexpr auto most = static_cast<std::uint32_t>(MailWalk::in_flight_max);
    for (std::uint32_t number = 1; number <= most; ++number) REQUIRE(walk.on_found(id(number)));
    CHECK(walk.is_full());
    CHECK_FALSE(walk.on_found(id(most + 1)));
    walk.on_answered(id(1));
    CHECK(walk.on_found(id(most + 1)));
}

TEST_CASE_FIXTURE(Fixture, "the walk goes in chunks and goes on as answers come") {
    const auto count = static_cast<std::uint32_t>(MailWalk::chunk_max + 10);
    for (std::uint32_t number = 1; number <= count; ++number) store(number);
    CHECK(next() == MailWalk::chunk_max);
    CHECK_FALSE(walk.wants_more());
    walk.on_answered(id(1));
    CHECK(walk.wants_more());
    CHECK(next() == 10);
    CHECK_FALSE(walk.wants_more());
    walk.look_again();
    for (std::uint32_t number = 2; number <= count; ++number) walk.on_answered(id(number));
    CHECK(walk.wants_more());
    CHECK(next() == 0);
    CHECK(walk.safe_position() == count);
}

TEST_CASE_FIXTURE(Fixture, "mail that comes faster than answers waits, and is tried once") {
    walk.next(flood);  // nothing to walk
    const std::uint32_t all = flood_from(1, 10);
    CHECK_FALSE(walk.wants_more());
    for (std::uint32_t number = 1; number <= all - 10; ++number) walk.on_answered(id(number));
    CHECK(walk.wants_more());
    CHECK(next() == 10);
    for (std::uint32_t number = all - 9; number <= all; ++number) walk.on_answered(id(number));
    walk.look_again();
    CHECK(next() == 0);
    CHECK(walk.safe_position() == all);
}

TEST_CASE_FIXTURE(Fixture,
                  "a link's mail waits for no more of a flood over another than it brings") {
    walk.next(flood);
    const std::uint32_t all = flood_from(1, 2000);
    store(all + 1);
    store(all + 2);
    CHECK_FALSE(arrive(all + 1, 2));
    CHECK_FALSE(arrive(all + 2, 2));
    for (std::uint32_t number = 1; number <= 4; ++number) walk.on_answered(id(number));
    std::vector<base::ItemId> tried = next_ids();
    CHECK(tried.size() == 4);
    CHECK(std::ranges::count(tried, id(all + 1)) == 1);
    CHECK(std::ranges::count(tried, id(all + 2)) == 1);
}

TEST_CASE_FIXTURE(Fixture, "of what one link brought more work is tried first") {
    walk.next(flood);
    const std::uint32_t all = flood_from(1, 100);
    store(all + 1, 20);
    arrive(all + 1, 1, 20);
    walk.on_answered(id(1));
    CHECK(next_ids() == std::vector{id(all + 1)});
}

TEST_CASE_FIXTURE(Fixture, "beyond what may wait a flood's own mail is left to the walk") {
    walk.next(flood);
    const auto most = static_cast<std::uint32_t>(MailWalk::queued_max);
    const std::uint32_t all = flood_from(1, most);
    CHECK_FALSE(walk.wants_more());
    store(all + 1);
    store(all + 2);
    arrive(all + 1, 2);  // takes the place of one of the flood's
    arrive(all + 2, 1);  // finds none
    std::size_t tried = MailWalk::chunk_max;
    for (std::uint32_t number = 1; number <= all + 2; ++number) walk.on_answered(id(number));
    for (int times = 0; times < 100 && walk.wants_more(); ++times)
        for (const base::ItemId& each : next_ids()) {
            ++tried;
            walk.on_answered(each);
        }
    CHECK(tried == all + 2);
    CHECK(walk.safe_position() == all + 2);
}

TEST_CASE_FIXTURE(Fixture, "the walk and what arrives have half of each chunk") {
    for (std::uint32_t number = 1; number <= 1000; ++number) store(number);
    CHECK(next() == MailWalk::chunk_max);
    for (std::uint32_t number = 1001; number <= 2000; ++number) {
        store(number);
        CHECK_FALSE(arrive(number, 7));
    }
    for (std::uint32_t number = 1; number <= 256; ++number) walk.on_answered(id(number));
    const std::vector<base::ItemId> tried = next_ids();
    CHECK(tried.size() == MailWalk::chunk_max);
    CHECK(std::ranges::count_if(tried, [](const base::ItemId& each) { return each < id(1001); }) ==
          static_cast<std::ptrdiff_t>(MailWalk::chunk_max / 2));
}

}  // namespace hearsay::market
