"""Dossiers as bytes: named fields, so that one written by an older release can be read, and compressed."""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec
import zstandard

from detector.dossier.records import AccountDossier, CampaignDossier

_LEVEL: Final = 1
"""Of zstandard: names of fields are most of a body, and any level is rid of them."""

_Dossier = TypeVar("_Dossier", AccountDossier, CampaignDossier)


def compressor() -> zstandard.ZstdCompressor:
    """What `packed` takes: to make it costs more than to compress a dossier. For one thread at a time."""
    return zstandard.ZstdCompressor(level=_LEVEL)


def packed(
    dossier: AccountDossier | CampaignDossier, compress: zstandard.ZstdCompressor | None = None
) -> bytes:
    """What `unpacked` takes."""
    return (compress or compressor()).compress(msgspec.msgpack.encode(dossier))


def unpacked(body: bytes, kind: type[_Dossier]) -> _Dossier:
    """The dossier that was packed; raises `msgspec.DecodeError` where it is none of its kind."""
    return msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(body), type=kind)
