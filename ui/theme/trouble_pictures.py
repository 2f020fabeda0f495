"""Which drawing stands beside a reason code: what to do about it, where that can be drawn."""

from __future__ import annotations

SIGN = "warning"
"""For whatever has no drawing of its own."""

_PICTURES: dict[str, str] = {
    "barcode_scanner": "trouble_scanner",
    "camera": "trouble_camera",
    "card": "trouble_card",
    "card.reader_lost": "trouble_reader",
    "card.no_portrait": "again",
    "credential": "trouble_scanner",
    "credential.expired": "credential_on_scanner",
    "credential.replayed": "credential_on_scanner",
    "credential.paused": "clock",
    "credential.none_configured": "again",
    "document": "trouble_printer",
    "document.paper_out": "trouble_paper_out",
    "document.paper_jam": "trouble_paper_jam",
    "document.cover_open": "trouble_cover_open",
    "document.missing": "office",
    "document_camera": "page_under_camera",
    "face": "face",
    "face.camera_lost": "trouble_camera",
    "guardian": "guardian",
    "id_card_reader": "trouble_reader",
    "item.hours": "clock",
    "network": "trouble_network",
    "not_ready": "clock",
    "paper": "photograph_slip",
    "paper.paper_out": "trouble_paper_out",
    "paper.cover_open": "trouble_cover_open",
    "paper.cutter_error": "trouble_paper_jam",
    "paper.partly_printed": "trouble_printer",
    "paper.head_hot": "clock",
    "paper.busy": "clock",
    "papers.bad_certificate": "trouble_scanner",
    "papers.blurred": "page_under_camera",
    "papers.no_camera": "page_under_camera",
    "papers.no_page": "page_under_camera",
    "papers.no_scanner": "trouble_scanner",
    "papers.timed_out": "clock",
    "policies.offline": "trouble_network",
    "progress.not_a_slip": "trouble_scanner",
    "progress.offline": "trouble_network",
    "proof.offline": "trouble_network",
    "route.paused": "clock",
    "route.too_many_tries": "clock",
    "sharing": "pencil",
    "sms": "text_message",
    "sms.offline": "trouble_network",
    "staff": "staff",
    "staff.locked": "clock",
    "store": "another_machine",
    "store.busy": "clock",
    "face.reference_offline": "trouble_network",
}


def picture_of(code: str) -> str:
    """Name of the drawing; that of the code's family where it has none of its own."""
    return _PICTURES.get(code) or _PICTURES.get(code.partition(".")[0], SIGN)


def is_scene(name: str) -> bool:
    """True for drawings with detail, which want more room than a sign."""
    return name in _SCENES


_SCENES = frozenset(name for name in _PICTURES.values() if name.startswith("trouble_")) | {
    "another_machine",
    "credential_on_scanner",
    "face",
    "guardian",
    "page_under_camera",
    "photograph_slip",
    "staff",
    "text_message",
}


def known() -> dict[str, str]:
    """All codes and families that have a drawing, with it."""
    return dict(_PICTURES)
