"""How long do `--help` and a compile take, and where does the time go?

    python benchmarks/compile_time.py [--tries 5]

Prints the least time of several tries, each a process of its own, beside its limit; and
the processor time of that try, for on a busy machine the two differ much.
The compile is that of ../shared/data/flipkart_products without a trial; it is skipped,
saying so, where that is absent. The same and the project of examples/sample.yaml are
compiled again, by rules and from the answers of a model in a transcript, when there is
nothing to write: beside these stands what they should take of the processor one day.
Exit 1 when a limit is passed.
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
from typing import Any

HELP_SECONDS = 0.3
COMPILE_SECONDS = 5.0
# Of the processor, for a compile of what was compiled before. To import numpy, pyarrow
# and pandas takes half a second of it.
RECOMPILE_AIM = 0.7
HEAVY = ("pandas", "torch", "libcst", "pyarrow", "sklearn", "numpy", "pydantic", "rich")
ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared/data/flipkart_products"
sys.path.insert(0, str(ROOT / "tests"))

from llm_server import serving  # noqa: E402 (its folder is known only now)
from scripted_passes import by_pass, recorded  # noqa: E402

_COMMAND = str(Path(sys.executable).with_name("autom3l-compile"))
_FLAGS = ("--no-trial", "--quiet", "--format", "json")
_SPEC = f"data: {{train: {DATA / 'train.csv'}}}\ntarget: main_category\n"
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
        _recompile(DATA.name, _SPEC, recorded(DATA.name), tries)
    else:
        print(f"compile: skipped, for there is no {DATA.name} in ../shared/data")
    with tempfile.TemporaryDirectory() as folder:
        script = str(ROOT / "examples/make_sample.py")
        _try(sys.executable, script, f"{folder}/sample")
        spec = f"data: {{train: {folder}/sample/plants.csv}}\ntarget: diagnosis\n"
        _recompile("sample", spec, {}, tries)
    return all(good)


def _compile(tries: int) -> bool:
    with tempfile.TemporaryDirectory() as name:
        spec = Path(name, "spec.yaml")
        spec.write_text(f"{_SPEC}constraints: {{offline: true}}\n")
        least = min(
            _try(_COMMAND, str(spec), "-o", f"{name}/out{number}", *_FLAGS)
            for number in range(tries)
        )
    good = _show("compile of flipkart_products", least, COMPILE_SECONDS)
    for stage, seconds in json.loads(least.output)["seconds"].items():
        print(f"  {stage:<38}{seconds:7.2f} s")
    return good


def _recompile(what: str, spec: str, given: dict[str, Any], tries: int) -> None:
    """The least of several compiles which find nothing to write, by either planner."""
    with tempfile.TemporaryDirectory() as name, serving(by_pass(**given)) as script:
        llm = f"llm: {{model: assistant, base_url: '{script.base_url}'}}\n"
        path = Path(name, "spec.yaml")
        path.write_text(spec + llm)
        for planner, flags in (("rules", ("--no-llm",)), ("transcript", ())):
            command = (_COMMAND, str(path), "-o", f"{name}/{planner}", *_FLAGS, *flags)
            _try(*command)
            asked = len(script.requests)
            least = min(_try(*command) for _ in range(tries))
            if json.loads(least.output)["written"] or len(script.requests) > asked:
                sys.exit(f"{what}, by {planner}: was not untouched")
            _show(f"{what} again, by {planner}", least)
            verdict = "kept" if least.cpu <= RECOMPILE_AIM else "not yet"
            print(f"  aim {RECOMPILE_AIM} s of processor: {verdict}")


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
    print(f"{what:<40}{least.seconds:7.2f} s{least.cpu:7.2f} s of processor{verdict}")
    return good


if __name__ == "__main__":
    sys.exit(main())
