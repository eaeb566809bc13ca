"""The words of docs/sizing.md, between its tables."""

from __future__ import annotations

from typing import Final

HEAD: Final = """# Sizing

<!-- Written by `python -m tools.sizing` from measurements. Change those, not this page. -->

What to run for so many requests a day, and what it takes. **A projection**: each line multiplies figures
that were measured at the sizes below, on synthetic logs and a machine of two cores that others used, too.
Assumed, not measured: the busiest hours have {peak:g} times the mean, a core is planned to {busy:.0%} in
them, and an active account sends {per_account} requests a day. Change these first: they are constants of
`tools/sizing_figures.py`.

![Cores against requests a day](pictures/sizing.svg)

"""

WHAT: Final = """
- **One process**: `stillwatch run` with its state in SQLite, up to {alone} requests a day.
- **Workers**: several `stillwatch run --role worker` over PostgreSQL, and one `--role leader`
  ([operating](operating.md)). The leader folds, scores and links in one process. It takes {leader} a day,
  no more with more workers: at this mix of accounts it is four fifths of the work.
- **Installations**: tenants are divided, each part with workers, a leader and a database of its own. A
  campaign that spans two of them is found in each by what it does there; `stillwatch spark link` links the
  alerted accounts of all of them over a fortnight, say once a day ([how](spark.md#linking)).

Cores are those of the busiest hours. Memory is the leaders' state: {account:,.0f} bytes for each account
that was active in the last fortnight. Frames go from workers through the database to the leader, and are
removed when they are in a checkpoint. Linking on Spark sketches the logs of {window} days anew each time.

## What it rests on

| measured | | of what |
|---|---|---|
"""

LINKING: Final = """
### Linking on Spark

`python benchmarks/spark_cost.py`, `local[2]`: CPU seconds of the JVM and its Python workers, bytes written
to shuffles; adaptive planning was off, since it takes longer than such logs do. Every account of the
simulated campaign and of no other is given as alerted; members are those of them that were linked.

| events | accounts | alerted | members | partitions | sketching, s | linking, s | shuffled, MB | rounds |
|---|---|---|---|---|---|---|---|---|
"""

MODEL: Final = """
A start, and so much for each event and each account, fitted by least squares without negative parts to the
runs at {partitions} partitions:

| | start | an event | an account | worst miss |
|---|---|---|---|---|
"""

END: Final = """
Runs of one size differ by as much as the worst miss, since the machine had other work; what the fit says of
an account's CPU is within that. To start takes so long that it hides what an event takes in small logs. So
executors' three passes over frames were measured by themselves, too, without Spark: {ids:.1f} µs an event to
find ids that are there twice, {met:.1f} µs to find the objects that matter, {showing:.1f} µs to count who
shows them. The table at the top takes the larger of their sum and the fit; what Spark itself adds to an event
is not in it.

A partition of a shuffle is a task, which costs something by itself: take as many as keep the pairs of one in
an executor's memory.

## Where it stops holding

- **Size.** The largest log of the fit has {largest:,} events, and the largest line of the table
  {ratio:,.0f} times as many. Up to there the number of pairs is assumed to grow with events and accounts;
  spilling to disk, stragglers and a network are in no figure. Measure a day of your own before you buy
  machines.
- **Mix.** The replay's campaign of 25,000 accounts makes linking nearly half of its time, and it was
  measured before the linking step was made faster. With few alerted accounts a leader takes up to
  {unlinked} a day.
- **Accounts.** An account with a long history in many shared words costs more state than the mean, and
  memory follows active accounts rather than requests: with {per_account} requests a day each, a leader at
  its limit holds {leader_accounts} of them, in {leader_memory}.
- **Scoring on Spark.** `backfill` folds on the driver, in one process, because populations and links are of
  all accounts at once: history is bound by the rate of a leader, and only decoding and sketching spread
  over executors.
- **Alerted accounts.** `spark link` sends their hashes and the keys of what they show to each executor, 8
  bytes each: millions are no matter, hundreds of millions are.
"""
