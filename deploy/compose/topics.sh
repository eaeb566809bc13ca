#!/bin/sh
# Make the topics that compose.yaml uses, where they are missing: topics.sh BROKER PARTITIONS.
# There is no use in more workers than partitions, and more partitions later move accounts: see docs/operating.md.
set -eu

broker=$1
partitions=$2
topics=${KAFKA_TOPICS:-/opt/kafka/bin/kafka-topics.sh}

make() {
    name=$1
    shift
    "$topics" --bootstrap-server "$broker" --create --if-not-exists --topic "$name" --replication-factor 1 "$@"
}

make llm.usage --partitions "$partitions" --config retention.ms=604800000
make stillwatch.alerts --partitions 1 --config retention.ms=-1
# The latest verdict on each account is what counts.
make stillwatch.verdicts --partitions 1 --config cleanup.policy=compact
make stillwatch.dead-letters --partitions 1 --config retention.ms=2592000000
