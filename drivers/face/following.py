"""Makes any engine quicker for one check: follows the face instead of searching for it, and puts off what nobody waits for.

Between two full searches the face is looked for only where it was a moment ago. That cannot lead to another face unnoticed:
what is found must overlap the place of before, every few pictures the whole picture is searched for others, and the session
compares the templates of all movements with the face that is matched (``session``). Templates are made between two pictures,
after the person was told what to do next, instead of before.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import numpy as np

from drivers.face.abstract import FaceTemplate, FrameSource, LiveFaceEngine
from drivers.face.types import Comparison, FaceBox, FaceMeasurement, NoUsableFace
from drivers.overwritten import overwritten_copy
from drivers.types import Deadline, Frame, Image

FULL_EVERY = 4
"""Pictures from one search of the whole picture to the next: a second face is noticed within so many."""
_KEPT_MARGIN = 0.6
"""Around a face, as a share of its width: what landmarks and embedding look at."""


@runtime_checkable
class NearEngine(Protocol):
    """An engine that can look in one place only."""

    def measure_near(self, image: Image, expected: FaceBox) -> FaceMeasurement | None:
        """The face that was at ``expected`` a moment ago, ``None`` when it is not there; other faces are not counted."""
        ...


@runtime_checkable
class PatientEngine(Protocol):
    """An engine that can judge a still picture first and make its template later."""

    def put_off(self, image: Image) -> Callable[[], FaceTemplate] | NoUsableFace:
        """What makes the template of ``image``, or why there will be none."""
        ...


class PutOffTemplate:
    """A template that will be made later, at the latest when it is compared."""

    def __init__(self, make: Callable[[], FaceTemplate], picture: Image | None = None) -> None:
        """``picture``, which ``make`` needs, belongs to this template, and is overwritten once it is made or forgotten."""
        self._make: Callable[[], FaceTemplate] | None = make
        self._picture = picture
        self._template: FaceTemplate | None = None

    @property
    def is_put_off(self) -> bool:
        """True while it waits to be made."""
        return self._make is not None

    def made(self) -> FaceTemplate:
        """The true template; raises ``ValueError`` when it was forgotten."""
        make, self._make = self._make, None
        if make is not None:
            try:
                self._template = make()
            finally:
                self._overwrite()
        if self._template is None:
            raise ValueError("a forgotten template cannot be compared")
        return self._template

    def forget(self) -> None:
        """Overwrite picture and numbers; may be called twice."""
        self._make = None
        self._overwrite()
        template, self._template = self._template, None
        if template is not None:
            template.forget()

    def _overwrite(self) -> None:
        picture, self._picture = self._picture, None
        if picture is not None:
            picture.fill(0)

    def __repr__(self) -> str:
        return "PutOffTemplate(…)"

    def __reduce__(self) -> str:
        raise TypeError("a face template is never serialised")


class FollowingEngine:
    """A ``LiveFaceEngine`` for one check of one person, used by one thread."""

    def __init__(self, engine: LiveFaceEngine) -> None:
        self._engine = engine
        self._near = engine if isinstance(engine, NearEngine) else None
        self._last: FaceMeasurement | None = None
        self._since_full = 0
        self._patient = engine if isinstance(engine, PatientEngine) else None
        self._reference: PutOffTemplate | None = None
        self._put_off: deque[PutOffTemplate] = deque()

    @property
    def name(self) -> str:
        """Of the engine behind."""
        return self._engine.name

    def measure(self, image: Image) -> FaceMeasurement | None:
        """The face followed, with the number of other faces of the last full search; else what a full search finds."""
        last, self._last = self._last, None
        if last is not None and self._near is not None and self._since_full < FULL_EVERY - 1:
            seen = self._near.measure_near(image, last.box)
            if seen is not None:
                self._since_full += 1
                self._last = dataclasses.replace(seen, other_faces=last.other_faces)
                return self._last
        return self.measure_fully(image)

    def measure_fully(self, image: Image) -> FaceMeasurement | None:
        """What a search of the whole picture finds."""
        self._since_full = 0
        self._last = self._engine.measure(image)
        return self._last

    def template(self, image: Image) -> FaceTemplate | NoUsableFace:
        """Of a still picture; whether it is usable is known at once."""
        if self._patient is None:
            return self._engine.template(image)
        make = self._patient.put_off(image)
        if isinstance(make, NoUsableFace):
            return make
        self._reference = PutOffTemplate(make)
        return self._reference

    def template_at(self, image: Image, box: FaceBox) -> PutOffTemplate:
        """Will be made of a copy of the face, by ``work`` or when it is compared."""
        margin = round((box.right - box.left) * _KEPT_MARGIN)
        left, top = max(0, box.left - margin), max(0, box.top - margin)
        kept = overwritten_copy(np.asarray(image[top : max(0, box.bottom + margin), left : max(0, box.right + margin)]))
        template = PutOffTemplate(lambda: self._engine.template_at(kept, box.moved(-left, -top)), kept)
        self._put_off.append(template)
        return template

    def compare(self, probe: FaceTemplate, reference: FaceTemplate) -> Comparison:
        """Makes what was put off, and compares."""
        return self._engine.compare(_made(probe), _made(reference))

    def work(self) -> None:
        """Make one template that was put off, if there is any.

        That of the reference comes with the first face seen: a person must be at rest for a moment then anyway.
        """
        if self._last is not None and self._reference is not None:
            self._put_off.appendleft(self._reference)
            self._reference = None
        while self._put_off:
            template = self._put_off.popleft()
            if template.is_put_off:
                template.made()
                return


class WorkBetween:
    """A camera whose user does some work before it waits for the next picture."""

    def __init__(self, camera: FrameSource, engine: FollowingEngine) -> None:
        self._camera = camera
        self._engine = engine

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        """As ``FrameSource.wait_newer``; the work counts into the wait."""
        self._engine.work()
        return self._camera.wait_newer(than, deadline)


def _made(template: FaceTemplate) -> FaceTemplate:
    return template.made() if isinstance(template, PutOffTemplate) else template
