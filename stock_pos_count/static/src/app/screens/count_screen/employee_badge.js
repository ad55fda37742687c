/* global Sha1 */

/**
 * Whether a code is the badge of an employee of this register: then it logs somebody in,
 * also while counting. Without pos_hr there are no badges.
 *
 * @param {import("@point_of_sale/app/services/pos_store").PosStore} pos
 * @param {string} code
 * @returns {boolean}
 */
export function isEmployeeBadge(pos, code) {
    const employees = pos.config.module_pos_hr && pos.models["hr.employee"];
    if (!employees || typeof Sha1 === "undefined") {
        return false;
    }
    const hash = Sha1.hash(code);
    return employees.some((employee) => employee._barcode === hash);
}
