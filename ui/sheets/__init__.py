"""What lies over a screen for a moment: switches of sight and sound, and help."""
