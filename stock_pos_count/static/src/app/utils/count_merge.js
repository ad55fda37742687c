const COUNTING_KINDS = new Set(["add", "set", "zero"]);
/** Smaller than any unit rounds. */
const DUST = 1e-6;

/**
 * What a line is known by before and after the server has it.
 *
 * @param {number} productId
 * @param {number|null} lotId
 * @returns {string}
 */
export function lineKey(productId, lotId) {
    return `${productId}:${lotId || 0}`;
}

/**
 * @param {number} qty
 * @param {number} rounding of the product's unit
 * @returns {number} without the dust of binary fractions
 */
export function roundQty(qty, rounding) {
    if (!rounding) {
        return qty;
    }
    const steps = Math.round(qty / rounding);
    const digits = Math.max(0, Math.ceil(-Math.log10(rounding)));
    return Number((steps * rounding).toFixed(digits));
}

/** How much less there is without an entry; `null` where only the server knows what lay under it. */
function shareOf(target) {
    if (target.kind === "add") {
        return target.qty;
    }
    const isKnown = isCounting(target) && target.isLatest && target.before !== undefined;
    return isKnown ? target.qty - (target.before ?? 0) : null;
}

/** `total.isReplaced`: an own total lies over all that the server has; `total.added`: own scans. */
function applyUndo(total, target) {
    if (!target || target.undone || total.isReplaced || total.counted === null) {
        return total;
    }
    const share = shareOf(target);
    if (share === null) {
        return { ...total, settling: true };
    }
    const rest = roundQty(total.counted - share, DUST);
    const isNothing = rest === 0 && total.added === null && wasNothing(target);
    return { ...total, counted: isNothing ? null : rest };
}

/** Whether nothing had been counted before it; after a reload that is told by the others' entries. */
function wasNothing({ before, isOnly }) {
    return before === undefined ? isOnly : before === null;
}

function applyEntry(total, entry, findTarget) {
    switch (entry.kind) {
        case "add":
            return {
                ...total,
                counted: (total.counted || 0) + entry.qty,
                added: (total.added || 0) + entry.qty,
            };
        case "set":
            return { ...total, counted: entry.qty, isReplaced: true };
        case "zero":
            return { ...total, counted: 0, isReplaced: true };
        case "note":
            return { ...total, note: entry.note };
        case "decision":
            return applyDecision(total, entry.decision);
        case "undo":
            return applyUndo(total, findTarget(entry.target));
        default:
            return total;
    }
}

function applyDecision(total, { keep }) {
    if (!total.conflict) {
        return total;
    }
    const kept = total.conflict.filter(({ uuids }) => uuids.every((uuid) => keep.includes(uuid)));
    return {
        ...total,
        counted: kept.reduce((sum, { qty }) => sum + qty, 0),
        conflict: null,
    };
}

/**
 * The line as the person should see it: what the server knows, and on top of it what
 * this device has counted and the server has not got yet, in running-number order.
 *
 *     server 10, own add 2, own add 1          → 13
 *     server 10, own set 8, own add 1          → 9
 *     not counted, own add 1, own undo of it   → not counted
 *     server 10 of which an add 3, own undo    → 7
 *     server 1, own add 1, own undo of the server's → 1
 *
 * `settling` says that only the server can tell the total, and soon will.
 *
 * @param {Object} line the server's line
 * @param {Object[]} entries own ones that the server has not answered, by `seq`
 * @param {Object} [options]
 * @param {(uuid: string) => Object|undefined} [options.findTarget] entries the server has
 * @param {number} [options.rounding]
 * @returns {{counted: number|null, note: string, conflict: Object[]|null, waiting: number,
 *     settling: boolean}}
 */
export function mergeLine(line, entries, { findTarget = () => undefined, rounding } = {}) {
    const own = new Set(entries.map(({ uuid }) => uuid));
    const undos = entries.filter(({ kind }) => kind === "undo");
    const undoneHere = new Set(undos.map(({ target }) => target).filter((uuid) => own.has(uuid)));
    const first = new Map(undos.toReversed().map(({ uuid, target }) => [target, uuid]));
    const counts = ({ uuid, kind, target }) =>
        kind === "undo" ? !own.has(target) && first.get(target) === uuid : !undoneHere.has(uuid);
    let total = {
        counted: line.counted,
        note: line.note,
        conflict: line.conflict,
        settling: false,
        added: null,
        isReplaced: false,
    };
    for (const entry of entries.filter(counts)) {
        total = applyEntry(total, entry, findTarget);
    }
    if (total.counted !== null) {
        total.counted = roundQty(total.counted, rounding);
    }
    const { counted, note, conflict, settling } = total;
    return { counted, note, conflict, settling, waiting: entries.length };
}

/**
 * @param {{kind: string}} entry
 * @returns {boolean} whether it says how many there are
 */
export function isCounting(entry) {
    return COUNTING_KINDS.has(entry.kind);
}

/**
 * Unknown codes as the server has them, plus those only this device knows yet.
 *
 * @param {{code: string, qty: number, times: number, last_at: number}[]} known
 * @param {Object[]} entries own waiting scans without a product
 * @returns {{code: string, qty: number, times: number, last_at: number, waiting: number}[]}
 */
export function mergeUnknown(known, entries) {
    const codes = new Map(known.map((item) => [item.code, { ...item, waiting: 0 }]));
    const undone = new Set(entries.filter((e) => e.kind === "undo").map((e) => e.target));
    for (const { uuid, kind, code, qty, counted_at } of entries) {
        if (kind !== "add" || undone.has(uuid)) {
            continue;
        }
        const item = codes.get(code) || { code, qty: 0, times: 0, last_at: 0, waiting: 0 };
        codes.set(code, {
            ...item,
            qty: item.qty + qty,
            times: item.times + 1,
            last_at: Math.max(item.last_at, counted_at),
            waiting: item.waiting + 1,
        });
    }
    return [...codes.values()].sort((a, b) => b.last_at - a.last_at);
}
