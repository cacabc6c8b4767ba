#include "app/node/list_views.hpp"

#include <array>
#include <charconv>

#include "app/node/publication_views.hpp"
#include "base/overloaded.hpp"
#include "item/kinds/app_data.hpp"
#include "item/kinds/list.hpp"
#include "item/kinds/post.hpp"
#include "item/kinds/profile.hpp"
#include "item/kinds/rating.hpp"

namespace hearsay::app {
namespace {

using base::ErrorCode;

constexpr std::array<std::pair<std::string_view, item::Kind>, 6> kinds{
    {{"offer", item::kind_offer},
     {"post", item::kind_post},
     {"profile", item::kind_profile},
     {"rating", item::kind_rating},
     {"list", item::kind_list},
     {"app-data", item::kind_app_data}}};

std::string word_of(item::Kind kind) {
    for (const auto& [word, number] : kinds)
        if (number == kind) return std::string(word);
    return std::to_string(kind);
}

std::optional<item::Kind> kind_of(std::string_view text) {
    for (const auto& [word, number] : kinds)
        if (word == text) return number;
    item::Kind out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size() || out == 0) return std::nullopt;
    return out;
}

void fill(api::CuratedEntry& out, const item::ListEntry& entry) {
    out.set_verdict(entry.recommends ? "recommend" : "hide");
    out.set_reason(entry.reason);
    const base::Overloaded set{
        [&](const item::ThingId& thing) { out.set_item(base::to_hex(thing)); },
        [&](const base::PublisherKey& key) { out.set_publisher(market::persona_address(key)); },
        [&](const std::string& word) { out.set_word(word); },
        [&](item::Kind kind) { out.set_kind(word_of(kind)); },
    };
    std::visit(set, entry.subject);
}

base::Result<item::ListSubject> subject_of(const api::CuratedEntry& entry) {
    const auto said = std::array{!entry.item().empty(), !entry.publisher().empty(),
                                 !entry.word().empty(), !entry.kind().empty()};
    if (std::ranges::count(said, true) != 1)
        return base::fail(ErrorCode::invalid,
                          "an entry is about one of item, publisher, word and kind");
    if (!entry.word().empty()) return item::ListSubject(entry.word());
    if (!entry.item().empty()) {
        const auto bytes = base::from_hex(entry.item());
        const auto thing = bytes ? item::ThingId::from(*bytes) : std::nullopt;
        if (thing) return item::ListSubject(*thing);
        return base::fail(ErrorCode::invalid, "item: expected the whole id, 64 hexadecimal digits");
    }
    if (!entry.publisher().empty()) {
        const auto key = market::parse_persona(entry.publisher());
        if (!key) return std::unexpected(key.error());
        return item::ListSubject(*key);
    }
    const auto kind = kind_of(entry.kind());
    if (!kind)
        return base::fail(
            ErrorCode::invalid,
            "kind: expected offer, post, profile, rating, list, app-data or a number");
    return item::ListSubject(*kind);
}

std::string state_of(const market::ListView& list) {
    if (list.is_private) return "private";
    if (list.awaited) return "awaited";
    return std::string(name(list.state));
}

}  // namespace

api::CuratedList to_api(const market::ListView& list, bool whole) {
    api::CuratedList out;
    fill_publication(out, list);
    out.set_id(base::to_hex(list.thing));
    out.set_name(list.list.name);
    out.set_about(list.list.about);
    if (whole)
        for (const item::ListEntry& entry : list.list.entries) fill(*out.add_entries(), entry);
    out.set_entry_count(static_cast<std::uint32_t>(list.list.entries.size()));
    if (!list.is_private && !list.awaited)
        out.set_publisher(market::persona_address(list.publisher));
    if (list.is_private || list.awaited) out.clear_expires();
    out.set_sequence(list.sequence);
    out.set_subscribed(list.subscribed);
    out.set_state(state_of(list));
    return out;
}

api::Why to_api(const market::WhyView& why) {
    api::Why out;
    out.set_id(base::to_hex(why.thing));
    out.set_kind(word_of(why.kind));
    out.set_title(why.title);
    out.set_hidden(why.hidden);
    for (const market::WhyEntry& each : why.entries) {
        api::WhyEntry& row = *out.add_entries();
        row.set_list(base::to_hex(each.list));
        row.set_name(each.name);
        if (!each.publisher.is_zero()) row.set_publisher(market::persona_address(each.publisher));
        row.set_mine(each.mine);
        row.set_subscribed(each.subscribed);
        fill(*row.mutable_entry(), each.entry);
    }
    return out;
}

api::Watch to_api(const market::WatchView& watch) {
    api::Watch out;
    out.set_name(watch.name);
    for (const auto& [name, value] : watch.search) (*out.mutable_search())[name] = value;
    set_time(out.mutable_created(), watch.created);
    out.set_matches(watch.matches);
    return out;
}

base::Result<api::Watch> to_api(const base::Result<market::WatchView>& watch) {
    if (!watch) return std::unexpected(watch.error());
    return to_api(*watch);
}

base::Result<item::CuratedList> from_api(const api::CuratedListDraft& draft) {
    item::CuratedList out{draft.name(), draft.about(), {}};
    for (const api::CuratedEntry& entry : draft.entries()) {
        const bool recommends = entry.verdict() == "recommend";
        if (!recommends && !entry.verdict().empty() && entry.verdict() != "hide")
            return base::fail(ErrorCode::invalid, "verdict: expected hide or recommend");
        const auto subject = subject_of(entry);
        if (!subject) return std::unexpected(subject.error());
        out.entries.push_back({*subject, recommends, entry.reason()});
    }
    return out;
}

market::WatchView from_api(const api::WatchDraft& draft) {
    market::WatchView out;
    out.name = draft.name();
    for (const auto& [name, value] : draft.search()) out.search[name] = value;
    return out;
}

}  // namespace hearsay::app
