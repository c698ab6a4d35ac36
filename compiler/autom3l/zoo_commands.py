"""The commands about model cards: `autom3l zoo list`, `show`, `search` and `check`."""

# Typer reads annotations at run time.
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from autom3l import flags
from autom3l.console import Console
from autom3l.diagnostics import Diagnostic, UserError, ZooError

if TYPE_CHECKING:
    from autom3l.card import Card
    from autom3l.zoo import Zoo

zoo_app = typer.Typer(
    help="Read, search and check the model cards.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
NEAREST = 6


@zoo_app.command("list")
def list_command(
    modality: flags.Modality = None,
    zoo_dir: flags.ZooDir = None,
    form: flags.Form = "text",
) -> None:
    """Print a table of all model cards."""
    console = Console(form=form)
    with console.reporting():
        _print(console, _cards(_zoo(zoo_dir), modality))


@zoo_app.command("show")
def show_command(
    card: flags.CardName,
    zoo_dir: flags.ZooDir = None,
    form: flags.Form = "text",
) -> None:
    """Print one card in full."""
    console = Console(form=form)
    with console.reporting():
        from autom3l import zoo_pages

        found = zoo_pages.find_card(_zoo(zoo_dir), card)
        console.result(zoo_pages.card_text(found), zoo_pages.card_data(found))


@zoo_app.command("search")
def search_command(
    wish: flags.Wish,
    modality: flags.Modality = None,
    zoo_dir: flags.ZooDir = None,
    form: flags.Form = "text",
) -> None:
    """Print the cards nearest to a wish in words, as "medical German text"."""
    console = Console(form=form)
    with console.reporting():
        from autom3l.zoo_search import search

        _print(console, search(_cards(_zoo(zoo_dir), modality), wish, NEAREST))


@zoo_app.command("check")
def check_command(
    zoo_dir: flags.ZooDir = None,
    fix: flags.Fix = False,
    form: flags.Form = "text",
) -> None:
    """Hold every card, or those of --zoo-dir, against the library it is for."""
    console = Console(form=form)
    with console.reporting():
        if fix and zoo_dir is None:
            message = "--fix needs --zoo-dir: the shipped cards are left alone"
            raise UserError(Diagnostic("C001", message))
        from autom3l import resources
        from autom3l.request import lookup
        from autom3l.zoo import load_zoo

        folder = lookup(zoo_dir, resources.zoo_dir())[0]
        cards = load_zoo([folder]).cards
        from autom3l.zoo_facts import check_facts

        if fix:
            from autom3l.zoo_fixing import fix_facts

            for line in fix_facts(folder, cards):
                console.note(line)
            cards = load_zoo([folder]).cards
        problems = tuple(check_facts(cards))
        if problems:
            raise ZooError(problems)
        sound = "card is sound" if len(cards) == 1 else "cards are sound"
        console.result(f"{len(cards)} {sound}", {"cards": len(cards)})


def _zoo(zoo_dir: Path | None) -> "Zoo":
    from autom3l import resources
    from autom3l.request import lookup
    from autom3l.zoo import load_zoo

    return load_zoo(lookup(zoo_dir, resources.zoo_dir()))


def _cards(zoo: "Zoo", modality: flags.ModalityName | None) -> "tuple[Card, ...]":
    return zoo.of(modality) if modality else zoo.cards


def _print(console: Console, cards: "tuple[Card, ...]") -> None:
    from autom3l import zoo_pages

    data = [zoo_pages.card_data(card) for card in cards]
    console.result(zoo_pages.cards_text(cards), data)
