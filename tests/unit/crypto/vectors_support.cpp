#include "vectors_support.hpp"

#include <fstream>

namespace hearsay::crypto::test {

std::vector<Case> cases(const std::string& file) {
    std::ifstream in(HEARSAY_CRYPTO_VECTORS "/" + file);
    std::vector<Case> out(1);
    for (std::string line; std::getline(in, line);) {
        const std::size_t space = line.find(' ');
        if (space != std::string::npos)
            out.back().fields_[line.substr(0, space)] = line.substr(space + 1);
        else if (!out.back().fields_.empty())
            out.emplace_back();
    }
    if (out.back().fields_.empty()) out.pop_back();
    ENSURE(!out.empty(), "a file of vectors is missing or empty");
    return out;
}

}  // namespace hearsay::crypto::test
