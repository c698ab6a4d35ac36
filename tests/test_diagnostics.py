"""docs/diagnostics.md lists every code, and a code means one thing."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "compiler" / "autom3l"
PAGE = (ROOT / "docs" / "diagnostics.md").read_text("utf-8")

ROWS = re.findall(r"^\| ([A-Z]\d{3}) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
# Which modules report what; the trailing slash stands for a package.
AREAS = {
    "S": ("spec_reading/",),
    "D": ("tables/", "inference/", "profiling.py", "joining.py", "trial/data.py"),
    "P": ("defaults/", "checks/"),
    "Z": ("card_file.py", "zoo.py", "zoo_facts.py"),
    "R": ("rendering.py",),
    "E": (
        "changes.py",
        "difference.py",
        "emission.py",
        "git.py",
        "ignoring.py",
        "known_data.py",
        "manifest.py",
        "publishing.py",
        "staging.py",
        "target.py",
    ),
    "T": ("trial/",),
    "L": ("llm/", "planning/", "plan.py"),
    "C": (
        "cli.py",
        "combining.py",
        "compiled.py",
        "building.py",
        "driver.py",
        "plan.py",
        "request.py",
        "pipeline_file.py",
        "zoo_commands.py",
        "zoo_fixing.py",
        "zoo_pages.py",
    ),
}
# One problem that shows itself in two places.
IN_TWO_MODULES = {"C001", "C008", "D004", "D009", "D013", "D014", "E004", "P240"}


def used() -> dict[str, set[str]]:
    """The modules that report each code."""
    modules: dict[str, set[str]] = defaultdict(set)
    for path in sorted(PACKAGE.rglob("*.py")):
        for code in re.findall(r'"([A-Z]\d{3})"', path.read_text("utf-8")):
            modules[code].add(path.relative_to(PACKAGE).as_posix())
    return modules


def test_every_code_is_documented_and_every_documented_code_exists() -> None:
    assert [code for code, _, _ in ROWS] == sorted(used(), key=_order)


def test_a_code_is_reported_by_its_own_area_and_by_one_module_of_it() -> None:
    modules = used()
    for code, places in modules.items():
        assert all(place.startswith(AREAS[code[0]]) for place in places), code
    shared = {code for code, places in modules.items() if len(places) > 1}
    assert shared <= IN_TWO_MODULES


def test_no_two_codes_of_an_area_have_one_meaning() -> None:
    meanings = [(code[0], problem) for code, problem, _ in ROWS]
    assert len(set(meanings)) == len(meanings)


def test_most_codes_of_a_user_have_a_case() -> None:
    cases = (ROOT / "tests" / "cases").rglob("*.txt")
    shown = {c for p in cases for c in re.findall(r"\[([A-Z]\d{3})\]", p.read_text())}
    assert shown <= {code for code, _, _ in ROWS}
    spec = {code for code, _, _ in ROWS if code[0] == "S"}
    assert spec <= shown, "each code of the spec has a case"


def _order(code: str) -> tuple[int, str]:
    return list(AREAS).index(code[0]), code
