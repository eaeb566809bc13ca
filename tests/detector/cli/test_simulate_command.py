from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from typer.testing import CliRunner, Result

from detector.cli.app import make_app
from detector.truth import TRUTH, logs_of
from streaming.simulator.corpus_sources import SOURCES

if TYPE_CHECKING:
    from tests.support.replays import Replayer

OPTIONS: Final = (
    "--accounts", "40", "--days", "1", "--pools", "1", "--seed", "5",
    "--campaign", "fixed_cot:accounts=6,exchanges=600",
    "--campaign", "ban_migration:accounts=6,exchanges=200",
)  # fmt: skip
WRONG: Final = (
    (("--campaign", "nope"), "campaign", "fixed_cot"),
    (("--campaign", "fixed_cot:accounts=5"), "--campaign", "exchanges="),
    (("--campaign", "fixed_cot:accounts=x,exchanges=9"), "--campaign", "accounts=1"),
    (("--campaign", "fixed_cot:accounts=nan,exchanges=9"), "--campaign", "accounts=20"),
    (("--campaign", "fixed_cot:accounts=2.5,exchanges=9"), "--campaign", "accounts=20"),
    (("--campaign", "fixed_cot:accounts=0,exchanges=9"), "campaign", "accounts=1"),
    (("--campaign", "fixed_cot:accounts=5,exchanges=9,cover=1"), "campaign", "cover=0"),
    (("--campaign", "fixed_cot:accounts=5,exchanges=9,colour=1"), "--campaign", "--help"),
    (("--campaign", "fixed_cot:scale=0"), "campaign", "scale=1"),
    (("--campaign", "fixed_cot:scale=inf"), "campaign", "scale=1"),
    (("--archetype", "nope=1"), "archetype", "--list"),
    (("--archetype", "chat"), "--archetype", "chat=1"),
    (("--archetype", "chat=-1"), "archetype", "0 or more"),
    (("--events", "20"), "events", "ask for more"),
    (("--skip", "gsm8k"), "skip", "--corpora"),
    (("--skip", "nope", "--corpora", "here"), "skip", "gsm8k"),
    (("--corpora", "nowhere"), "corpus", "built-in"),
    (("--start", "1900-01-01"), "start", "2000"),
    (("--format", "xml"), "--format", "litellm"),
    (("--seed", "-1"), "--seed", "0"),
)
"""Options that are wrong; what the message names, and its remedy."""


def run(*arguments: str) -> Result:
    """Run the command; nothing unexpected may be raised."""
    result = CliRunner().invoke(make_app(), ["simulate", *arguments], env={"COLUMNS": "400"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize(("options", "names", "remedy"), WRONG)
def test_wrong_options_are_told_plainly(
    options: tuple[str, str], names: str, remedy: str, tmp_path: Path
) -> None:
    """What cannot be staged is refused with the option and a remedy, and leaves nothing behind."""
    out = tmp_path / "out"
    result = run(*OPTIONS, "--out", str(out), *options)
    assert result.exit_code != 0
    said = " ".join(result.output.split())
    assert names in said
    assert remedy in said
    assert not out.exists()


def test_a_folder_is_asked_for() -> None:
    """Without a folder for the world there is no world; the list needs none."""
    assert "--out" in run("--accounts", "5").output
    listed = run("--list").output
    assert "benchmark_crowd" in listed
    assert "low_and_slow" in listed


def test_every_family_is_staged_but_the_published_one(tmp_path: Path) -> None:
    """`every` leaves out the campaign of 25,000 accounts, which is named with a scale of its own."""
    small = ("--accounts", "5", "--days", "1", "--pools", "0", "--campaign", "every:accounts=2,exchanges=20")
    reference = ("--campaign", "reference:scale=0.0001")
    for name, options in (("every", ()), ("named", reference)):
        assert run(*small, *options, "--out", str(tmp_path / name)).exit_code == 0
    found = {
        name: set(pd.read_parquet(tmp_path / name / TRUTH)["family"].dropna()) for name in ("every", "named")
    }
    assert len(found["every"]) > 1
    assert "reference" not in found["every"]
    assert "reference" in found["named"]


def test_both_formats_are_the_same_traffic(replay: Replayer, tmp_path: Path) -> None:
    """A world as LiteLLM would have logged it has the same truth, and gives the same findings.

    At any bar but for the names of shared settings: LiteLLM logs tools, where a canonical log names them.
    """
    worlds = [tmp_path / name for name in ("canonical", "litellm")]
    for folder in worlds:
        assert run(*OPTIONS, "--out", str(folder), "--format", folder.name).exit_code == 0
    plain, told = (replay(*logs_of(folder)) for folder in worlds)
    assert told.files == plain.files
    assert told.alerts
    for count in ("read", "accepted", "lifecycle", "dead_lettered"):
        assert told.summary[count] == plain.summary[count]
    assert plain.summary["lifecycle"] > 0
    assert plain.summary["dead_lettered"] == 0
    for truth in ("truth_events.parquet", "truth_accounts.parquet"):
        assert (worlds[0] / truth).read_bytes() == (worlds[1] / truth).read_bytes()


def test_skipped_sources_are_absent(corpora: Path, tmp_path: Path) -> None:
    """Prompts of a source that is left out occur nowhere, those of the others do."""
    for name, skipped in (("all", ()), ("some", ("--skip", "gsm8k", "--skip", "sharegpt"))):
        folder = ("--corpora", str(corpora), "--out", str(tmp_path / name))
        assert run(*OPTIONS, *folder, *skipped).exit_code == 0
    found = {name: _marks(tmp_path / name) for name in ("all", "some")}
    assert {"c_gsm8k", "c_sharegpt_sample"} <= found["all"]
    assert found["some"] & {"c_gsm8k", "c_sharegpt_sample"} == set()
    assert "b_limr_math8k_prompts" in found["some"]


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    """A folder of corpora whose texts name the file that they come from, and a trace."""
    folder = tmp_path / "corpora"
    folder.mkdir()
    for file in sorted({source.file for source in SOURCES}):
        kinds = {prefix for source in SOURCES if source.file == file for prefix in source.prefixes}
        rows = [
            {"text": _text(file, n), "kind": kind, "lang": lang, "turn": turn, "system": f"system {n}"}
            for kind in sorted(kinds) for lang in ("en", "zh") for turn in (1, 2) for n in range(30)
        ]  # fmt: skip
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{file}.parquet")
    hours = pd.DataFrame({"timestamp_s": [3600.0 * hour for hour in range(168)]})
    rates = hours.assign(model="m", client="c", rate_rps=1.0 + hours.index % 24)
    rates.to_parquet(folder / "a_servegen_client_rates.parquet")
    return folder


def _text(file: str, number: int) -> str:
    """A text that gives sentences, and the parts of a rubric prompt."""
    mark = f"from-{file}-{number}"
    judged = f"###Response to evaluate: {mark} is right. ###Reference Answer (Score 5): {mark} it is."
    return f"{judged} ###Score Rubrics: The tall lighthouse {mark} stands near the old harbour wall."


def _marks(folder: Path) -> set[str]:
    """The files that a world's texts come from."""
    (log,) = logs_of(folder)
    with Path(log).open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as lines:
        return set(re.findall(r"from-(\w+)-\d", lines.read().decode()))
