#include "sim/run_digest.hpp"

namespace hearsay::sim {

void RunDigest::on_step(std::uint32_t at, const core::Input& input, const core::Effects& effects) {
    digest_.mix(static_cast<std::uint64_t>(clock_.now().time_since_epoch().count()));
    digest_.mix(std::uint64_t{at} << 8 | input.index());
    const core::FramePtr* last = nullptr;
    for (const core::Effect& effect : effects) {
        digest_.mix(effect.index());
        if (const auto* store = std::get_if<core::Store>(&effect))
            digest_.mix(store->item->id.view());
        if (const auto* forget = std::get_if<core::Forget>(&effect)) digest_.mix(forget->id.view());
        if (const auto* better = std::get_if<core::Improve>(&effect)) {
            digest_.mix(better->id.view());
            digest_.mix(better->nonce);
        }
        if (const auto* dialled = std::get_if<core::Dial>(&effect))
            digest_.mix(dialled->peer.view());
        if (const auto* inject = std::get_if<core::Inject>(&effect)) {
            digest_.mix(inject->id.view());
            digest_.mix(inject->peer.view());
        }
        if (const auto* send = std::get_if<core::Send>(&effect)) {
            digest_.mix(static_cast<std::uint64_t>(send->link));
            if (!last || *last != send->frame) digest_.mix(*send->frame);
            last = &send->frame;
        }
    }
}

void RunDigest::on_wishes(std::uint32_t, const market::Effects& wishes) {
    for (const market::Effect& wish : wishes) {
        digest_.mix(wish.index());
        if (const auto* tell = std::get_if<market::Tell>(&wish))
            digest_.mix(base::as_bytes(tell->id));
    }
}

}  // namespace hearsay::sim
