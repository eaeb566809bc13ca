from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
import typer
import yaml

from detector.cli.app import make_app
from detector.cli.config import default_map

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "deploy" / "compose"
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSE["services"]
ONCE: Final = ("schema", "topics")
"""services that do something and end"""
OURS: Final = ("schema", "worker", "service")


def each(*names: str) -> pytest.MarkDecorator:
    """A test of some services; without names, of all."""
    return pytest.mark.parametrize("name", names or list(SERVICES))


@each()
def test_a_service_is_hardened(name: str) -> None:
    """It has no rights, no user who is root, no file system to write to, and bounds."""
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].partition(":")[0]) > 0
    assert {"mem_limit", "pids_limit", "restart", "logging"} <= service.keys()
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & service.keys()


@each()
def test_an_image_is_pinned_by_version(name: str) -> None:
    """A name without a registry's host, with a version that is not `latest`."""
    assert re.fullmatch(r"[a-z]+(/[a-z]+)?:v?\d+\.\d+(\.\d+)?", SERVICES[name]["image"])


@each()
def test_what_a_service_mounts_exists(name: str) -> None:
    """Files are there and are not written to; volumes, secrets and networks are declared."""
    service = SERVICES[name]
    for mount in service.get("volumes", []):
        source, _, rest = mount.partition(":")
        if source.startswith("./"):
            assert (ROOT / source).is_file(), source
            assert rest.endswith(":ro"), mount
        else:
            assert source in COMPOSE["volumes"]
    assert set(service.get("secrets", [])) <= COMPOSE["secrets"].keys()
    assert set(service["networks"]) <= COMPOSE["networks"].keys()


@each()
def test_a_service_waits_for_what_is_ready(name: str) -> None:
    """What it waits for exists and either ends or has a health check; what stays up has one itself."""
    service = SERVICES[name]
    for other, how in service.get("depends_on", {}).items():
        expected = "service_completed_successfully" if other in ONCE else "service_healthy"
        assert how == {"condition": expected}
    assert ("healthcheck" in service) == (name not in ONCE)


def test_only_people_and_gateways_get_in() -> None:
    """Two ports are published, to this machine; all else is on a network without a way out."""
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"service": ["127.0.0.1:8787:8787"], "grafana": ["127.0.0.1:3000:3000"]}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert all(service["networks"] == ["inside"] for name, service in SERVICES.items() if name not in ports)


def test_no_secret_is_in_the_file() -> None:
    """Secrets come from files, and no variable that holds one has a value here."""
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    for service in SERVICES.values():
        for variable, value in service.get("environment", {}).items():
            assert "PASSWORD" not in variable or value.startswith("/run/secrets/"), variable
            assert "KEY" not in variable


@each(*OURS)
def test_the_command_line_is_one_that_we_have(name: str) -> None:
    """The command exists and takes its options, and those of the shared file, as they stand there."""
    app = typer.main.get_command(make_app())
    flag, path, *words = SERVICES[name]["command"]
    assert (flag, path) == ("--config", "/etc/stillwatch/stillwatch.toml")
    mounted = dict(mount.removesuffix(":ro").split(":") for mount in SERVICES[name]["volumes"])
    source = next(ROOT / here for here, there in mounted.items() if there == path)
    context = app.make_context("stillwatch", words, default_map=default_map(source, app))
    command: Any = app
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
        context = command.make_context(command.name, list(words), parent=context)
    assert context.params["store"] == "postgresql://stillwatch@database/stillwatch"


def test_processes_agree_on_names() -> None:
    """Hosts are services, ports are those that are scraped and published, and topics are made."""
    options = tomllib.loads((FOLDER / "stillwatch.toml").read_text(encoding="utf-8"))
    common, serve = options["common"], options["serve"]
    assert common["brokers"].partition(":")[0] in SERVICES
    assert SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"].endswith(common["brokers"])
    made = set(re.findall(r"^make (\S+)", (FOLDER / "topics.sh").read_text(encoding="utf-8"), re.MULTILINE))
    assert made == {*common["topic"], common["alerts"], common["verdicts"], common["dead-letters"]}
    assert serve["events-topic"] in common["topic"]
    scrape = yaml.safe_load((FOLDER / "prometheus.yaml").read_text(encoding="utf-8"))["scrape_configs"][0]
    (found,) = scrape["dns_sd_configs"]
    assert set(found["names"]) <= SERVICES.keys()
    assert common["metrics"] == f"0.0.0.0:{found['port']}"
    assert serve["http"].rpartition(":")[2] == SERVICES["service"]["ports"][0].rpartition(":")[2]


def test_grafana_finds_data_and_dashboard() -> None:
    """The data source is the Prometheus beside it, and the dashboard lies where it looks."""
    sources = yaml.safe_load((FOLDER / "grafana/datasources.yaml").read_text(encoding="utf-8"))
    assert [one["url"] for one in sources["datasources"]] == ["http://prometheus:9090"]
    boards = yaml.safe_load((FOLDER / "grafana/dashboards.yaml").read_text(encoding="utf-8"))
    place = boards["providers"][0]["options"]["path"]
    assert any(f":{place}/stillwatch.json:ro" in mount for mount in SERVICES["grafana"]["volumes"])


def test_the_image_is_built_of_what_the_context_holds() -> None:
    """All that the container file copies is let through, exists, and starts as the user of compose.yaml."""
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    let = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line[:1] == "!"
    }
    copied = [
        word
        for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE)
        for word in line.split()[:-1]
        if not word.startswith("--")
    ]
    assert set(copied) <= let
    assert all((ROOT / word).exists() for word in let)
    users = re.findall(r"^USER (\S+)$", text, re.MULTILINE)
    assert {users[-1]} == {SERVICES[name]["user"] for name in OURS}
    assert "FROM python:${PYTHON}" in text
    assert "--require-hashes" in text
