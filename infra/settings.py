"""Settings: addresses, ports and secrets, from the environment, a file or a folder of secrets; never from the log.

`TRUNKLINE_HTTP_PORT=8080` in the environment goes before `http_port = 8080` in `trunkline.toml` (or the file that
`TRUNKLINE_SETTINGS` names), which goes before a file `trunkline_http_port` in the folder `TRUNKLINE_SECRETS_DIR`.
A secret may also be named by a file: `TRUNKLINE_MASTER_KEY_FILE=/run/secrets/master_key`.
"""

from __future__ import annotations

import os
import shlex
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, ClassVar, Literal
from urllib.parse import quote, urlsplit
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from infra.addresses import completed, noticing
from infra.named_settings import ImapMailbox, TwilioAccount, WebhookSecret
from infra.recordings.bucket import RecordingBucket

Port = Annotated[int, Field(ge=0, le=65_535, description="0: any free one")]
Tls = Literal["none", "starttls", "implicit"]
LOOPBACK = "127.0.0.1"
#: Addresses of stores may hold a password.
_STORES = ("database_url", "rows_url", "keys_url", "accounts_url")
_FORMS = "sqlite:///path/to/file or postgresql://user@host/database"


def data_folder() -> Path:
    """`$XDG_DATA_HOME/trunkline`, by default `~/.local/share/trunkline`."""
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "trunkline"


