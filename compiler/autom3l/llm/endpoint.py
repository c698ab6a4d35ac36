"""Where a model is asked, and with which key: the key comes from the environment."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from autom3l.spec import SpecLlm

OPENAI = "https://api.openai.com/v1"
KEYS = ("AUTOM3L_API_KEY", "OPENAI_API_KEY")
# Of the world, or of one region, as in eu.api.openai.com.
_OPENAI_HOST = re.compile(r"([a-z0-9-]+\.)?api\.openai\.com")
# Servers on this machine ask for none, but the header must hold something.
NO_KEY = "none"


@dataclass(frozen=True)
class Endpoint:
    """A server and the model asked there; the key is never printed.

    `embedder`: the model for embeddings, where the spec names one.
    `withheld`: the variable with a key that this server is not to see.
    """

    base_url: str
    model: str
    key: str | None = field(repr=False)
    key_name: str | None = None
    withheld: str | None = None
    embedder: str | None = None

    @property
    def local(self) -> bool:
        """Whether it is this machine."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @property
    def needs_key(self) -> bool:
        """Servers of one's own seldom ask for a key; OpenAI always does."""
        return self.openai

    @property
    def openai(self) -> bool:
        """Whether it is OpenAI's own server."""
        parts = urlsplit(self.base_url)
        known = _OPENAI_HOST.fullmatch(parts.hostname or "")
        return parts.scheme == "https" and bool(known)

    @property
    def embedding_model(self) -> str:
        """OpenAI has models for embeddings; other servers embed with what they have."""
        if self.embedder:
            return self.embedder
        return "text-embedding-3-small" if self.openai else self.model

    def without_key(self, text: str) -> str:
        """The text, if ever it quotes the key, without it."""
        return text.replace(self.key, "[key]") if self.key else text


def find_endpoint(llm: SpecLlm, environment: Mapping[str, str]) -> Endpoint:
    """The endpoint that the spec and the environment name.

    Whoever writes a spec could send its readers' keys to a server of their own: a key
    that is meant for OpenAI goes only there, to this machine, and where the environment
    itself says.
    """
    given = llm.base_url or environment.get("OPENAI_BASE_URL", "").strip()
    base_url = (given or OPENAI).rstrip("/")
    endpoint = Endpoint(base_url, llm.model, None, embedder=llm.embedding_model)
    found = ((name, environment.get(name, "").strip()) for name in KEYS)
    name, key = next(((name, key) for name, key in found if key), (None, None))
    meant = endpoint.openai or endpoint.local or llm.base_url is None
    if name == "OPENAI_API_KEY" and not meant:
        return replace(endpoint, withheld=name)
    return replace(endpoint, key=key, key_name=name)
