// fuzz: max_len=400
// Letters that come to a person's mailboxes, one after the other: with tickets good, used up and
// made up, with and without a stamp, by friends and strangers, about a trade or not, twice, late,
// and when there is no room; between them the person reads and removes letters, changes rules and
// friends, and loses a mailbox's key.
//
// The world here does with each decision of admit() what the market does, and nothing else. What
// should have been decided is told from the whole history by the sentences of docs/protocol.md
// ("Postage", "Receipts") and market/mail/admission.hpp:
//
//   decision   it is the one that the history asks for
//   once       no item is read twice, no message id enters twice, no ticket opens twice
//   room       neither the inbox nor what strangers wrote to one mailbox nor what waits grows
//              beyond its bound
//   patience   what waits has used up nothing, and comes in when there is room
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/ensure.hpp"
#include "base/limits/person.hpp"
#include "fuzz/market_input.hpp"
#include "market/mail/admission.hpp"

namespace hearsay::fuzz {
namespace {

using market::Admission;
using market::Knock;
using market::MailboxRule;
using market::SenderRule;

constexpr std::size_t mailboxes = 3;
constexpr std::size_t inbox_most = 5;
constexpr std::size_t waiting_most = 3;  // beside those that wait from before

struct Letter {
    std::size_t item = 0;
    std::size_t message = 0;
    std::size_t mailbox = 0;
    std::size_t sender = 0;
    std::size_t ticket = 0;
    bool has_ticket = false;
    bool is_stamped = false;
    bool trades = false;
    bool is_receipt = false;
};

struct Kept {
    std::size_t message = 0;
    std::size_t mailbox = 0;
    bool by_stranger = false;
    bool read = false;
};

class World {
public:
    World() {
        for (auto& open : tickets_) open = {0, 1, 2};
    }
    void step(Input& in) {
        switch (in.below(8)) {
            case 0:
                if (!inbox_.empty()) inbox_[in.below(inbox_.size())].read = true;
                break;
            case 1:
                remove(in);
                break;
            case 2:
                rules_[in.below(mailboxes)] = {in.choose(rules), 0,
                                               static_cast<std::uint32_t>(in.below(3))};
                break;
            case 3:
                if (const std::size_t who = in.below(4); !friends_.erase(who)) friends_.insert(who);
                break;
            case 4:
                if (in.one_in(8)) lost_.insert(in.below(mailboxes));
                break;
            default:
                arrive(letter(in));
        }
        // The market wakes what waits whenever there may be room; here all of it, in any order.
        if (in.one_in(4))
            for (const Letter& each : std::vector<Letter>(waiting_)) arrive(each);
    }

private:
    static constexpr SenderRule rules[] = {SenderRule::anyone, SenderRule::takers,
                                           SenderRule::friends};

    static Letter letter(Input& in) {
        Letter out;
        out.item = in.below(24);
        out.message = in.below(20);
        out.mailbox = in.below(mailboxes);
        out.sender = in.below(4);
        out.ticket = in.below(5);  // the last two were never given
        const std::uint8_t flags = in.byte();
        out.has_ticket = (flags & 3) == 3;
        out.is_stamped = flags & 4;
        out.trades = flags & 8;
        out.is_receipt = (flags & 0x70) == 0x70;
        return out;
    }
    void remove(Input& in) {
        if (inbox_.empty()) return;
        const auto at = inbox_.begin() + static_cast<std::ptrdiff_t>(in.below(inbox_.size()));
        removed_.insert(at->message);
        inbox_.erase(at);
    }

    // The question, as Market::knock_of() asks it.
    Knock knock(const Letter& letter) const {
        Knock out;
        out.opened_before = opened_.contains(letter.item);
        out.mailbox_is_ours = !lost_.contains(letter.mailbox);
        out.is_receipt = letter.is_receipt;
        out.is_known = is_here(letter.message) || removed_.contains(letter.message);
        out.rule = rules_[letter.mailbox];
        out.bearer.has_ticket =
            letter.has_ticket && tickets_[letter.mailbox].contains(letter.ticket);
        out.bearer.is_friend = friends_.contains(letter.sender);
        out.bearer.is_stamped = letter.is_stamped;
        out.bearer.trades = letter.trades;
        out.bearer.strangers_unread = strangers_unread(letter.mailbox);
        out.has_room_in_inbox = has_room();
        out.waits_already = waits(letter.item);
        out.waiting = base::limits::waiting_mail_max - waiting_most + waiting_.size();
        return out;
    }
    // The answer, as the sentences have it.
    Admission expected(const Letter& letter) const {
        if (opened_.contains(letter.item) || lost_.contains(letter.mailbox))
            return Admission::nothing;
        if (letter.is_receipt) return Admission::receipt;
        if (is_here(letter.message) || removed_.contains(letter.message)) return Admission::copy;
        const MailboxRule& rule = rules_[letter.mailbox];
        const bool ticket = letter.has_ticket && tickets_[letter.mailbox].contains(letter.ticket);
        const bool known = ticket || friends_.contains(letter.sender);
        const bool stranger_may =
            (rule.who == SenderRule::anyone || (rule.who == SenderRule::takers && letter.trades)) &&
            letter.is_stamped;
        if (!known && !stranger_may) return Admission::thrown_away;
        const bool mailbox_full = !known && strangers_unread(letter.mailbox) >= rule.strangers_max;
        if (!mailbox_full && has_room()) return Admission::let_in;
        if (waiting_.size() >= waiting_most && !waits(letter.item)) return Admission::overflows;
        return mailbox_full ? Admission::waits_for_mailbox : Admission::waits_for_inbox;
    }

