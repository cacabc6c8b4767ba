#include "market/mail/mail_search.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"

namespace hearsay::market {
namespace {

struct Fixture {
    MemoryCatalogue flood;
    MailSearch search;

    static base::ItemId id(std::uint32_t number) {
        base::ItemId out;
        const auto bytes = base::big_endian(number);
        std::copy(bytes.begin(), bytes.end(), out.data.begin());
        return out;
    }
    void store(std::uint32_t number) {
        item::Read mail;
        mail.id = id(number);
        mail.header.kind = item::kind_mail;
        mail.header.claim = item::Mail{};
        mail.version.thing = item::ThingId{mail.id.data};
        flood.store(std::make_shared<const item::Read>(mail));
    }
    std::size_t next() { return search.next(flood).size(); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "the safe position stays before the first mail without an answer") {
    for (std::uint32_t number = 1; number <= 3; ++number) store(number);
    CHECK(next() == 3);
    CHECK(search.safe_position() == 0);
    search.on_answered(id(2));
    CHECK(search.safe_position() == 0);
    search.on_answered(id(1));
    CHECK(search.safe_position() == 2);
    search.on_answered(id(3));
    CHECK(search.safe_position() == 3);
}

TEST_CASE_FIXTURE(Fixture, "a mail tried on arrival is not tried again by the walk") {
    store(1);
    store(2);
    CHECK(search.on_stored(id(1)));
    CHECK_FALSE(search.on_stored(id(1)));
    CHECK(search.on_stored(id(2)));
    CHECK(search.on_answered(id(2)));
    CHECK(next() == 0);
    CHECK(search.safe_position() == 0);  // the first one still waits
    CHECK(search.on_answered(id(1)));
    CHECK(search.safe_position() == 2);
    CHECK_FALSE(search.on_answered(id(1)));
}

TEST_CASE_FIXTURE(Fixture, "the walk goes in chunks and goes on as answers come") {
    const auto count = static_cast<std::uint32_t>(MailSearch::chunk_max + 10);
    for (std::uint32_t number = 1; number <= count; ++number) store(number);
    CHECK(next() == MailSearch::chunk_max);
    CHECK_FALSE(search.wants_more());
    search.on_answered(id(1));
    CHECK(search.wants_more());
    CHECK(next() == 10);
    CHECK_FALSE(search.wants_more());
    search.look_again();
    for (std::uint32_t number = 2; number <= count; ++number) search.on_answered(id(number));
    CHECK(search.wants_more());
    CHECK(next() == 0);
    CHECK(search.safe_position() == count);
}

TEST_CASE_FIXTURE(Fixture, "mail that comes faster than answers is left to the walk") {
    const auto count = static_cast<std::uint32_t>(MailSearch::in_flight_max);
    for (std::uint32_t number = 1; number <= count + 1; ++number) {
        store(number);
        CHECK(search.on_stored(id(number)) == (number <= count));
    }
    for (std::uint32_t number = 1; number <= count; ++number) search.on_answered(id(number));
    CHECK(search.wants_more());
    CHECK(next() == 1);
    CHECK(search.safe_position() == count);
}

}  // namespace hearsay::market
