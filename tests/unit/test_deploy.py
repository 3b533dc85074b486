"""The files of `deploy/`, the image and the compose file: of the right form, and in step with the program."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import typer
import yaml

from ledgerstream.cli import app
from ledgerstream.exit_codes import NEEDS_A_PERSON
from tests.support.processes import ROOT

COMPOSE = ROOT / "docker-compose.yml"
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
MANIFESTS = sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml*"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
DEPLOYED = [path for path in (*(ROOT / "deploy").rglob("*"), COMPOSE) if path.is_file()]

KUBERNETES_VERSIONS = ("1.30", "1.37")
NEWER_THAN_SOME_SYSTEMD = ("'RestartSteps'", "'RestartMaxDelaySec'")
OF_THE_IMAGE = "/opt/ledgerstream/bin/ledgerstream"


def compose_services(variables: dict[str, str]) -> dict[str, Any]:
    """The services as Compose reads them: each `${NAME:-default}` filled in, variables without a value left out."""
    text = COMPOSE.read_text(encoding="utf-8")
    filled = re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: variables.get(found[1]) or found[2], text)
    assert "${" not in filled
    services: dict[str, Any] = yaml.safe_load(filled)["services"]
    for service in services.values():
        given = {
            name: variables.get(name) if value is None else value for name, value in service["environment"].items()
        }
        service["environment"] = {name: str(value) for name, value in given.items() if value is not None}
    return services


def objects(manifest: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(manifest.read_text(encoding="utf-8")))


def containers() -> Iterator[dict[str, Any]]:
    for manifest in MANIFESTS:
        for each in objects(manifest):
            if each["kind"] == "Deployment":
                yield from each["spec"]["template"]["spec"]["containers"]


def settings(unit: Path) -> dict[str, list[str]]:
    """What the unit says, each key with all its values."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """Every command line of the program that these files run: where it stands, and its arguments."""
    for name, service in compose_services({}).items():
        if service["image"] == "ledgerstream":
            yield f"service {name}", service["command"]
            if "ledgerstream" in service["healthcheck"]["test"]:
                yield f"health of {name}", service["healthcheck"]["test"][2:]
    for unit in UNITS:
        program, *arguments = shlex.split(settings(unit)["ExecStart"][0].replace("%i", "history"))
        assert program == OF_THE_IMAGE
        yield unit.name, arguments
    for container in containers():
        yield f"container {container['name']}", container["args"]


def understood(arguments: list[str]) -> dict[str, Any]:
    """What the program makes of its arguments and of the environment, without doing it.

    Raises:
        UsageError: It would refuse them.
    """
    group = typer.main.get_command(app)
    name, *rest = arguments
    with group.commands[name].make_context(name, list(rest)) as context:  # type: ignore[attr-defined]
        found: dict[str, Any] = context.params
    return found


def valid_compose(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_the_compose_file_is_valid(tmp_path: Path) -> None:
    """It is what the Compose Specification's own schema describes, which refuses a key that it does not know."""
    checked = valid_compose(COMPOSE)
    assert checked.returncode == 0, checked.stdout
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(COMPOSE.read_text(encoding="utf-8").replace("stop_grace_period", "stop_grace"))
    assert "stop_grace" in valid_compose(broken).stdout


def test_what_a_service_waits_for_can_be_healthy() -> None:
    """Each service has a health check, limits and an end of its own; what others wait for is there."""
    services = compose_services({})
    for name, service in services.items():
        assert {"healthcheck", "deploy", "restart", "stop_grace_period"} <= set(service), name
        for other, condition in service.get("depends_on", {}).items():
            assert other in services
            assert condition == {"condition": "service_healthy"}


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.name)
@pytest.mark.parametrize("kubernetes", KUBERNETES_VERSIONS)
def test_the_manifests_are_valid(manifest: Path, kubernetes: str) -> None:
    """Each object is what the Kubernetes version's own schema describes, strictly: no key that it does not know."""
    for each in objects(manifest):
        kubernetes_validate.validate(each, kubernetes, strict=True)
        each["metadata"]["nmae"] = "broken"
        with pytest.raises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(each, kubernetes, strict=True)


