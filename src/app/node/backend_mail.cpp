// Mail, and who may write it, as the local API asks for it.
#include "app/node/backend.hpp"
#include "app/node/views.hpp"
#include "base/limits/person.hpp"
#include "market/address.hpp"

namespace hearsay::app {

api::Mail Backend::mail(const market::MailView& view, bool with_text) const {
    api::Mail out = to_api(view, with_text);
    if (view.waits()) out.set_waits_for(waits_for());
    if (view.state == market::MailState::draft)
        out.set_waits_for("the key of its mailbox: the owner has to publish it");
    return out;
}

base::Result<api::Mail> Backend::mail_answer(const base::Result<market::MailView>& found) const {
    if (!found) return std::unexpected(found.error());
    return mail(*found, true);
}

void Backend::send_mail(const api::MailDraft& draft, api::Reply<api::Mail> reply) {
    make<api::Mail>(std::move(reply), [this, draft](Shell::Turn& turn) {
        return mail_answer(turn.market.send_mail(from_api(draft), turn));
    });
}

void Backend::list_mail(const api::MailQuery& query, api::Reply<api::MailList> reply) {
    show<api::MailList>(std::move(reply),
                        [this, query](Shell::Turn& turn) -> base::Result<api::MailList> {
                            api::MailList out;
                            for (const auto& view : turn.market.list_mail(turn.store))
                                if (static_cast<std::size_t>(out.mail_size()) < query.limit)
                                    *out.add_mail() = mail(view, false);
                            return out;
                        });
}

void Backend::read_mail(const std::string& id, api::Reply<api::Mail> reply) {
    show<api::Mail>(std::move(reply), [this, id](Shell::Turn& turn) {
        return mail_answer(turn.market.read_mail(id, turn));
    });
}

void Backend::withdraw_mail(const std::string& id, api::Reply<api::Mail> reply) {
    make<api::Mail>(std::move(reply), [this, id](Shell::Turn& turn) {
        return mail_answer(turn.market.withdraw_mail(id, turn));
    });
}

void Backend::set_mailbox_rule(const std::string& address, const api::MailboxRule& rule,
                               api::Reply<api::Mailbox> reply) {
    answer<api::Mailbox>(
        std::move(reply), [address, rule](Shell::Turn& turn) -> base::Result<api::Mailbox> {
            const auto mailbox = market::parse_mailbox(address);
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
