"""The tree of topics: its operations and its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from library.access.models import User
from library.catalogue import outbox
from library.catalogue.documents import log
from library.catalogue.errors import BadTopic, TopicTaken
from library.catalogue.models import Document, Kind, Revision, Status, Topic, document_topics
from library.catalogue.session import writing
from library.catalogue.slugs import is_slug, slugify
from library.catalogue.storable import line, storable
from library.extensions import db


def all_topics() -> list[Topic]:
    """Every topic, by position, with those below it: two queries, however many there are."""
    query = select(Topic).options(selectinload(Topic.children)).order_by(Topic.position, Topic.id)
    return list(db.session.scalars(query))


def roots() -> list[Topic]:
    """The topics at the top of the tree, by position; `children` lead down."""
    return [topic for topic in all_topics() if topic.parent_id is None]


def by_slug(slug: str) -> Topic | None:
    return db.session.scalar(select(Topic).where(Topic.slug == slug))


def name(topic: Topic, language: str) -> str:
    """The topic's name in `language`, else in English, else in any."""
    return _in_language(topic.names, language) or topic.slug


def description(topic: Topic, language: str) -> str:
    """One sentence about the topic, as `name` chooses the language; "" when there is none."""
    return _in_language(topic.descriptions, language)


def ancestors(topic: Topic) -> list[Topic]:
    """From the parent up to the root."""
    found: list[Topic] = []
    while topic.parent is not None and topic.parent not in found:
        topic = topic.parent
        found.append(topic)
    return found


def descendants(topic: Topic) -> list[Topic]:
    """All topics below `topic`, without itself."""
    found: list[Topic] = []
    for child in topic.children:
        found += [child, *descendants(child)]
    return found


def below(slugs: Sequence[str]) -> list[int]:
    """Ids of the topics at `slugs` and of all below them: one query, whatever the tree."""
    if not slugs:
        return []
    rows = db.session.execute(select(Topic.id, Topic.parent_id, Topic.slug)).all()
    children: dict[int | None, list[int]] = {}
    for number, parent, _slug in rows:
        children.setdefault(parent, []).append(number)
    found = [number for number, _parent, slug in rows if slug in slugs]
    for number in found:  # grows as it goes
        found += [child for child in children.get(number, ()) if child not in found]
    return found


def words(topic: Topic) -> list[str]:
    """Names and synonyms in every language: what people may type for the topic."""
    return [*topic.names.values(), *(word for words in topic.synonyms.values() for word in words)]


def counts() -> dict[int, int]:
    """Published pieces of each topic, those of its sub-topics included, by topic id."""
    rows = db.session.execute(
        select(document_topics.c.topic_id, Document.id)
        .join(Document, Document.id == document_topics.c.document_id)
        .join(Revision, Revision.id == Document.live_id)
        .where(Document.status == Status.PUBLISHED, Document.access == "public", Revision.kind != Kind.PAGE)
    ).all()
    documents: dict[int, set[int]] = {}
    for topic_id, document_id in rows:
        documents.setdefault(topic_id, set()).add(document_id)
    return {
        topic.id: len(set().union(*(documents.get(t.id, set()) for t in (topic, *descendants(topic)))))
        for topic in all_topics()
    }


def create(
    slug: str,
    names: Mapping[str, str],
    *,
    parent: Topic | None = None,
    synonyms: Mapping[str, Sequence[str]] | None = None,
    descriptions: Mapping[str, str] | None = None,
    by: User | None = None,
) -> Topic:
    """A new topic below `parent`. Raises TopicTaken, BadTopic."""
    if not is_slug(slug):
        raise BadTopic(_("“%(slug)s” cannot be an address; “%(other)s” could.", slug=slug, other=slugify(slug)), "slug")
    if not any(text.strip() for text in names.values()):
        raise BadTopic(_("A topic needs a name in at least one language."))
    with writing() as session:
        if by_slug(slug) is not None:
            raise TopicTaken(_("There is a topic at the address “%(slug)s” already.", slug=slug), "slug")
        last = session.scalar(select(func.max(Topic.position))) or 0
        topic = Topic(slug=slug, parent=parent, position=last + 1)
        _describe(topic, names, synonyms or {}, descriptions or {})
        session.add(topic)
        log(session, by, "topic", None, slug)
    return topic


def change(
    topic: Topic,
    *,
    names: Mapping[str, str],
    synonyms: Mapping[str, Sequence[str]],
    descriptions: Mapping[str, str],
    parent: Topic | None,
    by: User | None = None,
) -> None:
    """Rename, describe or move a topic; its pieces are indexed again. Raises BadTopic for a loop."""
    if not any(text.strip() for text in names.values()):
        raise BadTopic(_("A topic needs a name in at least one language."))
    if parent is not None and (parent.id == topic.id or parent in descendants(topic)):
        raise BadTopic(_("A topic cannot stand below itself."), "parent")
    with writing() as session:
        _describe(topic, names, synonyms, descriptions)
        topic.parent = parent
        session.flush()
        below = [topic.id, *(t.id for t in descendants(topic))]
        touched = session.scalars(
            select(document_topics.c.document_id).where(document_topics.c.topic_id.in_(below)).distinct()
        ).all()
        for document_id in touched:
            outbox.note(session, document_id)
        log(session, by, "topic", None, topic.slug)


def delete(topic: Topic, *, by: User | None = None) -> None:
    """Delete a topic that has no pieces and no topics below. Raises BadTopic otherwise."""
    with writing() as session:
        used = session.scalar(select(func.count()).where(document_topics.c.topic_id == topic.id)) or 0
        if used or topic.children:
            raise BadTopic(_("Only a topic without pieces and without topics below it can be deleted."))
        log(session, by, "untopic", None, topic.slug)
        session.delete(topic)


def _describe(
    topic: Topic, names: Mapping[str, str], synonyms: Mapping[str, Iterable[str]], descriptions: Mapping[str, str]
) -> None:
    topic.names = {language: said for language, text in names.items() if (said := line(text))}
    topic.synonyms = {
        language: kept for language, texts in synonyms.items() if (kept := [t for t in map(line, texts) if t])
    }
    topic.descriptions = {language: said for language, text in descriptions.items() if (said := storable(text).strip())}


def _in_language(texts: Mapping[str, str], language: str) -> str:
    for tag in (language, language.split("-")[0], "en"):
        if tag in texts:
            return texts[tag]
    return next(iter(texts.values()), "")
