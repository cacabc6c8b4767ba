#include "store/pages.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "base/bytes.hpp"
#include "base/unique_fd.hpp"

namespace hearsay::store {
namespace {

using base::ByteView;
using base::ErrorCode;

static_assert(sizeof(std::size_t) == 8 && std::endian::native == std::endian::little,
              "the layout below is that of 64 bits, little-endian");

// LMDB's lmdb.h and mdb.c, version 0.9: the names are theirs.
constexpr std::size_t page_header = 16;
constexpr std::size_t node_header = 8;
constexpr std::size_t tree_size = 48;  // MDB_db
constexpr std::size_t meta_size = 24 + 2 * tree_size + 16;
constexpr std::uint32_t magic = 0xbeefc0de;
constexpr std::uint16_t p_branch = 0x01, p_leaf = 0x02, p_overflow = 0x04, p_meta = 0x08,
                        p_leaf2 = 0x20, p_subpage = 0x40;
constexpr std::uint16_t f_bigdata = 0x01, f_subdata = 0x02, f_dupdata = 0x04;
constexpr std::uint16_t db_dupsort = 0x04, db_integerkey = 0x08, db_dupfixed = 0x10;
constexpr std::uint64_t no_page = ~std::uint64_t{0};
constexpr std::size_t depth_max = 32;  // CURSOR_STACK
constexpr std::uint64_t page_size_max = 65536;

template <class Int>
Int number_at(ByteView bytes, std::size_t at) {
    Int out{};
    std::memcpy(&out, bytes.data() + at, sizeof out);  // the caller has looked at the size
    return out;
}

struct Tree {
    std::uint32_t pad = 0;
    std::uint16_t flags = 0;
    std::uint16_t depth = 0;
    std::uint64_t branches = 0, leaves = 0, overflows = 0, entries = 0, root = no_page;
};

Tree read_tree(ByteView bytes) {
    Tree out;
    out.pad = number_at<std::uint32_t>(bytes, 0);
    out.flags = number_at<std::uint16_t>(bytes, 4);
    out.depth = number_at<std::uint16_t>(bytes, 6);
    out.branches = number_at<std::uint64_t>(bytes, 8);
    out.leaves = number_at<std::uint64_t>(bytes, 16);
    out.overflows = number_at<std::uint64_t>(bytes, 24);
    out.entries = number_at<std::uint64_t>(bytes, 32);
    out.root = number_at<std::uint64_t>(bytes, 40);
    return out;
}

struct Meta {
    Tree free, main;
    std::uint64_t page_size = 0, last_page = 0, transaction = 0;
};

struct File {
    base::UniqueFd fd;
    std::string path;
    std::uint64_t size = 0;

