"""The data contract: what each column of the table means. Other columns are ignored."""

TARGET = "match"
CLASSES = ["0", "1"]  # negative, positive

NUMERIC = ["left_price", "right_price"]
CATEGORICAL = ["left_maker", "right_maker"]
TEXT = ["left_title", "right_title"]
IMAGE = ["left_photo", "right_photo"]
# The same text of both sides: (left, right).
TEXT_PAIRS = [("left_title", "right_title")]
# The same photo of both sides: (left, right).
IMAGE_PAIRS = [("left_photo", "right_photo")]
# Names of rows: they stand beside the predictions and are no input.
IDENTIFIERS = ["right_sku"]
SPLIT = "left_sku"

# Whether both columns say the same.
SAME = {"maker_same": ("left_maker", "right_maker")}
# The share of their words that both texts have.
WORD_OVERLAPS = {"title_word_overlap": ("left_title", "right_title")}
# The share of their groups of three letters that both texts have.
LETTER_OVERLAPS = {"title_letter_overlap": ("left_title", "right_title")}
# The share of the codes of one text that the other has.
CODE_OVERLAPS = {"title_code_overlap": ("left_title", "right_title")}
# The difference of both numbers over the larger one.
RELATIVE_DIFFERENCES = {"price_relative_difference": ("left_price", "right_price")}

# What a table must have to be predicted.
FEATURES = [*NUMERIC, *CATEGORICAL, *TEXT, *IMAGE]
