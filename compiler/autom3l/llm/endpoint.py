"""Where a model is asked, and with which key: the key comes from the environment."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from autom3l.spec import SpecLlm

OPENAI = "https://api.openai.com/v1"
KEYS = ("AUTOM3L_API_KEY", "OPENAI_API_KEY")
# Servers on this machine ask for none, but the header must hold something.
NO_KEY = "none"


@dataclass(frozen=True)
class Endpoint:
    """A server and the model asked there; the key is never printed."""

    base_url: str
    model: str
    key: str | None = field(repr=False)
    key_name: str | None = None

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
        return self.base_url == OPENAI

    @property
    def embedding_model(self) -> str:
        """OpenAI has models for embeddings; other servers embed with what they have."""
        return "text-embedding-3-small" if self.base_url == OPENAI else self.model

    def without_key(self, text: str) -> str:
        """The text, if ever it quotes the key, without it."""
        return text.replace(self.key, "[key]") if self.key else text


def find_endpoint(llm: SpecLlm, environment: Mapping[str, str]) -> Endpoint:
    """The endpoint that the spec and the environment name."""
    given = llm.base_url or environment.get("OPENAI_BASE_URL", "").strip()
    base_url = (given or OPENAI).rstrip("/")
    for name in KEYS:
        if key := environment.get(name, "").strip():
            return Endpoint(base_url, llm.model, key, name)
    return Endpoint(base_url, llm.model, None)
