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
//   6. a mail is `delivered` when its receipt came or its reader removed it; nothing is resent then
// A first mail to somebody is stamped before step 1's item is made (market/postage.hpp): FindWork for the stamp, then the
// letter is sealed, then FindWork for the item. Answers carry a ticket instead.
// How mail comes in:
//   1. on_item_stored for every new mail -> TryOpen with all mailbox keys, on a worker
//   2. on_opened asks who may come in (market/admission.hpp) and puts the letter into the inbox,
//      durably, before anything else happens to it; a mail that no key opens is answered by
//      on_not_opened. With it is kept when its receipt is to be written and when it is to be
//      removed from the network: later, at random times
//   3. `mail_position` (own store, meta) remembers up to where all is answered; search() walks what came after
//      (market/mail_search.hpp)
// Order of a turn, for the shell: apply the vault (SaveVault), then commit the own store, then perform the other
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

#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "item/kinds.hpp"
#include "market/admission.hpp"
#include "market/catalogue.hpp"
#include "market/effects.hpp"
#include "market/key_erasure.hpp"
#include "market/letter.hpp"
#include "market/mail_search.hpp"
#include "market/own_store.hpp"
#include "market/persona_scan.hpp"
#include "market/postage.hpp"
#include "market/posting.hpp"
#include "market/trade_views.hpp"
#include "market/turn.hpp"
#include "market/vault.hpp"
#include "market/views.hpp"

namespace hearsay::records {
class OwnPublication;
class Trade;
class ReceivedMail;
class Removal;
class SentMail;
}  // namespace hearsay::records

namespace hearsay::market {

class ChangeRecords;
struct Backup;

inline constexpr base::Seconds offer_lifetime_default = base::Seconds(7 * 24 * 3600);
// A trade may rest for months; nobody waits for a year.
inline constexpr base::Seconds renewed_for{400 * 24 * 3600};
// Copies of a letter that came are answered, by a receipt and a removal, once in this time: a renewal comes after 15 days
// or more, what comes sooner may want to see when we are here.
inline constexpr base::Seconds copies_answered_every = base::limits::lifetime_max - base::limits::grace;
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

struct MarketSettings {
    bool receipts = true;  // mail that came is acknowledged to its sender
    // Mail that came is removed from the network, and acknowledged, at a random time within these: at once would tell
    // onlookers when this person reads. 0: it is left to expire.
    base::Seconds remove_within{2 * 3600};
    base::Seconds receipt_within{60};
    std::size_t inbox_max = base::limits::inbox_max;  // only tests give less
};
// Personas that are kept until retired; each costs a look at a record when it is listed.
inline constexpr std::size_t kept_personas_max = 1000;
inline constexpr std::size_t persona_name_max = 40;

class Market {
public:
    // A Turn's store must be inside a transaction during every call below; start() loads its tables.
    Market(item::Network network, Vault vault, base::Rng rng, MarketSettings settings = {});

    // After construction, and again after a turn whose commit failed: creates the first persona and mailbox
    // if there is none, resumes work, resubmits, begins the search for mail. corrupt: a record does not open.
    base::Result<void> start(const Turn& turn);

    // Whether start() will find what it expects; changes nothing on disk. corrupt, as start().
    base::Result<void> check(const OwnStore& store);

