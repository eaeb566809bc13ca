"""What a stream on Spark has to be told; nothing here needs Spark."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from streaming.kafka_settings import KafkaSettings

SESSION: Final[Mapping[str, str]] = MappingProxyType(
    {
        # Options that no plan or log may show.
        "spark.sql.redaction.options.regex": "(?i)url|jaas|password|keystore",
    }
)
"""Settings that a session must have been opened with."""


@dataclass(frozen=True, slots=True)
class QuerySettings:
    """What an operator chooses."""

    kafka: KafkaSettings
    state_dir: str
    """where Spark keeps offsets and state: a folder, or a URL that all executors reach"""
    weights: Path
    """folder of the text weights, on the driver"""
    shards: int = 1
    """of each partition"""
    trigger_seconds: float = 1.0
    """from the start of a batch to that of the next, if it takes no longer"""
    most_records: int | None = None
    """in a batch; None: all that there are"""


def connector_jars(prefix: Path) -> list[Path]:
    """The connector to Kafka that `make parts` puts into an environment; none if it did not."""
    folder = prefix / "spark"
    return sorted(folder.glob("*.jar")) if (folder / "ready").exists() else []
