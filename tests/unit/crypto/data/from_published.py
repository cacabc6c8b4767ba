#!/usr/bin/env python3
"""Makes the files of vectors here from what was published, so that anybody can see that they are
what they say they are:

    from_published.py hpke     test-vectors.json       > hpke_mlkem768_x25519.txt
    from_published.py xwing    spec/test-vectors.json  > xwing.txt
    from_published.py keygen   testvectors_v1          > ml_kem_768_keys.txt
    from_published.py encaps   testvectors_v1          > ml_kem_768_encapsulate.txt
    from_published.py decaps   testvectors_v1          > ml_kem_768_decapsulate.txt
    from_published.py expanded testvectors_v1          > ml_kem_768_expanded.txt

The first is of the repository of draft-ietf-hpke-pq, the second of that of
draft-connolly-cfrg-xwing-kem, the others are all 567 tests of ML-KEM-768 of Wycheproof (C2SP).
Those have 2.7 MB, of which most follows from the rest. So there stands here

- of what is only compared, the SHA-256;
- of a key whose seed one of the tests names, the seed and the key's SHA-256;
- of such a key with coefficients that are not reduced, `over 1`: 3,329 was added to each one below
  767, which is as many as fit twelve bits;
- of a ciphertext that one of the tests encapsulates, key and message and the ciphertext's SHA-256;
- of what has a wrong length, the length.

A file is of cases, with an empty line between two; a case is of lines "name value".
"""
import hashlib
import json
import pathlib
import sys

Q = 3329
KEY, CIPHERTEXT, SEED = 1184, 1088, 64


def case(fields):
    for name, value in fields.items():
        print(name, value)
    print()


def sha(text):
    return hashlib.sha256(bytes.fromhex(text)).hexdigest()


def coefficients_over(key):
    """The key with 3,329 added wherever there is room."""
    data = bytes.fromhex(key)
    number = int.from_bytes(data[:1152], "little")
    out = 0
    for at in range(768):
        value = number >> 12 * at & 0xFFF
        out |= (value + Q if value + Q < 4096 else value) << 12 * at
    return (out.to_bytes(1152, "little") + data[1152:]).hex()


class Wycheproof:
    def __init__(self, folder):
        def tests(name):
            groups = json.loads((folder / f"mlkem_768_{name}.json").read_text())["testGroups"]
            return [test for group in groups for test in group["tests"]]

        self.keygen = tests("keygen_seed_test")
        self.encaps = tests("encaps_test")
        self.decaps = tests("test")
        self.expanded = tests("semi_expanded_decaps_test")
        made = [test for test in self.keygen + self.decaps if "ek" in test]
        self.seeds = {test["ek"]: test["seed"] for test in made}
        self.over = {coefficients_over(key): seed for key, seed in self.seeds.items()}
        self.messages = {(test["ek"], test["c"]): test["m"] for test in self.encaps}

    def key(self, key):
        if len(key) != 2 * KEY:
            return {"key_size": len(key) // 2}
        if key in self.seeds:
            return {"seed": self.seeds[key], "key_sha256": sha(key)}
        if key in self.over:
            return {"seed": self.over[key], "over": 1, "key_sha256": sha(key)}
        return {"key": key}

    def ciphertext(self, key, ciphertext):
        if len(ciphertext) != 2 * CIPHERTEXT:
            return {"ciphertext_size": len(ciphertext) // 2}
        if (key, ciphertext) in self.messages:
            return {"message": self.messages[key, ciphertext], "ciphertext_sha256": sha(ciphertext)}
        return {"ciphertext": ciphertext}

    def cases(self, what):
        for test in getattr(self, what):
            out = {"number": test["tcId"], "result": test["result"]}
            if what == "keygen":
                out |= self.key(test["ek"])
            elif what == "encaps":
                out |= {"message": test["m"]} | self.key(test["ek"])
                if test["K"]:
                    out |= {"ciphertext_sha256": sha(test["c"]), "secret": test["K"]}
            elif what == "decaps":
                if len(test["seed"]) == 2 * SEED:
                    out |= {"seed": test["seed"], "key_sha256": sha(test["ek"])}
                else:
                    out |= {"seed_size": len(test["seed"]) // 2}
                out |= self.ciphertext(test.get("ek"), test["c"])
                if test["K"]:
                    out |= {"secret": test["K"]}
            else:
                out |= {"expanded": test["dk"], "ciphertext": test["c"]}
                if test.get("K"):
                    out |= {"secret": test["K"]}
            yield out


def main():
    what, path = sys.argv[1], pathlib.Path(sys.argv[2])
    if what == "hpke":
        for vector in json.loads(path.read_text()):
            if (vector["kem_id"], vector["kdf_id"], vector["aead_id"]) != (0x647A, 1, 3):
                continue
            first = vector["encryptions"][0]
            case({"info": vector["info"], "random": vector["ikmE"], "seed": vector["skRm"],
                  "key": vector["pkRm"], "encapsulation": vector["enc"],
                  "shared": vector["shared_secret"], "aead_key": vector["key"],
                  "base_nonce": vector["base_nonce"], "associated": first["aad"],
                  "plain": first["pt"], "sealed": first["ct"]})
    elif what == "xwing":
        for vector in json.loads(path.read_text()):
            case({"seed": vector["seed"], "random": vector["eseed"], "shared": vector["ss"],
                  "key": vector["pk"], "encapsulation": vector["ct"]})
    elif what in ("keygen", "encaps", "decaps", "expanded"):
        for fields in Wycheproof(path).cases(what):
            case(fields)
    else:
        sys.exit(__doc__)


main()
