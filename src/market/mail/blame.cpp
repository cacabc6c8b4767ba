#include "market/mail/blame.hpp"

#include <algorithm>

namespace hearsay::market {
namespace {

bool contains(const std::vector<Readable>& all, const Readable& one) {
    return std::ranges::find(all, one) != all.end();
}

bool is_mail(const Readable& what) {
    return std::holds_alternative<base::ItemId>(what);
}

}  // namespace

Blame blame(const std::vector<Readable>& suspects, const std::vector<UnderReading>& noted) {
    const bool mail_was_read = std::ranges::any_of(noted, is_mail, &UnderReading::what);
    Blame out;
    std::vector<Readable> fresh;
    for (const UnderReading& note : noted) {
        if (mail_was_read && !is_mail(note.what)) continue;
        const bool again = contains(suspects, note.what) && (note.alone || !is_mail(note.what));
        std::vector<Readable>& where = again ? out.set_aside : fresh;
        if (!contains(where, note.what)) where.push_back(note.what);
    }
    for (const Readable& suspect : suspects)
        if (!contains(out.set_aside, suspect)) out.suspects.push_back(suspect);
    for (const Readable& suspect : fresh)
        if (!contains(out.set_aside, suspect) && !contains(out.suspects, suspect))
            out.suspects.push_back(suspect);
    return out;
}

}  // namespace hearsay::market
