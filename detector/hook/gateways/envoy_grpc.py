"""Envoy's ext_authz over gRPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import grpc
from grpc import aio

from detector.hook.asking import ask, bypass
from detector.hook.decision import STATUS
from detector.hook.gateways.messages import METHOD, OVERWRITE, SERVICE, Messages
from detector.hook.headers import (
    ACCOUNT,
    API_KEY,
    END_USER,
    HUMAN,
    PLAN,
    denial,
    denied,
    facts_in,
    headers_of,
    text_of,
)
from detector.hook.problems import PROBLEM_JSON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detector.hook.decision import Decision
    from detector.hook.parts import Parts

GATEWAY: Final = "envoy-grpc"
MESSAGE_BYTES: Final = 1 << 20
_SUBJECTS: Final = (ACCOUNT, API_KEY, END_USER, PLAN, HUMAN)
_EXTENSIONS: Final = {name.removeprefix("x-stillwatch-").replace("-", "_"): name for name in _SUBJECTS}
_DENIED: Final = {
    "throttle": grpc.StatusCode.RESOURCE_EXHAUSTED.value[0],
    "challenge": grpc.StatusCode.UNAUTHENTICATED.value[0],
    "block": grpc.StatusCode.PERMISSION_DENIED.value[0],
}


class Authorization:
    """The service: reads a request's headers and `context_extensions`, answers OK or denied."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._messages = Messages()

    def handler(self) -> grpc.GenericRpcHandler:
        """To be added to a server."""
        check = grpc.unary_unary_rpc_method_handler(
            self.check,
            request_deserializer=_nothing_raised(self._messages.request),
            response_serializer=self._messages.response.SerializeToString,
        )
        return grpc.method_handlers_generic_handler(SERVICE, {METHOD: check})

    async def check(self, request: Any, context: Any) -> Any:
        """Decide on a request that Envoy holds."""
        if request is None:
            return self._answer(bypass(self._parts, GATEWAY, "bad_request"))
        headers = _subject(request.attributes)
        sent = {
            name: value if isinstance(value, str) else text_of(value)
            for name, value in context.invocation_metadata() or ()
        }
        return self._answer(await ask(self._parts, GATEWAY, sent, facts_in(headers), headers))

    def _answer(self, decision: Decision) -> Any:
        reply = self._messages.response()
        headers = headers_of(decision, self._parts.settings.challenge)
        if denied(decision):
            action = decision.enforced
            reply.status.code = _DENIED[action]
            reply.denied_response.status.code = STATUS[action]
            reply.denied_response.body = denial(decision).decode()
            _put(reply.denied_response.headers, headers | {"content-type": PROBLEM_JSON})
        else:
            reply.status.code = 0
            _put(reply.ok_response.headers, headers)
        # Envoy puts these into its access log, so that logs and decisions can be joined.
        told = reply.dynamic_metadata.fields
        told["decision_id"].string_value = decision.decision_id
        told["action"].string_value = decision.action
        told["enforced"].string_value = decision.enforced
        return reply


def make_server(parts: Parts) -> aio.Server:
    """A server on the running event loop, with no port yet."""
    server = aio.server(
        options=[("grpc.max_receive_message_length", MESSAGE_BYTES), ("grpc.so_reuseport", 0)],
    )
    server.add_generic_rpc_handlers((Authorization(parts).handler(),))
    return server


def _subject(attributes: Any) -> Mapping[str, str]:
    """Headers of the request, over which Envoy's own `context_extensions` count."""
    headers = dict(attributes.request.http.headers)
    for name, value in attributes.context_extensions.items():
        header = _EXTENSIONS.get(name)
        if header is not None:
            headers[header] = value
    return headers


def _put(target: Any, headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        option = target.add(append_action=OVERWRITE)
        option.header.key = name
        option.header.value = value


def _nothing_raised(kind: Any) -> Any:
    """Reading that answers None instead of an error, which Envoy would take for a failure of ours."""

    def read(data: bytes) -> Any:
        try:
            return kind.FromString(data)
        except Exception:  # noqa: BLE001 - whatever the bytes are
            return None

    return read
