// sim/checks/secrecy.hpp - S7: what a maker may show of its own item, and when the item got out.
//
// Until a copy came to its maker over one of its links, an item is its secret. The maker neither
// stores nor sends it, in whatever frame. Its id it passes on, or asks for, only once it was
// announced or listed there, as anybody would. What the maker hands over anonymously (Inject) is
// the one exception, and not seen here: it is sent by a visit.
#pragma once

#include <map>

#include "sim/failures.hpp"
#include "sim/frame_items.hpp"

namespace hearsay::sim {

class Secrecy final : public Observer {
public:
    Secrecy(const RunView& view, FrameItems& frames, Failures& failures)
        : view_(view), frames_(frames), failures_(failures) {}

    // When an honest node that did not make it got the item; zero: not yet.
    base::MonoTime out(ItemNumber number) const { return out_[number]; }

    void on_made(ItemNumber number) override;
    void on_step(std::uint32_t at, const core::Input& input, const core::Effects& effects) override;
    void on_applied(std::uint32_t at, const core::Input& input,
                    const core::Effects& effects) override;
    void on_arrival(const Arrival& arrival) override;

private:
    // What no copy came of yet, and whether it was announced to its maker.
    using Secrets = std::map<ItemNumber, bool>;
    void check(std::uint32_t at, const Secrets& secrets, const core::FramePtr& frame);

    const RunView& view_;
    FrameItems& frames_;
    Failures& failures_;
    std::vector<Secrets> secrets_;  // by node
    std::vector<base::MonoTime> out_;
};

}  // namespace hearsay::sim
