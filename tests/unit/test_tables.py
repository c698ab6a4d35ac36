"""Reading tables: what is detected, how cells read, what is refused and why."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import warnings
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from autom3l.diagnostics import DataError
from autom3l.profile import TableSource
from autom3l.spec import ColumnPin, Spec, SpecData, SpecSplit
from autom3l.tables import (
    as_pattern,
    check_columns_exist,
    delimited,
    detect_source,
    find_file,
    find_files,
    read_batches,
    read_header,
    read_sample_rows,
)
from autom3l.tables.cells import cell_text
from autom3l.tables.delimited import BLOCK_BYTES
from hypothesis import example, given, settings
from hypothesis import strategies as st

Cells = list[list[str | None]]


def written(folder: Path, content: str | bytes, name: str = "t.csv") -> str:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def cells_of(source: TableSource) -> Cells:
    return [
        list(row.values())
        for batch in read_batches(source)
        for row in batch.to_pylist()
    ]


def read(folder: Path, content: str | bytes, name: str = "t.csv") -> Cells:
    return cells_of(detect_source([written(folder, content, name)]))


def read_by_pandas(path: str, source: TableSource) -> pd.DataFrame:
    """As the emitted project reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pd.errors.ParserWarning)
        return pd.read_csv(
            path,
            sep=source.separator,
            encoding=source.encoding,
            quotechar=source.quote,
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            index_col=False,
        )


def cells_by_pandas(frame: pd.DataFrame) -> Cells:
    objects = frame.astype(object)
    return objects.where(frame.notna(), None).values.tolist()


def problems(folder: Path, content: str | bytes, name: str = "t.csv") -> list[str]:
    """Every diagnostic of reading a file, without its folder."""
    path = written(folder, content, name)
    with pytest.raises(DataError) as caught:
        cells_of(detect_source([path]))
    return [str(d).replace(f"{folder}/", "") for d in caught.value.diagnostics]


# Cells stay as they are written


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a,b\n01234,1.50\n", [["01234", "1.50"]]),
        ("a,b\nNA,null\nNone,nan\n", [["NA", "null"], ["None", "nan"]]),
        ('a,b\n,""\n', [[None, None]]),
        ("a,b\n x , \n", [[" x ", " "]]),
        ('a,b\n"x, y","say ""hi"""\n', [["x, y", 'say "hi"']]),
        ('a,b\n1,"two\nlines"\n', [["1", "two\nlines"]]),
        ('a,b\r\n1,"two\r\nlines"\r\n', [["1", "two\r\nlines"]]),
        ("a,b\r1,2\r3,4", [["1", "2"], ["3", "4"]]),
        ("a,b\n\n1,2\n\n\n3,4\n\n", [["1", "2"], ["3", "4"]]),
        ("\n  \r\na,b\n1,2\n", [["1", "2"]]),
        ("a,b\n1,2\n   \n", [["1", "2"]]),
        ('a,b\n5" pipe,x"y\n', [['5" pipe', 'x"y']]),
        ('a,b\n"x"y,1\n', [["xy", "1"]]),
        ("a,b\n1,x\x00y\n", [["1", "x\x00y"]]),
        ("a,b\n1,\u2028x\x85y\n", [["1", "\u2028x\x85y"]]),
        ("text\nhello\n\nworld\n  \n", [["hello"], ["world"]]),
        ("text\nhello, world\nbye\n", [["hello, world"], ["bye"]]),
        ("a,b\n=1+1,@x\n", [["=1+1", "@x"]]),
        ("a,b\n'x','y, z'\n'v',\n", [["x", "y, z"], ["v", None]]),
        ("a,b\n'tis,1\nrock 'n' roll,2\n", [["'tis", "1"], ["rock 'n' roll", "2"]]),
    ],
)
def test_cells_are_read_as_written_and_as_pandas_reads_them(
    tmp_path: Path, content: str, expected: Cells
) -> None:
    path = written(tmp_path, content)
    source = detect_source([path])
    assert cells_of(source) == expected
    assert cells_by_pandas(read_by_pandas(path, source)) == expected


