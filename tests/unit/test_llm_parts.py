"""The parts of the model client that need no server."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import pytest
from autom3l.diagnostics import UserError
from autom3l.llm.budget import Usage, estimated_call, estimated_tokens, exceeded
from autom3l.llm.checking import judge
from autom3l.llm.extraction import find_object
from autom3l.llm.question import Question, strict
from autom3l.llm.transcript import Transcript, digest
from autom3l.spec import Prices, SpecLlm
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter
from pydantic.dataclasses import dataclass

CONFIG = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, config=CONFIG)
class Part:
    kind: Literal["a"]
    note: Annotated[str, StringConstraints(max_length=5)] | None = None


@dataclass(frozen=True, config=CONFIG)
class Whole:
    parts: tuple[Part, ...]
    share: Annotated[float, Field(ge=0, le=1)] = 0.5


def test_a_schema_becomes_strict_all_the_way_down() -> None:
    given_schema = TypeAdapter(Whole).json_schema()
    before = json.dumps(given_schema)
    schema = strict(given_schema)
    assert json.dumps(given_schema) == before
    Draft202012Validator.check_schema(schema)
    assert schema["required"] == ["parts", "share"]
    part = schema["$defs"]["Part"]
    assert part["required"] == ["kind", "note"]
    assert part["additionalProperties"] is False
    assert part["properties"]["kind"]["enum"] == ["a"]
    text = json.dumps(schema)
    assert "maxLength" not in text
    assert "default" not in text
    assert "title" not in text


def test_a_field_may_be_called_like_a_keyword() -> None:
    fields = {"title": {"type": "string"}, "default": {"type": "string"}}
    schema = strict({"type": "object", "properties": fields})
    assert schema["required"] == ["title", "default"]


def test_reasons_name_the_place_and_are_bounded() -> None:
    asking = Question("models", "answer", "", "", Whole)
    wrong = {"parts": [{"kind": "b", "more": 1}, {}], "share": 2}
    assert judge(asking, json.dumps(wrong)).reasons == (
        "parts[0].kind: 'b' was given; allowed is 'a'",
        "parts[0].more: is no field; leave it out",
        "parts[1].kind: is missing, and must be there",
        "share: 2 was given; input should be less than or equal to 1",
    )
    many = judge(asking, json.dumps({"parts": [{}] * 40, "share": 1}))
    assert len(many.reasons) == 11
    assert many.reasons[-1] == "and 30 more"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
OBJECTS = st.dictionaries(st.text(max_size=5), JSON, max_size=4)


@given(OBJECTS, st.text(alphabet="ab \n.,:'`-", max_size=20))
def test_a_whole_object_is_found_as_it_is(
    value: dict[str, object], around: str
) -> None:
    text = f"{around}{json.dumps(value, ensure_ascii=False)}{around}"
    assert find_object(text, frozenset(value)).value == value


@pytest.mark.parametrize("tag", ["<think>", "</think>", "<think></think>"])
@pytest.mark.parametrize("around", ["", "so: ", "<think>hm</think>"])
def test_a_tag_inside_an_object_is_no_thought(tag: str, around: str) -> None:
    value = {"name": f"the tag {tag} of a page"}
    assert find_object(f"{around}{json.dumps(value)}", frozenset(value)).value == value


def test_a_thought_that_never_ends_is_no_answer() -> None:
    found = find_object('<think>Maybe {"name": "x"}, or', frozenset({"name"}))
    assert found.reason == "the answer is empty"


@given(OBJECTS, st.data())
def test_an_object_without_its_end_is_never_mended(
    value: dict[str, object], data: st.DataObject
) -> None:
    text = json.dumps({"first": 1, **value})
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    found = find_object(cut, frozenset({"first", *value, "last"}))
    assert found.cut
    assert found.value is None


@given(st.text(max_size=300))
def test_no_text_breaks_the_search(text: str) -> None:
    found = find_object(text, frozenset("a"))
    assert (found.value is None) == bool(found.reason)


def test_a_token_is_at_most_three_bytes() -> None:
    assert estimated_tokens("abc" * 10) == 10
    assert estimated_tokens("日本語") == 3
    assert estimated_call(["abc", "abc"], 5) == Usage(1, 22, 5)


def test_limits_are_kept_to_the_token() -> None:
    limits = SpecLlm(
        "m", max_calls=2, max_tokens=100, max_cost=0.001, prices=Prices(10.0, 20.0)
    )
    assert exceeded(limits, Usage(2, 50, 25)) is None
    assert exceeded(limits, Usage(3, 1, 1)) == "llm.max_calls is 2"
    assert (
        exceeded(limits, Usage(1, 99, 2))
        == "llm.max_tokens is 100, and 101 could be needed"
    )
    assert (
        exceeded(limits, Usage(1, 50, 26))
        == "llm.max_cost is 0.001, and 0.00102 could be due"
    )


def test_a_digest_knows_no_order_of_keys() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


@pytest.mark.parametrize("line", ["{", "[]", '{"request": "x"}', "null", '"\\ud800"'])
def test_a_broken_transcript_is_named_with_its_line(line: str) -> None:
    with pytest.raises(UserError) as error:
        Transcript(f"\n{line}\n", "here.jsonl")
    assert "here.jsonl:2: no entry of a transcript" in str(error.value)
    assert error.value.exit_code == 2
    assert error.value.diagnostics[0].code == "L009"
