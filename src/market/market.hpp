// market/market.hpp - what a person has and does: identities, offers, inbox, outbox.
// As pure as the core: no clock, no disk, no threads; effects say what is to be done.
//
// How something of ours gets out, each step durable before the next, each repeated after a crash:
//   1. a command builds the item and puts it into the store as `working`; only then is the user answered
//   2. FindWork runs on a worker; its answer (on_work_found) puts the nonce and state `queued`
//   3. Submit hands it to the core, again at every start while it is alive
//   4. the core tells whenever it was handed to another node (on_own_item_injected): `injected`, so many times
//   5. and from how many peers it was heard back (on_own_item_heard): `published`, `heard`. The first time is
//      kept, and then each doubling: more would be a durable write a peer; it is exact while the node runs
// How mail comes in:
//   1. on_item_stored for every new mail -> TryOpen with all mailbox keys, on a worker
//   2. on_opened puts the letter into the inbox (durable) before anything else happens to it; a mail that no
//   key
//      opens is answered by on_not_opened
//   3. `mail_position` (Keep, meta) remembers up to where all is answered; search() walks what came after
//      (market/mail_search.hpp)
// Order of a turn, for the shell: apply the vault (SaveVault), then commit the Keep, then perform the other
// effects and answer the user. A crash after SaveVault leaves an unused key; the other way round would let a
// key be given twice, which links two offers.
//
// Who speaks with whom: each offer has a persona and a mailbox of its own. Each conversation that we begin
// has a persona and a reply mailbox of its own. An answer is signed by the persona that owns the mailbox the
// mail came to, goes to the mail's reply_to, and names the conversation's own reply mailbox, a fresh one
// after conversation_mailbox_max.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "item/kinds.hpp"
#include "market/catalogue.hpp"
#include "market/effects.hpp"
#include "market/keep.hpp"
#include "market/letter.hpp"
#include "market/mail_search.hpp"
#include "market/trade_views.hpp"
#include "market/vault.hpp"
#include "market/views.hpp"

namespace hearsay::records {
class Thing;
class Trade;
class ReceivedMail;
class SentMail;
}  // namespace hearsay::records

namespace hearsay::market {

class ChangeRecords;

// One letter to one mailbox, from whatever part of the market: market_send.cpp makes it an outbox record and gets it
// out. What a letter says besides is filled in there (id, tickets, stamp, removal secret).
struct Posting {
    base::MailboxKey to{};
    std::optional<item::ThingId> about{};
    std::optional<MessageId> in_reply_to{};
    std::optional<std::uint32_t> persona{};      // nothing: a fresh one
    std::optional<base::MailboxKey> reply_to{};  // of ours; nothing: a fresh one
    std::string purpose{};                       // of what is fresh
    std::string subject{};
    std::string text{};
    std::vector<Attachment> attachments{};
    base::Bytes trade{};
    std::vector<MessageId> received{};
    base::Seconds lifetime{0};  // 0: lifetime_max
    bool renew = false;  // sealed anew when it expires undelivered; for trades, which may rest for months
    std::uint32_t stamp_bits = 0;  // that the mailbox asks for; 0: the usual
};

inline constexpr base::Seconds offer_lifetime_default = base::Seconds(7 * 24 * 3600);
// How long one's own expired things are still listed.
inline constexpr base::Seconds keep_expired = base::Seconds(30 * 24 * 3600);
// The main mailbox is replaced at this age, a conversation's at the next answer: so none outlives
// mailbox_life_max.
inline constexpr base::Seconds main_mailbox_max = base::limits::lifetime_max;
inline constexpr base::Seconds conversation_mailbox_max = base::limits::lifetime_max;
// Read mails that make room together when the inbox is full: finding the oldest costs a look at all.
inline constexpr std::size_t inbox_room = 1000;
// Letters of an id that name it, if no other begins with them.
inline constexpr std::size_t id_letters_min = 8;

class Market {
public:
    // `keep` must be inside a transaction during every call below; start() loads its tables.
    Market(item::Network network, Vault vault, base::Rng rng);

