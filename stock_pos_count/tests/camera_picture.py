"""What a camera sees: a video of a barcode, for Chromium's fake camera."""

WIDTH, HEIGHT = 480, 270
BAR_WIDTH = 3
WHITE, BLACK = 235, 16
# Digits of EAN-13 as their seven modules: left of the middle, odd and even; right of it, odd inverted.
ODD = ["0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011"]
EVEN = ["0100111", "0110011", "0011011", "0100001", "0011101", "0111001", "0000101", "0010001", "0001001", "0010111"]
# Which of the left digits are even says the first one.
PARITIES = ["000000", "001011", "001101", "001110", "010011", "011001", "011100", "010101", "010110", "011010"]


def add_check_digit(digits):
    """Return twelve digits as the EAN-13 they begin."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _get_modules(code):
    left = "".join(
        (EVEN if parity == "1" else ODD)[int(digit)]
        for digit, parity in zip(code[1:7], PARITIES[int(code[0])], strict=True)
    )
    right = "".join(ODD[int(digit)].translate(str.maketrans("01", "10")) for digit in code[7:])
    return f"101{left}01010{right}101"


def write_video(path, code):
    """Write a video in which the barcode ``code`` stands still."""
    margin = (WIDTH - BAR_WIDTH * 95) // 2
    bars = b"".join(bytes([BLACK if module == "1" else WHITE]) * BAR_WIDTH for module in _get_modules(code))
    row = bytes([WHITE]) * margin + bars
    row += bytes([WHITE]) * (WIDTH - len(row))
    blank = bytes([WHITE]) * WIDTH
    picture = blank * 60 + row * (HEIGHT - 120) + blank * 60
    colours = bytes([128]) * (2 * (WIDTH // 2) * (HEIGHT // 2))
    frame = b"FRAME\n" + picture + colours
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 4)
