"""The data contract: what each column of the table means. Other columns are ignored."""

TARGET = "damage"
CLASSES = ["0", "1", "2", "3"]  # from low to high

IMAGE = ["photo"]

# What a table must have to be predicted.
FEATURES = [*IMAGE]
