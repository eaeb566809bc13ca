"""How far each group of readers came, as it told: what is behind all of them may be forgotten."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from streaming.queue.directory import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streaming.queue.directory import QueueDirectory

logger = logging.getLogger(__name__)


def told_positions(queue: QueueDirectory, group: str) -> dict[int, int]:
    """The next offset that `group` needs, by partition; what cannot be read counts as nothing."""
    try:
        return msgspec.json.decode(queue.reader(group, "json").read_bytes(), type=dict[int, int])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError):
        logger.warning("the position of a group of readers cannot be read, so all is kept for it: %s", group)
        return {}


def tell_positions(queue: QueueDirectory, group: str, positions: Mapping[int, int]) -> None:
    """Replace what `group` told; not flushed, for an older position only keeps more."""
    write_whole(queue.reader(group, "json"), msgspec.json.encode(dict(positions)))


def needed(queue: QueueDirectory) -> dict[int, int]:
    """The first offset that some group still needs, by partition; all where no group has read yet."""
    groups = [told_positions(queue, group) for group in queue.groups()]
    return {
        number: min((told.get(number, 0) for told in groups), default=0) for number in range(queue.partitions)
    }