    // Commands. Errors are for the user; nothing was changed then. A lifetime of 0 is the usual one.
    base::Result<OfferView> publish_offer(const item::OfferText& text, base::Seconds lifetime,
                                          const Turn& turn, std::string_view persona = {});
    // A new version: persona and mailbox stay, text and lifetime are the new ones.
    base::Result<OfferView> update_offer(const item::ThingId& thing, const item::OfferText& text,
                                         base::Seconds lifetime, const Turn& turn);
    base::Result<OfferView> remove_offer(const item::ThingId& thing, const Turn& turn);
    base::Result<MailView> send_mail(const MailDraft& draft, const Turn& turn);
    base::Result<MailView> read_mail(std::string_view id_or_beginning, const Turn& turn);  // marks it read
    // Ends a mail of ours at all nodes, if nobody has it yet: conflict if it is delivered or withdrawn already;
    // exhausted: too many removals are under way.
    base::Result<MailView> withdraw_mail(std::string_view id_or_beginning, const Turn& turn);
    // Who may write to a mailbox of ours (market/sender_rules.hpp). not_found; invalid: more bits than there may be.
    base::Result<MailboxView> set_rule(const base::MailboxKey& mailbox, const MailboxRule& rule,
                                       const Turn& turn);
    base::Result<FriendView> add_friend(const base::PublisherKey& persona, const std::string& name,
                                        const Turn& turn);
    base::Result<FriendView> remove_friend(const base::PublisherKey& persona, const Turn& turn);
    std::vector<FriendView> friends() const;                         // by name
    std::vector<MailView> list_mail(const OwnStore& store) const;    // newest first, texts empty
    std::vector<PersonaView> personas(const OwnStore& store) const;  // oldest first
    std::vector<MailboxView> mailboxes() const;                      // newest first
    // Everybody's, newest first, own ones marked; own ones that are not out yet come first.
    std::vector<OfferView> offers(const OwnStore& store, const Catalogue& flood, std::size_t most) const;
    std::vector<OfferView> own_offers(
        const OwnStore& store) const;  // newest first, removed and expired ones included
    // By id or a unique beginning of 8 letters or more. not_found, or invalid if it is not unique.
    base::Result<OfferView> offer(std::string_view id_or_beginning, const OwnStore& store,
                                  const Catalogue& flood) const;
    Counts counts(const OwnStore& store) const;

    // Trades (market/trade/state.hpp). Ids as of offers. Errors leave nothing changed; refused: the move is not
    // allowed, and why.
    base::Result<TradeView> take_offer(const TakeDraft& draft, const Turn& turn);
    base::Result<TradeView> move_trade(std::string_view id_or_beginning, const MoveDraft& draft,
                                       const Turn& turn);
    // Shows an arbiter what the draft chooses, without a move.
    base::Result<TradeView> show_to_arbiter(std::string_view id_or_beginning, const MoveDraft& draft,
                                            const Turn& turn);
    base::Result<TradeView> trade(std::string_view id_or_beginning, const OwnStore& store) const;
    std::vector<TradeView> trades(const OwnStore& store) const;  // newest first
    // What it was. Only if it is over, we asked to end it, or nothing can be said in it any more. It never begins again.
    base::Result<TradeView> remove_trade(std::string_view id_or_beginning, const Turn& turn);
    // Of the partner in a trade that was agreed; again: a new version.
    base::Result<RatingView> rate(std::string_view trade, std::uint32_t stars, const std::string& text,
                                  const Turn& turn);
    base::Result<RatingView> remove_rating(std::string_view rating, const Turn& turn);
    std::vector<RatingView> own_ratings(const OwnStore& store) const;  // newest first
    // All that are alive about a persona, newest first.
    std::vector<RatingView> ratings(const base::PublisherKey& about, const Catalogue& flood) const;

    // What happened.
    void on_work_found(const base::ItemId& id, std::uint64_t nonce, const Turn& turn);
    void on_item_stored(const item::ReadPtr& item, const Turn& turn);
    // Every TryOpen is answered by one of these two: the letter, or none of the keys opened a proper one.
    void on_opened(const item::ReadPtr& mail, const base::MailboxKey& mailbox, const Letter& letter,
                   const Turn& turn);
    void on_not_opened(const base::ItemId& id);
    void on_own_item_injected(const base::ItemId& id, std::uint32_t times, const Turn& turn);
    void on_own_item_heard(const base::ItemId& id, std::size_t peers, const Turn& turn);
    // Hourly, and at start: destroys keys, forgets what expired. Afterwards wants_search().
    void on_tick(const Turn& turn);
    // When on_tick() has something to do next: a removal, a receipt.
    std::optional<base::WallTime> next_due() const;
    // To be called once a turn while wants_search().
    bool wants_search() const { return search_.wants_more(); }
    void search(const Turn& turn);

