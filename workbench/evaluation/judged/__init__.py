"""What a judge says of a model's exam answers, and whether people see it as it does."""
