from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from detector.demo.place import HOST, PORTS, free_port, fresh_place
from detector.hook.serving import ServeError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_demo_begins_with_an_empty_folder(tmp_path: Path) -> None:
    """What the one before left is gone, and it is told."""
    with fresh_place(tmp_path / "out") as (place, removed):
        assert not removed
        place.log.write_text("left\n")
    with fresh_place(tmp_path / "out") as (place, removed):
        assert removed
        assert not place.log.exists()


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    """A folder that happens to have the name is refused, not removed."""
    kept = tmp_path / "live" / "precious"
    kept.parent.mkdir()
    kept.touch()
    with pytest.raises(ServeError, match="not made by a demo"), fresh_place(tmp_path):
        pass
    assert kept.exists()


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    """The second is told, and leaves the first alone."""
    with fresh_place(tmp_path) as (place, _):
        place.log.touch()
        with pytest.raises(ServeError, match="a demo is at work there"), fresh_place(tmp_path):
            pass
        assert place.log.exists()


def test_a_taken_port_is_passed_over() -> None:
    """The next free one is taken; where none is left, that is said."""
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        listening.listen()
        port = listening.getsockname()[1]
        if port + PORTS < 65_536:
            assert port < free_port(port) < port + PORTS
    with socket.socket() as last:
        last.bind((HOST, 65_535))
        last.listen()
        with pytest.raises(ServeError, match="--port 65535"):
            free_port(65_535)
