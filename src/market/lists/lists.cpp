#include "market/lists/lists.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "item/kinds/mailbox.hpp"
#include "market.pb.h"
#include "market/publications/named.hpp"
#include "search/fields.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;

void set_list(wire::CuratedList* out, const item::CuratedList& list) {
    const base::Bytes bytes = item::write_list(list);
    ENSURE(out->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
           "a list that does not read");
}

base::Result<item::CuratedList> normalised(const item::CuratedList& list) {
    item::CuratedList out = list;
    std::vector<std::string*> texts{&out.name, &out.about};
    for (item::ListEntry& entry : out.entries) {
        texts.push_back(&entry.reason);
        if (auto* word = std::get_if<std::string>(&entry.subject)) texts.push_back(word);
    }
    if (auto normal = Publications::normalise(texts, "the list's text"); !normal)
        return std::unexpected(normal.error());
    if (auto problem = item::list_problem(out)) return base::fail(ErrorCode::invalid, *problem);
    return out;
}

base::Error no_such_list(std::string_view which) {
    return {ErrorCode::not_found,
            "none of your lists is called " + std::string(which) + ", or has an id that begins so"};
}

}  // namespace

// ---- what is known ------------------------------------------------------------------------------

bool Lists::load(const OwnStore& store) {
    bool known = true;
    const bool sound =
        look(store).each<records::KnownList>(Table::lists, [&](const records::KnownList& record) {
            const auto id = get_id<item::ThingId>(record.id());
            auto list = item::read_list(base::as_bytes(record.content().SerializeAsString()));
            if (!id || !list) {
                known = false;
                return;
            }
            known_[*id] = {
                record.own(),
                *std::move(list),
                time_of(record.since()),
                get_id<base::PublisherKey>(record.publisher()).value_or(base::PublisherKey{}),
                record.sequence(),
                time_of(record.expires())};
        });
    return sound && known;
}

// Whether something that it hid may be hidden no more. An entry that hides and is new cannot do
// that, nor one that recommends and is gone. What is over has_ended() finds.
bool Lists::hides_less(const Known& before, const Known& after) const {
    const auto subjects = [&](const Known& known, bool recommended) {
        std::set<item::ListSubject> out;
        for (const item::ListEntry& entry : known.list.entries)
            if (entry.recommends == recommended && (known.own || known.expires > filled_))
                out.insert(entry.subject);
        return out;
    };
    return !std::ranges::includes(subjects(after, false), subjects(before, false)) ||
           !std::ranges::includes(subjects(before, true), subjects(after, true));
}

// By what others published: rule 6.
void Lists::on_less_hidden(base::WallTime now) {
    less_hidden_ = true;
    const base::WallTime next = less_hidden_told_ + limits::less_hidden_pause;
    if (less_hidden_told_ <= now && now < next) return;  // before it: the clock was set
    less_hidden_ = false;
    less_hidden_told_ = now;
    ++version_;
}

void Lists::save(const item::ThingId& id, const Known& known, const Turn& turn) {
    records::KnownList record;
    set_id(record.mutable_id(), id);
    record.set_own(known.own);
    set_list(record.mutable_content(), known.list);
    record.set_since(seconds_of(known.since));
    if (!known.own) set_id(record.mutable_publisher(), known.publisher);
    record.set_sequence(known.sequence);
    record.set_expires(seconds_of(known.expires));
    change(turn).save(Table::lists, id.view(), record);
    const Known before = std::exchange(known_[id], known);
    if (hides_less(before, known)) {
        if (known.own)
            ++version_;
        else
            on_less_hidden(turn.now);
    }
    fill_sieve(turn.now);
}

void Lists::drop(const item::ThingId& id, const Turn& turn) {
    change(turn).erase(Table::lists, id.view());
    known_.erase(id);
    ++version_;
    fill_sieve(turn.now);
}

