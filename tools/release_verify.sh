#!/bin/sh
# Usage: release_verify.sh FOLDER SIGNERS. Is all in FOLDER as one of SIGNERS released it, and nothing added?
# SIGNERS is a file of allowed signers as ssh-keygen(1) has it: release@stillwatch ssh-ed25519 AAAA…
set -eu

signers=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
cd "$1"
ssh-keygen -q -Y verify -f "$signers" -I release@stillwatch -n stillwatch-release -s SHA256SUMS.sig < SHA256SUMS
sha256sum --check --strict --quiet SHA256SUMS
added=$(find . -type f ! -name SHA256SUMS ! -name SHA256SUMS.sig -printf '%P\n' | while IFS= read -r name; do
    grep -qxF "$(sha256sum "$name")" SHA256SUMS || echo "$name"
done)
if [ -n "$added" ]; then
    echo "release_verify.sh: not released: $added" >&2
    exit 1
fi
echo "good: signed, complete and unchanged"
