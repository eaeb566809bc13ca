"""How topics are kept, and what they take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kafka import errors
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from streaming.kafka.connection import connected, explain, sink_error
from streaming.kafka_settings import where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streaming.kafka_settings import KafkaSettings

POLICY: Final = "cleanup.policy"
MOST_BYTES: Final = "max.message.bytes"

_USUAL_BYTES: Final = 1024 * 1024
"""What a broker takes unless it is told otherwise, and a little less."""
_UNTOLD: Final = "the brokers do not tell; allow the login DescribeConfigs of it"
_AROUND: Final = 256
"""Bytes around a key and a value, where they are a batch of their own (KIP-98: 61, and some varints)."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What the brokers say of a topic."""

    name: str
    policy: str | None
    record_bytes: int
    """key and value together"""
    unknown: str = ""
    """why the rest is; the login may not be allowed to ask"""

    def compaction_problem(self, settings: KafkaSettings) -> str | None:
        """What is wrong if it is not compacted, with the command that mends it."""
        if self.policy is None:
            return f"whether topic {self.name} is compacted is unknown: {self.unknown}"
        if "compact" in self.policy.split(","):
            return None
        return (
            f"{where(settings)}: topic {self.name} has {POLICY}={self.policy}, so the last record of a key "
            "is not kept, or not alone; mend it by: kafka-configs.sh "
            f"--bootstrap-server {settings.brokers[0]} --alter "
            f"--entity-type topics --entity-name {self.name} --add-config {POLICY}=compact"
        )


def ask(settings: KafkaSettings, environ: Mapping[str, str], name: str) -> Topic:
    """The topic `name`, which is there; raises `SinkError`."""
    asked = ConfigResource(ConfigResourceType.TOPIC, name, dict.fromkeys((POLICY, MOST_BYTES)))
    try:
        with connected(KafkaAdminClient, sink_error, settings, environ) as admin:
            said = admin.describe_configs([asked], config_filter="all")["topic"][name]
    except errors.KafkaError as error:
        return Topic(name, None, _USUAL_BYTES - _AROUND, explain(error, settings))
    # Of a topic that the login may not describe, kafka-python gives no settings and no error.
    policy, most = (said[one]["value"] if one in said else None for one in (POLICY, MOST_BYTES))
    size = _USUAL_BYTES if most is None else int(most)
    return Topic(name, policy, size - _AROUND, "" if policy else _UNTOLD)
