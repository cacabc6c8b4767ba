#include "app/cli/attachments.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/cli/new_file.hpp"
#include "app/cli/text.hpp"

namespace hearsay::app::cli {

namespace {

// The largest padded mail; what exactly fits, the node says.
constexpr std::uintmax_t file_bytes_max = 32 * 1024;

bool is_plain_name(const std::string& name) {
    return !name.empty() && name.front() != '.' && name.find('/') == std::string::npos &&
           safe_line(name) == name;
}

}  // namespace

std::expected<void, std::string> attach(const std::vector<std::string>& files,
                                        api::MailDraft& draft) {
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
            return std::unexpected("--attach: cannot read " + path);
        }
        api::Attachment& attachment = *draft.add_attachments();
        attachment.set_name(std::filesystem::path(path).filename().string());
        attachment.set_content(std::move(content));
    }
    return {};
}

std::expected<std::vector<std::string>, std::string> save_attachments(
    const api::Mail& mail, const std::string& directory) {
    std::error_code failed;
    std::filesystem::create_directories(directory, failed);
    if (failed) return std::unexpected(directory + ": " + failed.message());
    std::vector<std::string> out;
    for (const api::Attachment& attachment : mail.attachments()) {
        if (!is_plain_name(attachment.name()))
            return std::unexpected(
                "an attachment is named \"" + safe_line(attachment.name()) +
                "\", which is no plain file name; hearsay --json mail read shows its content");
        const std::string path = (std::filesystem::path(directory) / attachment.name()).string();
        if (const auto written = write_new(path, attachment.content()); !written)
            return std::unexpected(written.error());
        out.push_back(path);
    }
    return out;
}

}  // namespace hearsay::app::cli
