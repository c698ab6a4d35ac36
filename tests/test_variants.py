"""Projects of choices that no rule makes yet: they train, and keep their promises."""

from __future__ import annotations

import importlib
import math
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from autom3l.checks.training import HEADS
from autom3l.column import Column, Derived, ListFormat, NumberFormat, Pair
from autom3l.diagnostics import PlanError
from autom3l.encoders import (
    Encoders,
    ImageEncoder,
    Pooling,
    TabularEncoder,
    TextEncoder,
    Tuning,
)
from autom3l.filetree import FileTree
from autom3l.formatting import format_tree
from autom3l.ir import (
    BackboneTraining,
    Data,
    Ensemble,
    Fusion,
    Pipeline,
    Split,
    Task,
    Training,
)
from autom3l.rendering import render
from autom3l.resources import templates_dir
from autom3l.retrieval import Retrieval
from autom3l.rewrites import rewrite
from autom3l.validation import verify
from together import Tree, command_to_test, lay_out

GENERATED = Path(__file__).parent.parent / "generated"

pytestmark = pytest.mark.slow  # torch and whole projects, again and again

AGE = Column("age", "numeric", number=NumberFormat())
BREED = Column("breed", "categorical")
TAGS = Column("tags", "multi_category", items=ListFormat("|"))
TITLE, ABOUT = Column("title", "text"), Column("about", "text")
PHOTO = Column("photo", "image")
TABULAR = TabularEncoder("mlp_ple", bins=8, number_width=8, level_width=8)
TEXT = TextEncoder("hashed_ngrams", "hashed_ngrams", "full", 16, buckets=64)
IMAGE = ImageEncoder("small_convnet", "convnet", "full", 32)

THREE = Task("multiclass", ("speed",), "accuracy", ("0", "1", "2"))
TWO = Task("binary", ("sold",), "roc_auc", ("no", "yes"))
LABELS = Task("multilabel", ("kinds",), "macro_f1", ("a", "b", "c"), separator="|")
PRICE = Task("regression", ("price",), "r2")

ALONE = Ensemble()
RECIPE = Training(3, 8, 4e-3, 1e-2, 0.1, 8, 3)


def pipeline(
    package: str,
    task: Task,
    training: Training,
    fusion: str = "concatenate",
    columns: tuple[Column, ...] = (AGE, BREED, TAGS, ABOUT),
    *,
    ensemble: Ensemble = ALONE,
) -> Pipeline:
    """A pipeline that downloads nothing."""
    used = {column.modality for column in columns}
    return Pipeline(
        version=1,
        name=package,
        package=package,
        data=Data("..", "train.csv", "csv"),
        task=task,
        split=Split("random", 0.1, 0.1),
        columns=columns,
        encoders=Encoders(
            tabular=TABULAR if "numeric" in used else None,
            text=TEXT if "text" in used else None,
            image=IMAGE if "image" in used else None,
        ),
        fusion=Fusion(2, 2, 16, 0.1, 0.1, 8, 0.2, fusion),  # type: ignore[arg-type]
        training=training,
        ensemble=ensemble,
    )


HOUSE = Column("house", "categorical", role="split")
COVER = Column("cover", "image")
ALBUM = Column("album", "image", items=ListFormat(",", brackets=True))
# The target as a spreadsheet writes it.
AMOUNT = replace(PRICE, number=NumberFormat(("€",), ".", ","))


def pretrained(
    variant: Pipeline,
    text: Tuning,
    image: Tuning | None = None,
    backbone: str = "mobilenetv2_100",
) -> Pipeline:
    """The same with pretrained encoders; its tests make small ones of their own."""
    bert = TextEncoder("all-MiniLM-L6-v2", "transformer", text, 32, "bert", "cls")
    if variant.task.kind != "retrieval" and not variant.pairs:
        bert = replace(bert, buckets=4096)
    network = image and ImageEncoder(backbone, "timm", image, 224, backbone)
    encoders = replace(variant.encoders, text=bert, image=network)
    return replace(variant, encoders=encoders)


def half_and_half(pooling: Pooling, package: str, sides: Retrieval) -> Pipeline:
    """A search between texts and photos by the frozen halves of a pair."""
    task = Task("retrieval", (), "recall_at_1")
    plain = pipeline(package, task, RECIPE, columns=(ABOUT, PHOTO))
    whole = pretrained(plain, "frozen", "frozen")
    assert whole.encoders.text
    text = replace(whole.encoders.text, pooling=pooling)
    return replace(
        whole,
        encoders=replace(whole.encoders, text=text, one_space=True),
        fusion=Fusion(1, 0, 16, 0.0, 0.0, 8, 0.2),
        retrieval=sides,
    )


