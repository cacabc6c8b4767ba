// Items as they are: what the local API gives and takes of them, for bundles.
#include <charconv>
#include <set>

#include "api.pb.h"
#include "app/node/backend.hpp"
#include "base/encoding.hpp"
#include "base/limits/api.hpp"
#include "crypto/onion.hpp"
#include "item/encoding.hpp"

namespace hearsay::app {
namespace {

using base::ErrorCode;

// A page's items, and a half more in base64: an answer that any client takes.
constexpr std::size_t page_bytes_max = 512 * 1024;

bool asks_for_something(const api::ItemQuery& query) {
    for (const std::string* text :
         {&query.q, &query.kind, &query.by, &query.tag, &query.sort, &query.currency, &query.side,
          &query.category, &query.country, &query.geohash, &query.condition, &query.delivery,
          &query.payment, &query.language, &query.status, &query.price_min, &query.price_max,
          &query.rating, &query.rated})
        if (!text->empty()) return true;
    return false;
}

// "LIFE-POSITION": a position of another life of the store means nothing.
std::string cursor_of(const market::Catalogue& flood, core::Position position) {
    return std::to_string(flood.life()) + "-" + std::to_string(position);
}
base::Result<core::Position> position_in(const std::string& cursor,
                                         const market::Catalogue& flood) {
    if (cursor.empty()) return core::Position{UINT64_MAX};
    const std::string life = std::to_string(flood.life()) + "-";
    core::Position out = 0;
    const char* const end = cursor.data() + cursor.size();
    const bool same = cursor.starts_with(life);
    if (!same || std::from_chars(cursor.data() + life.size(), end, out).ptr != end)
        return base::fail(ErrorCode::invalid,
                          "this cursor is of another life of the store; begin anew");
    return out;
}

base::Result<api::ItemPage> all_items(const api::ItemQuery& query, const Shell::Turn& turn) {
    auto before = position_in(query.cursor, turn.flood);
    if (!before) return std::unexpected(before.error());
    api::ItemPage out;
    std::size_t bytes = 0;
    const auto page = turn.flood_txn.view().newest(*before, query.limit);
    for (const core::Stored& stored : page) {
        if (const item::ReadPtr read = turn.flood.get(stored.id)) {
            const base::Bytes item = item::write_item(read->item);
            bytes += item.size();
            out.add_items(base::to_text(item));
        }
        if (bytes < page_bytes_max && stored.position != page.back().position) continue;
        if (stored.position > 1 && (bytes >= page_bytes_max || page.size() == query.limit))
            out.set_cursor(cursor_of(turn.flood, stored.position));
        break;
    }
    return out;
}

// Adds what was found and the pictures that it shows, as far as they flood: what of one's own is
// not out yet goes into no bundle. Things are counted, until the page is full.
class FoundItems {
public:
    explicit FoundItems(const Shell::Turn& turn) : turn_(turn) {}

    void add(const market::OfferView& view) { add(view, view.text.pictures); }
    void add(const market::PostView& view) { add(view, {}); }
    void add(const market::ProfileView& view) {
        const auto& picture = view.profile.picture;
        add(view, picture ? std::vector{*picture} : std::vector<base::Digest>{});
    }
    bool is_full() const { return bytes_ >= page_bytes_max; }
    std::size_t things() const { return things_; }
    api::ItemPage take() { return std::move(page_); }

private:
    void add(const market::PublicationView& view, const std::vector<base::Digest>& pictures) {
        if (is_full()) return;
        ++things_;
        add(view.item);
        for (const base::Digest& hash : pictures)
            if (const item::ReadPtr picture =
                    turn_.market.picture(view.publisher, hash, turn_.store, turn_.flood))
                add(picture->id);
    }
    void add(const base::ItemId& id) {
        const item::ReadPtr read = turn_.flood.get(id);
        if (!read) return;
        const base::Bytes item = item::write_item(read->item);
        bytes_ += item.size();
        page_.add_items(base::to_text(item));
    }

