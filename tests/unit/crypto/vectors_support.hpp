// The files of published vectors in data/: cases with an empty line between two, each of lines
// "name value". data/from_published.py makes them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crypto_support.hpp"

namespace hearsay::crypto::test {

class Case {
public:
    bool has(const std::string& name) const { return fields_.contains(name); }
    const std::string& text(const std::string& name) const {
        const auto at = fields_.find(name);
        ENSURE(at != fields_.end(), "a vector without one of its fields");
        return at->second;
    }
    std::size_t number(const std::string& name) const { return std::stoul(text(name)); }
    base::Bytes bytes(const std::string& name) const { return hex(text(name)); }
    template <class Fixed>
    Fixed value(const std::string& name) const {
        return fixed<Fixed>(text(name));
    }

private:
    friend std::vector<Case> cases(const std::string& file);
    std::map<std::string, std::string> fields_;
};
// Never empty.
std::vector<Case> cases(const std::string& file);

}  // namespace hearsay::crypto::test