# No bare "\r" outside of quotes: pandas loses a separator that follows a blank line
# which ends so.
_pieces = st.sampled_from(
    [*'aé1 \t\'\x00"",,,\n\n', "\r\n", '""', '"\r"', '"x\r\ny"', '",\n"']
)


@given(body=st.lists(_pieces, max_size=30).map("".join))
@settings(deadline=None)
@example(body='1,"x\r\ny"\n')
@example(body='"\n",\n')
def test_whatever_is_read_from_csv_is_what_pandas_reads(
    tmp_path_factory: pytest.TempPathFactory, body: str
) -> None:
    path = written(tmp_path_factory.mktemp("csv"), f"h,k\nx,y\n{body}")
    source = TableSource((path,), "csv")
    try:
        found = cells_of(source)
    except DataError:
        return  # refusing more than pandas does is allowed, misreading is not
    assert found == cells_by_pandas(read_by_pandas(path, source))


@given(
    rows=st.lists(
        st.lists(st.text(max_size=8), min_size=3, max_size=3), min_size=1, max_size=8
    ),
    separator=st.sampled_from(",;\t|"),
)
@settings(deadline=None)
def test_what_pandas_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], separator: str
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    frame = pd.DataFrame(rows, columns=["a", "b", "c"], dtype=object)
    try:
        text = frame.to_csv(sep=separator, index=False, quoting=csv.QUOTE_ALL)
        content = text.encode()
    except UnicodeEncodeError:
        return  # lone surrogates can't be in a file
    source = TableSource((written(folder, content),), "csv", separator)
    expected = [[cell or None for cell in row] for row in rows]
    assert cells_of(source) == expected


def test_rows_span_the_blocks_in_which_a_file_is_read(tmp_path: Path) -> None:
    long_text = 'word, "quoted"\n' * 100
    frame = pd.DataFrame({"n": range(2000), "text": long_text})
    path = str(tmp_path / "t.csv")
    frame.to_csv(path, index=False)
    assert Path(path).stat().st_size > 2 * BLOCK_BYTES[0]
    rows = cells_of(detect_source([path]))
    assert rows == [[str(n), long_text] for n in range(2000)]