def test_what_a_manifest_names_is_there() -> None:
    """Selectors select the pods, and every ConfigMap and Secret that is named is in the folder."""
    there = {(each["kind"], each["metadata"]["name"]): each for manifest in MANIFESTS for each in objects(manifest)}
    for (kind, _), each in there.items():
        if kind == "Deployment":
            labels = each["spec"]["template"]["metadata"]["labels"]
            assert each["spec"]["selector"]["matchLabels"] == labels
            for spread in each["spec"]["template"]["spec"].get("topologySpreadConstraints", []):
                assert spread["labelSelector"]["matchLabels"] == labels
    for container in containers():
        for source in container["envFrom"]:
            [(reference, named)] = source.items()
            kind = {"configMapRef": "ConfigMap", "secretRef": "Secret"}[reference]
            assert (kind, named["name"]) in there
        assert container["image"] == f"ledgerstream:{version('ledgerstream')}"


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_the_units_are_valid(unit: Path, tmp_path: Path) -> None:
    """This machine's systemd has nothing to complain about, but that an old one does not know the newest keys."""
    verifier = shutil.which("systemd-analyze")
    if verifier is None:
        pytest.skip("systemd-analyze: it is not on this machine")
    program = str(Path(sys.executable).with_name("ledgerstream"))

    def complaints(text: str) -> list[str]:
        copy = tmp_path / unit.name
        copy.write_text(text.replace(OF_THE_IMAGE, program), encoding="utf-8")
        command = [verifier, "verify", "--man=no", "--recursive-errors=no", str(copy)]
        said = subprocess.run(command, check=False, capture_output=True, text=True).stderr
        return [line for line in said.splitlines() if not any(key in line for key in NEWER_THAN_SOME_SYSTEMD)]

    text = unit.read_text(encoding="utf-8")
    assert complaints(text) == []
    assert complaints(text.replace("TimeoutStopSec=10s", "TimeoutStopSec=soon")) != []


def test_a_unit_restarts_what_a_restart_heals() -> None:
    """`RestartPreventExitStatus` is the program's own list, and so is what the other files tell to alert on."""
    codes = [str(int(code)) for code in sorted(NEEDS_A_PERSON)]
    listed = f"{', '.join(codes[:-1])} and {codes[-1]}"
    for unit in UNITS:
        assert settings(unit)["RestartPreventExitStatus"] == [" ".join(codes)]
        assert settings(unit)["Restart"] == ["on-failure"]
    for name in ("kubernetes/producer.yaml", "kubernetes/consumer.yaml", "README.md"):
        assert listed in (ROOT / "deploy" / name).read_text(encoding="utf-8").replace("\n      # ", " ")


def test_the_units_are_hardened_alike() -> None:
    """What follows the command is the same in every unit."""
    [only] = {unit.read_text(encoding="utf-8").partition("ExecStart=")[2].partition("\n")[2] for unit in UNITS}
    assert "ProtectSystem=strict" in only


def test_every_variable_exists() -> None:
    """No file names a variable that nothing reads."""
    group = typer.main.get_command(app)
    commands = [group, *group.commands.values()]  # type: ignore[attr-defined]
    read = {parameter.envvar for command in commands for parameter in command.params}
    for path in DEPLOYED:
        named = set(re.findall(r"LEDGERSTREAM_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8")))
        assert named <= read, path


