"""Sound as samples: cut to the words, equally loud, without a click; and what somebody recorded, checked.

Knows neither packs nor tokens.
"""

import io
import math
import wave
from array import array
from operator import mul
from typing import TypeAlias

from domain.errors import Refused, msgid

RATE = 22_050
FULL_SCALE = 32_767
# Root mean square of a clip: sentences then measure about -16 LUFS (ITU-R BS.1770).
LOUDNESS = 0.17 * FULL_SCALE
# Peaks above the knee are bent towards the ceiling: with a plain limit some words stay 4 dB too quiet.
KNEE, CEILING = 0.6 * FULL_SCALE, 0.95 * FULL_SCALE
SILENCE = 0.012  # of a clip's own peak
MARGIN = RATE // 100
FADE = RATE // 250
LARGEST_CLIP_BYTES = 1_000_000
SHORTEST_SECONDS, LONGEST_SECONDS = 0.12, 8.0
QUIETEST_PEAK = 0.02 * FULL_SCALE
RATES = range(8_000, 48_001)
NOISE = 0.06  # a room is louder than the silence of a computed voice

Samples: TypeAlias = "array[int]"


class BadClip(Refused):
    """A recording that no pack can hold."""


class NoWave(BadClip):
    text = msgid("Không đọc được tệp tiếng: cần WAV 16 bit, một kênh, dưới 1 MB. Mời thu lại hoặc chọn tệp khác.")


class WrongLength(BadClip):
    text = msgid("Đoạn thu quá ngắn hoặc quá dài: mỗi đoạn từ 0,1 đến 8 giây. Mời thu lại.")


class TooQuiet(BadClip):
    text = msgid("Không nghe thấy tiếng trong đoạn thu. Mời nói gần micro hơn và thu lại.")


def recorded(content: bytes) -> bytes:
    """The frames (16-bit mono, 22,050 Hz) of a recorded WAV file, cut and levelled. Raises BadClip."""
    samples = _of_wav(content)
    if max(map(abs, samples), default=0) < QUIETEST_PEAK:
        raise TooQuiet()
    clip = shaped(samples, NOISE)
    if not SHORTEST_SECONDS <= len(clip) / RATE <= LONGEST_SECONDS:
        raise WrongLength()
    return clip.tobytes()


def _of_wav(content: bytes) -> Samples:
    if len(content) > LARGEST_CLIP_BYTES:
        raise NoWave()
    try:
        with wave.open(io.BytesIO(content)) as wav:
            form, rate = (wav.getnchannels(), wav.getsampwidth()), wav.getframerate()
            frames = wav.readframes(wav.getnframes())
    except (wave.Error, EOFError, RuntimeError) as error:
        raise NoWave() from error
    if form != (1, 2) or rate not in RATES or len(frames) % 2:
        raise NoWave()
    if not SHORTEST_SECONDS <= len(frames) / 2 / rate <= LONGEST_SECONDS:
        raise WrongLength()
    return array("h", resampled(frames, rate, RATE))


def resampled(sound: bytes, rate: int, wanted: int) -> bytes:
    """The same sound at another rate, the nearest sample for each: for packs recorded at another one."""
    if rate == wanted:
        return sound
    samples = array("h", sound)
    length = len(samples) * wanted // rate
    return array("h", (samples[i * rate // wanted] for i in range(length))).tobytes()


def shaped(samples: Samples, silence: float = SILENCE) -> Samples:
    """The same speech without silence at its ends and at the loudness of all other clips."""
    kept = _trimmed(samples, silence)
    gain = LOUDNESS / math.sqrt(sum(map(mul, kept, kept)) / len(kept))
    low, high = -KNEE / gain, KNEE / gain
    return faded(array("h", [int(v * gain) if low < v < high else _bent(v * gain) for v in kept]), FADE)


def faded(samples: Samples, fade_out: int) -> Samples:
    """The same samples without a click at either end."""
    length = len(samples)
    for i in range(min(FADE, length)):
        samples[i] = samples[i] * i // FADE
    for i in range(min(fade_out, length)):
        samples[-1 - i] = samples[-1 - i] * i // fade_out
    return samples


def _trimmed(samples: Samples, silence: float) -> Samples:
    threshold = silence * max(map(abs, samples))
    start = next(i for i, value in enumerate(samples) if abs(value) > threshold)
    end = len(samples) - next(i for i, value in enumerate(reversed(samples)) if abs(value) > threshold)
    return samples[max(0, start - MARGIN) : end + MARGIN]


def _bent(value: float) -> int:
    """A level above the knee, ever closer to the ceiling."""
    room = CEILING - KNEE
    return int(math.copysign(KNEE + room * math.tanh((abs(value) - KNEE) / room), value))