def test_a_record_may_be_longer_than_a_block(tmp_path: Path) -> None:
    book = "chapter,\n" * (BLOCK_BYTES[0] // 8)
    texts = ["short", "first"] * 50_000 + [book, "last"]
    frame = pd.DataFrame({"n": range(len(texts)), "text": texts})
    path = str(tmp_path / "t.csv")
    frame.to_csv(path, index=False)
    rows = cells_of(detect_source([path]))
    assert rows == [[str(n), text] for n, text in enumerate(texts)]


# Names of columns


def test_a_saved_index_is_a_column_like_any_other(tmp_path: Path) -> None:
    path = written(tmp_path, ",x\n0,a\n1,b\n")
    source = detect_source([path])
    assert read_header(source) == ("Unnamed: 0", "x")
    assert cells_of(source) == [["0", "a"], ["1", "b"]]


def test_columns_without_a_name_are_named_as_pandas_names_them(tmp_path: Path) -> None:
    path = written(tmp_path, 'a,,"b\nc",\n1,2,3,4\n')
    source = detect_source([path])
    assert read_header(source) == ("a", "Unnamed: 1", "b\nc", "Unnamed: 3")
    assert list(read_by_pandas(path, source)) == list(read_header(source))


def test_a_separator_at_the_end_of_each_row_shifts_no_column(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,x,\n2,y,\n")
    source = detect_source([path])
    assert read_header(source) == ("a", "b")
    assert cells_of(source) == [["1", "x"], ["2", "y"]]
    assert cells_by_pandas(read_by_pandas(path, source)) == cells_of(source)


# What is detected


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.txt", "t"])
def test_the_separator_is_found_whatever_the_file_is_called(
    tmp_path: Path, separator: str, name: str
) -> None:
    rows = [["id", "price", "note"], ["1", '"1,5"', '"a; b"'], ["2", "2", '"|\t"']]
    path = written(tmp_path, "\n".join(separator.join(r) for r in rows), name)
    source = detect_source([path])
    assert (source.format, source.separator, source.quote) == ("csv", separator, '"')
    assert cells_of(source)[0] == ["1", "1,5", "a; b"]


def test_decimal_commas_do_not_hide_the_semicolon(tmp_path: Path) -> None:
    assert read(tmp_path, "a;b\n1,5;2,5\n3,5;4,5\n") == [["1,5", "2,5"], ["3,5", "4,5"]]


def test_a_few_ragged_rows_do_not_hide_the_separator(tmp_path: Path) -> None:
    found = problems(tmp_path, "a,b\n1,2\n1,2,3\n1,2\n1,2\n")
    assert found == [
        "t.csv:3: 3 cells instead of 2 (quote cells that contain ',') [D006]"
    ]


@pytest.mark.parametrize(
    ("encoding", "text", "expected"),
    [
        ("ascii", "plain", "utf-8"),
        ("utf-8", "naïve 😀", "utf-8"),
        ("utf-8-sig", "naïve", "utf-8-sig"),
        ("utf-16", "naïve 東京", "utf-16"),
        ("utf-16-le", "mostly Latin, naïve", "utf-16-le"),
        ("utf-16-be", "mostly Latin, naïve", "utf-16-be"),
        ("utf-32", "naïve", "utf-32"),
        ("latin-1", "Der Hund läuft über die Straße", "cp1252"),
        ("cp1252", "It’s “quoted” – 5 €", "cp1252"),
        ("cp1252", "São Paulo", "cp1252"),
        ("cp1250", "Łódź jest pięknym miastem, lubię tę książkę", "cp1250"),
        ("cp1251", "Привет мир, это просто текст", "cp1251"),
        ("cp1253", "Καλημέρα κόσμε, τι κάνεις σήμερα", "cp1253"),
        ("cp932", "これは日本語のテキストです。商品はとても良かった", "cp932"),
        ("gb18030", "这是一个中文文本,产品非常好", "gb18030"),
    ],
)
def test_the_encoding_is_found_and_pandas_takes_it(
    tmp_path: Path, encoding: str, text: str, expected: str
) -> None:
    path = written(tmp_path, f'id,text\n1,"{text}"\n2,x\n'.encode(encoding))
    source = detect_source([path])
    assert source.encoding == expected
    assert read_header(source) == ("id", "text")
    assert cells_of(source) == [["1", text], ["2", "x"]]
    assert cells_by_pandas(read_by_pandas(path, source)) == cells_of(source)


def test_an_encoding_shows_far_beyond_the_head(tmp_path: Path) -> None:
    body = b"id,text\n" + b"1,plain\n" * 100_000 + "2,café\n".encode("latin-1")
    source = detect_source([written(tmp_path, body)])
    assert source.encoding == "cp1252"
    assert cells_of(source)[-1] == ["2", "café"]


def test_bytes_undefined_in_cp1252_are_latin_1(tmp_path: Path) -> None:
    source = detect_source([written(tmp_path, b"a,b\nx\x81y,1\n")])
    assert source.encoding == "latin-1"


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress("a;b\n1;é\n".encode("utf-8-sig"))
    path = written(tmp_path, packed, "t.csv.gz")
    source = detect_source([path])
    assert (source.separator, source.encoding) == (";", "utf-8-sig")
    assert cells_of(source) == [["1", "é"]]
    assert cells_by_pandas(read_by_pandas(path, source)) == [["1", "é"]]


# JSON lines


def test_cells_of_json_lines(tmp_path: Path) -> None:
    rows = [
        {"n": 3.0, "s": "01", "l": ["é", 1], "b": True, "o": {"k": None}},
        {"n": 2.5, "s": "", "l": [], "b": None, "o": "x"},
    ]
    content = "\n\n".join(json.dumps(row) for row in rows)
    assert read(tmp_path, content, "t.jsonl") == [
        ["3", "01", '["é", 1]', "True", '{"k": null}'],
        ["2.5", None, "[]", None, "x"],
    ]


def test_json_lines_are_known_by_their_content(tmp_path: Path) -> None:
    source = detect_source([written(tmp_path, '{"a": 1}\n{"a": 2}\n', "data.txt")])
    assert source.format == "jsonl"
    assert cells_of(source) == [["1"], ["2"]]


def test_keys_may_be_absent_or_come_late(tmp_path: Path) -> None:
    path = written(tmp_path, '{"b": 1}\n{"a": 2}\n{"c": 3, "b": 4}\n', "t.jsonl")
    source = detect_source([path])
    assert read_header(source) == ("b", "a", "c")
    assert cells_of(source) == [["1", None, None], [None, "2", None], ["4", None, "3"]]


def test_big_integers_and_nan_in_json(tmp_path: Path) -> None:
    content = '{"a": 12345678901234567890, "b": NaN}\n'
    assert read(tmp_path, content, "t.jsonl") == [["12345678901234567890", None]]


# Parquet


def test_cells_of_parquet(tmp_path: Path) -> None:
    table = pa.table(
        {
            "text": ["01", "", None],
            "count": pa.array([3.0, None, float("nan")]),
            "price": [2.5, 3.0, 1e-7],
            "flag": [True, False, None],
            "day": [date(2024, 1, 2), None, None],
            "time": [datetime(2024, 1, 2, 3, 4), None, None],
            "tags": [["a", "b"], [], None],
            "kind": pa.array(["x", "y", "x"]).dictionary_encode(),
            "raw": [b"\xff\xd8", b"x", None],
        }
    )
    path = tmp_path / "t.parquet"
    pq.write_table(table, path)
    source = detect_source([str(path)])
    assert source.format == "parquet"
    assert read_header(source) == tuple(table.column_names)
    assert cells_of(source) == [
        [
            *("01", "3", "2.5", "True", "2024-01-02", "2024-01-02 03:04:00"),
            *('["a", "b"]', "x", None),
        ],
        [None, None, "3", "False", None, None, "[]", "y", None],
        [None, None, "1e-07", None, None, None, None, "x", None],
    ]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1, None, 2**62]),
        pa.array([0.1, 3.0, None, 1e20, float("inf")]),
        pa.array([0.1, 3.0], pa.float32()),
        pa.array([datetime(2024, 1, 2), None], pa.timestamp("ns", "Europe/Berlin")),
        pa.array([["x"], None, []]),
        pa.array([{"k": 1}, None]),
        pa.array(["", "x", None], pa.large_string()),
    ],
)
def test_parquet_cells_follow_the_rule_of_the_emitted_project(
    tmp_path: Path, column: pa.Array
) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"c": column}), path)
    expected = [[cell_text(value)] for value in column.to_pylist()]
    assert cells_of(detect_source([str(path)])) == expected


