// app/node/reading_notes.hpp - the file `reading`: which mail or record is being read at this
// moment, so that the next start knows if the process dies of it (market/mail/blame.hpp).
//
// What has to survive is the death of this process, not that of the machine: a write to a file
// does, synced or not. So a note costs a system call and no wait for the disk, and a node that
// reads nothing writes nothing. (A mapped page would cost less, and end the node with SIGBUS once
// the disk is full.) After a loss of power the notes may be old or missing:
// then one end more is needed, or an innocent mail is read by itself once.
//
//     64 bytes     "HSREADING", version 1, zeros
//     then 512 entries of 64 bytes, of which the first 256 are notes and the others suspects:
//     1            0 nothing, 1 is being read, 2 is being read by itself, 3 is suspected
//     1            0 a mail, 1 a record
//     1 1          the record's table, the size of what follows
//     60           the mail's item id, or the record's key as it lies in the own store
//
// What cannot be written is not noted: a full disk does not keep anybody from reading.
// What does not read is nothing.
#pragma once

#include <array>
#include <atomic>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/limits/quarantine.hpp"
#include "base/unique_fd.hpp"
#include "market/mail/blame.hpp"

namespace hearsay::app {

class ReadingNotes {
public:
    ReadingNotes() = default;  // of no file: nothing is noted
    ReadingNotes(const ReadingNotes&) = delete;
    ReadingNotes& operator=(const ReadingNotes&) = delete;

    // Made if it is not there. An error: it cannot be used, and nothing is noted.
    base::Result<void> open(const std::string& path);
    // What the last run left.
    const std::vector<market::Readable>& suspects() const { return suspects_; }
    const std::vector<market::UnderReading>& left() const { return left_; }

    // On the loop's thread. The first time, what the last run left is forgotten.
    void suspect(std::vector<market::Readable> all);

    // It lies there as long as this lives. Any thread.
    class Note {
    public:
        Note() = default;
        Note(Note&& other) noexcept
            : notes_(std::exchange(other.notes_, nullptr)), slot_(other.slot_) {}
        Note& operator=(Note&& other) noexcept;
        // An exception on its way ends the process (base/guard.hpp):
        // what was read then stays noted.
        ~Note() {
            if (std::uncaught_exceptions() == 0) end();
        }
        // The same note of something else: half the price.
        void turn_to(const market::Readable& what);
        void end();
        explicit operator bool() const { return notes_ != nullptr; }

    private:
        friend class ReadingNotes;
        Note(ReadingNotes* notes, std::size_t slot) : notes_(notes), slot_(slot) {}
        ReadingNotes* notes_ = nullptr;
        std::size_t slot_ = 0;
    };
    Note note(const market::Readable& what, bool alone);

private:
    enum class Mark : std::uint8_t { nothing = 0, read = 1, read_alone = 2, suspected = 3 };
    void read();
    void write(std::size_t entry, Mark mark, const market::Readable& what);
    void erase(std::size_t entry);

    base::UniqueFd fd_;
    std::array<std::atomic<bool>, base::limits::notes_max> taken_{};
    std::vector<market::Readable> suspects_;
    std::vector<market::UnderReading> left_;
};

}  // namespace hearsay::app
