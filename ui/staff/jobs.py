"""Jobs: long work that staff start in the page and watch, one process's; what they do is kept elsewhere."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from bot.errors import NotFound, ShopclerkError

KEPT_SECONDS = 3600.0

log = logging.getLogger(__name__)

Tell = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and of how much."""

Work = Callable[[Tell], dict[str, Any]]


@dataclass
class Job:
    """One piece of work as it is watched; `result` or `problem` is set at its end."""

    kind: str
    by: str
    id: str = field(default_factory=lambda: uuid4().hex)
    stage: str = ""
    done: int = 0
    total: int = 0
    result: dict[str, Any] | None = None
    problem: str = ""
    ended: float | None = None

    def as_json(self) -> dict[str, Any]:
        """As the page asks for it again and again."""
        state = "running" if self.ended is None else "failed" if self.problem else "done"
        return {
            "id": self.id,
            "kind": self.kind,
            "state": state,
            "stage": self.stage,
            "done": self.done,
            "total": self.total,
            "result": self.result,
            "problem": self.problem,
        }


class Jobs:
    """Runs each job in a thread of its own. Safe to call from several threads."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, kind: str, by: str, work: Work) -> Job:
        """Begin; it is watched by its id."""
        job = Job(kind, by)
        with self._lock:
            now = time.monotonic()
            fresh = {one.id: one for one in self._jobs.values() if one.ended is None or now - one.ended < KEPT_SECONDS}
            self._jobs = {**fresh, job.id: job}
        threading.Thread(target=_run, args=(job, work), name=f"job-{kind}", daemon=True).start()
        return job

    def get(self, job_id: str) -> Job:
        """The job with this id.

        Raises:
            NotFound: there is none, or the server was started again since.
        """
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None:
            raise NotFound("This work is no longer known; look whether it was done, and start it again if not.")
        return job


def _run(job: Job, work: Work) -> None:
    def tell(stage: str, done: int, total: int) -> None:
        job.stage, job.done, job.total = stage, done, total

    try:
        job.result = work(tell)
    except ShopclerkError as error:
        job.problem = str(error)
    except Exception:
        log.exception("The job %s of %s failed", job.kind, job.by)
        job.problem = "Something went wrong in the server; its log says what."
    finally:
        job.ended = time.monotonic()
