"""What the libraries know of a card, written into its file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from autom3l.card import Card
from autom3l.diagnostics import Diagnostic, UserError
from autom3l.zoo_facts import library_facts


def fix_facts(folder: Path, cards: Iterable[Card]) -> Iterator[str]:
    """Mend the facts of each card's file that its library contradicts; a line for each.

    A card that the library can't build is left alone. Only the fact's own line changes;
    one that is not there is added behind the licence.
    """
    paths = {path.stem: path for path in folder.rglob("*.md")}
    for card in cards:
        facts = library_facts(card)
        if isinstance(facts, Diagnostic):
            continue  # check_facts tells it
        for fact, true in facts.items():
            if getattr(card, fact) != true:
                _write(paths[card.name], fact, _yaml(true))
                yield f"{card.name}: {fact}: {_yaml(true)}"


def _write(path: Path, fact: str, value: str) -> None:
    head, fence, advice = path.read_text(encoding="utf-8").partition("\n---\n")
    line = f"{fact}: {value}"
    mended, found = re.subn(rf"^{fact}:.*$", line, head, count=1, flags=re.M)
    if not found:
        mended = re.sub(r"^(licence:.*)$", rf"\1\n{line}", head, count=1, flags=re.M)
    try:
        path.write_bytes(f"{mended}{fence}{advice}".encode())
    except OSError as error:
        message = f"can't write: {error.strerror}"
        raise UserError(Diagnostic("C008", message, str(path))) from None


def _yaml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value}"