TUNED = replace(RECIPE, backbone=BackboneTraining(5e-5, 0.9, 5e-4, 4, 32))
EVERY = ("age", "breed", "tags", "about", "photo")
# Every choice once at least, and each with others than in the next.
VARIANTS = (
    pipeline(
        "gated_focal",
        THREE,
        replace(RECIPE, loss="focal", class_weights=True, schedule="cosine"),
        "gated",
        ensemble=Ensemble(3, "table"),
    ),
    pipeline(
        "attentive_labels",
        LABELS,
        replace(RECIPE, loss="focal", class_weights=True, optimizer="sgd"),
        "attention",
        ensemble=Ensemble(3),
    ),
    pipeline(
        "weighted_huber",
        PRICE,
        replace(RECIPE, loss="huber", optimizer="sgd", schedule="constant"),
        "weighted_sum",
        (TITLE, ABOUT, PHOTO),
    ),
    pipeline(
        "plain_mae",
        AMOUNT,
        replace(RECIPE, loss="mae", schedule="constant"),
        ensemble=Ensemble(trees="table"),
    ),
    pipeline("albums", TWO, RECIPE, columns=(ABOUT, ALBUM)),
    pipeline("plain_labels", LABELS, replace(RECIPE, loss="focal")),
    pipeline(
        "plain_focal",
        TWO,
        replace(RECIPE, loss="focal", optimizer="sgd", schedule="cosine"),
    ),
    replace(
        pipeline("compared", TWO, RECIPE, columns=(AGE, TITLE, ABOUT, PHOTO)),
        derived=(Derived("alike", "word_overlap", ("title", "about")),),
        pairs=(Pair("words", "title", "about"),),
    ),
    pretrained(
        replace(
            pipeline("compared_tuned", TWO, TUNED, columns=(ABOUT, PHOTO, COVER)),
            pairs=(Pair("photo", "photo", "cover"),),
        ),
        "full",
        "full",
    ),
    pretrained(
        pipeline(
            "adapted",
            LABELS,
            replace(TUNED, schedule="cosine", class_weights=True),
            "gated",
            (ABOUT, PHOTO),
        ),
        "lora",
        "lora",
        "vit_small_patch16_224",
    ),
    pretrained(pipeline("tuned_words", THREE, TUNED, columns=(TITLE, ABOUT)), "full"),
    pretrained(
        pipeline(
            "tuned_photos",
            PRICE,
            replace(TUNED, optimizer="sgd"),
            columns=(AGE, ABOUT, ALBUM),
            ensemble=Ensemble(3, "all"),
        ),
        "frozen",
        "full",
    ),
    replace(
        pipeline(
            "alike",
            Task("retrieval", ("thing",), "mrr"),
            RECIPE,
            "gated",
            (AGE, BREED, TAGS, ABOUT, PHOTO),
        ),
        fusion=Fusion(1, 1, 16, 0.1, 0.1, 8, 0.2, "gated"),
        retrieval=Retrieval(EVERY, EVERY),
        split=Split("group", 0.2, 0.2, "thing"),
    ),
    replace(
        pretrained(
            pipeline(
                "captions",
                Task("retrieval", ("fits",), "recall_at_1", ("no", "yes")),
                TUNED,
                columns=(ABOUT, PHOTO),
            ),
            "full",
            "lora",
            "vit_small_patch16_224",
        ),
        fusion=Fusion(1, 0, 16, 0.0, 0.0, 8, 0.2),
        retrieval=Retrieval(("photo",), ("about",), hard_negatives=True),
    ),
    replace(
        pipeline("streamed", TWO, RECIPE, columns=(AGE, BREED, TAGS)),
        data=Data("..", "train.csv", "csv", streamed=True),
        split=Split("stratified", 0.2, 0.2),
    ),
    replace(
        pipeline("streamed_lines", AMOUNT, RECIPE, columns=(AGE, BREED, HOUSE)),
        data=Data("..", "rows-*.jsonl", "jsonl", streamed=True),
        split=Split("group", 0.2, 0.2, "house"),
    ),
    half_and_half("clip", "photos_by_words", Retrieval(("about",), ("photo",))),
    half_and_half("siglip", "words_by_photos", Retrieval(("photo",), ("about",))),
)
variants = pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.package)


@cache
def emitted(variant: Pipeline) -> FileTree:
    """The files of a project."""
    verify(variant, None, None)
    return format_tree(rewrite(render(variant, [templates_dir()])))


