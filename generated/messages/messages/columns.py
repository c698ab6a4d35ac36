"""The data contract: what each column of the table means. Other columns are ignored."""

TARGET = "label"
CLASSES = ["ham", "spam"]  # negative, positive

TEXT = ["message"]

# What a table must have to be predicted.
FEATURES = [*TEXT]
