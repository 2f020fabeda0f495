"""Face checks computed in a process of their own: dlib holds the interpreter lock for up to 65 ms, which a screen would show.

``client.WorkerVerifier`` (terminal) starts ``python -m drivers.face.worker`` (``serving``). Pictures go through anonymous shared
memory (``shared_pictures``), everything else as small messages (``messages``) over a socket pair. The worker loads the models
once and forks for each check; the fork ends with the check, and with it every copy that a library made of the person.
"""
