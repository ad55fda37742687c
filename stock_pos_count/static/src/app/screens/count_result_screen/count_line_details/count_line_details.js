import { Component, onMounted, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { CountSkeleton } from "@stock_pos_count/app/components/count_skeleton/count_skeleton";
import { CountTime } from "@stock_pos_count/app/components/count_time/count_time";
import { CountVariance } from "@stock_pos_count/app/components/count_variance/count_variance";
import { useStockPosCount } from "@stock_pos_count/app/services/stock_pos_count_hook";
import { formatQty, formatVariance } from "@stock_pos_count/app/utils/format";
import { _t } from "@web/core/l10n/translation";

/**
 * Everything known about one line: its rounds, its entries, what moved meanwhile, today's
 * book and the note. Beside the list on a desktop, over it on a phone.
 */
export class CountLineDetails extends Component {
    static template = "stock_pos_count.CountLineDetails";
    static components = { CountSkeleton, CountTime, CountVariance };
    static props = {
        sheetUuid: String,
        line: Object,
        product: Object,
        isHidden: Boolean,
        onHandTitle: { type: [String, Object] },
        onClose: Function,
    };

    setup() {
        this.count = useStockPosCount();
        this.state = useState({ detail: null, error: null });
        this.keepLast = new KeepLast();
        this.closeRef = useRef("close");
        this.formatQty = formatQty;
        useHotkey("escape", () => this.props.onClose(), { bypassEditableProtection: true });
        onMounted(() => {
            this.closeRef.el.focus();
            this.load(this.props.line);
        });
        onWillUpdateProps((nextProps) => {
            if (nextProps.line.id !== this.props.line.id) {
                this.load(nextProps.line);
            }
        });
    }

    async load(line) {
        Object.assign(this.state, { detail: null, error: null });
        try {
            this.state.detail = await this.keepLast.add(
                this.count.rpc("register_line_detail", this.props.sheetUuid, line.id),
            );
        } catch (error) {
            this.state.error = error.message;
        }
    }

    get lotText() {
        const { lot_name } = this.props.line;
        return lot_name ? _t("Lot %s", lot_name) : "";
    }

    get hasOnHandNow() {
        const { on_hand_now } = this.state.detail;
        return on_hand_now !== null && on_hand_now !== undefined;
    }

    get note() {
        return this.state.detail.note || this.props.line.note;
    }

    roundLabel({ round }) {
        return round ? _t("Recount %s", round) : _t("Count");
    }

    /** What an entry did, in a few words; the quantity stands beside it. */
    entryLabel({ kind, code, decision, late, included_by }) {
        const label = {
            add: code ? _t("Scanned") : _t("Added"),
            set: _t("Set total"),
            zero: _t("None here"),
            undo: _t("Undone"),
            decision: decision === "include" ? _t("Late entries included") : _t("Conflict settled"),
            note: _t("Note"),
        }[kind];
        if (late) {
            return included_by
                ? _t("%(what)s, late entry, included by %(name)s", {
                      what: label,
                      name: included_by,
                  })
                : _t("%s, late entry, not included", label);
        }
        return label;
    }

    entryQty({ kind, qty }) {
        if (kind === "add") {
            return formatVariance(qty);
        }
        return kind === "set" || kind === "zero" ? formatQty(qty) : "";
    }
}
