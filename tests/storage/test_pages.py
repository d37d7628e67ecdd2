"""Keyset pages: complete, without repeats, and a token belongs to one query."""

import base64

import pytest
from sqlalchemy import select

from services.kit.errors import AppError
from services.kit.storage import pages
from services.kit.storage.store import Store
from tests.storage.accounts import AccountRow, account

BASE = select(AccountRow).where(AccountRow.balance == 0)


@pytest.fixture
async def filled(store: Store) -> Store:
    async with store.write() as tx:
        for number in range(25):
            await tx.insert(account(f"a{number:02d}"))
    return store


async def walk(store: Store, size: int, meanwhile=None) -> list[str]:
    """Return the names of all pages; `meanwhile(n)` runs after page n."""
    found: list[str] = []
    token, number = "", 0
    while True:
        async with store.read() as tx:
            page = await tx.page(BASE, AccountRow, size, token)
        assert len(page.rows) <= size
        found += [row.name for row in page.rows]
        token, number = page.next_page_token, number + 1
        if not token:
            return found
        if meanwhile:
            await meanwhile(number)


@pytest.mark.parametrize("size", [1, 7, 24, 25, 26])
async def test_pages_of_any_size_hold_every_row_once(filled: Store, size: int):
    assert await walk(filled, size) == [f"accounts/a{number:02d}" for number in range(25)]


async def test_inserts_and_deletes_between_pages_neither_repeat_nor_hide_a_row(filled: Store):
    async def disturb(number: int) -> None:
        async with filled.write() as tx:
            await tx.insert(account(f"a00-before-{number}"))
            await tx.insert(account(f"b-after-{number}"))
            if number == 1:
                await tx.delete(await tx.get(AccountRow, "accounts/a00"))

    found = await walk(filled, 10, disturb)
    assert len(found) == len(set(found))
    assert {f"accounts/a{number:02d}" for number in range(25)} <= set(found)
    assert "accounts/b-after-1" in found


async def test_a_token_of_another_query_is_refused(filled: Store):
    async with filled.read() as tx:
        token = (await tx.page(BASE, AccountRow, 5, "")).next_page_token
        for other in (select(AccountRow), select(AccountRow).where(AccountRow.balance == 1)):
            with pytest.raises(AppError, match="INVALID_PAGE_TOKEN") as refused:
                await tx.page(other, AccountRow, 5, token)
            assert refused.value.violations[0].field == "page_token"


@pytest.mark.parametrize(
    "token", ["x", "garbage", "====", "ü", base64.urlsafe_b64encode(b"\xff" * 20).decode()]
)
async def test_a_token_that_nobody_gave_is_refused(filled: Store, token: str):
    async with filled.read() as tx:
        with pytest.raises(AppError, match="INVALID_PAGE_TOKEN"):
            await tx.page(BASE, AccountRow, 5, token)


async def test_an_empty_list_is_one_page_without_token(store: Store):
    async with store.read() as tx:
        page = await tx.page(BASE, AccountRow, 5, "")
    assert (list(page.rows), page.next_page_token) == ([], "")


def test_sizes_have_a_default_and_a_largest():
    assert [pages.size_of(size) for size in (0, 1, 1000, 5000)] == [50, 1, 1000, 1000]
