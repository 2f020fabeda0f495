"""The platform over HTTP: what terminals call. Every error answer is a ``contract.kiosks.Problem``."""
