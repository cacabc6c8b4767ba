#include "sim/checks/sent_items.hpp"

#include "base/limits/frames.hpp"
#include "core/messages.hpp"
#include "sim/frames.hpp"

namespace hearsay::sim {

void SentItems::on_applied(std::uint32_t at, const core::Input&, const core::Effects& effects) {
    const core::FramePtr* last = nullptr;  // the same for many links
    for (const core::Effect& effect : effects) {
        const auto* send = std::get_if<core::Send>(&effect);
        if (!send || (last && *last == send->frame)) continue;
        check(at, send->frame);
        last = &send->frame;
    }
}

void SentItems::check(std::uint32_t at, const core::FramePtr& frame) {
    const auto fail = [&](const std::string& what) { failures_.add(at, what); };
    if (frame->size() > base::limits::frame_bytes_max) fail("S6: a frame over the limit");
    const bool is_items = kind_of(*frame) == frame_items;
    if (!is_items && !core::parse(*frame)) fail("S6: a frame that nobody may accept");
    for (const ItemNumber number : frames_.in(frame)) {
        if (number == no_item) {
            fail("S1: it sends an item that nobody made");
            continue;
        }
        const item::ReadPtr item = view_.nodes[at].store.get(view_.oracle[number].item->id);
        if (!item)
            fail("S4: it sends an item that is not alive in its store");
        else if (item->header.expires <= view_.time_of(at).wall)
            fail("S2: it sends an expired item");
    }
}

}  // namespace hearsay::sim
