"""Write the part of the lock that a release needs where it runs: `python -m tools.release_lock [--check]`.

`requirements.lock` pins the tools of development as well. A container or a virtual environment in production
is made of this part alone, with the same hashes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from tools.release_closure import closure, read_lock

LOCK: Final = Path("deploy/compose/runtime.lock")
_HEAD: Final = "# What runs, of requirements.lock: made by `python -m tools.release_lock`.\n"


def runtime_lock(root: Path) -> str:
    """The text of the part; raises as `closure`."""
    entries = read_lock(root / "requirements.lock")
    return _HEAD + "".join(entries[name].text for name in closure(root))


def main() -> int:
    """Write it into the checkout, or end with 1 if what is there is not of the present lock."""
    parser = argparse.ArgumentParser(description="The part of the lock that a release needs where it runs.")
    parser.add_argument("--check", action="store_true", help="write nothing; say whether it is up to date")
    check = parser.parse_args().check
    root = Path(__file__).parents[1]
    text = runtime_lock(root)
    if not check:
        (root / LOCK).write_text(text, encoding="utf-8")
    elif (root / LOCK).read_text(encoding="utf-8") != text:
        print(f"{LOCK} is not of the present lock; run `python -m tools.release_lock`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
