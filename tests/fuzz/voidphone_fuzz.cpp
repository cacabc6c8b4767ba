// fuzz: max_len=600
// What programs send over the VoidPhone interface, and its two texts: the configuration and the
// system's table of sockets. A script opens and closes clients, has them send frames - good ones,
// spoilt ones, ids that they were given or not -, lets items come and time pass. Beside the machine
// runs a naive model that remembers everything.
// Checked:
//   1. whatever is sent gives effects and no end of the process; what the machine keeps twice fits
//   2. a notification goes to exactly those who subscribed and are here, never to who announced it,
//      carries the same data, and an id of which no verdict is awaited
//   3. an announcement is spread at most once, only if somebody here subscribed to its type, never
//      with TTL 1, and only after all who were notified found it valid in time
//   4. what ends is gone, and an id that was never given ends
//   5. a frame that is read is one whose header was not refused, and reads the same once written
#include <map>
#include <set>
#include <vector>

#include "base/ensure.hpp"
#include "fuzz/stranger_script.hpp"
#include "item/kinds/app_data.hpp"
#include "voidphone/machine.hpp"
#include "voidphone/socket_owner.hpp"

namespace hearsay::fuzz {
namespace {

using namespace voidphone;

constexpr ClientId clients[] = {ClientId{1}, ClientId{2}, ClientId{3}, ClientId{4}};

struct Announced {
    DataType type = 0;
    base::Bytes data;
    std::set<ClientId> silent;  // were asked, and did not answer
    bool over = false;          // spread, or cannot be any more
    base::MonoTime due;
};

class Game {
public:
    explicit Game(Script& script) : script_(script), machine_(limits(), types(script), rng()) {}

    void play() {
        for (int steps = 0; steps < 200 && !script_.over(); ++steps) {
            step();
            machine_.sanity_check();
            ENSURE(machine_.clients() == here_.size(), "the machine has other clients");
        }
    }

private:
    static MachineLimits limits() {
        MachineLimits out;
        out.clients_max = 3;
        out.types_max = 4;
        out.waiting_max = 3;
        out.verdict_wait = base::Millis(1000);
        out.frames = {20, 1, base::Millis(10)};
        out.announcements = {10, 1, base::Millis(100)};
        return out;
    }
    static std::vector<TypeRange> types(Script& script) {
        if (script.byte() % 2 == 0) return {};
        return {{0, 3}, {5, 5}};
    }
    static base::Rng rng() { return base::Rng(base::Secret{}); }

    void step() {
        const ClientId client = script_.one_of(clients);
        switch (script_.byte() % 8) {
            case 0:
                return open(client);
            case 1:
                return close(client);
            case 2:
                return bring();
            case 3:
                return pass_time();
            default:
                if (here_.contains(client)) send(client);
        }
    }

    void open(ClientId client) {
        if (here_.contains(client)) return;
        const bool taken = machine_.on_opened(client);
        ENSURE(taken == (here_.size() < limits().clients_max), "a client too many or too few");
        if (taken) here_[client];
    }

    void close(ClientId client) {
        Effects out;
        machine_.on_closed(client, out);
        forget(client);
        for (const Effect& effect : out)
            ENSURE(std::holds_alternative<Drop>(effect), "an end does more than to drop");
    }

    void forget(ClientId client) {
        here_.erase(client);
        given_.erase(client);
        for (Announced& each : announced_)
            if (each.silent.contains(client)) each.over = true;
    }

    void bring() {
        const auto type = static_cast<DataType>(script_.below(8));
        const base::Bytes data = base::to_bytes(script_.take(1 + script_.below(20)));
        Effects out;
        machine_.on_item(type, data, out);
        std::set<ClientId> told;
        for (const Effect& effect : out) {
            const auto* const send = std::get_if<Send>(&effect);
            ENSURE(send, "an item of the network does more than to be told");
            told.insert(hear(*send, type, data, nullptr));
        }
        ENSURE(told == subscribers(type), "an item was told to others than subscribed");
    }

    void pass_time() {
        now_ += base::Millis(script_.byte() * 8);
        Effects out;
        machine_.on_timer(now_, out);
        for (const Effect& effect : out)
            ENSURE(std::holds_alternative<Drop>(effect), "time does more than to drop");
        for (Announced& each : announced_) each.over = each.over || each.due <= now_;
        ENSURE(machine_.next_deadline() > now_, "a deadline that is over stays");
    }

    base::Bytes make_frame(ClientId client) {
        base::Bytes out;
        switch (script_.byte() % 4) {
            case 0:
                out = write_frame(Notify{static_cast<DataType>(script_.below(8))});
                break;
            case 1:
                out = write_frame(Validation{some_id(client), script_.byte() % 4 != 0});
                break;
            case 2:
                out = write_frame(Announce{static_cast<std::uint8_t>(script_.below(4)),
                                           static_cast<DataType>(script_.below(8)),
                                           base::to_bytes(script_.take(1 + script_.below(20)))});
                break;
            default:
                return base::to_bytes(script_.take(script_.below(24)));
        }
        if (script_.byte() % 8 == 0) out[script_.below(out.size())] = script_.byte();
        return out;
    }

    MessageId some_id(ClientId client) {
        const auto& given = given_[client];
        if (given.empty() || script_.byte() % 8 == 0)
            return static_cast<MessageId>(script_.below(65536));
        return std::next(given.begin(), static_cast<std::ptrdiff_t>(script_.below(given.size())))
            ->first;
    }

