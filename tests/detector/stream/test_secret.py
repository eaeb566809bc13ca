from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from detector.defaults import KEY_VARIABLE
from detector.ops.setup_checks import secret_of
from detector.store.errors import StoreError
from detector.stream.secret import key_file, stream_secret

if TYPE_CHECKING:
    from pathlib import Path


def test_a_secret_is_made_once_beside_a_file(tmp_path: Path) -> None:
    """For its owner alone; whoever asks afterwards, to run or to look, is given the same."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    path = key_file(url)
    assert path == tmp_path / "store.db.key"
    assert secret_of({}, url) is None
    made = stream_secret({}, url)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stream_secret({}, url) == made == secret_of({}, url) == path.read_text("ascii")


def test_a_secret_of_the_environment_comes_first(tmp_path: Path) -> None:
    """No file is made then; a server's store has none, so that without it there is an error."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    for store in (url, "postgresql://db/stillwatch"):
        assert (
            stream_secret({KEY_VARIABLE: "told"}, store) == "told" == secret_of({KEY_VARIABLE: "told"}, store)
        )
    assert list(tmp_path.iterdir()) == []
    assert key_file("postgresql://db/stillwatch") is None
    with pytest.raises(StoreError, match=KEY_VARIABLE):
        stream_secret({}, "postgresql://db/stillwatch")
