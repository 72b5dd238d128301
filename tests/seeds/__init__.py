"""The village and the generator."""
