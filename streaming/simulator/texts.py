"""Texts with slots. All text is kept as the inside of a JSON string, so that a line is only put together."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, Self

from streaming.simulator.streams import draw

if TYPE_CHECKING:
    from collections.abc import Sequence

BY_ITEM: Final = 0
"""Salt of a slot that is filled by the request's item; any other salt draws from the request's seed."""
WORDING_SALT: Final = 977


def escape(text: str) -> str:
    """`text` as it stands between the quotes of a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


@dataclass(frozen=True, slots=True)
class Pool:
    """Texts of one kind and one origin."""

    name: str
    texts: Sequence[str]
    """escaped, at least one"""

    @classmethod
    def of(cls, name: str, plain: Sequence[str]) -> Self:
        """Escape `plain`; raises `ValueError` for an empty pool."""
        if not plain:
            raise ValueError(f"pool {name}: holds no text; a slot cannot be filled from it")
        return cls(name, [escape(text) for text in plain])

    def __len__(self) -> int:
        return len(self.texts)

    def part(self, start: int, count: int) -> Pool:
        """`count` texts from `start` on, around the end if need be."""
        n = len(self.texts)
        return Pool(self.name, [self.texts[(start + k) % n] for k in range(min(count, n))])


class Texts(Protocol):
    """Escaped texts by number."""

    def __len__(self) -> int: ...

    def __getitem__(self, item: int, /) -> str: ...


@dataclass(frozen=True, slots=True)
class Slot:
    """A gap in a template: filled from `texts` by the item, or by a draw of its own."""

    texts: Texts
    salt: int = BY_ITEM


@dataclass(frozen=True, slots=True)
class Template:
    """Literal text around slots: `literals[0] slots[0] literals[1] ...`."""

    literals: tuple[str, ...]
    """escaped; one more than there are slots"""
    slots: tuple[Slot, ...] = ()

    @classmethod
    def of(cls, text: str, **slots: Slot) -> Self:
        """Cut plain `text` at its `{name}` fields; raises `KeyError` for a field without a slot."""
        literals, found, rest = [], [], text
        while (opened := rest.find("{")) >= 0:
            name, _, after = rest[opened + 1 :].partition("}")
            if not name.isidentifier():
                raise KeyError(f"template: {{{name}}} names no slot; write the field as an identifier")
            literals.append(escape(rest[:opened]))
            found.append(slots[name])
            rest = after
        return cls((*literals, escape(rest)), tuple(found))

    def fill(self, item: int, seed: int) -> str:
        """The text of one request, escaped."""
        literals = self.literals
        parts = [literals[0]]
        for at, slot in enumerate(self.slots):
            texts = slot.texts
            parts.append(texts[(draw(seed, slot.salt) if slot.salt else item) % len(texts)])
            parts.append(literals[at + 1])
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Wording:
    """One thing said in one of several ways, drawn by request."""

    templates: tuple[Template, ...]

    @classmethod
    def of(cls, *templates: Template) -> Self:
        """At least one template."""
        if not templates:
            raise ValueError("wording: has no template; give at least one")
        return cls(templates)

    def fill(self, item: int, seed: int) -> str:
        """The text of one request, escaped."""
        templates = self.templates
        if len(templates) == 1:
            return templates[0].fill(item, seed)
        return templates[draw(seed, WORDING_SALT) % len(templates)].fill(item, seed)
