"""A retrieval: its sides, what belongs together, and how its rows are divided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from autom3l.checks.subject import Subject
from autom3l.cli import app
from autom3l.column import Derived
from autom3l.defaults import default_pipeline
from autom3l.defaults.one_space import MULTILINGUAL
from autom3l.defaults.training import training_rows
from autom3l.diagnostics import UserError
from autom3l.ir import Pipeline, Split
from autom3l.profiling import profile_data
from autom3l.resources import zoo_dir
from autom3l.spec import ColumnPin, Constraints, EncoderPin, SpecEncoders
from autom3l.spec_reading import load_spec
from autom3l.validation import CHECKS
from autom3l.zoo import load_zoo
from column_samples import Cell, spec_of, table_of
from PIL import Image
from typer.testing import CliRunner, Result

WORDS = ["red", "blue", "small", "large", "round", "lamp", "chair", "old", "new"]
THINGS, ROWS = 80, 400


def table() -> dict[str, list[Cell]]:
    """Questions about things, the answers, and which thing each is about."""
    source = Random(5)  # noqa: S311 (no secret)
    answers = [" ".join(source.choices(WORDS, k=7)) + f" {n}" for n in range(THINGS)]
    about = [n % THINGS for n in range(ROWS)]
    return {
        "question": [
            " ".join(source.choices(WORDS, k=6)) + f" q{n}" for n in range(ROWS)
        ],
        "asked_stars": [str(source.randint(1, 500)) for _ in range(ROWS)],
        "answer": [answers[n] for n in about],
        "answer_price": [f"{5 + 3.7 * n:.2f}" for n in about],
        "weather": [source.choice(["sun", "rain", "snow"]) for _ in range(ROWS)],
        "thing": [f"thing {n}" for n in about],
    }


def planned(cells: dict[str, list[Cell]] | None = None, /, **spec: Any) -> Pipeline:
    wanted = replace(spec_of("thing"), **{"task": "retrieval", **spec})
    profile = table_of(cells or table(), wanted.folder)
    zoo = load_zoo([zoo_dir()])
    return default_pipeline(wanted, profile, zoo, root="..", weights="")


SIDES: dict[str, Any] = {"left": ("question", "asked_stars"), "right": ("answer",)}


def test_rows_with_the_same_target_find_each_other() -> None:
    pipeline = planned()
    part = pipeline.retrieval
    assert part and part.query == part.item and not part.two_sided
    assert (pipeline.task.kind, pipeline.task.metric) == ("retrieval", "map_at_100")
    assert (pipeline.task.targets, pipeline.task.classes) == (("thing",), ())
    assert (pipeline.split.kind, pipeline.split.column) == ("group", "thing")


def test_what_gives_the_target_away_is_a_leak_where_rows_find_rows() -> None:
    roles = {c.name: c.role for c in planned().columns}
    assert roles["answer_price"] == "leak"
    assert roles["question"] == "feature"


def test_what_is_of_neither_side_feeds_nothing() -> None:
    pipeline = planned(**SIDES, target=())
    roles = {c.name: c.role for c in pipeline.columns}
    assert roles["weather"] == roles["answer_price"] == "irrelevant"
    part = pipeline.retrieval
    assert part and (part.query, part.item) == (SIDES["left"], SIDES["right"])


def test_sides_are_named_by_what_their_columns_begin_with() -> None:
    pipeline = planned(left=("question",), right=("answer",), target=())
    assert pipeline.retrieval and pipeline.retrieval.item == ("answer",)
    pipeline = planned(left=("asked_",), right=("answer_",), target=())
    part = pipeline.retrieval
    assert part and (part.query, part.item) == (("asked_stars",), ("answer_price",))


def test_a_side_tells_its_own_thing() -> None:
    """The label is that of the item: nothing of it is a leak."""
    pipeline = planned(left=("question",), right=("answer", "answer_price"))
    roles = {c.name: c.role for c in pipeline.columns}
    assert roles["answer"] == roles["answer_price"] == "feature"


def test_new_items_are_to_be_found() -> None:
    """What tells them apart stays a feature, and is in one part only."""
    pipeline = planned(**SIDES, target=())
    assert (pipeline.split.kind, pipeline.split.column) == ("group", "answer")
    assert "answer" in {c.name for c in pipeline.features()}


def test_a_query_with_an_item_in_each_of_its_rows_is_in_one_part() -> None:
    """As a photo with several captions."""
    sides = {"left": ("answer",), "right": ("question", "asked_stars")}
    pipeline = planned(**sides, target=())
    assert (pipeline.split.kind, pipeline.split.column) == ("group", "answer")
    (why,) = (d for d in pipeline.decisions if d.choice == "group")
    assert why.reason.startswith("New things are searched with")


def test_items_of_one_row_each_are_divided_at_random() -> None:
    columns = {name: cells[:THINGS] for name, cells in table().items()}
    pipeline = planned(columns, **SIDES, target=())
    assert (pipeline.split.kind, pipeline.split.column) == ("random", "")


def test_two_labels_say_which_sides_belong_together() -> None:
    columns: dict[str, list[Cell]] = {
        **table(),
        "fits": ["yes" if n % 3 else "no" for n in range(ROWS)],
    }
    task = planned(columns, **SIDES, target=("fits",)).task
    assert (task.targets, task.classes) == (("fits",), ("no", "yes"))


def test_what_does_not_belong_together_is_no_row_to_learn_from() -> None:
    rare = table()
    rare["fits"] = ["yes" if n % 8 == 0 else "no" for n in range(ROWS)]
    pipeline = planned(rare, **SIDES, target=("fits",))
    rows = training_rows(table_of(rare), Split("random", 0.1, 0.1), pipeline.task)
    assert rows == round(0.8 * ROWS / 8)


PHOTOS: list[Cell] = [f"{n % 40}.png" for n in range(ROWS)]
PAIR = {"photo": ColumnPin(modality="image"), "question": ColumnPin(modality="text")}


def cells() -> dict[str, list[Cell]]:
    return {"question": table()["question"], "photo": PHOTOS}


@pytest.fixture
def searched(tmp_path: Path) -> dict[str, Any]:
    """What a spec says of questions that find photos."""
    for name in {*PHOTOS}:
        Image.new("RGB", (4, 4)).save(tmp_path / str(name))
    return {
        "folder": str(tmp_path),
        "target": (),
        "columns": PAIR,
        "left": ("question",),
        "right": ("photo",),
    }


def test_texts_and_photos_are_compared_by_halves_of_a_pair(
    searched: dict[str, Any],
) -> None:
    pipeline = planned(cells(), **searched)
    text, image = pipeline.encoders.text, pipeline.encoders.image
    assert pipeline.encoders.one_space and text and image
    assert (text.card, image.card) == MULTILINGUAL
    assert (text.pooling, text.max_tokens) == ("siglip", 64)
    (why,) = [d for d in pipeline.decisions if d.subject == "pair"]
    assert why.choice == " + ".join(MULTILINGUAL)
    offline = Constraints(offline=True)
    assert not planned(cells(), **searched, constraints=offline).encoders.one_space


def test_what_the_spec_names_may_be_half_of_a_pair(searched: dict[str, Any]) -> None:
    clip = ("clip-vit-base-patch32", "vit_base_patch32_clip_224")
    text, image = map(EncoderPin, clip)
    named = {
        "both": SpecEncoders(text, image),
        "text": SpecEncoders(text=EncoderPin("all-MiniLM-L6-v2")),
        "one half": SpecEncoders(image=EncoderPin(clip[1])),
        "frozen": SpecEncoders(text=EncoderPin(tuning="frozen")),
        "tuned": SpecEncoders(text, replace(image, tuning="full")),
    }
    found = {
        name: planned(cells(), **searched, encoders=pins).encoders.one_space
        for name, pins in named.items()
    }
    assert found == {
        "both": True,
        "text": False,
        "one half": True,
        "frozen": True,
        "tuned": False,
    }


def test_where_both_sides_have_photos_those_are_compared(
    searched: dict[str, Any],
) -> None:
    both = cells() | {"answer_photo": PHOTOS[::-1]}
    searched |= {"left": ("question", "photo"), "right": ("answer_photo",)}
    assert not planned(both, **searched).encoders.one_space


def test_one_space_needs_both_halves(searched: dict[str, Any]) -> None:
    good = planned(cells(), **searched)
    encoders, text, image = good.encoders, good.encoders.text, good.encoders.image
    assert text and image and problems(good) == []
    for broken in (
        replace(encoders, text=replace(text, pooling="mean")),
        replace(encoders, image=replace(image, tuning="full")),
        replace(encoders, text=replace(text, tuning="full")),
        replace(encoders, text=replace(text, card="clip-vit-base-patch32")),
        replace(encoders, image=replace(image, card="mobilenetv2_100")),
    ):
        assert problems(replace(good, encoders=broken)), broken


def test_vectors_are_of_one_network() -> None:
    pipeline = planned()
    assert (pipeline.fusion.members, pipeline.ensemble.folds) == (1, 1)
    assert pipeline.ensemble.trees == "none"
    assert pipeline.training.batch_size >= 64


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ({"left": ("nobody",), "right": ("answer",)}, "D020"),
        ({"left": ("question", "answr"), "right": ("answer",)}, "D020"),
        ({"left": ("question", "answer"), "right": ("answer",)}, "D021"),
        ({"target": ("question",)}, "P118"),
        ({**SIDES, "columns": {"answer": ColumnPin(drop=True)}}, "P119"),
    ],
)
def test_what_is_no_retrieval_is_refused(spec: dict[str, Any], code: str) -> None:
    with pytest.raises(UserError) as error:
        planned(**spec)
    assert [d.code for d in error.value.diagnostics] == [code]


def problems(pipeline: Pipeline) -> Sequence[str]:
    subject = Subject(pipeline, zoo=load_zoo([zoo_dir()]))
    return [problem.code for check in CHECKS for problem in check(subject)]


def test_a_number_of_both_sides_is_refused() -> None:
    pipeline = planned(left=("asked_",), right=("answer_",), target=())
    both = Derived("gap", "difference", ("asked_stars", "answer_price"))
    assert problems(replace(pipeline, derived=(both,))) == ["P293"]
    one = Derived("log", "log1p", ("answer_price",))
    assert problems(replace(pipeline, derived=(one,))) == []


def test_the_verifier_knows_what_a_retrieval_needs() -> None:
    pipeline = planned(**SIDES, target=())
    part = pipeline.retrieval
    assert part and problems(pipeline) == []
    assert "P290" in problems(replace(pipeline, retrieval=None))
    only_query = replace(part, item=("question",))
    assert "P291" in problems(replace(pipeline, retrieval=only_query))
    unknown = replace(part, item=("answr",))
    assert "P291" in problems(replace(pipeline, retrieval=unknown))
    alike = replace(part, query=part.query + part.item, item=part.query + part.item)
    assert "P291" in problems(replace(pipeline, retrieval=alike))  # without a target
    several = replace(pipeline.fusion, members=8)
    assert problems(replace(pipeline, fusion=several)) == ["P292"]


def drafted(folder: Path, *arguments: str) -> Result:
    lines = zip(*table().values(), strict=True)
    text = "\n".join(",".join(map(str, cells)) for cells in (table(), *lines))
    (folder / "table.csv").write_text(text + "\n")
    command = ["init", str(folder / "table.csv"), *arguments]
    return CliRunner().invoke(app, command)


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            ("--left", "question", "--left", "asked_stars", "--right", "answer"),
            ["task: retrieval", "left: [question, asked_stars]", "right: answer"],
        ),
        (
            ("--target", "thing", "--task", "retrieval"),
            ["target: thing", "task: retrieval"],
        ),
        (
            ("--target", "thing", "--left", "question", "--right", "answer"),
            ["target: thing", "task: retrieval", "left: question", "right: answer"],
        ),
    ],
)
def test_init_drafts_one(
    tmp_path: Path, arguments: tuple[str, ...], lines: list[str]
) -> None:
    spec = tmp_path / "spec.yaml"
    assert drafted(tmp_path, *arguments, "-o", str(spec)).exit_code == 0
    stated = [line.partition("  #")[0] for line in spec.read_text().splitlines()]
    keys = ("target", "task", "left", "right")
    assert [line for line in stated if line.startswith(keys)] == lines
    read = load_spec(spec)
    assert default_pipeline(
        read, profile_data(read), load_zoo([zoo_dir()]), root="..", weights=""
    ).retrieval


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "nothing says what to predict"),
        (("--left", "question"), "one side of two"),
        (("--task", "retrieval"), "nothing says"),
        (("--left", "", "--right", "answer"), "an empty name"),
        (("--left", "question", "--right", "nothing"), "--right"),
    ],
)
def test_init_says_what_a_retrieval_lacks(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    result = drafted(tmp_path, *arguments)
    assert result.exit_code != 0
    assert told in result.stderr
    assert "Traceback" not in result.stderr
