#include "app/node/identity.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sys/stat.h>

#include "app/node/passphrase.hpp"
#include "base/encoding.hpp"
#include "base/limits/person.hpp"
#include "base/wipe.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/onion.hpp"
#include "crypto/scrypt.hpp"
#include "crypto/sha256.hpp"
#include "market/identity/backup.hpp"
#include "store/file.hpp"
#include "store/pages.hpp"

namespace hearsay::app {
namespace {

using base::ErrorCode;
using base::LogLevel;
using market::Table;

constexpr std::size_t checksum_bytes_max = 256;

std::string key_path(const std::string& data_dir) {
    return data_dir + "/node.key";
}

std::string checksum_of(base::ByteView key) {
    return base::to_hex(crypto::sha256(key).view()) + "  node.key\n";
}

base::PeerId address_of(const base::Secret& seed) {
    return base::PeerId{crypto::ed25519_public_key(seed).data};
}

// Of a file that is a secret: whoever can read it, has it.
base::Result<base::Bytes> read_secret_file(const std::string& path, std::size_t bytes_max,
                                           base::Log& log) {
    unsigned mode = 0;
    auto bytes = store::read_private_file(path, bytes_max, &mode);
    if (!bytes || (mode & 077) == 0) return bytes;
    const bool closed = ::chmod(path.c_str(), 0600) == 0;
    log.write(LogLevel::warning, "node",
              path + " could be read or written by other users of this machine" +
                  (closed ? "; no longer, but what they read they have"
                          : ", and that cannot be changed: " + std::string(std::strerror(errno))));
    return bytes;
}

base::Result<void> set_aside(const std::string& path, base::Log& log) {
    for (int number = 1; number < 1000; ++number) {
        const std::string aside = path + ".aside-" + std::to_string(number);
        if (store::file_exists(aside)) continue;
        if (std::rename(path.c_str(), aside.c_str()) != 0) break;
        log.write(LogLevel::warning, "node", path + " was set aside as " + aside);
        return store::sync_directory(path.substr(0, path.rfind('/')));
    }
    return base::fail(ErrorCode::io, "setting aside " + path + ": " + std::strerror(errno));
}

// ---- the person's records -----------------------------------------------------------------------

bool has_records(const store::Own& own) {
    const auto reader = own.read();
    bool found = false;
    for (const Table table : market::person_tables)
        if (reader && table != Table::meta)
            (*reader)->scan(table, {},
                            [&](base::ByteView, base::ByteView) { return !(found = true); });
    return found;
}

bool is_claimed(const store::Own& own) {
    const auto reader = own.read();
    return reader && (*reader)->get(Table::meta, market::identity_row()).has_value();
}

std::unexpected<base::Error> lost_records(const std::string& dir) {
    return base::fail(
        ErrorCode::corrupt,
        dir + "/own is missing or empty, and " + dir +
            "/vault has the keys of a person: offers, mail and trades are lost. Put a copy of own/ "
            "back, "
            "or restore a backup into a new directory; --accept-loss goes on with the keys alone");
}

std::unexpected<base::Error> earlier_records(const std::string& dir) {
    return base::fail(
        ErrorCode::refused,
        dir +
            "/own was written by an earlier version of hearsayd, whose mailboxes, mail and "
            "trades this one does not read. Nothing was changed: that version still reads "
            "it. To go on with this one, start it once with --accept-loss: it sets own/ aside, "
            "and keeps the node's address and the keys of the personas. Mailboxes get new "
            "addresses, and what was published is to be published anew");
}

base::Result<std::unique_ptr<store::Own>> open_own(const Options& options, bool has_vault,
                                                   base::Log& log) {
    const std::string& dir = options.data_dir;
    const std::string path = dir + "/own";
    const auto found = store::look_at_file(path);
    if (found && *found != store::DataFile::there && has_vault && !options.accept_loss)
        return lost_records(dir);
    auto own = store::Own::open(path);
    const bool earlier =
        !own && own.error().code == ErrorCode::refused && store::holds_earlier_records(path);
    if (earlier && !options.accept_loss) return earlier_records(dir);
    if (!own && (earlier || own.error().code == ErrorCode::corrupt) && options.accept_loss) {
        if (const auto aside = set_aside(path, log); !aside) return std::unexpected(aside.error());
        own = store::Own::open(path);
    }
    if (!own && own.error().code == ErrorCode::corrupt)
        return base::fail(own.error().code, own.error().text +
                                                ". Nothing was changed. hearsayd --check says what "
                                                "is damaged; put a copy of own/ back, or "
                                                "restore a backup into a new directory; "
                                                "--accept-loss sets the damaged records aside");
    if (!own) return own;
    if (!has_vault && has_records(**own)) {
        if (!options.accept_loss)
            return base::fail(ErrorCode::corrupt,
                              dir + "/vault is missing, and " + path +
                                  " has the records of its person, which nothing else opens. Put "
                                  "the vault back, or "
                                  "restore a backup into a new directory; --accept-loss sets the "
                                  "records aside and makes "
                                  "a new person");
        own->reset();
        if (const auto aside = set_aside(path, log); !aside) return std::unexpected(aside.error());
        return store::Own::open(path);
    }
    if (has_vault && !is_claimed(**own)) {
        if (!options.accept_loss) return lost_records(dir);
        log.write(LogLevel::warning, "node",
                  "the records of this person are lost, and that was accepted");
    }
    return own;
}

// ---- the node's key -----------------------------------------------------------------------------

struct NodeKey {
    std::optional<base::Secret> seed;  // nothing: there is none
    bool fits = false;                 // its checksum
    bool has_checksum = false;
};

base::Result<NodeKey> read_key(const std::string& dir, base::Log* log) {
    const std::string path = key_path(dir);
    NodeKey out;
    if (!store::file_exists(path)) return out;
    auto bytes = log ? read_secret_file(path, base::Secret::size, *log)
                     : store::read_private_file(path, base::Secret::size);
    if (!bytes) return std::unexpected(bytes.error());
    const base::WipeAtEnd wiped(*bytes);
    out.seed = base::Secret::from(*bytes);
    if (!out.seed)
        return base::fail(ErrorCode::corrupt,
                          path + " has " + std::to_string(bytes->size()) + " bytes instead of 32");
    const auto sum = store::read_private_file(path + ".sha256", checksum_bytes_max);
    out.has_checksum = sum.has_value();
    out.fits = sum && base::as_text(*sum) == checksum_of(*bytes);
    return out;
}

base::Result<base::Secret> make_key(const std::string& dir, base::Rng& rng, base::Log& log) {
    const std::string path = key_path(dir);
    if (store::file_exists(path))
        if (const auto aside = set_aside(path, log); !aside) return std::unexpected(aside.error());
    const base::Secret seed = rng.secret();
    if (const auto kept = store::replace_file(path, seed.view()); !kept)
        return std::unexpected(kept.error());
    if (const auto kept =
            store::replace_file(path + ".sha256", base::as_bytes(checksum_of(seed.view())));
        !kept)
        return std::unexpected(kept.error());
    return seed;
}

// What is wrong with it; nothing: it is this home's.
std::optional<std::string> wrong_key(const std::string& dir, const base::Result<NodeKey>& key,
                                     const std::optional<base::PeerId>& last, bool has_vault) {
    const std::string path = key_path(dir);
    if (!key) return key.error().text;
    const std::string known =
        last ? "; this node's address was " + crypto::onion_address(*last) : "";
    if (!key->seed) return has_vault ? std::optional(path + " is missing" + known) : std::nullopt;
    if (last && address_of(*key->seed) == *last) return std::nullopt;
    const bool damaged = key->has_checksum && !key->fits;
    if (damaged) return path + " is damaged: it does not fit " + path + ".sha256" + known;
    if (last)
        return path + " is another node's: it makes the address " +
               crypto::onion_address(address_of(*key->seed)) + known;
    return std::nullopt;
}

base::Result<base::Secret> settle_key(const Options& options, const base::Result<NodeKey>& key,
                                      const std::optional<base::PeerId>& last, bool has_vault,
                                      base::Log& log, base::Rng& rng) {
    const std::string& dir = options.data_dir;
    if (const auto wrong = wrong_key(dir, key, last, has_vault)) {
        if (!options.new_address)
            return base::fail(key ? ErrorCode::corrupt : key.error().code,
                              *wrong +
                                  ". Put the right file back, with its checksum; --new-address "
                                  "makes a new key, and "
                                  "the node is found under another address from then on");
        // The log names no address.
        log.write(LogLevel::warning, "node",
                  key_path(dir) + " was not the one of this node; a new key is made, as was asked");
        return make_key(dir, rng, log);
    }
    if (!key->seed) return make_key(dir, rng, log);
    if (!key->fits)
        if (const auto kept = store::replace_file(key_path(dir) + ".sha256",
                                                  base::as_bytes(checksum_of(key->seed->view())));
            !kept)
            return std::unexpected(kept.error());
    return *key->seed;
}

// ---- the vault ----------------------------------------------------------------------------------

base::Result<market::Vault> open_vault(const Options& options, base::Log& log) {
    const std::string path = vault_path(options.data_dir);
    const auto bytes = read_secret_file(path, base::limits::vault_file_bytes_max, log);
    if (!bytes) return std::unexpected(bytes.error());
    auto passphrase = read_passphrase(options, false);
    if (!passphrase) return std::unexpected(passphrase.error());
    const base::WipeAtEnd wiped(*passphrase);
    auto vault = open_vault_with(*bytes, *passphrase);
    if (!vault) return base::fail(vault.error().code, path + ": " + vault.error().text);
    return vault;
}

base::Result<market::Vault> make_vault(const Options& options, store::Own& own,
                                       const base::PeerId& self, base::Rng& rng,
                                       base::WallTime now) {
    const std::string path = vault_path(options.data_dir);
    auto line = read_passphrase(options, true);
    if (!line) return std::unexpected(line.error());
    const base::WipeAtEnd line_wiped(*line);
    std::string passphrase = normal_passphrase(*line);
    const base::WipeAtEnd wiped(passphrase);
    // A line of nothing but a mark and a carriage return is none.
    if (passphrase.empty() && !options.no_passphrase)
        return base::fail(ErrorCode::invalid,
                          "the passphrase is empty; to keep the keys without one, give "
                          "--no-passphrase");
    market::Vault::Created created = market::Vault::create(rng, now);
    const base::WipeAtEnd words_wiped(created.words);
    created.vault.set_node(self);
    if (const auto sealed =
            created.vault.protect(base::as_bytes(passphrase), cost_of(passphrase), rng);
        !sealed)
        return std::unexpected(sealed.error());
    // Before the file: records without a mark beside a vault are a loss, a mark without a vault is
    // nothing.
    auto txn = own.begin();
    if (!txn) return std::unexpected(txn.error());
    (*txn)->put(Table::meta, market::identity_row(), created.vault.identity().view());
    if (const auto kept = (*txn)->commit(); !kept) return std::unexpected(kept.error());
    if (const auto kept = store::replace_file(path, created.vault.seal(rng)); !kept)
        return std::unexpected(kept.error());
    if (const auto shown = show_words(options, created.words); !shown) {
        // Nobody saw the words: the next start makes a new identity and shows its own.
        if (const auto gone = store::remove_file(path); !gone) return std::unexpected(gone.error());
        return std::unexpected(shown.error());
    }
    created.vault.note_saved();
    return std::move(created.vault);
}

}  // namespace

std::string vault_path(const std::string& data_dir) {
    return data_dir + "/vault";
}

base::Result<Home> open_home(const Options& options, base::Log& log, base::Rng& rng,
                             base::WallTime now) {
    const std::string& dir = options.data_dir;
    const bool has_vault = store::file_exists(vault_path(dir));
    if (!has_vault)
        if (const auto possible = can_show_words(options); !possible)
            return std::unexpected(possible.error());
    auto own = open_own(options, has_vault, log);
    if (!own) return std::unexpected(own.error());
    const auto key = read_key(dir, &log);
    if (!has_vault) {
        const auto seed = settle_key(options, key, std::nullopt, false, log, rng);
        if (!seed) return std::unexpected(seed.error());
        auto vault = make_vault(options, **own, address_of(*seed), rng, now);
        if (!vault) return std::unexpected(vault.error());
        return Home{*std::move(own), *seed, address_of(*seed), *std::move(vault)};
    }
    // Before the passphrase is asked for: what is plain to see.
    if ((!key || !key->seed) && !options.new_address)
        return std::unexpected(settle_key(options, key, std::nullopt, true, log, rng).error());
    auto vault = open_vault(options, log);
    if (!vault) return std::unexpected(vault.error());
    const auto seed = settle_key(options, key, vault->node(), true, log, rng);
    if (!seed) return std::unexpected(seed.error());
    vault->set_node(address_of(*seed));
    return Home{*std::move(own), *seed, address_of(*seed), *std::move(vault)};
}

std::optional<std::string> damage_of_key(const std::string& data_dir) {
    const bool has_vault = store::file_exists(vault_path(data_dir));
    return wrong_key(data_dir, read_key(data_dir, nullptr), std::nullopt, has_vault);
}

}  // namespace hearsay::app
