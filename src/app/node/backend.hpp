// app/node/backend.hpp - what the local API asks, answered by the shell's turns.
//
// Everything that changes something becomes a command of a turn and is answered after its commit.
// What only reads does the same, so an answer always shows what was last committed, or less than a
// turn more.
#pragma once

#include <algorithm>
#include <concepts>
#include <functional>

#include "api/backend.hpp"
#include "app/node/audits.hpp"
#include "app/node/bringing.hpp"
#include "app/node/history.hpp"
#include "app/node/rows.hpp"
#include "app/node/shell.hpp"

namespace hearsay::app {

market::SearchDraft search_draft_of(const api::SearchQuery& query);
inline bool asks_for_rating(const api::SearchQuery& query) {
    return !query.rating.empty() || !query.rated.empty();
}

class Backend final : public api::Backend {
public:
    struct Facts {
        std::string onion;
        std::string vault_path;
    };
    // `describe` fills in what only the daemon knows: Tor, reachability, version. `stop` ends the
    // node, once its answer is out.
    Backend(Shell& shell, const net::Links& links, const store::Flood& flood, Facts facts,
            std::function<void(api::Status&)> describe, std::function<void()> stop);

    // One more for history(); to be called every history_interval.
    void take_sample();

    void status(api::Reply<api::Status> reply) override;
    void history(api::Reply<api::History> reply) override;
    void stop(api::Reply<api::Stopping> reply) override;
    void figures(api::Reply<api::Figures> reply) override;
    void identity(api::Reply<api::Identity> reply) override;
    // backend_publications.cpp
    void publish_offer(const api::OfferDraft& draft, api::Reply<api::Offer> reply) override;
    void estimate_work(const api::WorkQuery& query, api::Reply<api::WorkEstimate> reply) override;
    void list_offers(const api::OfferQuery& query, api::Reply<api::OfferList> reply) override;
    void search(const api::SearchQuery& query, api::Reply<api::SearchAnswer> reply) override;
    void show_offer(const std::string& id, api::Reply<api::Offer> reply) override;
    void remove_offer(const std::string& id, api::Reply<api::Offer> reply) override;
    void offer_ratings(const std::string& id, api::Reply<api::RatingList> reply) override;
    void show_picture(const std::string& hash, const api::PictureQuery& query,
                      api::Reply<api::PictureFile> reply) override;
    void update_offer(const std::string& id, const api::OfferDraft& draft,
                      api::Reply<api::Offer> reply) override;
    // backend_items.cpp
    void list_items(const api::ItemQuery& query, api::Reply<api::ItemPage> reply) override;
    void bring_items(const api::ItemBatch& batch, api::Reply<api::ItemVerdicts> reply) override;
    void begin_audit(const std::string& id, api::Reply<api::Audit> reply) override;
    void show_audit(const std::string& id, api::Reply<api::Audit> reply) override;
    void list_profiles(const api::ProfileQuery& query, api::Reply<api::ProfileList> reply) override;
    void show_profile(const std::string& persona, api::Reply<api::Profile> reply) override;
    void set_profile(const std::string& persona, const api::ProfileDraft& draft,
                     api::Reply<api::Profile> reply) override;
    void remove_profile(const std::string& persona, api::Reply<api::Profile> reply) override;
    void publish_post(const api::PostDraft& draft, api::Reply<api::Post> reply) override;
    void list_posts(const api::PostQuery& query, api::Reply<api::PostList> reply) override;
    void show_post(const std::string& id, api::Reply<api::Post> reply) override;
    void remove_post(const std::string& id, api::Reply<api::Post> reply) override;
    void renew(const std::string& id, api::Reply<api::Renewal> reply) override;
    void stop_renewing(const std::string& id, api::Reply<api::Renewal> reply) override;
    // backend_lists.cpp
    void list_lists(const api::ListQuery& query, api::Reply<api::CuratedLists> reply) override;
    void make_list(const api::CuratedListDraft& draft, api::Reply<api::CuratedList> reply) override;
    void show_list(const std::string& which, api::Reply<api::CuratedList> reply) override;
    void change_list(const std::string& which, const api::CuratedListDraft& draft,
                     api::Reply<api::CuratedList> reply) override;
    void erase_list(const std::string& which, api::Reply<api::CuratedList> reply) override;
    void publish_list(const std::string& which, const api::ListPublication& how,
                      api::Reply<api::CuratedList> reply) override;
    void unpublish_list(const std::string& which, api::Reply<api::CuratedList> reply) override;
    void subscribe(const api::Subscription& to, api::Reply<api::CuratedList> reply) override;
    void unsubscribe(const std::string& which, api::Reply<api::CuratedList> reply) override;
    void why(const std::string& id, api::Reply<api::Why> reply) override;
    void list_watches(api::Reply<api::WatchList> reply) override;
    void add_watch(const api::WatchDraft& draft, api::Reply<api::Watch> reply) override;
    void show_watch(const std::string& name, api::Reply<api::Watch> reply) override;
    void remove_watch(const std::string& name, api::Reply<api::Watch> reply) override;
    // backend_mail.cpp
    void send_mail(const api::MailDraft& draft, api::Reply<api::Mail> reply) override;
    void list_mail(const api::MailQuery& query, api::Reply<api::MailList> reply) override;
    void show_mail(const std::string& id, api::Reply<api::Mail> reply) override;
    void read_mail(const std::string& id, api::Reply<api::Mail> reply) override;
    void withdraw_mail(const std::string& id, api::Reply<api::Mail> reply) override;
    void show_mailbox(const std::string& address, api::Reply<api::Mailbox> reply) override;
    void set_mailbox_rule(const std::string& address, const api::MailboxRule& rule,
                          api::Reply<api::Mailbox> reply) override;
    void publish_mailbox(const std::string& address, api::Reply<api::Mailbox> reply) override;
    void withdraw_mailbox(const std::string& address, api::Reply<api::Mailbox> reply) override;
    void list_friends(api::Reply<api::FriendList> reply) override;
    void add_friend(const api::Friend& known, api::Reply<api::Friend> reply) override;
    void remove_friend(const std::string& address, api::Reply<api::Friend> reply) override;
    // backend_keys.cpp
    void remove_mail(const std::string& id, api::Reply<api::Mail> reply) override;
    void list_personas(api::Reply<api::PersonaList> reply) override;
    void show_persona(const std::string& persona, api::Reply<api::Persona> reply) override;
    void new_persona(const api::PersonaDraft& draft, api::Reply<api::Persona> reply) override;
    void import_persona(const api::PersonaImport& import, api::Reply<api::Persona> reply) override;
    void export_persona(const api::PersonaRef& persona,
                        api::Reply<api::PersonaSecret> reply) override;
    void retire_persona(const std::string& persona, api::Reply<api::Persona> reply) override;
    void recover(const api::Recovery& recovery, api::Reply<api::Identity> reply) override;
    void change_passphrase(const api::PassphraseChange& change,
                           api::Reply<api::Protection> reply) override;
    void check_words(const api::Recovery& recovery, api::Reply<api::WordCheck> reply) override;
    void create_backup(const api::BackupDraft& draft, api::Reply<api::Backup> reply) override;
    void restore_backup(const api::BackupDraft& draft, api::Reply<api::Backup> reply) override;
    // backend_quarantine.cpp
    void list_set_aside(api::Reply<api::SetAsideList> reply) override;
    void retry_set_aside(const std::string& id, api::Reply<api::SetAside> reply) override;
    void remove_set_aside(const std::string& id, api::Reply<api::SetAside> reply) override;
    // backend_trades.cpp
    void take_offer(const api::TradeDraft& draft, api::Reply<api::Trade> reply) override;
    void list_trades(const api::TradeQuery& query, api::Reply<api::TradeList> reply) override;
    void show_trade(const std::string& id, api::Reply<api::Trade> reply) override;
    void read_trade(const std::string& id, api::Reply<api::Trade> reply) override;
    void move_trade(const std::string& id, const api::TradeMove& move,
                    api::Reply<api::Trade> reply) override;
    void remove_trade(const std::string& id, api::Reply<api::Trade> reply) override;
    void rate(const api::RatingDraft& draft, api::Reply<api::Rating> reply) override;
    void own_ratings(api::Reply<api::RatingList> reply) override;
    void ratings(const std::string& persona, api::Reply<api::RatingList> reply) override;
    void remove_rating(const std::string& id, api::Reply<api::Rating> reply) override;
    // backend_peers.cpp
    void list_peers(const api::PeerQuery& query, api::Reply<api::PeerList> reply) override;
    void show_peer(const std::string& onion, api::Reply<api::Peer> reply) override;
    void add_peer(const api::PeerAdd& peer, api::Reply<api::Peer> reply) override;
    void remove_peer(const std::string& onion, api::Reply<api::Peer> reply) override;
    void ban_peer(const api::PeerBan& ban, api::Reply<api::Peer> reply) override;
    void unban_peer(const std::string& onion, api::Reply<api::Peer> reply) override;

private:
    // One turn: `work` gives the answer, which is sent once it is kept.
    template <class T>
    void answer(api::Reply<T> reply, std::function<base::Result<T>(Shell::Turn&)> work) {
        shell_.ask(
            [reply = std::move(reply), work = std::move(work)](Shell::Turn& turn) -> Shell::Finish {
                return [reply, result = work(turn)](const std::optional<base::Error>& failed) {
                    if (failed && result)
                        reply(std::unexpected(*failed));
                    else
                        reply(result);
                };
            });
    }
    // The same for what only reads: it is answered also when nothing can be kept.
    template <class T>
    void show(api::Reply<T> reply, std::function<base::Result<T>(Shell::Turn&)> work) {
        shell_.look([reply = std::move(reply),
                     work = std::move(work)](Shell::Turn& turn) -> Shell::Finish {
            return
                [reply, result = work(turn)](const std::optional<base::Error>&) { reply(result); };
        });
    }
    // The same for many rows: in as many turns as it takes.
    template <class Row, class Place>
    void show_rows(std::vector<Place> places,
                   std::type_identity_t<typename Rows<Shell::Turn, Place, Row>::Make> make,
                   std::function<void(std::vector<Row>)> done) {
        Rows<Shell::Turn, Place, Row>::begin(
            {[this](Shell::Command command) { shell_.look(std::move(command)); }, std::move(places),
             std::move(make), std::move(done)});
    }
    template <class Place>
    static void keep_page(std::vector<Place>& places, const api::Page& page) {
        places.resize(std::min(places.size(), page.end()));
        const auto before = std::min(places.size(), page.begin());
        places.erase(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(before));
    }
    // The same once all ratings are read, in as many turns as that takes.
    template <class T>
    void show_rated(api::Reply<T> reply, std::function<base::Result<T>(Shell::Turn&)> work) {
        shell_.look([this, reply = std::move(reply),
                     work = std::move(work)](Shell::Turn& turn) -> Shell::Finish {
            if (turn.market.look_at_ratings(turn.flood))
                return [reply, result = work(turn)](const std::optional<base::Error>&) {
                    reply(result);
                };
            return
                [this, reply, work](const std::optional<base::Error>&) { show_rated(reply, work); };
        });
    }
    // The same for what makes something that bears a date, or destroys:
    // not by a clock that is doubted.
    template <class T>
    void make(api::Reply<T> reply, std::function<base::Result<T>(Shell::Turn&)> work) {
        answer<T>(std::move(reply),
                  [this, work = std::move(work)](Shell::Turn& turn) -> base::Result<T> {
                      if (const auto doubt = shell_.clock_doubt())
                          return base::fail(base::ErrorCode::unavailable, *doubt);
                      return work(turn);
                  });
    }
    api::Identity identity_of(Shell::Turn& turn) const;
    api::Peer peer(const base::PeerId& id, base::Now now) const;
    base::Result<base::PeerId> other_peer(const std::string& onion) const;
    std::unexpected<base::Error> not_kept() const;
    // What keeps things of ours from going out now; empty: nothing.
    std::string waits_for() const;
    // For people; empty if a persona has neither a name nor a nickname.
    std::string name_of(const base::PublisherKey& persona, Shell::Turn& turn) const;
    api::Picture picture(const base::PublisherKey& publisher, const base::Digest& hash,
                         Shell::Turn& turn) const;
    // One offer by itself: also how it and its maker were rated.
    base::Result<api::Offer> told_whole(const base::Result<market::OfferView>& found,
                                        Shell::Turn& turn) const;
    // A thing that somebody published, whatever its kind: with who it is by, and what keeps it.
    template <std::derived_from<market::PublicationView> View>
    auto told(const View& view, Shell::Turn& turn) const;
    template <class Api, class View>
    base::Result<Api> told(const base::Result<View>& found, Shell::Turn& turn) const;
    template <class Views, class Row>
    void tell_all(const Views& views, Shell::Turn& turn, Row add) const;
    // A page of them. `views` end where the page does, or are all there are.
    template <class List, class Views, class Row>
    void tell_page(List& out, const api::OfferQuery& query, const Views& views,
                   const market::Sifter& sifter, std::string_view kind, Shell::Turn& turn,
                   Row add) const;
    // Of everybody's that are alive, and own ones that are not out yet.
    struct Total {
        std::uint32_t count = 0;
        bool is_more = false;  // there are more
    };
    Total total_of(std::string_view kind, Shell::Turn& turn) const;
    // Of a persona as people tell it: an address, the name of an own one, what a friend is called.
    base::Result<base::PublisherKey> persona_named(const std::string& name,
                                                   Shell::Turn& turn) const;
    base::Result<base::MailboxId> own_mailbox(const std::string& address, Shell::Turn& turn) const;
    api::Mail mail(const market::MailView& view, bool with_text, Shell::Turn& turn) const;
    void list_places(std::vector<market::MailPlace> places, const api::MailQuery& query,
                     api::Reply<api::MailList> reply);
    base::Result<api::Mail> mail_answer(const base::Result<market::MailView>& found,
                                        Shell::Turn& turn) const;
    base::Result<api::Trade> trade_answer(const base::Result<market::TradeView>& found,
                                          Shell::Turn& turn) const;
    api::Trade trade(const market::TradeView& view, bool with_messages, Shell::Turn& turn) const;
    api::Rating rating(const market::RatingView& view, Shell::Turn& turn) const;
    base::Result<api::Rating> rating_answer(const base::Result<market::RatingView>& found,
                                            Shell::Turn& turn) const;
    api::RatingList rating_list(const market::RatingsView& view, Shell::Turn& turn) const;
    void fill_links(api::Status& status) const;
    void fill_budget(api::Status& status, const Shell::Turn& turn) const;
    void fill_traffic(api::Status& status) const;
    void fill_store(api::Status& status, Shell::Turn& turn) const;
    void fill_person(api::Status& status, Shell::Turn& turn) const;
    void fill_warnings(api::Status& status, const Shell::Turn& turn) const;
    api::CuratedList list_told(const market::ListView& view, bool whole, Shell::Turn& turn) const;
    base::Result<api::CuratedList> list_told(const base::Result<market::ListView>& found,
                                             Shell::Turn& turn) const;
    std::optional<base::Error> not_empty() const;
    std::size_t suggest(const api::ItemBatch& batch);
    api::Audit told(const Audits::Result& result) const;
    base::Result<api::Audit> audit_of(const item::ThingId& thing) const;

    Shell& shell_;
    const net::Links& links_;
    const store::Flood& flood_;
    const Facts facts_;
    const std::function<void(api::Status&)> describe_;
    const std::function<void()> stop_;
    Bringing bringing_;
    Audits audits_;
    History history_;
};

}  // namespace hearsay::app
