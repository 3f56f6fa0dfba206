"""A wall asks what to say next; the server owns the order, and one wall a zone speaks."""

import re
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from display import announcing
from domain import announcements as rules
from domain import speech
from domain.announcements import CHIME, Announcement, Outcome, Plan
from domain.centre_rules import Voice
from domain.centres import Centre, Device
from domain.errors import Invalid, NotFound
from domain.roles import Role, open_to
from operations import speaking
from operations.speaking import Ended
from web import forms
from web.airtime import walls_in
from web.house import House, act_of, house_of, visitor_of
from web.speakers import TEST, Asked, Floor
from web.voice import Pack, Packs, Sound, in_a_row, seconds_of

IDLE_SECONDS, TURN_SECONDS = 30, 3
LONGEST_SECONDS = 90
SPEAKER = re.compile(r"[a-z0-9]{6,24}")
MUTE = "mute"
PARTS = re.compile(r"[a-z]{2,5}(\+[a-z]{2,5}){0,5}")


def packs_of(request: Request) -> Packs:
    """The clip packs of this centre."""
    packs: Packs = request.app.state.packs
    return packs


def device_of(request: Request) -> Device:
    """The wall that asks; `safety` has let in nobody else."""
    device = visitor_of(request).device
    if device is None:
        raise NotFound(what=request.path_params["device"][:20])
    return device


@open_to(Role.WALL, body_limit=1024)
async def take_turn(request: Request) -> Response:
    """What this wall says next, after what it has said: a sound and how loud, or in how many seconds to ask."""
    house, device, form = house_of(request), device_of(request), await forms.read_form(request)
    asked = read_asked(device.id, form)
    if not rules.is_speaker(device):
        return JSONResponse(_rest(IDLE_SECONDS), headers={"Cache-Control": "no-store"})
    floor = house.speakers.floor(device.zone)
    async with floor.lock:
        answer = floor.answered(asked, house.speakers.timer())
        if answer is None:
            answer = await _answer(request, device, asked, is_mute=form.get("outcome") == MUTE)
            floor.keep(asked, answer)
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def read_asked(device: str, form: FormData) -> Asked:
    """A wall's question. Raises Invalid."""
    speaker = forms.text(form, "speaker", 24)
    if not SPEAKER.fullmatch(speaker):
        raise Invalid(what="speaker")
    n = forms.number(form, "n", 1, 10**15)
    ended = forms.number(form, "ended", 0, 10**15) if form.get("ended") else None
    said = forms.text(form, "outcome", 10, required=False)
    if said not in ("", MUTE, Outcome.SPOKEN, Outcome.BROKEN):
        raise Invalid(what="outcome")
    outcome = Outcome(said) if said not in ("", MUTE) else None
    milliseconds = forms.number(form, "milliseconds", 0, LONGEST_SECONDS * 1000, 0)
    return Asked(f"{device}:{speaker}", n, ended, outcome, milliseconds / 1000, form.get("leading") == "1")


async def _answer(request: Request, device: Device, asked: Asked, *, is_mute: bool) -> dict[str, Any]:
    house, zone = house_of(request), device.zone
    floor = house.speakers.floor(zone)
    await packs_of(request).look()
    await _note(request, zone, _ended(house, zone, asked))
    if is_mute:
        floor.leave(asked.speaker)
        return _rest(IDLE_SECONDS)
    if floor.turn is not None:
        return _rest(TURN_SECONDS)
    if device.id in floor.tests:
        floor.tests.discard(device.id)
        return _test(request, device, asked, floor)
    return await _next(request, device, asked, floor)


def _ended(house: House, zone: str, asked: Asked) -> list[Ended]:
    """What became known by this question: the asker's own last turn, and that of a speaker that is lost."""
    floor = house.speakers.floor(zone)
    own, ended = floor.close(asked), []
    if asked.ended and asked.outcome is not None and _is_told(house, zone, asked.ended):
        seconds = own.seconds if own else asked.seconds
        ended.append(Ended(asked.ended, asked.outcome, seconds if asked.outcome is Outcome.SPOKEN else 0.0))
    lost = floor.lapsed(house.speakers.timer())
    # What was cut off on one wall is said again there; nobody else repeats what may have been heard.
    if lost is not None and lost.fetched and lost.seq != TEST:
        ended.append(Ended(lost.seq, Outcome.UNSURE))
    return ended


def _is_told(house: House, zone: str, seq: int) -> bool:
    return any(one.seq == seq for one in announcing.told_lately(house, zone))


async def _note(request: Request, zone: str, ended: list[Ended]) -> None:
    if ended:
        await house_of(request).store.write(act_of(request), speaking.end_announcements, zone, ended)


