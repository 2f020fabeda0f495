"""What the buttons of the developers' drawer do to a simulated terminal, and what the drawer is told of it."""