std::vector<item::ThingId> Lists::in_order(bool own) const {
    std::vector<item::ThingId> out;
    for (const auto& [id, known] : known_)
        if (known.own == own) out.push_back(id);
    std::ranges::stable_sort(out, {}, [&](const item::ThingId& id) {
        return known_.at(id).since;  // total: they were just found there
    });
    return out;
}

void Lists::fill_sieve(base::WallTime now) {
    if (filled_ != base::WallTime{} && has_ended(now)) on_less_hidden(now);
    filled_ = now;
    sieve_ = Sieve();
    for (const bool own : {true, false})
        for (const item::ThingId& id : in_order(own)) {
            const Known& known = known_.at(id);  // total: in_order() found it
            if (own || known.expires > now) sieve_.add({id, known.list.name, {}, own}, known.list);
        }
}

void Lists::look_for_subscribed(const Turn& turn) {
    std::vector<std::pair<item::ThingId, item::ReadPtr>> found;
    for (const item::ThingId& id : in_order(false))
        turn.flood.things(id, [&](const item::ThingId& thing, const core::SlotState& slot) {
            if (thing == id) found.emplace_back(id, turn.flood.get(slot.id));
            return false;
        });
    for (const auto& [id, read] : found)
        if (read) take_version(id, read, turn);
    fill_sieve(turn.now);
}

bool Lists::has_ended(base::WallTime now) const {
    return std::ranges::any_of(known_, [&](const auto& each) {
        const Known& known = each.second;
        return !known.own && known.expires > filled_ && known.expires <= now;
    });
}

void Lists::expire(const Turn& turn) {
    if (less_hidden_) on_less_hidden(turn.now);
    fill_sieve(turn.now);
}

bool Lists::hides(const item::ReadPtr& item) const {
    ListView view;
    const item::Kind kind = item->header.kind;
    if (kind == item::kind_mailbox || !Publications::describe(item, kind, view)) return false;
    if (publications_.find(view.thing) || known_.contains(view.thing)) return false;
    sieve_.judge(*item, view);
    return view.hidden_by.has_value();
}

void Lists::on_stored(const item::Read& item, const Turn& turn) {
    const item::Publication* claim = item.header.publication();
    if (!claim) return;
    const item::ThingId id = item::thing_of(*claim);
    const auto list = claim->removed ? std::nullopt : item::read_list(item.item.payload);
    turn.out.push_back(Tell{Happening::list_changed, base::to_hex(id),
                            list ? list->name : std::string("removed")});
    const auto known = known_.find(id);
    if (known == known_.end() || known->second.own) return;
    take_version(id, std::make_shared<const item::Read>(item), turn);
}

// Rule 3.
void Lists::take_version(const item::ThingId& id, const item::ReadPtr& read, const Turn& turn) {
    const item::Publication* claim = read->header.publication();
    Known known = known_.at(id);  // total: the callers found it
    if (!claim || (known.sequence >= claim->sequence && known.expires != base::WallTime{})) return;
    auto list = item::read_list(read->item.payload);
    if (list && !claim->removed) known.list = *std::move(list);
    known.publisher = claim->publisher;
    known.sequence = claim->sequence;
    known.expires = claim->removed ? turn.now : read->header.expires;
    save(id, known, turn);
}

// ---- one's own ----------------------------------------------------------------------------------

base::Result<item::ThingId> Lists::own_id(std::string_view which) const {
    std::vector<item::ThingId> found;
    for (const auto& [id, known] : known_)
        if (known.own && known.list.name == which) found.push_back(id);
    if (found.empty()) {
        const auto letters = id_beginning(which, item::ThingId::size, "a list id");
        if (!letters) return std::unexpected(no_such_list(which));
        for (const auto& [id, known] : known_)
            if (known.own && base::to_hex(id).starts_with(*letters)) found.push_back(id);
    }
    if (found.empty()) return std::unexpected(no_such_list(which));
    if (found.size() > 1)
        return base::fail(ErrorCode::invalid, "several of your lists are called so; give an id");
    return found.front();
}