async def _next(request: Request, device: Device, asked: Asked, floor: Floor) -> dict[str, Any]:
    """The first that can be said; what cannot be is noted and holds up nobody."""
    house, centre = house_of(request), house_of(request).store.centre()
    line = announcing.line(house, device.zone)
    passed = [Ended(one.seq, one.outcome) for one in line.passed]
    found = None
    waiting = len(line.ready)
    if line.ready and not _is_allowed(house, centre, device, asked, line.ready[0]):
        await _note(request, device.zone, passed)
        return _rest(TURN_SECONDS)
    for one in line.ready if packs_of(request) else ():
        parts = _parts(centre.voice, packs_of(request), waiting)
        sound = sound_of(house, packs_of(request), one.seq, parts)
        if sound is not None:
            found = _turn(house, centre, device, floor, asked, one.seq, parts, sound)
            break
        passed.append(Ended(one.seq, Outcome.BROKEN))
        waiting -= 1
    await _note(request, device.zone, passed)
    return found or _rest(IDLE_SECONDS)


def _is_allowed(house: House, centre: Centre, device: Device, asked: Asked, first: Announcement) -> bool:
    alone = len(walls_in(centre, device.zone)) < 2
    return house.speakers.may_speak(device.zone, asked, house.now(), first.at, alone=alone)


def _parts(voice: Voice, packs: Packs, waiting: int) -> tuple[str, ...]:
    """How this turn is said: 'chime' and languages in order."""
    first, second = packs.chosen(voice.pack), packs.named(voice.second)
    usual = Plan(voice.chime, 1 + voice.repeats, second is not None)
    return rules.plan(usual, waiting).parts(first.language if first else "vi", second.language if second else "")


def _turn(
    house: House, centre: Centre, device: Device, floor: Floor, asked: Asked, seq: int, parts: tuple[str, ...],
    sound: Sound,
) -> dict[str, Any]:  # fmt: skip
    lasts = seconds_of(sound)
    floor.give(seq, asked.speaker, lasts, house.speakers.timer())
    volume = rules.volume(centre, device.zone, house.now()) or 100
    url = f"/display/{device.id}/voice/{'+'.join(parts)}/{seq}.wav"
    return {"seq": seq, "url": url, "milliseconds": round(lasts * 1000), "volume": volume, "again": 0}


def _test(request: Request, device: Device, asked: Asked, floor: Floor) -> dict[str, Any]:
    house, centre, packs = house_of(request), house_of(request).store.centre(), packs_of(request)
    parts = _parts(centre.voice, packs, 0)
    sound = sound_of(house, packs, TEST, parts)
    return _turn(house, centre, device, floor, asked, TEST, parts, sound) if sound else _rest(IDLE_SECONDS)


def _rest(seconds: float) -> dict[str, Any]:
    return {"url": None, "again": seconds}


@open_to(Role.WALL)
async def speak(request: Request) -> Response:
    """One announcement as one sound file, so that two can never overlap: 'chime+vi+vi+en' says in which order."""
    house, device, asked = house_of(request), device_of(request), request.path_params
    seq, packs = asked["seq"], packs_of(request)
    parts = tuple(asked["parts"].split("+")) if PARTS.fullmatch(asked["parts"]) else ()
    sound = sound_of(house, packs, seq, parts) if set(parts) - {CHIME} <= set(packs) else None
    if sound is None or not house.speakers.note_fetched(device.zone, seq, device.id):
        raise NotFound(what=f"#{seq}")
    kept = "no-store" if seq == TEST else "private, max-age=600"
    return Response(in_a_row([sound]), media_type="audio/wav", headers={"Cache-Control": kept})


def sound_of(house: House, packs: Packs, seq: int, parts: tuple[str, ...]) -> Sound | None:
    """An announcement as it is to be said; a language or chime without its clips is left out, None without any."""
    voice = house.store.centre().voice
    chosen = _chosen(packs, voice)
    sentences = (_sentence(house, seq, chosen.get(one), packs.get(one)) for one in parts if one != CHIME)
    said = [sound for sound in sentences if sound is not None]
    if not said:
        return None
    first = packs.chosen(voice.pack)
    chime = first.sound(speech.BELL) if CHIME in parts and first and not first.lacks(speech.BELL) else None
    return Sound.row(said, chime)


def _sentence(house: House, seq: int, *able: Pack | None) -> Sound | None:
    """The sentence by the first pack that has all its clips: a recorded one need not have every reason and hour."""
    for pack in (pack for pack in able if pack is not None):
        words = _words(house, seq, pack.language)
        if words is not None and not pack.lacks(words[1:]):
            return pack.sound(words[1:])
    return None


def _chosen(packs: Packs, voice: Voice) -> Mapping[str, Pack]:
    found = [pack for pack in (packs.named(voice.second), packs.chosen(voice.pack)) if pack is not None]
    return {pack.language: pack for pack in found}


def _words(house: House, seq: int, language: str) -> tuple[str, ...] | None:
    return speech.sound_check() if seq == TEST else announcing.words(house, seq, language)


ROUTES: list[BaseRoute] = [
    Route("/display/{device}/voice/turns", take_turn, methods=["POST"]),
    Route("/display/{device}/voice/{parts}/{seq:int}.wav", speak),
]
