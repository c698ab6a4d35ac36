"""What the libraries know of a card, written into its file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from autom3l.card import Card
from autom3l.zoo_facts import true_facts


def fix_facts(folder: Path, cards: Iterable[Card]) -> Iterator[str]:
    """Mend the facts of each card's file that its library contradicts; a line for each.

    A card that the library can't build is left alone. Only the fact's own line changes;
    one that is not there is added behind the licence.
    """
    paths = {path.stem: path for path in folder.rglob("*.md")}
    for card in cards:
        try:
            facts = true_facts(card)
        except Exception:  # told by check_facts, with its reason
            continue
        for fact, true in facts.items():
            if getattr(card, fact) != true:
                _write(paths[card.name], fact, _yaml(true))
                yield f"{card.name}: {fact}: {_yaml(true)}"


def _write(path: Path, fact: str, value: str) -> None:
    text = path.read_text(encoding="utf-8")
    line = f"{fact}: {value}"
    mended, found = re.subn(rf"^{fact}:.*$", line, text, count=1, flags=re.M)
    if not found:
        mended = re.sub(r"^(licence:.*)$", rf"\1\n{line}", text, count=1, flags=re.M)
    path.write_bytes(mended.encode())


def _yaml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value}"
