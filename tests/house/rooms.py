"""The rooms of the house, left to right, and what each may see. The one place where this is written
for checks.

docs/architecture.md shows the picture; CMake's hearsay_room() links by the same rule. There is no
allow-list: a file that needs more than its room may see is in the wrong room.
"""

PURE = ("base", "crypto", "item", "search", "core", "market", "turn")  # each sees those before it
# The outer rooms, which reach the world: each sees the pure rooms, never one another.
DOORS = ("store", "net", "sandbox", "tor", "api", "voidphone")


def _table():
    seen = {}
    for at, room in enumerate(PURE):
        seen[room] = frozenset(PURE[:at])
    for door in DOORS:
        seen[door] = frozenset(PURE)
    seen["app"] = frozenset(PURE + DOORS)
    # Beside app: the simulator sees no outer room at all; benchmarks measure any room,
    # app's turn included.
    seen["sim"] = frozenset(PURE)
    seen["bench"] = frozenset(PURE + DOORS + ("app",))
    return seen


# room -> the rooms to its left
MAY_SEE = _table()

# The folders of src/market, lowest first (src/market/room.hpp): each sees those before it. What
# lies in src/market itself is the ground, which is every room's but that of the keys.
MARKET_GROUND = ""
MARKET = (
    "keys", MARKET_GROUND, "identity", "publications", "pictures", "offers", "profiles",
    "addresses", "posts", "lists", "reputation", "search", "watches", "mail", "trade", "ratings",
)  # fmt: skip
# Above them all: who asks whom when.
MARKET_FACADE = frozenset(("market.hpp", "market.cpp", "commands.cpp", "recovery.cpp", "rooms.hpp"))


def market_level(path):
    """How high a file of src/market lies, told by its path from there; None: in no room."""
    if path in MARKET_FACADE:
        return len(MARKET)
    folder = path.rpartition("/")[0]
    return MARKET.index(folder) if folder in MARKET else None


# Headers that protoc makes from proto/, and who reads them: what floods and what travels is the
# core's, what is stored is the store's, what is told is the API's.
MAY_SEE_PROTO = frozenset(("item", "core", "market", "store", "api", "app", "sim", "bench"))

# Libraries with effects on the world, by how their headers begin, and who may talk to them.
# Whatever is not named here (the C++ library, utf8proc, ...) is judged by the symbol check.
LIBRARIES = {
    "openssl/": frozenset(("crypto", "net", "app", "bench")),
    "sodium": frozenset(("crypto",)),
    "event2/": frozenset(("net", "tor", "api", "voidphone", "app", "bench")),
    "sqlite3.h": frozenset(("bench",)),
    "lmdb.h": frozenset(("store", "app", "bench")),
    "seccomp.h": frozenset(("sandbox",)),
    "tor_api.h": frozenset(("tor", "app")),
    "feature/api/tor_api.h": frozenset(("tor", "app")),
    "boost/": frozenset(("app", "bench", "sim")),
    "spdlog/": frozenset(("net", "tor", "app")),
    "google/protobuf/": MAY_SEE_PROTO,
}


def folder(room):
    """Where a room lives, from the top of the tree."""
    return "tor" if room == "tor" else "src/" + room