# Several files


def test_files_of_a_glob_are_one_table_in_order_of_name(tmp_path: Path) -> None:
    written(tmp_path, "a,b\n3,4\n", "part-2.csv")
    written(tmp_path, "a,b\n1,é\n".encode("utf-8-sig"), "part-1.csv")
    written(tmp_path, "not,this\n1,2\n", "other.csv")
    source = detect_source(find_files("part-*.csv", str(tmp_path), "data.train"))
    assert source.encoding == "utf-8-sig"
    assert read_header(source) == ("a", "b")
    assert cells_of(source) == [["1", "é"], ["3", "4"]]


def test_a_file_whose_name_looks_like_a_glob(tmp_path: Path) -> None:
    path = written(tmp_path, "a\n1\n", "data[1].csv")
    assert find_files("data[1].csv", str(tmp_path), "data.train") == (path,)


@pytest.mark.parametrize(
    ("name", "asked", "expected"),
    [
        ("t.csv", "t.csv", "t.csv"),
        ("t1.csv", "t[12].csv", "t[12].csv"),
        ("t[12].csv", "t[12].csv", "t[[]12].csv"),
        ("t*.csv", "t*.csv", "t[*].csv"),
        ("t[].csv", "t*.csv", "t*.csv"),
    ],
)
def test_only_what_looks_like_a_glob_is_one_from_then_on(
    tmp_path: Path, name: str, asked: str, expected: str
) -> None:
    path = written(tmp_path, "a\n1\n", name)
    found = find_files(asked, str(tmp_path), "data.train")
    assert found == (path,)
    pattern = as_pattern(asked, str(tmp_path), found)
    assert pattern == expected
    assert find_files(pattern, str(tmp_path), "data.train") == found
    assert list(map(str, tmp_path.glob(pattern))) == [path]


