#!/usr/bin/env python3
"""Makes src/model/suffix_hashes.rs of the Public Suffix List.

usage: .ci/public_suffixes.py public_suffix_list.dat > src/model/suffix_hashes.rs

The list is in the PyPI package `publicsuffixlist` (public_suffix_list.dat). Of its ICANN part the rules of two labels and more
are kept, as A-labels, each as its FNV-1a hash of 32 bits: a wildcard rule with its `*.`, an exception with its `!`.
"""

import sys

PER_LINE = 25


def a_label(label):
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def fnv1a(text):
    number = 0x811C9DC5
    for byte in text.encode("ascii"):
        number = (number ^ byte) * 0x01000193 % 2**32
    return number


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    version = next(line for line in text.splitlines() if line.startswith("// VERSION: ")).split(": ")[1]
    icann = text.split("===BEGIN ICANN DOMAINS===")[1].split("===END ICANN DOMAINS===")[0]
    lines = (line.split()[0] for line in icann.splitlines() if line.strip() and not line.startswith("//"))
    rules = {".".join(map(a_label, rule.lower().split("."))) for rule in lines if "." in rule}
    hashes = sorted({fnv1a(rule) for rule in rules})
    assert len(hashes) == len(rules) > 5000, "two rules of one hash, or too few"
    print(f"//! The ICANN part of the Public Suffix List, version {version} (publicsuffix.org, MPL 2.0), as sorted hashes of its")
    print(f"//! {len(rules)} rules of two labels and more. Made by .ci/public_suffixes.py; not to be edited.")
    print()
    print("/// FNV-1a of each rule: its A-labels, with the `*.` of a wildcard and the `!` of an exception.")
    print("#[rustfmt::skip]")
    print(f"pub static HASHES: [u32; {len(hashes)}] = [")
    for start in range(0, len(hashes), PER_LINE):
        print(",".join(str(number) for number in hashes[start : start + PER_LINE]) + ",")
    print("];")


main()
