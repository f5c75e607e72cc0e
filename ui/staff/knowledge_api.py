"""Endpoints of the tab Knowledge: what is published, its versions, uploads, and a look into the search."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path as FilePath
from typing import Annotated, Any

from anyio import from_thread
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from bot.bootstrap import Shopclerk
from bot.errors import NotFound
from bot.staff.accounts import StaffAccount
from bot.teaching.uploads import Uploads
from ui.staff.door import Door
from ui.staff.jobs import Jobs

UPLOADED_FILES = re.compile(r"/api/staff/knowledge/uploads/[0-9a-f]{32}/files/")
"""Where files come in, larger than other bodies; what reads them asks first who sends them, and counts."""

ENDING_DAYS = 45
PAGE = 50
SHOWN_CHANGES = 300
SHOWN_LEFT_OUT = 8
SHOWN_CANDIDATES = 30
_ID = Path(max_length=64)


class Try(BaseModel):
    """A search to look into."""

    question: str = Field(min_length=1, max_length=2000)
    shop: str | None = Field(default=None, max_length=100)
    language: str | None = Field(default=None, max_length=10)
    k: int = Field(default=10, ge=1, le=50)


class Rollback(BaseModel):
    """Which version is to answer."""

    shop: str | None = Field(default=None, max_length=100)
    to: int


class ForShop(BaseModel):
    """Whose knowledge is meant."""

    shop: str | None = Field(default=None, max_length=100)


def knowledge_router(shopclerk: Shopclerk, door: Door, jobs: Jobs) -> APIRouter:
    """What the shop's knowledge is and how it changes.

    Args:
        shopclerk: knows and publishes it.
        door: knows who is signed in.
        jobs: runs what takes long.
    """
    router = APIRouter(prefix="/api/staff/knowledge")
    versions, library = shopclerk.versions, shopclerk.library
    reader = Annotated[StaffAccount, Depends(door.staff())]
    admin = Annotated[StaffAccount, Depends(door.staff("admin"))]
    id_type = Annotated[str, _ID]

    def shop_of(shop: str | None) -> str:
        return shop or shopclerk.settings.shop

    def active_of(shop: str) -> int:
        active = versions.active(shop)
        if active is None:
            raise NotFound(f"Nothing is published for shop {shop!r} yet; upload its files.")
        return active

    @router.get("")
    def overview(_me: reader, shop: str | None = None) -> dict[str, Any]:
        name = shop_of(shop)
        active = versions.active(name)
        kept = [asdict(info) for info in versions.list(name)]
        runs = [{"finished_at": run.finished_at, **_told(run.report)} for run in library.runs(name)]
        if active is None:
            return {"shop": name, "active": None, "versions": kept, "files": [], "failures": [], "runs": runs}
        files = library.files(name, active)
        failures = [*(one for file in files for one in file.failures), *library.live_failures(name)]
        return {
            "shop": name,
            "active": active,
            "versions": kept,
            "files": [_file_json(file) for file in files],
            "failures": _failures([asdict(one) for one in failures], runs),
            "runs": runs,
        }

    @router.get("/documents")
    def documents(
        _me: reader,
        shop: str | None = None,
        file: str = "",
        q: Annotated[str, Query(max_length=200)] = "",
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> dict[str, Any]:
        name = shop_of(shop)
        found, total = library.documents(name, active_of(name), file=file, words=q, offset=offset, limit=PAGE)
        return {"documents": [asdict(one) for one in found], "total": total, "page": PAGE}

    @router.get("/documents/{document_id}")
    def document(document_id: id_type, _me: reader, shop: str | None = None) -> dict[str, Any]:
        found = library.document(shop_of(shop), document_id)
        if found is None:
            raise NotFound("This document is in no kept version any more.")
        return {**_document_json(found), "chunks": library.chunk_count(document_id)}

    @router.get("/changes")
    def changes(_me: reader, older: int, newer: int, shop: str | None = None) -> dict[str, Any]:
        found = library.changes(shop_of(shop), older, newer)
        return {
            "added": [asdict(one) for one in found.added[:SHOWN_CHANGES]],
            "removed": [asdict(one) for one in found.removed[:SHOWN_CHANGES]],
            "changed": [
                {"before": asdict(before), "after": asdict(after)} for before, after in found.changed[:SHOWN_CHANGES]
            ],
            "counts": {"added": len(found.added), "removed": len(found.removed), "changed": len(found.changed)},
        }

    @router.post("/rollback")
    def roll_back(wish: Rollback, me: admin) -> dict[str, Any]:
        name = shop_of(wish.shop)
        before = versions.active(name)
        info = versions.rollback(name, wish.to)
        shopclerk.searcher.refresh(name)
        shopclerk.audit.record(me.email, "knowledge.rollback", name, {"from": before, "to": info.number})
        return asdict(info)

    @router.get("/ending")
    def ending(_me: reader, shop: str | None = None) -> list[dict[str, Any]]:
        name = shop_of(shop)
        today = datetime.now(UTC).date()
        found = library.ending(name, active_of(name), until=today + timedelta(days=ENDING_DAYS))
        return [{**asdict(one), "over": one.valid_until is not None and one.valid_until < today} for one in found]

    @router.get("/duplicates")
    def duplicates(_me: reader, shop: str | None = None) -> list[dict[str, Any]]:
        name = shop_of(shop)
        return [asdict(one) for one in library.duplicates(name, active_of(name))]

    @router.post("/search")
    def search(wish: Try, _me: reader) -> dict[str, Any]:
        return _stages_json(shopclerk, wish, shop_of(wish.shop))

    @router.post("/reread", status_code=202)
    def reread(wish: ForShop, me: admin) -> dict[str, Any]:
        name = shop_of(wish.shop)

        def work(tell: Any) -> dict[str, Any]:
            report = shopclerk.reread(name, on_progress=lambda step: tell(step.stage, step.done, step.total))
            shopclerk.audit.record(me.email, "knowledge.reread", name, {"version": report.version})
            return _told(report.as_json())

        return jobs.start("reread", me.email, work).as_json()

    _add_uploads(router, shopclerk, admin, jobs, shop_of)
    return router


def _add_uploads(
    router: APIRouter, shopclerk: Shopclerk, admin: Any, jobs: Jobs, shop_of: Callable[[str | None], str]
) -> None:
    uploads = Uploads(shopclerk.settings.home / "uploads")
    id_type = Annotated[str, _ID]

    @router.post("/uploads", status_code=201)
    def begin(_me: admin) -> dict[str, str]:
        return {"id": uploads.begin(shopclerk.library.locations())}

    @router.put("/uploads/{upload_id}/files/{name:path}")
    async def add(request: Request, upload_id: id_type, name: str, me: admin) -> dict[str, Any]:
        pieces = _Pieces(request.stream())
        file = await run_in_threadpool(uploads.add, upload_id, name, pieces)
        shopclerk.audit.record(me.email, "knowledge.upload", file.name, {"upload": upload_id, "bytes": file.size})
        return asdict(file)

    @router.delete("/uploads/{upload_id}/files/{name:path}", status_code=204)
    def remove(upload_id: id_type, name: str, _me: admin) -> Response:
        uploads.remove(upload_id, name)
        return Response(status_code=204)

    @router.delete("/uploads/{upload_id}", status_code=204)
    def discard(upload_id: id_type, _me: admin) -> Response:
        uploads.discard(upload_id)
        return Response(status_code=204)

    def ingest(upload_id: str, shop: str, tell: Any, *, dry_run: bool) -> dict[str, Any]:
        folder = uploads.folder(upload_id)
        report = shopclerk.ingest(
            [folder],
            shop=shop,
            dry_run=dry_run,
            on_progress=lambda step: tell(step.stage, step.done, step.total),
        )
        return {**_told(report.as_json(), folder), "files": [asdict(file) for file in uploads.files(upload_id)]}

    @router.post("/uploads/{upload_id}/check", status_code=202)
    def check(upload_id: id_type, wish: ForShop, me: admin) -> dict[str, Any]:
        name = shop_of(wish.shop)
        return jobs.start("check", me.email, lambda tell: ingest(upload_id, name, tell, dry_run=True)).as_json()

    @router.post("/uploads/{upload_id}/publish", status_code=202)
    def publish(upload_id: id_type, wish: ForShop, me: admin) -> dict[str, Any]:
        name = shop_of(wish.shop)

        def work(tell: Any) -> dict[str, Any]:
            told = ingest(upload_id, name, tell, dry_run=False)
            details = {"upload": upload_id, "version": told["version"], **told["counts"]}
            shopclerk.audit.record(me.email, "knowledge.publish", name, details)
            return told

        return jobs.start("publish", me.email, work).as_json()


class _Pieces:
    """A request's body as it comes, for a thread that writes it to a file."""

    def __init__(self, stream: AsyncIterator[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        """Each piece, waiting for it."""
        while (piece := from_thread.run(self._next)) is not None:
            yield piece

    async def _next(self) -> bytes | None:
        return await anext(self._stream, None)


def _told(report: dict[str, Any], folder: FilePath | None = None) -> dict[str, Any]:
    """An ingest's report for the page: counts flat, files named as they came and not by where they lie."""
    documents = report["documents"]
    return {
        "version": report["version"],
        "published": report["published"],
        "counts": {name: documents[name] for name in ("added", "changed", "unchanged", "removed")},
        "orders": report["orders"],
        "customers": report["customers"],
        "chunks": report["chunks"],
        "embedded": report["embedded"],
        "seconds": report["seconds"],
        "failed": [_named(failure, folder) for failure in documents["failed"]],
        "duplicates": report["duplicates"],
    }


def _named(failure: dict[str, Any], folder: FilePath | None = None) -> dict[str, Any]:
    path = FilePath(failure["path"])
    if folder is not None and path.is_absolute() and path.is_relative_to(folder):
        return {**failure, "path": path.relative_to(folder).as_posix()}
    return {**failure, "path": path.name}


def _failures(stored: list[dict[str, Any]], runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What cannot be read in the files that are published, and what the last ingest could not read at all."""
    found = [_named(one) for one in stored]
    return [*found, *(one for run in runs[:1] for one in run["failed"] if one not in found)]


def _file_json(file: Any) -> dict[str, Any]:
    return {
        "source": file.source,
        "on_disk": bool(file.location),
        "documents": file.documents,
        "failures": [_named(asdict(one)) for one in file.failures],
    }


def _document_json(document: Any) -> dict[str, Any]:
    return {
        "id": document.id,
        "source": document.source,
        "title": document.title,
        "text": document.text,
        "language": document.language,
        "kind": document.kind,
        "url": document.url,
        "valid_from": document.valid_from,
        "valid_until": document.valid_until,
        "attributes": dict(document.attributes),
    }


def _stages_json(shopclerk: Shopclerk, wish: Try, shop: str) -> dict[str, Any]:
    stages = shopclerk.searcher.stages(wish.question, shop=shop, k=wish.k, language=wish.language)
    shown = {chunk_id: place for place, chunk_id in enumerate(stages.shown, start=1)}
    by_dense = _places(stages.passages, "dense")
    by_words = _places(stages.passages, "keyword")
    rows = [
        {
            **_passage_json(passage),
            "shown": shown.get(passage.chunk.id),
            "places": {
                "dense": by_dense[passage.chunk.id],
                "keyword": by_words[passage.chunk.id] if passage.scores["keyword"] > 0 else None,
                "fused": passage.rank,
                "rerank": place if "rerank" in passage.scores else None,
            },
        }
        for place, passage in enumerate(stages.passages, start=1)
    ]
    rows.sort(key=lambda row: (row["shown"] is None, row["shown"] or 0, row["places"]["rerank"] or 999))
    limits = {name: value for name, value in asdict(stages.filters).items() if value}
    return {
        "passages": rows[:SHOWN_CANDIDATES],
        "candidates": len(stages.passages),
        "limits": {name: str(value) for name, value in limits.items()},
        "left_out": [_passage_json(passage) for passage in stages.left_out[:SHOWN_LEFT_OUT]],
        "left_out_count": len(stages.left_out),
    }


def _places(passages: Any, stage: str) -> dict[str, int]:
    ordered = sorted(passages, key=lambda passage: -passage.scores[stage])
    return {passage.chunk.id: place for place, passage in enumerate(ordered, start=1)}


def _passage_json(passage: Any) -> dict[str, Any]:
    chunk = passage.chunk
    return {
        "chunk_id": chunk.id,
        "source": chunk.source,
        "title": chunk.title,
        "heading": chunk.heading,
        "text": chunk.text,
        "url": chunk.url,
        "language": chunk.language,
        "kind": chunk.kind,
        "valid_from": chunk.valid_from,
        "valid_until": chunk.valid_until,
        "score": round(passage.score, 4),
        "found_by": list(passage.found_by),
        "scores": {stage: round(score, 4) for stage, score in passage.scores.items()},
    }
