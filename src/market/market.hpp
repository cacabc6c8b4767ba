// market/market.hpp - what a person has and does: identities, offers, mail, trades, ratings. The
// facade of the rooms (room.hpp says which there are and in what order): it decides nothing but who
// is asked when. As pure as the core: no clock, no disk, no threads; effects say what is to be
// done.
//
// How something of ours gets out, each step durable before the next, each repeated after a crash:
//   1. a command builds the item and puts it into the store as `working`; only then is the user
//      answered
//   2. FindWork runs on a worker; its answer (on_work_found) puts the nonce and state `queued`
//   3. Submit hands it to the core, again at every start while it is alive
//   4. the core tells whenever it was handed to another node (on_own_item_injected): `injected`,
//      so many times
//   5. and from how many peers it was heard back (on_own_item_heard): `published`, `heard`
//   6. if it shows less work than it takes now to be kept (on_price()), and nobody has it yet or
//      this node had to let it go, more work is searched for it, and it is submitted again
//   7. a mail is `delivered` when its receipt came or its reader removed it; nothing is resent then
// Whose an item is, OwnItems knows. How mail comes in: mail/inbox.hpp.
//
// Order of a turn, for the caller: apply the vault (SaveVault), then commit the own store, then
// perform the other effects and answer the user. A crash after SaveVault leaves an unused key; the
// other way round would let a key be given twice, which links two offers.
//
// After a commit that failed, memory knows what was never kept: start() makes every room anew. The
// vault stays, and is saved again, because its file may be older than it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits/api.hpp"
#include "item/kinds.hpp"
#include "market/catalogue.hpp"
#include "market/effects.hpp"
#include "market/identity/views.hpp"
#include "market/keys/vault.hpp"
#include "market/lists/views.hpp"
#include "market/mail/letter.hpp"
#include "market/mail/views.hpp"
#include "market/offers/views.hpp"
#include "market/own_store.hpp"
#include "market/posts/views.hpp"
#include "market/profiles/views.hpp"
#include "market/publications/persona_scan.hpp"
#include "market/ratings/views.hpp"
#include "market/search/views.hpp"
#include "market/settings.hpp"
#include "market/trade/views.hpp"
#include "market/turn.hpp"
#include "market/watches/views.hpp"

namespace hearsay::market {

struct Backup;
struct Common;
struct Rooms;

struct Counts {
    std::uint32_t unread = 0;   // letters, without those of trades
    std::uint32_t pending = 0;  // of ours, not heard back yet
    std::uint32_t turns = 0;    // trades in which it is the person's turn
};

class Market {
public:
    // A Turn's store must be inside a transaction during every call below; start()
    // loads its tables.
    Market(item::Network network, Vault vault, base::Rng rng, MarketSettings settings = {});
    Market(Market&&) noexcept;
    Market& operator=(Market&&) noexcept;
    ~Market();

    // After construction, and again after a turn whose commit failed: creates the first persona and
    // mailbox if there is none, resumes work, resubmits, begins the search for mail. corrupt:
    // a record does not open.
    base::Result<void> start(const Turn& turn);

    // Whether start() will find what it expects; changes nothing on disk. corrupt, as start().
    base::Result<void> check(const OwnStore& store);

