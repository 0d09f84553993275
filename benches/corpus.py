"""Compares what certcheck and openssl read of each certificate in a folder; see corpus.sh.

usage: corpus.py CERTCHECK FOLDER DOCUMENT

DOCUMENT explains known differences in the rows of a table: | file | what differs | reason |
"""

import base64
import datetime
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

BLOCK = re.compile(
    rb"-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----(.*?)-----END \1-----", re.S
)
DER_ENDINGS = (".der", ".crt", ".cer")


def certificates(folder):
    """Name and DER or PEM of everything that is called a certificate, each once."""
    seen = set()
    for path in sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names):
        with open(path, "rb") as file:
            content = file.read()
        name = os.path.relpath(path, folder)
        found = [match.group(0) for match in BLOCK.finditer(content)]
        if not found and path.endswith(DER_ENDINGS) and content[:1] == b"\x30":
            found = [content]
        for place, one in enumerate(found):
            if one not in seen:
                seen.add(one)
                yield (name if len(found) == 1 else f"{name} {place + 1}"), one


def as_pem(one):
    if one.startswith(b"-----"):
        return one.decode("latin-1")
    lines = base64.encodebytes(one).decode()
    return f"-----BEGIN CERTIFICATE-----\n{lines}-----END CERTIFICATE-----\n"


def by_openssl(one):
    """What openssl reads; nothing where it refuses."""
    command = ["openssl", "x509", "-noout", "-startdate", "-enddate", "-serial", "-fingerprint", "-sha256",
               "-subject", "-nameopt", "multiline,utf8,-esc_msb,-esc_ctrl", "-ext", "subjectAltName"]
    if not one.startswith(b"-----"):
        command += ["-inform", "DER"]
    done = subprocess.run(command, input=one, capture_output=True)
    text = done.stdout.decode("utf-8", "replace")
    read = {}
    for key, what in [("notBefore", "start"), ("notAfter", "end")]:
        match = re.search(rf"^{key}=(.*)$", text, re.M)
        if match is None:
            return None
        read[what] = date(match.group(1))
    read["serial"] = serial(re.search(r"^serial=(.*)$", text, re.M).group(1))
    fingerprint = re.search(r"^sha256 Fingerprint=(.*)$", text, re.M | re.I).group(1)
    read["sha256"] = fingerprint.replace(":", "").lower()
    read["names"] = names(text)
    return read


def date(text):
    try:
        moment = datetime.datetime.strptime(re.sub(r"\.\d+", "", text), "%b %d %H:%M:%S %Y %Z")
    except ValueError:
        return text
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def serial(text):
    """As certcheck writes it: the bytes, without the sign byte."""
    if text.startswith("-"):
        value = -int(text[1:], 16)
        length = (value + 1).bit_length() // 8 + 1
        return (value & ((1 << 8 * length) - 1)).to_bytes(length, "big").hex()
    return text.lower().rjust(len(text) + len(text) % 2, "0")


def names(text):
    found = re.findall(r"^ *commonName +=(.*)$", text, re.M)
    match = re.search(r"Subject Alternative Name:.*\n(.*)", text)
    if match:
        for part in match.group(1).strip().split(", "):
            kind, _, value = part.partition(":")
            if kind == "IP Address":
                found.append(address(value))
            elif kind in ("DNS", "email", "URI"):
                found.append(value)
    return sorted({name.strip().lower() for name in found if name.strip()})


def address(text):
    import ipaddress

    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return text


def by_certcheck(program, all_of_them, hashes):
    answers = (
        json.dumps({
            "SiteId": 1, "Status": "active", "RequestId": "R", "Certificate": as_pem(one),
            "Result": {"Id": str(place), "Status": "active", "FingerprintSha256": hashes[place]},
        })
        for place, (_, one) in enumerate(all_of_them)
    )
    done = subprocess.run([program, "esa", "--from", "-", "--json"], input="\n".join(answers).encode(),
                          capture_output=True)
    report = json.loads(done.stdout)
    assert not report["errors"], report["errors"][:3]
    rows = {int(row["id"]): row for row in report["certificates"]}
    assert len(rows) == len(all_of_them), f"{len(rows)} rows of {len(all_of_them)}"
    return [rows[place] for place in range(len(all_of_them))]


def reading(row):
    """What certcheck read of the certificate itself; nothing where it could not."""
    codes = {note["code"] for note in row["notes"]}
    if "pem_unreadable" in codes:
        return None
    return {
        "start": row["not_before"], "end": row["not_after"], "serial": row["serial"],
        "sha256": "differs" if "pem_mismatch" in codes else row["fingerprint_sha256"],
        "names": sorted({name.lower() for name in row["domains"]}),
    }


def explained(document):
    """Pairs of file and difference that the document gives a reason for."""
    with open(document, encoding="utf-8") as file:
        rows = [[cell.strip().strip("`") for cell in line.split("|")[1:-1]] for line in file if line.startswith("| `")]
    return {(row[0], what.strip()) for row in rows if len(row) == 3 and row[2] for what in row[1].split(",")}


def main():
    program, folder, document = sys.argv[1:]
    known = explained(document) if os.path.exists(document) else set()
    found = list(certificates(folder))
    with ThreadPoolExecutor(4) as pool:
        theirs = list(pool.map(lambda pair: by_openssl(pair[1]), found))
    hashes = [read["sha256"] if read else "" for read in theirs]
    ours = [reading(row) for row in by_certcheck(program, found, hashes)]

    # A wrong hash has to be seen, or the comparison would prove nothing.
    place = next(place for place, read in enumerate(theirs) if read and ours[place])
    wrong = [hashes[place][::-1]]
    [control] = by_certcheck(program, [found[place]], wrong)
    assert reading(control)["sha256"] == "differs", "a wrong SHA-256 was not noticed"

    differences = []
    for (name, _), own, other in zip(found, ours, theirs):
        if own is None and other is None:
            continue
        if own is None or other is None:
            differences.append((name, "unread" if own is None else "openssl refuses", "", ""))
            continue
        for key in own:
            if own[key] != other[key]:
                differences.append((name, key, own[key], other[key]))
    count = lambda readings: sum(read is not None for read in readings)
    both = sum(own is not None and other is not None for own, other in zip(ours, theirs))
    print(f"certificates {len(found)}, read by certcheck {count(ours)}, by openssl {count(theirs)}, by both {both}, "
          f"by neither {len(found) - count(ours) - count(theirs) + both}")
    for key in ("start", "end", "serial", "sha256", "names"):
        print(f"{key}: {both - sum(what == key for _, what, _, _ in differences)} equal of {both}")
    unexplained = 0
    for name, what, own, other in differences:
        reason = "known" if (name, what) in known else "NOT EXPLAINED"
        unexplained += reason != "known"
        print(f"{reason}: {name}: {what}: {own} against {other}")
    for name, what in sorted(known - {(name, what) for name, what, _, _ in differences}):
        unexplained += 1
        print(f"GONE: {name}: {what}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
