"""Alerts for a Kafka topic in OCSF.

The outbox of the stream sends them as it sends our own JSON: a route that reads `ocsf_alerts`, under a name
of its own, is all there is to it. Nothing is written twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.exports.finding import Finding, decoded
from detector.exports.ocsf.event import detection_finding
from detector.exports.outbox.reading import alert_activity
from detector.stream.outbox import Sent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from detector.exports.finding import Product
    from detector.store.findings import StoredAlert
    from detector.store.interface import ReadStore


def ocsf_alerts(product: Product) -> Callable[[ReadStore, int, int], Sequence[Sent]]:
    """What a `detector.stream.outbox.Route` reads: revisions of alerts, keyed by alert.

    Without case and dossier, so that a record sent twice is the same twice.
    """

    def read(store: ReadStore, after: int, limit: int) -> Sequence[Sent]:
        return [_sent(stored, product) for stored in store.alerts(after, limit)]

    return read


def _sent(stored: StoredAlert, product: Product) -> Sent:
    alert = stored.alert
    activity = alert_activity(alert.revision, alert.status)
    finding = Finding(decoded(alert.body), None, None, activity, alert.revision, product)
    return Sent(stored.version, alert.alert_id, detection_finding(finding))
