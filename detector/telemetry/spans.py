"""Traces, if wanted: what a commit, a tick or a checkpoint took, for OpenTelemetry.

Without the extra `otel` a span is one call that returns one constant.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Final, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from detector.telemetry.fields import Field

Step = Literal["decode", "commit", "tick", "conclude", "checkpoint", "recover", "deliver"]

EXPORTERS: Final = ("none", "otlp")


class SpansError(Exception):
    """Traces cannot be exported: says why, and the remedy."""


class Spans(Protocol):
    """Where spans go."""

    def span(self, step: Step, **attributes: Field) -> AbstractContextManager[None]:
        """Time a block as one step of the stream."""
        ...


class NoSpans:
    """Traces nothing."""

    _NOTHING: Final = nullcontext()

    def span(self, step: Step, **attributes: Field) -> AbstractContextManager[None]:  # noqa: ARG002 - the seam's
        """Run the block."""
        return self._NOTHING


@contextmanager
def open_spans(exporter: str, version: str) -> Iterator[Spans]:
    """Spans for one of `EXPORTERS`; those that wait are sent at the end of the block.

    `otlp` sends them where the standard variables say (`OTEL_EXPORTER_OTLP_ENDPOINT` and the like).
    Raises `SpansError` for another name, and without the extra `otel`.
    """
    if exporter == "none":
        yield NoSpans()
        return
    if exporter != "otlp":
        raise SpansError(f"--traces {exporter!r} is not known; give one of {', '.join(EXPORTERS)}")
    try:
        from detector.telemetry.otel import otlp_spans  # noqa: PLC0415 - only there with the extra
    except ImportError:
        raise SpansError("--traces otlp needs OpenTelemetry: pip install 'stillwatch[otel]'") from None
    with otlp_spans(version) as spans:
        yield spans
