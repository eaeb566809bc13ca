"""Numbers of shards by which Spark deals them out evenly, however many tasks there are.

Spark gives a key to the task `hash(key) mod tasks`. By chance one of two tasks had six of eight shards, and a
batch takes as long as its fullest task. The hash is Murmur3 (A. Appleby, 2011; 32 bits, Spark's seed), every
step of which has an inverse: the number is found whose hash, after its partition's, is a given one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyspark.sql import functions as sql

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_BITS: Final = 32
_ALL: Final = 2**_BITS - 1
_TOPICS: Final = 2**16


def with_shard_numbers(table: DataFrame, shards: int) -> DataFrame:
    """With the column `shard`, one of a partition's `shards`, as an INT for a key of origin and number.

    Needs `topic` and `partition` besides; an origin is `topic/partition`. A topic's shards get tasks in turn,
    beginning with one that depends on the topic.
    """
    first = sql.pmod(sql.xxhash64("topic"), sql.lit(_TOPICS))
    turn = first + sql.col("partition").cast("long") * sql.lit(shards) + sql.col("shard")
    found = table.withColumn("shard", turn)
    before = sql.hash(sql.concat_ws("/", "topic", "partition")).cast("long").bitwiseAND(sql.lit(_ALL))
    # A step uses its value several times: in one expression there would be thousands of them.
    for step in _hashed_to(sql.col("shard"), before):
        found = found.withColumn("shard", step)
    return found


def _hashed_to(value: Column, before: Column) -> tuple[Column, ...]:
    """Steps to the number that takes the hash `before` to `value`; all of them are 32 bits without a sign."""
    unsummed = (_unshifted(value, 16).bitwiseXOR(sql.lit(4)) + sql.lit(2**_BITS - 0xE6546B64)).bitwiseAND(
        sql.lit(_ALL)
    )
    return (
        _times(_unshifted(value, 16), _inverse(0xC2B2AE35)),
        _times(_unshifted(value, 13), _inverse(0x85EBCA6B)),
        _times(unsummed, _inverse(5)),
        _times(_turned(value, _BITS - 13).bitwiseXOR(before), _inverse(0x1B873593)),
        _signed(_times(_turned(value, _BITS - 15), _inverse(0xCC9E2D51))),
    )


def _inverse(factor: int) -> int:
    return int(pow(factor, -1, 2**_BITS))


def _times(value: Column, factor: int) -> Column:
    """The low bits of a product, which as a whole is too long for a LONG."""
    low, high = factor & 0xFFFF, factor >> 16
    carried = (value * sql.lit(high)).bitwiseAND(sql.lit(0xFFFF)) * sql.lit(2**16)
    return (value * sql.lit(low) + carried).bitwiseAND(sql.lit(_ALL))


def _turned(value: Column, bits: int) -> Column:
    """To the left; what leaves comes back at the right."""
    up = value.bitwiseAND(sql.lit(2 ** (_BITS - bits) - 1)) * sql.lit(2**bits)
    return up.bitwiseOR(sql.shiftright(value, _BITS - bits))


def _unshifted(value: Column, bits: int) -> Column:
    """Before it was combined with its own upper bits."""
    found = value.bitwiseXOR(sql.shiftright(value, bits))
    return found if 2 * bits >= _BITS else found.bitwiseXOR(sql.shiftright(value, 2 * bits))


def _signed(value: Column) -> Column:
    return (value.bitwiseXOR(sql.lit(2 ** (_BITS - 1))) - sql.lit(2 ** (_BITS - 1))).cast("int")
