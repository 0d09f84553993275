#!/usr/bin/env bash
# What certcheck takes: beside an empty program, and for one check of the same certificate in the sandbox beside curl
# (the same request, signed beforehand) and Tencent's own tccli. Then instructions, which no other load changes.
#
#   benches/compare.sh           installs tccli (about 700 MB) in a scratch folder that is removed at the end
#   benches/compare.sh --quick   a few rounds and no tccli: shows that all of it works
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rounds=30 quick=
case "${1-}" in
  '') ;;
  --quick) rounds=5 quick=yes ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac

# Start-up may cost that much, so that nobody hesitates to call it from a script.
most_for_help=1200000

id=sbxValid # valid in the sandbox whatever the day
saved_at=2026-11-22 # when the fixture is valid
fixture=fixtures/tencent/describe-certificate/valid.json

# shellcheck source-path=SCRIPTDIR
. benches/common.sh

# Ten thousand answers as they come, each with an id and names of its own.
ten_thousand() {
  awk '{ text = text $0 "\n" }
    END {
      for (i = 0; i < 10000; i++) {
        one = text
        gsub(/aBcD1234/, sprintf("c%07d", i), one)
        gsub(/example\.com/, "shop" i ".example.com", one)
        printf "%s", one
      }
    }' "$fixture"
}

# Each has to bring the certificate before it is measured.
brings() { away "$@" 2>&1 | grep "$id" >/dev/null || { echo "this does not bring the certificate: $1" >&2 && return 1; }; }

ten_thousand >"$scratch/saved.json"
start_sandbox
check=("$certcheck" tencent --id "$id")
many=("$certcheck" tencent --from "$scratch/saved.json" --at "$saved_at")
brings "${check[@]}"
commands=(
  +++ 'an empty program (`true`)' "$(type -P true)"
  +++ '`certcheck --help`' "$certcheck" --help
  +++ 'one check: certcheck' "${check[@]}"
)

if have curl && have openssl; then
  sign_for_curl "{\"CertificateId\":\"$id\"}"
  brings "${with_curl[@]}"
  commands+=(+++ 'the same: curl, signed beforehand' "${with_curl[@]}")
else
  skipped 'curl, or openssl to sign for it, is not here'
fi

with_tccli=("$scratch/venv/bin/tccli" ssl DescribeCertificate --CertificateId "$id" --region ap-guangzhou
  --endpoint "$CERTCHECK_TENCENT_ENDPOINT")
if [ -n "$quick" ]; then
  skipped 'tccli: it takes minutes to install'
elif install_tccli; then
  brings "${with_tccli[@]}"
  commands+=(+++ 'the same: tccli' "${with_tccli[@]}")
else
  skipped 'tccli cannot be installed here'
fi

commands+=(
  +++ '10,000 saved answers to JSON' "${many[@]}" -o json
  +++ '10,000 saved answers to NDJSON' "${many[@]}" -o ndjson
)
printf '\n%s rounds, one command after the other in each\n\n' "$rounds"
measure "$rounds" "${commands[@]}"

if ! have valgrind; then
  skipped 'valgrind is not here: no instruction counts'
  exit
fi
variables=("TENCENTCLOUD_SECRET_ID=$TENCENTCLOUD_SECRET_ID" "TENCENTCLOUD_SECRET_KEY=$TENCENTCLOUD_SECRET_KEY"
  "CERTCHECK_TENCENT_ENDPOINT=$CERTCHECK_TENCENT_ENDPOINT")
instructions() {
  env -i "${variables[@]}" valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null "$@" \
    2>&1 >/dev/null | sed -n 's/.*I *refs: *//p' | tr -d ,
}
counted() { printf '| %s | %s million |\n' "$1" "$(awk -v n="$2" 'BEGIN { printf "%.2f", n / 1e6 }')"; }

for_help=$(instructions "$certcheck" --help)
printf '\n| command | instructions |\n| --- | --- |\n'
counted '`certcheck --help`' "$for_help"
counted '`certcheck --version`' "$(instructions "$certcheck" --version)"
counted 'one saved answer' "$(instructions "$certcheck" tencent --from "$fixture" --at "$saved_at")"
counted 'one check' "$(instructions "${check[@]}")"
[ -n "$quick" ] || counted '10,000 saved answers to JSON' "$(instructions "${many[@]}" -o json)"
if [ "$for_help" -gt "$most_for_help" ]; then
  echo "--help takes more than $most_for_help instructions" >&2
  exit 1
fi
