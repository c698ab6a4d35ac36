"""A wish in words finds the card that is made for it."""

from __future__ import annotations

import pytest
from autom3l.resources import zoo_dir
from autom3l.zoo import Zoo, load_zoo
from autom3l.zoo_search import _nearness, _words, rank_by_words, search, searchable

MOBILE = {
    "mobilenetv3_small_100",
    "mobilenetv4_conv_small",
    "mobilenetv4_conv_medium",
}


@pytest.fixture(scope="module")
def zoo() -> Zoo:
    return load_zoo([zoo_dir()])


@pytest.mark.parametrize(
    ("wish", "fitting"),
    [
        ("medical German text", {"medbert-512-no-duplicates"}),
        ("handwritten product photos on a phone", MOBILE),
        ("X-ray images", {"densenet121"}),
        (
            "legal contracts in English",
            {"legal-bert-base-uncased", "legal-bert-small-uncased"},
        ),
        ("tweets with emoji", {"twitter-roberta-base-2021-124m"}),
        ("source code in Python", {"unixcoder-base"}),
        ("Japanese reviews", {"ruri-v3-130m", "modernbert-ja-130m"}),
        ("annual reports of companies", {"sec-bert-base"}),
        ("small thumbnails of 100 pixels", {"tinynet_e"}),
        ("Chinese comments on a CPU", {"bge-small-zh-v1.5"}),
        ("French clinical notes", {"camembert-bio-base"}),
        ("names of diseases", {"SapBERT-from-PubMedBERT-fulltext"}),
        (
            "satellite images",
            {"vit_small_patch14_dinov2", "vit_base_patch16_dinov3"},
        ),
        ("offline, small pictures of shapes", {"small_convnet"}),
        ("patent claims", {"bert-for-patents"}),
    ],
)
def test_the_nearest_card_is_the_fitting_one(
    wish: str, fitting: set[str], zoo: Zoo
) -> None:
    (nearest,) = search(zoo.cards, wish, 1)
    assert nearest.name in fitting


def test_what_shares_no_word_is_not_found(zoo: Zoo) -> None:
    assert search(zoo.cards, "zzyzx", 6) == ()
    assert search(zoo.cards, "", 6) == ()


def test_what_a_card_is_not_for_does_not_find_it(zoo: Zoo) -> None:
    card = zoo.card("gbert-base")
    assert "medical" in card.advice
    assert "medical" not in searchable(card)


def test_of_equals_the_earlier_one_comes_first() -> None:
    assert rank_by_words("cats", ["dogs", "a cat", "birds", "one cat"]) == (1, 3, 0, 2)


@pytest.mark.slow  # scikit-learn is imported
@pytest.mark.parametrize("wish", ["two dogs and Two cats", "offline photos", "zz", ""])
def test_words_weigh_as_in_scikit_learn(wish: str, zoo: Zoo) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [searchable(card) for card in zoo.cards]
    texts += ["Cats, cats and a dog", "the dogs", "of", ""]
    vectorizer = TfidfVectorizer(sublinear_tf=True, analyzer=_words)
    weights = vectorizer.fit_transform(texts).toarray()
    asked = vectorizer.transform([wish]).toarray()[0]
    shared = (weights > 0) @ (asked > 0).astype(float) / max(1, (asked > 0).sum())
    assert _nearness(wish, texts) == pytest.approx(weights @ asked * shared)
