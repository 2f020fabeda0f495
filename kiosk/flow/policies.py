"""政策通: which policies are in force, which are for this person, and why. Pure.

Without a proof of who asks only the public list is shown. Afterwards the card decides what it can; the rest is asked of
authorities when the resident wants it, under a consent of its own, and forgotten with the page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.catalogue.card_facts import card_facts
from kiosk.catalogue.files import PolicyFile, Source
from kiosk.catalogue.rules import Facts, Verdict, names_in
from kiosk.flow.context import Context
from kiosk.flow.effects import FetchShared, RememberConsent, RememberShared
from kiosk.flow.events import Event
from kiosk.flow.gathering_events import SharedFetched
from kiosk.flow.moves import PURPOSE_POLICIES, Result, enter
from kiosk.flow.states import Aim, FlowState, Step

_INCOMPLETE = "policies.incomplete"
_FIRST = {Verdict.YES: 0, Verdict.OPEN: 1, Verdict.NO: 2}


@dataclass(frozen=True, slots=True)
class Match:
    """One policy, and whether each of its conditions holds for this person."""

    policy: PolicyFile
    verdicts: tuple[Verdict, ...]

    @property
    def fits(self) -> Verdict:
        """All must hold; one that surely does not decides it."""
        if Verdict.NO in self.verdicts:
            return Verdict.NO
        return Verdict.OPEN if Verdict.OPEN in self.verdicts else Verdict.YES


def open_policies(state: FlowState, _event: Event, _context: Context) -> Result:
    """The list, as far as it is known for whom."""
    return enter(replace(state, item_code="", route=None, aim=Aim.POLICIES), Step.POLICIES), ()


def match(state: FlowState, _event: Event, context: Context) -> Result:
    """Who is not identified yet is first; then authorities are asked for what the conditions still need."""
    if state.busy:
        return state, ()
    if context.session.proof is None or context.session.person is None:
        return enter(replace(state, route=None), Step.ROUTE), ()
    wanted = to_fetch(context)
    if not wanted:
        return state, ()
    if not context.readiness.sharing:
        return replace(state, reason="policies.offline"), ()
    noted = RememberConsent(PURPOSE_POLICIES, True, state.language)
    return replace(state, busy=True, reason=""), (noted, FetchShared(wanted))


def identified(state: FlowState) -> Result:
    """It is known now who asks: the card's facts decide what they can."""
    return enter(state, Step.POLICIES), ()


def take_shared(state: FlowState, event: SharedFetched, _context: Context) -> Result:
    """What came decides more; what did not come stays open, and is not asked for again."""
    return replace(state, busy=False, reason=_INCOMPLETE if event.reason else ""), (RememberShared(event.values, event.asked),)


def matches(context: Context) -> tuple[Match, ...]:
    """Policies in force today, those that fit first, then those that may; each group in the catalogue's order."""
    facts = _facts(context)
    rules = context.catalogue.rules
    found = [
        Match(policy, tuple(_plain(rules.decide(one.rule, facts)) for one in policy.conditions))
        for policy in context.catalogue.policies
        if policy.starts <= context.today and (policy.ends is None or context.today <= policy.ends)
    ]
    return tuple(sorted(found, key=lambda one: _FIRST[one.fits]))


def _plain(verdict: Verdict) -> Verdict:
    """What cannot be computed is not decided: nobody is told that a policy is theirs, or not, by a broken rule."""
    return Verdict.OPEN if verdict is Verdict.BROKEN else verdict


def to_fetch(context: Context) -> tuple[str, ...]:
    """Elements of authorities that open conditions need: none for a policy that surely does not fit (最小必要)."""
    rules, wanted = context.catalogue.rules, set[str]()
    for one in matches(context):
        if one.fits is Verdict.OPEN:
            for condition, verdict in zip(one.policy.conditions, one.verdicts, strict=True):
                wanted |= rules.origins(names_in(condition.rule)) if verdict is Verdict.OPEN else frozenset()
    known = context.session.gathered
    return tuple(sorted(name for name in wanted if name not in known and _is_shared(name, context)))


def _is_shared(name: str, context: Context) -> bool:
    element = context.catalogue.rules.element(name)
    return element is not None and element.source is Source.SHARED


def _facts(context: Context) -> Facts:
    session = context.session
    if session.proof is None or session.person is None:
        return {}
    return context.catalogue.rules.complete(card_facts(session.person, context.today) | session.shared)
