#include "app/cli/run_bulk.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <fstream>
#include <iostream>

#include "api/encode/utf8.hpp"
#include "app/cli/asker.hpp"
#include "app/cli/commands_search.hpp"
#include "app/cli/csv.hpp"
#include "app/cli/new_file.hpp"
#include "app/cli/offer_edit.hpp"
#include "app/cli/offer_table.hpp"
#include "app/cli/run_offers.hpp"
#include "app/cli/run_pages.hpp"
#include "app/cli/show_parts.hpp"
#include "app/cli/text.hpp"
#include "base/limits/relay.hpp"

namespace hearsay::app::cli {
namespace {

// A thousand of the largest offers are some ten megabytes.
constexpr std::size_t offers_bytes_max = 64 * 1024 * 1024;

// ---- offers in ----------------------------------------------------------------------------------

struct Record {
    std::size_t line = 0;
    std::expected<api::OfferDraft, std::string> draft;
};

std::vector<Record> read_lines(std::string_view text) {
    std::vector<Record> out;
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view one = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (one.find_first_not_of(" \t\r") == one.npos) continue;
        Record record{line, api::OfferDraft{}};
        const auto read = api::from_json(one, *record.draft, api::Unknown::refuse);
        if (!read) record.draft = std::unexpected(read.error().text);
        out.push_back(std::move(record));
    }
    return out;
}

std::expected<std::vector<Record>, std::string> read_table(std::string_view text) {
    auto rows = read_csv(text);
    if (!rows) return std::unexpected(rows.error());
    std::vector<Record> out;
    if (rows->empty()) return out;
    const std::vector<std::string> names = std::move(rows->front().cells);
    if (const auto known = check_columns(names); !known)
        return std::unexpected("line 1: " + known.error());
    for (std::size_t at = 1; at < rows->size(); ++at)
        out.push_back({(*rows)[at].line, draft_of_row(names, (*rows)[at])});
    return out;
}

// A line of JSON begins with a brace, and no column's name does.
std::expected<std::vector<Record>, std::string> read_offers(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // spreadsheets mark UTF-8 so
    if (!api::is_utf8(text)) return std::unexpected("it is not UTF-8");
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == text.npos) return std::vector<Record>{};
    if (text[first] == '{') return read_lines(text);
    return read_table(text);
}

// Of so many own items that wait, until the last of them has left.
base::Seconds time_to_leave(std::size_t waiting) {
    namespace limits = base::limits;
    // To make a circuit, hand the item over and see it taken; longer where nodes are slow.
    constexpr base::Millis handover{6000};
    const auto count = static_cast<base::Millis::rep>(waiting);
    const base::Millis delays =
        std::min(limits::injection_delay * count, base::Millis(limits::injection_delay_max));
    const base::Millis handovers =
        handover * count / static_cast<base::Millis::rep>(limits::injections_max);
    const base::Millis longest = std::max(delays, handovers);
    return longest < std::chrono::minutes(1) ? std::chrono::ceil<base::Seconds>(longest)
                                             : std::chrono::ceil<std::chrono::minutes>(longest);
}

class OffersIn {
public:
    explicit OffersIn(const Asker& asker) : asker_(asker) {}

    // False: no further line has a chance now.
    bool publish(const Record& record) {
        if (!record.draft) {
            fail(record.line, "invalid", record.draft.error());
            return true;
        }
        const auto body = api::to_json(*record.draft);
        if (!body) {
            fail(record.line, "invalid", "a text is not UTF-8");
            return true;
        }
        const auto answer = asker_.client.ask("POST", "/v1/offers", *body);
        if (!answer) return stop(record.line, report(asker_.terminal, asker_.json, answer.error()));
        if (answer->status >= 400) {
            api::Error error;
            if (!api::from_json(answer->body, error, api::Unknown::ignore))
                return stop(record.line, report_nonsense(asker_.terminal, asker_.json));
            if (error.code() == "exhausted" || error.code() == "unavailable" ||
                error.code() == "io")
                return stop(record.line, report(asker_.terminal, asker_.json, *answer));
            fail(record.line, error.code(), error.message());
            return true;
        }
        api::Offer offer;
        if (!api::from_json(answer->body, offer, api::Unknown::ignore))
            return stop(record.line, report_nonsense(asker_.terminal, asker_.json));
        published_.push_back(offer.id());
        return true;
    }

