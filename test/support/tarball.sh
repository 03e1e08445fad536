#!/usr/bin/env bash
# The packed tarball in an empty folder, without development dependencies: does it do its work there?
# Once with this Node, once with the newest LTS.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

(cd "$root" && npm pack --silent --pack-destination "$folder" >/dev/null)
cd "$folder"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund --omit=dev ./tokentool-*.tgz
test ! -e node_modules/typescript
export HOME=$folder
mkdir empty

try() {
  (cd empty && "$@" ../node_modules/tokentool/bin/tokentool.js get --sandbox 2>/dev/null | grep -qE '^[^.]+\.[^.]+\.[^.]+$')
  (cd empty && "$@" ../node_modules/tokentool/bin/tokentool.js get chatbot --sandbox --json 2>/dev/null | grep -q '"provider":"va-map-sts"')
  echo "tarball: $("$@" --version) ok"
}
try node
npm install --silent --no-audit --no-fund --no-save --prefix "$folder/lts" node@24
try "$folder/lts/node_modules/node/bin/node"
