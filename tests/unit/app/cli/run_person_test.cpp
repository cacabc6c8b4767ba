// The command as a person meets it: lists, friends, mail, trades, words.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/cli/run.hpp"
#include "node_fixture.hpp"

namespace hearsay::app::cli {
namespace {

TEST_CASE_FIXTURE(NodeFixture, "a list that has more says how much, and how to see it") {
    backend.listed = 100;
    backend.total = 1340;
    CHECK(hearsay({"offer", "list"})
              .out.ends_with("100 of 1,340; --page 2 shows the next, --all all.\n"));
    CHECK(hearsay({"offer", "list", "--page", "2"})
              .out.ends_with("101 to 200 of 1,340; --page 3 shows the next, --all all.\n"));
    CHECK(last_call(*this) == "list_offers 100 page 2");
    backend.listed = 3;
    backend.total = 3;
    CHECK(hearsay({"offer", "list"}).out.find(" of ") == std::string::npos);
    CHECK(hearsay({"offer", "list", "--all"}).code == exit_ok);
    CHECK(last_call(*this) == "list_offers 1000");
}

TEST_CASE_FIXTURE(NodeFixture, "a page of a list says what lists hide on it, all pages the sum") {
    backend.listed = 1000;
    backend.total = 2000;
    backend.more_than = true;
    backend.hidden.set_name("mine");
    backend.hidden.set_count(3);
    CHECK(hearsay({"offer", "list", "--page", "2", "--limit", "1000"})
              .out.ends_with("3 hidden by list mine: --show-hidden shows them.\n"
                             "1,001 to 2,000 of 2,000.\n"));
    const Outcome all = hearsay({"offer", "list", "--all"});
    CHECK(last_call(*this) == "list_offers 1000 page 10");
    CHECK(all.out.find("30 hidden by list mine") != std::string::npos);
    CHECK(all.out.find("more than") == std::string::npos);
    CHECK(hearsay({"offer", "list", "--show-hidden", "--page", "2"}).out.find("hidden by") ==
          std::string::npos);
    CHECK(last_call(*this) == "list_offers 100 page 2 show_hidden");
    CHECK(hearsay({"list", "list", "--page", "2"}).code == exit_ok);
    CHECK(last_call(*this) == "list_lists 100 page 2");
}

TEST_CASE_FIXTURE(NodeFixture,
                  "to look at a mailbox's rule changes nothing, and what is not named stays") {
    CHECK(hearsay({"mailbox", "rule", "main"}).code == exit_ok);
    CHECK(last_call(*this) == "show_mailbox main");
    CHECK(hearsay({"mailbox", "rule", "main", "--stamp-bits", "22"}).code == exit_ok);
    CHECK(last_call(*this) == "set_mailbox_rule hsm1me friends 22 7");
    CHECK(hearsay({"mailbox", "rule", "main", "--who", "anyone"}).code == exit_ok);
    CHECK(last_call(*this) == "set_mailbox_rule hsm1me anyone 20 7");
}

TEST_CASE_FIXTURE(NodeFixture, "friends are told by what the user calls them") {
    CHECK(hearsay({"friends", "remove", "Anna B"}).code == exit_ok);
    CHECK(last_call(*this) == "remove_friend hsp1anna");
    CHECK(hearsay({"ratings", "Anna B"}).code == exit_ok);
    CHECK(last_call(*this) == "ratings hsp1anna");
    CHECK(hearsay({"ratings", "main"}).code == exit_ok);
    CHECK(last_call(*this) == "ratings main");
    CHECK(hearsay({"store", "Anna B"}).code == exit_ok);
    CHECK(last_call(*this).find("hsp1anna") != std::string::npos);
    CHECK(hearsay({"search", "tea", "--by", "Anna B"}).code == exit_ok);
    CHECK(last_call(*this).find("hsp1anna") != std::string::npos);
    CHECK(hearsay({"profile", "show", "Anna B"}).code == exit_ok);
    CHECK(last_call(*this) == "show_profile hsp1anna");
    CHECK(hearsay({"friends", "remove", "Nobody C"}).code == exit_not_found);
    const Outcome nobody = hearsay({"friends", "remove", "Nobody"});
    CHECK(nobody.code == exit_not_found);
    CHECK(nobody.err.find("no friend is called Nobody") != std::string::npos);
}

TEST_CASE_FIXTURE(NodeFixture,
                  "a mail is marked as read by reading it, and shown where nothing can be kept") {
    CHECK(hearsay({"mail", "read", "cccc"}).code == exit_ok);
    CHECK(last_call(*this) == "read_mail cccc");
    backend.nothing_kept = true;
    const Outcome outcome = hearsay({"mail", "read", "cccc"});
    CHECK(outcome.code == exit_ok);
    CHECK(last_call(*this) == "show_mail cccc");
    CHECK(outcome.out.find("Is it still there?") != std::string::npos);
}

TEST_CASE_FIXTURE(NodeFixture, "attachments are saved under safe names, all that can be") {
    const auto add = [&](const char* name, const char* content) {
        api::Attachment& each = *backend.shown_mail.add_attachments();
        each.set_name(name);
        each.set_content(content);
    };
    add("photo.jpg", "one");
    add("photo.jpg", "two");
    add(".env", "secret");
    add("../../up", "no");
    add("a\x1b[2J", "x");
    const std::filesystem::path folder = temp.path() / "saved";
    const Outcome outcome = hearsay({"mail", "read", "cccc", "--save", folder.string()});
    CHECK(outcome.code == exit_ok);
    const auto content = [&](const std::string& name) {
        std::ifstream file(folder / name);
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    CHECK(content("photo.jpg") == "one");
    CHECK(content("photo (2).jpg") == "two");
    CHECK(content("_env") == "secret");
    CHECK(content("up") == "no");
    CHECK(outcome.err.find("_env; its sender named it \".env\"") != std::string::npos);
    CHECK(outcome.err.find('\x1b') == std::string::npos);
    const Outcome again = hearsay({"mail", "read", "cccc", "--save", folder.string()});
    CHECK(again.code == exit_ok);
    CHECK(again.err.find("photo (2).jpg is there already") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(folder / "photo (3).jpg"));
}

TEST_CASE_FIXTURE(NodeFixture, "a sender is told of names that are taken or hidden") {
    std::filesystem::create_directory(temp.path() / "other");
    for (const char* name : {"x.txt", "other/x.txt", ".env"})
        std::ofstream(temp.path() / name) << name;
    const std::vector<std::string> send{"mail", "send", "hsm1x", "--subject", "s", "--text", "t"};
    const auto with = [&](std::vector<std::string> files) {
        std::vector<std::string> out = send;
        for (const std::string& file : files) {
            out.emplace_back("--attach");
            out.push_back((temp.path() / file).string());
        }
        return hearsay(out);
    };
    const Outcome twice = with({"x.txt", "other/x.txt"});
    CHECK(twice.code == exit_usage);
    CHECK(twice.err.find("two files are named x.txt") != std::string::npos);
    const Outcome hidden = with({".env"});
    CHECK(hidden.code == exit_ok);
    CHECK(hidden.err.find("saves it as _env") != std::string::npos);
}

TEST_CASE_FIXTURE(
    NodeFixture,
    "a trade shows what was agreed first, and evidence without a choice sends nothing") {
    api::Trade& trade = backend.shown_trade;
    trade.set_title("Bicycle");
    trade.set_state("agreed");
    trade.set_give("bicycle");
    trade.set_want("80 EUR");
    trade.mutable_terms()->set_give("bicycle");
    trade.mutable_terms()->set_want("75 EUR");
    trade.set_proposer("maker");
    trade.set_maker("hsp1maker");
    trade.set_maker_name("Anna q9s5-4waj-jwl2");
    trade.add_possible("ruling");
    api::TradeMessage& first = *trade.add_messages();
    first.set_name("taker-1");
    first.set_by("taker");
    first.set_move("take");
    first.set_shown(true);
    trade.add_messages()->set_name("maker-1");
    const std::string out = hearsay({"trade", "show", "abcdef12"}).out;
    CHECK(out.starts_with("Bicycle\n  agreed     bicycle for 75 EUR\n"));
    CHECK(out.find("Anna q9s5-4waj-jwl2") != std::string::npos);
    CHECK(out.find("you can    rule") != std::string::npos);
    CHECK(out.find("taker-1: take") != std::string::npos);
    CHECK(out.find("shown to the arbiter") != std::string::npos);
    CHECK(last_call(*this) == "read_trade abcdef12");
    trade.set_state("proposed");
    CHECK(hearsay({"trade", "show", "abcdef12"})
              .out.find("proposed   bicycle for 75 EUR, by the maker") != std::string::npos);
    const Outcome evidence = hearsay({"trade", "evidence", "abcdef12"});
    CHECK(evidence.code == exit_usage);
    CHECK(evidence.err.find("It was shown taker-1; not shown: maker-1") != std::string::npos);
    CHECK(last_call(*this) == "show_trade abcdef12");
}

TEST_CASE_FIXTURE(NodeFixture,
                  "the words on paper are tested, and a passphrase is changed from files") {
    CHECK(hearsay({"identity", "words", "--check"}, {"right"}).code == exit_ok);
    CHECK(hearsay({"identity", "words", "--check"}, {"wrong"}).code == exit_failed);
    const std::string file = (temp.path() / "new").string();
    std::ofstream(file) << "correct horse\r\n";
    CHECK(hearsay({"identity", "passphrase", "--new-passphrase-file", file}).code == exit_ok);
    CHECK(last_call(*this) == "change_passphrase  correct horse");
    CHECK(hearsay({"identity", "passphrase"}).code == exit_usage);
}

TEST_CASE_FIXTURE(NodeFixture, "stop returns when the process is gone") {
    backend.stopping_pid = 4'194'304;  // above the highest that there may be
    CHECK(hearsay({"stop"}).code == exit_ok);
    CHECK(last_call(*this) == "stop");
}

}  // namespace
}  // namespace hearsay::app::cli
