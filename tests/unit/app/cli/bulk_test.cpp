// What moves many things between the node and a file.
#include <algorithm>
#include <fstream>

#include <doctest/doctest.h>

#include "item/bundle.hpp"
#include "node_fixture.hpp"

namespace hearsay::app::cli {
namespace {

std::string content_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE_FIXTURE(NodeFixture, "offers are published line by line, and a wrong line stops nobody") {
    const Outcome done =
        hearsay({"offer", "import", "-"},
                {"{\"title\":\"Tea\"}\n\n{\"titel\":\"x\"}\n{\"title\":\"Cake\"}\n"});
    CHECK(done.code == 1);
    CHECK(backend.calls ==
          std::vector<std::string>{"publish_offer Tea", "publish_offer Cake", "status"});
    CHECK(done.err.starts_with("hearsay: line 3: not the JSON of OfferDraft"));
    CHECK(done.out.starts_with("2 offers are kept and on their way, 1 line was refused. "));
}

TEST_CASE_FIXTURE(NodeFixture, "an import says by when its last offer leaves, and where to look") {
    const auto said = [&](std::uint32_t waiting, const char* tor) {
        backend.status_answer.set_outbox_pending(waiting);
        backend.status_answer.mutable_tor()->set_state(tor);
        std::string out = hearsay({"offer", "import", "-"}, {"{\"title\":\"Tea\"}\n"}).out;
        for (std::size_t at = 0; (at = out.find("\n    ")) != out.npos;) out.replace(at, 5, " ");
        return out;
    };
    const auto has = [](const std::string& text, const char* words) {
        CAPTURE(text);
        CHECK(text.find(words) != std::string::npos);
    };
    backend.status_answer.mutable_peers()->set_state("connected");
    const std::string one = said(0, "ready");
    CHECK(one.starts_with("1 offer is kept and on its way. "));
    has(one, "it leaves at a random time, within 5 seconds. ");
    has(one, "hearsay offer list --mine");
    has(one, "hearsay status");
    // What waits already counts; a little more than a minute is told as two.
    has(said(13, "ready"), "within 2 minutes. ");
    has(said(300, "ready"), "within 10 minutes. ");
    has(said(1000, "bootstrapping"), "within 25 minutes, once Tor is ready. ");
    backend.status_answer.mutable_peers()->set_state("alone");
    has(said(1, "ready"), "within 5 seconds, once a peer is known. ");
    // Nothing is on its way, so nothing is said of it.
    CHECK(hearsay({"offer", "import", "-"}, {"{]\n"}).out ==
          "0 offers are kept and on their way, 1 line was refused.\n");
}

TEST_CASE_FIXTURE(NodeFixture, "a table's first row names its columns") {
    const Outcome done =
        hearsay({"offer", "import", "-"},
                {"\xEF\xBB\xBFtitle,price,currency\r\n\"Tea, green\",2.50,EUR\r\n"});
    CHECK(done.code == 0);
    CHECK(backend.last_draft.title() == "Tea, green");
    CHECK(backend.last_draft.price().amount() == 250);
    CHECK(hearsay({"offer", "import", "-"}, {"titel\nTea\n"}).code == 2);
    CHECK(hearsay({"offer", "import", "-"}, {"title\n\"Tea\n"}).err ==
          "hearsay: -: line 2: a quote is not closed\n");
}

TEST_CASE_FIXTURE(NodeFixture, "it goes on from a line, and with --json says all of each") {
    const Outcome done = hearsay({"--json", "offer", "import", "-", "--from", "2"},
                                 {"{\"title\":\"Tea\"}\n{\"title\":\"Cake\"}\n{]\n"});
    CHECK(done.code == 1);
    CHECK(backend.calls == std::vector<std::string>{"publish_offer Cake"});
    CHECK(done.out.starts_with("{\"published\":[\"" + std::string(64, 'b') +
                               "\"],\"failed\":[{\"line\":3,\"error\":{\"code\":\"invalid\""));
    CHECK(done.out.ends_with("\"stopped_at\":0}\n"));
}

TEST_CASE_FIXTURE(NodeFixture, "when no line has a chance any more it says where to go on") {
    backend.error = base::Error{base::ErrorCode::exhausted, "there are 1000 own offers already"};
    const Outcome done =
        hearsay({"offer", "import", "-"}, {"{\"title\":\"Tea\"}\n{\"title\":\"Cake\"}\n"});
    CHECK(done.code == 1);
    CHECK(backend.calls.size() == 1);
    CHECK(done.err ==
          "hearsay: there are 1000 own offers already\n"
          "hearsay: it ended at line 1; to go on there: --from 1\n");
    backend.error = base::Error{base::ErrorCode::invalid, "a title is missing"};
    CHECK(hearsay({"offer", "import", "-"}, {"{\"text\":\"Tea\"}\n"}).err ==
          "hearsay: line 1: a title is missing\n");
}

TEST_CASE_FIXTURE(NodeFixture, "offers that are exported can be imported again") {
    backend.listed = 2;
    for (const bool csv : {false, true}) {
        const auto file = temp.path() / (csv ? "offers.csv" : "offers.jsonl");
        std::vector<std::string> words{"offer", "export", file.string()};
        if (csv) words.emplace_back("--csv");
        CHECK(hearsay(words).code == 0);
        CHECK(last_call(*this) == "list_offers 1000 mine");
        backend.calls.clear();
        CHECK(hearsay({"offer", "import", file.string()}).code == 0);
        CHECK(backend.calls ==
              std::vector<std::string>{"publish_offer Bicycle", "publish_offer Bicycle", "status"});
        CHECK(backend.last_draft.give() == "bicycle");
        CHECK(hearsay(words).code == 1);  // never over a file that is there
    }
}

TEST_CASE_FIXTURE(NodeFixture, "trades are exported whole") {
    backend.trades = {"81c0ffee"};
    backend.shown_trade.set_id("81c0ffee");
    backend.shown_trade.set_title("=1+1");
    const Outcome lines = hearsay({"trade", "export", "-"});
    CHECK(lines.code == 0);
    CHECK(lines.out.starts_with("{\"id\":\"81c0ffee\""));
    CHECK(last_call(*this) == "show_trade 81c0ffee");
    const Outcome table = hearsay({"trade", "export", "-", "--csv"});
    CHECK(table.out.starts_with("id,role,state,title,"));
    CHECK(table.out.find("\n81c0ffee,,,'=1+1,") != std::string::npos);
    backend.trades.assign(1001, "81c0ffee");  // one more than a page holds
    CHECK(std::ranges::count(hearsay({"trade", "export", "-"}).out, '\n') == 1001);
}

TEST_CASE_FIXTURE(NodeFixture, "a bundle holds what the node gives, and gives it to another") {
    backend.items = {"tea", "cake", "bad"};
    const auto file = temp.path() / "market.bundle";
    const Outcome out = hearsay({"bundle", "export", file.string(), "bicycle", "--contacts", "0"});
    CHECK(out.code == 0);
    CHECK(out.out.starts_with("3 items and 0 nodes to try, "));
    CHECK(last_call(*this) == "list_items 1000 [bicycle]");
    const auto bundle = item::read_bundle(base::as_bytes(content_of(file)));
    REQUIRE(bundle);
    CHECK(bundle->network == item::Network::local);
    CHECK(bundle->items ==
          std::vector{base::to_bytes("bad"), base::to_bytes("cake"), base::to_bytes("tea")});
    const Outcome in = hearsay({"bundle", "import", file.string()});
    CHECK(in.code == 0);
    CHECK(in.out == "2 items are new, 0 were here already.\n1 refused: item_malformed\n");
    CHECK(hearsay({"--json", "bundle", "import", file.string()}).out ==
          "{\"stored\":2,\"held\":0,\"refused\":{\"item_malformed\":1},\"contacts\":0}\n");
}

TEST_CASE_FIXTURE(NodeFixture, "a bundle that is damaged, or of another network, reaches no node") {
    const base::Bytes whole = item::write_bundle({item::Network::local, {}, {{1}, {2}}});
    const Outcome cut = hearsay({"bundle", "import", "-"},
                                {base::to_text(base::ByteView(whole).first(whole.size() - 1))});
    CHECK(cut.code == 1);
    CHECK(cut.err.starts_with("hearsay: this bundle is damaged: its digest is another one."));
    CHECK(backend.calls.empty());
    const base::Bytes other = item::write_bundle({item::Network::main, {}, {}});
    CHECK(hearsay({"bundle", "import", "-"}, {base::to_text(other)}).err ==
          "hearsay: this bundle is of another network\n");
    CHECK(backend.calls == std::vector<std::string>{"status"});
}

TEST_CASE_FIXTURE(NodeFixture, "a bundle comes to the node in pieces that it takes") {
    item::Bundle bundle{item::Network::local, {}, {}};
    for (int i = 0; i < 600; ++i) bundle.items.push_back(base::to_bytes(std::to_string(i)));
    for (int i = 0; i < 10; ++i) bundle.items.emplace_back(30'000, static_cast<std::uint8_t>(i));
    CHECK(hearsay({"bundle", "import", "-"}, {base::to_text(item::write_bundle(bundle))}).out ==
          "610 items are new, 0 were here already.\n");
    CHECK(backend.calls.size() > 4);
    CHECK(backend.last_batch.items_size() <= 256);
}

TEST_CASE_FIXTURE(NodeFixture, "a bundle is not written to a terminal, nor read from one") {
    CHECK(hearsay({"bundle", "export", "-"}, {}, true).code == 2);
    CHECK(hearsay({"bundle", "import", "-"}, {"", true}).code == 2);
    CHECK(hearsay({"bundle", "export"}).code == 2);
    CHECK(hearsay({"bundle", "export", "x", "--contacts", "1000"}).code == 2);
    CHECK(hearsay({"bundle", "import", "no-such-file"}).code == 2);
}

}  // namespace
}  // namespace hearsay::app::cli
