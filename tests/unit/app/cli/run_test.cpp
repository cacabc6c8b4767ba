// The command against a real server with a fake node behind it.
#include "app/cli/run.hpp"

#include <fstream>
#include <sstream>
#include <thread>

#include "api/encode/json.hpp"
#include "app/cli/watch.hpp"
#include "node_fixture.hpp"

namespace hearsay::app::cli {
namespace {

TEST_CASE_FIXTURE(
    NodeFixture,
    "secrets come from standard input, a file or the terminal, and are checked there") {
    CHECK(hearsay({"identity", "recover"}, {"one two\nthree\n"}).code == exit_ok);
    CHECK(last_call(*this) == "recover one two\nthree\n");
    CHECK(hearsay({"identity", "import"}, {"hssec1abc\n"}).code == exit_ok);
    CHECK(last_call(*this) == "import_persona hssec1abc ");
    CHECK(hearsay({"backup", "create", "/tmp/x.backup"}, {"battery staple\nmore"}).code == exit_ok);
    CHECK(last_call(*this) == "create_backup /tmp/x.backup battery staple");
    const std::string file = (temp.path() / "passphrase").string();
    std::ofstream(file) << "from a file\n";
    CHECK(hearsay({"backup", "restore", "/tmp/x.backup", "--passphrase-file", file}).code ==
          exit_ok);
    CHECK(last_call(*this) == "restore_backup /tmp/x.backup from a file");
    CHECK(hearsay({"backup", "create", "/tmp/x.backup"}, {""}).code == exit_usage);
    CHECK(hearsay({"backup", "create", "/tmp/x.backup"}, {"", true}).code == exit_usage);
    CHECK(hearsay({"backup", "create"}).code == exit_usage);
}

TEST_CASE_FIXTURE(NodeFixture,
                  "a new backup's passphrase is asked for twice on a terminal, an old one's once") {
    std::vector<std::string> answers{"secret", "secret", "secret", "other", "secret"};
    std::size_t asked = 0;
    const auto on_terminal = [&](std::vector<std::string> words) {
        std::istringstream in;
        std::ostringstream out, err;
        Terminal terminal{in,
                          out,
                          err,
                          true,
                          true,
                          false,
                          100,
                          40,
                          [] { return now_here; },
                          [] { return false; },
                          [&](const std::string&) { return std::optional(answers.at(asked++)); }};
        words.insert(words.end(), {"--data-dir", temp.path().string()});
        return run(words, {}, terminal);
    };
    CHECK(on_terminal({"backup", "create", "/tmp/x"}) == exit_ok);
    CHECK(asked == 2);
    CHECK(on_terminal({"backup", "create", "/tmp/x"}) == exit_usage);
    CHECK(asked == 4);
    CHECK(on_terminal({"backup", "restore", "/tmp/x"}) == exit_ok);
    CHECK(asked == 5);
}

TEST_CASE_FIXTURE(NodeFixture,
                  "a secret key goes to the output alone, and the warning to the errors") {
    const Outcome outcome = hearsay({"identity", "export", "shop"});
    CHECK(outcome.code == exit_ok);
    CHECK(outcome.out == "hssec1secret\n");
    CHECK(outcome.err.find("secret key") != std::string::npos);
}

TEST_CASE_FIXTURE(NodeFixture,
                  "a secret key goes into a new file that only its owner reads, and nowhere else") {
    const std::string file = (temp.path() / "shop.secret").string();
    const Outcome outcome = hearsay({"identity", "export", "shop", "--file", file});
    CHECK(outcome.code == exit_ok);
    CHECK((outcome.out + outcome.err).find("hssec1") == std::string::npos);
    CHECK(outcome.out.find(file) != std::string::npos);
    CHECK(outcome.err.find("secret key") != std::string::npos);
    std::ifstream in(file);
    std::string line;
    CHECK(std::getline(in, line));
    CHECK(line == "hssec1secret");
    CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::all) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    const Outcome again = hearsay({"identity", "export", "main", "--file", file, "--json"});
    CHECK(again.code == exit_failed);
    CHECK(again.out.find("File exists") != std::string::npos);
    CHECK(again.out.find("hssec1") == std::string::npos);
    const Outcome json = hearsay({"identity", "export", "shop", "--file", file + "2", "--json"});
    CHECK(json.code == exit_ok);
    CHECK(json.out.find("hssec1") == std::string::npos);
}

TEST_CASE_FIXTURE(NodeFixture,
                  "a backup's path is absolute for the node, whatever it was for the user") {
    CHECK(hearsay({"backup", "create", "some/../x.backup"}, {"p\n"}).code == exit_ok);
    CHECK(last_call(*this) ==
          "create_backup " + (std::filesystem::current_path() / "x.backup").string() + " p");
}

bool is_json_object(const std::string& text) {
    return text.size() > 2 && text.front() == '{' && text.ends_with("}\n");
}

TEST_CASE_FIXTURE(NodeFixture, "every command reaches the node and prints something for people") {
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
        {{"status"}, "Hearsay 0.1.0 on the local network"},
        {{"identity", "show"}, "hsm1me"},
        {{"identity", "show", "shop"}, "hsp1someone"},
        {{"identity", "show", "--qr"}, "\u2588\u2588\u2588"},
        {{"identity", "list"}, "\"shop\", kept"},
        {{"identity", "new", "shop"}, "Made: shop"},
        {{"identity", "import", "hssec1x", "--name", "shop"}, "Imported: shop"},
        {{"identity", "retire", "shop"}, "Retired: shop"},
        {{"mail", "remove", "cccc"}, "Removed: Your bicycle"},
        {{"offer", "publish", "--title", "Bicycle", "--as", "shop"}, "Bicycle"},
        {{"offer", "publish", "--title", "Bicycle", "--estimate"}, "this offer costs about"},
        {{"offer", "list"}, "in 7 days"},
        {{"offer", "show", "bbbbbbbb"}, "made       just now"},
        {{"offer", "show", "bbbbbbbb"}, "80 EUR"},
        {{"offer", "remove", "bbbbbbbb"}, "Removed: Bicycle"},
        {{"profile", "set", "shop", "--nickname", "Ann"}, "\"Ann\""},
        {{"profile", "show", "shop"}, "q9s5-4waj-jwl2 \"Ann\""},
        {{"profile", "show"}, "hsp1someone"},
        {{"profile", "list"}, "hsp1someone"},
        {{"profile", "remove", "shop"}, "Removed: q9s5"},
        {{"post", "publish", "--title", "Spring"}, "Spring"},
        {{"post", "list"}, "Spring"},
        {{"post", "show", "eeeeeeee"}, "Spring"},
        {{"post", "remove", "eeeeeeee"}, "Removed: Spring"},
        {{"mail", "send", "hsm1x", "--subject", "Hello", "--text", "x"}, "Your bicycle"},
        {{"mail", "list"}, "Your bicycle"},
        {{"mail", "read", "cccc"}, "\n    Is it still there?\n"},
        {{"peers", "list"}, std::string(56, 'd') + "  waiting  pinned"},
        {{"peers", "list"}, "23 nodes more known: hearsay peers list --all"},
        {{"peers", "show", "x.onion"}, "pinned: always dialled"},
        {{"peers", "add", "x.onion"}, "Added: x.onion"},
        {{"peers", "remove", "x.onion"}, "Removed: x.onion"},
        {{"peers", "ban", "x.onion", "--reason", "spam"}, "Banned: x.onion"},
        {{"peers", "unban", "x.onion"}, "Not banned any more: x.onion"}};
    for (const auto& [words, expected] : cases) {
        const Outcome outcome = hearsay(words);
        CAPTURE(words.front());
        CHECK(outcome.code == exit_ok);
        CHECK(outcome.out.find(expected) != std::string::npos);
        CHECK(outcome.err.empty());
        CHECK(outcome.out.find('\x1b') == std::string::npos);

        std::vector<std::string> with_json = words;
        with_json.insert(with_json.begin(), "--json");
        const Outcome json = hearsay(with_json);
        CHECK(json.code == exit_ok);
        CHECK(is_json_object(json.out));
    }
    api::Offer offer;
    CHECK(api::from_json(hearsay({"offer", "show", "bbbbbbbb", "--json"}).out, offer,
                         api::Unknown::refuse)
              .has_value());
}