    // After construction, and again after a turn whose commit failed: creates the first persona and mailbox
    // if there is none, resumes work, resubmits, begins the search for mail. corrupt: a record does not open.
    base::Result<void> start(base::WallTime now, Keep& keep, const Catalogue& flood, Effects& out);

    // Commands. Errors are for the user; nothing was changed then. A lifetime of 0 is the usual one.
    base::Result<OfferView> publish_offer(const item::OfferText& text, base::Seconds lifetime,
                                          base::WallTime now, Keep& keep, Effects& out);
    // A new version: persona and mailbox stay, text and lifetime are the new ones.
    base::Result<OfferView> update_offer(const item::ThingId& thing, const item::OfferText& text,
                                         base::Seconds lifetime, base::WallTime now, Keep& keep,
                                         Effects& out);
    base::Result<OfferView> remove_offer(const item::ThingId& thing, base::WallTime now, Keep& keep,
                                         Effects& out);
    base::Result<MailView> send_mail(const MailDraft& draft, base::WallTime now, const Catalogue& flood,
                                     Keep& keep, Effects& out);
    base::Result<MailView> read_mail(std::string_view id_or_beginning, Keep& keep);  // marks it read
    std::vector<MailView> list_mail(const Keep& keep) const;     // newest first, texts empty
    std::vector<PersonaView> personas(const Keep& keep) const;   // oldest first
    std::vector<MailboxView> mailboxes(const Keep& keep) const;  // newest first
    // Everybody's, newest first, own ones marked; own ones that are not out yet come first.
    std::vector<OfferView> offers(const Keep& keep, const Catalogue& flood, std::size_t most) const;
    std::vector<OfferView> own_offers(
        const Keep& keep) const;  // newest first, removed and expired ones included
    // By id or a unique beginning of 8 letters or more. not_found, or invalid if it is not unique.
    base::Result<OfferView> offer(std::string_view id_or_beginning, const Keep& keep,
                                  const Catalogue& flood) const;
    Counts counts(const Keep& keep) const;

    // Trades (market/trade/state.hpp). Ids as of offers. Errors leave nothing changed; refused: the move is not
    // allowed, and why.
    base::Result<TradeView> take_offer(const TakeDraft& draft, base::WallTime now, const Catalogue& flood,
                                       Keep& keep, Effects& out);
    base::Result<TradeView> move_trade(std::string_view id_or_beginning, const MoveDraft& draft,
                                       base::WallTime now, Keep& keep, Effects& out);
    // Shows an arbiter what the draft chooses, without a move.
    base::Result<TradeView> show_to_arbiter(std::string_view id_or_beginning, const MoveDraft& draft,
                                            base::WallTime now, Keep& keep, Effects& out);
    base::Result<TradeView> trade(std::string_view id_or_beginning, const Keep& keep) const;
    std::vector<TradeView> trades(const Keep& keep) const;  // newest first
    // What it was. Only if it is over, or we asked to end it.
    base::Result<TradeView> remove_trade(std::string_view id_or_beginning, Keep& keep);
    // Of the partner in a trade that was agreed; again: a new version.
    base::Result<RatingView> rate(std::string_view trade, std::uint32_t stars, const std::string& text,
                                  base::WallTime now, Keep& keep, Effects& out);
    base::Result<RatingView> remove_rating(std::string_view rating, base::WallTime now, Keep& keep,
                                           Effects& out);
    std::vector<RatingView> own_ratings(const Keep& keep) const;  // newest first
    // All that are alive about a persona, newest first.
    std::vector<RatingView> ratings(const base::PublisherKey& about, const Catalogue& flood) const;

    // What happened.
    void on_work_found(const base::ItemId& id, std::uint64_t nonce, base::WallTime now, Keep& keep,
                       Effects& out);
    void on_item_stored(const item::ReadPtr& item, base::WallTime now, Keep& keep, Effects& out);
    // Every TryOpen is answered by one of these two: the letter, or none of the keys opened a proper one.
    void on_opened(const item::ReadPtr& mail, const base::MailboxKey& mailbox, const Letter& letter,
                   base::WallTime now, Keep& keep, Effects& out);
    void on_not_opened(const base::ItemId& id);
    void on_own_item_injected(const base::ItemId& id, std::uint32_t times, Keep& keep, Effects& out);
    void on_own_item_heard(const base::ItemId& id, std::size_t peers, Keep& keep, Effects& out);
    // Hourly, and at start: destroys keys, forgets what expired. Afterwards wants_search().
    void on_tick(base::WallTime now, Keep& keep, Effects& out);
    // To be called once a turn while wants_search().
    bool wants_search() const { return search_.wants_more(); }
    void search(const Catalogue& flood, Keep& keep, Effects& out);

