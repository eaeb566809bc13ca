from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detector.exports.cef import cef, escape_header, escape_value
from detector.exports.sending.syslog_message import Header, framed
from tests.support.exported import finding_of

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=300)


def read_header(line: str) -> list[str]:
    """The seven fields of a header and the rest: a bar ends a field unless a backslash is before it."""
    fields: list[str] = []
    field, at = "", 0
    while len(fields) < 7:
        if line[at] == "\\":
            field += line[at + 1]
            at += 2
            continue
        if line[at] == "|":
            fields.append(field)
            field = ""
        else:
            field += line[at]
        at += 1
    return [*fields, line[at:]]


def read_extension(text: str) -> dict[str, str]:
    """Values by key: a key is the word before an equals sign that no backslash precedes."""
    ends = []
    at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == "=":
            ends.append(at)
        at += 1
    starts = [text.rfind(" ", 0, end) + 1 for end in ends]
    stops = [*(start - 1 for start in starts[1:]), len(text)]
    return {
        text[start:end]: unescaped(text[end + 1 : stop])
        for start, end, stop in zip(starts, ends, stops, strict=True)
    }


def unescaped(value: str) -> str:
    """Backslashes taken away, and ends of lines put back."""
    found, at = "", 0
    while at < len(value):
        if value[at] == "\\":
            found += {"n": "\n", "r": "\r"}.get(value[at + 1], value[at + 1])
            at += 2
        else:
            found += value[at]
            at += 1
    return found


@given(st.lists(PLAIN, min_size=7, max_size=7), PLAIN)
def test_headers_come_back(fields: list[str], rest: str) -> None:
    """Whatever a field holds, a reader finds the same fields."""
    line = "|".join(map(escape_header, fields)) + "|" + rest
    assert read_header(line) == [*fields, rest]


@given(st.lists(PLAIN, min_size=1, max_size=5))
def test_values_come_back(values: list[str]) -> None:
    """Whatever a value holds, as an equals sign or a key, a reader finds the same values."""
    said = {f"k{at}": value for at, value in enumerate(values)}
    line = " ".join(f"{name}={escape_value(value)}" for name, value in said.items())
    assert read_extension(line) == said


@given(st.lists(st.sampled_from(["a", "\n", "\r", "\\", "="]), max_size=20).map("".join))
def test_ends_of_lines_come_back(value: str) -> None:
    """In a value they are escaped and stay."""
    assert unescaped(escape_value(value)) == value


@given(ANY)
def test_a_line_stays_one_line(name: str) -> None:
    """No account name can begin another record."""
    line = cef(finding_of("account", subject=name or "-"))
    assert len(line.splitlines()) == 1
    assert not any(ord(letter) < 32 for letter in line)


def test_a_finding_says_who_what_and_when() -> None:
    """The fields that a SIEM maps by itself, and ours beside their labels."""
    header = read_header(cef(finding_of("account")))
    assert header[:4] == ["CEF:0", "Stillwatch", "Stillwatch", "1.2.3"]
    assert header[6] == "8"
    found = read_extension(header[7])
    assert found["suid"] == "acc-1"
    assert found["cat"] == "distillation"
    assert (found["cs1Label"], found["cs1"]) == ("campaign", "cmp_1")
    assert (found["cn1Label"], found["cn1"]) == ("requests", "400")
    assert found["rt"] == "1780003600000"


def test_a_syslog_line_is_framed_by_its_bytes() -> None:
    """RFC 5424's header, with octets counted and not letters."""
    line = Header(16, 5, 1_780_000_000_000, "host name").line("CEF:0|é")
    assert line.startswith(b"<130>1 2026-05-28T20:26:40.000Z hostname stillwatch - finding - CEF:0|")
    count, _, rest = framed(line).partition(b" ")
    assert int(count) == len(rest) == len(line)
