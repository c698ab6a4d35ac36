"""The command line: each flag, each exit code, and what goes to which stream."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from autom3l import __version__
from autom3l.cli import app, compile_app
from typer.main import get_command
from typer.testing import CliRunner, Result

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "openai",
    "httpx2",
    "json_repair",
    "pandas",
    "torch",
    "libcst",
    "pyarrow",
    "sklearn",
    "numpy",
    "pydantic",
    "rich",
)
TABLE = "size,colour,price\n" + "".join(
    f"{i * 37 % 401}.5,{('red', 'blue', 'green')[i % 3]},{i * 7 % 97 + i % 3}\n"
    for i in range(400)
)

Run = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with a spec, its table and templates of two files."""
    (tmp_path / "spec.yaml").write_text(
        "name: houses\ndata: {train: data.csv}\ntarget: price\n"
    )
    (tmp_path / "data.csv").write_text(TABLE)
    templates = tmp_path / "templates/project"
    (templates / "__package__").mkdir(parents=True)
    (templates / "README.md.jinja").write_text("# {{ name | md }}\n")
    (templates / "__package__/train.py.jinja").write_text('print( "trained" )\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "autom3l.resources.templates_dir", lambda: tmp_path / "templates"
    )
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["compile", *arguments])


def autom3l(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def compiled(project: Path) -> Path:
    """A target that was compiled from the spec."""
    result = run("spec.yaml", "-o", "out", "--no-trial", "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    return project / "out"


def test_a_compile_tells_what_was_done_and_what_comes_next(project: Path) -> None:
    result = run("spec.yaml", "-o", "out", "--no-trial")
    assert result.exit_code == 0
    assert (project / "out/houses/train.py").read_text() == 'print("trained")\n'
    assert result.stdout.startswith("project  out: 2 files, 2 written\n")
    assert "task     regression of price, scored by " in result.stdout
    assert "columns  2 used: " in result.stdout
    assert "trial    skipped" in result.stdout
    assert "  cd out\n  python -m houses.train" in result.stdout
    assert "  python -m houses.predict runs/base " in result.stdout
    stages = re.findall(r"^(\w+) +\d+\.\d\d s$", result.stderr, re.MULTILINE)
    expected = "start parse zoo profile default verify load render rewrite format emit"
    assert stages == expected.split()


def test_both_commands_are_the_same(project: Path) -> None:
    result = CliRunner().invoke(
        compile_app, ["spec.yaml", "-o", "out", "--no-trial", "--quiet"]
    )
    assert result.exit_code == 0
    assert run("spec.yaml", "-o", "out", "--check", "--quiet").exit_code == 0


def test_the_data_is_found_from_the_target_by_a_relative_path(project: Path) -> None:
    (project / "deep").mkdir()
    run("spec.yaml", "-o", "deep/out", "--no-trial")
    pipeline = json.loads((project / "deep/out/.autom3l/pipeline.json").read_text())
    assert pipeline["data"]["root"] == "../.."
    assert str(project) not in (project / "deep/out/.autom3l/pipeline.json").read_text()


def test_a_dot_names_the_folder_one_stands_in(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "out").mkdir()
    monkeypatch.chdir(project / "out")
    assert run("../spec.yaml", "-o", ".", "--no-trial").exit_code == 0
    assert (project / "out/README.md").read_text() == "# houses\n"


def test_format_json_answers_machines(project: Path) -> None:
    result = run("spec.yaml", "-o", "out", "--no-trial", "--format", "json")
    answer = json.loads(result.stdout)
    assert answer["target"] == "out"
    assert answer["written"] == ["README.md", "houses/train.py"]
    assert answer["trial"] == "skipped"
    assert set(answer["columns"]) == {"size", "colour"}


def test_format_json_answers_errors_too(project: Path) -> None:
    result = run("nowhere.yaml", "-o", "out", "--format", "json")
    answer = json.loads(result.stdout)
    assert result.exit_code == answer["exit_code"] == 2
    assert [error["code"] for error in answer["errors"]] == ["S001"]


def test_quiet_leaves_only_warnings_and_errors(project: Path) -> None:
    result = run("spec.yaml", "-o", "out", "--no-trial", "--quiet")
    assert (result.stdout, result.stderr) == ("", "")
    failed = run("spec.yaml", "-o", "spec.yaml", "--quiet")
    assert failed.stderr.startswith("error: spec.yaml: the target is a file")


def test_verbose_prints_every_decision(project: Path) -> None:
    result = run("spec.yaml", "-o", "out", "--no-trial", "--verbose")
    assert "evidence" in result.stdout
    assert "project  out: 2 files" in result.stdout


def test_no_trial_is_written_down(project: Path) -> None:
    manifest = json.loads((compiled(project) / ".autom3l/manifest.json").read_text())
    assert manifest["trial"] == "skipped"


def test_a_failed_trial_leaves_the_target_as_it_was(project: Path) -> None:
    result = run("spec.yaml", "-o", "out")
    assert result.exit_code == 4
    assert "[T001]" in result.stderr
    assert "\ntrial: test\nerror: " in result.stderr
    assert result.stdout == ""
    assert sorted(p.name for p in project.iterdir()) == [
        "data.csv",
        "spec.yaml",
        "templates",
    ]
    kept = re.search(r"error: (\S+/project): ", result.stderr)
    assert kept
    shutil.rmtree(Path(kept[1]).parent)


def test_check_says_what_differs_and_writes_nothing(project: Path) -> None:
    missing = run("spec.yaml", "-o", "out", "--check", "--quiet")
    assert missing.exit_code == 1
    assert missing.stderr == (
        "error: out: nothing is compiled here: 5 files would be written "
        "(compile without --check) [E014]\n"
    )
    assert not (project / "out").exists()
    target = compiled(project)
    assert run("spec.yaml", "-o", "out", "--check").exit_code == 0
    (target / "README.md").write_text("mine\n")
    edited = run("spec.yaml", "-o", "out", "--check", "--quiet")
    assert edited.exit_code == 1
    assert [line[:25] for line in edited.stderr.splitlines()] == [
        "error: README.md: edited:"
    ]


def test_a_missing_file_of_a_project_is_named(project: Path) -> None:
    (compiled(project) / "README.md").unlink()
    missing = run("spec.yaml", "-o", "out", "--check", "--quiet")
    assert missing.stderr.startswith("error: README.md: missing: ")


def test_no_name_breaks_the_line_of_a_message(project: Path) -> None:
    table = TABLE.replace("size,colour", '"si\nze\x1b[31m",colour')
    (project / "spec.yaml").write_text('data: {train: "data.csv"}\ntarget: prize\n')
    (project / "data.csv").write_text(table)
    refused = run("spec.yaml", "-o", "out", "--quiet")
    assert refused.stderr.count("\n") == 1
    assert "\x1b" not in refused.stderr
    missing = run("no\nspec.yaml", "-o", "out", "--quiet")
    assert missing.stderr.startswith("error: no\\nspec.yaml: ")
    assert missing.stderr.count("\n") == 1
    (project / "spec.yaml").write_text(
        'data: {train: data.csv}\ntarget: price\ncolumns: {"si\\nze\\e[31m": drop}\n'
    )
    done = run("spec.yaml", "-o", "out", "--no-trial")
    assert done.exit_code == 0, done.stderr
    assert "si\\nze\\x1b[31m (irrelevant)" in done.stdout


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_nobody_waits_for_what_is_no_regular_file(project: Path) -> None:
    os.mkfifo("pipe")
    for arguments in (["pipe", "-o", "out"], ["--from-ir", "pipe", "-o", "out"]):
        assert "error: pipe: no regular file" in run(*arguments).stderr
    assert "error: pipe: no regular file" in autom3l("explain", "pipe").stderr
    pipeline = compiled(project) / ".autom3l/pipeline.json"
    pipeline.unlink()
    os.mkfifo(pipeline)
    assert "[E009]" in run("spec.yaml", "-o", "out", "--no-trial").stderr
    assert "[C006]" in autom3l("explain", "out").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["init", "data.csv", "--target", "price"],
        ["join", "data.csv", "data.csv", "data.csv"],
    ],
)
def test_nothing_is_written_through_a_link_that_leads_nowhere(
    project: Path, arguments: list[str]
) -> None:
    (project / "link").symlink_to("elsewhere")
    assert "[C007]" in autom3l(*arguments, "-o", "link").stderr
    assert not (project / "elsewhere").exists()


