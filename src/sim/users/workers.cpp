#include "sim/users/workers.hpp"

#include <algorithm>

#include "sim/hiding.hpp"

namespace hearsay::sim {
namespace {

constexpr base::Millis fastest(1);
constexpr base::Millis slowest(8);

}  // namespace

void Workers::verify(std::uint32_t at, const core::Verify& wish) {
    const SimNode& node = cluster_.nodes()[at];
    const auto number = oracle_.find(wish.item->id);
    const ItemVerified answer{{at, node.life},
                              wish.job,
                              oracle_.verdict(*wish.item),
                              number && lays_aside(node, at, oracle_[*number])};
    cluster_.events().push(cluster_.now() + rng_.between(fastest, slowest), answer);
}

void Workers::answer_later(std::uint32_t at, std::uint64_t job) {
    cluster_.events().push(cluster_.now() + rng_.between(fastest, slowest),
                           WorkerDone{{at, cluster_.nodes()[at].life}, job});
}

void Workers::perform(std::uint32_t at, const market::Effect& wish) {
    Person& person = *cluster_.nodes()[at].person;
    if (const auto* work = std::get_if<market::FindWork>(&wish)) search(at, *work);
    if (const auto* mail = std::get_if<market::TryOpen>(&wish))
        answer_later(at, person.wait(*mail));
    if (const auto* list = std::get_if<market::ListPersonas>(&wish))
        answer_later(at, person.wait(*list));
    if (const auto* cancel = std::get_if<market::CancelWork>(&wish)) person.cancel_work(cancel->id);
}

void Workers::search(std::uint32_t at, const market::FindWork& work) {
    const SimNode& node = cluster_.nodes()[at];
    const std::uint64_t job = node.person->wait(work);
    if (options_.scenario.search == 0) return answer_later(at, job);
    searchers_.resize(cluster_.nodes().size());
    Searcher& searcher = searchers_[at];
    if (searcher.life != node.life) searcher = {node.life, cluster_.now()};
    const base::Millis takes(static_cast<std::int64_t>(work.trials / hashes_per_ms) + 1);
    searcher.busy_until = std::max(searcher.busy_until, cluster_.now()) + takes;
    cluster_.events().push(searcher.busy_until, WorkerDone{{at, node.life}, job});
}

void Workers::on(const WorkerDone& event) {
    if (!cluster_.nodes().live(event.of)) return;
    const std::uint32_t at = event.of.node;
    Person& person = *cluster_.nodes()[at].person;
    if (const auto work = person.take_work(event.job))
        cluster_.answer(at, turn::WorkFound{work->id, nonce_for(*work)});
    else if (const auto mail = person.take_try(event.job))
        cluster_.answer(at, try_open(*mail));
    else if (const auto list = person.take_list(event.job))
        cluster_.answer(
            at, turn::PersonasListed{list->from,
                                     market::list_personas(list->root, list->from, list->count)});
}

// More work than is asked is only said, as item::level_of() reads it: nobody searches it here.
std::uint64_t Workers::nonce_for(const market::FindWork& work) {
    if (work.level > 0) return std::uint64_t{work.level} << 56;
    return oracle_.work_for(work.id, work.trials);
}

turn::MailTried Workers::try_open(const market::TryOpen& wish) {
    turn::MailTried tried{wish.mail};
    const market::SealedLetter sealed(*wish.mail);
    for (const market::OwnKey& own : *wish.keys) {
        if (!sealed.is_tagged_for(*own.key)) continue;
        auto letter = sealed.open(*own.key);
        if (!letter) continue;
        tried.mailbox = own.mailbox;
        tried.letter = std::make_shared<const market::Letter>(*std::move(letter));
        break;
    }
    return tried;
}

}  // namespace hearsay::sim
