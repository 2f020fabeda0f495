"""Voice: what is said of the screen, by what, and to whom. ``ui.speech`` puts it together."""
