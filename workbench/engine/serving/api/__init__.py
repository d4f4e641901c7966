"""What requests may say beside a conversation, and the shapes that answers have."""
