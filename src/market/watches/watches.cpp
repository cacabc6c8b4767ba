#include "market/watches/watches.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.hpp"
#include "base/limits/person.hpp"
#include "item/kinds/profile.hpp"
#include "market.pb.h"
#include "market/address.hpp"
#include "search/fields.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;

constexpr std::size_t name_letters_max = 40;

// Parameters that say what is searched; how much and in which order is the watch's.
using Parameter = std::pair<std::string_view, std::string SearchDraft::*>;
constexpr std::array<Parameter, 18> parameters{{
    {"q", &SearchDraft::words},
    {"kind", &SearchDraft::kind},
    {"by", &SearchDraft::by},
    {"tag", &SearchDraft::tag},
    {"language", &SearchDraft::language},
    {"side", &SearchDraft::side},
    {"condition", &SearchDraft::condition},
    {"status", &SearchDraft::status},
    {"category", &SearchDraft::category},
    {"country", &SearchDraft::country},
    {"geohash", &SearchDraft::geohash},
    {"delivery", &SearchDraft::delivery},
    {"payment", &SearchDraft::payment},
    {"currency", &SearchDraft::currency},
    {"price_min", &SearchDraft::price_min},
    {"price_max", &SearchDraft::price_max},
    {"rating", &SearchDraft::rating},
    {"rated", &SearchDraft::rated},
}};

base::Result<SearchDraft> draft_of(const WatchView& watch) {
    SearchDraft out;
    out.limit = limits::watch_told_max;
    for (const auto& [name, value] : watch.search) {
        const auto at = std::ranges::find(parameters, name, &Parameter::first);
        if (at == parameters.end())
            return base::fail(ErrorCode::invalid,
                              "a watch has no " + name +
                                  "; expected q and the fields of a search, no order or page");
        out.*(at->second) = value;
    }
    return out;
}

bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= name_letters_max &&
           std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
           });
}

// As many as will do: a thing that is taken for another one is not told of.
std::uint64_t beginning_of(const item::ThingId& thing) {
    // total: an id has 32 bytes
    return base::read_big_endian<std::uint64_t>(thing.view().first<sizeof(std::uint64_t)>());
}

bool asks_for_rating(const WatchView& watch) {
    return watch.search.contains("rating") || watch.search.contains("rated");
}

base::Error no_such_watch(std::string_view name) {
    return {ErrorCode::not_found, "no watch is called " + std::string(name)};
}

}  // namespace

bool Watches::load(const OwnStore& store) {
    return Room::look(store).each<records::Watch>(
        Table::watches, [&](const records::Watch& record) {
            Watch watch;
            watch.view.name = record.name();
            for (const records::WatchField& field : record.search())
                watch.view.search[field.name()] = field.value();
            watch.view.created = time_of(record.created());
            watch.view.matches = record.matches();
            watch.life = record.life();
            watch.position = record.position();
            const base::ByteView told = base::as_bytes(record.told());
            for (std::size_t at = 0; at + 8 <= told.size(); at += 8)
                watch.told.push_back(base::read_big_endian<std::uint64_t>(
                    told.subspan(at).first<sizeof(std::uint64_t)>()));
            watches_[record.name()] = std::move(watch);
        });
}

void Watches::save(const Watch& watch, const Turn& turn) {
    records::Watch record;
    record.set_name(watch.view.name);
    for (const auto& [name, value] : watch.view.search) {
        records::WatchField& field = *record.add_search();
        field.set_name(name);
        field.set_value(value);
    }
    record.set_created(seconds_of(watch.view.created));
    record.set_matches(watch.view.matches);
    record.set_life(watch.life);
    record.set_position(watch.position);
    for (const std::uint64_t beginning : watch.told)
        record.mutable_told()->append(base::to_text(base::big_endian(beginning)));
    change(turn).save(Table::watches, base::as_bytes(watch.view.name), record);
}

base::Result<WatchView> Watches::add(const WatchView& watch, const Turn& turn) {
    if (!is_name(watch.name))
        return base::fail(ErrorCode::invalid,
                          "a watch's name is 1 to 40 letters, digits, '.', '_' or '-'");
    if (watches_.contains(watch.name))
        return base::fail(ErrorCode::conflict, "a watch is called so already");
    if (watches_.size() >= limits::watches_max)
        return base::fail(ErrorCode::exhausted, "there are " + std::to_string(watches_.size()) +
                                                    " watches; that is as many as may be");
    const auto draft = draft_of(watch);
    if (!draft) return std::unexpected(draft.error());
    if (const auto tried = search_.find(*draft, turn.store, turn.flood); !tried)
        return std::unexpected(tried.error());
    Watch made;
    made.view = watch;
    made.view.created = turn.now;
    made.view.matches = 0;
    made.life = turn.flood.life();
    made.position = turn.flood.last_position();
    save(made, turn);
    return watches_.emplace(watch.name, std::move(made)).first->second.view;
}

