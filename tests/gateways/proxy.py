"""A real LiteLLM proxy with the shipped configurations, in front of a stub model server."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
import yaml

from tests.client.stub_service import StubService
from tests.gateways.stub_model import model_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final = ROOT / ".venv" / "litellm" / "bin" / "litellm"
START_SECONDS: Final = 120.0
STALE_SECONDS: Final = 1.5
MASTER_KEY: Final = "sk-8f1c3b7a5d2e4960b1a7c3d5e9f20846"


@dataclass(slots=True)
class Gateway:
    """The running proxy, the model behind it and the Stillwatch beside it."""

    client: httpx.Client
    stub: StubService
    service_port: int
    reached: list[dict[str, Any]]
    """bodies that got as far as the model"""
    log: Path

    def ask(self, account: str, headers: Mapping[str, str] | None = None, /, **more: Any) -> httpx.Response:
        """One chat of an account."""
        body = {"model": "chat", "messages": [{"role": "user", "content": "hello"}], **more}
        return self.client.post(
            "/v1/chat/completions",
            json=body,
            headers={"authorization": f"Bearer sk-{account}", **(headers or {})},
        )


def free_port() -> int:
    """One that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running_gateway(folder: Path, key: str) -> Iterator[Gateway]:
    """Both shipped configurations in one process; the generic guardrail runs where a request asks for it.

    `key` is the gateway's API key at Stillwatch.
    """
    service_port, port = free_port(), free_port()
    with model_server() as (model_port, reached):
        command = [str(PROGRAM), "--config", str(_config(folder)), "--host", "127.0.0.1", "--port", str(port)]
        environ = _environment(service_port, model_port, key)
        log = folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(command, env=environ, stdout=output, stderr=output, cwd=folder)
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20.0)
        try:
            _wait(client, process, log)
            yield Gateway(client, StubService(key=key), service_port, reached, log)
        finally:
            client.close()
            process.terminate()
            process.wait(30.0)


def _config(folder: Path) -> Path:
    guard, generic = (
        yaml.safe_load((ROOT / "deploy/litellm" / name).read_text(encoding="utf-8"))
        for name in ("guard.yaml", "generic.yaml")
    )
    guard["litellm_settings"]["callbacks"] += generic["litellm_settings"]["callbacks"]
    for guardrail in generic["guardrails"]:
        guardrail["litellm_params"]["default_on"] = False
    guard["guardrails"] += generic["guardrails"]
    guard["general_settings"]["custom_auth"] = "who.who"
    shutil.copy(Path(__file__).with_name("who.py"), folder)
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(guard), encoding="utf-8")
    return path


def _environment(service_port: int, model_port: int, key: str) -> dict[str, str]:
    service = f"http://127.0.0.1:{service_port}"
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT / "client/src"),
        "LITELLM_MASTER_KEY": MASTER_KEY,
        "MODEL_URL": f"http://127.0.0.1:{model_port}/v1",
        "MODEL_KEY": "none",
        "STILLWATCH_URL": service,
        "STILLWATCH_KEY": key,
        "STILLWATCH_MAX_STALENESS": str(STALE_SECONDS),
        "STILLWATCH_BACKOFF_MOST": "1",
        "STILLWATCH_REPORT": "0.5",
        "DEFAULT_FLUSH_INTERVAL_SECONDS": "1",
        "STILLWATCH_CHALLENGE": 'PrivateToken challenge="abc"',
        "GENERIC_LOGGER_ENDPOINT": f"{service}/v1/litellm",
        "GENERIC_LOGGER_HEADERS": f"x-api-key={key}",
    }


def _wait(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _alive(client):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"LiteLLM did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")
        time.sleep(0.2)


def _alive(client: httpx.Client) -> bool:
    try:
        return client.get("/health/liveliness").is_success
    except httpx.TransportError:
        return False
