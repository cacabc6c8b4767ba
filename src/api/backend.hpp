// api/backend.hpp - the port through which the local API asks the node for things.
//
// Rules:
//   1. Every call happens on the loop's thread, and so does every answer.
//   2. Each call is answered once, at once or later. What is acknowledged is durable: the shell
//      commits first and answers then.
//   3. Whoever asked may be gone by the time of the answer; the server takes care of that, the
//      backend need not know. An answer that never comes is reported as `unavailable`.
//   4. Errors are meant for a person: base::Error's text says what was wrong and what was expected.
// The messages are those of proto/api.proto; docs/api.md says which words their fields may hold.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "api/messages.hpp"
#include "base/bytes.hpp"
#include "base/error.hpp"

namespace hearsay::api {

template <class T>
using Reply = std::function<void(base::Result<T>)>;

// Which part of a list, newest first: at most `limit`, after the pages before. Neither is 0 when it
// reaches the backend, and they end within base::limits::api_listed_max.
struct Page {
    std::size_t limit = 0;
    std::size_t page = 1;
    std::size_t begin() const { return (page - 1) * limit; }
    std::size_t end() const { return page * limit; }
};
struct OfferQuery : Page {
    bool mine = false;         // one's own only
    bool show_hidden = false;  // what the user's lists hide is left in
};
struct ProfileQuery : OfferQuery {};
struct PostQuery : OfferQuery {};
// Texts are as they were written; empty: not asked for.
struct SearchQuery : Page {
    std::string q, kind, by, tag, sort, currency, cursor;
    std::string side, category, country, geohash, condition, delivery, payment, language, status;
    std::string price_min, price_max, rating, rated;
    bool show_hidden = false;
};
struct ListQuery : Page {
    bool mine = false;
    bool subscribed = false;
};
// Which events: after a number, of these kinds (with commas between) and this topic. Empty: all.
struct EventQuery {
    std::string after, kinds, topic;
};
// What is to be published: `bytes` of content, about, as decimal digits; a lifetime in seconds,
// likewise. Empty: an offer's usual ones.
struct WorkQuery {
    std::string kind, bytes, lifetime_seconds;
};
// The same; nothing asked for: all that is alive, of every kind.
struct ItemQuery : SearchQuery {};
struct MailQuery : Page {
    bool unread = false;  // received ones that nobody looked at
    bool trades = false;  // those that carry a trade's message, instead of the others
    // Texts as they were written; empty: not asked for.
    std::string from;   // a persona: address, own one's name, or what the user calls a friend
    std::string about;  // the beginning of an offer's id
};
struct TradeQuery : Page {};
struct PictureQuery {
    std::string by;  // as Offer.publisher, or a persona of one's own; empty: not said
};
struct PictureFile {
    std::string_view media_type;  // image/webp or image/jpeg
    base::Bytes bytes;
};
struct PeerQuery {
    // Everybody known; else those linked, visited, dialled, shunned or banned, and pinned ones.
    bool all = false;
};

struct Figures;  // api/figures.hpp

class Backend {
public:
    virtual ~Backend() = default;

    virtual void status(Reply<Status> reply) = 0;
    virtual void history(Reply<History> reply) = 0;
    virtual void identity(Reply<Identity> reply) = 0;
    virtual void figures(Reply<Figures> reply) = 0;

