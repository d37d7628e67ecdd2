"""Headers, policies, versions and refusals are the same for every application."""

from services.kit.http.headers import DEFAULTS, bare_refusal
from tests.service.kit.http.shop import ask, get, serving


async def test_every_answer_has_headers_and_its_own_policy_where_it_says_so(capsys):
    async with serving() as shop:
        for path, status in (("/", 200), ("/none", 404), ("/echo", 405), ("/fault", 500), ("/unmet", 400)):
            answer, headers, content = await get(shop, path)
            assert answer == status, path
            assert {name.lower() for name in DEFAULTS} - {"cache-control"} <= set(headers)
            assert "server" not in headers
            assert b"secret" not in content
        assert (await get(shop, "/none"))[1]["content-security-policy"] == DEFAULTS["Content-Security-Policy"]
        assert (await get(shop, "/unmet"))[2] == b"400 The shop is closed.\n"
        assert (await get(shop, "/"))[1]["content-security-policy"] == (
            "default-src 'none'; script-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        )


async def test_what_is_no_http_is_refused_with_the_same_headers():
    async with serving() as shop:
        status, headers, _ = await ask(shop, b"SSH-2.0-x\r\n\r\n")
    assert status == 400
    assert {name.lower() for name in DEFAULTS} <= set(headers)
    assert bare_refusal(400).startswith(b"HTTP/1.1 400 Bad Request\r\n")


async def test_a_version_that_the_client_has_is_not_sent_again():
    async with serving() as shop:
        _, headers, content = await get(shop, "/")
        status, told, nothing = await get(shop, "/", f"If-None-Match: W/{headers['etag']}")
        assert (status, told["etag"], nothing, content) == (304, headers["etag"], b"", b"home")
        assert (await get(shop, "/", 'If-None-Match: "other"'))[0] == 200


async def test_health_tells_life_from_readiness():
    async with serving() as shop:
        assert (await get(shop, "/readyz"))[0] == 200
        shop.ready = False
        assert ((await get(shop, "/readyz"))[0], (await get(shop, "/livez"))[0]) == (503, 200)
