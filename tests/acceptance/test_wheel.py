"""The built wheel, installed into an empty environment, far from this checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.processes import ROOT

PROOF = """
import importlib.util, sys
from consumer.migrations import migrations
from ledgerstream.embedded import jars
from schemas.record import SCHEMA
assert SCHEMA["name"] == "Ledger"
assert [each.number for each in migrations()] == list(range(1, len(migrations()) + 1)) != []
assert importlib.util.find_spec("tests") is None and importlib.util.find_spec("benchmarks") is None
print(importlib.util.find_spec("consumer").origin)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [built] = folder.glob("*.whl")
    return built


def test_what_the_wheel_holds(wheel: Path) -> None:
    """The four packages by name, with their data files, and no test."""
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"consumer", "ledgerstream", "producer", "schemas"}
    shipped = [path for path in ROOT.glob("*/**/*") if path.suffix in (".avsc", ".sql", ".lock")]
    expected = {path.relative_to(ROOT).as_posix() for path in shipped if path.relative_to(ROOT).parts[0] in tops}
    assert {"schemas/ledger.avsc", "consumer/sql/migrations/0001_first.sql"} <= expected
    assert expected <= set(names)


def test_the_wheel_works(wheel: Path, tmp_path: Path) -> None:
    """In an environment of its own, the command line answers and finds its data files."""
    environment = tmp_path / "environment"
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, environment], check=True)
    python = environment / "bin" / "python"
    install: list[str | Path] = [
        uv,
        "pip",
        "install",
        "--quiet",
        "--python",
        python,
        "--constraint",
        ROOT / "requirements.lock",
        wheel,
    ]
    subprocess.run(install, check=True)
    proof = subprocess.run([python, "-c", PROOF], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert proof.stdout.strip().startswith(str(environment))
    command = environment / "bin" / "ledgerstream"
    shown = subprocess.run([command, "--help"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert "consume" in shown
    up = subprocess.run([command, "up"], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert up.returncode == 40
    assert "docker compose" in up.stderr
    assert "ledgerstream[local]" in up.stderr
