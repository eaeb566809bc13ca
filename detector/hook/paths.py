"""`{name:rest}` in a route is all that follows in the path, for ids that may hold anything.

Import this module where a route says so: it makes the word known to Starlette.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Path
from starlette.convertors import PathConvertor, register_url_convertor

LONGEST: Final = 512
"""characters of an id"""

AccountId = Annotated[str, Path(min_length=1, max_length=LONGEST)]
"""of an account, as `{account_id:rest}`"""


class Rest(PathConvertor):
    """Starlette's `path` knows no line break, and drops one at the end, so that another id would be meant."""

    regex = "(?s:.*)"


register_url_convertor("rest", Rest())