    Vault& vault() { return vault_; }

private:
    // What is looked up often; the records themselves stay in the Keep.
    struct OwnThing {
        base::ItemId item;
        base::WallTime expires;
        bool worked = false;
        Spread spread;
        bool pending = false;  // alive, and not heard back yet
        bool over = false;     // marked expired
        bool removed = false;
        std::uint32_t persona = 0;
        bool rating = false;
    };
    struct OwnTrade {
        std::uint32_t persona = 0;
        std::optional<base::MailboxKey> mailbox;
        base::WallTime created;
        bool over = false;
        bool unanswered = false;  // a stranger's proposal, and nothing of ours yet
    };
    struct Sent {
        base::ItemId item;
        base::WallTime expires;
        bool worked = false;
        Spread spread;
        bool pending = false;
        bool over = false;
        std::uint32_t persona = 0;
    };
    struct Received {
        base::WallTime received;
        bool read = false;
    };
    struct Mailbox {
        std::optional<std::uint32_t> persona;
        std::optional<base::MailboxKey> peer;
        bool main = false;
        base::WallTime created;
    };
    using OwnId = std::variant<item::ThingId, MessageId>;

    void forget_all();
    base::Result<void> load(const Keep& keep);
    base::Result<void> resume(const Keep& keep, base::WallTime now, Effects& out);
    void ensure_identity(base::WallTime now, ChangeRecords& records);
    void advance_vault(base::WallTime now);
    void save_vault(Effects& out);
    void expire(base::WallTime now, ChangeRecords& records, Effects& out);
    void expire_things(base::WallTime now, ChangeRecords& records, Effects& out);
    void expire_mail(base::WallTime now, ChangeRecords& records, Effects& out);
    void forget_unused(base::WallTime now, ChangeRecords& records);

    std::uint32_t fresh_persona(const std::string& purpose, base::WallTime now, ChangeRecords& records);
    base::MailboxKey fresh_mailbox(base::WallTime now, base::WallTime destroy_after);
    void keep_mailbox(const base::MailboxKey& key, const std::string& purpose, const Mailbox& mailbox,
                      ChangeRecords& records);
    std::optional<std::string> mailbox_problem() const;
    item::ReadPtr read_own(item::Item item) const;

    void set_spread(const OwnId& own, const Spread& spread, bool durable, ChangeRecords& records);
    const Spread* spread_of(const OwnId& own) const;
    // An own offer that is neither removed nor over.
    base::Result<records::Thing> changeable(const item::ThingId& thing, base::WallTime now,
                                            const ChangeRecords& records) const;
    void note_thing(const item::ThingId& thing, const records::Thing& record);
    void note_sent(const MessageId& id, const records::SentMail& record);
    OfferView view_of(const item::ThingId& thing, const records::Thing& record) const;
    MailView view_of(const records::ReceivedMail& record) const;
    MailView view_of(const records::SentMail& record) const;
    std::optional<OfferView> offer_view(const item::ThingId& thing, const Keep& keep,
                                        const Catalogue& flood) const;

