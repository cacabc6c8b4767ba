// Mail, and who may write it, as the local API asks for it.
#include "app/node/backend.hpp"
#include "app/node/views.hpp"
#include "base/encoding.hpp"
#include "base/limits/person.hpp"
#include "market/address.hpp"

namespace hearsay::app {

namespace {

// What is asked of it beside the page, before and after it is opened.
bool may_be_asked_for(const market::MailPlace& place, const api::MailQuery& query) {
    return place.of_trade == query.trades && (place.unread || !query.unread) &&
           (place.incoming || query.from.empty());
}
bool is_asked_for(const market::MailView& view, const std::string& about,
                  const std::optional<base::PublisherKey>& from) {
    if (from && view.letter.sender != *from) return false;
    return about.empty() ||
           (view.letter.about && base::to_hex(*view.letter.about).starts_with(about));
}

}  // namespace

// What the user calls somebody may be any text; an address is never taken for it.
base::Result<base::PublisherKey> Backend::persona_named(const std::string& name,
                                                        Shell::Turn& turn) const {
    const auto address = market::parse_persona(name);
    if (address) return *address;
    if (const auto own = turn.market.persona(name, turn.store)) return own->key;
    std::vector<base::PublisherKey> called;
    for (const market::FriendView& known : turn.market.friends())
        if (known.name == name) called.push_back(known.persona);
    if (called.size() == 1) return called.front();
    if (called.size() > 1)
        return base::fail(base::ErrorCode::invalid,
                          "you call " + std::to_string(called.size()) +
                              " friends so; expected an address (hsp1...)");
    if (name.starts_with("hsp1")) return std::unexpected(address.error());
    return base::fail(base::ErrorCode::not_found,
                      "no persona of yours and no friend has this name; expected one, main, or an "
                      "address (hsp1...)");
}

base::Result<base::MailboxId> Backend::own_mailbox(const std::string& address,
                                                   Shell::Turn& turn) const {
    if (address != "main") return market::parse_mailbox(address);
    for (const market::MailboxView& mailbox : turn.market.mailboxes())
        if (mailbox.main) return mailbox.key;
    return base::fail(base::ErrorCode::not_found, "there is no main mailbox now");
}

api::Mail Backend::mail(const market::MailView& view, bool with_text, Shell::Turn& turn) const {
    api::Mail out = to_api(view, with_text);
    if (view.incoming) out.set_from_name(name_of(view.letter.sender, turn));
    if (view.waits()) out.set_waits_for(waits_for());
    if (view.state == market::MailState::draft)
        out.set_waits_for("the key of its mailbox: the owner has to publish it");
    return out;
}

base::Result<api::Mail> Backend::mail_answer(const base::Result<market::MailView>& found,
                                             Shell::Turn& turn) const {
    if (!found) return std::unexpected(found.error());
    return mail(*found, true, turn);
}

void Backend::send_mail(const api::MailDraft& draft, api::Reply<api::Mail> reply) {
    make<api::Mail>(std::move(reply), [this, draft](Shell::Turn& turn) {
        return mail_answer(turn.market.send_mail(from_api(draft), turn), turn);
    });
}

void Backend::list_mail(const api::MailQuery& query, api::Reply<api::MailList> reply) {
    shell_.look([this, query, reply = std::move(reply)](Shell::Turn& turn) -> Shell::Finish {
        std::optional<base::PublisherKey> from;
        if (!query.from.empty()) {
            const auto named = persona_named(query.from, turn);
            if (!named)
                return [reply, why = named.error()](const auto&) { reply(std::unexpected(why)); };
            from = *named;
        }
        std::vector<market::MailPlace> places = turn.market.mail_places();
        std::erase_if(places, [&](const auto& each) { return !may_be_asked_for(each, query); });
        return [this, query, reply, from, places = std::move(places)](const auto&) mutable {
            if (!from && query.about.empty()) return list_places(std::move(places), query, reply);
            show_rows<market::MailPlace>(
                std::move(places),
                [about = query.about, from](const market::MailPlace& place, Shell::Turn& later) {
                    const auto view = later.market.headline(place, later.store);
                    return view && is_asked_for(*view, about, from) ? std::optional(place)
                                                                    : std::nullopt;
                },
                [this, query, reply](std::vector<market::MailPlace> asked_for) {
                    list_places(std::move(asked_for), query, reply);
                });
        };
    });
}

void Backend::list_places(std::vector<market::MailPlace> places, const api::MailQuery& query,
                          api::Reply<api::MailList> reply) {
    const auto total = static_cast<std::uint32_t>(places.size());
    keep_page(places, query);
    show_rows<api::Mail>(
        std::move(places),
        [this](const market::MailPlace& place, Shell::Turn& turn) {
            const auto view = turn.market.headline(place, turn.store);
            return view ? std::optional(mail(*view, false, turn)) : std::nullopt;
        },
        [reply = std::move(reply), total](std::vector<api::Mail> rows) {
            api::MailList out;
            for (api::Mail& row : rows) *out.add_mail() = std::move(row);
            out.set_total(total);
            reply(std::move(out));
        });
}

void Backend::show_mail(const std::string& id, api::Reply<api::Mail> reply) {
    show<api::Mail>(std::move(reply), [this, id](Shell::Turn& turn) {
        return mail_answer(turn.market.view_mail(id, turn.store), turn);
    });
}

void Backend::read_mail(const std::string& id, api::Reply<api::Mail> reply) {
    answer<api::Mail>(std::move(reply), [this, id](Shell::Turn& turn) {
        return mail_answer(turn.market.read_mail(id, turn), turn);
    });
}

void Backend::withdraw_mail(const std::string& id, api::Reply<api::Mail> reply) {
    make<api::Mail>(std::move(reply), [this, id](Shell::Turn& turn) {
        return mail_answer(turn.market.withdraw_mail(id, turn), turn);
    });
}

void Backend::show_mailbox(const std::string& address, api::Reply<api::Mailbox> reply) {
    show<api::Mailbox>(
        std::move(reply), [this, address](Shell::Turn& turn) -> base::Result<api::Mailbox> {
            const auto key = own_mailbox(address, turn);
            if (!key) return std::unexpected(key.error());
            for (const market::MailboxView& mailbox : turn.market.mailboxes())
                if (mailbox.key == *key) return to_api(mailbox);
            return base::fail(base::ErrorCode::not_found,
                              "none of your mailboxes is " + market::mailbox_address(*key));
        });
}

void Backend::set_mailbox_rule(const std::string& address, const api::MailboxRule& rule,
                               api::Reply<api::Mailbox> reply) {
    answer<api::Mailbox>(
        std::move(reply), [this, address, rule](Shell::Turn& turn) -> base::Result<api::Mailbox> {
            const auto mailbox = own_mailbox(address, turn);
            if (!mailbox) return std::unexpected(mailbox.error());
            const auto who = market::sender_rule(rule.rule());
            if (!who)
                return base::fail(base::ErrorCode::invalid,
                                  "bad rule: expected anyone, takers or friends");
            market::MailboxRule wanted{*who, rule.stamp_bits(), rule.strangers_max()};
            if (wanted.strangers_max == 0)
                wanted.strangers_max = base::limits::strangers_mail_default;
            const auto set = turn.market.set_rule(*mailbox, wanted, turn);
            if (!set) return std::unexpected(set.error());
            return to_api(*set);
        });
}

void Backend::publish_mailbox(const std::string& address, api::Reply<api::Mailbox> reply) {
    make<api::Mailbox>(std::move(reply),
                       [address](Shell::Turn& turn) -> base::Result<api::Mailbox> {
                           const auto published = turn.market.publish_mailbox(address, turn);
                           if (!published) return std::unexpected(published.error());
                           return to_api(*published);
                       });
}

void Backend::withdraw_mailbox(const std::string& address, api::Reply<api::Mailbox> reply) {
    make<api::Mailbox>(std::move(reply),
                       [address](Shell::Turn& turn) -> base::Result<api::Mailbox> {
                           const auto withdrawn = turn.market.withdraw_mailbox(address, turn);
                           if (!withdrawn) return std::unexpected(withdrawn.error());
                           return to_api(*withdrawn);
                       });
}

void Backend::list_friends(api::Reply<api::FriendList> reply) {
    show<api::FriendList>(std::move(reply), [](Shell::Turn& turn) -> base::Result<api::FriendList> {
        api::FriendList out;
        for (const auto& known : turn.market.friends()) *out.add_friends() = to_api(known);
        return out;
    });
}

void Backend::add_friend(const api::Friend& known, api::Reply<api::Friend> reply) {
    answer<api::Friend>(std::move(reply), [known](Shell::Turn& turn) -> base::Result<api::Friend> {
        const auto persona = market::parse_persona(known.address());
        if (!persona) return std::unexpected(persona.error());
        const auto added = turn.market.add_friend(*persona, known.name(), turn);
        if (!added) return std::unexpected(added.error());
        return to_api(*added);
    });
}

void Backend::remove_friend(const std::string& address, api::Reply<api::Friend> reply) {
    answer<api::Friend>(std::move(reply),
                        [address](Shell::Turn& turn) -> base::Result<api::Friend> {
                            const auto persona = market::parse_persona(address);
                            if (!persona) return std::unexpected(persona.error());
                            const auto removed = turn.market.remove_friend(*persona, turn);
                            if (!removed) return std::unexpected(removed.error());
                            return to_api(*removed);
                        });
}

}  // namespace hearsay::app
