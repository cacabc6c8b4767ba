// The facade's forwards: whom a command or a question is for.
#include "market/market.hpp"
#include "market/rooms.hpp"

namespace hearsay::market {

base::Result<OfferView> Market::publish_offer(const item::OfferText& text, base::Seconds lifetime,
                                              const Turn& turn, std::string_view persona,
                                              bool renew, const std::vector<base::Bytes>& files) {
    return rooms_->offers.publish(text, lifetime, turn, persona, renew, files);
}

base::Result<OfferView> Market::update_offer(const item::ThingId& thing,
                                             const item::OfferText& text, base::Seconds lifetime,
                                             const Turn& turn, std::optional<bool> renew,
                                             const std::vector<base::Bytes>& files) {
    return rooms_->offers.update(thing, text, lifetime, turn, renew, files);
}

item::ReadPtr Market::picture(const base::PublisherKey& publisher, const base::Digest& hash,
                              const OwnStore& store, const Catalogue& flood) const {
    return rooms_->pictures.find(publisher, hash, store, flood);
}

base::Result<EndingView> Market::set_renewal(std::string_view id_or_beginning, bool wanted,
                                             const Turn& turn) {
    return rooms_->publications.set_renewal(id_or_beginning, wanted, turn);
}

std::vector<EndingView> Market::ending_soon(const OwnStore& store, base::WallTime now) const {
    return rooms_->publications.ending_soon(store, now);
}

bool Market::lays_aside(const item::ReadPtr& item) const {
    return !common_->settings.keeps_hidden && rooms_->lists.hides(item);
}

std::uint64_t Market::lists_version() const {
    return common_->lists_version;
}

base::Result<WatchView> Market::add_watch(const WatchView& watch, const Turn& turn) {
    return rooms_->watches.add(watch, turn);
}

base::Result<WatchView> Market::remove_watch(std::string_view name, const Turn& turn) {
    return rooms_->watches.remove(name, turn);
}

base::Result<WatchView> Market::watch(std::string_view name) const {
    return rooms_->watches.watch(name);
}

std::vector<WatchView> Market::watches() const {
    return rooms_->watches.all();
}

base::Result<OfferView> Market::remove_offer(const item::ThingId& thing, const Turn& turn) {
    return rooms_->offers.remove(thing, turn);
}

std::vector<OfferView> Market::own_offers(const OwnStore& store) const {
    return rooms_->offers.own(store);
}

std::vector<OfferView> Market::offers(const OwnStore& store, const Catalogue& flood,
                                      std::size_t most) const {
    return rooms_->offers.all(store, flood, most);
}

base::Result<SearchView> Market::search(const SearchDraft& draft, const OwnStore& store,
                                        const Catalogue& flood) const {
    return rooms_->search.search(draft, store, flood);
}

base::Result<OfferView> Market::offer(std::string_view id_or_beginning, const OwnStore& store,
                                      const Catalogue& flood) const {
    return rooms_->offers.by_id(id_or_beginning, store, flood);
}

base::Result<ProfileView> Market::set_profile(std::string_view persona, const ProfileDraft& draft,
                                              const Turn& turn) {
    return rooms_->profiles.set(persona, draft, turn);
}

base::Result<ProfileView> Market::remove_profile(std::string_view persona, const Turn& turn) {
    return rooms_->profiles.remove(persona, turn);
}

base::Result<ProfileView> Market::profile(std::string_view persona, const OwnStore& store,
                                          const Catalogue& flood) const {
    return rooms_->profiles.profile(persona, store, flood);
}

std::vector<ProfileView> Market::profiles(const OwnStore& store, const Catalogue& flood,
                                          std::size_t most) const {
    return rooms_->profiles.all(store, flood, most);
}

std::vector<ProfileView> Market::own_profiles(const OwnStore& store) const {
    return rooms_->profiles.own(store);
}

PersonaNames Market::names_of(const base::PublisherKey& persona, const OwnStore& store,
                              const Catalogue& flood) const {
    PersonaNames out{rooms_->mail.senders.name_of(persona), {}};
    if (const auto view = rooms_->profiles.profile_of(persona, store, flood);
        view && view->state != PublicationState::removed)
        out.nickname = view->profile.nickname;
    return out;
}

base::Result<PostView> Market::publish_post(const PostDraft& draft, const Turn& turn) {
    return rooms_->posts.publish(draft, turn);
}

base::Result<PostView> Market::remove_post(std::string_view id_or_beginning, const Turn& turn) {
    return rooms_->posts.remove(id_or_beginning, turn);
}

base::Result<PostView> Market::post(std::string_view id_or_beginning, const OwnStore& store,
                                    const Catalogue& flood) const {
    return rooms_->posts.by_id(id_or_beginning, store, flood);
}

std::vector<PostView> Market::posts(const OwnStore& store, const Catalogue& flood,
                                    std::size_t most) const {
    return rooms_->posts.all(store, flood, most);
}

std::vector<PostView> Market::own_posts(const OwnStore& store) const {
    return rooms_->posts.own(store);
}

Sifter Market::sifter(bool shows_hidden, std::size_t entries_before) const {
    return {rooms_->lists.sieve(), shows_hidden, entries_before};
}

std::vector<OfferView> Market::offers(const OwnStore& store, const Catalogue& flood,
                                      std::size_t most, Sifter& sifter) const {
    return rooms_->offers.all(store, flood, most, sifter);
}

std::vector<ProfileView> Market::profiles(const OwnStore& store, const Catalogue& flood,
                                          std::size_t most, Sifter& sifter) const {
    return rooms_->profiles.all(store, flood, most, sifter);
}

std::vector<PostView> Market::posts(const OwnStore& store, const Catalogue& flood, std::size_t most,
                                    Sifter& sifter) const {
    return rooms_->posts.all(store, flood, most, sifter);
}

base::Result<ListView> Market::make_list(const item::CuratedList& list, const Turn& turn) {
    return rooms_->lists.make(list, turn);
}

base::Result<ListView> Market::change_list(std::string_view which, const item::CuratedList& list,
                                           const Turn& turn) {
    return rooms_->lists.change_to(which, list, turn);
}

base::Result<ListView> Market::erase_list(std::string_view which, const Turn& turn) {
    return rooms_->lists.erase(which, turn);
}

base::Result<ListView> Market::publish_list(std::string_view which, std::string_view persona,
                                            const Turn& turn) {
    return rooms_->lists.publish(which, persona, turn);
}

base::Result<ListView> Market::unpublish_list(std::string_view which, const Turn& turn) {
    return rooms_->lists.unpublish(which, turn);
}

base::Result<ListView> Market::subscribe(std::string_view which, const Turn& turn) {
    return rooms_->lists.subscribe(which, turn);
}

base::Result<ListView> Market::unsubscribe(std::string_view which, const Turn& turn) {
    return rooms_->lists.unsubscribe(which, turn);
}

base::Result<ListView> Market::list(std::string_view which, const OwnStore& store,
                                    const Catalogue& flood) const {
    return rooms_->lists.list(which, store, flood);
}

std::vector<ListView> Market::own_lists(const OwnStore& store) const {
    return rooms_->lists.own_lists(store);
}

std::vector<ListView> Market::subscribed_lists(const OwnStore& store) const {
    return rooms_->lists.subscribed(store);
}

std::vector<ListView> Market::lists(const OwnStore& store, const Catalogue& flood,
                                    std::size_t most) const {
    return rooms_->lists.lists(store, flood, most);
}

base::Result<item::ReadPtr> Market::newest(std::string_view id_or_beginning, const OwnStore& store,
                                           const Catalogue& flood) const {
    return rooms_->lists.newest(id_or_beginning, store, flood);
}

base::Result<WhyView> Market::why(std::string_view id_or_beginning, const OwnStore& store,
                                  const Catalogue& flood) const {
    return rooms_->lists.why(id_or_beginning, store, flood);
}

base::Result<MailView> Market::send_mail(const MailDraft& draft, const Turn& turn) {
    return rooms_->mail.send(draft, turn);
}

base::Result<MailView> Market::view_mail(std::string_view id_or_beginning,
                                         const OwnStore& store) const {
    return rooms_->mail.view(id_or_beginning, store);
}

base::Result<MailView> Market::read_mail(std::string_view id_or_beginning, const Turn& turn) {
    return rooms_->mail.read(id_or_beginning, turn);
}

base::Result<MailView> Market::withdraw_mail(std::string_view id_or_beginning, const Turn& turn) {
    return rooms_->mail.withdraw(id_or_beginning, turn);
}

base::Result<MailView> Market::remove_mail(std::string_view id_or_beginning, const Turn& turn) {
    return rooms_->mail.remove(id_or_beginning, turn);
}

std::vector<MailPlace> Market::mail_places() const {
    return rooms_->mail.places();
}

std::optional<MailView> Market::headline(const MailPlace& place, const OwnStore& store) const {
    return rooms_->mail.headline(place, store);
}

std::vector<MailView> Market::list_mail(const OwnStore& store) const {
    std::vector<MailView> out;
    for (const MailPlace& place : mail_places())
        if (auto mail = headline(place, store)) out.push_back(*std::move(mail));
    return out;
}

base::Result<MailboxView> Market::set_rule(const base::MailboxId& mailbox, const MailboxRule& rule,
                                           const Turn& turn) {
    if (auto set = rooms_->mail.inbox.set_rule(mailbox, rule, turn); !set) return set;
    return mailbox_view(mailbox);
}

base::Result<MailboxView> Market::publish_mailbox(std::string_view which, const Turn& turn) {
    const auto mailbox = rooms_->identity.mailbox_named(which);
    if (!mailbox) return std::unexpected(mailbox.error());
    if (auto done = rooms_->addresses.publish(*mailbox, turn); !done)
        return std::unexpected(done.error());
    return mailbox_view(*mailbox);
}

base::Result<MailboxView> Market::withdraw_mailbox(std::string_view which, const Turn& turn) {
    const auto mailbox = rooms_->identity.mailbox_named(which);
    if (!mailbox) return std::unexpected(mailbox.error());
    if (auto done = rooms_->addresses.withdraw(*mailbox, turn); !done)
        return std::unexpected(done.error());
    return mailbox_view(*mailbox);
}

base::Result<MailboxView> Market::mailbox_view(const base::MailboxId& mailbox) const {
    for (MailboxView& view : mailboxes())
        if (view.key == mailbox) return std::move(view);
    return base::fail(base::ErrorCode::not_found, "this mailbox is destroyed already");
}

std::vector<MailboxView> Market::mailboxes() const {
    std::vector<MailboxView> out = rooms_->mail.inbox.mailboxes();
    for (MailboxView& view : out) {
        const auto spread = rooms_->addresses.published(view.key);
        view.published = spread.has_value();
        view.heard = spread.value_or(Spread{}).heard;
    }
    return out;
}

base::Result<FriendView> Market::add_friend(const base::PublisherKey& persona,
                                            const std::string& name, const Turn& turn) {
    return rooms_->mail.senders.add_friend(persona, name, turn);
}

base::Result<FriendView> Market::remove_friend(const base::PublisherKey& persona,
                                               const Turn& turn) {
    return rooms_->mail.senders.remove_friend(persona, turn);
}

std::vector<FriendView> Market::friends() const {
    return rooms_->mail.senders.friends();
}

base::Result<PersonaView> Market::persona(std::string_view which, const OwnStore& store) const {
    return rooms_->identity.persona(which, store);
}

std::vector<PersonaView> Market::personas(const OwnStore& store) const {
    return rooms_->identity.personas(store);
}

base::Result<PersonaView> Market::new_persona(const std::string& name, const Turn& turn) {
    return rooms_->identity.new_persona(name, turn);
}

base::Result<PersonaView> Market::import_persona(std::string_view secret, const std::string& name,
                                                 const Turn& turn) {
    return rooms_->identity.import_persona(secret, name, turn);
}

base::Result<std::string> Market::export_persona(std::string_view which,
                                                 const OwnStore& store) const {
    return rooms_->identity.export_persona(which, store);
}

base::Result<PersonaView> Market::retire_persona(std::string_view which, const Turn& turn) {
    const auto offers = [&](std::uint32_t persona) {
        return rooms_->publications.shown_by(persona);
    };
    return rooms_->identity.retire_persona(which, offers, turn);
}

base::Result<TradeView> Market::take_offer(const TakeDraft& draft, const Turn& turn) {
    return rooms_->trades.take_offer(draft, turn);
}

base::Result<TradeView> Market::move_trade(std::string_view id_or_beginning, const MoveDraft& draft,
                                           const Turn& turn) {
    return rooms_->trades.move(id_or_beginning, draft, turn);
}

base::Result<TradeView> Market::show_to_arbiter(std::string_view id_or_beginning,
                                                const MoveDraft& draft, const Turn& turn) {
    return rooms_->trades.show_to_arbiter(id_or_beginning, draft, turn);
}

base::Result<TradeView> Market::trade(std::string_view id_or_beginning,
                                      const OwnStore& store) const {
    return rooms_->trades.trade(id_or_beginning, store);
}

base::Result<TradeView> Market::read_trade(std::string_view id_or_beginning, const Turn& turn) {
    return rooms_->trades.read(id_or_beginning, turn);
}

std::vector<trade::TradeId> Market::trades() const {
    return rooms_->trades.ids();
}

std::optional<TradeView> Market::trade(const trade::TradeId& id, const OwnStore& store) const {
    return rooms_->trades.view(id, store);
}

base::Result<TradeView> Market::remove_trade(std::string_view id_or_beginning, const Turn& turn) {
    return rooms_->trades.remove(id_or_beginning, turn);
}

base::Result<RatingView> Market::rate(std::string_view trade, std::uint32_t stars,
                                      const std::string& text, const Turn& turn, RatingOf of) {
    return rooms_->ratings.rate(trade, stars, text, turn, of);
}

base::Result<RatingView> Market::remove_rating(std::string_view rating, const Turn& turn) {
    return rooms_->ratings.remove(rating, turn);
}

std::vector<RatingView> Market::own_ratings(const OwnStore& store) const {
    return rooms_->ratings.own(store);
}

RatingsView Market::ratings(const base::PublisherKey& about, const Catalogue& flood,
                            std::size_t most) const {
    return rooms_->ratings.ratings(about, flood, most);
}

RatingsView Market::ratings(const item::ThingId& thing, const Catalogue& flood,
                            std::size_t most) const {
    return rooms_->ratings.ratings(thing, flood, most);
}

bool Market::look_at_ratings(const Catalogue& flood) const {
    return rooms_->search.look_at_ratings(flood);
}

OfferRatings Market::ratings_of(const OfferView& offer, const Catalogue& flood) const {
    return rooms_->ratings.ratings_of(offer.publisher, offer.thing, flood);
}

bool Market::wants_mail_walk() const {
    return rooms_->mail.inbox.wants_walk();
}

void Market::walk_mail(const Turn& turn) {
    rooms_->mail.inbox.walk(turn);
}

bool Market::wants_to_watch() const {
    return rooms_->watches.wants_more();
}

void Market::watch_on(const Turn& turn) {
    rooms_->watches.go_on(turn);
}

std::optional<base::WallTime> Market::next_due() const {
    return rooms_->mail.next_due();
}

void Market::on_not_opened(const base::ItemId& id) {
    rooms_->mail.inbox.on_answered(id);
}

bool Market::wants_key_erasure() const {
    return rooms_->key_erasure.wants_more();
}

void Market::erase_keys(const Turn& turn) {
    rooms_->key_erasure.step(common_->vault, turn.store, common_->rng, turn.now);
}

bool Market::wants_recovery() const {
    return rooms_->publications.wants_recovery();
}

void Market::find_own(const Turn& turn) {
    rooms_->publications.find_own(turn);
}

void Market::on_personas_listed(std::uint32_t from, const std::vector<PersonaMark>& marks,
                                const Turn& turn) {
    rooms_->publications.on_personas_listed(from, marks, turn);
}

Vault& Market::vault() {
    return common_->vault;
}

}  // namespace hearsay::market