    // Alive offers, and mails of the two boxes, whose id begins with these letters.
    std::vector<item::ThingId> things_beginning(const std::string& letters, const Catalogue& flood) const;
    std::vector<MessageId> received_beginning(const std::string& letters) const;
    std::vector<MessageId> sent_beginning(const std::string& letters) const;
    base::Result<Posting> route(std::string_view to, base::WallTime now, const Keep& keep,
                                const Catalogue& flood) const;
    base::Result<MailView> post(const Posting& posting, base::WallTime now, Keep& keep, Effects& out);
    // A letter with a trade's message is in the inbox record that is about to be kept.
    void on_trade_letter(const Letter& letter, const base::MailboxKey& mailbox, base::WallTime now,
                         Keep& keep, Effects& out);
    // market_trades.cpp
    base::Result<trade::TradeId> find_trade(std::string_view id_or_beginning) const;
    std::optional<TradeView> trade_view(const trade::TradeId& id, const Keep& keep) const;
    TradeView view_of(const records::Trade& record) const;
    void save_trade(records::Trade& record, const trade::Machine& machine, base::WallTime now,
                    ChangeRecords& records);
    void note_trade(const records::Trade& record);
    std::optional<records::Trade> trade_for(const trade::TradeLetter& letter, const trade::Signed& first,
                                            const base::MailboxKey& mailbox, base::WallTime now, Keep& keep);
    bool make_room_for_trade(ChangeRecords& records);
    void keep_trade_mailboxes(base::WallTime now);
    // market_trade_moves.cpp
    base::Result<void> say(records::Trade& record, trade::Machine& machine, const trade::Move& move,
                           base::WallTime now, Keep& keep, Effects& out);
    base::Result<void> say_as_arbiter(records::Trade& record, trade::Machine& machine, trade::Move move,
                                      base::WallTime now, Keep& keep, Effects& out);
    base::Result<trade::Move> move_from(const MoveDraft& draft, const TradeView& view) const;
    base::Result<void> show_evidence(const TradeView& view, const MoveDraft& draft, base::WallTime now,
                                     Keep& keep, Effects& out);
    base::Result<void> post_trade(const records::Trade& record, const base::MailboxKey& to,
                                  const trade::TradeLetter& letter, const std::string& subject,
                                  base::WallTime now, Keep& keep, Effects& out);
    std::optional<std::string> postage_problem(const base::MailboxKey& to, std::size_t letters,
                                               ChangeRecords& records);
    void own_trade_mailbox(records::Trade& record, const base::MailboxKey& peer, base::WallTime now,
                           ChangeRecords& records);
    void confirm_if_accepted(records::Trade& record, trade::Machine& machine, base::WallTime now, Keep& keep,
                             Effects& out);
    static OfferState state_of(const records::Thing& record, const Spread& spread);
    void remove_thing(const item::ThingId& thing, records::Thing& record, item::Kind kind, base::WallTime now,
                      ChangeRecords& records, Effects& out);
    // market_ratings.cpp
    void publish_rating(records::Thing& record, base::WallTime now, ChangeRecords& records, Effects& out);
    void renew_ratings(base::WallTime now, ChangeRecords& records, Effects& out);
    RatingView rating_view(const item::ThingId& thing, const records::Thing& record) const;
    base::Result<Posting> route_to_offer(const item::ThingId& thing, const Keep& keep,
                                         const Catalogue& flood) const;
    base::Result<Posting> route_answer(const MessageId& id, base::WallTime now, const Keep& keep) const;
    std::optional<base::MailboxKey> conversation_mailbox(const base::MailboxKey& came_to,
                                                         const base::MailboxKey& peer, std::uint32_t persona,
                                                         base::WallTime now) const;
    bool make_room_in_outbox(ChangeRecords& records);
    bool make_room_in_inbox(ChangeRecords& records);

    item::Network network_;
    Vault vault_;
    bool vault_changed_ = false;  // since the last SaveVault
    bool started_ = false;
    base::Rng rng_;
    std::map<item::ThingId, OwnThing> things_;
    std::map<trade::TradeId, OwnTrade> trades_;
    std::map<MessageId, Sent> sent_;
    std::map<MessageId, Received> inbox_;
    std::map<base::MailboxKey, Mailbox> mailboxes_;  // those with a record
    std::set<std::uint32_t> personas_;
    std::map<base::ItemId, OwnId> own_items_;      // newest versions
    std::map<base::ItemId, base::WallTime> seen_;  // mails opened, until they expire
    std::uint32_t unread_ = 0;
    MailSearch search_;
    std::optional<core::Position> saved_position_;
    std::uint64_t flood_life_ = 0;
    std::shared_ptr<const std::vector<std::pair<base::MailboxKey, base::Secret>>>
        keys_;  // null: to be made again
    std::shared_ptr<const std::vector<std::pair<base::MailboxKey, base::Secret>>> keys();
};

}  // namespace hearsay::market
