"""The logger: each finished or refused request of LiteLLM becomes a usage event."""

from __future__ import annotations

import atexit
import logging
from typing import TYPE_CHECKING, Any, cast

from litellm.integrations.custom_logger import CustomLogger

from stillwatch_client.http_transport import HttpTransport
from stillwatch_client.litellm.events import EventRules, usage_event
from stillwatch_client.litellm.subject import account_fields
from stillwatch_client.settings import SettingsError, ShipperSettings, service_from
from stillwatch_client.shipper import EventShipper

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stillwatch_client.litellm.events import Content
    from stillwatch_client.transport import Transport

_log = logging.getLogger(__name__)


class StillwatchLogger(CustomLogger):
    """Gives events to a shipper. LiteLLM passes by keyword: the names of the parameters are its own."""

    def __init__(self, shipper: EventShipper, rules: EventRules, **options: Any) -> None:
        super().__init__(**options)
        self.shipper = shipper
        self._rules = rules

    async def async_log_success_event(
        self,
        kwargs: Mapping[str, Any],
        response_obj: Any,  # noqa: ARG002 - LiteLLM passes it by this name
        start_time: Any,  # noqa: ARG002 - LiteLLM passes it by this name
        end_time: Any,  # noqa: ARG002 - LiteLLM passes it by this name
    ) -> None:
        """After an answer; of a stream, after its end."""
        self._ship(kwargs)

    async def async_log_failure_event(
        self,
        kwargs: Mapping[str, Any],
        response_obj: Any,  # noqa: ARG002 - LiteLLM passes it by this name
        start_time: Any,  # noqa: ARG002 - LiteLLM passes it by this name
        end_time: Any,  # noqa: ARG002 - LiteLLM passes it by this name
    ) -> None:
        """After an error or a denial."""
        self._ship(kwargs)

    def _ship(self, kwargs: Mapping[str, Any]) -> None:
        try:
            event = usage_event(kwargs, self._rules)
        except Exception:  # noqa: BLE001 - no mistake of ours may reach the gateway
            # The message, and not the event: that has content.
            _log.exception("Stillwatch: an event could not be made")
            event = None
        if event is None:
            self.shipper.counters.add("unusable")
        else:
            self.shipper.send(event)


def logger_from(environ: Mapping[str, str]) -> StillwatchLogger:
    """A logger by the environment, which delivers what waits when the gateway ends.

    STILLWATCH_KAFKA_BROKERS and STILLWATCH_TOPIC, or else STILLWATCH_URL and _KEY, say where to;
    STILLWATCH_ACCOUNT_FROM and _CONTENT (full or none) what.
    """
    settings = ShipperSettings()
    shipper = EventShipper(_transport(environ, settings.timeout), settings)
    atexit.register(shipper.close)
    fields = account_fields(environ.get("STILLWATCH_ACCOUNT_FROM", "user,team,key"))
    return StillwatchLogger(shipper, EventRules(fields, _content(environ)))


def _content(environ: Mapping[str, str]) -> Content:
    content = environ.get("STILLWATCH_CONTENT", "full")
    if content not in {"full", "none"}:
        raise SettingsError("STILLWATCH_CONTENT: is neither full nor none; give one of them")
    return cast("Content", content)


def _transport(environ: Mapping[str, str], timeout: float) -> Transport:
    brokers = environ.get("STILLWATCH_KAFKA_BROKERS")
    if not brokers:
        return HttpTransport(service_from(environ), timeout)
    topic = environ.get("STILLWATCH_TOPIC")
    if not topic:
        raise SettingsError("STILLWATCH_TOPIC: is not set; give the topic that STILLWATCH_KAFKA_BROKERS has")
    try:
        from stillwatch_client.kafka_transport import KafkaTransport  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SettingsError("STILLWATCH_KAFKA_BROKERS: needs stillwatch-client[kafka]; install it") from error
    return KafkaTransport(brokers, topic, timeout)
