// Whatever the node says, what a person sees fits the terminal. Each answer that is shown is filled
// to the brim: with prose in several scripts, and with ids where prose would do.
#include <algorithm>
#include <functional>
#include <sstream>

#include <doctest/doctest.h>
#include <google/protobuf/descriptor.h>

#include "app/cli/commands.hpp"
#include "app/cli/report.hpp"
#include "app/cli/show.hpp"
#include "app/cli/text.hpp"
#include "run_in.hpp"

namespace hearsay::app::cli {
namespace {

using google::protobuf::FieldDescriptor;

constexpr std::size_t widths[] = {40, 41, 57, 80, 120};

const std::string prose =
    "Honey from our own bees, 自家製のはちみつ（五百グラム）、 "
    "Rindfleischetikettierungsüberwachung "
    "e\u0301te\u0301 👩‍🔧, and so on until there is no room for it on any terminal of this "
    "test";
const std::string id(64, 'a');

// Every field, and two of each that is repeated; of messages as deep as they go.
void fill(google::protobuf::Message& message, const std::string& text, int depth = 0) {
    const auto& reflection = *message.GetReflection();
    for (int at = 0; at < message.GetDescriptor()->field_count(); ++at) {
        const FieldDescriptor& field = *message.GetDescriptor()->field(at);
        for (int times = 0; times < (field.is_repeated() ? 2 : 1); ++times) {
            const auto put = [&](auto set, auto add, auto value) {
                if (field.is_repeated())
                    (reflection.*add)(&message, &field, value);
                else
                    (reflection.*set)(&message, &field, value);
            };
            using Reflection = google::protobuf::Reflection;
            switch (field.cpp_type()) {
                case FieldDescriptor::CPPTYPE_STRING:
                    put(&Reflection::SetString, &Reflection::AddString, text);
                    break;
                case FieldDescriptor::CPPTYPE_BOOL:
                    put(&Reflection::SetBool, &Reflection::AddBool, true);
                    break;
                case FieldDescriptor::CPPTYPE_UINT32:
                    put(&Reflection::SetUInt32, &Reflection::AddUInt32, 4'000'000U);
                    break;
                case FieldDescriptor::CPPTYPE_INT32:
                    put(&Reflection::SetInt32, &Reflection::AddInt32, 4'000'000);
                    break;
                case FieldDescriptor::CPPTYPE_UINT64:
                    put(&Reflection::SetUInt64, &Reflection::AddUInt64, std::uint64_t{1} << 40);
                    break;
                case FieldDescriptor::CPPTYPE_INT64:
                    put(&Reflection::SetInt64, &Reflection::AddInt64, std::int64_t{1'800'000'123});
                    break;
                case FieldDescriptor::CPPTYPE_DOUBLE:
                    put(&Reflection::SetDouble, &Reflection::AddDouble, 4.25);
                    break;
                case FieldDescriptor::CPPTYPE_MESSAGE:
                    if (depth < 5)
                        fill(field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                                 : *reflection.MutableMessage(&message, &field),
                             text, depth + 1);
                    break;
                default:
                    FAIL("a type that this test does not know");
            }
        }
    }
}

std::string without_colours(const std::string& text) {
    std::string out;
    bool in_colour = false;
    for (const char c : text) {
        if (c == '\x1b' || in_colour)
            in_colour = c != 'm';
        else
            out += c;
    }
    return out;
}

// A line may be wider if it is one word of ASCII for which no line has room.
bool fits(const std::string& line, std::size_t width) {
    if (columns(line) <= width) return true;
    const std::string word = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    const bool ascii = std::ranges::all_of(word, [](char c) { return c >= ' ' && c <= '~'; });
    return ascii && word.find(' ') == word.npos && columns(word) + 4 > width;
}

void check(const std::string& text, std::size_t width) {
    CAPTURE(width);
    std::istringstream lines(without_colours(text));
    for (std::string line; std::getline(lines, line);) CHECK_MESSAGE(fits(line, width), line);
    CHECK(text.ends_with('\n'));
}

template <class Message>
void check_shown() {
    for (const std::string& text : {prose, id}) {
        Message message;
        fill(message, text);
        for (const std::size_t width : widths)
            for (const bool colour : {false, true}) {
                const std::string shown = show(message, {colour, width, now_here});
                INFO(message.GetTypeName());
                check(shown, width);
                check(introduced("Removed: ", shown, width), width);
            }
        check(show(Message(), {false, width_min, now_here}), width_min);
    }
}

template <class... Messages>
void check_all() {
    (check_shown<Messages>(), ...);
}

}  // namespace

TEST_CASE("no answer of the node is shown wider than the terminal") {
    check_all<api::Identity, api::Persona, api::PersonaList, api::Backup, api::Offer,
              api::OfferList, api::WorkEstimate, api::Profile, api::ProfileList, api::Post,
              api::PostList, api::SearchAnswer, api::Renewal, api::CuratedList, api::CuratedLists,
              api::Why, api::Audit, api::Watch, api::WatchList, api::Mail, api::MailList,
              api::SetAside, api::SetAsideList, api::Mailbox, api::Friend, api::FriendList,
              api::Trade, api::TradeList, api::Rating, api::RatingList, api::Peer, api::PeerList,
              api::Examination, api::Status>();
}

TEST_CASE("a secret key is what a program reads: it is one line, whatever the width") {
    api::PersonaSecret secret;
    secret.set_secret(id);
    CHECK(show(secret, {false, width_min, now_here}) == id + "\n");
}

TEST_CASE("no line of help is wider than the terminal, and none is longer than can be read well") {
    for (const std::size_t width : widths) {
        const std::size_t most = std::min(width, width_prose);
        check(general_help(width), most);
        for (const CommandSpec& spec : commands()) {
            CAPTURE(spec.words());
            check(command_help(spec, width), most);
            check(group_help(spec.group, width), most);
        }
    }
}

TEST_CASE("on a narrow terminal help has the text below its word") {
    const std::string help = general_help(40);
    CHECK(
        help.find("\n  doctor\n      what keeps the node from working,\n      and what to do\n") !=
        help.npos);
    CHECK(help.find("\n  -h, --help\n      show this help\n") != help.npos);
    CHECK(general_help(80).find("\n  -h, --help            show this help\n") != help.npos);
}

TEST_CASE("an error is laid out for the terminal, and stays one line where none is") {
    const auto error_of = [](std::size_t width) {
        std::istringstream in;
        std::ostringstream out, err;
        Terminal terminal{in, out, err, false, false, false, width, 40, {}, [] { return false; }};
        terminal.now = [] { return now_here; };
        terminal.err_width = width;
        CHECK(run({"ofer", "list"}, {}, terminal) == exit_usage);
        CHECK(out.str().empty());
        return err.str();
    };
    for (const std::size_t width : widths) check(error_of(width), width);
    CHECK(error_of(40).starts_with("hearsay: unknown command \"ofer\"; did you\n    mean"));
    const std::string whole = error_of(unbroken);
    CHECK(std::ranges::count(whole, '\n') == 1);
}

}  // namespace hearsay::app::cli