    void send(ClientId client) {
        const base::Bytes bytes = make_frame(client);
        const auto frame = read_frame(bytes);
        if (bytes.size() >= header_bytes) {
            const bool refused = header_problem(bytes).has_value();
            ENSURE(!frame || !refused, "a frame is read whose header is refused");
            ENSURE(frame || refused || frame_bytes(bytes) != bytes.size(),
                   "a frame is refused whose header is not");
        }
        Effects out;
        const auto later = machine_.on_frame(client, bytes, now_, out);
        if (later) {
            ENSURE(*later > now_ && out.empty(), "a frame that has to wait did something");
            return;
        }
        judge(client, frame, out);
    }

    void judge(ClientId client, const std::expected<Frame, std::string>& frame,
               const Effects& out) {
        const bool ends = !out.empty() && std::holds_alternative<End>(out[0]);
        if (ends) {
            ENSURE(std::get<End>(out[0]).client == client, "another client ends");
            ENSURE(!machine_.has(client), "what ends stays");
            forget(client);
            for (std::size_t at = 1; at < out.size(); ++at)
                ENSURE(std::holds_alternative<Drop>(out[at]), "an end does more than to drop");
        }
        if (!frame) {
            ENSURE(ends, "what is no frame ends nothing");
            return;
        }
        ENSURE(read_frame(write_frame(*frame)) == *frame, "a frame reads otherwise once written");
        if (ends) return;
        if (const auto* notify = std::get_if<Notify>(&*frame)) {
            ENSURE(out.empty(), "to subscribe does more");
            here_.at(client).insert(notify->type);
            ENSURE(here_.at(client).size() <= limits().types_max, "too many data types");
        } else if (const auto* announce = std::get_if<Announce>(&*frame)) {
            on_announced(client, *announce, out);
        } else {
            on_judged(client, std::get<Validation>(*frame), out);
        }
    }

    void on_announced(ClientId client, const Announce& announce, const Effects& out) {
        const std::set<ClientId> all = subscribers(announce.type);
        std::set<ClientId> others = all;
        others.erase(client);
        announced_.push_back(
            {announce.type, announce.data, {}, false, now_ + limits().verdict_wait});
        const std::size_t number = announced_.size() - 1;
        bool spread = false;
        std::set<ClientId> told;
        for (const Effect& effect : out) {
            if (const auto* send = std::get_if<Send>(&effect))
                told.insert(hear(*send, announce.type, announce.data, &number));
            spread = spread || std::holds_alternative<Spread>(effect);
        }
        ENSURE(told == others, "an announcement was told to others than it should");
        ENSURE(spread == (announce.ttl != 1 && others.empty() && all.contains(client)),
               "an announcement is spread at the wrong time");
        Announced& mine = announced_.back();
        mine.silent = others;
        mine.over = announce.ttl == 1 || others.empty();
    }

    void on_judged(ClientId client, const Validation& validation, const Effects& out) {
        ENSURE(given_[client].contains(validation.id), "an id that was never given is taken");
        const auto number = given_[client].at(validation.id);
        bool spread = false;
        for (const Effect& effect : out) {
            ENSURE(!std::holds_alternative<Send>(effect), "a verdict is told");
            spread = spread || std::holds_alternative<Spread>(effect);
        }
        if (!number || announced_[*number].over || !announced_[*number].silent.contains(client)) {
            ENSURE(out.empty(), "a late verdict does something");
            return;
        }
        Announced& judged = announced_[*number];
        judged.silent.erase(client);
        judged.over = !validation.valid || judged.silent.empty();
        ENSURE(spread == (validation.valid && judged.silent.empty()),
               "an announcement is spread at the wrong time");
        if (!spread) return;
        const auto& what = std::get<Spread>(out.at(0));
        ENSURE(what.type == judged.type && what.data == judged.data, "something else is spread");
    }

    // Who was told.
    ClientId hear(const Send& send, DataType type, const base::Bytes& data,
                  const std::size_t* number) {
        ENSURE(here_.contains(send.client), "somebody is told who is not here");
        const base::ByteView frame = send.frame;
        ENSURE(frame.size() == data_offset + data.size(), "a notification of another size");
        const auto id = base::read_big_endian<std::uint16_t>(frame.subspan(4).first<2>());
        ENSURE(base::equal(frame, write_notification(id, type, data)), "something else is told");
        auto& given = given_[send.client];
        ENSURE(!given.contains(id), "an id is given twice");  // long before 65,536 are
        given[id] = number ? std::optional(*number) : std::nullopt;
        return send.client;
    }

    std::set<ClientId> subscribers(DataType type) const {
        std::set<ClientId> out;
        for (const auto& [client, subscribed] : here_)
            if (subscribed.contains(type)) out.insert(client);
        return out;
    }

    Script& script_;
    Machine machine_;
    base::MonoTime now_{};
    std::map<ClientId, std::set<DataType>> here_;
    std::map<ClientId, std::map<MessageId, std::optional<std::size_t>>> given_;
    std::vector<Announced> announced_;
};

void read_texts(base::ByteView bytes) {
    const std::string_view text = base::as_text(bytes);
    if (const auto config = read_config(text, "f")) {
        ENSURE(config->cache_size > 0, "a cache of nothing");
        ENSURE(config->api_address.port >= 1024, "a port of the system's");
        for (const TypeRange& range : config->data_types)
            ENSURE(range.first <= range.last, "a range that ends before it begins");
    } else {
        ENSURE(config.error().text.starts_with("f, line "), "an error without its line");
    }
    (void)owner_in(text, "0100007F:C350", "0100007F:1B59");
}

}  // namespace
}  // namespace hearsay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    fuzz::Script script({data, size});
    if (script.byte() % 4 == 3)
        fuzz::read_texts(script.take(size));
    else
        fuzz::Game(script).play();
    return 0;
}