base::Result<WatchView> Watches::watch(std::string_view name) const {
    const auto at = watches_.find(name);
    if (at == watches_.end()) return std::unexpected(no_such_watch(name));
    return at->second.view;
}

base::Result<WatchView> Watches::remove(std::string_view name, const Turn& turn) {
    const auto at = watches_.find(name);
    if (at == watches_.end()) return std::unexpected(no_such_watch(name));
    WatchView out = at->second.view;
    change(turn).erase(Table::watches, base::as_bytes(out.name));
    watches_.erase(at);
    return out;
}

std::vector<WatchView> Watches::all() const {
    std::vector<WatchView> out;
    for (const auto& [name, watch] : watches_) out.push_back(watch.view);
    return out;
}

void Watches::begin_round(const Turn& turn) {
    if (!due_.empty() || !std::exchange(fresh_, false)) return;
    up_to_ = turn.flood.last_position();
    life_ = turn.flood.life();
    for (const auto& [name, watch] : watches_) {
        due_.push_back(name);
        reads_ratings_ = reads_ratings_ || asks_for_rating(watch.view);
    }
    std::ranges::reverse(due_);
}

void Watches::go_on(const Turn& turn) {
    if (due_.empty()) return;
    if (life_ != turn.flood.life()) {  // the store began anew: so does the round
        due_.clear();
        reads_ratings_ = false;
        fresh_ = true;
        return;
    }
    if (reads_ratings_) {
        reads_ratings_ = !search_.look_at_ratings(turn.flood);
        up_to_ = turn.flood.last_position();
        return;
    }
    const std::string name = std::move(due_.back());  // total: asked above
    due_.pop_back();
    // It may have been removed meanwhile.
    if (const auto at = watches_.find(name); at != watches_.end()) look(at->second, turn);
}

// Newest first. What is left to look at is asked for from watch.cursor on.
std::vector<core::Position> Watches::new_matches(Watch& watch, const Turn& turn) const {
    std::vector<core::Position> out;
    auto draft = draft_of(watch.view);
    if (!draft) return out;
    const auto take = [&](const base::Result<Search::Found>& found, bool newer) {
        if (!found) return;
        for (const search::Position position : found->answer.found)
            if ((position > watch.position) == newer && position <= up_to_ &&
                out.size() < limits::watch_told_max)
                out.push_back(position);
    };
    const bool begins = watch.cursor.empty();
    draft->cursor = std::exchange(watch.cursor, {});
    const auto newest = search_.find_as_rated(*draft, turn.store, turn.flood, watch.position);
    take(newest, true);
    if (newest) watch.cursor = newest->answer.cursor;
    if (!begins || !asks_for_rating(watch.view)) return out;
    draft->cursor.clear();
    take(search_.find_as_rated(*draft, turn.store, turn.flood, 0, watch.position), false);
    return out;
}

void Watches::look(Watch& watch, const Turn& turn) {
    if (watch.life != turn.flood.life()) {
        watch.life = turn.flood.life();
        watch.position = 0;
        watch.cursor.clear();
    }
    if (watch.cursor.empty()) watch.told_now = 0;
    const auto matches = new_matches(watch, turn);
    bool told = false;
    for (auto at = matches.rbegin(); at != matches.rend(); ++at)
        if (watch.told_now < limits::watch_told_max && tell(watch, turn.flood.at(*at), turn)) {
            ++watch.told_now;
            told = true;
        }
    if (watch.told_now >= limits::watch_told_max) watch.cursor.clear();
    if (watch.cursor.empty())
        watch.position = std::max(watch.position, up_to_);  // it may have been made in this round
    else
        due_.push_back(watch.view.name);
    if (told) save(watch, turn);
}

bool Watches::tell(Watch& watch, const item::ReadPtr& read, const Turn& turn) {
    PublicationView view;
    if (!read || !Publications::describe(read, read->header.kind, view)) return false;
    if (publications_.find(view.thing)) return false;
    judge_.judge(*read, view);
    const std::uint64_t beginning = beginning_of(view.thing);
    if (view.hidden_by || std::ranges::find(watch.told, beginning) != watch.told.end())
        return false;
    watch.told.push_back(beginning);
    if (watch.told.size() > limits::watch_remembered_max) watch.told.erase(watch.told.begin());
    ++watch.view.matches;
    const auto fields = search::fields_of(*read);
    turn.out.push_back(Tell{Happening::watch_match,
                            read->header.kind == item::kind_profile
                                ? persona_address(view.publisher)
                                : base::to_hex(view.thing),
                            fields ? fields->title : std::string(), watch.view.name});
    return true;
}

}  // namespace hearsay::market
