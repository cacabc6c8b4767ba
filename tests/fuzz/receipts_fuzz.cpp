// fuzz: max_len=120
// What tells that a letter arrived, and what we answer. A whole market, with three mails of its own
// on their way, gets receipts that name anything at any mailbox, letters, copies of letters,
// removals of its own mails and of others', in any order and over weeks, is ended and started,
// withdraws and deletes.
//
//   delivered  a mail of ours is delivered if and only if a receipt for it came to the mailbox that
//              it named, or its reader's removal came
//   removed    the removals that we make end mails that came in, receipts that proved something,
//              copies that were due for an answer and mails that we withdrew; nothing else,
//              whatever was sent
//   answered   there are no more receipts of ours than letters and copies that asked for one
//   restart    a node that was ended in between knows the same
#include <array>
#include <map>
#include <set>

#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "crypto/xwing.hpp"
#include "fuzz/market_input.hpp"
#include "item/mailbox.hpp"
#include "item/make.hpp"
#include "market/address.hpp"
#include "market/mail/inbox.hpp"
#include "market/market.hpp"
#include "unit/market/memory.hpp"

namespace hearsay::fuzz {
namespace {

using namespace market;

constexpr base::WallTime noon = base::from_unix_seconds(1793880000);
constexpr base::Seconds day{24 * 3600};
constexpr auto network = item::Network::sim;
constexpr std::size_t own_mails = 3;
constexpr std::size_t items = 16;

base::Rng rng_of(std::uint8_t number) {
    return base::Rng(filled<base::Secret>(number));
}
base::Secret secret_of(std::size_t place) {
    return filled<base::Secret>(static_cast<std::uint8_t>(1 + place));
}
// Mails of others, half of them two weeks younger.
const item::ReadPtr& mail(std::size_t place) {
    static const std::vector<item::ReadPtr> made = [] {
        std::vector<item::ReadPtr> out;
        for (std::size_t i = 0; i < items; ++i) {
            const item::Mail claim{item::removal_commitment(secret_of(i)),
                                   filled<base::Digest>(static_cast<std::uint8_t>(i))};
            const base::WallTime created = i < items / 2 ? noon : noon + 14 * day;
            out.push_back(item::read(item::make_mail({network, item::kind_mail, created,
                                                      base::limits::lifetime_max},
                                                     claim, base::Bytes(3584)),
                                     network)
                              .value());
        }
        return out;
    }();
    return made[place];
}

// A node whose three mails are on their way, as every input finds it.
struct Begin {
    Vault vault;
    MemoryOwnStore store;
    std::array<MessageId, own_mails> ids{};
    std::array<base::MailboxId, own_mails> reply_to{};
    std::array<item::ReadPtr, own_mails> sent{};
};
const Begin& begin() {
    static const Begin made = [] {
        base::Rng rng = rng_of(1);
        Begin out{Vault::create(rng, noon).vault, {}, {}, {}, {}};
        MemoryCatalogue flood;
        Market market(network, out.vault, rng_of(2));
        Effects effects;
        ENSURE(market.start({noon, out.store, flood, effects}), "a new market does not start");
        for (std::size_t i = 0; i < own_mails; ++i) {
            base::Secret peer{};
            peer.data.fill(static_cast<std::uint8_t>(80 + i));
            const base::MailboxKey key = crypto::XWingKey(peer).public_key();
            told_keys()[item::mailbox_id(key)] = key;
            const std::string to = mailbox_address(item::mailbox_id(key));
            const auto mail = market.send_mail({to, "hello", "", base::Seconds(0)},
                                               {noon, out.store, flood, effects});
            ENSURE(mail && mail->letter.reply_to, "a mail is not sent");
            out.ids[i] = mail->letter.id;
            out.reply_to[i] = item::mailbox_id(*mail->letter.reply_to);
        }
        for (int round = 0; round < 2; ++round)
            for (const Effect& effect : std::exchange(effects, {}))
                if (const auto* work = std::get_if<FindWork>(&effect))
                    market.on_work_found(work->id, 7, {noon, out.store, flood, effects});
        for (const Effect& effect : effects)
            if (const auto* submit = std::get_if<Submit>(&effect))
                for (std::size_t i = 0; i < own_mails; ++i)
                    for (const MailView& view : market.list_mail(out.store))
                        if (view.letter.id == out.ids[i] && view.item == submit->item->id)
                            out.sent[i] = submit->item;
        out.vault = market.vault();
        return out;
    }();
    return made;
}

class Play {
public:
    Play() : vault_(begin().vault), store_(begin().store) { start(); }

