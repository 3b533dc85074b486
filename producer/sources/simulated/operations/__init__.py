"""What a transaction can do: one class an operation, a module a theme."""
