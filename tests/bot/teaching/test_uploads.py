"""Uploads: only files that can be read come in, under names that lead nowhere else, and no more than fits."""

import io
import os
import time
import zipfile

import pytest

from bot.errors import InvalidInput, NotFound
from bot.teaching import uploads as module
from bot.teaching.uploads import Uploads, safe_name


@pytest.fixture
def uploads(tmp_path):
    return Uploads(tmp_path / "uploads")


@pytest.mark.parametrize(
    "name",
    [
        *("../faq.csv", "/etc/faq.csv", "a/../../faq.csv", "..\\faq.csv", ".hidden.csv", "a/.b/faq.csv", "faq\0.csv"),
        *("faq.exe", "faq.zip", "", "a" * 300 + ".csv", "faq.csv ", "con|.csv"),
    ],
)
def test_names_that_lead_elsewhere_or_cannot_be_read_are_refused(name):
    with pytest.raises(InvalidInput):
        safe_name(name)


@pytest.mark.parametrize("name", ["faq.csv", "policies/returns.en.md", "常见问题.csv", "shop.yaml", "logo.svg"])
def test_sound_names_stay_as_they_are(name):
    assert safe_name(name) == name


def test_an_old_format_is_told_what_to_save_it_as():
    with pytest.raises(InvalidInput, match=r"\.docx"):
        safe_name("guide.doc")


def test_a_file_that_is_too_large_leaves_nothing_behind(uploads, monkeypatch):
    monkeypatch.setattr(module, "FILE_BYTES", 10)
    upload = uploads.begin([])
    with pytest.raises(InvalidInput, match="too large"):
        uploads.add(upload, "faq.csv", [b"123456", b"7890123"])
    assert uploads.files(upload) == []
    assert list(uploads.folder(upload).iterdir()) == []


def test_a_zip_bomb_is_refused(uploads):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 20_000_000)
    upload = uploads.begin([])
    with pytest.raises(InvalidInput, match="unpacks"):
        uploads.add(upload, "guide.docx", [packed.getvalue()])
    assert uploads.files(upload) == []


def test_a_file_of_the_same_name_takes_the_others_place(uploads):
    upload = uploads.begin([])
    uploads.add(upload, "a/faq.csv", [b"one"])
    uploads.add(upload, "a/faq.csv", [b"other"])
    assert [(file.name, file.size) for file in uploads.files(upload)] == [("a/faq.csv", 5)]


def test_uploads_that_were_never_published_are_forgotten(uploads):
    old, kept, fresh = (uploads.begin([]) for _ in range(3))
    uploads.add(kept, "faq.csv", [b"x"])
    location = str(uploads.folder(kept) / "faq.csv")
    days_ago = time.time() - 2 * module.FORGOTTEN_SECONDS
    for upload in (old, kept):
        os.utime(uploads.folder(upload), (days_ago, days_ago))
    uploads.begin([location])
    with pytest.raises(NotFound):
        uploads.folder(old)
    assert uploads.folder(kept).is_dir()
    assert uploads.folder(fresh).is_dir()


@pytest.mark.parametrize("upload_id", ["..", "", "a" * 32])
def test_no_other_folder_is_opened(uploads, upload_id):
    with pytest.raises(NotFound):
        uploads.folder(upload_id)
