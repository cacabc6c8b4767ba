// Any bytes as a frame: parse() never fails otherwise than by its fault, keeps its limits, and what
// it accepted can be said again and understood alike.
#include "base/ensure.hpp"
#include "base/limits/frames.hpp"
#include "base/limits/items.hpp"
#include "core/messages.hpp"

namespace hearsay {
namespace {

namespace limits = base::limits;

struct Check {
    base::ByteView input;

    // There is one way to say it, and it is ours.
    void operator()(const auto& message) const {
        ENSURE(base::equal(*core::encode(message), input),
               "an accepted frame is written otherwise");
        limits_of(message);
    }
    // A Hello may say more than we understand, behind what we do.
    void operator()(const core::Hello& hello) const {
        const auto again = std::get<core::Hello>(*core::parse(*core::encode(hello)));
        ENSURE(again.time == hello.time && again.oldest == hello.oldest &&
                   again.newest == hello.newest && again.features == hello.features &&
                   again.nonce == hello.nonce && again.visit == hello.visit &&
                   again.listening == hello.listening,
               "a Hello changed");
        ENSURE(hello.newest >= hello.oldest && hello.features.size() <= limits::features_max,
               "a wrong range");
    }
    void operator()(const core::Items& items) const {
        ENSURE(!items.items.empty() && items.items.size() <= limits::items_per_frame_max,
               "items over the limit");
    }

private:
    static void limits_of(const auto&) {}
    static void limits_of(const core::Have& have) {
        ENSURE(have.ids.size() <= limits::ids_per_page_max, "a page over the limit");
    }
    static void limits_of(const core::Want& want) {
        ENSURE(want.ids.size() <= limits::ids_per_page_max, "a page over the limit");
    }
    static void limits_of(const core::Symbols& symbols) {
        ENSURE(symbols.symbols.size() <= limits::symbols_per_frame_max, "symbols over the limit");
        // Whatever they claim, decoding ends and what it finds is no more than they are.
        const auto found = core::decode(symbols.symbols);
        ENSURE(!found || found->plus.size() + found->minus.size() <= symbols.symbols.size(),
               "more differences than symbols");
        core::estimated_elements(symbols.symbols);
    }
    static void limits_of(const core::Announce& announce) {
        ENSURE(!announce.items.empty() && announce.items.size() <= limits::ids_per_page_max,
               "announcements over the limit");
        for (const core::Announced& item : announce.items)
            ENSURE(item.size >= limits::item_bytes_min && item.size <= limits::item_bytes_max &&
                       item.lifetime_s >= 600 && item.lifetime_s <= 1'296'000 &&
                       item.lifetime_s % 600 == 0,
                   "an item that cannot be was announced");
    }
};

}  // namespace
}  // namespace hearsay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    const base::ByteView input(data, size);
    core::BrokenRule broken;
    const auto message = core::parse(input, &broken);
    const bool malformed = !message && message.error() == base::Fault::frame_malformed;
    ENSURE(malformed != broken.rule.empty(), "a rule is named where none is broken, or none is");
    if (message) {
        std::visit(Check{input}, *message);
        return 0;
    }
    const base::Fault fault = message.error();
    ENSURE(fault == base::Fault::frame_malformed || fault == base::Fault::frame_too_long ||
               fault == base::Fault::frame_unknown,
           "a frame refused for another reason");
    return 0;
}
