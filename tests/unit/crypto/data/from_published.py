#!/usr/bin/env python3
"""Makes the files of vectors here from what was published, so that anybody can see that they are
what they say they are:

    from_published.py hpke    test-vectors.json             > hpke_mlkem768_x25519.txt
    from_published.py xwing   spec/test-vectors.json        > xwing.txt
    from_published.py decaps  mlkem_768_test.json           > ml_kem_768_decapsulate.txt
    from_published.py encaps  mlkem_768_encaps_test.json    > ml_kem_768_encapsulate.txt
    from_published.py keygen  mlkem_768_keygen_seed_test.json > ml_kem_768_keys.txt

The first is of the repository of draft-ietf-hpke-pq, the second of that of
draft-connolly-cfrg-xwing-kem, the others are Wycheproof's (testvectors_v1). Wycheproof's are large:
of each group of tests that differ in their numbers only the first few are taken (--all takes all),
and of keys and ciphertexts that are only compared the SHA-256 stands here. Tests of values of a
wrong length are left out: our types have no such values.

A file is of cases, with an empty line between two; a case is of lines "name value".
"""
import hashlib
import json
import sys

OF_A_GROUP = 5


def case(**fields):
    for name, value in fields.items():
        print(name, value)
    print()


def sha(text):
    return hashlib.sha256(bytes.fromhex(text)).hexdigest()


def tests(path, everything):
    taken = {}
    for group in json.load(open(path))["testGroups"]:
        for test in group["tests"]:
            name = " ".join(test.get("flags", [])) + "/" + test.get("comment", "")
            name = name.split(" seed ")[0].rstrip("0123456789 ")
            taken[name] = taken.get(name, 0) + 1
            if everything or taken[name] <= (12 if "Overflow" in name else OF_A_GROUP):
                yield test


def main():
    everything = "--all" in sys.argv
    what, path = [word for word in sys.argv[1:] if word != "--all"]
    if what == "hpke":
        for vector in json.load(open(path)):
            if (vector["kem_id"], vector["kdf_id"], vector["aead_id"]) != (0x647A, 1, 3):
                continue
            first = vector["encryptions"][0]
            case(info=vector["info"], random=vector["ikmE"], seed=vector["skRm"],
                 key=vector["pkRm"], encapsulation=vector["enc"], shared=vector["shared_secret"],
                 aead_key=vector["key"], base_nonce=vector["base_nonce"], associated=first["aad"],
                 plain=first["pt"], sealed=first["ct"])
    elif what == "xwing":
        for vector in json.load(open(path)):
            case(seed=vector["seed"], random=vector["eseed"], shared=vector["ss"],
                 key=vector["pk"], encapsulation=vector["ct"])
    elif what == "decaps":
        for test in tests(path, everything):
            if len(test["c"]) == 2 * 1088 and len(test["seed"]) == 128:
                case(number=test["tcId"], result=test["result"], seed=test["seed"],
                     key_sha256=sha(test["ek"]), ciphertext=test["c"], secret=test["K"])
    elif what == "encaps":
        for test in tests(path, everything):
            if len(test["ek"]) != 2 * 1184:
                continue
            case(number=test["tcId"], result=test["result"], message=test["m"], key=test["ek"],
                 ciphertext_sha256=sha(test["c"]), secret=test["K"] or "none")
    elif what == "keygen":
        for test in list(tests(path, True))[: None if everything else 12]:
            case(number=test["tcId"], seed=test["seed"], key_sha256=sha(test["ek"]))
    else:
        sys.exit(__doc__)


main()
