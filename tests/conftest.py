"""What every test stands on: no network but this machine's own, no settings of the person who runs it, a database."""

import gc
import os
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from uuid import uuid4

import filelock
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from bot.settings import Settings
from bot.staff import passwords
from knowledge.database import create_database_engine
from knowledge.weights import DEFAULT_MODELS, ModelStore
from scripts.server_process import server_process
from tests.migrated import write_migrated

MODELS_HOME = Path(os.environ.get("SHOPCLERK_HOME") or Path.home() / ".shopclerk")
"""Where models are kept between runs; read before the environment is cleaned."""

ALLOCATIONS_BETWEEN_COLLECTIONS = 100_000
"""At Python's 700, a sixth of the fast suite's time went into looking through what was imported and collected."""

CANNOT_RUN_HERE = ("needs a GPU", "needs data", "needs php", "needs node")
"""How a skip reason starts when the machine lacks what set-up cannot install."""


class NetworkBlocked(AssertionError):
    """A test reached beyond this machine."""


def _refuse_foreign(host: object) -> None:
    if not isinstance(host, str | bytes):
        return
    name = host.decode() if isinstance(host, bytes) else host
    if name in ("", "localhost", socket.gethostname()):
        return
    try:
        if ip_address(name.partition("%")[0]).is_loopback or name in ("0.0.0.0", "::"):
            return
    except ValueError:
        pass
    raise NetworkBlocked(f"A test tried to reach {name!r}; tests use this machine only.")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

        def checked_connect(self, address):
            if self.family in (socket.AF_INET, socket.AF_INET6):
                _refuse_foreign(address[0])
            return connect(self, address)

        def checked_connect_ex(self, address):
            if self.family in (socket.AF_INET, socket.AF_INET6):
                _refuse_foreign(address[0])
            return connect_ex(self, address)

        def checked_getaddrinfo(host, *args, **kwargs):
            if host is not None:
                _refuse_foreign(host)
            return getaddrinfo(host, *args, **kwargs)

        patch.setattr(socket.socket, "connect", checked_connect)
        patch.setattr(socket.socket, "connect_ex", checked_connect_ex)
        patch.setattr(socket, "getaddrinfo", checked_getaddrinfo)
        yield


@pytest.fixture(scope="session", autouse=True)
def _quiet_libraries() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
            patch.setenv(name, "1")
        for name in ("GRADIO_ANALYTICS_ENABLED", "ANONYMIZED_TELEMETRY", "LANGSMITH_TRACING"):
            patch.setenv(name, "False")
        patch.setenv("TOKENIZERS_PARALLELISM", "false")
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: hasher)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("SHOPCLERK_")]:
            patch.delenv(name)
        patch.setitem(Settings.model_config, "env_file", None)
        yield


@pytest.fixture(autouse=True)
def _home_of_its_own(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Most tests need no folder, and to make one takes longer than many of them.
    if "tmp_path" in request.fixturenames:
        home = request.getfixturevalue("tmp_path") / "home"
    else:
        home = tmp_path_factory.getbasetemp() / uuid4().hex
    monkeypatch.setenv("SHOPCLERK_HOME", str(home))


@pytest.fixture
def tmp_engine(tmp_path: Path) -> Iterator[Engine]:
    """An SQLite database with the whole schema, gone after the test."""
    write_migrated(tmp_path / "shopclerk.db")
    engine = create_database_engine(f"sqlite:///{tmp_path / 'shopclerk.db'}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def model_store() -> ModelStore:
    """The real models, fetched once and kept in the home folder of the person who runs the tests."""
    store = ModelStore(MODELS_HOME / "models")
    store.folder.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(store.folder / ".fetching.lock"):
        for name in DEFAULT_MODELS:
            if not store.installed(name):
                store.fetch(name)
    return store


@pytest.fixture
def home_with_models(tmp_path: Path, model_store: ModelStore) -> Path:
    """An empty HOME that shares the fetched models, for tests that start real commands."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    (home / "models").symlink_to(model_store.folder.resolve())
    return home


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory, model_store: ModelStore) -> Path:
    """A HOME as the first `scripts/serve` leaves it, the demo shop embedded by the real models: a minute, spent once.

    Only to be copied, with `shutil.copytree(demo_home, folder, symlinks=True)`.
    """
    home = tmp_path_factory.mktemp("demo_home")
    (home / "models").symlink_to(model_store.folder.resolve())
    with server_process(home, "--set-up"):
        return home


def pytest_configure() -> None:
    gc.set_threshold(ALLOCATIONS_BETWEEN_COLLECTIONS, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """In CI a test may only be left out for what set-up cannot install."""
    report = yield
    if (
        os.environ.get("CI")
        and report.skipped
        and not hasattr(report, "wasxfail")
        and isinstance(report.longrepr, tuple)
    ):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if not reason.startswith(CANNOT_RUN_HERE):
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped ({reason}), but CI runs everything."
    return report
