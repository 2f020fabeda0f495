"""A world in memory: every device works, authorities know what the samples say, nothing is stored or printed.

The flow is the true one, so what it asks here is what it asks at a machine.
"""

from __future__ import annotations

from datetime import date

from kiosk.catalogue.models import Catalogue
from kiosk.demo.residents import Resident
from kiosk.domain.identity import Proof, Route
from kiosk.domain.papers import ScannedPage
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.context import Context
from kiosk.flow.gathering_events import CertificateFailed, PaperScanned, SharedFetched
from kiosk.flow.session import SessionContext
from kiosk.flow.states import FlowState
from kiosk.readiness import Facts, Means, StoreHealth, assess
from kiosk.services.calendar import calendar_of
from kiosk.services.cases import CaseFacts

_PAGE = b"a page that nobody looks at"
_DEVICES = ("id_card_reader", "camera", "receipt_printer", "barcode_scanner", "document_camera")


class DryWorld:
    """See the module."""

    def __init__(self, catalogue: Catalogue, resident: Resident, today: date, *, online: bool = True) -> None:
        self._catalogue = catalogue
        self._resident = resident
        self._today = today
        self._online = online
        self.stored: list[CaseFacts] = []

    def surroundings(self) -> Context:
        """Everything in order."""
        facts = Facts(
            devices=dict.fromkeys(_DEVICES, ""),
            store=StoreHealth(network_up=self._online),
            means=Means(document_camera=True),
        )
        return Context(
            self._catalogue,
            assess(facts, self._catalogue),
            SessionContext(),
            self._today,
            working_days=calendar_of(self._catalogue),
        )

    def answer(self, effect: fx.Effect, session: SessionContext, item_code: str) -> ev.Event | None:
        """Card and proof of the resident; what authorities know of them."""
        del session, item_code
        match effect:
            case fx.ReadCard():
                return ev.CardWasRead(self._resident.person, None)
            case fx.CheckStaff():
                return ev.PersonProved(Proof(Route.ID_CARD_STAFF, Route.ID_CARD_STAFF.level, staff_id="dry"))
            case fx.FetchShared(elements):
                known = {name: self._resident.shared[name] for name in elements if name in self._resident.shared}
                return SharedFetched(known, frozenset(elements))
            case fx.AwaitDelivery():
                return ev.DeliveryKnown(self._online)
            case _:
                return _paper(effect)

    def commit(self, facts: CaseFacts) -> ev.CaseStored:
        """Nothing is stored; the case is looked at by whoever asks."""
        self.stored.append(facts)
        return ev.CaseStored("dry", "dry", "")

    def print_slip(self, context: Context, state: FlowState) -> ev.Event:
        """Nothing is printed."""
        del state
        return ev.SlipPrinted(context.session.case_id)


def _paper(effect: fx.Effect) -> ev.Event | None:
    """Every page can be captured; nobody has a certificate on a telephone."""
    match effect:
        case fx.ScanPaper(material):
            return PaperScanned(material, ScannedPage(material, bytearray(_PAGE)))
        case fx.ReadCertificate(material):
            return CertificateFailed(material, "papers.timed_out")
        case _:
            return None
