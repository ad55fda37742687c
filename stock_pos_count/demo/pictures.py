"""Small pictures for demo products: one shape a category, one colour a product."""

import base64
import colorsys
import io

from PIL import Image, ImageDraw

SIZE = 256


def draw(shape, position, count):
    """Return a PNG (base64) of ``shape`` in the ``position``-th of ``count`` colours."""
    image = Image.new("RGB", (SIZE, SIZE), "white")
    pen = ImageDraw.Draw(image)
    hue = position / count
    body, shade = _colour(hue, 0.55, 0.9), _colour(hue, 0.65, 0.65)
    SHAPES[shape](pen, body, shade)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue())


def _colour(hue, saturation, value):
    return tuple(round(255 * part) for part in colorsys.hsv_to_rgb(hue, saturation, value))


def _bottle(pen, body, shade):
    pen.rectangle((112, 24, 144, 80), fill=shade)
    pen.rounded_rectangle((84, 72, 172, 236), 24, fill=body)
    pen.rectangle((84, 130, 172, 190), fill="white")


def _box(pen, body, shade):
    pen.rectangle((48, 72, 208, 224), fill=body)
    pen.polygon(((48, 72), (80, 36), (176, 36), (208, 72)), fill=shade)
    pen.rectangle((76, 112, 180, 176), fill="white")


def _bag(pen, body, shade):
    pen.polygon(((64, 40), (192, 40), (212, 232), (44, 232)), fill=body)
    pen.rectangle((60, 28, 196, 56), fill=shade)
    pen.ellipse((92, 96, 164, 176), fill="white")


def _jar(pen, body, shade):
    pen.rounded_rectangle((64, 76, 192, 232), 28, fill=body)
    pen.rounded_rectangle((76, 36, 180, 76), 8, fill=shade)
    pen.rectangle((64, 124, 192, 184), fill="white")


def _can(pen, body, shade):
    pen.rectangle((72, 52, 184, 212), fill=body)
    pen.ellipse((72, 32, 184, 72), fill=shade)
    pen.ellipse((72, 192, 184, 232), fill=body)
    pen.rectangle((72, 104, 184, 160), fill="white")


def _fruit(pen, body, shade):
    pen.ellipse((44, 64, 212, 232), fill=body)
    pen.rectangle((122, 28, 134, 76), fill=(110, 80, 50))
    pen.ellipse((134, 24, 190, 60), fill=(90, 160, 80))
    pen.arc((68, 88, 140, 200), 140, 220, fill=shade, width=8)


SHAPES = {"bottle": _bottle, "box": _box, "bag": _bag, "jar": _jar, "can": _can, "fruit": _fruit}
