# contrib/lib/kept_library.bash - a library is made from its source once, outside of any tree, and
# kept; every later run only names it. For `source`: tor/build and contrib/lib/build-openssl.
#
# The script that sources this file sets
#   tool, title, package   tor/build, Tor, tor: its name, the library's, Debian's for the source
#   oldest, oldest_why     the oldest version taken, and why no older one
#   source_marks           files by which an unpacked source is known
#   recipe                 files of which the result is a product, beside the source
#   flags, cflags          how it is configured and compiled
# and the functions
#   take_option NAME VALUE   an option of its own, false if there is no such
#   version_in DIR           prints the version of an unpacked source
#   find_dependencies        sets `libraries`, what else the result depends on; dies without it
#   make_library             leaves all that is to be kept in $work/out; the source is in $work/src
# It calls kept_library "$@", which takes
#   [--source DIR | --tarball FILE --sha256 HEX] [--cache DIR] [--jobs N] [--print]
#
# A result lives in <cache>/<version>-<key>; the key is a hash of the source's identity, the flags,
# the compiler, the dependencies and the recipe without its comments. Builds happen aside and are
# renamed into place under a lock, so a result is complete or absent, however many builds run or
# die. `info` in it has key=value lines.

# What the environment has for other compilations is not the recipe's. OpenSSL's Configure would
# take CFLAGS instead of its own, -O3 among them; a package's build sets it (package.d/rules).
unset CFLAGS CXXFLAGS CPPFLAGS LDFLAGS

quiet=no
say() { [ "$quiet" = yes ] || echo "$tool: $*" >&2; }
die() { echo "$tool: $*" >&2; exit 1; }
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
read -ra cc <<<"${CC:-cc}"

parse_arguments() {
    source_dir='' tarball='' sha256='' jobs=$(nproc)
    cache=${HEARSAY_CACHE:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}}/hearsay/$package
    while [ $# -gt 0 ]; do
        case $1 in
            --print) quiet=yes; shift; continue ;;
            -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 0 ;;
            --*) [ $# -gt 1 ] || die "$1 wants a value" ;;
        esac
        case $1 in
            --source) source_dir=$2 ;;
            --tarball) tarball=$2 ;;
            --sha256) sha256=${2,,} ;;
            --cache) cache=$2 ;;
            --jobs) jobs=$2 ;;
            *) take_option "$@" || die "unknown argument $1; $tool --help tells what there is" ;;
        esac
        shift 2
    done
    [[ $jobs =~ ^[1-9][0-9]*$ ]] || die "--jobs wants a number"
    [ -z "$source_dir" ] || [ -z "$tarball" ] || die "--source and --tarball exclude each other"
    [ -z "$sha256" ] || [ -n "$tarball" ] || die "--sha256 belongs to --tarball"
    [ -z "$tarball" ] || [ -n "$sha256" ] ||
        die "--tarball needs --sha256: the hash that the file must have"
}

is_source() {
    local mark
    for mark in "${source_marks[@]}"; do
        [ -r "$1/$mark" ] || die "$1 holds no source of $title (no $mark in it)"
    done
}

check_version() {
    version=$(version_in "$1")
    [ -n "$version" ] || die "the source names no version of $title"
    [ "$(printf '%s\n' "$oldest" "${version%%-*}" | sort -V | head -1)" = "$oldest" ] ||
        die "$title $version is refused: $oldest_why; Hearsay needs $oldest or later"
}

fetch_source() {
    local fetched fetch=("$top/contrib/lib/debian-source" "$package" --at-least "$oldest"
        --cache "$cache/source")
    # Silent as long as all goes well; what went wrong is said.
    if [ "$quiet" = no ] || ! fetched=$("${fetch[@]}" 2>/dev/null); then
        fetched=$("${fetch[@]}") || die "Debian's source of $title is not to be had, see above;" \
            "give another: --source DIR, or --tarball FILE --sha256 HEX"
    fi
    dsc=$(find "$fetched" -maxdepth 1 -name "${package}_*.dsc")
    [ -f "$dsc" ] ||
        die "$fetched holds no ${package}_*.dsc; debian-source $package --update gets it anew"
}

