"""The data contract: what each column of the table means. Other columns are ignored."""

TARGET = "section"
CLASSES = ["garden", "house", "pets"]

TEXT = ["title", "body"]
IMAGE = ["photo"]

# What a table must have to be predicted.
FEATURES = [*TEXT, *IMAGE]
