"""Planning with a person at hand, whose answers are piped to the command line."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from autom3l.cli import app, compile_app
from autom3l.planning.planning import PASSES
from llm_server import Body, Script, Step, answers, refuses, says, serving
from scripted_passes import NOTHING
from test_planning import (
    WHY,
    column,
    decision,
    name_of,
    pets,
    planned,
    prompt_of,
    server,
    spec_file,
    tree,
)
from typer.testing import CliRunner, Result

DROP = {"column": "PhotoAmt", "role": "leak", **WHY, "directive": "features"}
FEATURES = NOTHING["select_features"]
LEAK = {**FEATURES, "drops": [DROP]}
BREED = {"column": "Breed1", "modality": "categorical", "levels": [], "separator": ""}
READING = {"changes": [{**BREED, "format": "", **WHY}]}
ACCEPT_ALL = ["a"] * len(PASSES)
COMMENTED = """\
# What we know of the shelter.
data:
  train: train.csv    # since 2015
target: AdoptionSpeed
constraints: {offline: true}

columns:
  # the desk types it in
  Grade: {modality: ordinal, levels: [low, mid, high]}   # as on the card

# ours, on loopback
llm: {model: tester, base_url: BASE_URL}
"""


def plan(spec: Path, lines: list[str], *flags: str) -> Result:
    """Plan only, with these lines on stdin."""
    place = ["--project", str(spec.parent / "project")]
    command = ["plan", str(spec), *place, "-o", str(spec.parent / "ir.json")]
    said = "".join(f"{line}\n" for line in lines)
    return CliRunner().invoke(app, [*command, "--interactive", *flags], input=said)


def emit(spec: Path, lines: list[str] | None, *flags: str) -> Result:
    """Compile, with these lines on stdin; `None`: without anybody."""
    command = [str(spec), "-o", str(spec.parent / "project"), "--no-trial", *flags]
    said = "".join(f"{line}\n" for line in lines or [])
    asking = [] if lines is None else ["--interactive"]
    return CliRunner().invoke(compile_app, [*command, *asking], input=said)


def commented(folder: Path, script: Script) -> Path:
    """A spec with comments beside the table."""
    path = pets(folder) / "pets.yaml"
    path.write_text(COMMENTED.replace("BASE_URL", script.base_url))
    return path


def names(script: Script) -> list[str]:
    """The passes that the server was asked about, in order."""
    return [name_of(body) for body in script.requests if "messages" in body]


@pytest.mark.slow
def test_whoever_accepts_all_gets_what_nobody_asked_would(tmp_path: Path) -> None:
    with server(infer_modalities=READING) as script:
        spec = spec_file(pets(tmp_path), script)
        before = spec.read_bytes()
        result = plan(spec, ACCEPT_ALL)
        assert result.exit_code == 0, result.stderr
        assert "numeric → categorical" in result.stderr
        assert "It is so." in result.stderr
        assert "select_features changes nothing: the model would" in result.stderr
        assert "choose_models changes nothing: it has nothing to" in result.stderr
        assert "write what was said" not in result.stderr
        assert result.stdout == ""
        alone = (tmp_path / "ir.json").read_bytes()
        (tmp_path / "pets.transcript.jsonl").unlink()
        command = ["plan", str(spec), "--project", str(tmp_path / "project")]
        assert CliRunner().invoke(app, command).stdout.encode() == alone
    assert spec.read_bytes() == before


def test_a_directive_asks_the_pass_again_and_no_other(tmp_path: Path) -> None:
    with server(select_features=[FEATURES, LEAK]) as script:
        spec = spec_file(pets(tmp_path), script)
        said = ["a", "d PhotoAmt is only known afterwards", *ACCEPT_ALL[1:], "n"]
        result = plan(spec, said)
        assert result.exit_code == 0, result.stderr
        times = Counter(names(script))
        assert times.pop("select_features") == 2
        assert set(times.values()) == {1}
        asked = prompt_of(script.requests[2])
    assert "features: PhotoAmt is only known afterwards" in asked
    assert column(planned(spec), "PhotoAmt").role == "leak"
    found = decision(planned(spec), "PhotoAmt")
    assert (found.source, found.directive) == ("llm", "features")
    told = "directive features (PhotoAmt is only known afterwards): PhotoAmt: drop"
    assert told in result.stderr
    assert f"asked tester: {2 + len(times)} calls" in result.stderr


def test_a_second_directive_is_added_to_the_first(tmp_path: Path) -> None:
    with server() as script:
        spec = spec_file(pets(tmp_path), script, directives="Be quick.")
        said = ["d", "read Grade as an order", "d", "and nothing else", *ACCEPT_ALL]
        result = plan(spec, [*said, "y"])
        assert result.exit_code == 0, result.stderr
        asked = prompt_of(script.requests[2])
    assert "all: Be quick.\nmodalities: read Grade as an order" in asked
    both = 'modalities: "read Grade as an order. and nothing else"'
    assert both in spec.read_text() or both.replace('"', "") in spec.read_text()


def test_a_pin_wins_over_the_model_and_is_a_fact_of_the_spec(tmp_path: Path) -> None:
    with server(select_features=LEAK) as script:
        wish = {"directives": {"features": "PhotoAmt is only known afterwards"}}
        spec = spec_file(pets(tmp_path), script, **wish)
        pins = ["p PhotoAmt: {modality: numeric}", "p metric: macro_f1"]
        result = plan(spec, ["a", pins[0], "a", pins[1], *ACCEPT_ALL, "n"])
        assert result.exit_code == 0, result.stderr
        pinned = planned(spec)
        assert column(pinned, "PhotoAmt").role == "feature"
        assert decision(pinned, "PhotoAmt").source == "spec"
        assert pinned.task.metric == "macro_f1"
        assert decision(pinned, "metric").source == "spec"
        clash = "warning: directive features, PhotoAmt (not changed)"
        assert clash in result.stderr
        # The same as if it had been there from the start.
        more = {"columns": {"PhotoAmt": "numeric"}, "metric": "macro_f1"}
        spec_file(tmp_path, script, **wish, **more)
        assert plan(spec, ACCEPT_ALL).exit_code == 0
    assert planned(spec) == pinned


def test_the_latest_pin_takes_back_the_earlier(tmp_path: Path) -> None:
    with server() as script:
        spec = spec_file(pets(tmp_path), script, columns={"Age": "drop"})
        said = ["p Age: numeric", "p {Age: drop, Fee: drop}", "p Fee: {drop: false}"]
        result = plan(spec, [*said, *ACCEPT_ALL, "y"])
    assert result.exit_code == 0, result.stderr
    assert "numeric → drop" in result.stderr
    assert column(planned(spec), "Age").role != "feature"
    assert column(planned(spec), "Fee").role == "feature"


def test_a_pass_that_answers_otherwise_after_a_pin_is_shown_again(
    tmp_path: Path,
) -> None:
    low, high = (
        {
            **{"column": "Grade", "modality": "ordinal", "separator": "", "format": ""},
            **{"levels": levels, **WHY},
        }
        for levels in (["low", "mid", "high"], ["high", "mid", "low"])
    )
    given: list[dict[str, Any]] = [{"changes": [low]}, {"changes": [high]}]
    with server(infer_modalities=given) as script:
        spec = spec_file(pets(tmp_path), script)
        result = plan(spec, ["a", "p Age: drop", "a", *ACCEPT_ALL[1:], "n"])
    assert result.exit_code == 0, result.stderr
    assert result.stderr.count("infer_modalities: [a]ccept") == 2
    assert column(planned(spec), "Grade").levels == ("high", "mid", "low")


BAD_PINS = [
    ("Bred1: categorical", "columns.Bred1: the table has no column 'Bred1' (did"),
    ("Breed1: categorial", "columns.Breed1.modality: 'categorial' is not a choice"),
    ("Breed1: {modalty: text}", "unknown key 'modalty' (did you mean 'modality'?)"),
    ("Breed1 categorical", "'Breed1 categorical' is no pin (as in"),
    ("Breed1: {", "not valid YAML"),
    ("Breed1:", "nothing is said of 'Breed1'"),
    ("{2019: drop}", "the key 2019 is not text"),
    ("split: {}", "nothing is said of 'split'"),
    ("columns: {}", "nothing is said of 'columns'"),
    ("columns: 5", "columns: 5 is a number, a mapping is meant"),
    ("{columns: 5, Age: drop}", "columns: 5 is a number, a mapping is meant"),
    ("target: Age", "'target' can't be pinned while planning (columns by name"),
    ("task: binary", "3 labels"),
    ("split: {kind: group}", "a 'group' split goes by a column, and none is"),
    ("AdoptionSpeed: drop", "'AdoptionSpeed' is the target, which takes no pins"),
    ("constraints: {max_parameters: 0}", "0 must be at least 1"),
]


def test_a_bad_pin_is_told_and_asked_for_again(tmp_path: Path) -> None:
    bad = [f"p {pin}" for pin, _ in BAD_PINS]
    with server() as script:
        spec = spec_file(pets(tmp_path), script)
        result = plan(spec, [*bad, "p", "Breed1: categorical", *ACCEPT_ALL, "n"])
    assert result.exit_code == 0, result.stderr
    _, *told = result.stderr.partition("pin: Breed1")[0].split("[?] help: p ")
    for (pin, why), text in zip(BAD_PINS, told, strict=True):
        assert text.startswith(f"{pin}\nnot taken: ")
        assert why in text
    assert column(planned(spec), "Breed1").modality == "categorical"
    assert "modalty" not in (tmp_path / "ir.json").read_text()


@pytest.mark.parametrize("lines", [["s"], ["a", "stop"], [], ["a", "p"], ["what"]])
def test_a_stop_or_the_end_of_the_answers_writes_no_project(
    tmp_path: Path, lines: list[str]
) -> None:
    with server() as script:
        spec = commented(tmp_path, script)
        before = spec.read_bytes()
        result = emit(spec, lines)
        assert result.exit_code == 130
        assert "stopped" in result.stderr
        assert spec.read_bytes() == before
        assert not (tmp_path / "project").exists()
        # What was paid for is kept.
        asked = len(script.requests)
        plan(spec, lines)
        assert len(script.requests) == asked


@pytest.mark.slow
def test_what_was_said_repeats_the_compile_without_a_person(tmp_path: Path) -> None:
    lines = [
        *("p Breed1: {modality: categorical}", "a"),
        *("d PhotoAmt is only known afterwards", "a", "a", "a"),
        *("p Fee: {missing: ['-999']}", "a", "p split: {test: 0.2}", *ACCEPT_ALL, "n"),
    ]
    with server(select_features=[FEATURES, FEATURES, LEAK]) as script:
        spec = commented(tmp_path, script)
        mine = spec.read_bytes()
        result = emit(spec, lines)
        assert result.exit_code == 0, result.stderr
    assert spec.read_bytes() == mine
    first = tree(tmp_path / "project")
    said = first[".autom3l/spec.yaml"].decode()
    for line in mine.decode().splitlines():
        assert line in said.splitlines()
    spec.write_text(said)
    kept = tmp_path / "project/.autom3l/spec.transcript.jsonl"
    shutil.copy(kept, tmp_path / "pets.transcript.jsonl")
    shutil.rmtree(tmp_path / "project")
    result = emit(spec, None, "--locked")  # the server is gone
    assert result.exit_code == 0, result.stderr
    assert tree(tmp_path / "project") == first
    project = planned_in(tmp_path)
    assert column(project, "PhotoAmt").role == "leak"
    assert "-999" in column(project, "Fee").missing


def planned_in(folder: Path) -> Any:
    from autom3l.pipeline_file import read_pipeline

    return read_pipeline(folder / "project" / ".autom3l" / "pipeline.json")


def test_the_specs_own_file_is_written_for_who_wishes_it(tmp_path: Path) -> None:
    with server() as script:
        spec = commented(tmp_path, script)
        windows = spec.read_bytes().replace(b"\n", b"\r\n")
        spec.write_bytes(b"\xef\xbb\xbf" + windows)
        spec.chmod(0o640)
        result = plan(spec, ["p Breed1: categorical", *ACCEPT_ALL, "y"])
        assert result.exit_code == 0, result.stderr
        added = b"  Breed1: {modality: categorical}\r\n  Grade: {mod"
        assert spec.read_bytes() == b"\xef\xbb\xbf" + windows.replace(
            b"  Grade: {mod", added
        )
        assert spec.stat().st_mode & 0o777 == 0o640
        first = (tmp_path / "ir.json").read_bytes()
        command = ["plan", str(spec), "--project", str(tmp_path / "project")]
        again = CliRunner().invoke(app, [*command, "--locked"])
    assert again.exit_code == 0, again.stderr
    assert again.stdout.encode() == first


@pytest.mark.parametrize(
    ("meanwhile", "told"),
    [
        (
            lambda path: path.write_text(f"{path.read_text()}# mine\n"),
            "was edited mean",
        ),
        (Path.unlink, "the spec is left as it is: No such file or directory"),
    ],
)
def test_a_spec_that_changed_meanwhile_is_left_alone(
    tmp_path: Path, meanwhile: Callable[[Path], object], told: str
) -> None:
    def reply(body: Body) -> Step:
        if name_of(body) == "assemble_pipeline":
            meanwhile(tmp_path / "pets.yaml")
        return says(NOTHING[name_of(body)])

    with serving(answers(reply)) as script:
        spec = commented(tmp_path, script)
        result = plan(spec, ["p Age: drop", *ACCEPT_ALL, "y"])
    assert result.exit_code == 0, result.stderr
    assert told in result.stderr
    assert not spec.exists() or "Age" not in spec.read_text()


def test_a_spec_that_stays_keeps_its_answers_too(tmp_path: Path) -> None:
    with server() as script:
        spec = commented(tmp_path, script)
        said = ["a", "d drop Age", *ACCEPT_ALL[1:], "n"]
        assert plan(spec, said).exit_code == 0
        asked = len(script.requests)
        assert plan(spec, said).exit_code == 0
        assert len(script.requests) == asked


def test_a_pass_left_to_the_rules_says_why(tmp_path: Path) -> None:
    with serving(refuses(401, "no such key")) as script:
        spec = spec_file(pets(tmp_path), script)
        result = plan(spec, ACCEPT_ALL)
    assert result.exit_code == 0, result.stderr
    told = "infer_modalities, left to the rules: The model was asked in vain: "
    assert told in result.stderr


def test_more_questions_than_the_budget_allows_are_left_to_the_rules(
    tmp_path: Path,
) -> None:
    with server() as script:
        spec = spec_file(pets(tmp_path), script, llm={"max_calls": 1})
        result = plan(spec, ["d Drop Age", *ACCEPT_ALL, "n"])
        assert len(script.requests) == 1
    assert result.exit_code == 0, result.stderr
    told = (
        "infer_modalities, left to the rules: The model was asked in vain: the budget"
    )
    assert told in result.stderr


def test_a_pass_is_refreshed_once(tmp_path: Path) -> None:
    with server() as script:
        spec = spec_file(pets(tmp_path), script)
        assert plan(spec, ACCEPT_ALL).exit_code == 0
        known = len(script.requests)
        said = ["a", "a", "d Fee has holes", *ACCEPT_ALL[2:], "n"]
        assert plan(spec, said, "--refresh", "infer_modalities").exit_code == 0
    assert names(script)[known:] == ["infer_modalities", "impute_values"]


def test_texts_of_a_model_write_nothing_but_text_to_a_terminal(tmp_path: Path) -> None:
    evil = {**DROP, "directive": "", "reason": "\x1b[2Jred \x07 [bold]x[/bold]"}
    with server(select_features={**LEAK, "drops": [evil]}) as script:
        result = plan(spec_file(pets(tmp_path), script), ACCEPT_ALL)
    assert result.exit_code == 0, result.stderr
    assert "\x1b" not in result.stderr
    assert "\x07" not in result.stderr
    assert "[bold]x[/bold]" in result.stderr


def test_what_is_not_utf_8_is_asked_for_again(tmp_path: Path) -> None:
    with server() as script:
        spec = spec_file(pets(tmp_path), script)
        command = ["plan", str(spec), "--project", str(tmp_path / "p"), "--interactive"]
        result = CliRunner().invoke(
            app, command, input=b"d caf\xe9\n" + b"a\n" * len(PASSES)
        )
    assert result.exit_code == 0, result.stderr
    assert "that is not UTF-8" in result.stderr


@pytest.mark.parametrize(
    "flags",
    [
        ["--no-llm"],
        ["--locked"],
        ["--offline"],
        ["--quiet"],
        ["--format", "json"],
    ],
)
def test_who_is_asked_must_see_and_be_heard(tmp_path: Path, flags: list[str]) -> None:
    with server() as script:
        result = emit(spec_file(pets(tmp_path), script), ACCEPT_ALL, *flags)
        assert not script.requests
    assert result.exit_code == 2
    assert f"{' '.join(flags)} and --interactive exclude each other" in result.stderr


def test_without_a_model_there_is_nothing_to_talk_about(tmp_path: Path) -> None:
    spec = pets(tmp_path) / "pets.yaml"
    spec.write_text("data: {train: train.csv}\ntarget: AdoptionSpeed\n")
    result = emit(spec, ACCEPT_ALL)
    assert result.exit_code == 3
    assert "no model to plan with: the spec has no llm section [L017]" in result.stderr
