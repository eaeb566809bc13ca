"""The two fixed-size rows of an event: `EVENT_ROW` (who, when, how much, how) and `SKETCH_ROW` (its text).

Rows hold no text and no identifier in the clear: identifiers are keyed 64-bit hashes, 0 where the log had
none. A numeric field that the log did not have is -1 (`MISSING`), never a guess.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np

MISSING: Final = -1

Record: TypeAlias = Any
"""One row of a structured array inside a kernel: Numba knows its fields, a type checker cannot."""

SHINGLES: Final = 16
"""Values of a MinHash signature."""

TURNS: Final = 8
"""Prior assistant turns whose hashes are kept, newest first."""

MAX_PURPOSES: Final = 8
"""Room for purpose scores; `features.text.purposes` names the ones in use."""

SKETCH_ROW: Final = np.dtype(
    [
        ("template", "<u8"),  # identity of the last user message once slot values are taken out; 0: no text
        ("system", "<u8"),  # the same of the system prompt; 0: none
        ("content", "<u8"),  # exact hash of the whole input, for identical requests
        ("opening", "<u8"),  # exact hash of the first user message: where a conversation started
        ("response", "<u8"),  # hash of the answer's beginning, made like `turns`; 0: none or too short
        ("turns", "<u8", (TURNS,)),  # hashes of prior assistant turns, newest first; 0: none or too short
        ("shingles", "<u4", (SHINGLES,)),  # MinHash signature of the last user message
        ("purposes", "u1", (MAX_PURPOSES,)),  # calibrated probability of each purpose, in 1/255
        ("user_bytes", "<u4"),  # length of the last user message
        ("input_bytes", "<u4"),  # length of all input messages
        ("response_bytes", "<u4"),
        ("user_turns", "<u2"),
        ("assistant_turns", "<u2"),
        ("tool_turns", "<u2"),
        ("head", "<u4"),  # hash of the last user message's first words: an instruction put before an item
        ("tail", "<u4"),  # hash of its last words: an instruction put after one
        ("present", "u1"),  # 0: no text was available; 1: this row says something
        ("reserved", "u1", (5,)),  # padding in the open, so that no stray memory travels in a sketch
    ],
    align=True,
)

EVENT_ROW: Final = np.dtype(
    [
        ("event", "<u8"),
        ("time", "<i8"),  # ms since the epoch: when the request started
        ("available", "<i8"),  # time + latency: when the event exists for us
        ("org", "<u8"),
        ("api_key", "<u8"),
        ("end_user", "<u8"),
        ("session", "<u8"),
        ("model", "<u8"),
        ("ip", "<u8"),
        ("ip_net", "<u8"),  # /24 of an IPv4 address, /48 of an IPv6 one
        ("user_agent", "<u8"),
        ("ja4", "<u8"),
        ("device", "<u8"),
        ("payment", "<u8"),
        ("signup", "<u8"),
        ("plan", "<u8"),
        ("tools", "<u8"),
        ("account_created", "<i8"),  # ms since the epoch
        ("account", "<i4"),  # index into the batch's account names; after admission, the account's state row
        ("asn", "<i4"),
        ("latency_ms", "<i4"),
        ("ttft_ms", "<i4"),
        ("input_tokens", "<i4"),
        ("output_tokens", "<i4"),
        ("cached_tokens", "<i4"),
        ("reasoning_tokens", "<i4"),
        ("max_tokens", "<i4"),
        ("temperature", "<i4"),  # thousandths
        ("top_p", "<i4"),  # thousandths
        ("n", "<i4"),
        ("tool_count", "<i4"),
        ("top_logprobs", "<i4"),
        ("logit_bias", "<i4"),
        ("status", "<i2"),
        ("seeded", "i1"),  # 1: a seed was given
        ("stream", "i1"),
        ("logprobs", "i1"),
        ("formatted", "i1"),  # 1: a response format was asked for
        ("effort", "i1"),  # reasoning effort: none 0, minimal or low 1, medium 2, high or more 3
        ("human", "i1"),  # human token: none 0, valid 1, invalid 2
        ("finish", "i1"),  # a FINISH_* code
        ("reserved", "i1", (2,)),
        ("denied", "i1"),  # 1: refused by our own hook, so counted and never evidence
    ],
    align=True,
)

FINISH_STOP: Final = 0
FINISH_LENGTH: Final = 1
FINISH_TOOL: Final = 2
FINISH_REFUSED: Final = 3
FINISH_OTHER: Final = 4
