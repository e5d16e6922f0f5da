"""A real IMAP server in this process, with one mailbox that tests lay mails into."""

import asyncio
import threading
from argparse import Namespace
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from proxyprotocol.noop import ProxyProtocolNoop
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag

from app.adapters.imap import Mailbox

__all__ = ["LOGIN", "PASSWORD", "MailServer", "mail_server"]

R = TypeVar("R")

LOGIN, PASSWORD = "office", "s3cret"


class MailServer:
    """The server on a thread of its own. `where` is its only mailbox."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._stack = AsyncExitStack()
        self._run(self._start())

    def _run(self, work: Coroutine[Any, Any, R]) -> R:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _start(self) -> None:
        args = Namespace(
            host="127.0.0.1",
            port=0,
            debug=False,
            cert=None,
            key=None,
            tls=False,
            proxy_protocol=None,
            passlib_cfg=None,
            demo_data=False,
            demo_user=LOGIN,
            demo_password=PASSWORD,
        )
        backend, config = await DictBackend.init(args, invalid_user_sleep=0.0)
        config.apply_context()
        self._backend, self._config = backend, config
        serve = IMAPServer(backend.login, config)
        callback = ProxyProtocolReader(ProxyProtocolNoop()).get_callback(serve)
        server = await asyncio.start_server(callback, "127.0.0.1", 0)
        await self._stack.enter_async_context(server)
        self.port = server.sockets[0].getsockname()[1]

    @property
    def where(self) -> Mailbox:
        """Its mailbox, as a program reaches it."""
        return Mailbox("127.0.0.1", self.port, "none", LOGIN, PASSWORD)

    def lay(self, raw: bytes, at: datetime | None = None) -> int:
        """Lay a mail into the mailbox; its number there."""
        return int(str(self._run(self._lay(raw, at or datetime.now(UTC)))))

    async def _lay(self, raw: bytes, at: datetime) -> int:
        identity = self._backend.login.demo_user_identity
        async with identity.new_session() as session:
            inbox = await session.mailbox_set.get_mailbox("INBOX")
            return (await inbox.append(AppendMessage(raw, at, frozenset()))).uid

    def flags(self) -> list[frozenset[Flag]]:
        """What is marked on each mail."""
        found = self._run(self._flags())
        assert isinstance(found, list)
        return found

    async def _flags(self) -> list[frozenset[Flag]]:
        async with self._backend.login.demo_user_identity.new_session() as session:
            inbox = await session.mailbox_set.get_mailbox("INBOX")
            return [frozenset(each.permanent_flags) async for each in inbox.messages()]

    def begin_anew(self) -> None:
        """The mailbox is another one now: empty, numbered from the beginning, with another UIDVALIDITY."""
        self._config.set_cache.clear()

    def close(self) -> None:
        """Stop."""
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    async def _stop(self) -> None:
        others = asyncio.all_tasks(self._loop) - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._stack.aclose()


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server with an empty mailbox."""
    server = MailServer()
    try:
        yield server
    finally:
        server.close()
