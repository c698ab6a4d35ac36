"""Small seeded tables, one per golden tree, and the spec that is compiled for each.

Together they cover the tasks, the modalities alone and mixed, every encoder kind, the
kinds of split and the file formats. What is drawn carries no meaning.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from autom3l.column import Derived, Impute
from autom3l.ir import Decision, Pipeline
from autom3l.search import Dimension, Search, Setpoint
from PIL import Image

Row = dict[str, Any]

TEXT = "warm light wood steel round old new small quiet bright with and the for a"
WORDS = TEXT.split()
ROWS = 240


def listings(folder: Path, random: Random) -> str:
    """Image + text + table, multiclass, pretrained encoders, "$1,200", a sentinel."""
    rows = [
        {
            "listing_id": f"{random.getrandbits(64):016x}",
            "title": words(random, 4),
            "details": words(random, 20),
            "price": f"${random.randint(900, 4000):,}",
            "rating": random.choice(
                ["No rating yet", "3.5", "4.0", "4.5", "2.1", "3.3"]
            ),
            "condition": random.choice(["new", "good", "worn"]),
            "on_sale": random.choice(["yes", "no"]),
            "photo": photo(folder, f"images/{i}.jpg", random) if i % 9 else "",
            "category": random.choice(["chair", "lamp", "table"]),
        }
        for i in range(ROWS)
    ]
    return csv_spec(folder, rows, "target: category\n")


def homes(folder: Path, random: Random) -> str:
    """Two photos + table with dates and groups, regression of a skewed price."""
    rows = [
        {
            "agency": f"agency {random.randint(1, 40)}",
            "listed_on": f"{random.randint(1, 12)}/{random.randint(1, 28)}/202{i % 4}",
            "area": random.randint(30, 300),
            "rooms": random.randint(1, 8),
            "zip_code": f"0{random.randint(1000, 1020)}",
            "front": photo(folder, f"{i}-front.png", random),
            "kitchen": photo(folder, f"{i}-kitchen.png", random),
            "price": round(10 ** random.uniform(4.5, 7)),
        }
        for i in range(ROWS)
    ]
    spec = "target: price\nsplit: {kind: group, column: agency}\n"
    return csv_spec(folder, rows, spec)


def reviews(folder: Path, random: Random) -> str:
    """Text + table, rare positives scored by F1, split by time, nothing downloaded."""
    rows = [
        {
            "posted": f"2024-{1 + i // 28:02d}-{1 + i % 28:02d} 08:{i % 60:02d}:00",
            "headline": words(random, 3) if i % 7 else None,
            "review": words(random, 25),
            "stars": random.randint(1, 5),
            "helpful_votes": random.randint(0, 400),
            "returned": "yes" if random.random() < 0.15 else "no",
        }
        for i in range(ROWS)
    ]
    spec = (
        "target: returned\nmetric: f1\nsplit: {kind: time, column: posted}\n"
        "constraints: {offline: true}\n"
    )
    with (folder / "train.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return "data: {train: train.jsonl}\n" + spec


def songs(folder: Path, random: Random) -> str:
    """A table alone, multilabel: lists, ordinals, numbers, a fold column, Parquet."""
    genres = ["folk", "jazz", "rock", "pop"]
    rows = [
        {
            "tempo": round(random.uniform(60, 180), 1),
            "loudness": random.choice(["low", "medium", "high"]),
            "instruments": "|".join(random.sample(["piano", "bass", "drums"], 2)),
            "key": random.choice(["C", "D", "E", "G", "A"]),
            "fold": random.choice(["train", "train", "train", "validation", "test"]),
            "genres": "|".join(random.sample(genres, random.randint(1, 2))),
        }
        for _ in range(ROWS)
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "train.parquet")
    spec = "target: genres\ntask: multilabel\nsplit: {kind: column, column: fold}\n"
    return "data: {train: train.parquet}\n" + spec


def messages(folder: Path, random: Random) -> str:
    """One text column, binary, a pretrained encoder, test rows in their own file."""
    rows = [
        {"label": random.choice(["ham", "ham", "spam"]), "message": words(random, 12)}
        for _ in range(ROWS)
    ]
    write_csv(folder / "test.csv", rows[:60])
    write_csv(folder / "train.csv", rows[60:])
    return "data: {train: train.csv, test: test.csv}\ntarget: label\n"


def adverts(folder: Path, random: Random) -> str:
    """Two texts and a photo, multiclass, both pretrained networks tuned."""
    rows = [
        {
            "title": words(random, 4),
            "body": words(random, 25) if i % 6 else "",
            "photo": photo(folder, f"images/{i}.jpg", random) if i % 9 else "",
            "section": random.choice(["garden", "house", "pets"]),
        }
        for i in range(ROWS)
    ]
    tuned = "encoders: {text: {tuning: full}, image: {tuning: full}}\n"
    return csv_spec(folder, rows, "target: section\n" + tuned)


def leaves(folder: Path, random: Random) -> str:
    """One photo, ordered classes scored by quadratic kappa, nothing downloaded."""
    (folder / "photos").mkdir()
    rows = [
        {"photo": photo(folder / "photos", f"{i}.png", random), "damage": i % 4}
        for i in range(ROWS)
    ]
    write_csv(folder / "train.csv", rows)
    return (
        "data: {train: train.csv, images: photos}\ntarget: damage\ntask: multiclass\n"
        "metric: quadratic_kappa\nconstraints: {offline: true}\n"
    )


def clinic(folder: Path, random: Random) -> str:
    """A table with holes, dates, lists and notes; its plan is edited, see `EDITS`."""
    rows = [
        {
            "stay": f"S{random.getrandbits(40):010x}",
            "born": f"{random.randint(1, 28):02d}.{random.randint(1, 12):02d}."
            f"{random.randint(1930, 2005)}",
            "admitted": f"2023-{1 + i // 20:02d}-{1 + i % 20:02d}",
            "ward": random.choice(["north", "south", "east", "west"]),
            "weight": hole(random, round(random.gauss(75, 12), 1)),
            "height": hole(random, random.randint(150, 199)),
            "pulse": hole(random, random.randint(50, 120)),
            "pressure": hole(random, f"{random.randint(95, 180)} mmHg"),
            "visits": hole(random, random.randint(0, 9)),
            "smoker": hole(random, random.choice(["yes", "no"])),
            "pain": hole(random, random.choice(["low", "medium", "high"])),
            "diet": hole(random, random.choice(["any", "soft", "vegan"])),
            "drugs": ";".join(
                random.sample(["ibu", "ass", "para"], random.randint(0, 3))
            ),
            "note": words(random, 12) if i % 5 else "",
            "returned": random.choice(["yes", "no", "no"]),
        }
        for i in range(ROWS)
    ]
    return csv_spec(folder, rows, "target: returned\nconstraints: {offline: true}\n")


def offers(folder: Path, random: Random) -> str:
    """Two sides of a matching: keys, texts, numbers, levels and photos of either."""
    things = [
        {
            "sku": f"S{n:03d}",
            "title": f"{words(random, 3)} A-{random.randint(100, 999)}",
            "price": random.randint(5, 900),
            "maker": random.choice(["Ardo", "Bexo", "Cilla"]),
            "photo": photo(folder, f"photos/{n}.jpg", random),
        }
        for n in range(60)
    ]
    rows = []
    for _ in range(ROWS):
        left = random.choice(things)
        match = random.random() < 0.3
        right = left if match else random.choice(things)
        told = {**right, "sku": f"{right['sku']}-{random.randint(0, 9)}"}
        told["title"] = str(right["title"]).replace("-", " ")
        told["price"] = hole(random, right["price"])
        sided = {f"left_{key}": value for key, value in left.items()}
        sided |= {f"right_{key}": value for key, value in told.items()}
        rows.append({**sided, "match": int(match)})
    sides = "target: match\ntask: matching\nleft: left_\nright: right_\n"
    return csv_spec(folder, rows, sides)


def shelves(folder: Path, random: Random) -> str:
    """A retrieval: photos of shelves and what stands there, as photo, text and level.

    A product is on several photos; its name tells the parts apart.
    """
    products = [
        {
            "product_name": f"{words(random, 2)} {n}",
            "product_kind": random.choice(["juice", "milk", "bread"]),
            "product_photo": photo(folder, f"products/{n}.jpg", random),
        }
        for n in range(60)
    ]
    rows = [
        {
            "shot": photo(folder, f"shots/{n}.jpg", random),
            "shelf": random.choice(["top", "middle", "bottom"]),
            **products[n % len(products)],
        }
        for n in range(ROWS)
    ]
    sides = "task: retrieval\nleft: [shot, shelf]\nright: product_\n"
    return csv_spec(folder, rows, sides)


def clinic_plan(pipeline: Pipeline) -> Pipeline:
    """Every way to derive a number, and to fill a hole, that fits the table.

    It is searched in another way than by the rules.
    """
    fills = {
        "weight": Impute("group", by="ward", indicator=True),
        "height": Impute("median"),
        "pulse": Impute("neighbours"),
        "pressure": Impute("iterative"),
        "visits": Impute("constant", value="0", indicator=True),
        "smoker": Impute("constant", value="no"),
        "pain": Impute("most_frequent"),
        "diet": Impute("group", by="ward"),
    }
    columns = tuple(
        replace(
            column,
            role="unusable" if column.name in ("born", "note") else column.role,
            impute=fills.get(column.name),
        )
        for column in pipeline.columns
    )
    derived = (
        Derived("age", "days_between", ("admitted", "born")),
        Derived("weight_for_height", "ratio", ("weight", "height")),
        Derived("pressure_less_pulse", "difference", ("pressure", "pulse")),
        Derived("pressure_times_pulse", "product", ("pressure", "pulse")),
        Derived("visits_log", "log1p", ("visits",)),
        Derived("note_words", "word_count", ("note",)),
        Derived("drug_count", "item_count", ("drugs",)),
        Derived("ward_pulse", "group_mean", ("pulse",), "ward"),
        Derived("ward_rows", "group_count", (), "ward"),
    )
    reasons = (
        *(
            Decision("derived", item.name, item.kind, "It was asked for.", "spec")
            for item in derived
        ),
        *(
            Decision("imputation", name, how.strategy, "It was asked for.", "spec")
            for name, how in fills.items()
        ),
    )
    return replace(
        pipeline,
        columns=columns,
        derived=derived,
        encoders=replace(pipeline.encoders, text=None),
        search=CLINIC_SEARCH,
        decisions=(
            *(d for d in pipeline.decisions if d.section != "encoders"),
            *reasons,
        ),
    )


CLINIC_SEARCH = Search(
    engine="ray",
    trials=20,
    minutes=30,
    dimensions=(
        Dimension("model.dropout", "float", 0.0, 0.5, step=0.1),
        Dimension("model.width", "categorical", choices=(64, 192)),
        Dimension("train.lr", "float", 1e-4, 1e-2, log=True),
    ),
    first_points=(
        (Setpoint("model.width", 64), Setpoint("train.lr", 1e-3)),
        (Setpoint("model.dropout", 0.5),),
    ),
)
# What is done to the plan of a table before it is compiled with `--from-ir`.
EDITS: dict[str, Callable[[Pipeline], Pipeline]] = {"clinic": clinic_plan}
TABLES: tuple[Callable[[Path, Random], str], ...] = (
    listings,
    homes,
    reviews,
    songs,
    messages,
    leaves,
    clinic,
    adverts,
    offers,
    shelves,
)


def draw(table: Callable[[Path, Random], str], folder: Path) -> Path:
    """Draw one table into `folder`; return the path of its spec."""
    text = table(folder, Random(table.__name__))  # noqa: S311 (not for secrets)
    spec = folder / "spec.yaml"
    spec.write_text(f"name: {table.__name__}\n{text}", encoding="utf-8")
    return spec


def words(random: Random, count: int) -> str:
    """That many words and a few more."""
    return " ".join(random.choices(WORDS, k=count + random.randint(0, count)))


def hole(random: Random, value: object) -> object:
    """The value, or sometimes nothing."""
    return value if random.random() < 0.85 else ""


def photo(folder: Path, name: str, random: Random) -> str:
    """Draw a photo of one colour; return its name."""
    colour = tuple(random.randint(0, 255) for _ in range(3))
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", (16, 16), colour).save(path)
    return name


def csv_spec(folder: Path, rows: list[Row], spec: str) -> str:
    """Write `train.csv`; return the spec that names it."""
    write_csv(folder / "train.csv", rows)
    return f"data: {{train: train.csv}}\n{spec}"


def write_csv(path: Path, rows: list[Row]) -> None:
    """Write rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
