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
// The core hears of a budget that changed by this part at least.
constexpr std::uint64_t budget_step = 64;

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
    const bool freed = full && reserve_.release();
    disk_timer_.arm(freed ? base::Millis(0) : disk_look_interval);
}

void Shell::close_links() {
    if (links_)
        for (const net::LinkInfo& link : links_->list()) links_->close(link.link, false);
}

// Nothing: there is. What the network's items may take of a disk that fills is the budget's matter
// (store_budget()); here only whether anything can be kept at all.
std::optional<base::Error> Shell::has_room() {
    const std::uint64_t room = flood_.room_bytes();
    // While it is paused, a little more than nothing, lest it goes on for one item.
    if (room < std::min(flood_.room_bytes_max() / 16, limits::free_disk_bytes_min) &&
        storage_ != StorageState::ready)
        return base::Error{base::ErrorCode::exhausted,
                           "the store of the network's items has reached its largest size"};
    const auto free = store::free_disk_bytes(options_.data_dir);
    // While it is paused, twice as much, lest it goes on for one record.
    const std::uint64_t least = own_disk_bytes_min * (storage_ == StorageState::ready ? 1 : 2);
    if (!free || *free >= least) return std::nullopt;
    if (reserve_.release()) {
        log_.write(LogLevel::warning, "store",
                   "the disk of " + options_.data_dir +
                       " is full; what was set aside for that is used up now");
        return has_room();
    }
    return base::Error{base::ErrorCode::exhausted, "the disk of " + options_.data_dir +
                                                       " has only " + std::to_string(*free >> 20) +
                                                       " MiB left"};
}

// As much as the map and the disk have room for. What the store's file takes already it keeps,
// since a file never becomes shorter: where others fill the disk, what comes takes the pages of
// what goes. An eighth is for what comes on top of what is counted: pages that cannot be reused at
// once, and entries of the index whose items are gone.
std::uint64_t Shell::store_budget() const {
    const store::FloodStats stats = flood_.stats();
    std::uint64_t room = flood_.room_bytes_max();
    if (const auto free = store::free_disk_bytes(options_.data_dir)) {
        const std::uint64_t spare = *free - std::min(*free, limits::free_disk_bytes_min);
        room = std::min(room, stats.disk_bytes + spare);
    }
    return std::min(options_.store_budget, room) / 8 * 7;
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
    if (!is_paused()) {
        follow_room();
        if (const auto kept = reserve_.keep(); !kept)
            log_.write(LogLevel::debug, "store", kept.error().text);
        return sync_flood();
    }
    links_->throttle(false);  // the core that asked for it is gone
    log_.write(LogLevel::info, "store", "the disk has room again; the node goes on");
    go_on();
}

// The disk fills or is freed while the node runs.
void Shell::follow_room() {
    const std::uint64_t now = store_budget();
    const std::uint64_t before = node().retention().budget_bytes();
    const std::uint64_t change = now > before ? now - before : before - now;
    if (change <= before / budget_step) return;
    log_.write(now < before ? LogLevel::warning : LogLevel::info, "store",
               "the network's items may take " + std::to_string(now >> 20) + " MiB instead of " +
                   std::to_string(before >> 20) + ": what the disk has room for");
    post(core::SetBudget{now});
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
