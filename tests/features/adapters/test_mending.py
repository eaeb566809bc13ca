"""What a client may write into its requests does not get them rejected, in any format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.adapters import FORMATS, detect_format, make_adapter
from features.adapters.mending import mended, shallow
from features.adapters.otlp_export import split_json
from features.hashing import HashKey
from tests.support.batches import parts_of, plain

KEY = HashKey.from_secret("a secret of the tests")
GOLDEN = Path(__file__).parent / "golden"
HEAD = b'{"event_id":"e","time":"2026-03-02T00:00:09Z","account_id":"a"'
PAIR = HEAD + b',"response":{},"request":{"model":"m",'
LITELLM = b'{"id":"e","startTime":1772366400.0,"metadata":{"user_api_key_user_id":"a"}'
ODD = [b"1e999", b"-1e999", b"NaN", b"Infinity", b"-Infinity", b"9" * 4301, b"-" + b"9" * 5000]


def _golden(name: str) -> list[dict[str, Any]]:
    return [
        record
        for path in sorted((GOLDEN / name).glob("*.json"))
        for record in json.loads(path.read_text())["records"]
    ]


def _halved(value: Any) -> Any:
    """The value with half a character behind every text that is a prompt or an answer."""
    if isinstance(value, dict):
        return {
            key: item + "\ud83d" if key in {"content", "text"} and isinstance(item, str) else _halved(item)
            for key, item in value.items()
        }
    return [_halved(item) for item in value] if isinstance(value, list) else value


@given(st.lists(st.sampled_from([r"\ud83d", r"\uDE00", r"\\", r"\n", r"\"", "u", "d83d", "é"])))
def test_only_halves_are_mended(parts: list[str]) -> None:
    """As Python reads a text, halves of characters left as U+FFFD; whole ones and backslashes stay."""
    text = f'"{"".join(parts)}"'
    whole = json.loads(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    assert msgspec.json.decode(mended(text.encode())) == whole


@pytest.mark.parametrize("name", FORMATS)
def test_half_a_character_changes_nothing_else(name: str) -> None:
    """Each golden record is read, or rejected, with halves in texts and in an unknown field as without."""
    records = _golden(name)
    usual = [json.dumps(record).encode() for record in records]
    strange = [json.dumps(_halved(record) | {"zzz": "\ude00"}).encode() for record in records]
    adapter = make_adapter(name, KEY)

    found, expected = adapter.decode(strange), adapter.decode(usual)

    assert found.rejected == expected.rejected
    assert found.lifecycle == expected.lifecycle
    assert found.lines == expected.lines
    bare = [[row | {"parts": None} for row in plain(one.batch)] for one in (found, expected)]
    assert bare[0] == bare[1]


def test_the_text_before_half_a_character_is_read() -> None:
    """The prompt is evidence, whatever its end; alone and between records that are whole."""
    record = HEAD + b',"messages":[{"role":"user","content":"hi \\ud83d"}],"response":"\\\\ud83d"}'
    adapter = make_adapter("canonical", KEY)

    event = adapter.read(record)
    batch = adapter.decode([HEAD + b"}", record, HEAD + b"}"]).batch

    assert msgspec.to_builtins(event)["messages"] == [{"role": "user", "content": "hi \ufffd"}]
    assert [text for _, text in parts_of(batch)[1]] == ["hi \ufffd", "\\ud83d"]


def test_half_a_character_in_json_text_hides_no_prompt() -> None:
    """A body that a tool wrote as text within the record is read all the same."""
    body = json.dumps({"messages": [{"role": "user", "content": "hi \ud83d"}], "seed": float("nan")})
    record = json.dumps(json.loads(HEAD + b"}") | {"request": body, "response": {}}).encode()

    batch = make_adapter("openai", KEY).decode([record]).batch

    assert [[text for _, text in parts] for parts in parts_of(batch)] == [["hi \ufffd"]]


def test_a_format_is_told_from_records_with_halves_and_no_numbers() -> None:
    """A log of which every record is strange is known by its keys."""
    assert detect_format([HEAD + b',"zzz":"\\ud83d"}']) == "canonical"
    assert detect_format([PAIR + b'"seed":NaN}}']) == "openai"


def test_an_export_with_half_a_character_is_split() -> None:
    """The other spans of an export are not lost, nor the resource that names the account."""
    span = {"attributes": [{"key": "gen_ai.request.model", "value": {"stringValue": "m\ud83d"}}]}
    resource = {"attributes": [{"key": "user.id", "value": {"stringValue": "a"}}]}
    body = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span, {}]}]}]}

    found = split_json(json.dumps(body).encode())

    assert found.left_out == 1
    assert [b"user.id" in record for record in found.records] == [True]


@pytest.mark.parametrize("number", ODD)
@pytest.mark.parametrize("field", [b"seed", b"temperature", b"zzz", b"response_format"])
def test_a_number_that_is_none_is_no_parameter(number: bytes, field: bytes) -> None:
    """In a body that the client wrote it rejects nothing, in a list of tools neither."""
    inside = b'"%s":%s,"tools":[{"most":%s}]}}' % (field, number, number)
    pair = make_adapter("openai", KEY).decode([PAIR + inside])
    litellm = make_adapter("litellm", KEY).decode([LITELLM + b',"model_parameters":{' + inside])

    assert not pair.rejected
    assert not litellm.rejected
    assert pair.batch.rows["tool_count"] == litellm.batch.rows["tool_count"] == 1


@given(
    st.recursive(
        st.one_of(st.none(), st.integers(), st.text(alphabet='a"\\[]{}\ud83d')),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.text("[]", max_size=2), inner, max_size=3)
        ),
    ),
    st.integers(0, 70),
)
def test_only_what_is_nested_deeply_is_cut(value: Any, depth: int) -> None:
    """What stands in 64 objects and lists stays, and null stands for what is in more."""

    def cut(value: Any, inside: int) -> Any:
        if not isinstance(value, dict | list):
            return value
        if inside == 64:
            return None
        if isinstance(value, list):
            return [cut(item, inside + 1) for item in value]
        return {name: cut(item, inside + 1) for name, item in value.items()}

    for _ in range(depth):
        value = [value, {}]

    assert json.loads(shallow(json.dumps(value).encode())) == cut(value, 0)


@pytest.mark.parametrize("poison", [rb'"\ud83d"', b"1e999", b"NaN"])
@pytest.mark.parametrize("levels", [300, 450, 600, 850])
def test_what_is_nested_deeply_may_hold_halves_and_no_numbers(levels: int, poison: bytes) -> None:
    """Where a record is read without them, as deep as that goes, it is with them."""
    deep = b"[" * levels + b"%s" + b"]" * levels
    texts = {
        "litellm": LITELLM + b',"model_parameters":{"response_format":%s}}' % deep,
        "openai": PAIR + b'"response_format":%s}}' % deep,
    }
    if poison != b"NaN":
        # A gateway that writes NaN in our own format writes no JSON.
        texts["canonical"] = HEAD + b',"response_format":%s}' % deep
    for name, text in texts.items():
        adapter = make_adapter(name, KEY)
        assert not adapter.decode([text % b"1"]).rejected
        assert not adapter.decode([text % poison]).rejected, name


@pytest.mark.parametrize("number", ODD)
def test_what_a_gateway_measures_is_a_number(number: bytes) -> None:
    """A gateway's own figure that is none is a fault of its log, which is told."""
    record = LITELLM + b',"prompt_tokens":' + number + b"}"

    assert len(make_adapter("litellm", KEY).decode([record]).rejected) == 1


def test_numbers_of_a_data_frame_may_stand_beside_none() -> None:
    """A log that came through a data frame has both whole numbers with a point and NaN."""
    record = LITELLM + b',"prompt_tokens":256.0,"zzz":1e999,"model_parameters":{"seed":NaN}}'

    (row,) = make_adapter("litellm", KEY).decode([record]).batch.rows

    assert row["input_tokens"] == 256
