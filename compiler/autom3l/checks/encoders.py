"""Every modality has its encoder, and every encoder is one that can be built."""

from __future__ import annotations

from collections.abc import Iterator

from autom3l.backbones import takes_adapters
from autom3l.card import Card, CardModality
from autom3l.checks.subject import Subject, outside
from autom3l.defaults.choosing import breaches
from autom3l.defaults.tabular import TABULAR
from autom3l.diagnostics import Diagnostic, did_you_mean
from autom3l.encoders import Encoders, ImageEncoder, TabularEncoder, TextEncoder
from autom3l.zoo import Zoo

Encoder = TabularEncoder | TextEncoder | ImageEncoder


def present(subject: Subject) -> Iterator[Diagnostic]:
    """A modality has an encoder exactly when features have that modality (P230)."""
    pipeline = subject.pipeline
    told = [c for c in pipeline.imputed() if c.impute and c.impute.indicator]
    features = {
        "tabular": (*pipeline.features(*TABULAR), *pipeline.derived, *told),
        "text": pipeline.features("text"),
        "image": pipeline.features("image"),
    }
    for modality, encoder in _all(pipeline.encoders):
        if bool(features[modality]) != (encoder is not None):
            found = f"{len(features[modality])} {modality} features"
            message = f"{found}, but {'an' if encoder else 'no'} encoder"
            yield Diagnostic("P230", message, f"encoders.{modality}")


def backbones(subject: Subject) -> Iterator[Diagnostic]:
    """Pretrained kinds name a backbone, the others learn all their weights (P231)."""
    for modality, encoder in _all(subject.pipeline.encoders):
        if encoder is None or isinstance(encoder, TabularEncoder):
            continue
        pretrained = encoder.kind in ("transformer", "timm")
        where = f"encoders.{modality}"
        if pretrained != bool(encoder.backbone):
            message = f"kind {encoder.kind!r} with backbone {encoder.backbone!r}"
            yield Diagnostic("P231", message, where)
        if not pretrained and encoder.tuning != "full":
            message = f"kind {encoder.kind!r} with tuning {encoder.tuning!r}"
            hint = "'full': what is not pretrained learns all its weights"
            yield Diagnostic("P231", message, where, hint)


def adapters(subject: Subject) -> Iterator[Diagnostic]:
    """LoRA is for networks with the layers that it stands beside (P231)."""
    image = subject.pipeline.encoders.image
    if image is None or image.kind != "timm" or image.tuning != "lora":
        return
    if not takes_adapters(image.backbone):
        message = f"backbone {image.backbone!r} with tuning 'lora'"
        hint = "'full' or 'frozen': of vision networks, only transformers take adapters"
        yield Diagnostic("P231", message, "encoders.image", hint)


def augmentation(subject: Subject) -> Iterator[Diagnostic]:
    """Only photos that a network sees anew in each epoch are varied (P231)."""
    image = subject.pipeline.encoders.image
    if image and image.tuning == "frozen" and image.augmentation != "none":
        message = f"tuning 'frozen' with augmentation {image.augmentation!r}"
        hint = "'none': frozen features are computed once"
        yield Diagnostic("P231", message, "encoders.image", hint)


def one_space(subject: Subject) -> Iterator[Diagnostic]:
    """Texts and pictures share a space in a retrieval by frozen halves (P231)."""
    pipeline, encoders = subject.pipeline, subject.pipeline.encoders
    text, image = encoders.text, encoders.image
    paired = text is not None and text.pooling in ("clip", "siglip")
    if text and paired and text.tuning != "frozen":
        message = f"pooling {text.pooling!r} with tuning {text.tuning!r}"
        hint = "'frozen': half of a pair that is tuned leaves their space"
        yield Diagnostic("P231", message, "encoders.text", hint)
    if not encoders.one_space:
        return
    if not pipeline.retrieval:
        message = "one space of texts and pictures, but no retrieval"
        yield Diagnostic("P231", message, "encoders.one_space")
    if not paired or not image or image.kind != "timm" or image.tuning != "frozen":
        message = "one space, but not of the frozen halves of a pair"
        hint = "a text encoder that pools as clip or siglip, and the pictures' half"
        yield Diagnostic("P231", message, "encoders.one_space", hint)


def prefix(subject: Subject) -> Iterator[Diagnostic]:
    """Only a pretrained model knows a prefix (P231)."""
    text = subject.pipeline.encoders.text
    if text and text.prefix and text.kind != "transformer":
        message = f"kind {text.kind!r} with prefix {text.prefix!r}"
        yield Diagnostic("P231", message, "encoders.text")


