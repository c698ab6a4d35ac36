"""What the cards state is what timm and transformers build."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from autom3l.card import Card
from autom3l.cli import app
from autom3l.diagnostics import Diagnostic
from autom3l.resources import zoo_dir
from autom3l.zoo import load_zoo
from typer.testing import CliRunner

CARDS = load_zoo([zoo_dir()]).cards


def problems(card: Card) -> list[Diagnostic]:
    # To import all of timm takes ten seconds, which no other test should pay.
    from autom3l.zoo_facts import check_facts

    return list(check_facts([card]))


@pytest.mark.slow
@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_the_libraries_agree_with_the_card(card: Card) -> None:
    assert problems(card) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("mobilenetv2_100", {"backbone": "mobilenetv9"}, "no pretrained model 'mobile"),
        ("mobilenetv2_100", {"backbone": "hf-hub:a/b"}, "no pretrained model 'hf-hub:"),
        ("all-MiniLM-L6-v2", {"architecture": {"model_type": "brt"}}, "brt"),
        ("all-MiniLM-L6-v2", {"architecture": {}}, "model_type"),
    ],
)
def test_a_card_that_can_not_be_built_is_named(
    name: str, change: dict[str, Any], said: str
) -> None:
    card = next(card for card in CARDS if card.name == name)
    (problem,) = problems(replace(card, **change))
    assert problem.code == "Z010"
    assert problem.message == f"card {name!r}: {card.library} can't build it"
    assert said in problem.hint


@pytest.mark.slow
def test_positions_behind_the_padding_token_do_not_count() -> None:
    card = next(card for card in CARDS if card.name == "xlm-roberta-base")
    assert card.architecture["max_position_embeddings"] == 514
    (problem,) = problems(replace(card, max_tokens=514))
    assert str(problem) == (
        "card 'xlm-roberta-base' states max_tokens: 514 (transformers says 512) [Z009]"
    )


@pytest.mark.slow
def test_the_cards_of_a_team_are_checked_and_mended(tmp_path: Path) -> None:
    shipped = (zoo_dir() / "image/vit_small_patch16_224.md").read_text()
    wrong = shipped.replace("parameters: 21665664", "parameters: 1")
    wrong = wrong.replace("fixed_size: true\n", "").replace("size: small", "size: tiny")
    file = tmp_path / "vit_small_patch16_224.md"
    file.write_text(wrong)
    check = ["zoo", "check", "--zoo-dir", str(tmp_path)]
    found = CliRunner().invoke(app, check)
    assert found.exit_code == 2
    assert found.stderr.count("[Z009]") == 3
    mended = CliRunner().invoke(app, [*check, "--fix"])
    assert mended.exit_code == 0, mended.stderr
    assert mended.stdout == "1 card is sound\n"
    assert "vit_small_patch16_224: parameters: 21665664\n" in mended.stderr
    (card,) = load_zoo([tmp_path]).cards
    assert card == next(one for one in CARDS if one.name == card.name)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mobilenetv2_100", "all-MiniLM-L6-v2"])
def test_a_wrong_fact_is_named(name: str) -> None:
    card = next(card for card in CARDS if card.name == name)
    wrong = replace(card, parameters=card.parameters + 1, width=7)
    assert list(map(str, problems(wrong))) == [
        f"card {name!r} states parameters: {wrong.parameters} "
        f"({card.library} says {card.parameters}) [Z009]",
        f"card {name!r} states width: 7 ({card.library} says {card.width}) [Z009]",
    ]
