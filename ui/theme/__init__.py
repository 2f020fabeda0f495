"""The one visual language of the terminal: the celadon of Wenzhou's Ou kilns."""
