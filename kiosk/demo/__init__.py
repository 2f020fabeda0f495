"""The demo: a resident made of touch events, on the true screens, with the true drivers, over the true wire protocols."""
