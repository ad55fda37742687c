import { beforeEach, expect, getFixture, test } from "@odoo/hoot";
import { allowTranslations, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
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
    const { device } = await claimIn(page);
    const { device: otherDevice, release } = await claimIn(otherPage);
    expect(otherDevice.id).not.toBe(device.id);
    expect(otherDevice.name).toBe(`${device.name} (2)`);
    page.remove();
    expect((await claimIn(openPage())).device).toEqual(device);
    release();
    expect((await claimIn(openPage())).device).toEqual(otherDevice);
});

test("a browser whose local storage is full still counts in a second tab", async () => {
    const { device } = await claimIn(openPage());
    patchWithCleanup(browser.localStorage, {
        setItem() {
            throw new Error("full");
        },
    });
    const { device: other } = await claimIn(openPage());
    expect(other.id).not.toBe(device.id);
});

test("a browser without locks is one device", async () => {
    const { device } = await claimDevice(null);
    expect((await claimDevice(null)).device).toEqual(device);
});
