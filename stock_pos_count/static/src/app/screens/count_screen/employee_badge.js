/* global Sha1 */

import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { NumberPopup } from "@point_of_sale/app/components/popups/number_popup/number_popup";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";

/**
 * Whoever scans their badge counts from now on, after their PIN where they have one. Core
 * knows badges at the locked register only: here the scanner changes hands in the middle.
 * Without pos_hr there are no badges.
 *
 * @returns {(code: string) => boolean} takes a code; says whether it was a badge
 */
export function useEmployeeBadge() {
    const pos = usePos();
    const dialog = useService("dialog");
    const notification = useService("notification");

    function findEmployee(code) {
        const employees = pos.config.module_pos_hr && pos.models["hr.employee"];
        if (!employees || typeof Sha1 === "undefined") {
            return undefined;
        }
        const hash = Sha1.hash(code);
        return employees.find((employee) => employee._barcode === hash);
    }

    async function knowsPin(employee) {
        if (!employee._pin) {
            return true;
        }
        const pin = await makeAwaitable(dialog, NumberPopup, {
            title: _t("PIN of %s", employee.name).toString(),
            formatDisplayedValue: (text) => text.replace(/./g, "•"),
        });
        const isRight = Boolean(pin) && Sha1.hash(pin) === employee._pin;
        if (pin && !isRight) {
            notification.add(_t("Wrong PIN"), { type: "warning" });
        }
        return isRight;
    }

    async function takeOver(employee) {
        if (employee !== pos.getCashier() && (await knowsPin(employee))) {
            pos.setCashier(employee);
            notification.add(_t("%s counts now", employee.name), { type: "success" });
        }
    }

    return (code) => {
        const employee = findEmployee(code);
        if (employee) {
            takeOver(employee);
        }
        return Boolean(employee);
    };
}
