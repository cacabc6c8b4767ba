#include "app/cli/commands_posts.hpp"

#include <array>

#include "app/cli/command_parts.hpp"

namespace hearsay::app::cli {
namespace {

// ---- profiles -----------------------------------------------------------------------------------

void profile_options(po::options_description& options) {
    options.add_options()(
        "nickname", po::value<std::string>()->value_name("NAME"),
        "what the persona calls itself, up to 40 bytes; others may have the same");
    text_options(options);
    options.add_options()("language",
                          po::value<std::vector<std::string>>()->composing()->value_name("CODE"),
                          "two or three small letters, such as de; may be repeated");
    options.add_options()(
        "picture", po::value<std::string>()->value_name("FILE"),
        "a JPEG or WebP of at most 16 KiB and 640 pixels a side; empty: none any more");
    options.add_options()("contact", po::bool_switch(),
                          "with a mailbox for whoever wants to write");
    options.add_options()("no-contact", po::bool_switch(), "without one");
}

Built build_profile_set(const po::variables_map& given) {
    auto persona = named_persona(given);
    if (!persona) return std::unexpected(persona.error());
    ProfileSet out;
    out.persona = *std::move(persona);
    if (given.count("nickname") != 0) out.nickname = text_of(given, "nickname");
    const auto text = text_source_of(given);
    if (!text) return std::unexpected(text.error());
    out.about = *text;
    if (given.count("language") != 0) {
        out.languages = given["language"].as<std::vector<std::string>>();
        if (out.languages == std::vector<std::string>{""}) out.languages->clear();
    }
    if (given.count("picture") != 0) out.picture = text_of(given, "picture");
    const bool contact = given["contact"].as<bool>();
    const bool none = given["no-contact"].as<bool>();
    if (contact && none) return std::unexpected("give --contact or --no-contact, not both");
    if (contact || none) out.contact = contact;
    return out;
}

Built build_profile_show(const po::variables_map& given) {
    if (given.count("persona") == 0) return ProfileList{{1000, 1, false}, true};
    auto persona = named_somebody(given);
    if (!persona) return std::unexpected(persona.error());
    return ProfileShow{*std::move(persona)};
}

Built build_profile_remove(const po::variables_map& given) {
    auto persona = named_persona(given);
    if (!persona) return std::unexpected(persona.error());
    return ProfileRemove{*std::move(persona)};
}

// ---- posts --------------------------------------------------------------------------------------

void post_options(po::options_description& options) {
    options.add_options()("title", po::value<std::string>()->value_name("TITLE"),
                          "one line, up to 120 bytes; needed unless it answers something");
    text_options(options);
    options.add_options()("tag",
                          po::value<std::vector<std::string>>()->composing()->value_name("TAG"),
                          "a word to find it by; may be repeated");
    options.add_options()("answer", po::value<std::string>()->value_name("ID"),
                          "the id of what it answers: a post, an offer");
    options.add_options()("language", po::value<std::string>()->value_name("CODE"),
                          "two or three small letters, such as de");
    options.add_options()("lifetime", po::value<std::string>()->value_name("TIME"),
                          "how long it lives: 90m, 12h, 7d; at most 15d, which is usual");
    renew_option(options);
    as_option(options);
}

Built build_post_publish(const po::variables_map& given) {
    PostPublish out;
    out.title = text_of(given, "title");
    out.language = text_of(given, "language");
    out.persona = text_of(given, "as");
    if (given.count("answer") != 0) {
        auto id = id_of(given, "answer", "the id of what it answers after --answer");
        if (!id) return std::unexpected(id.error());
        out.answer_to = *std::move(id);
    }
    if (out.title.empty() && out.answer_to.empty())
        return std::unexpected("a post needs a title, unless it answers something: --title TITLE");
    if (given.count("tag") != 0) out.tags = given["tag"].as<std::vector<std::string>>();
    const auto text = text_source_of(given);
    if (!text) return std::unexpected(text.error());
    out.text = *text;
    const auto lifetime = lifetime_of(given);
    if (!lifetime) return std::unexpected(lifetime.error());
    out.lifetime_seconds = *lifetime;
    out.renew = given["renew"].as<bool>();
    return out;
}

template <class T>
Built build_with_post_id(const po::variables_map& given) {
    auto id = published_id(given, "post", "a post");
    if (!id) return std::unexpected(id.error());
    return T{*std::move(id)};
}

constexpr std::array<CommandSpec, 8> table{{
    {"profile", "set", "persona",
     "PERSONA [--nickname NAME] [--text TEXT | --text-file FILE] [--language CODE...] "
     "[--picture FILE] [--contact]",
     "tell everybody who a persona is",
     "What is not named stays as it is. Your node renews the profile until you remove it. All "
     "that\n"
     "the persona signs is linked with it. A nickname proves nothing: it is always shown with a\n"
     "fingerprint of the persona.\n\n"
     "Examples:\n  hearsay profile set shop --nickname \"Ann's bicycles\" --language de --contact\n"
     "  hearsay profile set shop --text-file about.txt\n",
     profile_options, build_profile_set},
    {"profile", "show", "persona", "[PERSONA]", "what a persona says of itself; without one, yours",
     "Examples:\n  hearsay profile show hsp1...\n  hearsay profile show\n", no_options,
     build_profile_show},
    {"profile", "list", "", "[--mine] [--show-hidden] [--limit N] [--page N | --all]",
     "the profiles that are alive, newest first", "Examples:\n  hearsay profile list\n",
     list_options, build_list<ProfileList>},
    {"profile", "remove", "persona", "PERSONA", "take a profile back, everywhere",
     "Examples:\n  hearsay profile remove shop\n", no_options, build_profile_remove},
    {"post", "publish", "",
     "--title TITLE [--text TEXT | --text-file FILE] [--tag TAG...] [--answer ID]",
     "say something to everybody",
     "A fresh persona signs it, unless you name one.\n\n"
     "Examples:\n  hearsay post publish --title \"Spring\" --text \"It comes.\" --tag weather\n"
     "  hearsay post publish --answer 3f2a9c1e --text \"Indeed.\" --as shop\n",
     post_options, build_post_publish},
    {"post", "list", "", "[--mine] [--show-hidden] [--limit N] [--page N | --all]",
     "the posts that are alive, newest first", "Examples:\n  hearsay post list\n", list_options,
     build_list<PostList>},
    {"post", "show", "id", "ID", "one post with its text",
     "Examples:\n  hearsay post show 3f2a9c1e\n", no_options, build_with_post_id<PostShow>},
    {"post", "remove", "id", "ID", "take one of your posts back, everywhere",
     "Examples:\n  hearsay post remove 3f2a9c1e\n", no_options, build_with_post_id<PostRemove>},
}};

}  // namespace

std::span<const CommandSpec> post_commands() {
    return table;
}

}  // namespace hearsay::app::cli