def write(variant: Pipeline, folder: Path) -> Path:
    """The folder, with the project in it."""
    for name, text in emitted(variant).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def run(
    folder: Path, *command: str, paths: Sequence[Path] = (), kind: str = "PYTHONPATH"
) -> None:
    """Run a tool in the folder; it must succeed.

    `paths`: where it looks for modules, by a variable of that kind.
    """
    found = {kind: os.pathsep.join(map(str, paths))} if paths else {}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | found,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("half", [0, 1])
def test_their_own_tests_pass(half: int, tmp_path: Path) -> None:
    chosen = {variant.package: emitted(variant) for variant in VARIANTS[half::2]}
    roots = lay_out(chosen, tmp_path)
    # The others ask nothing of these choices; tests/test_emitted.py runs them.
    asked = "trains or resumed or fusion or target or tuning or ngrams"
    asked += " or scores or batch or together or counts or disk or share"
    run(tmp_path, *command_to_test(roots, "-k", asked)[1:], paths=[*roots.values()])


@variants
def test_its_own_linters_pass(variant: Pipeline, tmp_path: Path) -> None:
    folder = write(variant, tmp_path)
    run(folder, "ruff", "check", ".")
    run(folder, "black", "--check", "--quiet", ".")


def test_all_types_are_right(tmp_path: Path, types: Path) -> None:
    """Of the variants and of all golden trees."""
    projects: dict[str, Tree] = {v.package: emitted(v) for v in VARIANTS}
    for golden in GENERATED.iterdir():
        files = {*golden.glob("tests/*.py"), *golden.glob(f"{golden.name}/*.py")}
        texts = {f.relative_to(golden).as_posix(): f.read_text("utf-8") for f in files}
        projects[golden.name] = texts
    roots = lay_out(projects, tmp_path)
    options = ["--ignore-missing-imports", "--explicit-package-bases", "."]
    paths = [*roots.values()]
    run(
        tmp_path, "mypy", f"--cache-dir={types}", *options, paths=paths, kind="MYPYPATH"
    )


@variants
def test_every_command_tells_wrong_input_in_a_line(variant: Pipeline) -> None:
    commands = [text for text in emitted(variant).values() if "\ndef main(" in text]
    assert commands
    for text in commands:
        assert "\n@told_in_a_line()\ndef main(" in text


@variants
def test_no_module_is_long(variant: Pipeline) -> None:
    for path, text in emitted(variant).items():
        if path.startswith(f"{variant.package}/"):
            assert sum(map(bool, text.splitlines())) <= 200, path


def test_nothing_is_emitted_of_what_is_not_chosen() -> None:
    plain = emitted(pipeline("plain", THREE, RECIPE))
    assert not [path for path, text in plain.items() if "focal" in text]
    for word in ("Fusion", "presence", "filled"):
        assert word not in plain["plain/model.py"]
    for word in ("SGD", "LambdaLR", "def rate"):
        assert word not in plain["plain/train.py"]
    varied = replace(IMAGE, augmentation="flip_shift")
    for image, there in ((IMAGE, False), (varied, True)):
        photos = pipeline("photos", THREE, RECIPE, columns=(PHOTO,))
        tree = emitted(replace(photos, encoders=Encoders(image=image)))
        assert ("_shifted_and_flipped" in tree["photos/image.py"]) is there


