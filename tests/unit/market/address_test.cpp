#include "market/address.hpp"

#include <doctest/doctest.h>

namespace hearsay::market {
namespace {

template <class Key>
Key counting() {
    Key key;
    for (std::size_t i = 0; i < Key::size; ++i) key.data[i] = static_cast<std::uint8_t>(i);
    return key;
}

}  // namespace

TEST_CASE("addresses are bech32m of the key with the prefix of their kind") {
    // Made by a second implementation that also makes the vectors of BIP-350.
    CHECK(persona_address(counting<base::PublisherKey>()) ==
          "hsp1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0s37we5k");
}

TEST_CASE("addresses are read back, in lower or upper case") {
    const auto persona = counting<base::PublisherKey>();
    const auto mailbox = counting<base::MailboxId>();
    CHECK(parse_persona(persona_address(persona)) == persona);
    CHECK(parse_mailbox(mailbox_address(mailbox)) == mailbox);
    std::string upper = mailbox_address(mailbox);
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    CHECK(parse_mailbox(upper) == mailbox);
}

TEST_CASE("the other kind of address is recognised as such") {
    const auto read = parse_mailbox(persona_address(counting<base::PublisherKey>()));
    REQUIRE_FALSE(read);
    CHECK(read.error().text ==
          "this is the address of a persona; a mailbox address begins with \"hsm1\" and has 62 "
          "letters");
}

TEST_CASE("a typing error, a missing letter and another text are told apart") {
    std::string text = mailbox_address(counting<base::MailboxId>());
    std::string wrong = text;
    wrong[10] = wrong[10] == 'q' ? 'p' : 'q';
    CHECK(parse_mailbox(wrong).error().text.find("checksum") != std::string::npos);
    text.pop_back();
    CHECK(parse_mailbox(text).error().text.find("61 letters; a mailbox address") !=
          std::string::npos);
    CHECK(parse_mailbox("alice").error().text.find("not an address") != std::string::npos);
}

}  // namespace hearsay::market
