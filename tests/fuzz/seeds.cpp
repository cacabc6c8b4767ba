// Writes seeds for the fuzz targets: hearsay_fuzz_seeds DIR makes DIR/frame, DIR/item, DIR/header,
// DIR/ingest, DIR/relay, DIR/exchange, DIR/reconcile and DIR/trade.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "core/messages.hpp"
#include "unit/item/samples.hpp"

namespace hearsay {
namespace {

struct Folder {
    std::filesystem::path path;
    std::string name;
    int count = 0;

    explicit Folder(const std::filesystem::path& where, const std::string& names = "seed")
        : path(where), name(names) {
        std::filesystem::create_directories(where);
    }
    void write(base::ByteView bytes) {
        std::ofstream out(path / (name + std::to_string(count++)), std::ios::binary);
        out << base::as_text(bytes);
        if (!out)
            throw std::filesystem::filesystem_error("cannot write", path,
                                                    std::make_error_code(std::errc::io_error));
    }
};

// As item_fuzz.cpp cuts it.
base::Bytes flat(const item::Item& item) {
    base::Bytes out;
    base::append(out, base::big_endian(static_cast<std::uint16_t>(item.header.size())));
    out.push_back(static_cast<std::uint8_t>(item.signature.size()));
    base::append(out, item.header);
    base::append(out, item.signature);
    base::append(out, base::big_endian(item.nonce));
    base::append(out, item.payload);
    return out;
}

// Something is laid aside, asked for, brought again, and welcome once lists change.
void write_laid_aside(const std::filesystem::path& root) {
    Folder(root / "ingest", "aside")
        .write(base::Bytes{0,  4, 0, 0, 0, 2, 0, 3,   0, 0,  // a second version, hidden
                           0,  0, 0, 0, 0, 2, 0, 0,   0, 0,  // an older one, which is not
                           16, 0, 0, 0, 0, 3, 0, 255, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 0});
    Folder(root / "relay", "aside")
        .write(base::Bytes{0, 0, 0, 0, 1, 0, 0, 2, 0,  // three links
                           3, 0, 1, 4, 6, 1,           // the first brings what is hidden
                           2, 1, 1, 1, 2, 1, 3, 1, 1,  // others ask for it, announce and bring it
                           8, 6, 0, 1, 1, 1, 3, 1, 1, 4, 12, 1, 0});
    Folder(root / "exchange", "aside")
        .write(base::Bytes{0,  0,  0,  3,  40, 41, 42, 1, 1,  0,
                           3,  40, 41, 42,                         // two list the same
                           20, 40, 30, 40, 3,  0,  0,  2, 40, 43,  // one of it is hidden
                           40, 0,  35, 2,  0,  0,  1,  40});
    Folder reconciled(root / "reconcile", "aside");
    for (const std::uint8_t sides : base::Bytes{6, 22, 30})  // of what each hides
        reconciled.write(base::Bytes{sides, 200, 0, 15, 1, 15, 8,  10,  255, 0,  15,
                                     4,     9,   0, 8,  6, 3,  12, 220, 10,  200});
    reconciled.write(base::Bytes{1, 100, 0, 7, 0, 11, 24, 3, 24, 0, 25, 5, 5, 3, 9, 0, 4, 15, 0});
}

void write_all(const std::filesystem::path& root) {
    const std::vector<item::Item> items{
        samples::publication(), samples::mail(), samples::publication({.removed = true}),
        samples::offer({"Two bicycles", "Blue.\n", "bicycles", "coffee", {"bicycle"}})};
    Folder item_folder(root / "item");
    std::vector<item::ReadPtr> read;
    for (const item::Item& item : items) {
        item_folder.write(flat(item));
        read.push_back(samples::accepted(item));
    }
    item_folder.write(flat(samples::worked(items.front())));

    Folder headers(root / "header");
    for (const item::Item& item : items) {
        base::Bytes as_header{static_cast<std::uint8_t>(item.signature.empty() ? 4 : 0)};
        base::append(as_header, item.header);
        headers.write(as_header);
    }
    for (std::uint8_t kind = 0; kind < 8; ++kind) {
        base::Bytes script{2};
        for (int at = 0; at < 60; ++at)
            script.push_back(
                static_cast<std::uint8_t>(at % 2 == 0 ? 0 : at * 31 * (kind + 1) + kind));
        headers.write(script);
    }

    Folder frames(root / "frame");
    const std::vector<base::ItemId> ids{read[0]->id, read[1]->id};
    frames.write(*core::encode(core::Hello{1, 3, samples::noon, true}));
    frames.write(*core::encode(core::Ping{7}));
    frames.write(*core::encode(core::Pong{7}));
    frames.write(*core::encode(core::Have{1, ids, false}));
    frames.write(*core::encode(core::Want{1, ids}));
    core::SetSummary summary;
    std::vector<core::Symbol> symbols(20);
    for (const base::ItemId& id : ids) {
        summary.add(id);
        core::code(symbols, 0, core::short_id({}, id), 1);
    }
    frames.write(
        *core::encode(core::Compare{summary.digest(), summary.counters(), summary.count()}));
    frames.write(*core::encode(core::Symbols{0, symbols, 2, {}}));
    frames.write(*core::encode(core::More{100}));
    frames.write(*core::encode(core::Fetch{{1, 2, 3}}));
    frames.write(*core::encode(core::Done{true}));
    frames.write(*core::encode(core::Announce{{{ids[0], 7, 600, 86400}, {ids[1], 8, 700, 3600}}}));
    frames.write(*core::encode(core::Request{ids}));
    frames.write(*core::encode(core::Push{2}));
    frames.write(*core::encode(core::Find{7, samples::filled<base::NodeId>(3)}));
    frames.write(*core::encode(core::Contacts{7, {samples::filled<base::PeerId>(4)}}));
    std::size_t from = 0;
    frames.write(*core::encode_items(read, from, 1));

    Folder ingest(root / "ingest");
    for (std::uint8_t kind = 0; kind < 8; ++kind) {
        base::Bytes script;
        for (int at = 0; at < 60; ++at)
            script.push_back(static_cast<std::uint8_t>(at * 37 * (kind + 1) + kind));
        ingest.write(script);
    }
    Folder trade(root / "trade");
    // take, accept, confirm, shipped, received; an even byte acts: 2 * (role + 3 * move),
    // then what is special.
    const base::Bytes course{1, 2, 0, 12, 4, 26, 0, 42, 0, 44, 0, 50, 0, 1, 0, 1, 1, 1, 2};
    trade.write(course);
    for (std::uint8_t kind = 0; kind < 8; ++kind) {
        base::Bytes script{1};
        base::append(script, base::ByteView(course).subspan(1));
        for (int at = 0; at < 60; ++at)
            script.push_back(static_cast<std::uint8_t>(at * 29 * (kind + 1) + kind));
        trade.write(script);
    }
}

}  // namespace
}  // namespace hearsay

int main(int count, char** arguments) {
    if (count != 2) {
        std::cerr << "usage: hearsay_fuzz_seeds DIR\n";
        return 2;
    }
    hearsay::write_all(arguments[1]);
    hearsay::write_laid_aside(arguments[1]);
    return 0;
}