def ngrams(subject: Subject) -> Iterator[Diagnostic]:
    """N-grams add to outputs, which a retrieval has none of (P231)."""
    text = subject.pipeline.encoders.text
    if text is None or text.kind != "transformer" or not text.buckets:
        return
    if subject.pipeline.retrieval:
        message = f"a retrieval with {text.buckets} buckets of n-grams"
        hint = "0 buckets: a vector has no outputs that they could add to"
        yield Diagnostic("P231", message, "encoders.text", hint)


def sizes(subject: Subject) -> Iterator[Diagnostic]:
    """Widths, lengths and pictures that can be computed (P240)."""
    encoders = subject.pipeline.encoders
    if tabular := encoders.tabular:
        yield from outside("encoders.tabular.bins", tabular.bins, 2, 1024)
        for name in ("number_width", "level_width"):
            width = getattr(tabular, name)
            yield from outside(f"encoders.tabular.{name}", width, 1, 1024)
    if text := encoders.text:
        yield from outside("encoders.text.max_tokens", text.max_tokens, 4, 8192)
        if text.buckets or text.kind == "hashed_ngrams":
            yield from outside("encoders.text.buckets", text.buckets, 2, 2**24)
        yield from outside("encoders.text.ngrams", text.ngrams, 1, 2**16)
        yield from outside("encoders.text.width", text.width, 1, 4096)
    if image := encoders.image:
        yield from outside("encoders.image.size", image.size, 32, 1024)
        if image.kind == "convnet" and image.size % 16:
            message = f"size {image.size} is no multiple of 16: it is halved four times"
            yield Diagnostic("P240", message, "encoders.image.size")


def cards(subject: Subject) -> Iterator[Diagnostic]:
    """Cards that exist, of the right modality and kind, used within limits (P232)."""
    if subject.zoo is None:
        return
    yield from _halves(subject.pipeline.encoders, subject.zoo)
    for modality, encoder in _all(subject.pipeline.encoders):
        if encoder is None:
            continue
        names = [card.name for card in subject.zoo.of(modality)]
        if encoder.card not in names:
            message = f"no {modality} card {encoder.card!r}"
            hint = did_you_mean(encoder.card, names)
            yield Diagnostic("P232", message, f"encoders.{modality}.card", hint)
            continue
        for problem in _misuse(subject.zoo.card(encoder.card), encoder):
            yield Diagnostic("P232", problem, f"encoders.{modality}")


def constraints(subject: Subject) -> Iterator[Diagnostic]:
    """No card breaks a hard limit of the spec (P233)."""
    if subject.zoo is None or subject.constraints is None:
        return
    for modality, encoder in _all(subject.pipeline.encoders):
        known = {card.name: card for card in subject.zoo.of(modality)}
        if encoder is None or encoder.card not in known:
            continue
        for breach in breaches(subject.constraints, known[encoder.card]):
            message = f"card {encoder.card!r} is not allowed: {breach}"
            yield Diagnostic("P233", message, f"encoders.{modality}")


def _halves(encoders: Encoders, zoo: Zoo) -> Iterator[Diagnostic]:
    if not (encoders.one_space and encoders.text and encoders.image):
        return
    text, image = encoders.text.card, encoders.image.card
    spaces = {card.space for card in zoo.cards if card.name in (text, image)}
    if len(spaces) > 1:
        message = f"cards {text!r} and {image!r} share no space"
        yield Diagnostic("P232", message, "encoders.one_space")


def _all(encoders: Encoders) -> tuple[tuple[CardModality, Encoder | None], ...]:
    return (
        ("tabular", encoders.tabular),
        ("text", encoders.text),
        ("image", encoders.image),
    )


def _misuse(card: Card, encoder: Encoder) -> Iterator[str]:
    if isinstance(encoder, TabularEncoder):
        return
    if encoder.kind != card.kind:
        yield f"card {card.name!r} is of kind {card.kind!r}, not {encoder.kind!r}"
    elif encoder.backbone not in ("", card.backbone, *card.folders):
        yield f"backbone {encoder.backbone!r} is not that of card {card.name!r}"
    if isinstance(encoder, TextEncoder) and encoder.max_tokens > card.max_tokens:
        given = encoder.max_tokens
        yield f"card {card.name!r} reads {card.max_tokens} tokens, not {given}"
    if isinstance(encoder, TextEncoder) and encoder.pooling != (card.pooling or "mean"):
        yield f"card {card.name!r} pools as {card.pooling}, not {encoder.pooling}"
    if isinstance(encoder, ImageEncoder) and card.fixed_size:
        size, given = card.input_size, encoder.size
        if given != size:
            yield f"card {card.name!r} sees {size} pixels, no more and no less: {given}"
