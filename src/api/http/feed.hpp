// api/http/feed.hpp - what answers without an end are made of: each line that is fed goes to all
// who read at that moment and want it, in the order in which they joined.
//
// Lines with a number are kept, the last kept_max of them, so that who joins again can ask for what
// it missed. Numbers rise. Whether something between is lost, the feed knows (knows_since).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hearsay::api {

// What a line is about; of number 0 nothing is kept.
struct FeedMark {
    std::uint64_t number = 0;
    std::string kind{};
    std::string topic{};
};

// Which lines a reader wants: of one of these kinds (none: of any), and of this topic.
struct FeedFilter {
    std::set<std::string> kinds{};
    std::string topic{};  // empty: any
    bool wants(const FeedMark& mark) const {
        return (kinds.empty() || kinds.contains(mark.kind)) &&
               (topic.empty() || topic == mark.topic);
    }
};

class Feed {
public:
    static constexpr std::size_t kept_max = 1000;

    using Mark = FeedMark;
    using Filter = FeedFilter;

    class Reader {
    public:
        // May leave the feed, or make others leave it.
        virtual void on_fed(std::string_view bytes) = 0;

    protected:
        ~Reader() = default;
    };

    Feed() = default;
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    // Each at most once; who joined leaves before it ends.
    void join(Reader& reader, Filter filter = {});
    void leave(Reader& reader);
    void feed(std::string_view bytes, const Mark& mark = {});

    // The number of the last line; the next ones are above it.
    std::uint64_t last() const { return last_; }
    void begin_after(std::uint64_t number) { last_ = number; }
    // Whether all lines after this one are kept.
    bool knows_since(std::uint64_t number) const;
    // Those that are kept and wanted, one after the other.
    std::string since(std::uint64_t number, const Filter& filter) const;
    std::size_t readers() const { return readers_.size(); }

private:
    struct Joined {
        Reader* reader = nullptr;
        Filter filter{};
    };
    struct Kept {
        Mark mark{};
        std::string line{};
    };
    std::vector<Joined> readers_;  // some dozens: a connection each
    std::deque<Kept> kept_;        // oldest first
    std::uint64_t last_ = 0;
};

}  // namespace hearsay::api
