"""The files of a lake: in a local folder, or in any file system that pyarrow or fsspec opens."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from detector.lake.errors import LakeError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCHEME: Final = "://"


class Files:
    """Paths are relative to the lake. A file is there as a whole or not at all."""

    def __init__(self, filesystem: Any, root: str, token: str) -> None:
        """`token` is of this process alone: no other one writes the same temporary file."""
        self._filesystem = filesystem
        self._root = root.rstrip("/")
        self._token = token

    def names(self, folder: str) -> list[str]:
        """Files below a folder, by name; none where there is no folder."""
        return [name for name in self._below(folder) if not _is_temporary(name)]

    def size(self, path: str) -> int:
        """Bytes of a file."""
        return int(self._filesystem.get_file_info(self._at(path)).size)

    def read(self, path: str) -> bytes | None:
        """A file's content; None where there is none."""
        if self._filesystem.get_file_info(self._at(path)).type == fs.FileType.NotFound:
            return None
        with self._filesystem.open_input_stream(self._at(path)) as file:
            return bytes(file.read())

    def write(self, path: str, content: bytes) -> None:
        """Put a file there, or in the place of another one, at once; raises `OSError`."""
        try:
            self._put(path, content)
        except pa.ArrowException as error:
            raise LakeError(f"{path}: cannot be written; look after the lake's file system") from error

    def read_table(self, path: str, columns: Sequence[str] | None = None) -> pa.Table:
        """A file of Parquet; raises `LakeError` where it is damaged."""
        try:
            with self._filesystem.open_input_file(self._at(path)) as file:
                # Most files are small: threads cost more than they save.
                asked = None if columns is None else list(columns)
                return pq.ParquetFile(file).read(columns=asked, use_threads=False)
        except pa.ArrowException as error:
            raise LakeError(f"{path}: is no Parquet file; restore it from a backup, or delete it") from error

    def write_table(self, path: str, table: pa.Table) -> None:
        """The same rows make the same bytes, by one release of pyarrow."""
        content = io.BytesIO()
        pq.write_table(table, content, compression="zstd")
        self.write(path, content.getvalue())

    def delete(self, path: str) -> None:
        """A file that is there."""
        self._filesystem.delete_file(self._at(path))

    def sweep(self) -> None:
        """Delete what a process that was killed had begun to write; a live one writes it again."""
        for name in self._below(""):
            if _is_temporary(name):
                self.delete(name)

    def _put(self, path: str, content: bytes) -> None:
        folder, _, name = self._at(path).rpartition("/")
        self._filesystem.create_dir(folder, recursive=True)
        # An object store shows no object before it is whole, and moves it by copying.
        is_local = isinstance(self._filesystem, fs.LocalFileSystem)
        made = f"{folder}/.{name}.{self._token}" if is_local else f"{folder}/{name}"
        with self._filesystem.open_output_stream(made) as file:
            file.write(content)
        if is_local:
            self._filesystem.move(made, f"{folder}/{name}")

    def _below(self, folder: str) -> list[str]:
        selector = fs.FileSelector(self._at(folder), allow_not_found=True, recursive=True)
        found = self._filesystem.get_file_info(selector)
        start = len(self._root) + 1
        return sorted(one.path[start:] for one in found if one.type == fs.FileType.File)

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}".rstrip("/")


def open_files(uri: str, token: str) -> Files:
    """The files under a local folder or a URI; raises `LakeError` where nothing opens that."""
    if _SCHEME not in uri:
        return Files(fs.LocalFileSystem(), str(Path(uri).expanduser().absolute()), token)
    for asked in (uri, f"fsspec+{uri}"):
        try:
            filesystem, root = fs.FileSystem.from_uri(asked)
        except (pa.ArrowException, ImportError, ValueError):
            continue
        return Files(filesystem, root, token)
    scheme = uri.split(_SCHEME, maxsplit=1)[0]
    raise LakeError(
        f"lake {scheme}://: no file system of that name; give a folder, s3:// or gs://, or install fsspec "
        "with the package that knows it"
    )


def _is_temporary(name: str) -> bool:
    return name.rpartition("/")[2].startswith(".")
