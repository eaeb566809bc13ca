from __future__ import annotations

import pytest

from features.adapters import FORMATS, FormatError, detect_format, make_adapter
from features.hashing import HashKey

CANONICAL = b'{"event_id": "e", "time": "2026-03-01T00:00:00Z", "account_id": "a"}'
BAN = b'{"kind": "ban", "time": "2026-03-01T00:00:00Z", "account_id": "a"}'
RELEASE = b'{"kind": "model_release", "time": "2026-03-01T00:00:00Z", "model": "m"}'
LITELLM = b'{"id": "e", "startTime": 1772366400.0, "metadata": {}}'
NOISE = [b"", b"[]", b"{", b"\xff", b'{"event_id": 1}', b"[" * 5000]


@pytest.mark.parametrize(
    ("records", "name"),
    [
        ([CANONICAL], "canonical"),
        ([BAN, RELEASE], "canonical"),
        ([LITELLM], "litellm"),
        ([*NOISE, LITELLM], "litellm"),
        ([LITELLM, CANONICAL, CANONICAL], "canonical"),
        ([CANONICAL, LITELLM, LITELLM], "litellm"),
    ],
)
def test_the_majority_decides(records: list[bytes], name: str) -> None:
    """The format is what most records speak for; broken ones and a stray one change nothing."""
    assert detect_format(records) == name


@pytest.mark.parametrize("records", [[], NOISE, [CANONICAL, LITELLM]])
def test_no_majority_is_an_error_with_its_remedy(records: list[bytes]) -> None:
    """Nothing recognisable, or a tie, names the formats and the option that chooses one."""
    with pytest.raises(FormatError, match="--format, one of canonical, litellm"):
        detect_format(records)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CANONICAL.decode().encode("utf-16"), "UTF-16; write it as UTF-8"),
        (CANONICAL.decode().encode("utf-16-be"), "UTF-16; write it as UTF-8"),
        (b"[" + CANONICAL + b"," + BAN + b"]", "one JSON array; write an object on each line"),
        (b"\n [\n" + CANONICAL[:-1] + b"\n}\n]", "one JSON array"),
        (b'{\n"event_id": "e"\n}', "several lines; write each on one line"),
        (b"time,account\n1,a", "none of them is JSON"),
        (b'{"event": "\\ud83d"}', "is of a known format; choose"),
        (b"\n\n", "is of a known format; choose"),
    ],
)
def test_a_log_in_another_wrapping_is_told_how_to_take_it_off(text: bytes, told: str) -> None:
    """By what the first record looks like, beside the option that chooses a format."""
    with pytest.raises(FormatError, match=f"{told}.*--format"):
        detect_format(text.split(b"\n"))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_an_adapter(name: str) -> None:
    """Each known format's adapter goes by its name."""
    assert make_adapter(name, HashKey.from_secret("s")).name == name


def test_an_unknown_format_is_refused() -> None:
    """A format that does not exist is an error that lists those that do."""
    with pytest.raises(FormatError, match="'csv' is not known; choose with --format"):
        make_adapter("csv", HashKey.from_secret("s"))
