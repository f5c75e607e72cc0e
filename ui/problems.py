"""Errors over HTTP as problem documents (RFC 9457), in the reader's language."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bot.errors import (
    Busy,
    Conflict,
    GeneratorError,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotPermitted,
    ShopclerkError,
    TooManyMessages,
)
from ui.texts import Texts, load_texts, preferred_language

log = logging.getLogger(__name__)

_STATUS_AND_CODE: dict[type[ShopclerkError], tuple[int, str]] = {
    InvalidInput: (422, "invalid_input"),
    NotFound: (404, "not_found"),
    NotAllowed: (401, "not_allowed"),
    NotPermitted: (403, "not_permitted"),
    Conflict: (409, "conflict"),
    TooManyMessages: (429, "too_many_messages"),
    Busy: (503, "busy"),
    GeneratorError: (503, "generator"),
}


def texts_for(request: Request) -> Texts:
    """The words in the language that the request prefers."""
    return load_texts(preferred_language(request.headers.get("accept-language")))


def problem_of(error: Exception, texts: Texts) -> dict[str, Any]:
    """The problem document for an error; unknown ones show nothing of their inside."""
    for kind, (status, code) in _STATUS_AND_CODE.items():
        if isinstance(error, kind):
            return _document(status, code, texts, detail=str(error))
    if isinstance(error, ShopclerkError):
        return _document(500, "internal", texts, detail=str(error))
    return _document(500, "internal", texts, detail=texts.say("problem.internal.detail"))


def problem_answer(request: Request, error: Exception) -> JSONResponse:
    """The whole answer to a request that failed before it reached a handler."""
    return _response(request, problem_of(error, texts_for(request)))


def answer_with_problems(app: FastAPI) -> None:
    """Make the app answer every error with a problem document."""
    app.add_exception_handler(ShopclerkError, _answer_ours)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_unknown)


def http_problem(request: Request, error: HTTPException) -> JSONResponse:
    """The answer to an error of the web framework."""
    if error.status_code == HTTPStatus.NOT_FOUND:
        return _response(
            request, problem_of(NotFound(f"There is nothing at {request.url.path!r}."), texts_for(request))
        )
    if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return _response(request, _document(413, "too_large", texts_for(request), detail=str(error.detail)))
    title = HTTPStatus(error.status_code).phrase
    document = {"type": "about:blank", "title": title, "status": error.status_code, "detail": str(error.detail)}
    return _response(request, document, dict(error.headers or {}))


def _document(status: int, code: str, texts: Texts, *, detail: str, **more: Any) -> dict[str, Any]:
    title = texts.say(f"problem.{code}.title")
    return {"type": f"urn:shopclerk:{code}", "title": title, "status": status, "detail": detail, **more}


def _response(request: Request, document: dict[str, Any], headers: dict[str, str] | None = None) -> JSONResponse:
    if request.url.path.startswith("/v1/"):  # clients made for OpenAI's interface read only this to their person
        document = document | {"error": {"message": document["detail"], "code": document["type"]}}
    return JSONResponse(document, document["status"], headers, media_type="application/problem+json")


async def _answer_ours(request: Request, error: Exception) -> JSONResponse:
    headers = {}
    if isinstance(error, NotAllowed):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyMessages):
        headers["Retry-After"] = str(round(error.retry_after_seconds))
    return _response(request, problem_of(error, texts_for(request)), headers)


async def _answer_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # FastAPI calls this handler with nothing else
    places = [{"field": ".".join(map(str, one["loc"])), "reason": str(one["msg"])} for one in error.errors()]
    detail = "; ".join(f"{place['field']}: {place['reason']}" for place in places)
    return _response(request, _document(422, "invalid_input", texts_for(request), detail=detail, errors=places))


async def _answer_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # Starlette calls this handler with nothing else
    return http_problem(request, error)


async def _answer_unknown(request: Request, error: Exception) -> JSONResponse:
    log.error("Unexpected error at %s", request.url.path, exc_info=error)
    return _response(request, problem_of(error, texts_for(request)))
