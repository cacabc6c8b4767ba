// Any bytes as a frame: parse() never fails otherwise than by its fault, keeps its limits, and what
// it accepted can be said again and understood alike.
#include "base/ensure.hpp"
#include "base/limits/frames.hpp"
#include "core/messages.hpp"

namespace hearsay {
namespace {

namespace limits = base::limits;

struct Check {
    void operator()(const core::Hello& hello) const {
        const auto again = std::get<core::Hello>(*core::parse(*core::encode(hello)));
        ENSURE(again.time == hello.time && again.oldest == hello.oldest && again.newest == hello.newest &&
                   again.features == hello.features,
               "a Hello changed");
    }
    void operator()(const core::Ping& ping) const {
        ENSURE(std::get<core::Ping>(*core::parse(*core::encode(ping))).nonce == ping.nonce, "a Ping changed");
    }
    void operator()(const core::Pong& pong) const {
        ENSURE(std::get<core::Pong>(*core::parse(*core::encode(pong))).nonce == pong.nonce, "a Pong changed");
    }
    void operator()(const core::Items& items) const {
        ENSURE(!items.items.empty() && items.items.size() <= limits::items_per_frame_max,
               "items over the limit");
    }
    void operator()(const core::Have& have) const {
        ENSURE(have.ids.size() <= limits::ids_per_page_max, "a page over the limit");
        ENSURE(std::get<core::Have>(*core::parse(*core::encode(have))).ids == have.ids, "a Have changed");
    }
    void operator()(const core::Want& want) const {
        ENSURE(want.ids.size() <= limits::ids_per_page_max, "a page over the limit");
        ENSURE(std::get<core::Want>(*core::parse(*core::encode(want))).ids == want.ids, "a Want changed");
    }
    void operator()(const core::Compare& compare) const {
        ENSURE(std::get<core::Compare>(*core::parse(*core::encode(compare))).digest == compare.digest,
               "a Compare changed");
    }
    void operator()(const core::Symbols& symbols) const {
        ENSURE(symbols.symbols.size() <= limits::symbols_per_frame_max, "symbols over the limit");
        ENSURE(std::get<core::Symbols>(*core::parse(*core::encode(symbols))).symbols == symbols.symbols,
               "Symbols changed");
        // Whatever they claim, decoding ends and what it finds is no more than they are.
        const auto found = core::decode(symbols.symbols);
        ENSURE(!found || found->plus.size() + found->minus.size() <= symbols.symbols.size(),
               "more differences than symbols");
        core::estimated_elements(symbols.symbols);
    }
    void operator()(const core::More& more) const {
        ENSURE(std::get<core::More>(*core::parse(*core::encode(more))).symbols == more.symbols,
               "a More changed");
    }
    void operator()(const core::Fetch& fetch) const {
        ENSURE(std::get<core::Fetch>(*core::parse(*core::encode(fetch))).ids == fetch.ids, "a Fetch changed");
    }
    void operator()(const core::Announce& announce) const {
        ENSURE(!announce.items.empty() && announce.items.size() <= limits::ids_per_page_max,
               "announcements over the limit");
        const auto again = std::get<core::Announce>(*core::parse(*core::encode(announce)));
        ENSURE(again.items.size() == announce.items.size() &&
                   again.items.back().id == announce.items.back().id &&
                   again.items.back().nonce == announce.items.back().nonce,
               "an Announce changed");
    }
    void operator()(const core::Request& request) const {
        ENSURE(std::get<core::Request>(*core::parse(*core::encode(request))).ids == request.ids,
               "a Request changed");
    }
    void operator()(const core::Find& find) const {
        const auto again = std::get<core::Find>(*core::parse(*core::encode(find)));
        ENSURE(again.number == find.number && again.target == find.target, "a Find changed");
    }
    void operator()(const core::Contacts& contacts) const {
        const auto again = std::get<core::Contacts>(*core::parse(*core::encode(contacts)));
        ENSURE(again.number == contacts.number && again.peers == contacts.peers, "a Contacts changed");
    }
    void operator()(const core::Push& push) const {
        ENSURE(std::get<core::Push>(*core::parse(*core::encode(push))).below == push.below, "a Push changed");
    }
    void operator()(const core::Done& done) const {
        ENSURE(std::get<core::Done>(*core::parse(*core::encode(done))).settled == done.settled,
               "a Done changed");
    }
};

}  // namespace
}  // namespace hearsay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    const auto message = core::parse({data, size});
    if (message)
        std::visit(Check{}, *message);
    else
        ENSURE(
            message.error() == base::Fault::frame_malformed || message.error() == base::Fault::frame_too_long,
            "a frame refused for another reason");
    return 0;
}