    // Commands. Errors are for the user; nothing was changed then.
    // A lifetime of 0 is the usual one. `files` are pictures, shown behind those that the text
    // names.
    base::Result<OfferView> publish_offer(const item::OfferText& text, base::Seconds lifetime,
                                          const Turn& turn, std::string_view persona = {},
                                          bool renew = false,
                                          const std::vector<base::Bytes>& files = {});
    // A new version: persona and mailbox stay, text and lifetime are the new ones.
    base::Result<OfferView> update_offer(const item::ThingId& thing, const item::OfferText& text,
                                         base::Seconds lifetime, const Turn& turn,
                                         std::optional<bool> renew = {},
                                         const std::vector<base::Bytes>& files = {});
    // What this persona shows under this hash; null: it is not here.
    item::ReadPtr picture(const base::PublisherKey& publisher, const base::Digest& hash,
                          const OwnStore& store, const Catalogue& flood) const;
    // Of an offer or a post of ours by its id or a beginning of it: whether it is published anew
    // before it ends.
    base::Result<EndingView> set_renewal(std::string_view id_or_beginning, bool wanted,
                                         const Turn& turn);
    // What of ours ends within a day and is not renewed, the first first.
    std::vector<EndingView> ending_soon(const OwnStore& store, base::WallTime now) const;
    base::Result<OfferView> remove_offer(const item::ThingId& thing, const Turn& turn);
    base::Result<MailView> send_mail(const MailDraft& draft, const Turn& turn);
    base::Result<MailView> view_mail(std::string_view id_or_beginning, const OwnStore& store) const;
    // marks it read
    base::Result<MailView> read_mail(std::string_view id_or_beginning, const Turn& turn);
    // Ends a mail of ours at all nodes, if nobody has it yet: conflict if it is delivered or
    // withdrawn already; exhausted: too many removals are under way.
    base::Result<MailView> withdraw_mail(std::string_view id_or_beginning, const Turn& turn);
    // The key of a mailbox of ours is told to everybody, and not any more (market/addresses). A
    // mailbox is told by its address or "main".
    base::Result<MailboxView> publish_mailbox(std::string_view which, const Turn& turn);
    base::Result<MailboxView> withdraw_mailbox(std::string_view which, const Turn& turn);
    // Who may write to a mailbox of ours (market/mail/sender_rules.hpp). not_found; invalid:
    // more bits than there may be.
    base::Result<MailboxView> set_rule(const base::MailboxId& mailbox, const MailboxRule& rule,
                                       const Turn& turn);
    base::Result<FriendView> add_friend(const base::PublisherKey& persona, const std::string& name,
                                        const Turn& turn);
    base::Result<FriendView> remove_friend(const base::PublisherKey& persona, const Turn& turn);
    std::vector<FriendView> friends() const;     // by name
    std::vector<MailPlace> mail_places() const;  // of both boxes, newest first
    // What a list shows of it, its texts empty; nothing: it is gone, or damaged.
    std::optional<MailView> headline(const MailPlace& place, const OwnStore& store) const;
    std::vector<MailView> list_mail(const OwnStore& store) const;    // all headlines
    std::vector<PersonaView> personas(const OwnStore& store) const;  // oldest first
    std::vector<MailboxView> mailboxes() const;                      // newest first
    // Everybody's, newest first, own ones marked; own ones that are not out yet come first.
    std::vector<OfferView> offers(const OwnStore& store, const Catalogue& flood,
                                  std::size_t most) const;
    // newest first, removed and expired ones included
    std::vector<OfferView> own_offers(const OwnStore& store) const;
    // By id or a unique beginning of 8 digits or more. not_found, or invalid if it is not unique.
    base::Result<OfferView> offer(std::string_view id_or_beginning, const OwnStore& store,
                                  const Catalogue& flood) const;
    // Those of offers, profiles and posts that the user's lists do not hide.
    Sifter sifter(bool shows_hidden, std::size_t entries_before = 0) const;
    std::vector<OfferView> offers(const OwnStore& store, const Catalogue& flood, std::size_t most,
                                  Sifter& sifter) const;
    std::vector<ProfileView> profiles(const OwnStore& store, const Catalogue& flood,
                                      std::size_t most, Sifter& sifter) const;
    std::vector<PostView> posts(const OwnStore& store, const Catalogue& flood, std::size_t most,
                                Sifter& sifter) const;
    // Everybody's that are in the flood store. invalid: the query, the cursor or a field, and what
    // was expected; unavailable: a store without an index.
    base::Result<SearchView> search(const SearchDraft& draft, const OwnStore& store,
                                    const Catalogue& flood) const;
    Counts counts() const;

    // Profiles: of an own persona, told by its address, its name or "main"; and anybody's.
    base::Result<ProfileView> set_profile(std::string_view persona, const ProfileDraft& draft,
                                          const Turn& turn);
    base::Result<ProfileView> remove_profile(std::string_view persona, const Turn& turn);
    base::Result<ProfileView> profile(std::string_view persona, const OwnStore& store,
                                      const Catalogue& flood) const;
    std::vector<ProfileView> profiles(const OwnStore& store, const Catalogue& flood,
                                      std::size_t most) const;
    std::vector<ProfileView> own_profiles(const OwnStore& store) const;
    // What a persona is called; each may be empty.
    PersonaNames names_of(const base::PublisherKey& persona, const OwnStore& store,
                          const Catalogue& flood) const;
    // Posts, with ids as of offers.
    base::Result<PostView> publish_post(const PostDraft& draft, const Turn& turn);
    base::Result<PostView> remove_post(std::string_view id_or_beginning, const Turn& turn);
    base::Result<PostView> post(std::string_view id_or_beginning, const OwnStore& store,
                                const Catalogue& flood) const;
    std::vector<PostView> posts(const OwnStore& store, const Catalogue& flood,
                                std::size_t most) const;
    std::vector<PostView> own_posts(const OwnStore& store) const;

