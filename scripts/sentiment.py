"""`shopclerk sentiment`: what texts feel, one text a line."""

import json as json_format
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import build
from bot.errors import InvalidInput
from bot.insight.sentiment import Feeling
from bot.settings import Settings
from knowledge.sources.decoding import decode
from scripts.console import JsonFlag, note, print_json, progress

STDIN = "-"
AT_ONCE = 128

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: echo 'The zipper broke again' | shopclerk sentiment -")
def sentiment(
    file: Annotated[
        str | None,
        typer.Argument(help="One text a line, or JSON lines with `text`; `-`: what is piped in.", show_default="-"),
    ] = None,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Score what shoppers and reviews of this bot said, where it waits.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Tell what each text feels, in order: negative, neutral or positive, and about which aspects."""
    settings = Settings()
    if recompute:
        _recompute(settings, json=json)
        return
    texts = _texts(file or STDIN)
    feelings: list[Feeling] = []
    with build(settings) as shopclerk:
        for start in range(0, len(texts), AT_ONCE):
            told = shopclerk.sentiment.classify(texts[start : start + AT_ONCE])
            feelings += told
            if not json:
                for feeling in told:
                    print(json_format.dumps(feeling.as_json(), ensure_ascii=False), flush=True)
    if json:
        print_json([feeling.as_json() for feeling in feelings])


def _recompute(settings: Settings, *, json: bool) -> None:
    """Score everything that waits; a server that runs meanwhile scores along, and nothing twice."""
    with build(settings) as shopclerk, progress("sentiment") as tell:
        scorer = shopclerk.scorer()
        waiting, scored = scorer.waiting(), 0
        while some := scorer.score_some():
            scored += some
            tell("scoring", min(scored, waiting), waiting)
        version = shopclerk.sentiment.version
    if json:
        print_json({"messages": waiting, "model_version": version})
    else:
        print(f"{waiting} messages were scored by model {version}; conversations and reviews are up to date.")


def _texts(name: str) -> list[str]:
    lines = _read(name).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()  # what ends the last line begins none
    if not any(line.strip() for line in lines):
        where = "What was piped in" if name == STDIN else f"The file {name!r}"
        raise InvalidInput(f"{where} holds no text; give one text a line.")
    as_json = next(line for line in lines if line.strip()).lstrip().startswith("{")
    return list(_json_texts(lines, name)) if as_json else lines


def _read(name: str) -> str:
    if name == STDIN:
        if sys.stdin.isatty():
            note("Type one text a line; Ctrl-D ends.")
        data = sys.stdin.buffer.read()
    else:
        try:
            data = Path(name).read_bytes()
        except OSError as error:
            raise InvalidInput(
                f"The file {name!r} cannot be opened ({error.strerror}); give the path of one."
            ) from error
    if b"\x00" in data[:1000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidInput(f"{name!r} is no text file; give one text a line, or JSON lines with `text`.")
    return decode(data).text


def _json_texts(lines: list[str], name: str) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            text = json_format.loads(line)["text"]
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput(
                f'{name}, line {number}: no JSON object with `text`; write {{"text": "…"}} on every line.'
            ) from error
        if not isinstance(text, str):
            raise InvalidInput(f"{name}, line {number}: `text` is {text!r}; expected words in quotes.")
        yield text