TEST_CASE_FIXTURE(NodeFixture, "what the node refuses decides the exit code") {
    using base::ErrorCode;
    const std::vector<std::pair<ErrorCode, int>> expected{
        {ErrorCode::invalid, 1},   {ErrorCode::refused, 1},     {ErrorCode::conflict, 1},
        {ErrorCode::exhausted, 1}, {ErrorCode::corrupt, 1},     {ErrorCode::io, 1},
        {ErrorCode::not_found, 4}, {ErrorCode::unavailable, 5}, {ErrorCode::denied, 6}};
    for (const auto& [code, exit] : expected) {
        backend.error = base::Error{code, "because\x1b[2J"};
        const Outcome outcome = hearsay({"offer", "show", "bbbbbbbb"});
        CHECK(outcome.code == exit);
        CHECK(outcome.out.empty());
        CHECK(outcome.err == "hearsay: because\xEF\xBF\xBD[2J\n");
    }
    const Outcome json = hearsay({"offer", "show", "bbbbbbbb", "--json"});
    CHECK(json.out == "{\"error\":{\"code\":\"denied\",\"message\":\"because\\u001b[2J\"}}\n");
}

TEST_CASE("a node that is not running is told from a usage error") {
    api::TempDir temp;
    const Outcome outcome = run_in(temp.path(), {"status"});
    CHECK(outcome.code == exit_not_running);
    CHECK(outcome.err.find((temp.path() / "run/api").string()) != std::string::npos);
    CHECK(outcome.err.find("hearsayd --data-dir " + temp.path().string()) != std::string::npos);
    CHECK(run_in(temp.path(), {"status", "--json"}).out.find("\"not_running\"") !=
          std::string::npos);
    const Outcome usage = run_in(temp.path(), {"stauts", "--json"});
    CHECK(usage.code == exit_usage);
    CHECK(usage.out.starts_with("{\"error\":{\"code\":\"usage\""));
}

