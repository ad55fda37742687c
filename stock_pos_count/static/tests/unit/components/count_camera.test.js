import { expect, test } from "@odoo/hoot";
import { CameraMemory } from "@stock_pos_count/app/components/count_camera/count_camera";

test("a code held in front of the camera is one scan, and the next one after a while", () => {
    const memory = new CameraMemory();
    const scans = [0, 250, 500, 1100, 1250, 1500].filter((at) => memory.sees("4711", 1000 + at));
    expect(scans).toEqual([0, 1250]);
});

test("another code is a scan at once, and so is the first one after it", () => {
    const memory = new CameraMemory();
    expect(["A", "B", "A"].map((code, index) => memory.sees(code, 1000 + index))).toEqual([
        true,
        true,
        true,
    ]);
});

test("the same code counts again after it left the picture, not after a shaking hand", () => {
    const memory = new CameraMemory();
    expect(memory.sees("4711", 1000)).toBe(true);
    memory.seesNothing();
    memory.seesNothing();
    expect(memory.sees("4711", 1300)).toBe(false);
    for (let look = 0; look < 4; look++) {
        memory.seesNothing();
    }
    expect(memory.sees("4711", 1700)).toBe(true);
});
