"""The reader thread against sources that end, vanish, hang, repeat and come back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from drivers.camera.driver import MOST_LEFT_BEHIND, OpenCvCamera
from drivers.camera.presence import AT_REST
from drivers.camera.reader import CameraTimes
from drivers.camera.source import OpenedSource
from drivers.camera.types import CameraCapabilities
from drivers.errors import Disconnected
from drivers.overwritten import overwritten_copy
from drivers.status import DeviceStatus
from drivers.types import Deadline, Image
from tests.helpers.vision import gradient

QUICK = CameraTimes(frozen_after_s=0.2, dark_after_s=0.2, first_retry_s=0.01, longest_retry_s=0.04)
NEVER = CameraTimes(
    frozen_after_s=600.0, dark_after_s=600.0, reopen_frozen_after_s=600.0, first_retry_s=0.01, longest_retry_s=0.04
)


class ScriptedSource:
    """Each opening plays the next script: pictures, then ``None`` for ever; no script left means it cannot be opened."""

    def __init__(self, *scripts: Callable[[], Iterator[Image]], is_recording: bool = False) -> None:
        self.scripts = list(scripts)
        self.is_recording = is_recording
        self.opened_at_s: list[float] = []
        self.is_open = False

    def presence(self) -> DeviceStatus:
        return AT_REST

    def open(self) -> OpenedSource:
        self.opened_at_s.append(time.monotonic())
        if not self.scripts:
            raise Disconnected("camera", "is not there")
        script = self.scripts.pop(0)()
        self.is_open = True
        owner = self

        class Opened:
            capabilities = CameraCapabilities(64, 48, 100.0)

            def read(self) -> Image | None:
                picture = next(script, None)
                return overwritten_copy(picture) if picture is not None else None

            def close(self) -> None:
                owner.is_open = False

        return Opened()


def _pictures(count: int) -> Callable[[], Iterator[Image]]:
    return lambda: iter([gradient(40 + number) for number in range(count)])


def _endless(brightest: int, *, changes: bool = True) -> Callable[[], Iterator[Image]]:
    def script() -> Iterator[Image]:
        noise = np.random.default_rng(1)
        still = noise.integers(0, brightest, (48, 64, 3), dtype=np.uint8)
        while True:
            yield noise.integers(0, brightest, (48, 64, 3), dtype=np.uint8) if changes else still
            time.sleep(0.005)

    return script


def _await(condition: Callable[[], bool]) -> None:
    deadline = Deadline(20)
    while not condition():
        assert not deadline.is_over, "did not happen"
        deadline.sleep(0.005)


@pytest.fixture
def start() -> Iterator[Callable[..., OpenCvCamera]]:
    cameras: list[OpenCvCamera] = []

    def make(source: ScriptedSource, times: CameraTimes = NEVER, *, is_looped: bool = False) -> OpenCvCamera:
        camera = OpenCvCamera("camera", source, is_looped=is_looped, times=times)
        cameras.append(camera)
        camera.start()
        return camera

    yield make
    for camera in cameras:
        camera.stop()


def test_a_camera_that_is_not_there_is_lost_and_tried_again(start: Callable[..., OpenCvCamera]) -> None:
    source = ScriptedSource()
    subject = start(source)
    _await(lambda: len(source.opened_at_s) >= 4)
    assert subject.status().code == "lost"
    assert "is not there" in subject.status().detail
    assert subject.newest() is None


def test_a_lost_camera_comes_back_by_itself_and_its_old_frame_is_gone(start: Callable[..., OpenCvCamera]) -> None:
    source = ScriptedSource(_pictures(3))
    subject = start(source)
    _await(lambda: subject.status().code == "lost")
    assert subject.newest() is None
    source.scripts.append(_endless(200))
    frame = subject.wait_newer(None, Deadline(20))
    assert frame is not None
    assert frame.sequence > 3
    _await(lambda: subject.status().code == "ok")


def test_the_retries_slow_down_to_their_cap(start: Callable[..., OpenCvCamera]) -> None:
    source = ScriptedSource()
    start(source, CameraTimes(first_retry_s=0.02, longest_retry_s=0.16))
    _await(lambda: len(source.opened_at_s) >= 6)
    gaps = np.diff(source.opened_at_s[:6])
    assert (gaps >= [0.019, 0.039, 0.079, 0.159, 0.159]).all()


def test_a_recording_at_its_end_has_ended_and_is_not_frozen(start: Callable[..., OpenCvCamera]) -> None:
    source = ScriptedSource(_pictures(3), is_recording=True)
    subject = start(source, QUICK)
    _await(lambda: subject.status().code == "ended")
    assert subject.newest() is None
    time.sleep(0.3)
    assert subject.status().code == "ended"
    assert len(source.opened_at_s) == 1
    assert not source.is_open


def test_a_looped_recording_begins_again(start: Callable[..., OpenCvCamera]) -> None:
    source = ScriptedSource(_pictures(3), _pictures(3), _endless(200), is_recording=True)
    subject = start(source, is_looped=True)
    _await(lambda: (frame := subject.newest()) is not None and frame.sequence > 8)
    assert subject.status().code == "ok"


def test_a_recording_is_played_at_its_own_speed(start: Callable[..., OpenCvCamera]) -> None:
    began_s = time.monotonic()
    subject = start(ScriptedSource(_pictures(30), is_recording=True))
    _await(lambda: subject.status().code == "ended")
    assert time.monotonic() - began_s >= 0.28


def test_identical_pictures_are_frozen_although_they_keep_coming(start: Callable[..., OpenCvCamera]) -> None:
    subject = start(ScriptedSource(_endless(200, changes=False)), QUICK)
    _await(lambda: subject.status().code == "frozen")
    assert not subject.status().is_online


def test_a_source_that_hangs_in_a_read_is_frozen(start: Callable[..., OpenCvCamera]) -> None:
    release = threading.Event()

    def script() -> Iterator[Image]:
        yield gradient(90)
        release.wait(30)

    subject = start(ScriptedSource(script), QUICK)
    try:
        _await(lambda: subject.status().code == "frozen")
    finally:
        release.set()


def test_a_covered_lens_is_black_and_not_frozen(start: Callable[..., OpenCvCamera]) -> None:
    subject = start(ScriptedSource(_endless(6)), CameraTimes(frozen_after_s=600.0, dark_after_s=0.2))
    _await(lambda: subject.status().code == "black")


def test_stopping_overwrites_the_frame_closes_the_source_and_may_be_repeated(start: Callable[..., OpenCvCamera]) -> None:
    source = ScriptedSource(_endless(200))
    subject = start(source)
    assert subject.wait_newer(None, Deadline(20)) is not None
    held = subject.newest()
    subject.stop()
    subject.stop()
    assert not source.is_open
    assert subject.newest() is None
    assert subject.status().code == "stopped"
    assert held is not None
    assert subject.wait_newer(None, Deadline(30)) is None


def test_stopping_while_waiting_for_a_retry_is_prompt(start: Callable[..., OpenCvCamera]) -> None:
    source = ScriptedSource()
    subject = start(source, CameraTimes(first_retry_s=300.0, longest_retry_s=300.0))
    _await(lambda: subject.status().code == "lost")
    began_s = time.monotonic()
    subject.stop()
    assert time.monotonic() - began_s < 60


def test_starting_twice_opens_once(start: Callable[..., OpenCvCamera]) -> None:
    source = ScriptedSource(_endless(200), _endless(200))
    subject = start(source)
    subject.start()
    assert subject.wait_newer(None, Deadline(20)) is not None
    assert len(source.opened_at_s) == 1


HASTY = CameraTimes(
    frozen_after_s=600.0,
    dark_after_s=600.0,
    reopen_frozen_after_s=600.0,
    first_retry_s=0.01,
    longest_retry_s=0.04,
    read_limit_s=0.2,
    open_limit_s=0.2,
    stop_limit_s=0.3,
)


class StuckSource(ScriptedSource):
    """Hangs in the calls it is told to until it is let go."""

    def __init__(self, *scripts: Callable[[], Iterator[Image]], stuck_opens: int = 0) -> None:
        super().__init__(*scripts)
        self.release = threading.Event()
        self.stuck_opens = stuck_opens
        self.closed = 0

    def hang(self) -> Iterator[Image]:
        yield gradient(90)
        self.release.wait(30)
        yield gradient(10)  # what comes out of a call that should have been forgotten

    def open(self) -> OpenedSource:
        if self.stuck_opens > 0:
            self.stuck_opens -= 1
            self.release.wait(30)
        opened = super().open()
        close = opened.close

        def counted() -> None:
            self.closed += 1
            close()

        opened.close = counted  # type: ignore[method-assign]
        return opened


@pytest.mark.expects_warnings
@pytest.mark.parametrize("call", ["read", "open"])
def test_a_stuck_reader_is_replaced_and_says_nothing_when_it_returns(start: Callable[..., OpenCvCamera], call: str) -> None:
    source = StuckSource(stuck_opens=1) if call == "open" else StuckSource()
    source.scripts = [_endless(200)] if call == "open" else [source.hang, _endless(200)]
    subject = start(source, HASTY)
    try:
        _await(lambda: subject.left_behind == 1)
        _await(lambda: (frame := subject.newest()) is not None and frame.sequence > 4)
        assert subject.status().code == "ok"
        before = subject.left_behind
    finally:
        source.release.set()
    assert before == 1
    source.scripts.append(_endless(200))
    _await(lambda: subject.left_behind == 0)
    shown = [subject.wait_newer(None, Deadline(20)) for _ in range(3)]
    assert all(frame is not None and frame.image.max() > 100 for frame in shown)
    assert subject.status().code == "ok"
    subject.stop()
    assert source.closed == len(source.opened_at_s)


@pytest.mark.expects_warnings
def test_while_everything_is_stuck_the_status_says_wedged_and_threads_are_capped(start: Callable[..., OpenCvCamera]) -> None:
    source = StuckSource(stuck_opens=99)
    earlier = set(threading.enumerate())
    subject = start(source, HASTY)
    try:
        _await(lambda: subject.left_behind == MOST_LEFT_BEHIND)
        _await(lambda: subject.status().code == "wedged")
        Deadline(0.8).sleep(0.8)
        assert subject.left_behind == MOST_LEFT_BEHIND
        its_own = [thread for thread in set(threading.enumerate()) - earlier if thread.name.startswith(f"camera {subject.url}")]
        assert len(its_own) == MOST_LEFT_BEHIND + 1  # and the keeper
        assert subject.presence().code == "wedged"
        source.scripts = [_endless(200)] * (MOST_LEFT_BEHIND + 2)
        source.stuck_opens = 0
    finally:
        source.release.set()
    _await(lambda: subject.status().code == "ok")
    assert subject.left_behind == 0


def test_stopping_a_stuck_camera_does_not_wait_for_it(start: Callable[..., OpenCvCamera]) -> None:
    source = StuckSource()
    source.scripts = [source.hang]
    subject = start(source, CameraTimes())
    try:
        assert subject.wait_newer(None, Deadline(20)) is not None
        began_s = time.monotonic()
        subject.stop()
        spent_s = time.monotonic() - began_s
        assert subject.status().code == "stopped"
        assert subject.newest() is None
        assert subject.left_behind == 1
    finally:
        source.release.set()
    assert spent_s <= 1.05
    _await(lambda: subject.left_behind == 0)
    assert source.closed == 1
    assert subject.newest() is None


def test_a_frozen_camera_is_opened_again_and_stays_frozen_until_its_picture_changes(start: Callable[..., OpenCvCamera]) -> None:
    still = _endless(200, changes=False)
    source = ScriptedSource(still, still, still, _endless(200))
    subject = start(source, CameraTimes(frozen_after_s=0.2, dark_after_s=600.0, reopen_frozen_after_s=0.4))
    _await(lambda: subject.status().code == "frozen")
    codes: list[tuple[int, str]] = []

    def look() -> bool:
        code = subject.status().code  # before the openings are counted: what it tells belongs to no later opening
        codes.append((len(source.opened_at_s), code))
        return codes[-1][0] == 4

    _await(look)
    assert {code for openings, code in codes if openings < 4} == {"frozen"}
    _await(lambda: subject.status().code == "ok")


def test_a_recording_that_stands_still_is_not_opened_again(start: Callable[..., OpenCvCamera]) -> None:
    source = ScriptedSource(_endless(200, changes=False), is_recording=True)
    subject = start(source, CameraTimes(frozen_after_s=0.1, reopen_frozen_after_s=0.2))
    _await(lambda: subject.status().code == "frozen")
    Deadline(0.6).sleep(0.6)
    assert len(source.opened_at_s) == 1


def test_an_even_colour_is_covered(start: Callable[..., OpenCvCamera]) -> None:
    def hand() -> Iterator[Image]:
        noise = np.random.default_rng(1)
        while True:
            yield noise.integers(48, 56, (48, 64, 3), dtype=np.uint8)
            time.sleep(0.005)

    subject = start(ScriptedSource(hand), CameraTimes(frozen_after_s=600.0, dark_after_s=0.2))
    _await(lambda: subject.status().code == "covered")


def test_presence_asks_the_source_only_at_rest(start: Callable[..., OpenCvCamera]) -> None:
    subject = start(ScriptedSource())
    _await(lambda: subject.presence().code == "lost")
    subject.stop()
    assert subject.presence() == AT_REST


def test_the_rate_told_is_the_one_measured(start: Callable[..., OpenCvCamera]) -> None:
    def steady() -> Iterator[Image]:
        noise = np.random.default_rng(1)
        while True:
            time.sleep(0.02)
            yield noise.integers(0, 200, (48, 64, 3), dtype=np.uint8)

    subject = start(ScriptedSource(steady))
    _await(lambda: (known := subject.capabilities()) is not None and 10 < known.frames_per_s < 60)
    assert "100.0" not in repr(subject.capabilities())


@pytest.mark.expects_warnings
@pytest.mark.parametrize("where", ["open", "read", "close"])
def test_a_bug_in_a_source_is_logged_by_its_type_and_ends_no_camera(
    where: str, start: Callable[..., OpenCvCamera], caplog: pytest.LogCaptureFixture
) -> None:
    bugs = [ZeroDivisionError("with a name in it"), ZeroDivisionError("again")]

    class Buggy(ScriptedSource):
        def open(self) -> OpenedSource:
            if where == "open" and bugs:
                raise bugs.pop()
            opened = super().open()
            if bugs:
                setattr(opened, where, lambda: (_ for _ in ()).throw(bugs.pop()))
            return opened

    subject = start(Buggy(_pictures(1), _pictures(1), _endless(200)), NEVER)
    _await(lambda: subject.status().code == "ok" and not bugs)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        "camera camera reader: ended with ZeroDivisionError"
    ]
