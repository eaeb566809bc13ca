#!/usr/bin/env bash
# Usage: fetch.sh POM TARGET. Copies the jars that POM names into TARGET, once; TARGET/ready says that all are there.
set -euo pipefail

pom=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
mkdir -p "$(dirname "$2")"
target=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")

# Two builds at once wait for each other; the second finds the work done.
exec 9>"$target.lock"
flock 9
if [[ "$target/ready" -nt "$pom" ]]; then
    exit 0
fi

# An interrupted copy never looks complete: jars become visible by one rename.
staging=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$staging"' EXIT
echo "Fetching $(sed -n 's:.*<name>\(.*\)</name>.*:\1:p' "$pom")"
mvn --quiet --batch-mode -Dstyle.color=never --file "$pom" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$staging"
if ! compgen -G "$staging/*.jar" >/dev/null; then
    echo "fetch.sh: Maven copied no jar of $pom; run it again with network access to a Maven repository" >&2
    exit 1
fi
chmod 755 "$staging"
touch "$staging/ready"
rm -rf "$target"
mv "$staging" "$target"
