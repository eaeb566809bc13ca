"""How a field that a log lacks can be added where the log is written."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANYWHERE: Final = MappingProxyType(
    {
        "account": "without an account an event cannot be read",
        "client_ip": "write client_ip",
        "client_asn": "look it up from the address in front of the API, and write client_asn",
        "user_agent": "write user_agent",
        "api_key": "write api_key_id, an id or a hash of the key and never the key",
        "session": "write session_id",
        "device": "write device_id, where the client has one",
        "payment": "write payment_fingerprint, a keyed hash",
        "model": "write model",
        "status": "write status, of refused requests too",
        "latency": "write latency_ms",
        "tokens": "write input_tokens and output_tokens",
        "parameters": "write temperature, top_p, max_tokens, n, logprobs and logit_bias_size as asked",
        "content": "write messages, or sketch them beside the gateway: most of what is found needs them",
        "response": "write response, or sketch it beside the gateway",
    }
)
_HEADERS: Final = MappingProxyType(
    {
        "client_asn": "have what is in front of the gateway set the header x-client-asn",
        "device": "have what is in front of the gateway set the header x-device-id",
        "payment": "have what is in front of the gateway set the header x-payment-fingerprint",
    }
)
_BY_FORMAT: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "litellm": {
            **_HEADERS,
            "account": "make the proxy ask for virtual keys that belong to a user or a team",
            "client_ip": "use the proxy and not the SDK; behind a load balancer set use_x_forwarded_for",
            "content": "leave turn_off_message_logging off for the logger that feeds Stillwatch",
        },
        "otlp": {
            "account": "set user.id or stillwatch.account_id on the spans, or copy it there in the collector",
            "client_ip": "set client.address or stillwatch.client_ip on the span of the request",
            "user_agent": "set user_agent.original or stillwatch.user_agent on the span of the request",
            "api_key": "set stillwatch.api_key_id, or use LiteLLM's litellm.api_key.hash",
            "session": "set gen_ai.conversation.id or session.id",
            "client_asn": "set stillwatch.client_asn",
            "device": "set stillwatch.device_id",
            "payment": "set stillwatch.payment_fingerprint",
            "parameters": "set gen_ai.request.*, and stillwatch.logprobs, which the conventions lack",
            "content": "let the instrumentation capture message content, which it does only on demand",
            "response": "let the instrumentation capture message content, which it does only on demand",
        },
        "openai": {
            "account": "write account_id beside request and response, or set the header x-account-id",
            "content": "write the whole body of the request",
            "response": "write the whole body of the answer",
        },
        "envoy": {
            **_HEADERS,
            "account": "map an authenticated header to user.id in controller.logRequestHeaderAttributes",
            "client_ip": "log downstream_remote_address and x-forwarded-for",
            "user_agent": "log user-agent",
            "api_key": "log a hash of the key, as api_key_id",
            "session": "map a header to session.id in controller.logRequestHeaderAttributes",
            "tokens": "name llmRequestCosts on the route and log them as gen_ai.usage.*",
            "parameters": "an access log has none: read the gateway's traces (otlp) instead",
            "content": "an access log has none: read the gateway's traces (otlp) instead",
            "response": "an access log has none: read the gateway's traces (otlp) instead",
        },
        "kong": {
            **_HEADERS,
            "account": "put an authentication plugin before the AI proxy, so that there is a consumer",
            "api_key": "authenticate by credential (key-auth), so that there is an authenticated_entity",
            "session": "have the client's session set as the header x-session-id",
            "tokens": "set config.logging.log_statistics on the AI proxy",
            "parameters": "set config.logging.log_payloads on the AI proxy",
            "content": "set config.logging.log_payloads on the AI proxy",
            "response": "set config.logging.log_payloads on the AI proxy",
        },
        "langfuse": {
            "account": "export enriched observations, or put user_id into the generation's metadata",
            "client_ip": "put client_ip into the generation's metadata",
            "user_agent": "put user_agent into the generation's metadata",
            "api_key": "put api_key_id into the generation's metadata",
            "session": "export enriched observations, or put session_id into the metadata",
            "client_asn": "put client_asn into the generation's metadata",
            "device": "put device_id into the generation's metadata",
            "payment": "put payment_fingerprint into the generation's metadata",
            "content": "export the field group io",
            "response": "export the field group io",
            "parameters": "export the field group model, and pass model parameters to the SDK",
        },
        "helicone": {
            "account": "send Helicone-User-Id with every request",
            "client_ip": "send Helicone-Property-Client-IP; Helicone keeps the country only",
            "user_agent": "send Helicone-Property-User-Agent",
            "api_key": "send Helicone-Property-Api-Key-Id",
            "session": "send Helicone-Session-Id",
            "client_asn": "send Helicone-Property-Client-ASN",
            "device": "send Helicone-Property-Device-Id",
            "payment": "send Helicone-Property-Payment-Fingerprint",
            "parameters": "export with bodies (--include-body)",
            "content": "export with bodies (--include-body); the webhook cuts them at 10 KB",
            "response": "export with bodies (--include-body); the webhook cuts them at 10 KB",
        },
    }
)


_OURS: Final = frozenset({"canonical", "openai"})
"""formats whose fields beside the bodies have our names"""
_HAS_IT: Final = "the format has a place for it, which these events leave empty: see docs/formats.md"


def advice(log_format: str, field: str) -> str:
    """What the operator of a log in `log_format` can do to have `field`, one of those of field health."""
    found = _BY_FORMAT.get(log_format, {}).get(field)
    if found is None:
        found = _ANYWHERE[field] if log_format in _OURS else _HAS_IT
    return found
