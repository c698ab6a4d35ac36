"""The data contract: what each column of the table means. Other columns are ignored."""

TARGET = "genres"
CLASSES = ["folk", "jazz", "pop", "rock"]

NUMERIC = ["tempo"]
# Levels from low to high.
ORDINAL = {"loudness": ["low", "medium", "high"]}
CATEGORICAL = ["key"]
# What separates the items of a cell.
LISTS = {"instruments": "|"}
SPLIT = "fold"

# What a table must have to be predicted.
FEATURES = [*NUMERIC, *ORDINAL, *CATEGORICAL, *LISTS]
