"""The data contract: what each column of the table means. Other columns are ignored."""

TARGET = "returned"
CLASSES = ["no", "yes"]  # negative, positive

NUMERIC = ["weight", "height", "pulse", "pressure", "visits"]
# Levels from low to high.
ORDINAL = {"pain": ["low", "medium", "high"]}
# Cut away before a number is read.
NUMBER_MARKS = {"pressure": ["mmHg"]}
# The parts of each date that vary.
DATETIME = {"admitted": ["month", "day", "day_of_week", "day_of_year", "epoch_days"]}
DATETIME_FORMAT = {"born": "%d.%m.%Y", "admitted": "ISO8601"}
CATEGORICAL = ["ward", "diet", "smoker"]
# What separates the items of a cell.
LISTS = {"drugs": ";"}
# Names of rows: they stand beside the predictions and are no input.
IDENTIFIERS = ["stay"]
# Read only for the numbers that are derived from them.
SOURCES = ["born", "note"]

# The first column over the second.
RATIOS = {"weight_for_height": ("weight", "height")}
# The first column less the second.
DIFFERENCES = {"pressure_less_pulse": ("pressure", "pulse")}
# Both columns multiplied.
PRODUCTS = {"pressure_times_pulse": ("pressure", "pulse")}
# The logarithm of 1 + the number.
LOGARITHMS = {"visits_log": "visits"}
# To the first date, from the second.
DAYS_BETWEEN = {"age": ("admitted", "born")}
# The words of a text.
WORD_COUNTS = {"note_words": "note"}
# The items of a list.
ITEM_COUNTS = {"drug_count": "drugs"}
# The mean of a number in the training rows with the same level.
GROUP_MEANS = {"ward_pulse": ("pulse", "ward")}
# How many training rows have the same level.
GROUP_COUNTS = {"ward_rows": "ward"}

# What fills the missing cells of a column.
FILL_CONSTANT: dict[str, float | str] = {"visits": 0.0, "smoker": "no"}
# What of the training rows fills them.
FILL_STATISTIC = {
    "weight": "median",
    "height": "median",
    "pain": "most_frequent",
    "diet": "most_frequent",
}
# Only the training rows with the same level of this column count.
FILL_WITHIN = {"weight": "ward", "diet": "ward"}
# Filled with the mean of the training rows that are nearest.
FILL_NEIGHBOURS = ["pulse"]
# Filled by regressions on the other numbers.
FILL_ITERATIVE = ["pressure"]
# A further number says that the cell was missing.
TELL_MISSING = ["weight", "visits"]

# What a table must have to be predicted.
FEATURES = [*NUMERIC, *ORDINAL, *DATETIME, *CATEGORICAL, *LISTS, *SOURCES]
