"""Documents: what is printed, and photos that people bring. PDF set by typst from `templates/documents/`, QR codes as SVG, photos as JPEG.

Words: a *template* is a `.typ` file; its *data* is a plain mapping, handed over as JSON; the *font* comes with the package, so that a
page looks the same on a machine that has none. It never knows what it prints: rooms hand in finished words and numbers.
"""