def test_diff_prints_a_patch_and_fails_only_with_check(project: Path) -> None:
    (compiled(project) / "README.md").write_text("mine\n")
    result = run("spec.yaml", "-o", "out", "--diff")
    assert result.exit_code == 0
    assert result.stdout == (
        "--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-mine\n+# houses\n"
    )
    both = run("spec.yaml", "-o", "out", "--diff", "--check")
    assert (both.exit_code, both.stdout) == (1, result.stdout)
    quiet = run("spec.yaml", "-o", "out", "--diff", "--quiet")
    assert (quiet.exit_code, quiet.stdout, quiet.stderr) == (0, result.stdout, "")
    data = json.loads(
        run("spec.yaml", "-o", "out", "--check", "--format", "json").stdout
    )
    assert data["differences"] == [{"kind": "edited", "path": "README.md"}]


def test_dry_run_tells_and_writes_nothing(project: Path) -> None:
    result = run("spec.yaml", "-o", "out", "--dry-run")
    assert result.exit_code == 0
    assert "create   README.md\ncreate   houses/train.py\ntask  " in result.stdout
    assert not (project / "out").exists()
    (compiled(project) / "README.md").write_text("mine\n")
    refused = run("spec.yaml", "-o", "out", "--dry-run")
    assert (refused.exit_code, refused.stdout) == (2, "")


