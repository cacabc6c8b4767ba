// The shell's side of a disk that is full, fails, or gives back something else than was written.
#include "app/node/resources.hpp"
#include "app/node/shell.hpp"
#include "base/limits/store.hpp"
#include "core/retention/retention.hpp"
#include "store/file.hpp"

namespace hearsay::app {
namespace {

namespace limits = base::limits;
using base::LogLevel;

// The person's records and the vault need room of the disk, whatever the flood store has in itself.
constexpr std::uint64_t own_disk_bytes_min = 4ULL << 20;

}  // namespace

std::string made_anew(const std::string& why) {
    return why + "; the store of what the network has was made anew, and is fetched again";
}

void Shell::pause(const base::Error& error) {
    const bool full = error.code == base::ErrorCode::exhausted;
    // Of damage of the flood store renew_flood() tells.
    const bool damaged = error.code == base::ErrorCode::corrupt;
    if (storage_ == StorageState::ready)
        log_.write(
            LogLevel::error, "store",
            error.text +
                (damaged ? "; the node pauses"
                         : "; the node pauses, keeps what it has and goes on by itself when the "
                           "disk allows"));
    storage_ = full ? StorageState::full : StorageState::failed;
    storage_text_ = error.text;
    engine_.pause();
    close_links();
    disk_timer_.arm(disk_look_interval);
}

void Shell::close_links() {
    if (links_)
        for (const net::LinkInfo& link : links_->list()) links_->close(link.link, false);
}

// Nothing: there is. The flood store's own free pages count, because what has expired leaves room
// there and the file never becomes shorter.
std::optional<base::Error> Shell::has_room() const {
    const std::uint64_t room = flood_.room_bytes();
    // While it is paused, a little more than nothing, lest it goes on for one item.
    if (room < std::min(flood_.room_bytes_max() / 16, limits::free_disk_bytes_min) &&
        storage_ != StorageState::ready)
        return base::Error{base::ErrorCode::exhausted,
                           "the store of the network's items has reached its largest size"};
    const auto free = store::free_disk_bytes(options_.data_dir);
    if (!free || *free >= limits::free_disk_bytes_min) return std::nullopt;
    if (*free >= own_disk_bytes_min &&
        *free + flood_.reusable_bytes() >= limits::free_disk_bytes_min)
        return std::nullopt;
    return base::Error{base::ErrorCode::exhausted, "the disk of " + options_.data_dir +
                                                       " has only " + std::to_string(*free >> 20) +
                                                       " MiB left"};
}

// As much as the map and the disk have room for, with what the store takes already; an eighth
// less, because pages are never quite full. Of it a sixth is for the index of words: texts of
// random letters take a fifth more than items are counted with (docs/benchmarks.md, disk-1m).
std::uint64_t Shell::store_budget() const {
    const store::FloodStats stats = flood_.stats();
    std::uint64_t room = flood_.room_bytes_max();
    if (const auto free = store::free_disk_bytes(options_.data_dir)) {
        const std::uint64_t there = *free + stats.disk_bytes;
        room = std::min(room, there - std::min(there, limits::free_disk_bytes_min));
    }
    return std::min(options_.store_budget, room / 8 * 7) / 6 * 5;
}

std::uint64_t Shell::disk_free_bytes() const {
    return store::free_disk_bytes(options_.data_dir).value_or(0);
}

void Shell::look_after_disk() {
    disk_timer_.arm(disk_look_interval);
    give_back_memory();
    if (flood_damaged_ && !renew_flood()) return;
    if (auto full = has_room()) {
        if (!is_paused()) pause(*full);
        return make_room();
    }
    if (!is_paused()) return sync_flood();
    links_->throttle(false);  // the core that asked for it is gone
    log_.write(LogLevel::info, "store", "the disk has room again; the node goes on");
    go_on();
}

void Shell::go_on() {
    storage_ = StorageState::ready;
    storage_text_.clear();
    begin_anew();
}

// The core is not stepped while the node pauses; what has expired goes all the same, or it would
// stay full for ever.
void Shell::make_room() {
    ask([this](Turn& turn) -> Finish {
        core::Effects effects;
        if (!clock_.doubts())
            core::Retention().on_timer(turn.instant, turn.flood_txn.view(), effects);
        std::size_t forgotten = 0;
        for (const core::Effect& effect : effects) {
            if (std::holds_alternative<core::Notify>(effect)) continue;
            forgotten += std::holds_alternative<core::Forget>(effect) ? 1 : 0;
            turn.flood_txn.apply(effect);
            if (turn.flood_txn.error()) break;  // shows again when the turn is committed
        }
        return [this, forgotten](const std::optional<base::Error>& failed) {
            if (!failed && forgotten > 0 && is_paused()) make_room();
        };
    });
}

// No transaction is open.
void Shell::on_failed_flood(const base::Error& error) {
    if (error.code != base::ErrorCode::corrupt) return pause(error);
    flood_damaged_ = true;
    storage_text_ = error.text;
    const base::MonoTime now = net::now().mono;
    const bool again =
        flood_renewed_ != base::MonoTime{} && now - flood_renewed_ < disk_look_interval;
    if (again || !renew_flood()) return pause(error);
    close_links();
    go_on();
}

bool Shell::renew_flood() {
    flood_renewed_ = net::now().mono;
    if (const auto made = flood_.make_anew(rng_.next() | 1, storage_text_); !made) {
        pause(made.error());
        return false;
    }
    log_.write(LogLevel::warning, "store", made_anew(storage_text_));
    flood_damaged_ = false;
    engine_.start_market(turn::Knows::what_is_unkept);  // it searched the old one
    return true;
}

// On a worker: the disk may take its time, the loop may not.
void Shell::sync_flood() {
    workers_.check([this]() -> Workers::Answer {
        const auto synced = flood_.sync();
        return [this, synced] {
            if (!synced && !stopped_) pause(synced.error());
        };
    });
}

}  // namespace hearsay::app
