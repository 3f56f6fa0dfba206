"""Fetches one file that the portal has named by link. Follows nothing, logs nothing and keeps nothing."""

import asyncio

import httpx2

FETCH_SECONDS = 20.0


class NotFetched(Exception):
    """No file came; its text quotes nothing of the link."""


async def fetched(link: str, most: int, transport: httpx2.AsyncBaseTransport | None = None) -> bytes:
    """The content at this link; of more than `most` bytes only the first few more. Raises NotFetched."""
    body = bytearray()
    try:
        async with (
            asyncio.timeout(FETCH_SECONDS),
            _client(transport) as client,
            client.stream("GET", link) as found,
        ):
            if found.status_code != 200:
                raise NotFetched(f"status {found.status_code}")
            async for chunk in found.aiter_raw():
                body += chunk
                if len(body) > most:
                    break
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, TimeoutError) as error:
        raise NotFetched(type(error).__name__) from None
    return bytes(body)


def _client(transport: httpx2.AsyncBaseTransport | None) -> httpx2.AsyncClient:
    headers = {"Accept-Encoding": "identity"}  # an unpacked answer could outgrow its limit
    return httpx2.AsyncClient(
        headers=headers, timeout=FETCH_SECONDS, follow_redirects=False, trust_env=False, transport=transport
    )
