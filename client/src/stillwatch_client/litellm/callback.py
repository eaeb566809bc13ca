"""For LiteLLM's `callbacks: stillwatch_client.litellm.callback.logger`: it wants an instance, no class."""

from __future__ import annotations

import os
from typing import Final

from stillwatch_client.litellm.logger import logger_from

logger: Final = logger_from(os.environ)
