"""Rebuilding, following, rolling back, and what happens when something fails in between."""

import errno
import json
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer import generations, rebuilding
from indexer.following import follow
from indexer.generations import Busy, IndexDamaged
from indexer.rebuilding import RebuildFailed, catch_up, differences, rebuild
from indexer.searching import Index, Question
from indexer.snapshot import open_snapshot
from indexer.writing import LEVELS, MANY, GenerationWriter, merge_candidates
from tests.indexer.conftest import MemorySource, section


def eventually(condition: Callable[[], object], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.02)


def live(root: Path) -> Path:
    return generations.generation_folder(root, generations.read_pointer(root).current)


@pytest.fixture
def following(source: MemorySource, root: Path):
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(source.opened, root, stop))
    thread.start()
    yield stop
    stop.set()
    thread.join(2)
    assert not thread.is_alive()


def test_a_published_piece_is_found_within_two_seconds(source, root, following):
    source.publish(section("1", "alpha"))
    index = Index(root)
    eventually(lambda: index.ask(Question("alpha")).total == 1)
    started = time.monotonic()
    source.publish(section("2", "beta"))
    eventually(lambda: index.ask(Question("beta")).total == 1)
    assert time.monotonic() - started < 2
    source.publish(section("2", "gamma", revision=2))
    eventually(lambda: index.ask(Question("gamma")).total == 1)
    assert index.ask(Question("beta")).total == 0
    source.withdraw("2")
    eventually(lambda: index.ask(Question("gamma")).total == 0)
    eventually(lambda: index.state().change == 4)
    index.close()


def test_errors_of_the_source_are_survived(source, root, following):
    source.fails = 3
    source.publish(section("1", "alpha"))
    index = Index(root)
    eventually(lambda: index.ask(Question("alpha")).total == 1)
    source.fails = 2
    source.publish(section("2", "beta"))
    eventually(lambda: index.ask(Question("beta")).total == 1)
    index.close()


@pytest.mark.parametrize("damage", ["pointer", "generation", "segment", "manifest", "toc", "garbage"])
def test_a_damaged_index_is_told_and_healed_at_the_start(source, root, damage):
    source.publish(section("1", "alpha"))
    rebuild(source, root)
    folder = live(root)
    segment = next(folder.glob("*.seg"))
    match damage:
        case "pointer":
            (root / "current").write_text("{")
        case "generation":
            shutil.rmtree(folder)
        case "segment":
            segment.write_bytes(segment.read_bytes()[:-7])
        case "manifest":
            (folder / "manifest").write_text("[]")
        case "toc":
            next(folder.glob("*.toc")).write_bytes(b"nothing")
        case "garbage":
            content = bytearray(segment.read_bytes())
            content[len(content) // 2] ^= 0xFF
            segment.write_bytes(content)
    index = Index(root)
    state = index.state()
    assert not state.ready
    assert state.reason.endswith(".") or "(" in state.reason
    assert index.ask(Question("alpha")).partial
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(source.opened, root, stop))
    thread.start()
    try:
        eventually(lambda: index.ask(Question("alpha")).total == 1)
        assert index.state().ready
    finally:
        stop.set()
        thread.join(3)
        index.close()


def test_an_index_that_vanishes_while_followed_is_rebuilt(source, root, following):
    source.publish(section("1", "alpha"))
    eventually(lambda: (root / "current").exists())
    before = live(root)
    shutil.rmtree(before)
    eventually(lambda: live(root) != before)
    assert not differences(open_snapshot(root), source)


def test_a_second_follower_says_so(source, root, following):
    source.publish(section("1", "alpha"))
    eventually(lambda: (root / "current").exists())  # it holds its lock by then
    with pytest.raises(Busy, match="already follows"):
        follow(source.opened, root, threading.Event())


def test_a_rebuild_beside_a_follower_misses_no_change(source, root, following):
    for n in range(30):
        source.publish(section(f"a{n}", "alpha"))
    eventually((root / "current").exists)
    eventually(lambda: open_snapshot(root).change == 30)
    stop = threading.Event()

    def publish() -> None:
        n = 0
        while not stop.is_set():
            source.publish(section(f"b{n % 20}", f"beta {n}"))
            n += 1
            time.sleep(0.005)

    publisher = threading.Thread(target=publish)
    publisher.start()
    try:
        for _ in range(3):
            rebuild(source, root)
    finally:
        stop.set()
        publisher.join()
    eventually(lambda: open_snapshot(root).change == source.latest_change())
    assert not differences(open_snapshot(root), source)
    assert len(list((root / "generations").iterdir())) <= 2


def test_two_rebuilds_at_once_are_refused(source, root):
    with generations.lock(root, "rebuild", "rebuilds the index"), pytest.raises(Busy, match="already rebuilds"):
        rebuild(source, root)


