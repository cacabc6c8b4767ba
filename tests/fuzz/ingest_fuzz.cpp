// Ingest with a store in memory beside a naive model: the input's bytes choose who brings which
// copy of which version, which mail and which removal of it, what is spoiled in it, when workers
// answer, and when time passes. They choose, too, what the user's lists hide, as the market would
// say it of a verified item, and when the lists change. The model knows only the outcome: of each
// thing the best honest version that was accepted and has not ended is alive, or laid aside, and
// nothing else is alive. What is laid aside stays so until it ends, a newer version comes or lists
// change, with what is older than it and came; no copy of it is verified again.
//
// Items are valid ones, or valid ones around one hostile byte: in the header, the payload, the
// signature or the nonce. A hostile byte in the header makes another item, or none; elsewhere a
// copy that is no good. fuzz: max_len=240
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/ensure.hpp"
#include "base/limits/relay.hpp"
#include "core/relay/ingest.hpp"
#include "core/retention/retention.hpp"
#include "memory_store.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

constexpr std::uint32_t slots = 3;
constexpr std::uint64_t sequences = 4;
constexpr std::uint8_t mails = 3;
constexpr base::Seconds day(24 * 3600);

Pile by_visitors(base::LinkId) {
    return pile_visitors;
}

// Every item there is, made once. Of the publications the last sequence is a removal, and each
// version comes twice, which is a tie; odd ones live shorter. Each mail has two removals.
const std::vector<item::ReadPtr>& honest() {
    static const std::vector<item::ReadPtr> made = [] {
        std::vector<item::Item> out;
        for (std::uint32_t slot = 0; slot < slots; ++slot)
            for (std::uint64_t sequence = 1; sequence <= sequences; ++sequence)
                for (const std::uint32_t times : {1U, 2U})
                    out.push_back(
                        samples::publication({.slot = slot,
                                              .sequence = sequence,
                                              .removed = sequence == sequences,
                                              .payload = times == 1 ? "one" : "two",
                                              .lifetime = times * day / (sequence % 2 ? 12 : 6)}));
        for (std::uint8_t number = 0; number < mails; ++number) {
            const auto secret = samples::filled<base::Secret>(number);
            const auto mail =
                samples::mail_of(secret, {.payload = std::string(1040, 'x'), .lifetime = day});
            out.push_back(mail);
            for (const base::Seconds later : {base::Seconds(0), base::Seconds(1200)})
                out.push_back(samples::removal(mail, secret, samples::noon + later));
        }
        std::vector<item::ReadPtr> read;
        for (const item::Item& item : out) read.push_back(samples::accepted(item));
        return read;
    }();
    return made;
}

bool is_honest(const item::Item& item) {
    for (const item::ReadPtr& one : honest())
        if (one->item == item) return true;
    return false;
}

// What the world should look like, as simply as it can be said.
struct Model {
    struct Best {
        item::ReadPtr item;
        bool alive = false;
    };
    std::map<item::ThingId, Best> things;  // that was stored
    std::map<base::ItemId, item::ReadPtr> aside;

    static bool beats(const item::Read& a, const item::Read& b) {
        const auto first = a.version.sequence;
        const auto second = b.version.sequence;
        return first != second ? first > second : a.id < b.id;
    }
    bool is_behind_aside(const item::Read& item) const {
        return std::ranges::any_of(aside, [&](const auto& each) {
            return each.second->version.thing == item.version.thing && beats(*each.second, item);
        });
    }
    void accept(const item::ReadPtr& item, bool hidden, base::WallTime now) {
        if (item::check_time(item->header, now)) return;
        Best& best = things[item->version.thing];
        if (best.item && !beats(*item, *best.item) && item->id != best.item->id) return;
        if (is_behind_aside(*item)) {
            aside[item->id] = item;
            return;
        }
        std::erase_if(aside, [&](const auto& each) {
            return each.second->version.thing == item->version.thing && beats(*item, *each.second);
        });
        if (hidden) {
            best.alive = false;
            aside[item->id] = item;
        } else {
            best = {item, true};
        }
    }
    void sweep(base::WallTime now) {
        for (auto& [thing, best] : things)
            if (best.item && best.item->header.expires <= now) best.alive = false;
        std::erase_if(aside, [&](const auto& each) { return each.second->header.expires <= now; });
    }
};