    // Lists of what is hidden or recommended (market/lists/lists.hpp): one's own by name or id,
    // others by id.
    base::Result<ListView> make_list(const item::CuratedList& list, const Turn& turn);
    base::Result<ListView> change_list(std::string_view which, const item::CuratedList& list,
                                       const Turn& turn);
    base::Result<ListView> erase_list(std::string_view which, const Turn& turn);
    base::Result<ListView> publish_list(std::string_view which, std::string_view persona,
                                        const Turn& turn);
    base::Result<ListView> unpublish_list(std::string_view which, const Turn& turn);
    base::Result<ListView> subscribe(std::string_view which, const Turn& turn);
    base::Result<ListView> unsubscribe(std::string_view which, const Turn& turn);
    base::Result<ListView> list(std::string_view which, const OwnStore& store,
                                const Catalogue& flood) const;
    std::vector<ListView> own_lists(const OwnStore& store) const;
    std::vector<ListView> subscribed_lists(const OwnStore& store) const;
    std::vector<ListView> lists(const OwnStore& store, const Catalogue& flood,
                                std::size_t most) const;
    // The newest version of an offer, a post, a profile or a list of one's own or of others.
    // Errors: not_found, invalid.
    base::Result<item::ReadPtr> newest(std::string_view id_or_beginning, const OwnStore& store,
                                       const Catalogue& flood) const;
    // What lists say of a thing that is here, of whatever kind.
    base::Result<WhyView> why(std::string_view id_or_beginning, const OwnStore& store,
                              const Catalogue& flood) const;

    // Whether the node is neither to keep nor to pass on what others made: because the user's lists
    // hide it, and the user wants that. Another version: they may hide something no more.
    bool lays_aside(const item::ReadPtr& item) const;
    std::uint64_t lists_version() const;

    // Searches that are kept (market/watches/watches.hpp), by name.
    base::Result<WatchView> add_watch(const WatchView& watch, const Turn& turn);
    base::Result<WatchView> remove_watch(std::string_view name, const Turn& turn);
    base::Result<WatchView> watch(std::string_view name) const;
    std::vector<WatchView> watches() const;

    // Trades (market/trade/state.hpp). Ids as of offers. Errors leave nothing changed; refused: the
    // move is not allowed, and why.
    base::Result<TradeView> take_offer(const TakeDraft& draft, const Turn& turn);
    base::Result<TradeView> move_trade(std::string_view id_or_beginning, const MoveDraft& draft,
                                       const Turn& turn);
    // Shows an arbiter what the draft chooses, without a move.
    base::Result<TradeView> show_to_arbiter(std::string_view id_or_beginning,
                                            const MoveDraft& draft, const Turn& turn);
    base::Result<TradeView> trade(std::string_view id_or_beginning, const OwnStore& store) const;
    // The letters that brought its messages count as read.
    base::Result<TradeView> read_trade(std::string_view id_or_beginning, const Turn& turn);
    std::vector<trade::TradeId> trades()
        const;  // those that there is something of to show, newest first
    // Nothing: it is gone, or damaged.
    std::optional<TradeView> trade(const trade::TradeId& id, const OwnStore& store) const;
    // What it was. Only if it is over, we asked to end it, or nothing can be said in it any more.
    // It never begins again.
    base::Result<TradeView> remove_trade(std::string_view id_or_beginning, const Turn& turn);
    // Of the partner in a trade that was agreed, or of what was traded; again: a new version.
    base::Result<RatingView> rate(std::string_view trade, std::uint32_t stars,
                                  const std::string& text, const Turn& turn,
                                  RatingOf of = RatingOf::partner);
    base::Result<RatingView> remove_rating(std::string_view rating, const Turn& turn);
    std::vector<RatingView> own_ratings(const OwnStore& store) const;  // newest first
    // All that are alive about a persona, of which so many are shown.
    RatingsView ratings(const base::PublisherKey& about, const Catalogue& flood,
                        std::size_t most = base::limits::api_list_max) const;
    // The same about a thing.
    RatingsView ratings(const item::ThingId& thing, const Catalogue& flood,
                        std::size_t most = base::limits::api_list_max) const;
    // A piece of what comes before a question about ratings, so that it costs little: after a start
    // or a flood there are many to be read. True: nothing is left to do.
    bool look_at_ratings(const Catalogue& flood) const;
    // Both, of one who offers and of what is offered.
    OfferRatings ratings_of(const OfferView& offer, const Catalogue& flood) const;