// `old`: the list that it replaces, or null.
std::optional<base::Error> Lists::problem_of(const item::CuratedList& list,
                                             const item::ThingId* old) const {
    std::size_t own = 0;
    for (const auto& [id, known] : known_) {
        if (!known.own || (old && id == *old)) continue;
        ++own;
        if (known.list.name == list.name)
            return base::Error{ErrorCode::conflict, "another list of yours has this name"};
    }
    if (own >= limits::own_lists_max)
        return base::Error{ErrorCode::exhausted, "there are " + std::to_string(own) +
                                                     " lists of yours; that is as many as may be"};
    return std::nullopt;
}

bool Lists::is_published(const item::ThingId& id) const {
    const Publications::Own* const own = publications_.find(id, *this);
    return own && !own->removed;
}

base::Result<ListView> Lists::make(const item::CuratedList& list, const Turn& turn) {
    const auto normal = normalised(list);
    if (!normal) return std::unexpected(normal.error());
    if (auto problem = problem_of(*normal, nullptr)) return std::unexpected(*problem);
    item::ThingId id;
    rng_.fill(id);
    save(id, {true, *normal, turn.now, {}, 0, {}}, turn);
    return view_of_known(id, turn.store);
}

base::Result<ListView> Lists::change_to(std::string_view which, const item::CuratedList& list,
                                        const Turn& turn) {
    const auto id = own_id(which);
    if (!id) return std::unexpected(id.error());
    const auto normal = normalised(list);
    if (!normal) return std::unexpected(normal.error());
    if (auto problem = problem_of(*normal, &*id)) return std::unexpected(*problem);
    Known known = known_.at(*id);  // total: own_id() found it
    known.list = *normal;
    save(*id, known, turn);
    if (is_published(*id)) publish_version(*id, *normal, turn);
    return view_of_known(*id, turn.store);
}

base::Result<ListView> Lists::erase(std::string_view which, const Turn& turn) {
    const auto id = own_id(which);
    if (!id) return std::unexpected(id.error());
    if (is_published(*id))
        if (auto record = publications_.record(*id, turn.store))
            publications_.remove(*id, *record, turn);
    ListView view = view_of_known(*id, turn.store);
    drop(*id, turn);
    return view;
}

base::Result<ListView> Lists::publish(std::string_view which, std::string_view persona,
                                      const Turn& turn) {
    const auto id = own_id(which);
    if (!id) return std::unexpected(id.error());
    if (is_published(*id)) return base::fail(ErrorCode::conflict, "this list is published already");
    const auto signer = publications_.signer(persona, turn);
    if (!signer) return std::unexpected(signer.error());
    const Known known = known_.at(*id);  // total: own_id() found it
    // It was published before: the same thing goes on, unless another persona is to sign it.
    if (const auto record = publications_.record(*id, turn.store);
        record && publications_.find(*id, *this) && (!*signer || **signer == record->persona()) &&
        identity_.still_signs(record->persona(), turn.store)) {
        publish_version(*id, known.list, turn);
        return view_of_known(*id, turn.store);
    }
    if (auto full = publications_.is_full(*this)) return std::unexpected(*full);
    identity_.advance_vault(turn.now);
    auto [claim, thing, purpose, record] = publications_.begin(*this, *signer, turn);
    const base::Bytes payload = item::write_list(known.list);
    record.set_content(base::to_text(payload));
    save_vault(turn.out);
    publications_.publish(*this, claim, limits::lifetime_max, payload, record, turn);
    drop(*id, turn);
    save(thing, known, turn);
    return view_of_known(thing, turn.store);
}

void Lists::publish_version(const item::ThingId& id, const item::CuratedList& list,
                            const Turn& turn) {
    auto record = publications_.record(id, turn.store);
    if (!record) return;
    const base::Bytes payload = item::write_list(list);
    record->set_content(base::to_text(payload));
    publications_.publish(*this, publications_.next_claim(*record), limits::lifetime_max, payload,
                          *record, turn);
}

