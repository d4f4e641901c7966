"""How an answer's next token is chosen: penalties, biases, a form to keep to; what is told of it."""
