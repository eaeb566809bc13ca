#!/bin/sh
# Usage: release_sign.sh FOLDER KEY. Writes FOLDER/SHA256SUMS, over every file in it, and the signature of KEY, an
# OpenSSH key (a private key, or the public half of one that an agent or a hardware token holds).
set -eu

folder=$1
key=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
cd "$folder"
rm -f SHA256SUMS SHA256SUMS.sig
# Sorted by bytes, so that the same files give the same list anywhere.
sums=$(find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum)
printf '%s\n' "$sums" > SHA256SUMS
ssh-keygen -q -Y sign -f "$key" -n stillwatch-release SHA256SUMS
