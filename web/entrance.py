"""The doors that belong to no room: the first page, signing in and out, pairing, beats, files, health."""

from starlette.routing import BaseRoute, Route

from web import assets, beats, devices, health, locking, sessions

ROUTES: list[BaseRoute] = [
    Route("/", sessions.show_home),
    Route("/sign-in", sessions.show_sign_in),
    Route("/sign-in", sessions.sign_in, methods=["POST"]),
    Route("/sign-out", sessions.sign_out, methods=["POST"]),
    Route("/language", sessions.choose_language, methods=["POST"]),
    *locking.ROUTES,
    *beats.ROUTES,
    Route("/pair/{screen}", devices.show_pairing),
    Route("/pair/{screen}", devices.pair, methods=["POST"]),
    Route("/static/{name}", assets.serve_asset),
    Route("/healthz", health.alive),
    Route("/readyz", health.ready),
]
