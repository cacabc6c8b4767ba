// app/node/quarantine.hpp - what was set aside because reading it ended the node,
// and how it is kept from being read.
//
//   1. begin() comes before anything of the person's is read. It asks market::blame() about the
//      notes of the last run (reading_notes.hpp) and keeps what is set aside, durably, before it
//      forgets the notes. Ending between the two leads to the same decision once more.
//   2. A mail that is set aside is not tried with any key. It floods on, and a copy of it is kept
//      here: the network forgets it, and a program that can read it may come later.
//   3. A record that is set aside stays where it lies, so that key erasure seals it anew with the
//      others of its day, but Guarded shows it to nobody. What would be written in its place is not
//      kept. The rest of its table is read.
//   4. retry() reads it again, as a suspect: if that ends the node, it is set aside again at the
//      next start.
// The list is one sealed record of the table meta. A store of another person has another list:
// none.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/node/reading_notes.hpp"
#include "base/log.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"
#include "item/item.hpp"
#include "market/catalogue.hpp"
#include "market/keys/vault.hpp"
#include "market/own_store.hpp"
#include "store/own.hpp"

namespace hearsay::app {

struct SetAside {
    market::Readable what;
    base::WallTime at;
    std::uint32_t times = 1;
    item::ReadPtr mail;    // null: a record, or nobody held it
    bool retried = false;  // it is being read again

    std::string id() const;         // hexadecimal
    std::string_view kind() const;  // "letter", "trade", or another kind of record
};

class Quarantine {
public:
    // Without open() nothing is noted, and nothing set aside: for tests and benchmarks.
    explicit Quarantine(item::Network network) : network_(network) {}
    void open(const std::string& data_dir, base::Log& log);
    void begin(market::Vault& vault, store::Own& own, const market::Catalogue& flood,
               base::Rng& rng, base::WallTime now, base::Log& log);
    // After a commit that failed: what is kept, not what was meant.
    void load(const market::Vault& vault, const market::OwnStore& store);

    ReadingNotes& notes() { return notes_; }
    bool is_suspect(const market::Readable& what) const;
    void acquit(const market::Readable& what);
    void on_good_end();                          // of the run: records are suspected no longer
    bool holds(const base::ItemId& mail) const;  // and it is not read again just now
    bool hides(market::Table table, base::ByteView key) const;

    const std::vector<SetAside>& all() const { return all_; }  // oldest first
    // Empty if there is nothing: what a person is told.
    std::string summary() const;

    // Commands, inside a turn. By id or a unique beginning of 8 letters or more. A record's is read
    // when the market starts again; a mail's is to be tried by the caller.
    base::Result<SetAside> retry(std::string_view id_or_beginning, market::Vault& vault,
                                 market::OwnStore& store, const market::Catalogue& flood,
                                 base::Rng& rng);
    // Gone for good, with its record.
    base::Result<SetAside> remove(std::string_view id_or_beginning, market::Vault& vault,
                                  market::OwnStore& store, base::Rng& rng);
    // A mail that was read again, and the node is still there.
    void release(const base::ItemId& mail, market::Vault& vault, market::OwnStore& store,
                 base::Rng& rng);

    // What the market reads through: it notes each record that letters of others fill,
    // and hides what is set aside.
    class Guarded final : public market::OwnStore {
    public:
        Guarded(market::OwnStore& under, Quarantine& quarantine)
            : under_(under), quarantine_(quarantine) {}
        std::optional<base::Bytes> get(market::Table table, base::ByteView key) const override;
        void put(market::Table table, base::ByteView key, base::ByteView value) override;
        void erase(market::Table table, base::ByteView key) override { under_.erase(table, key); }
        void scan(market::Table table, base::ByteView from,
                  const std::function<bool(base::ByteView key, base::ByteView value)>& visit)
            const override;
        void done() { note_.end(); }  // nothing that was read so far is at work any more

    private:
        void note(market::Table table, base::ByteView key) const;
        market::OwnStore& under_;
        Quarantine& quarantine_;
        mutable ReadingNotes::Note note_;
    };

private:
    void set_aside(const market::Readable& what, const market::Catalogue& flood,
                   base::WallTime now);
    void save(market::Vault& vault, market::OwnStore& store, base::Rng& rng) const;
    base::Result<std::size_t> find(std::string_view id_or_beginning) const;

    const item::Network network_;
    ReadingNotes notes_;
    std::vector<SetAside> all_;
};

}  // namespace hearsay::app
