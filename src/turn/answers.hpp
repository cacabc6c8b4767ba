// turn/answers.hpp - what workers answer to the wishes of a market (market/effects.hpp).
#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "item/item.hpp"
#include "market/mail/letter.hpp"
#include "market/publications/persona_scan.hpp"

namespace hearsay::turn {

// To FindWork. If it cannot be kept, the market asks again once it starts anew.
struct WorkFound {
    base::ItemId id;
    std::uint64_t nonce = 0;
};
// To TryOpen, exactly one.
struct MailTried {
    item::ReadPtr mail;
    base::MailboxId mailbox{};
    std::shared_ptr<const market::Letter> letter{};  // null: no key opened it
};
// To ListPersonas.
struct PersonasListed {
    std::uint32_t from = 0;
    std::vector<market::PersonaMark> marks;
};
using Answer = std::variant<WorkFound, MailTried, PersonasListed>;

}  // namespace hearsay::turn
