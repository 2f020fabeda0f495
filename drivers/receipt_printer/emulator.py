"""An ESC/POS printer at the other end of the line: answers truthfully, prints on paper to look at, and fails on demand.

Behaves as the manuals say real ones do, in the unpleasant points too: real-time commands are obeyed wherever they stand; commands
wait in the buffer while the printer is offline; and with new paper it goes on with what it had left.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from drivers.emulation.faults import FaultBook
from drivers.emulation.host import Link
from drivers.receipt_printer.emulator_commands import RealTimeScanner, Token, next_token
from drivers.receipt_printer.emulator_engine import Action, Cut, PrintEngine
from drivers.receipt_printer.emulator_paper import PaperStrip, Slip
from drivers.receipt_printer.emulator_state import Model, State, automatic_packet, queued_answer, real_time_answer
from drivers.receipt_printer.emulator_voice import Fault, Voice
from drivers.receipt_printer.glyphs import Glyphs
from drivers.receipt_printer.types import DOTS_PER_MM, PAPERS, PaperWidth

_BUFFER_LIMIT = 1 << 20
_TICK_S = 0.02


class PrinterEmulator:
    """A ``Peer`` for ``TcpHost`` and ``PtyHost``. All methods may be called from any thread.

    With ``paper_dir``, each slip is written there as ``NNN.png`` and ``NNN.txt``, from 001; blank pieces of paper are not.
    """

    def __init__(
        self,
        width: PaperWidth = "80mm",
        *,
        paper_dir: Path | None = None,
        model: Model | None = None,
        font_paths: Sequence[Path] = (),
    ) -> None:
        """Raises ``FontMissing`` when there is no Chinese font for the paper."""
        self._lock = threading.RLock()
        self._model = model or Model()
        self.book = FaultBook()
        self.voice = Voice(self.book)
        self._state = State()
        self._paper = PaperStrip(PAPERS[width].width_dots, self._keep)
        self._paper_dir = paper_dir
        self._slips: list[Slip] = []
        self._engine = PrintEngine(
            self._paper.width_dots,
            Glyphs(font_paths),
            model=self._model,
        )
        self._scanner = RealTimeScanner()
        self._buffer = bytearray()
        self._actions: deque[Action] = deque()
        self._triggers: list[tuple[int, Callable[[], None]]] = []
        self._auto_status = 0
        self._last_packet = b""
        self._received_bytes = 0
        self._allowance: int | None = None
        self._pacer: threading.Thread | None = None
        self._pacer_stop = threading.Event()

    # The line

    def connected(self, link: Link) -> None:
        """A host is there."""
        with self._lock:
            self.voice.link = link
            self._scanner = RealTimeScanner()

    def received(self, data: bytes) -> None:
        """Bytes from the host: real-time commands are obeyed at once, then all is worked off in turn."""
        with self._lock:
            self._received_bytes += len(data)
            self._buffer += data[: max(0, _BUFFER_LIMIT - len(self._buffer))]
            for token in self._scanner.feed(data):
                self._obey_at_once(token)
            self._work()

    def disconnected(self) -> None:
        """The host has gone; what it sent stays in the buffer."""
        with self._lock:
            self.voice.link = None

    # What can be seen of it

    @property
    def slips(self) -> list[Slip]:
        """Pieces of paper with print on them, oldest first."""
        with self._lock:
            return list(self._slips)

    @property
    def blank_pieces(self) -> int:
        """Pieces cut off with nothing on them."""
        with self._lock:
            return self._paper.blank_pieces

    @property
    def received_bytes(self) -> int:
        """Bytes that have arrived since the beginning."""
        with self._lock:
            return self._received_bytes

    # Faults and what staff can do about them

    def set_paper_mm(self, remaining: float | None) -> None:
        """So much paper is left, in millimetres; printing stops exactly where it ends. ``None``: a roll without end."""
        self._change(lambda: setattr(self._paper, "left_dots", None if remaining is None else round(remaining * DOTS_PER_MM)))

    def load_paper(self, length_mm: float | None = None) -> None:
        """Take the old paper out and put a new roll in; the printer goes on with what it has in its buffers."""
        with self._lock:
            self._paper.tear()
            self.set_paper_mm(length_mm)

    def tear(self) -> None:
        """Tear off what hangs out of the printer, as far as the head."""
        with self._lock:
            self._paper.tear()

    def set_near_end(self, is_near: bool = True) -> None:
        """Near-end sensor; without it the last 500 mm count as near the end."""
        self._change(lambda: setattr(self._state, "near_end", is_near))

    def open_cover(self) -> None:
        """Printing stops where it is."""
        self._change(lambda: setattr(self._state, "cover_open", True))

    def close_cover(self) -> None:
        """Printing goes on."""
        self._change(lambda: setattr(self._state, "cover_open", False))

    def cutter_jam(self) -> None:
        """The blade sticks from now on: the next cut fails, and the error stays until the jam is cleared and DLE ENQ comes."""
        self._change(lambda: setattr(self._state, "cutter_stuck", True))

    def clear_cutter_jam(self) -> None:
        """Somebody has freed the blade; the printer still waits for DLE ENQ."""
        self._change(lambda: setattr(self._state, "cutter_stuck", False))

    def head_hot(self, is_hot: bool = True) -> None:
        """Printing pauses until the head has cooled down."""
        self._change(lambda: setattr(self._state, "head_hot", is_hot))

    def break_down(self) -> None:
        """An error from which only a power cycle could recover, and does not."""
        self._change(lambda: setattr(self._state, "unrecoverable", True))

    def mute(self, is_mute: bool = True) -> None:
        """Answer nothing; bytes received are still printed."""
        self.book.inject(Fault.MUTE, None if is_mute else 0)

    def hang(self, is_hung: bool = True) -> None:
        """Take everything, do nothing and say nothing, as firmware that has lost its way; then go on with what has come."""
        self.book.inject(Fault.AWOL, None if is_hung else 0)
        self._change(lambda: None)

    def go_offline(self, is_offline: bool = True) -> None:
        """The button on its front: nothing is printed until it is pressed again."""
        self._change(lambda: setattr(self._state, "offline", is_offline))

    def mend(self) -> None:
        """All in order again: nothing is due, of ``at_mm`` neither, cover closed, blade free, head cool, a roll without end."""
        with self._lock:
            self.book.clear()
            self._triggers.clear()
            self.voice.noise_probability, self.voice.prefix = 1.0, b""
            self.voice.slow(0.0)
            if self._paper.is_out:
                self._paper.tear()
            self._paper.left_dots = None
            self._state = State()
        self.pace(None)

    def unplug(self) -> None:
        """Cut the line; behind a ``TcpHost`` the host may connect again. Power and buffers stay."""
        link = self.voice.link
        if link is not None:
            link.hang_up()

    def power_cycle(self) -> None:
        """Off and on: buffers and modes are lost, the paper stays where it is."""
        with self._lock:
            self.book.inject(Fault.AWOL, 0)
            self._drop_buffers()
            self._engine.reset()
            self._auto_status = 0
            self._state.cutter_error = False
            self._work()

    def say(self, data: bytes) -> None:
        """Send bytes nobody asked for."""
        self.voice.say(data)

    def precede_answers(self, data: bytes) -> None:
        """Send ``data`` ahead of every answer from now on, as an automatic status that crosses a question would be."""
        self.voice.prefix = data

    def at_mm(self, paper_mm: float, happening: Callable[[], None]) -> None:
        """Call ``happening`` when the paper has moved so far from now, in the middle of whatever is printed there."""
        with self._lock:
            self._triggers.append((self._paper.moved_dots + round(paper_mm * DOTS_PER_MM), happening))
            self._triggers.sort(key=lambda trigger: trigger[0])

    def pace(self, bytes_per_second: int | None) -> None:
        """Work off at most so many bytes a second; ``None``: at once. Ends with ``close`` too."""
        self._pacer_stop.set()
        if self._pacer is not None and self._pacer is not threading.current_thread():
            self._pacer.join(timeout=5.0)
        with self._lock:
            self._pacer = None
            self._allowance = None if bytes_per_second is None else 0
            if bytes_per_second is not None:
                self._pacer_stop = threading.Event()
                self._pacer = threading.Thread(target=self._pace, args=(bytes_per_second, self._pacer_stop), name="printer pace")
                self._pacer.start()
            self._work()

    def close(self) -> None:
        """End the threads that ``pace`` and ``slow`` started; may be called twice."""
        self.voice.close()
        self._pacer_stop.set()
        if self._pacer is not None:
            self._pacer.join(timeout=5.0)

    def __enter__(self) -> PrinterEmulator:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # Inside

    def _change(self, change: Callable[[], None]) -> None:
        with self._lock:
            change()
            self._work()

    def _keep(self, slip: Slip) -> None:
        self._slips.append(slip)
        if self._paper_dir is not None:
            self._paper_dir.mkdir(parents=True, exist_ok=True)
            stem = self._paper_dir / f"{len(self._slips):03d}"
            slip.image.save(stem.with_suffix(".png"))
            stem.with_suffix(".txt").write_text(slip.text, encoding="utf-8")

    def _pace(self, bytes_per_second: int, stop: threading.Event) -> None:
        while not stop.wait(_TICK_S):
            with self._lock:
                if self._allowance is not None:
                    self._allowance = min(self._allowance + max(1, round(bytes_per_second * _TICK_S)), 1 << 16)
                    self._work()

    def _work(self) -> None:
        """Go on until offline, or until the buffer holds no whole command."""
        if self.book.is_on(Fault.AWOL):
            return
        self._report_change()
        while not (self._seen().is_offline or self.book.is_on(Fault.AWOL)):
            if self._actions:
                self._move()
            elif not self._execute_next():
                break
            self._report_change()

    def _execute_next(self) -> bool:
        found = next_token(bytes(self._buffer[:_BUFFER_LIMIT]), self._engine.chinese)
        if found is None or (self._allowance is not None and self._allowance < found[1]):
            return False
        token, length = found
        if self._allowance is not None:
            self._allowance -= length
        del self._buffer[:length]
        if token.name == b"\x1dr":
            if self._model.answers_queued_status:
                self.voice.answer(queued_answer(token.parameters[0], self._seen()))
        elif token.name == b"\x1da":
            self._auto_status, self._last_packet = token.parameters[0], b""
        else:
            self._actions.extend(self._engine.execute(token))
        return True

    def _move(self) -> None:
        action = self._actions.popleft()
        if isinstance(action, Cut):
            if self._state.cutter_stuck:
                self._state.cutter_error = True
            else:
                self._paper.cut()
            return
        due = self._triggers[0][0] - self._paper.moved_dots if self._triggers else None
        rest = self._paper.put(action, due)
        if rest is not None:
            self._actions.appendleft(rest)
        if due is not None and self._paper.moved_dots >= self._triggers[0][0]:
            self._triggers.pop(0)[1]()

    def _obey_at_once(self, token: Token) -> None:
        number = token.parameters[0]
        if self.book.is_on(Fault.AWOL):
            return
        if token.name == b"\x10\x04" and 1 <= number <= 4:
            self.voice.answer(real_time_answer(number, self._seen()))
        elif token.name == b"\x10\x05" and number in (1, 2):
            self._recover(drops_buffers=number == 2)
        elif token.name == b"\x10\x14" and self._model.clears_on_request:
            self._drop_buffers()
            self.voice.answer(b"\x37\x25\x00")

    def _recover(self, *, drops_buffers: bool) -> None:
        """DLE ENQ is obeyed only in a cutter error; a blade that still sticks brings the error back."""
        if not self._state.cutter_error:
            return
        if drops_buffers:
            self._drop_buffers()
        self._state.cutter_error = self._state.cutter_stuck

    def _drop_buffers(self) -> None:
        self._buffer.clear()
        self._actions.clear()
        self._engine.drop_line()

    def _seen(self) -> State:
        """The state, with what the paper sensors see."""
        paper = self._paper
        return replace(self._state, near_end=self._state.near_end or paper.is_near_end, paper_out=paper.is_out)

    def _report_change(self) -> None:
        """Automatic status: at once when it is switched on, then on every change."""
        if not self._auto_status:
            return
        packet = automatic_packet(self._seen())
        if packet != self._last_packet:
            self._last_packet = packet
            self.voice.say(packet)