def test_one_file_is_never_a_glob(tmp_path: Path) -> None:
    path = written(tmp_path, "a\n1\n", "t[1].csv")
    written(tmp_path, "a\n1\n", "t1.csv")
    assert find_file("t[1].csv", str(tmp_path), "data.test") == path
    with pytest.raises(DataError, match=r"data.test: there is no file 't\*.csv'"):
        find_file("t*.csv", str(tmp_path), "data.test")


def test_a_glob_reaches_into_folders_and_a_magic_folder_is_literal(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "[x]" / "deep"
    folder.mkdir(parents=True)
    path = written(folder, "a\n1\n")
    assert find_files("**/*.csv", str(tmp_path / "[x]"), "data.train") == (path,)
    absolute = f"{tmp_path}/*/deep/*.csv"
    assert find_files(absolute, "elsewhere", "data.train") == (path,)


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (
            "a,c\n1,2\n",
            "2.csv: its header differs from that of '1.csv' (in 'b', 'c') [D011]",
        ),
        (
            "b,a\n1,2\n",
            "2.csv: its header differs from that of '1.csv' (in their order) [D011]",
        ),
        (
            "a;b\n1;2\n",
            "2.csv: is not written as '1.csv' is (csv, ascii, separator ';' here, "
            "csv, ascii, separator ',' there) [D012]",
        ),
    ],
)
def test_files_of_a_glob_must_agree(
    tmp_path: Path, second: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "a,b\n1,2\n", "1.csv")
    written(tmp_path, second, "2.csv")
    with pytest.raises(DataError) as caught:
        read_header(detect_source(find_files("*.csv", "", "data.train")))
    assert str(caught.value) == expected


def test_encodings_that_no_codec_joins(tmp_path: Path) -> None:
    paths = [
        written(tmp_path, "a,b\n1,é\n".encode(encoding), f"{encoding}.csv")
        for encoding in ("utf-8", "utf-16")
    ]
    with pytest.raises(DataError, match=r"utf-16, separator ',' here.*\[D012\]"):
        detect_source(paths)


# What is refused


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (
            "trian.csv",
            "there is no file 'trian.csv' (did you mean 'train.csv'?) [D001]",
        ),
        ("x/train.csv", "there is no file 'x/train.csv' (there is no folder"),
        (".", "'.' is a folder (name one file, or a glob such as 'data/*.csv') [D001]"),
        (
            "*.tsv",
            "no file matches '*.tsv' (a pattern is relative to the spec's folder",
        ),
        ("**x/*.csv", "'**x/*.csv' is no pattern ('**' stands alone between two '/'"),
        ("x/" * 400 + "*.csv", "'x/x/x/"),
        ("x" * 300 + ".csv", "can't be looked for: File name too long [D003]"),
        ("x" * 300 + "*.csv", "can't be looked for: File name too long [D003]"),
    ],
)
def test_missing_files(tmp_path: Path, pattern: str, expected: str) -> None:
    written(tmp_path, "a\n1\n", "train.csv")
    with pytest.raises(DataError) as caught:
        find_files(pattern, str(tmp_path), "data.train")
    assert str(caught.value).startswith(f"data.train: {expected}")


