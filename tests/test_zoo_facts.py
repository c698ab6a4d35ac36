"""What the cards state is what timm and transformers build."""

from __future__ import annotations

from dataclasses import replace

import pytest
from autom3l.card import Card
from autom3l.resources import zoo_dir
from autom3l.zoo import load_zoo

CARDS = load_zoo([zoo_dir()]).cards


def problems(card: Card) -> list[str]:
    # To import all of timm takes ten seconds, which no other test should pay.
    from autom3l.zoo_facts import check_facts

    return [str(problem) for problem in check_facts([card])]


@pytest.mark.slow
@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_the_libraries_agree_with_the_card(card: Card) -> None:
    assert problems(card) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mobilenetv2_100", "all-MiniLM-L6-v2"])
def test_a_wrong_fact_is_named(name: str) -> None:
    card = next(card for card in CARDS if card.name == name)
    wrong = replace(card, parameters=card.parameters + 1, width=7)
    assert problems(wrong) == [
        f"card {name!r} states parameters: {wrong.parameters} "
        f"({card.library} says {card.parameters}) [Z009]",
        f"card {name!r} states width: 7 ({card.library} says {card.width}) [Z009]",
    ]
