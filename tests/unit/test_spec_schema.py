from __future__ import annotations

import copy
import json
import runpy
from pathlib import Path
from typing import Any

import pytest
from autom3l.diagnostics import SpecError
from autom3l.ir_json import to_json
from autom3l.schemas import json_schema
from autom3l.spec_reading import load_spec
from hypothesis import event, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from strategies import pipelines

SPEC = Draft202012Validator(json.loads(json_schema("spec")))
IR = Draft202012Validator(json.loads(json_schema("ir")))
# Of one key or value; what contradicts another one is beyond a schema.
OF_FORM = {"S003", "S004", "S005", "S006", "S008", "S010", "S014", "S031"}

FULL: dict[str, Any] = {
    "name": "flats",
    "data": {"train": "a.csv", "validation": "v.csv", "test": "t.csv", "images": "i"},
    "target": ["price", "rent"],
    "task": "auto",
    "metric": "auto",
    "directives": {"all": "Be quick.", "features": "Ignore the id."},
    "columns": {
        "id": "drop",
        "tags": "multi_category",
        "state": {
            "modality": "ordinal",
            "drop": False,
            "missing": ["?"],
            "levels": ["poor", "good"],
            "separator": "|",
            "format": "%Y",
        },
    },
    "split": {"kind": "group", "column": "house", "validation": 0.2, "test": 0.1},
    "constraints": {"offline": True, "licences": ["mit"], "max_parameters": "22M"},
    "search": {
        "engine": "optuna",
        "trials": 20,
        "minutes": 30,
        "fixed": ["train.batch_size"],
    },
    "llm": {
        "embedding_model": "bge-m3",
        "model": "m",
        "base_url": "http://localhost:8000/v1",
        "share": "schema",
        "max_calls": 3,
        "max_tokens": "50k",
        "max_cost": 0.5,
        "prices": {"input": 0.1, "output": 1},
        "timeout": 60,
        "temperature": 0,
    },
    "weights_dir": "w",
    "seed": 3,
}
SIDES: dict[str, Any] = {
    "data": FULL["data"],
    "task": "retrieval",
    "left": "photo",
    "right": ["name", "text"],
}
PLACES = [
    (),
    ("left",),
    ("right",),
    *((key,) for key in FULL),
    *((section, key) for section in ("data", "split") for key in FULL[section]),
    *(("constraints", key) for key in FULL["constraints"]),
    *(("search", key) for key in FULL["search"]),
    *(("llm", key) for key in FULL["llm"]),
    *(("llm", "prices", key) for key in FULL["llm"]["prices"]),
    *(("columns", name) for name in FULL["columns"]),
    *(("columns", "state", key) for key in FULL["columns"]["state"]),
    ("directives", "all"),
    ("target", 0),
    ("columns", "state", "levels", 0),
]
WORDS = ["drop", "text", "auto", "group", "all", "22M", "0.0k", "1e3", "x-1", "-x"]
VALUES = st.one_of(
    st.sampled_from(["", " ", "é", "a b", "x" * 70, "\t", *WORDS]),
    st.sampled_from(
        [None, True, False, 0, 1, -1, 0.5, 0.49, 2.0, 1e300, 2**32, 10**14]
    ),
    st.sampled_from([[], {}, [1], ["a"], ["a", None], {"a": 1}, {"drop": True}]),
)
KEYS = st.sampled_from(
    ["drop", "kind", "train", "all", "folder", "warnings", "api_key", "x", ""]
)


def form_problems(path: Path) -> list[str]:
    try:
        load_spec(path)
    except SpecError as error:
        return [str(d) for d in error.diagnostics if d.code in OF_FORM]
    return []


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A document with some values replaced, removed or added."""
    document = copy.deepcopy(draw(st.sampled_from([FULL, SIDES])))
    for place in draw(st.lists(st.sampled_from(PLACES), max_size=3)):
        document = changed(draw, document, place)
    return document


def changed(draw: st.DrawFn, part: Any, place: tuple[str | int, ...]) -> Any:
    if not place:
        added = isinstance(part, dict) and draw(st.integers(0, 9))
        return {**part, draw(KEYS): draw(VALUES)} if added else draw(VALUES)
    key, *rest = place
    if isinstance(part, list):
        return [changed(draw, item, tuple(rest)) for item in part]
    if not isinstance(part, dict) or key not in part:
        return part
    others = {k: v for k, v in part.items() if k != key}
    if rest:
        return {**others, key: changed(draw, part[key], tuple(rest))}
    return draw(st.sampled_from([others, {**others, key: draw(VALUES)}]))


@settings(max_examples=100, deadline=None)
@given(mutated())
def test_the_schema_accepts_what_the_reader_accepts(
    tmp_path_factory: pytest.TempPathFactory, document: Any
) -> None:
    path = tmp_path_factory.getbasetemp() / "mutated.yaml"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    found = form_problems(path)
    event(str(not found))
    assert SPEC.is_valid(document) == (not found), (document, found)


def test_the_schemas_are_schemas_and_describe_every_key() -> None:
    for validator in (SPEC, IR):
        Draft202012Validator.check_schema(validator.schema)
    spec = json.loads(json_schema("spec"))
    for part in (spec, *spec["$defs"].values()):
        for key, schema in part["properties"].items():
            assert schema.get("description"), key


@pytest.mark.parametrize("document", [FULL, SIDES], ids=["full", "sides"])
def test_the_documents_have_no_mistake_of_form(
    tmp_path: Path, document: dict[str, Any]
) -> None:
    path = tmp_path / "full.yaml"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert form_problems(path) == []
    assert SPEC.is_valid(document)


@pytest.mark.parametrize("lost", ["target", "left"])
@pytest.mark.parametrize("value", ["absent", None, [], ""])
def test_there_is_a_target_or_there_are_sides(
    tmp_path: Path, lost: str, value: Any
) -> None:
    document = {**(FULL if lost == "target" else SIDES), lost: value}
    if value == "absent":
        del document[lost]
    path = tmp_path / "spec.yaml"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert form_problems(path)
    assert not SPEC.is_valid(document)


@settings(max_examples=20, deadline=None)
@given(pipelines())
def test_the_ir_schema_accepts_pipelines(pipeline: Any) -> None:
    IR.validate(json.loads(to_json(pipeline)))


def test_the_reference_is_that_of_the_types(root: Path) -> None:
    script = runpy.run_path(str(root / "docs" / "make_spec_reference.py"))
    page = (root / "docs" / "spec.md").read_text("utf-8")
    assert page == script["reference"](), "run python docs/make_spec_reference.py"


def test_the_specs_in_the_reference_are_valid(root: Path, tmp_path: Path) -> None:
    page = (root / "docs" / "spec.md").read_text("utf-8")
    specs = [block.split("```")[0] for block in page.split("```yaml\n")[1:]]
    assert len(specs) == 2
    for folder in ("weights", "project/photos"):
        (tmp_path / folder).mkdir(parents=True)
    for spec in specs:
        path = tmp_path / "project" / "spec.yaml"
        path.write_text(spec, encoding="utf-8")
        assert load_spec(path).warnings == ()