def test_an_empty_folder_has_nothing_to_suggest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="its folder holds no files"):
        find_files("train.csv", str(tmp_path), "data.train")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", ["t.csv: the file is empty [D004]"]),
        ("\n \n\r\n", ["t.csv: the file is empty [D004]"]),
        (codecs.BOM_UTF8, ["t.csv: the file is empty [D004]"]),
        (
            "a,b,a,b,a\n1,2,3,4,5\n",
            [
                "t.csv: columns 1, 3, 5 share the name 'a' "
                "(rename all but one in the header) [D005]",
                "t.csv: columns 2, 4 share the name 'b' "
                "(rename all but one in the header) [D005]",
            ],
        ),
        (
            'a,b\n1,2\n"x\ny",2\n3\n4,5,6\n',
            [
                "t.csv:5: 1 cell instead of 2 (quote cells that contain ',') [D006]",
                "t.csv:6: 3 cells instead of 2 (quote cells that contain ',') [D006]",
            ],
        ),
        (
            "a,b\n1,2\n3,4,\n5,6\n",
            ["t.csv:3: 3 cells instead of 2 (quote cells that contain ',') [D006]"],
        ),
        (
            'a,b\n1,2\n3,"open\n5,6\n7,8\n',
            [
                't.csv:3: a quote (") is opened and never closed '
                "(double it inside a cell) [D013]"
            ],
        ),
        (
            'a,b\n1,2\n3,"cut off here',
            [
                't.csv:3: a quote (") is opened and never closed '
                "(double it inside a cell) [D013]"
            ],
        ),
        (
            "a,b\nr1,1,2\nr2,3,4\n",
            [
                "t.csv: the header names 2 columns, the rows hold 3 cells "
                "(does the first column lack its name?) [D015]"
            ],
        ),
        (
            "a,b\n1,2,\n1,2,3\n",
            [
                "t.csv: the header names 2 columns, the rows hold 3 cells "
                "(does the first column lack its name?) [D015]"
            ],
        ),
        (
            "a,b\n1,é\n2,ü\n3,ß\n".encode() + b"4,\xff\xfe\n",
            [
                "t.csv: line 5 is not UTF-8 as the others are "
                "(save the file as UTF-8) [D007]"
            ],
        ),
        (
            "a,b\n1,2\n".encode("utf-16") + b"\x00\xd8\x00",
            ["t.csv: some bytes are not utf-16 (save the file as UTF-8) [D007]"],
        ),
        (
            b"PK\x03\x04rest",
            [
                "t.csv: is a zip archive or an Excel workbook "
                "(save the table as CSV) [D008]"
            ],
        ),
        (
            gzip.compress(b"a,b\n1,2\n", mtime=0),
            ["t.csv: is packed with gzip (let its name end in .gz) [D008]"],
        ),
        (
            np.arange(500, dtype="<i8").tobytes(),
            [
                "t.csv: is a binary file "
                "(CSV, TSV, JSON lines and Parquet can be read) [D008]"
            ],
        ),
        (
            b"\x80\x04\x95" + bytes(range(256)) * 8,
            [
                "t.csv: is a binary file "
                "(CSV, TSV, JSON lines and Parquet can be read) [D008]"
            ],
        ),
    ],
)
def test_files_that_are_no_table(
    tmp_path: Path, content: str | bytes, expected: list[str]
) -> None:
    assert problems(tmp_path, content) == expected


def test_only_the_first_ragged_records_are_listed(tmp_path: Path) -> None:
    found = problems(tmp_path, "a,b\n" + "1,2\n" * 60 + "1\n" * 20)
    assert [line.split(":")[1] for line in found] == ["62", "63", "64", "65", "66"]
    assert all("20 records in all" in line for line in found)


