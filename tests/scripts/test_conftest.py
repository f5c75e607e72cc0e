"""The walls around every test hold."""

import os
import socket

import pytest

from bot.settings import Settings


def test_reaching_beyond_this_machine_fails():
    with pytest.raises(AssertionError, match="this machine only"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(AssertionError, match="this machine only"):
        socket.getaddrinfo("example.org", 80)


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()


def test_settings_of_the_person_are_not_seen(tmp_path):
    assert Settings().home == tmp_path / "home"
    assert {name for name in os.environ if name.startswith("SHOPCLERK_")} == {"SHOPCLERK_HOME"}