def test_rollback_goes_back_and_the_lost_changes_are_applied_again(source, root):
    source.publish(section("1", "alpha"))
    first = rebuild(source, root)
    source.publish(section("2", "beta"))
    second = rebuild(source, root)
    assert second.previous == first.current
    back = generations.rollback(root)
    assert (back.current, back.previous) == (first.current, second.current)
    index = Index(root)
    assert index.ask(Question("beta")).total == 0
    catch_up(source, GenerationWriter(live(root)))
    index.refresh()
    assert index.ask(Question("beta")).total == 1
    index.close()


def test_rollback_without_a_generation_before_is_refused(source, root):
    with pytest.raises(IndexDamaged, match="no index yet"):
        generations.rollback(root)
    rebuild(source, root)
    with pytest.raises(IndexDamaged, match="no generation to go back to"):
        generations.rollback(root)


def test_applying_a_change_twice_leaves_the_same_index(source, root):
    source.publish(section("1", "alpha"), section("1", "beta", position=1))
    rebuild(source, root)
    writer = GenerationWriter(live(root))
    for _ in range(3):
        writer.apply([("1", source.entries("1"))], 1)
    snapshot = open_snapshot(root)
    assert (snapshot.live_sections, len(snapshot.place)) == (2, 1)
    assert not differences(snapshot, source)


def test_a_commit_without_its_manifest_is_sound_and_applied_again(source, root):
    source.publish(section("1", "alpha"))
    rebuild(source, root)
    manifest = (live(root) / "manifest").read_text()
    source.publish(section("2", "beta"))
    catch_up(source, GenerationWriter(live(root)))
    (live(root) / "manifest").write_text(manifest)  # as if killed between commit and manifest
    assert generations.check(live(root)).change == 1
    catch_up(source, GenerationWriter(live(root)))
    snapshot = open_snapshot(root)
    assert snapshot.change == 2
    assert not differences(snapshot, source)


def test_small_segments_are_merged(source, root):
    rebuild(source, root)
    writer = GenerationWriter(live(root))
    for n in range(MANY + 3):
        source.publish(section(str(n), f"alpha word{n}"))
        catch_up(source, writer)
    index = Index(root)
    assert index.ask(Question("alpha", limit=50)).total == MANY + 3
    assert writer.merge()
    assert not writer.merge()
    assert len(list(live(root).glob("*.seg"))) == 1
    index.refresh()
    assert index.ask(Question("alpha", limit=50)).total == MANY + 3
    assert index.ask(Question("word3")).hits[0].document == "3"
    index.close()


def test_a_merge_is_bounded():
    chosen = merge_candidates([(900, 900)] * 10)
    assert 1 < len(chosen)
    assert 900 * len(chosen) <= LEVELS[0][1]
    assert 1 < len(merge_candidates([(5000, 5000)] * 20)) <= LEVELS[1][1] // 5000
    assert merge_candidates([(15_000, 15_000)] * 20) == []
    assert merge_candidates([(5000, 5000), (100, 400)]) == [1]


def test_a_full_disk_leaves_the_live_index_and_no_half_generation(source, root, monkeypatch):
    source.publish(section("1", "alpha"))
    before = rebuild(source, root)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(rebuilding, "catch_up", full)
    with pytest.raises(RebuildFailed, match="disk is full"):
        rebuild(source, root)
    assert generations.read_pointer(root) == before
    assert [folder.name for folder in (root / "generations").iterdir()] == [before.current]


def test_a_generation_that_lacks_documents_never_goes_live(source, root, monkeypatch):
    source.publish(section("1", "alpha"))
    source.publish(section("2", "beta"))
    real = source.entries
    read: list[str] = []

    def forgetful(document: str):
        read.append(document)
        return [] if document == "2" and read.count("2") == 1 else real(document)

    monkeypatch.setattr(source, "entries", forgetful)
    with pytest.raises(RebuildFailed, match="lacks 1 documents"):
        rebuild(source, root)
    with pytest.raises(IndexDamaged):
        generations.read_pointer(root)


def test_differences_are_named(source, root):
    for n in "12345":
        source.publish(section(n, f"alpha{n}"))
    rebuild(source, root)
    source.pieces["1"] = [section("1", "alpha", revision=2)]
    source.pieces["2"].append(section("2", "more", position=1))
    del source.pieces["3"]
    source.pieces["6"] = [section("6", "new")]
    found = "\n".join(differences(open_snapshot(root), source))
    for part in ("1 is indexed as revision 1", "2 has 1 sections", "3 is in the index", "6 is missing"):
        assert part in found
    assert len(found.splitlines()) == 4


def test_an_index_of_another_format_is_not_read(source, root):
    rebuild(source, root)
    path = live(root) / "manifest"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 0}))
    with pytest.raises(IndexDamaged, match="format 0"):
        open_snapshot(root)


def test_orphans_of_a_killed_rebuild_are_removed(source, root):
    orphan = generations.create_generation(root)
    rebuild(source, root)
    assert not orphan.exists()