TEST_CASE_FIXTURE(NodeFixture,
                  "the text of a mail comes from the option, a file or standard input") {
    const std::vector<std::string> send{"mail", "send", "hsm1x", "--subject", "Hello"};
    const auto with = [&](std::vector<std::string> more) {
        std::vector<std::string> out = send;
        out.insert(out.end(), more.begin(), more.end());
        return out;
    };
    CHECK(hearsay(send, {"one\r\ntwo\r\n\n"}).code == exit_ok);
    CHECK(backend.last_mail.text() == "one\ntwo");
    const std::string file = (temp.path() / "letter").string();
    std::ofstream(file) << "from a file\n";
    CHECK(hearsay(with({"--text-file", file}), {"", true}).code == exit_ok);
    CHECK(backend.last_mail.text() == "from a file");
    CHECK(hearsay(with({"--text-file", "-"}), {"typed", true}).code == exit_ok);
    CHECK(backend.last_mail.text() == "typed");
    CHECK(hearsay(with({"--text", "said", "--lifetime", "3d"}), {"unused"}).code == exit_ok);
    CHECK(backend.last_mail.text() == "said");
    CHECK(backend.last_mail.lifetime_seconds() == 259200);

    const Outcome nothing = hearsay(send, {"", true});
    CHECK(nothing.code == exit_usage);
    CHECK(nothing.err.find("--text-file FILE") != std::string::npos);
    CHECK(hearsay(with({"--text-file", "/nonexistent/x"})).code == exit_usage);
    CHECK(hearsay(send, {std::string(1'000'000, 'x')}).code == exit_usage);
    CHECK(hearsay(send, {"\xff"}).code == exit_usage);
    CHECK(hearsay({"mail", "send", "hsm1x", "--subject", "\xff", "--text", "x"}).code ==
          exit_usage);
}

TEST_CASE_FIXTURE(NodeFixture, "an offer's text does not come from standard input unasked") {
    CHECK(
        hearsay({"offer", "publish", "--title", "Bicycle", "--tag", "a", "b"}, {"waiting"}).code ==
        exit_ok);
    CHECK(backend.last_draft.text().empty());
    CHECK(backend.last_draft.tags_size() == 2);
}

