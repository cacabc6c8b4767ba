// base/overloaded.hpp - one function object out of several lambdas, for std::visit. A variant's
// type that none of them takes does not compile.
#pragma once

namespace hearsay::base {

template <class... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};

}  // namespace hearsay::base
