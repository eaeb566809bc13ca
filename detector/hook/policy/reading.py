"""A policy file: TOML, checked, and known by the hash of its text."""

from __future__ import annotations

import re
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import msgspec

from detector.hook.errors import HookError
from detector.hook.policy.policy import Policy

if TYPE_CHECKING:
    from pathlib import Path

LONGEST: Final = 256 * 1024
"""bytes"""
MOST_RULES: Final = 100
_WHERE: Final = re.compile(r"^(?P<said>.*?)(?: - at `\$\.?(?P<path>.*?)`)?$", re.DOTALL)


class PolicyError(HookError):
    """A policy cannot be used: says the field, the place and the remedy."""


def read_policy(text: str, place: str = "policy") -> Policy:
    """The policy of a text; `place` stands in errors. Raises `PolicyError`."""
    if len(text.encode()) > LONGEST:
        raise PolicyError(f"{place}: longer than {LONGEST} bytes; leave rules out")
    try:
        policy = msgspec.toml.decode(text, type=Policy)
    except msgspec.ValidationError as error:
        raise PolicyError(_told(place, str(error))) from None
    except msgspec.DecodeError as error:
        raise PolicyError(f"{place}: no TOML: {error}; correct it there") from None
    _check(policy, place)
    return msgspec.structs.replace(policy, policy_id=policy_id(text))


def read_policy_file(path: Path) -> tuple[str, Policy]:
    """Text and policy of a file. Raises `PolicyError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PolicyError(f"{path}: no UTF-8; save it as that") from None
    except OSError as error:
        raise PolicyError(f"{path}: {error.strerror}; give a file that can be read") from None
    return text, read_policy(text, str(path))


def default_text() -> str:
    """The policy that is shipped."""
    return files("detector.hook.policy").joinpath("default.toml").read_text(encoding="utf-8")


def policy_id(text: str) -> str:
    """The same for the same text."""
    return "pol_" + sha256(text.encode()).hexdigest()[:16]


def _check(policy: Policy, place: str) -> None:
    """What the types do not say."""
    if policy.policy_id:
        raise PolicyError(f"{place}: policy_id is made of the text; leave it out")
    if len(policy.rule) > MOST_RULES:
        raise PolicyError(f"{place}: rule: more than {MOST_RULES}; join some")
    seen: set[str] = set()
    for number, rule in enumerate(policy.rule):
        at = f"{place}: rule[{number}]"
        if rule.name in seen:
            raise PolicyError(f"{at}.name: {rule.name!r} is used twice; give each rule a name of its own")
        seen.add(rule.name)
        if rule.action == "degrade" and not rule.strip and rule.clamp_n is None:
            raise PolicyError(f"{at}: degrade takes nothing out; give strip or clamp_n, or use allow")


def _told(place: str, message: str) -> str:
    """Msgspec says `Expected …, got … - at `$.rule[0].when``."""
    found = _WHERE.match(message)
    remedy = "see docs/gateways.md for the fields"
    if found is None or not found["path"]:
        return f"{place}: {message}; {remedy}"
    return f"{place}: {found['path']}: {found['said']}; {remedy}"
