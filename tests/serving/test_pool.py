"""Long answers are sent from memory of the kernel's where the system has it, and as they are where it has not."""

from __future__ import annotations

import os
import socket

import pytest

from library.serving.front.pool import LONG, Pool, Stored

BODY = bytes(range(256)) * (LONG // 128)

kernels = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="this system has no such memory")


def test_a_short_answer_stays_as_it_is() -> None:
    assert Pool().put(b"short") == b"short"


@kernels
def test_a_long_answer_arrives_whole_though_its_pool_is_forgotten() -> None:
    pool = Pool()
    first, second = pool.put(BODY), pool.put(BODY[::-1])
    assert isinstance(first, Stored) and isinstance(second, Stored) and len(second) == len(BODY)
    del pool
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        rest = second.send(ours.fileno())
        assert rest == second.read(len(BODY) - len(rest))
        del first, second
        ours.close()
        assert b"".join(iter(lambda: theirs.recv(65_536), b"")) + rest == BODY[::-1]


@kernels
def test_what_a_full_socket_does_not_take_is_given_back() -> None:
    answer = Pool().put(BODY)
    assert isinstance(answer, Stored)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        while not answer.send(ours.fileno()):
            pass
        assert answer.send(ours.fileno()) == BODY
        theirs.close()
        with pytest.raises(OSError):
            answer.send(ours.fileno())


@kernels
def test_a_pool_gives_its_memory_back() -> None:
    pool = Pool()
    answer = pool.put(BODY)
    file = pool.file
    os.fstat(file)
    del pool, answer
    with pytest.raises(OSError):
        os.fstat(file)


@pytest.mark.parametrize("call", ["memfd_create", "pwrite"])
def test_where_the_system_refuses_the_answer_stays_as_it_is(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def refused(*_given: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, refused, raising=False)
    assert Pool().put(BODY) == BODY