TEST_CASE_FIXTURE(NodeFixture, "an update reads the offer and puts back all but what is named") {
    backend.shown_offer.set_text("Blue.");
    backend.shown_offer.set_status("reserved");
    CHECK(hearsay({"offer", "update", "bbbb", "--price", "70", "--currency", "EUR"}).code ==
          exit_ok);
    CHECK(backend.calls.back() == "update_offer " + std::string(64, 'b'));
    CHECK(backend.last_draft.title() == "Bicycle");
    CHECK(backend.last_draft.text() == "Blue.");
    CHECK(backend.last_draft.status() == "reserved");
    CHECK(backend.last_draft.price().amount() == 70);
    CHECK(backend.last_draft.lifetime_seconds() == 600'000);  // it ends when it would have ended

    CHECK(hearsay({"offer", "mark", "bbbb", "sold"}).code == exit_ok);
    CHECK(backend.last_draft.status() == "sold");
    CHECK(backend.last_draft.text() == "Blue.");

    CHECK(hearsay({"offer", "update", "bbbb", "--text", "", "--lifetime", "12h"}).code == exit_ok);
    CHECK(backend.last_draft.text().empty());
    CHECK(backend.last_draft.lifetime_seconds() == 43'200);
}

TEST_CASE_FIXTURE(NodeFixture, "a profile keeps what is not named") {
    backend.shown_profile.set_about("I mend bicycles.");
    backend.shown_profile.add_languages("de");
    backend.shown_profile.set_picture("aa");
    backend.shown_profile.set_mailbox("hsm1x");
    CHECK(hearsay({"profile", "set", "shop", "--nickname", "Anna"}).code == exit_ok);
    CHECK(backend.calls.back() == "set_profile shop");
    CHECK(backend.last_profile.nickname() == "Anna");
    CHECK(backend.last_profile.about() == "I mend bicycles.");
    CHECK(backend.last_profile.languages_size() == 1);
    CHECK(backend.last_profile.picture() == "aa");
    CHECK(backend.last_profile.contact());
    CHECK(hearsay({"profile", "set", "shop", "--no-contact", "--text", ""}).code == exit_ok);
    CHECK(backend.last_profile.nickname() == "Ann");
    CHECK(backend.last_profile.about().empty());
    CHECK_FALSE(backend.last_profile.contact());
}

TEST_CASE_FIXTURE(NodeFixture, "an offer tells what it costs, where it is and how it stands") {
    api::Offer& offer = backend.shown_offer;
    offer.set_side("wanted");
    offer.set_status("reserved");
    offer.set_price_text("25.50 EUR, negotiable");
    offer.set_country("DE");
    offer.set_geohash("u281");
    offer.add_payment("cash");
    offer.add_payment("xmr");
    offer.add_details()->set_name("Frame\x1b[2J");
    offer.mutable_details(0)->set_value("56 cm");
    offer.set_warning("rust");
    const std::string out = hearsay({"offer", "show", "bbbbbbbb"}).out;
    CHECK(out.starts_with("Wanted: Bicycle  (reserved)\n  warning    rust\n"));
    CHECK(out.find("  price      25.50 EUR, negotiable\n") != std::string::npos);
    CHECK(out.find("  where      DE, around u281 (geohash)\n") != std::string::npos);
    CHECK(out.find("  payment    cash, xmr\n") != std::string::npos);
    CHECK(out.find("56 cm\n") != std::string::npos);
    CHECK(out.find('\x1b') == std::string::npos);
    // A list has no columns for what no offer says.
    const std::string list = hearsay({"offer", "list"}).out;
    CHECK(list.starts_with("ID            TITLE    PRICE   EXPIRES\n"));
}

TEST_CASE_FIXTURE(NodeFixture, "an offer tells what its last audit found, and when that was") {
    const auto shown = [&] { return hearsay({"offer", "show", "bbbbbbbb"}).out; };
    CHECK(shown().find("audit") == std::string::npos);
    api::Audit& audit = *backend.shown_offer.mutable_audit();
    audit.set_state("over");
    audit.mutable_begun()->set_seconds(base::unix_seconds(now_here) - 180);
    audit.set_asked(10);
    audit.set_held(8);
    audit.set_unreached(2);
    CHECK(shown().find("  audit      begun 3 minutes ago (2027-01-15 07:57 UTC). Held by 8 of 10 "
                       "asked. 2 were not reached.\n") != std::string::npos);
    audit.set_state("running");
    CHECK(shown().find("UTC). Nodes are being asked") != std::string::npos);
    // Whoever asks anew is not told the old answer first.
    const Outcome anew = hearsay({"offer", "show", "bbbbbbbb", "--audit"});
    CHECK(anew.out.find("begun") == std::string::npos);
}

TEST_CASE_FIXTURE(NodeFixture, "a hostile offer is harmless on the terminal") {
    backend.shown_offer.set_title("Bike\x1b[2J\nhearsay: all your keys are lost");
    backend.shown_offer.set_text("fine\n  id         fake\x1b]0;x\x07");
    const Outcome outcome = hearsay({"offer", "show", "bbbbbbbb"}, {}, true);
    CHECK(outcome.out.find('\x1b') == std::string::npos);
    CHECK(outcome.out.find('\x07') == std::string::npos);
    CHECK(outcome.out.find("\nhearsay:") == std::string::npos);
    CHECK(outcome.out.find("\n      id         fake") != std::string::npos);  // pushed in
}

TEST_CASE_FIXTURE(NodeFixture,
                  "a payload goes into a file or a pipe byte for byte, and never to a terminal") {
    const std::string hostile("\x1b[2J\x00\xff", 6);
    api::TradeMessage& message = *backend.shown_trade.add_messages();
    message.set_name("maker-5");
    message.mutable_payload()->set_content(hostile);
    CHECK(hearsay({"trade", "payload", "abcdef12", "maker-5"}).out == hostile);
    const Outcome outcome = hearsay({"trade", "payload", "abcdef12", "maker-5"}, {}, true);
    CHECK(outcome.code == exit_usage);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.find("redirect it into a file") != std::string::npos);
}

TEST_CASE_FIXTURE(NodeFixture,
                  "a rating is removed by its trade, or by its own id where no trade is") {
    backend.shown_trade.set_rating("eeee");
    CHECK(hearsay({"rate", "abcdef12", "--remove"}).code == exit_ok);
    CHECK(last_call(*this) == "remove_rating eeee");
    backend.missing_trade = true;
    CHECK(hearsay({"rate", "ffff0000", "--remove"}).code == exit_ok);
    CHECK(last_call(*this) == "remove_rating ffff0000");
}

TEST_CASE_FIXTURE(NodeFixture, "colours are for terminals only") {
    CHECK(hearsay({"status"}, {}, true).out.find("\x1b[32m[####################]\x1b[0m 100 %") !=
          std::string::npos);
    CHECK(hearsay({"status"}).out.find("[####################] 100 %  ready") != std::string::npos);
}

TEST_CASE_FIXTURE(NodeFixture, "waiting for a state ends when it is there") {
    CHECK(hearsay({"status", "--until", "ready", "--timeout", "20s"}).code == exit_ok);
    const Outcome late = hearsay({"status", "--until", "connected", "--timeout", "1s"});
    CHECK(late.code == exit_unavailable);
    CHECK(late.err.find("not connected yet") != std::string::npos);
}

TEST_CASE("waiting for a node that does not come ends with the time") {
    api::TempDir temp;
    CHECK(run_in(temp.path(), {"status", "--until", "ready", "--timeout", "1s"}).code ==
          exit_not_running);
}

TEST_CASE_FIXTURE(NodeFixture, "watching without a terminal prints each line once") {
    const Outcome outcome = hearsay({"status", "--watch"}, {}, false, 1);
    CHECK(outcome.code == exit_ok);  // Ctrl-C after the second look
    CHECK(outcome.out.find("tor: 100 % ready\n") != std::string::npos);
    CHECK(outcome.out.find("tor: 100 % ready\n") == outcome.out.rfind("tor: 100 % ready\n"));
    const Outcome json = hearsay({"status", "--watch", "--json"}, {}, false, 1);
    CHECK(is_json_object(json.out));
    CHECK(std::count(json.out.begin(), json.out.end(), '\n') == 1);
}

TEST_CASE_FIXTURE(NodeFixture, "watching on a terminal has a screen of its own and leaves it") {
    const Outcome outcome = hearsay({"status", "--watch"}, {}, true, 1);
    const std::string once = hearsay({"status"}, {}, true).out;
    CHECK(outcome.out.starts_with("\x1b[?1049h"));
    CHECK(outcome.out.ends_with("\x1b[?25h\x1b[?1049l" + once));
    CHECK(outcome.out.find("\x1b[H" + once.substr(0, 7)) != std::string::npos);
}

TEST_CASE_FIXTURE(NodeFixture, "watching ends with the reason when the output takes nothing more") {
    std::istringstream in;
    std::ostringstream err;
    std::ofstream full("/dev/full");
    Terminal terminal{
        in, full, err, false, false, false, 100, 40, [] { return now_here; }, [] { return false; }};
    const int code = run({"status", "--watch", "--data-dir", temp.path().string()}, {}, terminal);
    CHECK(code == exit_failed);
    CHECK(err.str().find("No space left on device") != std::string::npos);
    std::ofstream again("/dev/full");
    Terminal once{in,
                  again,
                  err,
                  false,
                  false,
                  false,
                  100,
                  40,
                  [] { return now_here; },
                  [] { return false; }};
    CHECK(run({"offer", "list", "--data-dir", temp.path().string()}, {}, once) == exit_failed);
}

TEST_CASE_FIXTURE(NodeFixture,
                  "a peer is shown with all that is known of it, and strangers' words do no harm") {
    api::Peer& peer = backend.shown_peer;
    peer.set_state("linked");
    peer.set_direction("outbound");
    peer.set_place("long-tried");
    peer.set_manual(false);
    peer.set_round_trip_ms(120);
    peer.set_in_table(true);
    peer.set_anchor(true);
    peer.set_score(1.25);
    peer.set_attempts(2);
    peer.set_last_error("no\x1b[2J answer");
    peer.mutable_first_proved()->set_seconds(1'800'000'000 - 86400 * 3);
    const std::string shown = hearsay({"peers", "show", "x"}).out;
    for (const char* expected :
         {"linked out, place: long-tried",
          "it answered with its key; dialled first after a restart; others are told of it",
          "120 ms", "3 days ago", "failed 2 times: no\xEF\xBF\xBD[2J answer",
          "1.2 for broken rules"}) {
        CAPTURE(expected);
        CHECK(shown.find(expected) != std::string::npos);
    }
    CHECK(hearsay({"peers", "list"}).out.find("linked out  long-tried  comparing, 120 ms") !=
          std::string::npos);
    CHECK(hearsay({"peers", "list", "--all"}).out.find("more known") == std::string::npos);
}

TEST_CASE_FIXTURE(NodeFixture,
                  "a ban says how long and why, and that a node is not pinned any more") {
    const Outcome outcome =
        hearsay({"peers", "ban", "x.onion", "--for", "7d", "--reason", "two words"});
    CHECK(outcome.code == exit_ok);
    CHECK(backend.last_ban.duration_seconds() == 7 * 86400);
    CHECK(backend.last_ban.reason() == "two words");
    CHECK(outcome.out.find("reason     two words") != std::string::npos);
    CHECK(outcome.out.find("It was pinned") != std::string::npos);
}

TEST_CASE_FIXTURE(NodeFixture, "watching looks again at once when the node tells of something") {
    // With a look a second, ten looks in less than that are woken by events alone.
    std::atomic<bool> done = false;
    std::thread events([&] {
        while (!done) {
            publish = true;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    });
    const auto began = std::chrono::steady_clock::now();
    CHECK(hearsay({"status", "--watch"}, {}, true, 20).code == exit_ok);
    done = true;
    events.join();
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(8));
}

TEST_CASE_FIXTURE(NodeFixture, "before it becomes expensive publishing says what it costs") {
    CHECK(hearsay({"offer", "publish", "--title", "Bicycle"}).err.empty());
    backend.estimate.set_seconds(40);
    backend.estimate.set_day_seconds(4.2);
    backend.estimate.set_lifetime_seconds(15 * 86400);
    backend.estimate.set_price(8);
    const Outcome dear = hearsay({"offer", "publish", "--title", "Bicycle"});
    CHECK(dear.code == exit_ok);
    CHECK(dear.err.find("The network is full: this offer costs about 40 seconds of work for 15 "
                        "days") == 0);
    CHECK(dear.err.find("about 4 seconds for") != std::string::npos);
    CHECK(dear.out.find("Bicycle") != std::string::npos);
    CHECK(hearsay({"--json", "offer", "publish", "--title", "Bicycle"}).err.empty());
    backend.calls.clear();
    CHECK(hearsay({"offer", "publish", "--title", "Bicycle", "--estimate", "--lifetime", "15d"})
              .code == exit_ok);
    REQUIRE(backend.calls.size() == 1);
    CHECK(backend.calls.front().find("estimate_work offer") == 0);
    CHECK(backend.calls.front().find(" 1296000") != std::string::npos);
}

TEST_CASE("a data directory whose path has more than 200 characters works") {
    NodeFixture node;
    const std::filesystem::path deep =
        node.temp.path() / std::string(120, 'x') / std::string(120, 'y');
    std::filesystem::create_directories(deep);
    std::filesystem::create_directory_symlink(node.temp.path() / "run", deep / "run");
    CHECK(run_in(deep, {"status"}).code == exit_ok);
}

}  // namespace
}  // namespace hearsay::app::cli
