"""How topics are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kafka import errors
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from streaming.kafka.connection import connected, explain, sink_error
from streaming.kafka_settings import where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streaming.kafka_settings import KafkaSettings

POLICY: Final = "cleanup.policy"


def compaction_problem(settings: KafkaSettings, environ: Mapping[str, str], topic: str) -> str | None:
    """What is wrong if `topic` is not compacted, with the command that mends it; raises `SinkError`."""
    try:
        policy = _policy(settings, environ, topic)
    except errors.KafkaError as error:
        return f"whether topic {topic} is compacted is unknown: {explain(error, settings)}"
    if "compact" in policy.split(","):
        return None
    return (
        f"{where(settings)}: topic {topic} has {POLICY}={policy}, so the last record of a key is not "
        f"kept, or not alone; mend it by: kafka-configs.sh --bootstrap-server {settings.brokers[0]} --alter "
        f"--entity-type topics --entity-name {topic} --add-config {POLICY}=compact"
    )


def _policy(settings: KafkaSettings, environ: Mapping[str, str], topic: str) -> str:
    asked = ConfigResource(ConfigResourceType.TOPIC, topic, {POLICY: None})
    with connected(KafkaAdminClient, sink_error, settings, environ) as admin:
        configs = admin.describe_configs([asked], config_filter="all")
    return str(configs["topic"][topic][POLICY]["value"])
