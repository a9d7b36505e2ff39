"""Settings and secrets: where they come from, what is wrong with them, and that nobody sees the secret ones."""

from __future__ import annotations

import hmac
import os
from base64 import b64encode
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from infra.cluster.broker import broker_of
from infra.load_settings import BadSettings, load_settings
from infra.secrets import derived, open_secrets, root_secret
from infra.settings import Settings

KEY = b64encode(bytes(range(32))).decode()
OTHER = b64encode(bytes(32)).decode()


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No settings of the machine's own: an empty environment, an empty folder with a space in its name."""
    for name in [name for name in os.environ if name.startswith("TRUNKLINE_")]:
        monkeypatch.delenv(name)
    home = tmp_path / "some one"
    home.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    return home


def faults(**environment: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(f"TRUNKLINE_{name}", value)
        with pytest.raises(BadSettings) as bad:
            load_settings()
    return str(bad.value)


def test_without_any_setting_everything_lies_in_the_data_folder_and_listens_on_loopback(clean: Path) -> None:
    settings = load_settings()
    assert settings.data == clean / "trunkline"
    assert settings.log_url == f"sqlite://{clean / 'trunkline' / 'log.sqlite'}".replace(" ", "%20")
    assert len({settings.log_url, settings.rows_location, settings.keyring_url, settings.accounts_location}) == 4
    assert (settings.http_host, settings.smtp_in_host) == ("127.0.0.1", "127.0.0.1")
    assert (settings.base_url, settings.own_domain) == ("http://127.0.0.1:8080", "localhost")
    assert settings.embedded


def test_the_environment_goes_before_the_file_and_the_file_before_the_folder_of_secrets(
    clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = clean / "secrets"
    secrets.mkdir()
    for name, value in {"http_port": "1", "smtp_in_port": "1", "smtp_out_port": "1"}.items():
        (secrets / f"trunkline_{name}").write_text(value)
    monkeypatch.setenv("TRUNKLINE_SECRETS_DIR", str(secrets))
    (clean / "trunkline.toml").write_text("http_port = 2\nsmtp_in_port = 2\n")
    monkeypatch.setenv("TRUNKLINE_HTTP_PORT", "3")
    settings = load_settings()
    assert (settings.http_port, settings.smtp_in_port, settings.smtp_out_port) == (3, 2, 1)


def test_another_file_can_be_named(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clean / "a.toml").write_text('[[imap]]\nhost = "h"\nusername = "u"\npassword = "p"\naddress = "a@b.c"\n')
    monkeypatch.setenv("TRUNKLINE_SETTINGS", "a.toml")
    (imap,) = load_settings().imap
    assert (imap.port, imap.tls, imap.password.get_secret_value()) == (993, "implicit", "p")


def test_a_secret_comes_from_the_file_that_a_variable_names(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clean / "key").write_text(KEY + "\n")
    monkeypatch.setenv("TRUNKLINE_MASTER_KEY_FILE", str(clean / "key"))
    assert open_secrets(load_settings()).master_key == bytes(range(32))


def test_the_password_of_the_database_comes_apart_from_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_DATABASE_URL", "postgresql://u@host:5433/db?sslmode=require")
    monkeypatch.setenv("TRUNKLINE_DATABASE_PASSWORD", "p/@:w%")
    settings = load_settings()
    said = {"host": "host", "port": "5433", "dbname": "db", "user": "u", "password": "p/@:w%", "sslmode": "require"}
    assert said.items() <= conninfo_to_dict(settings.log_url).items()
    assert settings.rows_location == settings.log_url
    assert settings.keyring_url.startswith("sqlite:"), "keys lie outside the log's database"
    assert not settings.embedded


WRONG = [
    ({"HTTP_PORT": "http"}, "TRUNKLINE_HTTP_PORT"),
    ({"HTTP_PORT": "65536"}, "less than or equal to 65535"),
    ({"HTTP_PRT": "1"}, "did you mean TRUNKLINE_HTTP_PORT?"),
    ({"SMTP_OUT_TLS": "yes"}, "'none', 'starttls' or 'implicit'"),
    ({"DATABASE_URL": "mysql://u:geheim@h/d"}, "must be sqlite:///path/to/file or postgresql://"),
    ({"MASTER_KEY": ""}, "set but empty"),
    ({"MASTER_KEY_FILE": "/nonexistent"}, "cannot be read: No such file"),
    ({"MASTER_KEY_FILE": "/dev/null"}, "set but empty"),
    ({"MASTER_KEY": "x", "MASTER_KEY_FILE": "/dev/null"}, "keep one of them"),
    ({"SECRETS_DIR": "/nonexistent"}, "is no folder"),
    ({"SETTINGS": "/nonexistent.toml"}, "cannot be read"),
    ({"PUBLIC_URL": "help.example.com"}, "https://help.example.com"),
    ({"IMAP": "geheim"}, "written as JSON"),
    ({"IMAP": '[{"host": "h", "passwort": "geheim"}]'}, "TRUNKLINE_IMAP[0].password"),
    ({"SMTP_OUT_USERNAME": "u"}, "smtp_out_password is needed too"),
    ({"SMTP_IN_CERTIFICATE": "a.pem"}, "go together"),
]


@pytest.mark.parametrize(("environment", "said"), WRONG, ids=[" ".join(w[0]) + " " + w[1][:20] for w in WRONG])
def test_what_is_wrong_is_said_in_the_name_that_was_written_and_without_the_secret(
    environment: dict[str, str], said: str
) -> None:
    message = faults(**environment)
    assert said in message
    assert "geheim" not in message


def test_a_faulty_settings_file_says_where(clean: Path) -> None:
    (clean / "trunkline.toml").write_text("http_port = \n")
    assert "line 1" in faults()
    (clean / "trunkline.toml").write_text("http_prt = 1\n")
    assert "did you mean 'http_port'?" in faults()


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert len(faults(HTTP_PORT="x", SMTP_OUT_TLS="y", PUBLIC_URL="z").splitlines()) == 3


def test_no_secret_is_ever_shown() -> None:
    secret = {"database_password": "geheim1", "master_key": "geheim2", "secret": "geheim3"}
    settings = Settings(database_url="postgresql://u:geheim4@h/d", **secret)  # type: ignore[arg-type]
    shown = f"{settings!r} {settings} {settings.model_dump(mode='json')}"
    assert "geheim" not in shown
    with pytest.raises(BadSettings) as bad:
        open_secrets(settings)
    assert "geheim" not in str(bad.value)
    opened = open_secrets(Settings(master_key=KEY))  # type: ignore[arg-type]
    assert repr(opened) == "Secrets(notice='')"


def test_an_embedded_centre_makes_a_master_key_that_only_its_owner_reads_and_says_so(clean: Path) -> None:
    first = open_secrets(load_settings())
    path = clean / "trunkline" / "master.key"
    assert str(path) in first.notice
    assert path.stat().st_mode & 0o777 == 0o600
    again = open_secrets(load_settings())
    assert (again.master_key, again.notice) == (first.master_key, "")
    assert list(path.parent.iterdir()) == [path]


def test_a_master_key_that_others_can_read_is_refused(clean: Path) -> None:
    open_secrets(load_settings())
    (clean / "trunkline" / "master.key").chmod(0o644)
    with pytest.raises(BadSettings, match="chmod 600"):
        open_secrets(load_settings())


def test_a_lost_master_key_is_not_replaced_where_there_are_customers_keys(clean: Path) -> None:
    open_secrets(load_settings())
    (clean / "trunkline" / "keys.sqlite").write_bytes(b"")
    (clean / "trunkline" / "master.key").unlink()
    with pytest.raises(BadSettings, match="restore it from your copy"):
        open_secrets(load_settings())


def test_with_postgresql_a_master_key_is_never_made(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_DATABASE_URL", "postgresql://u@h/d")
    with pytest.raises(BadSettings, match="every process needs the same one"):
        open_secrets(load_settings())
    assert not (clean / "trunkline").exists()


@pytest.mark.parametrize(("key", "said"), [("geheim!", "not base64"), ("c2hvcnQ=", "5 bytes, 32 are needed")])
def test_a_master_key_of_another_form_is_refused_with_how_to_make_one(key: str, said: str) -> None:
    with pytest.raises(BadSettings, match="openssl rand -base64 32") as bad:
        open_secrets(Settings(master_key=key))  # type: ignore[arg-type]
    assert said in str(bad.value)
    assert "geheim" not in str(bad.value)


def test_every_purpose_has_a_key_of_its_own_from_one_secret() -> None:
    one = open_secrets(Settings(master_key=KEY, secret=OTHER))  # type: ignore[arg-type]
    keys = {one.master_key, one.fingerprints, one.links, one.mail, one.sessions}
    assert len(keys) == 5
    other_master = open_secrets(Settings(master_key=OTHER, secret=OTHER))  # type: ignore[arg-type]
    assert other_master.fingerprints == one.fingerprints, "a new master key leaves fingerprints as they are"


def test_the_secret_derived_from_the_master_key_can_be_set_before_the_master_key_is_replaced() -> None:
    before = Settings(master_key=KEY)  # type: ignore[arg-type]
    kept = b64encode(root_secret(before, bytes(range(32)))).decode()
    after = Settings(master_key=OTHER, secret=kept)  # type: ignore[arg-type]
    assert open_secrets(after).links == open_secrets(before).links


def test_derivation_is_hkdf_sha256_and_stays_so_for_ever() -> None:
    """The value of RFC 5869's construction for this input, by an independent computation below."""
    secret, info = bytes(range(32)), b"trunkline links v1"
    prk = hmac.new(bytes(32), secret, "sha256").digest()
    assert derived(secret, "links") == hmac.new(prk, info + b"\x01", "sha256").digest()


def test_what_is_said_of_tls_holds_for_every_postgresql_address_without(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DATABASE_URL": "postgresql:///trunkline",
        "ROWS_URL": "postgresql://u@db/rows?sslmode=require",
        "DATABASE_TLS": "verify-full",
        "DATABASE_CA": "/etc/my ca.pem",
        "DATABASE_PASSWORD": "p/w",
    }.items():
        monkeypatch.setenv(f"TRUNKLINE_{name}", value)
    settings = load_settings()
    log, rows = conninfo_to_dict(settings.log_url), conninfo_to_dict(settings.rows_location)
    assert {"dbname": "trunkline", "sslmode": "verify-full", "sslrootcert": "/etc/my ca.pem"}.items() <= log.items()
    assert not {"host", "user", "password"} & log.keys()
    said = {"host": "db", "dbname": "rows", "user": "u", "password": "p/w"}
    assert (said | {"sslmode": "require", "sslrootcert": "/etc/my ca.pem"}).items() <= rows.items()


def test_what_a_connection_is_to_notice_is_said_for_both_its_ends_and_an_address_may_say_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRUNKLINE_DATABASE_URL", "postgresql://one,two/db")
    own = "tcp_user_timeout=3000&options=-c%20tcp_keepalives_idle%3D60%20-c%20work_mem%3D64MB"
    monkeypatch.setenv("TRUNKLINE_KEYS_URL", f"postgresql://host/keys?{own}")
    settings = load_settings()
    log, keys = conninfo_to_dict(settings.log_url), conninfo_to_dict(settings.keyring_url)
    assert log["host"] == "one,two"
    assert (log["keepalives_idle"], log["tcp_user_timeout"], log["connect_timeout"]) == ("5", "10000", "5")
    assert "tcp_keepalives_idle=5" in str(log["options"])
    assert (keys["keepalives_idle"], keys["tcp_user_timeout"]) == ("5", "3000")
    assert str(keys["options"]).endswith("-c tcp_keepalives_idle=60 -c work_mem=64MB"), "the last of two values holds"


def test_a_log_in_to_kafka_wants_a_name_and_a_password() -> None:
    assert "kafka_username and kafka_password are needed too" in faults(KAFKA_SASL="plain", KAFKA_USERNAME="t")
    assert "kafka_certificate and kafka_private_key go together" in faults(KAFKA_CERTIFICATE="c.pem")


def test_kafka_is_as_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    assert broker_of(load_settings()) is None
    secret = {"KAFKA_SASL": "scram-sha-512", "KAFKA_USERNAME": "t", "KAFKA_PASSWORD": "s3cret", "KAFKA_TLS": "true"}
    for name, value in {"KAFKA_SERVERS": "one:9092, two:9092", **secret}.items():
        monkeypatch.setenv(f"TRUNKLINE_{name}", value)
    broker = broker_of(load_settings())
    assert broker is not None
    assert broker.servers == ("one:9092", "two:9092")
    assert broker.options()["security_protocol"] == "SASL_SSL"
    assert broker.options()["sasl_mechanism"] == "SCRAM-SHA-512"
    assert "s3cret" not in repr(broker)