    void step(Input& in) {
        switch (in.below(10)) {
            case 0:
            case 1:
            case 2:
                receipt(in);
                break;
            case 3:
            case 4:
                letter(in);
                break;
            case 5:
                removal(in);
                break;
            case 6:
                pass(in);
                break;
            case 7:
                own_command(in);
                break;
            case 8:
                user_removes(in);
                break;
            default:
                if (in.one_in(4)) restart();
        }
        perform();
        check();
    }
    // What was to be done later is done, or was never to be.
    void end() {
        for (int hours = 0; hours < 3; ++hours) {
            now_ += base::Seconds(3600);
            tick();
        }
        check();
    }

private:
    Turn turn() { return {now_, store_, flood_, effects_}; }
    struct OwnMail {
        bool acknowledged = false;
        bool delivered = false;
        bool withdrawn = false;
        bool deleted = false;
    };
    struct Answered {
        base::WallTime at;
        bool deleted = false;
    };

    void start() {
        market_.emplace(network, vault_, rng_of(static_cast<std::uint8_t>(3 + starts_++)));
        const auto started = market_->start(turn());
        ENSURE(started, "a market does not start again");
        perform();
    }
    void restart() {
        vault_ = market_->vault();
        start();
    }
    void tick() {
        market_->on_tick(turn());
        perform();
    }
    void pass(Input& in) {
        const base::Seconds spans[] = {base::Seconds(60), base::Seconds(3600), day, 7 * day};
        const base::Seconds span = in.choose(spans);
        if (now_ + span > noon + 28 * day) return;
        now_ += span;
        tick();
    }

    bool arrives(std::size_t place) const {
        const item::Header& header = mail(place)->header;
        return header.created <= now_ && header.expires > now_;
    }
    base::MailboxId mailbox(Input& in) {
        const std::size_t place = in.below(own_mails + 1);
        if (place < own_mails) return begin().reply_to[place];
        for (const auto& [key, secret] : market_->vault().mailboxes())
            if (std::ranges::find(begin().reply_to, key) == begin().reply_to.end()) return key;
        return begin().reply_to[0];
    }
    void receipt(Input& in) {
        const std::size_t place = in.below(items);
        const base::MailboxId to = mailbox(in);
        Letter out = bare(place);
        const std::size_t count = 1 + in.below(4);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t which = in.below(own_mails + 3);
            out.received.push_back(which < own_mails
                                       ? begin().ids[which]
                                       : filled<MessageId>(static_cast<std::uint8_t>(which)));
        }
        if (!arrives(place) || !opened_.insert(place).second) {
            if (arrives(place)) open(place, to, out);
            return;
        }
        bool proves = false;
        for (std::size_t i = 0; i < own_mails; ++i) {
            const bool named =
                std::ranges::find(out.received, begin().ids[i]) != out.received.end();
            if (!named || to != begin().reply_to[i] || own_[i].acknowledged || own_[i].deleted)
                continue;
            own_[i].acknowledged = own_[i].delivered = proves = true;
        }
        if (proves) may_remove_.insert(mail(place)->id);
        open(place, to, out);
    }
    void letter(Input& in) {
        const std::size_t place = in.below(items);
        const base::MailboxId to = mailbox(in);
        Letter out = bare(place);
        const std::size_t which = in.below(4);
        out.id = filled<MessageId>(static_cast<std::uint8_t>(200 + which));
        out.text = "hello";
        if (in.flag()) out.reply_to = filled<base::MailboxKey>(9);
        if (arrives(place) && opened_.insert(place).second) {
            const auto known = answered_.find(which);
            if (known == answered_.end() || known->second.at + copies_answered_every <= now_) {
                answered_[which].at = now_;
                may_remove_.insert(mail(place)->id);
                receipts_due_ += out.reply_to ? 1U : 0U;
            }
        }
        if (arrives(place)) open(place, to, out);
    }
    static Letter bare(std::size_t place) {
        Letter out;
        out.id = filled<MessageId>(static_cast<std::uint8_t>(100 + place));
        out.sender = filled<base::PublisherKey>(4);
        out.written = noon;
        out.removal_secret = secret_of(place);
        return out;
    }
    void open(std::size_t place, const base::MailboxId& to, const Letter& letter) {
        market_->on_opened(mail(place), to, letter, turn());
    }
    // Only who knows the secret can make it: the core sees to that.
    void removal(Input& in) {
        const std::size_t which = in.below(own_mails + 2);
        const item::ReadPtr& ended =
            which < own_mails ? begin().sent[which] : mail(in.below(items));
        if (ended->header.expires <= now_ || ended->header.created > now_) return;
        const auto made = item::read(
            item::make_removal(network, now_, ended->item.header, filled<base::Secret>(1)),
            network);
        ENSURE(made, "a removal does not read");
        if (which < own_mails && !own_[which].deleted && !own_[which].withdrawn && !is_expired())
            own_[which].delivered = true;
        market_->on_item_stored(*made, turn());
    }
    bool is_expired() const { return begin().sent[0]->header.expires <= now_; }

