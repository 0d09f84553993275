#!/usr/bin/env bash
# Reads every certificate of the PyPI package cryptography_vectors as an ESA answer, and compares dates, serial, names and
# SHA-256 with openssl. A difference that docs/corpus.md does not explain is a failure.
#
#   benches/corpus.sh [PACKAGE]     PACKAGE: the folder of an unpacked package, instead of a download
#
# Needs python3 with pip, openssl and a network. Everything is done in a scratch folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=50.0.2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
skipped() {
  printf 'SKIPPED: %s\n' "$*"
  exit 0
}

for program in python3 openssl; do
  command -v "$program" >/dev/null 2>&1 || skipped "there is no $program"
done
package=${1:-}
if [ -z "$package" ]; then
  python3 -m pip install --quiet --no-deps --disable-pip-version-check --target "$scratch/env" \
    "cryptography_vectors==$version" 2>"$scratch/pip" || skipped "pip cannot install cryptography_vectors $version"
  package=$scratch/env/cryptography_vectors
fi
cargo build --quiet --locked
target=$(cargo metadata --locked --no-deps --format-version 1 |
  sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
HOME=$scratch python3 benches/corpus.py "$target/debug/certcheck" "$package" docs/corpus.md