def test_overwrite_discards_edits(project: Path) -> None:
    target = compiled(project)
    (target / "README.md").write_text("mine\n")
    refused = run("spec.yaml", "-o", "out", "--no-trial", "--quiet")
    assert refused.exit_code == 2
    assert refused.stderr == (
        "error: out/README.md: edited since it was emitted "
        "(--update keeps the change, --overwrite discards it) [E008]\n"
    )
    arguments = ("spec.yaml", "-o", "out", "--no-trial", "--overwrite")
    told = "update   README.md: your change is discarded\n"
    assert told in run(*arguments, "--dry-run").stdout
    done = run(*arguments)
    assert done.exit_code == 0
    assert "undone   changes of README.md\n" in done.stdout
    assert (target / "README.md").read_text() == "# houses\n"
    assert "undone" not in run(*arguments).stdout


def test_what_is_told_of_the_trial_is_what_the_manifest_says(project: Path) -> None:
    manifest = compiled(project) / ".autom3l/manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace('"trial": "skipped"', '"trial": "passed"'))
    arguments = ("spec.yaml", "-o", "out", "--no-trial")
    told = "trial    skipped: these very files have passed theirs before\n"
    assert told in run(*arguments).stdout
    answer = json.loads(run(*arguments, "--format", "json").stdout)
    assert answer["trial"] == "passed" == json.loads(manifest.read_text())["trial"]
    assert answer["steps"] == []


def test_from_ir_needs_neither_spec_nor_data(project: Path) -> None:
    target = compiled(project)
    (project / "spec.yaml").unlink()
    (project / "data.csv").unlink()
    ir = "out/.autom3l/pipeline.json"
    assert run("--from-ir", ir, "-o", "out", "--check").exit_code == 0
    assert run("--from-ir", ir, "-o", "again", "--no-trial").exit_code == 0
    for name in ("README.md", "houses/train.py", ".autom3l/pipeline.json"):
        assert (project / "again" / name).read_bytes() == (target / name).read_bytes()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "can't be read: No such file or directory"),
        (b"\xff", "can't be read: it is not UTF-8"),
        (b"{", "not a pipeline: Invalid JSON"),
        (b"{}", "not a pipeline: version: Field required"),
    ],
)
def test_a_file_that_is_no_pipeline_is_an_error(
    project: Path, text: bytes | None, problem: str
) -> None:
    if text is not None:
        (project / "ir.json").write_bytes(text)
    result = run("--from-ir", "ir.json", "-o", "out")
    assert result.exit_code == 2
    lines = [line for line in result.stderr.splitlines() if "error:" in line]
    assert lines[0].startswith(f"error: ir.json: {problem}")
    assert all(line.endswith("[C003]") for line in lines)


