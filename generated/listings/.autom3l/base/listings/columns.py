"""The data contract: what each column of the table means. Other columns are ignored."""

TARGET = "category"
CLASSES = ["chair", "lamp", "table"]

NUMERIC = ["price", "rating"]
# Cut away before a number is read.
NUMBER_MARKS = {"price": ["$", ","]}
CATEGORICAL = ["condition", "on_sale"]
TEXT = ["title", "details"]
IMAGE = ["photo"]
# Names of rows: they stand beside the predictions and are no input.
IDENTIFIERS = ["listing_id"]

# Cell texts which mean that nothing is known.
MISSING = {"rating": ["No rating yet"]}

# What a table must have to be predicted.
FEATURES = [*NUMERIC, *CATEGORICAL, *TEXT, *IMAGE]
