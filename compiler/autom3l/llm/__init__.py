"""Asking a language model: what it says can only become checked, typed data."""
