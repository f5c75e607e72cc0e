"""Settings: the only place that reads the environment and the `.env` file."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything that can be set; each has a default, and `SHOPCLERK_<NAME>` overrides it."""

    model_config = SettingsConfigDict(env_prefix="SHOPCLERK_", env_file=".env", extra="ignore")

    home: Path = Field(
        default=Path.home() / ".shopclerk", description="Folder that holds the database, the index and the models."
    )
    database_url: str = Field(default="", description="SQLAlchemy URL; empty: SQLite in HOME.")
    chroma_url: str = Field(default="", description="http(s)://host:port of a Chroma server; empty: files in HOME.")
    generator: str = Field(
        default="gemma-3-270m", description="Model name, Hugging Face id or folder; `none`: quote only."
    )
    adapter: str = Field(
        default="",
        description="Folder of tuned weights for the generator; empty: the adopted or shipped ones; `none`: none.",
    )
    engine: Literal["auto", "llama", "torch"] = Field(
        default="auto",
        description="What runs a generator on this machine; auto: llama.cpp for packaged models on a CPU, else torch.",
    )
    generator_url: str = Field(default="", description="Base URL of an OpenAI-compatible model server, ending in /v1.")
    generator_api_key: str = Field(default="", description="Key for that server, if it wants one.")
    embedder: str = Field(default="", description="Embedder name, Hugging Face id or folder; empty: the built-in one.")
    reranker: str = Field(default="", description="Folder of a trained reranker, or `cues`; empty: the shipped one.")
    device: str = Field(default="auto", description="auto, cpu, cuda or mps.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port to listen on; 0: any free one.")
    api_key: str = Field(
        default="", description="Key that opens `/v1/chat/completions` to other programs; empty: it is not there."
    )
    data: Path = Field(default=Path("../shared/data"), description="Folder of the public measuring sets.")
    agent_lease_seconds: float = Field(
        default=120,
        gt=0,
        description="After so long without a sign of an agent's browser, their conversations go back to the queue.",
    )
    alert_webhook: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="http(s) address that alerts are sent to as JSON; empty: nowhere.",
    )
    orders_url: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="http(s) address of a shop's own order server; empty: orders are kept in the database.",
    )
    orders_key: str = Field(default="", description="Key for that server, if it wants one.")
    shop: str = Field(default="demo", description="Shop that answers when none is named.")
    originals_days: int = Field(
        default=0,
        ge=0,
        le=365,
        description="Days that shoppers' words are kept as typed, encrypted, for staff to reveal; 0: masked only.",
    )
    oidc_issuer: str = Field(default="", description="OpenID Connect: issuer whose accounts staff sign in with.")
    oidc_client_id: str = Field(default="", description="OpenID Connect: this shop bot's id there.")
    oidc_client_secret: str = Field(default="", description="OpenID Connect: its secret there.")
    oidc_allowed: str = Field(
        default="",
        description="Who gets an account by that: `ann@shop.example=agent, @shop.example`; no role: viewer.",
    )

    @property
    def sqlalchemy_url(self) -> str:
        """The database to use."""
        return self.database_url or f"sqlite:///{self.home / 'shopclerk.db'}"
