#!/usr/bin/env bash
# Usage: fetch.sh TARGET. Copies the broker's jars into TARGET, once; TARGET/ready says that all are there.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$(dirname "$1")"
target=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")

# Two builds at once wait for each other; the second finds the work done.
exec 9>"$target.lock"
flock 9
if [[ "$target/ready" -nt "$here/pom.xml" ]]; then
    exit 0
fi

# An interrupted copy never looks complete: jars become visible by one rename.
staging=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$staging"' EXIT
echo "Fetching Apache Kafka for the tests (45 MB, once)"
mvn --quiet --batch-mode -Dstyle.color=never --file "$here/pom.xml" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$staging"
if ! compgen -G "$staging/kafka_2.13-*.jar" >/dev/null; then
    echo "fetch.sh: Maven copied no kafka_2.13 jar; run it again with network access to a Maven repository" >&2
    exit 1
fi
chmod 755 "$staging"
touch "$staging/ready"
rm -rf "$target"
mv "$staging" "$target"