    int end() const {
        std::ostream& out = asker_.terminal.out;
        if (asker_.json) {
            out << "{\"published\":[";
            for (std::size_t at = 0; at < published_.size(); ++at)
                out << (at == 0 ? "\"" : ",\"") << published_[at] << "\"";
            out << "],\"failed\":[" << failed_json_ << "],\"stopped_at\":" << stopped_at_ << "}"
                << std::endl;
        } else {
            const std::size_t published = published_.size();
            say(asker_.terminal,
                counted(published, "offer") + (published == 1 ? " is" : " are") + " kept and on " +
                    (published == 1 ? "its" : "their") + " way" +
                    (failed_ > 0 ? ", " + counted(failed_, "line") +
                                       (failed_ == 1 ? " was" : " were") + " refused"
                                 : "") +
                    "." + (published > 0 ? how_they_leave() : ""));
            const std::string line = std::to_string(stopped_at_);
            if (stopped_at_ > 0)
                note(asker_.terminal,
                     "it ended at line " + line + "; to go on there: --from " + line);
        }
        if (stopped_at_ > 0) return code_;
        return failed_ > 0 ? exit_failed : exit_ok;
    }

private:
    // core/relay/injection.hpp, rule 2: at random, for each that waits a little more time.
    std::string how_they_leave() const {
        api::Status status;
        const auto answer = asker_.client.ask("GET", "/v1/status");
        const bool told = answer && answer->status < 400 &&
                          api::from_json(answer->body, status, api::Unknown::ignore);
        const std::size_t waiting =
            std::max<std::size_t>(published_.size(), told ? status.outbox_pending() : 0);
        const bool ready = !told || status.tor().state() == "ready";
        const bool alone = told && status.peers().state() == "alone";
        const std::string when = !ready  ? ", once Tor is ready"
                                 : alone ? ", once a peer is known"
                                         : "";
        const std::string leave =
            published_.size() == 1
                ? " Once its work is done it leaves at a random time, within "
                : " Once its work is done each leaves at a random time, so that nobody sees that "
                  "they are of one node: the last within ";
        return leave + describe_span(time_to_leave(waiting)) + when +
               ". \"hearsay offer list --mine\" says how far it is, \"hearsay status\" how much is "
               "not heard back yet.";
    }
    void fail(std::size_t line, const std::string& code, const std::string& why) {
        api::Error error;
        error.set_code(code);
        error.set_message(why);
        failed_json_ += (failed_ == 0 ? "{\"line\":" : ",{\"line\":") + std::to_string(line) +
                        ",\"error\":" + api::to_json(error).value_or("{}") + "}";
        ++failed_;
        note(asker_.terminal, "line " + std::to_string(line) + ": " + why);
    }
    bool stop(std::size_t line, int code) {
        stopped_at_ = line;
        code_ = code;
        return false;
    }

    const Asker& asker_;
    std::vector<std::string> published_;
    std::string failed_json_;
    std::size_t failed_ = 0;
    std::size_t stopped_at_ = 0;  // a line; 0: it came to the end
    int code_ = exit_ok;
};

int import_offers(const OffersImport& command, const Asker& asker) {
    const auto text = read_input(command.file, offers_bytes_max, asker.terminal);
    if (!text) return asker.usage(text.error());
    const auto records = read_offers(*text);
    if (!records) return asker.usage(command.file + ": " + records.error());
    OffersIn in(asker);
    for (const Record& record : *records) {
        if (record.line < command.from) continue;
        if (asker.terminal.interrupted && asker.terminal.interrupted()) break;
        if (!in.publish(record)) break;
    }
    return in.end();
}

// ---- out ----------------------------------------------------------------------------------------

int export_offers(const OffersExport& command, const Asker& asker) {
    std::string raw;
    const auto offers =
        asker.get<api::OfferList>("GET", "/v1/offers?mine=true&limit=1000", nullptr, raw);
    if (!offers) return offers.error();
    std::string out = command.csv ? csv_line(offer_columns()) : "";
    for (const api::Offer& offer : offers->offers()) {
        if (offer.state() == "removed" || offer.state() == "expired") continue;
        api::OfferDraft draft = draft_of(offer);
        draft.clear_pictures();
        for (const api::Picture& picture : offer.shown_pictures()) {
            if (command.csv || !picture.here()) continue;
            auto bytes = picture_bytes(asker, picture.hash(), offer.publisher());
            if (!bytes) return bytes.error();
            draft.add_picture_files(*std::move(bytes));
        }
        out += command.csv ? csv_line(row_of(draft)) : api::to_json(draft).value_or("{}") + "\n";
    }
    return write_output(command.file, out, asker.json, asker.terminal);
}