    virtual void publish_offer(const OfferDraft& draft, Reply<Offer> reply) = 0;
    virtual void estimate_work(const WorkQuery& query, Reply<WorkEstimate> reply) = 0;
    virtual void list_offers(const OfferQuery& query, Reply<OfferList> reply) = 0;
    // Of one kind: one list of the answer at most has anything in it.
    virtual void search(const SearchQuery& query, Reply<SearchAnswer> reply) = 0;
    // Items as they flood. A page ends early where it is large enough.
    virtual void list_items(const ItemQuery& query, Reply<ItemPage> reply) = 0;
    // From elsewhere than from a peer; each is checked as a peer's is.
    virtual void bring_items(const ItemBatch& batch, Reply<ItemVerdicts> reply) = 0;
    // Whether others hold an offer, a post, a profile or a list: nodes are asked. `id` as for them.
    virtual void begin_audit(const std::string& id, Reply<Audit> reply) = 0;
    virtual void show_audit(const std::string& id, Reply<Audit> reply) = 0;
    // `id`: an offer's id or a unique beginning of it, letters and digits only.
    virtual void show_offer(const std::string& id, Reply<Offer> reply) = 0;
    virtual void update_offer(const std::string& id, const OfferDraft& draft,
                              Reply<Offer> reply) = 0;
    virtual void remove_offer(const std::string& id, Reply<Offer> reply) = 0;
    // What was said of the thing that is offered.
    virtual void offer_ratings(const std::string& id, Reply<RatingList> reply) = 0;
    // not_found: it is not here; nobody is asked for it.
    virtual void show_picture(const std::string& hash, const PictureQuery& query,
                              Reply<PictureFile> reply) = 0;

    // `persona`: of one's own by address, name or "main"; of others by address.
    virtual void list_profiles(const ProfileQuery& query, Reply<ProfileList> reply) = 0;
    virtual void show_profile(const std::string& persona, Reply<Profile> reply) = 0;
    virtual void set_profile(const std::string& persona, const ProfileDraft& draft,
                             Reply<Profile> reply) = 0;
    virtual void remove_profile(const std::string& persona, Reply<Profile> reply) = 0;
    virtual void publish_post(const PostDraft& draft, Reply<Post> reply) = 0;
    virtual void list_posts(const PostQuery& query, Reply<PostList> reply) = 0;
    virtual void show_post(const std::string& id, Reply<Post> reply) = 0;
    virtual void remove_post(const std::string& id, Reply<Post> reply) = 0;

    // Published anew before it ends, or no more: an offer or a post.
    virtual void renew(const std::string& id, Reply<Renewal> reply) = 0;
    virtual void stop_renewing(const std::string& id, Reply<Renewal> reply) = 0;

    // Lists of what is hidden or recommended. `which`: the name of one of one's own, or an id.
    virtual void list_lists(const ListQuery& query, Reply<CuratedLists> reply) = 0;
    virtual void make_list(const CuratedListDraft& draft, Reply<CuratedList> reply) = 0;
    virtual void show_list(const std::string& which, Reply<CuratedList> reply) = 0;
    virtual void change_list(const std::string& which, const CuratedListDraft& draft,
                             Reply<CuratedList> reply) = 0;
    virtual void erase_list(const std::string& which, Reply<CuratedList> reply) = 0;
    virtual void publish_list(const std::string& which, const ListPublication& how,
                              Reply<CuratedList> reply) = 0;
    virtual void unpublish_list(const std::string& which, Reply<CuratedList> reply) = 0;
    virtual void subscribe(const Subscription& to, Reply<CuratedList> reply) = 0;
    virtual void unsubscribe(const std::string& which, Reply<CuratedList> reply) = 0;
    virtual void why(const std::string& id, Reply<Why> reply) = 0;

    // Searches that are kept, to tell of what is new.
    virtual void list_watches(Reply<WatchList> reply) = 0;
    virtual void add_watch(const WatchDraft& draft, Reply<Watch> reply) = 0;
    virtual void show_watch(const std::string& name, Reply<Watch> reply) = 0;
    virtual void remove_watch(const std::string& name, Reply<Watch> reply) = 0;

