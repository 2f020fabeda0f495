"""Wire models of the platform API, shared by the terminal and the platform; no I/O."""
