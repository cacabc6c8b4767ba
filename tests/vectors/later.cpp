// Payloads with fields that a later text adds: docs/protocol.md, "Fields of later texts".
#include "base/limits/items.hpp"
#include "crypto/xwing.hpp"
#include "item/kinds/app_data.hpp"
#include "item/kinds/list.hpp"
#include "item/kinds/mailbox.hpp"
#include "item/kinds/post.hpp"
#include "item/kinds/profile.hpp"
#include "item/kinds/rating.hpp"
#include "item/mailbox.hpp"
#include "item_entries.hpp"

namespace hearsay::vectors {
namespace {

using namespace samples;

const base::Bytes number{0xb0, 0x01, 0x07};  // field 22 is 7

item::Item with(item::Kind kind, base::Bytes payload, const base::Bytes& later,
                const item::Publication& claim) {
    base::append(payload, later);
    return item::make_publication({samples::network, kind, noon, base::Seconds(3600)}, claim,
                                  payload, filled<base::Secret>(1));
}
item::Item with(item::Kind kind, base::Bytes payload, const base::Bytes& later = number) {
    return with(kind, std::move(payload), later, {persona(1), {}, 1, false, std::nullopt});
}
item::Item offer_with(const base::Bytes& later) {
    return with(item::kind_offer, item::write_offer({"x", "", "", "", {}}), later);
}

item::Item rating_with(const base::Bytes& later) {
    const item::Token token{filled<item::TokenId>(3), persona(1), persona(2)};
    const base::Bytes message = item::token_message(token, samples::network);
    const item::Rating rating{token, crypto::ed25519_sign(filled<base::Secret>(1), message),
                              crypto::ed25519_sign(filled<base::Secret>(2), message), 5, ""};
    return with(item::kind_rating, item::write_rating(rating), later,
                {persona(1), filled<base::Slot>(3), 1, false, std::nullopt});
}

item::Item mailbox_with(const base::Bytes& later) {
    const base::MailboxKey key = crypto::XWingKey(filled<base::Secret>(5)).public_key();
    const base::MailboxId id = item::mailbox_id(key);
    return with(item::kind_mailbox, item::write_mailbox(key), later,
                {persona(1), item::mailbox_slot(id), 1, false, id});
}

// One field 22 of so many bytes as a whole.
base::Bytes of_size(std::size_t size) {
    const std::size_t value = size - 4;  // its tag and its length have two bytes each
    base::Bytes out{0xb2, 0x01, static_cast<std::uint8_t>(0x80 | (value & 0x7f)),
                    static_cast<std::uint8_t>(value >> 7)};
    out.resize(size, 'x');
    return out;
}

}  // namespace

void add_valid_later(std::vector<Entry>& out) {
    const auto of = [&](const std::string& about, const item::Item& item) {
        out.push_back(valid(about, item));
    };
    of("an offer with a field of a later text", offer_with(number));
    of("an offer with later fields of each type, a 0 and nothing, one number three times, the last",
       offer_with({0xb0, 0x01, 0x00, 0xb9, 0x01, 1,    2,    3,    4,    5,    6,    7,
                   8,    0xc2, 0x01, 0x00, 0xc2, 0x01, 0x01, 'x',  0xc0, 0x01, 0x05, 0xcd,
                   0x01, 1,    2,    3,    4,    0xfa, 0xff, 0xff, 0xff, 0x0f, 0x00}));
    of("an offer with a later number of 64 bits",
       offer_with({0xb0, 0x01, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}));
    of("an offer with 4096 bytes of later fields",
       offer_with(of_size(base::limits::later_bytes_max)));
    of("a rating with a field of a later text", rating_with(number));
    of("a profile with a field of a later text",
       with(item::kind_profile, item::write_profile({"Ann"})));
    of("a profile with a later field 6",
       with(item::kind_profile, item::write_profile({"Ann"}), {0x32, 0x00}));
    of("a post with a field of a later text", with(item::kind_post, item::write_post({"a"})));
    of("a list with a field of a later text",
       with(item::kind_list, item::write_list({"a", "", {{"b", false, ""}}})));
}

void add_wrong_later(std::vector<Entry>& out) {
    const auto of = [&](const std::string& about, const item::Item& item) {
        out.push_back(refused(about, worked(item)));
    };
    of("an offer with 4097 bytes of later fields",
       offer_with(of_size(base::limits::later_bytes_max + 1)));
    of("an offer with later fields out of order", offer_with({0xb8, 0x01, 0x01, 0xb0, 0x01, 0x01}));
    of("an offer with a known field behind a later one", offer_with({0xb0, 0x01, 0x07, 0x30, 5}));
    of("an offer with a group of a later text", offer_with({0xb3, 0x01, 0xb4, 0x01}));
    of("an offer with an end of a group", offer_with({0xb4, 0x01}));
    of("an offer with a later field of type 6", offer_with({0xb6, 0x01}));
    of("an offer with a later field of number 2^29",
       offer_with({0x80, 0x80, 0x80, 0x80, 0x10, 0x01}));
    of("an offer with a later tag that is not in its shortest form",
       offer_with({0xb0, 0x81, 0x00, 0x07}));
    of("an offer with a later number that is not in its shortest form",
       offer_with({0xb0, 0x01, 0x87, 0x00}));
    of("an offer with a later length that is not in its shortest form",
       offer_with({0xb2, 0x01, 0x81, 0x00, 'x'}));
    of("an offer with a later number of more than 64 bits",
       offer_with({0xb0, 0x01, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2}));
    of("an offer with a later field that is cut off", offer_with({0xb2, 0x01, 0x02, 'x'}));
    of("an offer with 7 bytes of 8", offer_with({0xb1, 0x01, 1, 2, 3, 4, 5, 6, 7}));
    of("an offer whose price has a field 8", offer_with({0x42, 4, 0x08, 0x02, 0x40, 0x01}));
    of("an offer whose detail has a field 3",
       offer_with({0x92, 0x01, 8, 0x0a, 1, 'a', 0x12, 1, 'b', 0x18, 1}));
    of("a list whose entry has a field 7",
       with(item::kind_list, item::write_list({"a", "", {}}), {0x1a, 5, 0x22, 1, 'b', 0x38, 1}));
    of("a mailbox with a field 2", mailbox_with({0x10, 0x01}));
    of("data of an application with a field 3",
       with(item::kind_app_data, item::write_app_data({500, {1}}), {0x18, 0x01}));
    of("a rating with later fields out of order", rating_with({0x48, 1, 0x40, 1}));
}

}  // namespace hearsay::vectors