const std::vector<std::string> trade_columns{"id",    "role",    "state",   "title",   "offer",
                                             "give",  "want",    "terms",   "maker",   "taker",
                                             "right", "created", "changed", "messages"};

// RFC 3339, as in JSON.
std::string written(const google::protobuf::Timestamp& at) {
    const std::time_t seconds = at.seconds();
    std::tm parts{};
    char out[24];
    if (seconds == 0 || gmtime_r(&seconds, &parts) == nullptr) return "";
    return {out, std::strftime(out, sizeof out, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::vector<std::string> row_of(const api::Trade& trade) {
    std::vector<std::string> out{trade.id(),
                                 trade.role(),
                                 trade.state(),
                                 trade.title(),
                                 trade.offer(),
                                 trade.terms().give(),
                                 trade.terms().want(),
                                 trade.terms().text(),
                                 trade.maker(),
                                 trade.taker(),
                                 trade.right(),
                                 written(trade.created()),
                                 written(trade.changed()),
                                 std::to_string(trade.messages_size())};
    for (std::string& cell : out) cell = csv_text(std::move(cell));
    return out;
}

int export_trades(const TradesExport& command, const Asker& asker) {
    std::string raw;
    const auto trades = read_pages<api::TradeList>(asker, "/v1/trades", "", {.all = true}, raw);
    if (!trades) return trades.error();
    std::string out = command.csv ? csv_line(trade_columns) : "";
    for (const api::Trade& each : trades->trades()) {  // lists have no messages
        const auto trade = asker.get<api::Trade>("GET", "/v1/trades/" + each.id(), nullptr, raw);
        if (!trade) return trade.error();
        out += command.csv ? csv_line(row_of(*trade)) : raw + "\n";
    }
    return write_output(command.file, out, asker.json, asker.terminal);
}

}  // namespace

std::string search_query(const SearchCommand& command) {
    std::string out = "limit=" + std::to_string(command.limit);
    for (const auto& [name, value] : parameters_of(command))
        out += "&" + name + "=" + percent_encoded(value);
    if (command.show_hidden) out += "&show_hidden=true";
    return out;
}

std::expected<std::string, std::string> read_input(const std::string& file, std::size_t most,
                                                   Terminal& terminal) {
    if (file == "-" && terminal.in_is_tty)
        return std::unexpected("expected a file, or a pipe for -");
    std::ifstream opened;
    if (file != "-") {
        opened.open(file, std::ios::binary);
        if (!opened) return std::unexpected(cannot_read(file));
    }
    std::istream& in = file == "-" ? terminal.in : opened;
    std::string out;
    std::array<char, 64 * 1024> part;
    while (in.read(part.data(), part.size()) || in.gcount() > 0) {
        out.append(part.data(), static_cast<std::size_t>(in.gcount()));
        if (out.size() > most)
            return std::unexpected(file + " is larger than " + std::to_string(most) + " bytes");
    }
    if (in.bad())
        return std::unexpected(file == "-" ? "cannot read standard input" : cannot_read(file));
    return out;
}

int write_output(const std::string& file, const std::string& content, bool json,
                 Terminal& terminal) {
    if (file == "-") {
        terminal.out << content << std::flush;
        if (terminal.out) return exit_ok;
        return report(terminal, json, exit_failed, "io", "cannot write to standard output");
    }
    if (const auto written = write_new(file, content); !written)
        return report(terminal, json, exit_failed, "io", written.error());
    return exit_ok;
}

int run_bulk(const BulkCommand& command, const Client& client, bool json, Terminal& terminal) {
    const Asker asker{client, json, terminal};
    if (const auto* out = std::get_if<BundleExport>(&command))
        return run_bundle_export(*out, client, json, terminal);
    if (const auto* in = std::get_if<BundleImport>(&command))
        return run_bundle_import(*in, client, json, terminal);
    if (const auto* in = std::get_if<OffersImport>(&command)) return import_offers(*in, asker);
    if (const auto* out = std::get_if<OffersExport>(&command)) return export_offers(*out, asker);
    return export_trades(std::get<TradesExport>(command), asker);
}

}  // namespace hearsay::app::cli
