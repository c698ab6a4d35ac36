"""Languages that their letters give away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

# The blocks of Unicode in which each writes.
_BLOCKS = {
    "kana": ("\u3040", "\u30ff"),
    "han": ("\u3400", "\u9fff"),
    "ko": ("\uac00", "\ud7af"),
    "cyrillic": ("\u0400", "\u04ff"),
    "arabic": ("\u0600", "\u06ff"),
    "hi": ("\u0900", "\u097f"),
    "bn": ("\u0980", "\u09ff"),
    "ta": ("\u0b80", "\u0bff"),
    "te": ("\u0c00", "\u0c7f"),
    "el": ("\u0370", "\u03ff"),
    "he": ("\u0590", "\u05ff"),
    "th": ("\u0e00", "\u0e7f"),
}
# Letters that only one language of a script needs, as often as once in a hundred.
_RUSSIAN, _UKRAINIAN, _NOT_ARABIC = (
    frozenset("ыэё"),
    frozenset("іїєґ"),
    frozenset("پچگژ"),
)
_MIN_MARK = 0.003


def language_of_letters(words: Counter[str]) -> str:
    """The language whose script most letters are of, as an ISO 639-1 code.

    Empty where the letters are Latin, or several languages share them.
    """
    letters = Counter[str]()
    for word, times in words.items():
        for letter in word:
            letters[letter] += times
    scripts = Counter(dict(_scripts(letters)))
    if not scripts:
        return ""
    if scripts["kana"] > 0.1 * scripts["han"] and _leads(scripts, "kana", "han"):
        return "ja"
    script = scripts.most_common(1)[0][0]
    if script == "han":
        return "zh"
    if script == "cyrillic":
        return _cyrillic(letters, scripts[script])
    if script == "arabic":
        return "" if _share(letters, _NOT_ARABIC, scripts[script]) else "ar"
    return script


def _scripts(letters: Counter[str]) -> Iterator[tuple[str, int]]:
    for script, (first, last) in _BLOCKS.items():
        found = sum(n for letter, n in letters.items() if first <= letter <= last)
        if found:
            yield script, found


def _leads(scripts: Counter[str], *together: str) -> bool:
    return 2 * sum(scripts[script] for script in together) > scripts.total()


def _cyrillic(letters: Counter[str], total: int) -> str:
    if _share(letters, _UKRAINIAN, total):
        return "uk"
    return "ru" if _share(letters, _RUSSIAN, total) else ""


def _share(letters: Counter[str], marks: frozenset[str], total: int) -> bool:
    return sum(letters[mark] for mark in marks) > _MIN_MARK * total
