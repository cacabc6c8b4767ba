#include "app/cli/attachments.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

#include "app/cli/text.hpp"

namespace hearsay::app::cli {

namespace {

// The largest padded mail; what exactly fits, the node says.
constexpr std::uintmax_t file_bytes_max = 32 * 1024;

bool is_plain_name(const std::string& name) {
    return !name.empty() && name.front() != '.' && name.find('/') == std::string::npos &&
           safe_line(name) == name;
}

std::expected<void, std::string> write_new(const std::string& path, const std::string& content) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return std::unexpected(path + ": " + std::strerror(errno));
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t step = write(file, content.data() + done, content.size() - done);
        if (step < 0 && errno == EINTR) continue;
        if (step < 0) break;
        done += static_cast<std::size_t>(step);
    }
    const int failed = done < content.size() ? errno : 0;
    if (close(file) != 0 || failed != 0) {
        const std::string why = std::strerror(failed != 0 ? failed : errno);
        unlink(path.c_str());
        return std::unexpected(path + ": " + why);
    }
    return {};
}

}  // namespace

std::expected<void, std::string> attach(const std::vector<std::string>& files, api::MailDraft& draft) {
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

std::expected<std::vector<std::string>, std::string> save_attachments(const api::Mail& mail,
                                                                      const std::string& directory) {
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
