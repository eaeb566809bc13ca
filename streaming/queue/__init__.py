"""An embedded durable queue: a `PartitionedSource` for whoever runs no Kafka.

One process writes, any number read. A directory holds `queue.json` (what it is), `lock` (who writes),
`ends` (how far records are durable), a folder of segments for each partition, and `readers` (how far each
group of readers came). Records are durable once `QueueWriter.append` says so, and are read only then.
"""
