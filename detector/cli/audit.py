"""`stillwatch simulate --check`: what a world gives away, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import typer
from rich.table import Table

from detector.evaluate.audit.audit import audit
from detector.evaluate.audit.leaks import is_even
from detector.evaluate.audit.marks import MARKED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from detector.evaluate.audit.audit import Audit
    from detector.evaluate.rates import Estimate
    from streaming.simulator.corpus import Corpus

EXIT_LEAKS = 1


def show_audit(worlds: Sequence[Path], corpus: Corpus, seed: int, console: Console) -> None:
    """Audit worlds and show what was found; exits with `EXIT_LEAKS` where something gives labels away."""
    found = audit(worlds, corpus, np.random.default_rng(seed))
    console.print(_leaks(found), _families(found))
    for failure in found.failures:
        console.print(f"fails: {failure}", style="yellow", markup=False, highlight=False)
    if found.failures:
        raise typer.Exit(EXIT_LEAKS)


def _leaks(found: Audit) -> Table:
    table = Table(
        "leak", "AUC", "95 % interval", "requests", "", title="requests of campaigns, of honest twins"
    )
    for name, one in found.leaks.items():
        table.add_row(name, *_figures(one), "even" if is_even(one) else "leaks")
    return table


def _families(found: Audit) -> Table:
    table = Table(
        "family", "AUC", "95 % interval", "accounts", "", "prompts that honest accounts send",
        title="a depth-3 tree on corpus, library, max_tokens and missing fields",
    )  # fmt: skip
    for family, one in found.marks.items():
        figures = ("", "too few campaigns", "") if one is None else _figures(one)
        marked = one is not None and one.low > MARKED
        rate = found.identical[family]
        table.add_row(family, *figures, "marked" if marked else "", f"{100 * rate.value:.1f} % of {rate.n:,}")
    return table


def _figures(found: Estimate) -> tuple[str, str, str]:
    return f"{found.value:.3f}", f"{found.low:.3f} to {found.high:.3f}", f"{found.n:,}"