class Run {
public:
    void play(base::ByteView script) {
        for (std::size_t at = 0; at + 4 < script.size(); at += 5) {
            turn(script.subspan(at, 5));
            compare();
        }
        while (!asked_.empty()) answer(0, false);
        compare();
        ENSURE(ingest_.in_flight() == 0, "something is still in flight though all was answered");
        for (const item::ReadPtr& one : honest())
            ENSURE(!ingest_.is_verifying(one->id),
                   "something is being verified though all was answered");
    }

private:
    void turn(base::ByteView step) {
        const base::LinkId link{step[0] / 4 % 8U};
        switch (step[0] % 4) {
            case 0:
                return bring(link, honest()[step[1] % honest().size()]->item);
            case 1:
                return bring(link, spoiled(step));
            case 2:
                return answer(step[1], step[2] % 4 == 3);
            default:
                return step[2] < 250 ? pass(step[1]) : change_lists();
        }
    }
    static item::Item spoiled(base::ByteView step) {
        item::Item item = honest()[step[1] % honest().size()]->item;
        const std::array<base::Bytes*, 3> parts{&item.header, &item.payload, &item.signature};
        const std::uint8_t change = std::max<std::uint8_t>(step[4], 1);
        base::Bytes* part = step[2] % 4 < 3 ? parts[step[2] % 4] : nullptr;
        if (!part || part->empty())
            item.nonce ^= change;
        else if (step[2] < 240)
            (*part)[step[3] % part->size()] ^= change;
        else if (step[2] < 248)
            part->resize(part->size() - 1);
        else
            part->push_back(change);
        return item;
    }
    void bring(base::LinkId link, const item::Item& item) {
        const std::size_t before = ingest_.in_flight();
        const auto read = item::read(item, samples::network);
        const auto admission = ingest_.on_item(link, item, now_, store_, out_);
        ENSURE(is_honest(item) ? read.has_value() : true, "an honest item cannot be read");
        // What a later version may mean is not ours to judge.
        ENSURE(admission.has_value() || base::cost(admission.error()) == base::Cost::link ||
                   admission.error() == base::Fault::item_unknown,
               "harmless, and a fault");
        if (!admission) {
            const bool overlong = read && item::check_time((*read)->header, now_.wall);
            ENSURE(!read || overlong, "what can be read is a fault");
            ENSURE(out_.empty() && ingest_.in_flight() == before, "a fault leaves a trace");
            return;
        }
        ENSURE(admission->id == (*read)->id, "another id");
        const Presence presence = store_.presence(admission->id);
        const bool is_late = item::check_time((*read)->header, now_.wall).has_value();
        const bool was_aside =
            presence == Presence::unknown && model_.aside.contains(admission->id);
        ENSURE(was_aside == (admission->fault == base::Fault::item_laid_aside),
               "laid aside, or not");
        ENSURE(!was_aside || out_.empty(), "what is laid aside is verified again");
        if (presence == Presence::gone && !is_late && model_.is_behind_aside(**read))
            model_.aside[admission->id] = *read;
        ENSURE((admission->novelty == Novelty::held) == (presence != Presence::unknown),
               "held, or not");
        ENSURE(admission->novelty == Novelty::refused || !admission->fault,
               "taken and refused at once");
        ENSURE(ingest_.in_flight() <= before + 1, "one copy became several");
        ENSURE(admission->novelty != Novelty::fresh || out_.size() == 1,
               "the first copy is not checked");
        if (admission->novelty == Novelty::fresh || admission->novelty == Novelty::waiting)
            bringers_[admission->id].insert(link);
        apply();
    }
    // Never what takes something back, nor mail.
    static bool may_be_hidden(const item::Read& item) {
        return item.header.publication() && !item.version.removed;
    }
    void answer(std::uint8_t which, bool wish) {
        if (asked_.empty()) return;
        const auto at = asked_.begin() + static_cast<std::ptrdiff_t>(which % asked_.size());
        const Verify job = *at;
        asked_.erase(at);
        const bool good = is_honest(job.item->item);
        const auto fault = good ? std::nullopt : std::optional(base::Fault::item_little_work);
        const bool hidden = wish && may_be_hidden(*job.item);
        const auto outcome =
            ingest_.on_verified({job.job, fault, nullptr, nullptr, hidden}, now_, store_, out_);
        ENSURE(good || !outcome.accepted, "a forgery was accepted");
        ENSURE(good || !outcome.faults.empty(), "nobody paid for a forgery");
        ENSURE(!good || outcome.faults.empty(), "somebody paid for an honest copy");
        for (const auto& [link, paid] : outcome.faults)
            ENSURE(bringers_[job.item->id].contains(link), "somebody paid who brought nothing");
        ENSURE(good || outcome.refused.has_value() != ingest_.is_verifying(job.item->id),
               "neither refused nor tried");
        if (!ingest_.is_verifying(job.item->id)) bringers_.erase(job.item->id);
        apply();
        if (good) model_.accept(job.item, hidden, now_.wall);
        ENSURE(outcome.laid_aside.has_value() == (good && model_.aside.contains(job.item->id)),
               "laid aside, and nobody is told, or the other way round");
    }
    void change_lists() {
        aside_.clear();
        model_.aside.clear();
    }
    void pass(std::uint8_t minutes) {
        now_.wall += base::Seconds(60 * (minutes % 128));
        now_.mono += base::limits::sweep_interval;
        retention_.on_timer(now_, store_, out_);
        aside_.expire(now_.wall);
        apply();
        model_.sweep(now_.wall);
    }
    void apply() {
        for (const Effect& effect : out_) {
            if (store_.apply(effect)) continue;
            if (const auto* verify = std::get_if<Verify>(&effect)) asked_.push_back(*verify);
        }
        out_.clear();
    }
    void compare() const {
        std::uint64_t alive = 0;
        aside_.sanity_check();
        ENSURE(aside_.size() == model_.aside.size(), "more or less is laid aside than should be");
        for (const auto& [id, item] : model_.aside)
            ENSURE(aside_.contains(id) && store_.presence(id) != Presence::alive,
                   "something is not laid aside, or is kept all the same");
        for (const auto& [thing, best] : model_.things) {
            if (!best.item) continue;  // what came of it was laid aside
            const bool held = store_.presence(best.item->id) == Presence::alive;
            ENSURE(held == best.alive, "the store and the model disagree about a thing");
            alive += best.alive ? 1 : 0;
        }
        ENSURE(store_.alive_count() == alive, "the store holds what the model does not know");
    }

    base::Now now_{base::MonoTime(base::Millis(0)), samples::noon};
    MemoryStore store_;
    Retention retention_;
    LaidAside aside_;
    Ingest ingest_{samples::network, retention_, by_visitors, &aside_};
    Model model_;
    Effects out_;
    std::vector<Verify> asked_;
    std::map<base::ItemId, std::set<base::LinkId>> bringers_;  // of what is being verified
};

}  // namespace
}  // namespace hearsay::core

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hearsay::core::Run().play({data, std::min<std::size_t>(size, 240)});
    return 0;
}
