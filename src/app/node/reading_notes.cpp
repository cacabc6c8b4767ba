#include "app/node/reading_notes.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace hearsay::app {
namespace {

namespace limits = base::limits;
using market::KeptRow;
using market::Readable;

constexpr std::size_t entry_bytes = 64;
constexpr std::size_t entry_head = 4;
constexpr std::size_t entries = limits::notes_max + limits::suspects_max;
constexpr std::string_view head("HSREADING\1", 10);
constexpr std::uint8_t is_mail = 0;
constexpr std::uint8_t is_row = 1;
using Entry = std::array<std::uint8_t, entry_bytes>;

// Its place in the file: the head comes first.
off_t place_of(std::size_t entry) {
    return static_cast<off_t>((entry + 1) * entry_bytes);
}

std::optional<Readable> what_of(base::ByteView entry) {
    const std::size_t size = entry[3];
    if (size > entry.size() - entry_head) return std::nullopt;
    const base::ByteView key = entry.subspan(entry_head, size);
    if (entry[1] == is_row) {
        const auto table = static_cast<market::Table>(entry[2]);
        if (!market::may_be_set_aside(table)) return std::nullopt;
        return KeptRow{table, base::to_bytes(key)};
    }
    if (entry[1] != is_mail) return std::nullopt;
    const auto id = base::ItemId::from(key);
    return id ? std::optional<Readable>(*id) : std::nullopt;
}

}  // namespace

base::Result<void> ReadingNotes::open(const std::string& path) {
    const auto failed = [&](const std::string& why) {
        fd_ = {};
        return base::fail(base::ErrorCode::io, path + ": " + why);
    };
    // O_NONBLOCK: somebody's FIFO of this name must not stop the start.
    fd_ = base::UniqueFd(::open(
        path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!fd_.valid()) return failed(std::strerror(errno));
    struct stat about{};
    if (::fstat(fd_.get(), &about) != 0 || !S_ISREG(about.st_mode)) return failed("it is no file");
    read();
    return {};
}

void ReadingNotes::read() {
    base::Bytes all((entries + 1) * entry_bytes);
    const ssize_t got = ::pread(fd_.get(), all.data(), all.size(), 0);
    const base::ByteView file =
        base::ByteView(all).first(got > 0 ? static_cast<std::size_t>(got) : 0);
    const bool ours = file.size() >= entry_bytes && base::as_text(file).starts_with(head);
    if (!ours) {
        std::ranges::fill(all, 0);
        std::ranges::copy(head, all.begin());
        [[maybe_unused]] const ssize_t written = ::pwrite(fd_.get(), all.data(), all.size(), 0);
        return;
    }
    for (std::size_t i = 0; i < entries && (i + 2) * entry_bytes <= file.size(); ++i) {
        const base::ByteView entry = file.subspan((i + 1) * entry_bytes, entry_bytes);
        const auto mark = static_cast<Mark>(entry[0]);
        const auto what = what_of(entry);
        if (!what) continue;
        if (mark == Mark::suspected) suspects_.push_back(*what);
        if (mark == Mark::read || mark == Mark::read_alone)
            left_.push_back({*what, mark == Mark::read_alone});
    }
}

void ReadingNotes::suspect(std::vector<Readable> all) {
    if (all.size() > limits::suspects_max) all.resize(limits::suspects_max);
    const std::size_t before = suspects_.size();
    suspects_ = std::move(all);
    for (std::size_t i = 0; i < limits::suspects_max; ++i) {
        if (i < suspects_.size())
            write(limits::notes_max + i, Mark::suspected, suspects_[i]);
        else if (i < before)
            erase(limits::notes_max + i);
    }
    if (left_.empty()) return;
    left_.clear();
    for (std::size_t i = 0; i < limits::notes_max; ++i)
        if (!taken_.at(i)) erase(i);
}

void ReadingNotes::write(std::size_t entry, Mark mark, const Readable& what) {
    if (!fd_.valid()) return;
    Entry out{};
    const auto* row = std::get_if<KeptRow>(&what);
    const base::ByteView key = row ? base::ByteView(row->key) : std::get<base::ItemId>(what).view();
    if (key.size() > entry_bytes - entry_head) return;
    out[0] = static_cast<std::uint8_t>(mark);
    out[1] = row ? is_row : is_mail;
    out[2] = row ? static_cast<std::uint8_t>(row->table) : 0;
    out[3] = static_cast<std::uint8_t>(key.size());
    std::copy(key.begin(), key.end(), out.begin() + entry_head);
    [[maybe_unused]] const ssize_t written =
        ::pwrite(fd_.get(), out.data(), out.size(), place_of(entry));
}

void ReadingNotes::erase(std::size_t entry) {
    if (!fd_.valid()) return;
    const std::uint8_t nothing = static_cast<std::uint8_t>(Mark::nothing);
    [[maybe_unused]] const ssize_t written = ::pwrite(fd_.get(), &nothing, 1, place_of(entry));
}

ReadingNotes::Note ReadingNotes::note(const Readable& what, bool alone) {
    if (!fd_.valid()) return {};
    for (std::size_t slot = 0; slot < taken_.size(); ++slot) {
        if (taken_.at(slot).exchange(true)) continue;
        write(slot, alone ? Mark::read_alone : Mark::read, what);
        return {this, slot};
    }
    return {};
}

ReadingNotes::Note& ReadingNotes::Note::operator=(Note&& other) noexcept {
    if (this == &other) return *this;
    end();
    notes_ = std::exchange(other.notes_, nullptr);
    slot_ = other.slot_;
    return *this;
}

void ReadingNotes::Note::turn_to(const Readable& what) {
    if (notes_) notes_->write(slot_, Mark::read, what);
}

void ReadingNotes::Note::end() {
    ReadingNotes* const notes = std::exchange(notes_, nullptr);
    if (!notes) return;
    notes->erase(slot_);
    notes->taken_.at(slot_) = false;
}

}  // namespace hearsay::app
