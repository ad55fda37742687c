/* global posmodel */

import { registry } from "@web/core/registry";
import { scan_barcode } from "@point_of_sale/../tests/generic_helpers/utils";
import * as CountScreen from "@stock_pos_count/../tests/tours/utils/count_screen_util";

const TEA = "9900000000024";

/** The number keys of a PIN. @param {string} pin */
function enterPin(pin) {
    return [
        ...[...pin].map((digit) => ({
            content: `press ${digit}`,
            trigger: `.modal .numpad button:contains(/^${digit}$/)`,
            run: "click",
        })),
        { content: "take the PIN", trigger: ".modal .modal-footer .btn-primary", run: "click" },
    ];
}

/** @param {string} name of the employee in the list that is open */
function choose(name) {
    return {
        content: `choose ${name}`,
        trigger: `.modal .selection-item:contains(${name})`,
        run: "click",
    };
}

/** The counting page is open, and is in this person's hands. @param {string} name */
function counts(name) {
    return {
        content: `${name} counts`,
        trigger: "body:not(:has(.modal)):has(.stock-count-screen .stock-count-card)",
        // The screen shows a picture only.
        run: ({ waitUntil }) => waitUntil(() => posmodel.getCashier()?.name === name),
    };
}

/** From the locked register. @param {string} name @param {string} [pin] */
function logIn(name, pin = "") {
    return [
        { content: "unlock the register", trigger: ".open-register-btn", run: "click" },
        { content: "see who works here", trigger: ".select-cashier", run: "click" },
        choose(name),
        ...(pin ? enterPin(pin) : []),
        counts(name),
    ];
}

/** Another one takes over while the page is open. @param {string} name @param {string} [pin] */
function takeOver(name, pin = "") {
    return [
        { content: "press the name of the cashier", trigger: ".cashier-name", run: "click" },
        choose(name),
        ...(pin ? enterPin(pin) : []),
        counts(name),
    ];
}

/** The same with a badge. @param {string} badge @param {string} name @param {string} pin */
function scanBadge(badge, name, pin) {
    return [
        ...scan_barcode(badge),
        ...enterPin(pin),
        {
            content: `${name} took over`,
            trigger: `.o_notification:contains(${name} counts now)`,
        },
    ];
}

function lock() {
    return {
        content: "lock the register",
        trigger: ".pos-rightheader .lock-screen",
        run: "click",
    };
}

/** Otto has no PIN, Emma has one; the register was locked when the sheet's address was opened. */
registry.category("web_tour.tours").add("stock_pos_count_cashiers", {
    steps: () =>
        [
            logIn("Count Otto"),
            CountScreen.scan(TEA, "Count Tea", "1"),
            takeOver("Count Emma", "1234"),
            CountScreen.scan(TEA, "Count Tea", "2"),
            lock(),
            logIn("Count Otto"),
            CountScreen.cardShows("Count Tea", "2"),
            CountScreen.scan(TEA, "Count Tea", "3"),
            scanBadge("EMMASBADGE", "Count Emma", "1234"),
            CountScreen.cardShows("Count Tea", "3"),
            CountScreen.scan(TEA, "Count Tea", "4"),
            CountScreen.isSaved(),
            CountScreen.pause(),
            {
                content: "only about others it is asked",
                trigger: ".modal .modal-body:contains(/^Count Otto counted/)",
            },
            {
                content: "pause for everyone",
                trigger: ".modal .modal-footer .btn-primary:contains(Pause for everyone)",
                run: "click",
            },
            { content: "the list is open", trigger: ".stock-count-list-screen" },
        ].flat(),
});
