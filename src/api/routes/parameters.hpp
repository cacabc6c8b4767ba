// api/routes/parameters.hpp - the one place for what follows the '?' of a target: which names a
// route takes, what each may hold, and how much of a list a page is.
//
// Rules: NAME=VALUE, joined by '&'. Only texts are percent-encoded (RFC 3986, section 2.1), because
// no other value needs it; '+' stands for itself. Each name is known to the route and given once at
// most; anything else is `invalid`, and the text says what was expected.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/backend.hpp"

namespace hearsay::api {

class Parameters {
public:
    // limit=N, N from 1 to api_list_max; api_list_default without it.
    void limit(Page& out);
    // And page=N, from 1 on; what both name ends within api_listed_max.
    void page(Page& out);
    // NAME=true or NAME=false; as it was without it. `name` outlives this.
    void flag(std::string_view name, bool& out);

    // NAME=TEXT, percent-encoded UTF-8 without control characters; as it was without it. `name`
    // outlives this.
    void text(std::string_view name, std::string& out);

    // Into the places given; they are changed also where a later one is refused.
    base::Result<void> read(std::string_view query) const;

private:
    struct Parameter {
        std::string_view name;
        std::string expected;
        std::function<bool(std::string_view)> take;  // false: not what is expected
    };
    std::string expected() const;
    std::vector<Parameter> all_;
    const Page* bounded_ = nullptr;
};

}  // namespace hearsay::api
