"""The visit: states, events, effects and the pure machine between them; what each screen shows. No Qt, no I/O, no clock."""
