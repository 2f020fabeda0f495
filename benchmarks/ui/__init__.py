"""How fast the screens are, on a true display: the terminal as a process of its own, touched and looked at from outside."""
