"""What every document printer promises: in memory, and the production driver on a real CUPS."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from drivers.document_printer.abstract import DocumentPrinter
from drivers.document_printer.driver import CupsPrinter
from drivers.document_printer.emulator import DocumentPrinterEmulator
from drivers.document_printer.simulator import SimulatedDocumentPrinter
from drivers.document_printer.types import MAX_DOCUMENT_BYTES, PrintResult
from drivers.status import DeviceState, SupplyState
from drivers.types import Deadline
from tests.helpers.documents import HASTY, document, needs_cups, wait_until

LATER = document(1, "the next person")


@dataclass
class Rig:
    """A printer and somebody standing beside it."""

    printer: DocumentPrinter
    device: SimulatedDocumentPrinter | DocumentPrinterEmulator

    @property
    def whole(self) -> list[bytes | None]:
        return [found.pdf for found in self.device.documents if found.is_whole]

    def warm_up(self) -> None:
        """One good document, after which the driver knows that this queue counts pages."""
        assert self.printer.print_document(document(1, "warm"), Deadline(20)).result is PrintResult.PRINTED


def simulated(_: ExitStack) -> Rig:
    printer = SimulatedDocumentPrinter(settle_s=HASTY.settle, ending_s=HASTY.ending)
    return Rig(printer, printer)


def emulated(stack: ExitStack) -> Rig:
    emulator = stack.enter_context(DocumentPrinterEmulator())
    printer = CupsPrinter(emulator.url, patience=HASTY)
    stack.callback(printer.close)
    return Rig(printer, emulator)


KINDS: dict[str, Callable[[ExitStack], Rig]] = {"simulator": simulated, "cups": emulated}


@pytest.fixture(params=["simulator", pytest.param("cups", marks=needs_cups)])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with ExitStack() as stack:
        yield KINDS[request.param](stack)


@pytest.fixture
def subject(rig: Rig) -> DocumentPrinter:
    return rig.printer


def test_a_healthy_printer_can_print(subject: DocumentPrinter) -> None:
    status = subject.status()
    assert (status.device.code, status.can_print, status.queued_jobs, status.reasons) == ("ok", True, 0, ())
    assert (status.paper, status.toner, status.is_remembered) == (SupplyState.FULL, SupplyState.FULL, False)


def test_a_document_comes_out_whole_and_its_pages_are_counted(rig: Rig, subject: DocumentPrinter) -> None:
    outcome = subject.print_document(document(3), Deadline(20), title="proof-of-residence")
    assert (outcome.result, outcome.status.device.code, outcome.pages, outcome.is_purged) == (PrintResult.PRINTED, "ok", 3, True)
    assert rig.whole == [document(3)]


def test_copies(rig: Rig, subject: DocumentPrinter) -> None:
    outcome = subject.print_document(document(2), Deadline(20), copies=3)
    assert (outcome.result, outcome.pages) == (PrintResult.PRINTED, 6)
    assert [found.printed for found in rig.device.documents] == [6]


def test_documents_come_out_one_by_one(rig: Rig, subject: DocumentPrinter) -> None:
    sent = [document(1, str(number)) for number in range(3)]
    for pdf in sent:
        assert subject.print_document(pdf, Deadline(10)).result is PrintResult.PRINTED
    assert rig.whole == sent


def test_low_toner_is_told_and_does_not_hinder(rig: Rig, subject: DocumentPrinter) -> None:
    rig.device.set_fault("toner_low")
    outcome = subject.print_document(document(), Deadline(10))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.PRINTED, "toner_low")
    assert (outcome.status.toner, outcome.status.can_print) == (SupplyState.LOW, True)


def test_a_reason_nobody_knows_is_shown(rig: Rig, subject: DocumentPrinter) -> None:
    rig.device.set_fault("odd_reason")
    outcome = subject.print_document(document(), Deadline(10))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.PRINTED, "unnamed_report")
    assert "flux-capacitor" in outcome.status.device.detail
    assert outcome.status.reasons == ("com.example.flux-capacitor-warning",)


@pytest.mark.parametrize(
    ("fault", "code", "state"),
    [
        ("paper_out", "paper_out", DeviceState.OFFLINE),
        ("paper_jam", "paper_jam", DeviceState.HARDWARE_ERROR),
        ("cover_open", "cover_open", DeviceState.OFFLINE),
        ("toner_out", "toner_out", DeviceState.OFFLINE),
        ("offline", "not_connected", DeviceState.OFFLINE),
    ],
)
def test_what_keeps_a_document_from_beginning(
    rig: Rig, subject: DocumentPrinter, fault: str, code: str, state: DeviceState
) -> None:
    rig.warm_up()
    rig.device.set_fault(fault)
    outcome = subject.print_document(document(2), Deadline(10))
    assert (outcome.result, outcome.pages, outcome.is_purged) == (PrintResult.NOT_PRINTED, 0, True)
    assert (outcome.status.device.code, outcome.status.device.state, outcome.status.can_print) == (code, state, False)
    rig.device.clear()
    assert subject.status().can_print
    assert subject.print_document(LATER, Deadline(10)).result is PrintResult.PRINTED
    assert rig.whole[1:] == [LATER]


@pytest.mark.parametrize("fault", ["paper_out", "paper_jam", "cover_open"])
def test_a_document_that_stops_in_the_middle_and_the_next_person_sees_nothing_of_it(
    rig: Rig, subject: DocumentPrinter, fault: str
) -> None:
    rig.device.set_fault(fault, after_pages=2)
    outcome = subject.print_document(document(4), Deadline(10))
    assert (outcome.result, outcome.status.device.code, outcome.pages) == (PrintResult.PARTLY_PRINTED, fault, 2)
    rig.device.clear()
    assert subject.print_document(LATER, Deadline(10)).result is PrintResult.PRINTED
    assert [(found.printed, found.pages, found.is_whole) for found in rig.device.documents] == [(2, 4, False), (1, 1, True)]
    assert rig.whole == [LATER]


def test_what_the_last_job_met_is_remembered_as_such_and_hinders_nobody(rig: Rig, subject: DocumentPrinter) -> None:
    rig.device.set_fault("paper_out", after_pages=1)
    subject.print_document(document(2), Deadline(10))
    status = subject.status()
    assert (status.device.code, status.is_remembered, status.paper) == ("was_paper_out", True, SupplyState.UNKNOWN)
    assert status.can_print


def test_a_hindrance_that_passes_in_time_is_waited_for(rig: Rig, subject: DocumentPrinter) -> None:
    rig.device.set_fault("paper_out", after_pages=1)
    timer = threading.Timer(0.25, rig.device.clear_fault, ["paper_out"])
    timer.start()
    outcome = subject.print_document(document(2), Deadline(20))
    timer.join()
    assert (outcome.result, outcome.pages) == (PrintResult.PRINTED, 2)


def test_a_printer_that_does_not_take_the_data(rig: Rig, subject: DocumentPrinter) -> None:
    rig.warm_up()
    rig.device.set_fault("fail", 1)
    outcome = subject.print_document(document(2), Deadline(10))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.NOT_PRINTED, "job_aborted")
    assert "does not take the data" in outcome.status.device.detail
    assert subject.print_document(LATER, Deadline(10)).result is PrintResult.PRINTED
    assert rig.whole[1:] == [LATER]


def test_a_queue_that_stops_in_a_job(rig: Rig, subject: DocumentPrinter) -> None:
    rig.warm_up()
    rig.device.set_fault("stop_in_job", 1)
    outcome = subject.print_document(document(2), Deadline(10))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.NOT_PRINTED, "paused")
    assert subject.status().device.code == "paused"
    rig.device.resume_queue()
    assert subject.print_document(LATER, Deadline(10)).result is PrintResult.PRINTED
    assert rig.whole[1:] == [LATER]


def test_a_paused_queue_takes_nothing(rig: Rig, subject: DocumentPrinter) -> None:
    rig.device.stop_queue()
    outcome = subject.print_document(document(), Deadline(10))
    assert (outcome.result, outcome.status.device.code, outcome.status.can_print) == (PrintResult.NOT_PRINTED, "paused", False)
    rig.device.resume_queue()
    assert subject.status().can_print
    assert rig.device.documents == []


def test_a_queue_that_rejects_jobs(rig: Rig, subject: DocumentPrinter) -> None:
    rig.device.reject_jobs()
    outcome = subject.print_document(document(), Deadline(10))
    assert (outcome.result, outcome.status.device.code) == (PrintResult.NOT_PRINTED, "rejecting")
    rig.device.reject_jobs(False)
    assert subject.status().can_print


def test_a_silent_cups_is_never_fine(rig: Rig, subject: DocumentPrinter) -> None:
    rig.device.freeze()
    assert (subject.status().device.code, subject.status().device.state) == ("no_answer", DeviceState.UNKNOWN)
    outcome = subject.print_document(document(), Deadline(10))
    assert (outcome.result, outcome.status.device.code, outcome.status.can_print) == (PrintResult.NOT_PRINTED, "no_answer", False)
    rig.device.clear()
    assert subject.status().can_print


def test_a_missing_cups_is_no_device(rig: Rig, subject: DocumentPrinter) -> None:
    rig.device.unplug()
    status = subject.status()
    assert (status.device.code, status.device.state) == ("disconnected", DeviceState.NO_DEVICE)
    assert subject.print_document(document(), Deadline(10)).result is PrintResult.NOT_PRINTED
    rig.device.plug()
    assert subject.print_document(LATER, Deadline(10)).result is PrintResult.PRINTED
    assert rig.whole == [LATER]


def test_a_cups_that_falls_silent_in_a_job_leaves_the_outcome_open(rig: Rig, subject: DocumentPrinter) -> None:
    rig.device.set_fault("hang")
    falling_silent = threading.Timer(0.5, rig.device.freeze)
    falling_silent.start()
    outcome = subject.print_document(document(2), Deadline(4))
    falling_silent.join()
    assert (outcome.result, outcome.status.device.code) == (PrintResult.UNKNOWN, "no_answer")
    rig.device.clear()
    assert subject.status().can_print
    assert subject.print_document(LATER, Deadline(10)).result is PrintResult.PRINTED
    assert rig.whole[-1] == LATER


def test_a_cups_that_dies_in_a_job_prints_nothing_twice(rig: Rig, subject: DocumentPrinter) -> None:
    rig.device.set_fault("hang", after_pages=1)
    dying = threading.Timer(1.2, rig.device.unplug, [0.3])  # CUPS tells the beginning of a job in whole seconds
    dying.start()
    outcome = subject.print_document(document(2), Deadline(20))
    dying.join()
    assert (outcome.result, outcome.status.device.code, outcome.pages) == (PrintResult.PARTLY_PRINTED, "job_begun_anew", 1)
    rig.device.clear()
    assert subject.print_document(LATER, Deadline(10)).result is PrintResult.PRINTED
    assert rig.whole == [LATER]


def test_a_deadline_that_is_over_prints_nothing(rig: Rig, subject: DocumentPrinter) -> None:
    deadline = Deadline(60)
    deadline.cancel()
    outcome = subject.print_document(document(), deadline)
    assert (outcome.result, outcome.status.device.code) == (PrintResult.NOT_PRINTED, "time_is_up")
    assert rig.device.documents == []
    assert subject.status().can_print


def test_a_job_that_is_given_up_ends(rig: Rig, subject: DocumentPrinter) -> None:
    deadline = Deadline(60)
    rig.device.set_fault("hang", after_pages=1)
    giving_up = threading.Timer(0.8, deadline.cancel)
    giving_up.start()
    outcome = subject.print_document(document(3), deadline)
    giving_up.join()
    assert (outcome.result, outcome.pages, outcome.status.device.code) == (PrintResult.PARTLY_PRINTED, 1, "time_is_up")
    rig.device.clear()
    assert subject.print_document(LATER, Deadline(20)).result is PrintResult.PRINTED
    assert rig.whole == [LATER]


def test_a_printer_that_stands_still_is_given_up_in_time(rig: Rig, subject: DocumentPrinter) -> None:
    rig.device.set_fault("hang")
    begun_s = time.monotonic()
    outcome = subject.print_document(document(), Deadline(2.0))
    assert time.monotonic() - begun_s < 2.5
    assert (outcome.result, outcome.status.device.code) == (PrintResult.UNKNOWN, "time_is_up")
    rig.device.clear()
    assert subject.status().queued_jobs == 0
    assert subject.print_document(LATER, Deadline(10)).result is PrintResult.PRINTED
    assert rig.whole == [LATER]


def test_the_hook_is_called_once_before_anything_leaves(rig: Rig, subject: DocumentPrinter) -> None:
    seen: list[int] = []
    outcome = subject.print_document(document(), Deadline(10), before_bytes=lambda: seen.append(len(rig.device.documents)))
    assert (outcome.result, seen) == (PrintResult.PRINTED, [0])


def test_a_hook_that_gives_up_leaves_nothing_printed(rig: Rig, subject: DocumentPrinter) -> None:
    deadline = Deadline(60)
    outcome = subject.print_document(document(), deadline, before_bytes=deadline.cancel)
    assert (outcome.result, outcome.status.device.code) == (PrintResult.NOT_PRINTED, "time_is_up")
    assert subject.status().queued_jobs == 0
    assert rig.device.documents == []


def test_a_hook_that_fails_leaves_nothing_printed(rig: Rig, subject: DocumentPrinter) -> None:
    def disk_full() -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        subject.print_document(document(), Deadline(10), before_bytes=disk_full)
    assert subject.status().queued_jobs == 0
    assert rig.device.documents == []


@pytest.mark.parametrize(
    ("pdf", "code"),
    [
        (b"", "document_not_pdf"),
        (b"<html>%PDF-1.4", "document_not_pdf"),
        (document()[:-200], "document_cut_off"),
        (document() + b"/Encrypt 7 0 R\n%%EOF", "document_encrypted"),
        (b"%PDF-1.4" + bytes(MAX_DOCUMENT_BYTES) + b"%%EOF", "document_too_large"),
    ],
    ids=["empty", "html", "cut", "encrypted", "large"],
)
def test_what_is_no_document_is_not_sent(rig: Rig, subject: DocumentPrinter, pdf: bytes, code: str) -> None:
    outcome = subject.print_document(pdf, Deadline(10), before_bytes=lambda: pytest.fail("was begun"))
    assert (outcome.result, outcome.status.device.state) == (PrintResult.NOT_PRINTED, DeviceState.USER_ERROR)
    assert outcome.status.device.code == code
    assert rig.device.documents == []


@pytest.mark.parametrize("wrong", [{"copies": 0}, {"copies": 11}, {"title": "张三的证明"}, {"title": "x" * 41}, {"title": ""}])
def test_a_callers_mistake_is_a_bug(subject: DocumentPrinter, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"copies|title"):
        subject.print_document(document(), Deadline(5), **wrong)  # type: ignore[arg-type]


def test_closing_twice_is_allowed_and_using_it_again_works(rig: Rig, subject: DocumentPrinter) -> None:
    subject.close()
    subject.close()
    assert subject.print_document(document(), Deadline(10)).result is PrintResult.PRINTED
    wait_until(lambda: len(rig.device.documents) == 1)
