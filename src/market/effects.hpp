// market/effects.hpp - what the market wants done, in the imperative; the shell's order is told in
// market.hpp.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "crypto/xwing.hpp"
#include "item/standing.hpp"

namespace hearsay::market {

struct FindWork {
    base::ItemId id;
    std::uint64_t trials = 0;
    item::Level level = 0;  // that the trials are for
};
struct CancelWork {
    base::ItemId id;
};
struct Submit {
    item::ReadPtr item;
    std::uint32_t injected = 0;  // times until now
};
struct Recall {  // what was submitted is handed to nobody any more
    base::ItemId id;
};
// A mailbox of ours, with its key expanded.
struct OwnKey {
    base::MailboxId mailbox;
    std::shared_ptr<const crypto::XWingKey> key;
};
using OwnKeys = std::shared_ptr<const std::vector<OwnKey>>;
struct TryOpen {
    item::ReadPtr mail;
    OwnKeys keys;
};
// Answered by Market::on_personas_listed() with list_personas() of the same
// (market/publications/persona_scan.hpp).
struct ListPersonas {
    base::Secret root;
    std::uint32_t from = 0;
    std::uint32_t count = 0;
};
struct SaveVault {
};  // durable before anything that follows in the same list, and before the user is answered
enum class Happening {
    offer_live,
    offer_gone,
    mail_arrived,
    mail_state,
    trade,
    list_changed,  // of whomever, or removed
    watch_match,
    ending,  // something of one's own ends, and is not renewed
};
struct Tell {  // for the event stream
    Happening what;
    std::string id;
    std::string text;
    std::string topic{};  // of a watch its name
};
// A type of its own, so that one source says how it is copied, moved and destroyed, and not each
// that holds some.
struct Effect
    : std::variant<FindWork, CancelWork, Submit, TryOpen, SaveVault, Tell, ListPersonas, Recall> {
    using variant::variant;
    Effect(const Effect&);
    Effect(Effect&&) noexcept;
    Effect& operator=(const Effect&);
    Effect& operator=(Effect&&) noexcept;
    ~Effect();
};
using Effects = std::vector<Effect>;

}  // namespace hearsay::market
