"""Draw the sample table: a plant clinic's intake book, with a photo of each patient.

    python examples/make_sample.py examples/sample [--rows 600] [--seed 7]

writes `plants.csv` and `images/`. What ails a plant follows from three facts, and each
of them shows in one modality only, so that a model without it must do worse:

    photo        yellowing or spotted leaves
    owner_note   watered too much or too little
    table        a dim or a bright place (`light_lux`, `window`)

The same arguments give the same rows and pixels. About one diagnosis in thirty is
wrong, and cells, readings and photos are missing as they are in a real intake book.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw

SIZE = 96  # pixels, both sides
NOT_MEASURED = "-999"

DIAGNOSES = {
    # (leaves, watering, place)
    ("yellow", "generous", "dim"): "root rot",
    ("yellow", "generous", "bright"): "nutrient deficiency",
    ("yellow", "sparing", "dim"): "light starvation",
    ("yellow", "sparing", "bright"): "drought stress",
    ("spotted", "generous", "dim"): "leaf fungus",
    ("spotted", "generous", "bright"): "leaf fungus",
    ("spotted", "sparing", "dim"): "spider mites",
    ("spotted", "sparing", "bright"): "spider mites",
}

NOTES = {
    "generous": (
        "I water it every morning before work.",
        "The saucer always has some water in it.",
        "The soil never gets a chance to dry out.",
        "My mother gives it a big glass of water daily.",
        "Watered it again yesterday, the pot is still soaking wet.",
        "There is a puddle under the pot most evenings.",
        "We spoil it with plenty of water, maybe too much.",
    ),
    "sparing": (
        "I honestly forget to water it for weeks.",
        "It was left alone while we were on holiday.",
        "The soil was bone dry when I last looked.",
        "It gets a sip when somebody remembers, so hardly ever.",
        "Nobody watered it all month.",
        "The pot feels light as a feather, all dried out.",
        "I am afraid it goes thirsty between my visits.",
    ),
}
CHATTER = (
    "It came from my grandmother.",
    "We moved house in spring.",
    "The cat likes to sit next to it.",
    "It used to be much prettier!",
    "Please help, it is my favourite.",
    "A neighbour gave it to us.",
    "It lives in the kitchen.",
    "I have had it since university.",
    "No idea what is wrong with it.",
    "It flowered once, two years ago.",
)
SPECIES = (
    "Monstera",
    "Ficus",
    "Pothos",
    "Calathea",
    "Peace lily",
    "Rubber plant",
    "Begonia",
    "Anthurium",
)
VIGOUR = ("low", "medium", "high")

COLUMNS = (
    "intake_id",
    "clinic",
    "intake_date",
    "species",
    "pot_diameter",
    "price_paid",
    "light_lux",
    "window",
    "vigour",
    "has_pets",
    "owner_note",
    "photo",
    "diagnosis",
)


def make_sample(folder: Path, rows: int = 600, seed: int = 7) -> Path:
    """Write `plants.csv` and `images/` into `folder`; returns the table's path."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    table = folder / "plants.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for number in range(rows):
            # One generator per row: a longer table begins with the shorter one.
            random = Random(f"{seed}/{number}")
            patient = _patient(random)
            row = _row(patient, number, random)
            writer.writerow(row)
            # A photo that the table names but that was lost: nearly one in a hundred.
            if row["photo"] and random.random() > 0.008:
                _photo(patient.leaves, random).save(folder / row["photo"], quality=88)
    return table


@dataclass(frozen=True)
class _Patient:
    leaves: str
    watering: str
    place: str
    diagnosis: str


def _patient(random: Random) -> _Patient:
    facts = (
        random.choice(("yellow", "spotted")),
        random.choice(("generous", "sparing")),
        random.choice(("dim", "bright")),
    )
    mistaken = random.random() < 1 / 30
    options = sorted(set(DIAGNOSES.values()))
    diagnosis = random.choice(options) if mistaken else DIAGNOSES[facts]
    return _Patient(*facts, diagnosis)


