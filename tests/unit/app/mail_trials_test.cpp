// app/node/mail_trials.hpp: every mail is answered once, whichever key opens it.
#include "app/node/mail_trials.hpp"

#include <doctest/doctest.h>

#include "crypto/ed25519.hpp"
#include "item/mailbox.hpp"

using namespace hearsay;

namespace {

const base::WallTime noon = base::from_unix_seconds(1'767'225'600 + 43'200);
using KeyList = std::vector<market::OwnKey>;

struct Answer {
    base::ItemId mail;
    base::MailboxId mailbox;
    std::shared_ptr<const market::Letter> letter;
};

struct Fixture {
    base::Rng rng{base::Secret{}};
    net::Loop loop;
    app::Workers workers{loop, 2};
    std::vector<Answer> answers;
    std::size_t wanted = 0;
    app::MailTrials trials{
        [this](const item::ReadPtr& mail, const base::MailboxId& mailbox, auto letter) {
            answers.push_back({mail->id, mailbox, std::move(letter)});
            if (answers.size() == wanted) loop.stop();
        }};
    bool late = false;
    net::Timer deadline{loop, [this] {
                            late = true;
                            loop.stop();
                        }};

    std::shared_ptr<const KeyList> keys(std::size_t count) {
        KeyList out;
        for (std::size_t i = 0; i < count; ++i) {
            auto key = std::make_shared<const crypto::XWingKey>(rng.secret());
            const base::MailboxId mailbox = item::mailbox_id(key->public_key());
            out.push_back({mailbox, std::move(key)});
        }
        return std::make_shared<const KeyList>(std::move(out));
    }
    item::ReadPtr mail_to(const market::OwnKey& own) { return mail_to(own.key->public_key()); }
    item::ReadPtr mail_to(const base::MailboxKey& mailbox) {
        const base::Secret sender = rng.secret();
        market::Letter letter;
        rng.fill(letter.id);
        letter.sender = base::PublisherKey{crypto::ed25519_public_key(sender).data};
        letter.written = noon;
        letter.removal_secret = rng.secret();
        letter.text = "hello";
        auto sealed = market::seal_letter(letter, sender, mailbox, item::Network::sim, noon,
                                          base::Seconds(86400), rng);
        REQUIRE(sealed);
        auto read = item::read(*std::move(sealed), item::Network::sim);
        REQUIRE(read);
        return *read;
    }
    // All answers, and any that were too many.
    void wait_for(std::size_t count) {
        wanted = count;
        deadline.arm(std::chrono::seconds(30));
        loop.run();
        REQUIRE_FALSE(late);
        // Whatever a second answer hangs on was posted before this.
        workers.check([this]() -> app::Workers::Answer { return [this] { loop.stop(); }; });
        loop.run();
        REQUIRE(answers.size() == count);
    }
};

}  // namespace

TEST_CASE_FIXTURE(
    Fixture, "whichever of hundreds of keys opens a mail, it is answered once, with that mailbox") {
    const auto all = keys(2 * app::MailTrials::keys_per_job + 10);
    const std::size_t last = all->size() - 1;
    const std::size_t jobs = app::MailTrials::keys_per_job;
    const std::vector<std::size_t> places{0, jobs - 1, jobs, last};
    std::vector<item::ReadPtr> mails;
    for (const std::size_t place : places) mails.push_back(mail_to((*all)[place]));
    for (const item::ReadPtr& mail : mails) trials.begin(workers, {mail, all});
    wait_for(mails.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto answer = std::ranges::find(answers, mails[i]->id, &Answer::mail);
        REQUIRE(answer != answers.end());
        CHECK(answer->mailbox == (*all)[places[i]].mailbox);
        REQUIRE(answer->letter);
        CHECK(answer->letter->text == "hello");
    }
}

TEST_CASE_FIXTURE(Fixture,
                  "a mail that no key opens is answered once, also where there are no keys") {
    const auto strangers = keys(app::MailTrials::keys_per_job + 1);
    const item::ReadPtr mail = mail_to(crypto::XWingKey(rng.secret()).public_key());
    trials.begin(workers, {mail, strangers});
    trials.begin(workers, {mail, keys(0)});
    wait_for(2);
    for (const Answer& answer : answers) {
        CHECK(answer.mail == mail->id);
        CHECK_FALSE(answer.letter);
    }
}

TEST_CASE_FIXTURE(Fixture, "a mailbox of a later list is tried, one that is gone is not") {
    const auto before = keys(1);
    const auto after = keys(1);
    trials.begin(workers, {mail_to((*before)[0]), before});
    wait_for(1);
    CHECK(answers[0].letter);
    trials.begin(workers, {mail_to((*before)[0]), after});
    wait_for(2);
    CHECK_FALSE(answers[1].letter);
    trials.begin(workers, {mail_to((*after)[0]), after});
    wait_for(3);
    CHECK(answers[2].letter);
}
