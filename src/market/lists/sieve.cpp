#include "market/lists/sieve.hpp"

#include <tuple>

#include "search/fields.hpp"

namespace hearsay::market {
namespace {

// The first letter of UTF-8 that the tokenizer made.
std::string_view first_letter(std::string_view word) {
    std::size_t size = 1;
    while (size < word.size() && (static_cast<unsigned char>(word[size]) & 0xC0) == 0x80) ++size;
    return word.substr(0, size);
}

}  // namespace

void Sieve::add(const ListNote& note, const item::CuratedList& list) {
    const auto number = static_cast<std::uint32_t>(lists_.size());
    lists_.push_back(note);
    for (const item::ListEntry& says : list.entries) {
        const auto entry = static_cast<std::uint32_t>(entries_.size());
        entries_.push_back({number, says});
        if (const auto* word = std::get_if<std::string>(&says.subject))
            add_word(*word, entry);
        else
            put(subjects_.try_emplace(says.subject, none).first->second, entry);
    }
}

void Sieve::add_word(const std::string& word, std::uint32_t entry) {
    search::Tokens tokens;
    search::split(word, tokens);
    std::uint32_t at = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens.is_tail(i) && i > 0) continue;  // it is in the pair before
        const auto next = static_cast<std::uint32_t>(words_.size());
        const auto [place, fresh] = words_[at].next.try_emplace(std::string(tokens[i]), next);
        at = place->second;
        if (fresh) words_.emplace_back();
    }
    if (at != 0) put(words_[at].entry, entry);  // else it has no letter and no digit
}

bool Sieve::goes_before(std::uint32_t a, std::uint32_t b) const {
    const auto rank = [&](std::uint32_t entry) {
        const Entry& of = entries_[entry];  // total: its number was given by add()
        // total: add() made the list before its entries
        return std::tuple(!lists_[of.list].mine, of.says.subject.index(), of.says.recommends,
                          entry);
    };
    return rank(a) < rank(b);
}

void Sieve::put(std::uint32_t& place, std::uint32_t entry) const {
    if (place == none || goes_before(entry, place)) place = entry;
}

void Sieve::each_word(const item::Read& item,
                      const std::function<void(std::uint32_t)>& visit) const {
    if (words_.front().next.empty()) return;
    const auto fields = search::fields_of(item);
    if (!fields) return;
    search::Tokens tokens;
    const auto look = [&](std::string_view text) {
        tokens.clear();
        search::split(text, tokens);
        for (std::size_t from = 0; from < tokens.size(); ++from) {
            std::uint32_t at = 0;
            for (std::size_t i = from; i < tokens.size(); ++i) {
                const auto next = words_[at].next.find(tokens[i]);
                if (next == words_[at].next.end()) break;
                at = next->second;
                if (words_[at].entry != none) visit(words_[at].entry);
            }
            if (!tokens.is_joined(from) || tokens.is_tail(from)) continue;
            const auto letter = words_.front().next.find(first_letter(tokens[from]));
            if (letter != words_.front().next.end() && words_[letter->second].entry != none)
                visit(words_[letter->second].entry);
        }
    };
    look(fields->title);
    for (const std::string& tag : fields->tags) look(tag);
    for (const std::string& line : fields->lines) look(line);
    look(fields->text);
}

void Sieve::each_hit(const item::Read& item, const PublicationView& view,
                     const std::function<void(std::uint32_t)>& visit) const {
    for (const item::ListSubject& subject :
         {item::ListSubject(view.thing), item::ListSubject(view.publisher),
          item::ListSubject(item.header.kind)})
        if (const auto at = subjects_.find(subject); at != subjects_.end()) visit(at->second);
    each_word(item, visit);
}

void Sieve::judge(const item::Read& item, PublicationView& view) const {
    std::uint32_t best = none;
    each_hit(item, view, [&](std::uint32_t entry) { put(best, entry); });
    view.hidden_by.reset();
    view.recommended_by.reset();
    if (best == none) return;
    const Entry& entry = entries_[best];  // total: each_hit() gives what add() made
    ListNote note = lists_[entry.list];   // total: likewise
    note.reason = entry.says.reason;
    (entry.says.recommends ? view.recommended_by : view.hidden_by) = std::move(note);
}

std::vector<item::ListEntry> Sieve::about(const item::Read& item,
                                          const PublicationView& view) const {
    std::vector<bool> hit(entries_.size());
    each_hit(item, view, [&](std::uint32_t entry) { hit[entry] = true; });
    std::vector<item::ListEntry> out;
    for (std::size_t at = 0; at < hit.size(); ++at)
        if (hit[at]) out.push_back(entries_[at].says);
    return out;
}

}  // namespace hearsay::market