def test_a_record_without_end_is_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", (1 << 16, 1 << 20))
    body = 'a,b\n1,2\n3,"' + "x,y\n" * (1 << 19)
    assert problems(tmp_path, body) == [
        "t.csv:3: a record is longer than 1 MiB "
        "(is a quote opened and never closed?) [D013]"
    ]


def test_an_unreadable_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"can't be read: No such file.*\[D003\]"):
        detect_source([str(tmp_path / "gone.csv")])


def test_a_truncated_gzip_is_reported(tmp_path: Path) -> None:
    packed = gzip.compress(bytes(str(list(range(5000))), "ascii"))[:-200]
    found = problems(tmp_path, packed, "t.csv.gz")
    assert len(found) == 1
    assert found[0].startswith("t.csv.gz: can't be unpacked:")
    assert found[0].endswith("(is it complete?) [D009]")


@pytest.mark.parametrize("content", [b"PAR1 and rubbish PAR1", b"no parquet at all"])
def test_a_corrupt_parquet_file_is_reported(tmp_path: Path, content: bytes) -> None:
    found = problems(tmp_path, content, "t.parquet")
    assert len(found) == 1
    assert found[0].startswith("t.parquet: can't be read as Parquet:")
    assert found[0].endswith("[D009]")


def test_a_truncated_parquet_file_is_reported(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"a": list(range(1000))}), buffer)
    [found] = problems(tmp_path, buffer.getvalue()[:-50], "t.parquet")
    assert found.endswith("[D009]")


def test_parquet_data_damaged_behind_a_sound_footer(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"a": [str(i) for i in range(9000)]}), buffer)
    damaged = bytearray(buffer.getvalue())
    damaged[100:400] = b"\xff" * 300
    [found] = problems(tmp_path, bytes(damaged), "t.parquet")
    assert found.endswith("[D009]")


def test_invalid_json_lines_are_named(tmp_path: Path) -> None:
    content = '{"a": 1}\n{"a": }\n\n[1, 2]\n{"a": 2}\n'
    assert problems(tmp_path, content, "t.jsonl") == [
        "t.jsonl:2: invalid JSON at column 7: Expecting value [D010]",
        "t.jsonl:4: '[1, 2]' is not a JSON object (each line is one {...}) [D010]",
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"a": ' + "9" * 5000 + "}", "a number of more than 4,300 digits"),
        ('{"a": ' + "[" * 100_000, "lists or objects are nested too deep"),
        ('{"a": "x\\ud800y"}', r"'\ud800' is half of a character"),
        ('{"a": ["\\udfff"]}', r"'\udfff' is half of a character"),
        ('{"x\\uD800": 1}', r"'\ud800' is half of a character"),
    ],
)
@pytest.mark.parametrize("before", ['{"a": 1}\n', ""])
def test_json_that_python_can_not_hold_is_named_with_its_line(
    tmp_path: Path, line: str, expected: str, before: str
) -> None:
    [found] = problems(tmp_path, f"{before}{line}\n", "t.txt")
    assert found.startswith(f"t.txt:{1 + bool(before)}: {expected}")
    assert found.endswith("[D010]")


def test_a_line_of_brackets_is_named(tmp_path: Path) -> None:
    content = '{"a": 1}\n' + "[" * 100_000
    [found] = problems(tmp_path, content, "t.jsonl")
    assert found == "t.jsonl:2: lists or objects are nested too deep [D010]"


def test_a_pair_of_escapes_is_one_character(tmp_path: Path) -> None:
    content = '{"\\ud83d\\ude00": "\\ud83d\\ude00 ok"}\n'
    assert read(tmp_path, content, "t.jsonl") == [["\U0001f600 ok"]]


