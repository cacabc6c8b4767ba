// Any bytes as an item: two bytes of header length, one of signature length, then header,
// signature, nonce and payload. Reading keeps its promises; the costly checks find nothing good by
// chance.
#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "item/item.hpp"
#include "item/kinds.hpp"
#include "item/malformed.hpp"

namespace hearsay {
namespace {

namespace limits = base::limits;

base::Bytes take(base::ByteView& left, std::size_t most) {
    const std::size_t size = std::min(most, left.size());
    base::Bytes out = base::to_bytes(left.first(size));
    left = left.subspan(size);
    return out;
}

item::Item cut(base::ByteView left) {
    const base::Bytes lengths = take(left, 3);
    item::Item out;
    if (lengths.size() < 3) return out;
    out.header = take(left, static_cast<std::size_t>(lengths[0] << 8 | lengths[1]));
    out.signature = take(left, lengths[2]);
    for (std::uint8_t byte : take(left, 8)) out.nonce = out.nonce << 8 | byte;
    out.payload = base::to_bytes(left);
    return out;
}

void check(const item::Read& read) {
    const item::Header& header = read.header;
    ENSURE(header.network == item::Network::sim, "an item of another network was read");
    ENSURE(header.payload_size == read.item.payload.size(), "a payload of another size was read");
    ENSURE(
        header.created < header.expires && header.expires - header.created <= limits::lifetime_max,
        "a wrong life");
    ENSURE((header.mail() != nullptr) == (header.kind == item::kind_mail), "a mail that is none");
    ENSURE((header.publication() == nullptr) == read.item.signature.empty(),
           "a signature too many or too few");
    ENSURE(!header.mail() || (item::is_mail_size(read.item.payload.size()) &&
                              item::is_mail_lifetime(header.expires - header.created)),
           "a mail that is unlike mail");
    ENSURE(read.id == item::id_of(read.item.header, read.item.signature), "another id");
    ENSURE(item::check_time(header, header.expires) == base::Fault::item_expired,
           "an end without an end");
    ENSURE(!item::check_time(header, header.created), "an item that is not alive when it is made");
    ENSURE(item::required_work(read) >= limits::work_factor * limits::work_base_bytes,
           "work for nothing");
    (void)item::check_costly(read);
    if (const auto offer = item::read_offer(read.item.payload);
        offer && !item::offer_problem(*offer))
        ENSURE(item::read_offer(item::write_offer(*offer)) == offer, "an offer changed");
}

}  // namespace
}  // namespace hearsay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    const item::Item item = cut({data, size});
    const auto read = item::read(item, item::Network::sim);
    const bool malformed = !read && read.error() == base::Fault::item_malformed;
    ENSURE(!malformed || !item::malformed_by(item).empty(), "no rule is named that it breaks");
    ENSURE(!read || item::malformed_by(item).empty(), "a rule is named that it does not break");
    if (read) check(**read);
    return 0;
}
