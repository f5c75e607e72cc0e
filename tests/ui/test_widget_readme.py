"""The three lines that a shop's server needs to sign, as documented, are taken."""

import base64
import hmac
import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from bot.identity import CustomerTokens, ShopSecrets

LINES = dict(re.findall(r"```(python|php|js)\n(.*?)```", Path("ui/widget/README.md").read_text(encoding="utf-8"), re.S))


@pytest.fixture
def shop_secrets(tmp_path: Path) -> ShopSecrets:
    return ShopSecrets(tmp_path)


def in_python(secret: str) -> str:
    known = {"base64": base64, "hmac": hmac, "json": json, "time": time, "secret": secret, "customer_id": "c-7"}
    exec(LINES["python"], known)
    return str(known["token"])


def in_node(secret: str) -> str:
    begin = f"const crypto = require('node:crypto'), secret = {secret!r}, customerId = 'c-7';"
    return said("node", "-e", f"{begin}{LINES['js']}process.stdout.write(token)")


def in_php(secret: str) -> str:
    return said("php", "-r", f"$secret = {secret!r}; $customer_id = 'c-7';{LINES['php']}echo $token;")


def said(*command: str) -> str:
    if shutil.which(command[0]) is None:
        pytest.skip(f"needs {command[0]}, which set-up does not install")
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("sign", [in_python, in_node, in_php])
def test_documented_lines_sign(sign, shop_secrets: ShopSecrets) -> None:
    assert LINES.keys() == {"python", "php", "js"}
    assert all(len(lines.strip().splitlines()) == 3 for lines in LINES.values())
    token = sign(shop_secrets.of("demo"))
    assert CustomerTokens(shop_secrets).read("demo", token).customer_id == "c-7"
