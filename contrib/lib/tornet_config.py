"""What the nodes of a private Tor network are told: torrc texts, the seeded state, the timing of
the first vote.

Everything here was measured on Tor 0.4.9.11; the reasons stand beside the lines that look odd.
"""
import time

FIRST_INTERVAL_HELD = 1800  # seconds; Tor's largest grid for the first vote
FIRST_INTERVAL = 5  # seconds; the smallest one that Tor accepts
VOTING_INTERVAL = 300  # seconds; smaller ones rotate onion descriptors in the middle of a test
RECOMMENDED_VERSION = "0.4.0.1"  # by the private network's directory, to clients
FIRST_VOTE_LEAD = 3  # seconds from the release of the first vote to its consensus

NODE = """\
TestingTorNetwork 1
{authority_line}
Nickname {name}
Address 127.0.0.1
ORPort 127.0.0.1:{or_port} IPv4Only
SocksPort 0
ControlPort 0
# Nothing leaves this machine: sockets bound to loopback cannot connect elsewhere,
# and no relay asks any name server.
OutboundBindAddress 127.0.0.1
ExitRelay 0
ExitPolicy reject *:*
ServerDNSDetectHijacking 0
ServerDNSTestAddresses
ServerDNSAllowBrokenConfig 1
AssumeReachable 1
PublishServerDescriptor 1
PathsNeededToBuildCircuits 0.67
BandwidthRate 1 GBytes
BandwidthBurst 1 GBytes
NumCPUs 1
AvoidDiskWrites 1
ShutdownWaitLength 0
RunAsDaemon 0
SafeLogging 0
ConnDirectionStatistics 0
ExtraInfoStatistics 0
HiddenServiceStatistics 0
"""

AUTHORITY = """\
AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
DirPort 127.0.0.1:{dir_port} IPv4Only
ContactInfo nobody@test.invalid
# Every node gets every flag at once: four nodes are the least from which onion circuits can be
# built.
AuthDirTestReachability 0
AuthDirMaxServersPerAddr 0
MinUptimeHidServDirectoryV2 0
TestingAuthDirTimeToLearnReachability 0
TestingDirAuthVoteGuard *
TestingDirAuthVoteHSDir *
TestingMinExitFlagThreshold 0
TestingMinFastFlagThreshold 0
V3AuthVotingInterval {interval}
V3AuthVoteDelay 20
V3AuthDistDelay 20
V3AuthNIntervalsValid 3
TestingV3AuthInitialVotingInterval {first_interval}
TestingV3AuthInitialVoteDelay 2
TestingV3AuthInitialDistDelay 2
TestingV3AuthVotingStartOffset {offset}
# Older than every Tor that is tried here, which is no reason for a warning.
VersioningAuthoritativeDirectory 1
RecommendedVersions {recommended}
MinimalAcceptedServerVersion {recommended}
"""

CLIENT = """\
TestingTorNetwork 1
{authority_line}
PathsNeededToBuildCircuits 0.67
"""


def authority_line(or_port, dir_port, v3_identity, fingerprint):
    return (
        f"DirAuthority authority orport={or_port} no-v2 v3ident={v3_identity} "
        f"127.0.0.1:{dir_port} {fingerprint}"
    )


def node_torrc(name, or_port, authority, dir_port=None):
    """The torrc of a relay, or of the authority if it is given a directory port."""
    text = NODE.format(authority_line=authority, name=name, or_port=or_port)
    if dir_port is not None:
        text += AUTHORITY.format(
            dir_port=dir_port,
            interval=VOTING_INTERVAL,
            first_interval=FIRST_INTERVAL_HELD,
            offset=held_back_offset(time.time()),
            recommended=RECOMMENDED_VERSION,
        )
    return text


def client_torrc(authority):
    return CLIENT.format(authority_line=authority)


def held_back_offset(now):
    """Phase of the first voting grid that puts its next point at least VOTING_INTERVAL seconds
    away.

    A vote before all descriptors are there makes a consensus without some relays, valid for
    minutes. Tor takes offsets up to the smaller interval; one of its two ends is always far enough.
    """
    return max((0, VOTING_INTERVAL), key=lambda offset: (offset - now) % FIRST_INTERVAL_HELD)


def release_first_vote(now):
    """SETCONF that lets the authority vote at once: the grid's next point is FIRST_VOTE_LEAD
    seconds away."""
    offset = (int(now) + FIRST_VOTE_LEAD) % FIRST_INTERVAL
    return (
        f"SETCONF TestingV3AuthInitialVotingInterval={FIRST_INTERVAL} "
        f"TestingV3AuthVotingStartOffset={offset}"
    )


def seeded_state(now):
    """A `state` file with a bandwidth history, so that all nodes weigh the same from their first
    descriptor on.

    A fresh relay advertises 0 kB/s while another may advertise 1 already; path selection then takes
    that one for every hop, and circuits never complete (one run hung at 95 % for two minutes).
    """
    end = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now - 2))
    lines = [f"LastWritten {end}"]
    for direction in ("Read", "Write"):
        lines += [
            f"BWHistory{direction}Ends {end}",
            f"BWHistory{direction}Interval 900",
            f"BWHistory{direction}Values 900000000",
            f"BWHistory{direction}Maxima 1000000",
        ]
    return "\n".join(lines) + "\n"
