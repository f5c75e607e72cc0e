"""Gradio, imported without what makes it slow: at each start it parses its 80 components twice to write type stubs."""

import inspect

_find_file = inspect.getfile


def _file_unless_gradios(of: object) -> str:
    # Gradio writes a component's stub beside the file of its class, and none where there is no file.
    if str(getattr(of, "__module__", "")).startswith("gradio."):
        raise OSError("no stub is wanted for this class")
    return _find_file(of)  # type: ignore[arg-type]  # whatever it was given


setattr(inspect, "getfile", _file_unless_gradios)  # noqa: B010 -- mypy takes no assignment to a function
try:
    import gradio as gr
finally:
    setattr(inspect, "getfile", _find_file)  # noqa: B010

__all__ = ["gr"]
