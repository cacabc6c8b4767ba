// api/http/feed.hpp - what answers without an end are made of: each line that is fed goes to all
// who read at that moment, in the order in which they joined. Nothing is kept and nothing repeated.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace hearsay::api {

class Feed {
public:
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
    void join(Reader& reader);
    void leave(Reader& reader);
    void feed(std::string_view bytes);
    std::size_t readers() const { return readers_.size(); }

private:
    std::vector<Reader*> readers_;  // some dozens: a connection each
};

}  // namespace hearsay::api
