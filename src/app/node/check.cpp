#include "app/node/check.hpp"

#include <ostream>

#include "app/layout.hpp"
#include "app/node/identity.hpp"
#include "app/node/passphrase.hpp"
#include "base/limits/person.hpp"
#include "base/wipe.hpp"
#include "market/identity/backup.hpp"
#include "market/records.hpp"
#include "store/file.hpp"
#include "store/inspect.hpp"
#include "store/lock.hpp"
#include "store/pages.hpp"

namespace hearsay::app {
namespace {

using market::Table;

class Check {
public:
    Check(const Options& options, std::ostream& out, std::size_t width)
        : options_(options), dir_(options.data_dir), out_(out), width_(width) {}

    bool run() {
        check_key();
        check_vault();
        check_own();
        check_flood();
        return sound_;
    }

private:
    void say(const std::string& word, const std::string& text) {
        constexpr std::size_t text_column = 9;
        out_ << beside(word, text_column, text, width_);
    }
    void good(const std::string& text) { say("ok", text); }
    void bad(const std::string& text) {
        say("DAMAGED", text);
        sound_ = false;
    }

    void check_key() {
        if (const auto damage = damage_of_key(dir_)) return bad(*damage);
        if (store::file_exists(dir_ + "/node.key")) good(dir_ + "/node.key");
    }

    // Opened only with what is at hand: a check asks nothing.
    void check_vault() {
        const std::string path = vault_path(dir_);
        if (!store::file_exists(path)) {
            say("none", path);
            return;
        }
        const auto bytes = store::read_private_file(path, base::limits::vault_file_bytes_max);
        if (!bytes) return bad(bytes.error().text);
        const bool given = options_.passphrase_fd || !options_.passphrase_file.empty();
        std::string passphrase;
        const base::WipeAtEnd wiped(passphrase);
        if (given) {
            auto read = read_passphrase(options_, false);
            if (!read) return bad(read.error().text);
            passphrase.swap(*read);
            base::wipe(*read);
        }
        auto vault = open_vault_with(*bytes, passphrase);
        if (vault) {
            vault_ = *std::move(vault);
            return good(path);
        }
        if (vault.error().code == base::ErrorCode::denied && !given)
            return good(path +
                        ": it has a passphrase, which was not given; its content and the records "
                        "were not opened");
        bad(path + ": " + vault.error().text);
    }

    void check_own() {
        const std::string path = dir_ + "/own";
        const auto found = store::look_at_file(path);
        if (!found) return bad(found.error().text);
        if (*found != store::DataFile::there)
            return vault_ || store::file_exists(vault_path(dir_))
                       ? bad(path + " is missing or empty")
                       : void();
        const auto pages = store::check_pages(path);
        if (!pages) return bad(pages.error().text);
        if (store::holds_earlier_records(path)) {
            say("earlier", path +
                               ": of an earlier version of hearsayd, whose records this one does "
                               "not read");
            return;
        }
        const auto own = store::read_own(path);
        if (!own) return bad(own.error().text);
        for (const std::string& damage : own->damage) bad(path + ": " + damage);
        const std::size_t closed = vault_ ? unopened(*own->rows) : 0;
        if (closed > 0)
            bad(path + ": " + std::to_string(closed) + " records of the person do not open");
        good(path + ": " + std::to_string(pages->pages) + " pages, " +
             std::to_string(pages->entries) + " rows");
    }

    std::size_t unopened(const market::OwnStore& store) const {
        std::size_t out = 0;
        for (const Table table : market::person_tables) {
            // meta's clear rows and seen_mail's times are not sealed.
            if (table == Table::meta || table == Table::seen_mail) continue;
            store.scan(table, {}, [&](base::ByteView key, base::ByteView value) {
                const base::Bytes place = market::place_of(table, key);
                const bool opens = market::is_erasable(table)
                                       ? vault_->open_erasable(place, value).has_value()
                                       : vault_->open_record(place, value).has_value();
                out += opens ? 0 : 1;
                return true;
            });
        }
        return out;
    }

    void check_flood() {
        const std::string path = dir_ + "/flood";
        const auto found = store::look_at_file(path);
        const std::string anew =
            " (the next start makes this store anew: the network has what was in it)";
        if (!found) return bad(found.error().text + anew);
        if (*found != store::DataFile::there) return;
        const auto pages = store::check_pages(path);
        if (!pages) return bad(pages.error().text + anew);
        const auto flood = store::inspect_flood(path, options_.network);
        if (!flood) return bad(flood.error().text);
        for (const std::string& damage : flood->damage) bad(path + ": " + damage);
        good(path + ": " + std::to_string(pages->pages) + " pages, " +
             std::to_string(flood->items) + " items");
    }

    const Options& options_;
    const std::string dir_;
    std::ostream& out_;
    const std::size_t width_;
    std::optional<market::Vault> vault_;
    bool sound_ = true;
};

}  // namespace

base::Result<bool> check_home(const Options& options, std::ostream& out, std::size_t width) {
    if (!store::file_exists(options.data_dir))
        return base::fail(base::ErrorCode::not_found, options.data_dir + " is not there");
    const auto lock = store::DirectoryLock::look(options.data_dir);
    if (!lock) return std::unexpected(lock.error());
    return Check(options, out, width).run();
}

}  // namespace hearsay::app
