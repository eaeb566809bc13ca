#!/usr/bin/env bash
# Usage: release.sh KEY [REF] [FOLDER]. Makes the release of a commit (by default HEAD, into dist/release): built
# twice and compared, tried by itself, with its lock, bill of materials and licences, summed and signed by KEY.
set -euo pipefail

key=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.."
ref=${2:-HEAD}
out=${3:-dist/release}
python=${RELEASE_PYTHON:-.venv/bin/python}

if [[ -e $out ]]; then
    echo "release.sh: $out exists; remove it, or name another folder" >&2
    exit 2
fi
# What the lock and the licences say is of this checkout, so it has to be the commit that is built.
if [[ $(git rev-parse "$ref^{commit}") != $(git rev-parse HEAD) || -n $(git status --porcelain) ]]; then
    echo "release.sh: $ref is not what is checked out; check it out, with nothing changed" >&2
    exit 2
fi

again=$(mktemp -d)
trap 'rm -rf "$again"' EXIT
"$python" -m tools.release_build --ref "$ref" --out "$out"
"$python" -m tools.release_build --ref "$ref" --out "$again" >/dev/null
diff -r "$out" "$again" || { echo "release.sh: two builds differ" >&2; exit 1; }

"$python" -m tools.release_install --demo "$out"/stillwatch-*.whl
"$python" -m tools.licences --out "$out/licences.md"
"$python" -m tools.sbom --time "$(git log -1 --format=%ct "$ref")" --out "$out/stillwatch.cdx.json"
"$python" -m tools.release_lock --check
cp deploy/compose/runtime.lock "$out/requirements.lock"
tools/release_sign.sh "$out" "$key"
echo "released $(git rev-parse --short "$ref") into $out"
