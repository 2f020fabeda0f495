"""The store of materials: whatever is sent in whatever order, a material is held whole or the digest error is told."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.materials import MAX_CHUNK_BYTES, MAX_SEALED_BYTES, MaterialState, material_digest
from fleet import material_files, material_register, materials
from fleet.database import Database
from fleet.errors import StorageUnavailable
from fleet.material_files import MaterialFiles
from fleet.materials import Chunk, MaterialStore, NotTaken, SweeperThread

DAY_MS = 86_400_000
CONTENT = bytes(range(250)) * 4


class Bench:
    """A store on a folder of its own; ``restart`` opens everything anew, as after a power cut."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now_ms = 1_795_000_000_000
        self.content = CONTENT
        folder.mkdir(exist_ok=True)
        self._open()
        with self.database.transaction() as connection:
            for kiosk_id in ("a", "b"):
                connection.execute(
                    "INSERT INTO kiosks VALUES (?, '330304', ?, 'n', 'v', 1, NULL, 1, NULL, NULL)", (kiosk_id, kiosk_id)
                )

    def _open(self) -> None:
        self.database = Database(self.folder / "platform.sqlite3")
        self.store = MaterialStore(self.folder, self.database, lambda: self.now_ms)

    def restart(self) -> None:
        self.database.close()
        self._open()

    def add(self, content: bytes, offset: int = 0, *, size: int | None = None, digest: str = "", kiosk: str = "a"):  # type: ignore[no-untyped-def]  # noqa: ANN201
        digest = digest or material_digest(self.content)
        return self.store.add(kiosk, Chunk(digest, offset, len(self.content) if size is None else size, content))

    def files(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "materials").rglob("*") if path.is_file())

    def name_in_a_case(self, digest: str) -> None:
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT INTO cases VALUES ('c','a','a','r','i',1,'d',1,1,'received','',1,NULL,'r',x'',x'',x'',x'',x'',0,1,x'')"
            )
            material_register.link(connection, "c", [digest])


@pytest.fixture
def subject(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path / "data")
    yield bench
    bench.database.close()


def _whole(bench: Bench) -> bool:
    digest = material_digest(bench.content)
    path = bench.folder / "materials" / digest[:2] / digest
    return path.is_file() and path.read_bytes() == bench.content


def test_a_material_goes_in_chunk_by_chunk(subject: Bench) -> None:
    digest = material_digest(CONTENT)
    assert subject.store.state(digest) == MaterialState(digest=digest, offset=0, complete=False, platform_time_ms=subject.now_ms)
    assert subject.add(CONTENT[:400]).offset == 400
    assert subject.files() == [digest + ".part"]
    subject.restart()
    state = subject.store.state(digest)
    assert (state.offset, state.complete) == (400, False)  # type: ignore[union-attr]
    done = subject.add(CONTENT[400:], 400)
    assert (done.offset, done.complete) == (1000, True)
    assert subject.files() == [digest]
    assert _whole(subject)
    assert subject.store.state(digest) == subject.add(b"", 0) == subject.add(CONTENT[:10]) == done


