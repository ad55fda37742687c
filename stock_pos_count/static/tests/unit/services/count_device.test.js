import { beforeEach, expect, getFixture, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { claimDevice } from "@stock_pos_count/app/services/count_device";

beforeEach(() => allowTranslations());

/** A page of this browser with locks of its own, which it lets go of when it is removed. */
function openPage() {
    const page = document.createElement("iframe");
    getFixture().append(page);
    return page;
}

const claimIn = (page) => claimDevice(page.contentWindow.navigator.locks);

test("a browser is the same device each time, and its second tab another one", async () => {
    const [page, otherPage] = [openPage(), openPage()];
    const device = await claimIn(page);
    const otherDevice = await claimIn(otherPage);
    expect(otherDevice.id).not.toBe(device.id);
    expect(otherDevice.name).toBe(`${device.name} (2)`);
    page.remove();
    expect(await claimIn(openPage())).toEqual(device);
    otherPage.remove();
    expect(await claimIn(openPage())).toEqual(otherDevice);
});

test("a browser without locks is one device", async () => {
    const device = await claimDevice(null);
    expect(await claimDevice(null)).toEqual(device);
});
