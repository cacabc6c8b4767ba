#include "app/cli/run_lists.hpp"

#include <algorithm>

#include "app/cli/asker.hpp"
#include "app/cli/run_pages.hpp"

namespace hearsay::app::cli {
namespace {

class ListRun {
public:
    ListRun(const ListCommand& command, const Client& client, bool json, Terminal& terminal)
        : command_(command), asker_{client, json, terminal} {}

    int run(const std::string& about) {
        const std::string& what = command_.what;
        if (what == "list")
            return run_pages<api::CuratedLists>(asker_, "/v1/lists",
                                                command_.mine ? "&mine=true" : "", command_.part);
        if (what == "subscribed")
            return asker_.ask<api::CuratedLists>("GET", "/v1/lists?subscribed=true");
        if (what == "why") return asker_.ask<api::Why>("GET", "/v1/why/" + command_.which);
        if (what == "new") return begin(about);
        if (what == "subscribe") {
            api::Subscription to;
            to.set_list(command_.which);
            return asker_.ask<api::CuratedList>("POST", "/v1/subscriptions", &to, "Subscribed: ");
        }
        const auto id = find(what == "unsubscribe" ? "subscribed" : "mine");
        return id ? run_about(*id) : id.error();
    }

private:
    int begin(const std::string& about) const {
        api::CuratedListDraft draft;
        draft.set_name(command_.which);
        draft.set_about(about);
        return asker_.ask<api::CuratedList>("POST", "/v1/lists", &draft);
    }

    int run_about(const std::string& id) const {
        const std::string& what = command_.what;
        const std::string target = "/v1/lists/" + id;
        if (what == "show") return asker_.ask<api::CuratedList>("GET", target);
        if (what == "add" || what == "remove") return change(target);
        if (what == "delete")
            return asker_.ask<api::CuratedList>("DELETE", target, nullptr, "Deleted: ");
        if (what == "unpublish")
            return asker_.ask<api::CuratedList>("DELETE", target + "/publication", nullptr,
                                                "Private again: ");
        if (what == "unsubscribe")
            return asker_.ask<api::CuratedList>("DELETE", "/v1/subscriptions/" + id, nullptr,
                                                "Not subscribed any more: ");
        api::ListPublication how;
        how.set_persona(command_.persona);
        return asker_.ask<api::CuratedList>("POST", target + "/publication", &how);
    }

    // The id of the list that is called so, of one's own or subscribed ones; else what was given,
    // if it can be an id: names with blanks do not travel in a path.
    std::expected<std::string, int> find(const std::string& among) const {
        std::string raw;
        const auto lists = asker_.get<api::CuratedLists>(
            "GET", "/v1/lists?limit=1000&" + among + "=true", nullptr, raw);
        if (!lists) return std::unexpected(lists.error());
        for (const api::CuratedList& list : lists->lists())
            if (list.name() == command_.which) return list.id();
        const bool is_id =
            command_.which.size() <= 64 &&
            command_.which.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
        if (is_id) return command_.which;
        return std::unexpected(
            report(asker_.terminal, asker_.json, exit_not_found, "not_found",
                   "no list is called " + command_.which + "; \"hearsay list list\" shows them"));
    }

    // An entry takes whole ids; people write beginnings.
    std::expected<std::string, int> whole_id(const std::string& id) const {
        if (id.size() == 64) return id;
        const bool fine = !id.empty() && id.size() < 64 &&
                          id.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
        if (!fine) return std::unexpected(asker_.usage("--item: expected an id"));
        std::string raw;
        const auto found = asker_.get<api::Why>("GET", "/v1/why/" + id, nullptr, raw);
        if (!found) return std::unexpected(found.error());
        return found->id();
    }

    std::expected<std::vector<api::CuratedEntry>, int> named() const {
        std::vector<api::CuratedEntry> out;
        const ListEntries& given = command_.entries;
        for (const std::string& item : given.items) {
            const auto id = whole_id(item);
            if (!id) return std::unexpected(id.error());
            out.emplace_back().set_item(*id);
        }
        for (const std::string& each : given.publishers) out.emplace_back().set_publisher(each);
        for (const std::string& each : given.words) out.emplace_back().set_word(each);
        for (const std::string& each : given.kinds) out.emplace_back().set_kind(each);
        return out;
    }

    static bool is_about_same(const api::CuratedEntry& a, const api::CuratedEntry& b) {
        return a.item() == b.item() && a.publisher() == b.publisher() && a.word() == b.word() &&
               a.kind() == b.kind();
    }

    int change(const std::string& target) const {
        std::string raw;
        const auto list = asker_.get<api::CuratedList>("GET", target, nullptr, raw);
        if (!list) return list.error();
        const auto entries = named();
        if (!entries) return entries.error();
        api::CuratedListDraft draft;
        draft.set_name(list->name());
        draft.set_about(list->about());
        // What is said anew replaces what was said before.
        std::size_t found = 0;
        for (const api::CuratedEntry& old : list->entries())
            if (std::ranges::any_of(*entries,
                                    [&](const auto& each) { return is_about_same(each, old); }))
                ++found;
            else
                *draft.add_entries() = old;
        if (command_.what == "remove" && found == 0)
            return report(asker_.terminal, asker_.json, exit_not_found, "not_found",
                          "the list has no such entry");
        if (command_.what == "add")
            for (api::CuratedEntry entry : *entries) {
                entry.set_verdict(command_.entries.recommends ? "recommend" : "hide");
                entry.set_reason(command_.entries.reason);
                *draft.add_entries() = std::move(entry);
            }
        return asker_.ask<api::CuratedList>("PUT", "/v1/lists/" + list->id(), &draft);
    }

    const ListCommand& command_;
    const Asker asker_;
};

}  // namespace

int run_list(const ListCommand& command, const std::string& about, const Client& client, bool json,
             Terminal& terminal) {
    return ListRun(command, client, json, terminal).run(about);
}

}  // namespace hearsay::app::cli
