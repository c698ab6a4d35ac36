"""What every test may rely on: no network, a small sample table, the data sets."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Tests of a minute or so, the longest first.
LONG = (
    "their_own_tests_pass",
    "all_types_are_right",
    "ci_runs_passes",
    "the_commands_of_the_readme_run",
    "test_tuning.py",
    "test_resuming.py",
    "test_processes.py",
)

# Read when libraries are imported, so set before any test module is. There is a worker
# for each core: threads of several would wait for each other.
os.environ |= {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Expected results that are files can be written anew; their diff is the review."""
    text = "write what the commands say into tests/cases"
    parser.addoption("--update-cases", action="store_true", help=text)
    text = "write the emitted trees into generated/"
    parser.addoption("--update-golden", action="store_true", help=text)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest come first, so that no worker is left with one at the end.

    Two workers begin with half of the tests each, and take from each other's end.
    """
    long = [item for name in LONG for item in items if name in item.nodeid]
    others = [item for item in items if item not in set(long)]
    middle = len(others) // 2
    items[:] = [*long[::2], *others[:middle], *long[1::2], *others[middle:]]


def pytest_collection_finish() -> None:
    """What was imported and collected stays: to look for garbage in it takes long."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Connections to anything but this machine fail, in the process of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            original = getattr(socket.socket, name)
            patch.setattr(socket.socket, name, _loopback_only(original))
        yield


@pytest.fixture(autouse=True, scope="session")
def interruptible() -> Iterator[None]:
    """Also where a shell began the tests in the background, deaf to interrupts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What compiles remember of this machine is no business of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def sample_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`plants.csv` of 60 rows beside its `images/`; tests must not write there."""
    folder = tmp_path_factory.mktemp("sample") / "sample"
    script = ROOT / "examples" / "make_sample.py"
    command = [sys.executable, str(script), str(folder), "--rows", "60"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "plants.csv"


@pytest.fixture
def sample_spec(sample_table: Path, tmp_path: Path) -> Path:
    """A copy of examples/sample.yaml with its table (60 rows) where it expects it."""
    shutil.copytree(sample_table.parent, tmp_path / "sample")
    return Path(shutil.copy(ROOT / "examples" / "sample.yaml", tmp_path))


@pytest.fixture(scope="session")
def types(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy knows of the libraries, so that it reads them once for all projects.

    Workers share it: mypy writes each file of it as a whole.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "types"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets beside the repository; skips where there is none."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the data sets of ../shared/data, which are not here")
    return folder


def _loopback_only(original: Any) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        host = address[0] if isinstance(address, tuple) else "unix socket"
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(host):
            raise AssertionError(f"a test tried to reach {host!r} over the network")
        return original(self, address)

    return connect


def _is_local(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")
