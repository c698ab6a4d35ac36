"""The encoder of all text columns."""

from __future__ import annotations

import math
from collections.abc import Sequence

from autom3l.card import Card
from autom3l.column import Column
from autom3l.defaults.choosing import card_decision, choose_card
from autom3l.defaults.costs import TOKENS_PER_WORD
from autom3l.defaults.languages import Language, judge_language
from autom3l.defaults.pins import NO_PIN, card_of, tuning_of
from autom3l.encoders import TextEncoder
from autom3l.ir import Decision
from autom3l.language_names import language_name
from autom3l.profile import ColumnProfile, DataProfile
from autom3l.spec import EncoderPin, Spec
from autom3l.zoo import Zoo

ENGLISH_CARDS = ("all-MiniLM-L6-v2", "bge-small-en-v1.5", "all-mpnet-base-v2")
OTHER_CARDS = ("multilingual-e5-small", "paraphrase-multilingual-MiniLM-L12-v2")
TOKEN_LIMITS = (32, 64, 128, 256, 512, 1024, 2048, 4096, 8192)
LANGUAGE_CELLS = 500
MIN_BUCKETS, MAX_BUCKETS = 2**12, 2**15
NGRAM_WIDTH = 32


def choose_text(
    spec: Spec,
    profile: DataProfile,
    zoo: Zoo,
    columns: Sequence[Column],
    pin: EncoderPin = NO_PIN,
) -> tuple[TextEncoder, tuple[Decision, ...]]:
    """The pinned card, a pretrained one that knows the language, or hashed n-grams.

    Texts of an undecided language, such as names, are as good for any of them. A model
    of one language alone comes last: few were trained to embed, as frozen ones must be.
    """
    facts = [profile.column(column.name) for column in columns]
    language = judge_language(c for f in facts for c in f.values[:LANGUAGE_CELLS])
    chosen = choose_card(spec, *_candidates(zoo, language, pin.card))
    card = chosen.card
    tuning, tuning_why = tuning_of(pin, card, facts, spec, profile)
    tokens, cut = _max_tokens(facts, card)
    pinned = spec.encoders.text.card is not None
    decisions = (_language(language), card_decision(chosen, pinned=pinned))
    if card.kind == "hashed_ngrams":
        buckets, table = _buckets(facts)
        encoder = TextEncoder(
            card=card.name,
            kind=card.kind,
            tuning=tuning,
            max_tokens=tokens,
            buckets=buckets,
            width=NGRAM_WIDTH,
        )
        return encoder, (*decisions, cut, table, *tuning_why)
    encoder = TextEncoder(
        card=card.name,
        kind="transformer",
        tuning=tuning,
        max_tokens=tokens,
        backbone=chosen.backbone,
        pooling=card.pooling or "mean",
        prefix=card.prefix,
    )
    return encoder, (*decisions, cut, *tuning_why)


def _candidates(
    zoo: Zoo, language: Language, pinned: str | None
) -> tuple[tuple[Card, ...], tuple[str, ...]]:
    """The cards that know the language, and the names of those to be preferred."""
    if pinned:
        return (card_of(zoo, "text", pinned),), (pinned,)
    foreign = language.spoken == "another"
    known = {"any", "multilingual", language.code if foreign else "en"}
    preferred = OTHER_CARDS if foreign else (*ENGLISH_CARDS, *OTHER_CARDS)
    # Halves of image-text pairs read short captions, not texts.
    cards = [c for c in zoo.of("text") if known & set(c.languages) and not c.space]
    return tuple(cards), preferred


def _language(language: Language) -> Decision:
    choice, reason = {
        "English": ("English", "The texts are mostly in English."),
        "another": (
            "multilingual",
            "The texts are mostly in other languages than English.",
        ),
        "undecided": ("undecided", "Too few words are common ones of any language."),
    }[language.spoken]
    if language.code:
        choice = language_name(language.code)
        reason = f"The texts are mostly in {choice}; multilingual sentence encoders "
        reason += "come first, for they were trained to embed whole texts."
    return Decision(
        section="encoders",
        subject="language",
        choice=choice,
        reason=reason,
        source="rule",
        evidence=language.evidence,
        confidence=language.confidence,
    )


def _max_tokens(facts: Sequence[ColumnProfile], card: Card) -> tuple[int, Decision]:
    words = max(f.words_p95 for f in facts)
    per_word = 1.0 if card.kind == "hashed_ngrams" else TOKENS_PER_WORD
    needed = words * per_word + 2
    limit = next((n for n in TOKEN_LIMITS if n >= needed), TOKEN_LIMITS[-1])
    tokens = min(limit, card.max_tokens)
    if card.pooling == "siglip":
        return card.max_tokens, Decision(
            section="encoders",
            subject="max_tokens",
            choice=str(card.max_tokens),
            reason="The model was trained on texts filled up to this length.",
            source="rule",
        )
    return tokens, Decision(
        section="encoders",
        subject="max_tokens",
        choice=str(tokens),
        reason="Whole cells, but for the longest; reading those to the end would slow "
        "every batch they are in.",
        source="rule",
        evidence=f"95 % of the cells have at most {words:g} words; the card reads "
        f"{card.max_tokens} {'words' if per_word == 1.0 else 'tokens'} at most",
    )


def _buckets(facts: Sequence[ColumnProfile]) -> tuple[int, Decision]:
    words = sum(f.present * f.words_mean for f in facts)
    size = 2 ** math.ceil(math.log2(max(1.0, words / 3)))
    buckets = min(max(size, MIN_BUCKETS), MAX_BUCKETS)
    return buckets, Decision(
        section="encoders",
        subject="buckets",
        choice=f"{buckets:,}",
        reason="About a bucket per three running words: most n-grams of a text are "
        f"repeats or occur once; beyond {MAX_BUCKETS:,} the rare ones only add noise.",
        source="rule",
        evidence=f"{words:,.0f} words in {sum(f.present for f in facts):,} cells",
    )