def test_strict_makes_errors_of_warnings(project: Path) -> None:
    with (project / "spec.yaml").open("a") as spec:
        spec.write('directives: "Use the colour."\n')
    relaxed = run("spec.yaml", "-o", "out", "--no-trial", "--quiet")
    assert relaxed.exit_code == 0
    assert relaxed.stderr.startswith("warning: ")
    strict = run("spec.yaml", "-o", "out2", "--no-trial", "--quiet", "--strict")
    assert strict.exit_code == 2
    assert "--strict is given) [C002]" in strict.stderr
    assert not (project / "out2").exists()


def test_template_dir_comes_first(project: Path) -> None:
    (project / "mine/project").mkdir(parents=True)
    (project / "mine/project/README.md.jinja").write_text("mine\n")
    arguments = ("spec.yaml", "-o", "out", "--no-trial", "--template-dir", "mine")
    assert run(*arguments).exit_code == 0
    assert (project / "out/README.md").read_text() == "mine\n"
    assert (project / "out/houses/train.py").exists()


def test_a_template_of_the_user_that_is_no_python_is_no_bug(project: Path) -> None:
    (project / "mine/project").mkdir(parents=True)
    (project / "mine/project/a.py.jinja").write_text("def:\n")
    result = run("spec.yaml", "-o", "out", "--no-trial", "--template-dir", "mine")
    assert result.exit_code == 2
    assert "error: mine: a template renders to no Python: a.py" in result.stderr


def test_zoo_dir_comes_first(project: Path) -> None:
    shutil.copytree(ROOT / "zoo_cards", project / "zoo")
    card = next((project / "zoo/tabular").glob("*.md"))
    card.write_text("no front matter\n")
    result = run("spec.yaml", "-o", "out", "--no-trial", "--zoo-dir", "zoo")
    assert result.exit_code == 2
    assert f"error: zoo/tabular/{card.name}" in result.stderr


def test_weights_dir_is_recorded_relative_to_the_spec(project: Path) -> None:
    (project / "weights").mkdir()
    arguments = ("spec.yaml", "-o", "out", "--no-trial", "--weights-dir")
    assert run(*arguments, str(project / "weights")).exit_code == 0
    text = (project / "out/.autom3l/pipeline.json").read_text()
    assert json.loads(text)["data"]["weights"] == "weights"