@pytest.mark.parametrize(("where", "arguments"), [pytest.param(*each, id=each[0]) for each in command_lines()])
def test_every_command_line_is_understood(where: str, arguments: list[str]) -> None:
    """The program takes each command line of these files; with an option that it has not, it would not."""
    assert understood(arguments)
    with pytest.raises(Exception, match="No such option"):
        understood([*arguments, "--no-such-option"])


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, {"network": "pubnet", "topic": None, "source": "lake", "subscriber": "history"}),
        (
            {"LEDGERSTREAM_SOURCE": "simulated", "LEDGERSTREAM_NETWORK": "simulated", "LEDGERSTREAM_TOPIC": "other"},
            {"network": "simulated", "topic": "other", "source": "simulated", "subscriber": "history"},
        ),
    ],
)
@pytest.mark.parametrize(("name", "of_another"), [("producer", "subscriber"), ("consumer", "source")])
def test_the_services_environments_are_understood(
    name: str, of_another: str, chosen: dict[str, str], expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each choice reaches the option it is meant for; what nobody chooses has the program's own default."""
    service = compose_services(chosen)[name]
    by_default = understood(service["command"])
    for variable, value in service["environment"].items():
        monkeypatch.setenv(variable, value)
    found = understood(service["command"])
    expected = {option: value for option, value in expected.items() if option != of_another}
    assert {option: found[option] for option in expected} == expected
    own = {*expected, "alive_file", "database_url", "kafka"}
    assert {option: value for option, value in found.items() if option not in own} == {
        option: value for option, value in by_default.items() if option not in own
    }


def test_the_standby_is_the_consumer_again() -> None:
    """The two are symmetric."""
    services = compose_services({})
    assert services["standby"] == services["consumer"]


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is set to nothing counts as not set: a `.env` file may leave any of them open."""
    group = typer.main.get_command(app)
    for name in ("produce", "consume", "status"):
        expected = understood([name])
        for parameter in group.commands[name].params:  # type: ignore[attr-defined]
            if parameter.envvar:
                with monkeypatch.context() as patched:
                    patched.setenv(parameter.envvar, "")
                    assert understood([name]) == expected, parameter.envvar


def pins(path: str) -> dict[str, list[str]]:
    """The requirements of a list: what is pinned, and its hashes."""
    text = (ROOT / path).read_text(encoding="utf-8").replace("\\\n", " ")
    return {line.split()[0]: re.findall(r"--hash=(\S+)", line) for line in text.splitlines()}


def test_the_image_installs_what_is_locked() -> None:
    """The image's lists are parts of the lock file, hash by hash: all that runs, nothing that only tests or serves."""
    locked, runs, builds = (
        pins(name) for name in ("requirements.lock", "deploy/requirements.txt", "deploy/build-requirements.txt")
    )
    for part in (runs, builds):
        for pin, hashes in part.items():
            assert hashes
            assert locked[pin] == hashes, pin
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    def names(requirements: list[Any]) -> set[str]:
        return {re.split(r"[\[<>=]", each)[0] for each in requirements if isinstance(each, str)}

    run_names = {pin.partition("==")[0] for pin in runs}
    assert names(project["project"]["dependencies"]) <= run_names
    assert not run_names & names(project["project"]["optional-dependencies"]["local"])
    assert not run_names & names(project["dependency-groups"]["dev"])
    assert names(project["dependency-groups"]["build"]) <= {pin.partition("==")[0] for pin in builds}


def test_the_image_is_not_root() -> None:
    """Its last stage is of the builder's base, and its user is a number other than 0."""
    builder, final = re.findall(r"^FROM (\S+)(?: AS (\w+))?$", DOCKERFILE, re.MULTILINE)
    assert builder == (final[0], "builder")
    last_stage = DOCKERFILE.rpartition("FROM ")[2]
    assert re.findall(r"^USER (\d+):(\d+)$", last_stage, re.MULTILINE) == [("10001", "10001")]


def test_what_the_image_copies_is_there() -> None:
    """Each file that the Dockerfile copies exists, and `.dockerignore` lets it through and nothing else."""
    lines = re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    copied = {source for line in lines for source in line.split()}
    assert all((ROOT / source).exists() for source in copied)
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert rules[1] == "*"
    assert {rule.removeprefix("!") for rule in rules if rule.startswith("!")} == copied
