"""A service, and each real gateway with the configuration that we ship, in front of a stub model."""

from __future__ import annotations

import re
import shutil
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.detector.hook.gateways.model import Gateway, program, running_gateway, running_model
from tests.detector.hook.service import HOST, Service, commanded, filled, free_port, new_service

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPLOY: Final = Path(__file__).parents[4] / "deploy"
NAMES: Final = ("nginx", "envoy-http", "envoy-grpc", "caddy")

_NGINX: Final = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; access_log off;
    include {folder}/stillwatch.conf;
    server {{
        listen 127.0.0.1:{port};
        include {folder}/stillwatch-server.conf;
        location / {{ include {folder}/stillwatch-guard.conf; proxy_pass http://127.0.0.1:{model}; }}
    }}
}}
"""


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Service]:
    """The service over a store with one account for each action, enforcing."""
    folder = tmp_path_factory.mktemp("service")
    shutil.copy(sqlite_template, folder / "store.db")
    url = f"sqlite:///{folder / 'store.db'}"
    found = new_service(url, filled(url), folder / "service.log")
    commanded(url, "enforce")
    found.start()
    yield found
    if found.process is not None:
        found.end()


@pytest.fixture(scope="session")
def gateways(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Gateway]]:
    """All gateways, by name."""
    with ExitStack() as stack:
        model = stack.enter_context(running_model())
        yield {
            name: stack.enter_context(_gateway(name, service, model, tmp_path_factory.mktemp(name)))
            for name in NAMES
        }


@pytest.fixture(params=NAMES)
def gateway(request: pytest.FixtureRequest, gateways: dict[str, Gateway]) -> Gateway:
    """Each of them."""
    return gateways[request.param]


def _gateway(name: str, service: Service, model: int, folder: Path) -> AbstractContextManager[Gateway]:
    port = free_port()
    log = folder / "log"
    if name == "nginx":
        command = [program("nginx"), "-p", str(folder), "-c", str(_nginx(folder, service, model, port))]
        return running_gateway(name, command, port, folder / "stillwatch.log")
    if name == "caddy":
        # Nothing of its own in the home of whoever runs the tests.
        command = ["env", f"HOME={folder}", f"STILLWATCH_KEY={service.key}", program("caddy"), "run"]
        path = _caddy(folder, service, model, port, admin := free_port())
        return running_gateway(
            name, [*command, "--adapter", "caddyfile", "--config", str(path)], port, log, admin
        )
    path = _envoy(name.removeprefix("envoy-"), folder, service, model, port)
    envoy = Path(program("envoy"))
    command = [str(envoy), "-c", str(path), "--concurrency", "1", "--disable-hot-restart", "-l", "error"]
    command += ["--file-flush-interval-msec", "100"]
    return running_gateway(name, command, port, log)


def _nginx(folder: Path, service: Service, model: int, port: int) -> Path:
    (folder / "stillwatch-key.conf").write_text(f'set $stillwatch_key "{service.key}";\n')
    for path in (DEPLOY / "nginx").glob("*.conf"):
        text = path.read_text().replace("127.0.0.1:8787", f"{HOST}:{service.port}")
        text = text.replace("/var/log/nginx/stillwatch.log", f"{folder}/stillwatch.log")
        (folder / path.name).write_text(
            text.replace("include stillwatch-key", f"include {folder}/stillwatch-key")
        )
    main = folder / "nginx.conf"
    main.write_text(_NGINX.format(folder=folder, port=port, model=model))
    return main


def _caddy(folder: Path, service: Service, model: int, port: int, admin: int) -> Path:
    text = (DEPLOY / "caddy/Caddyfile").read_text()
    for shipped, ours in ((8787, service.port), (8000, model), (8080, port)):
        text = text.replace(f":{shipped}", f":{ours}")
    path = folder / "Caddyfile"
    path.write_text(text.replace("{\n\tservers", f"{{\n\tadmin {HOST}:{admin}\n\tservers"))
    return path


def _envoy(kind: str, folder: Path, service: Service, model: int, port: int) -> Path:
    text = (DEPLOY / f"envoy/{kind}.yaml").read_text().replace("swk_KEY", service.key)
    ports = {10000: port, 8000: model, 8787: service.port, 8788: service.grpc_port}
    text = re.sub(
        r"(port_value: |127\.0\.0\.1:)(\d+)", lambda found: f"{found[1]}{ports[int(found[2])]}", text
    )
    path = folder / f"{kind}.yaml"
    path.write_text(text)
    return path
