"""Wire: changes, views and effects as JSON and back, the same in the database, over HTTP and in a proposal."""

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


def to_json(value: object, kind: Any = None) -> Any:
    """The value as what `json.dumps` takes; amounts as texts, days as ISO 8601."""
    key: Any = type(value) if kind is None else kind  # mypy takes a class for unhashable
    return _adapter(key).dump_python(value, mode="json")


def from_json(kind: type[T], data: Any) -> T:
    """The value again.

    Raises:
        pydantic.ValidationError: it is not one.
    """
    key: Any = kind  # mypy takes a class for unhashable
    value: T = _adapter(key).validate_python(data)
    return value


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
