"""The real thing: a server started as a person starts it, and commands that go to it or do without."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from scripts.generated_catalogue import write_catalogue
from scripts.running import NOTE, running_server
from scripts.server_process import STOP_SECONDS, server_process

pytestmark = pytest.mark.full

ROOT = Path(__file__).parents[2]
LONG = "Tell me about the care of hiking boots and wool sweaters, and how long the warranty of each is"
READER = """
import json, sys, httpx
url, token, asked = sys.argv[1:]
headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
with httpx.stream("POST", url, json=json.loads(asked), headers=headers, timeout=120, trust_env=False) as response:
    for line in response.iter_lines():
        print(line, flush=True)
"""
"""A reader of its own process, that can be killed."""


def _shopclerk(home: Path, *words: str, **settings: str) -> list[str]:
    given = [f"SHOPCLERK_{name}={value}" for name, value in {"HOME": str(home), **settings}.items()]
    return ["env", *given, sys.executable, "-m", "scripts.cli", *words]


def _run(home: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(_shopclerk(home, *words, **settings), cwd=ROOT, capture_output=True, text=True, timeout=300)


def _document(done: subprocess.CompletedProcess[str]):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def home(tmp_path_factory, demo_home):
    return shutil.copytree(demo_home, tmp_path_factory.mktemp("whole") / "home", symlinks=True)


@pytest.fixture(scope="module")
def server(home):
    with server_process(home, "--set-up") as running:
        yield running


@pytest.fixture
def catalogue(tmp_path):
    write_catalogue(tmp_path / "products.csv", products=40)
    return tmp_path / "products.csv"


@pytest.fixture(scope="module")
def ingested(tmp_path_factory, model_store):
    """A HOME that knows a small catalogue, made by a command of its own."""
    folder = tmp_path_factory.mktemp("ingested")
    (folder / "home").mkdir()
    (folder / "home" / "models").symlink_to(model_store.folder.resolve())
    write_catalogue(folder / "products.csv", products=40)
    assert _document(_run(folder / "home", "ingest", str(folder / "products.csv"), "--json"))["version"] == 1
    return folder / "home"


@pytest.fixture
def small_home(tmp_path, ingested):
    return shutil.copytree(ingested, tmp_path / "home", symlinks=True)


def test_a_started_server_leaves_a_private_note_and_answers(home, server):
    assert stat.S_IMODE((home / NOTE).stat().st_mode) == 0o600
    found = running_server(home)
    assert found is not None
    assert found.pid == server.pid
    assert httpx.get(f"{server.url}/healthz", trust_env=False).status_code == 200
    doctor = _document(_run(home, "doctor", "--json"))
    assert any(one["part"] == "server" and "running" in one["what"] for one in doctor["findings"])


def test_search_and_ask_are_answered_by_the_running_server(home, server):
    done = _run(home, "search", "can I return worn shoes", "-k", "3", "--json")
    found = _document(done)
    assert "Handing over to the server" in done.stderr
    assert [one["rank"] for one in found] == [1, 2, 3]
    assert set(found[0]) == {"rank", "score", "document_id", "chunk_id", "source", "title", "text", "found_by"}

    reply = _document(_run(home, "ask", "How much is shipping to Canada?", "--json"))
    promised = {"text", "language", "outcome", "gear", "citations", "products", "conversation_id", "timings_ms"}
    assert promised <= set(reply)
    assert reply["outcome"] == "answered"
    assert reply["citations"]

    again = _document(_run(home, "ask", "谢谢", "--conversation", reply["conversation_id"], "--json"))
    assert again["conversation_id"] == reply["conversation_id"]
    assert again["language"] == "zh"


def test_ask_for_a_person_reads_like_an_answer(home, server):
    done = _run(home, "ask", "How much is shipping to Canada?")
    assert done.returncode == 0
    assert "[1]" in done.stdout
    assert "--conversation" in done.stderr


def test_what_goes_wrong_in_the_server_is_one_sentence_here(home, server):
    done = _run(home, "ask", "Hello", "--conversation", "no-such-conversation")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "no-such-conversation" in done.stderr


def test_ingest_while_shoppers_ask(home, server, catalogue):
    write_catalogue(catalogue, products=200)  # some seconds of work
    waits, stop = [], threading.Event()

    def shopper():
        with httpx.Client(base_url=server.url, timeout=60, trust_env=False) as client:
            note = json.loads((home / NOTE).read_text())
            asked = {"question": "shipping to Canada", "shop": "demo", "k": 3}
            while not stop.is_set():
                began = time.monotonic()
                answer = client.post(
                    "/internal/v1/search", json=asked, headers={"Authorization": f"Bearer {note['token']}"}
                )
                waits.append((answer.status_code, '"found"' in answer.text, time.monotonic() - began))
                time.sleep(0.05)

    thread = threading.Thread(target=shopper)
    thread.start()
    try:
        done = _run(home, "ingest", str(catalogue), "--shop", "other", "--json")
    finally:
        stop.set()
        thread.join()
    report = _document(done)
    assert "Handing over" in done.stderr
    assert report["documents"]["added"] == 200
    assert len(waits) >= 3
    assert all(status == 200 and found for status, found, _ in waits)
    found = _document(_run(home, "search", "sleeping bag for wet weather", "--shop", "other", "--json"))
    assert all(one["source"].startswith("products.csv#GEN-") for one in found)
    demo = _document(_run(home, "search", "sleeping bag for wet weather", "--json"))
    assert not any("GEN-" in one["source"] for one in demo)
    assert _document(_run(home, "ingest", str(catalogue), "--shop", "other", "--json"))["documents"]["unchanged"] == 200


def test_a_second_server_of_the_same_home_is_refused(home, server):
    done = _run(home, "serve", "--port", "0")
    assert done.returncode == 1
    assert f"already running at {server.url}" in done.stderr


def test_a_taken_port_is_one_sentence(tmp_path, server):
    port = server.url.rpartition(":")[2]
    done = _run(tmp_path, "serve", "--port", port)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"port {port}" in done.stderr


def test_after_the_server_is_gone_commands_do_the_work_themselves(small_home):
    quick = {"GENERATOR": "none"}
    process = subprocess.Popen(
        _shopclerk(small_home, "serve", "--port", "0", **quick), cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert "The shop bot answers at http://127.0.0.1:" in process.stdout.readline()
    os.kill(running_server(small_home).pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert (small_home / NOTE).exists()  # nobody could take it away
    done = _run(small_home, "search", "sleeping bag", "--json", **quick)
    assert _document(done)
    assert "Handing over" not in done.stderr


@pytest.mark.parametrize("door", ["internal", "public"])
def test_an_answer_whose_reader_was_killed_does_not_block_its_conversation(home, server, door):
    with httpx.Client(base_url=server.url, timeout=120, trust_env=False) as client:
        talk = client.post("/api/v1/conversations").json()
        token = {"internal": json.loads((home / NOTE).read_text())["token"], "public": talk["token"]}[door]
        path, asked = {
            "internal": ("/internal/v1/ask", {"text": LONG, "shop": "demo", "conversation_id": talk["id"]}),
            "public": (f"/api/v1/conversations/{talk['id']}/messages", {"text": LONG}),
        }[door]
        reader = subprocess.Popen(
            [sys.executable, "-c", READER, server.url + path, token, json.dumps(asked)], stdout=subprocess.PIPE
        )
        assert reader.stdout.readline()  # the answer has begun
        reader.kill()
        reader.communicate()
        thanks = client.post(
            f"/api/v1/conversations/{talk['id']}/messages",
            json={"text": "thanks"},
            headers={"Authorization": f"Bearer {talk['token']}"},
        )
    assert thanks.status_code == 200
    assert thanks.json()["outcome"] == "answered"


@pytest.mark.parametrize(("how", "generator"), [(signal.SIGINT, "none"), (signal.SIGTERM, "gemma-3-270m")])
def test_a_server_that_is_told_to_stop_says_so_and_leaves_nothing_behind(home_with_models, how, generator):
    process = subprocess.Popen(
        _shopclerk(home_with_models, "serve", "--port", "0", GENERATOR=generator),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.readline()  # the generator begins to load now
    process.send_signal(how)
    _, said = process.communicate(timeout=60)  # seconds here; a wait for the model would still be seen as a failure
    assert process.returncode == 0
    assert said.strip().endswith("Stopped.")
    assert "Traceback" not in said
    assert not (home_with_models / NOTE).exists()


def test_a_server_is_stopped_while_it_answers(small_home):
    with server_process(small_home) as server:
        token = json.loads((small_home / NOTE).read_text())["token"]
        asked = {"text": LONG, "shop": "demo"}
        reader = subprocess.Popen(
            [sys.executable, "-c", READER, f"{server.url}/internal/v1/ask", token, json.dumps(asked)],
            stdout=subprocess.PIPE,
        )
        assert reader.stdout.readline()
        began = time.monotonic()
    assert time.monotonic() - began < STOP_SECONDS  # by itself, not killed after that time
    reader.communicate(timeout=60)
    assert not (small_home / NOTE).exists()


def test_a_deleted_index_is_made_anew_by_the_next_start(small_home, monkeypatch):
    monkeypatch.setenv("SHOPCLERK_GENERATOR", "none")
    shutil.rmtree(small_home / "index")
    with server_process(small_home):
        found = _document(_run(small_home, "search", "sleeping bag for wet weather", "--json"))
    assert any("dense" in one["found_by"] for one in found)


def test_two_ingests_at_once_both_finish(tmp_path, model_store, catalogue):
    home = tmp_path / "own"
    home.mkdir()
    (home / "models").symlink_to(model_store.folder.resolve())
    both = [
        subprocess.Popen(
            _shopclerk(home, "ingest", str(catalogue), "--shop", shop, "--json"),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for shop in ("first", "second")
    ]
    told = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert [json.loads(out)["documents"]["added"] for out, _ in told] == [40, 40]


def test_rolling_back_under_a_running_server_is_seen_at_once(home, server, tmp_path):
    page = tmp_path / "gift-wrap.en.md"
    page.write_text("# Gift wrap\n\nGift wrapping costs $4 a parcel.\n")
    assert _document(_run(home, "ingest", str(page), "--shop", "wrap", "--json"))["version"] == 1
    page.write_text("# Gift wrap\n\nGift wrapping costs $6 a parcel.\n")
    assert _document(_run(home, "ingest", str(page), "--shop", "wrap", "--json"))["version"] == 2
    assert "$6" in _document(_run(home, "search", "gift wrapping cost", "--shop", "wrap", "--json"))[0]["text"]
    assert _document(_run(home, "rollback", "--shop", "wrap", "--json"))["number"] == 1
    assert "$4" in _document(_run(home, "search", "gift wrapping cost", "--shop", "wrap", "--json"))[0]["text"]
    kept = _document(_run(home, "versions", "--shop", "wrap", "--json"))
    assert [(one["number"], one["active"]) for one in kept] == [(2, False), (1, True)]
