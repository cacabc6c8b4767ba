#include "app/node/voidphone.hpp"

#include <unistd.h>

#include "base/ensure.hpp"
#include "base/limits/voidphone.hpp"
#include "crypto/ed25519.hpp"
#include "item/kinds/app_data.hpp"
#include "item/make.hpp"
#include "market/work.hpp"

namespace hearsay::app {

namespace limits = base::limits;
using base::LogLevel;

base::Result<std::unique_ptr<VoidPhone>> VoidPhone::open(const voidphone::Config& config,
                                                         item::Network network, net::Loop& loop,
                                                         Shell& shell, base::Log& log,
                                                         base::Rng rng) {
    std::unique_ptr<VoidPhone> out(new VoidPhone(network, shell, log, std::move(rng)));
    const auto spread = [self = out.get()](const voidphone::Spread& wish) { self->spread(wish); };
    auto server = voidphone::Server::open(
        config, {loop.raw(), [] { return net::now().mono; }, spread, getuid()}, log,
        out->rng_.fork());
    if (!server) return std::unexpected(server.error());
    out->server_ = std::move(*server);
    return out;
}

// In a turn, for the market's time and the price of today.
void VoidPhone::spread(const voidphone::Spread& wish) {
    if (const auto doubt = shell_.clock_doubt())
        return log_.write(LogLevel::warning, "voidphone", "an announcement is dropped: " + *doubt);
    shell_.ask([this, wish](Shell::Turn& turn) -> Shell::Finish {
        const base::WallTime now = turn.now;
        const item::Floors price = turn.market.price();
        return [this, wish, now, price](const std::optional<base::Error>& failed) {
            if (!failed) return make(wish, now, price);
            log_.write(LogLevel::warning, "voidphone",
                       "an announcement is dropped: " + failed->text);
        };
    });
}

void VoidPhone::make(const voidphone::Spread& wish, base::WallTime now, const item::Floors& price) {
    std::erase_if(under_way_, [&](const auto& each) { return each.second <= now; });
    if (under_way_.size() >= limits::voidphone_under_way_max)
        return log_.write(LogLevel::warning, "voidphone",
                          "an announcement is dropped: " + std::to_string(under_way_.size()) +
                              " are on their way and did not come back yet");
    const base::Secret seed = rng_.secret();
    item::Publication claim;
    claim.publisher.data = crypto::ed25519_public_key(seed).data;
    rng_.fill(claim.slot);
    claim.sequence = 1;
    const auto read = item::read(
        item::make_publication({network_, item::kind_app_data, now, limits::voidphone_lifetime},
                               claim, item::write_app_data({wish.type, wish.data}), seed),
        network_);
    ENSURE(read.has_value(), "an announcement breaks the rules of items");
    const item::ReadPtr& made = *read;
    note_own(made->id);
    under_way_[made->id] = made->header.expires;
    shell_.find_work(market::work_for(*made, price), [this, made](std::uint64_t nonce) {
        item::Item worked = made->item;
        worked.nonce = nonce;
        auto ready = item::read(std::move(worked), network_);
        ENSURE(ready.has_value(), "work broke the rules of items");
        shell_.post(core::Submit{*std::move(ready)});
    });
}

void VoidPhone::note_own(const base::ItemId& id) {
    own_.insert(id);
    own_in_order_.push_back(id);
    if (own_in_order_.size() <= limits::voidphone_own_ids_max) return;
    own_.erase(own_in_order_.front());
    own_in_order_.pop_front();
}

void VoidPhone::on_stored(const item::Read& item) {
    under_way_.erase(item.id);
    const item::Publication* const claim = item.header.publication();
    if (own_.contains(item.id) || !claim || claim->removed) return;
    const auto data = item::read_app_data(item.item.payload);
    // Types above those that a VoidPhone has are another application's, and empty data has no
    // frame.
    if (!data || data->type > UINT16_MAX || data->data.empty()) return;
    server_->on_item(static_cast<voidphone::DataType>(data->type), data->data);
}

}  // namespace hearsay::app
