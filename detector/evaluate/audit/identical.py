"""Prompts that honest and hostile accounts both send, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.evaluate.rates import Rate

if TYPE_CHECKING:
    import pandas as pd


def identical(prompts: pd.DataFrame) -> dict[str, Rate]:
    """For each family the share of its requests whose whole input some honest request has as well.

    Columns: prompt (hash of the input), family (null: of no campaign) and honest (whose account is in none).
    """
    hostile = prompts["family"].notna()
    shared = prompts["prompt"].isin(prompts["prompt"][prompts["honest"]].unique())
    return {
        str(family): Rate.among(group.to_numpy())
        for family, group in shared[hostile].groupby(prompts["family"][hostile])
    }
