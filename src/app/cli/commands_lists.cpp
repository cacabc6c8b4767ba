#include "app/cli/commands_lists.hpp"

#include <array>

#include "app/cli/command_parts.hpp"
#include "app/cli/commands_search.hpp"

namespace hearsay::app::cli {
namespace {

std::vector<std::string> words_of(const po::variables_map& given, const char* name) {
    return given.count(name) == 0 ? std::vector<std::string>{}
                                  : given[name].as<std::vector<std::string>>();
}

// ---- lists --------------------------------------------------------------------------------------

void several(po::options_description& options, const char* name, const char* value,
             const char* help) {
    options.add_options()(
        name, po::value<std::vector<std::string>>()->composing()->value_name(value), help);
}

void subject_options(po::options_description& options) {
    several(options, "item", "ID", "about an offer, a post or anything else; may be repeated");
    several(options, "publisher", "PERSONA", "about all of a persona's, by its address (hsp1...)");
    several(options, "word", "WORD", "about all that has this word");
    several(options, "kind", "KIND", "about all of a kind: offer, post, profile, rating, list");
}
void add_options(po::options_description& options) {
    options.add_options()("hide", po::bool_switch(), "they are hidden, as without this");
    options.add_options()("recommend", po::bool_switch(), "they are recommended");
    subject_options(options);
    options.add_options()("reason", po::value<std::string>()->value_name("TEXT"),
                          "one line that says why; if the list is published, all read it");
}
void list_list_options(po::options_description& options) {
    options.add_options()("mine", po::bool_switch(), "only your own");
    part_options(options);
}

// A list is named by whatever its maker called it, so there are no rules for it here.
std::expected<ListCommand, std::string> about_list(const po::variables_map& given,
                                                   std::string_view what) {
    ListCommand out;
    out.what = what;
    out.which = text_of(given, "list");
    if (out.which.empty()) return std::unexpected("expected a list: its name or its id");
    return out;
}

Built build_new(const po::variables_map& given) {
    auto out = about_list(given, "new");
    if (!out) return std::unexpected(out.error());
    const auto about = text_source_of(given);
    if (!about) return std::unexpected(about.error());
    out->about = *about;
    return *std::move(out);
}

void read_entries(const po::variables_map& given, ListEntries& out) {
    out.items = words_of(given, "item");
    out.publishers = words_of(given, "publisher");
    out.words = words_of(given, "word");
    out.kinds = words_of(given, "kind");
}

Built build_add(const po::variables_map& given) {
    auto out = about_list(given, "add");
    if (!out) return std::unexpected(out.error());
    read_entries(given, out->entries);
    if (out->entries.empty())
        return std::unexpected("expected at least one of --item, --publisher, --word and --kind");
    out->entries.recommends = given["recommend"].as<bool>();
    if (out->entries.recommends && given["hide"].as<bool>())
        return std::unexpected("give --hide or --recommend, not both");
    out->entries.reason = text_of(given, "reason");
    return *std::move(out);
}

Built build_remove(const po::variables_map& given) {
    auto out = about_list(given, "remove");
    if (!out) return std::unexpected(out.error());
    read_entries(given, out->entries);
    if (out->entries.empty())
        return std::unexpected(
            "expected at least one of --item, --publisher, --word and --kind; \"hearsay list "
            "delete\" takes the whole list away");
    return *std::move(out);
}

Built build_publish(const po::variables_map& given) {
    auto out = about_list(given, "publish");
    if (!out) return std::unexpected(out.error());
    out->persona = text_of(given, "as");
    return *std::move(out);
}

template <const char* what>
Built build_about(const po::variables_map& given) {
    auto out = about_list(given, what);
    if (!out) return std::unexpected(out.error());
    return *std::move(out);
}
constexpr char show_word[] = "show";
constexpr char delete_word[] = "delete";
constexpr char unpublish_word[] = "unpublish";
constexpr char subscribe_word[] = "subscribe";
constexpr char unsubscribe_word[] = "unsubscribe";

Built build_list_list(const po::variables_map& given) {
    const auto part = list_part_of(given);
    if (!part) return std::unexpected(part.error());
    ListCommand out;
    out.what = "list";
    out.part = *part;
    out.mine = given["mine"].as<bool>();
    return out;
}

Built build_subscribed(const po::variables_map&) {
    ListCommand out;
    out.what = "subscribed";
    return out;
}

Built build_why(const po::variables_map& given) {
    auto id = id_of(given, "id", "the id of what is hidden, or its first 8 digits or more");
    if (!id) return std::unexpected(id.error());
    ListCommand out;
    out.what = "why";
    out.which = *std::move(id);
    return out;
}

// ---- watches ------------------------------------------------------------------------------------

std::expected<std::string, std::string> watch_name(const std::string& name) {
    const bool fine = !name.empty() && name.size() <= 40 &&
                      name.find_first_not_of(
                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
                          std::string::npos;
    if (!fine) return std::unexpected("a watch's name is 1 to 40 letters, digits, '.', '_' or '-'");
    return name;
}

Built build_watch_add(const po::variables_map& given) {
    auto name = watch_name(text_of(given, "name"));
    if (!name) return std::unexpected(name.error());
    auto search = what_of(given);
    if (!search) return std::unexpected(search.error());
    return WatchCommand{"add", {*std::move(name)}, *std::move(search), {}, 0};
}

template <const char* what>
Built build_watch_about(const po::variables_map& given) {
    auto name = watch_name(text_of(given, "name"));
    if (!name) return std::unexpected(name.error());
    return WatchCommand{what, {*std::move(name)}, {}, {}, 0};
}
constexpr char remove_word[] = "remove";

Built build_watch_list(const po::variables_map&) {
    return WatchCommand{"list", {}, {}, {}, 0};
}

void run_options(po::options_description& options) {
    options.add_options()("program", po::value<std::string>()->value_name("FILE"),
                          "run this for each match, with the match as JSON on its standard input");
    options.add_options()("timeout", po::value<std::string>()->value_name("SECONDS"),
                          "end a program that takes longer (60)");
}
Built build_watch_run(const po::variables_map& given) {
    WatchCommand out{"run", words_of(given, "names"), {}, text_of(given, "program"), 60};
    for (const std::string& name : out.names)
        if (const auto fine = watch_name(name); !fine) return std::unexpected(fine.error());
    if (given.count("timeout") != 0) {
        const auto seconds = number_of(given, "timeout", 1, 3600);
        if (!seconds) return std::unexpected(seconds.error());
        out.timeout_seconds = *seconds;
    }
    return out;
}

constexpr std::array<CommandSpec, 17> table{{
    {"list", "list", "", "[--mine] [--limit N] [--page N | --all]",
     "lists of what is hidden or recommended",
     "Your own come first, then those that others published.\n\n"
     "Examples:\n  hearsay list list\n  hearsay list list --mine\n",
     list_list_options, build_list_list},
    {"list", "show", "list", "LIST", "one list with its entries",
     "Examples:\n  hearsay list show 3f2a9c1e\n  hearsay list show mine\n", no_options,
     build_about<show_word>},
    {"list", "new", "list", "NAME [--text TEXT | --text-file FILE]", "begin a list of your own",
     "Nobody else sees it until you publish it. It counts at once.\n\n"
     "Examples:\n  hearsay list new mine\n",
     text_options, build_new},
    {"list", "add", "list",
     "LIST [--hide | --recommend] [--item ID...] [--publisher PERSONA...] [--word WORD...] "
     "[--kind KIND...] [--reason TEXT]",
     "hide or recommend something",
     "What is hidden is left out of lists and searches, and counted there.\n\n"
     "Examples:\n  hearsay list add mine --word casino\n"
     "  hearsay list add mine --publisher hsp1... --reason \"never sends\"\n"
     "  hearsay list add mine --recommend --item 3f2a9c1e\n",
     add_options, build_add},
    {"list", "remove", "list", "LIST [--item ID...] [--publisher PERSONA...] [--word WORD...] ...",
     "take entries out of a list", "Examples:\n  hearsay list remove mine --word casino\n",
     subject_options, build_remove},
    {"list", "delete", "list", "LIST", "delete a list of your own, everywhere",
     "Examples:\n  hearsay list delete mine\n", no_options, build_about<delete_word>},
    {"list", "publish", "list", "LIST [--as PERSONA]", "let everybody subscribe to a list of yours",
     "A fresh persona signs it, unless you name one. Each change is published from then on, and "
     "your\nnode renews the list until you take it back.\n\n"
     "Examples:\n  hearsay list publish mine --as shop\n",
     as_option, build_publish},
    {"list", "unpublish", "list", "LIST", "take a published list back; it counts for you alone",
     "Examples:\n  hearsay list unpublish mine\n", no_options, build_about<unpublish_word>},
    {"list", "subscribe", "list", "ID", "go by a list that somebody published",
     "Its maker can change what you see by it. What your node keeps and relays it changes only\n"
     "where hearsayd was started with --relay-hidden no.\n\n"
     "Examples:\n  hearsay list subscribe 3f2a9c1e\n",
     no_options, build_about<subscribe_word>},
    {"list", "unsubscribe", "list", "ID", "go by a list no more",
     "Examples:\n  hearsay list unsubscribe 3f2a9c1e\n", no_options, build_about<unsubscribe_word>},
    {"list", "subscribed", "", "", "the lists that you subscribe to",
     "Examples:\n  hearsay list subscribed\n", no_options, build_subscribed},
    {"list", "why", "id", "ID", "which lists say something of an offer, a post, a profile",
     "Names the entry and its reason; also of lists that are here and that you do not go by. So "
     "you\nlearn why others may not see something of yours.\n\n"
     "Examples:\n  hearsay list why 3f2a9c1e\n",
     no_options, build_why},
    {"watch", "list", "", "", "the searches that are kept to tell of what is new",
     "Examples:\n  hearsay watch list\n", no_options, build_watch_list},
    {"watch", "show", "name", "NAME", "one of them", "Examples:\n  hearsay watch show bikes\n",
     no_options, build_watch_about<show_word>},
    {"watch", "add", "name words...", "NAME [WORD...] [--by PERSONA] [--kind KIND] [--FIELD VALUE]",
     "keep a search and be told of new matches",
     "Words and options are those of \"hearsay search\". Nobody else learns of it. Matches come "
     "as\n"
     "events, to the page and to \"hearsay watch run\", within a minute. With --rating or --rated\n"
     "it also tells of what is older and gets the rating later.\n\n"
     "Examples:\n  hearsay watch add bikes bicycle berlin --price-max 100 --currency EUR\n",
     what_options, build_watch_add},
    {"watch", "remove", "name", "NAME", "tell of it no more",
     "Examples:\n  hearsay watch remove bikes\n", no_options, build_watch_about<remove_word>},
    {"watch", "run", "names...", "[NAME...] [--program FILE [--timeout SECONDS]]",
     "print new matches, or run a program for each",
     "Runs until Ctrl-C. Each match is a line of JSON. A program gets it on its standard input, "
     "and\n"
     "nothing of it on its command line; one runs at a time. Without names it is for all watches.\n"
     "\nExamples:\n  hearsay watch run\n  hearsay watch run bikes --program ~/bin/tell-me\n",
     run_options, build_watch_run},
}};

}  // namespace

std::span<const CommandSpec> list_commands() {
    return table;
}

}  // namespace hearsay::app::cli
