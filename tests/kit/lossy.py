"""A network that loses packets and takes its time: two ends, and a thread between them that carries what it keeps.

The kernel has not everywhere what makes a cable bad (netem), but everywhere tunnels; so TCP sees real losses.
It takes root.
"""

import fcntl
import os
import random
import struct
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from select import select
from uuid import uuid4

_SET_INTERFACE, _TUNNEL = 0x400454CA, 0x0001 | 0x1000
NEAR, FAR = "10.213.8.1", "10.213.8.2"
"""Where the server listens, and where the clients are."""


@dataclass
class Cable:
    """The network while it stands: words before a command that is to run at the far end, and what was carried."""

    inside: list[str]
    carried: int = 0
    lost: int = 0


@contextmanager
def lossy(loss: float, delay: float, seed: int = 1) -> Iterator[Cable]:
    """A network that loses this share of its packets either way, and takes `delay` seconds for each of the others."""
    name = f"cb{uuid4().hex[:6]}"
    near, far = _tunnel(name), _tunnel(f"{name}f")
    over = threading.Event()
    try:
        _ip("netns", "add", name)
        _ip("link", "set", f"{name}f", "netns", name)
        _ip("addr", "add", NEAR, "peer", FAR, "dev", name)
        _ip("link", "set", name, "up")
        _ip("-n", name, "addr", "add", FAR, "peer", NEAR, "dev", f"{name}f")
        _ip("-n", name, "link", "set", f"{name}f", "up")
        cable = Cable(["ip", "netns", "exec", name])
        carrier = threading.Thread(target=_carry, args=(cable, near, far, loss, delay, random.Random(seed), over))
        carrier.start()
        try:
            yield cable
        finally:
            over.set()
            carrier.join()
    finally:
        for end in (near, far):
            os.close(end)
        _ip("netns", "del", name)


def _tunnel(name: str) -> int:
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(end, _SET_INTERFACE, struct.pack("16sH22x", name.encode(), _TUNNEL))
    return end


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def _carry(
    cable: Cable, near: int, far: int, loss: float, delay: float, chance: random.Random, over: threading.Event
) -> None:
    on_the_way: deque[tuple[float, int, bytes]] = deque()
    while not over.is_set():
        wait = min(0.05, max(0.0, on_the_way[0][0] - time.monotonic())) if on_the_way else 0.05
        for end in select([near, far], [], [], wait)[0]:
            packet = os.read(end, 65536)
            cable.carried += 1
            if chance.random() < loss:
                cable.lost += 1
                continue
            on_the_way.append((time.monotonic() + delay, far if end == near else near, packet))
        while on_the_way and on_the_way[0][0] <= time.monotonic():
            _due, other, packet = on_the_way.popleft()
            os.write(other, packet)
