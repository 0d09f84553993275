# What the measuring scripts share: they source it. It builds the release binary, and cleans up behind them.
# shellcheck shell=bash disable=SC2034

have() { command -v "$1" >/dev/null 2>&1; }
skipped() { printf 'SKIPPED: %s\n' "$*"; }

scratch=$(mktemp -d)
sandbox=
stop_sandbox() { [ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null || true; }
clean() {
  stop_sandbox
  rm -rf "$scratch"
}
trap clean EXIT

cargo build --quiet --locked --release
cargo build --quiet --locked --example measure
target=$(cargo metadata --locked --no-deps --format-version 1 |
  sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
certcheck=$target/release/certcheck

# No settings of the user play a part, nor does anything write to his folder.
away() { HOME=$scratch "$@"; }
unset ${!CERTCHECK_@} ${!TENCENTCLOUD_@}

# ROUNDS +++ NAME PROGRAM ARGUMENT… +++ …
measure() { away "$target/debug/examples/measure" "$@"; }

# Starts the sandbox with these flags, in the place of one before. Keys and endpoint come from what it says is to be
# typed.
start_sandbox() {
  stop_sandbox
  rm -f "$scratch/said"
  mkfifo "$scratch/said"
  "$certcheck" sandbox "$@" >"$scratch/said" &
  sandbox=$!
  local line
  while read -r line; do
    case $line in
      'export TENCENTCLOUD_'*) export "${line#export }" ;;
      'export CERTCHECK_TENCENT_ENDPOINT='*) export "${line#export }" && return ;;
    esac
  done <"$scratch/said"
  echo 'the sandbox does not say where it is' >&2
  return 1
}

# The headers of Tencent's "Signature v3" for this request, good for five minutes.
hash() { printf '%s' "$1" | openssl dgst -sha256 | sed 's/.* //'; }
hmac() { printf '%s' "$2" | openssl dgst -sha256 -mac HMAC -macopt "$1" | sed 's/.* //'; }
sign_for_curl() {
  local now day host request text key
  now=$(date +%s) day=$(date -u +%F) host=${CERTCHECK_TENCENT_ENDPOINT#http://}
  request=$(printf 'POST\n/\n\ncontent-type:application/json\nhost:%s\n\ncontent-type;host\n%s' "$host" "$(hash "$1")")
  text=$(printf 'TC3-HMAC-SHA256\n%s\n%s/ssl/tc3_request\n%s' "$now" "$day" "$(hash "$request")")
  key=$(hmac "key:TC3$TENCENTCLOUD_SECRET_KEY" "$day")
  key=$(hmac "hexkey:$(hmac "hexkey:$key" ssl)" tc3_request)
  with_curl=(curl -q -sSf "$CERTCHECK_TENCENT_ENDPOINT/" -d "$1"
    -H 'Content-Type: application/json' -H 'X-TC-Action: DescribeCertificate' -H 'X-TC-Version: 2019-12-05'
    -H "X-TC-Timestamp: $now" -H "Authorization: TC3-HMAC-SHA256 \
Credential=$TENCENTCLOUD_SECRET_ID/$day/ssl/tc3_request, SignedHeaders=content-type;host, \
Signature=$(hmac "hexkey:$key" "$text")")
}

# Tencent's own tool, in a scratch folder; fails where it cannot be had.
install_tccli() { python3 -m venv "$scratch/venv" && "$scratch/venv/bin/pip" install --quiet tccli; }
