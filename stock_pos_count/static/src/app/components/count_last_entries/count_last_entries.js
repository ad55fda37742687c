import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useTrailingState } from "@stock_pos_count/app/services/count_drawing_hook";
import { formatQty, formatVariance } from "@stock_pos_count/app/utils/format";

const ROWS = 8;

/**
 * What this device counted last, each with its undo; undone ones stay, struck through.
 */
export class CountLastEntries extends Component {
    static template = "stock_pos_count.CountLastEntries";
    static props = {
        session: Object,
        onUndo: Function,
        onSelect: Function,
        onAll: Function,
    };

    setup() {
        this.session = useTrailingState(this.props.session);
    }

    get rows() {
        const { version, book, isCounting } = this.session;
        return version >= 0
            ? book
                  .lastEntries({ mine: true, limit: ROWS })
                  .map((row) => describeEntry(row, isCounting))
            : [];
    }
}

/** What an entry says in front of the product: "+1", "= 8"; notes and decisions say nothing there. */
function describeQty({ kind, qty }) {
    if (kind === "add") {
        return formatVariance(qty);
    }
    return kind === "set" || kind === "zero" ? `= ${formatQty(qty)}` : "";
}

/** What an entry did if it counted nothing. */
function describeAct({ kind, note, decision }) {
    if (kind === "note") {
        return note ? _t("Note: %s", note).toString() : _t("Note removed").toString();
    }
    if (kind === "decision") {
        return decision === "include"
            ? _t("Late entries included").toString()
            : _t("Conflict settled").toString();
    }
    return "";
}

/**
 * How an entry reads in a list: "+1", "= 8", "= 0", and what became of it.
 *
 * @param {Object} row from `CountBook.lastEntries` or `register_entries`
 * @param {boolean} isCounting whether entries can still be taken back
 * @returns {Object} the row with `qtyText`, `actText`, `timeText`, `statusText` and `canUndo`;
 *     `code` only where nobody knows what it stands for
 */
export function describeEntry(row, isCounting) {
    const qtyText = describeQty(row);
    const statusTexts = {
        waiting: _t("waiting"),
        held: _t("to be answered"),
        refused: _t("not accepted"),
        saved: row.code ? _t("unknown") : "",
    };
    const statusClasses = { refused: "text-danger fw-bolder", saved: "text-warning-emphasis" };
    return {
        ...row,
        qtyText,
        actText: describeAct(row),
        timeText: luxon.DateTime.fromMillis(row.at).toFormat("HH:mm"),
        statusText: (statusTexts[row.status] || "").toString(),
        statusClass: statusClasses[row.status] || "text-muted",
        canUndo: isCounting && row.mine && !row.undone && ["saved", "waiting"].includes(row.status),
        undoLabel: _t("Undo %(qty)s %(name)s", { qty: qtyText, name: row.name || "" }).toString(),
    };
}