    void arrive(const Letter& letter) {
        const Knock asked = knock(letter);
        const Admission what = admit(asked);
        ENSURE(what == expected(letter), "another decision than the history asks for");
        const auto tickets_before = tickets_[letter.mailbox];
        const std::size_t inbox_before = inbox_.size();
        apply(what, asked, letter);
        const bool in = what == Admission::let_in;
        ENSURE(in || (inbox_.size() == inbox_before && tickets_[letter.mailbox] == tickets_before),
               "what did not come in changed the mailbox");
        ENSURE(inbox_.size() <= inbox_most && waiting_.size() <= waiting_most,
               "more than there is room for");
        ENSURE(!in || asked.bearer.has_ticket || asked.bearer.is_friend ||
                   strangers_unread(letter.mailbox) <= rules_[letter.mailbox].strangers_max,
               "strangers fill a mailbox beyond its bound");
        ENSURE(!in || entered_.insert(letter.message).second, "a letter came in twice");
        ENSURE(
            !in || !asked.bearer.has_ticket || used_.emplace(letter.mailbox, letter.ticket).second,
            "a ticket was used twice");
    }
    // As Market::on_opened() does.
    void apply(Admission what, const Knock& asked, const Letter& letter) {
        switch (what) {
            case Admission::nothing:
                return;
            case Admission::waits_for_mailbox:
            case Admission::waits_for_inbox:
                if (!waits(letter.item)) waiting_.push_back(letter);
                return;
            case Admission::receipt:
            case Admission::copy:
            case Admission::thrown_away:
            case Admission::overflows:
                open(letter);
                return;
            case Admission::let_in:
                open(letter);
                if (inbox_.size() >= inbox_most)
                    for (const Kept& each : std::vector<Kept>(inbox_))
                        if (each.read) {
                            removed_.insert(each.message);
                            std::erase_if(inbox_, [&](const Kept& kept) {
                                return kept.message == each.message;
                            });
                        }
                if (asked.bearer.has_ticket) tickets_[letter.mailbox].erase(letter.ticket);
                inbox_.push_back({letter.message, letter.mailbox,
                                  !asked.bearer.has_ticket && !asked.bearer.is_friend, false});
        }
    }
    void open(const Letter& letter) {
        opened_.insert(letter.item);
        std::erase_if(waiting_, [&](const Letter& each) { return each.item == letter.item; });
    }

    bool is_here(std::size_t message) const {
        return std::ranges::any_of(inbox_,
                                   [&](const Kept& each) { return each.message == message; });
    }
    bool waits(std::size_t item) const {
        return std::ranges::any_of(waiting_, [&](const Letter& each) { return each.item == item; });
    }
    bool has_room() const {
        return inbox_.size() < inbox_most ||
               std::ranges::any_of(inbox_, [](const Kept& each) { return each.read; });
    }
    std::size_t strangers_unread(std::size_t mailbox) const {
        return static_cast<std::size_t>(std::ranges::count_if(inbox_, [&](const Kept& each) {
            return each.mailbox == mailbox && each.by_stranger && !each.read;
        }));
    }

    MailboxRule rules_[mailboxes]{};
    std::set<std::size_t> tickets_[mailboxes];
    std::set<std::size_t> friends_, lost_, opened_, removed_, entered_;
    std::set<std::pair<std::size_t, std::size_t>> used_;
    std::vector<Kept> inbox_;
    std::vector<Letter> waiting_;
};

}  // namespace
}  // namespace hearsay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    fuzz::Input in(base::ByteView(data, size));
    fuzz::World world;
    while (!in.is_empty()) world.step(in);
    return 0;
}
