"""Reading tables: finding the files, detecting how they are written, streaming cells.

Every cell is text exactly as written; only the empty cell is missing (`None`).
"""

from autom3l.tables.detection import detect_source
from autom3l.tables.files import as_pattern, find_file, find_files
from autom3l.tables.names import check_columns_exist
from autom3l.tables.reading import read_batches, read_header
from autom3l.tables.sampling import read_sample_rows

__all__ = [
    "as_pattern",
    "check_columns_exist",
    "detect_source",
    "find_file",
    "find_files",
    "read_batches",
    "read_header",
    "read_sample_rows",
]