    // What happened.
    void on_work_found(const base::ItemId& id, std::uint64_t nonce, const Turn& turn);
    // `lane`: by the link that brought it (mail/mail_walk.hpp).
    void on_item_stored(const item::ReadPtr& item, const Turn& turn,
                        core::Pile lane = core::pile_visitors);
    // Every TryOpen is answered by one of these two: the letter, or none of the keys opened a
    // proper one.
    void on_opened(const item::ReadPtr& mail, const base::MailboxId& mailbox, const Letter& letter,
                   const Turn& turn);
    void on_not_opened(const base::ItemId& id);
    void on_own_item_injected(const base::ItemId& id, std::uint32_t times, const Turn& turn);
    void on_own_item_heard(const base::ItemId& id, std::size_t peers, const Turn& turn);
    // This node had it back and keeps it no more: there was not room for all.
    void on_own_item_lost(const base::ItemId& id, const Turn& turn);
    // The level that an item of each class takes to be kept. If it rose, items of ours that nobody
    // has yet get more work. If it fell to half the work, what is searched still begins anew.
    void on_price(const item::Floors& levels, const Turn& turn);
    const item::Floors& price() const;
    // Hourly, and at start: destroys keys, forgets what expired. Afterwards wants_mail_walk().
    void on_tick(const Turn& turn);
    // When on_tick() has something to do next: a removal, a receipt.
    std::optional<base::WallTime> next_due() const;
    // To be called once a turn while wants_mail_walk().
    bool wants_mail_walk() const;
    void walk_mail(const Turn& turn);
    // Likewise, for the user's watches: a piece of their round.
    bool wants_to_watch() const;
    void watch_on(const Turn& turn);

    // ---- keys ----
    // A persona is told by its address, its name or "main". not_found, or what stands against it.
    base::Result<PersonaView> persona(std::string_view which, const OwnStore& store) const;
    // Kept until retired. A name is 1 to 40 letters, digits, '.', '_' or '-', of one persona only;
    // or empty.
    base::Result<PersonaView> new_persona(const std::string& name, const Turn& turn);
    base::Result<PersonaView> import_persona(std::string_view secret, const std::string& name,
                                             const Turn& turn);
    base::Result<std::string> export_persona(std::string_view which,
                                             const OwnStore& store) const;  // "hssec1..."
    // Signs nothing new; its key goes when no mail or mailbox needs it.
    // refused while an offer of it lives.
    base::Result<PersonaView> retire_persona(std::string_view which, const Turn& turn);
    // The user's copy; what is out stays out, what is not does not get out any more.
    base::Result<MailView> remove_mail(std::string_view id_or_beginning, const Turn& turn);
    // The node becomes that of the words, or of the backup. Both need an empty one: refused, with
    // what there is. refused too: the backup is of another network; corrupt:
    // a record of it does not open.
    base::Result<void> recover(std::string_view words, const Turn& turn);
    base::Result<void> restore(Backup backup, const Turn& turn);
    // "3 offers and 1 mail"; nothing: empty
    std::optional<std::string> what_is_there(const OwnStore& store) const;
    void on_personas_listed(std::uint32_t from, const std::vector<PersonaMark>& marks,
                            const Turn& turn);
    // To be called once a turn while wants_*(), as search(), but not before start()
    // after a failed commit.
    bool wants_key_erasure() const;
    void erase_keys(const Turn& turn);
    bool wants_recovery() const;
    void find_own(const Turn& turn);

    Vault& vault();

private:
    base::Result<MailboxView> mailbox_view(const base::MailboxId& mailbox) const;
    base::Result<void> load(const OwnStore& store);
    void expire(const Turn& turn);
    base::Result<bool> owns(const OwnStore& store) const;
    base::Result<void> claim_store(OwnStore& store);
    base::Result<void> check_backup(const Backup& backup);
    void tick_keys(const Turn& turn);
    bool has_fallen();

    std::unique_ptr<Common> common_;
    std::unique_ptr<Rooms> rooms_;  // made anew at every start
    bool started_ = false;
};

}  // namespace hearsay::market
