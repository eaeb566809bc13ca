from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import promql_parser as promql
import pytest
import yaml

from detector.telemetry.metrics import METRICS

ROOT: Final = Path(__file__).parents[3]
DEPLOY: Final = ROOT / "deploy"
RUNBOOK: Final = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
ALERTS: Final = yaml.safe_load((DEPLOY / "prometheus/alerts.yaml").read_text(encoding="utf-8"))
CASES: Final = yaml.safe_load((DEPLOY / "prometheus/alerts_test.yaml").read_text(encoding="utf-8"))["tests"]
DASHBOARD: Final = json.loads((DEPLOY / "grafana/stillwatch.json").read_text(encoding="utf-8"))

RULES: Final = [rule for group in ALERTS["groups"] for rule in group["rules"]]
PANELS: Final = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
TARGETS: Final = [
    (panel["title"], target["expr"], target["legendFormat"])
    for panel in PANELS
    for target in panel["targets"]
]
QUERIES: Final = [(rule["alert"], rule["expr"]) for rule in RULES] + [target[:2] for target in TARGETS]

# Labels that Prometheus adds to whatever it scrapes, and the bound of a histogram's bucket.
ADDED: Final = {"instance", "job", "le"}
LABELS: Final = {
    series: {label.name for label in metric.labels} for metric in METRICS for series in metric.series
}
VALUES: Final = {
    (series, label.name): label.values
    for metric in METRICS
    for series in metric.series
    for label in metric.labels
}
OF_A_PROCESS: Final = {"process_resident_memory_bytes", "process_cpu_seconds_total"}


def parsed(query: str) -> promql.Expr:
    """The query as Grafana would send it."""
    sent = query.replace("$__rate_interval", "5m").replace("$instance", ".*")
    tree: promql.Expr = promql.parse(sent)
    return tree


def nodes(tree: promql.Expr) -> list[promql.Expr]:
    """The tree and all below it."""
    found: list[promql.Expr] = []

    def keep(node: promql.Expr) -> bool:
        found.append(node)
        return True

    promql.walk(tree, keep)
    return found


def selectors(tree: promql.Expr) -> list[promql.VectorSelector]:
    """Every look at a metric."""
    every = nodes(tree)
    ranges = [node.vector_selector for node in every if isinstance(node, promql.MatrixSelector)]
    return [*(node for node in every if isinstance(node, promql.VectorSelector)), *ranges]


def grouped(tree: promql.Expr) -> set[str]:
    """Labels that the query groups or matches by."""
    labels: set[str] = set()
    for node in nodes(tree):
        if isinstance(node, promql.AggregateExpr) and node.modifier is not None:
            labels |= set(node.modifier.labels)
        if isinstance(node, promql.BinaryExpr) and node.modifier is not None and node.modifier.matching:
            labels |= set(node.modifier.matching.labels)
    return labels


@pytest.mark.parametrize(
    ("where", "query"), QUERIES, ids=[f"{where} {i}" for i, (where, _) in enumerate(QUERIES)]
)
def test_a_query_asks_for_what_there_is(where: str, query: str) -> None:
    """It parses; its metrics are in the list; it selects and groups by labels that they have."""
    tree = parsed(query)
    looks = selectors(tree)
    assert looks, where
    known = set(ADDED)
    for look in looks:
        assert look.name in LABELS.keys() | OF_A_PROCESS
        own = LABELS.get(str(look.name), set())
        known |= own
        for matcher in look.matchers.matchers:
            assert matcher.name in own | ADDED
            values = VALUES.get((str(look.name), matcher.name))
            assert not values or matcher.value in values
    assert grouped(tree) <= known


@pytest.mark.parametrize(("where", "query", "legend"), TARGETS)
def test_a_legend_names_labels_that_are_left(where: str, query: str, legend: str) -> None:
    """What stands in braces is a label of the query's result."""
    tree = parsed(query)
    left = grouped(tree) | {label for look in selectors(tree) for label in LABELS.get(str(look.name), ())}
    assert set(re.findall(r"{{(\w+)}}", legend)) <= left | ADDED, where


def test_every_metric_is_looked_at() -> None:
    """On the dashboard, or by a rule: what nobody looks at need not be measured."""
    seen = {str(look.name) for _, query in QUERIES for look in selectors(parsed(query))}
    unseen = [metric.name for metric in METRICS if not seen & set(metric.series)]
    assert unseen == []


def test_panels_do_not_overlap_and_say_what_they_show() -> None:
    """Each cell of the grid belongs to one panel, each panel has an id and a description."""
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for at in [panel["gridPos"]]
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    assert all(panel["description"].endswith(".") for panel in PANELS)


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_an_alert_says_how_bad_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    """It waits a while, has a severity and a summary, and its runbook has a section with some text."""
    assert re.fullmatch(r"[1-9]\d*[mh]", rule["for"])
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["runbook"] == f"docs/operating.md#{rule['alert'].lower()}"
    section = RUNBOOK.split(f"\n### {rule['alert']}\n", 1)[1].split("\n#", 1)[0]
    assert len(section.split()) > 25


def test_the_runbook_is_about_alerts_that_exist() -> None:
    """Its sections are the rules, in their order, and it refers to no other."""
    names = [rule["alert"] for rule in RULES]
    assert re.findall(r"\n### (Stillwatch\w+)\n", RUNBOOK) == names
    assert set(re.findall(r"Stillwatch[A-Z]\w+", RUNBOOK)) <= set(names)


def test_the_runbook_names_what_there_is() -> None:
    """Metrics are in the list, and panels on the dashboard."""
    assert set(re.findall(r"`(stillwatch_\w+)`", RUNBOOK)) <= set(LABELS)
    titles = {panel["title"] for panel in PANELS}
    named = re.findall(r"(?<!\*)\*([A-Z][^*]+)\*(?!\*)", RUNBOOK)
    assert {" ".join(name.split()) for name in named} <= titles


def test_every_alert_fires_and_is_silent_when_it_should(promtool: Path) -> None:
    """Prometheus' own evaluation of each rule over series that call for it, and over some that do not."""
    for rule in RULES:
        expected = [
            bool(check["exp_alerts"])
            for case in CASES
            for check in case["alert_rule_test"]
            if check["alertname"] == rule["alert"]
        ]
        assert expected == [True, False], rule["alert"]
    for command in (["check", "rules", "alerts.yaml"], ["test", "rules", "alerts_test.yaml"]):
        done = subprocess.run(
            [promtool, *command], cwd=DEPLOY / "prometheus", capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
