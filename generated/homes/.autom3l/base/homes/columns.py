"""The data contract: what each column of the table means. Other columns are ignored."""

TARGET = "price"

NUMERIC = ["area", "rooms"]
# The parts of each date that vary.
DATETIME = {
    "listed_on": ["year", "month", "day", "day_of_week", "day_of_year", "epoch_days"]
}
DATETIME_FORMAT = {"listed_on": "%m/%d/%Y"}
CATEGORICAL = ["zip_code"]
IMAGE = ["front", "kitchen"]
SPLIT = "agency"

# What a table must have to be predicted.
FEATURES = [*NUMERIC, *DATETIME, *CATEGORICAL, *IMAGE]
