"""The data contract: what each column of the table means. Other columns are ignored."""

TARGET = "returned"
CLASSES = ["no", "yes"]  # negative, positive

NUMERIC = ["helpful_votes"]
# Levels from low to high.
ORDINAL = {"stars": ["1", "2", "3", "4", "5"]}
# The parts of each date that vary.
DATETIME = {
    "posted": ["month", "day", "day_of_week", "day_of_year", "minute", "epoch_days"]
}
DATETIME_FORMAT = {"posted": "ISO8601"}
TEXT = ["headline", "review"]
SPLIT = "posted"

# What a table must have to be predicted.
FEATURES = [*NUMERIC, *ORDINAL, *DATETIME, *TEXT]
