#!/bin/sh
# Shows that the sandbox is no easier than the services: the official Python SDKs of Alibaba, Tencent and Huawei are
# accepted by it with the right secret and refused with a wrong one. A person runs it; it needs python3 and a network for
# the packages, which go into a scratch environment.
#
#   benches/official-sdks.sh [FOLDER]     keeps the environment in FOLDER for the next time
set -eu
cd "$(dirname "$0")/.."
folder=${1:-$(mktemp -d)}
cargo build --quiet
if [ ! -x "$folder/venv/bin/python" ]; then
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet alibabacloud_push20160801 alibabacloud_esa20240910 \
        alibabacloud_sts20150401 tencentcloud-sdk-python-ssl tencentcloud-sdk-python-sts huaweicloudsdkscm
fi
target/debug/certcheck sandbox >"$folder/sandbox.txt" &
sandbox=$!
trap 'kill $sandbox' EXIT
until grep -q '^# Ready' "$folder/sandbox.txt"; do
    kill -0 $sandbox
    sleep 0.1
done
# Only the lines that set variables: the others are comments and commands.
grep '^export ' "$folder/sandbox.txt" >"$folder/variables.sh"
. "$folder/variables.sh"
env -u HTTPS_PROXY -u https_proxy -u HTTP_PROXY -u http_proxy "$folder/venv/bin/python" benches/official_sdks.py
