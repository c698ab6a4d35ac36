"""The data contract: what each column of the table means. Other columns are ignored."""

CATEGORICAL = ["shelf", "product_kind"]
TEXT = ["product_name"]
IMAGE = ["shot", "product_photo"]
# What is searched with, and what is found.
QUERY = ["shot", "shelf"]
ITEM = ["product_name", "product_kind", "product_photo"]
SPLIT = "product_name"

# All that is read of a row.
FEATURES = [*CATEGORICAL, *TEXT, *IMAGE]
