"""What a person tells about themselves: one definition a question, from which form, schema and checks come."""
