// hearsay_vectors DIR          writes the test vectors
// hearsay_vectors --check DIR  compares DIR with what would be written; 1 if they differ
// hearsay_vectors --judge      answers each line of standard input with one of verdicts:
//     frame HEX | item HEADER PAYLOAD SIGNATURE NONCE (each hex, "-" for nothing)
//     | content KIND PAYLOAD | text HEX | line HEX
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "core/messages.hpp"
#include "item/kinds.hpp"
#include "item/text.hpp"
#include "vectors.hpp"

namespace hearsay::vectors {
namespace {

std::string escaped(const std::string& ascii) {
    std::string out = "\"";
    for (const char c : ascii) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    return out + "\"";
}

std::vector<File> all() {
    return {keys(), texts(), items(), levels(), versions(), frames(), sets(), letters(), trades()};
}

int write(const std::filesystem::path& folder) {
    for (const File& file : all()) {
        std::ofstream out(folder / (file.name + ".json"), std::ios::binary);
        out << file.json();
        if (!out.flush()) {
            std::cerr << "cannot write " << folder / (file.name + ".json") << "\n";
            return 1;
        }
    }
    return 0;
}

int check(const std::filesystem::path& folder) {
    int wrong = 0;
    for (const File& file : all()) {
        std::ifstream in(folder / (file.name + ".json"), std::ios::binary);
        const std::string found{std::istreambuf_iterator<char>(in), {}};
        const bool same = in && found == file.json();
        std::cout << file.name << ": " << file.entries.size()
                  << (same ? " vectors" : " vectors, differ") << "\n";
        wrong += same ? 0 : 1;
    }
    return wrong == 0 ? 0 : 1;
}

base::Bytes bytes_of(const std::string& word) {
    return word == "-" ? base::Bytes() : base::from_hex(word).value_or(base::Bytes());
}

// A payload in an item of this kind of which nothing else is looked at.
std::string judge_content(const std::string& kind, const base::Bytes& payload) {
    item::Read read;
    read.header.kind = static_cast<item::Kind>(std::strtoul(kind.c_str(), nullptr, 10));
    read.header.claim = item::Publication{};
    read.item.payload = payload;
    return item::content_problem(read) ? "item_bad_content" : "ok";
}

std::string judge(const std::string& line) {
    std::istringstream in(line);
    std::string what;
    std::string words[4];
    in >> what >> words[0] >> words[1] >> words[2] >> words[3];
    if (what == "frame") return judge_frame(bytes_of(words[0]));
    if (what == "item")
        return judge_item({bytes_of(words[0]), bytes_of(words[1]), bytes_of(words[2]), 0});
    if (what == "content") return judge_content(words[0], bytes_of(words[1]));
    if (what == "text" || what == "line")
        return item::is_clean_text(base::as_text(bytes_of(words[0])), what == "text") ? "ok"
                                                                                      : "refused";
    return "what is that?";
}

}  // namespace

Entry& Entry::text(const std::string& name, const std::string& ascii) {
    fields_.emplace_back(name, escaped(ascii));
    return *this;
}

Entry& Entry::number(const std::string& name, std::int64_t value) {
    fields_.emplace_back(name, std::to_string(value));
    return *this;
}

Entry& Entry::flag(const std::string& name, bool value) {
    fields_.emplace_back(name, value ? "true" : "false");
    return *this;
}

std::string Entry::json() const {
    std::string out;
    for (const auto& [name, value] : fields_)
        out += (out.empty() ? "    {" : ",\n     ") + escaped(name) + ": " + value;
    return out + "}";
}

std::string File::json() const {
    std::string out = "{\n  \"about\": " + escaped(about) + ",\n  \"vectors\": [\n";
    for (std::size_t at = 0; at < entries.size(); ++at)
        out += entries[at].json() + (at + 1 < entries.size() ? ",\n" : "\n");
    return out + "  ]\n}\n";
}

std::string verdict(const std::optional<base::Fault>& fault) {
    return fault ? std::string(base::name(*fault)) : "ok";
}

std::string judge_frame(base::ByteView frame) {
    const auto parsed = core::parse(frame);
    return parsed ? "ok" : std::string(base::name(parsed.error()));
}

}  // namespace hearsay::vectors

int main(int count, char** arguments) {
    using namespace hearsay::vectors;
    const std::vector<std::string> words(arguments + 1, arguments + count);
    if (words.size() == 2 && words[0] == "--check") return check(words[1]);
    if (words == std::vector<std::string>{"--judge"}) {
        for (std::string line; std::getline(std::cin, line);) std::cout << judge(line) << "\n";
        return 0;
    }
    if (words.size() == 1 && !words[0].starts_with("-")) return write(words[0]);
    std::cerr << "usage: hearsay_vectors DIR | --check DIR | --judge\n";
    return 2;
}
