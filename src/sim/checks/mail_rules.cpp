#include "sim/checks/mail_rules.hpp"

#include "base/encoding.hpp"
#include "sim/figures.hpp"

namespace hearsay::sim {

void MailRules::on_own_kept(std::uint32_t at, const market::Effects& wishes) {
    for (const market::Effect& wish : wishes)
        if (const auto* tell = std::get_if<market::Tell>(&wish)) check_told(at, *tell);
}

void MailRules::check_told(std::uint32_t at, const market::Tell& tell) {
    std::optional<std::string> wrong;
    if (tell.what == market::Happening::mail_arrived)
        wrong = post_.on_arrived(at, tell.id, cluster_.now());
    if (tell.what == market::Happening::mail_state && tell.text == "heard") post_.on_heard(tell.id);
    if (tell.what == market::Happening::mail_state && tell.text == "delivered")
        wrong = post_.on_delivered(tell.id);
    if (wrong) failures_.add(at, *wrong);
}

std::optional<std::string> MailRules::missing() const {
    return post_.missing([this](std::uint32_t at) { return reachable(at); });
}

void MailRules::check_boxes() {
    Nodes& nodes = cluster_.nodes();
    for (std::uint32_t at = 0; at < nodes.size(); ++at) {
        SimNode& node = nodes[at];
        if (!node.has_market()) continue;
        market::Market& market = node.engine->market();
        market::Effects nothing;
        const market::Turn turn{cluster_.time_of(at).wall, node.own_store, node.store, nothing};
        std::vector<market::MailView> boxes = market.list_mail(node.own_store);
        for (market::MailView& mail : boxes)
            if (auto whole = market.read_mail(base::to_hex(mail.letter.id), turn))
                mail.letter.text = whole->letter.text;
        if (const auto wrong =
                post_.problem(at, boxes, [this](std::uint32_t other) { return reachable(other); }))
            failures_.add(at, *wrong);
    }
}

void MailRules::finish(Outcome& out) {
    if (post_.size() == 0) return;
    const auto delays = percentiles(post_.delays());
    out.add("mails_sent", static_cast<double>(post_.size()));
    out.add("mails_arrived", static_cast<double>(post_.arrived_count()));
    out.add("mail_t50_ms", delays[50]);
    out.add("mail_t99_ms", delays[99]);
}

}  // namespace hearsay::sim
