"""How long do `--help` and a compile take, and where does the time go?

    python benchmarks/compile_time.py [--tries 5]

Prints the least time of several tries, each a process of its own, beside its limit; and
the processor time of that try, for on a busy machine the two differ much.
The compile is that of ../shared/data/flipkart_products without a trial; it is skipped,
saying so, where that is absent. Exit 1 when a limit is passed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HELP_SECONDS = 0.3
COMPILE_SECONDS = 5.0
HEAVY = ("pandas", "torch", "libcst", "pyarrow", "sklearn", "numpy", "pydantic", "rich")
DATA = Path(__file__).resolve().parents[2] / "shared/data/flipkart_products"

_COMMAND = str(Path(sys.executable).with_name("autom3l-compile"))
_HELP = f"""
import sys
from autom3l.cli import compile_app
try:
    compile_app(["--help"])
except SystemExit:
    print(*sorted(set({HEAVY!r}) & set(sys.modules)), end="")
"""


@dataclass(frozen=True, order=True)
class Try:
    """One process: its wall time and its processor time in seconds, its stdout."""

    seconds: float
    cpu: float
    output: str


def main() -> int:
    """Measure everything, print it; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tries", type=int, default=5)
    tries = parser.parse_args().tries
    with tempfile.TemporaryDirectory() as bytecode:
        # As for a user, whose Python compiles each module once, in the first try.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = bytecode
        return 0 if _kept(tries) else 1


def _kept(tries: int) -> bool:
    """Whether every limit is."""
    loaded = _try(sys.executable, "-c", _HELP).output.split("\n")[-1]
    print(f"heavy modules loaded by --help: {loaded or 'none'}")
    helps = min(_try(_COMMAND, "--help") for _ in range(tries))
    stages = ("-c", "import autom3l.modes")
    imports = min(_try(sys.executable, *stages) for _ in range(tries))
    good = [not loaded, _show("--help", helps, HELP_SECONDS)]
    _show("import of all stages", imports)
    if DATA.is_dir():
        good.append(_compile(tries))
    else:
        print(f"compile: skipped, for there is no {DATA.name} in ../shared/data")
    return all(good)


def _compile(tries: int) -> bool:
    with tempfile.TemporaryDirectory() as name:
        spec = Path(name, "spec.yaml")
        spec.write_text(
            f"data: {{train: {DATA / 'train.csv'}}}\ntarget: main_category\n"
            "constraints: {offline: true}\n"
        )
        flags = ("--no-trial", "--quiet", "--format", "json")
        least = min(
            _try(_COMMAND, str(spec), "-o", f"{name}/out{number}", *flags)
            for number in range(tries)
        )
    good = _show("compile of flipkart_products", least, COMPILE_SECONDS)
    for stage, seconds in json.loads(least.output)["seconds"].items():
        print(f"  {stage:<30}{seconds:7.2f} s")
    return good


def _try(*command: str) -> Try:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Try(seconds, cpu, done.stdout)


def _show(what: str, least: Try, limit: float | None = None) -> bool:
    good = limit is None or least.seconds <= limit
    verdict = (
        "" if limit is None else f"   limit {limit} s: {'kept' if good else 'MISSED'}"
    )
    print(f"{what:<32}{least.seconds:7.2f} s{least.cpu:7.2f} s of processor{verdict}")
    return good


if __name__ == "__main__":
    sys.exit(main())
