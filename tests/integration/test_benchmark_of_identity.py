"""The benchmark of identification: what it plays is the terminal's own check, and what it counts is right."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import identity, identity_speed
from benchmarks.identity_accuracy import coarse, covered, decidability, noisy
from benchmarks.identity_attacks import NO_INSTRUMENTS, Session, plan, play, summary
from drivers.camera.people.species import SPECIES
from drivers.face.error_rates import NEVER


def test_decidability_is_the_distance_of_two_normal_distributions_in_their_own_spread() -> None:
    source = np.random.default_rng(1)
    genuine, impostor = source.normal(0.4, 0.1, 200_000), source.normal(0.9, 0.1, 200_000)
    assert decidability(genuine, impostor) == pytest.approx(5.0, abs=0.03)
    assert decidability(np.append(genuine, NEVER), impostor) == pytest.approx(5.0, abs=0.03)


def test_probes_are_changed_and_keep_their_size() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (150, 150, 3), np.uint8)
    for change in (coarse, noisy, covered):
        changed = change(picture)
        assert (changed.shape, changed.dtype) == (picture.shape, np.uint8)
        assert not np.array_equal(changed, picture)


def test_every_attack_has_its_share_and_every_session_a_seed_of_its_own() -> None:
    planned = plan(360, 60, 7)
    assert len({seed for _, seed in planned}) == 420
    counts = {name: sum(species == name for species, _ in planned) for name in SPECIES}
    assert counts == {name: 60 if name == "live" else 30 for name in SPECIES}


def test_the_worst_species_counts_and_living_people_are_no_instruments() -> None:
    sessions = [
        *(Session("live", seed, "verified", 2.5) for seed in range(18)),
        Session("live", 18, "timed_out", 9.0),
        Session("live", 19, "not_matching", 2.5),
        *(Session("print", seed, "attack:relief", 8.0) for seed in range(9)),
        Session("print", 9, "not_matching", 3.0),
        Session("replay_still", 10, "verified", 3.0),
        Session("swap", 11, "not_matching", 3.0),
    ]
    told = summary(sessions, "an engine")
    assert (told["attacks"], told["accepted"]) == (12, 1)
    assert (told["live"], told["live_refused"], told["bpcer"], told["live_not_matching"]) == (20, 1, 0.05, 1)
    assert told["worst_apcer"] == 1.0
    assert [row["species"] for row in told["species"]] == ["replay_still", "swap", "print"]
    assert told["species"][2]["apcer"] == 0.1
    assert told["errors"] == [
        "live 18: timed_out",
        "live 19: not_matching",
        "print 9: not_matching",
        "replay_still 10: verified",
    ]
    assert set(NO_INSTRUMENTS) < set(SPECIES)


def test_a_person_is_proved_and_a_print_is_not() -> None:
    assert play("live", 40_300).outcome == "verified"
    assert play("print", 40_000).outcome.startswith("attack")


@pytest.mark.parametrize("seed", [40_117, 40_187])
def test_who_comes_in_beside_the_person_in_the_last_moment_ends_the_check(seed: int) -> None:
    assert play("two_people", seed).outcome == "unusable:live:many_faces"


def test_limits_that_are_not_kept_are_named() -> None:
    assert identity.failures({}) == []
    kept = {"decision_ms": 2900.0, "waited_for_computing_ms": 400.0, "preview_fps": 24.0, "longest_stall_ms": 20.0}
    assert identity.failures({"attacks": {"accepted": 0, "bpcer": 0.05}, "speed": kept}) == []
    broken = {name: (limit - 1 if name == "preview_fps" else limit + 1) for name, limit in identity_speed.LIMITS.items()}
    assert len(identity.failures({"attacks": {"accepted": 1, "bpcer": 0.06}, "speed": broken})) == 6
