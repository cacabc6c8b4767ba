#include "store/unsynced.hpp"

#include "base/ensure.hpp"
#include "store/file.hpp"

namespace hearsay::store {
namespace {
constexpr std::size_t marker_bytes_max = 128;
}

std::string system_boot_id() {
    const auto content = read_file("/proc/sys/kernel/random/boot_id", marker_bytes_max);
    if (!content) return {};
    std::string text = base::to_text(*content);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

Unsynced::Unsynced(std::string directory, std::string boot_id)
    : path_(std::move(directory) + "/unsynced"),
      boot_id_(std::move(boot_id)),
      marked_(file_exists(path_)) {}

bool Unsynced::machine_died() const {
    const auto content = read_private_file(path_, marker_bytes_max);
    if (!content) return content.error().code != base::ErrorCode::not_found;
    return boot_id_.empty() || base::as_text(*content) != boot_id_;
}

void Unsynced::forget() {
    const std::lock_guard lock(mutex_);
    marked_ = false;
}

base::Result<void> Unsynced::before_commit() {
    const std::lock_guard lock(mutex_);
    ENSURE(!committing_, "one commit at a time");
    if (!marked_) {
        if (auto written = replace_file(path_, base::as_bytes(boot_id_)); !written) return written;
        marked_ = true;
    }
    committing_ = true;
    ++commits_;
    return {};
}

void Unsynced::after_commit() {
    const std::lock_guard lock(mutex_);
    committing_ = false;
}

std::uint64_t Unsynced::before_sync() {
    const std::lock_guard lock(mutex_);
    return committing_ ? 0 : commits_;  // 0 is no commit's number: the marker stays
}

base::Result<void> Unsynced::after_sync(std::uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    if (ticket != commits_ || !marked_) return {};
    if (auto removed = remove_file(path_); !removed) return removed;
    marked_ = false;
    return {};
}

}  // namespace hearsay::store
