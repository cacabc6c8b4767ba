#include "app/cli/attachments.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "app/cli/new_file.hpp"
#include "app/cli/text.hpp"

namespace hearsay::app::cli {

namespace {

// The largest padded mail; what exactly fits, the node says.
constexpr std::uintmax_t file_bytes_max = 32 * 1024;

// More than one mail holds.
constexpr int numbers_max = 1000;
constexpr std::size_t name_bytes_max = 200;

std::string numbered(const std::string& name, int number) {
    if (number == 1) return name;
    const std::size_t dot = name.rfind('.');
    const std::size_t end = dot == std::string::npos || dot == 0 ? name.size() : dot;
    return name.substr(0, end) + " (" + std::to_string(number) + ")" + name.substr(end);
}

bool has_content(const std::string& path, const std::string& content) {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(path, failed)))
        return false;
    if (std::filesystem::file_size(path, failed) != content.size() || failed) return false;
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {}) == content;
}

// What became of it, and whether it is there now.
std::pair<std::string, bool> save(const api::Attachment& attachment, const std::string& directory) {
    const std::string name = safe_name(attachment.name());
    const std::string changed = name == attachment.name() ? ""
                                                          : "; its sender named it \"" +
                                                                safe_line(attachment.name()) + "\"";
    for (int number = 1; number <= numbers_max; ++number) {
        const std::string path =
            (std::filesystem::path(directory) / numbered(name, number)).string();
        if (has_content(path, attachment.content()))
            return {safe_line(path) + " is there already" + changed, true};
        std::error_code failed;
        if (std::filesystem::exists(std::filesystem::symlink_status(path, failed))) continue;
        if (const auto written = write_new(path, attachment.content()); !written)
            return {"not saved: " + safe_line(written.error()) + changed, false};
        return {"Saved " + safe_line(path) + changed, true};
    }
    return {"not saved: " + safe_line(name) + " is there in " + std::to_string(numbers_max) +
                " versions",
            false};
}

}  // namespace

std::string safe_name(const std::string& name) {
    // A path of any system leads nowhere.
    const std::size_t slash = name.find_last_of("/\\");
    std::string out = safe_line(slash == std::string::npos ? name : name.substr(slash + 1));
    for (char& c : out)
        if (c == ':' || c == '|' || c == '<' || c == '>' || c == '"' || c == '*' || c == '?')
            c = '_';
    const std::size_t begin = std::min(out.find_first_not_of(" ."), out.size());
    const bool hidden = begin > 0;
    out.erase(0, begin);
    if (hidden && !out.empty()) out.insert(0, "_");
    while (out.size() > name_bytes_max) {  // whole characters
        out.pop_back();
        while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0U) == 0x80)
            out.pop_back();
        if (!out.empty() && (static_cast<unsigned char>(out.back()) & 0x80U) != 0) out.pop_back();
    }
    while (!out.empty() && (out.back() == ' ' || out.back() == '.')) out.pop_back();
    return out.empty() ? "attachment" : out;
}

std::expected<std::vector<std::string>, std::string> attach(const std::vector<std::string>& files,
                                                            api::MailDraft& draft) {
    std::vector<std::string> notes;
    for (const std::string& path : files) {
        std::ifstream file(path, std::ios::binary);
        std::string content;
        if (file && !std::filesystem::is_directory(path)) {
            content.resize(file_bytes_max + 1);
            file.read(content.data(), static_cast<std::streamsize>(content.size()));
            content.resize(static_cast<std::size_t>(file.gcount()));
        }
        if (!file.eof()) {
            if (content.size() > file_bytes_max)
                return std::unexpected("--attach: " + path +
                                       " is larger than 32 KiB, the most that a mail takes");
            return std::unexpected("--attach: " + cannot_read(path));
        }
        const std::string name = std::filesystem::path(path).filename().string();
        for (const api::Attachment& other : draft.attachments())
            if (other.name() == name)
                return std::unexpected("--attach: two files are named " + name +
                                       ", and its reader sees names only: rename one");
        if (safe_name(name) != name)
            notes.push_back(safe_line(name) + ": its reader's machine saves it as " +
                            safe_name(name));
        api::Attachment& attachment = *draft.add_attachments();
        attachment.set_name(name);
        attachment.set_content(std::move(content));
    }
    return notes;
}

std::expected<Saved, std::string> save_attachments(const api::Mail& mail,
                                                   const std::string& directory) {
    std::error_code failed;
    std::filesystem::create_directories(directory, failed);
    if (failed) return std::unexpected(directory + ": " + failed.message());
    Saved out;
    for (const api::Attachment& attachment : mail.attachments()) {
        auto [line, there] = save(attachment, directory);
        out.lines.push_back(std::move(line));
        out.whole &= there;
    }
    return out;
}

}  // namespace hearsay::app::cli
