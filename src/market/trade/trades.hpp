// market/trade/trades.hpp - trades of this person: the letters that carry their messages, the
// records that keep them, what the user may do, and the cases before an arbiter.
//
// The machine (machine.hpp) decides what a message means; it is a function of the messages in their
// order, so only they are kept. Rules of this room:
//   1. Each trade that we begin has a persona and a mailbox of its own. A letter that comes to a
//      mailbox of another persona is not taken:
//      answering it would tell its sender that both are ours.
//   2. Whatever could refuse a letter (mailboxes, outbox) is asked before anything is signed: what
//      the other side gets is what counts here.
//   3. What strangers began and we never answered makes room, the oldest first: proposals for
//      proposals, cases for cases, either for a trade of our own.
//   4. A trade that was removed never begins again: what comes would be answered with numbers that
//      we have signed before.
//   5. A trade may rest for months, and its mailbox with it; when it is over the mailbox lapses as
//      any other.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "market/mail/mail.hpp"
#include "market/trade/message.hpp"
#include "market/trade/views.hpp"

namespace hearsay::market {

class Trades final : public Room {
public:
    Trades(Common& common, Identity& identity, Offers& offers, Mail& mail)
        : Room(common), identity_(identity), offers_(offers), mail_(mail) {}

    bool load(const OwnStore& store);  // false if a record does not open
    std::set<std::uint32_t> personas() const;
    void extend_mailboxes(base::WallTime now);  // rule 5; before the vault destroys what is over
    void forget_removed(const Turn& turn);
    // after a restoration: what was said since is not here
    void mark_from_backup(const Turn& turn);

    // Ids as of offers. Errors leave nothing changed; refused: the move is not allowed, and why.
    base::Result<TradeView> take_offer(const TakeDraft& draft, const Turn& turn);
    base::Result<TradeView> move(std::string_view id_or_beginning, const MoveDraft& draft,
                                 const Turn& turn);
    // Shows an arbiter what the draft chooses, without a move.
    base::Result<TradeView> show_to_arbiter(std::string_view id_or_beginning,
                                            const MoveDraft& draft, const Turn& turn);
    base::Result<TradeView> trade(std::string_view id_or_beginning, const OwnStore& store) const;
    // The letters that brought its messages count as read.
    base::Result<TradeView> read(std::string_view id_or_beginning, const Turn& turn);
    std::size_t turns() const;  // trades in which it is the person's turn
    // Those that there is something of to show, newest first. A view is made by processing all
    // messages again: many views are not for one turn.
    std::vector<trade::TradeId> ids() const;
    std::optional<TradeView> view(const trade::TradeId& id, const OwnStore& store) const;
    base::Result<TradeView> remove(std::string_view id_or_beginning, const Turn& turn);
    // For ratings: whose persona is in it, and which rating is about it. False:
    // the trade does not open.
    std::optional<std::uint32_t> persona_of(const trade::TradeId& id, const OwnStore& store) const;
    void set_rating(const trade::TradeId& id, const item::ThingId& rating, const Turn& turn);

    // A letter with a trade's message came in. False: no trade takes it.
    bool on_letter(const Letter& letter, const base::MailboxId& mailbox, const Turn& turn);

private:
    struct Own {
        std::uint32_t persona = 0;
        std::optional<base::MailboxId> mailbox;
        base::WallTime created;
        base::WallTime changed;
        bool over = false;
        bool turn = false;        // the person's
        bool unanswered = false;  // a stranger's proposal or case, and nothing of ours yet
        bool visible = false;     // its Take is here; an arbiter's always
        trade::Role role = trade::Role::taker;
    };
    // What the user chose to show.
    struct Choice {
        bool all = false;
        std::set<trade::Hash> messages{};
    };
    // The chosen messages and what a case needs, in as few letters as hold them.
    struct Evidence {
        std::vector<trade::TradeLetter> letters;
        std::vector<trade::Hash> messages;
    };
    // Until when it is remembered, and as long as the mailbox is ours.
    struct Removed {
        base::WallTime expires;
        std::optional<base::MailboxId> mailbox;
    };
    // trades.cpp
    base::Result<trade::TradeId> find(std::string_view id_or_beginning) const;
    TradeView view_of(const records::Trade& record) const;
    void save(records::Trade& record, const trade::Machine& machine, const Turn& turn);
    void note(const records::Trade& record);
    std::optional<base::PublisherKey> arbiter_of(const records::Trade& record) const;
    void remember_removed(const TradeView& view, const Turn& turn);
    bool make_room(trade::Role role, const Turn& turn);
    // letters.cpp
    std::optional<records::Trade> trade_for(const trade::TradeLetter& letter,
                                            const trade::Signed& first,
                                            const base::MailboxId& mailbox,
                                            base::WallTime now) const;
    bool keep_agreement(records::Trade& record, const base::PublisherKey& arbiter,
                        const trade::Machine& machine,
                        const std::vector<trade::Signed>& shown) const;
    bool may_carry(const base::MailboxId& mailbox, const records::Trade& record) const;
    static bool note_mailbox(records::Trade& record, const trade::Machine& machine,
                             const Letter& letter);
    base::Result<void> post(const records::Trade& record, const Addressee& to,
                            const item::ReadPtr& offer, const trade::TradeLetter& letter,
                            const std::string& subject, const Turn& turn);
    // Of a mailbox that is known by its address; one of `known`, if it is that one.
    base::Result<base::MailboxKey> key_of(const base::MailboxId& mailbox,
                                          const std::optional<base::MailboxKey>& known,
                                          const Turn& turn) const;
    std::optional<std::string> own_mailbox_problem(const records::Trade& record) const;
    void own_mailbox(records::Trade& record, const std::optional<base::MailboxId>& peer,
                     const Turn& turn);
    // moves.cpp
    base::Result<void> say(records::Trade& record, trade::Machine& machine, const trade::Move& move,
                           const Turn& turn);
    base::Result<trade::Move> move_from(const MoveDraft& draft, const TradeView& view,
                                        const Turn& turn) const;
    base::Result<trade::Terms> terms_of(const trade::Terms& said,
                                        const std::optional<NamedArbiter>& arbiter,
                                        const std::optional<trade::Arbiter>& before,
                                        const Turn& turn) const;
    std::optional<base::MailboxKey> own_key(const records::Trade& record) const;
    void confirm_if_accepted(records::Trade& record, trade::Machine& machine, const Turn& turn);
    // cases.cpp
    base::Result<void> say_as_arbiter(records::Trade& record, trade::Machine& machine,
                                      trade::Move move, const Turn& turn);
    base::Result<TradeView> dispute(records::Trade& record, const TradeView& view,
                                    const trade::Move& move, const MoveDraft& draft,
                                    const Turn& turn);
    base::Result<base::MailboxKey> arbiter_mailbox(const records::Trade& record,
                                                   const trade::Machine& machine,
                                                   const MoveDraft& draft, const Turn& turn) const;
    static base::Result<Choice> choose(const TradeView& view, const MoveDraft& draft);
    static Evidence evidence_of(const TradeView& view, const Choice& choice);
    // What was shown is kept in the record; the caller saves it.
    base::Result<void> post_evidence(records::Trade& record, const base::MailboxKey& to,
                                     const Evidence& evidence, const Turn& turn);

    Identity& identity_;
    Offers& offers_;
    Mail& mail_;
    std::map<trade::TradeId, Own> trades_;
    std::map<trade::TradeId, Removed> removed_;
};

}  // namespace hearsay::market
