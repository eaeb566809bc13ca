"""The same kernels inside Apache Spark: for history and training sets that are too much for one machine."""
