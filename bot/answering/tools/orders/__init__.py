"""Orders in the chat: who asks, what is meant, what is said, and nothing changed before a clear yes."""
