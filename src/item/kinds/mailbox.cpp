#include "item/kinds/mailbox.hpp"

#include <algorithm>

#include "base/canonical.hpp"
#include "item/kinds/parts.hpp"
#include "item/mailbox.hpp"
#include "mailbox.pb.h"

namespace hearsay::item {

base::Slot mailbox_slot(const base::MailboxId& mailbox) {
    base::Slot out;
    std::copy_n(mailbox.data.begin(), out.size, out.data.begin());
    return out;
}

base::Bytes write_mailbox(const base::MailboxKey& key) {
    wire::Mailbox out;
    out.set_key(base::to_text(key.view()));
    return serialized(out);
}

std::optional<base::MailboxKey> read_mailbox(base::ByteView payload) {
    base::CanonicalReader in(payload);
    const base::ByteView key = in.bytes(1);
    if (!in.is_whole()) return std::nullopt;
    return base::MailboxKey::from(key);
}

std::optional<std::string> mailbox_content_problem(const Read& item) {
    const auto key = read_mailbox(item.item.payload);
    if (!key) return "a mailbox that does not parse";
    if (auto problem = mailbox_key_problem(item, key)) return problem;
    // total: mailbox_key_problem() asked for both
    const Publication& claim = *item.header.publication();
    if (claim.slot != mailbox_slot(*claim.mailbox)) return "a mailbox in another slot than its own";
    return std::nullopt;
}

}  // namespace hearsay::item