    virtual void send_mail(const MailDraft& draft, Reply<Mail> reply) = 0;
    virtual void list_mail(const MailQuery& query, Reply<MailList> reply) = 0;  // texts are empty
    virtual void show_mail(const std::string& id, Reply<Mail> reply) = 0;
    virtual void read_mail(const std::string& id, Reply<Mail> reply) = 0;  // marks it as read
    virtual void withdraw_mail(const std::string& id, Reply<Mail> reply) = 0;
    // `address`: or "main".
    virtual void show_mailbox(const std::string& address, Reply<Mailbox> reply) = 0;
    virtual void set_mailbox_rule(const std::string& address, const MailboxRule& rule,
                                  Reply<Mailbox> reply) = 0;
    virtual void publish_mailbox(const std::string& address, Reply<Mailbox> reply) = 0;
    virtual void withdraw_mailbox(const std::string& address, Reply<Mailbox> reply) = 0;
    virtual void list_friends(Reply<FriendList> reply) = 0;
    virtual void add_friend(const Friend& known, Reply<Friend> reply) = 0;
    virtual void remove_friend(const std::string& address, Reply<Friend> reply) = 0;
    // denied: the passphrase of before is another.
    virtual void change_passphrase(const PassphraseChange& change, Reply<Protection> reply) = 0;
    virtual void check_words(const Recovery& recovery, Reply<WordCheck> reply) = 0;
    virtual void stop(Reply<Stopping> reply) = 0;

    virtual void remove_mail(const std::string& id,
                             Reply<Mail> reply) = 0;  // one's own copy; its text is empty
    virtual void list_set_aside(Reply<SetAsideList> reply) = 0;
    virtual void retry_set_aside(const std::string& id, Reply<SetAside> reply) = 0;
    virtual void remove_set_aside(const std::string& id, Reply<SetAside> reply) = 0;

    // A persona is told by its address, its name or "main".
    virtual void list_personas(Reply<PersonaList> reply) = 0;
    virtual void show_persona(const std::string& persona, Reply<Persona> reply) = 0;
    virtual void new_persona(const PersonaDraft& draft, Reply<Persona> reply) = 0;
    virtual void import_persona(const PersonaImport& import, Reply<Persona> reply) = 0;
    virtual void export_persona(const PersonaRef& persona, Reply<PersonaSecret> reply) = 0;
    virtual void retire_persona(const std::string& persona, Reply<Persona> reply) = 0;
    // Into an empty node only.
    virtual void recover(const Recovery& recovery, Reply<Identity> reply) = 0;
    virtual void create_backup(const BackupDraft& draft, Reply<Backup> reply) = 0;
    virtual void restore_backup(const BackupDraft& draft, Reply<Backup> reply) = 0;  // as recover

    // Trades and ratings.
    virtual void take_offer(const TradeDraft& draft, Reply<Trade> reply) = 0;
    // Newest first; messages are left out.
    virtual void list_trades(const TradeQuery& query, Reply<TradeList> reply) = 0;
    virtual void show_trade(const std::string& id, Reply<Trade> reply) = 0;
    virtual void read_trade(const std::string& id, Reply<Trade> reply) = 0;  // its letters are
    virtual void move_trade(const std::string& id, const TradeMove& move, Reply<Trade> reply) = 0;
    virtual void remove_trade(const std::string& id, Reply<Trade> reply) = 0;
    virtual void rate(const RatingDraft& draft, Reply<Rating> reply) = 0;
    virtual void own_ratings(Reply<RatingList> reply) = 0;
    virtual void ratings(const std::string& persona,
                         Reply<RatingList> reply) = 0;  // about it, as `from` of a MailQuery
    virtual void remove_rating(const std::string& id, Reply<Rating> reply) = 0;

    // `onion`: the address with or without ".onion".
    virtual void list_peers(const PeerQuery& query, Reply<PeerList> reply) = 0;
    virtual void show_peer(const std::string& onion, Reply<Peer> reply) = 0;
    virtual void add_peer(const PeerAdd& peer, Reply<Peer> reply) = 0;
    virtual void remove_peer(const std::string& onion,
                             Reply<Peer> reply) = 0;  // the peer as it was
    virtual void ban_peer(const PeerBan& ban, Reply<Peer> reply) = 0;
    virtual void unban_peer(const std::string& onion, Reply<Peer> reply) = 0;
};

}  // namespace hearsay::api
