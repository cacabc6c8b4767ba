// A Backend that answers with what the test puts into it, at once or when the test says so.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "api.pb.h"
#include "api/backend.hpp"
#include "api/figures.hpp"
#include "fake_answers.hpp"
#include "fake_messages.hpp"

namespace hearsay::api {

class FakeBackend : public Backend, public FakeAnswers, public FakeMessages {
public:
    Status status_answer;
    std::vector<std::string> items;   // all that it has
    std::vector<std::string> trades;  // ids
    ItemBatch last_batch;

    FakeBackend() {
        status_answer.set_version("0.1.0");
        status_answer.set_network("local");
        status_answer.set_onion(std::string(56, 'a') + ".onion");
        status_answer.mutable_tor()->set_state("ready");
        status_answer.mutable_tor()->set_percent(100);
        status_answer.mutable_peers()->set_state("alone");
    }

    void status(Reply<Status> reply) override { answer("status", status_answer, std::move(reply)); }
    void figures(Reply<Figures> reply) override {
        Figures out;
        out.status = status_answer;
        answer("figures", out, std::move(reply));
    }
    void history(Reply<History> reply) override {
        History out;
        out.add_seconds_ago(60);
        out.add_items(7);
        answer("history", out, std::move(reply));
    }
    void identity(Reply<Identity> reply) override {
        Identity out;
        out.set_onion(status_answer.onion());
        out.add_personas()->set_address("hsp1me");
        out.add_mailboxes()->set_address("hsm1me");
        out.mutable_mailboxes(0)->set_purpose("main");
        out.mutable_mailboxes(0)->set_main(true);
        answer("identity", out, std::move(reply));
    }
    void publish_offer(const OfferDraft& draft, Reply<Offer> reply) override {
        last_draft = draft;
        answer("publish_offer " + draft.title(), offer(), std::move(reply));
    }
    void estimate_work(const WorkQuery& query, Reply<WorkEstimate> reply) override {
        answer("estimate_work " + query.kind + " " + query.bytes + " " + query.lifetime_seconds,
               estimate, std::move(reply));
    }
    WorkEstimate estimate = [] {
        WorkEstimate out;
        out.set_kind("offer");
        out.set_price(1);
        out.set_seconds(2);
        out.set_lifetime_seconds(7 * 86400);
        return out;
    }();
    void list_offers(const OfferQuery& query, Reply<OfferList> reply) override {
        OfferList out;
        for (std::size_t i = 0; i < listed; ++i) {
            *out.add_offers() = offer();
            out.mutable_offers(static_cast<int>(i))->set_text(listed_text);
        }
        out.set_total(total);
        out.set_more_than(total > 0 && query.page * query.limit < total && more_than);
        if (hidden.count() > 0 && !query.show_hidden) *out.add_hidden() = hidden;
        answer("list_offers " + std::to_string(query.limit) +
                   (query.page == 1 ? "" : " page " + std::to_string(query.page)) +
                   (query.mine ? " mine" : "") + (query.show_hidden ? " show_hidden" : ""),
               out, std::move(reply));
    }
    void search(const SearchQuery& query, Reply<SearchAnswer> reply) override {
        SearchAnswer out;
        if (query.kind == "post")
            *out.add_posts() = post();
        else if (query.kind == "profile")
            *out.add_profiles() = profile();
        else
            *out.add_results() = offer();
        out.set_total(1);
        out.set_cursor(query.cursor.empty() ? next_page : "");
        std::string told = "search " + std::to_string(query.limit);
        for (const std::string* text : {&query.q, &query.kind, &query.by, &query.tag, &query.sort,
                                        &query.currency, &query.cursor})
            told += " [" + *text + "]";
        for (const auto& [name, text] :
             {std::pair("side", &query.side), std::pair("category", &query.category),
              std::pair("country", &query.country), std::pair("geohash", &query.geohash),
              std::pair("condition", &query.condition), std::pair("delivery", &query.delivery),
              std::pair("payment", &query.payment), std::pair("language", &query.language),
              std::pair("status", &query.status), std::pair("price_min", &query.price_min),
              std::pair("price_max", &query.price_max), std::pair("rating", &query.rating),
              std::pair("rated", &query.rated)})
            if (!text->empty()) told += " " + std::string(name) + "=" + *text;
        answer(told, out, std::move(reply));
    }
    void list_items(const ItemQuery& query, Reply<ItemPage> reply) override {
        ItemPage out;
        for (const std::string& item : query.cursor.empty() ? items : std::vector<std::string>{})
            out.add_items(item);
        answer("list_items " + std::to_string(query.limit) + " [" + query.q + "]", out,
               std::move(reply));
    }
    void bring_items(const ItemBatch& batch, Reply<ItemVerdicts> reply) override {
        last_batch = batch;
        ItemVerdicts out;
        out.set_contacts(static_cast<std::uint32_t>(batch.contacts_size()));
        for (const std::string& item : batch.items()) {
            ItemVerdict& verdict = *out.add_verdicts();
            verdict.set_verdict(item == "bad" ? "refused" : "stored");
            verdict.set_why(item == "bad" ? "item_malformed" : "");
        }
        answer("bring_items " + std::to_string(batch.items_size()), out, std::move(reply));
    }
    void show_offer(const std::string& id, Reply<Offer> reply) override {
        answer("show_offer " + id, shown_offer, std::move(reply));
    }
    void remove_offer(const std::string& id, Reply<Offer> reply) override {
        answer("remove_offer " + id, offer(), std::move(reply));
    }
    void offer_ratings(const std::string& id, Reply<RatingList> reply) override {
        answer("offer_ratings " + id, RatingList(), std::move(reply));
    }
    void show_picture(const std::string& hash, const PictureQuery& query,
                      Reply<PictureFile> reply) override {
        answer("show_picture " + hash + " " + query.by, picture, std::move(reply));
    }
    PictureFile picture{"image/jpeg", {0xff, 0xd8}};
    static Profile profile() {
        Profile out;
        out.set_persona("hsp1someone");
        out.set_nickname("Ann");
        out.set_name("q9s5-4waj-jwl2 \"Ann\"");
        out.mutable_expires()->set_seconds(1'800'600'000);
        return out;
    }
    static Post post() {
        Post out;
        out.set_id(std::string(64, 'e'));
        out.set_title("Spring");
        out.mutable_expires()->set_seconds(1'800'600'000);
        return out;
    }
    void list_profiles(const ProfileQuery& query, Reply<ProfileList> reply) override {
        ProfileList out;
        *out.add_profiles() = profile();
        answer("list_profiles " + std::to_string(query.limit) + (query.mine ? " mine" : ""), out,
               std::move(reply));
    }
    void show_profile(const std::string& persona, Reply<Profile> reply) override {
        answer("show_profile " + persona, shown_profile, std::move(reply));
    }
    void set_profile(const std::string& persona, const ProfileDraft& draft,
                     Reply<Profile> reply) override {
        last_profile = draft;
        answer("set_profile " + persona, profile(), std::move(reply));
    }
    void remove_profile(const std::string& persona, Reply<Profile> reply) override {
        answer("remove_profile " + persona, profile(), std::move(reply));
    }
    void publish_post(const PostDraft& draft, Reply<Post> reply) override {
        last_post = draft;
        answer("publish_post " + draft.title(), post(), std::move(reply));
    }
    void list_posts(const PostQuery& query, Reply<PostList> reply) override {
        PostList out;
        *out.add_posts() = post();
        answer("list_posts " + std::to_string(query.limit) + (query.mine ? " mine" : ""), out,
               std::move(reply));
    }
    void show_post(const std::string& id, Reply<Post> reply) override {
        answer("show_post " + id, post(), std::move(reply));
    }
    void remove_post(const std::string& id, Reply<Post> reply) override {
        answer("remove_post " + id, post(), std::move(reply));
    }
    void renew(const std::string& id, Reply<Renewal> reply) override {
        answer("renew " + id, Renewal(), std::move(reply));
    }
    void stop_renewing(const std::string& id, Reply<Renewal> reply) override {
        answer("stop_renewing " + id, Renewal(), std::move(reply));
    }
    static CuratedList list() {
        CuratedList out;
        out.set_id(std::string(64, 'b'));
        out.set_name("Clean");
        return out;
    }
    void list_lists(const ListQuery& query, Reply<CuratedLists> reply) override {
        CuratedLists out;
        *out.add_lists() = list();
        answer("list_lists " + std::to_string(query.limit) +
                   (query.page == 1 ? "" : " page " + std::to_string(query.page)) +
                   (query.mine ? " mine" : "") + (query.subscribed ? " subscribed" : ""),
               out, std::move(reply));
    }
    void make_list(const CuratedListDraft& draft, Reply<CuratedList> reply) override {
        answer("make_list " + draft.name(), list(), std::move(reply));
    }
    void show_list(const std::string& which, Reply<CuratedList> reply) override {
        answer("show_list " + which, list(), std::move(reply));
    }
    void change_list(const std::string& which, const CuratedListDraft& draft,
                     Reply<CuratedList> reply) override {
        answer("change_list " + which + " " + std::to_string(draft.entries_size()), list(),
               std::move(reply));
    }
    void erase_list(const std::string& which, Reply<CuratedList> reply) override {
        answer("erase_list " + which, list(), std::move(reply));
    }
    void publish_list(const std::string& which, const ListPublication& how,
                      Reply<CuratedList> reply) override {
        answer("publish_list " + which + " " + how.persona(), list(), std::move(reply));
    }
    void unpublish_list(const std::string& which, Reply<CuratedList> reply) override {
        answer("unpublish_list " + which, list(), std::move(reply));
    }
    void subscribe(const Subscription& to, Reply<CuratedList> reply) override {
        answer("subscribe " + to.list(), list(), std::move(reply));
    }
    void unsubscribe(const std::string& which, Reply<CuratedList> reply) override {
        answer("unsubscribe " + which, list(), std::move(reply));
    }
    void why(const std::string& id, Reply<Why> reply) override {
        answer("why " + id, Why(), std::move(reply));
    }
    void begin_audit(const std::string& id, Reply<Audit> reply) override {
        answer("begin_audit " + id, Audit(), std::move(reply));
    }
    void show_audit(const std::string& id, Reply<Audit> reply) override {
        answer("show_audit " + id, Audit(), std::move(reply));
    }
    void list_watches(Reply<WatchList> reply) override {
        answer("list_watches", WatchList(), std::move(reply));
    }
    void add_watch(const WatchDraft& draft, Reply<Watch> reply) override {
        answer("add_watch " + draft.name(), Watch(), std::move(reply));
    }
    void show_watch(const std::string& name, Reply<Watch> reply) override {
        answer("show_watch " + name, Watch(), std::move(reply));
    }
    void remove_watch(const std::string& name, Reply<Watch> reply) override {
        answer("remove_watch " + name, Watch(), std::move(reply));
    }
    void send_mail(const MailDraft& draft, Reply<Mail> reply) override {
        last_mail = draft;
        answer("send_mail " + draft.to(), mail(), std::move(reply));
    }
    void list_mail(const MailQuery& query, Reply<MailList> reply) override {
        MailList out;
        *out.add_mail() = mail();
        answer("list_mail " + std::to_string(query.limit) + (query.unread ? " unread" : "") +
                   (query.trades ? " trades" : "") +
                   (query.from.empty() ? "" : " from " + query.from) +
                   (query.about.empty() ? "" : " about " + query.about),
               out, std::move(reply));
    }
    void show_mail(const std::string& id, Reply<Mail> reply) override {
        answer("show_mail " + id, shown_mail, std::move(reply));
    }
    void read_mail(const std::string& id, Reply<Mail> reply) override {
        if (nothing_kept) return reply(base::fail(base::ErrorCode::exhausted, "the disk is full"));
        answer("read_mail " + id, shown_mail, std::move(reply));
    }
    void update_offer(const std::string& id, const OfferDraft& draft, Reply<Offer> reply) override {
        last_draft = draft;
        answer("update_offer " + id, offer(), std::move(reply));
    }
    void list_set_aside(Reply<SetAsideList> reply) override {
        SetAsideList out;
        out.add_set_aside()->set_id("abcdef12");
        answer("list_set_aside", out, std::move(reply));
    }
    void retry_set_aside(const std::string& id, Reply<SetAside> reply) override {
        answer("retry_set_aside " + id, SetAside(), std::move(reply));
    }
    void remove_set_aside(const std::string& id, Reply<SetAside> reply) override {
        answer("remove_set_aside " + id, SetAside(), std::move(reply));
    }
    void withdraw_mail(const std::string& id, Reply<Mail> reply) override {
        answer("withdraw_mail " + id, mail(), std::move(reply));
    }
    void show_mailbox(const std::string& address, Reply<Mailbox> reply) override {
        Mailbox out;
        out.set_address("hsm1me");
        out.set_rule("friends");
        out.set_stamp_bits(20);
        out.set_strangers_max(7);
        answer("show_mailbox " + address, out, std::move(reply));
    }
    void publish_mailbox(const std::string& address, Reply<Mailbox> reply) override {
        Mailbox out;
        out.set_address(address);
        out.set_published(true);
        answer("publish_mailbox " + address, out, std::move(reply));
    }
    void withdraw_mailbox(const std::string& address, Reply<Mailbox> reply) override {
        Mailbox out;
        out.set_address(address);
        answer("withdraw_mailbox " + address, out, std::move(reply));
    }
    void set_mailbox_rule(const std::string& address, const MailboxRule& rule,
                          Reply<Mailbox> reply) override {
        Mailbox out;
        out.set_address(address);
        out.set_rule(rule.rule());
        answer("set_mailbox_rule " + address + " " + rule.rule() + " " +
                   std::to_string(rule.stamp_bits()) + " " + std::to_string(rule.strangers_max()),
               out, std::move(reply));
    }
    void change_passphrase(const PassphraseChange& change, Reply<Protection> reply) override {
        Protection out;
        out.set_sealed(!change.after().empty());
        answer("change_passphrase " + change.before() + " " + change.after(), out,
               std::move(reply));
    }
    void check_words(const Recovery& recovery, Reply<WordCheck> reply) override {
        WordCheck out;
        out.set_right(recovery.words() == "right");
        answer("check_words", out, std::move(reply));
    }
    void stop(Reply<Stopping> reply) override {
        Stopping out;
        out.set_pid(stopping_pid);
        answer("stop", out, std::move(reply));
    }
    void list_friends(Reply<FriendList> reply) override {
        FriendList out;
        out.add_friends()->set_name("Anna B");
        out.mutable_friends(0)->set_address("hsp1anna");
        answer("list_friends", out, std::move(reply));
    }
    void add_friend(const Friend& known, Reply<Friend> reply) override {
        answer("add_friend " + known.address(), known, std::move(reply));
    }
    void remove_friend(const std::string& address, Reply<Friend> reply) override {
        answer("remove_friend " + address, Friend(), std::move(reply));
    }
    void remove_mail(const std::string& id, Reply<Mail> reply) override {
        answer("remove_mail " + id, mail(), std::move(reply));
    }
    static Persona persona(const std::string& name) {
        Persona out;
        out.set_address("hsp1someone");
        out.set_name(name);
        out.set_purpose("kept");
        out.set_kept(true);
        out.mutable_created()->set_seconds(1'800'000'000);
        return out;
    }
    void list_personas(Reply<PersonaList> reply) override {
        PersonaList out;
        *out.add_personas() = persona("shop");
        answer("list_personas", out, std::move(reply));
    }
    void show_persona(const std::string& which, Reply<Persona> reply) override {
        answer("show_persona " + which, persona("shop"), std::move(reply));
    }
    void new_persona(const PersonaDraft& draft, Reply<Persona> reply) override {
        answer("new_persona " + draft.name(), persona(draft.name()), std::move(reply));
    }
    void import_persona(const PersonaImport& import, Reply<Persona> reply) override {
        answer("import_persona " + import.secret() + " " + import.name(), persona(import.name()),
               std::move(reply));
    }
    void export_persona(const PersonaRef& which, Reply<PersonaSecret> reply) override {
        PersonaSecret out;
        out.set_address("hsp1someone");
        out.set_secret("hssec1secret");
        answer("export_persona " + which.persona(), out, std::move(reply));
    }
    void retire_persona(const std::string& which, Reply<Persona> reply) override {
        answer("retire_persona " + which, persona(which), std::move(reply));
    }
    void recover(const Recovery& recovery, Reply<Identity> reply) override {
        Identity out;
        out.add_personas()->set_address("hsp1me");
        answer("recover " + recovery.words(), out, std::move(reply));
    }
    static Backup backup(const BackupDraft& draft) {
        Backup out;
        out.set_path(draft.path());
        out.set_bytes(4096);
        out.set_records(12);
        out.mutable_made()->set_seconds(1'800'000'000);
        return out;
    }
    void create_backup(const BackupDraft& draft, Reply<Backup> reply) override {
        answer("create_backup " + draft.path() + " " + draft.passphrase(), backup(draft),
               std::move(reply));
    }
    void restore_backup(const BackupDraft& draft, Reply<Backup> reply) override {
        answer("restore_backup " + draft.path() + " " + draft.passphrase(), backup(draft),
               std::move(reply));
    }
    void take_offer(const TradeDraft& draft, Reply<Trade> reply) override {
        answer("take_offer " + draft.offer(), Trade(), std::move(reply));
    }
    void list_trades(const TradeQuery& query, Reply<TradeList> reply) override {
        TradeList out;
        for (std::size_t i = query.begin(); i < std::min(query.end(), trades.size()); ++i)
            out.add_trades()->set_id(trades[i]);
        out.set_total(static_cast<std::uint32_t>(trades.size()));
        answer("list_trades " + std::to_string(query.limit), out, std::move(reply));
    }
    void show_trade(const std::string& id, Reply<Trade> reply) override {
        if (missing_trade) return reply(base::fail(base::ErrorCode::not_found, "no such trade"));
        answer("show_trade " + id, shown_trade, std::move(reply));
    }
    void read_trade(const std::string& id, Reply<Trade> reply) override {
        if (missing_trade) return reply(base::fail(base::ErrorCode::not_found, "no such trade"));
        answer("read_trade " + id, shown_trade, std::move(reply));
    }
    void move_trade(const std::string& id, const TradeMove& move, Reply<Trade> reply) override {
        answer("move_trade " + id + " " + move.move(), Trade(), std::move(reply));
    }
    void remove_trade(const std::string& id, Reply<Trade> reply) override {
        answer("remove_trade " + id, Trade(), std::move(reply));
    }
    void rate(const RatingDraft& draft, Reply<Rating> reply) override {
        answer("rate " + draft.trade(), Rating(), std::move(reply));
    }
    void own_ratings(Reply<RatingList> reply) override {
        answer("own_ratings", RatingList(), std::move(reply));
    }
    void ratings(const std::string& persona, Reply<RatingList> reply) override {
        answer("ratings " + persona, RatingList(), std::move(reply));
    }
    void remove_rating(const std::string& id, Reply<Rating> reply) override {
        answer("remove_rating " + id, Rating(), std::move(reply));
    }
    void list_peers(const PeerQuery& query, Reply<PeerList> reply) override {
        PeerList out;
        *out.add_peers() = shown_peer;
        out.set_more(query.all ? 0 : 23);
        answer(std::string("list_peers") + (query.all ? " all" : ""), out, std::move(reply));
    }
    void show_peer(const std::string& onion, Reply<Peer> reply) override {
        answer("show_peer " + onion, shown_peer, std::move(reply));
    }
    void add_peer(const PeerAdd& added, Reply<Peer> reply) override {
        answer("add_peer " + added.onion(), peer(added.onion()), std::move(reply));
    }
    void remove_peer(const std::string& onion, Reply<Peer> reply) override {
        answer("remove_peer " + onion, peer(onion), std::move(reply));
    }

    void ban_peer(const PeerBan& ban, Reply<Peer> reply) override {
        last_ban = ban;
        Peer out = peer(ban.onion());
        out.set_state("banned");
        out.mutable_banned_until()->set_seconds(1'800'086'400);
        out.set_ban_reason(ban.reason());
        out.set_manual(false);
        out.set_was_pinned(true);
        answer("ban_peer " + ban.onion(), out, std::move(reply));
    }
    void unban_peer(const std::string& onion, Reply<Peer> reply) override {
        answer("unban_peer " + onion, peer(onion), std::move(reply));
    }

    OfferDraft last_draft;
    PeerBan last_ban;
    Trade shown_trade;
    Mail shown_mail = mail();
    bool nothing_kept = false;
    std::uint32_t total = 0;  // of offers
    bool more_than = false;   // before the last page of them
    HiddenCount hidden;       // on each page of them
    std::uint32_t stopping_pid = 0;
    bool missing_trade = false;
    Peer shown_peer = peer(std::string(56, 'd') + ".onion");
    MailDraft last_mail;
    Offer shown_offer = offer();
    Profile shown_profile = profile();
    ProfileDraft last_profile;
    PostDraft last_post;
    std::size_t listed = 1;
    std::string listed_text;
    std::string next_page;  // the cursor of a first answer to a search
};

}  // namespace hearsay::api
