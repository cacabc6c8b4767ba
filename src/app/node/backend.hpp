// app/node/backend.hpp - what the local API asks, answered by the shell's turns.
//
// Everything that changes something becomes a command of a turn and is answered after its commit.
// What only reads does the same, so an answer always shows what was last committed, or less than a
// turn more.
#pragma once

#include <functional>

#include "api/backend.hpp"
#include "app/node/shell.hpp"

namespace hearsay::app {

class Backend final : public api::Backend {
public:
    struct Facts {
        std::string onion;
        bool sealed = false;  // a passphrase protects the keys
    };
    // `describe` fills in what only the daemon knows: Tor, reachability, version.
    Backend(Shell& shell, const net::Links& links, const store::Flood& flood, Facts facts,
            std::function<void(api::Status&)> describe);

    void status(api::Reply<api::Status> reply) override;
    void identity(api::Reply<api::Identity> reply) override;
    void publish_offer(const api::OfferDraft& draft, api::Reply<api::Offer> reply) override;
    void list_offers(const api::OfferQuery& query, api::Reply<api::OfferList> reply) override;
    void search(const api::SearchQuery& query, api::Reply<api::SearchAnswer> reply) override;
    void show_offer(const std::string& id, api::Reply<api::Offer> reply) override;
    void remove_offer(const std::string& id, api::Reply<api::Offer> reply) override;
    void update_offer(const std::string& id, const api::OfferDraft& draft,
                      api::Reply<api::Offer> reply) override;
    // backend_posts.cpp
    void list_profiles(const api::ProfileQuery& query, api::Reply<api::ProfileList> reply) override;
    void show_profile(const std::string& persona, api::Reply<api::Profile> reply) override;
    void set_profile(const std::string& persona, const api::ProfileDraft& draft,
                     api::Reply<api::Profile> reply) override;
    void remove_profile(const std::string& persona, api::Reply<api::Profile> reply) override;
    void publish_post(const api::PostDraft& draft, api::Reply<api::Post> reply) override;
    void list_posts(const api::PostQuery& query, api::Reply<api::PostList> reply) override;
    void show_post(const std::string& id, api::Reply<api::Post> reply) override;
    void remove_post(const std::string& id, api::Reply<api::Post> reply) override;
    // backend_mail.cpp
    void send_mail(const api::MailDraft& draft, api::Reply<api::Mail> reply) override;
    void list_mail(const api::MailQuery& query, api::Reply<api::MailList> reply) override;
    void read_mail(const std::string& id, api::Reply<api::Mail> reply) override;
    void withdraw_mail(const std::string& id, api::Reply<api::Mail> reply) override;
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
    void create_backup(const api::BackupDraft& draft, api::Reply<api::Backup> reply) override;
    void restore_backup(const api::BackupDraft& draft, api::Reply<api::Backup> reply) override;
    // backend_quarantine.cpp
    void list_set_aside(api::Reply<api::SetAsideList> reply) override;
    void retry_set_aside(const std::string& id, api::Reply<api::SetAside> reply) override;
    void remove_set_aside(const std::string& id, api::Reply<api::SetAside> reply) override;
    // backend_trades.cpp
    void take_offer(const api::TradeDraft& draft, api::Reply<api::Trade> reply) override;
    void list_trades(api::Reply<api::TradeList> reply) override;
    void show_trade(const std::string& id, api::Reply<api::Trade> reply) override;
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
    api::Offer offer(const market::OfferView& view, Shell::Turn& turn) const;
    api::Profile profile(const market::ProfileView& view, Shell::Turn& turn) const;
    api::Post post(const market::PostView& view, Shell::Turn& turn) const;
    api::Mail mail(const market::MailView& view, bool with_text) const;
    base::Result<api::Offer> offer_answer(const base::Result<market::OfferView>& found,
                                          Shell::Turn& turn) const;
    base::Result<api::Mail> mail_answer(const base::Result<market::MailView>& found) const;
    void fill_links(api::Status& status) const;
    void fill_budget(api::Status& status, const Shell::Turn& turn) const;
    void fill_store(api::Status& status, const Shell::Turn& turn) const;
    void fill_warnings(api::Status& status) const;
    std::optional<base::Error> not_empty() const;

    Shell& shell_;
    const net::Links& links_;
    const store::Flood& flood_;
    const Facts facts_;
    const std::function<void(api::Status&)> describe_;
};

}  // namespace hearsay::app
