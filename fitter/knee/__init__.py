"""What the foot has to do with the knee, in proportion to the evidence; and when to send a person on."""
