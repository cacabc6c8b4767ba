#!/usr/bin/env bash
# Fails unless clang-19 with address and undefined-behaviour sanitizers makes the digests that the
# build's own compiler makes: usage compilers.sh BUILD. Only item, search, core, market, turn and
# sim are compiled again, at -O0, and linked with the build's other rooms: what decides is in these,
# and the whole would take the suite too long. contrib/simulate compilers builds everything. Ends 77
# (skipped) where there is no clang-19.
set -euo pipefail
build=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."

if ! command -v clang++-19 >/dev/null; then
    echo "no clang++-19: contrib/setup --check installs it"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Warnings are for the build with everything (contrib/simulate compilers).
compile=(clang++-19 -std=c++2b -O0 -w -Isrc -I. -isystem "$build/proto")
if command -v ccache >/dev/null; then compile=(ccache "${compile[@]}"); fi
sanitize=-fsanitize=address,undefined
echo 'int main() {}' >"$work/try.cpp"
if ! clang++-19 "$sanitize" -o "$work/try" "$work/try.cpp" 2>/dev/null; then
    echo "without sanitizers: libclang-rt-19-dev is missing"
    sanitize=-O0
fi

mapfile -t sources < <(
    find src/{item,search,core,market,turn,sim} -name '*.cpp' ! -name '*.in' | LC_ALL=C sort
)
sources+=("$build/src/sim/scenarios.cpp")
# shellcheck disable=SC2016 # bash -c expands it
for at in "${!sources[@]}"; do
    printf '%s\0%s\0' "${sources[$at]}" "$work/$at.o"
done | xargs -0 -n 2 -P "$(nproc)" bash -c '"${@:1:$#-2}" -c "${@: -2:1}" -o "${@: -1}"' compile \
    "${compile[@]}" "$sanitize" -fno-sanitize-recover=all
# The libraries from outside are those that the build links with.
mapfile -t libraries < <(ninja -C "$build" -t commands bin/hearsay-sim | tail -n 1 | tr ' ' '\n' |
    grep -E '(^-l[^ ]+|\.so[.0-9]*|/lib(crypto|ssl)\.a)$')
clang++-19 "$sanitize" -o "$work/hearsay-sim" "$work"/*.o \
    "$build"/src/{crypto,base}/libhearsay_*.a "$build"/proto/libhearsay_*.a \
    "$build"/src/base/libhearsay_base.a "${libraries[@]}"
python3 -B "$here/digest.py" "$build/bin/hearsay-sim" "$work/hearsay-sim"