def _row(patient: _Patient, number: int, random: Random) -> dict[str, str]:
    day = date(2024, 3, 1) + timedelta(days=random.randrange(420))
    row = {
        "intake_id": f"PC-{random.randrange(16**6):06x}-{number:04d}",
        "clinic": "Greenhouse Lane",
        "intake_date": day.isoformat(),
        "species": random.choice(SPECIES),
        "pot_diameter": f"{random.randrange(8, 37)} cm",
        "price_paid": f"${random.lognormvariate(3.6, 1.3):,.2f}",
        "light_lux": _light(patient.place, random),
        "window": _window(patient.place, random),
        "vigour": random.choice(VIGOUR),
        "has_pets": random.choice(("yes", "no", "no")),
        "owner_note": _note(patient.watering, random),
        "photo": f"images/{number:04d}.jpg",
        "diagnosis": patient.diagnosis,
    }
    holes = {"price_paid": 0.1, "pot_diameter": 0.04, "vigour": 0.06, "photo": 0.02}
    for column, share in holes.items():
        if random.random() < share:
            row[column] = ""
    return row


def _light(place: str, random: Random) -> str:
    if random.random() < 0.07:
        return NOT_MEASURED
    middle = 300 if place == "dim" else 4000
    return str(round(middle * random.lognormvariate(0, 0.5)))


def _window(place: str, random: Random) -> str:
    usual = ("north", "east") if place == "dim" else ("south", "west")
    return random.choice(usual if random.random() < 0.85 else ("east", "west"))


def _note(watering: str, random: Random) -> str:
    sentences = random.sample(NOTES[watering], random.choice((1, 1, 2)))
    sentences += random.sample(CHATTER, random.choice((0, 1, 2)))
    random.shuffle(sentences)
    return " ".join(sentences)


def _photo(leaves: str, random: Random) -> Image.Image:
    """One potted plant, `SIZE` x `SIZE` RGB, before a wall of any colour."""
    wall = tuple(random.randrange(150, 236) for _ in range(3))
    image = Image.new("RGB", (SIZE, SIZE), wall)
    draw = ImageDraw.Draw(image)
    middle = SIZE / 2 + random.uniform(-8, 8)
    _pot(draw, middle, random)
    for _ in range(random.randrange(6, 11)):
        _leaf(draw, middle, leaves, random)
    return image


def _pot(draw: ImageDraw.ImageDraw, middle: float, random: Random) -> None:
    width, colour = random.uniform(14, 20), random.choice(("#b5651d", "#8a8d91"))
    rim, foot = SIZE * 0.72, SIZE * 0.97
    corners = [(middle - width, rim), (middle + width, rim)]
    corners += [(middle + width * 0.7, foot), (middle - width * 0.7, foot)]
    draw.polygon(corners, fill=colour)


def _leaf(
    draw: ImageDraw.ImageDraw, middle: float, leaves: str, random: Random
) -> None:
    x, y = middle + random.uniform(-28, 28), SIZE * 0.4 + random.uniform(-26, 22)
    across, along = random.uniform(7, 12), random.uniform(9, 15)
    red = random.randrange(165, 215) if leaves == "yellow" else random.randrange(25, 85)
    green = (red, random.randrange(140, 190), random.randrange(30, 75))
    draw.line([(middle, SIZE * 0.74), (x, y)], fill="#4c6b2f", width=2)
    draw.ellipse([x - across, y - along, x + across, y + along], fill=green)
    if leaves == "spotted":
        for _ in range(random.randrange(3, 6)):
            _spot(draw, x + random.uniform(-5, 5), y + random.uniform(-7, 7), random)


def _spot(draw: ImageDraw.ImageDraw, x: float, y: float, random: Random) -> None:
    radius = random.uniform(1.5, 3.2)
    box = [x - radius, y - radius, x + radius, y + radius]
    draw.ellipse(box, fill=(random.randrange(70, 110), 50, 25))


def main() -> None:
    """Read the command line, write the sample, say where it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=600)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    table = make_sample(args.folder, args.rows, args.seed)
    print(f"{table}: {args.rows} rows")


if __name__ == "__main__":
    main()
