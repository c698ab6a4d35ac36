"""How cells are read: numbers, dates, lists, missing values."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest
from autom3l.column import Column, DatetimeFormat, ListFormat, NumberFormat
from autom3l.inference.dates import parse_times
from autom3l.inference.judging import judge
from autom3l.inference.lists import split_items
from autom3l.inference.numbers import parse_number, parse_numbers, read_numbers
from column_samples import cycle, draw, each, holes, marked, profile_of, whole
from hypothesis import given, settings
from hypothesis import strategies as st

BLANKS = (" ", "\u00a0", "\u202f")
NUMBERS = (
    (("$1,200", "$950", "$13,000.50"), NumberFormat(("$",), ","), 1200.0),
    (("12 kg", "7 kg", "9.5 kg"), NumberFormat(("kg",)), 12.0),
    (("45 %", "7 %", "100 %"), NumberFormat(("%",)), 45.0),
    (("1.234,56", "99,10", "1.000"), NumberFormat(BLANKS, ".", ","), 1234.56),
    (("3,25", "4,5", "12"), NumberFormat((" ", ".", *BLANKS[1:]), "", ","), 3.25),
    (("57,102", "66,164", "34,746"), NumberFormat((), ","), 57102.0),
    (
        ("1 234,5", "999,1", "12 000,0"),
        NumberFormat((".", *BLANKS[1:]), " ", ","),
        1234.5,
    ),
    (("1'234.5", "12'000.0"), NumberFormat((), "'"), 1234.5),
    (("12,34,567", "1,200"), NumberFormat((), ","), 1234567.0),
    (("€ 5.00", "€ 7.50"), NumberFormat(("€",)), 5.0),
    (("5 EUR", "7 EUR"), NumberFormat(("EUR",)), 5.0),
    (("Rs. 1,500", "Rs. 900"), NumberFormat(("Rs.",), ","), 1500.0),
    (("4.5/5", "3/5"), NumberFormat(("/5",)), 4.5),
    (
        ("4.5 out of 5 stars", "3 out of 5 stars"),
        NumberFormat(("out of 5 stars",)),
        4.5,
    ),
    (("10+", "20+"), NumberFormat(("+",)), 10.0),
    (("-5 %", "3 %"), NumberFormat(("%",)), -5.0),
    (("1.5e-3", "2"), NumberFormat(), 0.0015),
    (("+7", "-.5"), NumberFormat(), 7.0),
)

# Cells to train on, a larger one to come.
LARGER = (
    (("3,25", "4,5", "12"), "1.234,5"),
    (("3,25", "4,5", "12"), "1 234,5"),
    (("3,25", "4,5", "12"), "1\u202f234,5"),
    (("3,25 €", "4,5 €", "12 €"), "1.234,5 €"),
    (("1\u00a0000,5", "4,5", "12"), "1.234,5"),
)

_CLAUSES = [f"{who} did {what}" for who in ("we", "they") for what in range(70)]
PROSE = (
    # A clause of its own in most cells, or clauses drawn from many.
    [
        f"{('nice', 'old', 'quiet')[i % 3]} flat, {('near', 'by')[i % 2]} the park"
        + (f", cheap enough, seen on day {i}" if i % 5 else ", cheap enough")
        for i in range(115)
    ],
    [
        ", ".join(_CLAUSES[(i * step + step) % 140] for step in (1, 7, 31)[i % 2 :])
        for i in range(115)
    ],
)

DATES = (
    ("%Y-%m-%d", "ISO8601"),
    ("%Y-%m-%d %H:%M", "ISO8601"),
    ("%Y-%m-%dT%H:%M:%SZ", "ISO8601"),
    ("%Y-%m-%d %H:%M:%S +0000", "ISO8601"),
    ("%m/%d/%Y", "%m/%d/%Y"),
    ("%d/%m/%Y", "%d/%m/%Y"),
    ("%d.%m.%y", "%d.%m.%y"),
    ("%d-%m-%Y", "%d-%m-%Y"),
    ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M:%S"),
    ("%d %b %Y", "%d %b %Y"),
    ("%B %d, %Y", "%B %d, %Y"),
    ("%d-%b-%y", "%d-%b-%y"),
    ("%Y%m%d", "%Y%m%d"),
    ("%b %Y", "%b %Y"),
)


@pytest.mark.parametrize(("cells", "larger"), LARGER)
def test_thousands_that_no_row_to_train_on_has_are_read(
    cells: tuple[str, ...], larger: str
) -> None:
    written = read_numbers(cells)
    assert written
    assert parse_number(larger, written.format) == 1234.5
    assert parse_numbers((larger,), written.format).tolist() == [1234.5]


def test_a_dot_stays_where_some_cells_have_it_as_a_decimal_point() -> None:
    written = read_numbers(("3,25", "4,5", "1,25", "2.5"))
    assert written
    assert written.numbers == {"3,25": 3.25, "4,5": 4.5, "1,25": 1.25, "2.5": 2.5}


@pytest.mark.parametrize(("cells", "format_", "first"), NUMBERS)
def test_numbers_written_as_text(
    cells: tuple[str, ...], format_: NumberFormat, first: float
) -> None:
    written = read_numbers(cells)

    assert written is not None
    assert written.format == format_
    assert written.others == ()
    assert parse_number(cells[0], written.format) == first


@pytest.mark.parametrize(
    "cells",
    [
        ("555-1234", "555-9876"),
        ("1.2.3", "2.0.1"),
        ("10.0.34.7", "127.0.0.1"),
        ("1,2,3", "4,15"),
        ("10-20", "20-30"),
        ("C85", "B96"),
        ("12:30", "13:45"),
        ("4x4", "2x4"),
        ("1e999", "-1e999"),
        ("nan", "inf"),
    ],
)
def test_codes_and_ranges_are_no_numbers(cells: tuple[str, ...]) -> None:
    written = read_numbers(cells)

    assert written is None or written.others


@pytest.mark.parametrize(("written", "found"), DATES)
def test_dates_are_parsed_by_the_format_found(written: str, found: str) -> None:
    days = [date(2014, 11, 20) + timedelta(days=3 * row) for row in range(120)]
    cells = [day.strftime(written) for day in days]

    verdict = judge(profile_of("when", cells))

    assert verdict.datetime is not None
    assert verdict.datetime.format == found
    assert parse_times(tuple(cells), found).notna().all()
    assert parse_times(tuple(cells), found).iloc[0].month == 11


def test_only_parts_that_vary_become_features() -> None:
    monthly = judge(
        profile_of("month", each(lambda r: f"{1990 + r // 12}-{r % 12 + 1:02d}-01"))
    )
    clock = judge(profile_of("time", draw(lambda s: f"{s.randint(0, 23):02d}:30:00")))

    assert monthly.datetime is not None and clock.datetime is not None
    assert "day" not in monthly.datetime.parts
    assert "hour" not in monthly.datetime.parts
    assert {"year", "month", "epoch_days"} <= set(monthly.datetime.parts)
    assert clock.datetime == DatetimeFormat("%H:%M:%S", ("hour",))


def test_a_monthly_series_tells_month_from_day() -> None:
    month_first = judge(
        profile_of("d", each(lambda r: f"{r % 12 + 1}/1/{1990 + r // 12}"))
    )
    day_first = judge(
        profile_of("d", each(lambda r: f"1/{r % 12 + 1}/{1990 + r // 12}"))
    )

    assert month_first.datetime is not None and day_first.datetime is not None
    assert month_first.datetime.format == "%m/%d/%Y"
    assert day_first.datetime.format == "%d/%m/%Y"


def test_sorted_rows_tell_day_from_month() -> None:
    days = [date(2014, m, d) for m in range(1, 13) for d in range(1, 13)]
    verdict = judge(profile_of("d", [f"{day:%d/%m/%Y}" for day in days]))

    assert verdict.datetime is not None
    assert verdict.datetime.format == "%d/%m/%Y"
    assert "pin" not in verdict.reason


def test_what_cannot_be_told_is_said() -> None:
    verdict = judge(
        profile_of("d", draw(lambda s: f"{s.randint(1, 12)}/{s.randint(1, 12)}/2014"))
    )

    assert verdict.datetime is not None
    assert verdict.datetime.format == "%m/%d/%Y"
    assert "%d/%m/%Y: pin `format`" in verdict.reason
    assert verdict.confidence < 0.8


def test_seconds_and_milliseconds_since_1970() -> None:
    seconds = judge(profile_of("created_at", whole(1_400_000_000, 1_500_000_000)))
    thousandths = judge(profile_of("timestamp", whole(14 * 10**11, 15 * 10**11)))
    nameless = judge(profile_of("reading", whole(1_400_000_000, 1_500_000_000)))

    assert seconds.datetime is not None and seconds.datetime.format == "epoch_s"
    assert thousandths.datetime is not None
    assert thousandths.datetime.format == "epoch_ms"
    assert nameless.modality != "datetime"
    assert parse_times(("1400000000", "x"), "epoch_s").notna().tolist() == [True, False]


@pytest.mark.parametrize(
    "marker", ["?", "N/A", "-", "null", "NaN", "None", "#NULL!", "..", "\\N", "n.a."]
)
def test_signs_for_a_missing_value(marker: str) -> None:
    number = judge(profile_of("depth", marked(draw(lambda s: s.uniform(0, 9)), marker)))
    category = judge(profile_of("kind", marked(cycle("red green blue"), marker)))

    assert number.modality == "numeric" and number.missing == (marker,)
    assert category.modality == "categorical" and category.missing == (marker,)


@pytest.mark.parametrize(
    "phrase", ["No rating available", "Not recorded", "unknown", "no data", "Refused"]
)
def test_words_for_a_missing_number(phrase: str) -> None:
    verdict = judge(
        profile_of("rating", marked(draw(lambda s: s.uniform(1, 5)), phrase, 2))
    )

    assert verdict.modality == "numeric"
    assert verdict.missing == (phrase,)
    assert repr(phrase) in verdict.reason


def test_sentinel_numbers_are_missing_values() -> None:
    ages = judge(profile_of("age", marked(whole(18, 90), "-999")))
    cold = judge(profile_of("celsius", marked(whole(-120, 30), "-99")))

    assert ages.missing == ("-999",)
    assert cold.missing == ()


def test_levels_and_markers_stand_as_the_cells_have_them() -> None:
    sizes = judge(profile_of("size", cycle(" Large| Small| Medium| ?", separator="|")))
    mixed = judge(profile_of("size", cycle("Large| Large|Small", separator="|")))

    assert sizes.levels == (" Small", " Medium", " Large")
    assert sizes.missing == (" ?",)
    assert mixed.modality == "categorical"


def test_blank_cells_are_missing() -> None:
    charges = judge(
        profile_of("charges", marked(draw(lambda s: s.uniform(1, 99)), " "))
    )

    assert charges.modality == "numeric"
    assert charges.missing == (" ",)


def test_a_level_among_numbers_is_no_missing_value() -> None:
    grades = judge(profile_of("grade", cycle("K 1 2 3 4 5 6 7 8 9 10 11 12")))

    assert grades.modality == "categorical"
    assert grades.missing == ()


@pytest.mark.parametrize(
    ("cell", "format_", "items"),
    [
        ("a|b|c", ListFormat("|"), ["a", "b", "c"]),
        ("a, b", ListFormat(","), ["a", "b"]),
        ('["a", "b"]', ListFormat(",", brackets=True), ["a", "b"]),
        ("['a b', 'c']", ListFormat(",", brackets=True), ["a b", "c"]),
        ("[]", ListFormat(",", brackets=True), []),
        ("a;;b", ListFormat(";"), ["a", "b"]),
    ],
)
def test_items_of_a_cell(cell: str, format_: ListFormat, items: list[str]) -> None:
    assert split_items(cell, format_) == items


def test_places_and_sentences_are_no_lists() -> None:
    towns = [f"Town{row % 13}, {('WA', 'OR', 'CA')[row % 3]}" for row in range(200)]
    prose = draw(lambda s: ", ".join(str(s.random()) for _ in range(3)))

    assert judge(profile_of("place", towns)).modality == "categorical"
    assert judge(profile_of("remarks", prose)).modality != "multi_category"


@pytest.mark.parametrize("prose", PROSE)
def test_the_items_of_a_list_recur(prose: list[str]) -> None:
    assert judge(profile_of("about", prose)).modality == "text"


def test_a_list_may_have_a_long_tail() -> None:
    foods = ["Thai", "Greek", "Fast Food", "Pizza", "North Indian", "Cafe", "Bakery"]
    cells = [
        ", ".join((*pair, "Bar")[: 2 + (i % 3 > 1)])
        for i, pair in enumerate(permutations(foods, 2))
    ]
    cells += [f"{foods[i % 7]}, {foods[i // 7]}, Rare {i}" for i in range(15)]
    verdict = judge(profile_of("cuisines", cells))
    assert verdict.items == ListFormat(",")


def test_scripts_without_blanks_are_texts() -> None:
    letters = "这件衣服很漂亮我非常喜欢它的颜色和质量下次还会再买"
    cells = draw(lambda s: "".join(s.choices(letters, k=30)))

    assert judge(profile_of("review", cells)).modality == "text"


@settings(deadline=None, max_examples=60)
@given(
    name=st.text(max_size=20),
    cells=st.lists(
        st.none()
        | st.text(min_size=1, max_size=12)
        | st.integers().map(str)
        | st.floats().map(str)
        | st.datetimes().map(str),
        min_size=1,
        max_size=40,
    ),
)
def test_any_cells_get_a_valid_column(name: str, cells: list[str | None]) -> None:
    verdict = judge(profile_of(name, cells))

    Column(
        name or "nameless",
        verdict.modality,
        verdict.role,
        verdict.missing,
        verdict.number,
        verdict.datetime,
        verdict.items,
        verdict.levels,
    )
    assert (verdict.number is not None) == (verdict.modality == "numeric")
    assert (verdict.datetime is not None) == (verdict.modality == "datetime")
    assert verdict.modality != "multi_category" or verdict.items is not None
    assert verdict.modality != "boolean" or len(verdict.levels) == 2


def test_holes_change_no_type() -> None:
    for cells in (whole(0, 90), cycle("low medium high"), cycle("yes no")):
        assert (
            judge(profile_of("x", cells)).modality
            == judge(profile_of("x", holes(cells, 3))).modality
        )