Load = Callable[[Pipeline, str], ModuleType]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Imports a module of a project."""

    def module(variant: Pipeline, name: str) -> ModuleType:
        monkeypatch.syspath_prepend(write(variant, tmp_path / variant.package))
        return importlib.import_module(f"{variant.package}.{name}")

    return module


def named(package: str) -> Pipeline:
    """A variant by the name of its package."""
    return next(variant for variant in VARIANTS if variant.package == package)


def test_focal_loss_of_classes(load: Load) -> None:
    import torch

    weighted = load(named("gated_focal"), "target")
    plain = load(named("plain_focal"), "target")
    # One row is predicted with probability 0.8, one with 0.5; of each one member.
    logits = torch.tensor([[[math.log(4), 0.0]], [[0.0, 0.0]]])
    targets = torch.tensor([0, 1])
    easy, hard = 0.2**2 * -math.log(0.8), 0.5**2 * -math.log(0.5)
    loss = plain.loss(logits, targets, 2.0)
    assert float(loss) == pytest.approx((easy + hard) / 2)
    loss = weighted.loss(logits, targets, 2.0, torch.tensor([1.0, 3.0]))
    assert float(loss) == pytest.approx((easy + 3 * hard) / 4)


def test_focal_loss_of_labels(load: Load) -> None:
    import torch

    weighted = load(named("attentive_labels"), "target")
    plain = load(named("plain_labels"), "target")
    logits = torch.tensor([[[math.log(4), 0.0]]])
    targets = torch.tensor([[1.0, 0.0]])
    easy, hard = 0.2**2 * -math.log(0.8), 0.5**2 * -math.log(0.5)
    loss = plain.loss(logits, targets, 2.0)
    assert float(loss) == pytest.approx((easy + hard) / 2)
    loss = weighted.loss(logits, targets, 2.0, torch.tensor([3.0, 5.0]))
    assert float(loss) == pytest.approx((3 * easy + hard) / 2)


def test_focal_loss_of_a_sure_prediction_has_a_gradient(load: Load) -> None:
    import torch

    logits = torch.tensor([[[200.0, 0.0]]], requires_grad=True)
    load(named("plain_focal"), "target").loss(logits, torch.tensor([0]), 1.0).backward()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()


def test_losses_of_numbers(load: Load) -> None:
    import torch

    outputs, targets = torch.tensor([[[0.5]], [[3.0]]]), torch.zeros(2)
    loss = load(named("plain_mae"), "target").loss(outputs, targets)
    assert float(loss) == pytest.approx((0.5 + 3.0) / 2)
    loss = load(named("weighted_huber"), "target").loss(outputs, targets)
    assert float(loss) == pytest.approx((0.5**2 / 2 + 3.0 - 0.5) / 2)


def test_the_photos_of_a_cell_count_the_same(load: Load, tmp_path: Path) -> None:
    import pandas as pd
    import torch
    from PIL import Image

    for name, colour in (("a", "red"), ("b", "blue"), ("c", "white")):
        Image.new("RGB", (40, 40), colour).save(tmp_path / f"{name}.png")
    (tmp_path / "d.png").write_bytes(b"not a photo")
    cells = ['["a.png", "b.png"]', "['a.png']", '["b.png", "d.png", "e.png"]', "[]", ""]
    table = pd.DataFrame({"album": cells, "about": "x", "sold": "no"})
    table.to_csv(tmp_path / "t.csv", index=False)
    data, image = load(named("albums"), "data"), load(named("albums"), "image")
    rows = data.read_table(tmp_path / "t.csv")
    photos, present = image.load_photos(rows, 32)
    assert photos.shape == (5, 1, 3, 3, 32, 32)
    assert present[:, 0].tolist() == [True, True, True, False, False]
    torch.manual_seed(0)
    seen = image.ImageEncoder().eval()(photos)[:, 0]
    torch.testing.assert_close(seen[0], (seen[1] + seen[2]) / 2)
    assert not torch.allclose(seen[1], seen[2])
    assert seen[3:].eq(0).all()


@pytest.mark.parametrize("package", ["albums", "captions"])
def test_photos_that_do_not_open_are_told(
    package: str, load: Load, tmp_path: Path
) -> None:
    import pandas as pd
    from PIL import Image

    Image.new("RGB", (40, 40)).save(tmp_path / "a.png")
    image, column = load(named(package), "image"), named(package).features("image")[0]
    paths = [tmp_path / "a.png", tmp_path / "none.png"]
    cells = [[path] for path in paths] if column.items else paths
    rows = pd.DataFrame({column.name: [*cells, None]})
    with pytest.warns(UserWarning, match="photos of 1 of 2 cells do not open"):
        image.load_photos(rows, 32)


def test_a_prefix_stands_before_every_text(load: Load, tmp_path: Path) -> None:
    import pandas as pd
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "query", ":", "small", "old"]
    tokens = Tokenizer(WordLevel({w: i for i, w in enumerate(words)}, "[UNK]"))
    tokens.pre_tokenizer = Whitespace()
    fast: Any = PreTrainedTokenizerFast  # which has no types
    made = fast(tokenizer_object=tokens, pad_token="[PAD]", unk_token="[UNK]")
    made.save_pretrained(tmp_path / "e5")
    torch.manual_seed(0)
    settings = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
    )
    BertModel(settings).save_pretrained(tmp_path / "e5")
    e5 = TextEncoder("e5", "transformer", "frozen", 8, "e5", prefix="query: ")
    rows = pd.DataFrame({"about": ["small old", None]})
    seen = {}
    for name, prefix, cell in (("with_it", "query: ", 0), ("plain", "", 1)):
        variant = pipeline(name, TWO, RECIPE, columns=(ABOUT,))
        text = replace(e5, prefix=prefix)
        variant = replace(variant, encoders=Encoders(text=text))
        assert ("PREFIX" in emitted(variant)[f"{name}/text.py"]) is bool(prefix)
        backbone = load(variant, "text").TextBackbone(str(tmp_path / "e5"), 8)
        if not prefix:
            rows = pd.DataFrame({"about": [None, "query: small old"]})
        vectors = backbone.embed(rows)[:, 0]
        assert vectors[1 - cell].isnan().all()
        seen[name] = vectors[cell]
    torch.testing.assert_close(seen["with_it"], seen["plain"])
    variant = pipeline("tuned", TWO, TUNED, columns=(ABOUT,))
    variant = replace(variant, encoders=Encoders(text=replace(e5, tuning="full")))
    backbone = load(variant, "text").TextBackbone(str(tmp_path / "e5"), 8)
    ids = backbone.tokens(pd.DataFrame({"about": ["small old", None]}))
    assert ids.tolist() == [[[2, 3, 4, 5]], [[-1] * 4]]


def test_a_vector_has_no_outputs_that_ngrams_could_add_to() -> None:
    variant = half_and_half("clip", "words", Retrieval(("about",), ("photo",)))
    assert variant.encoders.text
    verify(variant, None, None)
    text = replace(variant.encoders.text, buckets=64)
    variant = replace(variant, encoders=replace(variant.encoders, text=text))
    with pytest.raises(PlanError, match=r"a retrieval with 64 buckets.*P231"):
        verify(variant, None, None)


def test_a_target_is_read_as_it_is_written(load: Load) -> None:
    import pandas as pd

    rows = pd.DataFrame({"price": ["€1.234,5", "7", "-€2.000,25"]}, dtype="str")
    assert load(named("plain_mae"), "target").values(rows).tolist() == [
        1234.5,
        7.0,
        -2000.25,
    ]
    plain = emitted(named("weighted_huber"))
    assert "MARKS" not in plain["weighted_huber/target.py"]


def test_schedules_rise_then_stay_or_fall(load: Load) -> None:
    cosine = load(named("plain_focal"), "train").rate
    constant = load(named("plain_mae"), "train").rate
    for rate in (cosine, constant):
        assert [rate(done, 0.2) for done in (0.0, 0.1, 0.2)] == [0.0, 0.5, 1.0]
        assert rate(0.0, 0.0) == 1.0
    assert [cosine(done, 0.2) for done in (0.6, 1.0)] == pytest.approx([0.5, 0.0])
    assert [constant(done, 0.2) for done in (0.6, 1.0)] == [1.0, 1.0]


FUSED = ("gated_focal", "attentive_labels", "weighted_huber")


@pytest.mark.parametrize("package", FUSED)
def test_a_modality_that_a_row_lacks_weighs_nothing(load: Load, package: str) -> None:
    import torch

    torch.manual_seed(0)
    fusion = load(named(package), "model").Fusion([3, 5], 8).eval()
    table, text = torch.randn(4, 3), torch.randn(4, 5)
    present = torch.tensor([[True, True], [True, False], [False, True], [False] * 2])
    before = fusion([table, text], present)
    after = fusion([table, text + 1.0], present)
    assert before.isfinite().all()
    changed = (before != after).any(dim=1)
    assert changed.tolist() == [True, False, True, False]


@pytest.mark.parametrize("package", FUSED)
def test_a_table_without_rows_is_fused(load: Load, package: str) -> None:
    import torch

    fusion = load(named(package), "model").Fusion([3, 5], 8).eval()
    present = torch.ones(0, 2, dtype=torch.bool)
    assert fusion([torch.ones(0, 3), torch.ones(0, 5)], present).shape == (0, 8)


def test_the_verifier_knows_the_heads_of_attention(load: Load) -> None:
    assert load(named("attentive_labels"), "model").HEADS == HEADS


@pytest.mark.parametrize("package", FUSED)
def test_rows_have_what_is_not_hidden(load: Load, package: str) -> None:
    import torch

    model = load(named(package), "model")
    batch = {
        "numbers": torch.zeros(2, 1),
        "codes": torch.full((2, 1), 2),
        "items": torch.ones(2, 3),
        "text": torch.ones(2, 1, 4, dtype=torch.int64),
        "image": torch.zeros(2, 1, 3, 4, 4, dtype=torch.uint8),  # a black photo
        "has_image": torch.ones(2, 1, dtype=torch.bool),
    }
    for place, modality in enumerate(model.MODALITIES):
        hidden = model.hide(batch, modality, torch.tensor([True, False]))
        expected = torch.ones(2, 2, dtype=torch.bool)
        expected[0, place] = False
        assert torch.equal(model.presence(hidden), expected)