    void own_command(Input& in) {
        const std::size_t which = in.below(own_mails);
        const base::ItemId& id = begin().sent[which]->id;
        switch (in.below(3)) {
            case 0:
                market_->on_own_item_injected(id, 1, turn());
                break;
            case 1:
                market_->on_own_item_heard(id, 1 + in.below(3), turn());
                break;
            default:
                if (own_[which].deleted) break;
                const auto done = market_->withdraw_mail(base::to_hex(begin().ids[which]), turn());
                ENSURE(!done || !own_[which].delivered, "what is delivered was withdrawn");
                if (!done) break;
                own_[which].withdrawn = true;
                may_remove_.insert(id);
        }
    }
    void user_removes(Input& in) {
        if (in.flag()) {
            const std::size_t which = in.below(own_mails);
            if (own_[which].deleted) return;
            if (market_->remove_mail(base::to_hex(begin().ids[which]), turn()))
                own_[which].deleted = true;
            return;
        }
        const auto at = answered_.find(in.below(4));
        if (at == answered_.end() || at->second.deleted) return;
        const auto id = filled<MessageId>(static_cast<std::uint8_t>(200 + at->first));
        ENSURE(market_->remove_mail(base::to_hex(id), turn()), "a letter that came in is not here");
        at->second.deleted = true;
    }

    // Workers are quick here, and all that goes out is looked at.
    void perform() {
        for (int round = 0; round < 8 && !effects_.empty(); ++round)
            for (const Effect& effect : std::exchange(effects_, {})) {
                if (const auto* work = std::get_if<FindWork>(&effect))
                    market_->on_work_found(work->id, 7, turn());
                if (const auto* submit = std::get_if<Submit>(&effect)) look_at(*submit->item);
            }
    }
    void look_at(const item::Read& item) {
        if (item.removes) {
            ENSURE(may_remove_.contains(*item.removes),
                   "a removal of what should never be answered");
            return;
        }
        for (const item::ReadPtr& own : begin().sent)
            if (own->id == item.id) return;
        receipts_.insert(item.id);
        ENSURE(receipts_.size() <= receipts_due_, "more receipts than letters that asked for one");
    }
    void check() const {
        std::set<MessageId> there;
        for (const MailView& view : market_->list_mail(store_)) {
            if (view.incoming) continue;
            there.insert(view.letter.id);
            const auto at = std::ranges::find(begin().ids, view.letter.id);
            ENSURE(at != begin().ids.end(), "a mail that nobody wrote");
            const OwnMail& own = own_[static_cast<std::size_t>(at - begin().ids.begin())];
            ENSURE((view.state == MailState::delivered) == own.delivered,
                   "delivered without proof, or proved and not delivered");
        }
        for (std::size_t i = 0; i < own_mails; ++i)
            ENSURE(there.contains(begin().ids[i]) != own_[i].deleted, "a mail is lost, or is back");
    }

    Vault vault_;
    MemoryOwnStore store_;
    MemoryCatalogue flood_;
    std::optional<Market> market_;
    Effects effects_;
    base::WallTime now_ = noon;
    std::array<OwnMail, own_mails> own_{};
    std::set<std::size_t> opened_;
    std::map<std::size_t, Answered> answered_;
    std::set<base::ItemId> may_remove_;
    std::set<base::ItemId> receipts_;
    std::size_t receipts_due_ = 0;
    unsigned starts_ = 0;
};

}  // namespace
}  // namespace hearsay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    fuzz::Input in(base::ByteView(data, size));
    fuzz::Play play;
    for (int steps = 0; !in.is_empty() && steps < 40; ++steps) play.step(in);
    play.end();
    return 0;
}
