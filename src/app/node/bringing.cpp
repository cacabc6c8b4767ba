#include "app/node/bringing.hpp"

#include <utility>

namespace hearsay::app {

void Bringing::begin(const std::vector<base::ItemId>& ids, Done done) {
    Batch batch;
    batch.done = std::move(done);
    for (const base::ItemId& id : ids) {
        batch.open.emplace(id, batch.verdicts.size());
        batch.verdicts.push_back({id, core::Judged::Verdict::busy});
    }
    if (batch.open.empty()) return batch.done(batch.verdicts);
    if (batches_.size() >= brought_batches_max) batches_.pop_front();
    batches_.push_back(std::move(batch));
}

void Bringing::on_judged(const core::Judged& judged) {
    std::list<Batch> over;
    for (auto at = batches_.begin(); at != batches_.end();) {
        const auto batch = at++;
        const auto open = batch->open.find(judged.id);
        if (open == batch->open.end()) continue;
        batch->verdicts[open->second] = judged;  // total: the place was made with it
        batch->open.erase(open);
        if (batch->open.empty()) over.splice(over.end(), batches_, batch);
    }
    for (const Batch& batch : over) batch.done(batch.verdicts);
}

}  // namespace hearsay::app
