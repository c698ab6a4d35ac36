"""Valid pipelines pass every check; one wrong value is found, by its code."""

from __future__ import annotations

from dataclasses import replace

import pytest
from autom3l.diagnostics import PlanError
from autom3l.ir import Pipeline, Split, Task
from autom3l.ir_json import from_json, to_json
from autom3l.profile import ColumnProfile, DataProfile, TableSource
from autom3l.resources import zoo_dir
from autom3l.spec import Constraints
from autom3l.validation import CHECKS, verify
from autom3l.zoo import Zoo, load_zoo
from column_mutations import COLUMN_MUTATIONS
from hypothesis import given
from mutations import MUTATIONS, VALID, numbers
from search_mutations import SEARCH_MUTATIONS, SEARCHED
from strategies import pipelines


@pytest.fixture(scope="module")
def zoo() -> Zoo:
    return load_zoo([zoo_dir()])


def codes(
    pipeline: Pipeline,
    profile: DataProfile | None = None,
    zoo: Zoo | None = None,
    constraints: Constraints | None = None,
) -> set[str]:
    try:
        verify(pipeline, profile, zoo, constraints)
    except PlanError as error:
        return {problem.code for problem in error.diagnostics}
    return set()


@given(pipeline=pipelines())
def test_random_valid_pipelines_pass_and_survive_json(
    pipeline: Pipeline, zoo: Zoo
) -> None:
    verify(pipeline, None, zoo, Constraints())
    assert from_json(to_json(pipeline)) == pipeline


@pytest.mark.parametrize("name", MUTATIONS | COLUMN_MUTATIONS)
def test_one_wrong_value_is_named_by_its_code(name: str, zoo: Zoo) -> None:
    change, expected = (MUTATIONS | COLUMN_MUTATIONS)[name]
    assert codes(VALID, zoo=zoo) == set()
    assert codes(change(VALID), zoo=zoo) == expected


@pytest.mark.parametrize("name", SEARCH_MUTATIONS)
def test_one_wrong_value_of_a_search_is_named_by_its_code(name: str) -> None:
    change, expected = SEARCH_MUTATIONS[name]
    assert codes(SEARCHED) == set()
    assert codes(change(SEARCHED)) == expected


def test_numbers_of_classes_are_refused_for_regression() -> None:
    regression = replace(
        VALID,
        task=Task("regression", ("speed",), "r2"),
        split=Split("random", 0.1, 0.1),
    )
    assert codes(regression) == set()
    for wrong in (
        {"class_weights": True},
        {"threshold": True},
        {"label_smoothing": 0.1},
    ):
        assert codes(numbers("training", **wrong)(regression)) == {"P241"}


def test_columns_and_targets_have_to_be_in_the_table() -> None:
    def profile(*names: str) -> DataProfile:
        source = TableSource(("train.csv",), "csv")
        facts = tuple(
            ColumnProfile(n, 9, 0, 3, (), (), 0, 0, None, None, None, None, 1, 1, 1)
            for n in names
        )
        return DataProfile(source, 9, facts, {})

    everything = ("speed", *(column.name for column in VALID.columns))
    assert codes(VALID, profile(*everything)) == set()
    with pytest.raises(PlanError, match=r"no column 'age' \(did you mean 'aged'\?\)"):
        verify(VALID, profile("speed", "aged", "about", "photo", "rescuer"), None)
    assert codes(VALID, profile(*everything[1:])) == {"P204"}


def test_a_card_that_breaks_a_hard_limit_is_refused(zoo: Zoo) -> None:
    assert codes(VALID, None, zoo, Constraints(licences=("apache-2.0",))) == set()
    assert codes(VALID, None, zoo, Constraints(licences=("mit",))) == {"P233"}
    assert codes(VALID, None, zoo, Constraints(max_parameters=10**6)) == {"P233"}


def test_all_problems_are_reported_at_once(zoo: Zoo) -> None:
    wrong = replace(
        VALID,
        package="class",
        task=replace(VALID.task, metric="rmse"),
        training=replace(VALID.training, lr=0.0, epochs=0),
    )
    with pytest.raises(PlanError) as caught:
        verify(wrong, None, zoo)
    assert [problem.code for problem in caught.value.diagnostics] == [
        *("P250", "P212"),
        *("P240", "P240"),
    ]


def test_every_check_says_which_code_it_gives() -> None:
    for check in CHECKS:
        assert "(P2" in (check.__doc__ or ""), check
