"""Cards are chosen by language, constraints, local weights and cost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from autom3l.defaults.languages import judge_language
from autom3l.encoders import Tuning
from autom3l.ir_json import from_json, to_json
from autom3l.spec import ColumnPin, Constraints, EncoderPin, SpecEncoders
from PIL import Image
from tables import AGES, ENGLISH, ROWS, SPEED, Table, decision, plan, problems

GERMAN = [
    f"Das ist die Geschichte von einem Hund, der auf der Straße {i} gefunden wurde und "
    "nicht mit der Katze spielt."
    for i in range(ROWS)
]


@pytest.fixture
def photos(tmp_path: Path) -> list[str]:
    names = [f"{i}.png" for i in range(ROWS)]
    for i, name in enumerate(names):
        Image.new("RGB", (8, 8), (i, 2 * i, 99)).save(tmp_path / name)
    return names


def local_weights(folder: Path, *names: str) -> str:
    for name in names:
        (folder / "weights" / name).mkdir(parents=True)
        (folder / "weights" / name / "config.json").write_text("{}")
    return "weights"


def test_every_modality_and_no_other_gets_an_encoder(
    tmp_path: Path, photos: list[str]
) -> None:
    parts: dict[str, Table] = {
        "tabular": {"age": AGES},
        "text": {"about": ENGLISH},
        "image": {"photo": photos},
    }
    for name, columns in parts.items():
        encoders = plan(tmp_path, {**columns, "y": SPEED}, "y").encoders
        present = [n for n in parts if getattr(encoders, n) is not None]
        assert present == [name]
    everything: Table = {"age": AGES, "about": ENGLISH, "photo": photos, "y": SPEED}
    pipeline = plan(tmp_path, everything, "y")
    assert pipeline.fusion.modality_dropout > 0
    assert None not in (
        pipeline.encoders.tabular,
        pipeline.encoders.text,
        pipeline.encoders.image,
    )


def test_pretrained_by_default_and_frozen(tmp_path: Path, photos: list[str]) -> None:
    table: Table = {"about": ENGLISH, "photo": photos, "y": SPEED}
    pipeline = plan(tmp_path, table, "y")
    text, image = pipeline.encoders.text, pipeline.encoders.image
    assert text and text.backbone == "sentence-transformers/all-MiniLM-L6-v2"
    assert image and image.backbone == "mobilenetv3_large_100.ra_in1k"
    assert (text.tuning, image.tuning) == ("frozen", "frozen")
    assert "minutes on two CPU cores" in (
        decision(pipeline, "encoders", "text tuning").evidence
    )


def test_texts_are_tuned_where_rows_and_time_suffice(
    tmp_path: Path, photos: list[str]
) -> None:
    copies = -(-2_000 // len(SPEED))
    few: Table = {"about": ENGLISH, "photo": photos, "y": SPEED}
    many: Table = {name: [*cells] * copies for name, cells in few.items()}
    holes = {**many, "about": [*ENGLISH, *[""] * (len(ENGLISH) * (copies - 1))]}
    unlabelled = {**many, "y": [*SPEED, *[""] * (len(SPEED) * (copies - 1))]}
    heads = [" ".join(text.split()[:4]) for text in ENGLISH * copies]
    short = {**many, "about": [f"{head} {n}" for n, head in enumerate(heads)]}
    gpu, slow = Constraints(hardware="gpu"), Constraints(tuning_minutes=1)
    patient = Constraints(tuning_minutes=10_000)
    for table, constraints, tuning, evidence in (
        (many, gpu, "full", "on a GPU"),
        (many, patient, "full", "on two CPU cores, on a GPU a fiftieth"),
        (many, Constraints(), "frozen", "on two CPU cores"),
        (many, slow, "frozen", "minutes, allowed: 1"),
        (few, gpu, "frozen", "words are too few to tune on"),
        (holes, gpu, "frozen", "words are too few to tune on"),
        (unlabelled, gpu, "frozen", "words are too few to tune on"),
        (short, gpu, "frozen", "words are too few to tune on"),
    ):
        pipeline = plan(tmp_path, table, "y", constraints=constraints)
        text, image = pipeline.encoders.text, pipeline.encoders.image
        assert text and (text.tuning, bool(text.buckets)) == (tuning, table is not few)
        assert image and image.tuning == "frozen"
        why = decision(pipeline, "encoders", "text tuning")
        assert (why.choice, why.source) == (tuning, "rule")
        assert why.evidence.endswith(evidence)
        backbone, batch = pipeline.training.backbone, pipeline.training.batch_size
        assert bool(backbone) == (tuning == "full")
        at_once = batch if constraints.hardware == "gpu" else 32
        assert backbone is None or backbone.micro_batch == at_once


@pytest.mark.parametrize(
    ("rows", "cell", "tuning"),
    [
        (500, "word " * 41, "full"),
        (499, "word " * 41, "frozen"),
        (500, "word " * 38, "frozen"),
        (500, "漢字仮名交文" * 48, "full"),  # has no spaces between its words
    ],
)
def test_so_many_words_are_enough_to_tune_on(
    rows: int, cell: str, tuning: str, tmp_path: Path
) -> None:
    table: Table = {
        "about": [f"{cell} {n}" for n in range(rows)],
        "y": [str(n % 2) for n in range(rows)],
    }
    gpu, text = Constraints(hardware="gpu"), ColumnPin(modality="text")
    pipeline = plan(tmp_path, table, "y", constraints=gpu, columns={"about": text})
    assert pipeline.encoders.text and pipeline.encoders.text.tuning == tuning


def test_half_of_a_pair_is_not_tuned_by_rules(tmp_path: Path) -> None:
    copies = -(-2_000 // len(SPEED))
    table: Table = {"about": ENGLISH * copies, "y": SPEED * copies}
    clip = SpecEncoders(text=EncoderPin(card="clip-vit-base-patch32"))
    gpu = Constraints(hardware="gpu")
    pipeline = plan(tmp_path, table, "y", encoders=clip, constraints=gpu)
    assert pipeline.encoders.text and pipeline.encoders.text.tuning == "frozen"
    why = decision(pipeline, "encoders", "text tuning").evidence
    assert why.endswith("half of a pair that is tuned leaves their space")


def test_ngrams_stand_beside_embeddings_of_enough_rows(tmp_path: Path) -> None:
    many: Table = {"about": ENGLISH * 2, "y": SPEED * 2}
    few: Table = {"about": ENGLISH, "y": SPEED}
    tuned = SpecEncoders(text=EncoderPin(tuning="full"))
    for table, encoders, choice, buckets in (
        (many, SpecEncoders(), "up to 2,048 of a text, in 32,768 buckets", 2**15),
        (few, SpecEncoders(), "none", 0),
        (many, tuned, "up to 2,048 of a text, in 32,768 buckets", 2**15),
    ):
        pipeline = plan(tmp_path, table, "y", encoders=encoders)
        text = pipeline.encoders.text
        assert text and text.buckets == buckets
        told = [d.choice for d in pipeline.decisions if d.subject == "n-grams"]
        assert told == [choice]


def test_offline_learns_from_the_rows_and_says_so(
    tmp_path: Path, photos: list[str]
) -> None:
    table: Table = {"about": ENGLISH, "photo": photos, "y": SPEED}
    pipeline = plan(tmp_path, table, "y", constraints=Constraints(offline=True))
    text, image = pipeline.encoders.text, pipeline.encoders.image
    assert text and (text.card, text.backbone) == ("hashed_ngrams", "")
    assert text.buckets == 4096
    assert image and (image.card, image.size) == ("small_convnet", 64)
    for modality in ("text", "image"):
        reason = decision(pipeline, "encoders", modality).reason
        assert reason.startswith("Nothing is downloaded (offline: true, and no weights")
        assert reason.endswith("pretrained weights usually do better.")


def test_local_weights_are_used_also_offline(tmp_path: Path, photos: list[str]) -> None:
    weights = local_weights(tmp_path, "bge-small-en-v1.5", "resnet50")
    table: Table = {"about": ENGLISH, "photo": photos, "y": SPEED}
    pipeline = plan(
        tmp_path, table, "y", weights_dir=weights, constraints=Constraints(offline=True)
    )
    text, image = pipeline.encoders.text, pipeline.encoders.image
    assert text and (text.backbone, text.pooling) == ("bge-small-en-v1.5", "cls")
    assert image and image.backbone == "resnet50"
    assert pipeline.data.weights == "w"


def test_the_prefix_of_a_card_is_in_the_pipeline(tmp_path: Path) -> None:
    weights = local_weights(tmp_path, "multilingual-e5-small")
    pipeline = plan(tmp_path, {"about": GERMAN, "y": SPEED}, "y", weights_dir=weights)
    text = pipeline.encoders.text
    assert text and (text.card, text.prefix) == ("multilingual-e5-small", "query: ")
    assert from_json(to_json(pipeline)) == pipeline


def test_a_weights_folder_without_a_known_model(tmp_path: Path) -> None:
    weights = local_weights(tmp_path, "something-else")
    pipeline = plan(tmp_path, {"about": ENGLISH, "y": SPEED}, "y", weights_dir=weights)
    assert pipeline.encoders.text and pipeline.encoders.text.card == "hashed_ngrams"
    reason = decision(pipeline, "encoders", "text").reason
    assert "weights_dir 'weights' holds none of all-MiniLM-L6-v2," in reason
    assert re.search(
        r"paraphrase-multilingual-MiniLM-L12-v2 and \d+ other cards", reason
    )


def test_a_weights_folder_that_is_not_there(tmp_path: Path) -> None:
    table: Table = {"about": ENGLISH, "y": SPEED}
    assert problems(tmp_path, table, "y", weights_dir="nowhere") == [
        "weights_dir: no such folder: 'nowhere' (it starts from the folder of the "
        "spec) [P131]"
    ]


def test_constraints_pass_over_better_liked_cards(tmp_path: Path) -> None:
    table: Table = {"about": ENGLISH, "y": SPEED}
    pipeline = plan(tmp_path, table, "y", constraints=Constraints(licences=("mit",)))
    assert pipeline.encoders.text
    assert pipeline.encoders.text.card == "bge-small-en-v1.5"
    assert decision(pipeline, "encoders", "text").evidence == (
        "33.4 M parameters, MIT; not allowed: all-MiniLM-L6-v2: its licence is "
        "Apache-2.0, allowed: mit"
    )
    small = Constraints(max_parameters=10_000_000)
    encoder = plan(tmp_path, table, "y", constraints=small).encoders.text
    assert encoder and encoder.card == "hashed_ngrams"


def test_other_languages_get_a_multilingual_card(tmp_path: Path) -> None:
    table: Table = {"about": GERMAN, "y": SPEED}
    pipeline = plan(tmp_path, table, "y")
    assert pipeline.encoders.text
    assert pipeline.encoders.text.card == "multilingual-e5-small"
    made = decision(pipeline, "encoders", "language")
    assert made.choice == "German"
    assert made.reason == (
        "The texts are mostly in German; multilingual sentence encoders come first, "
        "for they were trained to embed whole texts."
    )
    weights = local_weights(tmp_path, "all-MiniLM-L6-v2", "camembert-base")
    encoder = plan(tmp_path, table, "y", weights_dir=weights).encoders.text
    assert encoder and encoder.card == "hashed_ngrams"


def test_local_weights_of_the_language_are_taken_general_ones_first(
    tmp_path: Path,
) -> None:
    table: Table = {"about": GERMAN, "y": SPEED}
    weights = local_weights(tmp_path, "medbert-512-no-duplicates")
    encoder = plan(tmp_path, table, "y", weights_dir=weights).encoders.text
    assert encoder and encoder.card == "medbert-512-no-duplicates"
    (tmp_path / "weights/gbert-base").mkdir()
    (tmp_path / "weights/gbert-base/config.json").write_text("{}")
    encoder = plan(tmp_path, table, "y", weights_dir=weights).encoders.text
    assert encoder and encoder.card == "gbert-base"


def test_a_limit_on_size_or_licence_finds_a_smaller_or_freer_network(
    tmp_path: Path, photos: list[str]
) -> None:
    table: Table = {"photo": photos, "y": SPEED}
    cards = {}
    for name, constraints in {
        "small": Constraints(max_parameters=1_000_000),
        "mit": Constraints(licences=("mit",)),
        "none": Constraints(licences=("cc0-1.0",)),
    }.items():
        pipeline = plan(tmp_path, table, "y", constraints=constraints)
        assert pipeline.encoders.image
        cards[name] = pipeline.encoders.image.card
    assert cards == {
        "small": "lcnet_050",
        "mit": "edgenext_small",
        "none": "small_convnet",
    }
    assert decision(pipeline, "encoders", "image").reason.startswith(
        "Nothing is downloaded (no card that the rules would take meets the "
    )


@pytest.mark.parametrize(
    ("text", "spoken", "code"),
    [
        ("It was the best of times, it was the worst of times", "English", ""),
        (
            "El perro que vive en la casa de mi madre no come por la noche",
            *("another", "es"),
        ),
        ("Le chien qui dort dans la maison est à une amie", "another", "fr"),
        ("Il cane che vive nella casa di mia madre non è della zia", "another", "it"),
        ("O cão não come em casa com uma amiga, os gatos por um dia", "another", "pt"),
        ("Het is een hond van de buren en hij is niet lief", "another", "nl"),
        (GERMAN[0], "another", "de"),
        ("Pies nie jest duży i nie boi się kota", "another", "pl"),
        ("Köpek ve kedi için bir ev", "another", "tr"),
        ("Собака спит в доме, а мы были рядом", "another", "ru"),
        ("Собака спить у хаті, її ім'я Рекс", "another", "uk"),
        ("Кучето спи в къщата", "another", ""),  # Bulgarian
        ("犬は家で寝ています", "another", "ja"),
        ("狗在家里睡觉", "another", "zh"),
        ("개가 집에서 잔다", "another", "ko"),
        ("الكلب ينام في البيت", "another", "ar"),
        ("سگ پیر گربه را دید و گریه کرد", "another", ""),  # Persian
        ("कुत्ता घर में सो रहा है", "another", "hi"),
        ("Müller Schmidt Weber", "undecided", ""),
        ("USB-C cable 2m", "undecided", ""),
        ("", "undecided", ""),
        ("Braund, Mr. Owen Harris " * 30 + "de la", "undecided", ""),
    ],
)
def test_languages_are_told_by_letters_and_common_words(
    text: str, spoken: str, code: str
) -> None:
    language = judge_language([text] * 20)
    assert (language.spoken, language.code) == (spoken, code)
    assert (language.confidence > 0.8) == (spoken != "undecided")


def test_names_are_of_no_language_and_get_the_usual_card(tmp_path: Path) -> None:
    names = [f"Müller{i}, Mr. Owen{i % 7} Harris{i % 5} Weber" for i in range(ROWS)]
    pipeline = plan(tmp_path, {"name": names, "y": SPEED}, "y")
    assert pipeline.encoders.text
    assert pipeline.encoders.text.card == "all-MiniLM-L6-v2"
    made = decision(pipeline, "encoders", "language")
    assert (made.choice, made.confidence) == ("undecided", 0.5)
    assert made.reason == "Too few words are common ones of any language."


@pytest.mark.parametrize(
    ("words", "tokens"), [(8, 32), (30, 64), (80, 128), (400, 256)]
)
def test_text_length_follows_the_cells(words: int, tokens: int, tmp_path: Path) -> None:
    about = [" ".join(f"word{i}{j % 50}" for j in range(words)) for i in range(ROWS)]
    pins = {"about": ColumnPin(modality="text")}
    pipeline = plan(tmp_path, {"about": about, "y": SPEED}, "y", columns=pins)
    assert pipeline.encoders.text and pipeline.encoders.text.max_tokens == tokens


def test_the_spec_pins_cards_and_tuning(tmp_path: Path, photos: list[str]) -> None:
    pins = SpecEncoders(
        text=EncoderPin(card="bge-small-en-v1.5", tuning="lora"),
        image=EncoderPin(tuning="full"),
    )
    table: Table = {"about": ENGLISH, "photo": photos, "y": SPEED}
    pipeline = plan(tmp_path, table, "y", encoders=pins)
    text, image = pipeline.encoders.text, pipeline.encoders.image
    assert text and (text.card, text.tuning) == ("bge-small-en-v1.5", "lora")
    assert image and (image.tuning, image.augmentation) == ("full", "flip_shift")
    for subject in ("text", "text tuning", "image tuning"):
        assert decision(pipeline, "encoders", subject).source == "spec"
    assert decision(pipeline, "encoders", "image").source == "rule"


def test_tuned_weights_learn_slowly_and_in_few_passes(tmp_path: Path) -> None:
    table: Table = {"about": ENGLISH, "y": SPEED}
    frozen = plan(tmp_path, table, "y").training
    assert frozen.backbone is None
    pins = SpecEncoders(text=EncoderPin(tuning="full"))
    tuned = plan(tmp_path, table, "y", encoders=pins).training
    assert tuned.backbone and tuned.backbone.lr < tuned.lr < frozen.lr
    assert tuned.epochs < frozen.epochs
    assert tuned.averaging < frozen.averaging


@pytest.mark.parametrize(
    ("text", "image", "dropout"),
    [
        ("frozen", "frozen", 0.7),
        ("full", "frozen", 0.3),
        ("frozen", "lora", 0.3),
        ("full", "full", 0.2),
    ],
)
def test_what_is_tuned_needs_less_dropout_than_what_is_frozen(
    text: Tuning, image: Tuning, dropout: float, tmp_path: Path, photos: list[str]
) -> None:
    table: Table = {"about": ENGLISH, "photo": photos, "y": SPEED}
    deit = EncoderPin("deit3_small_patch16_224", image)
    pins = SpecEncoders(text=EncoderPin(tuning=text), image=deit)
    pipeline = plan(tmp_path, table, "y", encoders=pins)
    assert pipeline.fusion.adapter_dropout == dropout


def test_what_is_pinned_of_an_encoder_must_be_possible(tmp_path: Path) -> None:
    table: Table = {"about": ENGLISH, "y": SPEED}
    none = EncoderPin()
    wrong = {
        SpecEncoders(text=EncoderPin(card="all-MiniLM")): (
            "encoders.text.card: no text card 'all-MiniLM' (did you mean "
            "'all-MiniLM-L6-v2'?) [P132]"
        ),
        SpecEncoders(text=EncoderPin("hashed_ngrams", "lora")): (
            "encoders.text.tuning: 'lora', but card 'hashed_ngrams' has no pretrained "
            "weights (remove it, or pin a card) [P133]"
        ),
        SpecEncoders(text=none, image=EncoderPin(tuning="full")): (
            "encoders.image: it is pinned, but no feature is of modality 'image' "
            "(remove it, or say in `columns` which column is one) [P133]"
        ),
    }
    for pins, message in wrong.items():
        assert problems(tmp_path, table, "y", encoders=pins) == [message]


def test_adapters_are_for_transformers(tmp_path: Path, photos: list[str]) -> None:
    table: Table = {"photo": photos, "y": SPEED}
    lora = SpecEncoders(image=EncoderPin("vit_small_patch16_224", "lora"))
    image = plan(tmp_path, table, "y", encoders=lora).encoders.image
    assert image and image.tuning == "lora"
    lora = SpecEncoders(image=EncoderPin(tuning="lora"))
    (problem,) = problems(tmp_path, table, "y", encoders=lora)
    assert problem.startswith(
        "encoders.image: backbone 'mobilenetv3_large_100.ra_in1k'"
    )
