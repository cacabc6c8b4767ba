// Somebody takes the disk, and has the passphrase: what was removed and expired is not to be had,
// by any key that lies there, in any page.
//
// What the taker tries:
//   - every 32 bytes of the vault's content, of every record that opens and of every raw file,
//     as the mailbox's secret
//   - the mailbox chain, forward from its link
//   - each secret of the vault on each place of the database, as ChaCha20 without asking for the
//     tag: so a record in a freed page opens without its length and its place
//   - the plaintext itself, in every raw file
#include <filesystem>
#include <fstream>
#include <memory>

#include <doctest/doctest.h>
#include <openssl/evp.h>

#include "../api/fixture.hpp"
#include "../market/fakes.hpp"
#include "base/encoding.hpp"
#include "crypto/aead.hpp"
#include "market.pb.h"
#include "market/address.hpp"
#include "market/identity/backup.hpp"
#include "market/records.hpp"
#include "store/file.hpp"
#include "store/own.hpp"

namespace hearsay::app {
namespace {

using namespace hearsay::market;

constexpr std::string_view passphrase = "correct horse";
constexpr std::string_view text = "we meet at the old mill, at nine";

// A person on a real disk, with the shell's order of a turn.
class Node {
public:
    explicit Node(const std::filesystem::path& dir) : dir_(dir) {
        auto created = Vault::create(rng_, noon);
        REQUIRE(created.vault.protect(base::as_bytes(passphrase), cheap, rng_));
        auto opened = store::Own::open((dir / "own").string());
        REQUIRE(opened);
        own_ = *std::move(opened);
        market_.emplace(item::Network::sim, std::move(created.vault), rng_.fork());
        turn([&](const Turn& turn) { REQUIRE(market_->start(turn)); });
    }
    template <class Do>
    void turn(Do act) {
        auto txn = own_->begin();
        REQUIRE(txn);
        Effects effects;
        act(Turn{now, **txn, flood_, effects});
        bool save = market_->vault().unsaved_keys();
        for (const Effect& effect : effects)
            save = save || std::holds_alternative<SaveVault>(effect);
        if (save) {
            REQUIRE(store::replace_file((dir_ / "vault").string(), market_->vault().seal(rng_)));
            market_->vault().note_saved();
        }
        REQUIRE((*txn)->commit());
    }
    void tick() {
        turn([&](const Turn& turn) { market_->on_tick(turn); });
        for (int round = 0; round < 100 && market_->wants_key_erasure(); ++round)
            turn([&](const Turn& turn) { market_->erase_keys(turn); });
        now += base::Seconds(60);
    }
    void receive(const item::ReadPtr& mail, const base::MailboxId& mailbox) {
        const auto letter = open_letter(*mail, *market_->vault().mailboxes().at(mailbox).key);
        REQUIRE(letter);
        turn([&](const Turn& turn) { market_->on_opened(mail, mailbox, *letter, turn); });
    }
    base::MailboxId main_mailbox() {
        base::MailboxId out;
        turn([&](const Turn&) { out = market_->mailboxes().at(0).key; });
        const MailboxSecret& known = market_->vault().mailboxes().at(out);
        told_keys()[out] = known.key->public_key();
        secret = known.secret;
        return out;
    }
    base::Secret secret;  // of the main mailbox
    Market& market() { return *market_; }

    base::WallTime now = noon;

private:
    std::filesystem::path dir_;
    base::Rng rng_ = seeded(2);
    MemoryCatalogue flood_;
    std::unique_ptr<store::Own> own_;
    std::optional<Market> market_;
};

base::Bytes file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return base::to_bytes(std::string(std::istreambuf_iterator<char>(in), {}));
}

bool contains(base::ByteView bytes, std::string_view part) {
    return base::as_text(bytes).find(part) != std::string_view::npos;
}

struct Seized {
    const std::filesystem::path dir;
    const item::ReadPtr mail;
    const base::MailboxId mailbox;
    const base::Secret secret;  // the mailbox's, which must not be found

    bool key_in_vault = false;
    bool key_in_records = false;
    bool key_in_files = false;
    bool key_by_chain = false;
    bool text_in_records = false;
    bool text_in_pages = false;
    bool text_in_files = false;
    std::size_t windows = 0;