# Sets origin (for people) and identity (what the key hashes).
find_source() {
    if [ -n "$tarball" ]; then
        [ -r "$tarball" ] || die "cannot read the tarball $tarball"
        identity=$(sha256sum <"$tarball" | cut -d' ' -f1)
        [ "$identity" = "$sha256" ] || die "$tarball is not the file you named:" \
            "its SHA-256 is $identity, expected $sha256"
        origin=$(basename "$tarball")
    elif [ -n "$source_dir" ]; then
        is_source "$source_dir"
        source_dir=$(cd "$source_dir" && pwd)
        check_version "$source_dir"
        origin="a directory"
        identity=$(cd "$source_dir" && find . -type f -printf '%p %s %T@\n' | sort | sha256sum |
            cut -d' ' -f1)
    else
        fetch_source
        origin="Debian $(basename "$dsc" .dsc)"
        identity=$(sha256sum <"$dsc" | cut -d' ' -f1)
    fi
}

need_programs() {
    local program
    for program in "${cc[0]}:gcc" make:make ld:binutils ar:binutils flock:util-linux "$@"; do
        command -v "${program%%:*}" >/dev/null ||
            die "${program%%:*} is missing (package ${program##*:})"
    done
    compiler="$("${cc[@]}" --version | head -1) $("${cc[@]}" -dumpmachine)"
}

run() {
    local what=$1 started=$SECONDS
    shift
    if ! "$@" >>"$work/log" 2>&1; then
        mkdir -p "$cache"
        cp "$work/log" "$cache/failed-$key.log"
        tail -n 20 "$work/log" >&2
        die "failed at: $what; the whole log is $cache/failed-$key.log"
    fi
    say "$what ($((SECONDS - started)) s)"
}

# It runs under `if`, where set -e sleeps: each way is one chain of &&.
unpack() {
    if [ -n "$tarball" ]; then
        mkdir "$work/src" && tar -xf "$tarball" -C "$work/src" --strip-components=1
    elif [ -n "$source_dir" ]; then
        cp -a "$source_dir" "$work/src"
    else
        dpkg-source --no-copy --extract "$dsc" "$work/src"
    fi
}

build() {
    # What a killed build left behind a day ago belongs to nobody any more.
    find "$cache" -maxdepth 1 -name 'building.*' -mtime +1 -exec rm -rf {} +
    work=$(mktemp -d "$cache/building.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM HUP
    run "unpacked $origin" unpack
    is_source "$work/src"
    check_version "$work/src"
    make_library
    cat >"$work/out/info" <<INFO
version=$version
origin=$origin
source_sha256=$identity
compiler=$compiler
libraries=$libraries
cflags=$cflags
flags=${flags[*]}
INFO
    mv -T "$work/out" "$cache/$version-$key"
}

# Prints the finished directory, if there is one. The version is in the name only for people.
finished() { compgen -G "$cache/*-$key/info" | head -1 | sed 's,/info$,,'; }

kept_library() {
    local result
    parse_arguments "$@"
    find_dependencies
    find_source
    key=$(printf '%s\n' "$identity" "${flags[*]}" "$cflags" "$compiler" "$libraries" \
        "$(grep -hv '^ *#' "${recipe[@]}" "${BASH_SOURCE[0]}" | sha256sum)" |
        sha256sum | cut -c1-16)
    result=$(finished || true)
    if [ -z "$result" ]; then
        mkdir -p "$cache"
        exec 9>"$cache/lock-$key"
        flock -n 9 || { say "another build of the same is running; waiting for it"; flock 9; }
        result=$(finished || true)
        if [ -z "$result" ]; then
            (build 9>&-)
            result=$(finished)
        fi
    fi
    say "$title $(sed -n 's/^version=//p' "$result/info") is in $result"
    echo "$result"
}
