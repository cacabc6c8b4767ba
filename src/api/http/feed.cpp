#include "api/http/feed.hpp"

#include <algorithm>

#include "base/ensure.hpp"

namespace hearsay::api {

void Feed::join(Reader& reader, Filter filter) {
    ENSURE(std::ranges::find(readers_, &reader, &Joined::reader) == readers_.end(),
           "who reads a feed joins it once");
    readers_.push_back({&reader, std::move(filter)});
}

void Feed::leave(Reader& reader) {
    std::erase_if(readers_, [&](const Joined& each) { return each.reader == &reader; });
}

void Feed::feed(std::string_view bytes, const Mark& mark) {
    if (mark.number != 0) {
        ENSURE(mark.number > last_, "numbers of lines rise");
        last_ = mark.number;
        kept_.push_back({mark, std::string(bytes)});
        if (kept_.size() > kept_max) kept_.pop_front();
    }
    std::vector<Reader*> wanting;
    for (const Joined& each : readers_)
        if (each.filter.wants(mark)) wanting.push_back(each.reader);
    // Some may leave meanwhile: those are passed over, they may not exist any more.
    for (Reader* const reader : wanting)
        if (std::ranges::find(readers_, reader, &Joined::reader) != readers_.end())
            reader->on_fed(bytes);
}

bool Feed::knows_since(std::uint64_t number) const {
    if (number > last_) return false;  // of another run, by a clock that was ahead
    return kept_.empty() ? number == last_ : number + 1 >= kept_.front().mark.number;
}

std::string Feed::since(std::uint64_t number, const Filter& filter) const {
    std::string out;
    for (const Kept& each : kept_)
        if (each.mark.number > number && filter.wants(each.mark)) out += each.line;
    return out;
}

}  // namespace hearsay::api
