"""What a program of an emitted project may know of the machine it is tried on."""

from __future__ import annotations

import os
from pathlib import Path

from autom3l.ir import Pipeline

# Everything else, API keys above all, is none of its business.
_PASSED_ON = (
    *("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "TZ"),
    *("LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_HOME"),
    *("HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "TORCH_HOME"),
)
_NETWORK = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "HF_ENDPOINT", "SSL_CERT_FILE")
_MAX_THREADS = 4


def trial_environment(pipeline: Pipeline, project: Path) -> dict[str, str]:
    """The variables under which the trial of a project runs.

    Python looks for modules in the project alone, besides its own. The network is only
    open to a pipeline whose backbone must first be downloaded.
    """
    passed_on, fixed = set(_PASSED_ON), _fixed(project)
    if must_download(pipeline):
        passed_on |= {*_NETWORK, *map(str.lower, _NETWORK)}
    else:
        fixed |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    return {k: v for k, v in os.environ.items() if k in passed_on} | fixed


def pretrained_names(pipeline: Pipeline) -> list[str]:
    """The pretrained models from which encoders start."""
    encoders = (pipeline.encoders.text, pipeline.encoders.image)
    return [encoder.backbone for encoder in encoders if encoder and encoder.backbone]


def must_download(pipeline: Pipeline) -> bool:
    """Whether its weights come from the model hub."""
    return bool(pretrained_names(pipeline)) and not pipeline.data.weights


def _fixed(project: Path) -> dict[str, str]:
    most = str(min(_MAX_THREADS, os.cpu_count() or 1))
    return {
        "PYTHONPATH": str(project),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        # Plug-ins that happen to be installed here are not the project's.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", most),
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
