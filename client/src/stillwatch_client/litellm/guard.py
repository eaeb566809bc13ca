"""The guardrail: LiteLLM asks before each request, and is answered from memory."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any, Final

from litellm.integrations.custom_guardrail import CustomGuardrail

from stillwatch_client.cache import VerdictCache
from stillwatch_client.challenged import Challenged
from stillwatch_client.decision import DENIALS
from stillwatch_client.litellm.asked import with_asked
from stillwatch_client.litellm.degrade import degraded
from stillwatch_client.litellm.denial import denial
from stillwatch_client.litellm.outages import Outages
from stillwatch_client.litellm.parameters import parameters_of
from stillwatch_client.litellm.subject import account_fields, ids_of_caller, subject_of
from stillwatch_client.litellm.values import mapping, text
from stillwatch_client.settings import cache_settings_from, service_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stillwatch_client.decision import Decision

CHALLENGE: Final = 'PrivateToken realm="stillwatch"'
"""`WWW-Authenticate` of a challenge where the operator gives none"""
TOKEN_HEADER: Final = "private-token"  # noqa: S105 - the name of a header
"""where clients send tokens"""

_log = logging.getLogger(__name__)


class StillwatchGuard(CustomGuardrail):
    """For `guardrail: stillwatch_client.litellm.StillwatchGuard` with `mode: pre_call`.

    The parameters `api_base`, `api_key`, `ca_file`, `fail`, `shadow`, `max_staleness`, `max_verdicts`,
    `account_from`, `challenge` and `token_header` are also read from the environment, as STILLWATCH_URL,
    _KEY, _CA_FILE, and so on; a parameter goes first.
    """

    def __init__(self, *, cache: VerdictCache | None = None, **options: Any) -> None:
        environ = environment(options, os.environ)
        self._account_from = account_fields(environ.get("STILLWATCH_ACCOUNT_FROM", "user,team,key"))
        self._challenge = environ.get("STILLWATCH_CHALLENGE", CHALLENGE)
        service = service_from(environ)
        self._token_header = environ.get("STILLWATCH_TOKEN_HEADER", TOKEN_HEADER).lower()
        self._challenged = Challenged(service, self._token_header)
        self.verdicts = cache or VerdictCache(cache_settings_from(service, environ, "litellm"))
        self._outages = Outages(self.verdicts.counters)
        self.verdicts.start()
        super().__init__(**options)

    async def async_pre_call_hook(
        self,
        user_api_key_dict: Any,
        cache: Any,  # noqa: ARG002 - LiteLLM passes it by this name
        data: dict[str, Any],
        call_type: Any,  # noqa: ARG002 - as above
    ) -> dict[str, Any] | None:
        """The request to go on with, None for as it is; raises `StillwatchDenial` (429, 401, 403, 503)."""
        decision = self._decide(user_api_key_dict)
        if decision.enforced == "challenge":
            await self._challenge_by(decision, data)
        elif decision.enforced in DENIALS:
            raise denial(decision)
        if decision.enforced == "degrade" and decision.degrade is not None:
            return with_asked(degraded(data, decision.degrade), parameters_of(data, {}))
        return None

    async def _challenge_by(self, decision: Decision, data: Mapping[str, Any]) -> None:
        """Let the request pass if the service takes its token, else raise the service's challenge."""
        headers = mapping(mapping(data.get("proxy_server_request")).get("headers"))
        token = text(headers.get(self._token_header))
        answer = await self._challenged.ask(decision.account_id or "", token)
        if not answer.passes:
            raise denial(decision, ", ".join((*answer.challenges, self._challenge)))

    def _decide(self, caller: Any) -> Decision:
        try:
            subject = subject_of(ids_of_caller(caller), self._account_from)
            decision = self.verdicts.decide(
                account=subject.account, api_key=subject.api_key, end_user=subject.end_user
            )
        except Exception:  # noqa: BLE001 - as said below
            # No request fails for a mistake of ours.
            _log.exception("Stillwatch: deciding failed")
            decision = self.verdicts.failed()
        self._outages.note(decision)
        return decision


def environment(options: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, with the guardrail's own parameters in the place of its variables."""
    names = {
        "api_base": "STILLWATCH_URL",
        "api_key": "STILLWATCH_KEY",
        "ca_file": "STILLWATCH_CA_FILE",
        "fail": "STILLWATCH_FAIL",
        "shadow": "STILLWATCH_SHADOW",
        "max_staleness": "STILLWATCH_MAX_STALENESS",
        "max_verdicts": "STILLWATCH_MAX_VERDICTS",
        "account_from": "STILLWATCH_ACCOUNT_FROM",
        "challenge": "STILLWATCH_CHALLENGE",
        "token_header": "STILLWATCH_TOKEN_HEADER",
    }
    given = {
        names[name]: _text(value) for name, value in options.items() if name in names and value is not None
    }
    return {**environ, **given}


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
