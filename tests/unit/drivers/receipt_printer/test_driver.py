"""What the driver does with its line, on a port that is played by hand."""

from __future__ import annotations

from drivers.errors import Disconnected
from drivers.receipt_printer.driver import EscPosPrinter
from drivers.receipt_printer.types import PrintResult, Text
from drivers.types import Deadline


class SilentPort:
    """Takes everything and says nothing; notes how long it was listened to beyond a deadline."""

    url, baudrate = "silent", 115_200

    def __init__(self, deadline: Deadline | None = None, *, is_gone: bool = False) -> None:
        self.is_open = True
        self.longest_beyond_s = 0.0
        self._deadline = deadline
        self._is_gone = is_gone

    def write(self, data: bytes) -> None:
        return

    def read(self, count: int, deadline: Deadline) -> bytes:
        return self.read_available(count, deadline.remaining_s)

    def read_available(self, limit: int, wait_s: float) -> bytes:
        if self._deadline is not None:
            self.longest_beyond_s = max(self.longest_beyond_s, wait_s - self._deadline.remaining_s)
        Deadline(wait_s).sleep(wait_s)
        return b""

    def flush_input(self) -> None:
        if self._is_gone:
            raise Disconnected(self.url, "has gone away")

    def close(self) -> None:
        self.is_open = False


def test_a_line_that_is_lost_while_it_is_opened_is_let_go_of() -> None:
    """A printer may be opened and not be read, once a second, for days."""
    ports: list[SilentPort] = []

    def open_port(_url: str, _baudrate: int, _deadline: Deadline | None = None) -> SilentPort:
        ports.append(SilentPort(is_gone=True))
        return ports[-1]

    subject = EscPosPrinter("silent", open_port=open_port)
    assert subject.status().device.code == "disconnected"
    assert subject.status().device.code == "disconnected"
    assert [port.is_open for port in ports] == [False, False]


def test_the_first_job_s_deadline_holds_while_the_line_is_opened_too() -> None:
    """Its beginning asks the printer to drop what an earlier run left, which silent printers do not confirm."""
    deadline = Deadline(1.0)
    port = SilentPort(deadline)

    def open_late(_url: str, _baudrate: int, _deadline: Deadline | None = None) -> SilentPort:
        deadline.sleep(max(0.0, deadline.remaining_s - 0.1))
        return port

    subject = EscPosPrinter("silent", open_port=open_late)
    assert subject.print_receipt([Text("慢")], deadline).result is PrintResult.NOT_PRINTED
    assert port.longest_beyond_s < 0.02
    subject.close()


def test_a_job_without_time_to_open_the_line_was_not_asked_and_says_nothing_of_the_printer() -> None:
    """It may well be there: "disconnected" would close the paper for everybody."""
    limits: list[Deadline | None] = []

    def unreachable(url: str, _baudrate: int, deadline: Deadline | None = None) -> SilentPort:
        limits.append(deadline)
        if deadline is not None:
            deadline.sleep(5.0)
        raise Disconnected(url, "timed out")

    subject = EscPosPrinter("far away", open_port=unreachable)
    outcome = subject.print_receipt([Text("快")], Deadline(0.05))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.NOT_PRINTED, "not_asked")
    assert subject.status().device.code == "disconnected"
    assert [limit is None for limit in limits] == [False, True]
