// Personas, removed mail, recovery and backups.
#include "app/node/backend.hpp"
#include "app/node/backup_file.hpp"
#include "app/node/passphrase.hpp"
#include "app/node/views.hpp"
#include "base/limits/person.hpp"
#include "base/wipe.hpp"
#include "crypto/system_random.hpp"
#include "market/address.hpp"
#include "store/file.hpp"

namespace hearsay::app {
namespace {

using base::ErrorCode;

std::unexpected<base::Error> busy() {
    return base::fail(ErrorCode::unavailable,
                      "another backup is being written or read; try again when it is done");
}

base::Result<api::Persona> persona_answer(const base::Result<market::PersonaView>& found) {
    if (!found) return std::unexpected(found.error());
    return to_api(*found);
}

// A backup that cannot be read is none: better said today than on the day that it is needed.
base::Result<BackupWritten> read_back(const api::BackupDraft& draft, const BackupWritten& written) {
    const auto backup = read_backup_file(draft.path(), draft.passphrase());
    if (backup && backup->rows.size() == written.rows) return written;
    return base::fail(base::ErrorCode::io,
                      draft.path() + " was written and cannot be read back" +
                          (backup ? std::string() : ": " + backup.error().text) +
                          "; try another disk");
}

}  // namespace

void Backend::remove_mail(const std::string& id, api::Reply<api::Mail> reply) {
    answer<api::Mail>(std::move(reply), [this, id](Shell::Turn& turn) {
        return mail_answer(turn.market.remove_mail(id, turn), turn);
    });
}

void Backend::list_personas(api::Reply<api::PersonaList> reply) {
    show<api::PersonaList>(std::move(reply),
                           [](Shell::Turn& turn) -> base::Result<api::PersonaList> {
                               api::PersonaList out;
                               for (const auto& persona : turn.market.personas(turn.store))
                                   *out.add_personas() = to_api(persona);
                               return out;
                           });
}

void Backend::show_persona(const std::string& persona, api::Reply<api::Persona> reply) {
    show<api::Persona>(std::move(reply), [persona](Shell::Turn& turn) {
        return persona_answer(turn.market.persona(persona, turn.store));
    });
}

void Backend::new_persona(const api::PersonaDraft& draft, api::Reply<api::Persona> reply) {
    make<api::Persona>(std::move(reply), [draft](Shell::Turn& turn) {
        return persona_answer(turn.market.new_persona(draft.name(), turn));
    });
}

void Backend::import_persona(const api::PersonaImport& import, api::Reply<api::Persona> reply) {
    make<api::Persona>(std::move(reply), [import](Shell::Turn& turn) {
        return persona_answer(turn.market.import_persona(import.secret(), import.name(), turn));
    });
}

void Backend::export_persona(const api::PersonaRef& persona, api::Reply<api::PersonaSecret> reply) {
    show<api::PersonaSecret>(
        std::move(reply), [persona](Shell::Turn& turn) -> base::Result<api::PersonaSecret> {
            const auto view = turn.market.persona(persona.persona(), turn.store);
            if (!view) return std::unexpected(view.error());
            const auto secret = turn.market.export_persona(persona.persona(), turn.store);
            if (!secret) return std::unexpected(secret.error());
            api::PersonaSecret out;
            out.set_address(market::persona_address(view->key));
            out.set_secret(*secret);
            return out;
        });
}

void Backend::retire_persona(const std::string& persona, api::Reply<api::Persona> reply) {
    answer<api::Persona>(std::move(reply), [persona](Shell::Turn& turn) {
        return persona_answer(turn.market.retire_persona(persona, turn));
    });
}

void Backend::recover(const api::Recovery& recovery, api::Reply<api::Identity> reply) {
    make<api::Identity>(std::move(reply),
                        [this, recovery](Shell::Turn& turn) -> base::Result<api::Identity> {
                            if (const auto error = not_empty()) return std::unexpected(*error);
                            const auto done = turn.market.recover(recovery.words(), turn);
                            if (!done) return std::unexpected(done.error());
                            return identity_of(turn);
                        });
}

// The snapshot is opened right after a commit: then vault and rows are those of one moment.
void Backend::create_backup(const api::BackupDraft& draft, api::Reply<api::Backup> reply) {
    if (const auto fine = check_backup_path(draft.path(), draft.passphrase()); !fine)
        return reply(std::unexpected(fine.error()));
    shell_.ask([this, draft, reply = std::move(reply)](Shell::Turn& turn) -> Shell::Finish {
        return [this, draft, reply, now = turn.now,
                &market = turn.market](const std::optional<base::Error>& failed) {
            if (failed) return reply(std::unexpected(*failed));
            auto opened = shell_.read_own();
            if (!opened) return reply(std::unexpected(opened.error()));
            const std::shared_ptr<store::OwnReader> reader = *std::move(opened);
            const auto content = std::make_shared<const base::Bytes>(market.vault().content());
            const bool begun = shell_.run_errand([=, this]() -> Errand::Answer {
                base::Rng rng(crypto::system_random_secret());
                base::Result<BackupWritten> written = write_backup_file(
                    draft.path(), draft.passphrase(), {}, rng, now, *content, *reader);
                if (written) written = read_back(draft, *written);
                return [=, this] {
                    if (!written) return reply(std::unexpected(written.error()));
                    shell_.ask([now](Shell::Turn& again) -> Shell::Finish {
                        note_backup(again.store, now);
                        return [](const std::optional<base::Error>&) {};
                    });
                    api::Backup out;
                    out.set_path(draft.path());
                    out.mutable_made()->set_seconds(base::unix_seconds(now));
                    out.set_bytes(written->bytes);
                    out.set_records(written->rows);
                    reply(out);
                };
            });
            if (!begun) reply(busy());
        };
    });
}

// What costs seconds (both passphrases are stretched) on a thread of its own; then one turn, which
// saves the file before anybody is told. If that fails, the old protection holds again.
void Backend::change_passphrase(const api::PassphraseChange& change,
                                api::Reply<api::Protection> reply) {
    const bool begun = shell_.run_errand([this, change, reply]() -> Errand::Answer {
        const auto refuse = [&](const base::Error& error) {
            return [reply, error] { reply(std::unexpected(error)); };
        };
        const auto file =
            store::read_private_file(facts_.vault_path, base::limits::vault_file_bytes_max);
        if (!file) return refuse(file.error());
        if (const auto opened = open_vault_with(*file, change.before()); !opened)
            return refuse(opened.error());
        std::string normal = normal_passphrase(change.after());
        const base::WipeAtEnd wiped(normal);
        base::Rng rng(crypto::system_random_secret());
        const auto made = market::Vault::stretch(base::as_bytes(normal), cost_of(normal), rng);
        if (!made) return refuse(made.error());
        return [this, reply, made = *made] {
            shell_.ask([reply, made](Shell::Turn& turn) -> Shell::Finish {
                const auto before = turn.market.vault().protection();
                turn.market.vault().protect(made);
                turn.out.emplace_back(market::SaveVault{});
                return [reply, before, made,
                        &market = turn.market](const std::optional<base::Error>& failed) {
                    if (failed && before) market.vault().protect(*before);
                    if (failed) return reply(std::unexpected(*failed));
                    reply(to_api_protection(made.has_passphrase));
                };
            });
        };
    });
    if (!begun) reply(busy());
}

void Backend::check_words(const api::Recovery& recovery, api::Reply<api::WordCheck> reply) {
    show<api::WordCheck>(std::move(reply),
                         [recovery](Shell::Turn& turn) -> base::Result<api::WordCheck> {
                             const auto right = turn.market.vault().derives_from(recovery.words());
                             if (!right) return std::unexpected(right.error());
                             api::WordCheck out;
                             out.set_right(*right);
                             return out;
                         });
}

// Read and verified first, on a thread of its own; what changes the node is one turn.
void Backend::restore_backup(const api::BackupDraft& draft, api::Reply<api::Backup> reply) {
    if (const auto fine = check_backup_path(draft.path(), draft.passphrase()); !fine)
        return reply(std::unexpected(fine.error()));
    const bool begun = shell_.run_errand([this, draft, reply]() -> Errand::Answer {
        auto read = read_backup_file(draft.path(), draft.passphrase());
        if (!read) return [reply, error = read.error()] { reply(std::unexpected(error)); };
        const auto backup = std::make_shared<market::Backup>(*std::move(read));
        return [this, draft, reply, backup] {
            make<api::Backup>(
                reply, [this, draft, backup](Shell::Turn& turn) -> base::Result<api::Backup> {
                    if (const auto error = not_empty()) return std::unexpected(*error);
                    api::Backup out;
                    out.set_path(draft.path());
                    out.mutable_made()->set_seconds(base::unix_seconds(backup->made));
                    out.set_records(backup->rows.size());
                    const auto done = turn.market.restore(std::move(*backup), turn);
                    if (!done) return std::unexpected(done.error());
                    return out;
                });
        };
    });
    if (!begun) reply(busy());
}

}  // namespace hearsay::app
