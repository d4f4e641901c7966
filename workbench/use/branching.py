"""A question asked anew in other words: in a conversation of its own, so that nothing is lost."""

from storage import conversations
from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.use.conversations import title_of


def branch(store: Store, message_id: int, question: str) -> tuple[int, int]:
    """A new conversation that goes as an earlier one did before a question, and then asks another.

    Ratings and corrections stay with the answers that they were given to.

    Args:
        message_id: the question in whose place the new one stands.

    Returns:
        The new conversation's id, and that of its last question.

    Raises:
        WorkbenchError: the question is empty, or the earlier one is gone.
    """
    question = question.strip()
    if not question:
        raise WorkbenchError("There is nothing to answer yet: type a question.")
    with store.write() as session:
        asked = conversations.message(session, message_id)
        old = conversations.get(session, asked.conversation_id) if asked else None
        if asked is None or old is None or asked.role != "user":
            raise WorkbenchError("This question was deleted with its conversation: ask it anew.")
        new = conversations.add(session, old.project_id, old.run_id, title_of(question))
        for message in conversations.messages(session, old.id):
            if message.id < message_id:
                conversations.add_message(
                    session,
                    new.id,
                    message.role,
                    message.content,
                    model=message.model,
                    details=message.details,
                )
        return new.id, conversations.add_message(session, new.id, "user", question).id