    // ---- keys: market_keys.cpp, market_recovery.cpp ----
    // A persona is told by its address, its name or "main". not_found, or what stands against it.
    base::Result<PersonaView> persona(std::string_view which, const OwnStore& store) const;
    // Kept until retired. A name is 1 to 40 letters, digits, '.', '_' or '-', of one persona only; or empty.
    base::Result<PersonaView> new_persona(const std::string& name, const Turn& turn);
    base::Result<PersonaView> import_persona(std::string_view secret, const std::string& name,
                                             const Turn& turn);
    base::Result<std::string> export_persona(std::string_view which,
                                             const OwnStore& store) const;  // "hssec1..."
    // Signs nothing new; its key goes when no mail or mailbox needs it. refused while an offer of it lives.
    base::Result<PersonaView> retire_persona(std::string_view which, const Turn& turn);
    // The user's copy; what is out stays out, what is not does not get out any more.
    base::Result<MailView> remove_mail(std::string_view id_or_beginning, const Turn& turn);
    // The node becomes that of the words, or of the backup. Both need an empty one: refused, with what there is. refused
    // too: the backup is of another network; corrupt: a record of it does not open.
    base::Result<void> recover(std::string_view words, const Turn& turn);
    base::Result<void> restore(Backup backup, const Turn& turn);
    std::optional<std::string> what_is_there(
        const OwnStore& store) const;  // "3 offers and 1 mail"; nothing: empty
    void on_personas_listed(std::uint32_t from, const std::vector<PersonaMark>& marks, const Turn& turn);
    // To be called once a turn while wants_*(), as search(), but not before start() after a failed commit.
    bool wants_key_erasure() const { return key_erasure_.wants_more(); }
    void erase_keys(const Turn& turn) { key_erasure_.step(vault_, turn.store, rng_, turn.now); }
    bool wants_recovery() const { return scan_ && scan_->wants_walk(); }
    void find_own(const Turn& turn);

    Vault& vault() { return vault_; }

private:
    // What is looked up often; the records themselves stay in the own store.
    struct OwnPublication {
        base::ItemId item;
        base::WallTime expires;
        bool worked = false;
        Spread spread;
        bool pending = false;  // alive, and not heard back yet
        bool over = false;     // marked expired
        bool removed = false;
        std::uint32_t persona = 0;
        base::MailboxKey mailbox{};
        std::uint32_t stamp_bits = 0;  // that it says; 0: the usual
        std::uint32_t eased_bits = 0;  // that an earlier version said, good until:
        base::WallTime eased_until;
        bool rating = false;
    };
    struct OwnTrade {
        std::uint32_t persona = 0;
        std::optional<base::MailboxKey> mailbox;
        base::WallTime created;
        bool over = false;
        bool unanswered = false;  // a stranger's proposal or case, and nothing of ours yet
        trade::Role role = trade::Role::taker;
    };
    // A trade that the user removed: until when it is remembered, and as long as the mailbox is ours.
    struct RemovedTrade {
        base::WallTime expires;
        std::optional<base::MailboxKey> mailbox;
    };
    struct Sent {
        base::ItemId item;  // or its stamp's id, while there is no item
        base::WallTime expires;
        bool worked = false;
        Spread spread;
        bool pending = false;
        bool over = false;  // nothing more is done for it
        bool receipt = false;
        std::uint32_t persona = 0;
    };
    struct Received {
        base::WallTime received;
        bool read = false;
        std::optional<base::MailboxKey> stranger_in{};  // came with a stamp into this mailbox
    };
    struct Waiting {
        base::WallTime expires;
        base::MailboxKey mailbox;
        bool for_inbox = false;  // which was full; else that mailbox
    };
    struct Mailbox {
        std::optional<std::uint32_t> persona;
        std::optional<base::MailboxKey> peer;
        bool main = false;
        base::WallTime created;
        std::string purpose;
        MailboxRule rule{};
        std::uint32_t refused = 0;
        std::uint32_t next_ticket = 0;
        std::vector<std::uint32_t> open_tickets{};  // the newest tickets_open_max
        void open_more_tickets(std::uint32_t count);
    };
    struct RemovalOf {
        base::ItemId mail;
        auto operator<=>(const RemovalOf&) const = default;
    };
    struct OwnRemoval {
        base::WallTime expires;
        std::optional<base::ItemId> item;  // once it is made
        bool worked = false;
        std::uint32_t injected = 0;
    };
    using OwnId = std::variant<item::ThingId, MessageId, RemovalOf>;
    using Due = std::variant<MessageId, RemovalOf>;  // a receipt for it, its removal