base::Result<ListView> Lists::unpublish(std::string_view which, const Turn& turn) {
    const auto id = own_id(which);
    if (!id) return std::unexpected(id.error());
    auto record = publications_.record(*id, turn.store);
    if (!record || !is_published(*id))
        return base::fail(ErrorCode::conflict, "this list is not published");
    publications_.remove(*id, *record, turn);
    return view_of_known(*id, turn.store);
}

void Lists::renew(const Turn& turn) {
    for (const item::ThingId& thing : publications_.due(*this, turn.now))
        if (const auto known = known_.find(thing); known != known_.end())
            publish_version(thing, known->second.list, turn);
}

void Lists::take_found(records::OwnPublication& record, const item::Read& found, const Turn& turn) {
    PublicationKind::take_found(record, found, turn);
    const auto id = get_id<item::ThingId>(record.id());
    auto list = item::read_list(found.item.payload);
    if (!id || !list) return;
    const auto known = known_.find(*id);
    save(
        *id,
        {true, *std::move(list), known == known_.end() ? turn.now : known->second.since, {}, 0, {}},
        turn);
}

// ---- subscriptions ------------------------------------------------------------------------------

base::Result<ListView> Lists::subscribe(std::string_view which, const Turn& turn) {
    const auto letters = id_beginning(which, item::ThingId::size, "a list id");
    if (!letters) return std::unexpected(letters.error());
    const auto found = things_beginning(*letters, turn.flood);
    if (found.size() > 1) return std::unexpected(ambiguous(*letters, found.size(), "lists"));
    if (found.empty() && letters->size() != 2 * item::ThingId::size)
        return base::fail(ErrorCode::not_found,
                          "no list that is here begins with " + *letters +
                              "; one that has not arrived yet is named by its whole id");
    const item::ThingId id = found.empty() ? first_with<item::ThingId>(*letters) : found.front();
    if (const auto known = known_.find(id); known != known_.end())
        return base::fail(ErrorCode::conflict, known->second.own
                                                   ? "this list is your own: it counts already"
                                                   : "you subscribe to this list already");
    if (in_order(false).size() >= limits::subscriptions_max)
        return base::fail(ErrorCode::exhausted, "you subscribe to " +
                                                    std::to_string(limits::subscriptions_max) +
                                                    " lists; that is as many as may be");
    save(id, {false, {}, turn.now, {}, 0, {}}, turn);
    ++version_;  // it is never hidden itself any more
    look_for_subscribed(turn);
    return view_of_known(id, turn.store);
}

base::Result<ListView> Lists::unsubscribe(std::string_view which, const Turn& turn) {
    const auto letters = id_beginning(which, item::ThingId::size, "a list id");
    std::vector<item::ThingId> found;
    for (const auto& [id, known] : known_)
        if (!known.own &&
            ((letters && base::to_hex(id).starts_with(*letters)) || known.list.name == which))
            found.push_back(id);
    if (found.size() > 1)
        return base::fail(ErrorCode::invalid, "several lists are meant; give more of the id");
    if (found.empty())
        return base::fail(ErrorCode::not_found, "you subscribe to no list that is called so");
    ListView view = view_of_known(found.front(), turn.store);
    view.subscribed = false;
    drop(found.front(), turn);
    return view;
}

// ---- views --------------------------------------------------------------------------------------

bool Lists::read(base::ByteView payload, ListView& out) const {
    auto list = item::read_list(payload);
    if (list) out.list = *std::move(list);
    return list.has_value();
}