class Settings(BaseSettings):
    """All settings with their defaults, which suit one person on one machine. See `docs/configuration.md`."""

    model_config = SettingsConfigDict(
        env_prefix="TRUNKLINE_",
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        nested_model_default_partial_update=True,
    )
    #: Where `load_settings` reads from; class variables, since sources are made before the instance.
    toml: ClassVar[Path | None] = None

    data: Path = Field(default_factory=data_folder, description="folder of the embedded stores, keys and attachments")
    database_url: SecretStr | None = Field(default=None, description=f"the log: {_FORMS}; default log.sqlite in `data`")
    database_password: SecretStr | None = Field(
        default=None, description="put into every postgresql:// address without"
    )
    rows_url: SecretStr | None = Field(
        default=None, description="projections; default rows.sqlite, or the log's PostgreSQL"
    )
    keys_url: SecretStr | None = Field(
        default=None, description="customers' keys, apart from the log; default keys.sqlite"
    )
    accounts_url: SecretStr | None = Field(default=None, description="accounts and sessions; default accounts.sqlite")
    blobs: Path | None = Field(
        default=None, description="folder of raw mails and attachments; default `blobs` in `data`"
    )

    priorities: bool = Field(
        default=True,
        description="whether processes that nobody waits for (mail, delivery, projections, relay) let others of the "
        "machine go first where processor is short; by `nice`, which counts within a container or a session only",
    )

    database_tls: Literal["prefer", "require", "verify-ca", "verify-full"] | None = Field(
        default=None, description="of PostgreSQL, libpq's `sslmode`, for addresses without: verify-full on a network"
    )
    database_ca: Path | None = Field(default=None, description="PEM of who signs PostgreSQL's certificate")
    database_certificate: Path | None = Field(default=None, description="PEM, where PostgreSQL wants ours")
    database_private_key: Path | None = Field(default=None, description="PEM key of that certificate")

    kafka_servers: str = Field(
        default="", description="brokers that carry the log, host:port, several separated by commas; empty: none"
    )
    kafka_topic: str = Field(
        default="trunkline.events", pattern=r"^[A-Za-z0-9._-]{1,200}$", description="made where it is missing"
    )
    kafka_partitions: int = Field(default=16, ge=1, le=10_000, description="of a topic that we make")
    kafka_replication: int = Field(default=0, ge=0, le=100, description="copies of it; 0: as the cluster has it")
    kafka_session: float = Field(
        default=3.0, ge=1, le=300, description="seconds without a sign of life after which others take over"
    )
    kafka_tls: bool = Field(default=False, description="talk to the brokers by TLS")
    kafka_ca: Path | None = Field(default=None, description="PEM of who signs the brokers' certificates")
    kafka_certificate: Path | None = Field(default=None, description="PEM, where the brokers want ours")
    kafka_private_key: Path | None = Field(default=None, description="PEM key of that certificate")
    kafka_sasl: Literal["none", "plain", "scram-sha-256", "scram-sha-512"] = Field(
        default="none", description="none, plain, scram-sha-256 or scram-sha-512: how to log in"
    )
    kafka_username: str = Field(default="", description="of that log-in")
    kafka_password: SecretStr | None = Field(default=None, description="of that log-in")

    master_key: SecretStr | None = Field(default=None, description="base64 of 32 bytes; wraps the customers' keys")
    secret: SecretStr | None = Field(
        default=None, description="base64 of 32 bytes; default derived from the master key"
    )

    public_url: str = Field(default="", description="where customers reach the pages; default the HTTP address")
    time_zone: str = Field(default="UTC", description="zone of the times on the customers' pages, an IANA name")
    http_host: str = Field(default=LOOPBACK, description="0.0.0.0 lets other machines in")
    http_port: Port = Field(default=8080, description="of the API and the pages; 0: any free one")

    operations_host: str = Field(
        default=LOOPBACK, description="where each process tells how it is: `/livez`, `/readyz`, `/metrics`"
    )
    operations_port: Port = Field(default=0, description="of those; 0: any free one, told when the process starts")

    smtp_out_host: str = Field(default="localhost", description="the server that takes our mail")
    smtp_out_port: Port = Field(default=25, description="its port; 587 where one logs in")
    smtp_out_tls: Tls = Field(
        default="starttls", description="none, starttls or implicit; none belongs on a trusted network only"
    )
    smtp_out_username: str = Field(default="", description="where that server wants a log-in")
    smtp_out_password: SecretStr | None = Field(default=None, description="of that log-in")

    smtp_in_host: str = Field(default=LOOPBACK, description="where mail is taken; empty: nowhere")
    smtp_in_port: Port = Field(default=2525, description="where mail is taken; 0: any free one")
    smtp_in_certificate: Path | None = Field(default=None, description="PEM chain for STARTTLS")
    smtp_in_private_key: Path | None = Field(default=None, description="PEM key for STARTTLS")
    mail_domain: str = Field(
        default="", description="domain of our Message-IDs and bounces; default that of public_url"
    )
    attachment_scanner: str = Field(
        default="",
        max_length=1000,
        description="command that reads an attachment from its input; exit code 0: harmless, 1: infected; empty: none",
    )
    imap: tuple[ImapMailbox, ...] = Field(default=(), description="mailboxes to fetch from; JSON in the environment")

    twilio: dict[str, TwilioAccount] = Field(
        default={},
        description="accounts that carry calls and texts, by the name that numbers give; JSON in the environment",
    )

    webhooks: dict[str, WebhookSecret] = Field(
        default={}, description="secrets of the projects' webhooks, by project/webhook; JSON in the environment"
    )
    webhook_networks: tuple[str, ...] = Field(
        default=(), description="networks inside that webhooks may lead to, such as 10.1.0.0/16; JSON; default none"
    )

    recordings: RecordingBucket | None = Field(
        default=None, description="a bucket that keeps recordings; without it they lie in `blobs`"
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="debug, info, warning or error: what the process says of itself"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        files = (TomlConfigSettingsSource(settings_cls, cls.toml),) if cls.toml is not None else ()
        return (init_settings, env_settings, *files, file_secret_settings)

    @field_validator(*_STORES)
    @classmethod
    def _known_store(cls, value: SecretStr | None) -> SecretStr | None:
        url = "" if value is None else value.get_secret_value()
        if url and url != "memory:" and not url.startswith(("sqlite:", "postgresql:", "postgres:")):
            raise ValueError(f"must be {_FORMS}")
        return value or None

    @field_validator("master_key", "secret", "database_password", "smtp_out_password", "kafka_password")
    @classmethod
    def _said(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value():
            raise ValueError("is set but empty; set it or leave it out")
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("must be a name of the IANA time zone database, such as Europe/Warsaw")
        return value

    @field_validator("webhook_networks")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            ip_network(text)
        return value

    @field_validator("attachment_scanner")
    @classmethod
    def _a_command(cls, value: str) -> str:
        try:
            shlex.split(value)
        except ValueError as fault:
            raise ValueError(f"is no command: {fault}") from fault
        return value

    @field_validator("public_url")
    @classmethod
    def _http(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("must be an address such as https://help.example.com")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _pairs(self) -> Settings:
        if (self.smtp_in_certificate is None) != (self.smtp_in_private_key is None):
            raise ValueError("smtp_in_certificate and smtp_in_private_key go together: give both or neither")
        if self.smtp_out_username and self.smtp_out_password is None:
            raise ValueError("smtp_out_username is set: smtp_out_password is needed too")
        for store in ("database", "kafka"):
            if (getattr(self, f"{store}_certificate") is None) != (getattr(self, f"{store}_private_key") is None):
                raise ValueError(f"{store}_certificate and {store}_private_key go together: give both or neither")
        if self.kafka_sasl != "none" and (not self.kafka_username or self.kafka_password is None):
            raise ValueError(f"kafka_sasl is {self.kafka_sasl}: kafka_username and kafka_password are needed too")
        return self

    @property
    def embedded(self) -> bool:
        """Whether the log is a file (or in memory) rather than a database server."""
        return not self.log_url.startswith(("postgresql:", "postgres:"))

    @property
    def log_url(self) -> str:
        return self._store(self.database_url, "log.sqlite")

    @property
    def rows_location(self) -> str:
        return self._store(self.rows_url, "rows.sqlite") if self.rows_url or self.embedded else self.log_url

    @property
    def keyring_url(self) -> str:
        """Beside the log where it is embedded; never in the log's database unless somebody says so."""
        return self._store(self.keys_url, "keys.sqlite")

    @property
    def accounts_location(self) -> str:
        return self._store(self.accounts_url, "accounts.sqlite")

    @property
    def blobs_folder(self) -> Path:
        return self.blobs or self.data / "blobs"

    @property
    def base_url(self) -> str:
        """Where customers reach the pages, without a slash at its end."""
        host = LOOPBACK if self.http_host in ("0.0.0.0", "::", "") else self.http_host
        return self.public_url or f"http://{host}:{self.http_port}"

    @property
    def own_domain(self) -> str:
        """The domain of our Message-IDs and bounce addresses."""
        host = urlsplit(self.base_url).hostname or ""
        return self.mail_domain or (host if any(c.isalpha() for c in host) and ":" not in host else "localhost")

    def _store(self, url: SecretStr | None, file: str) -> str:
        if url is None:
            return "sqlite://" + quote(str(self.data.absolute() / file))
        given = url.get_secret_value()
        if not given.startswith(("postgresql:", "postgres:")):
            return given
        password = self.database_password
        tls = {
            "sslmode": self.database_tls,
            "sslrootcert": self.database_ca,
            "sslcert": self.database_certificate,
            "sslkey": self.database_private_key,
        }
        return noticing(completed(given, None if password is None else password.get_secret_value(), tls))
