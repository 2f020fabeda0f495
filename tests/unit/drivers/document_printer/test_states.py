"""What CUPS says, in the words of all devices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.document_printer.attributes import Attributes
from drivers.document_printer.errors import CupsMissing, PurgeRefused, Refused
from drivers.document_printer.states import MEANINGS, keyword_of, status_of, status_of_failure
from drivers.errors import BadFrame, DeviceError, Disconnected, NoResponse
from drivers.status import DeviceState, SupplyState

IDLE, PROCESSING, STOPPED = 3, 4, 5
_SUFFIXES = ("", "-error", "-warning", "-report")


def printer(state: int, *reasons: str, accepting: bool = True, message: str = "") -> Attributes:
    return {
        "printer-state": (state,),
        "printer-state-reasons": reasons or ("none",),
        "printer-state-message": (message,),
        "printer-is-accepting-jobs": (accepting,),
        "queued-job-count": (2,),
    }


@pytest.mark.parametrize(
    ("reasons", "code", "state"),
    [
        ((), "ok", DeviceState.ONLINE),
        (("media-empty-error",), "paper_out", DeviceState.OFFLINE),
        (("media-needed",), "paper_out", DeviceState.OFFLINE),
        (("media-jam-warning",), "paper_jam", DeviceState.HARDWARE_ERROR),
        (("door-open-report",), "cover_open", DeviceState.OFFLINE),
        (("cover-open",), "cover_open", DeviceState.OFFLINE),
        (("toner-empty-error",), "toner_out", DeviceState.OFFLINE),
        (("marker-supply-empty-warning",), "toner_out", DeviceState.OFFLINE),
        (("marker-supply-low-report",), "toner_low", DeviceState.ONLINE),
        (("toner-low",), "toner_low", DeviceState.ONLINE),
        (("media-low-report",), "paper_low", DeviceState.ONLINE),
        (("offline-report",), "offline", DeviceState.OFFLINE),
        (("connecting-to-device",), "not_connected", DeviceState.OFFLINE),
        (("paused",), "paused", DeviceState.OFFLINE),
        (("cups-missing-filter-warning",), "no_filter", DeviceState.OFFLINE),
        (("output-area-full",), "output_full", DeviceState.OFFLINE),
        (("cups-waiting-for-job-completed",), "ok", DeviceState.ONLINE),
        (("com.vendor.odd-error",), "unnamed_error", DeviceState.HARDWARE_ERROR),
        (("com.vendor.odd",), "unnamed_report", DeviceState.ONLINE),
        (("toner-low", "media-empty-error"), "paper_out", DeviceState.OFFLINE),
        (("media-empty-error", "cover-open"), "cover_open", DeviceState.OFFLINE),
        (("com.vendor.odd", "toner-low"), "toner_low", DeviceState.ONLINE),
    ],
)
def test_reasons_while_printing(reasons: tuple[str, ...], code: str, state: DeviceState) -> None:
    status = status_of(printer(PROCESSING, *reasons), while_printing=True)
    assert (status.device.code, status.device.state) == (code, state)
    assert status.can_print == (state is DeviceState.ONLINE)
    assert status.reasons == reasons
    assert status.queued_jobs == 2


def test_all_reasons_are_told_in_the_detail() -> None:
    detail = status_of(printer(PROCESSING, "toner-low", "media-empty-error", "com.vendor.odd"), while_printing=True).device.detail
    assert all(part in detail for part in ("paper is used up", "toner or ink will soon", "com.vendor.odd"))


def test_supplies() -> None:
    low = status_of(printer(IDLE, "toner-low", "media-low"))
    assert (low.paper, low.toner) == (SupplyState.LOW, SupplyState.LOW)
    out = status_of(printer(STOPPED, "toner-empty", "media-empty"))
    assert (out.paper, out.toner, out.cover_open) == (SupplyState.OUT, SupplyState.OUT, False)
    assert status_of(printer(STOPPED, "media-jam", "cover-open")).cover_open
    assert status_of(printer(STOPPED, "media-jam")).paper is SupplyState.JAMMED


def test_an_idle_printer_only_remembers() -> None:
    status = status_of(printer(IDLE, "media-jam-error", "toner-low"))
    assert (status.device.state, status.device.code, status.is_remembered) == (DeviceState.ONLINE, "was_paper_jam", True)
    assert (status.paper, status.toner, status.can_print) == (SupplyState.UNKNOWN, SupplyState.UNKNOWN, True)


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        (printer(STOPPED, message="out of order"), "queue_stopped"),
        (printer(STOPPED, "toner-low"), "queue_stopped"),
        (printer(STOPPED, "paused"), "paused"),
        (printer(STOPPED, "media-jam-error"), "paper_jam"),
        (printer(IDLE, accepting=False), "rejecting"),
        (printer(IDLE, "media-jam-error", accepting=False), "rejecting"),
        (printer(IDLE, "paused"), "paused"),
        ({"printer-state": ("idle",)}, "bad_answer"),
        ({}, "bad_answer"),
    ],
)
def test_a_queue_that_cannot_print(attributes: Attributes, code: str) -> None:
    status = status_of(attributes)
    assert (status.device.code, status.can_print, status.is_remembered) == (code, False, False)


def test_the_message_of_a_stopped_queue_is_shown() -> None:
    assert "out of order" in status_of(printer(STOPPED, message="out of order")).device.detail


def test_a_printer_at_work_is_busy_and_can_take_a_job() -> None:
    status = status_of(printer(PROCESSING))
    assert (status.device.state, status.device.code, status.can_print) == (DeviceState.BUSY, "printing", True)


@pytest.mark.parametrize("suffix", _SUFFIXES)
@pytest.mark.parametrize("keyword", MEANINGS)
def test_endings_do_not_change_what_a_known_keyword_means(keyword: str, suffix: str) -> None:
    assert keyword_of(keyword + suffix) == keyword
    with_ending, without = (status_of(printer(PROCESSING, word), while_printing=True) for word in (keyword + suffix, keyword))
    assert with_ending.device == without.device


@given(
    st.lists(
        st.one_of(
            st.text(max_size=40), st.sampled_from(sorted(MEANINGS)).flatmap(lambda w: st.sampled_from([w + s for s in _SUFFIXES]))
        )
    ),
    st.one_of(st.integers(), st.sampled_from([IDLE, PROCESSING, STOPPED])),
    st.booleans(),
    st.booleans(),
    st.text(max_size=500),
)
def test_any_reasons_give_a_status(reasons: list[str], state: int, accepting: bool, while_printing: bool, message: str) -> None:
    status = status_of(printer(state, *reasons, accepting=accepting, message=message), while_printing=while_printing)
    assert status.device.code
    assert len(status.device.detail) <= 300
    assert all(reason in status.reasons for reason in reasons if reason not in ("", "none"))
    if not accepting or state == STOPPED:
        assert not status.can_print


@pytest.mark.parametrize(
    ("error", "code", "state"),
    [
        (Disconnected("ipp://h", "gone"), "disconnected", DeviceState.NO_DEVICE),
        (NoResponse("ipp://h", "silent"), "no_answer", DeviceState.UNKNOWN),
        (BadFrame("ipp://h", "rubbish"), "bad_answer", DeviceState.UNKNOWN),
        (Refused("ipp://h", "HTTP status 403"), "refused", DeviceState.OFFLINE),
        (PurgeRefused("ipp://h", "no"), "purge_refused", DeviceState.OFFLINE),
        (CupsMissing("cupsd", "none"), "no_cups", DeviceState.OFFLINE),
        (DeviceError("ipp://h", "else"), "device_error", DeviceState.OFFLINE),
    ],
)
def test_a_failed_link_is_a_status(error: DeviceError, code: str, state: DeviceState) -> None:
    status = status_of_failure(error)
    assert (status.device.code, status.device.state, status.can_print) == (code, state, False)
    assert error.message in status.device.detail
