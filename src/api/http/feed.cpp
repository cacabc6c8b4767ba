#include "api/http/feed.hpp"

#include <algorithm>

#include "base/ensure.hpp"

namespace hearsay::api {

void Feed::join(Reader& reader) {
    ENSURE(std::find(readers_.begin(), readers_.end(), &reader) == readers_.end(),
           "who reads a feed joins it once");
    readers_.push_back(&reader);
}

void Feed::leave(Reader& reader) {
    std::erase(readers_, &reader);
}

void Feed::feed(std::string_view bytes) {
    // A copy, because some may leave meanwhile: those are passed over, they may not exist any more.
    const std::vector<Reader*> all = readers_;
    for (Reader* const reader : all)
        if (std::find(readers_.begin(), readers_.end(), reader) != readers_.end())
            reader->on_fed(bytes);
}

}  // namespace hearsay::api