    const Shell::Turn& turn_;
    api::ItemPage page_;
    std::size_t bytes_ = 0;
    std::size_t things_ = 0;
};

base::Result<api::ItemPage> found_items(const api::ItemQuery& query, const Shell::Turn& turn) {
    market::SearchDraft draft = search_draft_of(query);
    draft.show_hidden = true;  // lists are about what is shown
    while (true) {
        const auto found = turn.market.search(draft, turn.store, turn.flood);
        if (!found) return std::unexpected(found.error());
        FoundItems items(turn);
        for (const auto& view : found->offers) items.add(view);
        for (const auto& view : found->posts) items.add(view);
        for (const auto& view : found->profiles) items.add(view);
        const std::size_t all = found->offers.size() + found->posts.size() + found->profiles.size();
        if (items.things() == all) {
            api::ItemPage out = items.take();
            out.set_cursor(found->cursor);
            return out;
        }
        draft.limit = items.things();  // the cursor of what fits: at least one does
    }
}

std::string_view word_of(core::Judged::Verdict verdict) {
    switch (verdict) {
        case core::Judged::Verdict::stored:
            return "stored";
        case core::Judged::Verdict::held:
            return "held";
        case core::Judged::Verdict::refused:
            return "refused";
        case core::Judged::Verdict::busy:
            return "busy";
    }
    return "busy";
}

std::string_view word_of(Audits::State state) {
    switch (state) {
        case Audits::State::running:
            return "running";
        case Audits::State::over:
            return "over";
        case Audits::State::interrupted:
            return "interrupted";
    }
    return "interrupted";
}

}  // namespace

void Backend::list_items(const api::ItemQuery& query, api::Reply<api::ItemPage> reply) {
    const auto find = [query](Shell::Turn& turn) {
        return asks_for_something(query) ? found_items(query, turn) : all_items(query, turn);
    };
    if (asks_for_rating(query))
        show_rated<api::ItemPage>(std::move(reply), find);
    else
        show<api::ItemPage>(std::move(reply), find);
}

std::size_t Backend::suggest(const api::ItemBatch& batch) {
    std::size_t out = 0;
    for (const std::string& address : batch.contacts()) {
        const auto peer = other_peer(address);
        if (!peer) continue;
        shell_.post(core::Suggest{*peer});
        ++out;
    }
    return out;
}

// What is no item at all is told here; the rest is the core's.
void Backend::bring_items(const api::ItemBatch& batch, api::Reply<api::ItemVerdicts> reply) {
    constexpr std::size_t most = base::limits::api_batch_max;
    if (std::cmp_greater(batch.items_size(), most) || std::cmp_greater(batch.contacts_size(), most))
        return reply(base::fail(ErrorCode::invalid, "at most " + std::to_string(most) +
                                                        " items and as many contacts at a time"));
    if (shell_.storage() != StorageState::ready) return reply(not_kept());
    if (const auto doubt = shell_.clock_doubt())
        return reply(base::fail(ErrorCode::unavailable, *doubt));
    std::vector<std::optional<base::ItemId>> places;
    std::vector<base::ItemId> ids;
    std::vector<core::Brought> brought;
    std::set<base::ItemId> seen;
    for (const std::string& bytes : batch.items()) {
        auto item = item::parse_item(base::as_bytes(bytes));
        places.push_back(item ? std::optional(item::id_of(item->header, item->signature))
                              : std::nullopt);
        if (!item || !seen.insert(*places.back()).second) continue;
        ids.push_back(*places.back());
        brought.push_back({*std::move(item)});
    }
    const auto contacts = static_cast<std::uint32_t>(suggest(batch));
    bringing_.begin(ids, [places, contacts, reply](const Bringing::Verdicts& verdicts) {
        std::map<base::ItemId, core::Judged> by_id;
        for (const core::Judged& judged : verdicts) by_id.emplace(judged.id, judged);
        api::ItemVerdicts out;
        out.set_contacts(contacts);
        for (const auto& id : places) {
            api::ItemVerdict& verdict = *out.add_verdicts();
            verdict.set_verdict("refused");
            verdict.set_why(std::string(base::name(base::Fault::item_malformed)));
            if (!id) continue;
            const core::Judged& judged = by_id.at(*id);
            verdict.set_id(base::to_hex(*id));
            verdict.set_verdict(std::string(word_of(judged.verdict)));
            verdict.set_why(judged.fault ? std::string(base::name(*judged.fault)) : "");
        }
        reply(out);
    });
    for (core::Brought& each : brought) shell_.post(std::move(each));
}

// ---- audits -------------------------------------------------------------------------------------

api::Audit Backend::told(const Audits::Result& result) const {
    api::Audit out;
    out.set_id(base::to_hex(result.thing));
    out.set_item(base::to_hex(result.counted.id));
    out.set_state(std::string(word_of(result.state(shell_.node()))));
    out.mutable_begun()->set_seconds(base::unix_seconds(result.begun));
    out.set_asked(result.counted.asked);
    out.set_linked(result.counted.linked);
    out.set_held(result.counted.held);
    out.set_lacking(result.counted.lacking);
    out.set_declined(result.counted.declined);
    out.set_unreached(result.counted.unreached);
    return out;
}

base::Result<api::Audit> Backend::audit_of(const item::ThingId& thing) const {
    if (const Audits::Result* const found = audits_.find(thing)) return told(*found);
    return base::fail(ErrorCode::not_found,
                      "nobody was asked for this yet; POST to the same path asks");
}

// One that is under way goes on, and so is told.
void Backend::begin_audit(const std::string& id, api::Reply<api::Audit> reply) {
    show<api::Audit>(std::move(reply), [this, id](Shell::Turn& turn) -> base::Result<api::Audit> {
        const auto item = turn.market.newest(id, turn.store, turn.flood);
        if (!item) return std::unexpected(item.error());
        const item::ThingId thing = (*item)->version.thing;
        if (shell_.node().audit().is_running((*item)->id)) return audit_of(thing);
        if (const std::string waits = waits_for(); !waits.empty())
            return base::fail(ErrorCode::unavailable, "nobody can be asked: " + waits);
        if (shell_.node().audit().is_full())
            return base::fail(ErrorCode::exhausted,
                              "other audits are under way; try again in a minute");
        audits_.begin(thing, (*item)->id, turn.instant.wall);
        shell_.post(core::AuditItem{(*item)->id});
        auto out = audit_of(thing);
        if (out) out->set_state("running");  // from the next turn on
        return out;
    });
}

void Backend::show_audit(const std::string& id, api::Reply<api::Audit> reply) {
    show<api::Audit>(std::move(reply), [this, id](Shell::Turn& turn) -> base::Result<api::Audit> {
        const auto item = turn.market.newest(id, turn.store, turn.flood);
        if (!item) return std::unexpected(item.error());
        return audit_of((*item)->version.thing);
    });
}

}  // namespace hearsay::app
