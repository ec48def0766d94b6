"""Published models, one file each, named after its id and holding `MODEL`."""
