#include "market/mail/postage.hpp"

#include <algorithm>

#include "crypto/hkdf.hpp"
#include "crypto/sha256.hpp"
#include "crypto/work.hpp"

namespace hearsay::market {

base::ItemId stamp_id(const base::MailboxId& mailbox, const MessageId& message,
                      const base::PublisherKey& sender) {
    return base::ItemId{
        crypto::tagged_sha256("hearsay stamp v1", {mailbox.view(), message.view(), sender.view()})
            .data};
}

std::uint64_t stamp_trials(std::uint32_t bits) {
    return std::uint64_t{1} << std::min(usual_if_none(bits), stamp_bits_max);
}

bool stamp_is_enough(item::Network network, const Letter& letter, const base::MailboxId& mailbox,
                     std::uint32_t bits) {
    return network == item::Network::sim ||  // whose makers search no work
           crypto::work_is_enough(stamp_id(mailbox, letter.id, letter.sender), letter.stamp,
                                  stamp_trials(bits));
}

Ticket ticket(const base::Secret& mailbox_secret, std::uint32_t number) {
    base::Bytes info = base::to_bytes("ticket");
    base::append(info, base::big_endian(number));
    const base::Secret derived = crypto::derive(mailbox_secret, info);
    Ticket out;
    std::copy_n(derived.data.begin(), Ticket::size, out.data.begin());
    return out;
}

}  // namespace hearsay::market
