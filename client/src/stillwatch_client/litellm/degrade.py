"""Taking out of a request what makes answers worth more to a student model than to a reader.

Log-probabilities let a student match distributions instead of single tokens (Hinton, Vinyals, Dean:
"Distilling the Knowledge in a Neural Network", 2015), and logit bias reads them out one by one (Carlini et
al.: "Stealing Part of a Production Language Model", 2024).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stillwatch_client.decision import Degrade

_CHOICES: Final = ("n", "best_of")
_NESTED: Final = ("extra_body", "optional_params", "litellm_params")
"""parts of a body whose entries LiteLLM passes on as if they were the body's own"""
_INCLUDED: Final = "message.output_text.logprobs"
"""how the Responses API asks for log-probabilities"""


def degraded(data: Mapping[str, Any], what: Degrade) -> dict[str, Any]:
    """The request without some parameters and with fewer choices; the original stays as it is."""
    kept = {name: value for name, value in data.items() if name not in what.strip}
    kept.update({name: degraded(kept[name], what) for name in _NESTED if isinstance(kept.get(name), dict)})
    if "logprobs" in what.strip and isinstance(kept.get("include"), list):
        kept["include"] = [item for item in kept["include"] if item != _INCLUDED]
    if what.clamp_n is not None:
        kept.update({name: what.clamp_n for name in _CHOICES if _over(kept.get(name), what.clamp_n)})
    return kept


def _over(value: Any, most: int) -> bool:
    # What is no number might become one on its way to the provider.
    return value is not None and not (type(value) is int and value <= most)
