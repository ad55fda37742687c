import { _t } from "@web/core/l10n/translation";
import { formatQty } from "@stock_pos_count/app/utils/format";

/**
 * What a person can make of numbers that contradict each other.
 *
 * @param {{who: string, qty: number, uuids: string[]}[]} groups one for each device
 * @returns {{text: string, choices: {label: string, all: string[], keep: string[]}[]}} adding up comes first
 */
export function conflictChoices(groups) {
    const all = groups.flatMap(({ uuids }) => uuids);
    const total = groups.reduce((sum, { qty }) => sum + qty, 0);
    return {
        text: groups.map(({ who, qty }) => `${who} ${formatQty(qty)}`).join(" · "),
        choices: [
            { label: _t("Add up %s", formatQty(total)).toString(), all, keep: all },
            ...groups.map(({ qty, uuids }) => ({
                label: _t("Keep %s", formatQty(qty)).toString(),
                all,
                keep: uuids,
            })),
        ],
    };
}
