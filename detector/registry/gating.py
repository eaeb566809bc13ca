"""What the gate said of a version, as `stillwatch train` wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from detector.registry.errors import RegistryError

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "gate.json"


class Check(msgspec.Struct, frozen=True):
    """One thing that must not get worse; what else a check says is for the card."""

    dimension: str
    name: str
    passed: bool
    why: str = ""


class Gate(msgspec.Struct, frozen=True):
    """Whether a challenger may replace the champion that it was held against."""

    champion: str
    challenger: str
    passed: bool
    checks: tuple[Check, ...] = ()

    @property
    def refusals(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if not check.passed)


class _Outcome(msgspec.Struct, frozen=True):
    gate: Gate


def read_gate(folder: Path) -> Gate | None:
    """The gate's report in a folder; None: there is none. Raises `RegistryError` where it is none."""
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Outcome).gate
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise RegistryError(f"{path}: is no report of a gate ({error}); train again") from None


def objection(gate: Gate | None, model_id: str, champion: str | None) -> str:
    """Why a version must not replace the model `champion` (None: there is none); empty: it may."""
    if gate is None:
        return "it went through no gate"
    if gate.challenger != model_id:
        return f"the gate's report is of {gate.challenger}, not of {model_id}"
    if not gate.passed:
        some = "; ".join(f"{one.dimension} {one.name}: {one.why}" for one in gate.refusals[:3])
        return f"the gate refused it ({some})"
    if champion is not None and gate.champion != champion:
        return f"the gate held it against {gate.champion}, and the champion is {champion}"
    return ""
