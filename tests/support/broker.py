"""A real Apache Kafka broker (KRaft, one node) on free local ports, for tests and scripts."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
)

from tests.support.tls import STORE_PASSWORD, certificate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

JARS: Final = Path(__file__).parents[2] / ".venv" / "kafka"
CLUSTER_ID: Final = "c3RpbGx3YXRjaC10ZXN0cw"
STARTED: Final = "Kafka Server started"
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0
JVM_OPTIONS: Final = (
    "-Xmx256m",
    # A test broker lives for seconds: the quick compiler and the simple collector start faster.
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    # Hundreds of lines of settings at every start would hide what went wrong.
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn",
)

_TOPIC_RIGHTS: Final = (
    ACLOperation.READ,
    ACLOperation.WRITE,
    ACLOperation.DESCRIBE,
    ACLOperation.DESCRIBE_CONFIGS,
)
USERNAME: Final = "stillwatch"
PASSWORD: Final = "only-for-tests"


class BrokerError(Exception):
    """The broker cannot be started; says why, with the end of its log."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the broker listens."""

    plain: int
    sasl: int
    tls: int
    controller: int


class Broker:
    """One broker process; `start` after `stop` or `kill` comes back on the same ports with its data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = Ports(*_free_ports(4))
        self.log = folder / "broker.log"
        self.certificate = certificate(folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._prepare()

    @property
    def address(self) -> str:
        """`host:port` of the listener without authentication."""
        return f"127.0.0.1:{self.ports.plain}"

    @property
    def tls_address(self) -> str:
        """`host:port` of the TLS listener, whose certificate `certificate.authority` confirms."""
        return f"127.0.0.1:{self.ports.tls}"

    @property
    def sasl_address(self) -> str:
        """`host:port` of the listener that asks for `USERNAME` and `PASSWORD` (SASL_PLAINTEXT, PLAIN)."""
        return f"127.0.0.1:{self.ports.sasl}"

    def start(self) -> None:
        """Start the process and wait until it serves; raises `BrokerError` with its log if it does not."""
        self.log.write_bytes(b"")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*_java(), "kafka.Kafka", str(self.folder / "server.properties")],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
            )
        try:
            self._await_start(self._process)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Shut down in order: segments are closed and group members are told."""
        self._end(self._process.terminate if self._process else None)

    def kill(self) -> None:
        """End the process at once, as a crash would."""
        self._end(self._process.kill if self._process else None)

    def create_topic(self, name: str, partitions: int = 1, policy: str = "delete") -> None:
        """Create a topic with a `cleanup.policy` and wait until every partition has a leader."""
        with KafkaAdminClient(bootstrap_servers=self.address) as admin:
            topic = {"num_partitions": partitions, "replication_factor": 1}
            configs = {"cleanup.policy": policy}
            admin.create_topics({name: {**topic, "configs": configs}}, wait_for_metadata=True)

    def deny(self, topic: str, operation: ACLOperation) -> None:
        """Take something that may be done to a topic from who logs in."""
        allowed = [one for one in _TOPIC_RIGHTS if one != operation]
        of = ResourcePattern(ResourceType.TOPIC, topic)
        with KafkaAdminClient(bootstrap_servers=self.address) as admin:
            admin.create_acls(
                [ACL(f"User:{USERNAME}", "*", one, ACLPermissionType.ALLOW, of) for one in allowed]
            )

    def log_tail(self, lines: int = 40) -> str:
        """The end of the broker's log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _prepare(self) -> None:
        properties = self.folder / "server.properties"
        properties.write_text(_properties(self.folder / "data", self.ports, self.certificate.key_store))
        done = subprocess.run(
            [*_java(), "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(properties)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise BrokerError(f"kafka.tools.StorageTool format failed:\n{done.stdout}{done.stderr}")

    def _await_start(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while STARTED not in self.log.read_text(errors="replace"):
            if process.poll() is not None:
                raise BrokerError(f"Kafka ended with code {process.returncode}:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise BrokerError(f"Kafka was not up after {START_SECONDS:.0f} s:\n{self.log_tail()}")
            time.sleep(0.05)

    def _end(self, signal: Callable[[], None] | None) -> None:
        if self._process is None or signal is None:
            return
        signal()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


@contextmanager
def running_broker() -> Iterator[Broker]:
    """A started broker in a folder of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="stillwatch-kafka-") as folder:
        broker = Broker(Path(folder))
        broker.start()
        try:
            yield broker
        finally:
            broker.kill()


def _java() -> list[str]:
    java = shutil.which("java")
    if java is None:
        raise BrokerError("`java` is not on the PATH: install Java 17 or later, or run `make parts`")
    if not (JARS / "ready").exists():
        raise BrokerError(f"{JARS} holds no Kafka: run `make parts`, which fetches it once")
    return [java, *JVM_OPTIONS, "-cp", f"{JARS}/*"]


def _free_ports(count: int) -> list[int]:
    """Ports that are free now, all different because they are held until the last is known."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [held.getsockname()[1] for held in sockets]
    finally:
        for held in sockets:
            held.close()


def _properties(data: Path, ports: Ports, key_store: Path) -> str:
    listeners = (
        f"PLAINTEXT://127.0.0.1:{ports.plain},SASL_PLAINTEXT://127.0.0.1:{ports.sasl},"
        f"SSL://127.0.0.1:{ports.tls}"
    )
    login = f'org.apache.kafka.common.security.plain.PlainLoginModule required user_{USERNAME}="{PASSWORD}";'
    settings = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{ports.controller}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": (
            "PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL,CONTROLLER:PLAINTEXT"
        ),
        "listeners": f"{listeners},CONTROLLER://127.0.0.1:{ports.controller}",
        "advertised.listeners": listeners,
        "ssl.keystore.type": "PKCS12",
        "ssl.keystore.location": key_store,
        "ssl.keystore.password": STORE_PASSWORD,
        "sasl.enabled.mechanisms": "PLAIN",
        "listener.name.sasl_plaintext.plain.sasl.jaas.config": login,
        # Who logs in may do all but what a test denies; who does not may do everything.
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "true",
        "super.users": "User:ANONYMOUS",
        "log.dirs": data,
        "auto.create.topics.enable": "true",
        "offsets.topic.num.partitions": 1,
        "offsets.topic.replication.factor": 1,
        "transaction.state.log.num.partitions": 1,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        # A killed broker counts as alive for one session, and only then may it come back.
        "broker.session.timeout.ms": 1000,
        "broker.heartbeat.interval.ms": 250,
        # Groups form at once, and a test may use short sessions.
        "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 1000,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())