def test_files_are_read_by_nobody_else(subject: Bench) -> None:
    subject.add(CONTENT[:400])
    for path in [subject.folder / "materials", *(subject.folder / "materials").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_chunk_for_another_place_is_answered_with_what_is_held(subject: Bench) -> None:
    assert subject.add(CONTENT[500:], 500).offset == 0
    assert subject.add(CONTENT[:300]).offset == 300
    assert subject.add(CONTENT[:100]).offset == 300
    assert subject.add(b"\0" * 200, 100).offset == 300
    assert subject.add(CONTENT[200:700], 200).offset == 700
    assert subject.add(CONTENT).complete
    assert _whole(subject)


@pytest.mark.parametrize("cut", [0, 1, 999])
def test_wrong_bytes_are_dropped_and_told_and_the_next_try_begins_anew(subject: Bench, cut: int) -> None:
    wrong = bytearray(CONTENT)
    wrong[cut] ^= 1
    subject.add(bytes(wrong[:500]))
    outcome = subject.add(bytes(wrong[500:]), 500)
    assert isinstance(outcome, NotTaken)
    assert outcome.code == "wrong_digest"
    assert subject.files() == []
    assert subject.store.state(material_digest(CONTENT)).offset == 0  # type: ignore[union-attr]
    assert subject.add(CONTENT).complete
    assert _whole(subject)


@pytest.mark.parametrize(
    "chunk",
    [
        Chunk("../../etc/passwd", 0, 1, b"x"),
        Chunk("A" * 64, 0, 1, b"x"),
        Chunk("a" * 64, 0, 0, b""),
        Chunk("a" * 64, 0, MAX_SEALED_BYTES + 1, b"x"),
        Chunk("a" * 64, -1, 10, b"x"),
        Chunk("a" * 64, 11, 10, b""),
        Chunk("a" * 64, 9, 10, b"xx"),
        Chunk("a" * 64, 0, MAX_SEALED_BYTES, b"x" * (MAX_CHUNK_BYTES + 1)),
    ],
)
def test_a_chunk_out_of_bounds_is_refused(subject: Bench, chunk: Chunk) -> None:
    outcome = subject.store.add("a", chunk)
    assert isinstance(outcome, NotTaken)
    assert outcome.code == "bad_request"
    assert not (subject.folder / "materials").exists()


def test_the_size_of_a_material_may_not_change(subject: Bench) -> None:
    subject.add(CONTENT[:400])
    outcome = subject.add(CONTENT[400:], 400, size=1001)
    assert isinstance(outcome, NotTaken)
    assert outcome.code == "bad_request"
    assert subject.add(CONTENT[400:], 400).complete


def test_one_terminal_has_a_bounded_number_under_way(subject: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(materials, "MAX_UNFINISHED", 3)
    for number in range(3):
        assert isinstance(subject.add(b"x", digest=f"{number:064x}"), MaterialState)
    full = subject.add(CONTENT[:1])
    assert isinstance(full, NotTaken)
    assert full.code == "busy"
    assert subject.add(b"x", 1, digest=f"{0:064x}").offset == 2
    assert isinstance(subject.add(CONTENT[:1], kiosk="b"), MaterialState)


def test_one_terminal_has_a_bounded_number_of_bytes_under_way(subject: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(materials, "MAX_UNFINISHED_BYTES", 1500)
    assert isinstance(subject.add(b"x", digest="0" * 64), MaterialState)
    assert isinstance(subject.add(CONTENT[:1]), NotTaken)
    assert isinstance(subject.add(b"x", digest="1" * 64, size=500), MaterialState)


# Trouble


def test_a_full_disk_keeps_what_was_held_and_nothing_of_the_chunk(subject: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    subject.add(CONTENT[:300])
    write, written = os.write, []

    def short(handle: int, content: bytes) -> int:
        if written:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(write(handle, content[:50]))
        return written[0]

    with monkeypatch.context() as patch:
        patch.setattr(material_files.os, "write", short)
        with pytest.raises(StorageUnavailable, match="No space left"):
            subject.add(CONTENT[300:], 300)
    assert written == [50]
    assert subject.store.state(material_digest(CONTENT)).offset == 300  # type: ignore[union-attr]
    assert subject.add(CONTENT[300:], 300).complete
    assert _whole(subject)


def test_room_is_left_for_the_cases(subject: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(material_files, "RESERVE_BYTES", 1 << 62)
    with pytest.raises(StorageUnavailable, match="disk is full"):
        subject.add(CONTENT[:300])


def test_everything_is_on_disk_before_it_is_told(subject: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes before the name, the name before the register."""
    steps: list[str] = []
    fsync, replace, note = os.fsync, Path.replace, material_register.note

    def spy(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def told(*arguments: object, **words: object) -> object:
            outcome = real(*arguments, **words)
            is_folder = name == "fsync" and Path(f"/proc/self/fd/{arguments[0]}").resolve().is_dir()
            steps.append("fsync folder" if is_folder else name)
            return outcome

        return told

    subject.add(CONTENT[:400])
    monkeypatch.setattr(material_files.os, "fsync", spy("fsync", fsync))
    monkeypatch.setattr(material_files.Path, "replace", spy("replace", replace))
    monkeypatch.setattr(material_register, "note", spy("note", note))
    subject.add(CONTENT[400:700], 400)
    assert steps == ["fsync", "note"]
    steps.clear()
    subject.add(CONTENT[700:], 700)
    assert steps == ["fsync", "replace", "fsync folder", "note"]


_STAGES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "after the bytes": lambda patch: patch.setattr(MaterialFiles, "finish", _die),
    "before the register": lambda patch: patch.setattr(material_register, "note", _die),
    "before the renaming": lambda patch: patch.setattr(material_files.Path, "replace", _die),
}


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("stage", _STAGES)
@pytest.mark.parametrize("asks", [True, False])
def test_a_crash_at_the_end_is_made_up_for(subject: Bench, monkeypatch: pytest.MonkeyPatch, stage: str, asks: bool) -> None:
    subject.add(CONTENT[:400])
    with monkeypatch.context() as patch:
        _STAGES[stage](patch)
        with pytest.raises(KeyboardInterrupt):
            subject.add(CONTENT[400:], 400)
    subject.restart()
    again = subject.store.state(material_digest(CONTENT)) if asks else subject.add(CONTENT[400:], 400)
    assert again.complete  # type: ignore[union-attr]
    assert subject.files() == [material_digest(CONTENT)]
    assert _whole(subject)


def test_a_lost_file_is_not_believed_and_can_be_brought_again(subject: Bench) -> None:
    digest = material_digest(CONTENT)
    subject.add(CONTENT)
    subject.name_in_a_case(digest)
    (subject.folder / "materials" / digest[:2] / digest).unlink()
    with subject.database.reading() as connection:
        assert subject.store.complete_among(connection, [digest]) == frozenset()
    assert subject.store.state(digest).offset == 0  # type: ignore[union-attr]
    assert isinstance(subject.add(b"\0" * 1000), NotTaken)
    assert subject.add(CONTENT).complete
    with subject.database.reading() as connection:
        assert subject.store.complete_among(connection, [digest]) == {digest}


def test_two_lines_may_send_the_same_material_at_once(subject: Bench) -> None:
    outcomes: list[object] = []

    def send(kiosk: str, step: int) -> None:
        store = MaterialStore(subject.folder, subject.database, lambda: subject.now_ms)
        offset, complete = 0, False
        while not complete:
            content = CONTENT[offset : offset + step]
            state = store.add(kiosk, Chunk(material_digest(CONTENT), offset, len(CONTENT), content))
            outcomes.append(state)
            offset, complete = state.offset, state.complete  # type: ignore[union-attr]

    threads = [threading.Thread(target=send, args=args) for args in (("a", 37), ("b", 53), ("a", 41))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(isinstance(outcome, MaterialState) for outcome in outcomes)
    assert _whole(subject)


# Sweeping


def test_what_nobody_finishes_is_swept_after_seven_days(subject: Bench) -> None:
    subject.add(CONTENT[:400])
    subject.now_ms += 6 * DAY_MS
    subject.add(CONTENT[400:500], 400)
    subject.now_ms += 6 * DAY_MS
    assert subject.store.sweep() == 0
    subject.now_ms += DAY_MS + 1
    assert subject.store.sweep() == 1
    assert subject.files() == []
    assert subject.store.state(material_digest(CONTENT)).offset == 0  # type: ignore[union-attr]


def test_a_complete_one_is_kept_for_thirty_days_and_for_good_once_named(subject: Bench) -> None:
    other = CONTENT[::-1]
    subject.add(CONTENT)
    subject.add(other, digest=material_digest(other))
    subject.name_in_a_case(material_digest(CONTENT))
    subject.now_ms += 30 * DAY_MS
    assert subject.store.sweep() == 0
    subject.now_ms += 1
    assert subject.store.sweep() == 1
    assert subject.files() == [material_digest(CONTENT)]
    subject.now_ms += 4000 * DAY_MS
    assert subject.store.sweep() == 0
    assert _whole(subject)


def test_a_crash_within_the_sweep_leaves_nothing_half_believed(subject: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    subject.add(CONTENT)
    subject.now_ms += 31 * DAY_MS
    with monkeypatch.context() as patch:
        patch.setattr(MaterialFiles, "remove", _die)
        with pytest.raises(KeyboardInterrupt):
            subject.store.sweep()
    with subject.database.reading() as connection:
        assert subject.store.complete_among(connection, [material_digest(CONTENT)]) == frozenset()
    path = subject.folder / "materials" / material_digest(CONTENT)[:2] / material_digest(CONTENT)
    assert subject.store.sweep() == 0
    os.utime(path, (1, 1))
    assert subject.store.sweep() == 1
    assert subject.files() == []


def test_many_are_swept_in_one_go(subject: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(materials, "_SWEEP_BATCH", 2)
    for number in range(5):
        subject.add(b"x", digest=f"{number:064x}")
    subject.now_ms += 8 * DAY_MS
    assert subject.store.sweep() == 5


def test_the_background_thread_sweeps_and_ends(subject: Bench) -> None:
    subject.add(CONTENT[:1])
    subject.now_ms += 8 * DAY_MS
    thread = SweeperThread(subject.store)
    thread.start()
    thread.stop()
    assert subject.files() == []


# Anything, in any order

_ONE_STEP = st.one_of(
    st.tuples(st.just("at"), st.integers(0, 1000), st.integers(0, 1000)),
    st.tuples(st.just("next"), st.integers(1, 400), st.just(0)),
    st.tuples(st.just("wrong"), st.integers(0, 1000), st.integers(1, 300)),
    st.tuples(st.just("cut"), st.integers(1, 400), st.integers(0, 399)),
    st.tuples(st.just("restart"), st.just(0), st.just(0)),
)


@given(steps=st.lists(_ONE_STEP, max_size=25))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_a_material_is_whole_or_the_digest_error_is_told(
    subject: Bench, steps: list[tuple[str, int, int]]
) -> None:
    subject.content = os.urandom(1000)
    for kind, first, second in steps:
        if kind == "restart":
            subject.restart()
            continue
        held = _held(subject)
        for outcome in _outcomes(subject, kind, first, second, held):
            if isinstance(outcome, NotTaken):
                assert outcome.code == "wrong_digest"
                assert not [name for name in subject.files() if name.startswith(material_digest(subject.content))]
            else:
                assert outcome.offset >= held
                assert outcome.complete == (outcome.offset == 1000) == _whole(subject)
            held = _held(subject)
    _finish(subject)
    assert _whole(subject)


def _held(bench: Bench) -> int:
    state = bench.store.state(material_digest(bench.content))
    assert isinstance(state, MaterialState)
    return state.offset


def _outcomes(bench: Bench, kind: str, first: int, second: int, held: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
    content = bench.content
    if kind == "at":
        low, high = sorted((first, second))
        yield bench.add(content[low:high], low)
    elif kind == "next":
        yield bench.add(content[held : held + first], held)
    elif kind == "wrong":
        yield bench.add(b"\0" * min(second, 1000 - first), first)
    else:
        # The line was cut: only a part of the chunk arrived, and the sender tries the whole of it once more.
        yield bench.add(content[held : held + min(first, second)], held)
        yield bench.add(content[held : held + first], held)


def _finish(bench: Bench) -> None:
    """As a terminal does: go on from what is told, begin anew after a digest error."""
    for _ in range(2):
        state = bench.store.state(material_digest(bench.content))
        while isinstance(state, MaterialState) and not state.complete:
            state = bench.add(bench.content[state.offset : state.offset + 300], state.offset)
        if isinstance(state, MaterialState):
            return
        assert state.code == "wrong_digest"