    std::unexpected<base::Error> damaged(const std::string& why) const {
        return base::fail(ErrorCode::corrupt, path + " is damaged: " + why);
    }
    base::Result<void> read(std::uint64_t at, std::span<std::uint8_t> out) const {
        while (!out.empty()) {
            const ssize_t count = ::pread(fd.get(), out.data(), out.size(), static_cast<off_t>(at));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0)
                return base::fail(ErrorCode::io, "reading " + path + ": " + std::strerror(errno));
            if (count == 0) return damaged("it ends too early");
            out = out.subspan(static_cast<std::size_t>(count));
            at += static_cast<std::uint64_t>(count);
        }
        return {};
    }
};

base::Result<DataFile> open_file(const std::string& directory, File& out) {
    out.path = directory + "/data.mdb";
    // Without waiting: a pipe has no writer.
    out.fd.reset(::open(out.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    if (!out.fd && errno == ENOENT) return DataFile::missing;
    if (!out.fd && (errno == ELOOP || errno == ENXIO))
        return out.damaged("it is not a regular file");
    struct stat info{};
    if (!out.fd || ::fstat(out.fd.get(), &info) != 0)
        return base::fail(errno == EACCES ? ErrorCode::denied : ErrorCode::io,
                          "opening " + out.path + ": " + std::strerror(errno));
    if (!S_ISREG(info.st_mode)) return out.damaged("it is not a regular file");
    out.size = static_cast<std::uint64_t>(info.st_size);
    return out.size == 0 ? DataFile::empty : DataFile::there;
}

base::Result<Meta> read_meta_at(const File& file, std::uint64_t at) {
    std::array<std::uint8_t, page_header + meta_size> bytes{};
    if (at + bytes.size() > file.size) return file.damaged("it ends within its first pages");
    if (auto read = file.read(at, bytes); !read) return std::unexpected(read.error());
    const ByteView meta = ByteView(bytes).subspan(page_header);
    if ((number_at<std::uint16_t>(bytes, 10) & p_meta) == 0 ||
        number_at<std::uint32_t>(meta, 0) != magic)
        return file.damaged("it does not begin as a database does");
    if (const auto version = number_at<std::uint32_t>(meta, 4); version != 1)
        return file.damaged("it has the format " + std::to_string(version) + " instead of 1");
    Meta out;
    out.free = read_tree(meta.subspan(24));
    out.main = read_tree(meta.subspan(24 + tree_size));
    out.page_size = out.free.pad;
    out.last_page = number_at<std::uint64_t>(meta, 24 + 2 * tree_size);
    out.transaction = number_at<std::uint64_t>(meta, 32 + 2 * tree_size);
    const bool sensible = std::has_single_bit(out.page_size) && out.page_size >= 256 &&
                          out.page_size <= page_size_max &&
                          out.last_page < (std::uint64_t{1} << 48);
    if (!sensible) return file.damaged("its first pages make no sense");
    return out;
}

// The newer of the two, as LMDB chooses.
base::Result<Meta> read_meta(const File& file) {
    const auto first = read_meta_at(file, 0);
    if (!first) return first;
    const auto second = read_meta_at(file, first->page_size);
    if (!second) return second;
    if (second->page_size != first->page_size) return file.damaged("its first pages make no sense");
    return first->transaction < second->transaction ? second : first;
}

// One walk over all trees. The first damage sticks and ends it.
class Walk {
public:
    Walk(const File& file, const Meta& meta) : file_(file), meta_(meta) {
        const std::uint64_t there = std::min(meta.last_page + 1, file.size / meta.page_size);
        seen_.resize(static_cast<std::size_t>(there));
        for (std::size_t meta_page = 0; meta_page < std::min<std::size_t>(2, seen_.size());
             ++meta_page)
            seen_[meta_page] = true;
    }
    base::Result<PagesRead> run() {
        walk_tree(meta_.main, Content::tables);
        walk_tree(meta_.free, Content::free_pages);
        if (error_) return std::unexpected(*error_);
        return done_;
    }

private:
    enum class Content { rows, tables, free_pages, values };  // values: the many of one key
    struct Counted {
        std::uint64_t branches = 0, leaves = 0, overflows = 0, entries = 0;
    };
    struct Leaf {  // a page's nodes, found to lie in it
        ByteView page;
        std::uint16_t flags = 0;
        std::size_t count = 0;
    };

    bool fail(std::uint64_t page, const std::string& why) {
        if (!error_) error_ = file_.damaged("page " + std::to_string(page) + " " + why).error();
        return false;
    }
    bool take(std::uint64_t page, std::uint64_t count = 1) {
        if (count > seen_.size() || page > seen_.size() - count)
            return fail(page, "is not in the file");
        for (std::uint64_t i = page; i < page + count; ++i) {
            if (seen_[static_cast<std::size_t>(i)]) return fail(i, "is used twice");
            seen_[static_cast<std::size_t>(i)] = true;
        }
        done_.pages += count;
        return true;
    }
    bool read(std::uint64_t page, std::span<std::uint8_t> out) {
        if (auto read = file_.read(page * meta_.page_size, out); !read) {
            if (!error_) error_ = read.error();
            return false;
        }
        if (number_at<std::uint64_t>(out, 0) != page) return fail(page, "says that it is another");
        return true;
    }

    void walk_tree(const Tree& tree, Content content) {
        if (error_) return;
        if (tree.root == no_page) {
            if (tree.entries != 0) fail(0, "names a table without its rows");
            return;
        }
        if (tree.depth == 0 || tree.depth > depth_max) {
            fail(tree.root, "is the root of a tree of no sensible depth");
            return;
        }
        const int known = content == Content::free_pages ? db_integerkey : db_dupsort | db_dupfixed;
        if ((tree.flags & ~known) != 0) {
            fail(tree.root, "is the root of a tree of no kind of ours");
            return;
        }
        Counted counted;
        std::optional<base::Bytes> last;
        walk_page(tree, content, tree.root, tree.depth, counted, last);
        if (error_) return;
        if (counted.branches != tree.branches || counted.leaves != tree.leaves ||
            counted.overflows != tree.overflows || counted.entries != tree.entries)
            fail(tree.root, "is the root of a tree that lacks something");
        if (content == Content::rows) done_.entries += counted.entries;
    }

    void walk_page(const Tree& tree, Content content, std::uint64_t number, std::size_t depth,
                   Counted& counted, std::optional<base::Bytes>& last) {
        base::Bytes bytes(static_cast<std::size_t>(meta_.page_size));
        if (!take(number) || !read(number, bytes)) return;
        const auto flags = number_at<std::uint16_t>(bytes, 10);
        const bool branch = depth > 1;
        if ((flags & (p_branch | p_leaf | p_overflow | p_meta)) != (branch ? p_branch : p_leaf)) {
            fail(number, "is of another kind than its place in the tree");
            return;
        }
        ++(branch ? counted.branches : counted.leaves);
        const bool fixed = content == Content::values && !branch && (tree.flags & db_dupfixed) != 0;
        if (((flags & p_leaf2) != 0) != fixed) {
            fail(number, "is of another kind than its place in the tree");
            return;
        }
        if (fixed) {
            if (tree.pad != number_at<std::uint16_t>(bytes, 8) ||
                !walk_fixed(bytes, number, counted, last))
                fail(number, "has values of no size");
            return;
        }
        const auto count = nodes_in(bytes, number);
        if (!count || (branch && *count == 0)) {
            fail(number, "has too few nodes");
            return;
        }
        if (!is_filled(bytes, *count, branch)) {
            fail(number, "has nodes that overlap or are not in it");
            return;
        }
        for (std::size_t i = 0; i < *count && !error_; ++i) {
            if (branch)
                walk_branch_node(tree, content, bytes, number, i, depth, counted, last);
            else
                walk_leaf_node(tree, content, bytes, number, i, counted, last);
        }
    }

    // How many nodes there are, if the page's own offsets make sense.
    std::optional<std::size_t> nodes_in(ByteView page, std::uint64_t number) {
        const std::size_t lower = number_at<std::uint16_t>(page, 12);
        std::size_t upper = number_at<std::uint16_t>(page, 14);
        if (upper == 0 && page.size() == page_size_max) upper = page.size();
        if (lower < page_header || lower > upper || upper > page.size() || lower % 2 != 0) {
            fail(number, "has offsets that make no sense");
            return std::nullopt;
        }
        return (lower - page_header) / 2;
    }

    // The node from its header to the end of the page; empty if it does not lie in the page.
    ByteView node_at(ByteView page, std::size_t index) {
        const std::size_t offset = number_at<std::uint16_t>(page, page_header + 2 * index);
        const std::size_t upper = number_at<std::uint16_t>(page, 14);
        if (offset < upper || offset + node_header > page.size()) return {};
        const ByteView node = page.subspan(offset);
        const std::size_t key_size = number_at<std::uint16_t>(node, 6);
        return node_header + key_size > node.size() ? ByteView{} : node;
    }
    // Nodes lie one behind the other from `upper` to the page's end, each at an even place.
    bool is_filled(ByteView page, std::size_t count, bool branch) {
        std::size_t upper = number_at<std::uint16_t>(page, 14);
        if (upper == 0 && page.size() == page_size_max) upper = page.size();
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const ByteView node = node_at(page, i);
            if (node.empty()) return false;
            const std::uint64_t size = value_size(node);
            const bool elsewhere = (number_at<std::uint16_t>(node, 4) & f_bigdata) != 0;
            const std::uint64_t value = branch ? 0 : elsewhere ? 8 : size;
            sum += (node_header + key_of(node).size() + value + 1) & ~std::uint64_t{1};
        }
        return sum == page.size() - upper;
    }
    static std::uint64_t value_size(ByteView node) {
        return number_at<std::uint16_t>(node, 0) | std::uint64_t{number_at<std::uint16_t>(node, 2)}
                                                       << 16;
    }
    static ByteView key_of(ByteView node) {
        return node.subspan(node_header, number_at<std::uint16_t>(node, 6));
    }

    bool ascends(const Tree& tree, ByteView key, std::optional<base::Bytes>& last) {
        bool fine = true;
        if (last && (tree.flags & db_integerkey) != 0)
            fine = key.size() == 8 && last->size() == 8 &&
                   number_at<std::uint64_t>(*last, 0) < number_at<std::uint64_t>(key, 0);
        else if (last)
            fine = std::lexicographical_compare(last->begin(), last->end(), key.begin(), key.end());
        last = base::to_bytes(key);
        return fine;
    }

    void walk_branch_node(const Tree& tree, Content content, ByteView page, std::uint64_t number,
                          std::size_t index, std::size_t depth, Counted& counted,
                          std::optional<base::Bytes>& last) {
        const ByteView node = node_at(page, index);
        if (node.empty()) {
            fail(number, "has a node that is not in it");
            return;
        }
        const std::uint64_t child = number_at<std::uint16_t>(node, 0) |
                                    std::uint64_t{number_at<std::uint16_t>(node, 2)} << 16 |
                                    std::uint64_t{number_at<std::uint16_t>(node, 4)} << 32;
        walk_page(tree, content, child, depth - 1, counted, last);
    }

    void walk_leaf_node(const Tree& tree, Content content, ByteView page, std::uint64_t number,
                        std::size_t index, Counted& counted, std::optional<base::Bytes>& last) {
        const ByteView node = node_at(page, index);
        if (node.empty()) {
            fail(number, "has a node that is not in it");
            return;
        }
        const ByteView key = key_of(node);
        if (!ascends(tree, key, last)) {
            fail(number, "has keys that do not ascend");
            return;
        }
        const auto flags = number_at<std::uint16_t>(node, 4);
        const std::uint64_t size = value_size(node);
        ByteView rest = node.subspan(node_header + key.size());
        if ((flags & f_bigdata) != 0) return walk_overflow(content, number, rest, size, counted);
        if (size > rest.size()) {
            fail(number, "has a value that is not in it");
            return;
        }
        rest = rest.first(static_cast<std::size_t>(size));
        if ((flags & f_dupdata) != 0 && (tree.flags & db_dupsort) == 0) {
            fail(number, "has many values of a key that can have one");
            return;
        }
        if ((flags & f_subdata) != 0) return walk_inner_tree(content, number, rest, counted, flags);
        if ((flags & f_dupdata) != 0) return walk_subpage(tree, number, rest, counted);
        ++counted.entries;
        if (content == Content::tables) fail(number, "has a row among the names of tables");
        if (content == Content::free_pages) take_free(number, rest);
    }

    void walk_overflow(Content content, std::uint64_t number, ByteView rest, std::uint64_t size,
                       Counted& counted) {
        if (rest.size() < 8) {
            fail(number, "has a value that is not in it");
            return;
        }
        const auto first = number_at<std::uint64_t>(rest, 0);
        const std::uint64_t count = (page_header - 1 + size) / meta_.page_size + 1;
        if (!take(first, count)) return;
        std::array<std::uint8_t, page_header> header{};
        if (!read(first, header)) return;
        if (number_at<std::uint16_t>(header, 10) != p_overflow ||
            number_at<std::uint32_t>(header, 12) != count) {
            fail(first, "does not hold the long value that it should");
            return;
        }
        ++counted.entries;
        counted.overflows += count;
        if (content != Content::free_pages) return;
        base::Bytes list(static_cast<std::size_t>(size));
        if (auto read = file_.read(first * meta_.page_size + page_header, list); read)
            take_free(first, list);
        else if (!error_)
            error_ = read.error();
    }

    // A table, or the values of a key that has many.
    void walk_inner_tree(Content content, std::uint64_t number, ByteView value, Counted& counted,
                         std::uint16_t flags) {
        const bool values = (flags & f_dupdata) != 0;
        const bool fits = content == (values ? Content::rows : Content::tables);
        if (value.size() != tree_size || !fits) {
            fail(number, "names a table that makes no sense");
            return;
        }
        const Tree tree = read_tree(value);
        counted.entries += values ? tree.entries : 1;
        walk_tree(tree, values ? Content::values : Content::rows);
    }

    void walk_subpage(const Tree& tree, std::uint64_t number, ByteView page, Counted& counted) {
        if (page.size() < page_header || (tree.flags & db_dupsort) == 0 ||
            (number_at<std::uint16_t>(page, 10) & (p_leaf | p_subpage)) != (p_leaf | p_subpage)) {
            fail(number, "has values of one key that make no sense");
            return;
        }
        std::optional<base::Bytes> last;
        if ((number_at<std::uint16_t>(page, 10) & p_leaf2) != 0) {
            if (!walk_fixed(page, number, counted, last)) fail(number, "has values of no size");
            return;
        }
        const auto count = nodes_in(page, number);
        for (std::size_t i = 0; count && i < *count; ++i) {
            const ByteView node = node_at(page, i);
            if (node.empty() || !ascends(Tree{}, key_of(node), last)) {
                fail(number, "has values of one key that make no sense");
                return;
            }
            ++counted.entries;
        }
    }

    // Values of one size, one behind the other.
    bool walk_fixed(ByteView page, std::uint64_t number, Counted& counted,
                    std::optional<base::Bytes>& last) {
        const std::size_t size = number_at<std::uint16_t>(page, 8);
        const auto count = nodes_in(page, number);
        if (!count || size == 0 || *count > (page.size() - page_header) / size) return false;
        for (std::size_t i = 0; i < *count; ++i)
            if (!ascends(Tree{}, page.subspan(page_header + i * size, size), last))
                return fail(number, "has values that do not ascend");
        counted.entries += *count;
        return true;
    }

    // One list of free pages: how many, then each.
    void take_free(std::uint64_t number, ByteView list) {
        const std::uint64_t count = list.size() < 8 ? no_page : number_at<std::uint64_t>(list, 0);
        if (count > list.size() / 8 - (list.size() < 8 ? 0 : 1)) {
            fail(number, "has a list of free pages that makes no sense");
            return;
        }
        for (std::uint64_t i = 1; i <= count; ++i) {
            const auto page = number_at<std::uint64_t>(list, static_cast<std::size_t>(i * 8));
            if (page < 2 || page > meta_.last_page) {
                fail(number, "calls a page free that there is not");
                return;
            }
            if (page >= seen_.size()) continue;  // never written
            if (seen_[static_cast<std::size_t>(page)]) {
                fail(page, "is free and used as well");
                return;
            }
            seen_[static_cast<std::size_t>(page)] = true;
        }
    }

    const File& file_;
    const Meta& meta_;
    std::vector<bool> seen_;
    PagesRead done_;
    std::optional<base::Error> error_;
};

base::Result<PagesRead> check_file(const File& file) {
    const auto meta = read_meta(file);
    if (!meta) return std::unexpected(meta.error());
    return Walk(file, *meta).run();
}

}  // namespace

base::Result<DataFile> look_at_file(const std::string& directory) {
    File file;
    const auto found = open_file(directory, file);
    if (!found || *found != DataFile::there) return found;
    const auto meta = read_meta(file);
    if (!meta) return std::unexpected(meta.error());
    if (file.size / meta->page_size > meta->last_page) return found;
    if (const auto checked = check_file(file); !checked)
        return base::fail(checked.error().code,
                          checked.error().text + "; it has " + std::to_string(file.size) +
                              " bytes of " +
                              std::to_string((meta->last_page + 1) * meta->page_size));
    return found;
}

base::Result<PagesRead> check_pages(const std::string& directory) {
    File file;
    const auto found = open_file(directory, file);
    if (!found) return std::unexpected(found.error());
    if (*found != DataFile::there) return PagesRead{};
    return check_file(file);
}

}  // namespace hearsay::store
