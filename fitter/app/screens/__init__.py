"""The parts of the window: each shows a piece of the state and forwards what the person does."""
