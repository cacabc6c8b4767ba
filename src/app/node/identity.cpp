#include "app/node/identity.hpp"

#include "app/node/passphrase.hpp"
#include "crypto/scrypt.hpp"
#include "store/file.hpp"

namespace hearsay::app {
namespace {

// A vault with all its mailboxes is about 300 KiB.
constexpr std::size_t vault_bytes_max = 4 * 1024 * 1024;

// Without a passphrase there is nothing to stretch: the file opens for whoever has it.
constexpr crypto::ScryptCost no_cost{2, 8, 1};

}  // namespace

std::string vault_path(const std::string& data_dir) {
    return data_dir + "/vault";
}

base::Result<base::Secret> load_onion_seed(const std::string& data_dir, base::Rng& rng) {
    const std::string path = data_dir + "/node.key";
    if (!store::file_exists(path)) {
        const base::Secret seed = rng.secret();
        if (const auto kept = store::replace_file(path, seed.view()); !kept)
            return std::unexpected(kept.error());
        return seed;
    }
    const auto bytes = store::read_file(path, base::Secret::size);
    if (!bytes) return std::unexpected(bytes.error());
    const auto seed = base::Secret::from(*bytes);
    if (!seed)
        return base::fail(base::ErrorCode::corrupt,
                          path + " is not a key of 32 bytes; put the right file back");
    return *seed;
}

base::Result<market::Vault> load_vault(const Options& options, base::Rng& rng, base::WallTime now) {
    const std::string path = vault_path(options.data_dir);
    const bool fresh = !store::file_exists(path);
    if (fresh)
        if (const auto possible = can_show_words(options); !possible)
            return std::unexpected(possible.error());
    const auto passphrase = read_passphrase(options, fresh);
    if (!passphrase) return std::unexpected(passphrase.error());
    if (!fresh) {
        const auto bytes = store::read_file(path, vault_bytes_max);
        if (!bytes) return std::unexpected(bytes.error());
        return market::Vault::open(*bytes, base::as_bytes(*passphrase));
    }
    market::Vault::Created created = market::Vault::create(rng, now);
    const auto cost = passphrase->empty() ? no_cost : crypto::ScryptCost{};
    if (const auto sealed = created.vault.protect(base::as_bytes(*passphrase), cost, rng); !sealed)
        return std::unexpected(sealed.error());
    if (const auto kept = store::replace_file(path, created.vault.seal(rng)); !kept)
        return std::unexpected(kept.error());
    if (const auto shown = show_words(options, created.words); !shown) {
        // Nobody saw the words: the next start makes a new identity and shows its own.
        if (const auto gone = store::remove_file(path); !gone) return std::unexpected(gone.error());
        return std::unexpected(shown.error());
    }
    return std::move(created.vault);
}

}  // namespace hearsay::app
