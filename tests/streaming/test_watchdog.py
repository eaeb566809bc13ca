from __future__ import annotations

from streaming.partitions import Progress
from streaming.watchdog import Stuck, Watchdog


def test_a_partition_that_does_not_move_is_stuck() -> None:
    """With records waiting and the position the same for the whole patience it is told, with its lag."""
    watchdog = Watchdog(60.0)
    assert watchdog.observe({"a/0": Progress(5, 3), "a/1": Progress(0, 9)}, 0.0) is None
    assert watchdog.observe({"a/0": Progress(5, 8), "a/1": Progress(1, 9)}, 59.0) is None
    assert watchdog.observe({"a/0": Progress(5, 9), "a/1": Progress(1, 9)}, 60.0) == Stuck("a/0", 60.0, 9)
    assert str(Stuck("a/0", 60.0, 9)) == "a/0 has not moved for 60 s although 9 records wait"


def test_a_partition_that_is_read_or_at_its_end_is_not_stuck() -> None:
    """Moving, having nothing to read and not having begun are all well."""
    watchdog = Watchdog(60.0)
    for turn in range(10):
        progress = {"moving": Progress(turn, 10), "done": Progress(7, 0), "new": Progress(None, None)}
        assert watchdog.observe(progress, turn * 100.0) is None


def test_time_without_an_answer_does_not_count() -> None:
    """After brokers were away the patience begins anew."""
    watchdog = Watchdog(60.0)
    watchdog.observe({"a/0": Progress(5, 3)}, 0.0)
    assert watchdog.observe({}, 300.0) is None
    assert watchdog.observe({"a/0": Progress(5, 3)}, 310.0) is None
    assert watchdog.observe({"a/0": Progress(5, 3)}, 370.0) == Stuck("a/0", 60.0, 3)
