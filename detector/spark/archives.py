"""What Spark's own zip archives on the import path cost a worker that takes many short tasks."""

from __future__ import annotations

import sys
from zipimport import zipimporter


def forget_archives() -> None:
    """Drop the finders of zip archives; an import that needs one makes it again, and cheaply.

    Spark calls `importlib.invalidate_caches` as each task begins, by which CPython (3.10 and later) has every
    such finder read its archive's whole directory: 0.2 s of a core for those of PySpark, whatever the task.
    """
    cached = sys.path_importer_cache
    for path in [path for path, finder in cached.items() if isinstance(finder, zipimporter)]:
        del cached[path]
