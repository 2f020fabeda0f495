"""A printed face: flat in its light, moved as a plane, deaf to what it cannot do."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.camera.people.prints import Paper, PrintAttack, printed_on_paper, wiggle
from drivers.camera.types import Movement
from tests.helpers.staged_people import answer_to_red, composed, share_of, staging
from tests.helpers.vision import portrait


def _print(*, moves: bool = True, fills_picture: bool = False, gloss: float = 0.0) -> PrintAttack:
    return PrintAttack(portrait(), staging(), paper=Paper(fills_picture=fills_picture, moves=moves, gloss=gloss))


def test_paper_answers_the_screen_the_same_all_over() -> None:
    light = answer_to_red(_print)
    shares = [share_of(light, box) for box in ((140, 85, 180, 100), (140, 125, 180, 140), (110, 20, 130, 50))]
    assert min(shares) > 0.03
    assert max(shares) - min(shares) < 0.015


def test_gloss_adds_the_same_light_where_the_print_is_dark() -> None:
    dull, glossy = answer_to_red(_print)[1], answer_to_red(lambda: _print(gloss=0.04))[1]
    dark_cloth = np.s_[205:220, 140:175]
    assert glossy[dark_cloth].mean() > dull[dark_cloth].mean() + 3.0


@pytest.mark.parametrize("movement", list(Movement))
def test_hands_that_hold_still_do_not_answer(movement: Movement) -> None:
    asked, unasked = _print(moves=False), _print(moves=False)
    asked.ask(movement, 10.0)
    assert np.array_equal(asked.at(10.5), unasked.at(10.5))


@pytest.mark.parametrize("movement", list(Movement))
def test_hands_that_try_move_the_sheet_and_come_back(movement: Movement) -> None:
    subject, still = _print(), _print()
    subject.prepare()
    still.prepare()
    assert subject._hand is not None
    assert still._hand is not None
    wiggle(subject._hand, movement, 10.0)
    assert subject._hand.at(10.25) != still._hand.at(10.25)
    assert subject._hand.at(12.0) == still._hand.at(12.0)


def test_a_filling_print_shows_no_edge_and_the_other_its_white_border() -> None:
    filling, whole = _print(fills_picture=True), _print()
    brightest = [picture.at(1.0)[100:140].min(axis=2).mean(axis=0).max() for picture in (filling, whole)]
    assert brightest[0] < 218 < brightest[1]


def test_ink_on_paper_is_duller_and_neither_black_nor_white() -> None:
    motif = composed().person
    printed = printed_on_paper(motif, 12.0, 150.0, 1)
    assert printed.min() > 50
    assert printed.max() < 250
    spread = [np.ptp(picture.astype(int), axis=2).mean() for picture in (motif, printed)]
    assert spread[1] < 0.9 * spread[0]


def test_a_coarse_screen_is_seen_and_a_fine_one_is_not() -> None:
    grey = np.full((80, 80, 3), 150, np.uint8)
    coarse, fine = (printed_on_paper(grey, 12.0, lines, 1).astype(float).std() for lines in (20.0, 150.0))
    assert coarse > 2 * fine


def test_a_sheet_kept_bent_is_darker_at_its_sides_in_the_light_of_the_screen() -> None:
    paper = Paper(gloss=0.0, moves=False, bend=0.2)
    light = answer_to_red(lambda: PrintAttack(portrait(), staging(), paper=paper))
    middle, sides = share_of(light, (150, 110, 170, 140)), share_of(light, (98, 20, 108, 60))
    assert sides < 0.95 * middle
