// base/limits/person.hpp - bounds of what one person has: mailboxes, offers, inbox, outbox.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace hearsay::base::limits {

using namespace std::chrono_literals;

// Each new mail costs a worker one ML-KEM decapsulation a key, some 28 us (docs/scaling.md).
inline constexpr std::size_t mailbox_keys_max = 4096;
// A vault's file: with all mailboxes it takes about 300 KiB. Whatever is larger is no vault.
inline constexpr std::size_t vault_file_bytes_max = 4 * 1024 * 1024;
inline constexpr std::size_t own_offers_max = 1000;
inline constexpr std::size_t outbox_max = 1000;
inline constexpr std::size_t inbox_max = 100000;
// Unread letters of strangers in one mailbox, unless its owner says otherwise:
// more than anybody reads.
inline constexpr std::uint32_t strangers_mail_default = 500;
// Letters that found their mailbox or the inbox full and are tried again; beyond, they are refused.
inline constexpr std::size_t waiting_mail_max = 10000;
// All are in memory, and each is looked up by its persona: more than anybody names.
inline constexpr std::size_t friends_max = 1000;
// Lists of what is hidden or recommended: with both full they hold some 16,000 entries, which are
// all in memory, a few MB.
inline constexpr std::size_t own_lists_max = 32;
inline constexpr std::size_t subscriptions_max = 32;
// Where hidden items are laid aside, all of them are fetched and judged again when lists hide less.
// Who publishes a list that the user subscribes to brings that about no oftener than this.
inline constexpr Seconds less_hidden_pause = 1h;
// Each is a search at every tick in which something came.
inline constexpr std::size_t watches_max = 32;
// Matches of a watch that are told of at one tick; of more, the newest.
inline constexpr std::size_t watch_told_max = 100;
// Things that a watch has told of and remembers, so that a new version is not told of again.
inline constexpr std::size_t watch_remembered_max = 512;
// of ours on their way; beyond, a mail is not acknowledged
inline constexpr std::size_t receipts_max = 1000;
// Removals that are due or on their way; those of mail that came leave room for withdrawing one's
// own.
inline constexpr std::size_t mail_removals_max = 10000;
inline constexpr std::size_t read_removals_max = mail_removals_max - outbox_max;
inline constexpr std::size_t subject_bytes_max = 200;

}  // namespace hearsay::base::limits
