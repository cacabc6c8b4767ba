# contrib/lib/build.bash - what contrib/demo and contrib/test do before anything else; for `source`.
#
# prepare NAME PRESET SETUP_OPTIONS -- TARGETS: installs what is missing, configures if need be, and
# builds. One at a time in a tree (flock): two builds in one directory would disturb each other.
# What takes long is announced with its time; on a terminal ninja shows its progress in one line.
# With HEARSAY_WARNINGS_ARE_ERRORS in the environment, a compiler's warning ends the build.

# Compiles through ccache where there is one: what was compiled before costs nothing, in any tree.
with_ccache() {
    command -v ccache >/dev/null || return 0
    export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
    export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
}

prepare() {
    local name=$1 preset=$2 began=$SECONDS
    shift 2
    local -a setup_options=() targets=()
    while [ "$1" != -- ]; do
        setup_options+=("$1")
        shift
    done
    shift
    targets=("$@")

    mkdir -p build || return 1
    exec 9>build/.lock
    if ! flock -n 9; then
        printf '%s: another build is running in this tree; waiting for it\n' "$name"
        flock -w 3600 9 || return 1
    fi
    printf '%s: setting up\n' "$name"
    contrib/setup "${setup_options[@]}" || return 1

    printf '%s: building (preset %s)\n' "$name" "$preset"
    with_ccache
    if [ ! -f "build/$preset/build.ninja" ]; then
        printf '%s: the first time this takes minutes: Tor, and OpenSSL if the system has none\n' \
            "$name"
        printf '%s: with ML-KEM, are fetched, checked and built, too\n' "$name"
    fi
    local log="build/$preset.log"
    local -a options=()
    [ -z "${HEARSAY_WARNINGS_ARE_ERRORS-}" ] || options=(-DHEARSAY_WARNINGS_ARE_ERRORS=ON)
    run_logged "$log" cmake --preset "$preset" "${options[@]}" || return 1
    local -a quiet=(-- --quiet)
    if [ -t 1 ]; then
        cmake --build --preset "$preset" --target "${targets[@]}" || return 1
    else
        run_logged "$log" cmake --build --preset "$preset" --target "${targets[@]}" \
            "${quiet[@]}" || return 1
    fi
    printf '%s: built in %d s\n' "$name" $((SECONDS - began))
    exec 9>&-
}

# Runs a command with its output in a file, and shows the end of that file if it fails.
run_logged() {
    local log=$1
    shift
    if ! "$@" >"$log" 2>&1 </dev/null; then
        printf 'this failed: %s\nthe end of its output (all of it: %s):\n' "$*" "$log" >&2
        tail -n 40 "$log" >&2
        return 1
    fi
}
