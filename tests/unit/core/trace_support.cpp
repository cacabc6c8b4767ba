#include <string_view>

#include "core/messages.hpp"
#include "trace.hpp"

namespace hearsay::core {
namespace {

class Words {
public:
    explicit Words(const Names& names) : names_(names) {}

    std::string operator()(const Store& store) const {
        return "store " + names_.of(store.item->id);
    }
    std::string operator()(const Forget& forget) const {
        return "forget " + names_.of(forget.id) + " " + reason(forget.reason);
    }
    std::string operator()(const Improve& better) const {
        return "improve " + names_.of(better.id) + " to " + std::to_string(better.level);
    }
    std::string operator()(const Sweep&) const { return "sweep"; }
    std::string operator()(const KeepPeer& keep) const {
        return "keep " + names_.of(keep.peer.peer);
    }
    std::string operator()(const DropPeer& drop) const { return "drop " + names_.of(drop.peer); }
    std::string operator()(const KeepCandidate& keep) const {
        return "note " + names_.of(keep.candidate.peer);
    }
    std::string operator()(const DropCandidate& drop) const {
        return "strike " + names_.of(drop.peer);
    }
    std::string operator()(const Send& send) const {
        const auto message = parse(*send.frame);
        if (!message) return "tell " + names_.of(send.link) + " nonsense";
        return "tell " + names_.of(send.link) + " " + std::visit(*this, *message);
    }
    std::string operator()(const Disconnect& end) const {
        return "end " + names_.of(end.link) +
               (end.fault ? " " + std::string(base::name(*end.fault)) : "");
    }
    std::string operator()(const Dial& dial) const { return "dial " + names_.of(dial.peer); }
    std::string operator()(const Inject& inject) const {
        return "inject " + names_.of(inject.id) + " at " + names_.of(inject.peer);
    }
    std::string operator()(const Verify& verify) const {
        return "verify " + names_.of(verify.item->id);
    }
    std::string operator()(const Throttle& throttle) const {
        return throttle.on ? "throttle" : "unthrottle";
    }
    std::string operator()(const Notify& notify) const { return std::visit(*this, notify.notice); }

    std::string operator()(const ItemStored& stored) const {
        return "stored " + names_.of(stored.item->id);
    }
    std::string operator()(const ItemForgotten& forgotten) const {
        return "forgotten " + names_.of(forgotten.id);
    }
    std::string operator()(const Refused& refused) const {
        return "refused " + (refused.link ? names_.of(*refused.link) + " " : "") +
               std::string(base::name(refused.fault));
    }
    std::string operator()(const PeerChanged&) const { return ""; }
    std::string operator()(const OwnItemInjected& injected) const {
        return "injected " + names_.of(injected.id) + " " + std::to_string(injected.times);
    }
    std::string operator()(const OwnItemHeard& heard) const {
        return "heard " + names_.of(heard.id) + " " + std::to_string(heard.peers);
    }

    std::string operator()(const LookedUp& over) const {
        std::string out = "found:";
        for (const base::PeerId& peer : over.found) out += " " + names_.of(peer);
        return out;
    }

    std::string operator()(const Judged& judged) const {
        constexpr std::string_view verdicts[] = {"stored", "held", "refused", "busy"};
        return "judged " + names_.of(judged.id) + " " +
               std::string(verdicts[static_cast<std::size_t>(judged.verdict)]) +
               (judged.fault ? " " + std::string(base::name(*judged.fault)) : "");
    }

    std::string operator()(const Audited& audited) const {
        const auto text = [](const char* name, std::uint32_t count) {
            return count == 0 ? std::string() : " " + std::string(name) + std::to_string(count);
        };
        return "audited " + names_.of(audited.id) + " asked " + std::to_string(audited.asked) +
               text("linked ", audited.linked) + text("held ", audited.held) +
               text("lacking ", audited.lacking) + text("declined ", audited.declined) +
               text("unreached ", audited.unreached);
    }
    std::string operator()(const SendProbe& probe) const {
        return "probe " + names_.of(probe.peer) + " " + names_.of(probe.id);
    }
    std::string operator()(const Probe& probe) const { return "probe" + list(probe.ids); }
    std::string operator()(const Held& held) const {
        std::string out = "held";
        for (const bool each : held.held) out += each ? " yes" : " no";
        return out;
    }

    std::string operator()(const PriceChanged& price) const {
        std::string out = "price";
        for (const item::Level level : price.levels) out += " " + std::to_string(level);
        return out;
    }

    std::string operator()(const Floor& floor) const {
        std::string out = "floor";
        for (const item::Level level : floor.levels) out += " " + std::to_string(level);
        return out;
    }
    std::string operator()(const Hello& hello) const { return hello.visit ? "visit" : "hello"; }
    std::string operator()(const Ping&) const { return "ping"; }
    std::string operator()(const Pong& pong) const { return "pong " + std::to_string(pong.nonce); }
    std::string operator()(const Items& items) const {
        std::string out = "items";
        for (const item::Item& item : items.items) out += " " + names_.of(item);
        return out;
    }
    std::string operator()(const Have& have) const {
        return "have " + std::to_string(have.page) + list(have.ids) + (have.last ? " last" : "");
    }
    std::string operator()(const Want& want) const {
        return "want " + std::to_string(want.page) + list(want.ids);
    }

    std::string operator()(const Compare& compare) const {
        return "compare " + std::to_string(compare.items);
    }
    std::string operator()(const Symbols& symbols) const {
        return "symbols " + std::to_string(symbols.first) + "+" +
               std::to_string(symbols.symbols.size());
    }
    std::string operator()(const More& more) const {
        return "more " + std::to_string(more.symbols);
    }
    std::string operator()(const Fetch& fetch) const {
        return "fetch " + std::to_string(fetch.ids.size());
    }
    std::string operator()(const Done& done) const {
        return done.settled ? "done" : "done unsettled";
    }
    std::string operator()(const Announce& announce) const {
        std::string out = "announce";
        for (const Announced& item : announce.items) out += " " + names_.of(item.id);
        return out;
    }
    std::string operator()(const Request& request) const { return "request" + list(request.ids); }
    std::string operator()(const Find&) const { return "find"; }
    std::string operator()(const Contacts& contacts) const {
        std::string out = "contacts:";
        for (const base::PeerId& peer : contacts.peers) out += " " + names_.of(peer);
        return out;
    }
    std::string operator()(const Push& push) const { return "push " + std::to_string(push.below); }

private:
    std::string list(const std::vector<base::ItemId>& ids) const {
        std::string out = ":";
        for (const base::ItemId& id : ids) out += " " + names_.of(id);
        return out;
    }
    static std::string reason(ForgetReason reason) {
        switch (reason) {
            case ForgetReason::expired:
                return "expired";
            case ForgetReason::superseded:
                return "superseded";
            case ForgetReason::evicted:
                return "evicted";
            case ForgetReason::removed:
                return "removed";
        }
        return "?";
    }
    const Names& names_;
};

}  // namespace

std::string Trace::operator()(const Effects& effects) const {
    std::string out;
    for (const Effect& effect : effects) {
        const std::string words = std::visit(Words(names_), effect);
        if (words.empty()) continue;
        if (!out.empty()) out += "; ";
        out += words;
    }
    return out;
}

}  // namespace hearsay::core
