"""Published biology, as data: models, therapies, endpoint definitions, studies."""