    void forget_all();
    base::Result<bool> owns(const OwnStore& store) const;
    base::Result<void> claim_store(OwnStore& store);
    void begin_recovery(const Turn& turn);
    base::Result<void> check_backup(const Backup& backup);
    void open_tickets_given_since(OwnStore& store);
    void tick_keys(const Turn& turn);
    std::optional<std::uint32_t> own_index_of(const base::PublisherKey& publisher) const;
    void take_found(const item::ReadPtr& read, const Turn& turn);
    base::Result<std::uint32_t> persona_index(std::string_view which, const OwnStore& store) const;
    base::Result<std::uint32_t> signing_persona(std::string_view which, const OwnStore& store) const;
    bool still_signs(std::uint32_t persona, const OwnStore& store) const;
    std::optional<base::Error> name_problem(const std::string& name, const OwnStore& store) const;
    PersonaView keep_persona(std::uint32_t index, const std::string& purpose, const std::string& name,
                             const Turn& turn);
    std::optional<std::uint32_t> newest_given() const;  // of those that derive from the words
    base::Result<void> load(const OwnStore& store);
    base::Result<void> resume(const Turn& turn);
    void ensure_identity(const Turn& turn);
    void advance_vault(base::WallTime now);
    void save_vault(Effects& out);
    void expire(const Turn& turn);
    void expire_things(const Turn& turn);
    void expire_mail(const Turn& turn);
    void expire_removals(const Turn& turn);
    void forget_unused(const Turn& turn);

    std::uint32_t fresh_persona(const std::string& purpose, const Turn& turn);
    base::MailboxKey fresh_mailbox(base::WallTime now, base::WallTime destroy_after);
    void keep_mailbox(const base::MailboxKey& key, const Mailbox& mailbox, ChangeRecords& records);
    Mailbox mailbox_of(const base::MailboxKey& key) const;  // without a record: of a recovered one
    std::optional<std::string> mailbox_problem() const;
    item::ReadPtr read_own(item::Item item) const;

    // Mail on its way out.
    void note_sent(const MessageId& id, const records::SentMail& record);
    void seal(records::SentMail& record, const Turn& turn);
    bool renew(records::SentMail& record, const Turn& turn);
    void on_stamp_or_work(const MessageId& id, std::uint64_t nonce, const Turn& turn);
    void note_delivered(const MessageId& id, bool by_removal, const Turn& turn);
    std::vector<Ticket> give_tickets(const base::MailboxKey& mailbox, ChangeRecords& records);
    std::optional<Ticket> held_ticket(const base::PublisherKey& giver, const base::MailboxKey& mailbox,
                                      ChangeRecords& records);
    // Mail that came.
    const OwnPublication* offer_of(const base::MailboxKey& mailbox) const;
    std::uint32_t bits_needed(const base::MailboxKey& mailbox, const MailboxRule& rule,
                              base::WallTime now) const;
    Knock knock_of(const item::Read& mail, const Letter& letter, const base::MailboxKey& mailbox,
                   base::WallTime now) const;
    void turn_away(const item::Read& mail, const Letter& letter, const base::MailboxKey& mailbox,
                   Admission why, const Turn& turn);
    void take_in(const item::Read& mail, const Letter& letter, const base::MailboxKey& mailbox,
                 const Bearer& bearer, const Turn& turn);
    void wait_for_room(const item::Read& mail, const base::MailboxKey& mailbox, bool for_inbox,
                       ChangeRecords& records);
    void wake_waiting();
    void try_waiting(const Turn& turn);
    // The number of an open ticket of this mailbox that the letter bears.
    std::optional<std::uint32_t> ticket_of(const Letter& letter, const base::MailboxKey& mailbox) const;
    void hold_tickets(const Letter& letter, const Turn& turn);
    void note_seen(const item::Read& mail, ChangeRecords& records);
    void on_copy(const item::Read& mail, const Letter& letter, const Turn& turn);
    void on_receipt(const item::Read& mail, const Letter& letter, const base::MailboxKey& mailbox,
                    const Turn& turn);
    std::size_t strangers_unread(const base::MailboxKey& mailbox) const;
    // What is done later.
    base::WallTime at_random(base::WallTime now, base::Seconds within);
    void remove_read(const item::Read& mail, const base::Secret& secret, const Turn& turn);
    // False if there are too many.
    bool remove_later(const item::Item& mail, const base::Secret& secret, base::WallTime expires,
                      base::WallTime due, ChangeRecords& records);
    void spread_overdue_removals(base::WallTime now);
    void note_removal(const base::ItemId& mail, const records::Removal& record);
    void drop_removal(const base::ItemId& mail, const Turn& turn);
    void run_due(const Turn& turn);
    void make_removal(const base::ItemId& mail, const Turn& turn);
    void write_receipts(const std::vector<MessageId>& due, const Turn& turn);

