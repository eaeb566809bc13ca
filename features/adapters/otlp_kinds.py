"""Which spans of a trace are requests to a model: agents, tools and chains wrap them and are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_OTHER_OPERATIONS: Final = frozenset(
    {
        "create_agent",
        "invoke_agent",
        "execute_tool",
        "invoke_workflow",
        "plan",
        "retrieval",
        "search_memory",
        "update_memory",
        "run_guardrail",
    }
)
_REQUEST_KINDS: Final = frozenset({"LLM", "EMBEDDING"})
_MODEL_NAMES: Final = (
    "gen_ai.request.model",
    "gen_ai.response.model",
    "gen_ai.system",
    "llm.request.type",
    "llm.model_name",
)


def is_request(attributes: Mapping[str, Any]) -> bool:
    """Whether the span with these attributes is one request to a model, made for the caller.

    LiteLLM names a purpose where it asked a model for itself, to route or to guard.
    """
    kind = attributes.get("openinference.span.kind")
    if kind is not None:
        return isinstance(kind, str) and kind.upper() in _REQUEST_KINDS
    operation = attributes.get("gen_ai.operation.name")
    if isinstance(operation, str):
        own = operation in _OTHER_OPERATIONS or operation.startswith("litellm.")
        return not own and "litellm.request.purpose" not in attributes
    return any(name in attributes for name in _MODEL_NAMES)
