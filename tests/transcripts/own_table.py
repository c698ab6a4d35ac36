"""Repair orders of a heating firm, invented: `python own_table.py > train.csv`.

With the argument `test`: further orders, as they are on acceptance, with the answer.

Its cells don't show what its columns mean: `sparte` and `filiale` are numbers that name
things, `zustand` is a scale in German, `aussentemp` has -999 for a dead sensor, and
`kulanz_eur` is paid to some of those who have complained, which is to be predicted.
"""

import csv
import random
import sys
from datetime import date, timedelta

ROWS = {"train": 300, "test": 2000}
BRANCHES = (101, 104, 117, 122, 130, 145, 208, 211)
STATES = ("mangelhaft", "ausreichend", "befriedigend", "gut")
FAULTS = (
    "Heizung wird nicht warm",
    "Therme tropft unten",
    "Brenner startet nicht",
    "lautes Klopfen in den Rohren",
    "Wasserdruck fällt jeden Tag",
)
ROOMS = ("im Bad", "im Keller", "in der Küche", "im ganzen Haus")
MOODS = ("", "Kunde ist verärgert, zweiter Besuch.", "Bitte vorher anrufen.")
PARTS = ("Pumpe", "Dichtung", "Ventil", "Zündung", "Fühler")


def row(number: int, draw: random.Random) -> dict[str, object]:
    """One order; complaints come with age, bad states and angry customers."""
    mood, state = draw.randrange(3), draw.randrange(4)
    built = draw.randint(1984, 2021)
    day = date(2022, 1, 3) + timedelta(days=draw.randrange(700))
    before = round(draw.uniform(0.2, 1.6), 1)
    risk = 0.1 + 0.25 * (mood == 1) + 0.1 * (3 - state) + 0.15 * (built < 2000)
    complaint = draw.random() < risk - 0.15
    paid = draw.choice((30, 50, 80, 120)) if complaint and draw.random() < 0.6 else 0
    return {
        "auftrag": f"HZ{52000 + 7 * number}",
        "eingang": f"{day:%d.%m.%Y}",
        "sparte": draw.choice((1, 2, 3, 5, 7)),
        "filiale": draw.choice(BRANCHES),
        "baujahr": built,
        "zustand": STATES[state],
        "aussentemp": -999 if draw.random() < 0.08 else draw.randint(-12, 31),
        "druck_vorher": before,
        "druck_soll": round(draw.uniform(1.4, 2.2), 1),
        "wartungsvertrag": draw.choice("jn"),
        "teile": "|".join(draw.sample(PARTS, draw.randint(1, 3))),
        "meldung": " ".join(
            (f"{draw.choice(FAULTS)} {draw.choice(ROOMS)}.", MOODS[mood])
        ).strip(),
        "kulanz_eur": paid,
        "reklamation": "ja" if complaint else "nein",
    }


def main() -> None:
    """The table, to the standard output."""
    (part,) = sys.argv[1:] or ["train"]
    draw = random.Random({"train": 7, "test": 8}[part])  # noqa: S311
    rows = [row(number, draw) for number in range(ROWS[part])]
    if part == "test":  # nobody has complained yet
        rows = [{**order, "kulanz_eur": 0} for order in rows]
    out = csv.DictWriter(sys.stdout, rows[0], lineterminator="\n")
    out.writeheader()
    out.writerows(rows)


if __name__ == "__main__":
    main()