def test_a_json_array_is_no_json_lines(tmp_path: Path) -> None:
    assert problems(tmp_path, '[{"a": 1}]', "t.json") == [
        "t.json: is one JSON array, not JSON lines "
        "(write one object per line: jq -c '.[]') [D008]"
    ]


def _seen_as(kind: pa.DataType, *values: int | bytes) -> pa.Array:
    """Values that Arrow does not check when they are taken for another type."""
    plain = {32: pa.int32(), 64: pa.int64()}
    number = isinstance(values[0], int)
    source = plain[kind.bit_width] if number else pa.binary()
    return pa.array(values, source).view(kind)


@pytest.mark.parametrize(
    ("column", "what"),
    [
        (_seen_as(pa.date32(), 0, 2**30), "a time outside the years 1 to 9999"),
        (_seen_as(pa.date32(), 0, -(2**30)), "a time outside the years 1 to 9999"),
        (_seen_as(pa.timestamp("us"), 0, 2**62), "a time outside the years 1 to 9999"),
        (_seen_as(pa.timestamp("ms"), 0, 2**62), "a time outside the years 1 to 9999"),
        (_seen_as(pa.duration("s"), 0, 2**62), "a time outside the years 1 to 9999"),
        (_seen_as(pa.string(), b"ok", b"\xff"), "bytes not in UTF-8"),
        (
            pa.ListArray.from_arrays([0, 1, 2], _seen_as(pa.string(), b"ok", b"\xff")),
            "bytes not in UTF-8",
        ),
    ],
)
def test_parquet_cells_that_have_no_text_are_named_with_their_row(
    tmp_path: Path, column: pa.Array, what: str
) -> None:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"a": ["x", "y"], "when": column}), buffer)
    assert problems(tmp_path, buffer.getvalue(), "t.parquet") == [
        f"t.parquet: column 'when': row 2 holds {what} "
        "(empty such cells, or write them as text) [D019]"
    ]


def test_parquet_columns_that_share_a_name(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    columns = [pa.array([1]), pa.array([2])]
    pq.write_table(pa.Table.from_arrays(columns, names=["a", "a"]), path)
    with pytest.raises(DataError, match="columns 1, 2 share the name 'a'"):
        read_header(detect_source([str(path)]))


# The spec and the table


def test_every_column_that_the_table_lacks_is_named_at_once() -> None:
    spec = Spec(
        folder="",
        name="x",
        data=SpecData(train="t.csv"),
        target=("prize",),
        columns={"Bred": ColumnPin(drop=True), "age": ColumnPin()},
        split=SpecSplit(kind="time", column="when"),
    )
    with pytest.raises(DataError) as caught:
        check_columns_exist(spec, ("age", "Breed", "price"))
    assert [str(d) for d in caught.value.diagnostics] == [
        "target: the table has no column 'prize' (did you mean 'price'?) [D014]",
        "columns.Bred: the table has no column 'Bred' (did you mean 'Breed'?) [D014]",
        "split.column: the table has no column 'when' "
        "(one of 'Breed', 'age', 'price') [D014]",
    ]


# Random rows


def test_sample_rows_are_whole_in_table_order_and_repeatable(tmp_path: Path) -> None:
    body = "".join(f"{i},x{i}\n" for i in range(5000))
    source = detect_source([written(tmp_path, f"n,x\n{body}")])
    rows = read_sample_rows(source, 300, seed=1)
    numbers = [int(n or "") for n in rows["n"]]
    assert len(numbers) == 300
    assert numbers == sorted(set(numbers))
    assert rows["x"] == tuple(f"x{n}" for n in numbers)
    assert rows == read_sample_rows(source, 300, seed=1)
    assert rows != read_sample_rows(source, 300, seed=2)
    assert 2000 < sum(numbers) / 300 < 3000


def test_a_small_table_is_its_own_sample(tmp_path: Path) -> None:
    source = detect_source([written(tmp_path, "a,b\n1,\n2,y\n")])
    assert read_sample_rows(source, 10) == {"a": ("1", "2"), "b": (None, "y")}