    void set_spread(const OwnId& own, const Spread& spread, bool durable, ChangeRecords& records);
    Spread spread_of(const OwnId& own) const;
    // An own offer that is neither removed nor over.
    base::Result<records::OwnPublication> changeable(const item::ThingId& thing, base::WallTime now,
                                                     const ChangeRecords& records) const;
    void note_thing(const item::ThingId& thing, const records::OwnPublication& record);
    OfferView view_of(const item::ThingId& thing, const records::OwnPublication& record) const;
    MailView view_of(const records::ReceivedMail& record) const;
    MailView view_of(const records::SentMail& record) const;
    MailboxView view_of(const base::MailboxKey& mailbox, std::size_t strangers) const;
    std::optional<OfferView> offer_view(const item::ThingId& thing, const OwnStore& store,
                                        const Catalogue& flood) const;

    // Alive offers, and mails of the two boxes, whose id begins with these letters.
    std::vector<item::ThingId> things_beginning(const std::string& letters, const Catalogue& flood) const;
    struct NamedMail {
        MessageId id;
        bool received = false;
    };
    base::Result<NamedMail> find_mail(std::string_view id_or_beginning) const;
    std::vector<MessageId> received_beginning(const std::string& letters) const;
    std::vector<MessageId> sent_beginning(const std::string& letters) const;
    base::Result<Posting> route(std::string_view to, const Turn& turn) const;
    base::Result<MailView> post(const Posting& posting, const Turn& turn);
    // A letter with a trade's message is in the inbox record that is about to be kept.
    void on_trade_letter(const Letter& letter, const base::MailboxKey& mailbox, const Turn& turn);
    // market_trades.cpp
    base::Result<trade::TradeId> find_trade(std::string_view id_or_beginning) const;
    std::optional<TradeView> trade_view(const trade::TradeId& id, const OwnStore& store) const;
    TradeView view_of(const records::Trade& record) const;
    void save_trade(records::Trade& record, const trade::Machine& machine, const Turn& turn);
    void note_trade(const records::Trade& record);
    std::optional<records::Trade> trade_for(const trade::TradeLetter& letter, const trade::Signed& first,
                                            const base::MailboxKey& mailbox, base::WallTime now) const;
    bool make_room_for_trade(trade::Role role, ChangeRecords& records);
    std::optional<base::PublisherKey> arbiter_of(const records::Trade& record) const;
    bool keep_agreement(records::Trade& record, const base::PublisherKey& arbiter,
                        const trade::Machine& machine, const std::vector<trade::Signed>& shown) const;
    bool may_carry(const base::MailboxKey& mailbox, const records::Trade& record) const;
    void remember_removed(const TradeView& view, const Turn& turn);
    void forget_removed_trades(const Turn& turn);
    void mark_trades_from_backup(ChangeRecords& records);
    void keep_trade_mailboxes(base::WallTime now);
    // market_trade_moves.cpp
    base::Result<void> say(records::Trade& record, trade::Machine& machine, const trade::Move& move,
                           const Turn& turn);
    base::Result<void> say_as_arbiter(records::Trade& record, trade::Machine& machine, trade::Move move,
                                      const Turn& turn);
    base::Result<TradeView> dispute(records::Trade& record, const TradeView& view, const trade::Move& move,
                                    const MoveDraft& draft, const Turn& turn);
    base::Result<trade::Move> move_from(const MoveDraft& draft, const TradeView& view) const;
    base::Result<void> post_evidence(const records::Trade& record, const base::MailboxKey& to,
                                     const std::vector<trade::TradeLetter>& letters, const Turn& turn);
    base::Result<void> post_trade(const records::Trade& record, const Addressee& to,
                                  const item::ReadPtr& offer, const trade::TradeLetter& letter,
                                  const std::string& subject, const Turn& turn);
    std::optional<std::string> own_mailbox_problem(const records::Trade& record) const;
    std::optional<base::Error> postage_problem(const base::MailboxKey& to, std::size_t letters,
                                               ChangeRecords& records);
    void own_trade_mailbox(records::Trade& record, const std::optional<base::MailboxKey>& peer,
                           const Turn& turn);
    void confirm_if_accepted(records::Trade& record, trade::Machine& machine, const Turn& turn);
    static OfferState state_of(const records::OwnPublication& record, const Spread& spread);
    void ask_for_stamps(records::OwnPublication& record, const base::MailboxKey& mailbox, std::uint32_t bits,
                        const Turn& turn);
    void remove_thing(const item::ThingId& thing, records::OwnPublication& record, item::Kind kind,
                      const Turn& turn);
    // market_ratings.cpp
    void publish_rating(records::OwnPublication& record, const Turn& turn);
    void renew_ratings(const Turn& turn);
    RatingView rating_view(const item::ThingId& thing, const records::OwnPublication& record) const;
    base::Result<Posting> route_to_offer(const item::ThingId& thing, const OwnStore& store,
                                         const Catalogue& flood) const;
    base::Result<Posting> route_answer(const MessageId& id, const Turn& turn) const;
    std::optional<base::MailboxKey> conversation_mailbox(const base::MailboxKey& came_to,
                                                         const base::MailboxKey& peer, std::uint32_t persona,
                                                         base::WallTime now) const;
    bool make_room_in_outbox(bool receipt, ChangeRecords& records);
    bool has_room_in_inbox() const;
    void make_room_in_inbox(ChangeRecords& records);
    void drop_received(const MessageId& id, ChangeRecords& records);

