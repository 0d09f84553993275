#!/usr/bin/env bash
# What whole accounts take, against the sandbox's estates: many ids one by one, at a service that throttles, lists of
# 10,000 and 100,000 certificates; and beside certcheck a shell loop over curl and jq, and Tencent's own tccli.
#
#   benches/estate.sh           minutes; installs tccli (about 700 MB) in a scratch folder that is removed at the end
#   benches/estate.sh --quick   a hundredth of it and no tccli: shows that all of it works
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

quick= many=10000 whole=100000 loop=1000 paced=300
case "${1-}" in
  '') ;;
  --quick) quick=yes many=100 whole=1000 loop=10 paced=15 ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac

# shellcheck source-path=SCRIPTDIR
. benches/common.sh

# The first so many ids of an estate, one a line.
ids() { seq -f 'sbxE%07.0f' 1 "$1"; }
# Runs certcheck for the ids on its standard input; whatever it finds, it is to have found all of them.
ask() { away "$certcheck" tencent --exit-zero --deadline 10m --timeout 60s "$@"; }
seconds() { awk -v from="$1" -v to="$(date +%s.%N)" 'BEGIN { printf "%.2f", to - from }'; }
ratio() { awk -v one="$1" -v other="$2" 'BEGIN { printf "%.2f", one / other }'; }

printf '\n| %s ids one by one, %s | wall | of the ideal |\n| --- | --- | --- |\n' "$many" '20 ms each'
start_sandbox --certificates "$many" --latency 20ms
for places in 16 64; do
  started=$(date +%s.%N)
  ids "$many" | ask --id - --no-listing --rate off --concurrency "$places" -o ndjson >"$scratch/out"
  took=$(seconds "$started")
  [ "$(grep -c '"type":"certificate"' "$scratch/out")" -eq "$many" ] || { echo 'not all came' >&2 && exit 1; }
  ideal=$(awk -v n="$many" -v c="$places" 'BEGIN { printf "%.3f", n * 0.02 / c }')
  printf '| --concurrency %s | %s s | %s |\n' "$places" "$took" "$(ratio "$took" "$ideal")"
done

printf '\n| %s ids one by one, at a service that throttles above 10 a second | wall | requests a second | throttled |\n' "$paced"
printf '| --- | --- | --- | --- |\n'
start_sandbox --certificates "$paced" --rate 10
started=$(date +%s.%N)
ids "$paced" | ask --id - --no-listing --rate 10 -v -o ndjson >"$scratch/out" 2>"$scratch/log"
took=$(seconds "$started")
[ "$(grep -c '"type":"certificate"' "$scratch/out")" -eq "$paced" ] || { echo 'not all came' >&2 && exit 1; }
# A throttled one is asked for again: each try is a line.
tries=$(grep -c 'DescribeCertificate: ' "$scratch/log")
printf '| --rate 10 | %s s | %s | %s |\n' "$took" "$(ratio "$paced" "$took")" "$((tries - paced))"

printf '\n'
start_sandbox --certificates "$many"
measure 3 \
  +++ "\`--all\` of $many to a table" "$certcheck" tencent --all --exit-zero --timeout 60s \
  +++ "\`--all\` of $many to JSON" "$certcheck" tencent --all --exit-zero --timeout 60s -o json
start_sandbox --certificates "$whole"
printf '\n'
measure 3 +++ "\`--all\` of $whole to NDJSON" "$certcheck" tencent --all --exit-zero --timeout 60s -o ndjson

start_sandbox --certificates "$loop"
printf '\n| %s ids | wall |\n| --- | --- |\n' "$loop"
for flag in '' --no-listing; do
  started=$(date +%s.%N)
  # shellcheck disable=SC2086
  ids "$loop" | ask --id - $flag --rate off -o ndjson >"$scratch/out"
  printf '| certcheck %s | %s s |\n' "$flag" "$(seconds "$started")"
done
if have curl && have openssl && have jq; then
  calls=()
  for id in $(ids "$loop"); do
    sign_for_curl "{\"CertificateId\":\"$id\"}"
    calls+=("$(printf '%q ' "${with_curl[@]}")")
  done
  started=$(date +%s.%N)
  for call in "${calls[@]}"; do
    eval "$call" | jq -r '.Response | [.CertificateId, .Status, .CertEndTime] | @tsv'
  done >"$scratch/out"
  printf '| a loop over curl and jq, signed beforehand | %s s |\n' "$(seconds "$started")"
  [ "$(grep -c '^sbxE' "$scratch/out")" -eq "$loop" ] || { echo 'not all came' >&2 && exit 1; }
else
  skipped 'curl, openssl or jq is not here'
fi

if [ -n "$quick" ]; then
  skipped 'tccli: it takes minutes to install'
elif install_tccli; then
  printf '\n| 20 ids | wall |\n| --- | --- |\n'
  started=$(date +%s.%N)
  ids 20 | ask --id - -o ndjson >"$scratch/out"
  printf '| certcheck | %s s |\n' "$(seconds "$started")"
  started=$(date +%s.%N)
  for id in $(ids 20); do
    away "$scratch/venv/bin/tccli" ssl DescribeCertificate --CertificateId "$id" --region ap-guangzhou \
      --endpoint "$CERTCHECK_TENCENT_ENDPOINT"
  done >"$scratch/out"
  printf '| a loop over tccli | %s s |\n' "$(seconds "$started")"
else
  skipped 'tccli cannot be installed here'
fi
