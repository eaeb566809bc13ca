"""Secrets in what is committed: `python -m tools.audit_secrets [--history | --accept]`, by detect-secrets.

Every tracked file is compared with `.secrets.baseline`, which lists what only looks like a secret: test
vectors and invented passwords. `--accept` lists what is found now; look at what that adds before it is
committed. Digests that a build of a model writes are passed over by their line, since each build has its
own. With `--history` every line that any commit added is searched as well,
for keys and tokens whose form gives them away; guesses by entropy and by name would find too much there.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from detect_secrets.core.scan import scan_file, scan_line
from detect_secrets.settings import get_plugins, transient_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BASELINE: Final = Path(".secrets.baseline")
GUESSES: Final = frozenset(
    {
        "Base64HighEntropyString",
        "HexHighEntropyString",
        "KeywordDetector",
        "BasicAuthDetector",
        "IPPublicDetector",
    }
)


def main() -> int:
    """Scan; 1 where something is found that the baseline does not list."""
    parser = argparse.ArgumentParser(description="Look for secrets in what is committed.")
    parser.add_argument("--history", action="store_true", help="search all commits, too")
    parser.add_argument("--accept", action="store_true", help="list what tracked files hold as no secret")
    options = parser.parse_args()
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    if options.accept:
        baseline["results"] = listed(baseline, tracked())
        BASELINE.write_text(json.dumps(baseline, indent=2) + "\n", encoding="utf-8")
        return 0
    found = sorted(fresh(baseline, tracked()))
    if options.history:
        found += sorted(set(in_history(baseline, _git("log", "--all", "--unified=0", "--no-color", "-p"))))
    for line in found:
        print(line)
    if found:
        print("Take it out, and change it where it is used.")
        print("If it is none, list it: `python -m tools.audit_secrets --accept`.")
    return 1 if found else 0


def tracked() -> list[str]:
    """The files of the repository, but for the baseline, whose digests look like keys."""
    return [file for file in _git("ls-files", "-z").rstrip("\0").split("\0") if file != str(BASELINE)]


def fresh(baseline: dict[str, object], files: Iterable[str]) -> Iterator[str]:
    """What is in files and not in the baseline, as place and kind; no secret is shown."""
    known = known_hashes(baseline)
    with transient_settings(_settings(baseline)):
        for file in files:
            for one in scan_file(file):
                if one.secret_hash not in known[file]:
                    yield f"{file}, line {one.line_number}: {one.type}"


def listed(baseline: dict[str, object], files: Iterable[str]) -> dict[str, list[dict[str, object]]]:
    """Everything in files that looks like a secret, in the baseline's form: by file, as kind and digest."""
    with transient_settings(_settings(baseline)):
        found = {file: {(one.type, one.secret_hash) for one in scan_file(file)} for file in sorted(files)}
    return {
        file: [
            {"type": kind, "filename": file, "hashed_secret": digest, "is_verified": False}
            for kind, digest in sorted(entries)
        ]
        for file, entries in found.items()
        if entries
    }


def known_hashes(baseline: dict[str, object]) -> defaultdict[str, set[str]]:
    """SHA-1 of what was reviewed, by file."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    results = baseline["results"]
    assert isinstance(results, dict)  # noqa: S101 - of the file's form
    for file, entries in results.items():
        found[file] = {entry["hashed_secret"] for entry in entries}
    return found


def in_history(baseline: dict[str, object], log: str) -> Iterator[str]:
    """What lines that commits added hold, as commit and kind; also what is gone since."""
    settings = _settings(baseline)
    settings["plugins_used"] = [one for one in settings["plugins_used"] if one["name"] not in GUESSES]
    known = set().union(*known_hashes(baseline).values())
    commit = ""
    with transient_settings(settings):
        likely = tuple(get_plugins())
        for line in log.splitlines():
            if line.startswith("commit "):
                commit = line[7:19]
            elif line.startswith("+") and any(next(iter(one.analyze_string(line)), None) for one in likely):
                yield from (
                    f"commit {commit}: {one.type}"
                    for one in scan_line(line[1:])
                    if one.secret_hash not in known
                )


def _settings(baseline: dict[str, object]) -> dict[str, list[dict[str, str]]]:
    return {name: list(baseline[name]) for name in ("plugins_used", "filters_used")}  # type: ignore[call-overload]


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], capture_output=True, check=True)  # noqa: S603, S607 - fixed words
    return done.stdout.decode("utf-8", "replace")


if __name__ == "__main__":
    raise SystemExit(main())
