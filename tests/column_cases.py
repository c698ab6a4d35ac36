"""Columns with what they must be taken for: name, cells, outcome."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date, datetime, timedelta

from column_samples import Cell, cycle, draw, each, holes, marked, whole

_TEXT = (
    "the small dog likes to play in our garden every warm evening with two old friends "
    "because nobody told it that this is not allowed after nine when all others sleep"
)
_WORDS = _TEXT.split()


def _sentence(length: int) -> list[Cell]:
    return draw(lambda source: " ".join(source.choices(_WORDS, k=length)))


def _skewed(high: int) -> list[Cell]:
    return draw(lambda source: min(high, int(source.expovariate(1.2))))


def _days(format_: str, step: float = 1.0) -> list[Cell]:
    start = datetime(2011, 1, 1, 5, 30)
    return each(lambda row: (start + timedelta(days=row * step)).strftime(format_))


def _md5(row: int) -> str:
    return hashlib.md5(str(row).encode(), usedforsecurity=False).hexdigest()


def _unpadded(row: int) -> str:
    day = date(2011, 1, 1) + timedelta(days=row)
    return f"{day.month}/{day.day}/{day.year}"


# The outcome is the role of a dropped column, else the modality.
CASES: tuple[tuple[str, list[Cell], str], ...] = (
    # plain numbers
    ("price", draw(lambda s: round(s.uniform(1, 900), 2)), "numeric"),
    ("temperature", draw(lambda s: round(s.gauss(5, 9), 1)), "numeric"),
    ("reading", draw(lambda s: f"{s.uniform(1e-9, 1e-6):.3e}"), "numeric"),
    ("balance", draw(lambda s: round(s.gauss(0, 1e6))), "numeric"),
    ("latitude", draw(lambda s: round(s.uniform(40, 41), 6)), "numeric"),
    ("x7", draw(lambda s: s.gauss(0, 1)), "numeric"),
    ("speed", draw(lambda s: f"+{s.uniform(1, 9):.2f}"), "numeric"),
    ("score", holes(draw(lambda s: round(s.uniform(0, 1), 3))), "numeric"),
    ("population", draw(lambda s: s.randint(10**5, 10**8)), "numeric"),
    # counts and ages
    ("age", whole(18, 90), "numeric"),
    ("Age", holes(draw(lambda s: float(s.randint(0, 80)))), "numeric"),
    ("num_rooms", whole(1, 9), "numeric"),
    ("children", whole(0, 5), "numeric"),
    ("bedrooms", whole(1, 6), "numeric"),
    ("SibSp", _skewed(6), "numeric"),
    ("kills", whole(0, 7), "numeric"),
    ("PhotoAmt", whole(0, 30), "numeric"),
    ("capital-gain", marked(["0"] * 200, "7688", every=11), "numeric"),
    ("hours_per_week", whole(1, 99), "numeric"),
    ("year", whole(1995, 2020), "numeric"),
    ("YearBuilt", marked(whole(1900, 2015), "0"), "numeric"),
    ("vintage", whole(1990, 2015), "numeric"),
    # numbers written as text
    ("price", draw(lambda s: f"${s.randint(1000, 9999):,}"), "numeric"),
    ("cost", draw(lambda s: f"€ {s.uniform(1, 99):.2f}"), "numeric"),
    ("fare", draw(lambda s: f"{s.uniform(1, 99):.2f} USD"), "numeric"),
    ("weight", draw(lambda s: f"{s.randint(1, 90)} kg"), "numeric"),
    ("share", draw(lambda s: f"{s.randint(0, 100)} %"), "numeric"),
    ("rate", draw(lambda s: f"{s.uniform(0, 9):.2f}%"), "numeric"),
    (
        "umsatz",
        draw(lambda s: f"{s.randint(1, 9)}.{s.randint(100, 999)},56"),
        "numeric",
    ),
    ("ratio", draw(lambda s: f"{s.randint(0, 9)},{s.randint(1, 99)}"), "numeric"),
    ("votes", draw(lambda s: f"{s.randint(10**6, 10**8):,}"), "numeric"),
    (
        "effectif",
        draw(lambda s: f"{s.randint(10, 99)} {s.randint(100, 999)},5"),
        "numeric",
    ),
    (
        "rent",
        draw(lambda s: f"Rs. {s.randint(1, 9)},{s.randint(10, 99)},500"),
        "numeric",
    ),
    ("mileage", draw(lambda s: f"{s.uniform(9, 30):.1f} kmpl"), "numeric"),
    ("engine", draw(lambda s: f"{s.randint(800, 3000)} CC"), "numeric"),
    ("storage", draw(lambda s: f"{s.choice([16, 32, 64, 128, 256])}GB"), "numeric"),
    ("duration", draw(lambda s: f"{s.randint(50, 180)} min"), "numeric"),
    ("floors", draw(lambda s: f"{s.randint(1, 60)}+"), "numeric"),
    ("size", draw(lambda s: f"{s.randint(300, 900)} servings"), "numeric"),
    (
        "rating",
        marked(draw(lambda s: s.uniform(1, 5)), "No rating available"),
        "numeric",
    ),
    ("income", marked(whole(1000, 9999), "???"), "numeric"),
    ("income", marked(whole(1000, 9999), "N/A"), "numeric"),
    ("income", marked(whole(1000, 9999), "Not disclosed"), "numeric"),
    ("depth", marked(whole(1, 900), "unknown"), "numeric"),
    ("rating", cycle("4.5/5 3/5 5/5 2/5"), "numeric"),
    ("review", draw(lambda s: f"{s.randint(1, 5)}.0 out of 5 stars"), "numeric"),
    (
        "Size",
        marked(draw(lambda s: f"{s.random():.3f}M"), "Varies with device"),
        "numeric",
    ),
    # codes
    (
        "ip",
        draw(lambda s: ".".join(str(s.randint(0, 255)) for _ in range(4))),
        "identifier",
    ),
    ("slug", each(lambda r: "-".join(_WORDS[r % 20 : r % 20 + 6]) + "-x" * r), "text"),
    (
        "duration",
        draw(lambda s: f"{s.randint(1, 9)}h {s.randint(0, 59)}m"),
        "categorical",
    ),
    ("height", draw(lambda s: f"{s.randint(4, 6)}'{s.randint(0, 11)}"), "categorical"),
    (
        "zipcode",
        draw(lambda s: s.choice([85255, 85266, 91901, 93510, 92677])),
        "categorical",
    ),
    ("zip", draw(lambda s: f"{s.randint(1, 40):05d}"), "categorical"),
    ("postal_code", whole(60001, 60040), "categorical"),
    ("Breed1", whole(1, 60, 600), "categorical"),
    ("store_id", whole(1, 45), "categorical"),
    ("Clothing ID", whole(100, 140), "categorical"),
    ("season", whole(1, 4), "categorical"),
    ("weekday", whole(0, 6), "categorical"),
    ("region_code", whole(10, 30), "categorical"),
    ("state", whole(41326, 41345), "categorical"),
    ("flight number", whole(100, 140), "categorical"),
    ("uv_index", whole(1, 30), "numeric"),
    ("month", whole(1, 12), "ordinal"),
    ("hr", whole(0, 23, 900), "ordinal"),
    ("Pclass", whole(1, 3), "ordinal"),
    ("weathersit", whole(1, 4), "ordinal"),
    ("stars", whole(1, 5), "ordinal"),
    ("satisfaction_score", whole(0, 10), "ordinal"),
    # two values
    ("active", cycle("yes no"), "boolean"),
    ("member", cycle("Y N"), "boolean"),
    ("Mitglied", cycle("ja Nein"), "boolean"),
    ("membre", cycle("oui non"), "boolean"),
    ("socio", cycle("sí no"), "boolean"),
    ("membro", cycle("Sim Não"), "boolean"),
    ("член", cycle("Да Нет"), "boolean"),
    ("członek", cycle("tak nie"), "boolean"),
    ("üye", cycle("Evet Hayır"), "boolean"),
    ("会員", cycle("はい いいえ"), "boolean"),
    ("is_new", cycle("True False False"), "boolean"),
    ("flag", cycle("t f"), "boolean"),
    ("holiday", cycle("0 0 0 1"), "boolean"),
    ("won", cycle("0.0 1.0"), "boolean"),
    ("subscribed", marked(cycle("yes no"), "NA"), "boolean"),
    ("treated", marked(cycle("1 0 0"), "-99"), "boolean"),
    ("farmtype", cycle("1 2"), "boolean"),
    ("gender", cycle("male female"), "categorical"),
    ("Type", cycle("Cat Dog"), "categorical"),
    ("Vaccinated", cycle("Yes|No|Not Sure", separator="|"), "categorical"),
    # known scales
    ("risk", cycle("low medium high"), "ordinal"),
    ("MaturitySize", cycle("Small Medium Large"), "ordinal"),
    ("FurLength", cycle("Short Medium Long"), "ordinal"),
    ("shirt", cycle("S M L XL XXL"), "ordinal"),
    ("Health", cycle("Healthy|Minor Injury|Serious Injury", separator="|"), "ordinal"),
    ("education", cycle("Bachelors HS-grad 11th Masters Doctorate"), "ordinal"),
    ("degree", cycle("High School|Bachelor's|Master's|PhD", separator="|"), "ordinal"),
    ("q1", cycle("Agree|Disagree|Neutral|Strongly agree", separator="|"), "ordinal"),
    ("how_often", cycle("never rarely sometimes often always"), "ordinal"),
    ("month_name", cycle("Jan Feb Mar Apr May"), "ordinal"),
    ("day", cycle("Monday Tuesday Friday"), "ordinal"),
    ("ExterQual", cycle("TA Gd Ex Fa"), "ordinal"),
    (
        "sub_grade",
        draw(lambda s: s.choice("ABCDEFG") + s.choice("12345"), 900),
        "ordinal",
    ),
    ("grade", cycle("A B+ C D F"), "ordinal"),
    (
        "emp_length",
        cycle("< 1 year|2 years|3 years|10+ years", separator="|"),
        "ordinal",
    ),
    ("age_group", cycle("18-24 25-34 35-44 45-54 55+"), "ordinal"),
    ("salary", cycle("<10k 10k-20k 20k-50k >50k"), "ordinal"),
    # dates and times
    ("date", _days("%Y-%m-%d"), "datetime"),
    ("dteday", each(_unpadded), "datetime"),
    ("date", _days("%d/%m/%Y"), "datetime"),
    ("date", _days("%d.%m.%Y"), "datetime"),
    ("date", _days("%m/%d/%y"), "datetime"),
    ("date", _days("%d %B %Y"), "datetime"),
    ("date", _days("%b %d, %Y"), "datetime"),
    ("date", _days("%d-%b-%y"), "datetime"),
    ("date", _days("%A, %d %B %Y"), "datetime"),
    ("created", _days("%Y-%m-%d %H:%M:%S", 0.3), "datetime"),
    ("created", _days("%Y-%m-%dT%H:%M:%SZ", 0.3), "datetime"),
    ("created", _days("%Y-%m-%d %H:%M:%S +0000", 0.3), "datetime"),
    ("created", _days("%m/%d/%Y %I:%M %p", 0.3), "datetime"),
    ("created", _days("%a %b %d %H:%M:%S %Y", 0.3), "datetime"),
    ("logged", _days("%d/%b/%Y:%H:%M:%S +0100", 0.3), "datetime"),
    ("publish_date", _days("%Y%m%d"), "datetime"),
    (
        "report_time",
        draw(lambda s: f"{s.randint(0, 23)}:{s.randint(10, 59)}"),
        "datetime",
    ),
    ("timestamp", whole(1_400_000_000, 1_500_000_000), "datetime"),
    ("created_at", whole(1_400_000_000_000, 1_500_000_000_000), "datetime"),
    ("date", marked(_days("%Y-%m-%d"), "unknown", every=40), "datetime"),
    ("due", holes(_days("%Y/%m/%d")), "datetime"),
    ("crawl_timestamp", _days("%Y-%m-%d %H:%M:%S +0000", 0.3), "unusable"),
    # lists
    ("tags", draw(lambda s: "|".join(s.sample("abcdefgh", 3))), "multi_category"),
    (
        "genres",
        draw(lambda s: ", ".join(s.sample(_WORDS[:12], 2 + s.randint(0, 2)))),
        "multi_category",
    ),
    ("tags", draw(lambda s: str(s.sample(_WORDS[:12], 3))), "multi_category"),
    (
        "tags",
        draw(lambda s: '["' + '", "'.join(s.sample(_WORDS[:9], 2)) + '"]'),
        "multi_category",
    ),
    (
        "skills",
        draw(lambda s: ";".join(s.sample(_WORDS[:12], s.randint(1, 4)))),
        "multi_category",
    ),
    # texts
    ("review", _sentence(25), "text"),
    ("Title", _sentence(3), "text"),
    ("product_name", _sentence(6), "text"),
    ("notes", holes(_sentence(12)), "text"),
    (
        "Name",
        draw(lambda s: f"{s.choice(_WORDS)}{s.random()}, Mr. John {s.random()}"),
        "text",
    ),
    (
        "spec",
        draw(
            lambda s: f'{{"a"=>[{{"key"=>"{s.random()}", "value"=>"{s.random()}"}}]}}'
        ),
        "text",
    ),
    ("film", draw(lambda s: "".join(s.choices(_WORDS, k=3)), 4000), "text"),
    # categories
    ("brand", draw(lambda s: f"Brand{s.randint(1, 60)}"), "categorical"),
    (
        "city",
        draw(lambda s: s.choice(["Oslo", "New York", "Rome", "Lima"])),
        "categorical",
    ),
    (
        "Cabin",
        holes(draw(lambda s: f"{s.choice('ABCDE')}{s.randint(1, 99)}"), 2),
        "categorical",
    ),
    ("workclass", marked(cycle("Private State-gov Self-emp"), "?"), "categorical"),
    ("kind", cycle("a b c d e", 30), "categorical"),
    ("rare", cycle("".join(f"l{i} " for i in range(30)).strip(), 300), "categorical"),
    # what names rows
    ("uniq_id", each(_md5), "identifier"),
    ("key", each(lambda row: uuid.UUID(int=row * 7919 + 2**100)), "identifier"),
    ("PassengerId", each(lambda row: row + 1), "identifier"),
    ("instant", each(lambda row: row + 1), "identifier"),
    ("Unnamed: 0", each(lambda row: row), "identifier"),
    ("", each(lambda row: row), "identifier"),
    ("EIN", each(lambda row: 100_000_000 + row * 48_611), "identifier"),
    ("customer_id", whole(10_000, 10**9), "identifier"),
    ("track_id", draw(lambda s: f"t{s.randint(1, 300)}x"), "identifier"),
    ("phone number", whole(10**8, 10**9), "identifier"),
    ("pid", each(lambda row: f"CRN{_md5(row)[:12].upper()}"), "identifier"),
    ("order", each(lambda row: f"ORD-{row:05d}"), "identifier"),
    ("username", each(lambda row: f"user_{_md5(row)[:6]}"), "identifier"),
    ("email", each(lambda row: f"u{row}@example.org"), "identifier"),
    ("url", each(lambda row: f"https://example.org/p/{row}?x=1"), "unusable"),
    ("photo_url", each(lambda row: f"http://example.org/{row}.jpg"), "unusable"),
    # what tells nothing
    ("country", ["DE"] * 200, "constant"),
    ("version", ["1"] * 200, "constant"),
    ("empty", [None] * 200, "unusable"),
    ("empty", ["N/A"] * 200, "unusable"),
    ("remark", [*["seen"] * 1, "late", *[None] * 998], "unusable"),
    ("alley", holes(["gravel"] * 200), "categorical"),
)
