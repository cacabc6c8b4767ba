#include "core/relay/relay.hpp"

namespace hearsay::core {

void Relay::on_accepted(const Accepted& accepted, const Links& links, Effects& out) {
    const std::vector<item::ReadPtr> items{accepted.item};
    FramePtr frame;
    for (const auto& [id, link] : links.all()) {
        if (link.anonymous() || !link.greeted()) continue;
        if (accepted.sources.contains(id)) continue;
        if (!frame) {
            std::size_t from = 0;
            frame = encode_items(items, from);
        }
        out.push_back(Send{id, frame});
    }
}

}  // namespace hearsay::core
