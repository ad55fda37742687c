import { beforeEach, expect, test } from "@odoo/hoot";
import { advanceTime } from "@odoo/hoot-mock";
import { Component, xml } from "@odoo/owl";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { useCountKeys } from "@stock_pos_count/app/screens/count_screen/count_keys_hook";
import { setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";

definePosModels();

const KNOWN = "4710000009820";

class Keyboard extends Component {
    static props = { handlers: Object };
    static template = xml`<div/>`;

    setup() {
        useCountKeys(this.props.handlers);
    }
}

beforeEach(async () => {
    await setupPosEnv();
    await mountWithCleanup(Keyboard, {
        props: {
            handlers: {
                onBegin: () => {},
                onCode: (code) => expect.step(`code ${code}`),
                knows: (code) => code === KNOWN,
                onKey: (key) => expect.step(`key ${key}`),
                onEnter: () => expect.step("enter"),
                onEscape: () => expect.step("escape"),
            },
        },
    });
});

/** Keys that were pressed 6 ms apart from `at` on, whenever the page gets to them. */
function press(keys, at) {
    keys.forEach((key, index) => {
        const ev = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
        Object.defineProperty(ev, "timeStamp", { value: at + 6 * index });
        document.body.dispatchEvent(ev);
    });
}

test("a code whose last keys reach a busy page late is one code", async () => {
    press([..."4710000009"], 1000);
    await advanceTime(500);
    expect.verifySteps([]);
    press([..."820", "Enter"], 1060);
    expect.verifySteps([`code ${KNOWN}`]);
    await advanceTime(2000);
    expect.verifySteps([]);
});

test("a known code needs no Enter, an unknown one is taken when nothing follows", async () => {
    press([...KNOWN], 1000);
    await advanceTime(200);
    expect.verifySteps([`code ${KNOWN}`]);
    press([..."5900000000001"], 3000);
    await advanceTime(200);
    expect.verifySteps([]);
    await advanceTime(1000);
    expect.verifySteps(["code 5900000000001"]);
});

test("an unknown code without Enter is not lost to the scan after it", async () => {
    press([..."5900000000001"], 1000);
    await advanceTime(200);
    press([...KNOWN, "Enter"], 1500);
    expect.verifySteps(["code 5900000000001", `code ${KNOWN}`]);
});
