"""Eight bytes of an array at once, wherever they stand, inside kernels; for little-endian machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba import types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable


@intrinsic
def load64(_context: Any, data: Any, at: Any) -> tuple[Any, Callable[..., Any]]:
    """`data[at:at + 8]` as a little-endian word; all of it must lie in `data`, contiguous bytes."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_place(context, builder, signature, arguments), align=1)

    return types.uint64(data, at), code


@intrinsic
def store64(_context: Any, data: Any, at: Any, _word: Any) -> tuple[Any, Callable[..., Any]]:
    """Write a word to `data[at:at + 8]`, as `load64` reads it."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[2], _place(context, builder, signature, arguments), align=1)
        return context.get_dummy_value()

    return types.void(data, at, types.uint64), code


@intrinsic
def lowest_bit(_context: Any, _word: Any) -> tuple[Any, Callable[..., Any]]:
    """The number of the lowest bit of a word that is set; 64 where none is."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, 0))

    return types.uint64(types.uint64), code


def _place(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    place = builder.gep(array.data, [arguments[1]])
    return builder.bitcast(place, context.get_value_type(types.uint64).as_pointer())
