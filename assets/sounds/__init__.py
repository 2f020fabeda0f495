"""Short sounds of our own; ``python -m assets.sounds.synthesise`` makes them anew."""
