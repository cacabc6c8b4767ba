// Personas, removed mail, recovery and backups.
#include "app/node/backend.hpp"
#include "app/node/backup_file.hpp"
#include "app/node/views.hpp"
#include "crypto/system_random.hpp"
#include "market/address.hpp"

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

}  // namespace

void Backend::remove_mail(const std::string& id, api::Reply<api::Mail> reply) {
    answer<api::Mail>(std::move(reply), [this, id](Shell::Turn& turn) {
        return mail_answer(turn.market.remove_mail(id, turn));
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
            const bool begun = shell_.run_errand([=]() -> Errand::Answer {
                base::Rng rng(crypto::system_random_secret());
                base::Result<BackupWritten> written = write_backup_file(
                    draft.path(), draft.passphrase(), {}, rng, now, *content, *reader);
                return [=] {
                    if (!written) return reply(std::unexpected(written.error()));
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