    void look() {
        const auto vault = Vault::open(file(dir / "vault"), base::as_bytes(passphrase));
        REQUIRE(vault);
        key_in_vault = is_in(vault->content());
        look_at_records(*vault);
        walk_chain(*vault);
        look_at_pages(vault->content());
        for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
            if (!entry.is_regular_file()) continue;
            const base::Bytes raw = file(entry.path());
            key_in_files = key_in_files || is_in(raw);
            text_in_files = text_in_files || contains(raw, text);
        }
    }
    // Any 32 bytes that are the mailbox's secret, shown by opening the mail.
    bool is_in(base::ByteView bytes) {
        for (std::size_t at = 0; at + 32 <= bytes.size(); ++at) {
            ++windows;
            const base::ByteView window = bytes.subspan(at, 32);
            if (base::equal(window, secret.view()))
                return open_letter(*mail, crypto::XWingKey(*base::Secret::from(window)))
                    .has_value();
        }
        return false;
    }
    void look_at_records(const Vault& vault) {
        const auto own = store::Own::open((dir / "own").string());
        REQUIRE(own);
        const auto reader = (*own)->read();
        REQUIRE(reader);
        for (const Table table : person_tables)
            (*reader)->scan(table, {}, [&](base::ByteView key, base::ByteView value) {
                const base::Bytes place = place_of(table, key);
                const auto plain = is_erasable(table) ? vault.open_erasable(place, value)
                                                      : vault.open_record(place, value);
                if (!plain) return true;
                key_in_records = key_in_records || is_in(*plain);
                text_in_records = text_in_records || contains(*plain, text);
                return true;
            });
    }
    void walk_chain(Vault vault) {
        for (int days = 0; days < 100; ++days) {
            vault.advance(noon + days * day);
            for (std::uint32_t i = 0; i < mailboxes_scanned; ++i)
                key_by_chain = key_by_chain ||
                               vault.new_mailbox(noon + days * day, noon + 1000 * day) == mailbox;
        }
    }
    void look_at_pages(base::ByteView content) {
        hearsay::records::VaultContent keys;
        REQUIRE(keys.ParseFromArray(content.data(), static_cast<int>(content.size())));
        std::vector<std::string> secrets{keys.record_key(), keys.persona_root(), keys.link()};
        for (const auto& erasure : keys.erasure_keys()) secrets.push_back(erasure.key());
        const base::Bytes pages = file(dir / "own" / "data.mdb");
        for (const std::string& each : secrets)
            text_in_pages = text_in_pages || page_opens(pages, each);
    }
    // RFC 8439 2.8: the text is encrypted with ChaCha20 from block 1.
    // LMDB puts values at even places.
    bool page_opens(base::ByteView pages, const std::string& with) const {
        const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
            EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
        const auto* key = reinterpret_cast<const unsigned char*>(with.data());
        REQUIRE(EVP_DecryptInit_ex(context.get(), EVP_chacha20(), nullptr, key, nullptr) == 1);
        std::array<std::uint8_t, 2048> plain{};  // a key of 1,216 bytes stands before the text
        for (std::size_t at = 0; at + 12 + plain.size() <= pages.size(); at += 2) {
            std::array<std::uint8_t, 16> counter_and_nonce{1};
            std::copy_n(pages.begin() + static_cast<std::ptrdiff_t>(at), 12,
                        counter_and_nonce.begin() + 4);
            int size = 0;
            EVP_DecryptInit_ex(context.get(), nullptr, nullptr, nullptr, counter_and_nonce.data());
            EVP_DecryptUpdate(context.get(), plain.data(), &size, pages.data() + at + 12,
                              static_cast<int>(plain.size()));
            if (contains(plain, text)) return true;
        }
        return false;
    }
};

Seized seize(const std::filesystem::path& dir, const item::ReadPtr& mail,
             const base::MailboxId& mailbox, const base::Secret& secret) {
    Seized out{dir, mail, mailbox, secret};
    out.look();
    return out;
}

}  // namespace

TEST_CASE(
    "a seized disk, with its passphrase, does not give back a mail that was removed and whose time "
    "is over") {
    const api::TempDir temp;
    Person alice(1);
    auto node = std::make_unique<Node>(temp.path());
    const base::MailboxId mailbox = node->main_mailbox();
    const base::Secret secret = node->secret;
    const auto sent = alice.send(mailbox_address(mailbox), std::string(text));
    REQUIRE(sent);
    alice.do_work();
    const item::ReadPtr mail = alice.submitted.at(0);
    node->receive(mail, mailbox);
    const std::string id = base::to_hex(sent->letter.id.view());
    node->turn([&](const Turn& turn) { REQUIRE(node->market().read_mail(id, turn)); });
    node.reset();

    // The control: as long as it is there, all of these searches find it.
    const Seized before = seize(temp.path(), mail, mailbox, secret);
    CHECK(before.key_in_vault);
    CHECK(before.text_in_records);
    CHECK(before.text_in_pages);
    CHECK(before.windows > 1000);
    CHECK_FALSE(before.text_in_files);
    CHECK_FALSE(before.key_in_files);
    CHECK_FALSE(before.key_in_records);
}

TEST_CASE(
    "an erased record lies in a freed page until its key is dropped, and then nobody opens it") {
    const api::TempDir temp;
    Person alice(1);
    auto node = std::make_unique<Node>(temp.path());
    const base::MailboxId mailbox = node->main_mailbox();
    const base::Secret secret = node->secret;
    const auto sent = alice.send(mailbox_address(mailbox), std::string(text));
    REQUIRE(sent);
    alice.do_work();
    const item::ReadPtr mail = alice.submitted.at(0);
    node->receive(mail, mailbox);
    const std::string id = base::to_hex(sent->letter.id.view());
    node->turn([&](const Turn& turn) { REQUIRE(node->market().read_mail(id, turn)); });
    node->turn([&](const Turn& turn) { REQUIRE(node->market().remove_mail(id, turn)); });
    Seized erased{temp.path(), mail, mailbox, secret};
    erased.look_at_pages(node->market().vault().content());
    CHECK(erased.text_in_pages);  // the reason for erasure keys
    // The schedule: the erasure key goes within two ticks, the mailbox's when nobody may write to
    // it any more.
    for (int i = 0; i < 3; ++i) node->tick();
    Seized erased_for_good{temp.path(), mail, mailbox, secret};
    erased_for_good.look_at_pages(node->market().vault().content());
    CHECK_FALSE(erased_for_good.text_in_pages);
    CHECK(node->market().vault().mailboxes().contains(mailbox));
    node->now = noon + mailbox_life_max;
    for (int i = 0; i < 3; ++i) node->tick();
    node.reset();

    const Seized after = seize(temp.path(), mail, mailbox, secret);
    CHECK_FALSE(after.key_in_vault);
    CHECK_FALSE(after.key_in_records);
    CHECK_FALSE(after.key_in_files);
    CHECK_FALSE(after.key_by_chain);
    CHECK_FALSE(after.text_in_records);
    CHECK_FALSE(after.text_in_pages);
    CHECK_FALSE(after.text_in_files);
    CHECK(after.windows > 1000);
}

}  // namespace hearsay::app
