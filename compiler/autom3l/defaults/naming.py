"""The name of the emitted package."""

from __future__ import annotations

import keyword
import re
import sys

# What the emitted project imports or holds at its top level: a package of that name
# would shadow it, or be shadowed.
TAKEN = frozenset(
    {"accelerate", "autom3l", "build", "configs", "conftest", "data", "dist", "docs"}
    | {
        "lightgbm",
        "matplotlib",
        "models",
        "numpy",
        "optuna",
        "pandas",
        "pil",
        "pyarrow",
        "pytest",
    }
    | {"ray", "runs", "safetensors", "scipy", "setup", "sklearn", "tensorboard"}
    | {"test", "tests", "timm", "tokenizers", "tomli_w", "torch", "torchvision", "tqdm"}
    | {"transformers", "yaml"}
)


def package_name(name: str) -> str:
    """An importable name made from a project's name; clashes get `_model` appended."""
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    package = f"project_{words}" if not words or words[0].isdigit() else words
    package = package.strip("_")
    return f"{package}_model" if clashes(package) else package


def clashes(package: str) -> bool:
    """Whether a package of that name could not be imported beside its dependencies."""
    taken = package in TAKEN or package in sys.stdlib_module_names
    return taken or keyword.iskeyword(package) or keyword.issoftkeyword(package)
