"""The text weights of a stream on Spark, as files beside the job.

Spark plans every batch anew, and looks at each byte of a job's functions while it does. A megabyte of weights
among them takes longer than the batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark import SparkFiles

from detector.defaults import text_kernel
from features.text.purposes import PurposeWeights

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from features.hashing import HashKey
    from features.text.kernel import TextKernel


@dataclass(frozen=True, slots=True)
class SentWeights:
    """Makes the text kernel where the files were sent to."""

    key: HashKey
    folder: str

    @classmethod
    def send(cls, spark: SparkSession, folder: Path, key: HashKey) -> SentWeights:
        """To all executors of a session, those that come later included."""
        spark.sparkContext.addFile(str(folder.resolve()), recursive=True)
        return cls(key, folder.name)

    def __call__(self) -> TextKernel:
        """In an executor; takes some milliseconds."""
        return text_kernel(self.key, PurposeWeights.load(Path(SparkFiles.get(self.folder))))
