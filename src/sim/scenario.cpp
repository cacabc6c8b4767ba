#include "sim/scenario.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>

#include "sim/byzantine.hpp"

namespace hearsay::sim {
namespace {

struct Setting {
    std::int64_t Scenario::* field;
    std::int64_t least;
    std::int64_t most;
};

const std::map<std::string, Setting>& settings() {
    constexpr std::int64_t day = 86400;
    static const std::map<std::string, Setting> all{
        {"degree", {&Scenario::degree, 2, 16}},
        {"known", {&Scenario::known, 0, 1000}},
        {"publish_s", {&Scenario::publish_s, 1, 7 * day}},
        {"faults_s", {&Scenario::faults_s, 60, 7 * day}},
        {"calm_s", {&Scenario::calm_s, 60, 7 * day}},
        {"warmup_offers", {&Scenario::warmup_offers, 0, 10000}},
        {"churn", {&Scenario::churn, 0, 10000}},
        {"crash", {&Scenario::crash, 0, 10000}},
        {"cut", {&Scenario::cut, 0, 10000}},
        {"stall", {&Scenario::stall, 0, 10000}},
        {"partition", {&Scenario::partition, 0, 2}},
        {"slow", {&Scenario::slow, 0, 100}},
        {"late", {&Scenario::late, 0, 90}},
        {"skew_s", {&Scenario::skew_s, 0, day}},
        {"jump", {&Scenario::jump, 0, 10000}},
        {"jump_s", {&Scenario::jump_s, 0, day}},
        {"byzantine", {&Scenario::byzantine, 0, 60}},
        {"vice", {&Scenario::vice, 0, all_vices}},
        {"timely_s", {&Scenario::timely_s, 0, day}},
        {"timely_permille", {&Scenario::timely_permille, 0, 1000}},
        {"spam", {&Scenario::spam, 0, 1000}},
        {"update", {&Scenario::update, 0, 100}},
        {"remove", {&Scenario::remove, 0, 100}},
        {"brief", {&Scenario::brief, 0, 100}},
        {"mails", {&Scenario::mails, 0, 100}},
        {"forget", {&Scenario::forget, 0, 100}},
        {"pictures", {&Scenario::pictures, 0, 100}},
        {"no_pictures", {&Scenario::no_pictures, 0, 100}},
        {"hiding", {&Scenario::hiding, 0, 100}},
        {"recover", {&Scenario::recover, 0, 1000}},
        {"restore", {&Scenario::restore, 0, 1000}},
        {"full", {&Scenario::full, 0, 10000}},
        {"begin_day", {&Scenario::begin_day, 1, 1000}},
        {"budget_kib", {&Scenario::budget_kib, 0, 2 << 20}},
        {"upload_limit", {&Scenario::upload_limit, 0, 1 << 20}},
        {"download_limit", {&Scenario::download_limit, 0, 1 << 20}},
        {"search", {&Scenario::search, 0, 1}},
        {"fill_pct", {&Scenario::fill_pct, 0, 1000}},
        {"life_s", {&Scenario::life_s, 600, 15 * day}},
        {"mail_life_s", {&Scenario::mail_life_s, 0, 15 * day}},
        {"attack_mhs", {&Scenario::attack_mhs, 0, 1'000'000}},
        {"attack_kind", {&Scenario::attack_kind, 1, 255}},
        {"attack_bytes", {&Scenario::attack_bytes, 1, 32 * 1024}},
        {"attack_life_s", {&Scenario::attack_life_s, 600, 15 * day}},
        {"attack_from_s", {&Scenario::attack_from_s, 0, 7 * day}},
        {"aim", {&Scenario::aim, 0, 1}},
        {"per_maker", {&Scenario::per_maker, 1, 100}},
        {"spies", {&Scenario::spies, 0, 50}},
        {"kademlia", {&Scenario::kademlia, 0, 1}},
        {"lose", {&Scenario::lose, 0, 95}},
        {"lose_each", {&Scenario::lose_each, 0, 1}},
        {"discover", {&Scenario::discover, 0, 1}},
        {"seeds", {&Scenario::seeds, 1, 100}},
        {"join_s", {&Scenario::join_s, 0, day}},
        {"newcomers", {&Scenario::newcomers, 0, 50}},
        {"leave", {&Scenario::leave, 0, 50}},
        {"seeds_die", {&Scenario::seeds_die, 0, 1}},
        {"pinned", {&Scenario::pinned, 0, 8}},
        {"age", {&Scenario::age, 0, 1}},
        {"age_s", {&Scenario::age_s, 0, 6 * day}},
        {"sybils", {&Scenario::sybils, 0, 20}},
        {"restart", {&Scenario::restart, 0, 1}},
        {"lookups", {&Scenario::lookups, 0, 10000}},
        {"idle", {&Scenario::idle, 0, 1}},
        {"settle_s", {&Scenario::settle_s, 0, day}},
        {"from_join", {&Scenario::from_join, 0, 1}},
        {"found_pct", {&Scenario::found_pct, 0, 100}},
        {"hops_pct", {&Scenario::hops_pct, 0, 1000}},
        {"two_honest_pct", {&Scenario::two_honest_pct, 0, 100}},
        {"one_honest_pct", {&Scenario::one_honest_pct, 0, 100}},
        {"idle_bytes", {&Scenario::idle_bytes, 0, 1'000'000}},
        {"idle_circuits", {&Scenario::idle_circuits, 0, 10000}},
    };
    return all;
}

std::string trimmed(const std::string& text) {
    const auto from = text.find_first_not_of(" \t\r");
    if (from == std::string::npos) return "";
    return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

}  // namespace

base::Result<void> change(Scenario& scenario, const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos)
        return base::fail(base::ErrorCode::invalid, "expected `name = number`");
    const std::string key = trimmed(text.substr(0, equals));
    const std::string value = trimmed(text.substr(equals + 1));
    const auto setting = settings().find(key);
    if (setting == settings().end())
        return base::fail(base::ErrorCode::invalid, "there is no setting " + key);
    std::int64_t parsed = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    if (error != std::errc{} || end != value.data() + value.size() ||
        parsed < setting->second.least || parsed > setting->second.most)
        return base::fail(base::ErrorCode::invalid,
                          key + " is a whole number from " + std::to_string(setting->second.least) +
                              " to " + std::to_string(setting->second.most));
    scenario.*setting->second.field = parsed;
    return {};
}

base::Result<void> check(const Scenario& scenario) {
    const bool lost = scenario.lose > 0 || scenario.lose_each != 0;
    if (lost && scenario.faults_s <= 3600)
        return base::fail(
            base::ErrorCode::invalid,
            scenario.name + ": lose needs faults_s above 3600: it happens an hour before the calm");
    if (scenario.idle != 0 && scenario.faults_s <= 3600)
        return base::fail(
            base::ErrorCode::invalid,
            scenario.name +
                ": idle needs faults_s above 3600: it is measured over their last hour");
    if (scenario.vice == vice_count && scenario.discover == 0)
        return base::fail(
            base::ErrorCode::invalid,
            scenario.name + ": liars are only where nodes find each other (discover = 1)");
    if (scenario.budget_kib == 0 && (scenario.attack_mhs > 0 || scenario.fill_pct > 0))
        return base::fail(base::ErrorCode::invalid,
                          scenario.name + ": a network is full only of a budget (budget_kib)");
    if (scenario.attack_mhs > 0 && (scenario.byzantine == 0 || scenario.vice != spammer_number))
        return base::fail(base::ErrorCode::invalid,
                          scenario.name + ": attackers are byzantine nodes with vice = " +
                              std::to_string(spammer_number));
    if ((scenario.recover > 0 || scenario.restore > 0) && scenario.discover != 0)
        return base::fail(
            base::ErrorCode::invalid,
            scenario.name + ": disks are lost only where a graph is given (discover = 0)");
    return {};
}

base::Result<Scenario> parse_scenario(const std::string& name, const std::string& text) {
    Scenario out;
    out.name = name;
    std::istringstream lines(text);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        line = trimmed(line);
        if (line.empty() || line.front() == '#') continue;
        if (const auto changed = change(out, line); !changed)
            return base::fail(base::ErrorCode::invalid, name + ", line " + std::to_string(number) +
                                                            ": " + changed.error().text);
    }
    if (const auto fits = check(out); !fits) return std::unexpected(fits.error());
    return out;
}

base::Result<Scenario> find_scenario(const std::string& name_or_path) {
    if (name_or_path.find('/') != std::string::npos) {
        std::ifstream file(name_or_path);
        if (!file) return base::fail(base::ErrorCode::not_found, name_or_path + " cannot be read");
        const std::string text{std::istreambuf_iterator<char>(file),
                               std::istreambuf_iterator<char>()};
        return parse_scenario(name_or_path, text);
    }
    const auto found = built_in_scenarios().find(name_or_path);
    if (found != built_in_scenarios().end()) return parse_scenario(found->first, found->second);
    std::string names;
    for (const auto& [name, text] : built_in_scenarios())
        names += (names.empty() ? "" : ", ") + name;
    return base::fail(base::ErrorCode::not_found,
                      "no scenario " + name_or_path + "; there are " + names);
}

}  // namespace hearsay::sim
