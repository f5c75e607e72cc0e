"""A running server is found by its note; a note that nobody stands behind is ignored."""

import os
import stat
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from scripts.errors import ServerUnreachable
from scripts.running import NOTE, RunningServer, remove_note, running_server, write_note


class _Door(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.headers["Authorization"] == "Bearer right" else 401)
        self.end_headers()

    def log_message(self, *_args):
        pass


@pytest.fixture
def url():
    server = HTTPServer(("127.0.0.1", 0), _Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_note_of_a_running_server_is_found_and_is_private(tmp_path, url):
    server = RunningServer(os.getpid(), url, "right")
    write_note(tmp_path, server)
    assert running_server(tmp_path) == server
    assert stat.S_IMODE((tmp_path / NOTE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [NOTE]


def test_without_a_note_no_server_runs(tmp_path):
    assert running_server(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_a_damaged_note_is_no_note(tmp_path, text):
    (tmp_path / NOTE).write_text(text)
    assert running_server(tmp_path) is None


def test_the_note_of_a_dead_process_is_ignored(tmp_path, url):
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    write_note(tmp_path, RunningServer(done.pid, url, "right"))
    assert running_server(tmp_path) is None


def test_a_process_number_used_again_by_another_program_is_not_our_server(tmp_path, url):
    write_note(tmp_path, RunningServer(os.getpid(), url, "another's"))
    assert running_server(tmp_path) is None
    write_note(tmp_path, RunningServer(os.getpid(), "http://127.0.0.1:9", "right"))
    assert running_server(tmp_path) is None


def test_a_server_that_hangs_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("scripts.running.PING_TIMEOUT_SECONDS", 0.05)
    silent = HTTPServer(("127.0.0.1", 0), _Door)  # accepts and never answers
    write_note(tmp_path, RunningServer(os.getpid(), f"http://127.0.0.1:{silent.server_port}", "right"))
    with pytest.raises(ServerUnreachable, match="does not answer"):
        running_server(tmp_path)
    silent.server_close()


def test_a_server_takes_away_its_own_note_only(tmp_path, url):
    ours, other = RunningServer(1, url, "ours"), RunningServer(2, url, "other")
    write_note(tmp_path, other)
    remove_note(tmp_path, ours)
    assert (tmp_path / NOTE).exists()
    remove_note(tmp_path, other)
    assert not (tmp_path / NOTE).exists()