ListView Lists::view_of_known(const item::ThingId& id, const OwnStore& store) const {
    const Known& known = known_.at(id);  // total: the callers found it
    ListView out;
    out.thing = id;
    out.created = known.since;
    if (known.own && is_published(id)) {
        if (auto view = own_view(id, store)) out = *std::move(view);
    } else if (known.own) {
        out.mine = true;
        out.is_private = true;
    } else {
        out.publisher = known.publisher;
        out.expires = known.expires;
        out.sequence = known.sequence;
    }
    out.list = known.list;
    mark(out);
    return out;
}

void Lists::mark(ListView& view) const {
    const auto known = known_.find(view.thing);
    if (known == known_.end() || known->second.own) return;
    view.subscribed = true;
    view.awaited = known->second.expires == base::WallTime{};
    if (!view.awaited && known->second.expires <= filled_) view.state = PublicationState::expired;
}

base::Result<ListView> Lists::list(std::string_view which, const OwnStore& store,
                                   const Catalogue& flood) const {
    if (const auto own = own_id(which)) return view_of_known(*own, store);
    if (const auto letters = id_beginning(which, item::ThingId::size, "a list id")) {
        std::vector<item::ThingId> found = in_order(false);
        std::erase_if(found, [&](const item::ThingId& id) {
            return !base::to_hex(id).starts_with(*letters);
        });
        if (found.size() == 1) return view_of_known(found.front(), store);
    }
    return by_id(which, store, flood);
}

std::vector<ListView> Lists::own_lists(const OwnStore& store) const {
    std::vector<ListView> out;
    for (const item::ThingId& id : in_order(true)) out.push_back(view_of_known(id, store));
    return out;
}

std::vector<ListView> Lists::subscribed(const OwnStore& store) const {
    std::vector<ListView> out;
    for (const item::ThingId& id : in_order(false)) out.push_back(view_of_known(id, store));
    return out;
}

std::vector<ListView> Lists::lists(const OwnStore& store, const Catalogue& flood,
                                   std::size_t most) const {
    std::vector<ListView> out = own_lists(store);
    for (ListView& view : all(store, flood, most))
        if (!view.mine) {
            mark(view);
            out.push_back(std::move(view));
        }
    if (out.size() > most) out.resize(most);
    return out;
}

base::Result<item::ReadPtr> Lists::newest(std::string_view id_or_beginning, const OwnStore& store,
                                          const Catalogue& flood) const {
    const auto thing = named_publication(id_or_beginning, publications_, flood);
    if (!thing) return std::unexpected(thing.error());
    const item::ReadPtr read = publications_.newest(*thing, store, flood);
    if (!read) return base::fail(ErrorCode::not_found, "this is not here any more, or not yet");
    return read;
}

base::Result<WhyView> Lists::why(std::string_view id_or_beginning, const OwnStore& store,
                                 const Catalogue& flood) const {
    const auto newest_version = newest(id_or_beginning, store, flood);
    if (!newest_version) return std::unexpected(newest_version.error());
    const item::ReadPtr& read = *newest_version;
    const item::ThingId thing = read->version.thing;
    PublicationView view;
    if (!Publications::describe(read, read->header.kind, view))
        return base::fail(ErrorCode::not_found, "this is not here any more, or not yet");
    view.mine = publications_.find(thing) != nullptr;
    sieve_.judge(*read, view);
    WhyView out{thing, read->header.kind, {}, view.hidden_by && !view.mine, {}};
    if (auto fields = search::fields_of(*read)) out.title = std::move(fields->title);
    const auto look_into = [&](const ListView& list) {
        Sieve alone;
        alone.add({list.thing, list.list.name, {}, list.mine}, list.list);
        for (const item::ListEntry& entry : alone.about(*read, view))
            out.entries.push_back(
                {list.thing, list.list.name, list.publisher, list.mine, list.subscribed, entry});
    };
    for (const ListView& list : own_lists(store)) look_into(list);
    for (const ListView& list : subscribed(store)) look_into(list);
    for (const ListView& list : all(store, flood, why_max))
        if (!known_.contains(list.thing)) look_into(list);
    return out;
}

}  // namespace hearsay::market
