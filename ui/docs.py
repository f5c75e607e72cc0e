"""The description of the HTTP interface at `/docs`, as one plain page that loads nothing from elsewhere."""

import html
import json
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse

_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1d2125}"
    "h2{margin:2.2rem 0 .2rem;font-size:1.1rem}code,pre{font:13px/1.5 ui-monospace,monospace}"
    "pre{background:#f4f2ee;padding:.8rem 1rem;border-radius:10px;overflow:auto}"
    ".verb{display:inline-block;min-width:3.4rem;color:#1f5a52;font-weight:700}"
    "@media(prefers-color-scheme:dark){body{background:#14171a;color:#eceae6}pre{background:#24292e}.verb{color:#7fc4b8}}"
)


def docs_router(app: FastAPI) -> APIRouter:
    """The page, made from the application's own OpenAPI description."""
    router = APIRouter()

    @router.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(_page(app.openapi()))

    return router


def _page(schema: dict[str, Any]) -> str:
    info = schema["info"]
    operations = "".join(
        _operation(path, verb, operation, schema)
        for path, operations in schema["paths"].items()
        for verb, operation in operations.items()
    )
    title = html.escape(info["title"])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head><body>'
        f"<h1>{title} {html.escape(info['version'])}</h1><p>{html.escape(info.get('description', ''))}</p>"
        '<p>Errors are problem documents (RFC 9457). For programs: <a href="/openapi.json">openapi.json</a>.</p>'
        f"{operations}</body></html>"
    )


def _operation(path: str, verb: str, operation: dict[str, Any], schema: dict[str, Any]) -> str:
    parameters = "".join(
        f"<li><code>{html.escape(parameter['name'])}</code> ({parameter['in']}) "
        f"{html.escape(parameter.get('description', ''))}</li>"
        for parameter in operation.get("parameters", ())
    )
    return (
        f'<h2><span class="verb">{verb.upper()}</span> <code>{html.escape(path)}</code></h2>'
        f"<p>{html.escape(operation.get('description') or operation.get('summary', ''))}</p>"
        f"<ul>{parameters}</ul>{_body(operation, schema)}"
    )


def _body(operation: dict[str, Any], schema: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if not content:
        return ""
    choices = content.get("anyOf", [content])
    name = next(choice["$ref"] for choice in choices if "$ref" in choice).rsplit("/", 1)[-1]
    shape = json.dumps(schema["components"]["schemas"][name]["properties"], indent=2, ensure_ascii=False)
    return f"<p>Body:</p><pre>{html.escape(shape)}</pre>"
