"""The data contract: what each column of the table means. Other columns are ignored."""

TARGET = "category"
CLASSES = ["chair", "lamp", "table"]

NUMERIC = ["price", "rating"]
# Cut away before a number is read: "$1,200" is 1200.
NUMBER_MARKS = {
    "price": ["$", ","],
}
CATEGORICAL = ["condition", "on_sale"]
TEXT = ["title", "details"]
IMAGE = ["photo"]

# Cell texts which mean that nothing is known.
MISSING = {
    "rating": ["No rating yet"],
}

# What a table must have to be predicted.
FEATURES = [
    *NUMERIC,
    *CATEGORICAL,
    *TEXT,
    *IMAGE,
]
