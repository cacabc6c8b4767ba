// sim/checks/holdings.hpp - what each node ever stored, and what was superseded or removed there:
// what the rules of versions (S3) and the meters compare a step with.
#pragma once

#include "sim/observer.hpp"

namespace hearsay::sim {

class Holdings final : public Observer {
public:
    explicit Holdings(const RunView& view) : view_(view) {}

    // A lost disk has nothing, and remembers nothing.
    bool has_stored(std::uint32_t at, ItemNumber number) const {
        return marked(stored_, at, number);
    }
    bool has_dropped(std::uint32_t at, ItemNumber number) const {
        return marked(dropped_, at, number);
    }
    // It neither holds the item nor ever did.
    bool lacks(std::uint32_t at, ItemNumber number) const {
        return !has_stored(at, number) && !view_.holds(at, number);
    }

    void on_kept(std::uint32_t at, const core::Effects& kept) override;
    void on_disk_lost(std::uint32_t at) override;

private:
    using Marks = std::vector<std::vector<bool>>;  // by node and item
    static bool marked(const Marks& marks, std::uint32_t at, ItemNumber number) {
        return at < marks.size() && number < marks[at].size() && marks[at][number];
    }
    static void mark(Marks& marks, std::uint32_t at, ItemNumber number);

    const RunView& view_;
    Marks stored_;
    Marks dropped_;
};

}  // namespace hearsay::sim
