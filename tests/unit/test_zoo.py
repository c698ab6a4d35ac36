"""Cards are read with every mistake at its line; the shipped ones are sound."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from autom3l.card import KINDS
from autom3l.diagnostics import ZooError
from autom3l.language_names import LANGUAGE_NAMES
from autom3l.resources import zoo_dir
from autom3l.yaml_facts import quick_mapping
from autom3l.zoo import Zoo, load_zoo, local_folder

CARD = """---
name: tiny-encoder
modality: text
kind: transformer
backbone: someone/tiny-encoder
folders: [tiny-encoder]
library: transformers
licence: MIT
parameters: 1000
width: 16
max_tokens: 128
pooling: cls
languages: [en]
download: true
size: tiny
strengths: [tests]
architecture: {model_type: bert, hidden_size: 16}
gflops: 0.1
---

Choose it in tests.
"""


@pytest.fixture(scope="module")
def zoo() -> Zoo:
    return load_zoo([zoo_dir()])


def write(folder: Path, text: str, name: str = "tiny-encoder") -> Path:
    path = folder / "text" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path) -> list[str]:
    """The diagnostics of a zoo folder; CARD stands for the path of `write`."""
    with pytest.raises(ZooError) as caught:
        load_zoo([folder])
    return [
        str(problem).replace(f"{folder}/text/tiny-encoder.md", "CARD")
        for problem in caught.value.diagnostics
    ]


def test_a_prefix_is_kept_to_the_blank(tmp_path: Path) -> None:
    write(tmp_path, CARD.replace("pooling: cls\n", 'pooling: cls\nprefix: "query: "\n'))
    (card,) = load_zoo([tmp_path]).cards
    assert card.prefix == "query: "


def test_the_shipped_cards_of_e5_have_their_prefix(zoo: Zoo) -> None:
    assert {c.name: c.prefix for c in zoo.cards if c.prefix} == {
        "multilingual-e5-small": "query: "
    }


def test_a_card_is_read_whole(tmp_path: Path) -> None:
    write(tmp_path, CARD)
    (card,) = load_zoo([tmp_path]).cards
    assert (card.name, card.kind, card.pooling) == (
        "tiny-encoder",
        "transformer",
        "cls",
    )
    assert card.folders == ("tiny-encoder",)
    assert card.architecture == {"model_type": "bert", "hidden_size": 16}
    assert card.advice == "Choose it in tests."


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "pooling: cls",
            "poling: cls",
            "CARD:12: unknown fact 'poling' (did you mean 'pooling'?) " "[Z004]",
        ),
        (
            "pooling: cls\n",
            "",
            "CARD:1: fact 'pooling' is missing; kind 'transformer' needs " "it [Z005]",
        ),
        (
            "licence: MIT\n",
            "",
            "CARD:1: fact 'licence' is missing [Z005]",
        ),
        (
            "parameters: 1000",
            "parameters: 1k",
            "CARD:9: parameters: '1k' (Input should be a valid integer) " "[Z006]",
        ),
        (
            "parameters: 1000",
            "parameters: -1",
            "CARD:9: parameters: -1 (Input should be greater than or "
            "equal to 0) [Z006]",
        ),
        (
            "kind: transformer",
            "kind: rnn",
            "CARD:4: kind: 'rnn' (Input should be 'mlp', "
            "'hashed_ngrams', 'transformer', 'convnet' or 'timm') [Z006]",
        ),
        (
            "languages: [en]",
            "languages: [English]",
            "CARD:13: languages: 'English' (String should match pattern "
            "'^([a-z]{2,3}|multilingual|any)$') [Z006]",
        ),
        (
            "download: true",
            "download: yes",
            "CARD:14: download: 'yes' (Input should be a valid boolean) " "[Z006]",
        ),
        (
            "download: true",
            "download: false",
            "CARD:14: download: False, but backbone: "
            "'someone/tiny-encoder' (a card has a backbone exactly when weights are "
            "downloaded) [Z008]",
        ),
        (
            "modality: text",
            "modality: image",
            "CARD:4: kind 'transformer' is of modality 'text' (not " "'image') [Z008]",
        ),
        (
            "name: tiny-encoder",
            "name: other",
            "CARD:2: name 'other' differs from the file name [Z008]",
        ),
        (
            "width: 16",
            "width: 16\nwidth: 32",
            'CARD:11: found duplicate key "width" with value "32" '
            '(original value: "16") [Z003]',
        ),
        (
            "size: tiny",
            "size: [tiny",
            "CARD:16: expected ',' or ']', but got ':' [Z003]",
        ),
        (
            "Choose it in tests.",
            "",
            "CARD:1: no advice (say below the facts when to choose the "
            "model, and when not) [Z005]",
        ),
    ],
)
def test_a_mistake_is_named_at_its_line(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    assert old in CARD
    write(tmp_path, CARD.replace(old, new))
    assert problems(tmp_path) == [message]


@pytest.mark.parametrize("text", ["", "Just advice.", "---\nname: x\n"])
def test_a_card_without_front_matter(text: str, tmp_path: Path) -> None:
    write(tmp_path, text)
    assert problems(tmp_path) == [
        "CARD:1: no YAML front matter (a card starts with its facts "
        "between two lines of '---') [Z002]"
    ]


def test_front_matter_that_is_no_mapping(tmp_path: Path) -> None:
    write(tmp_path, "---\njust words\n---\nadvice\n")
    assert problems(tmp_path) == [
        "CARD:2: front matter is 'just words', not a mapping of facts " "[Z003]"
    ]


def test_a_card_that_is_not_text(tmp_path: Path) -> None:
    write(tmp_path, "").write_bytes(b"---\nname: \xff\n")
    (problem,) = problems(tmp_path)
    assert problem.startswith("CARD: not UTF-8: ")
    assert problem.endswith("[Z002]")


def test_every_problem_of_every_card_at_once(tmp_path: Path) -> None:
    write(tmp_path, CARD.replace("width: 16\n", "").replace("size: tiny", "size: 3"))
    write(tmp_path, "no facts", "other")
    assert [p.rsplit(" ", 1)[1] for p in problems(tmp_path)] == [
        *("[Z002]", "[Z005]", "[Z006]")
    ]


def test_two_cards_of_one_name_in_a_folder(tmp_path: Path) -> None:
    write(tmp_path, CARD)
    write(tmp_path / "a", CARD)
    assert problems(tmp_path) == [
        "CARD: a second card is named 'tiny-encoder' (rename one) [Z007]"
    ]


@pytest.mark.parametrize("name", ["empty", "absent"])
def test_a_folder_without_cards(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ZooError, match=r"no card files .*\[Z001\]"):
        load_zoo([tmp_path / name])


def test_an_earlier_folder_wins(tmp_path: Path) -> None:
    mine = CARD.replace("tiny-encoder", "all-MiniLM-L6-v2")
    write(tmp_path, mine, "all-MiniLM-L6-v2")
    both = load_zoo([tmp_path, zoo_dir()])
    assert both.card("all-MiniLM-L6-v2").parameters == 1000
    assert len(both.cards) == len(load_zoo([zoo_dir()]).cards)


def test_local_weights_are_found_by_folder_name(tmp_path: Path, zoo: Zoo) -> None:
    card = zoo.card("mobilenetv2_100")
    assert local_folder(card, tmp_path) == ""
    folder = tmp_path / "timm" / "mobilenetv2_100.ra_in1k"
    folder.mkdir(parents=True)
    assert local_folder(card, tmp_path) == ""
    (folder / "config.json").touch()
    assert local_folder(card, tmp_path) == "timm/mobilenetv2_100.ra_in1k"


def test_the_shipped_zoo_covers_every_modality_and_size(zoo: Zoo) -> None:
    for modality in ("text", "image"):
        cards = [card for card in zoo.cards if card.modality == modality]
        assert {"tiny", "small", "base", "large"} == {card.size for card in cards}
        assert sum(not card.download for card in cards) == 1
    assert {card.kind for card in zoo.cards} == set(KINDS)


def test_the_shipped_zoo_covers_languages_lengths_and_domains(zoo: Zoo) -> None:
    texts, images = zoo.of("text"), zoo.of("image")
    spoken = {code for card in texts for code in card.languages}
    assert {"de", "es", "fr", "it", "ja", "ko", "nl", "pt", "ru", "zh", "ar"} <= spoken
    assert spoken <= {*LANGUAGE_NAMES, "multilingual", "any"}
    domains = {domain for card in texts for domain in card.domains}
    wanted = {"medical", "legal", "finance", "code", "social media", "scientific"}
    assert wanted <= domains
    assert {512, 2048, 8192} <= {card.max_tokens for card in texts}
    assert {224, 256, 384, 448} <= {card.input_size for card in images}
    assert len(texts) >= 45
    assert len(images) >= 35


def test_the_card_in_the_documentation_is_read(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs/zoo.md").read_text("utf-8")
    example = text.split("```markdown\n")[1].split("```")[0]
    write(tmp_path, example, "our-tickets")
    (card,) = load_zoo([tmp_path]).cards
    facts = {f.name for f in fields(card)} - {"advice"}
    assert facts <= set(re.findall(r"`(\w+)`", text))


def test_no_two_shipped_cards_share_a_folder_of_weights(zoo: Zoo) -> None:
    folders = [folder for card in zoo.cards for folder in card.folders]
    assert len(folders) == len(set(folders))


def test_a_card_that_advice_names_is_there(zoo: Zoo) -> None:
    names, others = {card.name for card in zoo.cards}, {"DeBERTa-v3", "Apache-2.0"}
    # Several words joined, one of them a number or version.
    name = re.compile(r"\b[A-Za-z]\w*(?:[-_.]\w+)*[-_]v?\d[\w.-]*\b")
    for card in zoo.cards:
        named = {*name.findall(card.advice)}
        assert named <= names | others, card.name


def test_every_shipped_card_is_read_by_the_quick_parser(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("autom3l.card_file.quick_mapping", lambda head: None)
    careful = load_zoo([zoo_dir()])
    monkeypatch.undo()
    monkeypatch.delattr("autom3l.card_file._read_with_lines")
    assert load_zoo([zoo_dir()]) == careful


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("a: yes\nb: true\nc: No", {"a": "yes", "b": True, "c": "No"}),
        ("a: 010\nb: 10\nc: 1:30", {"a": "010", "b": 10, "c": "1:30"}),
        ("a: 1.50\nb: 1e3\nc: 2026-01-01", {"a": 1.5, "b": "1e3", "c": "2026-01-01"}),
        ("a:\nb: ~\nc: null", {"a": None, "b": None, "c": None}),
        ("a: [x, y]\nb: {c: 1}", {"a": ["x", "y"], "b": {"c": 1}}),
        ("a: 1\na: 2", None),
        ("a: {b: 1, b: 2}", None),
        ("a: !!python/name:os.system x", None),
        ("a: [", None),
        ("- a", None),
        ("1: a", None),
        ("", None),
    ],
)
def test_the_quick_parser_knows_yaml_1_2(
    text: str, facts: dict[str, object] | None
) -> None:
    assert quick_mapping(text) == facts


def test_a_shipped_card_says_when_to_choose_it_and_when_not(zoo: Zoo) -> None:
    for card in zoo.cards:
        assert "**Choose it**" in card.advice, card.name
        assert "**Avoid it**" in card.advice or "**Think twice**" in card.advice
