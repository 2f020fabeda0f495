"""Device folder: id_card_reader."""
