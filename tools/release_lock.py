"""Write the part of the lock that a release needs where it runs: `python -m tools.release_lock`.

`requirements.lock` pins the tools of development as well. A container or a virtual environment in production
is made of this part alone, with the same hashes.
"""

from __future__ import annotations

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


def main() -> None:
    """Write it into the checkout."""
    root = Path(__file__).parents[1]
    (root / LOCK).write_text(runtime_lock(root), encoding="utf-8")
    print(f"wrote {LOCK}", file=sys.stderr)


if __name__ == "__main__":
    main()
