// vectors/vectors.hpp - test vectors for second implementations (docs/vectors): what each file
// holds, made from fixed numbers, so that every run makes the same bytes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "base/fault.hpp"
#include "item/item.hpp"

namespace hearsay::vectors {

// One vector: what it shows, and named values in order.
class Entry {
public:
    explicit Entry(const std::string& about) { text("about", about); }
    Entry& text(const std::string& name, const std::string& ascii);
    Entry& hex(const std::string& name, base::ByteView bytes) {
        return text(name, base::to_hex(bytes));
    }
    Entry& number(const std::string& name, std::int64_t value);
    Entry& flag(const std::string& name, bool value);
    std::string json() const;

private:
    std::vector<std::pair<std::string, std::string>> fields_;  // values as JSON
};

// A file of docs/vectors.
struct File {
    std::string name;
    std::string about;
    std::vector<Entry> entries;
    std::string json() const;
};

File keys();
File texts();
File items();
File levels();
File versions();
File frames();
File sets();
File letters();
File trades();

// "ok", or the fault's name.
std::string verdict(const std::optional<base::Fault>& fault);
// Rules 1 to 4 of an item of network 3 ("sim"), as item::read() judges them;
// and all rules but 5 and 8, at `now`.
std::string judge_item(const item::Item& item);
std::string judge_whole_item(const item::Item& item, base::WallTime now);
std::string judge_frame(base::ByteView frame);

}  // namespace hearsay::vectors