@pytest.mark.parametrize("flag", ["--zoo-dir", "--template-dir", "--weights-dir"])
def test_a_folder_that_is_missing_is_an_error(project: Path, flag: str) -> None:
    result = run("spec.yaml", "-o", "out", "--no-trial", "--quiet", flag, "nowhere")
    assert result.exit_code == 2
    assert result.stderr == "error: nowhere: no such folder [C004]\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-o", "out"], "C001"),
        (["spec.yaml", "--from-ir", "x.json", "-o", "out"], "C001"),
        (["--from-ir", "x.json", "-o", "out", "--zoo-dir", "."], "C001"),
        (["--from-ir", "x.json", "-o", "out", "--weights-dir", "."], "C001"),
        (["spec.yaml", "-o", "out", "--check", "--dry-run"], "C001"),
        (["spec.yaml", "-o", "out", "--diff", "--dry-run"], "C001"),
        (["spec.yaml", "-o", "out", "--quiet", "--verbose"], "C001"),
        (["spec.yaml", "-o", "out", "--update", "--overwrite"], "C001"),
        (["spec.yaml", "-o", "out", "--conflict", "rej"], "C001"),
        (["spec.yaml", "-o", "out", "--allow-dirty"], "C001"),
        (["spec.yaml"], "--output"),
        (["spec.yaml", "-o", "out", "--nope"], "--nope"),
        (["spec.yaml", "-o", "out", "--format", "xml"], "xml"),
    ],
)
def test_flags_that_make_no_sense_exit_2(
    project: Path, arguments: list[str], code: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert code in result.stderr
    assert not (project / "out").exists()


def test_plan_prints_the_pipeline_that_a_compile_would_use(project: Path) -> None:
    target = compiled(project)
    expected = (target / ".autom3l/pipeline.json").read_text()
    printed = autom3l("plan", "spec.yaml", "--quiet")
    assert (printed.exit_code, printed.stdout) == (0, expected)
    arguments = ("plan", "spec.yaml", "-o", "p.json", "--project", "deep/out")
    assert autom3l(*arguments).exit_code == 0
    assert json.loads((project / "p.json").read_text())["data"]["root"] == "../.."
    assert autom3l("plan", "spec.yaml", "-o", "no/p.json").exit_code == 2


def test_explain_shows_every_decision_of_a_project_or_a_file(project: Path) -> None:
    compiled(project)
    ir = json.loads((project / "out/.autom3l/pipeline.json").read_text())
    for place in ("out", "out/.autom3l/pipeline.json"):
        shown = autom3l("explain", place, "--format", "json")
        assert json.loads(shown.stdout) == ir["decisions"]
    table = autom3l("explain", "out").stdout
    assert {d["section"] for d in ir["decisions"]} <= set(re.findall(r"\w+", table))
    refused = autom3l("explain", ".")
    assert refused.exit_code == 2
    assert "no emitted repository" in refused.stderr


def test_init_drafts_a_spec_that_compiles(project: Path) -> None:
    (project / "spec.yaml").unlink()
    printed = autom3l("init", "data.csv", "--target", "price")
    assert printed.exit_code == 0
    assert printed.stderr == ""
    drafted = autom3l("init", "data.csv", "--target", "price", "-o", "spec.yaml")
    assert drafted.stderr == (
        "wrote spec.yaml: read it, then run autom3l-compile spec.yaml -o DIR\n"
    )
    assert (drafted.exit_code, drafted.stdout) == (0, "")
    assert (project / "spec.yaml").read_text() == printed.stdout
    compiled(project)
    again = autom3l("init", "data.csv", "--target", "price", "-o", "spec.yaml")
    assert again.exit_code == 2
    assert "[C007]" in again.stderr


def test_zoo_lists_all_cards_and_shows_one() -> None:
    listed = autom3l("zoo", "list", "--format", "json")
    names = [card["name"] for card in json.loads(listed.stdout)]
    assert len(names) >= 80
    assert set(names) <= set(re.findall(r"[\w.-]+", autom3l("zoo", "list").stdout))
    tabular = autom3l("zoo", "list", "--modality", "tabular", "--format", "json")
    assert [card["name"] for card in json.loads(tabular.stdout)] == ["mlp_ple"]
    card = json.loads(autom3l("zoo", "show", names[0], "--format", "json").stdout)
    shown = autom3l("zoo", "show", names[0]).stdout
    assert card["advice"].strip() in shown
    assert card["licence"] in shown
    unknown = autom3l("zoo", "show", f"{names[0]}x")
    assert unknown.exit_code == 2
    assert f"(did you mean {names[0]!r}?) [C010]" in unknown.stderr


def test_zoo_search_prints_the_nearest_first() -> None:
    wish = ("zoo", "search", "medical German text", "--format", "json")
    names = [card["name"] for card in json.loads(autom3l(*wish).stdout)]
    assert names[0] == "medbert-512-no-duplicates"
    assert len(names) == 6
    images = json.loads(autom3l(*wish, "--modality", "image").stdout)
    assert {card["modality"] for card in images} == {"image"}


def test_zoo_check_mends_no_shipped_card() -> None:
    refused = autom3l("zoo", "check", "--fix")
    assert refused.exit_code == 2
    assert "--fix needs --zoo-dir" in refused.stderr


def test_zoo_check_names_every_malformed_card(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.md").write_text("no facts")
    result = autom3l("zoo", "check", "--zoo-dir", str(tmp_path))
    assert result.exit_code == 2
    assert result.stderr.count("[Z002]") == 2


def test_zoo_knows_the_cards_of_a_team(tmp_path: Path) -> None:
    card = (ROOT / "zoo_cards/text/gbert-base.md").read_text()
    (tmp_path / "ours.md").write_text(card.replace("name: gbert-base", "name: ours"))
    shown = autom3l("zoo", "show", "ours", "--zoo-dir", str(tmp_path))
    assert "deepset/gbert-base" in shown.stdout
    listed = autom3l("zoo", "list", "--zoo-dir", str(tmp_path), "--format", "json")
    names = [card["name"] for card in json.loads(listed.stdout)]
    assert {"ours", "gbert-base"} <= set(names)


@pytest.mark.parametrize("kind", ["spec", "ir"])
def test_schema_prints_a_json_schema(kind: str) -> None:
    assert "properties" in autom3l("schema", kind).stdout
    assert "$schema" in json.loads(autom3l("schema", kind).stdout)


@pytest.mark.parametrize("program", [app, compile_app])
def test_version(program: object) -> None:
    result = CliRunner().invoke(program, ["--version"])  # type: ignore[arg-type]
    assert (result.exit_code, result.stdout) == (0, f"autom3l {__version__}\n")


def test_a_bug_keeps_its_traceback(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autom3l.building.render", lambda *_: 1 / 0)
    result = run("spec.yaml", "-o", "out")
    assert isinstance(result.exception, ZeroDivisionError)


@pytest.mark.slow
def test_interrupted_says_so_and_exits_130(project: Path) -> None:
    program = """
import os, signal, sys
from autom3l import building
from autom3l.cli import compile_app
# A shell in the background makes its children deaf to it.
signal.signal(signal.SIGINT, signal.default_int_handler)
building.render = lambda *_: os.kill(os.getpid(), signal.SIGINT)
compile_app(["spec.yaml", "-o", "out", "--quiet"])
"""
    done = _python(project, program)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")
    assert not (project / "out").exists()


@pytest.mark.slow
def test_a_reader_that_closes_the_pipe_causes_no_traceback(project: Path) -> None:
    compiled(project)
    process = subprocess.Popen(
        [sys.executable, "-m", "autom3l", "explain", "out"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    process.stdout.close()
    assert process.stderr
    assert (process.stderr.read(), process.wait()) == ("", 0)
    process.stderr.close()


def test_help_imports_nothing_heavy(project: Path) -> None:
    program = f"""
import sys
from autom3l.cli import compile_app
try:
    compile_app(["--help"])
except SystemExit:
    print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    done = _python(project, program)
    assert "Usage:" in done.stdout
    assert done.stderr == "[]\n"


@pytest.mark.slow
def test_a_compile_imports_nothing_that_most_of_them_never_need(project: Path) -> None:
    rare = ["sklearn", "scipy", "torch", "PIL", "rich", "charset_normalizer"]
    rare += ["pyarrow.parquet", "pyarrow.dataset"]
    program = f"import sys, autom3l.modes\nprint({{*{rare}}} & {{*sys.modules}})"
    assert _python(project, program).stdout == "set()\n"


def test_every_flag_is_documented_and_tested() -> None:
    manual = (ROOT / "docs/cli.md").read_text()
    here = Path(__file__)
    places = (
        here,
        here.with_name("test_llm_doctor.py"),
        here.with_name("test_retrieval.py"),
        here.parent.parent / "test_planning.py",
        here.parent.parent / "test_interactive.py",
        here.parent.parent / "test_updates.py",
    )
    tests = "".join(place.read_text() for place in places)
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert commands
    for name, command in commands.items():
        section = manual.split(f"\n## `autom3l {name} ")[1].split("\n## ")[0]
        for flag in flags_of(command) - {"--help"}:
            assert f"`{flag}" in section, f"{name} {flag} is not in docs/cli.md"
            assert flag == "--output" or f'"{flag}"' in tests, f"{name} {flag}"


def test_the_manual_names_no_flag_that_is_none() -> None:
    manual = (ROOT / "docs/cli.md").read_text()
    commands = get_command(app).commands  # type: ignore[attr-defined]
    flags = {flag for command in commands.values() for flag in flags_of(command)}
    assert set(re.findall(r"`(--[a-z-]+)", manual)) <= flags | {"--help"}


def flags_of(command: Any) -> set[str]:
    """Of a command, or of all the commands of a group."""
    commands = getattr(command, "commands", {"": command}).values()
    flags = {flag for c in commands for p in c.params for flag in p.opts}
    return {flag for flag in flags if flag.startswith("-")}


def _python(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "80"},
    )


def test_a_pipeline_without_an_end_is_told(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.json"
    path.write_text("[" * 100_000)
    arguments = ["--from-ir", str(path), "-o", str(tmp_path / "out")]
    result = CliRunner().invoke(compile_app, arguments)
    assert result.exit_code == 2
    assert "[C003]" in result.stderr
