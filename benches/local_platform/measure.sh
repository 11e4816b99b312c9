#!/usr/bin/env bash
# How fast `flowsim serve` answers and how much memory a waiting conversation has, with the
# load generator autocannon from npm. Prints the figures of docs/performance.md.
#
#   cargo build --release
#   benches/local_platform/measure.sh [SECONDS [CONNECTIONS]]
#
# FLOWSIM names another program than that of the release build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export no_proxy='*'
seconds=${1:-10}
connections=${2:-64}
program=${FLOWSIM:-${CARGO_TARGET_DIR:-target}/release/flowsim}
folder=$(mktemp -d)
server=
stop() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  server=
}
trap 'stop; rm -rf "$folder"' EXIT

# A part of the JSON that comes in.
part() {
  node -pe "JSON.parse(require('fs').readFileSync(0, 'utf8'))$1"
}

start() {
  stop
  : >"$folder/address"
  "$program" serve --port 0 --flows fixtures/shared-flow/flows \
    --fixtures fixtures/shared-flow/fixtures.yaml "$@" >"$folder/address" &
  server=$!
  until [ -s "$folder/address" ]; do sleep 0.1; done
  url=$(cat "$folder/address")
  token=$(curl -sS -u any:secret -d grant_type=client_credentials "$url/oauth/token" |
    part .access_token)
}

# load OPTIONS... PATH BODY: so many requests, or so many seconds; the figures as JSON.
load() {
  local path=${*: -2:1} body=${*: -1}
  "$folder/node_modules/.bin/autocannon" --json -c "$connections" "${@:1:$#-2}" -m POST \
    -H "Authorization: Bearer $token" -H "Content-Type: application/json" -b "$body" \
    "$url$path" 2>/dev/null
}

show() {
  node -e '
    const it = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const { requests, latency, non2xx, errors, timeouts } = it;
    console.log(`${process.argv[1]}: ${requests.average} a second on average, ` +
      `${requests.min} in the worst; ${latency.p50} ms in the middle, ${latency.p99} ms ` +
      `for 99 %, ${latency.max} ms at most; ${non2xx} refused, ${errors + timeouts} lost`);
  ' "$1"
}

memory() {
  awk '/^VmRSS:/ { print $2 }' "/proc/$server/status"
}

npm install --silent --no-audit --no-fund --prefix "$folder" autocannon@9.0.0

start
flow='{"flowId":"Inbound_Flow_A","inputs":{"dtmf":["1"]}}'
load -d "$seconds" /api/v2/architect/simulations "$flow" | show "simulations"
id=$(curl -sS -H "Authorization: Bearer $token" "$url/api/v2/flows?name=Inbound_Flow_A" |
  part .entities[0].id)

start
before=$(memory)
count=8000
load -a "$count" /api/v2/conversations "{\"type\":\"voice\",\"routing\":{\"flowId\":\"$id\"}}" |
  show "conversations that wait"
waiting=$(curl -sS "$url/__flowsim/clock" | part .waiting)
echo "memory: $((($(memory) - before) * 1024 / waiting)) bytes for each of $waiting that wait"

start --data "$folder/data"
load -d "$seconds" /api/v2/externalcontacts/contacts '{"firstName":"Ada"}' |
  show "contacts made with --data"