    item::Network network_;
    Vault vault_;
    bool vault_changed_ = false;  // since the last SaveVault
    bool started_ = false;
    base::Rng rng_;
    const MarketSettings settings_;
    std::map<item::ThingId, OwnPublication> things_;
    std::map<trade::TradeId, OwnTrade> trades_;
    std::map<trade::TradeId, RemovedTrade> removed_trades_;
    std::map<MessageId, Sent> sent_;
    std::map<MessageId, Received> inbox_;
    std::map<base::MailboxKey, Mailbox> mailboxes_;  // those with a record
    std::map<base::PublisherKey, std::string> friends_;
    std::map<base::ItemId, OwnRemoval> removals_;  // by mail
    std::multimap<base::WallTime, Due> due_;
    std::set<std::uint32_t> personas_;
    std::map<base::ItemId, OwnId> own_items_;      // newest versions
    std::map<base::ItemId, base::WallTime> seen_;  // mails opened, until they expire
    std::map<base::ItemId, Waiting> waiting_;      // mails opened that found no room
    std::set<base::ItemId> awake_;                 // of these: to be tried again
    std::uint32_t unread_ = 0;
    std::set<std::uint32_t> kept_;                      // personas
    std::map<MessageId, base::WallTime> removed_mail_;  // until when it must not return
    KeyErasure key_erasure_;
    std::optional<PersonaScan> scan_;
    MailSearch search_;
    std::optional<core::Position> saved_position_;
    std::uint64_t flood_life_ = 0;
    std::shared_ptr<const std::vector<std::pair<base::MailboxKey, base::Secret>>>
        keys_;  // null: to be made again
    std::shared_ptr<const std::vector<std::pair<base::MailboxKey, base::Secret>>> keys();
};

}  // namespace hearsay::market
