"""N-grams beside the embeddings of texts."""

from dataclasses import replace

import pandas as pd
import torch
from torch import Tensor, nn

from listings.columns import TEXT
from listings.config import Config
from listings.features import Features
from listings.model import Network
from listings.ngrams import NgramModel, hash_ngrams, rarity

BUCKETS, MOST = 4096, 512


def ngrams_of(*texts: str | None) -> Tensor:
    """Of rows all of whose text columns hold the same."""
    rows = pd.DataFrame(dict.fromkeys(TEXT, texts), dtype="str")
    return hash_ngrams(rows, BUCKETS, MOST)


def test_a_word_has_the_same_ngrams_in_every_text() -> None:
    one, none, other = ngrams_of("Small  and old", None, "small and OLD")
    assert torch.equal(one, other)
    assert not none.any()
    assert {*ngrams_of("small").unique().tolist()} < {*one.unique().tolist()}
    assert ngrams_of().shape == (0, len(TEXT), 1)


def test_of_a_long_text_the_words_are_kept() -> None:
    ngrams = ngrams_of(" ".join(f"word{i}" for i in range(2 * MOST)))
    assert ngrams.shape == (1, len(TEXT), MOST)
    assert ngrams.min() > 0
    assert ngrams.max() <= BUCKETS // 2


def test_of_each_cell_as_many_are_read_as_are_asked_for(
    config: Config, rows: pd.DataFrame
) -> None:
    features = replace(Features.fit(rows, config), text_ngrams=3)
    assert features.transform(rows)["ngrams"].shape[2] == 3


def test_a_rare_word_counts_more() -> None:
    weights = rarity(ngrams_of("small and old", "small and new", None), BUCKETS)
    old, small = (int(ngrams_of(word)[0, 0, 0]) for word in ("old", "small"))
    assert weights[old] > weights[small]


def test_an_ngram_adds_what_it_has_learned() -> None:
    ngrams = ngrams_of("small", "large", None)
    model = NgramModel(rarity(ngrams, BUCKETS)).eval()
    assert not model(ngrams).any()
    model(ngrams)[0].sum().backward()
    gradient = model.weights.weight.grad
    assert gradient is not None
    model.load_state_dict({**model.state_dict(), "weights.weight": gradient})
    small, large, none = model(ngrams)
    assert (small > 0).all()
    assert not large.any()
    assert not none.any()


def test_half_of_the_training_rows_do_without() -> None:
    torch.manual_seed(0)
    ngrams = ngrams_of(*["small"] * 1000)
    model = NgramModel(rarity(ngrams, BUCKETS))
    nn.init.ones_(model.weights.weight)
    assert 0.4 < model(ngrams).any(dim=1).float().mean() < 0.6
    assert model.eval()(ngrams).all()


def test_what_ngrams_say_is_added_to_every_member(
    config: Config, rows: pd.DataFrame
) -> None:
    features = Features.fit(rows, config)
    network = Network(features, config.model).eval()
    batch = features.transform(rows)
    before = network(batch)
    nn.init.ones_(network.ngrams.weights.weight)
    added = network.ngrams(batch["ngrams"])[:, None]
    assert added.any()
    assert torch.allclose(network(batch), before + added, atol=1e-4)
