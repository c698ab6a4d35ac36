"""A retrieval model of one table. The data contract is in `columns.py`."""
