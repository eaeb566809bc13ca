"""Fuzzes harnesses one after the other, guided by coverage: `python -m tests.fuzz.run --minutes 1 [NAME…]`.

Each runs in a process of its own, because the engine (atheris, over libFuzzer) never returns. What it finds
goes to `out/fuzz/NAME`; an input that breaks a harness is named `crash-…`, and belongs into the corpus once
the decoder is mended.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.fuzz.harnesses import CORPUS, names

OUT: Final = Path("out/fuzz")
LONGEST: Final = 4096
SLOW_SECONDS: Final = 60
"""More than a kernel takes to compile."""
MOST_MIB: Final = 3000


def main() -> int:
    """Fuzz; 1 where a harness was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="for each harness")
    parser.add_argument("names", nargs="*", default=names(), metavar="NAME", help="of a harness")
    asked = parser.parse_args()
    if unknown := sorted(set(asked.names) - set(names())):
        parser.error(f"no harness {', '.join(unknown)}; give some of {', '.join(names())}")
    broken = [name for name in asked.names if not holds(name, asked.minutes)]
    for name in broken:
        print(f"{name} is broken: see {OUT / name}/crash-*", file=sys.stderr)  # noqa: T201 - a command
    return 1 if broken else 0


def holds(name: str, minutes: float) -> bool:
    """Whether a harness went through its time unbroken."""
    found = OUT / name
    found.mkdir(parents=True, exist_ok=True)
    # Kernels check their bounds here, and are kept apart from those that do not.
    checked = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str((OUT / "kernels").resolve())}
    command = [
        sys.executable, "-m", "tests.fuzz.engine", name, str(found), str(CORPUS / name),
        f"-max_total_time={max(1, round(60 * minutes))}", f"-artifact_prefix={found}/", f"-max_len={LONGEST}",
        f"-timeout={SLOW_SECONDS}", f"-rss_limit_mb={MOST_MIB}", "-print_final_stats=1",
        f"-dict={Path(__file__).parent / 'words.dict'}",
    ]  # fmt: skip
    return subprocess.run(command, env=os.environ | checked, check=False).returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
