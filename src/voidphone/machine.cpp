#include "voidphone/machine.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/overloaded.hpp"

namespace hearsay::voidphone {

bool Machine::allows(DataType type) const {
    return types_.empty() || std::ranges::any_of(types_, [&](const TypeRange& range) {
               return range.first <= type && type <= range.last;
           });
}

bool Machine::on_opened(ClientId client) {
    ENSURE(!clients_.contains(client), "a client's number was given twice");
    if (clients_.size() >= limits_.clients_max) return false;
    clients_.emplace(client, std::make_unique<Client>());
    return true;
}

void Machine::on_closed(ClientId client, Effects& out) {
    const auto found = clients_.find(client);
    if (found == clients_.end()) return;
    const std::unique_ptr<Client> gone = std::move(found->second);
    clients_.erase(found);
    for (const auto& [id, number] : gone->awaited) {
        waiting_.at(number).asked.erase(client);
        drop(number, "an application left without an answer", out);
    }
}

void Machine::end(ClientId client, std::string why, Effects& out) {
    out.push_back(End{client, std::move(why)});
    on_closed(client, out);
}

// Whoever was still to answer comes too late.
void Machine::drop(Number number, const std::string& why, Effects& out) {
    const auto found = waiting_.find(number);
    if (found == waiting_.end()) return;
    for (const auto& [client, id] : found->second.asked) clients_.at(client)->awaited.erase(id);
    out.push_back(Drop{found->second.type, why});
    waiting_.erase(found);
}

// At random among those that this client was never given; once there are none, among those of which
// no verdict is awaited.
MessageId Machine::new_id(Client& client) {
    constexpr std::size_t ids = 65536;
    if (client.given_count == ids) {
        client.given.reset();
        for (const auto& [id, number] : client.awaited) client.given.set(id);
        client.given_count = client.awaited.size();
    }
    std::size_t at = rng_.below(ids);
    while (client.given.test(at)) at = (at + 1) % ids;
    client.given.set(at);
    ++client.given_count;
    ++client.unanswered;
    return static_cast<MessageId>(at);
}

std::optional<base::MonoTime> Machine::on_frame(ClientId client, base::ByteView frame,
                                                base::MonoTime now, Effects& out) {
    const auto found = clients_.find(client);
    if (found == clients_.end()) return std::nullopt;
    const auto read = read_frame(frame);
    if (!read) {
        end(client, read.error(), out);
        return std::nullopt;
    }
    base::TokenBucket& budget = found->second->frames;
    // An answer is paid for by the notification: what floods must not silence who obeys.
    const bool answers = std::holds_alternative<Validation>(*read) && found->second->unanswered > 0;
    if (!answers && budget.left(limits_.frames, now) < 1) return budget.ready_at(limits_.frames);
    if (answers) --found->second->unanswered;
    const base::Overloaded handle{
        [&](const Announce& message) { return on_announce(client, message, now, out); },
        [&](const Notify& message) {
            on_notify(client, message, out);
            return std::optional<base::MonoTime>();
        },
        [&](const Validation& message) {
            on_validation(client, message, out);
            return std::optional<base::MonoTime>();
        },
    };
    const auto later = std::visit(handle, *read);
    if (const auto still = clients_.find(client); !answers && !later && still != clients_.end())
        still->second->frames.charge(limits_.frames, 1, now);
    return later;
}

void Machine::on_header(ClientId client, base::ByteView header, Effects& out) {
    if (!clients_.contains(client)) return;
    if (auto problem = header_problem(header)) end(client, *std::move(problem), out);
}

void Machine::on_notify(ClientId from, const Notify& notify, Effects& out) {
    if (!allows(notify.type))
        return end(from,
                   "the data type " + std::to_string(notify.type) + ", which is not allowed here",
                   out);
    Client& client = *clients_.at(from);  // total: on_frame() has found it
    if (client.types.size() >= limits_.types_max && !client.types.contains(notify.type))
        return end(from,
                   "more than " + std::to_string(limits_.types_max) + " data types of one client",
                   out);
    client.types.insert(notify.type);
}

std::optional<base::MonoTime> Machine::on_announce(ClientId from, const Announce& announce,
                                                   base::MonoTime now, Effects& out) {
    if (!allows(announce.type)) {
        end(from, "the data type " + std::to_string(announce.type) + ", which is not allowed here",
            out);
        return std::nullopt;
    }
    std::vector<ClientId> others;
    for (const auto& [id, client] : clients_)
        if (id != from && client->types.contains(announce.type)) others.push_back(id);
    if (others.empty() && !clients_.at(from)->types.contains(announce.type)) {
        out.push_back(Drop{announce.type, "no application here subscribed to this data type"});
        return std::nullopt;
    }
    const bool spreads = announce.ttl != 1;
    if (spreads && !others.empty() && waiting_.size() >= limits_.waiting_max)
        return now + base::limits::voidphone_retry_wait;
    if (spreads && !announced_.take(limits_.announcements, 1, now))
        return announced_.ready_at(limits_.announcements);
    const Number number = next_++;
    Waiting waiting{announce.type, announce.data, {}, now + limits_.verdict_wait};
    for (const ClientId id : others) {
        Client& client = *clients_.at(id);
        const MessageId message = new_id(client);
        out.push_back(Send{id, write_notification(message, announce.type, announce.data)});
        if (!spreads) continue;
        client.awaited.emplace(message, number);
        waiting.asked.emplace(id, message);
    }
    if (!spreads) return std::nullopt;
    if (others.empty())
        out.push_back(Spread{announce.type, announce.data});
    else
        waiting_.emplace(number, std::move(waiting));
    return std::nullopt;
}

void Machine::on_validation(ClientId from, const Validation& validation, Effects& out) {
    Client& client = *clients_.at(from);  // total: on_frame() has found it
    if (!client.given.test(validation.id))
        return end(from,
                   "a VALIDATION (503) of the id " + std::to_string(validation.id) +
                       ", which this client was never given",
                   out);
    const auto found = client.awaited.find(validation.id);
    if (found == client.awaited.end()) return;  // too late, or nobody waits for it
    const Number number = found->second;
    client.awaited.erase(found);
    Waiting& waiting = waiting_.at(number);
    waiting.asked.erase(from);
    if (!validation.valid) return drop(number, "an application found it not valid", out);
    if (!waiting.asked.empty()) return;
    out.push_back(Spread{waiting.type, std::move(waiting.data)});
    waiting_.erase(number);
}

void Machine::on_item(DataType type, base::ByteView data, Effects& out) {
    for (const auto& [id, client] : clients_)
        if (client->types.contains(type))
            out.push_back(Send{id, write_notification(new_id(*client), type, data)});
}

void Machine::on_timer(base::MonoTime now, Effects& out) {
    while (!waiting_.empty() && waiting_.begin()->second.due <= now)
        drop(waiting_.begin()->first, "an application did not answer in time", out);
}

base::MonoTime Machine::next_deadline() const {
    return waiting_.empty() ? base::never : waiting_.begin()->second.due;
}

void Machine::sanity_check() const {
    ENSURE(clients_.size() <= limits_.clients_max, "more clients than there may be");
    ENSURE(waiting_.size() <= limits_.waiting_max, "more announcements wait than may");
    std::size_t awaited = 0;
    for (const auto& [id, client] : clients_) {
        ENSURE(client->types.size() <= limits_.types_max, "more data types than there may be");
        ENSURE(client->given.count() == client->given_count, "the given ids are counted wrongly");
        awaited += client->awaited.size();
        for (const auto& [message, number] : client->awaited) {
            ENSURE(client->given.test(message), "a verdict is awaited of an id that was not given");
            const auto waiting = waiting_.find(number);
            ENSURE(waiting != waiting_.end() && waiting->second.asked.contains(id) &&
                       waiting->second.asked.at(id) == message,
                   "a verdict is awaited of what does not wait for it");
        }
    }
    base::MonoTime last{};
    for (const auto& [number, waiting] : waiting_) {
        ENSURE(!waiting.asked.empty(), "an announcement waits for nobody");
        ENSURE(waiting.due >= last, "an older announcement is due later");
        last = waiting.due;
        awaited -= waiting.asked.size();
    }
    ENSURE(awaited == 0, "a verdict is awaited that nobody was asked for");
}

}  // namespace hearsay::voidphone
